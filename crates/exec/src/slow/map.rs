//! Maps, where the interpreter's own search does not come to an end.

use kaa_code::word::{self, MapPlace, a, b, c};
use kaa_code::{RegOp, Word};
use kaa_heap::GcRef;

use super::{Pc, Regs, end, note_place, retried, set, slot, store};
use crate::interp::Flow;
use crate::rt;
use crate::vm::Vm;

/// Searches a key: gives its value, or whether there is one. Steps over no word.
#[inline(always)]
pub(crate) fn search(vm: *mut Vm, pc: Pc, r: Regs, i: Word) -> Flow {
    note_place(vm, pc, r);
    let heap = &store(vm).heap;
    let (map, key) = (GcRef::from_slot(slot(r, b(i))), slot(r, c(i)));
    let op = word::op(i).unwrap_or(RegOp::Trap);
    // SAFETY: the word with the place follows the instruction.
    let place = MapPlace::unpack(unsafe { *pc });
    let mut value = [0];
    let found = heap.map_read(map, &[key], &mut value);
    let value = match op {
        RegOp::MapHas | RegOp::MapStrHas => u64::from(found),
        _ if found => value[0],
        RegOp::MapGetOr | RegOp::MapStrGetOr => slot(r, place.default),
        _ => return end(vm, Err(rt::missing_key(heap, map, &[key]))),
    };
    set(r, a(i), value);
    Flow::Next
}

/// Gives a key a value.
pub(super) fn put(vm: *mut Vm, pc: Pc, r: Regs, i: Word) -> Flow {
    let result = retried(vm, pc, r, |inner| {
        let map = GcRef::from_slot(slot(r, a(i)));
        let (map, ..) = inner.heap.map_insert(map, &[slot(r, b(i))], &[slot(r, c(i))])?;
        set(r, a(i), map.slot());
        Ok(())
    });
    end(vm, result)
}
