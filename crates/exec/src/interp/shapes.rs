//! Shapes: how operands are fetched and results stored, one function for each.
//!
//! `V` says which operands are in an accumulator. The file head of the table of register
//! operations (`kaa_code::reg`) explains the names.

#![allow(non_camel_case_types, reason = "the names are those of the table")]

use kaa_code::word::{LeafPlace, MapPlace, a, b, bx, c};
use kaa_heap::raw_map::Found;
use kaa_isa::TrapKind;

use super::map::{self, Ints, Keys, MapEntry, Strs};
use super::state::{Flow, State};
use crate::vm::Vm;

type Trapping<T> = Result<T, TrapKind>;

/// Integer operand: the accumulator or a slot.
#[inline(always)]
unsafe fn int<const ACC: bool>(s: &State, slot: u16) -> u64 {
    // SAFETY: slots of an instruction are inside the frame.
    if ACC { s.acc } else { unsafe { s.get(slot) } }
}

/// Float operand: the accumulator or a slot.
#[inline(always)]
unsafe fn float<const ACC: bool>(s: &State, slot: u16) -> f64 {
    // SAFETY: slots of an instruction are inside the frame.
    if ACC { s.facc } else { f64::from_bits(unsafe { s.get(slot) }) }
}

macro_rules! operand {
    ($get:ident $V:ident 1 $s:ident $slot:expr) => {
        if $V & 1 != 0 { $get::<true>($s, $slot) } else { $get::<false>($s, $slot) }
    };
    ($get:ident $V:ident 2 $s:ident $slot:expr) => {
        if $V & 2 != 0 { $get::<true>($s, $slot) } else { $get::<false>($s, $slot) }
    };
}

/// Stores an integer result.
#[inline(always)]
unsafe fn store_int(s: &mut State, slot: u16, value: u64) -> Flow {
    // SAFETY: slots of an instruction are inside the frame.
    unsafe { s.set(slot, value) };
    s.acc = value;
    Flow::Next
}

/// Stores a float result.
#[inline(always)]
unsafe fn store_float(s: &mut State, slot: u16, value: f64) -> Flow {
    // SAFETY: slots of an instruction are inside the frame.
    unsafe { s.set(slot, value.to_bits()) };
    s.facc = value;
    Flow::Next
}

/// Declares shapes: operands by class and position, then how the result is stored.
macro_rules! shapes {
    ($($name:ident($($arg:ident: $ty:ty = $get:tt),*) -> $res:ty, $store:ident $trap:tt;)*) => {$(
        /// See the table of shapes.
        ///
        /// # Safety
        /// `i` is an instruction of this shape from lowered code, `s` its machine.
        #[inline(always)]
        pub unsafe fn $name<const V: u8>(
            s: &mut State,
            i: u64,
            f: impl FnOnce($($ty),*) -> shapes!(@ret $trap $res),
        ) -> Flow {
            // SAFETY: slots of an instruction are inside the frame.
            unsafe {
                $(let $arg: $ty = fetch!($get V s i);)*
                shapes!(@store $trap $store s i f($($arg),*))
            }
        }
    )*};
    (@ret t $res:ty) => { Trapping<$res> };
    (@ret p $res:ty) => { $res };
    (@store p $store:ident $s:ident $i:ident $e:expr) => { $store($s, a($i), $e) };
    (@store t $store:ident $s:ident $i:ident $e:expr) => {
        match $e {
            Ok(value) => $store($s, a($i), value),
            Err(kind) => Flow::Trap(kind),
        }
    };
}

macro_rules! fetch {
    (b $V:ident $s:ident $i:ident) => { operand!(int $V 1 $s b($i)) };
    (c $V:ident $s:ident $i:ident) => { operand!(int $V 2 $s c($i)) };
    (fb $V:ident $s:ident $i:ident) => { operand!(float $V 1 $s b($i)) };
    (fc $V:ident $s:ident $i:ident) => { operand!(float $V 2 $s c($i)) };
    (k $V:ident $s:ident $i:ident) => { i64::from(c($i) as i16) };
    (base $V:ident $s:ident $i:ident) => { Vm::base($s.vm) };
    (place $V:ident $s:ident $i:ident) => { LeafPlace::unpack($s.extra()) };
    (vm $V:ident $s:ident $i:ident) => { $s.vm };
}

