//! The checker: syntax tree to checked program (`hir`).
//!
//! `collect` finds what the file declares, `types` reads written types, `func` checks bodies.
//! Statements are in `stmt`, `assign`, `loops`; expressions in `expr` and the files named after
//! their subject, closures in `lambda` and `closure`; calls in `call`, `matching` (arguments to
//! parameters), `argument`, `infer` (type parameters).
//! `flow` knows which variables are assigned and which options are present.
//!
//! An expression is checked with the type that is wanted, if any: `Checker::expr` takes it as
//! a hint for literals, `Checker::expect` insists on it. One mistake makes one error: what was
//! reported has type `Ty::Error`, which goes with everything.

mod argument;
mod assign;
mod call;
mod closure;
mod collect;
mod comp;
mod compare;
mod conform;
mod constant;
mod convert;
mod copy;
mod copy_stmt;
mod cx;
mod decide;
mod destructure;
mod display;
mod dunder;
mod dynamic;
mod enums;
mod expr;
mod flow;
mod forms;
mod fstring;
mod func;
mod generator;
mod generics;
mod habit;
mod host;
mod import;
mod index;
mod infer;
mod instance;
mod iter;
mod lambda;
mod literal;
mod loops;
mod matching;
mod member;
mod method;
mod method_value;
mod missing;
mod name;
mod ops;
mod option;
mod pattern;
mod place;
mod resource;
mod rows;
mod scan;
mod sig;
mod special;
mod stmt;
mod structs;
mod tasks;
mod trait_decl;
mod traits;
mod tuple;
mod type_habit;
mod types;
mod usage;

use crate::ast::{self, Ast};
use crate::files::Files;
use crate::hir::*;
use crate::host::HostDecl;
use crate::intern::{Interner, Symbol};
use cx::{FnCx, Ret, Scope};
pub use habit::nearest;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Table;
use kaa_base::span::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use sig::Sig;
use std::cell::RefCell;
use std::rc::Rc;
pub use tasks::{NAMES as TASK_NAMES, OPEN as OPEN_NAME};

/// Aliases and defaults may name each other; the stack bounds how far that is followed.
const MAX_WAITING: u32 = 100;
/// More reports than this help nobody.
const MAX_DIAGNOSTICS: usize = 500;

/// Checks the files of a program, which may use functions of a host. The checked program is only
/// meaningful where no diagnostic is an error.
pub fn check(
    ast: &Ast,
    files: &Files,
    names: &mut Interner,
    hosts: &[HostDecl],
) -> (Program, Vec<Diagnostic>) {
    let mut checker = Checker {
        ast,
        program: empty_program(ast),
        diags: Vec::new(),
        errors: 0,
        files,
        scopes: import::Scopes::default(),
        sigs: Table::new(),
        hosts,
        host_fns: Vec::new(),
        rows: FxHashMap::default(),
        builtin_sigs: FxHashMap::default(),
        struct_decls: Table::new(),
        abilities: RefCell::default(),
        lacks: Vec::new(),
        members: FxHashMap::default(),
        script_names: FxHashMap::default(),
        wrappers: FxHashMap::default(),
        struct_sigs: Table::new(),
        widths: FxHashMap::default(),
        shadows: false,
        reads_fields: false,
        reads_lacks: false,
        has_resources: false,
        resource_types: RefCell::default(),
        lack_mut: FxHashSet::default(),
        reading: Reading::default(),
        keeping: false,
        bound_methods: FxHashMap::default(),
        bound_values: FxHashSet::default(),
        statement_value: None,
        marks: Vec::new(),
        variant_names: FxHashMap::default(),
        aliases: Vec::new(),
        const_states: Vec::new(),
        defaults: Vec::new(),
        field_defaults: Vec::new(),
        waiting: 0,
        in_params: true,
        script_order: false,
        main_called: false,
        no_sig: Rc::new(Sig::none()),
        scope: Scope::default(),
        cx: FnCx::new(0, Ret::Nothing, 0),
        enclosing: Vec::new(),
        params: Table::new(),
        generics: Generics::NONE,
        own: trait_decl::OwnScope::default(),
        own_types: FxHashMap::default(),
        traits: Table::new(),
        trait_members: FxHashMap::default(),
        trait_fns: FxHashMap::default(),
        conform: conform::Known::default(),
        walked: FxHashMap::default(),
        dynamic: dynamic::Dynamic::default(),
        instances: instance::Instances::default(),
        known: Known::new(names),
        names,
    };
    checker.program();
    checker.all_instances();
    checker.done()
}

