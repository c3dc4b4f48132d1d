//! Structs and classes: fields, constructors, operators by method.

use super::call::Callee;
use super::generics::Expected;
use super::infer::Found;
use super::ops::number_op;
use super::sig::{Default, Sig, SigParam};
use super::traits::Bound;
use super::types::MAX_DEPTH;
use super::{Checker, Member};
use crate::ast::{self, BinaryOp as AstOp, Passing};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;
use std::rc::Rc;

/// The method that an operator calls.
pub fn method_of(op: AstOp) -> Option<&'static str> {
    Some(match op {
        AstOp::Add => "__add__",
        AstOp::Sub => "__sub__",
        AstOp::Mul => "__mul__",
        AstOp::Div => "__truediv__",
        AstOp::FloorDiv => "__floordiv__",
        AstOp::Mod => "__mod__",
        AstOp::Pow => "__pow__",
        AstOp::And => "__and__",
        AstOp::Or => "__or__",
        AstOp::Xor => "__xor__",
        AstOp::Shl => "__lshift__",
        AstOp::Shr => "__rshift__",
        _ => return None,
    })
}

/// The ability behind an operator.
pub fn bound_of(op: AstOp) -> Option<Bound> {
    Some(match op {
        AstOp::Add => Bound::Add,
        AstOp::Sub => Bound::Sub,
        AstOp::Mul => Bound::Mul,
        AstOp::Div => Bound::Div,
        AstOp::FloorDiv => Bound::FloorDiv,
        AstOp::Mod => Bound::Mod,
        _ => return None,
    })
}

/// As many leaves has a value of an enum at most.
const MAX_FLAT_LEAVES: u32 = 5;

/// A value of a type with more leaves than this would fill a frame by itself.
pub(super) const MAX_LEAVES: u32 = 1000;

