//! Lowering: the checked program becomes IR.
//!
//! One `Body` makes one IR function. Values travel as vectors of leaves (`layout`).
//! Rooms: `body` helpers shared by all, `stmt` and `expr` the two big switches, `ops` numbers,
//! `place` paths that are written, `call` calls, `builtin` and `fold` what is built in, `loops`
//! and `cursor` iteration, `object` objects of classes, `collections` displays, indices and
//! slices, `option` options and results, `show` text of values, `equal` equality, order and hash,
//! `generator` and `suspend` functions with `yield`, `constant` module constants, `sharing` the
//! bits that keep values apart, `natives` the runtime functions called. Types are trusted: the
//! checker found no error before this runs.

mod assert;
mod body;
mod builtin;
mod call;
mod collections;
mod constant;
mod cursor;
mod dynamic;
mod enums;
mod equal;
mod errors;
mod expr;
mod fold;
mod generator;
mod json_read;
mod json_write;
mod kept;
mod layout;
mod limits;
mod loops;
mod matching;
mod naming;
pub mod natives;
mod object;
mod ops;
mod option;
mod option_methods;
mod own;
mod place;
mod resource;
mod sharing;
mod show;
mod sort_by;
mod stmt;
mod suspend;
mod text;
mod view;
mod walk_own;

use std::collections::VecDeque;

use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::{SourceMap, Span};
use kaa_ir::{FuncId, Function, Loc, Module, Signature, ValTy, Value};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::hir::{ConstId, Entry, FnId, Mode, Program, TyId};
use crate::intern::Interner;
use crate::library;
use body::Body;
use layout::Layouts;

/// The leaves of one value.
type Vals = Vec<Value>;

/// What a module tells of the variables of its source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variables {
    /// Nothing: only debuggers ask, and names cost time and memory.
    Nameless,
    /// Which values are theirs.
    Named,
}

/// Lowers a program that was checked without an error.
pub fn lower(
    program: &Program,
    names: &Interner,
    sources: &SourceMap,
    variables: Variables,
) -> Result<Module, Vec<Diagnostic>> {
    let mut module = Module::new(sources.get(program.file).map_or("", |source| &*source.name));
    module.files.extend(sources.iter().map(|(_, source)| source.name.clone()));
    let mut cx = Cx::new(program, names, sources);
    cx.variables = variables;
    cx.declare(&mut module);
    loop {
        if let Some(id) = cx.wanted.pop_front() {
            match program.functions[id].generator {
                true => Body::generator(&mut cx, &mut module, id),
                false => Body::function(&mut cx, &mut module, id),
            }
            continue;
        }
        let Some((func, job)) = cx.jobs.pop() else { break };
        match job {
            Job::Repr(ty) => Body::repr(&mut cx, &mut module, func, ty),
            Job::Tell => Body::tell_error(&mut cx, &mut module, func),
            Job::Json(ty, any, json_read::Way::Read) => {
                Body::json_reader(&mut cx, &mut module, func, ty, any);
            }
            Job::Json(ty, any, json_read::Way::Write) => {
                Body::json_writer(&mut cx, &mut module, func, ty, any);
            }
            Job::Guard(ty) => Body::guard(&mut cx, &mut module, func, ty),
            Job::Const(id) => Body::constant(&mut cx, &mut module, func, id),
            Job::Question(ty, question) => {
                Body::question(&mut cx, &mut module, func, ty, question);
            }
        }
    }
    if let Some((ty, why)) = cx.layouts.refused {
        let name = cx.layouts.name(ty);
        let text = format!("values of type `{name}` {why}");
        // What could not be built without a layout is no error of its own.
        cx.errors.clear();
        cx.fail(Span::new(program.file, 0, 0), text);
    }
    if cx.errors.is_empty() {
        limits::check(&mut cx, &module);
    }
    if !cx.errors.is_empty() {
        return Err(cx.errors);
    }
    cx.modes.effects = sharing::Effects::of_module(&module);
    let funcs: Vec<FuncId> = module.funcs.keys().collect();
    for f in funcs {
        if sharing::insert(&mut module, f, &cx.modes).is_err() {
            let name = &module.funcs[f].name;
            let text = format!("`{name}` is too large: too many values live too long in it");
            cx.fail(Span::new(program.file, 0, 0), text);
        }
    }
    if cx.errors.is_empty() { Ok(module) } else { Err(cx.errors) }
}

