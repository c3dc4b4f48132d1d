//! Output and f-strings: values put together into texts.
//!
//! What a value's text is, is in `show`.

use kaa_ir::{Inst, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use crate::hir::{Arg, ArgKind, Conversion, ExprId, ExprKind, FPart, List, Spec, Ty, TyId};

impl Body<'_, '_, '_> {
    /// `print(...)`: parameter 0 has any number of values, then come `sep` and `end`.
    pub fn print(&mut self, args: List<Arg>) -> Vals {
        let program = self.cx.program;
        let mut values: Vec<(TyId, Vals)> = Vec::new();
        let (mut sep, mut end) = (None, None);
        let mut plain_end = true;
        for arg in &program.tree[args] {
            let (ArgKind::Value(e) | ArgKind::Temp(e)) = arg.kind else { continue };
            let vals = self.expr(e);
            match arg.param {
                0 => values.push((program.tree[e].ty, vals)),
                1 => sep = vals.first().copied(),
                _ => {
                    plain_end = self.is_text(e, "\n");
                    end = vals.first().copied();
                }
            }
        }
        if plain_end && values.len() < 2 {
            let text = match values.first() {
                Some((ty, vals)) => self.str_of(*ty, vals),
                None => self.b.str(""),
            };
            return self.rt(natives::PRINT, &[text], &[]);
        }
        let sb = self.new_buffer();
        for (i, (ty, vals)) in values.iter().enumerate() {
            if i > 0 {
                match sep {
                    Some(sep) => {
                        self.rt(natives::SB_STR, &[sb, sep], &[]);
                    }
                    None => self.put_text(sb, " "),
                }
            }
            self.put_str(sb, *ty, vals);
        }
        match end {
            Some(end) if !plain_end => {
                self.rt(natives::SB_STR, &[sb, end], &[]);
            }
            _ => self.put_text(sb, "\n"),
        }
        self.rt(natives::PRINT_BUF, &[sb], &[])
    }

    /// Whether an expression is this literal.
    fn is_text(&self, e: ExprId, text: &str) -> bool {
        match self.cx.program.tree[e].kind {
            ExprKind::Str(symbol) => self.cx.names.text(symbol) == text,
            _ => false,
        }
    }

    /// An f-string.
    pub fn fstring(&mut self, parts: List<FPart>) -> Value {
        let program = self.cx.program;
        match program.tree[parts] {
            [] => self.b.str(""),
            [FPart::Text(symbol)] => {
                let text = self.cx.names.text(symbol);
                self.b.str(text)
            }
            [FPart::Value { value, conversion, spec: Spec::Empty }] => {
                let vals = self.expr(value);
                self.converted(program.tree[value].ty, &vals, conversion)
            }
            ref parts => self.in_buffer(|s, sb| s.put_parts_of(sb, parts)),
        }
    }

    fn put_parts_of(&mut self, sb: Value, parts: &[FPart]) {
        let program = self.cx.program;
        for part in parts {
            match *part {
                FPart::Text(symbol) => {
                    let text = self.cx.names.text(symbol);
                    self.put_text(sb, text);
                }
                FPart::Value { value, conversion, spec } => {
                    let ty = program.tree[value].ty;
                    let vals = self.expr(value);
                    self.put_value(sb, ty, &vals, conversion, spec);
                }
            }
        }
    }

    fn put_value(
        &mut self,
        sb: Value,
        ty: TyId,
        vals: &[Value],
        conversion: Conversion,
        spec: Spec,
    ) {
        let spec = match spec {
            Spec::Empty => None,
            Spec::Static(symbol) => {
                let text = self.cx.names.text(symbol);
                Some(self.b.str(text))
            }
            Spec::Dynamic(parts) => Some(self.fstring(parts)),
        };
        match (spec, conversion) {
            (None, Conversion::Default | Conversion::Str) => self.put_str(sb, ty, vals),
            (None, Conversion::Repr) => self.put_repr(sb, ty, vals),
            (None, Conversion::Ascii) => {
                let text = self.converted(ty, vals, conversion);
                self.rt(natives::SB_STR, &[sb, text], &[]);
            }
            (Some(spec), Conversion::Default) => self.put_formatted(sb, ty, vals, spec),
            (Some(spec), _) => {
                let text = self.converted(ty, vals, conversion);
                self.rt(natives::SB_FORMAT_STR, &[sb, text, spec], &[]);
            }
        }
    }

    /// A value by a format spec.
    fn put_formatted(&mut self, sb: Value, ty: TyId, vals: &[Value], spec: Value) {
        let first = vals.first().copied().unwrap_or(Value(0));
        let (name, value) = match self.ty(ty) {
            Ty::Int(kind) if kind.is_signed() => {
                (natives::SB_FORMAT_INT, self.widen(first, ValTy::I64))
            }
            Ty::Int(_) => (natives::SB_FORMAT_UINT, self.widen(first, ValTy::U64)),
            Ty::Float(_) => (natives::SB_FORMAT_FLOAT, self.widen(first, ValTy::F64)),
            Ty::BigInt => (natives::SB_FORMAT_BIGINT, first),
            Ty::Bool => (natives::SB_FORMAT_BOOL, first),
            _ => (natives::SB_FORMAT_STR, self.str_of(ty, vals)),
        };
        self.rt(name, &[sb, value, spec], &[]);
    }

    fn converted(&mut self, ty: TyId, vals: &[Value], conversion: Conversion) -> Value {
        match conversion {
            Conversion::Default | Conversion::Str => self.str_of(ty, vals),
            Conversion::Repr => self.repr_of(ty, vals),
            Conversion::Ascii => {
                let text = self.repr_of(ty, vals);
                self.rt1(natives::FMT_ASCII, &[text], ValTy::STR)
            }
        }
    }

    /// `a + b` of two texts or bytes.
    pub fn concat(&mut self, a: Value, b: Value) -> Value {
        self.b.ins1(Inst::StrConcat { a, b })
    }
}