/// A program with room for what comes of this tree.
fn empty_program(ast: &Ast) -> Program {
    let tree = Tree::with_room(ast.exprs().len() + ast.exprs().len() / 4, ast.stmts().len());
    Program { file: ast.file, tree, ..Program::default() }
}

/// What becomes of the value or type that is read next. Each mark holds for one read.
#[derive(Clone, Copy, Default, Debug)]
struct Reading {
    /// The function value is only called, or lent to a call.
    lends: bool,
    /// The resource is only borrowed.
    borrows: bool,
    /// The iterator is walked at once.
    walks: bool,
    /// It is returned.
    returns: bool,
    /// The type is that of a parameter.
    lent_type: bool,
    /// Only this field of the variable is wanted.
    field: Option<u32>,
}

/// Names that the checker itself looks for.
#[derive(Clone, Copy)]
struct Known {
    underscore: Symbol,
    self_name: Symbol,
    self_type: Symbol,
    dunders: dunder::Names,
    main: Symbol,
    lambda: Symbol,
    ok: Symbol,
    err: Symbol,
    default: Symbol,
}

impl Known {
    fn new(names: &mut Interner) -> Known {
        Known {
            underscore: names.intern("_"),
            self_name: names.intern("self"),
            self_type: names.intern("Self"),
            dunders: dunder::Names {
                eq: names.intern("__eq__"),
                lt: names.intern("__lt__"),
                hash: names.intern("__hash__"),
                repr: names.intern("__repr__"),
            },
            main: names.intern("main"),
            lambda: names.intern("<lambda>"),
            ok: names.intern("Ok"),
            err: names.intern("Err"),
            default: names.intern("<default>"),
        }
    }
}

/// A field or method of a struct, or a variant of an enum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Member {
    Field(u32),
    Method(FnId),
    /// A variant of an enum.
    Variant(StructId),
}

