//! What files declare, found before any body is checked, and the order of checking.

use super::trait_decl::Owner;
use super::traits::Bound;
use super::{Checker, Member};
use crate::ast::{self, DeclKind, StmtKind, TargetKind};
use crate::builtins::{self, BuiltinId};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::{FileId, Span};
use rustc_hash::FxHashMap;

/// What a name of the module or the prelude stands for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Item {
    /// A function of the program.
    Fn(FnId),
    /// A struct of the program.
    Struct(StructId),
    /// A constant of the program.
    Const(ConstId),
    /// A type alias, by its number.
    Alias(u32),
    /// An imported module: its group in the table of built-ins.
    Module(&'static str),
    /// An imported module of the host.
    Host(u32),
    /// An imported file, or folder of files, by the number of its `Space`.
    Space(u32),
    /// A name of another file, imported.
    Of(FileId, Symbol),
    /// A prelude or imported function.
    Builtin(BuiltinId),
    /// An imported number.
    Number(f64),
    /// A type of the prelude.
    Type(TypeName),
    /// A trait of the prelude.
    Ability(Bound),
    /// A trait of the program.
    Trait(TraitId),
    /// Something that was declared but is not supported yet, or was reported.
    Later(Span),
}

macro_rules! type_names {
    ($($variant:ident $text:literal $arity:literal $ty:expr;)*) => {
        /// Types of the prelude.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum TypeName {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl TypeName {
            /// All of them.
            pub const ALL: &'static [TypeName] = &[$(TypeName::$variant),*];

            /// The name in a program.
            pub fn text(self) -> &'static str {
                match self {
                    $(TypeName::$variant => $text,)*
                }
            }

            /// Number of type arguments.
            pub fn arity(self) -> usize {
                match self {
                    $(TypeName::$variant => $arity,)*
                }
            }

            /// The type, where it takes no arguments.
            pub fn plain(self) -> Option<TyId> {
                match self {
                    $(TypeName::$variant => $ty,)*
                }
            }
        }
    };
}

type_names! {
    Int "int" 0 Some(TyId::INT);
    Float "float" 0 Some(TyId::FLOAT);
    Bool "bool" 0 Some(TyId::BOOL);
    Str "str" 0 Some(TyId::STR);
    Char "char" 0 Some(TyId::CHAR);
    Bytes "bytes" 0 Some(TyId::BYTES);
    I8 "i8" 0 Some(TyId::I8);
    I16 "i16" 0 Some(TyId::I16);
    I32 "i32" 0 Some(TyId::I32);
    I64 "i64" 0 Some(TyId::INT);
    U8 "u8" 0 Some(TyId::U8);
    U16 "u16" 0 Some(TyId::U16);
    U32 "u32" 0 Some(TyId::U32);
    U64 "u64" 0 Some(TyId::U64);
    F32 "f32" 0 Some(TyId::F32);
    F64 "f64" 0 Some(TyId::FLOAT);
    BigInt "bigint" 0 Some(TyId::BIGINT);
    Range "range" 0 Some(TyId::RANGE);
    Error "Error" 0 Some(TyId::ERROR_OBJ);
    List "list" 1 None;
    Dict "dict" 2 None;
    Set "set" 1 None;
    Tuple "tuple" 0 None;
    Iter "Iter" 1 None;
    View "view" 1 None;
    Result "Result" 2 None;
}

/// A `type` declaration.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    /// What it stands for.
    pub ty: ast::TypeId,
    /// Its type parameters.
    pub generics: Generics,
    /// Once it was read.
    pub known: Option<TyId>,
    /// While it is being read.
    pub open: bool,
}

/// A function whose body is to be checked.
#[derive(Clone, Copy, Debug)]
struct Pending {
    func: FnId,
    decl: ast::FnId,
    owner: Owner,
}

impl Pending {
    fn new((func, decl, owner): (FnId, ast::FnId, Owner)) -> Pending {
        Pending { func, decl, owner }
    }
}

