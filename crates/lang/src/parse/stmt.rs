//! The file, its statements, and the simple statements among them. Those with blocks are in
//! `compound`, declarations in `item`.

use super::Parser;
use super::expr::augmented_op;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

impl Parser<'_> {
    /// Reads the whole file.
    pub(super) fn file_body(&mut self) -> Block {
        let from = self.stmts.len();
        while !self.at(Tok::Eof) {
            self.line();
            // Blocks are balanced, so at the top level only an error leaves the end of one.
            while self.eat(Tok::Dedent) {}
        }
        self.ast.push_list(self.stmts.drain(from..))
    }

    /// One line of a block: statements separated by `;`, or one with a block of its own.
    pub(super) fn line(&mut self) {
        match self.kind() {
            Tok::Newline => {
                self.bump();
            }
            Tok::Indent => self.unexpected_indent(),
            _ => {
                if self.habit_line() {
                    return;
                }
                match self.compound() {
                    Some(stmt) => self.stmts.push(stmt),
                    None => self.simple_line(),
                }
            }
        }
    }

    /// An indented block that no line announced: its lines are taken as if they lined up.
    fn unexpected_indent(&mut self) {
        let diag = Diagnostic::error(
            codes::UNEXPECTED_INDENT,
            self.here(),
            "this line is indented, but no block begins here",
        );
        self.report(diag);
        self.bump();
        self.flat_block();
    }

    /// The rest of a block, taken for lines of the block around it.
    fn flat_block(&mut self) {
        while !matches!(self.kind(), Tok::Dedent | Tok::Eof) {
            self.line();
        }
        self.eat(Tok::Dedent);
    }

    /// Simple statements up to the end of the line.
    pub(super) fn simple_line(&mut self) {
        loop {
            let stmt = self.simple();
            self.stmts.push(stmt);
            if self.quiet || !self.eat(Tok::Semi) || self.at(Tok::Newline) {
                break;
            }
            if self.starts_compound() {
                let message = "a statement with a block begins on a line of its own";
                self.error(Diagnostic::error(codes::ONE_LINE_BLOCK, self.here(), message));
            }
        }
        self.end_line();
    }

    /// Ends a line, skipping what is left of it.
    pub(super) fn end_line(&mut self) {
        self.height = 0;
        self.unused_muts();
        if !self.quiet && !matches!(self.kind(), Tok::Newline | Tok::Eof | Tok::Dedent) {
            self.leftover();
        }
        let failed = std::mem::replace(&mut self.quiet, false);
        self.skip_line();
        self.eat(Tok::Newline);
        // A block here belongs to the line that could not be read.
        if failed && self.eat(Tok::Indent) {
            self.flat_block();
        }
    }

    /// Reports what stands behind a whole statement.
    fn leftover(&mut self) {
        if self.habit_behind_statement() {
            return;
        }
        let message = format!("expected the end of the line, found {}", self.found());
        self.error(Diagnostic::error(codes::EXPECTED, self.here(), message));
    }

    fn simple(&mut self) -> StmtId {
        let token = self.token();
        let lo = token.lo;
        let kind = match token.kind {
            Tok::Pass => self.word(StmtKind::Pass),
            Tok::Break => self.word(StmtKind::Break),
            Tok::Continue => self.word(StmtKind::Continue),
            Tok::Return => {
                self.bump();
                let value = self.optional_value();
                StmtKind::Return(value)
            }
            Tok::Yield => self.yield_stmt(),
            Tok::Del => self.del_stmt(),
            Tok::Assert => self.assert_stmt(),
            Tok::Nonlocal => self.nonlocal_stmt(),
            Tok::Import => self.import_stmt(),
            Tok::From => self.import_names_stmt(),
            Tok::Raise => self.raise_habit(),
            Tok::Global => self.global_habit(),
            Tok::Name if self.peek(1).kind == Tok::Name && self.at_word("type") => {
                self.type_alias()
            }
            _ => self.expr_stmt(),
        };
        self.stmt_node(kind, lo)
    }

    fn word(&mut self, kind: StmtKind) -> StmtKind {
        self.bump();
        kind
    }

    /// The value behind `return` or `yield`.
    fn optional_value(&mut self) -> Option<ExprId> {
        match self.kind() {
            Tok::Newline | Tok::Semi | Tok::Eof | Tok::Dedent => None,
            _ => Some(self.expr_tuple(false)),
        }
    }

    fn yield_stmt(&mut self) -> StmtKind {
        self.bump();
        self.yields = true;
        if self.eat(Tok::From) {
            return StmtKind::YieldFrom(self.expr());
        }
        StmtKind::Yield(self.optional_value())
    }

    fn del_stmt(&mut self) -> StmtKind {
        self.bump();
        let lo = self.token().lo;
        let from = self.exprs.len();
        while !self.quiet {
            let place = self.binary(super::expr::power::BIT_OR);
            let Expr { kind, span } = self.ast[place];
            if !matches!(kind, ExprKind::Index { .. } | ExprKind::Error) && !self.quiet {
                let diag = Diagnostic::error(
                    codes::BAD_TARGET,
                    span,
                    "`del` takes elements out of a list or dict: `del xs[i]`",
                );
                self.report(diag);
            }
            self.exprs.push(place);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if self.exprs.len() == from && lo == self.token().lo {
            self.expected("an element");
        }
        StmtKind::Del(self.expr_list(from))
    }

    fn assert_stmt(&mut self) -> StmtKind {
        self.bump();
        let cond = self.expr();
        self.assignment_habit();
        let message = match !self.quiet && self.eat(Tok::Comma) {
            true => Some(self.expr()),
            false => None,
        };
        StmtKind::Assert { cond, message }
    }

    fn nonlocal_stmt(&mut self) -> StmtKind {
        self.bump();
        let mut names = Vec::new();
        while let Some(name) = self.ident("a name") {
            names.push(name);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        StmtKind::Nonlocal(self.ast.push_list(names))
    }

    /// `a.b.c`
    fn dotted_name(&mut self) -> List<Ident> {
        let mut path = Vec::new();
        while let Some(name) = self.ident("the name of a module") {
            path.push(name);
            if self.quiet || !self.eat(Tok::Dot) {
                break;
            }
        }
        self.ast.push_list(path)
    }

    /// `as name`
    fn alias(&mut self) -> Option<Ident> {
        if self.quiet || !self.eat(Tok::As) {
            return None;
        }
        self.ident("a name")
    }

    fn import_stmt(&mut self) -> StmtKind {
        self.bump();
        let mut items = Vec::new();
        while !self.quiet {
            let path = self.dotted_name();
            let alias = self.alias();
            items.push(ImportItem { path, alias });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        StmtKind::Import(self.ast.push_list(items))
    }

    fn import_names_stmt(&mut self) -> StmtKind {
        self.bump();
        let mut dots = 0;
        while matches!(self.kind(), Tok::Dot | Tok::Ellipsis) {
            dots += if self.bump().kind == Tok::Dot { 1 } else { 3 };
        }
        let path = match dots > 0 && self.at(Tok::Import) {
            true => List::default(),
            false => self.dotted_name(),
        };
        if !self.quiet {
            self.expect(Tok::Import);
        }
        if self.at(Tok::Star) && !self.quiet {
            let diag =
                Diagnostic::error(codes::STAR_IMPORT, self.here(), "names are imported one by one")
                    .help("list them, or `import` the module and write its name before them");
            self.error(diag);
        }
        let parens = !self.quiet && self.eat(Tok::LParen);
        let mut names = Vec::new();
        while !self.quiet && (!parens || !self.at(Tok::RParen)) {
            let Some(name) = self.ident("a name") else { break };
            let alias = self.alias();
            names.push(ImportName { name, alias });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if parens {
            self.close(Tok::RParen);
        }
        let names = self.ast.push_list(names);
        StmtKind::FromImport { dots, path, names }
    }

    /// `type Name[T] = ...`
    fn type_alias(&mut self) -> StmtKind {
        self.bump();
        let Some(name) = self.ident("the name of a type") else { return StmtKind::Error };
        let generics = self.generic_params();
        if !self.quiet {
            self.expect(Tok::Eq);
        }
        let ty = self.type_expr();
        StmtKind::TypeAlias { name, generics, ty }
    }

    /// An expression, an assignment or an annotation.
    fn expr_stmt(&mut self) -> StmtKind {
        let first = self.expr_tuple(false);
        if self.quiet {
            return StmtKind::Error;
        }
        match self.kind() {
            Tok::Eq => self.assignment(first),
            Tok::Colon => self.annotation(first),
            Tok::Walrus => self.walrus_stmt(first),
            kind => match augmented_op(kind) {
                Some(op) => self.augmented(op, first),
                None => StmtKind::Expr(first),
            },
        }
    }

    fn assignment(&mut self, first: ExprId) -> StmtKind {
        self.bump();
        let mut value = self.expr_tuple(false);
        if !self.at(Tok::Eq) && !self.quiet {
            let target = self.target_of(first);
            let targets = self.ast.push_list([target]);
            return StmtKind::Assign { targets, value };
        }
        let from = self.exprs.len();
        self.exprs.extend([first, value]);
        while !self.quiet && self.eat(Tok::Eq) {
            value = self.expr_tuple(false);
            self.exprs.push(value);
        }
        // The last one is the value, unless the text ends in `=`: then an error node is.
        let places: Vec<ExprId> = self.exprs.drain(from..).collect();
        let mut targets = Vec::new();
        for place in places.into_iter().filter(|&place| place != value) {
            targets.push(self.target_of(place));
        }
        let targets = self.ast.push_list(targets);
        StmtKind::Assign { targets, value }
    }

    /// `target: T = value`
    fn annotation(&mut self, first: ExprId) -> StmtKind {
        if !matches!(self.ast[first].kind, ExprKind::Name(_) | ExprKind::Attr { .. }) {
            if self.peek(1).kind == Tok::Newline {
                self.expected("the end of the line");
            } else {
                let span = self.expr_span(first);
                let message = "a type stands behind a single name";
                self.error(Diagnostic::error(codes::BAD_TARGET, span, message));
            }
            self.muts.clear();
            return StmtKind::Error;
        }
        let target = self.target_of(first);
        self.bump();
        let ty = self.type_expr();
        let value = match !self.quiet && self.eat(Tok::Eq) {
            true => Some(self.expr_tuple(false)),
            false => None,
        };
        StmtKind::Annotated { target, ty, value }
    }

    fn augmented(&mut self, op: BinaryOp, first: ExprId) -> StmtKind {
        let Expr { kind, span } = self.ast[first];
        let target = match kind {
            ExprKind::Tuple(_) | ExprKind::List(_) => {
                let message = "several names cannot be changed by one operator";
                self.error(Diagnostic::error(codes::BAD_TARGET, span, message));
                self.ast.push(Target { kind: TargetKind::Error, span })
            }
            _ => {
                self.unused_muts();
                self.target_of(first)
            }
        };
        self.bump();
        let value = self.expr_tuple(false);
        StmtKind::AugAssign { op, target, value }
    }

    fn walrus_stmt(&mut self, first: ExprId) -> StmtKind {
        let diag = Diagnostic::error(
            codes::MISPLACED_WALRUS,
            self.here(),
            "a statement of its own assigns by `=`",
        )
        .fix("write `=`", self.here(), "=");
        self.report(diag);
        self.bump();
        let target = self.target_of(first);
        let targets = self.ast.push_list([target]);
        let value = self.expr_tuple(false);
        StmtKind::Assign { targets, value }
    }
}
