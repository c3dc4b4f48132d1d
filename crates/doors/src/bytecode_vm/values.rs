//! The values that a block has pushed and not popped yet: they stay in SSA values, with their kind
//! where it is known, and go to the stack in the heap only where the block ends or calls.

use kaa_ir::{BlockCall, FunctionBuilder, GlobalId, Inst, TypeId, ValTy, Value};
use kaa_isa::kinds::Code;

use super::machine::Fault;

/// The kind of integers in memory.
pub const INT: i64 = 0;
/// The kind of truth values.
pub const BOOL: i64 = 1;
/// The kind of a variable that was never written.
pub const UNDEFINED: i64 = 2;
/// Traps from here on are ends of the program: 0 is the good one, the others are faults.
pub const FIRST_TRAP: u32 = 256;
/// A block keeps so many values; older ones go to the heap.
const KEPT: usize = 8;

/// A value of the machine.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    /// An integer.
    Int(Value),
    /// A truth value.
    Bool(Value),
    /// One of both: its kind (`u8`) and its bits (`i64`).
    Any(Value, Value),
}

/// Globals of the module.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// The values on the stack.
    pub stack: GlobalId,
    /// What the calls return to, the innermost last.
    pub returns: GlobalId,
    /// The place behind the last instruction.
    pub ip: GlobalId,
    /// What a fault is about.
    pub detail: GlobalId,
    /// The type of the stack.
    pub stack_ty: TypeId,
    /// The type of the list of addresses.
    pub returns_ty: TypeId,
    /// Whether the stack is looked at in the end.
    pub keep: bool,
}

/// A function that is being made, with the values of its current block.
pub struct Values<'m> {
    /// Its builder.
    pub b: FunctionBuilder<'m>,
    /// The globals.
    pub state: State,
    /// The place behind the current instruction.
    pub ip: usize,
    items: Vec<Item>,
}

