//! The open `Error`: how it is made, what it takes over from the error it is made of, its texts.
//!
//! How results carry errors is in `option`; what the program `kaa` prints of an error that `main`
//! returns comes from the value itself, in crate `kaa`.

use kaa_base::entity::Entity;
use kaa_base::span::Span;
use kaa_ir::{FuncId, Inst, Module, Signature, ValTy, Value};
use kaa_isa::kinds::Leaf;

use super::body::Body;
use super::natives;
use super::{Cx, Job, Vals};
use crate::hir::{Source, Ty, TyId};

/// What stands before the message of a cause.
const CAUSE: &str = "\ncaused by: ";

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Any error as the open `Error`: its text, and the source that it tells of.
    pub fn open_error(&mut self, ty: TyId, vals: Vals) -> Vals {
        if self.ty(ty) == Ty::ErrorObj {
            return vals;
        }
        let message = self.str_of(ty, &vals);
        let source = self.cx.program.own.get(&ty).and_then(|own| own.source);
        let source = source.and_then(|source| self.source_of(ty, &vals, source));
        vec![self.error_new(message, source)]
    }

    /// What an error of the program names as its source.
    fn source_of(&mut self, ty: TyId, vals: &[Value], source: Source) -> Option<Value> {
        match (source, self.ty(ty)) {
            (Source::Method(func), _) => {
                let f = self.cx.func(self.b.module, func);
                Some(self.b.ins1(Inst::Call { f, args: vals.into() }))
            }
            (Source::Field(index), Ty::Class(..)) => {
                let home = self.field_home(*vals.first()?, ty, index);
                self.at_home(&home).first().copied()
            }
            (Source::Field(index), _) => {
                let (range, _) = self.cx.layouts.field(ty, index);
                vals.get(range)?.first().copied()
            }
        }
    }

    /// A new open `Error`.
    pub fn error_new(&mut self, message: Value, source: Option<Value>) -> Value {
        let ty = self.cx.layouts.error_type(self.b.module);
        let source = match source {
            Some(source) => source,
            None => self.b.null(ty),
        };
        self.b.ins1(Inst::StructNew { ty, vals: [message, source].into() })
    }

    /// The message of an open error.
    pub fn error_message(&mut self, error: Value) -> Value {
        self.b.ins1(Inst::StructGet { obj: error, leaf: Leaf(0) })
    }

    /// The source of an open error, or null.
    pub fn error_source(&mut self, error: Value) -> Value {
        self.b.ins1(Inst::StructGet { obj: error, leaf: Leaf(1) })
    }

    /// Appends `Error('message')`, with its source where there is one.
    pub fn repr_error(&mut self, sb: Value, error: Value) {
        self.put_text(sb, "Error(");
        let message = self.error_message(error);
        self.put_repr(sb, TyId::STR, &[message]);
        let source = self.error_source(error);
        let null = self.b.ins1(Inst::IsNull { a: source });
        self.either(
            null,
            |_| (),
            |s| {
                s.put_text(sb, ", source=");
                let source = s.b.ins1(Inst::AsNonNull { a: source });
                s.put_repr(sb, TyId::ERROR_OBJ, &[source]);
            },
        );
        self.put_text(sb, ")");
    }

    /// What a trap says of an error: its text, and those of all its causes.
    pub fn error_told(&mut self, ty: TyId, vals: &[Value]) -> Value {
        if self.ty(ty) != Ty::ErrorObj {
            return self.str_of(ty, vals);
        }
        let f = self.telling_func();
        self.b.ins1(Inst::Call { f, args: vals.into() })
    }

    /// The function that puts the messages of an open error together.
    fn telling_func(&mut self) -> FuncId {
        if let Some(func) = self.cx.telling {
            return func;
        }
        let error = self.cx.layouts.error_type(self.b.module);
        let sig = Signature::new([ValTy::Ref(error)], [ValTy::STR]);
        let func = self.cx.declare_func(self.b.module, "tell Error", sig);
        self.cx.telling = Some(func);
        self.cx.jobs.push((func, Job::Tell));
        func
    }

    /// Lowers that function: a loop, as a chain may be longer than calls can be deep.
    pub fn tell_error(cx: &'c mut Cx<'p>, m: &'m mut Module, func: FuncId) {
        let span = Span::new(cx.program.file, 0, 0);
        let mut body = Self::start(cx, m, func);
        let first = body.b.params().first().copied().unwrap_or(Value::new(0));
        let error = body.fresh(&[body.b.ty(first)]);
        body.define(&error, &[first]);
        let sb = body.new_buffer();
        let (head, turn, end) =
            (body.b.create_block(), body.b.create_block(), body.b.create_block());
        body.goto(head);
        body.b.switch_to(head);
        let this = body.values(&error)[0];
        let message = body.error_message(this);
        body.rt(natives::SB_STR, &[sb, message], &[]);
        let source = body.error_source(this);
        let null = body.b.ins1(Inst::IsNull { a: source });
        body.b.branch(null, end, turn);
        body.open(turn);
        body.put_text(sb, CAUSE);
        let source = body.b.ins1(Inst::AsNonNull { a: source });
        body.define(&error, &[source]);
        body.goto(head);
        body.b.seal_block(head);
        body.open(end);
        let text = body.rt1(natives::SB_FINISH, &[sb], ValTy::STR);
        body.ret(vec![text]);
        body.finish(span);
    }
}