struct Checker<'a> {
    ast: &'a Ast,
    names: &'a mut Interner,
    program: Program,
    diags: Vec<Diagnostic>,
    errors: usize,
    /// The files of the program.
    files: &'a Files,
    /// What their names stand for.
    scopes: import::Scopes,
    /// Signatures of the functions of the program.
    sigs: Table<FnId, Rc<Sig>>,
    /// What the host offers, and which functions of it are declared.
    hosts: &'a [HostDecl],
    host_fns: Vec<(usize, FnId)>,
    /// Rows that were asked for, by group and name.
    rows: FxHashMap<(&'static str, Symbol), Option<crate::builtins::BuiltinId>>,
    builtin_sigs: FxHashMap<crate::builtins::BuiltinId, Rc<Sig>>,
    struct_decls: Table<StructId, ast::DeclId>,
    /// Abilities of types that were asked for.
    abilities: RefCell<FxHashMap<(TyId, traits::Bound), bool>>,
    /// What each struct cannot do, a bit for each `Bound`.
    lacks: Vec<u32>,
    members: FxHashMap<(StructId, Symbol), Member>,
    /// Variables of the script, which functions cannot see.
    script_names: FxHashMap<Symbol, Span>,
    /// Functions made for prelude functions that are used as values.
    wrappers: FxHashMap<(lambda::Wrapped, TyList), FnId>,
    /// Functions that bind a method to its receiver.
    bound_methods: FxHashMap<FnId, FnId>,
    /// Methods as values with their receivers bound.
    bound_values: FxHashSet<ExprId>,
    struct_sigs: Table<StructId, Rc<Sig>>,
    /// Number of leaves of types that were asked for.
    widths: FxHashMap<TyId, u32>,
    /// Whether a target that is read binds new names even where there are old ones.
    shadows: bool,
    /// Whether the fields of structs are being read.
    reads_fields: bool,
    /// Whether it is being found out what structs can do, whatever their type arguments.
    reads_lacks: bool,
    /// Whether the file declares a resource.
    has_resources: bool,
    /// Types that hold a resource, of those that were asked for.
    resource_types: RefCell<FxHashMap<TyId, bool>>,
    /// Declarations whose missing `mut` was reported.
    lack_mut: FxHashSet<(FileId, u32)>,
    /// What becomes of the value that is read next.
    reading: Reading,
    /// Whether the call at hand makes an iterator that is kept.
    keeping: bool,
    /// The expression of the statement at hand, whose value nobody uses.
    statement_value: Option<ast::ExprId>,
    /// Alternatives in the patterns of the `match` at hand, and whether each is ever reached.
    marks: Vec<(Span, bool)>,
    /// The variants of all enums, by their names.
    variant_names: FxHashMap<Symbol, Vec<StructId>>,
    /// Type aliases.
    aliases: Vec<collect::Alias>,
    /// The constants, beside `Program::consts`.
    const_states: Vec<constant::ConstState>,
    /// Default values of parameters and fields.
    defaults: Vec<func::DefaultSlot>,
    /// Which of them belongs to a field.
    field_defaults: Vec<((StructId, u32), u32)>,
    /// How many aliases and defaults that are being read wait for each other.
    waiting: u32,
    /// Whether defaults that are read belong to parameters.
    in_params: bool,
    /// Whether the statements of the script are being checked.
    script_order: bool,
    /// Whether something calls `main`.
    main_called: bool,
    /// The signature of functions that have none of their own.
    no_sig: Rc<Sig>,
    scope: Scope,
    cx: FnCx,
    enclosing: Vec<FnCx>,
    /// All type parameters.
    params: Table<ParamId, generics::ParamInfo>,
    /// Those in sight.
    generics: Generics,
    /// What `Self` and names of associated types stand for.
    own: trait_decl::OwnScope,
    /// What declarations say of associated types.
    own_types: FxHashMap<(u8, u32), Vec<(Symbol, TyId)>>,
    /// The traits, their methods by name, and which function is which of them.
    traits: Table<TraitId, trait_decl::TraitInfo>,
    trait_members: FxHashMap<(TraitId, Symbol), u32>,
    trait_fns: FxHashMap<FnId, (TraitId, u32)>,
    /// Who has which trait, and by what.
    conform: conform::Known,
    /// What walking values of types of the program gives.
    walked: FxHashMap<TyId, Option<TyId>>,
    /// Traits used with `any`.
    dynamic: dynamic::Dynamic,
    /// Instances of functions with type parameters.
    instances: instance::Instances,
    known: Known,
}

impl Checker<'_> {
    /// The program, and the reports in the order of their places.
    fn done(self) -> (Program, Vec<Diagnostic>) {
        let Checker { program, mut diags, .. } = self;
        diags.sort_by_key(|diag| (diag.span.file, diag.span.lo, diag.span.hi));
        (program, diags)
    }

    fn report(&mut self, diag: Diagnostic) {
        let is_error = diag.is_error();
        self.errors += usize::from(is_error);
        if self.diags.len() < MAX_DIAGNOSTICS {
            self.diags.push(diag);
        }
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    fn text(&self, name: Symbol) -> &str {
        self.names.text(name)
    }

    fn node(&mut self, kind: ExprKind, ty: TyId, span: Span) -> ExprId {
        if self.program.tys.depth(ty) > types::MAX_DEPTH {
            self.error(crate::codes::TOO_WIDE, span, "the type of this value is nested too deeply");
            return self.bad(span);
        }
        if self.program.tys.keeps_view(ty)
            && !matches!(kind, ExprKind::FnRef(_) | ExprKind::Local(_))
        {
            let message = "a view is lent for the call, so nothing can hold it";
            let diag = Diagnostic::error(crate::codes::VIEW_KEPT, span, message);
            self.report(diag.help("`list(...)` makes a list of it"));
            return self.bad(span);
        }
        if self.has_resources && self.keeps_resource(ty) {
            self.resource_held(ty, span);
            return self.bad(span);
        }
        self.program.tree.push(Expr { kind, ty, span })
    }

    /// The expression in place of one that was reported.
    fn bad(&mut self, span: Span) -> ExprId {
        self.node(ExprKind::Error, TyId::ERROR, span)
    }

    fn ty_of(&self, expr: ExprId) -> TyId {
        self.program.tree[expr].ty
    }

    fn ty(&self, id: TyId) -> Ty {
        self.program.tys.get(id)
    }

    fn span_of(&self, expr: ExprId) -> Span {
        self.program.tree[expr].span
    }
}
