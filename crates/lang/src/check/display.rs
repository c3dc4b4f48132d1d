//! Types as a person writes them, for messages.

use super::Checker;
use crate::hir::*;

impl Checker<'_> {
    /// The type as text: `dict[str, int]`.
    pub(super) fn show(&self, ty: TyId) -> String {
        let mut text = String::new();
        self.write_ty(&mut text, ty, 0);
        text
    }

    fn write_ty(&self, out: &mut String, ty: TyId, depth: u32) {
        // Types share parts, so that one may be far longer as text than what made it.
        if depth > 12 || out.len() > 400 {
            out.push_str("...");
            return;
        }
        let next = depth + 1;
        match self.ty(ty) {
            Ty::Error => out.push('?'),
            Ty::Never => out.push_str("Never"),
            Ty::Unit => out.push_str("None"),
            Ty::Bool => out.push_str("bool"),
            Ty::Int(kind) => out.push_str(kind.name()),
            Ty::Float(FloatKind::F32) => out.push_str("f32"),
            Ty::Float(FloatKind::F64) => out.push_str("float"),
            Ty::BigInt => out.push_str("bigint"),
            Ty::Str => out.push_str("str"),
            Ty::Char => out.push_str("char"),
            Ty::Bytes => out.push_str("bytes"),
            Ty::Range => out.push_str("range"),
            Ty::ErrorObj => out.push_str("Error"),
            Ty::List(item) => self.write_args(out, "list", &[item], next),
            Ty::Set(item) => self.write_args(out, "set", &[item], next),
            Ty::Iter(item) => self.write_args(out, "Iter", &[item], next),
            Ty::View(item) => self.write_args(out, "view", &[item], next),
            Ty::Dict(key, value) => self.write_args(out, "dict", &[key, value], next),
            Ty::Result(ok, TyId::ERROR_OBJ) => self.write_args(out, "Result", &[ok], next),
            Ty::Result(ok, error) => self.write_args(out, "Result", &[ok, error], next),
            Ty::Option(item) if let Ty::Fn(_) = self.ty(item) => {
                out.push('(');
                self.write_ty(out, item, next);
                out.push_str(")?");
            }
            Ty::Option(item) => {
                self.write_ty(out, item, next);
                out.push('?');
            }
            Ty::Tuple(items) => {
                let items = self.program.tys.items(items);
                out.push('(');
                self.write_list(out, items, next);
                out.push_str(if items.len() == 1 { ",)" } else { ")" });
            }
            Ty::Fn(id) => self.write_fn(out, id, next),
            Ty::Struct(id, args) | Ty::Class(id, args) | Ty::Enum(id, args) => {
                let name = self.text(self.program.structs[id].name);
                let args = self.program.tys.items(args);
                match args {
                    [] => out.push_str(name),
                    _ => self.write_args(out, name, args, next),
                }
            }
            Ty::Assoc(..) | Ty::Any(_) => self.write_trait_ty(out, ty, next),
            Ty::Param(id) => match self.params.get(id) {
                Some(info) if id.0 >= super::generics::BUILTIN.count => {
                    out.push_str(self.text(info.name));
                }
                _ => out.push('?'),
            },
        }
    }

    /// A type that names a trait.
    fn write_trait_ty(&self, out: &mut String, ty: TyId, depth: u32) {
        match self.ty(ty) {
            Ty::Assoc(of, id, at) => {
                self.write_ty(out, of, depth);
                out.push('.');
                if let Some(assoc) = self.traits[id].outs.get(at as usize) {
                    out.push_str(self.text(assoc.name));
                }
            }
            Ty::Any(id) => {
                out.push_str("any ");
                out.push_str(self.text(self.traits[id].name));
            }
            _ => {}
        }
    }

    fn write_args(&self, out: &mut String, name: &str, args: &[TyId], depth: u32) {
        out.push_str(name);
        out.push('[');
        self.write_list(out, args, depth);
        out.push(']');
    }

    fn write_list(&self, out: &mut String, items: &[TyId], depth: u32) {
        for (at, &item) in items.iter().enumerate() {
            if out.len() > 400 {
                return;
            }
            if at > 0 {
                out.push_str(", ");
            }
            self.write_ty(out, item, depth);
        }
    }

    fn write_fn(&self, out: &mut String, id: FnTyId, depth: u32) {
        let sig = self.program.tys.fn_ty(id);
        out.push_str("fn(");
        for (at, &(mode, ty)) in sig.params.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(match mode {
                Mode::Read => "",
                Mode::Mut => "mut ",
                Mode::Own => "own ",
            });
            self.write_ty(out, ty, depth);
        }
        out.push(')');
        if sig.ret != TyId::UNIT {
            out.push_str(" -> ");
            self.write_ty(out, sig.ret, depth);
        }
    }
}
