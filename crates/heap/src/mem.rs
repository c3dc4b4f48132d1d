//! The reserved region and the only place that touches its bytes.
//!
//! `Region` owns one anonymous mapping: the cards, the context page, then the whole range a
//! 32-bit offset can name, then slack. `Mem` reads and writes it by offset. Because *every*
//! offset is inside the mapping, a wrong offset is a wrong value and never a fault; the
//! rest of the crate is therefore ordinary safe code over `Mem`. What the offsets mean is
//! the business of `header` and the object files.

use crate::class::{AllocState, STATE_BYTES};
use crate::error::HeapError;
use crate::header::{META, OLD};
use crate::types::LeafKind;
use std::ptr::NonNull;

/// Bytes of the page below offset 0.
pub const CONTEXT_PAGE: usize = 4096;
/// Bytes of the context page that the execution engine may use, from its start.
pub const CONTEXT_BYTES: usize = CONTEXT_PAGE - STATE_BYTES;
/// Readable bytes behind the last offset.
const SLACK: usize = 64 * 1024;

/// Bytes an offset can name.
#[cfg(all(target_pointer_width = "64", not(miri)))]
pub const REGION_BYTES: u64 = 1 << 32;
/// Bytes an offset can name.
#[cfg(any(not(target_pointer_width = "64"), miri))]
pub const REGION_BYTES: u64 = 1 << 26;

/// Offset 0 is at a multiple of this: a huge page, so that blocks can fill one.
const ALIGN: usize = 2 << 20;

const MASK: u64 = REGION_BYTES - 1;

/// Bytes of the region that share a card, as a power of two.
pub const CARD_SHIFT: u32 = 8;
/// Number of cards, a byte each.
const CARDS: usize = (REGION_BYTES >> CARD_SHIFT) as usize;
/// The card of offset 0 lies this far below it.
pub const CARDS_BELOW: usize = CONTEXT_PAGE + CARDS;

#[cfg(not(miri))]
type Backing = memmap2::MmapMut;
#[cfg(miri)]
type Backing = Box<[u64]>;

/// The owner of the mapping.
pub(crate) struct Region {
    backing: Backing,
}

impl Region {
    /// Reserves the address space. Pages are committed when first touched.
    #[cfg(not(miri))]
    pub(crate) fn new() -> Result<(Region, Mem), HeapError> {
        let bytes = (CARDS_BELOW + ALIGN + SLACK) as u64 + REGION_BYTES;
        let bytes = usize::try_from(bytes).map_err(|_| HeapError::NoAddressSpace)?;
        let mut backing = memmap2::MmapOptions::new()
            .len(bytes)
            .no_reserve_swap()
            .map_anon()
            .map_err(|_| HeapError::NoAddressSpace)?;
        let mem = Mem::over(backing.as_mut_ptr())?;
        Ok((Region { backing }, mem))
    }

    /// Reserves the address space from the ordinary allocator.
    #[cfg(miri)]
    pub(crate) fn new() -> Result<(Region, Mem), HeapError> {
        let bytes = CARDS_BELOW + ALIGN + REGION_BYTES as usize + SLACK;
        let mut backing = vec![0u64; bytes / 8].into_boxed_slice();
        let mem = Mem::over(backing.as_mut_ptr().cast())?;
        Ok((Region { backing }, mem))
    }

    /// Bytes of the mapping below offset 0.
    #[cfg(not(miri))]
    fn skip(&self, mem: Mem) -> usize {
        mem.base() as usize - self.backing.as_ptr() as usize
    }

    /// Asks for huge pages where the range covers them. An advice: failure does not matter.
    pub(crate) fn advise_huge(&self, mem: Mem, at: u32, bytes: u64) {
        #[cfg(all(target_os = "linux", not(miri)))]
        {
            let start = (at as usize).next_multiple_of(ALIGN);
            let end = (at as usize + bytes as usize) / ALIGN * ALIGN;
            if start < end {
                let offset = self.skip(mem) + start;
                let _ = self.backing.advise_range(memmap2::Advice::HugePage, offset, end - start);
            }
        }
        #[cfg(not(all(target_os = "linux", not(miri))))]
        let _ = (mem, at, bytes, &self.backing);
    }

