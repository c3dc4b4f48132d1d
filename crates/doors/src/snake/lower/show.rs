//! What a program prints of its registers, and the lines of debug logging.
//!
//! The texts come from host functions that `show` of the door describes; a module has them as
//! imports only where it prints or logs. Without logging, no operation pays for it.

use kaa_ir::{Inst, ValTy, Value};

use super::super::code::Instr;
use super::super::show;
use super::super::table::Kind;
use super::body::Body;

impl Body<'_, '_> {
    /// `DebugPrint` of a register.
    pub(super) fn debug_print(&mut self, instr: &Instr) {
        let args = [self.b.i64(show::head(instr)), self.get(instr.regs[0])];
        self.print(show::PRINT, &args);
    }

    /// The line of an operation that is about to be executed.
    pub(super) fn log_before(&mut self, instr: &Instr, at: usize) {
        if !matches!(instr.op.kind(), Kind::Allocate | Kind::StoreConstantArray) {
            let imm = match instr.target() {
                Some(target) => self.plan.block_at(target).map_or(target, |block| {
                    self.plan.blocks.get(block).map_or(target, |block| block.start as u64)
                }),
                None if instr.op.kind() == Kind::Return => at as u64 + 1,
                None => instr.imm,
            };
            self.log(instr, imm);
        }
    }

    /// The line of an operation that tells the section it made.
    pub(super) fn log_after(&mut self, instr: &Instr) {
        if matches!(instr.op.kind(), Kind::Allocate | Kind::StoreConstantArray)
            && !self.b.is_terminated()
        {
            self.log(instr, instr.imm);
        }
    }

    fn log(&mut self, instr: &Instr, imm: u64) {
        if !show::is_logged(instr.op.kind()) {
            return;
        }
        let mut vals: Vec<Value> = instr.registers().map(|(_, reg)| self.get(reg)).collect();
        let imm = self.b.i64(imm as i64);
        // Five registers and an immediate never come together: a host function takes six values.
        vals.resize(vals.len().max(4), imm);
        vals.resize(5, imm);
        let mut args = vec![self.b.i64(show::head(instr))];
        args.extend(vals);
        self.print(show::LINE, &args);
    }

    fn print(&mut self, name: &str, args: &[Value]) {
        let text = self.b.call_import(show::MODULE, name, args, &[ValTy::STR]);
        if let Some(text) = text.get(0) {
            let i = self.b.module.import("rt", "print", kaa_ir::Signature::new([ValTy::STR], []));
            self.b.ins(Inst::CallImport { i, args: [text].into() });
        }
    }
}
