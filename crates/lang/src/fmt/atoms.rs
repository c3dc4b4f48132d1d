//! The words of a source as the formatter sees them: tokens with their text, brackets matched.
//!
//! An f-string is one atom. Where each atom may be parted from the one before is decided here
//! too, because it takes the same walk over brackets: see [`Atoms::rank`].

use crate::lex::lex;
use crate::lex::token::Tok;
use kaa_base::span::FileId;
use std::borrow::Cow;

/// What a bracket is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Arguments, parameters, fields.
    Call,
    /// The parameters of a function type.
    FnType,
    /// `[...]` behind a value: an index, a slice or type arguments.
    Index,
    /// `[...]` behind the name of a declaration.
    Generics,
    /// Parentheses around a value or a list of names.
    Paren,
    /// A list or a pattern of one.
    List,
    /// A dict or a set.
    Brace,
}

/// How closely the parts around an atom belong together: lines are parted at high ranks first.
pub mod rank {
    /// Nowhere to part.
    pub const NONE: u8 = 0;
    /// Operators from `*` up to `or`, and a ternary's words above them.
    pub const OPERATORS: std::ops::RangeInclusive<u8> = 3..=16;
    /// Between adjacent strings.
    pub const STRINGS: u8 = 12;
    /// A comma.
    pub const COMMA: u8 = 18;
    /// The clauses of a comprehension.
    pub const CLAUSE: u8 = 20;
}

/// The atoms of a file, with what is known about each.
pub struct Atoms<'a> {
    pub kinds: Vec<Tok>,
    pub texts: Vec<Cow<'a, str>>,
    pub los: Vec<u32>,
    pub his: Vec<u32>,
    /// The other bracket of a bracket, otherwise the atom itself.
    pub partner: Vec<u32>,
    /// What an opening bracket is for.
    pub groups: Vec<Group>,
    /// How a line is parted before the atom, behind it for a comma: see `rank`.
    pub rank: Vec<u8>,
    /// Colons of slices, and whether they stand apart.
    pub slice: Vec<Option<bool>>,
    /// `=` of keyword arguments and plain defaults.
    pub tight: Vec<bool>,
    /// Names that are words here, such as `match`.
    pub soft: Vec<bool>,
    /// The level of indentation and the end of the line, for each line.
    pub lines: Vec<RawLine>,
}

/// A line of the source: the atoms `start..end` and how deep they stand.
#[derive(Clone, Copy, Debug)]
pub struct RawLine {
    pub start: usize,
    pub end: usize,
    pub depth: usize,
}

impl<'a> Atoms<'a> {
    /// The atoms of a source that parses.
    pub fn of(text: &'a str, soft_words: &[u32]) -> Atoms<'a> {
        let mut atoms = Atoms::read(text, soft_words);
        for line in 0..atoms.lines.len() {
            let RawLine { start, end, .. } = atoms.lines[line];
            Walk::over(&mut atoms, start, end);
        }
        atoms
    }

    /// The number of atoms.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    fn read(text: &'a str, soft_words: &[u32]) -> Atoms<'a> {
        let tokens = lex(FileId(0), text).tokens;
        let mut atoms = Atoms {
            kinds: Vec::new(),
            texts: Vec::new(),
            los: Vec::new(),
            his: Vec::new(),
            partner: Vec::new(),
            groups: Vec::new(),
            rank: Vec::new(),
            slice: Vec::new(),
            tight: Vec::new(),
            soft: Vec::new(),
            lines: Vec::new(),
        };
        let (mut depth, mut start, mut strings) = (0, 0, 0u32);
        let mut string_lo = 0;
        for token in tokens {
            match token.kind {
                Tok::Indent => depth += 1,
                Tok::Dedent => depth -= 1,
                Tok::Newline | Tok::Eof => {
                    let end = atoms.len();
                    if end > start {
                        atoms.lines.push(RawLine { start, end, depth });
                    }
                    start = end;
                }
                Tok::FStart => {
                    strings += 1;
                    string_lo = if strings == 1 { token.lo } else { string_lo };
                }
                Tok::FEnd => {
                    strings -= 1;
                    if strings == 0 {
                        atoms.push(text, Tok::Str, string_lo, token.hi, false);
                    }
                }
                _ if strings > 0 => {}
                kind => {
                    let soft = kind == Tok::Name && soft_words.binary_search(&token.lo).is_ok();
                    atoms.push(text, kind, token.lo, token.hi, soft);
                }
            }
        }
        atoms
    }

