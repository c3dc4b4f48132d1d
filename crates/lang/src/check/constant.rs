//! Module constants: which top-level bindings are constants, and their values.
//!
//! A constant is an immutable name, assigned once, whose value cannot trap and needs nothing that
//! runs. Functions may read it. What is not one is a variable of the script.

use super::collect::{Item, is_action, plain_name};
use super::cx::{FnCx, Ret};
use super::scan::{assigned_names, walrus_names};
use super::traits::Bound;
use super::{Checker, expr::Why};
use crate::ast::{self, BinaryOp, ExprKind, StmtKind, UnaryOp};
use crate::codes;
use crate::hir::{Const, ConstId, Form, StructId, TyId};
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::FileId;
use rustc_hash::FxHashMap;

/// What is known of a constant's value before types are.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Value {
    Int(i128),
    Float(f64),
    Text,
    List,
    Other,
}

/// What a constant is declared by.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    name: ast::Ident,
    ty: Option<ast::TypeId>,
    value: ast::ExprId,
}

/// How often each name of a file is assigned.
type Counts = FxHashMap<(FileId, Symbol), u32>;

fn count(counts: &mut Counts, name: ast::Ident) {
    *counts.entry((name.span.file, name.name)).or_default() += 1;
}

impl Checker<'_> {
    /// Finds the constants of all files and gives them their names. Their types come later.
    pub(super) fn find_constants(&mut self) -> FxHashMap<ast::StmtId, ConstId> {
        let files = self.files;
        let (mut values, mut found) = (Vec::new(), FxHashMap::default());
        let mut counts: Counts = FxHashMap::default();
        walrus_names(self.ast, &mut |name| count(&mut counts, name));
        for file in files.order() {
            if let Some(unit) = files.unit(file) {
                self.constants_of(unit.body, &mut counts, &mut values, &mut found);
            }
        }
        let root = self.program.file;
        for (file, unit) in files.iter().filter(|(file, _)| *file != root) {
            self.no_statements(unit.body, file, &found);
        }
        found
    }

    /// Finds the constants of a file; those that it imports are known.
    fn constants_of(
        &mut self,
        body: ast::Block,
        counts: &mut Counts,
        values: &mut Vec<Value>,
        found: &mut FxHashMap<ast::StmtId, ConstId>,
    ) {
        let ast = self.ast;
        let is_root = body == ast.body;
        assigned_names(ast, body, &mut |name| {
            count(counts, name);
            if is_root {
                self.script_names.entry(name.name).or_insert(name.span);
            }
        });
        for &id in &ast[body] {
            let Some(source) = source(ast, id) else { continue };
            let name = source.name.name;
            let file = source.name.span.file;
            let once = counts.get(&(file, name)) == Some(&1) && name != self.known.underscore;
            let declared = matches!(self.item(name, file), Some(Item::Fn(_) | Item::Struct(_)));
            if !once || declared {
                continue;
            }
            let Some(value) = self.constant_value(source.value, values) else { continue };
            values.push(value);
            let const_id = self.program.consts.push(Const {
                name,
                ty: TyId::ERROR,
                value: crate::hir::ExprId(0),
                span: source.name.span,
            });
            found.insert(id, const_id);
            self.const_states.push(ConstState {
                source,
                known: false,
                used: false,
                passed: !is_root,
            });
            if is_root {
                self.script_names.remove(&name);
            }
            self.put(source.name, Item::Const(const_id));
        }
    }

    /// Reports the first statement of a module that would have to run.
    fn no_statements(
        &mut self,
        body: ast::Block,
        file: FileId,
        found: &FxHashMap<ast::StmtId, ConstId>,
    ) {
        let ast = self.ast;
        let action = |id: &&ast::StmtId| !found.contains_key(*id) && is_action(ast, **id);
        let Some(&first) = ast[body].iter().find(action) else { return };
        let module = self.module_name(file);
        let message = format!("nothing runs when `{module}` is imported, so this has no place");
        let diag = Diagnostic::error(codes::MODULE_STATEMENT, ast[first].span, message);
        self.report(diag.help("put it into a function that the importing file calls"));
        assigned_names(ast, body, &mut |name| {
            let key = (name.span.file, name.name);
            self.scopes.declared.entry(key).or_insert(Item::Later(name.span));
        });
    }

    /// Checks the values of the constants.
    pub(super) fn constants(&mut self, found: &FxHashMap<ast::StmtId, ConstId>) {
        self.cx = FnCx::new(0, Ret::Nothing, self.errors);
        let mut ids: Vec<ConstId> = found.values().copied().collect();
        ids.sort_unstable();
        for id in ids {
            let Source { ty, value, name } = self.const_states[id.index()].source;
            let value = match ty {
                Some(ty) => {
                    let ty = self.written(ty);
                    self.expect(value, ty, Why::Binding(name.name, None))
                }
                None => self.bound_value(value, name.name, name.span),
            };
            let ty = self.ty_of(value);
            let entry = &mut self.program.consts[id];
            (entry.ty, entry.value) = (ty, value);
            self.const_states[id.index()].known = true;
        }
    }

    /// Reports constants of a script that nothing reads.
    pub(super) fn unused_constants(&mut self) {
        let is_unused = |id: &ConstId| {
            self.program.consts[*id].span.file == self.program.file
                && !self.const_states[id.index()].used
        };
        let unused: Vec<ConstId> = self.program.consts.keys().filter(is_unused).collect();
        for id in unused {
            let Const { name, span, .. } = self.program.consts[id];
            if !self.text(name).starts_with('_') {
                self.report_unused(name, span);
            }
        }
    }

    fn constant_value(&self, id: ast::ExprId, known: &[Value]) -> Option<Value> {
        let ast = self.ast;
        let file = ast[id].span.file;
        match ast[id].kind {
            ExprKind::Int(value) => i128::try_from(ast[value]).ok().map(Value::Int),
            ExprKind::BigInt(_) => Some(Value::Other),
            ExprKind::Float(value) => Some(Value::Float(ast[value])),
            ExprKind::Str(_) => Some(Value::Text),
            ExprKind::Bytes(_) | ExprKind::Bool(_) | ExprKind::None => Some(Value::Other),
            ExprKind::Name(name) if !self.bare_variants(name, file).is_empty() => {
                Some(Value::Other)
            }
            ExprKind::Name(name) => match self.item(name, file)? {
                Item::Number(value) => Some(Value::Float(value)),
                Item::Const(id) => known.get(id.index()).copied(),
                _ => None,
            },
            ExprKind::List(items) => {
                self.constant_items(&ast[items], known)?;
                Some(Value::List)
            }
            ExprKind::Attr { object, name } => self.constant_member(id, object, name, known),
            ExprKind::Tuple(items) | ExprKind::Set(items) => {
                self.constant_items(&ast[items], known)?;
                Some(Value::Other)
            }
            ExprKind::Dict(items) => {
                for item in &ast[items] {
                    self.constant_value(item.key, known)?;
                    self.constant_value(item.value, known)?;
                }
                Some(Value::Other)
            }
            ExprKind::Unary { op, operand } => {
                let value = self.constant_value(operand, known)?;
                match (op, value) {
                    (UnaryOp::Neg, Value::Int(n)) => fits(n.checked_neg()?),
                    (UnaryOp::Neg, Value::Float(x)) => Some(Value::Float(-x)),
                    (UnaryOp::Invert, Value::Int(n)) => Some(Value::Int(!n)),
                    (UnaryOp::Pos | UnaryOp::Not, value) => Some(value),
                    _ => None,
                }
            }
            ExprKind::Binary { op, lhs, rhs } => {
                let lhs = self.constant_value(lhs, known)?;
                binary(op, lhs, self.constant_value(rhs, known)?)
            }
            ExprKind::Call { callee, args } => {
                if !self.calls_maker_of_values(callee) {
                    return None;
                }
                for arg in &ast[args] {
                    self.constant_value(arg.value, known)?;
                }
                Some(Value::Other)
            }
            _ => None,
        }
    }

    /// `module.NAME`, `Enum.Variant`
    fn constant_member(
        &self,
        id: ast::ExprId,
        object: ast::ExprId,
        name: ast::Ident,
        known: &[Value],
    ) -> Option<Value> {
        if let ExprKind::Name(first) = self.ast[object].kind
            && matches!(self.item(first, name.span.file), Some(Item::Module(_)))
        {
            return Some(Value::Float(1.0));
        }
        if let Some(Item::Const(id)) = self.offered_by(object, name) {
            return known.get(id.index()).copied();
        }
        let def = &self.program.structs[self.constructor(id)?];
        def.fields.is_empty().then_some(Value::Other)
    }

    /// Whether a call makes a struct or a variant that is a value.
    fn calls_maker_of_values(&self, callee: ast::ExprId) -> bool {
        let ast::Expr { kind, span } = self.ast[callee];
        match kind {
            ExprKind::Name(name) if !self.bare_variants(name, span.file).is_empty() => {
                self.bare_variants(name, span.file).iter().all(|id| self.makes_value(*id))
            }
            _ => self.constructor(callee).is_some_and(|id| self.makes_value(id)),
        }
    }

    fn constant_items(&self, items: &[ast::ExprId], known: &[Value]) -> Option<()> {
        items.iter().try_for_each(|item| self.constant_value(*item, known).map(|_| ()))
    }

    /// The variants, of any enums, that a name can stand for which is nothing else. Which one it
    /// is depends on the type that is expected.
    fn bare_variants(&self, name: Symbol, file: FileId) -> &[StructId] {
        let is_variable = file == self.program.file && self.script_names.contains_key(&name);
        let is_free = !is_variable && self.item(name, file).is_none();
        self.variant_names.get(&name).filter(|_| is_free).map_or(&[], Vec::as_slice)
    }

    /// Whether what this constructor makes is a value: each run of the script makes objects of
    /// its own.
    fn makes_value(&self, id: StructId) -> bool {
        let def = &self.program.structs[id];
        matches!(def.form, Form::Struct | Form::Variant)
            && def.fields.iter().all(|field| self.has(field.ty, Bound::Value))
    }

    /// The struct or variant that is named.
    fn constructor(&self, id: ast::ExprId) -> Option<StructId> {
        match (self.type_named(id), self.ast[id].kind) {
            (Some(Item::Struct(id)), _) => Some(id),
            (_, ExprKind::Attr { object, name }) => match self.type_named(object)? {
                Item::Struct(id) => self.variant_named(id, name.name),
                _ => None,
            },
            _ => None,
        }
    }

    /// Reports statements beside a `main` that nobody calls.
    pub(super) fn main_beside_script(&mut self, consts: &FxHashMap<ast::StmtId, ConstId>) {
        let ast = self.ast;
        let Some(Item::Fn(main)) = self.item(self.known.main, self.program.file) else { return };
        if self.main_called {
            return;
        }
        let first =
            ast[ast.body].iter().find(|id| !consts.contains_key(id) && is_action(ast, **id));
        let Some(&first) = first else { return };
        let span = ast[first].span;
        let at = self.program.functions[main].span;
        self.report(
            Diagnostic::error(codes::BAD_MAIN, at, "`main` does not run beside statements")
                .label(span, "statements like this are what runs")
                .help("move the statements into `main`, or call `main()` at the end"),
        );
    }
}

