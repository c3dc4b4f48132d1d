//! Bodies of instances: copies of a checked body with the types filled in.
//!
//! What depended on the abilities of a type parameter is decided here, now that the type is
//! known: operators become methods or built-ins, calls name instances. Statements and places are
//! in `copy_stmt`.

use super::Checker;
use super::traits::Bound;
use crate::hir::*;
use kaa_base::span::Span;

/// What an operator is.
pub enum Operator {
    /// An operation on numbers.
    Plain,
    /// A built-in.
    Builtin(crate::builtins::BuiltinId),
    /// A method.
    Method(FnId),
}

/// Makes one instance.
pub struct Copier<'c, 'a> {
    pub(super) checker: &'c mut Checker<'a>,
    generics: Generics,
    args: TyList,
    tys: Vec<TyId>,
    memo: Replaced,
    pub(super) decisions: rustc_hash::FxHashMap<DecisionId, DecisionId>,
}

impl<'c, 'a> Copier<'c, 'a> {
    /// A copier for what shares the type parameters of `pattern`.
    pub fn new(checker: &'c mut Checker<'a>, pattern: FnId, args: TyList) -> Copier<'c, 'a> {
        let generics = checker.program.functions[pattern].generics;
        let tys = checker.program.tys.items(args).to_vec();
        let (memo, decisions) = Default::default();
        Copier { checker, generics, args, tys, memo, decisions }
    }

    /// The function with the types filled in.
    pub fn function(&mut self, pattern: FnId) -> Function {
        let mut function = self.checker.program.functions[pattern].clone();
        for id in function.locals.keys().collect::<Vec<LocalId>>() {
            function.locals[id].ty = self.ty(function.locals[id].ty);
        }
        function.ret = self.ty(function.ret);
        function.body = self.block(function.body);
        function.generics = Generics::NONE;
        function
    }

    /// A type with the parameters replaced.
    pub(super) fn ty(&mut self, ty: TyId) -> TyId {
        let (generics, tys) = (self.generics, &self.tys);
        let rule = |id, _| generics.position(id).and_then(|at| tys.get(at)).copied();
        let replaced = self.checker.program.tys.replace(ty, &rule, &mut self.memo);
        self.checker.normal(replaced.unwrap_or(TyId::ERROR))
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.checker.program.tree
    }

    fn get(&self, ty: TyId) -> Ty {
        self.checker.program.tys.get(ty)
    }

    /// The function that a use in the body names in this instance.
    pub(super) fn func(&mut self, func: FnId, site: Option<ExprId>, span: Span) -> FnId {
        if self.checker.program.functions[func].generics.is_empty() {
            return func;
        }
        let site = site.and_then(|at| self.checker.instances.sites.get(&at)).copied();
        // Functions inside of the pattern share its parameters.
        let Some(list) = site else { return self.checker.instance(func, self.args, span) };
        let (generics, tys) = (self.generics, &self.tys);
        let rule = |id, _| generics.position(id).and_then(|at| tys.get(at)).copied();
        let list = self.checker.program.tys.replace_list(list, &rule, &mut self.memo);
        let list = list.unwrap_or(self.args);
        let tys = self.checker.program.tys.items(list).to_vec();
        let tys: Vec<TyId> = tys.into_iter().map(|ty| self.checker.normal(ty)).collect();
        let list = self.checker.program.tys.list(&tys);
        self.checker.instance(func, list, span)
    }

    /// A copy of an expression.
    pub fn expr(&mut self, id: ExprId) -> ExprId {
        let Expr { kind, ty, span } = self.tree()[id];
        let ty = self.ty(ty);
        match kind {
            // An option of what turned out to be an option is that option.
            ExprKind::Some(value) | ExprKind::Unwrap(value) => {
                let inner = self.expr(value);
                match (self.tree()[inner].ty == ty, kind) {
                    (true, _) => inner,
                    (false, ExprKind::Some(_)) => self.push(ExprKind::Some(inner), ty, span),
                    (false, _) => self.push(ExprKind::Unwrap(inner), ty, span),
                }
            }
            ExprKind::Try { value, kind } => {
                let value = self.expr(value);
                let try_kind = ExprKind::Try { value, kind };
                match self.get(ty) {
                    Ty::Option(item) if self.tree()[value].ty == ty => {
                        let inner = self.push(try_kind, item, span);
                        self.push(ExprKind::Some(inner), ty, span)
                    }
                    _ => self.push(try_kind, ty, span),
                }
            }
            ExprKind::ToAny(value) => {
                let value = self.expr(value);
                let (have, Ty::Any(id)) = (self.tree()[value].ty, self.get(ty)) else {
                    return value;
                };
                if have == ty {
                    return value;
                }
                self.checker.becomes_any(have, id);
                self.push(ExprKind::ToAny(value), ty, span)
            }
            ExprKind::Binary { op, lhs, rhs } => {
                let (lhs, rhs) = (self.expr(lhs), self.expr(rhs));
                self.binary(op, lhs, rhs, ty, span)
            }
            ExprKind::Unary { op, operand } => {
                let operand = self.expr(operand);
                match self.get(ty) {
                    Ty::Int(_) | Ty::Float(_) | Ty::BigInt => {
                        self.push(ExprKind::Unary { op, operand }, ty, span)
                    }
                    _ => self.method("__neg__", &[operand], ty, span),
                }
            }
            _ => {
                let kind = self.kind(id, kind, span);
                self.push(kind, ty, span)
            }
        }
    }

