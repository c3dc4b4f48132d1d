//! Bodies that read and write objects.
//!
//! Every reference in a slot is an offset into the heap's mapping, and every offset below
//! 2^32 from the base is inside it. Indices are compared with lengths as unsigned numbers, so
//! a negative index is out of range.

use kaa_code::Access;
use kaa_code::word::LeafPlace;
use kaa_heap::header::{
    ARRAY_DATA, ASCII, AUX, BYTES_DATA, LIST_BUF, LIST_LEN, META, SHARED, STR_CHARS, STR_DATA,
    TYPE_MASK,
};
use kaa_heap::{GcRef, TypeId, raw};
use kaa_isa::TrapKind;

use super::Machine;
use crate::vm::Vm;

type Trapping<T> = Result<T, TrapKind>;

/// The address at a displacement from an offset. The two are kept apart because a constant
/// displacement is part of the machine's addressing.
#[inline(always)]
fn address<T>(base: *mut u8, at: u64, disp: u32) -> *mut T {
    base.wrapping_add(at as u32 as usize).wrapping_add(disp as usize).cast()
}

/// Reads a `T` at a displacement from an offset.
#[inline(always)]
fn load<T: Copy>(base: *mut u8, at: u64, disp: u32) -> T {
    // SAFETY: the low 32 bits of an offset stay inside the mapping, which ends with more slack
    // than any displacement: a field of a header or an immediate. Layouts align every leaf.
    unsafe { *address(base, at, disp) }
}

/// Writes a `T` at a displacement from an offset.
#[inline(always)]
fn store<T: Copy>(base: *mut u8, at: u64, disp: u32, value: T) {
    // SAFETY: as for `load`.
    unsafe { *address(base, at, disp) = value }
}

/// Writes a reference into an object or into the buffer of `owner`; the one place where the
/// interpreter does.
#[inline(always)]
fn store_ref(base: *mut u8, owner: u64, at: u64, value: u64) {
    // SAFETY: `base` is that of the running store's heap.
    unsafe { raw::write_ref(base, GcRef(owner as u32), at as u32, GcRef(value as u32)) }
}

/// The offset, less [`ARRAY_DATA`], of element `i` of an array, checked.
#[inline(always)]
fn elem(base: *mut u8, array: u64, i: u64, stride: u64) -> Trapping<u64> {
    let len = load::<u32>(base, array, AUX);
    if i >= u64::from(len) {
        return Err(TrapKind::IndexOutOfRange);
    }
    Ok(array + i * stride)
}

/// The offset, less [`ARRAY_DATA`], of element `i` of a list, checked.
#[inline(always)]
fn item(base: *mut u8, list: u64, i: u64, stride: u64) -> Trapping<u64> {
    let len = load::<u32>(base, list, LIST_LEN);
    let buf = load::<u32>(base, list, LIST_BUF);
    if i >= u64::from(len) {
        return Err(TrapKind::IndexOutOfRange);
    }
    Ok(u64::from(buf) + i * stride)
}

/// Whether the object is not shared, so that it may be written in place.
#[inline(always)]
fn is_own(base: *mut u8, object: u64) -> bool {
    load::<u32>(base, object, META) & SHARED == 0
}

/// The place, less [`ARRAY_DATA`], of element `i` where the list may be written in place.
#[inline(always)]
fn own_item(base: *mut u8, list: u64, i: u64, stride: u64) -> Option<u64> {
    if is_own(base, list) { item(base, list, i, stride).ok() } else { None }
}

/// The place, less [`ARRAY_DATA`], of one more element where there is room and the list may be
/// written.
#[inline(always)]
fn room(base: *mut u8, list: u64, stride: u64) -> Option<u64> {
    let len = load::<u32>(base, list, LIST_LEN);
    let buf = load::<u32>(base, list, LIST_BUF);
    // A list without a buffer has offset 0 here, where the length of the null page is 0.
    let capacity = load::<u32>(base, u64::from(buf), AUX);
    if len >= capacity || !is_own(base, list) {
        return None;
    }
    store(base, list, LIST_LEN, len + 1);
    Some(u64::from(buf) + u64::from(len) * stride)
}

