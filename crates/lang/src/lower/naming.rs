//! What debuggers call the parts of a variable: `p.x` for a field, `p[0]` for an item of a tuple,
//! `x?` for whether an option has a value, and numbers for what has no name of its own.

use kaa_ir::Var;

use super::Variables;
use super::body::Body;
use crate::hir::{LocalId, Ty, TyId};

impl Body<'_, '_, '_> {
    /// Names the builder's variables of a local, where that was asked for.
    pub fn name_vars(&mut self, local: LocalId, vars: &[Var]) {
        if self.cx.variables == Variables::Nameless {
            return;
        }
        let Some(f) = self.func else { return };
        let name = self.cx.names.text(f.locals[local].name);
        if name.is_empty() || name == "_" {
            return;
        }
        if let [var] = vars {
            return self.b.name_var(*var, name);
        }
        let mut names = Vec::with_capacity(vars.len());
        self.name_parts(f.locals[local].ty, name.to_owned(), &mut names);
        for (var, name) in vars.iter().zip(&names) {
            self.b.name_var(*var, name);
        }
    }

    /// The names of the leaves of a value.
    fn name_parts(&mut self, ty: TyId, name: String, out: &mut Vec<String>) {
        let program = self.cx.program;
        let count = self.leaves(ty).len();
        match self.ty(ty) {
            Ty::Struct(id, args) if count > 0 => {
                let types = program.field_types(id, args);
                for (field, ty) in program.structs[id].fields.iter().zip(types) {
                    let part = format!("{name}.{}", self.cx.names.text(field.name));
                    self.name_parts(ty, part, out);
                }
            }
            Ty::Tuple(items) => {
                for (i, &ty) in program.tys.items(items).iter().enumerate() {
                    self.name_parts(ty, format!("{name}[{i}]"), out);
                }
            }
            Ty::Option(inner) if count == self.leaves(inner).len() + 1 => {
                out.push(format!("{name}?"));
                self.name_parts(inner, name, out);
            }
            _ if count == 1 => out.push(name),
            _ => out.extend((0..count).map(|i| format!("{name}#{i}"))),
        }
    }
}