    fn push(&mut self, text: &'a str, kind: Tok, lo: u32, hi: u32, soft: bool) {
        let shown = text.get(lo as usize..hi as usize).unwrap_or("");
        self.partner.push(self.kinds.len() as u32);
        self.kinds.push(kind);
        self.texts.push(if kind == Tok::Str { quoted(shown) } else { Cow::Borrowed(shown) });
        self.los.push(lo);
        self.his.push(hi);
        self.groups.push(Group::Paren);
        self.rank.push(rank::NONE);
        self.slice.push(None);
        self.tight.push(false);
        self.soft.push(soft);
    }

    /// Whether an operand ends with this atom, so that an operator behind it has two sides.
    pub fn ends_operand(&self, at: usize) -> bool {
        use Tok::*;
        let kind = self.kinds[at];
        (kind == Name && !self.soft[at])
            || matches!(
                kind,
                Int | Float | Str | RParen | RBracket | RBrace | True | False | None | Question
            )
            || kind == Ellipsis
    }
}

/// A plain string between double quotes, if that changes nothing else of it.
fn quoted(text: &str) -> Cow<'_, str> {
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match inner {
        Some(inner) if !inner.contains(['"', '\\', '\'', '\n']) => {
            Cow::Owned(format!("\"{inner}\""))
        }
        _ => Cow::Borrowed(text),
    }
}

/// What is known about the bracket that the walk is in.
#[derive(Clone, Copy)]
struct Frame {
    open: usize,
    group: Group,
    /// A colon was seen in this item.
    typed: bool,
    /// Open lambda headers.
    lambdas: u32,
    /// Behind a lambda's colon: the rest of the item is its body.
    in_body: bool,
    /// A `for` was seen; its `in` was not.
    for_header: bool,
    /// A `for` was seen: what follows are clauses.
    clauses: bool,
}

impl Frame {
    fn new(open: usize, group: Group) -> Frame {
        Frame {
            open,
            group,
            typed: false,
            lambdas: 0,
            in_body: false,
            for_header: false,
            clauses: false,
        }
    }
}

/// One pass over the atoms of a line.
struct Walk<'w, 'a> {
    atoms: &'w mut Atoms<'a>,
    start: usize,
    frames: Vec<Frame>,
}

impl Walk<'_, '_> {
    fn over(atoms: &mut Atoms<'_>, start: usize, end: usize) {
        let mut walk = Walk { atoms, start, frames: Vec::new() };
        let mut frame = Frame::new(start, Group::Paren);
        for at in start..end {
            match walk.atoms.kinds[at] {
                Tok::LParen | Tok::LBracket | Tok::LBrace => {
                    let group = walk.group(at);
                    walk.atoms.groups[at] = group;
                    walk.frames.push(frame);
                    frame = Frame::new(at, group);
                }
                Tok::RParen | Tok::RBracket | Tok::RBrace => {
                    walk.close(&frame, at);
                    frame = walk.frames.pop().unwrap_or(Frame::new(start, Group::Paren));
                }
                kind => walk.within(&mut frame, at, kind),
            }
        }
    }

    fn prev(&self, at: usize) -> Option<Tok> {
        (at > self.start).then(|| self.atoms.kinds[at - 1])
    }

