//! Writing values as JSON: a function for each type that has parts, over the natives of `rt`.
//!
//! A struct is a dict of its fields, a tuple a list. A variant without fields is its name; one
//! with fields is a dict with one key, the name, and the fields as a dict. All is written in one
//! line; another layout is made of that text. How it is read back is in `json_read`.

use kaa_ir::{FuncId, Inst, Module, ValTy, Value};

use super::body::Body;
use super::json_read::Way;
use super::{Cx, Vals, natives};
use crate::hir::{Arg, FloatKind, List, Ty, TyId};
use kaa_base::span::Span;

/// Where values are written to, and what those of any shape need.
#[derive(Clone, Copy)]
struct Writing {
    sb: Value,
    samples: Value,
    /// The type of values of any shape.
    any: TyId,
}

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// `_json.text(samples, value)`
    pub fn json_write(&mut self, args: List<Arg>) -> Vals {
        let (Some((any, samples)), Some(value)) = (self.json_samples(args), self.arg_for(args, 1))
        else {
            return self.zeros(TyId::STR);
        };
        let ty = self.cx.program.tree[value].ty;
        let vals = self.expr(value);
        vec![self.in_buffer(|s, sb| s.put_json(Writing { sb, samples, any }, ty, &vals))]
    }

    /// Lowers the function that writes values of a type.
    pub fn json_writer(cx: &'c mut Cx<'p>, m: &'m mut Module, func: FuncId, ty: TyId, any: TyId) {
        let span = Span::new(cx.program.file, 0, 0);
        let mut body = Self::start(cx, m, func);
        let params = body.b.params();
        if let [sb, samples, vals @ ..] = &*params {
            let w = Writing { sb: *sb, samples: *samples, any };
            body.put_json_parts(w, ty, vals);
        }
        body.b.ins(Inst::Ret { vals: [].into() });
        body.finish(span);
    }

    /// Appends a value.
    fn put_json(&mut self, w: Writing, ty: TyId, vals: &[Value]) {
        let first = vals.first().copied().unwrap_or(Value(0));
        let (name, value) = match self.ty(ty) {
            Ty::Int(kind) if kind.is_signed() => (natives::SB_INT, self.widen(first, ValTy::I64)),
            Ty::Int(_) => (natives::SB_UINT, self.widen(first, ValTy::U64)),
            Ty::Float(FloatKind::F64) => (natives::JSON_PUT_FLOAT, first),
            Ty::Float(FloatKind::F32) => (natives::JSON_PUT_FLOAT, self.widen(first, ValTy::F64)),
            Ty::Str => (natives::JSON_PUT_STR, first),
            Ty::Char => (natives::JSON_PUT_STR, self.rt1(natives::FMT_CHAR, &[first], ValTy::STR)),
            Ty::Unit => return self.put_text(w.sb, "null"),
            Ty::Bool => {
                return self.either(
                    first,
                    |s| s.put_text(w.sb, "true"),
                    |s| s.put_text(w.sb, "false"),
                );
            }
            Ty::Option(inner) => {
                let present = self.is_present(ty, vals);
                return self.either(
                    present,
                    |s| {
                        let vals = s.unwrap_known(ty, vals);
                        s.put_json(w, inner, &vals);
                    },
                    |s| s.put_text(w.sb, "null"),
                );
            }
            _ if ty == w.any => {
                let args = [&[w.samples, w.sb], vals].concat();
                self.rt(natives::JSON_PUT_VALUE, &args, &[]);
                return;
            }
            _ => {
                let f = self.json_func(ty, w.any, Way::Write);
                let args = [&[w.sb, w.samples], vals].concat();
                self.b.ins(Inst::Call { f, args: args.into() });
                return;
            }
        };
        self.rt(name, &[w.sb, value], &[]);
    }

    /// Appends a value in the function for its type.
    fn put_json_parts(&mut self, w: Writing, ty: TyId, vals: &[Value]) {
        let sb = w.sb;
        match self.ty(ty) {
            Ty::List(elem) => {
                self.put_text(sb, "[");
                self.put_items(sb, ty, vals, &mut |s, item| s.put_json(w, elem, &item));
                self.put_text(sb, "]");
            }
            Ty::Dict(key, value) => {
                let map = vals.first().copied().unwrap_or(Value(0));
                self.put_entries(sb, (key, value), map, |s, k, v| {
                    s.put_json_key(w, key, k);
                    s.put_json(w, value, v);
                });
            }
            Ty::Tuple(items) => {
                self.put_text(sb, "[");
                for (at, &item) in self.cx.program.tys.items(items).iter().enumerate() {
                    self.put_text(sb, if at > 0 { ", " } else { "" });
                    let (range, _) = self.cx.layouts.field(ty, at as u32);
                    self.put_json(w, item, vals.get(range).unwrap_or_default());
                }
                self.put_text(sb, "]");
            }
            Ty::Struct(..) => self.put_json_struct(w, ty, vals),
            Ty::Enum(..) => self.each_variant(ty, vals, &mut |s, payload, held| {
                let name = s.struct_name(payload);
                if held.is_empty() {
                    return s.put_text(sb, &format!("\"{name}\""));
                }
                s.put_text(sb, &format!("{{\"{name}\": "));
                s.put_json_struct(w, payload, &held);
                s.put_text(sb, "}");
            }),
            _ => self.put_json(w, ty, vals),
        }
    }

    /// Appends a key in quotes and the colon behind it.
    fn put_json_key(&mut self, w: Writing, key: TyId, vals: &[Value]) {
        let quoted = !matches!(self.ty(key), Ty::Int(_));
        self.put_text(w.sb, if quoted { "" } else { "\"" });
        self.put_json(w, key, vals);
        self.put_text(w.sb, if quoted { ": " } else { "\": " });
    }

    fn put_json_struct(&mut self, w: Writing, ty: TyId, vals: &[Value]) {
        let Ty::Struct(id, args) = self.ty(ty) else { return };
        let fields = &self.cx.program.structs[id].fields;
        let types = self.cx.program.field_types(id, args);
        let mut before = "{";
        for (at, (field, &field_ty)) in fields.iter().zip(&types).enumerate() {
            let name = self.cx.names.text(field.name);
            self.put_text(w.sb, &format!("{before}\"{name}\": "));
            let (range, _) = self.cx.layouts.field(ty, at as u32);
            self.put_json(w, field_ty, vals.get(range).unwrap_or_default());
            before = ", ";
        }
        self.put_text(w.sb, if fields.is_empty() { "{}" } else { "}" });
    }
}
