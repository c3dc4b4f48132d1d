//! Parts of collections and texts: indices and slices, as values.
//!
//! Writing them is in `place`; making collections in `expr` and `loops`.

use std::ops::Range;

use kaa_base::span::Span;
use kaa_ir::{Inst, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use crate::hir::{ExprId, Ty, TyId};

impl Body<'_, '_, '_> {
    /// `base[index]`.
    pub fn index(&mut self, base: ExprId, index: ExprId, ty: TyId) -> Vals {
        let base_ty = self.cx.program.tree[base].ty;
        match self.ty(base_ty) {
            Ty::List(_) | Ty::View(_) | Ty::Iter(_) => {
                let count = self.leaves(ty).len();
                self.element(base, index, 0..count)
            }
            Ty::Dict(_, value) => {
                let map = self.expr1(base);
                let key = self.expr(index);
                self.dict_index(map, &key, value)
            }
            Ty::Bytes => {
                let s = self.expr1(base);
                let at = self.position(index);
                let idx = self.resolve(at, |b| b.b.ins1(Inst::StrSize { s }));
                let byte = self.b.ins1(Inst::StrByte { s, idx });
                let t = self.leaves(ty).first().copied().unwrap_or(ValTy::I64);
                vec![self.widen(byte, t)]
            }
            Ty::Range => {
                let range = self.expr(base);
                let at = self.position(index);
                let at = self.resolve(at, |b| b.rt1(natives::RANGE_LEN, &range, ValTy::I64));
                let args = [range.as_slice(), &[at]].concat();
                vec![self.rt1(natives::RANGE_AT, &args, ValTy::I64)]
            }
            _ => {
                let s = self.expr1(base);
                let at = self.position(index);
                let idx = self.resolve(at, |b| b.b.ins1(Inst::StrLen { s }));
                let c = self.b.ins1(Inst::StrChar { s, idx });
                match self.ty(ty) {
                    Ty::Char => vec![c],
                    _ => vec![self.rt1(natives::FMT_CHAR, &[c], ValTy::STR)],
                }
            }
        }
    }

    /// Some leaves of an element of a list.
    pub fn element(&mut self, base: ExprId, index: ExprId, leaves: Range<usize>) -> Vals {
        let base_ty = self.cx.program.tree[base].ty;
        if let Ty::View(_) = self.ty(base_ty) {
            return self.view_element(base, index, leaves);
        }
        let list = self.expr1(base);
        let at = self.position(index);
        let idx = self.list_position(list, at);
        if leaves.is_empty() {
            // An element without leaves still has to be there.
            self.list_get(list, idx, 0..1);
        }
        self.list_get(list, idx, leaves)
    }

    /// The bounds of a slice: for each, whether it is there, and its value.
    pub fn bounds(&mut self, parts: [Option<ExprId>; 3]) -> Vals {
        let mut vals = Vec::new();
        for part in parts {
            vals.push(self.bool(part.is_some()));
            vals.push(match part {
                Some(e) => self.expr1(e),
                None => self.b.i64(0),
            });
        }
        vals
    }

    /// `base[lo:hi:step]`.
    pub fn slice(&mut self, base: ExprId, parts: [Option<ExprId>; 3], span: Span) -> Vals {
        let ty = self.cx.program.tree[base].ty;
        let mut args = self.expr(base);
        if let Ty::View(_) = self.ty(ty) {
            args = vec![self.view_list(&args)];
        }
        let results: Vec<ValTy> = args.iter().map(|v| self.b.ty(*v)).collect();
        args.extend(self.bounds(parts));
        let name = match self.ty(ty) {
            Ty::List(_) | Ty::View(_) | Ty::Iter(_) => natives::LIST_SLICE,
            Ty::Str => natives::STR_SLICE,
            Ty::Bytes => natives::BYTES_SLICE,
            Ty::Range => natives::RANGE_SLICE,
            _ => return self.unsupported(span, "slicing this type", ty),
        };
        self.rt(name, &args, &results)
    }

    /// The numbers of a range as a list.
    pub fn range_list(&mut self, range: &[Value]) -> Value {
        let ty = ValTy::Ref(self.list_type(TyId::INT));
        self.rt1(natives::RANGE_LIST, range, ty)
    }

    /// The length of a collection, text or range.
    pub fn len_of(&mut self, ty: TyId, vals: &[Value]) -> Value {
        let first = vals.first().copied().unwrap_or(Value(0));
        match self.ty(ty) {
            Ty::View(_) => self.view_len(vals),
            Ty::List(_) | Ty::Iter(_) => self.b.ins1(Inst::ListLen { list: first }),
            Ty::Str => self.b.ins1(Inst::StrLen { s: first }),
            Ty::Bytes => self.b.ins1(Inst::StrSize { s: first }),
            Ty::Range => self.rt1(natives::RANGE_LEN, vals, ValTy::I64),
            Ty::Tuple(items) => {
                let n = self.cx.program.tys.items(items).len();
                self.b.i64(n as i64)
            }
            _ => self.rt1(natives::MAP_LEN, &[first], ValTy::I64),
        }
    }
}
