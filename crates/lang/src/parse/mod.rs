//! The parser: tokens to the syntax tree.
//!
//! Statements by recursive descent (`stmt`, `compound`, `item`), expressions by precedence
//! (`expr`, `atom`), types and patterns beside them. `habit` knows the spellings of other
//! languages. It checks form only; what names mean is the checker's business.
//!
//! Recovery: the first error of a statement is reported and mutes the rest of it (`quiet`) up to
//! the end of the bracket or the line. The lexer balances brackets and blocks, so both can be
//! skipped exactly.

mod atom;
mod compound;
mod expr;
mod fstring;
mod habit;
mod item;
mod literal;
mod member;
mod param;
mod pattern;
mod stmt;
mod target;
mod type_habit;
mod types;

use crate::ast::*;
use crate::codes;
use crate::intern::Interner;
use crate::lex::token::{Tok, Token};
use crate::lex::{MAX_DIAGNOSTICS, lex};
use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, Span};

/// Limit of recursion: a bracket takes two levels, all else one.
pub const MAX_DEPTH: u32 = 420;
/// No path in the tree of an expression is longer: those who walk it may recurse.
pub const MAX_HEIGHT: u32 = 400;

/// Reads a file. The tree is whole even if there are errors: what could not be read is an
/// `Error` node.
pub fn parse(file: FileId, text: &str, interner: &mut Interner) -> (Ast, Vec<Diagnostic>) {
    let mut ast = Ast::default();
    ast.file = file;
    let (body, diags) = parse_into(&mut ast, file, text, interner);
    ast.body = body;
    (ast, diags)
}

/// Reads a further file of a program into its tree; gives the statements of the file.
pub fn parse_into(
    ast: &mut Ast,
    file: FileId,
    text: &str,
    interner: &mut Interner,
) -> (Block, Vec<Diagnostic>) {
    let lexed = lex(file, text);
    ast.make_room(lexed.tokens.len());
    let mut parser = Parser {
        file,
        text,
        tokens: lexed.tokens,
        at: 0,
        ast: std::mem::take(ast),
        names: interner,
        diags: lexed.diags,
        quiet: false,
        depth: 0,
        height: 0,
        exprs: Vec::new(),
        stmts: Vec::new(),
        args: Vec::new(),
        cases: Vec::new(),
        members: member::Members::of(member::Owner::Extend),
        muts: Vec::new(),
        yields: false,
    };
    let body = parser.file_body();
    let Parser { ast: tree, mut diags, .. } = parser;
    *ast = tree;
    diags.sort_by_key(|diag| (diag.span.lo, diag.span.hi));
    (body, diags)
}

pub(crate) struct Parser<'a> {
    file: FileId,
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    ast: Ast,
    names: &'a mut Interner,
    diags: Vec<Diagnostic>,
    /// Set by the first error of a statement or bracket, until its end.
    quiet: bool,
    depth: u32,
    /// Height of the tree that is being built at this level of recursion.
    height: u32,
    /// Elements of sequences under construction, innermost last.
    exprs: Vec<ExprId>,
    stmts: Vec<StmtId>,
    args: Vec<Arg>,
    /// Cases of the `match` that is being read.
    cases: Vec<Case>,
    /// Members of the type that is being read.
    members: member::Members,
    /// `mut name` operands that no target or argument has taken yet.
    muts: Vec<(ExprId, Span)>,
    /// Whether the function that is being read has a `yield` so far.
    yields: bool,
}