    pub(super) fn push(&mut self, kind: ExprKind, ty: TyId, span: Span) -> ExprId {
        self.checker.program.tree.push(Expr { kind, ty, span })
    }

    /// An operator on what may have been a type parameter.
    fn binary(&mut self, op: BinaryOp, lhs: ExprId, rhs: ExprId, ty: TyId, span: Span) -> ExprId {
        let of = self.tree()[lhs].ty;
        match self.operator_of(op, of, span) {
            Operator::Plain => self.push(ExprKind::Binary { op, lhs, rhs }, ty, span),
            Operator::Builtin(id) => self.checker.call_builtin(id, &[lhs, rhs], ty, span),
            Operator::Method(_) => self.method(method_of(op), &[lhs, rhs], ty, span),
        }
    }

    /// What an operator on values of a type is.
    pub(super) fn operator_of(&mut self, op: BinaryOp, ty: TyId, span: Span) -> Operator {
        let name = match self.get(ty) {
            Ty::Str => "str.concat",
            Ty::Bytes => "bytes.concat",
            Ty::List(_) => "list.concat",
            Ty::Set(_) if op == BinaryOp::Sub => "set.difference",
            Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool => return Operator::Plain,
            _ => {
                let method = self.checker.method_for(ty, method_of(op), span);
                return method.map_or(Operator::Plain, Operator::Method);
            }
        };
        Operator::Builtin(self.checker.builtin(name))
    }

    /// The instance of a method that is known by its receiver's type alone.
    pub(super) fn func_like(&mut self, func: FnId, ty: TyId, span: Span) -> FnId {
        let sig = self.checker.sigs[func].clone();
        let mut found = super::infer::Found::of(sig.generics);
        if let Some(receiver) = sig.params.first() {
            self.checker.unify(receiver.ty, ty, &mut found);
        }
        self.checker.settle(&mut found);
        match found.complete() {
            Some(tys) => self.checker.instance_for(func, &tys, span).0,
            None => func,
        }
    }

    /// A call of a method that the checker knows to be there.
    fn method(&mut self, name: &str, values: &[ExprId], ty: TyId, span: Span) -> ExprId {
        let Some(&receiver) = values.first() else { return self.push(ExprKind::Unit, ty, span) };
        let of = self.tree()[receiver].ty;
        let args: Vec<Arg> = (0u32..)
            .zip(values)
            .map(|(param, &value)| Arg { param, kind: ArgKind::Value(value) })
            .collect();
        let args = self.checker.program.tree.list(&args);
        match self.checker.method_for(of, name, span) {
            Some(func) => self.push(ExprKind::Call { func, args }, ty, span),
            None => self.push(ExprKind::Error, ty, span),
        }
    }

