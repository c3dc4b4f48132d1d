//! Places: paths into variables and objects that are read, taken out, written and put back.
//!
//! Indices and keys are evaluated once, into a [`Target`]. A write deep in a path takes each
//! container on the way out of the one around it (made unique by `unshare`), changes the
//! innermost and puts all back; `sharing` knows that what is read from an unshared container has
//! moved. Fields of structs and tuples are leaves of the variable and cost nothing. What is special
//! about objects is in `object`.

use std::ops::Range;

use kaa_ir::{Inst, TypeDef, ValTy, Value};
use kaa_isa::kinds::Leaf;

use super::Vals;
use super::body::Body;
use super::natives;
use super::object::Home;
use crate::hir::{ExprId, ExprKind, LocalId, PlaceId, ProjKind, Root, TyId, UnaryOp};

/// A position in a sequence.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// From the front.
    Front(Value),
    /// From the end, by a constant: 1 is the last.
    End(i64),
}

/// One step of a path, with its operands evaluated.
#[derive(Clone)]
pub(super) enum Step {
    /// Some of the leaves at hand.
    Part(Range<usize>),
    /// Into an option of this type.
    Unwrap(TyId),
    /// Into a list of this element type.
    Index(TyId, At),
    /// Into a dict of this value type.
    Key(Vals, TyId),
    /// Into an entry of a dict of this value type, by its number.
    Entry(Value, TyId),
    /// A part of a list; the last step.
    Slice(Vals),
}

/// Where the path of a target begins.
#[derive(Clone)]
pub(super) enum From {
    Local(LocalId),
    Object(Home),
}

/// A place whose operands are evaluated.
#[derive(Clone)]
pub(super) struct Target {
    pub root: From,
    pub steps: Vec<Step>,
}

impl Target {
    /// The variable that the path begins at.
    pub fn local(&self) -> Option<LocalId> {
        match self.root {
            From::Local(local) => Some(local),
            From::Object(_) => None,
        }
    }
}

/// What was passed on the way to a value that was taken out.
enum Frame {
    Part(Range<usize>, Vals),
    Unwrap(TyId),
    Element { list: Value, at: Value, first: u32, old: Vals },
    Entry { map: Value, entry: Value },
}

/// A value that was taken out of a place.
pub(super) struct Taken {
    root: From,
    frames: Vec<Frame>,
    pub vals: Vals,
}

