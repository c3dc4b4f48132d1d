//! Signatures, and the reading of those of built-ins.
//!
//! Built-ins and functions of the program have one form of signature, so that `call` treats them
//! alike. The notation is described in `crate::builtins`.

use super::Checker;
use super::generics::BUILTIN;
use super::traits::Bound;
use crate::ast::Passing;
use crate::builtins::{Builtin, BuiltinId};
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::span::Span;
use std::rc::Rc;

/// What a call passes for a parameter that it leaves out.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Default {
    /// It may not be left out.
    Required,
    /// Nothing.
    Absent,
    /// A value of the program, by its number in `Checker::defaults`.
    Source(u32),
    /// A literal.
    Int(i64),
    /// A literal.
    Float(f64),
    /// A literal.
    Str(Symbol),
    /// A literal.
    Bool(bool),
    /// `None` of an option type.
    None,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct SigParam {
    /// Its name.
    pub name: Symbol,
    /// Its type; `Ty::Error` takes everything.
    pub ty: TyId,
    /// How it takes its argument.
    pub mode: Mode,
    /// What it has where it is left out.
    pub default: Default,
    /// How an argument may be given.
    pub passing: Passing,
    /// Whether it takes all positional arguments from here on.
    pub variadic: bool,
}

/// A signature.
#[derive(Clone, Debug)]
pub struct Sig {
    /// What messages call the function.
    pub name: String,
    /// The parameters; the first of a method is `self`.
    pub params: Vec<SigParam>,
    /// The result.
    pub ret: TyId,
    /// Its type parameters, which each call finds.
    pub generics: Generics,
    /// How many of them are those of the type around a method.
    pub around: u32,
    /// What those of a built-in must be able to do.
    pub bounds: Vec<Bound>,
    /// Whether the first parameter is the receiver.
    pub method: bool,
    /// Whether it is built in: then what can be walked goes where `Iter` or `list` stands.
    pub builtin: bool,
    /// Where the program declares it.
    pub span: Option<Span>,
}

impl Sig {
    /// No parameters, no result.
    pub fn none() -> Sig {
        Sig {
            name: String::new(),
            params: Vec::new(),
            ret: TyId::UNIT,
            generics: Generics::NONE,
            around: 0,
            bounds: Vec::new(),
            method: false,
            builtin: false,
            span: None,
        }
    }
}

impl Checker<'_> {
    /// The signature of a built-in.
    pub(super) fn builtin_sig(&mut self, id: BuiltinId) -> Rc<Sig> {
        if let Some(sig) = self.builtin_sigs.get(&id) {
            return sig.clone();
        }
        let sig = Rc::new(Reader::new(self, id.get()).sig());
        self.builtin_sigs.insert(id, sig.clone());
        sig
    }
}

/// Reads one signature. The tables are ours and a test reads them all, so what is malformed is
/// read as something and not reported.
struct Reader<'c, 'a> {
    checker: &'c mut Checker<'a>,
    row: &'static Builtin,
    text: &'static str,
    generics: Vec<&'static str>,
    bounds: Vec<Bound>,
}

impl<'c, 'a> Reader<'c, 'a> {
    fn new(checker: &'c mut Checker<'a>, row: &'static Builtin) -> Reader<'c, 'a> {
        let group = row.name.split_once('.').map_or("", |(group, _)| group);
        let generics = match group {
            "list" | "set" | "option" => vec!["T"],
            "dict" => vec!["K", "V"],
            "result" => vec!["T", "E"],
            "int" | "float" | "tuple" => vec!["Self"],
            _ => Vec::new(),
        };
        let bounds = vec![Bound::Nothing; generics.len()];
        Reader { checker, row, text: row.sig, generics, bounds }
    }

    fn sig(mut self) -> Sig {
        if self.eat("[") {
            while !self.eat("]") && !self.text.is_empty() {
                let name = self.word();
                self.generics.push(name);
                let bound = if self.eat(":") { self.bound() } else { Bound::Nothing };
                self.bounds.push(bound);
                self.eat(",");
            }
        }
        self.eat("(");
        let mut params = Vec::new();
        let mut method = false;
        let mut passing = Passing::Any;
        while !self.eat(")") && !self.text.is_empty() {
            if self.eat("*,") {
                passing = Passing::Name;
                continue;
            }
            let param = self.param(passing);
            method |= params.is_empty() && param.name == self.checker.known.self_name;
            if param.variadic {
                passing = Passing::Name;
            }
            params.push(param);
            self.eat(",");
        }
        let ret = if self.eat("->") { self.ty() } else { TyId::UNIT };
        Sig {
            name: self.row.short_name().to_string(),
            params,
            ret,
            generics: Generics { count: self.bounds.len() as u32, ..BUILTIN },
            around: 0,
            bounds: self.bounds,
            method,
            builtin: true,
            span: None,
        }
    }

