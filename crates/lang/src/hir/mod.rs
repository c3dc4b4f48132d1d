//! The checked program: names resolved, types known, sugar gone. It is what `check` makes of the
//! syntax tree and what `lower` turns into IR.
//!
//! A [`Program`] keeps all expressions, statements, places and patterns in one [`Tree`], read as
//! `program.tree[id]`, sequences as `&program.tree[list]`. It is only meaningful where checking
//! found no error. Types are in `ty`, expressions in `expr`, statements in `stmt`.

mod decision;
mod expr;
mod replace;
mod stmt;
mod ty;

pub use decision::*;
pub use expr::*;
pub use replace::{Replaced, Rule};
pub use stmt::*;
pub use ty::*;

use crate::intern::Symbol;
use kaa_base::entity;
use kaa_base::entity::Table;
use kaa_base::span::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::marker::PhantomData;
use std::ops::Index;

entity! {
    /// Names an [`Expr`].
    pub struct ExprId = "e";
    /// Names a [`Stmt`].
    pub struct StmtId = "s";
    /// Names a [`Place`].
    pub struct PlaceId = "place";
    /// Names a [`Pattern`].
    pub struct PatId = "pat";
    /// Names a [`Decision`].
    pub struct DecisionId = "decision";
    /// Names the value of a bytes literal.
    pub struct BytesId = "bytes";
    /// Names a [`Local`] of one function.
    pub struct LocalId = "local";
    /// Names a [`Function`].
    pub struct FnId = "fn";
    /// Names a [`Const`].
    pub struct ConstId = "const";
    /// Names a [`StructDef`], also that of a class, an enum or one of its variants.
    pub struct StructId = "struct";
    /// Names a trait.
    pub struct TraitId = "trait";
    /// Names a generic parameter of the declaration at hand.
    pub struct ParamId = "param";
}

/// A range of the pool of `T` in a [`Tree`].
#[derive(Debug)]
pub struct List<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// Number of elements.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there is no element.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> List<T> {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { start: 0, len: 0, of: PhantomData }
    }
}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &List<T>) -> bool {
        (self.start, self.len) == (other.start, other.len)
    }
}

impl<T> Eq for List<T> {}

/// The statements of a suite.
pub type Block = List<StmtId>;

macro_rules! tree {
    (
        nodes { $($id:ident => $node:ty, $field:ident;)* }
        pools { $($elem:ty, $pool:ident;)* }
    ) => {
        /// All nodes of a program.
        #[derive(Clone, Debug, Default)]
        pub struct Tree {
            $($field: Table<$id, $node>,)*
            $($pool: Vec<$elem>,)*
        }

        $(
            impl Index<$id> for Tree {
                type Output = $node;

                #[inline]
                fn index(&self, id: $id) -> &$node {
                    &self.$field[id]
                }
            }

            impl Push<$node> for Tree {
                type Id = $id;

                #[inline]
                fn push(&mut self, node: $node) -> $id {
                    self.$field.push(node)
                }
            }
        )*

        $(
            impl Index<List<$elem>> for Tree {
                type Output = [$elem];

                #[inline]
                fn index(&self, list: List<$elem>) -> &[$elem] {
                    let start = list.start as usize;
                    &self.$pool[start..start + list.len as usize]
                }
            }

            impl PushList<$elem> for Tree {
                fn list(&mut self, items: &[$elem]) -> List<$elem> {
                    let start = self.$pool.len() as u32;
                    self.$pool.extend_from_slice(items);
                    List { start, len: items.len() as u32, of: PhantomData }
                }
            }
        )*
    };
}

/// Adding a node to a [`Tree`].
pub trait Push<N> {
    /// The id of such a node.
    type Id;

    /// Adds a node.
    fn push(&mut self, node: N) -> Self::Id;
}

/// Adding a sequence to a [`Tree`].
pub trait PushList<T> {
    /// Adds a sequence.
    fn list(&mut self, items: &[T]) -> List<T>;
}

tree! {
    nodes {
        ExprId => Expr, exprs;
        StmtId => Stmt, stmts;
        PlaceId => Place, places;
        PatId => Pattern, patterns;
        DecisionId => Decision, decisions;
        BytesId => Box<[u8]>, bytes;
    }
    pools {
        ExprId, expr_lists;
        StmtId, stmt_lists;
        PatId, pat_lists;
        LocalId, local_lists;
        Arg, args;
        CmpLink, cmp_links;
        DictItem, dict_items;
        Clause, clauses;
        FPart, fparts;
        IfArm, if_arms;
        Proj, projs;
        Block, blocks;
        Test, tests;
        Branch, branches;
        Chosen, chosen;
    }
}

