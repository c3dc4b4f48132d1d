//! Prints a syntax tree as text, for tests and for debugging. It is not a formatter.
//!
//! A line per statement, blocks indented; expressions as prefix forms: `a + b` is `(+ a b)`.
//! Declarations are printed by `item`.

use super::*;
use crate::intern::Interner;
use std::fmt::Write;

mod item;

/// The tree as text.
pub fn dump(ast: &Ast, names: &Interner) -> String {
    let mut dumper = Dumper { ast, names, out: String::new(), indent: 0 };
    dumper.block(ast.body);
    dumper.out
}

/// One expression as text.
pub fn dump_expr(ast: &Ast, names: &Interner, expr: ExprId) -> String {
    let mut dumper = Dumper { ast, names, out: String::new(), indent: 0 };
    dumper.expr(expr);
    dumper.out
}

struct Dumper<'a> {
    ast: &'a Ast,
    names: &'a Interner,
    out: String,
    indent: usize,
}

impl Dumper<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, name: Symbol) {
        self.out.push_str(self.names.text(name));
    }

    fn quoted(&mut self, text: Symbol) {
        let shown = format!("{:?}", self.names.text(text));
        self.put(&shown);
    }

    fn path(&mut self, path: List<Ident>) {
        for (at, part) in self.ast[path].iter().enumerate() {
            self.put(if at > 0 { "." } else { "" });
            self.name(part.name);
        }
    }

    fn line(&mut self) {
        self.out.push_str(&"  ".repeat(self.indent));
    }

    fn block(&mut self, block: Block) {
        for &stmt in &self.ast[block] {
            self.line();
            self.stmt(stmt);
            if !self.out.ends_with('\n') {
                self.put("\n");
            }
        }
    }

    /// A header's end and its block.
    fn nested(&mut self, block: Block) {
        self.put("\n");
        self.indent += 1;
        self.block(block);
        self.indent -= 1;
    }

    fn otherwise(&mut self, other: Option<Block>) {
        if let Some(block) = other {
            self.line();
            self.put("else");
            self.nested(block);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        match self.ast[id].kind {
            StmtKind::Error => self.put("<error>"),
            StmtKind::Pass => self.put("pass"),
            StmtKind::Break => self.put("break"),
            StmtKind::Continue => self.put("continue"),
            StmtKind::Return(value) => self.word_opt("return", value),
            StmtKind::Yield(value) => self.word_opt("yield", value),
            StmtKind::YieldFrom(iter) => self.word_opt("yield-from", Some(iter)),
            StmtKind::Expr(expr) => self.word_opt("expr", Some(expr)),
            StmtKind::Assign { targets, value } => {
                self.put("assign");
                for &target in &self.ast[targets] {
                    self.put(" ");
                    self.target(target);
                }
                self.put(" = ");
                self.expr(value);
            }
            StmtKind::Annotated { target, ty, value } => {
                self.put("declare ");
                self.target(target);
                self.put(": ");
                self.ty(ty);
                if let Some(value) = value {
                    self.put(" = ");
                    self.expr(value);
                }
            }
            StmtKind::AugAssign { op, target, value } => {
                self.put("change ");
                self.target(target);
                self.put(" ");
                self.put(op.text());
                self.put("= ");
                self.expr(value);
            }
            StmtKind::Del(places) => self.word_list("del", places),
            StmtKind::Assert { cond, message } => {
                self.word_opt("assert", Some(cond));
                self.maybe(message);
            }
            StmtKind::Nonlocal(names) => {
                self.put("nonlocal");
                for name in &self.ast[names] {
                    self.put(" ");
                    self.name(name.name);
                }
            }
            kind => self.compound(kind),
        }
    }

    fn compound(&mut self, kind: StmtKind) {
        match kind {
            StmtKind::If { arms, other } => {
                for (at, arm) in self.ast[arms].iter().enumerate() {
                    if at > 0 {
                        self.line();
                    }
                    self.word_opt(if at > 0 { "elif" } else { "if" }, Some(arm.cond));
                    self.nested(arm.body);
                }
                self.otherwise(other);
            }
            StmtKind::While { cond, body, other } => {
                self.word_opt("while", Some(cond));
                self.nested(body);
                self.otherwise(other);
            }
            StmtKind::For { target, iter, body, other } => {
                self.put("for ");
                self.target(target);
                self.word_opt(" in", Some(iter));
                self.nested(body);
                self.otherwise(other);
            }
            StmtKind::Match { subject, cases } => {
                self.word_opt("match", Some(subject));
                self.put("\n");
                self.indent += 1;
                for case in &self.ast[cases] {
                    self.line();
                    self.put("case ");
                    self.pattern(case.pattern);
                    if let Some(guard) = case.guard {
                        self.word_opt(" if", Some(guard));
                    }
                    self.nested(case.body);
                }
                self.indent -= 1;
            }
            StmtKind::With { items, body } => {
                self.put("with");
                for item in &self.ast[items] {
                    self.put(" ");
                    self.expr(item.value);
                    if let Some(target) = item.target {
                        self.put(" as ");
                        self.target(target);
                    }
                }
                self.nested(body);
            }
            kind => self.item(kind),
        }
    }

    fn word_opt(&mut self, word: &str, value: Option<ExprId>) {
        self.put(word);
        self.maybe(value);
    }

    fn maybe(&mut self, value: Option<ExprId>) {
        if let Some(value) = value {
            self.put(" ");
            self.expr(value);
        }
    }

    fn word_list(&mut self, word: &str, items: List<ExprId>) {
        self.put(word);
        for &item in &self.ast[items] {
            self.maybe(Some(item));
        }
    }

    fn target(&mut self, id: TargetId) {
        match self.ast[id].kind {
            TargetKind::Error => self.put("<error>"),
            TargetKind::Name { name, mutable } => {
                self.put(if mutable { "mut " } else { "" });
                self.name(name.name);
            }
            TargetKind::Place(expr) => self.expr(expr),
            TargetKind::Unpack(items) => {
                self.put("(");
                for (at, &item) in self.ast[items].iter().enumerate() {
                    self.put(if at > 0 { ", " } else { "" });
                    self.target(item);
                }
                self.put(")");
            }
            TargetKind::Star(inner) => {
                self.put("*");
                self.target(inner);
            }
        }
    }

    fn patterns(&mut self, open: &str, items: List<PatId>, between: &str, close: &str) {
        self.put(open);
        for (at, &item) in self.ast[items].iter().enumerate() {
            self.put(if at > 0 { between } else { "" });
            self.pattern(item);
        }
        self.put(close);
    }

    fn pattern(&mut self, id: PatId) {
        match self.ast[id].kind {
            PatKind::Error => self.put("<error>"),
            PatKind::Wildcard => self.put("_"),
            PatKind::Capture(name) => {
                self.put("$");
                self.name(name);
            }
            PatKind::Literal(expr) => self.expr(expr),
            PatKind::None => self.put("None"),
            PatKind::Path(path) => self.path(path),
            PatKind::Call { path, args } => {
                self.path(path);
                self.put("(");
                for (at, arg) in self.ast[args].iter().enumerate() {
                    self.put(if at > 0 { ", " } else { "" });
                    if let Some(name) = arg.name {
                        self.name(name.name);
                        self.put("=");
                    }
                    self.pattern(arg.pattern);
                }
                self.put(")");
            }
            PatKind::Tuple(items) => self.patterns("(", items, ", ", ")"),
            PatKind::List(items) => self.patterns("[", items, ", ", "]"),
            PatKind::Star(name) => {
                self.put("*");
                self.name(name.name);
            }
            PatKind::Or(items) => self.patterns("(", items, " | ", ")"),
            PatKind::As { pattern, name } => {
                self.pattern(pattern);
                self.put(" as ");
                self.name(name.name);
            }
        }
    }

    /// `(head a b)`
    fn form(&mut self, head: &str, operands: &[ExprId]) {
        self.put("(");
        self.put(head);
        for &operand in operands {
            self.maybe(Some(operand));
        }
        self.put(")");
    }

    fn expr(&mut self, id: ExprId) {
        let ast = self.ast;
        match ast[id].kind {
            ExprKind::Error => self.put("<error>"),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Int(value) => self.show(&ast[value]),
            ExprKind::BigInt(digits) => self.name(digits),
            ExprKind::Float(value) => {
                let _ = write!(self.out, "{:?}", ast[value]);
            }
            ExprKind::Str(text) => self.quoted(text),
            ExprKind::Bytes(bytes) => {
                let shown = format!("b\"{}\"", ast[bytes].escape_ascii());
                self.put(&shown);
            }
            ExprKind::FString(parts) => {
                self.put("(f");
                self.fparts(parts);
                self.put(")");
            }
            ExprKind::Bool(value) => self.put(if value { "True" } else { "False" }),
            ExprKind::None => self.put("None"),
            ExprKind::Ellipsis => self.put("..."),
            ExprKind::Tuple(items) => self.form("tuple", &ast[items]),
            ExprKind::List(items) => self.form("list", &ast[items]),
            ExprKind::Set(items) => self.form("set", &ast[items]),
            ExprKind::Star(inner) => self.form("star", &[inner]),
            ExprKind::Unary { op, operand } => {
                self.form(if op == UnaryOp::Neg { "neg" } else { op.text() }, &[operand]);
            }
            ExprKind::Binary { op, lhs, rhs } => self.form(op.text(), &[lhs, rhs]),
            ExprKind::Logic { op, lhs, rhs } => {
                self.form(if op == LogicOp::And { "and" } else { "or" }, &[lhs, rhs]);
            }
            ExprKind::Coalesce { lhs, rhs } => self.form("??", &[lhs, rhs]),
            ExprKind::IfElse { cond, then, other } => self.form("if", &[cond, then, other]),
            ExprKind::Index { object, index } => self.form("index", &[object, index]),
            ExprKind::Try(inner) => self.form("?", &[inner]),
            kind => self.wide_expr(kind),
        }
    }

    /// Expressions whose parts are not expressions alone.
    fn wide_expr(&mut self, kind: ExprKind) {
        let ast = self.ast;
        self.put("(");
        match kind {
            ExprKind::Dict(items) => {
                self.put("dict");
                for item in &ast[items] {
                    self.maybe(Some(item.key));
                    self.word_opt(":", Some(item.value));
                }
            }
            ExprKind::ListComp { elem, clauses } => self.comp("list", &[elem], clauses),
            ExprKind::SetComp { elem, clauses } => self.comp("set", &[elem], clauses),
            ExprKind::DictComp { key, value, clauses } => {
                self.comp("dict", &[key, value], clauses);
            }
            ExprKind::Generator { elem, clauses } => self.comp("gen", &[elem], clauses),
            ExprKind::Compare { first, links } => {
                self.put("cmp");
                self.maybe(Some(first));
                for link in &ast[links] {
                    self.put(" ");
                    self.word_opt(link.op.text(), Some(link.rhs));
                }
            }
            ExprKind::Lambda { params, body } => {
                self.put("lambda");
                self.params(params);
                self.maybe(Some(body));
            }
            ExprKind::Walrus { name, value } => {
                self.put(":= ");
                self.name(name.name);
                self.maybe(Some(value));
            }
            ExprKind::Call { callee, args } => {
                self.word_opt("call", Some(callee));
                for arg in &ast[args] {
                    self.put(" ");
                    if let Some(name) = arg.name {
                        self.name(name.name);
                        self.put("=");
                    }
                    self.mark(arg.mark);
                    self.expr(arg.value);
                }
            }
            ExprKind::Attr { object, name } => {
                self.word_opt(".", Some(object));
                self.put(" ");
                self.name(name.name);
            }
            ExprKind::Slice { lo, hi, step } => {
                self.put("slice");
                for part in [lo, hi, step] {
                    match part {
                        Some(part) => self.maybe(Some(part)),
                        None => self.put(" _"),
                    }
                }
            }
            ExprKind::Type(ty) => {
                self.put("type ");
                self.ty(ty);
            }
            _ => {}
        }
        self.put(")");
    }

    fn comp(&mut self, head: &str, elems: &[ExprId], clauses: List<CompClause>) {
        self.put(head);
        for &elem in elems {
            self.maybe(Some(elem));
        }
        for clause in &self.ast[clauses] {
            match *clause {
                CompClause::For { target, iter } => {
                    self.put(" for ");
                    self.target(target);
                    self.word_opt(" in", Some(iter));
                }
                CompClause::If(cond) => self.word_opt(" if", Some(cond)),
            }
        }
    }

    fn fparts(&mut self, parts: List<FPart>) {
        for part in &self.ast[parts] {
            self.put(" ");
            match *part {
                FPart::Text(text) => self.quoted(text),
                FPart::Value { value, conversion, spec, echo, .. } => {
                    self.put("{");
                    if let Some(echo) = echo {
                        self.quoted(echo);
                        self.put(" ");
                    }
                    self.expr(value);
                    self.put(match conversion {
                        Conversion::Default => "",
                        Conversion::Str => "!s",
                        Conversion::Repr => "!r",
                        Conversion::Ascii => "!a",
                    });
                    if let Some(spec) = spec {
                        self.put(":");
                        self.fparts(spec);
                    }
                    self.put("}");
                }
            }
        }
    }

    fn mark(&mut self, mark: Mark) {
        self.put(match mark {
            Mark::Plain => "",
            Mark::Mut => "mut ",
            Mark::Own => "own ",
        });
    }

    fn show(&mut self, value: &dyn fmt::Display) {
        let _ = write!(self.out, "{value}");
    }
}
