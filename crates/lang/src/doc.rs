//! What a source file says about its own declarations: heads and doc texts.
//!
//! A doc text is a plain string at the start of a file, a function or a type. Nothing is checked
//! here; the tables of what is built in are in `builtins`.

use crate::ast::{Ast, Block, DeclId, ExprKind, FnId, StmtKind};
use crate::intern::Interner;
use crate::parse;
use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, Span};

/// A declaration, or the file itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// Its name, with that of its type before a dot; empty for the file.
    pub name: String,
    /// Its first line without the colon; empty for the file.
    pub head: String,
    /// Its doc text without indentation; may be empty.
    pub doc: String,
}

/// The file and all that it declares, in order. Names that begin with `_` are its own business.
///
/// # Errors
/// The file does not parse.
pub fn of_source(text: &str) -> Result<Vec<Declared>, Vec<Diagnostic>> {
    let mut names = Interner::default();
    let (ast, diags) = parse::parse(FileId(0), text, &mut names);
    if diags.iter().any(Diagnostic::is_error) {
        return Err(diags);
    }
    let mut reader = Reader { ast: &ast, names: &names, text, found: Vec::new() };
    let doc = reader.doc(ast.body);
    reader.found.push(Declared { name: String::new(), head: String::new(), doc });
    for &stmt in &ast[ast.body] {
        match ast.stmt(stmt) {
            StmtKind::Def(func) => reader.function(func, ""),
            StmtKind::TypeDecl(decl) => reader.type_decl(decl),
            StmtKind::TypeAlias { name, .. } => {
                let name = names.text(name.name).to_owned();
                reader.declared(name, ast[stmt].span, String::new());
            }
            _ => {}
        }
    }
    Ok(reader.found)
}

struct Reader<'a> {
    ast: &'a Ast,
    names: &'a Interner,
    text: &'a str,
    found: Vec<Declared>,
}

impl Reader<'_> {
    fn function(&mut self, func: FnId, owner: &str) {
        let decl = &self.ast[func];
        let name = format!("{owner}{}", self.names.text(decl.name.name));
        let doc = decl.body.map_or_else(String::new, |body| self.doc(body));
        self.declared(name, decl.head, doc);
    }

    fn type_decl(&mut self, id: DeclId) {
        let decl = &self.ast[id];
        let name = self.names.text(decl.name.name).to_owned();
        let doc = decl.doc.map_or_else(String::new, |doc| plain(self.names.text(doc)));
        self.declared(name.clone(), decl.span, doc);
        if !name.starts_with('_') {
            for &method in &self.ast[decl.methods] {
                self.function(method, &format!("{name}."));
            }
        }
    }

    fn declared(&mut self, name: String, span: Span, doc: String) {
        let hidden = name.rsplit('.').next().is_some_and(|last| {
            last.starts_with('_') && !(last.starts_with("__") && last.ends_with("__"))
        });
        if !hidden {
            let whole = self.text.get(span.lo as usize..span.hi as usize).unwrap_or("");
            // A method's head names its type.
            let own = name.rsplit('.').next().unwrap_or(&name);
            let head = head(whole).replacen(&format!("def {own}"), &format!("def {name}"), 1);
            self.found.push(Declared { name, head, doc });
        }
    }

    /// The text that a suite begins with.
    fn doc(&self, block: Block) -> String {
        let first = self.ast[block].first().map(|stmt| self.ast.stmt(*stmt));
        match first {
            Some(StmtKind::Expr(expr)) => match self.ast.expr(expr) {
                ExprKind::Str(text) => plain(self.names.text(text)),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }
}

/// A declaration up to the colon that opens its block, on one line.
fn head(text: &str) -> String {
    let (mut depth, mut end) = (0u32, text.len());
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ':' | '\n' if depth == 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let words: Vec<&str> = text.get(..end).unwrap_or("").split_whitespace().collect();
    words.join(" ")
}

/// A doc text without the indentation of its lines and the blank lines around it.
fn plain(text: &str) -> String {
    let blank = |line: &&str| !line.trim().is_empty();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = text.lines().skip(1).filter(blank).map(indent).min().unwrap_or(0);
    let mut lines = text.lines();
    let mut out = lines.next().unwrap_or("").trim().to_owned();
    for line in lines {
        out.push('\n');
        out.push_str(line.get(least..).unwrap_or("").trim_end());
    }
    out.trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_have_heads_and_texts() {
        let text = "\"\"\"About the file.\"\"\"\n\ndef f(a: int,\n      b: int = 1) -> int:\n    \
                    \"\"\"Adds.\n\n        Twice.\n    \"\"\"\n    return a + b\n\n\
                    def _own():\n    pass\n\nstruct P(Show):\n    \"A point.\"\n    x: int\n\n\
                    \x20   def size(self) -> int:\n        return self.x\n\ntype Row = list[P]\n";
        let found = of_source(text).expect("the text parses");
        let shown: Vec<String> = found
            .iter()
            .map(|one| format!("{}|{}|{}", one.name, one.head, one.doc.replace('\n', "/")))
            .collect();
        assert_eq!(
            shown,
            [
                "||About the file.",
                "f|def f(a: int, b: int = 1) -> int|Adds.//Twice.",
                "P|struct P(Show)|A point.",
                "P.size|def P.size(self) -> int|",
                "Row|type Row = list[P]|",
            ]
        );
        assert!(of_source("def (").is_err());
    }
}