/// What is kept of a constant while checking.
#[derive(Clone, Copy, Debug)]
pub struct ConstState {
    source: Source,
    /// Whether its type is known.
    pub known: bool,
    /// Whether it was read.
    pub used: bool,
    /// Whether the script's statements are past it.
    pub passed: bool,
}

/// What a top-level statement binds, if it has the form of a constant.
fn source(ast: &ast::Ast, id: ast::StmtId) -> Option<Source> {
    match ast[id].kind {
        StmtKind::Assign { targets, value } => match &ast[targets] {
            [target] => Some(Source { name: plain_name(ast, *target)?, ty: None, value }),
            _ => None,
        },
        StmtKind::Annotated { target, ty, value: Some(value) } => {
            // Options are narrowed, which only variables can be.
            if matches!(ast[ty].kind, ast::TypeKind::Optional(_)) {
                return None;
            }
            // Arithmetic in another type than the evaluator's might trap.
            if let ExprKind::Binary { lhs, .. } = ast[value].kind
                && !matches!(ast[lhs].kind, ExprKind::List(_))
            {
                return None;
            }
            Some(Source { name: plain_name(ast, target)?, ty: Some(ty), value })
        }
        _ => None,
    }
}

fn fits(n: i128) -> Option<Value> {
    i64::try_from(n).ok().map(|_| Value::Int(n))
}