impl Checker<'_> {
    /// Reads the fields of all structs.
    pub(super) fn struct_fields(&mut self) {
        let ids: Vec<StructId> = self.program.structs.keys().collect();
        self.reads_fields = true;
        for &id in &ids {
            self.fields_of(id);
        }
        self.reads_fields = false;
        for id in self.endless_structs(&ids) {
            let tys: Vec<TyId> = self.program.structs[id].fields.iter().map(|f| f.ty).collect();
            let fields = self.program.tys.tuple(&tys);
            let span = self.program.structs[id].span;
            if !self.not_too_wide(fields, span) {
                // Those that hold it are not reported again.
                let ty = self.own_ty(id);
                self.widths.insert(ty, 0);
            }
        }
    }

    /// The type that a declaration with fields declares, inside of itself.
    pub(super) fn own_ty(&mut self, id: StructId) -> TyId {
        let args = self.params_of(self.program.structs[id].generics);
        self.type_with(id, args)
    }

    /// The type that a declaration with fields is with these type arguments.
    pub(super) fn type_with(&mut self, id: StructId, args: TyList) -> TyId {
        self.program.tys.intern(match self.program.structs[id].form {
            Form::Struct | Form::Resource | Form::Variant => Ty::Struct(id, args),
            Form::Class => Ty::Class(id, args),
            Form::Enum => Ty::Enum(id, args),
        })
    }

    /// The declaration of a type that has fields.
    pub(super) fn fields_decl(&self, ty: TyId) -> Option<StructId> {
        match self.ty(ty) {
            Ty::Struct(id, _) | Ty::Class(id, _) | Ty::Enum(id, _) => Some(id),
            _ => None,
        }
    }

    fn fields_of(&mut self, id: StructId) {
        let (name, fields) = self.written_fields(id);
        self.generics = self.program.structs[id].generics;
        let mut params = Vec::with_capacity(fields.len());
        for field in &self.ast[fields] {
            let index = params.len() as u32;
            let ty = self.written(field.ty);
            self.note_used(ty);
            if self.holds_resource(ty) {
                self.resource_held_by_field(field);
                continue;
            }
            let key = (id, field.name.name);
            if self.members.contains_key(&key) {
                let message = format!("field `{}` is declared twice", self.text(field.name.name));
                self.error(codes::DECLARED_TWICE, field.name.span, message);
                continue;
            }
            self.members.entry(key).or_insert(Member::Field(index));
            let form = self.program.structs[id].form;
            self.field_mark(field, form);
            self.in_params = false;
            let default = match field.default {
                Some(expr) => self.default_slot(expr, ty, field.name.name),
                None => Default::Required,
            };
            self.in_params = true;
            if let Default::Source(slot) = default {
                self.field_defaults.push(((id, index), slot));
            }
            self.default_order(params.last(), default, field);
            let name = field.name.name;
            params.push(SigParam {
                name,
                ty,
                // What it holds outlives the call.
                mode: Mode::Own,
                default,
                passing: Passing::Any,
                variadic: false,
            });
            let span = field.name.span;
            self.program.structs[id].fields.push(FieldDef {
                name,
                ty,
                default: None,
                mutable: field.mutable || form == Form::Struct,
                lent: false,
                span,
            });
        }
        let span = Some(name.span);
        let name = self.text(name.name).to_string();
        let ret = self.own_ty(self.program.structs[id].variant_of.map_or(id, |(of, _)| of));
        let generics = self.program.structs[id].generics;
        self.struct_sigs.push(Rc::new(Sig { name, params, ret, generics, span, ..Sig::none() }));
        self.generics = Generics::NONE;
    }

    /// What stands in a declaration: the name and the fields.
    fn written_fields(&self, id: StructId) -> (ast::Ident, ast::List<ast::Field>) {
        let decl = &self.ast[self.struct_decls[id]];
        let variant = self.program.structs[id].variant_of.map(|(_, at)| at as usize);
        match variant.and_then(|at| self.ast[decl.variants].get(at)) {
            Some(variant) => (variant.name, variant.fields),
            None => (decl.name, decl.fields),
        }
    }

    fn field_mark(&mut self, field: &ast::Field, form: Form) {
        if field.mutable && form == Form::Struct {
            let message = "the fields of a struct change as the variable that holds it does";
            let mark = Span { hi: field.name.span.lo, ..field.span };
            let diag = Diagnostic::error(codes::FIELD_MARK, field.span, message);
            self.report(diag.fix("leave out `mut`", mark, ""));
        }
    }

    fn resource_held_by_field(&mut self, field: &ast::Field) {
        let message = "a field cannot hold a resource";
        let diag = Diagnostic::error(codes::RESOURCE_HELD, field.span, message);
        self.report(diag.help("one variable holds it, and functions pass it on by `own`"));
    }

    fn default_order(&mut self, before: Option<&SigParam>, default: Default, field: &ast::Field) {
        if default == Default::Required && before.is_some_and(|p| p.default != Default::Required) {
            let text = self.text(field.name.name);
            let message = format!("field `{text}` has no default and stands behind one that has");
            self.error(codes::DEFAULT_ORDER, field.name.span, message);
        }
    }

    /// Reports structs that hold themselves. A struct is done once all it holds is done; gives
    /// them in that order.
    fn endless_structs(&mut self, ids: &[StructId]) -> Vec<StructId> {
        let mut waits: Vec<u32> = vec![0; ids.len()];
        let mut holders: Vec<Vec<StructId>> = vec![Vec::new(); ids.len()];
        for &id in ids {
            let mut held = Vec::new();
            for field in &self.program.structs[id].fields {
                self.held_structs(field.ty, &mut held);
            }
            waits[id.index()] = held.len() as u32;
            for other in held {
                holders[other.index()].push(id);
            }
        }
        let mut ready: Vec<StructId> =
            ids.iter().copied().filter(|id| waits[id.index()] == 0).collect();
        let mut order = Vec::with_capacity(ids.len());
        let mut depths: Vec<u8> = vec![1; ids.len()];
        while let Some(id) = ready.pop() {
            order.push(id);
            let depth = depths[id.index()].saturating_add(1);
            if depth == MAX_DEPTH {
                let span = self.program.structs[id].span;
                self.error(codes::TOO_WIDE, span, "structs are nested too deeply here");
            }
            for holder in std::mem::take(&mut holders[id.index()]) {
                waits[holder.index()] -= 1;
                depths[holder.index()] = depths[holder.index()].max(depth);
                if waits[holder.index()] == 0 {
                    ready.push(holder);
                }
            }
        }
        let endless: Vec<StructId> =
            ids.iter().copied().filter(|id| waits[id.index()] > 0).collect();
        if let Some(&first) = endless.first() {
            let def = &self.program.structs[first];
            let text = self.text(def.name);
            let inner = def.fields.iter().find(|field| {
                let mut held = Vec::new();
                self.held_structs(field.ty, &mut held);
                held.iter().any(|id| endless.contains(id))
            });
            let span = inner.map_or(def.span, |field| field.span);
            let message = format!("a value of `{text}` would hold another one without end");
            self.report(
                Diagnostic::error(codes::ENDLESS_TYPE, span, message)
                    .help("put it in a list, or use a class"),
            );
        }
        for id in endless {
            for field in &mut self.program.structs[id].fields {
                field.ty = TyId::ERROR;
            }
        }
        order
    }

    /// The structs that lie inside of a value of this type.
    fn held_structs(&self, ty: TyId, out: &mut Vec<StructId>) {
        match self.ty(ty) {
            Ty::Struct(id, _) => out.push(id),
            Ty::Option(item) => self.held_structs(item, out),
            Ty::Result(ok, error) => {
                self.held_structs(ok, out);
                self.held_structs(error, out);
            }
            Ty::Tuple(items) => {
                for &item in self.program.tys.items(items) {
                    self.held_structs(item, out);
                }
            }
            _ => {}
        }
    }

    /// Reports a type whose values have too many parts; true if they have not.
    pub(super) fn not_too_wide(&mut self, ty: TyId, span: Span) -> bool {
        let fits = self.leaves(ty) <= MAX_LEAVES;
        if !fits {
            let message = format!("a value of this type has more than {MAX_LEAVES} parts");
            let diag = Diagnostic::error(codes::TOO_WIDE, span, message);
            self.report(diag.help("put some of them in a list"));
        }
        fits
    }

    /// Reports parameters that have too many parts together, and a result that has.
    pub(super) fn fits_a_call(&mut self, sig: &Sig, params: &[ast::Param]) {
        let mut count = 0u32;
        for param in &sig.params {
            count = count.saturating_add(self.leaves(param.ty));
        }
        let first = params.first().map(|param| param.name.span);
        if let (true, Some(span)) = (count > MAX_LEAVES, first.or(sig.span)) {
            let message = format!("the parameters have more than {MAX_LEAVES} parts together");
            let diag = Diagnostic::error(codes::TOO_WIDE, span, message);
            self.report(diag.help("take some of them in a list"));
        }
        if let Some(span) = self.cx.ret_span {
            self.not_too_wide(sig.ret, span);
        }
    }

    /// Number of parts of a value; more than the limit where it is.
    fn leaves(&mut self, ty: TyId) -> u32 {
        if let Some(&known) = self.widths.get(&ty) {
            return known;
        }
        let count = match self.ty(ty) {
            Ty::Unit | Ty::Never => 0,
            Ty::Option(item) => self.leaves(item).saturating_add(1),
            Ty::Result(ok, error) => {
                self.leaves(ok).saturating_add(self.leaves(error)).saturating_add(1)
            }
            Ty::Range | Ty::View(_) => 3,
            Ty::Enum(..) => MAX_FLAT_LEAVES,
            Ty::Tuple(items) => {
                let items = self.program.tys.items(items).to_vec();
                items.into_iter().fold(0u32, |sum, item| sum.saturating_add(self.leaves(item)))
            }
            Ty::Struct(id, args) => {
                let tys = self.fields_with(id, args);
                tys.into_iter().fold(0u32, |sum, ty| sum.saturating_add(self.leaves(ty)))
            }
            _ => 1,
        };
        self.widths.insert(ty, count);
        count
    }

    /// The types of the fields of a struct with these type arguments.
    pub(super) fn fields_with(&mut self, id: StructId, args: TyList) -> Vec<TyId> {
        let def = &self.program.structs[id];
        let found = Found::all(def.generics, self.program.tys.items(args));
        let tys: Vec<TyId> = def.fields.iter().map(|field| field.ty).collect();
        match found.open().is_empty() {
            true => tys,
            false => {
                tys.into_iter().map(|ty| self.fill(ty, &found).unwrap_or(TyId::ERROR)).collect()
            }
        }
    }

    /// `Struct(args)`
    pub(super) fn construct(
        &mut self,
        id: StructId,
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        if let Some(maker) = self.maker_for(id, args, span) {
            return self.call_fn_expecting(maker, None, args, span, expected);
        }
        let sig = self.struct_sigs[id].clone();
        self.private_fields(id, &sig, args);
        let callee = match self.program.structs[id].form {
            Form::Enum => return self.enum_called(id, args, span),
            Form::Variant => Callee::Variant(id),
            _ => Callee::Struct,
        };
        let value = self.call_expecting(callee, &sig, None, args, span, expected);
        // A wrong argument does not change what is made.
        let Expr { kind, ty, .. } = self.program.tree[value];
        match kind {
            ExprKind::Error if sig.generics.is_empty() => self.node(ExprKind::Error, sig.ret, span),
            ExprKind::Error => value,
            _ if !sig.generics.is_empty() && !self.not_too_wide(ty, span) => self.bad(span),
            _ => value,
        }
    }

    /// Reports fields that are set outside of the file that they are private to.
    fn private_fields(&mut self, id: StructId, sig: &Sig, args: &[ast::Arg]) {
        let of = self.program.structs[id].span.file;
        for (at, arg) in args.iter().enumerate().filter(|(_, arg)| arg.span.file != of) {
            let place =
                sig.params.get(at).map(|param| ast::Ident { name: param.name, span: arg.span });
            if let Some(name) = arg.name.or(place) {
                self.is_private(name, of);
            }
        }
    }

    /// A struct of checked values, one for each field.
    pub(super) fn construct_of(&mut self, id: StructId, values: &[ExprId], span: Span) -> ExprId {
        let sig = self.struct_sigs[id].clone();
        let mut found = Found::of(sig.generics);
        let fits = sig.params.len() == values.len()
            && sig
                .params
                .iter()
                .zip(values)
                .all(|(field, &value)| self.unify(field.ty, self.ty_of(value), &mut found));
        let ty = self.fill(sig.ret, &found).filter(|_| fits);
        let Some(ty) = ty.filter(|_| self.bounds_hold(&sig, &found, span)) else {
            self.error(codes::ARGUMENTS, span, "the constructor takes other values here");
            return self.bad(span);
        };
        let args: Vec<Arg> = (0u32..)
            .zip(values)
            .map(|(param, &value)| Arg { param, kind: ArgKind::Value(value) })
            .collect();
        let fields = self.program.tree.list(&args);
        let kind = match self.program.structs[id].form {
            Form::Variant => self.variant_of(id, fields, ty, span),
            _ => ExprKind::StructNew { fields },
        };
        self.node(kind, ty, span)
    }

    /// An operator on structs or objects: the method that stands for it.
    pub(super) fn operator_method(
        &mut self,
        op: AstOp,
        a: ExprId,
        b: ExprId,
        span: Span,
    ) -> Option<ExprId> {
        let left = self.ty_of(a);
        if let (Ty::Param(_), Some(bound)) = (self.ty(left), bound_of(op))
            && let Some(value) = self.param_operator(bound, op, a, b, span)
        {
            return Some(value);
        }
        let name = self.names.find(method_of(op)?)?;
        let func = self.find_method(left, name)?;
        let sig = self.sigs[func].clone();
        let [receiver, other] = sig.params.as_slice() else { return None };
        if receiver.mode != Mode::Read || other.mode == Mode::Mut {
            return None;
        }
        let mut found = Found::of(sig.generics);
        self.unify(receiver.ty, left, &mut found);
        self.settle(&mut found);
        let wanted = self.fill(other.ty, &found)?;
        let b = self.fit(b, wanted, super::expr::Why::Param(other.name));
        let args =
            [Arg { param: 0, kind: ArgKind::Value(a) }, Arg { param: 1, kind: ArgKind::Value(b) }];
        let args = self.program.tree.list(&args);
        Some(self.call_found(func, &sig, &found, args, span))
    }

    /// A call whose arguments are checked.
    pub(super) fn call_found(
        &mut self,
        func: FnId,
        sig: &Sig,
        found: &Found,
        args: List<Arg>,
        span: Span,
    ) -> ExprId {
        let (Some(ret), Some(tys)) = (self.fill(sig.ret, found), found.complete()) else {
            self.unknown_params(sig, found, span);
            return self.bad(span);
        };
        let (func, site) = self.instance_for(func, &tys, span);
        let value = self.node(ExprKind::Call { func, args }, ret, span);
        self.at_site(value, site);
        value
    }

    /// An operator on values of a type parameter that has it; instances say what it is.
    fn param_operator(
        &mut self,
        bound: Bound,
        op: AstOp,
        a: ExprId,
        b: ExprId,
        span: Span,
    ) -> Option<ExprId> {
        let ty = self.ty_of(a);
        let named = self.names.find(bound.method());
        let own = named.is_some_and(|name| self.find_method(ty, name).is_some());
        if self.ty_of(b) != ty || own && !self.has(ty, bound) {
            return None;
        }
        if !self.require(ty, bound, span) {
            return Some(self.bad(span));
        }
        let op = number_op(op)?;
        Some(self.node(ExprKind::Binary { op, lhs: a, rhs: b }, ty, span))
    }
}