impl Body<'_, '_, '_> {
    /// Evaluates the operands of a place.
    pub fn target(&mut self, id: PlaceId) -> Target {
        let program = self.cx.program;
        let place = program.tree[id];
        let mut projs = &program.tree[place.proj];
        let (root, mut ty) = match (place.root, projs.split_first()) {
            (Root::Local(local), _) => {
                let ty = self.func.map_or(TyId::ERROR, |f| f.locals[local].ty);
                let root = match self.cell_home(local) {
                    Some(home) => From::Object(home),
                    None => From::Local(local),
                };
                (root, ty)
            }
            (Root::Object(object), Some((first, rest))) => {
                projs = rest;
                let index = match first.kind {
                    ProjKind::Field(index) => index,
                    _ => 0,
                };
                (From::Object(self.home(object, index)), first.ty)
            }
            (Root::Object(object), None) => (From::Object(self.home(object, 0)), place.ty),
        };
        let mut steps = Vec::new();
        for proj in projs {
            let step = match proj.kind {
                ProjKind::Field(i) | ProjKind::TupleField(i) => {
                    Step::Part(self.cx.layouts.field(ty, i).0)
                }
                ProjKind::Index(e) => Step::Index(proj.ty, self.position(e)),
                ProjKind::Key(e) => Step::Key(self.expr(e), proj.ty),
                ProjKind::KeyOr { key, default } => {
                    let (key, default) = (self.expr(key), self.expr(default));
                    self.give_default(&root, &steps, &key, default);
                    Step::Key(key, proj.ty)
                }
                ProjKind::Made(key) => {
                    let key = self.expr(key);
                    steps.push(Step::Part(self.cx.layouts.field(ty, 0).0));
                    let make = Step::Part(self.cx.layouts.field(ty, 1).0);
                    self.give_made(&root, &steps, make, &key, proj.ty);
                    Step::Key(key, proj.ty)
                }
                ProjKind::Slice { lo, hi, step } => Step::Slice(self.bounds([lo, hi, step])),
                ProjKind::Unwrap => Step::Unwrap(ty),
            };
            steps.push(step);
            ty = proj.ty;
        }
        Target { root, steps }
    }

    /// Gives a key of the dict that the steps lead to a value, if it has none.
    fn give_default(&mut self, root: &From, steps: &[Step], key: &Vals, default: Vals) {
        let taken = self.take(Target { root: root.clone(), steps: steps.to_vec() });
        let map = taken.vals.first().copied().unwrap_or(Value(0));
        let (key, default) = (self.stored(key.clone()), self.stored(default));
        let mut results = vec![self.b.ty(map)];
        results.extend(default.iter().map(|&leaf| self.b.ty(leaf)));
        let args = [&[map], key.as_slice(), default.as_slice()].concat();
        let mut new = self.rt("dict.setdefault", &args, &results);
        new.truncate(1);
        self.put_back(&taken, new);
    }

    /// Gives a key of the dict that the steps lead to what the function beside it makes, if it
    /// has no value.
    fn give_made(&mut self, root: &From, steps: &[Step], make: Step, key: &Vals, value: TyId) {
        let map = self.read_target(&Target { root: root.clone(), steps: steps.to_vec() });
        let args = [map, self.stored(key.clone())].concat();
        let found = self.rt1(natives::DICT_CONTAINS, &args, ValTy::Bool);
        let (missing, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(found, done, missing);
        self.open(missing);
        let beside = steps.len().saturating_sub(1);
        let steps_to_make = [steps.get(..beside).unwrap_or_default(), &[make]].concat();
        let make = self.read_target(&Target { root: root.clone(), steps: steps_to_make });
        let callee = make.first().copied().unwrap_or(Value(0));
        let vals = self.b.ins(Inst::CallClosure { callee, args: Box::default() });
        let made = vals.iter().take(self.leaves(value).len()).collect();
        self.give_default(root, steps, key, made);
        self.goto(done);
        self.open(done);
    }

    /// An index; a negative constant counts from the end.
    pub fn position(&mut self, index: ExprId) -> At {
        let program = self.cx.program;
        match program.tree[index].kind {
            ExprKind::Int(n) if n < 0 => At::End(n.wrapping_neg()),
            ExprKind::Unary { op: UnaryOp::Neg, operand } => match program.tree[operand].kind {
                ExprKind::Int(n) if n > 0 => At::End(n),
                _ => At::Front(self.expr1(index)),
            },
            _ => {
                let at = self.expr1(index);
                At::Front(self.number_as(at, ValTy::I64, crate::hir::Convert::Checked))
            }
        }
    }

    /// A position as a number, in a sequence whose length `len` gives.
    pub fn resolve(&mut self, at: At, len: impl FnOnce(&mut Self) -> Value) -> Value {
        match at {
            At::Front(at) => at,
            At::End(k) => {
                let (a, b) = (len(self), self.b.i64(k));
                self.b.ins1(Inst::Sub { t: ValTy::I64, a, b })
            }
        }
    }

    /// A position in a list.
    pub fn list_position(&mut self, list: Value, at: At) -> Value {
        self.resolve(at, |s| s.b.ins1(Inst::ListLen { list }))
    }

    /// Some leaves of an element of a list.
    pub fn list_get(&mut self, list: Value, idx: Value, leaves: Range<usize>) -> Vals {
        leaves
            .map(|leaf| self.b.ins1(Inst::ListGet { list, idx, leaf: Leaf(leaf as u32) }))
            .collect()
    }

    /// Reads a place without taking anything out.
    pub fn read_target(&mut self, target: &Target) -> Vals {
        let (_, mut vals, mut steps) = self.enter(&target.root, &target.steps, false);
        while let Some((step, rest)) = steps.split_first() {
            steps = rest;
            let first = vals.first().copied().unwrap_or(Value(0));
            vals = match step {
                Step::Part(range) => part(&vals, range.clone()),
                Step::Unwrap(ty) => self.unwrap_known(*ty, &vals),
                Step::Index(elem, at) => {
                    let (range, rest) = self.narrowed(*elem, steps);
                    steps = rest;
                    let idx = self.list_position(first, *at);
                    self.list_get(first, idx, range)
                }
                Step::Key(key, value) => self.dict_index(first, key, *value),
                Step::Entry(entry, value) => self.entry_value(first, *entry, *value),
                Step::Slice(bounds) => {
                    let args = [&[first], bounds.as_slice()].concat();
                    let ty = self.b.ty(first);
                    self.rt(natives::LIST_SLICE, &args, &[ty])
                }
            };
        }
        vals
    }

    /// The value of a key of a dict; traps where it is missing.
    pub fn dict_index(&mut self, map: Value, key: &[Value], value: TyId) -> Vals {
        let key = self.stored(key.to_vec());
        let args = [&[map], key.as_slice()].concat();
        let leaves = self.elem_leaves(value);
        let mut vals = self.rt(natives::DICT_INDEX, &args, &leaves);
        vals.truncate(self.leaves(value).len());
        vals
    }

    /// The value of an entry of a dict.
    fn entry_value(&mut self, map: Value, entry: Value, value: TyId) -> Vals {
        let leaves = self.elem_leaves(value);
        let mut vals = self.rt(natives::MAP_VALUE_AT, &[map, entry], &leaves);
        vals.truncate(self.leaves(value).len());
        vals
    }

    /// Which leaves of an element the next steps want, and the steps behind them.
    fn narrowed<'s>(&mut self, elem: TyId, steps: &'s [Step]) -> (Range<usize>, &'s [Step]) {
        let mut range = 0..self.leaves(elem).len();
        let mut steps = steps;
        while let Some((Step::Part(part), rest)) = steps.split_first() {
            range = range.start + part.start..range.start + part.end;
            steps = rest;
        }
        (range, steps)
    }

    /// Takes the value at a place out; it must be put back.
    pub fn take(&mut self, target: Target) -> Taken {
        let (root, mut vals, mut steps) = self.enter(&target.root, &target.steps, true);
        let mut frames = Vec::new();
        while let Some((step, rest)) = steps.split_first() {
            steps = rest;
            let first = vals.first().copied().unwrap_or(Value(0));
            let (frame, inner) = match step {
                Step::Part(range) => {
                    let inner = part(&vals, range.clone());
                    (Frame::Part(range.clone(), vals), inner)
                }
                Step::Unwrap(ty) => (Frame::Unwrap(*ty), self.unwrap_known(*ty, &vals)),
                Step::Index(elem, at) => {
                    let (range, rest) = self.narrowed(*elem, steps);
                    steps = rest;
                    let list = self.b.ins1(Inst::Unshare { obj: first });
                    let at = self.list_position(list, *at);
                    let old = self.list_get(list, at, range.clone());
                    let first = range.start as u32;
                    (Frame::Element { list, at, first, old: old.clone() }, old)
                }
                Step::Key(key, value) => {
                    let key = self.stored(key.clone());
                    let args = [&[first], key.as_slice()].concat();
                    let entry = self.rt1(natives::DICT_ENTRY, &args, ValTy::I64);
                    let map = self.b.ins1(Inst::Unshare { obj: first });
                    (Frame::Entry { map, entry }, self.entry_value(map, entry, *value))
                }
                Step::Entry(entry, value) => {
                    let map = self.b.ins1(Inst::Unshare { obj: first });
                    let inner = self.entry_value(map, *entry, *value);
                    (Frame::Entry { map, entry: *entry }, inner)
                }
                Step::Slice(_) => break,
            };
            frames.push(frame);
            vals = inner;
        }
        Taken { root, frames, vals }
    }

    /// Puts a new value where the old one was taken out.
    pub fn put_back(&mut self, taken: &Taken, new: Vals) {
        let mut vals = new;
        for frame in taken.frames.iter().rev() {
            vals = match frame {
                Frame::Part(range, outer) => {
                    let mut outer = outer.clone();
                    if range.end <= outer.len() && vals.len() == range.len() {
                        outer[range.clone()].copy_from_slice(&vals);
                    }
                    outer
                }
                Frame::Unwrap(ty) => self.wrap_some(*ty, vals),
                Frame::Element { list, at, first, old } => {
                    let mut changed = Vec::new();
                    for (leaf, (new, old)) in (*first..).zip(vals.iter().zip(old)) {
                        // An object is stored even if it is the same: it moved out.
                        if new != old || self.is_collection(*new) {
                            changed.push((leaf, *new));
                        }
                    }
                    vec![self.store(*list, *at, &changed)]
                }
                Frame::Entry { map, entry } => {
                    let vals = self.stored(vals);
                    let args = [&[*map, *entry], vals.as_slice()].concat();
                    let ty = self.b.ty(*map);
                    self.rt(natives::MAP_PUT_AT, &args, &[ty])
                }
            };
        }
        match &taken.root {
            From::Local(local) => self.set_local(*local, &vals),
            From::Object(home) => self.come_home(home, &vals),
        }
    }

    /// The leaves that a path begins with, and the steps that are left. Of an object only those
    /// leaves are read that the first steps lead to.
    fn enter<'s>(
        &mut self,
        root: &From,
        mut steps: &'s [Step],
        take: bool,
    ) -> (From, Vals, &'s [Step]) {
        let mut home = match root {
            From::Local(local) => return (From::Local(*local), self.get_local(*local), steps),
            From::Object(home) => home.clone(),
        };
        while let Some((Step::Part(range), rest)) = steps.split_first() {
            home.narrow(range);
            steps = rest;
        }
        let vals = if take { self.leave_home(&mut home) } else { self.at_home(&home) };
        (From::Object(home), vals, steps)
    }

    /// Writes a place.
    pub fn write_target(&mut self, mut target: Target, vals: Vals) {
        if let From::Object(home) = &target.root
            && target.steps.iter().all(|s| matches!(s, Step::Part(_)))
        {
            let mut home = home.clone();
            for step in &target.steps {
                if let Step::Part(range) = step {
                    home.narrow(range);
                }
            }
            return self.write_home(&home, &vals);
        }
        let is_container = |s: &Step| !matches!(s, Step::Part(_) | Step::Unwrap(_));
        let Some(at) = target.steps.iter().rposition(is_container) else {
            let taken = self.take(target);
            return self.put_back(&taken, vals);
        };
        let plain = target.steps[at + 1..].iter().all(|s| matches!(s, Step::Part(_)));
        let whole = at + 1 == target.steps.len();
        if !plain || !whole && matches!(target.steps[at], Step::Key(..)) {
            let taken = self.take(target);
            return self.put_back(&taken, vals);
        }
        let rest = target.steps.split_off(at);
        let taken = self.take(target);
        let container = taken.vals.first().copied().unwrap_or(Value(0));
        let new = match &rest[0] {
            Step::Index(elem, at) => {
                let (range, _) = self.narrowed(*elem, &rest[1..]);
                self.write_element(container, *at, range, vals)
            }
            Step::Key(key, _) => self.dict_put(container, key.clone(), vals),
            Step::Slice(bounds) => {
                let args = [&[container], bounds.as_slice(), &vals].concat();
                let ty = self.b.ty(container);
                self.rt1(natives::LIST_SET_SLICE, &args, ty)
            }
            Step::Part(_) | Step::Unwrap(_) | Step::Entry(..) => container,
        };
        self.put_back(&taken, vec![new]);
    }

    /// Writes leaves of an element and gives the list written.
    fn write_element(&mut self, list: Value, at: At, leaves: Range<usize>, vals: Vals) -> Value {
        if let [val] = vals[..] {
            let idx = self.list_position(list, at);
            let leaf = Leaf(leaves.start as u32);
            return self.b.ins1(Inst::ListPut { list, idx, leaf, val });
        }
        let list = self.b.ins1(Inst::Unshare { obj: list });
        let idx = self.list_position(list, at);
        let leaves: Vec<_> = (leaves.start as u32..).zip(vals).collect();
        self.store(list, idx, &leaves)
    }

    /// Writes leaves of an element of an unshared list and gives the list. The last write makes
    /// a new name for it, by which `sharing` tells what was taken out from what is read later.
    fn store(&mut self, list: Value, idx: Value, leaves: &[(u32, Value)]) -> Value {
        let Some(((last, val), others)) = leaves.split_last() else { return list };
        for (leaf, val) in others {
            self.b.ins(Inst::ListSet { list, idx, leaf: Leaf(*leaf), val: *val });
        }
        self.b.ins1(Inst::ListPut { list, idx, leaf: Leaf(*last), val: *val })
    }

    /// `del` of an element, entry or part.
    pub fn delete(&mut self, place: PlaceId) {
        let mut target = self.target(place);
        let Some(last) = target.steps.pop() else { return };
        let taken = self.take(target);
        let container = taken.vals.first().copied().unwrap_or(Value(0));
        let ty = self.b.ty(container);
        let new = match last {
            Step::Index(_, at) => {
                let at = self.list_position(container, at);
                self.rt1(natives::LIST_DEL_AT, &[container, at], ty)
            }
            Step::Key(key, _) => {
                let key = self.stored(key);
                let args = [&[container], key.as_slice()].concat();
                self.rt1(natives::DICT_DEL, &args, ty)
            }
            Step::Slice(bounds) => {
                let args = [&[container], bounds.as_slice()].concat();
                self.rt1(natives::LIST_DEL_SLICE, &args, ty)
            }
            Step::Part(_) | Step::Unwrap(_) | Step::Entry(..) => container,
        };
        self.put_back(&taken, vec![new]);
    }

    /// Whether a value is a reference to something that can be written in place.
    pub fn is_collection(&self, v: Value) -> bool {
        let Some(id) = self.b.ty(v).heap_type() else { return false };
        matches!(self.b.module.types.def(id), Some(TypeDef::List { .. } | TypeDef::Map { .. }))
    }

    /// Whether a write of the target passes more than one container.
    pub fn is_deep(target: &Target) -> bool {
        let inner = target.steps.iter().filter(|s| matches!(s, Step::Index(..) | Step::Key(..)));
        inner.count() + usize::from(target.local().is_none()) > 1
    }
}

/// Some of the leaves.
fn part(vals: &[Value], range: Range<usize>) -> Vals {
    vals.get(range).map(<[Value]>::to_vec).unwrap_or_default()
}
