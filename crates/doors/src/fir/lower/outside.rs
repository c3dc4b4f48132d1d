//! Operations on what lies outside of a program: streams, device registers, interrupts.
//!
//! They are calls of host functions, which a host offers by `kaa::door`; only the output of the
//! program needs none. How interrupts are delivered is in `signals`.

use kaa_ir::{Inst, ValTy, Value};

use super::super::parse::Op;
use super::super::types::Ty;
use super::super::{IO, REGISTERS};
use super::body::Body;
use super::memory::Helper;
use super::{from_bits, to_bits};

const I64: ValTy = ValTy::I64;

impl Body<'_, '_> {
    /// An operation on what lies outside of the program.
    pub(super) fn outside(&mut self, op: &Op) {
        match op {
            Op::WriteIo(stream) => self.write_io(*stream),
            Op::ReadIo(count, stream) => {
                let stream = self.number_or_popped(*stream);
                let count = self.number_or_popped(*count);
                let read = self.b.call_import(IO, "read", &[stream, count], &[ValTy::BYTES]);
                self.stack.extend(read.get(0));
            }
            Op::OpenIo(mode) => {
                let (path, mode) = (self.pop(), self.b.i64(*mode));
                let stream = self.b.call_import(IO, "open", &[path, mode], &[I64]);
                self.stack.extend(stream.get(0));
            }
            Op::ReadReg(scalar, register) => {
                let (size, register) =
                    (self.b.i64(scalar.size().into()), self.b.i64((*register).into()));
                let bits = self.b.call_import(REGISTERS, "read", &[register, size], &[I64]);
                let bits = bits.get(0).unwrap_or(size);
                let val = from_bits(&mut self.b, Ty::One(*scalar), bits);
                self.push(val);
            }
            Op::WriteReg(scalar, register) => {
                let val = self.pop();
                let bits = to_bits(&mut self.b, Ty::One(*scalar), val);
                let (size, register) =
                    (self.b.i64(scalar.size().into()), self.b.i64((*register).into()));
                self.b.call_import(REGISTERS, "write", &[register, size, bits], &[]);
            }
            Op::InterruptSet(code, name) => {
                if let Some(signals) = self.from.signals {
                    signals.set(&mut self.b, *code, Some(name));
                }
            }
            Op::InterruptUnset(code) => {
                if let Some(signals) = self.from.signals {
                    signals.set(&mut self.b, *code, None);
                }
            }
            _ => {}
        }
    }

    /// A number of the text, or the one on the stack.
    fn number_or_popped(&mut self, number: Option<u32>) -> Value {
        match number {
            Some(number) => self.b.i64(number.into()),
            None => self.pop(),
        }
    }

    /// Stream 1 is the output of the program; the host has the others.
    fn write_io(&mut self, stream: Option<u32>) {
        let to = self.number_or_popped(stream);
        let val = self.pop();
        let text = match self.b.ty(val) {
            ValTy::U8 => self.one_byte(val),
            _ => val,
        };
        match stream {
            Some(1) => {
                self.call(Helper::Print, &[text]);
            }
            Some(_) => {
                self.b.call_import(IO, "write", &[to, text], &[]);
            }
            None => {
                let (print, host, done) =
                    (self.b.create_block(), self.b.create_block(), self.b.create_block());
                let one = self.b.i64(1);
                let is_output = self.b.ins1(Inst::Eq { t: I64, a: to, b: one });
                self.b.branch(is_output, print, host);
                self.b.switch_to(print);
                self.call(Helper::Print, &[text]);
                self.b.jump(done, &[]);
                self.b.switch_to(host);
                self.b.call_import(IO, "write", &[to, text], &[]);
                self.b.jump(done, &[]);
                [print, host, done].into_iter().for_each(|block| self.b.seal_block(block));
                self.b.switch_to(done);
            }
        }
    }

    fn one_byte(&mut self, byte: Value) -> Value {
        let def = kaa_ir::TypeDef::List { elem: kaa_ir::FieldTy::Val(ValTy::U8) };
        let Ok(ty) = self.b.module.intern_type("text", def) else { return byte };
        let list = self.b.ins1(Inst::ListOf { ty, vals: [byte].into() });
        let text = self.b.call_import("rt", "bytes.of_list", &[list], &[ValTy::BYTES]);
        text.get(0).unwrap_or(byte)
    }
}
