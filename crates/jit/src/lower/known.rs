//! What is known while code is made. Of the lists in slots: their headers are in variables, they
//! are not shared, indices have been compared with their lengths. Of integers: between which
//! numbers they lie. Of the stack: it has room.
//!
//! At the starts of blocks, `crate::lists` and `crate::bounds` say what is known.

use cranelift_codegen::ir::Value;
use kaa_heap::layout::{LIST_BUF, LIST_LEN};

use super::Lower;
use super::slots::Part;
use crate::bounds::{self, Bounds};
use crate::flow::Slots;

/// How many comparisons are remembered.
const MAX_CHECKED: usize = 16;

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    /// Slots whose lists have their headers in variables.
    lists: Slots,
    /// Slots whose lists are not shared.
    own: Vec<u16>,
    /// Indices that are below lengths.
    checked: Vec<(Value, Value)>,
    /// Bounds of the integers in slots.
    pub ints: bounds::Known,
    /// There is room for the frames of all calls, and no interrupt was due.
    pub room: bool,
}

impl Known {
    /// At the start of a block, which only the block before leads to or others do too.
    pub fn start(&mut self, lists: &Slots, only: bool) {
        self.lists = lists.clone();
        if !only {
            self.own.clear();
            self.checked.clear();
            self.room = false;
        }
    }

    /// A slot is written.
    pub fn forget(&mut self, slot: u16) {
        self.lists.remove(slot);
        self.own.retain(|own| *own != slot);
    }

    /// Any list may have changed.
    pub fn forget_lists(&mut self) {
        self.lists.clear();
        self.forget_own();
    }

    /// Any list may be shared now.
    pub fn forget_own(&mut self) {
        self.own.clear();
    }
}

impl Lower<'_, '_> {
    /// Bounds of the integer in a slot.
    pub(super) fn bounds(&self, slot: u16) -> Bounds {
        self.here.known.ints.get(slot)
    }

    /// The length and the buffer of the list in a slot.
    pub(super) fn header(&mut self, slot: u16) -> (Value, Value) {
        let vars = [Part::Len, Part::Buffer].map(|part| self.part(slot, part));
        if !self.here.known.lists.has(slot) {
            let x = self.int(slot);
            let list = self.object(x);
            let len = self.word(list, LIST_LEN);
            self.b.def_var(vars[0], len);
            let buffer = self.buffer(list);
            self.b.def_var(vars[1], buffer);
            self.here.known.lists.add(slot);
        }
        let [len, buffer] = vars.map(|var| self.b.use_var(var));
        (len, buffer)
    }

    /// The slot has a list now that is not shared, with a known header.
    pub(super) fn own(&mut self, slot: u16, (len, buffer): (Value, Value)) {
        for (part, value) in [(Part::Len, len), (Part::Buffer, buffer)] {
            let var = self.part(slot, part);
            self.b.def_var(var, value);
        }
        self.here.known.lists.add(slot);
        self.now_own(slot);
    }

    /// The slot has an object now that is not shared.
    pub(super) fn now_own(&mut self, slot: u16) {
        self.here.known.own.push(slot);
    }

    /// Whether the list in a slot is known not to be shared.
    pub(super) fn is_own(&self, slot: u16) -> bool {
        self.here.known.own.contains(&slot)
    }

    /// The buffer of a list, as [`Lower::object`] gives it.
    pub(super) fn buffer(&mut self, list: Value) -> Value {
        let buf = self.word(list, LIST_BUF);
        self.object(buf)
    }

    /// Traps unless the index is below the length of a list, if that has not been found yet.
    pub(super) fn check_list_index(&mut self, index: Value, len: Value, operands: &[u16]) {
        if self.here.known.checked.contains(&(index, len)) {
            return;
        }
        self.check_index(index, len, operands);
        if self.here.known.checked.len() == MAX_CHECKED {
            self.here.known.checked.remove(0);
        }
        self.here.known.checked.push((index, len));
    }
}