impl Parser<'_> {
    /// The kind of the current token.
    fn kind(&self) -> Tok {
        self.token().kind
    }

    fn token(&self) -> Token {
        self.peek(0)
    }

    /// The token `ahead` of the current one; the last is `Eof` for ever.
    fn peek(&self, ahead: usize) -> Token {
        match self.tokens.get(self.at + ahead) {
            Some(&token) => token,
            None => {
                let end = self.text.len() as u32;
                Token { kind: Tok::Eof, lo: end, hi: end }
            }
        }
    }

    fn at(&self, kind: Tok) -> bool {
        self.kind() == kind
    }

    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != Tok::Eof {
            self.at += 1;
        }
        token
    }

    /// Takes the current token if it is of this kind.
    fn eat(&mut self, kind: Tok) -> bool {
        let yes = self.at(kind);
        if yes {
            self.at += 1;
        }
        yes
    }

    /// The end of the token before the current one.
    fn prev_end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.hi)
    }

    fn span(&self, lo: u32, hi: u32) -> Span {
        Span::new(self.file, lo, hi)
    }

    /// From `lo` to the end of what was read.
    fn since(&self, lo: u32) -> Span {
        let hi = self.prev_end();
        self.span(lo, hi.max(lo))
    }

    fn token_span(&self, token: Token) -> Span {
        self.span(token.lo, token.hi)
    }

    fn here(&self) -> Span {
        self.token_span(self.token())
    }

    /// The empty place behind the token before the current one.
    fn gap(&self) -> Span {
        let end = self.prev_end();
        self.span(end, end)
    }

    fn slice(&self, lo: u32, hi: u32) -> &str {
        self.text.get(lo as usize..hi as usize).unwrap_or("")
    }

    fn token_text(&self, token: Token) -> &str {
        self.slice(token.lo, token.hi)
    }

    /// Whether the current token is this soft keyword or foreign word.
    fn at_word(&self, word: &str) -> bool {
        self.is_word(0, word)
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        let Token { kind, lo, hi } = self.peek(ahead);
        let (lo, hi) = (lo as usize, hi as usize);
        kind == Tok::Name
            && hi - lo == word.len()
            && self.text.as_bytes().get(lo..hi) == Some(word.as_bytes())
    }

    fn make_ident(&mut self, token: Token) -> Ident {
        let text = self.text.get(token.lo as usize..token.hi as usize).unwrap_or("");
        Ident { name: self.names.intern(text), span: self.token_span(token) }
    }

    /// Reports an error unless the statement has one; mutes the rest of it.
    fn error(&mut self, diag: Diagnostic) {
        if !self.told() {
            self.report(diag);
        }
        self.quiet = true;
    }

    /// Whether the lexer has reported what is wrong here: this token is `Bad`, or the line has a
    /// closer of no width.
    fn told(&self) -> bool {
        let rest = self.tokens.iter().skip(self.at);
        let mut line = rest.take_while(|t| !matches!(t.kind, Tok::Newline | Tok::Eof));
        let told = |t: &Token| t.kind == Tok::BadStr || (t.lo == t.hi && t.kind.is_closer());
        self.at(Tok::Bad) || line.any(told)
    }

    /// Whether the token at this index is a closer that was missing in the source.
    fn missing_closer(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.lo == token.hi && token.kind.is_closer())
    }

    /// Reports an error that leaves no doubt how to go on: nothing is muted.
    fn report(&mut self, diag: Diagnostic) {
        if !self.quiet && self.diags.len() < MAX_DIAGNOSTICS {
            self.diags.push(diag);
        }
    }

    /// What to call the current token in a message.
    fn found(&self) -> String {
        let token = self.token();
        match token.kind {
            Tok::Name | Tok::Int | Tok::Float => format!("`{}`", self.token_text(token)),
            Tok::Newline
            | Tok::Indent
            | Tok::Dedent
            | Tok::Eof
            | Tok::Str
            | Tok::BadStr
            | Tok::FStart
            | Tok::FText
            | Tok::FEnd
            | Tok::FOpen
            | Tok::Bad => token.kind.text().to_string(),
            kind if kind.is_keyword() => format!("the word `{}`", kind.text()),
            kind => format!("`{}`", kind.text()),
        }
    }

    /// Reports that `what` belongs here.
    fn expected(&mut self, what: &str) {
        if self.quiet {
            return;
        }
        let span = match self.kind() {
            Tok::Newline | Tok::Eof | Tok::Dedent | Tok::Indent => self.gap(),
            _ => self.here(),
        };
        let message = format!("expected {what}, found {}", self.found());
        self.error(Diagnostic::error(codes::EXPECTED, span, message));
    }

    /// Takes a token of this kind or reports it.
    fn expect(&mut self, kind: Tok) -> bool {
        if self.eat(kind) {
            return true;
        }
        self.expected(&format!("`{}`", kind.text()));
        false
    }

    /// A name that is declared here.
    fn ident(&mut self, what: &str) -> Option<Ident> {
        if self.at(Tok::Name) {
            let token = self.bump();
            return Some(self.make_ident(token));
        }
        if self.kind().is_keyword() {
            let word = self.kind().text();
            let diag = Diagnostic::error(
                codes::RESERVED_WORD,
                self.here(),
                format!("`{word}` is a word of the language and cannot be {what}"),
            )
            .fix(format!("write `{word}_`"), self.here(), format!("{word}_"));
            self.report(diag);
            let token = self.bump();
            return Some(self.make_ident(token));
        }
        self.expected(what);
        None
    }

    /// Takes the closing bracket, or reports what is there and skips to it.
    fn close(&mut self, closer: Tok) {
        if self.eat(closer) {
            self.quiet = false;
            return;
        }
        if self.quiet {
            // Reported already: only the end of the bracket is looked for.
        } else if self.kind().starts_expr() && self.kind() != Tok::Star {
            let gap = self.gap();
            let message = format!("expected `,` or `{}`, found {}", closer.text(), self.found());
            let diag = Diagnostic::error(codes::MISSING_COMMA, self.here(), message).fix(
                "write `,`",
                gap,
                ",",
            );
            self.error(diag);
        } else {
            self.expected(&format!("`,` or `{}`", closer.text()));
        }
        self.skip_to_closer();
        if self.eat(closer) {
            self.quiet = false;
        }
    }

    /// Skips to the closer of the bracket that is open here.
    fn skip_to_closer(&mut self) {
        let mut depth = 0u32;
        loop {
            match self.kind() {
                Tok::Newline | Tok::Eof | Tok::Indent | Tok::Dedent => return,
                kind if kind.closer().is_some() => depth += 1,
                kind if kind.is_closer() => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Skips to the end of the line, which is left in place.
    fn skip_line(&mut self) {
        while !matches!(self.kind(), Tok::Newline | Tok::Eof | Tok::Indent | Tok::Dedent) {
            self.at += 1;
        }
    }

    /// One level deeper; `false` at the limit, which is then reported.
    fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.too_deep();
            return false;
        }
        self.depth += 1;
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn too_deep(&mut self) {
        let message = "this nests too deep";
        let diag = Diagnostic::error(codes::TOO_DEEP, self.here(), message)
            .help("give a part of it a name");
        self.error(diag);
        self.quiet = true;
    }

    fn expr_node(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.height += 1;
        if self.height > MAX_HEIGHT {
            self.too_deep();
            self.height = 1;
            return self.ast.push(Expr { kind: ExprKind::Error, span });
        }
        self.ast.push(Expr { kind, span })
    }

    fn stmt_node(&mut self, kind: StmtKind, lo: u32) -> StmtId {
        let span = self.since(lo);
        self.ast.push(Stmt { kind, span })
    }

    /// The sequence of the expressions collected since `from`.
    fn expr_list(&mut self, from: usize) -> List<ExprId> {
        self.ast.push_list(self.exprs.drain(from..))
    }

    /// The span of an expression.
    fn expr_span(&self, id: ExprId) -> Span {
        self.ast[id].span
    }
}