/// Reads a leaf in slot form.
#[inline(always)]
pub(crate) fn read(base: *mut u8, at: u64, access: Access) -> u64 {
    match access {
        Access::W8 | Access::F8 => load(base, at, 0),
        Access::U4 | Access::Ref => u64::from(load::<u32>(base, at, 0)),
        Access::S4 => i64::from(load::<i32>(base, at, 0)) as u64,
        Access::U2 => u64::from(load::<u16>(base, at, 0)),
        Access::S2 => i64::from(load::<i16>(base, at, 0)) as u64,
        Access::U1 => u64::from(load::<u8>(base, at, 0)),
        Access::S1 => i64::from(load::<i8>(base, at, 0)) as u64,
    }
}

/// Writes a leaf from slot form; `owner` is as for [`raw::write_ref`].
#[inline(always)]
pub(crate) fn write(base: *mut u8, owner: u64, at: u64, access: Access, value: u64) {
    match access {
        Access::W8 | Access::F8 => store(base, at, 0, value),
        Access::U4 | Access::S4 => store(base, at, 0, value as u32),
        Access::U2 | Access::S2 => store(base, at, 0, value as u16),
        Access::U1 | Access::S1 => store(base, at, 0, value as u8),
        Access::Ref => store_ref(base, owner, at, value),
    }
}

/// Where a leaf of the element at `at` is.
#[inline(always)]
fn leaf(at: u64, p: LeafPlace) -> u64 {
    at + u64::from(ARRAY_DATA) + u64::from(p.offset)
}

/// The displacement that an immediate is. Fields lie behind the start of their object.
#[inline(always)]
fn field(k: i64) -> u32 {
    u32::from(k as u16)
}

/// Bodies for each width, by name, stored type and slot conversion.
macro_rules! widths {
    ($($get:ident $arr:ident $list:ident $ty:ty as $via:ty;)*) => {
        impl Machine {$(
            #[inline(always)]
            pub fn $get(base: *mut u8, x: u64, k: i64) -> u64 {
                load::<$ty>(base, x, field(k)) as $via as u64
            }
            #[inline(always)]
            pub fn $arr(base: *mut u8, x: u64, i: u64) -> Trapping<u64> {
                let at = elem(base, x, i, size_of::<$ty>() as u64)?;
                Ok(load::<$ty>(base, at, ARRAY_DATA) as $via as u64)
            }
            #[inline(always)]
            pub fn $list(base: *mut u8, x: u64, i: u64) -> Trapping<u64> {
                let at = item(base, x, i, size_of::<$ty>() as u64)?;
                Ok(load::<$ty>(base, at, ARRAY_DATA) as $via as u64)
            }
        )*}
    };
}

widths! {
    get8 arr_get8 list_get8 u64 as u64;
    get4u arr_get4u list_get4u u32 as u64;
    get4s arr_get4s list_get4s i32 as i64;
    get2u arr_get2u list_get2u u16 as u64;
    get2s arr_get2s list_get2s i16 as i64;
    get1u arr_get1u list_get1u u8 as u64;
    get1s arr_get1s list_get1s i8 as i64;
}

macro_rules! writes {
    ($($set:ident $arr:ident $put:ident $push:ident $ty:ty;)*) => {
        impl Machine {$(
            #[inline(always)]
            pub fn $set(base: *mut u8, object: u64, k: i64, value: u64) {
                store(base, object, field(k), value as $ty);
            }
            #[inline(always)]
            pub fn $arr(base: *mut u8, array: u64, i: u64, value: u64) -> Trapping<()> {
                let at = elem(base, array, i, size_of::<$ty>() as u64)?;
                store(base, at, ARRAY_DATA, value as $ty);
                Ok(())
            }
            #[inline(always)]
            pub fn $put(base: *mut u8, list: u64, i: u64, value: u64) -> bool {
                let Some(at) = own_item(base, list, i, size_of::<$ty>() as u64) else {
                    return false;
                };
                store(base, at, ARRAY_DATA, value as $ty);
                true
            }
            #[inline(always)]
            pub fn $push(base: *mut u8, list: u64, value: u64) -> bool {
                let Some(at) = room(base, list, size_of::<$ty>() as u64) else { return false };
                store(base, at, ARRAY_DATA, value as $ty);
                true
            }
        )*}
    };
}

