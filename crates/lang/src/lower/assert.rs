//! `assert`: a branch, and the words that the trap says.
//!
//! Where the condition is one comparison, the words show both of its values. They are made only
//! where it fails.

use kaa_ir::{Block, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use crate::hir::{CmpOp, ExprId, ExprKind, TyId};

/// The values that a comparison compared, of one type.
struct Sides {
    ty: TyId,
    left: Vals,
    right: Vals,
}

impl Body<'_, '_, '_> {
    /// `assert cond, message`
    pub fn assert(&mut self, cond: ExprId, message: Option<ExprId>) {
        let (good, bad) = (self.b.create_block(), self.b.create_block());
        let sides = self.branch_on_sides(cond, good, bad);
        self.open(bad);
        let text = match message {
            Some(message) => self.expr1(message),
            None => self.b.str("assertion failed"),
        };
        let text = match sides {
            Some(sides) => self.with_sides(text, &sides),
            None => text,
        };
        self.rt(natives::ASSERT_FAIL, &[text], &[]);
        self.trap(kaa_ir::TrapKind::AssertionFailed);
        self.open(good);
    }

    /// Branches on a condition as `branch_on` does. Of a single comparison it gives both sides.
    fn branch_on_sides(&mut self, cond: ExprId, yes: Block, no: Block) -> Option<Sides> {
        let program = self.cx.program;
        let e = program.tree[cond];
        if let ExprKind::Compare { first, links } = e.kind
            && let [link] = &program.tree[links]
            && !matches!(link.op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot)
        {
            let outer = self.b.loc();
            let loc = self.cx.loc(e.span);
            self.b.set_loc(loc);
            let left = self.expr(first);
            let (holds, right) = self.link(first, &left, *link);
            self.b.branch(holds, yes, no);
            self.b.set_loc(outer);
            return Some(Sides { ty: program.tree[first].ty, left, right });
        }
        self.branch_on(cond, yes, no);
        None
    }

    /// A message with the values of both sides of the comparison that failed, a line each.
    fn with_sides(&mut self, message: Value, sides: &Sides) -> Value {
        self.in_buffer(|s, sb| {
            s.put_str(sb, TyId::STR, &[message]);
            for (name, vals) in [("\n  left: ", &sides.left), ("\n right: ", &sides.right)] {
                s.put_text(sb, name);
                s.put_repr(sb, sides.ty, vals);
            }
        })
    }
}