shapes! {
    iii(x: u64 = b, y: u64 = c) -> u64, store_int p;
    iii_t(x: u64 = b, y: u64 = c) -> u64, store_int t;
    iik(x: u64 = b, k: i64 = k) -> u64, store_int p;
    iik_t(x: u64 = b, k: i64 = k) -> u64, store_int t;
    ii(x: u64 = b) -> u64, store_int p;
    ii_t(x: u64 = b) -> u64, store_int t;
    fff(x: f64 = fb, y: f64 = fc) -> f64, store_float p;
    ff(x: f64 = fb) -> f64, store_float p;
    iff(x: f64 = fb, y: f64 = fc) -> u64, store_int p;
    fi(x: u64 = b) -> f64, store_float p;
    i_f(x: f64 = fb) -> u64, store_int p;
    i_f_t(x: f64 = fb) -> u64, store_int t;
    hi(base: *mut u8 = base, x: u64 = b) -> u64, store_int p;
    hii(vm: *mut Vm = vm, x: u64 = b, y: u64 = c) -> u64, store_int p;
    hii_t(base: *mut u8 = base, x: u64 = b, y: u64 = c) -> u64, store_int t;
    hif_t(base: *mut u8 = base, x: u64 = b, y: u64 = c) -> f64, store_float t;
    hiix_t(at: *mut u8 = base, x: u64 = b, y: u64 = c, p: LeafPlace = place) -> u64, store_int t;
    hifx_t(at: *mut u8 = base, x: u64 = b, y: u64 = c, p: LeafPlace = place) -> f64, store_float t;
    hik(base: *mut u8 = base, x: u64 = b, k: i64 = k) -> u64, store_int p;
    hfk(base: *mut u8 = base, x: u64 = b, k: i64 = k) -> f64, store_float p;
}

/// Searches a key and gives what the body makes of it.
///
/// # Safety
/// `i` is an instruction on a map from lowered code, `s` its machine.
#[inline(always)]
unsafe fn read_map<K: Keys>(
    s: &mut State,
    i: u64,
    map: u64,
    key: u64,
    f: impl FnOnce(*mut u8, Found, MapPlace, u64) -> Option<u64>,
) -> Flow {
    // SAFETY: slots of an instruction are inside the frame; its second word follows.
    unsafe {
        let (base, place) = (Vm::base(s.vm), MapPlace::unpack(*s.pc));
        // The search is not in the body because one of that size would become a call.
        let found = map::find::<K>(base, map, key, place);
        match f(base, found, place, s.get(place.default)) {
            Some(value) => {
                s.pc = s.pc.add(1);
                store_int(s, a(i), value)
            }
            None => Flow::Search,
        }
    }
}

/// Finds or makes the entry of a key and lets the body write its value.
///
/// # Safety
/// As for [`read_map`].
#[inline(always)]
unsafe fn write_map<K: Keys>(
    s: &mut State,
    i: u64,
    f: impl FnOnce(*mut u8, MapEntry, MapPlace, u64),
) -> Flow {
    // SAFETY: slots of an instruction are inside the frame; its second word follows.
    unsafe {
        let (base, place) = (Vm::base(s.vm), MapPlace::unpack(*s.pc));
        let map = s.get(a(i));
        let Some(entry) = map::entry::<K>(base, map, s.get(b(i)), place) else {
            return Flow::Slow;
        };
        f(base, MapEntry { map, entry }, place, s.get(c(i)));
        s.pc = s.pc.add(1);
        Flow::Next
    }
}

/// Shapes that follow no pattern; each is `fn(state, word, body)`.
macro_rules! odd_shapes {
    ($($name:ident($s:ident, $i:ident, $f:ident: $($body:ty)+) $code:block)*) => {$(
        /// See the table of shapes.
        ///
        /// # Safety
        /// `i` is an instruction of this shape from lowered code, `s` its machine.
        #[inline(always)]
        pub unsafe fn $name<const V: u8>($s: &mut State, $i: u64, $f: $($body)+) -> Flow {
            // SAFETY: slots of an instruction are inside the frame, jumps inside the function,
            // pool indices inside the pool.
            unsafe { $code }
        }
    )*};
}