    /// Gives whole pages back to the system; they read as zero afterwards.
    pub(crate) fn release(&mut self, mem: Mem, at: u32, bytes: u64) {
        #[cfg(all(unix, not(miri)))]
        {
            let offset = self.skip(mem) + at as usize;
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the range lies in this private anonymous mapping (memmap2 checks the
            // bounds); its pages hold no object any more, so losing the contents is the
            // purpose, and no Rust reference into the mapping outlives a heap call.
            let done =
                unsafe { self.backing.unchecked_advise_range(advice, offset, bytes as usize) };
            if done.is_ok() {
                return;
            }
        }
        let _ = &self.backing;
        mem.zero(at, bytes);
    }
}

/// Plain numbers that may be read from and written to the region.
///
/// # Safety
/// Every bit pattern must be a valid value and the type must have no padding.
pub(crate) unsafe trait Plain: Copy {}
macro_rules! plain {
    ($($t:ty),*) => { $(
        // SAFETY: primitive numbers have no padding and no invalid bit pattern.
        unsafe impl Plain for $t {}
    )* };
}
plain!(u8, i8, u16, i16, u32, i32, u64, i64, f64);

/// A copyable view of the region: the base address and nothing else.
#[derive(Clone, Copy)]
pub(crate) struct Mem {
    base: NonNull<u8>,
}

// SAFETY: `Mem` is an address; the heap that owns the mapping is used by one thread at a
// time because all access goes through `&Heap` or `&mut Heap` and `Heap` is not `Sync`.
unsafe impl Send for Mem {}

impl Mem {
    fn over(start: *mut u8) -> Result<Mem, HeapError> {
        // The cards and the context page fit in front, and so does everything an offset can
        // name behind: the mapping has `ALIGN` bytes more than that.
        let first = start.addr() + CARDS_BELOW;
        let skip = first.next_multiple_of(ALIGN) - start.addr();
        let base = NonNull::new(start.wrapping_add(skip));
        base.map(|base| Mem { base }).ok_or(HeapError::NoAddressSpace)
    }

    /// The address of offset 0.
    #[inline(always)]
    pub(crate) fn base(self) -> *mut u8 {
        self.base.as_ptr()
    }

    /// The address of an offset: inside the mapping for every `at`.
    #[inline(always)]
    fn at(self, at: u32) -> *mut u8 {
        let offset = (u64::from(at) & MASK) as usize;
        // SAFETY: `offset` < REGION_BYTES and the mapping reaches SLACK bytes beyond.
        unsafe { self.base.as_ptr().add(offset) }
    }

    /// The allocation cursors at the end of the context page.
    #[inline(always)]
    pub(crate) fn state(self) -> *mut AllocState {
        self.base.as_ptr().wrapping_sub(STATE_BYTES).cast()
    }

    /// Reads a number.
    #[inline(always)]
    pub(crate) fn get<T: Plain>(self, at: u32) -> T {
        // SAFETY: `at` is inside the mapping with at least SLACK bytes behind it, the
        // mapping is initialised (zeroed), and any bits are a valid `T`.
        unsafe { self.at(at).cast::<T>().read_unaligned() }
    }

    /// Writes a number.
    #[inline(always)]
    pub(crate) fn put<T: Plain>(self, at: u32, value: T) {
        // SAFETY: as for `get`; the mapping is writable.
        unsafe { self.at(at).cast::<T>().write_unaligned(value) }
    }

    /// Reads a `u32`.
    #[inline(always)]
    pub(crate) fn u32(self, at: u32) -> u32 {
        self.get(at)
    }

