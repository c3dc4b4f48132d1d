//! The parts of types: what their leaves are, before any heap type is asked for.
//!
//! A part is a number, or a reference to an object of a Kaa type; `Layouts::leaves` turns parts
//! into IR types. Since parts ask for no heap type, they end for every type that has a layout.
//! Those of enums are in `enums`.

use std::ops::Range;
use std::rc::Rc;

use kaa_ir::ValTy;

use super::{ENDLESS, Layouts, MAX_LEAVES, NOT_YET, int_ty};
use crate::hir::{FloatKind, Ty, TyId};

/// A leaf that is not an IR value yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// A number or `bool`.
    Scalar(ValTy),
    /// A reference to the object that a value of the type is.
    Ref {
        /// The type.
        ty: TyId,
        /// Whether it may be null.
        null: bool,
    },
}

impl Part {
    /// A reference that may also be null; numbers stay.
    pub fn nullable(self) -> Part {
        match self {
            Part::Ref { ty, .. } => Part::Ref { ty, null: true },
            scalar => scalar,
        }
    }
}

impl Layouts<'_> {
    /// The parts of a type. There is one more than is allowed where there would be too many.
    pub(super) fn parts(&mut self, ty: TyId) -> Rc<[Part]> {
        if let Some(parts) = self.parts.get(&ty) {
            return parts.clone();
        }
        let mut out = Vec::new();
        self.add_parts(ty, &mut out);
        out.truncate(MAX_LEAVES + 1);
        let parts: Rc<[Part]> = out.into();
        self.parts.insert(ty, parts.clone());
        parts
    }

    /// The number of leaves of a type.
    pub fn count(&mut self, ty: TyId) -> usize {
        self.parts(ty).len()
    }

    /// Whether the type is one reference that is never null.
    pub fn is_plain_ref(&mut self, ty: TyId) -> bool {
        matches!(*self.parts(ty), [Part::Ref { null: false, .. }])
    }

    /// Where field `index` of a struct or tuple lies among the leaves, with its type.
    pub fn field(&mut self, ty: TyId, index: u32) -> (Range<usize>, TyId) {
        let program = self.program;
        let types: Vec<TyId> = match program.tys.get(ty) {
            Ty::Struct(id, args) | Ty::Class(id, args) => program.field_types(id, args),
            Ty::Tuple(items) => program.tys.items(items).to_vec(),
            _ => Vec::new(),
        };
        let mut start = 0;
        for (i, &field) in types.iter().enumerate() {
            let count = self.count(field);
            if i == index as usize {
                return (start..start + count, field);
            }
            start += count;
        }
        (0..0, TyId::ERROR)
    }

    fn add_parts(&mut self, ty: TyId, out: &mut Vec<Part>) {
        let program = self.program;
        let tys = &program.tys;
        let one = Part::Ref { ty, null: false };
        match tys.get(ty) {
            Ty::Error | Ty::Never | Ty::Unit => {}
            Ty::Bool => out.push(Part::Scalar(ValTy::Bool)),
            Ty::Int(kind) => out.push(Part::Scalar(int_ty(kind))),
            Ty::Float(FloatKind::F32) => out.push(Part::Scalar(ValTy::F32)),
            Ty::Float(FloatKind::F64) => out.push(Part::Scalar(ValTy::F64)),
            Ty::Char => out.push(Part::Scalar(ValTy::U32)),
            Ty::Range => out.extend([Part::Scalar(ValTy::I64); 3]),
            Ty::View(_) => out.extend([one, Part::Scalar(ValTy::I64), Part::Scalar(ValTy::I64)]),
            Ty::Str | Ty::Bytes | Ty::BigInt | Ty::ErrorObj => out.push(one),
            Ty::List(_) | Ty::Iter(_) => out.push(one),
            Ty::Set(_) | Ty::Dict(..) | Ty::Fn(_) | Ty::Class(..) | Ty::Any(_) => out.push(one),
            Ty::Tuple(items) => self.add_all(tys.items(items), out),
            Ty::Option(inner) => {
                if !self.is_plain_ref(inner) {
                    out.push(Part::Scalar(ValTy::Bool));
                }
                out.extend(self.parts(inner).iter().map(|part| part.nullable()));
            }
            Ty::Result(value, error) => {
                out.push(Part::Scalar(ValTy::Bool));
                out.extend(self.parts(value).iter().map(|part| part.nullable()));
                out.extend(self.parts(error).iter().map(|part| part.nullable()));
            }
            Ty::Struct(id, args) => {
                if !self.open_structs.insert(ty) {
                    self.refused = Some((ty, ENDLESS));
                    return;
                }
                self.add_all(&program.field_types(id, args), out);
                self.open_structs.remove(&ty);
            }
            Ty::Enum(..) => match &self.enum_layout(ty).flat {
                Some(flat) => out.extend(flat.parts.iter().copied()),
                None => out.push(one),
            },
            Ty::Param(_) | Ty::Assoc(..) => {
                out.push(one);
                self.refused = Some((ty, NOT_YET));
            }
        }
    }

    fn add_all(&mut self, types: &[TyId], out: &mut Vec<Part>) {
        for &ty in types {
            if out.len() > MAX_LEAVES {
                return;
            }
            out.extend(self.parts(ty).iter().copied());
        }
    }
}