    fn bound(&mut self) -> Bound {
        match self.word() {
            "Num" => Bound::Num,
            "Ord" => Bound::Ord,
            "Hash" => Bound::Hash,
            "Json" => Bound::Json,
            _ => Bound::Nothing,
        }
    }

    fn param(&mut self, passing: Passing) -> SigParam {
        let variadic = self.eat("*");
        let mode = if self.eat("mut ") { Mode::Mut } else { Mode::Read };
        let word = self.word();
        let name = self.checker.names.intern(word);
        let ty = if self.eat(":") { self.ty() } else { self.receiver() };
        let default = if self.eat("=") { self.default() } else { Default::Required };
        SigParam { name, ty, mode, default, passing, variadic }
    }

    fn receiver(&mut self) -> TyId {
        let first = self.param_ty(0);
        let second = self.param_ty(1);
        let tys = &mut self.checker.program.tys;
        match self.row.name.split_once('.').map_or("", |(group, _)| group) {
            "list" => tys.intern(Ty::List(first)),
            "set" => tys.intern(Ty::Set(first)),
            "option" => tys.intern(Ty::Option(first)),
            "dict" => tys.intern(Ty::Dict(first, second)),
            "result" => tys.intern(Ty::Result(first, second)),
            "str" => TyId::STR,
            "bytes" => TyId::BYTES,
            "bigint" => TyId::BIGINT,
            "char" => TyId::CHAR,
            "range" => TyId::RANGE,
            "error" => TyId::ERROR_OBJ,
            _ => first,
        }
    }

    fn default(&mut self) -> Default {
        if let Some(rest) = self.text.strip_prefix('\'') {
            let (text, rest) = rest.split_once('\'').unwrap_or((rest, ""));
            self.text = rest.trim_start();
            return Default::Str(self.checker.names.intern(text));
        }
        let end = self.text.find([',', ')']).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        match word {
            "_" => Default::Absent,
            "None" => Default::None,
            "True" => Default::Bool(true),
            "False" => Default::Bool(false),
            _ => match (word.parse(), word.parse()) {
                (Ok(int), _) => Default::Int(int),
                (_, Ok(float)) => Default::Float(float),
                _ => Default::Absent,
            },
        }
    }

    fn param_ty(&mut self, index: u32) -> TyId {
        self.checker.program.tys.intern(Ty::Param(ParamId(index)))
    }

    fn ty(&mut self) -> TyId {
        let mut ty = self.plain_ty();
        while self.eat("?") {
            ty = self.checker.program.tys.intern(Ty::Option(ty));
        }
        ty
    }

    fn plain_ty(&mut self) -> TyId {
        if self.eat("(") {
            let items = self.ty_list(")");
            return self.checker.program.tys.tuple(&items);
        }
        let word = self.word();
        if let Some(index) = self.generics.iter().position(|&name| name == word) {
            return self.param_ty(index as u32);
        }
        if word == "fn" {
            self.eat("(");
            let params: Vec<_> = self.ty_list(")").into_iter().map(|ty| (Mode::Read, ty)).collect();
            let ret = if self.eat("->") { self.ty() } else { TyId::UNIT };
            return self.checker.program.tys.function(&params, ret);
        }
        let args = if self.eat("[") { self.ty_list("]") } else { Vec::new() };
        let tys = &mut self.checker.program.tys;
        match (word, args.as_slice()) {
            ("int", _) => TyId::INT,
            ("float", _) => TyId::FLOAT,
            ("bool", _) => TyId::BOOL,
            ("str", _) => TyId::STR,
            ("char", _) => TyId::CHAR,
            ("bytes", _) => TyId::BYTES,
            ("bigint", _) => TyId::BIGINT,
            ("range", _) => TyId::RANGE,
            ("None", _) => TyId::UNIT,
            ("Never", _) => TyId::NEVER,
            ("Error", _) => TyId::ERROR_OBJ,
            ("list", &[item]) => tys.intern(Ty::List(item)),
            ("set", &[item]) => tys.intern(Ty::Set(item)),
            ("Iter", &[item]) => tys.intern(Ty::Iter(item)),
            ("dict", &[key, value]) => tys.intern(Ty::Dict(key, value)),
            ("Result", &[ok]) => tys.intern(Ty::Result(ok, TyId::ERROR_OBJ)),
            ("Result", &[ok, error]) => tys.intern(Ty::Result(ok, error)),
            _ => TyId::ERROR,
        }
    }

    fn ty_list(&mut self, close: &str) -> Vec<TyId> {
        let mut items = Vec::new();
        while !self.eat(close) && !self.text.is_empty() {
            items.push(self.ty());
            self.eat(",");
        }
        items
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'static str {
        let is_end = |c: char| !c.is_alphanumeric() && c != '_';
        let end = self.text.find(is_end).unwrap_or(self.text.len());
        // A character that begins nothing is skipped, so that reading always ends.
        let end = end.max(self.text.chars().next().map_or(0, char::len_utf8).min(1));
        let (word, rest) = self.text.split_at(end);
        self.text = rest.trim_start();
        word
    }
}