impl Tree {
    /// An empty tree with room for that many expressions and statements.
    pub fn with_room(exprs: usize, stmts: usize) -> Tree {
        let mut tree = Tree::default();
        tree.exprs.reserve(exprs);
        tree.expr_lists.reserve(exprs / 8);
        tree.args.reserve(exprs / 8);
        tree.stmts.reserve(stmts);
        tree.stmt_lists.reserve(stmts);
        tree
    }
}

/// A checked program.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The file.
    pub file: FileId,
    /// All types.
    pub tys: TyTable,
    /// All nodes.
    pub tree: Tree,
    /// The structs.
    pub structs: Table<StructId, StructDef>,
    /// The types of the fields of structs with type arguments.
    pub fields: FxHashMap<(StructId, TyList), Vec<TyId>>,
    /// The types that become `any` values of a trait.
    pub any_members: FxHashMap<TraitId, Vec<TyId>>,
    /// Methods of traits for `any` values. They have no body.
    pub dispatch: FxHashMap<FnId, Dispatch>,
    /// Methods that decide what operations on values of a type do, where it has any.
    pub own: FxHashMap<TyId, OwnMethods>,
    /// The `__str__` of types that have one.
    pub shows: FxHashMap<TyId, FnId>,
    /// The functions: those of the module, methods, nested ones, lambdas, the script itself.
    pub functions: Table<FnId, Function>,
    /// Which of them are the host's, with module and name. They have no body.
    pub host_imports: FxHashMap<FnId, (String, String)>,
    /// Variables that a nested function writes too, in the function that declares them and in
    /// those that capture them.
    pub cells: FxHashSet<(FnId, LocalId)>,
    /// Variables that hold the nested function itself as a value.
    pub own_values: FxHashMap<FnId, LocalId>,
    /// The resource of tasks, where the program uses it.
    pub tasks: Option<TaskGroup>,
    /// The module's constants, each after those it uses.
    pub consts: Table<ConstId, Const>,
    /// Where a run begins.
    pub entry: Entry,
}

/// The resource whose scope tasks end with.
#[derive(Clone, Copy, Debug)]
pub struct TaskGroup {
    /// Its declaration.
    pub id: StructId,
    /// The method that ends it, which is told whether an error leaves the scope.
    pub leave: FnId,
    /// `fn() -> None`
    pub thunk: FnTyId,
}

/// Methods of a type that stand for operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OwnMethods {
    /// `__eq__`
    pub eq: Option<FnId>,
    /// `__lt__`
    pub lt: Option<FnId>,
    /// `__hash__`
    pub hash: Option<FnId>,
    /// `__repr__`
    pub repr: Option<FnId>,
    /// `__iter__`
    pub iter: Option<FnId>,
    /// `__next__`
    pub next: Option<FnId>,
    /// What walking it gives.
    pub item: Option<TyId>,
    /// What an error of the type tells of its source.
    pub source: Option<Source>,
}

/// Where an error of the program keeps the error that caused it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A method that gives it.
    Method(FnId),
    /// A field.
    Field(u32),
}

/// A method of a trait for `any Trait`.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// The trait of the values.
    pub of: TraitId,
    /// The method of each type that the value may be of.
    pub arms: Vec<(TyId, FnId)>,
}

impl Program {
    /// The types of the fields of a struct with these type arguments.
    pub fn field_types(&self, id: StructId, args: TyList) -> Vec<TyId> {
        match self.fields.get(&(id, args)) {
            Some(tys) => tys.clone(),
            None => self.structs[id].fields.iter().map(|field| field.ty).collect(),
        }
    }
}

/// Where a run begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Entry {
    /// Nowhere: the file only declares.
    #[default]
    None,
    /// The statements of the file.
    Script(FnId),
    /// `def main`
    Main {
        /// The function.
        func: FnId,
        /// Whether it has a parameter `args: list[str]`.
        takes_args: bool,
        /// Whether it returns a `Result`.
        returns_result: bool,
    },
}