    /// Stores a reference at `at`, which is inside of `object`. All reference stores go through
    /// here, through `copy_refs`, or through `raw::write_ref`: this is the barrier.
    #[inline(always)]
    pub(crate) fn put_ref(self, object: u32, at: u32, value: u32) {
        self.put(at, value);
        if self.is_old(object) {
            let card = (u64::from(at) & MASK) as usize >> CARD_SHIFT;
            // SAFETY: there is a card for each `1 << CARD_SHIFT` bytes of the region, all of
            // them before the context page of the same mapping.
            unsafe { *self.base.as_ptr().sub(CARDS_BELOW).add(card) = 1 }
        }
    }

    /// Copies bytes with references into `object`, or within it.
    #[inline]
    pub(crate) fn copy_refs(self, object: u32, from: u32, to: u32, bytes: u64) {
        self.copy(from, to, bytes);
        if bytes > 0 && self.is_old(object) {
            self.cards(to, bytes).fill(1);
        }
    }

    /// Must a store of a reference into the object dirty its card?
    #[inline(always)]
    pub(crate) fn is_old(self, object: u32) -> bool {
        self.u32(object.wrapping_add(META)) & OLD != 0
    }

    /// The cards of `bytes` bytes from `at`, which must not be none; not 0 where dirty.
    #[inline(always)]
    pub(crate) fn cards<'a>(self, at: u32, bytes: u64) -> &'a mut [u8] {
        let start = u64::from(at) & MASK;
        let first = start >> CARD_SHIFT;
        let last = (start + bytes - 1).min(REGION_BYTES - 1) >> CARD_SHIFT;
        // SAFETY: there is a card for each `1 << CARD_SHIFT` bytes of the region, and
        // `first..=last` are of offsets in the region. The views that are made of cards are
        // used up in the statement or loop that made them.
        unsafe {
            let cards = self.base.as_ptr().sub(CARDS_BELOW).add(first as usize);
            std::slice::from_raw_parts_mut(cards, (last - first) as usize + 1)
        }
    }

    /// How many of `bytes` bytes from `at` are inside the region.
    #[inline(always)]
    fn clamp(at: u32, bytes: u64) -> usize {
        bytes.min(REGION_BYTES - (u64::from(at) & MASK)) as usize
    }

    /// Sets bytes to zero.
    #[inline]
    pub(crate) fn zero(self, at: u32, bytes: u64) {
        // SAFETY: the clamped range is inside the mapping.
        unsafe { self.at(at).write_bytes(0, Mem::clamp(at, bytes)) }
    }

    /// Copies bytes; the ranges may overlap.
    #[inline]
    pub(crate) fn copy(self, from: u32, to: u32, bytes: u64) {
        match bytes {
            // A few bytes are the ends of them, which may overlap; both are read before one
            // is written.
            8..=16 => self.copy_ends::<u64>(from, to, bytes as u32 - 8),
            4..8 => self.copy_ends::<u32>(from, to, bytes as u32 - 4),
            _ => self.copy_many(from, to, bytes),
        }
    }

    /// Copies one number and another one `distance` bytes behind it.
    #[inline(always)]
    fn copy_ends<T: Plain>(self, from: u32, to: u32, distance: u32) {
        let first: T = self.get(from);
        let last: T = self.get(from.wrapping_add(distance));
        self.put(to, first);
        self.put(to.wrapping_add(distance), last);
    }

    #[inline]
    fn copy_many(self, from: u32, to: u32, bytes: u64) {
        let bytes = Mem::clamp(from, bytes).min(Mem::clamp(to, bytes));
        // SAFETY: both clamped ranges are inside the mapping; `copy` allows overlap.
        unsafe { self.at(from).copy_to(self.at(to), bytes) }
    }

    /// Copies bytes from outside into the region.
    #[inline]
    pub(crate) fn copy_in(self, to: u32, from: &[u8]) {
        match (from.len(), from.first_chunk(), from.last_chunk()) {
            // As in `copy`.
            (8..=16, Some(first), Some(last)) => {
                self.put(to, u64::from_ne_bytes(*first));
                self.put(to.wrapping_add(from.len() as u32 - 8), u64::from_ne_bytes(*last));
            }
            _ => self.copy_in_many(to, from),
        }
    }

