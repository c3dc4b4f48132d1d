//! Written types to types.

use super::Checker;
use super::collect::{Item, TypeName};
use super::infer::Found;
use super::traits::Bound;
use crate::ast::{self, Mark, TypeKind};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// Types may be walked by recursion: none is nested deeper.
pub const MAX_DEPTH: u8 = 100;

impl Checker<'_> {
    /// The type that is written; what is wrong with it is reported.
    pub(super) fn written(&mut self, id: ast::TypeId) -> TyId {
        let ty = self.written_part(id);
        if self.program.tys.depth(ty) > MAX_DEPTH {
            let span = self.ast[id].span;
            self.error(codes::TOO_WIDE, span, "this type is nested too deeply");
            return TyId::ERROR;
        }
        ty
    }

    /// The written type of a parameter, which may be a view.
    pub(super) fn written_param(&mut self, id: ast::TypeId, mark: Mark) -> TyId {
        self.reading.lent_type = true;
        let ty = self.written(id);
        self.reading.lent_type = false;
        if mark != Mark::Plain && matches!(self.ty(ty), Ty::View(_)) {
            let span = self.ast[id].span;
            let message = "a view is only read: it has neither `mut` nor `own`";
            let diag = Diagnostic::error(codes::VIEW_KEPT, span, message);
            self.report(diag.help("`mut xs: list[...]` changes what the caller has"));
            return TyId::ERROR;
        }
        ty
    }

    fn written_part(&mut self, id: ast::TypeId) -> TyId {
        let ast = self.ast;
        let lent = std::mem::take(&mut self.reading.lent_type);
        let node = ast[id];
        match node.kind {
            TypeKind::Error => TyId::ERROR,
            TypeKind::None => TyId::UNIT,
            TypeKind::Named { path, args } => match &ast[path] {
                [name] => {
                    let written = &ast[args];
                    let args: Vec<TyId> = written.iter().map(|&arg| self.written(arg)).collect();
                    if let Some(meant) = self.foreign_type(*name, written, &args, node.span) {
                        return meant;
                    }
                    self.reading.lent_type = lent;
                    let ty = self.named_with(name.name, &args, name.span, node.span);
                    self.reading.lent_type = false;
                    ty
                }
                [name, inner] if self.owns_types(name.name) => {
                    let of = self.named_with(name.name, &[], name.span, name.span);
                    self.assoc_named(of, *inner, node.span)
                }
                path => {
                    let args: Vec<TyId> = ast[args].iter().map(|&arg| self.written(arg)).collect();
                    match (self.path_item(path), path.last()) {
                        (Some(item), Some(name)) => {
                            self.item_type(item, &args, name.name, (name.span, node.span))
                        }
                        (_, last) => self.no_type_there(path, last.map_or(node.span, |l| l.span)),
                    }
                }
            },
            TypeKind::Optional(inner) => {
                let inner = self.written(inner);
                self.option_of(inner)
            }
            TypeKind::Tuple(items) => {
                let items: Vec<TyId> = ast[items].iter().map(|&item| self.written(item)).collect();
                if items.contains(&TyId::ERROR) {
                    return TyId::ERROR;
                }
                let ty = self.program.tys.tuple(&items);
                if self.reads_fields || self.not_too_wide(ty, node.span) { ty } else { TyId::ERROR }
            }
            TypeKind::Fn { params, result } => {
                let mut list = Vec::new();
                for param in &ast[params] {
                    list.push((mode(param.mark), self.written_param(param.ty, param.mark)));
                }
                let ret = result.map_or(TyId::UNIT, |result| self.written(result));
                self.program.tys.function(&list, ret)
            }
            TypeKind::Any(traits) => self.any_type(traits, node.span),
        }
    }

    /// The type with this name and these arguments.
    pub(super) fn named_with(
        &mut self,
        name: Symbol,
        args: &[TyId],
        at: Span,
        whole: Span,
    ) -> TyId {
        if let Some(id) = self.param_named(name) {
            let ty = self.program.tys.intern(Ty::Param(id));
            return if self.takes_args(args, 0, name, whole) { ty } else { TyId::ERROR };
        }
        let own = self.own.types.iter().find(|(own, _)| *own == name).map(|(_, ty)| *ty);
        let own = own.or(self.own.self_ty.filter(|_| name == self.known.self_type));
        if let Some(ty) = own {
            return if self.takes_args(args, 0, name, whole) {
                self.normal(ty)
            } else {
                TyId::ERROR
            };
        }
        match self.item(name, at.file) {
            Some(item) => self.item_type(item, args, name, (at, whole)),
            None => self.unknown_type(name, at),
        }
    }

    /// The type that an item with these arguments is.
    fn item_type(
        &mut self,
        item: Item,
        args: &[TyId],
        name: Symbol,
        (at, whole): (Span, Span),
    ) -> TyId {
        match item {
            Item::Type(type_name) => self.builtin_type(type_name, args, at, whole),
            Item::Struct(id) => {
                let count = self.program.structs[id].generics.count as usize;
                if !self.takes_args(args, count, name, whole) || args.contains(&TyId::ERROR) {
                    return TyId::ERROR;
                }
                self.struct_with(id, args, whole)
            }
            Item::Alias(index) => {
                let ty = self.alias(index, at);
                let generics = self.aliases[index as usize].generics;
                if !self.takes_args(args, generics.count as usize, name, whole) {
                    return TyId::ERROR;
                }
                let found = Found::all(generics, args);
                self.fill(ty, &found).unwrap_or(TyId::ERROR)
            }
            Item::Later(_) => TyId::ERROR,
            Item::Trait(_) | Item::Ability(_) => {
                let text = self.text(name).to_string();
                let message = format!("`{text}` is a trait, not a type");
                let diag = Diagnostic::error(codes::UNKNOWN_TYPE, at, message);
                let help =
                    format!("for any value that has it write a type parameter: `[T: {text}]`");
                self.report(diag.help(help));
                TyId::ERROR
            }
            _ => {
                let message = format!("`{}` is not a type", self.text(name));
                let diag = Diagnostic::error(codes::UNKNOWN_TYPE, at, message);
                self.report(self.with_type_habit(name, diag));
                TyId::ERROR
            }
        }
    }

    /// Reports a path that leads to no type.
    fn no_type_there(&mut self, path: &[ast::Ident], at: Span) -> TyId {
        let first = path.first().map_or("", |first| self.text(first.name));
        let message = format!("`{first}` is no module that was imported");
        self.error(codes::UNKNOWN_TYPE, path.first().map_or(at, |first| first.span), message);
        TyId::ERROR
    }

    /// Whether the name is of a type that may have associated types.
    fn owns_types(&self, name: Symbol) -> bool {
        name == self.known.self_type || self.param_named(name).is_some()
    }

    fn unknown_type(&mut self, name: Symbol, at: Span) -> TyId {
        let text = self.text(name).to_string();
        let known = match text.as_str() {
            "integer" | "Int" | "long" | "isize" => Some("int"),
            "string" | "String" | "Str" | "text" => Some("str"),
            "boolean" | "Bool" => Some("bool"),
            "double" | "Float" | "number" => Some("float"),
            "f64" => Some("float"),
            "List" | "Array" | "array" | "vec" | "Vec" => Some("list"),
            "Dict" | "map" | "Map" | "HashMap" => Some("dict"),
            "Set" | "frozenset" => Some("set"),
            "void" | "unit" => Some("None"),
            _ => None,
        };
        let near = known.map(str::to_string).or_else(|| self.near_type(&text, at.file));
        let mut diag = Diagnostic::error(codes::UNKNOWN_TYPE, at, format!("no type `{text}`"));
        diag = self.with_type_habit(name, diag);
        if let Some(near) = near {
            diag = diag.fix(format!("did you mean `{near}`?"), at, near);
        }
        self.report(diag);
        TyId::ERROR
    }

    pub(super) fn takes_args(
        &mut self,
        args: &[TyId],
        count: usize,
        name: Symbol,
        at: Span,
    ) -> bool {
        if args.len() == count {
            return true;
        }
        let name = self.text(name);
        let message = match count {
            0 => format!("`{name}` takes no type arguments"),
            _ => format!("`{name}` takes {count} type argument(s), not {}", args.len()),
        };
        let mut diag = Diagnostic::error(codes::TYPE_ARGUMENTS, at, message);
        if args.is_empty() {
            let example = if count == 2 { "[str, int]" } else { "[int]" };
            diag = diag.help(format!("say of what: `{name}{example}`"));
        }
        self.report(diag);
        false
    }

    fn builtin_type(&mut self, name: TypeName, args: &[TyId], at: Span, whole: Span) -> TyId {
        let symbol = self.names.intern(name.text());
        let count = name.arity();
        if name == TypeName::Result && args.len() == 1 {
            return self.program.tys.intern(Ty::Result(args[0], TyId::ERROR_OBJ));
        }
        if !self.takes_args(args, count, symbol, whole) {
            return TyId::ERROR;
        }
        if args.contains(&TyId::ERROR) {
            return TyId::ERROR;
        }
        match (name, args) {
            (TypeName::List, &[item]) => self.program.tys.intern(Ty::List(item)),
            (TypeName::Set, &[item]) => {
                self.require_hash(item, whole);
                self.program.tys.intern(Ty::Set(item))
            }
            (TypeName::Dict, &[key, value]) => {
                self.require_hash(key, whole);
                self.program.tys.intern(Ty::Dict(key, value))
            }
            (TypeName::Iter, &[item]) => self.program.tys.intern(Ty::Iter(item)),
            (TypeName::Result, &[ok, error]) => self.program.tys.intern(Ty::Result(ok, error)),
            (TypeName::Tuple, _) => {
                self.report(
                    Diagnostic::error(codes::UNKNOWN_TYPE, at, "`tuple` is not a type of its own")
                        .help("write the types of its elements: `(int, str)`"),
                );
                TyId::ERROR
            }
            (TypeName::View, &[item]) if self.reading.lent_type => {
                self.program.tys.intern(Ty::View(item))
            }
            (TypeName::View, _) => {
                let message = "a view is the type of a parameter and of nothing else";
                let diag = Diagnostic::error(codes::VIEW_KEPT, whole, message);
                self.report(diag.help("`list[...]` keeps the elements"));
                TyId::ERROR
            }
            _ => name.plain().unwrap_or(TyId::ERROR),
        }
    }

    /// Reports a key type that cannot be one.
    pub(super) fn require_hash(&mut self, ty: TyId, at: Span) -> bool {
        // Written types are read before the abilities of structs are known; `lacks` is then
        // empty and the declaration is checked where a value is made.
        self.require(ty, Bound::Hash, at)
    }

    /// Reports a type that lacks an ability.
    pub(super) fn require(&mut self, ty: TyId, bound: Bound, at: Span) -> bool {
        if self.has(ty, bound) {
            return true;
        }
        let shown = self.show(ty);
        let message = format!("a value of type `{shown}` cannot {}", bound.lack());
        let mut diag = Diagnostic::error(codes::LACKS, at, message);
        diag = self.with_bound(diag, ty, bound);
        if bound == Bound::Hash && matches!(self.ty(ty), Ty::List(_)) {
            diag = diag.help("a tuple can: `(a, b)` in place of `[a, b]`");
        } else if bound == Bound::Show && matches!(self.ty(ty), Ty::Iter(_)) {
            diag = diag.help("make a list of it first: `list(...)`");
        }
        self.report(diag);
        false
    }
}

/// The mode of a parameter with this mark.
pub fn mode(mark: Mark) -> Mode {
    match mark {
        Mark::Plain => Mode::Read,
        Mark::Mut => Mode::Mut,
        Mark::Own => Mode::Own,
    }
}
