//! Expressions with operators, by precedence. Operands are in `atom`.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

/// How tight an operator binds; the order is Python's, `??` stands between comparisons and `|`.
pub(super) mod power {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARE: u8 = 4;
    pub const COALESCE: u8 = 5;
    pub const BIT_OR: u8 = 6;
    pub const BIT_XOR: u8 = 7;
    pub const BIT_AND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const SUM: u8 = 10;
    pub const PRODUCT: u8 = 11;
    pub const SIGN: u8 = 12;
    pub const POWER: u8 = 13;
}

/// The operator of a token between two operands, with its power.
fn binary_op(kind: Tok) -> Option<(BinaryOp, u8)> {
    use BinaryOp::*;
    Some(match kind {
        Tok::Plus => (Add, power::SUM),
        Tok::Minus => (Sub, power::SUM),
        Tok::PlusWrap => (WrapAdd, power::SUM),
        Tok::MinusWrap => (WrapSub, power::SUM),
        Tok::Star => (Mul, power::PRODUCT),
        Tok::StarWrap => (WrapMul, power::PRODUCT),
        Tok::Slash => (Div, power::PRODUCT),
        Tok::SlashSlash => (FloorDiv, power::PRODUCT),
        Tok::Percent => (Mod, power::PRODUCT),
        Tok::At => (MatMul, power::PRODUCT),
        Tok::StarStar => (Pow, power::POWER),
        Tok::Shl => (Shl, power::SHIFT),
        Tok::Shr => (Shr, power::SHIFT),
        Tok::Amp => (And, power::BIT_AND),
        Tok::Pipe => (Or, power::BIT_OR),
        Tok::Caret => (Xor, power::BIT_XOR),
        _ => return None,
    })
}

/// Whether an operator between operands may begin with it: most operands are followed by none.
fn continues(kind: Tok) -> bool {
    use Tok::*;
    matches!(
        kind,
        Plus | Minus
            | Star
            | Slash
            | SlashSlash
            | Percent
            | At
            | StarStar
            | PlusWrap
            | MinusWrap
            | StarWrap
            | Shl
            | Shr
            | Amp
            | Pipe
            | Caret
            | And
            | Or
            | AmpAmp
            | PipePipe
            | Coalesce
            | EqEq
            | NotEq
            | EqEqEq
            | NotEqEq
            | Lt
            | Le
            | Gt
            | Ge
            | In
            | Is
            | Not
    )
}

