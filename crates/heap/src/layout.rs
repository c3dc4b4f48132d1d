//! Where everything lies that compiled code touches: one table of constants.
//!
//! Every place is a displacement from the address of offset 0 (the base) or from the start of
//! an object. What the fast paths do with them is written down in `raw`; compiled code does
//! the same. Object parts are constants of `header`, given here again by their names.
//!
//! - **Allocate** a plan's cell: `at = [LANE_CURSOR(lane)]`, `next = at + cell`; if
//!   `next > [LANE_LIMIT(lane)]`, call `Heap::alloc_slow`; else store `next` to the cursor and
//!   the plan's `meta` to `at + META`. The rest of the cell is zero.
//! - **Safepoint**: a collection is due if the `u32` at `PENDING` is not 0.
//! - **Store a reference** at offset `at`: write it; then, if the word at `owner + META` has the
//!   bit `OLD`, store the byte 1 at `CARDS + (at >> CARD_SHIFT)`. No call, and no other case.
//! - **Write in place** only if the word at `object + META` does not have the bit `SHARED`.

pub use crate::header::{
    ARRAY_DATA, ASCII, AUX, BYTES_DATA, CLOSURE_DATA, CLOSURE_FUNC, HEADER, LARGE, LIST_BUF,
    LIST_LEN, MAP_ENTRIES, MAP_INDEX, MAP_LEN, MAP_USED, META, OLD, SHARED, STR_CHARS, STR_DATA,
    STR_HASH, STRUCT_DATA, TYPE_MASK,
};
pub use crate::mem::CARD_SHIFT;

use crate::class::{AllocState, Lane, STATE_BYTES};
use crate::mem::{CARDS_BELOW, CONTEXT_PAGE};
use std::mem::offset_of;

/// The engine's part of the context page.
pub const CONTEXT: i32 = -(CONTEXT_PAGE as i32);
/// The `AllocState`.
pub const STATE: i32 = -(STATE_BYTES as i32);
/// Not 0 when a collection is due at the next safepoint; a `u32`.
pub const PENDING: i32 = STATE + offset_of!(AllocState, pending) as i32;
/// The card of offset 0; a byte.
pub const CARDS: i32 = -(CARDS_BELOW as i32);

const LANES: i32 = STATE + offset_of!(AllocState, lanes) as i32;

/// The next free cell of a lane; a `u32`.
#[must_use]
pub const fn lane_cursor(lane: u32) -> i32 {
    LANES + lane as i32 * size_of::<Lane>() as i32 + offset_of!(Lane, cursor) as i32
}

/// The end of a lane's run; a `u32`.
#[must_use]
pub const fn lane_limit(lane: u32) -> i32 {
    LANES + lane as i32 * size_of::<Lane>() as i32 + offset_of!(Lane, limit) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Heap, HeapConfig};

    #[test]
    fn the_places_are_those_of_the_structures() {
        let mut heap = Heap::new(HeapConfig::default()).expect("address space");
        let (base, state) = (heap.base(), heap.alloc_state());
        let place = |displacement: i32| base.wrapping_offset(displacement as isize);
        assert_eq!(place(PENDING).cast_const(), heap.pending_ptr().cast());
        assert_eq!(place(CONTEXT), heap.context_page());
        // SAFETY: the state belongs to the heap, which nobody else uses.
        unsafe {
            for lane in [0, 7, crate::class::LANES - 1] {
                let run = &raw mut (*state).lanes[lane];
                assert_eq!(place(lane_cursor(lane as u32)), (&raw mut (*run).cursor).cast());
                assert_eq!(place(lane_limit(lane as u32)), (&raw mut (*run).limit).cast());
            }
        }
        let text = heap.new_str("not old: without references").expect("room");
        heap.collect(|marker| marker.mark(text));
        assert_eq!(heap.meta(text) & OLD, 0);
    }
}
