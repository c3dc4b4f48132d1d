//! Parses the items of a module. Bodies of functions are in `body`.

use std::borrow::Cow;

use kaa_base::entity::Entity;
use kaa_isa::kinds::parse_ty;
use kaa_isa::{DataId, FuncId, GlobalId, ImportId, SigId, TextIn, TypeId, ValTy, Value};

use super::body::Locals;
use super::lex::Cursor;
use super::lines::{FuncLines, LineMap};
use super::names::ItemNames;
use super::{TextError, lex};
use crate::func::{Function, Loc};
use crate::module::{Data, Export, ExportItem, Global, GlobalInit, Import, Module, Signature};
use crate::types::{FieldDef, FieldTy, TypeDecl, TypeDef};

/// How deep signatures may be written within signatures.
const MAX_SIG_NESTING: usize = 16;

/// The parser of one text.
pub struct Parser<'a> {
    pub cursor: Cursor<'a>,
    pub module: Module,
    pub lines: LineMap,
    pub locals: Locals<'a>,
    names: ItemNames<'a>,
    sig_depth: usize,
    /// A position with the line it is on, to number lines in one pass.
    line_mark: (usize, u32),
    text: &'a str,
}

impl<'a> Parser<'a> {
    /// Finds the items of the text.
    pub fn new(text: &'a str) -> Result<Self, TextError> {
        let names = ItemNames::collect(&mut Cursor::new(text))?;
        Ok(Self {
            cursor: Cursor::new(text),
            module: Module::default(),
            lines: LineMap { types: vec![0, 0], ..LineMap::default() },
            locals: Locals::default(),
            names,
            sig_depth: 0,
            line_mark: (0, 1),
            text,
        })
    }

    /// Parses everything.
    pub fn module(mut self) -> Result<(Module, LineMap), TextError> {
        self.declared_sigs()?;
        if self.cursor.accept("module") {
            self.module.name = self.cursor.string()?;
        }
        while self.cursor.peek().is_some() {
            self.item()?;
        }
        self.module.reindex();
        Ok((self.module, self.lines))
    }

    /// The line of the next token.
    pub fn line(&mut self) -> u32 {
        let pos = self.cursor.next_pos();
        let (from, line) = self.line_mark;
        let passed = self.text.get(from..pos).unwrap_or("");
        let line = line + passed.bytes().filter(|b| *b == b'\n').count() as u32;
        self.line_mark = (pos, line);
        line
    }

    fn item(&mut self) -> Result<(), TextError> {
        let line = self.line();
        let c = &mut self.cursor;
        match c.peek_word() {
            "file" => {
                c.word()?;
                let name = c.string()?;
                self.module.files.push(name);
                Ok(())
            }
            // Signatures were parsed first; here only their lines are passed.
            "sig" => {
                c.word()?;
                c.word()?;
                c.expect("=")?;
                self.lines.sigs.push(line);
                self.signature().map(drop)
            }
            "type" => {
                self.lines.types.push(line);
                self.type_item()
            }
            "import" => {
                self.lines.imports.push(line);
                self.import_item()
            }
            "data" => {
                self.lines.data.push(line);
                self.data_item()
            }
            "global" => {
                self.lines.globals.push(line);
                self.global_item()
            }
            "export" => {
                self.lines.exports.push(line);
                self.export_item()
            }
            "func" => {
                self.lines.funcs.push(FuncLines { head: line, blocks: Vec::new() });
                self.func_item()
            }
            _ => Err(c.expected("an item")),
        }
    }

    /// Signatures with a name come first in the table, so that their numbers are known.
    fn declared_sigs(&mut self) -> Result<(), TextError> {
        for pos in std::mem::take(&mut self.names.sig_places) {
            self.cursor.go_to(pos);
            self.cursor.word()?;
            self.cursor.expect("=")?;
            let expected = self.module.sigs.next_key();
            let sig = self.signature()?;
            if self.module.sig(sig) != expected {
                let message = "this signature exists already, or has one without a name in it";
                return Err(self.cursor.fail_at(pos, message));
            }
        }
        self.cursor.go_to(0);
        Ok(())
    }

    /// `(i64, ref $str) -> (i64)`.
    fn signature(&mut self) -> Result<Signature, TextError> {
        self.sig_depth += 1;
        if self.sig_depth > MAX_SIG_NESTING {
            return Err(self.cursor.expected("a name, signatures are nested too deeply"));
        }
        let params = self.types()?;
        self.cursor.expect("->")?;
        let results = self.types()?;
        self.sig_depth -= 1;
        Ok(Signature::new(params, results))
    }

