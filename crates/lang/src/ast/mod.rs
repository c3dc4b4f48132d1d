//! The syntax tree: what was written, nothing inferred.
//!
//! One [`Ast`] holds the files of a program. Nodes live in arenas and name each other by typed
//! 32-bit ids; sequences are [`List`]s, ranges of side pools. Both are read by indexing the tree:
//!
//! ```ignore
//! let expr: &Expr = &ast[expr_id];
//! if let ExprKind::Call { callee, args } = expr.kind {
//!     for arg in &ast[args] { /* arg: &Arg */ }
//! }
//! ```
//!
//! Every kind is `Copy`, so code may match on `ast[id].kind` by value. Expressions are in `expr`,
//! statements, targets and patterns in `stmt`, declarations and type expressions in `item`. The
//! parser (`parse`) builds the tree; `dump` prints it.

pub mod dump;
mod expr;
mod item;
mod stmt;

pub use expr::*;
pub use item::*;
pub use stmt::*;

use crate::intern::Symbol;
use kaa_base::span::{FileId, Span};
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};

/// A name with its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The interned name.
    pub name: Symbol,
    /// Where it stands.
    pub span: Span,
}

/// The word before a parameter, an argument or a function type's parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mark {
    /// No word: read only.
    #[default]
    Plain,
    /// `mut`: exclusive, the caller sees the change.
    Mut,
    /// `own`: taken over.
    Own,
}

/// A range of the pool of `T` in the tree it belongs to; read it as `&ast[list]`.
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

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.start, self.len)
    }
}

/// The statements of a suite.
pub type Block = List<StmtId>;

/// Declares the arenas (id, node, field) and the pools (element, field) of the tree.
macro_rules! tree {
    (
        arenas { $($(#[$doc:meta])* $id:ident => $node:ty, $field:ident;)* }
        pools { $($elem:ty, $pool:ident;)* }
    ) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
            pub struct $id(NonZeroU32);

            impl $id {
                /// Position in its arena, from 0: usable to index a side table.
                pub fn index(self) -> usize {
                    self.0.get() as usize - 1
                }
            }

            impl Index<$id> for Ast {
                type Output = $node;

                fn index(&self, id: $id) -> &$node {
                    &self.$field[id.index()]
                }
            }

            impl IndexMut<$id> for Ast {
                fn index_mut(&mut self, id: $id) -> &mut $node {
                    &mut self.$field[id.index()]
                }
            }

            impl Push<$node> for Ast {
                type Id = $id;

                fn push(&mut self, node: $node) -> $id {
                    self.$field.push(node);
                    // A file is at most 256 MiB and a node takes at least a byte of it, apart
                    // from a bounded number per token, so the count stays below `u32::MAX`.
                    let count = u32::try_from(self.$field.len()).unwrap_or(u32::MAX);
                    $id(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN))
                }
            }
        )*

        $(
            impl Index<List<$elem>> for Ast {
                type Output = [$elem];

                fn index(&self, list: List<$elem>) -> &[$elem] {
                    let start = list.start as usize;
                    &self.$pool[start..start + list.len as usize]
                }
            }

            impl PushList<$elem> for Ast {
                fn push_list(&mut self, items: impl IntoIterator<Item = $elem>) -> List<$elem> {
                    let start = self.$pool.len();
                    self.$pool.extend(items);
                    let len = self.$pool.len() - start;
                    List { start: start as u32, len: len as u32, of: PhantomData }
                }
            }
        )*

        /// The tree of the files of a program.
        #[derive(Clone, Debug, Default)]
        pub struct Ast {
            /// The first file.
            pub file: FileId,
            /// Its statements. Those of others are with whoever read them.
            pub body: Block,
            $($field: Vec<$node>,)*
            $($pool: Vec<$elem>,)*
        }

        impl Ast {
            $(
                /// All nodes of this arena, in the order of their ids.
                pub fn $field(&self) -> &[$node] {
                    &self.$field
                }
            )*
        }
    };
}

/// Adding a node to its arena.
pub trait Push<N> {
    /// The id of such a node.
    type Id;

    /// Adds a node.
    fn push(&mut self, node: N) -> Self::Id;
}

/// Adding a sequence to its pool.
pub trait PushList<T> {
    /// Adds a sequence.
    fn push_list(&mut self, items: impl IntoIterator<Item = T>) -> List<T>;
}

tree! {
    arenas {
        /// Names an [`Expr`].
        ExprId => Expr, exprs;
        /// Names a [`Stmt`].
        StmtId => Stmt, stmts;
        /// Names a [`Target`].
        TargetId => Target, targets;
        /// Names a [`Pattern`].
        PatId => Pattern, patterns;
        /// Names a [`TypeExpr`].
        TypeId => TypeExpr, types;
        /// Names a [`FnDecl`].
        FnId => FnDecl, fns;
        /// Names a [`TypeDecl`].
        DeclId => TypeDecl, decls;
        /// Names an [`ExtendDecl`].
        ExtendId => ExtendDecl, extends;
        /// Names the value of an integer literal.
        IntId => u128, ints;
        /// Names the value of a float literal.
        FloatId => f64, floats;
        /// Names the value of a bytes literal.
        BytesId => Box<[u8]>, bytes;
    }
    pools {
        ExprId, expr_lists;
        StmtId, stmt_lists;
        TargetId, target_lists;
        PatId, pat_lists;
        TypeId, type_lists;
        FnId, fn_lists;
        Ident, idents;
        Arg, args;
        CmpLink, cmp_links;
        DictItem, dict_items;
        CompClause, comp_clauses;
        FPart, fparts;
        IfArm, if_arms;
        Case, cases;
        PatArg, pat_args;
        WithItem, with_items;
        ImportItem, import_items;
        ImportName, import_names;
        Param, params;
        GenericParam, generic_params;
        FnTypeParam, fn_type_params;
        Field, fields;
        Variant, variants;
        AssocType, assoc_types;
        Decorator, decorators;
    }
}

impl Ast {
    /// Makes room for what this many tokens usually hold: four expressions for ten.
    pub fn make_room(&mut self, tokens: usize) {
        self.exprs.reserve(tokens / 5 * 2);
    }

    /// Kind of an expression.
    pub fn expr(&self, id: ExprId) -> ExprKind {
        self[id].kind
    }

    /// Kind of a statement.
    pub fn stmt(&self, id: StmtId) -> StmtKind {
        self[id].kind
    }

    /// Kind of a type expression.
    pub fn type_expr(&self, id: TypeId) -> TypeKind {
        self[id].kind
    }

    /// Kind of a pattern.
    pub fn pattern(&self, id: PatId) -> PatKind {
        self[id].kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stay_small() {
        assert!(size_of::<Expr>() <= 40, "{}", size_of::<Expr>());
        assert!(size_of::<Stmt>() <= 48, "{}", size_of::<Stmt>());
        assert!(size_of::<Pattern>() <= 48, "{}", size_of::<Pattern>());
        assert!(size_of::<TypeExpr>() <= 48, "{}", size_of::<TypeExpr>());
        assert_eq!(size_of::<Option<ExprId>>(), 4);
    }
}
