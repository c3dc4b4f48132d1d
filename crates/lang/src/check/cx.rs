//! The state of the function that is being checked, and the names in sight.

use super::closure::Confined;
use super::flow::{Assigned, Exit, Flow, Fork};
use crate::hir::{FnId, List, Local, LocalId, Mode, Param, TyId};
use crate::intern::Symbol;
use kaa_base::entity::{Entity, Table};
use kaa_base::span::Span;
use rustc_hash::FxHashMap;

/// How a variable came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarKind {
    /// By an assignment.
    Binding,
    /// As a parameter.
    Param(Mode),
    /// As the receiver of a method.
    Receiver(Mode),
    /// By a `for`.
    Loop,
    /// By the pattern of a `case`.
    Case,
    /// By `:=`.
    Walrus,
    /// In the condition of a `while` that is done: known, and free to be bound again.
    Turn,
    /// By `for mut`.
    LoopMut,
    /// From the function around.
    Capture,
    /// As the name of a nested `def`.
    Def,
    /// By the checker.
    Hidden,
}

/// What is recorded of a variable beside its [`Local`].
#[derive(Clone, Copy, Debug)]
pub struct Var {
    /// How it came to be.
    pub kind: VarKind,
    /// Whether it was read.
    pub used: bool,
    /// Whether it was changed after its first assignment.
    pub changed: bool,
    /// Whether it was reported as unassigned.
    pub reported: bool,
    /// How many loops are around its declaration.
    pub loops: u32,
    /// Whether it was declared by a line that gives it no value.
    pub bare: bool,
    /// Where its resource was moved out.
    pub moved: Option<Span>,
    /// Whether a nested function writes it too.
    pub shared: bool,
    /// Why the function that it holds may not outlive the call.
    pub confined: Option<Confined>,
}

/// A loop around the current point.
#[derive(Debug)]
pub struct Loop {
    /// Before it.
    pub fork: Fork,
    /// States at its `break`s.
    pub breaks: Vec<Exit>,
}

/// What a `for mut` loop has for itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lock {
    /// The variable.
    pub local: LocalId,
    /// The field of it, if not the whole of it.
    pub field: Option<u32>,
    /// What the loop walks.
    pub span: Span,
}

/// What the function gives back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ret {
    /// Its signature says so.
    Known(TyId),
    /// There is no `return` here: a script, a constant.
    Nothing,
    /// What the body of a lambda turns out to be.
    Body,
}

/// The function that is being checked.
#[derive(Debug)]
pub struct FnCx {
    /// Number of functions around it.
    pub depth: u32,
    /// Its variables.
    pub locals: Table<LocalId, Local>,
    /// More of its variables.
    pub vars: Vec<Var>,
    /// What is known here.
    pub flow: Flow,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Variables that hold what it captured.
    pub captures: Vec<LocalId>,
    /// The variables of the function around that these are copies of.
    pub capture_sources: Vec<LocalId>,
    /// Those variables by the variable of the function around.
    pub captured: FxHashMap<LocalId, LocalId>,
    /// What it gives back.
    pub ret: Ret,
    /// What each turn of it gives, if it is a generator.
    pub yields: Option<TyId>,
    /// In a generator expression that is kept: the number of variables outside of it.
    pub outside: Option<usize>,
    /// Where its result type is written.
    pub ret_span: Option<Span>,
    /// The `def` line of a function that promises no result, up to its colon.
    pub head: Option<Span>,
    /// Loops around the current point.
    pub loops: Vec<Loop>,
    /// What the `for mut` loops around change.
    pub locks: Vec<Lock>,
    /// Its own name, if it is a nested function.
    pub own: Option<(Symbol, FnId)>,
    /// Its type, if it is a nested function.
    pub own_ty: Option<TyId>,
    /// Where its name stands.
    pub own_span: Span,
    /// The variable that holds it as a value.
    pub own_value: Option<LocalId>,
    /// Variables that a nested function writes, or that belong to a function around.
    pub cells: Vec<LocalId>,
    /// Variables of the function around that it writes, with its own name for them.
    pub shares: Vec<(LocalId, Symbol, Span)>,
    /// Variables that a call of the nested function in a variable may write.
    pub writes: FxHashMap<LocalId, Vec<LocalId>>,
    /// What the nested functions in variables capture.
    pub def_captures: FxHashMap<LocalId, List<LocalId>>,
    /// Whether some mutable variable was ever known to be present.
    pub narrows: bool,
    /// Number of errors before it.
    pub errors_before: usize,
}

impl FnCx {
    /// A function inside of `depth` others.
    pub fn new(depth: u32, ret: Ret, errors_before: usize) -> FnCx {
        FnCx {
            depth,
            locals: Table::new(),
            vars: Vec::new(),
            flow: Flow::default(),
            params: Vec::new(),
            captures: Vec::new(),
            yields: None,
            outside: None,
            capture_sources: Vec::new(),
            captured: FxHashMap::default(),
            ret,
            ret_span: None,
            head: None,
            loops: Vec::new(),
            locks: Vec::new(),
            own: None,
            own_ty: None,
            own_span: Span::default(),
            own_value: None,
            cells: Vec::new(),
            shares: Vec::new(),
            writes: FxHashMap::default(),
            def_captures: FxHashMap::default(),
            narrows: false,
            errors_before,
        }
    }

    /// Adds a variable.
    pub fn add(&mut self, local: Local, kind: VarKind, assigned: Assigned) -> LocalId {
        let loops = u32::try_from(self.loops.len()).unwrap_or(u32::MAX);
        self.vars.push(Var {
            kind,
            used: false,
            changed: false,
            reported: false,
            loops,
            bare: false,
            moved: None,
            shared: false,
            confined: None,
        });
        self.flow.declare(assigned);
        self.locals.push(local)
    }

    /// More of a variable.
    pub fn var(&mut self, local: LocalId) -> &mut Var {
        &mut self.vars[local.index()]
    }
}

/// A variable in sight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
    /// Of the function with this depth.
    pub depth: u32,
    /// Which.
    pub local: LocalId,
}

/// The variables in sight, by name.
#[derive(Debug, Default)]
pub struct Scope {
    slots: Vec<Option<Binding>>,
    undo: Vec<(Symbol, Option<Binding>)>,
}

impl Scope {
    /// The variable with this name.
    pub fn get(&self, name: Symbol) -> Option<Binding> {
        self.slots.get(name.0 as usize).copied().flatten()
    }

    /// Gives a name to a variable until the scope ends.
    pub fn bind(&mut self, name: Symbol, binding: Binding) {
        let at = name.0 as usize;
        if at >= self.slots.len() {
            self.slots.resize(at + 1, None);
        }
        self.undo.push((name, self.slots[at]));
        self.slots[at] = Some(binding);
    }

    /// Gives a name back what it stood for before, until the scope ends.
    pub fn restore(&mut self, name: Symbol, before: Option<Binding>) {
        if let Some(slot) = self.slots.get_mut(name.0 as usize) {
            self.undo.push((name, std::mem::replace(slot, before)));
        }
    }

    /// Begins a scope.
    pub fn open(&self) -> usize {
        self.undo.len()
    }

    /// Ends the scope that `open` began.
    pub fn close(&mut self, mark: usize) {
        for (name, old) in self.undo.drain(mark..).rev() {
            self.slots[name.0 as usize] = old;
        }
    }

    /// Names of all variables in sight.
    pub fn names(&self) -> impl Iterator<Item = Symbol> {
        (0..).map(Symbol).zip(&self.slots).filter(|(_, slot)| slot.is_some()).map(|(name, _)| name)
    }
}
