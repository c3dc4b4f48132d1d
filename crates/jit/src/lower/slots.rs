//! Where the value of each slot is while code is made: in a variable as an integer or a float,
//! in its slot in memory, or in several of these.

use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;

use super::{Lower, TRUSTED, type_of};
use crate::operands::Class;

/// The integer variable holds the value.
const INT: u8 = 1;
/// The float variable holds the value.
const FLOAT: u8 = 2;
/// The slot in memory holds the value.
const MEMORY: u8 = 4;

/// What variables hold of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// Its value, as an integer.
    Int,
    /// Its value, as a float.
    Float,
    /// The length of the list in it.
    Len,
    /// The address of that list's buffer, as `Lower::object` gives it.
    Buffer,
}

/// What was known at some point, for paths that come back to it.
pub(super) struct Held(Vec<(u16, u8)>);

impl Lower<'_, '_> {
    fn var(&mut self, slot: u16, float: bool) -> Variable {
        self.part(slot, if float { Part::Float } else { Part::Int })
    }

    /// The variable for a part of what is known of a slot.
    pub(super) fn part(&mut self, slot: u16, part: Part) -> Variable {
        let b = &mut self.b;
        let ty = type_of(part == Part::Float);
        *self.here.vars.entry((slot, part)).or_insert_with(|| b.declare_var(ty))
    }

    fn mark(&mut self, slot: u16, held: u8) {
        self.here.held[usize::from(slot)] = held;
        self.here.touched.push(slot);
    }

    /// Nothing is known of any slot.
    pub(super) fn forget_all(&mut self) {
        for slot in self.here.touched.drain(..) {
            self.here.held[usize::from(slot)] = 0;
        }
    }

    /// What is known now.
    pub(super) fn save(&self) -> Held {
        let mut slots = self.here.touched.clone();
        slots.sort_unstable();
        slots.dedup();
        Held(slots.into_iter().map(|s| (s, self.here.held[usize::from(s)])).collect())
    }

    /// Only what was known then is known.
    pub(super) fn restore(&mut self, held: Held) {
        self.forget_all();
        for (slot, state) in held.0 {
            self.mark(slot, state);
        }
    }

    /// At the start of a block: the value is in a variable, and in memory where it is rooted.
    pub(super) fn assume(&mut self, slot: u16, float: bool, rooted: bool) {
        let memory = if rooted { MEMORY } else { 0 };
        self.mark(slot, memory | if float { FLOAT } else { INT });
    }

    /// The value is in memory only.
    pub(super) fn in_memory(&mut self, slot: u16) {
        self.here.known.forget(slot);
        self.mark(slot, MEMORY);
    }

    /// A variable gets a value that its slot in memory does not have.
    pub(super) fn hold(&mut self, slot: u16, value: Value, float: bool) {
        let var = self.var(slot, float);
        self.b.def_var(var, value);
        self.here.known.forget(slot);
        self.mark(slot, if float { FLOAT } else { INT });
    }

    /// The byte offset of a slot in the frame.
    pub(super) fn offset(slot: u16) -> i32 {
        i32::from(slot) * 8
    }

    /// The value of a slot as an integer.
    pub(super) fn int(&mut self, slot: u16) -> Value {
        let var = self.var(slot, false);
        let held = self.here.held[usize::from(slot)];
        if held & INT != 0 {
            return self.b.use_var(var);
        }
        let value = if held & FLOAT != 0 {
            let float = self.var(slot, true);
            let float = self.b.use_var(float);
            self.b.ins().bitcast(types::I64, cranelift_codegen::ir::MemFlagsData::new(), float)
        } else {
            let frame = self.here.frame;
            self.b.ins().load(types::I64, TRUSTED, frame, Self::offset(slot))
        };
        self.b.def_var(var, value);
        self.mark(slot, held | INT);
        value
    }

    /// The value of a slot as a float.
    pub(super) fn float(&mut self, slot: u16) -> Value {
        let var = self.var(slot, true);
        let held = self.here.held[usize::from(slot)];
        if held & FLOAT != 0 {
            return self.b.use_var(var);
        }
        let value = if held & INT != 0 {
            let int = self.var(slot, false);
            let int = self.b.use_var(int);
            self.b.ins().bitcast(types::F64, cranelift_codegen::ir::MemFlagsData::new(), int)
        } else {
            let frame = self.here.frame;
            self.b.ins().load(types::F64, TRUSTED, frame, Self::offset(slot))
        };
        self.b.def_var(var, value);
        self.mark(slot, held | FLOAT);
        value
    }

    /// The value of a slot in the form it is in.
    pub(super) fn any(&mut self, slot: u16) -> Value {
        match self.here.held[usize::from(slot)] & (INT | FLOAT) {
            FLOAT => self.float(slot),
            _ => self.int(slot),
        }
    }

    /// The value of a slot as a value of this class.
    pub(super) fn value(&mut self, slot: u16, float: bool) -> Value {
        if float { self.float(slot) } else { self.int(slot) }
    }

    /// Writes the result of the instruction at hand.
    pub(super) fn write(&mut self, slot: u16, value: Value, class: Class) {
        self.hold(slot, value, class == Class::Float);
        if self.here.flow.is_stored(self.here.at) {
            self.store_slot(slot);
        }
    }

    /// Brings the value of a slot to memory.
    pub(super) fn store_slot(&mut self, slot: u16) {
        let held = self.here.held[usize::from(slot)];
        if held & MEMORY != 0 || held == 0 {
            return;
        }
        let (value, frame) = (self.any(slot), self.here.frame);
        self.b.ins().store(TRUSTED, value, frame, Self::offset(slot));
        let held = self.here.held[usize::from(slot)];
        self.mark(slot, held | MEMORY);
    }

    /// Whether the slot in memory has its value.
    pub(super) fn is_in_memory(&self, slot: u16) -> bool {
        self.here.held[usize::from(slot)] & MEMORY != 0
    }

    /// A variable gets the value that its slot in memory has already.
    pub(super) fn hold_and_keep(&mut self, slot: u16, value: Value, float: bool) {
        self.hold(slot, value, float);
        self.mark(slot, MEMORY | if float { FLOAT } else { INT });
    }

    /// What is called has written a slot.
    pub(super) fn written(&mut self, slot: u16) {
        self.in_memory(slot);
    }
}