writes! {
    set8 arr_set8 list_put8 list_push8 u64;
    set4 arr_set4 list_put4 list_push4 u32;
    set2 arr_set2 list_put2 list_push2 u16;
    set1 arr_set1 list_put1 list_push1 u8;
}

impl Machine {
    #[inline(always)]
    pub fn get_f(base: *mut u8, x: u64, k: i64) -> f64 {
        f64::from_bits(Self::get8(base, x, k))
    }

    #[inline(always)]
    pub fn set_ref(base: *mut u8, object: u64, k: i64, value: u64) {
        store_ref(base, object, object + u64::from(field(k)), value);
    }

    #[inline(always)]
    pub fn cell_set_ref(base: *mut u8, cell: u64, k: i64, value: u64) {
        let at = (cell + u64::from(field(k))) as u32;
        // SAFETY: `base` is that of the running store's heap.
        unsafe { raw::write_ref_at(base, at, GcRef(value as u32)) }
    }

    #[inline(always)]
    pub fn arr_get_f(base: *mut u8, x: u64, i: u64) -> Trapping<f64> {
        Self::arr_get8(base, x, i).map(f64::from_bits)
    }

    #[inline(always)]
    pub fn list_get_f(base: *mut u8, x: u64, i: u64) -> Trapping<f64> {
        Self::list_get8(base, x, i).map(f64::from_bits)
    }

    #[inline(always)]
    pub fn arr_get_x(base: *mut u8, x: u64, i: u64, p: LeafPlace) -> Trapping<u64> {
        let at = elem(base, x, i, u64::from(p.stride))?;
        Ok(read(base, leaf(at, p), p.access))
    }

    #[inline(always)]
    pub fn list_get_x(base: *mut u8, x: u64, i: u64, p: LeafPlace) -> Trapping<u64> {
        let at = item(base, x, i, u64::from(p.stride))?;
        Ok(read(base, leaf(at, p), p.access))
    }

    #[inline(always)]
    pub fn list_get_x8(base: *mut u8, x: u64, i: u64, p: LeafPlace) -> Trapping<u64> {
        let at = item(base, x, i, u64::from(p.stride))?;
        Ok(load(base, at + u64::from(p.offset), ARRAY_DATA))
    }

    #[inline(always)]
    pub fn list_get_xf(base: *mut u8, x: u64, i: u64, p: LeafPlace) -> Trapping<f64> {
        let at = item(base, x, i, u64::from(p.stride))?;
        Ok(load(base, at + u64::from(p.offset), ARRAY_DATA))
    }

    #[inline(always)]
    pub fn arr_set_ref(base: *mut u8, array: u64, i: u64, value: u64) -> Trapping<()> {
        let at = elem(base, array, i, 4)?;
        store_ref(base, array, at + u64::from(ARRAY_DATA), value);
        Ok(())
    }

    #[inline(always)]
    pub fn arr_set_x(base: *mut u8, x: u64, i: u64, value: u64, p: LeafPlace) -> Trapping<()> {
        let at = elem(base, x, i, u64::from(p.stride))?;
        write(base, x, leaf(at, p), p.access, value);
        Ok(())
    }

    #[inline(always)]
    pub fn list_set_x(base: *mut u8, x: u64, i: u64, value: u64, p: LeafPlace) -> Trapping<()> {
        let at = item(base, x, i, u64::from(p.stride))?;
        write(base, x, leaf(at, p), p.access, value);
        Ok(())
    }

    #[inline(always)]
    pub fn list_put_ref(base: *mut u8, list: u64, i: u64, value: u64) -> bool {
        let Some(at) = own_item(base, list, i, 4) else { return false };
        store_ref(base, list, at + u64::from(ARRAY_DATA), value);
        true
    }

