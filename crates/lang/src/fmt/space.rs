//! Blanks between two atoms of a line.

use super::atoms::{Atoms, Group, RawLine};
use crate::lex::token::Tok;

/// For each atom, whether a blank stands before it in an unbroken line.
pub fn blanks(atoms: &Atoms<'_>) -> Vec<bool> {
    let mut out = Vec::with_capacity(atoms.len());
    for &RawLine { start, end, .. } in &atoms.lines {
        out.push(false);
        out.extend((start + 1..end).map(|at| Pair { atoms, line: start, end, at }.blank()));
    }
    out
}

/// An atom and the one before it on its line.
struct Pair<'p, 'a> {
    atoms: &'p Atoms<'a>,
    line: usize,
    end: usize,
    at: usize,
}

impl Pair<'_, '_> {
    fn blank(&self) -> bool {
        use Tok::*;
        let (at, atoms) = (self.at, self.atoms);
        let (left, right) = (atoms.kinds[at - 1], atoms.kinds[at]);
        match (left, right) {
            (LParen | LBracket | LBrace, _) | (_, RParen | RBracket | RBrace) => false,
            (_, Comma | Semi | Question) => false,
            (_, Coalesce) if self.ends_type(at) => false,
            (Comma | Semi, _) => true,
            (Dot | Ellipsis, Import) | (From, Dot | Ellipsis) => true,
            (Ellipsis, _) if atoms.kinds[self.line] == From => false,
            // A dot right behind a number would be part of it.
            (Int, Dot) => atoms.his[at - 1] < atoms.los[at],
            (Dot, _) | (_, Dot) => false,
            (_, Colon) => self.slice_blank(at) && left != Colon,
            (Colon, _) => atoms.slice[at - 1].is_none() || self.slice_blank(at - 1),
            (At, _) => at - 1 != self.line,
            (_, Eq) => !atoms.tight[at],
            (Eq, _) => !atoms.tight[at - 1],
            (Minus | Plus | Star | StarStar | Tilde, _) if self.is_sign(at - 1) => false,
            (_, LParen | LBracket) => {
                matches!(atoms.groups[at], Group::Paren | Group::List) || left.is_operator_word()
            }
            (_, StarStar) if !self.is_sign(at) => !self.hugs(at),
            (StarStar, _) => !self.hugs(at - 1),
            _ => true,
        }
    }

    /// Whether a colon is one of a slice that has blanks around it.
    fn slice_blank(&self, colon: usize) -> bool {
        self.atoms.slice[colon] == Some(true)
    }

    /// Whether `??` ends the type of an option of an option: nothing follows that it could be
    /// the operator for.
    fn ends_type(&self, at: usize) -> bool {
        use Tok::*;
        let next = self.atoms.kinds[..self.end].get(at + 1);
        let closes = [RParen, RBracket, Comma, Colon, Eq, Question, Coalesce];
        next.is_none_or(|next| closes.contains(next))
    }

    /// Whether an operator has one side only.
    fn is_sign(&self, at: usize) -> bool {
        at == self.line || !self.atoms.ends_operand(at - 1)
    }

    /// Whether the power operator at this place stands between plain names or numbers.
    fn hugs(&self, op: usize) -> bool {
        self.plain_before(op) && self.plain_behind(op)
    }

    fn plain_before(&self, op: usize) -> bool {
        let kinds = &self.atoms.kinds;
        let mut at = op - 1;
        while at >= self.line + 2 && kinds[at] == Tok::Name && kinds[at - 1] == Tok::Dot {
            at -= 2;
        }
        matches!(kinds[at], Tok::Name | Tok::Int | Tok::Float)
    }

    fn plain_behind(&self, op: usize) -> bool {
        let kinds = &self.atoms.kinds[..self.end];
        let kind = |at: usize| kinds.get(at).copied().unwrap_or(Tok::Eof);
        let mut at = op + 1;
        at += usize::from(kind(at) == Tok::Minus);
        if !matches!(kind(at), Tok::Name | Tok::Int | Tok::Float) {
            return false;
        }
        while kind(at + 1) == Tok::Dot && kind(at + 2) == Tok::Name {
            at += 2;
        }
        !matches!(kind(at + 1), Tok::LParen | Tok::LBracket | Tok::Dot | Tok::Question)
    }
}

impl Tok {
    /// Whether a bracket behind this word is an operand of its own.
    fn is_operator_word(self) -> bool {
        self.is_keyword() && !matches!(self, Tok::Fn | Tok::None | Tok::True | Tok::False)
    }
}