/// A function that is made on demand.
#[derive(Clone, Copy)]
enum Job {
    /// Appends the repr of a value to a text buffer.
    Repr(TyId),
    /// Puts the messages of an open error and of its causes together.
    Tell,
    /// Reads or writes a value as JSON; the second type is that of values of any shape.
    Json(TyId, TyId, json_read::Way),
    /// Closes the resource of a variable whose task ends.
    Guard(TyId),
    /// Gives a module constant, made at the first call.
    Const(ConstId),
    /// Compares two values of a type that has a say in it.
    Question(TyId, own::Question),
}

/// What all functions of a module share while they are lowered.
struct Cx<'p> {
    program: &'p Program,
    names: &'p Interner,
    sources: &'p SourceMap,
    variables: Variables,
    layouts: Layouts<'p>,
    /// The IR function of each function of the program that is called so far.
    funcs: Vec<Option<FuncId>>,
    /// Functions that have no body yet.
    wanted: VecDeque<FnId>,
    reprs: FxHashMap<TyId, FuncId>,
    json: FxHashMap<(TyId, json_read::Way), FuncId>,
    /// What tells an open error with its causes.
    telling: Option<FuncId>,
    guards: FxHashMap<TyId, FuncId>,
    consts: FxHashMap<ConstId, FuncId>,
    /// Which types have a say in comparisons, and what compares them.
    own: FxHashMap<(TyId, own::Question), bool>,
    questions: FxHashMap<(TyId, own::Question), FuncId>,
    jobs: Vec<(FuncId, Job)>,
    /// What calls take over, for `sharing`.
    modes: sharing::Modes,
    errors: Vec<Diagnostic>,
    /// How many functions had a name so far.
    taken_names: FxHashMap<String, u32>,
    last_loc: (Span, Loc),
}

impl<'p> Cx<'p> {
    fn new(program: &'p Program, names: &'p Interner, sources: &'p SourceMap) -> Self {
        Self {
            program,
            names,
            sources,
            variables: Variables::Nameless,
            layouts: Layouts::new(program, names),
            funcs: vec![None; program.functions.len()],
            wanted: VecDeque::new(),
            reprs: FxHashMap::default(),
            json: FxHashMap::default(),
            telling: None,
            guards: FxHashMap::default(),
            consts: FxHashMap::default(),
            own: FxHashMap::default(),
            questions: FxHashMap::default(),
            jobs: Vec::new(),
            modes: sharing::Modes::default(),
            errors: Vec::new(),
            taken_names: FxHashMap::default(),
            last_loc: (Span::new(program.file, 0, 0), Loc::default()),
        }
    }

    /// Declares all functions of the program itself, and the exports. Those of the library are
    /// declared where they are called.
    fn declare(&mut self, m: &mut Module) {
        for id in self.program.functions.keys() {
            let function = &self.program.functions[id];
            let source = self.sources.get(function.span.file);
            let in_library = source.is_some_and(|file| file.name.starts_with(library::FOLDER));
            // Of those with type parameters only the instances are run.
            if in_library || !function.generics.is_empty() {
                continue;
            }
            let func = self.func(m, id);
            let name = self.names.text(function.name).to_owned();
            let (exported, test) = (function.exported, function.test);
            if test {
                m.export_func(format!("{}{name}", crate::TEST_PREFIX), func);
            }
            if exported {
                m.export_func(name, func);
            }
        }
        let main = match self.program.entry {
            Entry::None => None,
            Entry::Script(func) | Entry::Main { func, .. } => Some(func),
        };
        if let Some(main) = main
            && m.exported_func("main").is_none()
        {
            let main = self.func(m, main);
            m.export_func("main", main);
        }
    }