    fn group(&self, at: usize) -> Group {
        let behind = at > self.start && self.atoms.ends_operand(at - 1);
        match (self.atoms.kinds[at], self.prev(at)) {
            (Tok::LBrace, _) => Group::Brace,
            (Tok::LParen, Some(Tok::Fn)) => Group::FnType,
            (Tok::LParen, _) if behind => Group::Call,
            (Tok::LParen, _) => Group::Paren,
            _ if behind && self.declares(at) => Group::Generics,
            _ if behind => Group::Index,
            _ => Group::List,
        }
    }

    /// Whether the name before this atom is being declared.
    fn declares(&self, at: usize) -> bool {
        if at == self.start + 1 && self.atoms.texts[self.start] == "extend" {
            return true;
        }
        if at < self.start + 2 {
            return false;
        }
        let word = self.atoms.kinds[at - 2];
        let soft = at == self.start + 2
            && matches!(self.atoms.texts[at - 2].as_ref(), "type" | "resource");
        soft || matches!(word, Tok::Def | Tok::Struct | Tok::Class | Tok::Enum | Tok::Trait)
    }

    fn close(&mut self, frame: &Frame, at: usize) {
        self.atoms.partner[at] = frame.open as u32;
        self.atoms.partner[frame.open] = at as u32;
        if frame.group != Group::Index || !frame.typed {
            return;
        }
        // A slice with more than names and numbers in it has blanks around its colons.
        let kinds = &self.atoms.kinds[frame.open + 1..at];
        let mut before = None;
        let apart = kinds.iter().any(|&kind| {
            let sign = matches!(kind, Tok::Minus | Tok::Plus)
                && before.is_none_or(|tok| matches!(tok, Tok::Colon | Tok::Comma));
            before = Some(kind);
            !sign && !matches!(kind, Tok::Colon | Tok::Comma | Tok::Name | Tok::Int | Tok::None)
        });
        for inner in frame.open + 1..at {
            if let Some(wide) = &mut self.atoms.slice[inner] {
                *wide |= apart;
            }
        }
    }

    /// An atom that is no bracket.
    fn within(&mut self, frame: &mut Frame, at: usize, kind: Tok) {
        let header = frame.lambdas > 0;
        match kind {
            Tok::Lambda => frame.lambdas += 1,
            Tok::Colon if header => {
                frame.lambdas -= 1;
                frame.in_body = true;
            }
            Tok::Colon => {
                frame.typed = true;
                if frame.group == Group::Index {
                    self.atoms.slice[at] = Some(false);
                }
            }
            Tok::Eq => {
                let inside = !self.frames.is_empty() && frame.group != Group::Generics;
                self.atoms.tight[at] = header || (inside && !frame.typed);
            }
            Tok::Comma if !header && !frame.for_header => {
                self.atoms.rank[at] = rank::COMMA;
                (frame.typed, frame.in_body) = (false, false);
            }
            Tok::For => {
                (frame.for_header, frame.clauses) = (true, true);
                frame.in_body = false;
                self.atoms.rank[at] = rank::CLAUSE;
            }
            Tok::In if frame.for_header => frame.for_header = false,
            Tok::If if frame.clauses => self.atoms.rank[at] = rank::CLAUSE,
            _ if header || frame.for_header || frame.in_body => {}
            _ => self.atoms.rank[at] = self.operator(at, kind),
        }
    }

    /// The rank of an operator with two sides, or of the place between two strings.
    fn operator(&self, at: usize, kind: Tok) -> u8 {
        use Tok::*;
        if at == self.start || !(self.atoms.ends_operand(at - 1)) {
            return rank::NONE;
        }
        match kind {
            If | Else => 16,
            Or => 15,
            And => 14,
            Str => rank::STRINGS,
            EqEq | NotEq | Lt | Le | Gt | Ge | Is | In | Not => 10,
            Coalesce => 9,
            Pipe => 8,
            Caret => 7,
            Amp => 6,
            Shl | Shr => 5,
            Plus | Minus | PlusWrap | MinusWrap => 4,
            Star | Slash | SlashSlash | Percent | StarWrap => 3,
            _ => rank::NONE,
        }
    }
}
