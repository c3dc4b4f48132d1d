//! Comparisons: equality, order, chains and membership, for values of every type; hashes.
//!
//! Scalars and texts compare by operations, structs and tuples leaf by leaf, objects by natives
//! that go by the layout. Options and results compare like tuples: what is absent is zero.

use kaa_ir::{Block, Inst, TypeId, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use super::own::Question;
use crate::hir::{CmpLink, CmpOp, ExprId, List, Ty, TyId};

/// The method that `<=` of sets is.
const SUBSET: &str = "set.issubset";
/// The method that says how often some bytes lie in others.
const BYTES_COUNT: &str = "bytes.count";

impl Body<'_, '_, '_> {
    /// A chain of comparisons as a value.
    pub fn compare(&mut self, first: ExprId, links: List<CmpLink>) -> Value {
        if links.len() > 1 {
            let (yes, no) = (self.b.create_block(), self.b.create_block());
            self.compare_to(first, links, yes, no);
            let then = |s: &mut Self| vec![s.bool(true)];
            return self.join(&[ValTy::Bool], yes, no, then, |s| vec![s.bool(false)])[0];
        }
        let program = self.cx.program;
        let link = program.tree[links][0];
        let lhs = self.expr(first);
        self.link(first, &lhs, link).0
    }

    /// A chain of comparisons as control flow; the two blocks are not sealed.
    pub fn compare_to(&mut self, first: ExprId, links: List<CmpLink>, yes: Block, no: Block) {
        let program = self.cx.program;
        let links = &program.tree[links];
        let mut lhs = self.expr(first);
        let mut lhs_id = first;
        for (i, link) in links.iter().enumerate() {
            let (holds, rhs) = self.link(lhs_id, &lhs, *link);
            if i + 1 == links.len() {
                self.b.branch(holds, yes, no);
            } else {
                let more = self.b.create_block();
                self.b.branch(holds, more, no);
                self.open(more);
            }
            (lhs, lhs_id) = (rhs, link.rhs);
        }
    }

    /// One comparison, with the value of its right operand.
    pub fn link(&mut self, lhs_id: ExprId, lhs: &[Value], link: CmpLink) -> (Value, Vals) {
        let program = self.cx.program;
        let ty = program.tree[lhs_id].ty;
        if matches!(link.op, CmpOp::In | CmpOp::NotIn) {
            let negated = link.op == CmpOp::NotIn;
            let container = self.expr(link.rhs);
            let of = program.tree[link.rhs].ty;
            return (self.contains((lhs, ty), (&container, of), negated), container);
        }
        let rhs = self.expr(link.rhs);
        (self.compare_values(link.op, ty, lhs, &rhs), rhs)
    }

    /// Compares two values of one type.
    pub fn compare_values(&mut self, op: CmpOp, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        let own = self.cx.has_own(ty, Question::Equal);
        match op {
            CmpOp::Eq => self.equal(ty, a, b),
            CmpOp::Is | CmpOp::IsNot => {
                let same = match (a, b) {
                    ([a], [b]) => self.same_object(*a, *b),
                    _ => self.bool(false),
                };
                match op {
                    CmpOp::Is => same,
                    _ => self.b.ins1(Inst::Not { t: ValTy::Bool, a: same }),
                }
            }
            CmpOp::Ne => match (a, b) {
                ([a], [b]) if !own && is_number(self.b.ty(*a)) => {
                    let t = self.b.ty(*a);
                    self.b.ins1(Inst::Ne { t, a: *a, b: *b })
                }
                _ => {
                    let equal = self.equal(ty, a, b);
                    self.b.ins1(Inst::Not { t: ValTy::Bool, a: equal })
                }
            },
            _ => self.ordered(op, ty, a, b),
        }
    }

    fn ordered(&mut self, op: CmpOp, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        if let ([x], [y]) = (a, b)
            && matches!(self.ty(ty), Ty::Int(_) | Ty::Float(_) | Ty::Char)
        {
            let (t, a, b) = (self.b.ty(*x), *x, *y);
            return self.b.ins1(match op {
                CmpOp::Lt => Inst::Lt { t, a, b },
                CmpOp::Le => Inst::Le { t, a, b },
                CmpOp::Gt => Inst::Gt { t, a, b },
                _ => Inst::Ge { t, a, b },
            });
        }
        if let (Ty::Set(_), [a], [b]) = (self.ty(ty), a, b) {
            return self.contained(op, *a, *b);
        }
        let order = self.order_of(ty, a, b);
        let (t, a, b) = (ValTy::I64, order, self.b.i64(0));
        self.b.ins1(match op {
            CmpOp::Lt => Inst::Lt { t, a, b },
            CmpOp::Le => Inst::Le { t, a, b },
            CmpOp::Gt => Inst::Gt { t, a, b },
            _ => Inst::Ge { t, a, b },
        })
    }

    /// The comparisons of sets: whether one holds the other.
    fn contained(&mut self, op: CmpOp, a: Value, b: Value) -> Value {
        let (small, large) = match op {
            CmpOp::Lt | CmpOp::Le => (a, b),
            _ => (b, a),
        };
        let inside = self.rt1(SUBSET, &[small, large], ValTy::Bool);
        if matches!(op, CmpOp::Le | CmpOp::Ge) {
            return inside;
        }
        let a = self.rt1(natives::MAP_LEN, &[small], ValTy::I64);
        let b = self.rt1(natives::MAP_LEN, &[large], ValTy::I64);
        let fewer = self.b.ins1(Inst::Lt { t: ValTy::I64, a, b });
        self.b.ins1(Inst::And { t: ValTy::Bool, a: inside, b: fewer })
    }

    /// Whether two values of one type are equal.
    pub fn equal(&mut self, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        if self.ty(ty) == Ty::Range {
            return self.equal_ranges(a, b);
        }
        if self.cx.has_own(ty, Question::Equal) {
            return self.ask(Question::Equal, ty, a, b);
        }
        self.equal_leaves(a, b)
    }

    /// Two ranges are equal where they give the same numbers.
    fn equal_ranges(&mut self, a: &[Value], b: &[Value]) -> Value {
        let lists = [a, b].map(|r| self.range_list(r));
        self.rt1(natives::OBJ_EQ, &lists, ValTy::Bool)
    }

    pub fn equal_leaves(&mut self, a: &[Value], b: &[Value]) -> Value {
        let pairs: Vec<_> = a.iter().copied().zip(b.iter().copied()).collect();
        let Some((&(first_a, first_b), rest)) = pairs.split_first() else {
            return self.bool(true);
        };
        let first = self.equal_leaf(first_a, first_b);
        if rest.is_empty() {
            return first;
        }
        let (more, done) = (self.b.create_block(), self.b.create_block());
        let result = self.fresh(&[ValTy::Bool]);
        let no = self.bool(false);
        self.define(&result, &[no]);
        self.b.branch(first, more, done);
        self.open(more);
        for (i, &(x, y)) in rest.iter().enumerate() {
            let equal = self.equal_leaf(x, y);
            if i + 1 == rest.len() {
                self.define(&result, &[equal]);
                self.goto(done);
            } else {
                let more = self.b.create_block();
                self.b.branch(equal, more, done);
                self.open(more);
            }
        }
        self.open(done);
        self.values(&result)[0]
    }

    fn equal_leaf(&mut self, a: Value, b: Value) -> Value {
        match self.nullable_of(a, b) {
            t if self.has_identity(t) => self.same_object(a, b),
            ValTy::Ref(TypeId::STR | TypeId::BYTES) => self.b.ins1(Inst::StrEq { a, b }),
            ValTy::Ref(_) => self.rt1(natives::OBJ_EQ, &[a, b], ValTy::Bool),
            ValTy::RefNull(_) => self.with_both_present(
                a,
                b,
                ValTy::Bool,
                |s, x, y| s.equal_leaf(x, y),
                |s, x, y| s.b.ins1(Inst::Eq { t: ValTy::Bool, a: x, b: y }),
            ),
            t => self.b.ins1(Inst::Eq { t, a, b }),
        }
    }

    /// The type that both leaves have: that of the nullable one, where one is known to be there.
    fn nullable_of(&self, a: Value, b: Value) -> ValTy {
        match self.b.ty(b) {
            t @ ValTy::RefNull(_) => t,
            _ => self.b.ty(a),
        }
    }

    /// Compares two nullable references: by value where both are there, else by which is null.
    fn with_both_present(
        &mut self,
        a: Value,
        b: Value,
        result: ValTy,
        present: impl FnOnce(&mut Self, Value, Value) -> Value,
        absent: impl FnOnce(&mut Self, Value, Value) -> Value,
    ) -> Value {
        let (no_a, no_b) = (self.b.ins1(Inst::IsNull { a }), self.b.ins1(Inst::IsNull { a: b }));
        let either = self.b.ins1(Inst::Or { t: ValTy::Bool, a: no_a, b: no_b });
        self.choose(
            either,
            &[result],
            |s| vec![absent(s, no_a, no_b)],
            |s| {
                let a = s.b.ins1(Inst::AsNonNull { a });
                let b = s.b.ins1(Inst::AsNonNull { a: b });
                vec![present(s, a, b)]
            },
        )[0]
    }

    /// The order of two values of a type.
    pub fn order_of(&mut self, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        match self.cx.has_own(ty, Question::Order) {
            true => self.ask(Question::Order, ty, a, b),
            false => self.order(a, b),
        }
    }

    /// The order of two values by their leaves: negative, zero or positive.
    pub fn order(&mut self, a: &[Value], b: &[Value]) -> Value {
        let result = self.fresh(&[ValTy::I64]);
        let done = self.b.create_block();
        let zero = self.b.i64(0);
        self.define(&result, &[zero]);
        for (i, (&x, &y)) in a.iter().zip(b).enumerate() {
            let order = self.order_leaf(x, y);
            self.define(&result, &[order]);
            if i + 1 < a.len() {
                let more = self.b.create_block();
                let equal = self.b.ins1(Inst::Eq { t: ValTy::I64, a: order, b: zero });
                self.b.branch(equal, more, done);
                self.open(more);
            }
        }
        self.goto(done);
        self.open(done);
        self.values(&result)[0]
    }

    fn order_leaf(&mut self, a: Value, b: Value) -> Value {
        match self.nullable_of(a, b) {
            ValTy::Ref(TypeId::STR | TypeId::BYTES) => self.b.ins1(Inst::StrCmp { a, b }),
            ValTy::Ref(_) => self.rt1(natives::OBJ_CMP, &[a, b], ValTy::I64),
            ValTy::RefNull(_) => self.with_both_present(
                a,
                b,
                ValTy::I64,
                |s, x, y| s.order_leaf(x, y),
                // The absent one comes first.
                |s, x, y| s.order_leaf(y, x),
            ),
            ValTy::Bool => {
                let a = self.widen(a, ValTy::I64);
                let b = self.widen(b, ValTy::I64);
                self.b.ins1(Inst::Sub { t: ValTy::I64, a, b })
            }
            t => {
                let above = self.b.ins1(Inst::Gt { t, a, b });
                let below = self.b.ins1(Inst::Lt { t, a, b });
                let a = self.widen(above, ValTy::I64);
                let b = self.widen(below, ValTy::I64);
                self.b.ins1(Inst::Sub { t: ValTy::I64, a, b })
            }
        }
    }

    /// `x in container`.
    fn contains(
        &mut self,
        (item, item_ty): (&[Value], TyId),
        (container, ty): (&[Value], TyId),
        negated: bool,
    ) -> Value {
        let program = self.cx.program;
        let container = match self.ty(ty) {
            Ty::View(_) => vec![self.view_list(container)],
            _ => container.to_vec(),
        };
        let mut args = vec![container.first().copied().unwrap_or(Value(0))];
        args.extend(self.stored(item.to_vec()));
        let found = match self.ty(ty) {
            Ty::List(elem) | Ty::View(elem) | Ty::Iter(elem)
                if self.cx.has_own(elem, Question::Equal) =>
            {
                let at = self.own_position(args[0], elem, item);
                let b = self.b.i64(0);
                self.b.ins1(Inst::Ge { t: ValTy::I64, a: at, b })
            }
            Ty::List(_) | Ty::View(_) | Ty::Iter(_) => {
                self.rt1(natives::LIST_CONTAINS, &args, ValTy::Bool)
            }
            Ty::Dict(..) => self.rt1(natives::DICT_CONTAINS, &args, ValTy::Bool),
            Ty::Set(_) => self.rt1(natives::SET_CONTAINS, &args, ValTy::Bool),
            Ty::Bytes if self.ty(item_ty) == Ty::Bytes => {
                let a = self.rt1(BYTES_COUNT, &args, ValTy::I64);
                let b = self.b.i64(0);
                self.b.ins1(Inst::Ne { t: ValTy::I64, a, b })
            }
            Ty::Bytes => self.rt1(natives::BYTES_CONTAINS, &args, ValTy::Bool),
            Ty::Str => {
                if self.ty(item_ty) == Ty::Char {
                    args[1] = self.rt1(natives::FMT_CHAR, &[args[1]], ValTy::STR);
                }
                self.rt1(natives::STR_CONTAINS, &args, ValTy::Bool)
            }
            Ty::Range => {
                let mut args = container;
                args.extend(item);
                self.rt1(natives::RANGE_CONTAINS, &args, ValTy::Bool)
            }
            Ty::Tuple(items) => {
                let mut found = self.bool(false);
                for (i, &part) in program.tys.items(items).iter().enumerate() {
                    let (range, _) = self.cx.layouts.field(ty, i as u32);
                    let equal = self.equal(part, item, &container[range]);
                    found = self.b.ins1(Inst::Or { t: ValTy::Bool, a: found, b: equal });
                }
                found
            }
            _ => self.bool(false),
        };
        if negated { self.b.ins1(Inst::Not { t: ValTy::Bool, a: found }) } else { found }
    }

    /// The hash of a value.
    pub fn hash(&mut self, vals: &[Value]) -> Value {
        let mut state = self.b.i64(0);
        for &v in vals {
            let t = self.b.ty(v);
            let (name, v) = match t {
                ValTy::F32 | ValTy::F64 => (natives::HASH_FLOAT, self.widen(v, ValTy::F64)),
                ValTy::Ref(_) | ValTy::RefNull(_) => (natives::HASH_OBJ, v),
                ValTy::U64 => {
                    (natives::HASH_INT, self.b.ins1(Inst::ConvertWrap { t: ValTy::I64, a: v }))
                }
                _ => (natives::HASH_INT, self.widen(v, ValTy::I64)),
            };
            state = self.rt1(name, &[state, v], ValTy::I64);
        }
        state
    }
}

/// Whether `ne` of IR is Python's `!=` for the type.
fn is_number(t: ValTy) -> bool {
    t.is_int() || t.is_float() || t == ValTy::Bool
}