    fn types(&mut self) -> Result<Vec<ValTy>, TextError> {
        let mut types = Vec::new();
        self.cursor.expect("(")?;
        while !self.cursor.accept(")") {
            if !types.is_empty() {
                self.cursor.expect(",")?;
            }
            types.push(parse_ty(self)?);
        }
        Ok(types)
    }

    fn interned_sig(&mut self) -> Result<SigId, TextError> {
        let sig = self.signature()?;
        Ok(self.module.sig(sig))
    }

    fn type_item(&mut self) -> Result<(), TextError> {
        self.cursor.word()?;
        let name = self.cursor.name("$", "a type")?.into_owned();
        let place = self.cursor.last_pos();
        self.cursor.expect("=")?;
        let def = self.type_def()?;
        match self.module.types.push(TypeDecl { name, def }) {
            Ok(_) => Ok(()),
            Err(e) => Err(self.cursor.fail_at(place, e.to_string())),
        }
    }

    fn type_def(&mut self) -> Result<TypeDef, TextError> {
        let word = self.cursor.word()?;
        Ok(match word {
            "struct" => self.struct_def(false)?,
            "object" => self.struct_def(true)?,
            "array" => {
                let mutable = self.cursor.accept("mut");
                TypeDef::Array { elem: self.field_ty()?, mutable }
            }
            "list" => TypeDef::List { elem: self.field_ty()? },
            "map" => {
                let key = self.field_ty()?;
                self.cursor.expect("to")?;
                TypeDef::Map { key, value: Some(self.field_ty()?) }
            }
            "set" => TypeDef::Map { key: self.field_ty()?, value: None },
            "closure" => TypeDef::Closure { sig: self.interned_sig()? },
            "cell" => {
                let mutable = self.cursor.accept("mut");
                TypeDef::Cell { ty: parse_ty(self)?, mutable }
            }
            _ => return Err(self.cursor.fail("expected what the type is, such as `struct`")),
        })
    }

    fn struct_def(&mut self, identity: bool) -> Result<TypeDef, TextError> {
        let parent = if self.cursor.accept("extends") { Some(self.type_id()?) } else { None };
        let mut fields = Vec::new();
        self.cursor.expect("{")?;
        while !self.cursor.accept("}") {
            if !fields.is_empty() {
                self.cursor.expect(",")?;
            }
            let name = match self.cursor.peek() {
                Some('"') => self.cursor.string()?,
                _ => self.cursor.word()?.to_owned(),
            };
            self.cursor.expect(":")?;
            let ty = self.field_ty()?;
            fields.push(FieldDef { name, ty, mutable: self.cursor.accept("mut") });
        }
        Ok(TypeDef::Struct { parent, identity, fields })
    }

    fn field_ty(&mut self) -> Result<FieldTy, TextError> {
        if self.cursor.accept("inline") {
            return Ok(FieldTy::Inline(self.type_id()?));
        }
        parse_ty(self).map(FieldTy::Val)
    }

    fn import_item(&mut self) -> Result<(), TextError> {
        self.cursor.word()?;
        self.cursor.name("@", "an import")?;
        self.cursor.expect("=")?;
        let (module, name) = (self.cursor.string()?, self.cursor.string()?);
        let sig = self.interned_sig()?;
        self.module.imports.push(Import { module, name, sig });
        Ok(())
    }

    fn data_item(&mut self) -> Result<(), TextError> {
        self.cursor.word()?;
        self.cursor.word()?;
        self.cursor.expect("=")?;
        let data = if self.cursor.accept("bytes") {
            Data::Bytes(self.cursor.quoted()?)
        } else {
            Data::Str(self.cursor.string()?)
        };
        self.module.data.push(data);
        Ok(())
    }

    fn global_item(&mut self) -> Result<(), TextError> {
        self.cursor.word()?;
        let name = self.cursor.name("@", "a global")?.into_owned();
        self.cursor.expect(":")?;
        let ty = parse_ty(self)?;
        let mutable = self.cursor.accept("mut");
        self.cursor.expect("=")?;
        let init = if self.cursor.peek() == Some('d') {
            GlobalInit::Data(self.data_id()?)
        } else {
            let n = self.cursor.integer()?;
            let bits = i64::try_from(n).map(|n| n as u64).or_else(|_| u64::try_from(n));
            GlobalInit::Bits(bits.map_err(|_| self.cursor.fail("the number is out of range"))?)
        };
        self.module.globals.push(Global { name, ty, mutable, init });
        Ok(())
    }

    fn export_item(&mut self) -> Result<(), TextError> {
        self.cursor.word()?;
        let name = self.cursor.string()?;
        self.cursor.expect("=")?;
        let item = if self.cursor.accept("global") {
            ExportItem::Global(self.global_id()?)
        } else {
            ExportItem::Func(self.func_id()?)
        };
        self.module.exports.push(Export { name, item });
        Ok(())
    }