    #[inline]
    fn copy_in_many(self, to: u32, from: &[u8]) {
        if let (..8, Some(first), Some(last)) = (from.len(), from.first_chunk(), from.last_chunk())
        {
            self.put(to, u32::from_ne_bytes(*first));
            self.put(to.wrapping_add(from.len() as u32 - 4), u32::from_ne_bytes(*last));
            return;
        }
        let bytes = Mem::clamp(to, from.len() as u64);
        // SAFETY: the target range is inside the mapping; `from` is a borrowed slice, which
        // cannot change during the call. It may lie in the region, so overlap is allowed.
        unsafe { from.as_ptr().copy_to(self.at(to), bytes) }
    }

    /// A borrowed view of numbers in the region.
    ///
    /// # Safety
    /// The caller ties `'a` to a borrow of the heap and `at` is aligned for `T`.
    #[inline]
    pub(crate) unsafe fn slice<'a, T: Plain>(self, at: u32, count: u64) -> &'a [T] {
        let size = size_of::<T>() as u64;
        let count = Mem::clamp(at, count.saturating_mul(size)) / size_of::<T>();
        // SAFETY: the clamped range is inside the mapping and initialised; alignment and
        // the absence of writers during `'a` are the caller's promise.
        unsafe { std::slice::from_raw_parts(self.at(at).cast(), count) }
    }

    /// A mutable view of numbers in the region.
    ///
    /// # Safety
    /// The caller ties `'a` to a mutable borrow of the heap and `at` is aligned for `T`.
    #[inline]
    pub(crate) unsafe fn slice_mut<'a, T: Plain>(self, at: u32, count: u64) -> &'a mut [T] {
        let size = size_of::<T>() as u64;
        let count = Mem::clamp(at, count.saturating_mul(size)) / size_of::<T>();
        // SAFETY: as for `slice`; the mutable borrow excludes every other view.
        unsafe { std::slice::from_raw_parts_mut(self.at(at).cast(), count) }
    }

    /// Reads a leaf as a register slot: sign or zero extended, references as offsets.
    #[inline(always)]
    pub(crate) fn leaf(self, at: u32, kind: LeafKind) -> u64 {
        match kind {
            LeafKind::Bool | LeafKind::U8 => u64::from(self.get::<u8>(at)),
            LeafKind::U16 => u64::from(self.get::<u16>(at)),
            LeafKind::I8 => i64::from(self.get::<i8>(at)) as u64,
            LeafKind::I16 => i64::from(self.get::<i16>(at)) as u64,
            LeafKind::I32 => i64::from(self.get::<i32>(at)) as u64,
            LeafKind::I64 | LeafKind::U64 | LeafKind::F64 => self.get::<u64>(at),
            LeafKind::U32
            | LeafKind::F32
            | LeafKind::Func
            | LeafKind::Ref
            | LeafKind::RefNull
            | LeafKind::IPtr => u64::from(self.u32(at)),
        }
    }

    /// Writes a register slot to a leaf of `object`.
    #[inline(always)]
    pub(crate) fn put_leaf(self, object: u32, at: u32, kind: LeafKind, slot: u64) {
        match kind {
            LeafKind::Bool | LeafKind::U8 | LeafKind::I8 => self.put(at, slot as u8),
            LeafKind::U16 | LeafKind::I16 => self.put(at, slot as u16),
            LeafKind::U32 | LeafKind::I32 | LeafKind::F32 | LeafKind::Func => {
                self.put(at, slot as u32);
            }
            LeafKind::I64 | LeafKind::U64 | LeafKind::F64 => self.put(at, slot),
            LeafKind::Ref | LeafKind::RefNull | LeafKind::IPtr => {
                self.put_ref(object, at, slot as u32);
            }
        }
    }

    /// Asks the cache for the line of an offset; no effect but time.
    #[inline(always)]
    pub(crate) fn prefetch(self, at: u32) {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        // SAFETY: a prefetch never faults, and the address is inside the mapping anyway.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(self.at(at).cast::<i8>());
        }
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        let _ = at;
    }
}