/// What kind of type has fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A value: `Ty::Struct`.
    Struct,
    /// An object with identity: `Ty::Class`.
    Class,
    /// A value that is moved and never copied: `Ty::Struct` too.
    Resource,
    /// A value that is one of several variants: `Ty::Enum`. It has no fields of its own.
    Enum,
    /// What a value of a variant holds: `Ty::Struct` too, though no program can name it.
    Variant,
}

/// A struct, class, resource, enum, or a variant of an enum.
#[derive(Clone, Debug)]
pub struct StructDef {
    /// The name.
    pub name: Symbol,
    /// Which of them it is.
    pub form: Form,
    /// The fields in order.
    pub fields: Vec<FieldDef>,
    /// Its type parameters, which its fields may have in their types.
    pub generics: Generics,
    /// The methods by name.
    pub methods: Vec<(Symbol, FnId)>,
    /// `__str__`, for `str()` and `print`; with type parameters, see `Program::shows`.
    pub show: Option<FnId>,
    /// The variants of an enum.
    pub variants: Vec<StructId>,
    /// Of a variant: its enum, and its position among the variants.
    pub variant_of: Option<(StructId, u32)>,
    /// Where the name stands.
    pub span: Span,
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldDef {
    /// The name.
    pub name: Symbol,
    /// The type.
    pub ty: TyId,
    /// The default value, made anew for each struct; callers have it filled in.
    pub default: Option<DefaultValue>,
    /// Whether the field of an object can be written. Those of a struct change as the variable
    /// that holds it does.
    pub mutable: bool,
    /// Whether some call or loop gets the field of an object as `mut`, so that it may be out
    /// while other code runs.
    pub lent: bool,
    /// Where the name stands.
    pub span: Span,
}

/// The default of a parameter or field. Where a call leaves it out, the checker fills in the
/// literal or a call of the function.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum DefaultValue {
    /// A literal, negated literal, or name of a constant.
    Plain(ExprId),
    /// Anything else: a function without parameters.
    Made(FnId),
}

/// A module constant.
#[derive(Clone, Debug)]
pub struct Const {
    /// The name.
    pub name: Symbol,
    /// The type.
    pub ty: TyId,
    /// The value: literals, constants before it, operators and displays; it uses no variable.
    pub value: ExprId,
    /// Where the name stands.
    pub span: Span,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// The name; `Type.method` for a method, `<lambda>` for a lambda, `main` for a script.
    pub name: Symbol,
    /// The parameters in order; `self` is the first of a method.
    pub params: Vec<Param>,
    /// Its variables that hold what it captured: leading parameters of the lowered function.
    pub captures: Vec<LocalId>,
    /// The result; `Unit` where there is none.
    pub ret: TyId,
    /// All variables.
    pub locals: Table<LocalId, Local>,
    /// The statements. A lambda's is one `Return`. Where the end can be reached, the result is
    /// `Unit` or a `Result` of it (then `Ok(None)` is to be returned).
    pub body: Block,
    /// The type parameters in its types, its own and those of what is around it. A function that
    /// has some is a pattern for its instances, and is not run itself.
    pub generics: Generics,
    /// Whether it has `yield`s: a call of it makes an `Iter`, and its body runs as that is walked.
    pub generator: bool,
    /// Whether `@export` stands before it.
    pub exported: bool,
    /// Whether `@test` stands before it.
    pub test: bool,
    /// Where the name stands.
    pub span: Span,
}

/// Type parameters with consecutive ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generics {
    /// The first.
    pub first: ParamId,
    /// How many there are.
    pub count: u32,
}

impl Generics {
    /// No type parameters.
    pub const NONE: Generics = Generics { first: ParamId(0), count: 0 };

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The position of a parameter among them.
    pub fn position(self, id: ParamId) -> Option<usize> {
        let at = id.0.checked_sub(self.first.0)?;
        (at < self.count).then_some(at as usize)
    }

    /// Their ids.
    pub fn ids(self) -> impl Iterator<Item = ParamId> {
        (self.first.0..self.first.0 + self.count).map(ParamId)
    }
}

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its variable.
    pub local: LocalId,
    /// How it takes its argument.
    pub mode: Mode,
}

/// A variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Local {
    /// The name.
    pub name: Symbol,
    /// The type.
    pub ty: TyId,
    /// Whether it can change after its first assignment.
    pub mutable: bool,
    /// Where it is declared.
    pub span: Span,
}