impl Checker<'_> {
    /// What a name stands for that is written in this file.
    pub(super) fn item(&self, name: Symbol, file: FileId) -> Option<Item> {
        match self.scopes.declared.get(&(file, name)) {
            Some(&Item::Of(from, original)) => Some(self.imported(from, original)),
            Some(&item) => Some(item),
            None => match self.scopes.prelude.get(name.0 as usize).copied().flatten() {
                Some(Item::Of(from, original)) => Some(self.imported(from, original)),
                item => item,
            },
        }
    }

    /// Gives a name of a file its meaning.
    pub(super) fn put(&mut self, name: ast::Ident, item: Item) {
        self.scopes.declared.insert((name.span.file, name.name), item);
    }

    pub(super) fn put_prelude(&mut self, name: Symbol, item: Item) {
        let at = name.0 as usize;
        if at >= self.scopes.prelude.len() {
            self.scopes.prelude.resize(at + 1, None);
        }
        self.scopes.prelude[at] = Some(item);
    }

    fn declare_prelude(&mut self) {
        let rows = builtins::GROUPS.first().map_or(&[] as &[_], |group| group.rows);
        for (at, row) in rows.iter().enumerate() {
            let name = self.names.intern(row.name);
            self.put_prelude(name, Item::Builtin(BuiltinId::new(at)));
        }
        for &ty in TypeName::ALL {
            let name = self.names.intern(ty.text());
            self.put_prelude(name, Item::Type(ty));
        }
        for bound in Bound::ALL {
            let name = self.names.intern(bound.name());
            self.put_prelude(name, Item::Ability(bound));
        }
        self.declare_tasks();
        self.builtin_params();
        self.prelude_traits();
    }

    /// A module of the library that is written in Kaa has the functions of the runtime's module of
    /// its name as well.
    fn declare_runtime_parts(&mut self) {
        let files = self.files;
        for (file, unit) in files.iter().filter(|(_, unit)| unit.library) {
            let group = builtins::group(&unit.name).filter(|(_, group)| group.kind.is_module());
            let Some((first, group)) = group else { continue };
            for (at, row) in group.rows.iter().enumerate() {
                let name = self.names.intern(row.short_name());
                let item = Item::Builtin(BuiltinId::new(first + at));
                self.scopes.declared.entry((file, name)).or_insert(item);
            }
        }
    }

    /// Checks all files.
    pub(super) fn program(&mut self) {
        self.declare_prelude();
        let (ast, files) = (self.ast, self.files);
        let mut pending = Vec::new();
        for (_, unit) in files.iter() {
            for &id in &ast[unit.body] {
                self.declare(id, &mut pending);
            }
        }
        self.declare_runtime_parts();
        self.trait_headers();
        self.struct_bounds();
        self.struct_fields();
        self.extend_targets();
        self.find_conformances();
        self.find_lacks();
        let constants = self.find_constants();
        self.check_imports();
        for job in &pending {
            self.signature(job.func, job.decl, job.owner);
        }
        self.check_dunders();
        self.look_at_uses();
        self.check_conformances();
        self.check_resources();
        self.constants(&constants);
        self.all_defaults();
        let is_script = self.is_script(&constants);
        for job in &pending {
            self.function(job.func, job.decl, job.owner);
        }
        if is_script {
            self.script(&constants);
        } else if let Some(Item::Fn(main)) = self.item(self.known.main, self.program.file) {
            self.program.entry = self.main_entry(main);
        }
    }

    /// Whether the name may be declared; an item of the prelude may be replaced.
    pub(super) fn free(&mut self, name: ast::Ident) -> bool {
        let old = match self.scopes.declared.get(&(name.span.file, name.name)).copied() {
            Some(Item::Fn(id)) => self.program.functions[id].span,
            Some(Item::Struct(id)) => self.program.structs[id].span,
            Some(Item::Trait(id)) if self.traits[id].decl.is_some() => self.traits[id].span,
            Some(Item::Later(span)) => span,
            Some(Item::Of(..) | Item::Space(_)) => {
                let message = format!("`{}` is imported and declared", self.text(name.name));
                self.error(codes::DECLARED_TWICE, name.span, message);
                return false;
            }
            _ => return true,
        };
        let text = self.text(name.name);
        let message = format!("`{text}` is declared twice");
        let diag = Diagnostic::error(codes::DECLARED_TWICE, name.span, message);
        self.report(diag.label(old, "first declared here"));
        false
    }

    fn declare(&mut self, id: ast::StmtId, pending: &mut Vec<Pending>) {
        let ast = self.ast;
        let stmt = ast[id];
        match stmt.kind {
            StmtKind::Def(decl) => {
                let name = ast[decl].name;
                let full = self.full_name(name, None);
                let func = self.new_function(full, name.span, decl);
                pending.push(Pending { func, decl, owner: Owner::File });
                if self.free(name) {
                    self.put(name, Item::Fn(func));
                }
            }
            StmtKind::TypeDecl(decl) => self.declare_type(decl, pending),
            StmtKind::Extend(extend) => {
                let mut found = Vec::new();
                self.declare_extend(extend, &mut found);
                pending.extend(found.into_iter().map(Pending::new));
            }
            StmtKind::TypeAlias { name, generics, ty } => {
                let generics = self.declare_params(Generics::NONE, generics);
                if self.free(name) {
                    let index = self.aliases.len() as u32;
                    self.aliases.push(Alias { ty, generics, known: None, open: false });
                    self.put(name, Item::Alias(index));
                }
            }
            StmtKind::Import(items) => {
                for item in &ast[items] {
                    self.import(item);
                }
            }
            StmtKind::FromImport { path, names, .. } => {
                self.import_names(&ast[path], &ast[names], stmt.span);
            }
            _ => {}
        }
    }

    fn declare_type(&mut self, id: ast::DeclId, pending: &mut Vec<Pending>) {
        let ast = self.ast;
        let decl = &ast[id];
        if decl.kind == DeclKind::Trait {
            let mut found = Vec::new();
            self.declare_trait(id, &mut found);
            pending.extend(found.into_iter().map(Pending::new));
            return;
        }
        let free = self.free(decl.name);
        let form = match decl.kind {
            DeclKind::Class => Form::Class,
            DeclKind::Enum => Form::Enum,
            DeclKind::Resource => {
                self.has_resources = true;
                Form::Resource
            }
            DeclKind::Struct | DeclKind::Trait => Form::Struct,
        };
        let index = self.program.structs.push(StructDef {
            name: decl.name.name,
            form,
            fields: Vec::new(),
            methods: Vec::new(),
            show: None,
            generics: Generics::NONE,
            variants: Vec::new(),
            variant_of: None,
            span: decl.name.span,
        });
        self.struct_decls.push(id);
        if free {
            self.put(decl.name, Item::Struct(index));
        }
        if form == Form::Enum {
            self.declare_variants(index, id);
        }
        self.declare_methods(index, decl, pending);
    }

    fn declare_methods(
        &mut self,
        index: StructId,
        decl: &ast::TypeDecl,
        pending: &mut Vec<Pending>,
    ) {
        let ast = self.ast;
        for &method in &ast[decl.methods] {
            let name = ast[method].name;
            let full = self.full_name(decl.name, Some(name.name));
            let func = self.new_function(full, name.span, method);
            pending.push(Pending { func, decl: method, owner: Owner::Fields(index) });
            if let Some(old) = self.members.insert((index, name.name), Member::Method(func)) {
                let message = format!("method `{}` is declared twice", self.text(name.name));
                let old = match old {
                    Member::Method(old) => self.program.functions[old].span,
                    Member::Variant(old) => self.program.structs[old].span,
                    Member::Field(at) => self.program.structs[index].fields[at as usize].span,
                };
                let diag = Diagnostic::error(codes::DECLARED_TWICE, name.span, message);
                self.report(diag.label(old, "first declared here"));
            }
            if self.text(name.name) == "__str__" {
                self.program.structs[index].show = Some(func);
            }
            self.program.structs[index].methods.push((name.name, func));
        }
    }

    /// What traces call a function: `area`, `Circle.area`, `shapes.area`.
    pub(super) fn full_name(&mut self, name: ast::Ident, method: Option<Symbol>) -> Symbol {
        let unit = self.files.unit(name.span.file).filter(|_| name.span.file != self.program.file);
        let module = unit.map_or("", |unit| unit.name.as_str());
        if module.is_empty() && method.is_none() {
            return name.name;
        }
        let words = [module, self.text(name.name), method.map_or("", |method| self.text(method))];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let full = words.join(".");
        self.names.intern(&full)
    }

    pub(super) fn new_function(&mut self, name: Symbol, span: Span, decl: ast::FnId) -> FnId {
        let decorators = &self.ast[self.ast[decl].decorators];
        let has = |text| decorators.iter().any(|d| self.text(d.name.name) == text);
        let is_root = span.file == self.program.file;
        let (exported, test) = (is_root && has("export"), is_root && has("test"));
        self.sigs.push(self.no_sig.clone());
        self.program.functions.push(Function {
            name,
            params: Vec::new(),
            captures: Vec::new(),
            ret: TyId::UNIT,
            locals: Default::default(),
            body: Block::default(),
            generics: self.generics,
            generator: false,
            exported,
            test,
            span,
        })
    }

    /// The type an alias stands for.
    pub(super) fn alias(&mut self, index: u32, at: Span) -> TyId {
        let alias = self.aliases[index as usize];
        if let Some(known) = alias.known {
            return known;
        }
        if alias.open {
            self.error(codes::ENDLESS_TYPE, at, "this type alias stands for itself");
            return TyId::ERROR;
        }
        if self.waiting >= super::MAX_WAITING {
            self.error(codes::ENDLESS_TYPE, at, "type aliases name each other too deeply here");
            return TyId::ERROR;
        }
        self.waiting += 1;
        self.aliases[index as usize].open = true;
        let outer = std::mem::replace(&mut self.generics, alias.generics);
        let ty = self.written(alias.ty);
        self.generics = outer;
        self.waiting -= 1;
        self.aliases[index as usize].known = Some(ty);
        ty
    }

    /// Whether the file has statements to run.
    fn is_script(&self, constants: &FxHashMap<ast::StmtId, ConstId>) -> bool {
        let ast = self.ast;
        ast[ast.body].iter().any(|id| !constants.contains_key(id) && is_action(ast, *id))
    }

    fn main_entry(&mut self, func: FnId) -> Entry {
        let sig = self.sigs[func].clone();
        let span = self.program.functions[func].span;
        let list = self.program.tys.intern(Ty::List(TyId::STR));
        let takes_args = match sig.params.as_slice() {
            [] => false,
            [param] if param.ty == list || param.ty == TyId::ERROR => true,
            _ => {
                self.bad_main(span);
                false
            }
        };
        let returns_result = match self.ty(sig.ret) {
            Ty::Unit | Ty::Error => false,
            Ty::Result(TyId::UNIT, _) => true,
            _ => {
                self.bad_main(span);
                false
            }
        };
        Entry::Main { func, takes_args, returns_result }
    }

    fn bad_main(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::BAD_MAIN, span, "`main` does not have a form that can be run")
                .help("write `def main():` or `def main(args: list[str]) -> Result[None]:`"),
        );
    }
}

/// Whether a statement of the file does something at run time, other than by a doc text.
pub fn is_action(ast: &ast::Ast, id: ast::StmtId) -> bool {
    match ast[id].kind {
        StmtKind::Def(_) | StmtKind::TypeDecl(_) | StmtKind::Extend(_) => false,
        StmtKind::TypeAlias { .. } | StmtKind::Import(_) | StmtKind::FromImport { .. } => false,
        StmtKind::Pass | StmtKind::Error => false,
        StmtKind::Expr(expr) => {
            !matches!(ast[expr].kind, ast::ExprKind::Str(_) | ast::ExprKind::Ellipsis)
        }
        _ => true,
    }
}

/// The only name a target assigns, if it is one without `mut`.
pub fn plain_name(ast: &ast::Ast, target: ast::TargetId) -> Option<ast::Ident> {
    match ast[target].kind {
        TargetKind::Name { name, mutable: false } => Some(name),
        _ => None,
    }
}