    #[inline(always)]
    pub fn list_put_x(base: *mut u8, list: u64, i: u64, value: u64, p: LeafPlace) -> bool {
        let Some(at) = own_item(base, list, i, u64::from(p.stride)) else { return false };
        write(base, list, leaf(at, p), p.access, value);
        true
    }

    #[inline(always)]
    pub fn list_put_x8(base: *mut u8, list: u64, i: u64, value: u64, p: LeafPlace) -> bool {
        let Some(at) = own_item(base, list, i, u64::from(p.stride)) else { return false };
        store(base, at + u64::from(p.offset), ARRAY_DATA, value);
        true
    }

    #[inline(always)]
    pub fn list_push_ref(base: *mut u8, list: u64, value: u64) -> bool {
        let Some(at) = room(base, list, 4) else { return false };
        store_ref(base, list, at + u64::from(ARRAY_DATA), value);
        true
    }

    #[inline(always)]
    pub fn list_len(base: *mut u8, x: u64) -> u64 {
        u64::from(load::<u32>(base, x, LIST_LEN))
    }

    #[inline(always)]
    pub fn arr_len(base: *mut u8, x: u64) -> u64 {
        u64::from(load::<u32>(base, x, AUX))
    }

    #[inline(always)]
    pub fn str_len(base: *mut u8, x: u64) -> u64 {
        u64::from(load::<u32>(base, x, STR_CHARS))
    }

    #[inline(always)]
    pub fn str_size(base: *mut u8, x: u64) -> u64 {
        u64::from(load::<u32>(base, x, AUX))
    }

    #[inline(always)]
    pub fn str_byte(base: *mut u8, x: u64, i: u64) -> Trapping<u64> {
        const { assert!(STR_DATA == BYTES_DATA) };
        if i >= Self::str_size(base, x) {
            return Err(TrapKind::IndexOutOfRange);
        }
        Ok(u64::from(load::<u8>(base, x + i, STR_DATA)))
    }

    #[inline(always)]
    pub fn share(base: *mut u8, x: u64) -> u64 {
        store(base, x, META, load::<u32>(base, x, META) | SHARED);
        x
    }

    #[inline(always)]
    pub fn unshare(base: *mut u8, x: u64) -> bool {
        is_own(base, x)
    }

    #[inline(always)]
    pub fn str_eq(vm: *mut Vm, x: u64, y: u64) -> u64 {
        if x == y {
            return 1;
        }
        let base = Vm::base(vm);
        let same_shape = load::<u32>(base, x, AUX) == load(base, y, AUX)
            && load::<u32>(base, x, META) & ASCII == load::<u32>(base, y, META) & ASCII;
        if !same_shape {
            return 0;
        }
        let len = load::<u32>(base, x, AUX) as usize;
        let (a, b) = (x + u64::from(STR_DATA), y + u64::from(STR_DATA));
        // SAFETY: the bytes of a string are inside the mapping.
        let (a, b) = unsafe {
            let at = |offset: u64| base.add(offset as u32 as usize).cast_const();
            (std::slice::from_raw_parts(at(a), len), std::slice::from_raw_parts(at(b), len))
        };
        u64::from(a == b)
    }

    #[inline(always)]
    pub fn type_of(base: *mut u8, x: u64) -> u64 {
        u64::from(load::<u32>(base, x, META) & TYPE_MASK)
    }

    #[inline(always)]
    pub fn is_type(vm: *mut Vm, x: u64, ty: u64) -> u64 {
        if x == 0 {
            return 0;
        }
        let meta = load::<u32>(Vm::base(vm), x, META);
        if u64::from(meta & TYPE_MASK) == ty {
            return 1;
        }
        // SAFETY: the store outlives the run.
        let types = unsafe { (*(*vm).store).heap.types() };
        u64::from(types.is_subtype(TypeId(meta & TYPE_MASK), TypeId(ty as u32)))
    }
}