    /// Captures are the leading parameters; `mut` parameters are leading results.
    fn signature(&mut self, m: &mut Module, id: FnId) -> Signature {
        let f = &self.program.functions[id];
        let mut captures = Vec::new();
        for local in &f.captures {
            let ty = f.locals[*local].ty;
            match self.program.cells.contains(&(id, *local)) {
                true => captures.push(ValTy::Ref(self.layouts.cell_type(m, ty))),
                false => captures.extend(self.layouts.leaves(m, ty).iter()),
            }
        }
        let params: Vec<_> = f.params.iter().map(|p| (p.mode, f.locals[p.local].ty)).collect();
        let sig = self.layouts.signature(m, &params, f.ret);
        captures.extend(sig.params);
        Signature::new(captures, sig.results)
    }

    /// Records which parameters of a function take their argument over.
    fn note_modes(&mut self, m: &mut Module, id: FnId, func: FuncId) {
        let f = &self.program.functions[id];
        let mut taken = Vec::new();
        for local in &f.captures {
            let count = match self.program.cells.contains(&(id, *local)) {
                true => 1,
                false => self.layouts.leaves(m, f.locals[*local].ty).len(),
            };
            taken.resize(taken.len() + count, false);
        }
        for param in &f.params {
            let count = self.layouts.leaves(m, f.locals[param.local].ty).len();
            taken.resize(taken.len() + count, param.mode != Mode::Read);
        }
        self.modes.funcs.insert(func, taken);
    }

    /// Declares an IR function under a name of its own.
    fn declare_func(&mut self, m: &mut Module, name: &str, sig: Signature) -> FuncId {
        let taken = self.taken_names.entry(name.to_owned()).or_insert(0);
        *taken += 1;
        match taken {
            1 => m.declare_func(name, sig),
            n => m.declare_func(format!("{name}#{n}"), sig),
        }
    }

    /// The IR function of a function of the program, which has its turn if it is new.
    fn func(&mut self, m: &mut Module, id: FnId) -> FuncId {
        if let Some(known) = self.funcs[id.index()] {
            return known;
        }
        let sig = self.signature(m, id);
        let name = self.names.text(self.program.functions[id].name).to_owned();
        let func = self.declare_func(m, &name, sig);
        self.funcs[id.index()] = Some(func);
        self.note_modes(m, id, func);
        self.wanted.push_back(id);
        func
    }

    /// Where a span lies in the source. A very long line gives its columns up.
    fn loc(&mut self, span: Span) -> Loc {
        if self.last_loc.0 == span {
            return self.last_loc.1;
        }
        let Some(source) = self.sources.get(span.file) else { return Loc::default() };
        let line = source.line(span.lo);
        let start = source.line_starts.get(line as usize - 1).copied().unwrap_or(0);
        let clamp = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        let col = match span.lo - start {
            far if far > 4096 => clamp(far),
            _ => clamp(source.line_col(span.lo).col),
        };
        let loc = Loc { line, col, len: clamp(span.len()) };
        self.last_loc = (span, loc);
        loc
    }

    /// Reports what lowering cannot do.
    fn fail(&mut self, span: Span, text: impl Into<String>) {
        self.errors.push(Diagnostic::error(codes::NOT_LOWERED, span, text));
    }
}

/// Reports a function that the builder refuses: a fault of lowering, told as an error.
fn refuse(cx: &mut Cx<'_>, span: Span, f: &Function, error: &kaa_ir::builder::BuildError) {
    cx.fail(span, format!("internal error: `{}` cannot be built: {error}", f.name));
}