odd_shapes! {
    ik(s, i, f: impl FnOnce(i64) -> u64) {
        store_int(s, a(i), f(i64::from(bx(i) as i32)))
    }
    ipool(s, i, f: impl FnOnce(u64) -> u64) {
        let bits = *(*s.vm).pool.add(bx(i) as usize);
        store_int(s, a(i), f(bits))
    }
    fpool(s, i, f: impl FnOnce(u64) -> f64) {
        let bits = *(*s.vm).pool.add(bx(i) as usize);
        store_float(s, a(i), f(bits))
    }
    jii(s, i, f: impl FnOnce(u64, u64) -> bool) {
        let (x, y) = (operand!(int V 1 s a(i)), operand!(int V 2 s b(i)));
        if f(x, y) { s.jump(isize::from(c(i) as i16)) } else { Flow::Next }
    }
    jik(s, i, f: impl FnOnce(u64, i64) -> bool) {
        let x = operand!(int V 1 s a(i));
        if f(x, i64::from(b(i) as i16)) { s.jump(isize::from(c(i) as i16)) } else { Flow::Next }
    }
    ji(s, i, f: impl FnOnce(u64) -> bool) {
        let x = operand!(int V 1 s a(i));
        if f(x) { s.jump(bx(i) as i32 as isize) } else { Flow::Next }
    }
    jff(s, i, f: impl FnOnce(f64, f64) -> bool) {
        let (x, y) = (operand!(float V 1 s a(i)), operand!(float V 2 s b(i)));
        if f(x, y) { s.jump(isize::from(c(i) as i16)) } else { Flow::Next }
    }
    loops(s, i, f: impl FnOnce(i64, i64) -> (i64, bool)) {
        let (next, more) = f(s.get(a(i)) as i64, s.get(b(i)) as i64);
        s.set(a(i), next as u64);
        s.acc = next as u64;
        if more { s.jump(isize::from(c(i) as i16)) } else { Flow::Next }
    }
    hset(s, i, f: impl FnOnce(*mut u8, u64, i64, u64)) {
        f(Vm::base(s.vm), s.get(a(i)), i64::from(b(i) as i16), s.get(c(i)));
        Flow::Next
    }
    hset3_t(s, i, f: impl FnOnce(*mut u8, u64, u64, u64) -> Trapping<()>) {
        match f(Vm::base(s.vm), s.get(a(i)), s.get(b(i)), s.get(c(i))) {
            Ok(()) => Flow::Next,
            Err(kind) => Flow::Trap(kind),
        }
    }
    hset3x_t(s, i, f: impl FnOnce(*mut u8, u64, u64, u64, LeafPlace) -> Trapping<()>) {
        let place = LeafPlace::unpack(s.extra());
        match f(Vm::base(s.vm), s.get(a(i)), s.get(b(i)), s.get(c(i)), place) {
            Ok(()) => Flow::Next,
            Err(kind) => Flow::Trap(kind),
        }
    }
    put(s, i, f: impl FnOnce(*mut u8, u64, u64, u64) -> bool) {
        if f(Vm::base(s.vm), s.get(a(i)), s.get(b(i)), s.get(c(i))) {
            return Flow::Next;
        }
        Flow::Slow
    }
    putx(s, i, f: impl FnOnce(*mut u8, u64, u64, u64, LeafPlace) -> bool) {
        let place = LeafPlace::unpack(*s.pc);
        if f(Vm::base(s.vm), s.get(a(i)), s.get(b(i)), s.get(c(i)), place) {
            s.pc = s.pc.add(1);
            return Flow::Next;
        }
        Flow::Slow
    }
    push(s, i, f: impl FnOnce(*mut u8, u64, u64) -> bool) {
        if f(Vm::base(s.vm), s.get(a(i)), s.get(b(i))) {
            return Flow::Next;
        }
        Flow::Slow
    }
    mget(s, i, f: impl FnOnce(*mut u8, Found, MapPlace, u64) -> Option<u64>) {
        let (map, key) = (operand!(int V 1 s b(i)), operand!(int V 2 s c(i)));
        read_map::<Ints>(s, i, map, key, f)
    }
    mput(s, i, f: impl FnOnce(*mut u8, MapEntry, MapPlace, u64)) {
        write_map::<Ints>(s, i, f)
    }
    sget(s, i, f: impl FnOnce(*mut u8, Found, MapPlace, u64) -> Option<u64>) {
        let (map, key) = (operand!(int V 1 s b(i)), operand!(int V 2 s c(i)));
        read_map::<Strs>(s, i, map, key, f)
    }
    sput(s, i, f: impl FnOnce(*mut u8, MapEntry, MapPlace, u64)) {
        write_map::<Strs>(s, i, f)
    }
    unshare(s, i, f: impl FnOnce(*mut u8, u64) -> bool) {
        let object = s.get(b(i));
        if f(Vm::base(s.vm), object) {
            s.set(a(i), object);
            return Flow::Next;
        }
        Flow::Slow
    }
    gget(s, i, f: impl FnOnce(u64) -> u64) {
        let value = *(*s.vm).globals.add(bx(i) as usize);
        store_int(s, a(i), f(value))
    }
    gset(s, i, f: impl FnOnce(u64) -> u64) {
        *(*s.vm).globals.add(bx(i) as usize) = f(s.get(a(i)));
        Flow::Next
    }
}

/// A body of its own.
///
/// # Safety
/// `i` is an instruction from lowered code, `s` its machine.
#[inline(always)]
pub unsafe fn ctl<const V: u8>(
    s: &mut State,
    i: u64,
    f: impl FnOnce(&mut State, u64) -> Flow,
) -> Flow {
    f(s, i)
}