    /// A copy of what is not decided by a type.
    fn kind(&mut self, id: ExprId, kind: ExprKind, span: Span) -> ExprKind {
        match kind {
            ExprKind::Error
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Unit
            | ExprKind::Absent
            | ExprKind::Local(_)
            | ExprKind::Const(_) => kind,
            ExprKind::FnRef(func) => ExprKind::FnRef(self.func(func, Some(id), span)),
            ExprKind::Closure { func, captures } => {
                ExprKind::Closure { func: self.func(func, None, span), captures }
            }
            ExprKind::Not(value) => ExprKind::Not(self.expr(value)),
            ExprKind::Ok(value) => ExprKind::Ok(self.expr(value)),
            ExprKind::Err(value) => ExprKind::Err(self.expr(value)),
            ExprKind::Variant(value) => ExprKind::Variant(self.expr(value)),
            ExprKind::Payload(value) => ExprKind::Payload(self.expr(value)),
            ExprKind::IsOk(value) => ExprKind::IsOk(self.expr(value)),
            ExprKind::OkValue(value) => ExprKind::OkValue(self.expr(value)),
            ExprKind::ErrValue(value) => ExprKind::ErrValue(self.expr(value)),
            ExprKind::Logic { and, lhs, rhs } => {
                ExprKind::Logic { and, lhs: self.expr(lhs), rhs: self.expr(rhs) }
            }
            ExprKind::IfElse { cond, then, other } => ExprKind::IfElse {
                cond: self.expr(cond),
                then: self.expr(then),
                other: self.expr(other),
            },
            ExprKind::Compare { first, links } => {
                let first = self.expr(first);
                let links = self.list(links, |s, link| CmpLink { rhs: s.expr(link.rhs), ..link });
                ExprKind::Compare { first, links }
            }
            ExprKind::IsNone { value, negated } => {
                ExprKind::IsNone { value: self.expr(value), negated }
            }
            ExprKind::Coalesce { lhs, rhs } => {
                ExprKind::Coalesce { lhs: self.expr(lhs), rhs: self.expr(rhs) }
            }
            ExprKind::Convert { value, kind } => {
                ExprKind::Convert { value: self.expr(value), kind }
            }
            ExprKind::Walrus { local, value } => {
                ExprKind::Walrus { local, value: self.expr(value) }
            }
            // Those that are decided by a type.
            ExprKind::Some(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Try { .. }
            | ExprKind::ToAny(_)
            | ExprKind::Binary { .. }
            | ExprKind::Unary { .. } => kind,
            _ => self.compound(id, kind, span),
        }
    }

    /// A copy of a call, a display, a part of a value, a text or a comprehension.
    fn compound(&mut self, id: ExprId, kind: ExprKind, span: Span) -> ExprKind {
        match kind {
            ExprKind::Call { func, args } => {
                let func = self.func(func, Some(id), span);
                ExprKind::Call { func, args: self.args(args) }
            }
            ExprKind::CallValue { callee, args } => {
                ExprKind::CallValue { callee: self.expr(callee), args: self.args(args) }
            }
            ExprKind::Builtin { id, args } => ExprKind::Builtin { id, args: self.args(args) },
            ExprKind::StructNew { fields } => ExprKind::StructNew { fields: self.args(fields) },
            ExprKind::TupleNew(items) => ExprKind::TupleNew(self.exprs(items)),
            ExprKind::TupleJoin { lhs, rhs } => {
                ExprKind::TupleJoin { lhs: self.expr(lhs), rhs: self.expr(rhs) }
            }
            ExprKind::ListNew(items) => ExprKind::ListNew(self.exprs(items)),
            ExprKind::SetNew(items) => ExprKind::SetNew(self.exprs(items)),
            ExprKind::DictNew(items) => ExprKind::DictNew(self.list(items, |s, item| DictItem {
                key: s.expr(item.key),
                value: s.expr(item.value),
            })),
            ExprKind::Field { base, index } => ExprKind::Field { base: self.expr(base), index },
            ExprKind::TupleField { base, index } => {
                ExprKind::TupleField { base: self.expr(base), index }
            }
            ExprKind::Index { base, index } => {
                ExprKind::Index { base: self.expr(base), index: self.expr(index) }
            }
            ExprKind::Slice { base, lo, hi, step } => {
                let base = self.expr(base);
                let [lo, hi, step] = [lo, hi, step].map(|part| part.map(|part| self.expr(part)));
                ExprKind::Slice { base, lo, hi, step }
            }
            ExprKind::FString(parts) => ExprKind::FString(self.fparts(parts)),
            ExprKind::Comp { elem, value, clauses } => {
                let clauses = self.list(clauses, Self::clause);
                let elem = self.expr(elem);
                let value = value.map(|value| self.expr(value));
                ExprKind::Comp { elem, value, clauses }
            }
            other => other,
        }
    }

    fn fparts(&mut self, parts: List<FPart>) -> List<FPart> {
        self.list(parts, |s, part| match part {
            FPart::Text(_) => part,
            FPart::Value { value, conversion, spec } => {
                let value = s.expr(value);
                let spec = match spec {
                    Spec::Empty | Spec::Static(_) => spec,
                    Spec::Dynamic(parts) => Spec::Dynamic(s.fparts(parts)),
                };
                FPart::Value { value, conversion, spec }
            }
        })
    }

    pub(super) fn exprs(&mut self, list: List<ExprId>) -> List<ExprId> {
        self.list(list, Self::expr)
    }

    /// A sequence with each element copied.
    pub(super) fn list<T: Copy>(
        &mut self,
        list: List<T>,
        mut copy: impl FnMut(&mut Self, T) -> T,
    ) -> List<T>
    where
        Tree: PushList<T> + std::ops::Index<List<T>, Output = [T]>,
    {
        let items = self.tree()[list].to_vec();
        let items: Vec<T> = items.into_iter().map(|item| copy(self, item)).collect();
        self.checker.program.tree.list(&items)
    }
}

/// The method that stands for an operator.
fn method_of(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => Bound::Add.method(),
        BinaryOp::Sub => Bound::Sub.method(),
        BinaryOp::Mul => Bound::Mul.method(),
        BinaryOp::Div => Bound::Div.method(),
        BinaryOp::FloorDiv => Bound::FloorDiv.method(),
        _ => Bound::Mod.method(),
    }
}