impl<'m> Values<'m> {
    /// Begins with an empty block.
    pub fn new(b: FunctionBuilder<'m>, state: State) -> Values<'m> {
        Values { b, state, ip: 0, items: Vec::new() }
    }

    /// Continues in a block of the program: whatever was pushed before it is in the heap.
    pub fn begin(&mut self, block: kaa_ir::Block) {
        self.items.clear();
        self.b.switch_to(block);
    }

    /// Continues in a block that all jumps to it exist of.
    pub fn go_on(&mut self, block: kaa_ir::Block) {
        self.b.switch_to(block);
        self.b.seal_block(block);
    }

    /// Pushes a value.
    pub fn push(&mut self, item: Item) {
        if self.items.len() >= KEPT {
            let oldest = self.items.remove(0);
            self.store(oldest);
        }
        self.items.push(item);
    }

    /// Pops a value, or ends the program.
    pub fn pop(&mut self) -> Item {
        if let Some(item) = self.items.pop() {
            return item;
        }
        let list = self.list(self.state.stack);
        let len = self.b.ins1(Inst::ListLen { list });
        let zero = self.b.i64(0);
        let empty = self.b.ins1(Inst::Eq { t: ValTy::I64, a: len, b: zero });
        self.fault_if(empty, Fault::Underflow, 0);
        let popped = self.b.ins(Inst::ListPop { list });
        let part = |i| popped.get(i).unwrap_or(list);
        self.b.ins(Inst::GlobalSet { g: self.state.stack, val: part(0) });
        Item::Any(part(1), part(2))
    }

    /// The list in a global: `main` has made it.
    fn list(&mut self, g: GlobalId) -> Value {
        let a = self.b.ins1(Inst::GlobalGet { g });
        self.b.ins1(Inst::AsNonNull { a })
    }

    /// Moves all values of the block to the heap.
    pub fn flush(&mut self) {
        for item in std::mem::take(&mut self.items) {
            self.store(item);
        }
    }

    fn store(&mut self, item: Item) {
        let (kind, bits) = self.parts(item);
        let list = self.list(self.state.stack);
        let val = self.b.ins1(Inst::ListPush { list, vals: [kind, bits].into() });
        self.b.ins(Inst::GlobalSet { g: self.state.stack, val });
    }

    /// A value as it stands in memory: its kind and its bits.
    pub fn parts(&mut self, item: Item) -> (Value, Value) {
        match item {
            Item::Any(kind, bits) => (kind, bits),
            Item::Int(n) => (self.b.iconst(ValTy::U8, INT), n),
            Item::Bool(a) => {
                let bits = self.b.ins1(Inst::ConvertExact { t: ValTy::I64, a });
                (self.b.iconst(ValTy::U8, BOOL), bits)
            }
        }
    }

    /// A value as an integer, or a fault.
    pub fn int(&mut self, item: Item, fault: Fault) -> Value {
        match item {
            Item::Int(n) => n,
            Item::Bool(a) => {
                self.fault(fault, 0);
                self.b.ins1(Inst::ConvertExact { t: ValTy::I64, a })
            }
            Item::Any(kind, bits) => {
                let other = self.is_kind(kind, BOOL);
                self.fault_if(other, fault, 0);
                bits
            }
        }
    }

    /// Whether a value counts as true: of both kinds what is not zero does.
    pub fn truthy(&mut self, item: Item) -> Value {
        match item {
            Item::Bool(truth) => truth,
            Item::Int(bits) | Item::Any(_, bits) => {
                let zero = self.b.i64(0);
                self.b.ins1(Inst::Ne { t: ValTy::I64, a: bits, b: zero })
            }
        }
    }

    /// Whether a kind is this one.
    pub fn is_kind(&mut self, a: Value, kind: i64) -> Value {
        let b = self.b.iconst(ValTy::U8, kind);
        self.b.ins1(Inst::Eq { t: ValTy::U8, a, b })
    }

    /// Ends the program in a fault if something holds.
    pub fn fault_if(&mut self, holds: Value, fault: Fault, detail: i64) {
        let (faulty, next) = (self.b.create_block(), self.b.create_block());
        self.b.branch(holds, faulty, next);
        self.go_on(faulty);
        self.fault(fault, detail);
        self.go_on(next);
    }

    /// Ends the program in a fault.
    pub fn fault(&mut self, fault: Fault, detail: i64) {
        let val = self.b.i64(detail);
        self.b.ins(Inst::GlobalSet { g: self.state.detail, val });
        self.end(fault as u32);
    }

    /// Ends the program: a trap that `main` catches.
    pub fn end(&mut self, number: u32) {
        if self.state.keep {
            // The values stay known: other ways through the block have not ended here.
            self.items.clone().into_iter().for_each(|item| self.store(item));
        }
        self.note_ip();
        self.b.ins(Inst::Trap { code: Code(FIRST_TRAP + number) });
    }

    /// Notes where the program is.
    pub fn note_ip(&mut self) {
        let val = self.b.i64(self.ip as i64);
        self.b.ins(Inst::GlobalSet { g: self.state.ip, val });
    }

    /// Forgets what the last call returned to.
    pub fn forget_return(&mut self) {
        let list = self.list(self.state.returns);
        if let Some(val) = self.b.ins(Inst::ListPop { list }).get(0) {
            self.b.ins(Inst::GlobalSet { g: self.state.returns, val });
        }
    }

    /// Notes what a call returns to.
    pub fn note_return(&mut self, address: usize) {
        let address = self.b.i64(address as i64);
        let list = self.list(self.state.returns);
        let val = self.b.ins1(Inst::ListPush { list, vals: [address].into() });
        self.b.ins(Inst::GlobalSet { g: self.state.returns, val });
    }
}

/// A jump to a block without arguments.
pub fn plain(block: kaa_ir::Block) -> BlockCall {
    BlockCall::new(block, [])
}
