//! Programs that are made up by the grammar, with an eye on types: most of them are accepted.
//!
//! Types and what is in sight are here, expressions in `expr`, statements in `stmt`.

mod expr;
mod stmt;

use crate::random::Random;
use std::fmt::Write;

/// A program.
pub fn program(random: &mut Random) -> String {
    let mut writer = Writer::new(random);
    writer.file();
    writer.out
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ty {
    Int,
    Small,
    Float,
    Bool,
    Str,
    Char,
    List(Box<Ty>),
    Set(Box<Ty>),
    Dict(Box<Ty>, Box<Ty>),
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    Result(Box<Ty>),
    Fn(Box<Ty>, Box<Ty>),
    /// A struct or class of the program.
    Named(usize),
}

impl Ty {
    fn list(item: Ty) -> Ty {
        Ty::List(Box::new(item))
    }

    fn option(item: Ty) -> Ty {
        Ty::Option(Box::new(item))
    }
}

/// A struct or class.
#[derive(Debug, Clone)]
struct Named {
    class: bool,
    fields: Vec<Ty>,
}

/// A variable in sight.
#[derive(Debug, Clone)]
struct Var {
    name: String,
    ty: Ty,
    mutable: bool,
}

/// A function that can be called.
#[derive(Debug, Clone)]
struct Function {
    name: String,
    /// Types of the parameters, and which are `mut`.
    params: Vec<(Ty, bool)>,
    ret: Option<Ty>,
}

/// Writes a program.
struct Writer<'r> {
    random: &'r mut Random,
    out: String,
    indent: usize,
    vars: Vec<Var>,
    functions: Vec<Function>,
    named: Vec<Named>,
    /// What the function at hand gives back, if there is one.
    ret: Option<Option<Ty>>,
    loops: usize,
    names: usize,
}