/// The operator of `x op= y`.
pub(super) fn augmented_op(kind: Tok) -> Option<BinaryOp> {
    use BinaryOp::*;
    Some(match kind {
        Tok::PlusEq => Add,
        Tok::MinusEq => Sub,
        Tok::PlusWrapEq => WrapAdd,
        Tok::MinusWrapEq => WrapSub,
        Tok::StarEq => Mul,
        Tok::StarWrapEq => WrapMul,
        Tok::SlashEq => Div,
        Tok::SlashSlashEq => FloorDiv,
        Tok::PercentEq => Mod,
        Tok::AtEq => MatMul,
        Tok::StarStarEq => Pow,
        Tok::ShlEq => Shl,
        Tok::ShrEq => Shr,
        Tok::AmpEq => And,
        Tok::PipeEq => Or,
        Tok::CaretEq => Xor,
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression: a choice, a lambda, or operators.
    pub(super) fn expr(&mut self) -> ExprId {
        if self.quiet || !self.enter() {
            return self.error_expr();
        }
        let outer = std::mem::replace(&mut self.height, 0);
        let lo = self.token().lo;
        let expr = if self.at(Tok::Lambda) { self.lambda() } else { self.choice(lo) };
        self.height = self.height.max(outer);
        self.leave();
        expr
    }

    fn choice(&mut self, lo: u32) -> ExprId {
        let then = self.binary(power::OR);
        if !self.at(Tok::If) || self.quiet {
            return then;
        }
        self.bump();
        let cond = self.binary(power::OR);
        if !self.at(Tok::Else) && !self.quiet {
            let message = format!("expected `else`, found {}", self.found());
            let diag = Diagnostic::error(codes::EXPECTED, self.here(), message)
                .note("a choice has a value in both cases: `a if c else b`");
            self.error(diag);
        }
        self.eat(Tok::Else);
        let other = self.expr();
        let span = self.since(lo);
        self.expr_node(ExprKind::IfElse { cond, then, other }, span)
    }

    /// An expression or `name := value`.
    pub(super) fn named_expr(&mut self) -> ExprId {
        if !self.at(Tok::Name) || self.peek(1).kind != Tok::Walrus {
            return self.expr();
        }
        let token = self.bump();
        let name = self.make_ident(token);
        self.bump();
        let value = self.expr();
        let span = self.since(token.lo);
        self.expr_node(ExprKind::Walrus { name, value }, span)
    }

    /// Reports that an expression belongs here; takes nothing but `Bad` text.
    pub(super) fn error_expr(&mut self) -> ExprId {
        if !self.quiet {
            self.expected_expr();
        }
        if matches!(self.kind(), Tok::Bad | Tok::BadStr) {
            self.bump();
        }
        let span = self.gap();
        self.ast.push(Expr { kind: ExprKind::Error, span })
    }

    fn expected_expr(&mut self) {
        match self.kind() {
            Tok::Yield | Tok::Return | Tok::Pass | Tok::Break | Tok::Continue | Tok::Raise => {
                let word = self.kind().text();
                let message = format!("`{word}` is a statement and gives no value");
                self.error(Diagnostic::error(codes::NO_VALUE, self.here(), message));
            }
            Tok::Not => {
                let diag = Diagnostic::error(
                    codes::EXPECTED,
                    self.here(),
                    "`not` binds looser than the operator before it",
                )
                .help("put parentheses around `not ...`");
                self.error(diag);
            }
            Tok::Eq => {
                let message = "expected an expression, found `=`";
                self.error(Diagnostic::error(codes::EXPECTED, self.here(), message));
            }
            _ => self.expected("an expression"),
        }
    }

    /// Operators that bind at least as tight as `min`.
    pub(super) fn binary(&mut self, min: u8) -> ExprId {
        if self.quiet || !self.enter() {
            return self.error_expr();
        }
        let outer = std::mem::replace(&mut self.height, 0);
        let lo = self.token().lo;
        let mut lhs = self.prefix(min);
        while !self.quiet {
            let kind = self.kind();
            if !continues(kind) {
                break;
            }
            let Some(next) = self.infix(kind, lhs, lo, min) else { break };
            lhs = next;
        }
        self.height = self.height.max(outer);
        self.leave();
        lhs
    }

    fn prefix(&mut self, min: u8) -> ExprId {
        let token = self.token();
        let (op, power) = match token.kind {
            Tok::Minus => (UnaryOp::Neg, power::SIGN),
            Tok::Plus => (UnaryOp::Pos, power::SIGN),
            Tok::Tilde => (UnaryOp::Invert, power::SIGN),
            Tok::Not if min <= power::NOT => (UnaryOp::Not, power::NOT),
            Tok::Bang => {
                self.foreign_not();
                (UnaryOp::Not, power::SIGN)
            }
            Tok::Await => {
                self.foreign_await();
                return self.binary(min);
            }
            _ => return self.postfix(),
        };
        self.bump();
        let operand = self.binary(power);
        let span = self.since(token.lo);
        self.expr_node(ExprKind::Unary { op, operand }, span)
    }

    /// Takes an infix operator of at least `min` with its right operand.
    fn infix(&mut self, kind: Tok, lhs: ExprId, lo: u32, min: u8) -> Option<ExprId> {
        if let Some((op, power)) = binary_op(kind) {
            if power < min || self.counting(kind, lhs) {
                return None;
            }
            self.bump();
            // `2 ** -1`: the right side of a power may have a sign; it groups to the right.
            let rhs =
                if op == BinaryOp::Pow { self.binary(power::SIGN) } else { self.binary(power + 1) };
            let span = self.since(lo);
            return Some(self.expr_node(ExprKind::Binary { op, lhs, rhs }, span));
        }
        match kind {
            Tok::And | Tok::AmpAmp if min <= power::AND => {
                self.foreign_logic(kind);
                self.bump();
                let rhs = self.binary(power::AND + 1);
                let span = self.since(lo);
                let op = LogicOp::And;
                Some(self.expr_node(ExprKind::Logic { op, lhs, rhs }, span))
            }
            Tok::Or | Tok::PipePipe if min <= power::OR => {
                self.foreign_logic(kind);
                self.bump();
                let rhs = self.binary(power::OR + 1);
                let span = self.since(lo);
                Some(self.expr_node(ExprKind::Logic { op: LogicOp::Or, lhs, rhs }, span))
            }
            Tok::Coalesce if min <= power::COALESCE => {
                self.bump();
                let rhs = self.binary(power::COALESCE);
                let span = self.since(lo);
                Some(self.expr_node(ExprKind::Coalesce { lhs, rhs }, span))
            }
            _ if min <= power::COMPARE => self.comparison(lhs, lo),
            _ => None,
        }
    }

    /// The comparison operator that begins here, with its number of tokens.
    fn compare_op(&self) -> Option<(CmpOp, usize)> {
        Some(match self.kind() {
            Tok::EqEq | Tok::EqEqEq => (CmpOp::Eq, 1),
            Tok::NotEq | Tok::NotEqEq => (CmpOp::Ne, 1),
            Tok::Lt => (CmpOp::Lt, 1),
            Tok::Le => (CmpOp::Le, 1),
            Tok::Gt => (CmpOp::Gt, 1),
            Tok::Ge => (CmpOp::Ge, 1),
            Tok::In => (CmpOp::In, 1),
            Tok::Not if self.peek(1).kind == Tok::In => (CmpOp::NotIn, 2),
            Tok::Is if self.peek(1).kind == Tok::Not => (CmpOp::IsNot, 2),
            Tok::Is => (CmpOp::Is, 1),
            _ => return None,
        })
    }

    fn comparison(&mut self, first: ExprId, lo: u32) -> Option<ExprId> {
        self.compare_op()?;
        let mut one = None;
        let mut more = Vec::new();
        while let Some((op, tokens)) = self.compare_op() {
            self.foreign_equality();
            let op_lo = self.token().lo;
            self.at += tokens;
            let span = self.since(op_lo);
            let rhs = self.binary(power::COMPARE + 1);
            let link = CmpLink { op, rhs, span };
            match one {
                None => one = Some(link),
                Some(_) => more.push(link),
            }
            if self.quiet {
                break;
            }
        }
        let links = self.ast.push_list(one.into_iter().chain(more));
        let span = self.since(lo);
        Some(self.expr_node(ExprKind::Compare { first, links }, span))
    }

    /// `lambda a, b: body`
    fn lambda(&mut self) -> ExprId {
        let lo = self.bump().lo;
        let params = self.lambda_params();
        self.expect(Tok::Colon);
        let body = self.expr();
        let span = self.since(lo);
        self.expr_node(ExprKind::Lambda { params, body }, span)
    }
}