    fn func_item(&mut self) -> Result<(), TextError> {
        self.cursor.word()?;
        let name = self.cursor.name("@", "a function")?.into_owned();
        let mut func = Function::declare(name, self.interned_sig()?);
        if self.cursor.accept("file") {
            func.file = self.cursor.number()?;
        }
        if self.cursor.accept("loc") {
            func.loc = self.loc()?;
        }
        self.cursor.expect("{")?;
        self.body(&mut func)?;
        self.module.funcs.push(func);
        Ok(())
    }

    /// `line:col:len`, where the end may be left out.
    pub fn loc(&mut self) -> Result<Loc, TextError> {
        let mut loc = Loc { line: self.cursor.number()?, ..Loc::default() };
        if self.cursor.accept(":") {
            loc.col = self.cursor.number()?;
        }
        if self.cursor.accept(":") {
            loc.len = self.cursor.number()?;
        }
        Ok(loc)
    }

    /// The item of this name.
    fn item_id<E: Entity>(&self, found: Option<&E>, what: &str, name: &str) -> TextResult<E> {
        let shown: String = name.chars().take(80).collect();
        found.copied().ok_or_else(|| self.cursor.fail(format!("there is no {what} `{shown}`")))
    }
}

type TextResult<X> = Result<X, TextError>;

impl TextIn for Parser<'_> {
    type Error = TextError;

    fn accept(&mut self, text: &str) -> bool {
        self.cursor.accept(text)
    }

    fn expect(&mut self, text: &str) -> TextResult<()> {
        self.cursor.expect(text)
    }

    fn ident(&mut self) -> TextResult<String> {
        self.cursor.word().map(str::to_owned)
    }

    fn integer(&mut self) -> TextResult<i128> {
        self.cursor.integer()
    }

    fn value(&mut self) -> TextResult<Value> {
        let name = self.cursor.tagged("v", "a value")?;
        Ok(self.locals.values.refer(name, self.cursor.last_pos()))
    }

    fn block(&mut self) -> TextResult<kaa_isa::Block> {
        let name = self.cursor.tagged("b", "a block")?;
        Ok(self.locals.blocks.refer(name, self.cursor.last_pos()))
    }

    fn type_id(&mut self) -> TextResult<TypeId> {
        let name = self.cursor.name("$", "a type")?;
        self.item_id(self.names.types.get(&name), "type", &name)
    }

    fn sig_id(&mut self) -> TextResult<SigId> {
        if self.cursor.peek() == Some('(') {
            return self.interned_sig();
        }
        let name = Cow::Borrowed(self.cursor.tagged("sig", "a signature")?);
        self.item_id(self.names.sigs.get(&name), "signature", &name)
    }

    fn func_id(&mut self) -> TextResult<FuncId> {
        let name = self.cursor.name("@", "a function")?;
        self.item_id(self.names.funcs.get(&name), "function", &name)
    }

    fn import_id(&mut self) -> TextResult<ImportId> {
        let name = self.cursor.name("@", "an import")?;
        self.item_id(self.names.imports.get(&name), "import", &name)
    }

    fn global_id(&mut self) -> TextResult<GlobalId> {
        let name = self.cursor.name("@", "a global")?;
        self.item_id(self.names.globals.get(&name), "global", &name)
    }

    fn data_id(&mut self) -> TextResult<DataId> {
        let name = Cow::Borrowed(self.cursor.tagged("d", "constant data")?);
        self.item_id(self.names.data.get(&name), "constant", &name)
    }

    fn fail(&self, message: &str) -> TextError {
        self.cursor.fail(message)
    }
}

/// Names of imports in text: `module.name`, made distinct by a number where needed. They are
/// no part of a module, only a way to refer.
pub fn import_names(module: &Module) -> Vec<String> {
    let mut used = rustc_hash::FxHashSet::default();
    let mut names = Vec::with_capacity(module.imports.len());
    for import in module.imports.values() {
        let base = format!("{}.{}", import.module, import.name);
        let mut name = base.clone();
        let mut n = names.len();
        while !used.insert(name.clone()) {
            name = format!("{base}.{n}");
            n += 1;
        }
        names.push(name);
    }
    names
}

/// Appends a name behind its sigil, in quotes where it needs them.
pub fn push_name(out: &mut String, sigil: char, name: &str) {
    out.push(sigil);
    if lex::is_plain_name(name) {
        out.push_str(name);
    } else {
        super::quote::push_str(out, name);
    }
}