impl<'r> Writer<'r> {
    fn new(random: &'r mut Random) -> Writer<'r> {
        Writer {
            random,
            out: String::new(),
            indent: 0,
            vars: Vec::new(),
            functions: Vec::new(),
            named: Vec::new(),
            ret: None,
            loops: 0,
            names: 0,
        }
    }

    fn file(&mut self) {
        for _ in 0..self.random.below(3) {
            self.declare_type();
        }
        for _ in 0..self.random.below(4) {
            self.function();
        }
        self.out.push_str("def identity[T](x: T) -> T:\n    return x\n\n");
        self.statements(2, 8);
        let mut shown = self.vars.clone();
        shown.retain(|var| self.shows(&var.ty));
        for var in shown.iter().take(4) {
            self.line(&format!("print({})", var.name));
        }
    }

    fn declare_type(&mut self) {
        let class = self.random.one_in(3);
        let fields: Vec<Ty> = (0..self.random.below(4)).map(|_| self.ty(2)).collect();
        let at = self.named.len();
        let word = if class { "class" } else { "struct" };
        let _ = writeln!(self.out, "{word} S{at}:");
        for (i, ty) in fields.iter().enumerate() {
            let mark = if class && self.random.one_in(2) { "mut " } else { "" };
            let ty = self.show(ty);
            let _ = writeln!(self.out, "    {mark}f{i}: {ty}");
        }
        let _ = writeln!(self.out, "    def size(self) -> int:\n        return {}\n", fields.len());
        self.named.push(Named { class, fields });
    }

    fn function(&mut self) {
        let params: Vec<(Ty, bool)> =
            (0..self.random.below(4)).map(|_| (self.ty(2), self.random.one_in(4))).collect();
        let ret = if self.random.one_in(4) { None } else { Some(self.ty(2)) };
        let name = self.fresh("g");
        let _ = write!(self.out, "def {name}(");
        let outer = std::mem::take(&mut self.vars);
        for (i, (ty, mutable)) in params.iter().enumerate() {
            let mark = if *mutable { "mut " } else { "" };
            let text = self.show(ty);
            let comma = if i > 0 { ", " } else { "" };
            let _ = write!(self.out, "{comma}{mark}p{i}: {text}");
            self.vars.push(Var { name: format!("p{i}"), ty: ty.clone(), mutable: *mutable });
        }
        let result = ret.as_ref().map_or(String::new(), |ty| format!(" -> {}", self.show(ty)));
        let _ = writeln!(self.out, "){result}:");
        self.indent = 1;
        self.ret = Some(ret.clone());
        self.statements(1, 5);
        match &ret {
            Some(ty) => {
                let value = self.expr(ty, 3);
                self.line(&format!("return {value}"));
            }
            None => self.line("pass"),
        }
        self.indent = 0;
        self.ret = None;
        self.vars = outer;
        self.out.push('\n');
        self.functions.push(Function { name, params, ret });
    }

    /// Whether values of a type can be printed.
    fn shows(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Fn(..) => false,
            Ty::List(ty) | Ty::Set(ty) | Ty::Option(ty) | Ty::Result(ty) => self.shows(ty),
            Ty::Dict(key, value) => self.shows(key) && self.shows(value),
            Ty::Tuple(items) => items.iter().all(|item| self.shows(item)),
            Ty::Named(at) => {
                let named = &self.named[*at];
                !named.class && named.fields.iter().all(|field| self.shows(field))
            }
            _ => true,
        }
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "    ".repeat(self.indent));
    }

    /// A type, nested at most so deep.
    fn ty(&mut self, depth: usize) -> Ty {
        if depth == 0 || self.random.one_in(2) {
            return self.scalar();
        }
        match self.random.below(9) {
            0 | 1 => Ty::list(self.ty(depth - 1)),
            2 => Ty::Dict(Box::new(self.key()), Box::new(self.ty(depth - 1))),
            3 => Ty::Set(Box::new(self.key())),
            4 => Ty::Tuple((0..2 + self.random.below(2)).map(|_| self.ty(depth - 1)).collect()),
            5 => match self.ty(depth - 1) {
                inner @ (Ty::Option(_) | Ty::Result(_)) => inner,
                inner => Ty::option(inner),
            },
            6 => Ty::Result(Box::new(self.scalar())),
            7 => Ty::Fn(Box::new(self.scalar()), Box::new(self.scalar())),
            _ if self.named.is_empty() => Ty::Int,
            _ => Ty::Named(self.random.below(self.named.len())),
        }
    }

    fn scalar(&mut self) -> Ty {
        match self.random.below(9) {
            0..=3 => Ty::Int,
            4 => Ty::Float,
            5 => Ty::Bool,
            6 => Ty::Small,
            7 => Ty::Char,
            _ => Ty::Str,
        }
    }

    fn key(&mut self) -> Ty {
        match self.random.below(5) {
            0 | 1 => Ty::Int,
            2 => Ty::Tuple(vec![Ty::Int, Ty::Str]),
            3 => Ty::Char,
            _ => Ty::Str,
        }
    }

    fn show(&self, ty: &Ty) -> String {
        match ty {
            Ty::Int => "int".into(),
            Ty::Small => "u8".into(),
            Ty::Float => "float".into(),
            Ty::Bool => "bool".into(),
            Ty::Str => "str".into(),
            Ty::Char => "char".into(),
            Ty::List(item) => format!("list[{}]", self.show(item)),
            Ty::Set(item) => format!("set[{}]", self.show(item)),
            Ty::Dict(key, value) => format!("dict[{}, {}]", self.show(key), self.show(value)),
            Ty::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.show(item)).collect();
                format!("({})", items.join(", "))
            }
            Ty::Option(inner) if matches!(**inner, Ty::Fn(..)) => {
                format!("({})?", self.show(inner))
            }
            Ty::Option(inner) => format!("{}?", self.show(inner)),
            Ty::Result(ok) => format!("Result[{}, str]", self.show(ok)),
            Ty::Fn(param, ret) => format!("fn({}) -> {}", self.show(param), self.show(ret)),
            Ty::Named(at) => format!("S{at}"),
        }
    }
}
