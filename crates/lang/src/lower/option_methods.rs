//! The methods of options and results.
//!
//! How options and results are made and taken apart is in `option`.

use kaa_ir::{Inst, ValTy, Value};

use super::Vals;
use super::body::Body;
use crate::hir::{Arg, List, TyId};

impl Body<'_, '_, '_> {
    /// A method of an option or result that takes no function, or `None`.
    pub fn option_method(
        &mut self,
        name: &str,
        ty: TyId,
        args: List<Arg>,
        ret: TyId,
    ) -> Option<Vals> {
        if !name.starts_with("option.") && !name.starts_with("result.") {
            return None;
        }
        let program = self.cx.program;
        let args = &program.tree[args];
        let mut parts = args.iter();
        let vals = self.arg_value(parts.next()?);
        let other = parts.next().map(|arg| self.arg_value(arg)).unwrap_or_default();
        let is_option = name.starts_with("option.");
        let good = if is_option { self.is_present(ty, &vals) } else { *vals.first()? };
        let not = |s: &mut Self, a| s.b.ins1(Inst::Not { t: ValTy::Bool, a });
        if matches!(name, "result.is_ok" | "result.is_err" | "result.err") {
            self.close_unheld(ty, good, &vals);
        }
        Some(match name {
            "option.is_some" | "result.is_ok" => vec![good],
            "option.is_none" | "result.is_err" => vec![not(self, good)],
            "option.unwrap" | "option.expect" => {
                self.require(good, |s| match other.first() {
                    Some(message) => *message,
                    None => s.b.str("unwrap of None"),
                });
                self.unwrap_known(ty, &vals)
            }
            "result.unwrap" | "result.expect" => {
                self.require(good, |s| {
                    let error = s.err_value(ty, &vals);
                    let error = s.error_told(s.sides(ty).1, &error);
                    match other.first() {
                        Some(message) => {
                            let colon = s.b.str(": ");
                            let start = s.concat(*message, colon);
                            s.concat(start, error)
                        }
                        None => error,
                    }
                });
                self.ok_value(ty, &vals)
            }
            "option.unwrap_or" | "result.unwrap_or" => {
                let types = self.leaves(ret);
                self.choose(good, &types, |s| s.inside(is_option, ty, &vals), |_| other)
            }
            "result.ok" => self.side(good, ret, |s| s.ok_value(ty, &vals)),
            "result.err" => {
                let bad = not(self, good);
                self.side(bad, ret, |s| s.err_value(ty, &vals))
            }
            _ => return None,
        })
    }

    /// The value inside an option or result that has one.
    fn inside(&mut self, is_option: bool, ty: TyId, vals: &[Value]) -> Vals {
        if is_option { self.unwrap_known(ty, vals) } else { self.ok_value(ty, vals) }
    }

    /// One side of a result as an option.
    fn side(&mut self, there: Value, ret: TyId, value: impl FnOnce(&mut Self) -> Vals) -> Vals {
        let types = self.leaves(ret);
        self.choose(
            there,
            &types,
            |s| {
                let vals = value(s);
                s.wrap_some(ret, vals)
            },
            |s| s.absent(ret),
        )
    }

    /// A method of an option or result that takes a function.
    pub fn mapped(&mut self, name: &str, args: List<Arg>, ret: TyId) -> Vals {
        let (Some(receiver), Some(f)) = (self.arg_for(args, 0), self.arg_for(args, 1)) else {
            return self.zeros(ret);
        };
        let ty = self.cx.program.tree[receiver].ty;
        let vals = self.expr(receiver);
        let callee = self.callee(f);
        let is_option = name.starts_with("option.");
        let good = match vals.first() {
            Some(first) if !is_option => *first,
            _ => self.is_present(ty, &vals),
        };
        let types = self.leaves(ret);
        let takes_error = matches!(name, "result.map_err" | "result.or_else");
        self.choose(
            good,
            &types,
            |s| match name {
                "option.or_else" => vals.clone(),
                _ => {
                    let inside = s.inside(is_option, ty, &vals);
                    if takes_error {
                        return s.wrap_ok(ret, inside);
                    }
                    let mapped = s.call_callee(&callee, &inside);
                    if is_option { s.wrap_some(ret, mapped) } else { s.wrap_ok(ret, mapped) }
                }
            },
            |s| match name {
                "option.map" => s.absent(ret),
                "option.or_else" => s.call_callee(&callee, &[]),
                _ => {
                    let error = s.err_value(ty, &vals);
                    match name {
                        "result.map" => s.wrap_err(ret, error),
                        "result.map_err" => {
                            let mapped = s.call_callee(&callee, &error);
                            s.wrap_err(ret, mapped)
                        }
                        _ => s.call_callee(&callee, &error),
                    }
                }
            },
        )
    }
}
