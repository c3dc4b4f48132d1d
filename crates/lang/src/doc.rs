//! What a source file says about its own declarations: heads, doc texts and examples.
//!
//! A doc text is a plain string at the start of a file, a function or a type. Its lines that begin
//! with `>>> ` are an example; what that prints stands below them. Nothing is checked here; the
//! tables of what is built in are in `builtins`.

use crate::ast::{
    Ast, Block, DeclId, Decorator, ExprKind, FnId, List, StmtKind, TargetId, TargetKind,
};
use crate::intern::Interner;
use crate::{library, parse};
use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, Span};

/// A declaration, or the file itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// Its name, with that of its type before a dot; empty for the file.
    pub name: String,
    /// Its first line without the colon; empty for the file.
    pub head: String,
    /// Its doc text without indentation and example; may be empty.
    pub doc: String,
    /// The lines of its example; the last one may be values, which are then what is printed.
    pub example: Vec<String>,
    /// What the example prints, without the line's end.
    pub printed: String,
}

/// The file and all that it declares, in order. Names that begin with `_` are its own business,
/// and so are its tests.
///
/// # Errors
/// The file does not parse.
pub fn of_source(text: &str) -> Result<Vec<Declared>, Vec<Diagnostic>> {
    read(text, "")
}

/// What a module of the library says about itself; its names begin with that of the module.
pub fn of_library(module: &str) -> Option<Vec<Declared>> {
    read(library::text(module)?, &format!("{module}.")).ok()
}

fn read(text: &str, module: &str) -> Result<Vec<Declared>, Vec<Diagnostic>> {
    let mut names = Interner::default();
    let (ast, diags) = parse::parse(FileId(0), text, &mut names);
    if diags.iter().any(Diagnostic::is_error) {
        return Err(diags);
    }
    let mut reader = Reader { ast: &ast, names: &names, text, module, found: Vec::new() };
    let doc = reader.doc(ast.body);
    reader.push(String::new(), String::new(), doc);
    for &stmt in &ast[ast.body] {
        match ast.stmt(stmt) {
            StmtKind::Def(func) => reader.function(func, ""),
            StmtKind::TypeDecl(decl) => reader.type_decl(decl),
            StmtKind::TypeAlias { name, .. } => {
                let name = names.text(name.name).to_owned();
                reader.declared(name, ast[stmt].span, String::new());
            }
            StmtKind::Assign { targets, .. } => reader.constant(targets, ast[stmt].span),
            _ => {}
        }
    }
    Ok(reader.found)
}

struct Reader<'a> {
    ast: &'a Ast,
    names: &'a Interner,
    text: &'a str,
    /// What the names of a module of the library begin with; empty for other files.
    module: &'a str,
    found: Vec<Declared>,
}

impl Reader<'_> {
    fn function(&mut self, func: FnId, owner: &str) {
        let decl = &self.ast[func];
        let is_test = |mark: &Decorator| self.names.text(mark.name.name) == "test";
        if self.ast[decl.decorators].iter().any(is_test) {
            return;
        }
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

    /// `NAME = value`
    fn constant(&mut self, targets: List<TargetId>, span: Span) {
        let [target] = self.ast[targets] else { return };
        let TargetKind::Name { name, .. } = self.ast[target].kind else { return };
        let name = self.names.text(name.name);
        if !name.starts_with('_') {
            let whole = self.text.get(span.lo as usize..span.hi as usize).unwrap_or("");
            let head = format!("{}{}", self.module, whole.lines().next().unwrap_or(""));
            self.push(format!("{}{name}", self.module), head, String::new());
        }
    }

    fn declared(&mut self, name: String, span: Span, doc: String) {
        let whole = self.text.get(span.lo as usize..span.hi as usize).unwrap_or("");
        let own = name.rsplit('.').next().unwrap_or(&name);
        let shown = if self.module.is_empty() { name.clone() } else { form(&name) };
        let hidden = shown.rsplit('.').next().is_some_and(|last| {
            last.starts_with('_') && !(last.starts_with("__") && last.ends_with("__"))
        });
        if hidden {
            return;
        }
        // A method's head names its type, and one of the library its module.
        let full = format!("{}{shown}", self.module);
        let head = match self.module {
            "" => head(whole).replacen(&format!("def {own}"), &format!("def {full}"), 1),
            _ => head(whole).replacen(&format!("def {own}"), &full, 1),
        };
        self.push(full, head, doc);
    }

    fn push(&mut self, name: String, head: String, text: String) {
        let (doc, example, printed) = with_example(&text);
        self.found.push(Declared { name, head, doc, example, printed });
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

/// How a function of the library is called that has several forms, see `check::forms`.
fn form(name: &str) -> String {
    let Some(mut rest) = name.strip_prefix('_') else { return name.to_owned() };
    let mut is_form = false;
    for mark in ["or_", "or_", "or_", "new_"] {
        if let Some(inner) = rest.strip_prefix(mark) {
            (rest, is_form) = (inner, true);
        }
    }
    if is_form { rest } else { name }.to_owned()
}

/// A doc text, the lines of its example, and what that prints.
fn with_example(text: &str) -> (String, Vec<String>, String) {
    let Some(at) = text.find(">>> ") else { return (text.to_owned(), Vec::new(), String::new()) };
    let (mut lines, mut printed) = (Vec::new(), Vec::new());
    for line in text.get(at..).unwrap_or("").lines() {
        match line.strip_prefix(">>> ").or(line.strip_prefix("... ")) {
            Some(line) => lines.push(line.to_owned()),
            None => printed.push(line),
        }
    }
    let doc = text.get(..at).unwrap_or("").trim_end().to_owned();
    (doc, lines, printed.join("\n").trim_end().to_owned())
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
    fn examples_are_parted_from_texts() {
        let text = "def f() -> int:\n    \"\"\"One.\n\n    >>> if True:\n    ...     x = f()\n\
                    \x20   >>> x\n    1\n    \"\"\"\n    return 1\n";
        let found = of_source(text).expect("the text parses");
        assert_eq!(found[1].doc, "One.");
        assert_eq!(found[1].example, ["if True:", "    x = f()", "x"]);
        assert_eq!(found[1].printed, "1");
    }

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