/// The value of an operation that cannot trap.
fn binary(op: BinaryOp, lhs: Value, rhs: Value) -> Option<Value> {
    let (a, b) = match (lhs, rhs) {
        (Value::Int(a), Value::Int(b)) => (a, b),
        (Value::Text, Value::Text) => return (op == BinaryOp::Add).then_some(Value::Text),
        (Value::List, Value::List) => return (op == BinaryOp::Add).then_some(Value::List),
        (Value::Text, Value::Int(n)) => {
            return (op == BinaryOp::Mul && n <= 1000).then_some(Value::Other);
        }
        (Value::List, Value::Int(n)) => {
            return (op == BinaryOp::Mul && n <= 1000).then_some(Value::List);
        }
        _ => return float(op, as_float(lhs)?, as_float(rhs)?),
    };
    match op {
        BinaryOp::Add => fits(a.checked_add(b)?),
        BinaryOp::Sub => fits(a.checked_sub(b)?),
        BinaryOp::Mul => fits(a.checked_mul(b)?),
        BinaryOp::Div => float(op, a as f64, b as f64),
        BinaryOp::FloorDiv => fits(floor_div(a, b)?),
        BinaryOp::Mod => fits(a - floor_div(a, b)? * b),
        BinaryOp::Pow => fits(a.checked_pow(u32::try_from(b).ok()?)?),
        BinaryOp::Shl => fits(a.checked_mul(1i128.checked_shl(shift(b)?)?)?),
        BinaryOp::Shr => fits(a >> shift(b)?),
        BinaryOp::And => fits(a & b),
        BinaryOp::Or => fits(a | b),
        BinaryOp::Xor => fits(a ^ b),
        _ => None,
    }
}

fn floor_div(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let inexact = a % b != 0 && (a < 0) != (b < 0);
    Some(quotient - i128::from(inexact))
}

fn shift(count: i128) -> Option<u32> {
    u32::try_from(count).ok().filter(|&count| count < 63)
}

fn as_float(value: Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(n as f64),
        Value::Float(x) => Some(x),
        _ => None,
    }
}

fn float(op: BinaryOp, a: f64, b: f64) -> Option<Value> {
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b != 0.0 => a / b,
        _ => return None,
    };
    Some(Value::Float(value))
}
