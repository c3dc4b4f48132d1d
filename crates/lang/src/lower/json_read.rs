//! Reading JSON as a type of the program: a function for each type, over the natives of `rt`.
//!
//! Such a function takes the text, the samples of `json.Value` and a cursor. It gives what a
//! `Result` of the type does, and the cursor behind the value. Numbers and texts are read where
//! they are needed. How each type is written down is in `json_write`, the other direction; what
//! is accepted beyond that: unknown fields are passed over, those with a default may be missing.

use kaa_ir::builder::Var;
use kaa_ir::{FuncId, Inst, Module, Signature, ValTy, Value};
use kaa_isa::kinds::BlockCall;

use super::body::Body;
use super::layout::nullable;
use super::{Cx, Job, Vals, natives};
use crate::hir::{Arg, DefaultValue, FieldDef, FloatKind, IntKind, List, Ty, TyId};
use kaa_base::span::Span;

/// The brackets that hold the items of a list, or of a dict.
const LIST: i64 = b'[' as i64;
const DICT: i64 = b'{' as i64;

/// One of the functions that read or write values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    /// From a text.
    Read,
    /// To a buffer.
    Write,
}

/// What the reading of one value needs.
struct Reading {
    text: Value,
    samples: Value,
    /// The type of values of any shape.
    any: TyId,
    /// What the function gives.
    ty: TyId,
    cursor: Var,
}

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// `_json.read(samples, text, like)`; the last only tells the type.
    pub fn json_read(&mut self, args: List<Arg>, ret: TyId) -> Vals {
        let Some((any, samples)) = self.json_samples(args) else { return self.zeros(ret) };
        let Some(text) = self.arg_for(args, 1) else { return self.zeros(ret) };
        let text = self.expr1(text);
        let (ty, _) = self.sides(ret);
        let f = self.json_func(ty, any, Way::Read);
        let start = self.b.i64(0);
        let args = [text, samples, start].into();
        let mut read: Vals = self.b.ins(Inst::Call { f, args }).iter().collect();
        let (Some(cursor), Some(&ok)) = (read.pop(), read.first()) else { return read };
        let types = self.leaves(ret);
        self.choose(
            ok,
            &types,
            |s| {
                let out = s.rt(natives::JSON_END, &[text, cursor], &[ValTy::Bool, ValTy::I64]);
                let [done, at] = *out else { return Vec::new() };
                s.choose(
                    done,
                    &types,
                    |_| read.clone(),
                    |s| {
                        let what = s.b.str("the end of the text");
                        s.json_error(natives::JSON_FAIL, ty, &[text, at, what])
                    },
                )
            },
            |_| read.clone(),
        )
    }

    /// The samples of values of any shape, which are the first argument, and that type.
    pub fn json_samples(&mut self, args: List<Arg>) -> Option<(TyId, Value)> {
        let samples = self.arg_for(args, 0)?;
        let any = self.element_ty(self.cx.program.tree[samples].ty);
        Some((any, self.expr1(samples)))
    }

    /// A result with the error that a native makes.
    fn json_error(&mut self, native: &str, ty: TyId, args: &[Value]) -> Vals {
        let error = ValTy::Ref(self.cx.layouts.error_type(self.b.module));
        let error = self.rt1(native, args, error);
        self.json_failed(ty, error)
    }

    fn json_failed(&mut self, ty: TyId, error: Value) -> Vals {
        let mut vals = vec![self.bool(false)];
        vals.extend(self.absent_leaves(ty));
        vals.push(error);
        vals
    }

    /// The function that reads or writes values of a type.
    pub fn json_func(&mut self, ty: TyId, any: TyId, way: Way) -> FuncId {
        if let Some(func) = self.cx.json.get(&(ty, way)) {
            return *func;
        }
        let samples = ValTy::Ref(self.list_type(any));
        let leaves = self.leaves(ty);
        let sig = match way {
            Way::Read => {
                let mut results = vec![ValTy::Bool];
                results.extend(leaves.iter().map(|leaf| nullable(*leaf)));
                results.push(ValTy::RefNull(self.cx.layouts.error_type(self.b.module)));
                results.push(ValTy::I64);
                Signature::new(vec![ValTy::STR, samples, ValTy::I64], results)
            }
            Way::Write => {
                let mut params = vec![ValTy::Ref(self.list_type(TyId::U8)), samples];
                params.extend(leaves.iter());
                Signature::new(params, [])
            }
        };
        let verb = if way == Way::Read { "read" } else { "write" };
        let name = format!("{verb} {}", self.cx.layouts.name(ty));
        let func = self.cx.declare_func(self.b.module, &name, sig);
        self.cx.json.insert((ty, way), func);
        self.cx.jobs.push((func, Job::Json(ty, any, way)));
        func
    }

    /// Lowers the function that reads values of a type.
    pub fn json_reader(cx: &'c mut Cx<'p>, m: &'m mut Module, func: FuncId, ty: TyId, any: TyId) {
        let span = Span::new(cx.program.file, 0, 0);
        let mut body = Self::start(cx, m, func);
        let params = body.b.params();
        if let [text, samples, cursor] = *params {
            let var = body.b.declare_var(ValTy::I64);
            body.b.def_var(var, cursor);
            let r = Reading { text, samples, any, ty, cursor: var };
            let vals = body.read_compound(&r, ty);
            let mut all = vec![body.bool(true)];
            all.extend(vals);
            let error = body.cx.layouts.error_type(body.b.module);
            all.push(body.b.null(error));
            all.push(body.b.use_var(var));
            body.b.ins(Inst::Ret { vals: all.into() });
        }
        body.finish(span);
    }

    /// Takes something by a native that gives the cursor last.
    fn take_json(&mut self, r: &Reading, native: &str, more: &[Value], results: &[ValTy]) -> Vals {
        let cursor = self.b.use_var(r.cursor);
        let args = [&[r.text, cursor], more].concat();
        let results = [results, &[ValTy::I64]].concat();
        let mut out = self.rt(native, &args, &results);
        if let Some(cursor) = out.pop() {
            self.b.def_var(r.cursor, cursor);
        }
        out
    }

    /// Returns the error of a native unless something holds.
    fn check_json(&mut self, r: &Reading, ok: Value, native: &str, at: Value, what: &str) {
        let (good, bad) = (self.b.create_block(), self.b.create_block());
        self.b.branch(ok, good, bad);
        self.open(bad);
        let what = self.b.str(what);
        let mut vals = self.json_error(native, r.ty, &[r.text, at, what]);
        vals.push(at);
        self.b.ins(Inst::Ret { vals: vals.into() });
        self.open(good);
    }

    /// The same where something else was expected at the cursor.
    fn expect_json(&mut self, r: &Reading, ok: Value, what: &str) {
        let at = self.b.use_var(r.cursor);
        self.check_json(r, ok, natives::JSON_FAIL, at, what);
    }

    /// A value by a native that says first whether there is one.
    fn json_scalar(
        &mut self,
        r: &Reading,
        native: &str,
        more: &[Value],
        ty: ValTy,
        what: &str,
    ) -> Value {
        let out = self.take_json(r, native, more, &[ValTy::Bool, ty]);
        let [ok, value] = *out else { return self.zero(ty) };
        self.expect_json(r, ok, what);
        value
    }

    /// An integer by a native that takes its size.
    fn json_int(&mut self, r: &Reading, native: &str, kind: IntKind) -> Value {
        let bits = i64::from(kind.bits());
        let bits = self.b.i64(if kind.is_signed() { bits } else { -bits });
        let name = kind.name();
        let article = if name.starts_with(['i', '8']) { "an" } else { "a" };
        let value = self.json_scalar(r, native, &[bits], ValTy::I64, &format!("{article} {name}"));
        let t = super::layout::int_ty(kind);
        if t == ValTy::I64 { value } else { self.b.ins1(Inst::ConvertWrap { t, a: value }) }
    }

    fn json_text(&mut self, r: &Reading, native: &str, what: &str) -> Value {
        let null = ValTy::RefNull(kaa_ir::TypeId::STR);
        let out = self.take_json(r, native, &[], &[null]);
        let a = out.first().copied().unwrap_or(Value(0));
        let none = self.b.ins1(Inst::IsNull { a });
        let ok = self.b.ins1(Inst::Not { t: ValTy::Bool, a: none });
        self.expect_json(r, ok, what);
        self.b.ins1(Inst::AsNonNull { a })
    }

    /// Reads a value.
    fn read_json(&mut self, r: &Reading, ty: TyId) -> Vals {
        match self.ty(ty) {
            Ty::Int(kind) => vec![self.json_int(r, natives::JSON_INT, kind)],
            Ty::Float(kind) => {
                let value = self.json_scalar(r, natives::JSON_FLOAT, &[], ValTy::F64, "a float");
                vec![match kind {
                    FloatKind::F64 => value,
                    FloatKind::F32 => self.b.ins1(Inst::ConvertTrap { t: ValTy::F32, a: value }),
                }]
            }
            Ty::Bool => {
                vec![self.json_scalar(r, natives::JSON_BOOL, &[], ValTy::Bool, "a bool")]
            }
            Ty::Str => vec![self.json_text(r, natives::JSON_STR, "a string")],
            Ty::Char => {
                let what = "a string of one character";
                vec![self.json_scalar(r, natives::JSON_CHAR, &[], ValTy::U32, what)]
            }
            Ty::Unit => {
                let out = self.take_json(r, natives::JSON_NULL, &[], &[ValTy::Bool]);
                out.iter().for_each(|ok| self.expect_json(r, *ok, "null"));
                Vec::new()
            }
            Ty::Option(inner) => {
                let out = self.take_json(r, natives::JSON_NULL, &[], &[ValTy::Bool]);
                let null = out.first().copied().unwrap_or(Value(0));
                let types = self.leaves(ty);
                self.choose(
                    null,
                    &types,
                    |s| s.absent(ty),
                    |s| {
                        let vals = s.read_json(r, inner);
                        s.wrap_some(ty, vals)
                    },
                )
            }
            _ if ty == r.any => self.read_any(r),
            _ => self.read_by_call(r, ty),
        }
    }

    /// Goes on behind a value of which a function or native says whether there is one: a flag,
    /// leaves, an error.
    fn read_or_fail(&mut self, r: &Reading, ty: TyId, out: &[Value]) -> Vals {
        let ([ok, vals @ .., error], cursor) = (out, self.b.use_var(r.cursor)) else {
            return self.zeros(ty);
        };
        let (good, bad) = (self.b.create_block(), self.b.create_block());
        self.b.branch(*ok, good, bad);
        self.open(bad);
        let mut failed = self.json_failed(r.ty, *error);
        failed.push(cursor);
        self.b.ins(Inst::Ret { vals: failed.into() });
        self.open(good);
        let leaves = self.leaves(ty);
        self.narrow_to(&leaves, vals)
    }

    fn read_by_call(&mut self, r: &Reading, ty: TyId) -> Vals {
        let f = self.json_func(ty, r.any, Way::Read);
        let cursor = self.b.use_var(r.cursor);
        let args = [r.text, r.samples, cursor].into();
        let mut out: Vals = self.b.ins(Inst::Call { f, args }).iter().collect();
        if let Some(cursor) = out.pop() {
            self.b.def_var(r.cursor, cursor);
        }
        self.read_or_fail(r, ty, &out)
    }

    fn read_any(&mut self, r: &Reading) -> Vals {
        let leaves = self.leaves(r.any);
        let mut results = vec![ValTy::Bool];
        results.extend(leaves.iter().map(|leaf| nullable(*leaf)));
        results.push(ValTy::RefNull(self.cx.layouts.error_type(self.b.module)));
        results.push(ValTy::I64);
        let cursor = self.b.use_var(r.cursor);
        let mut out = self.rt(natives::JSON_VALUE, &[r.samples, r.text, cursor], &results);
        if let Some(cursor) = out.pop() {
            self.b.def_var(r.cursor, cursor);
        }
        self.read_or_fail(r, r.any, &out)
    }

    /// Reads a value in the function for its type.
    fn read_compound(&mut self, r: &Reading, ty: TyId) -> Vals {
        match self.ty(ty) {
            _ if ty == r.any => self.read_any(r),
            Ty::List(elem) => {
                let list = self.new_collection(ty, None);
                let var = self.fresh(&[self.b.ty(list)]);
                self.define(&var, &[list]);
                self.json_items(r, LIST, &mut |s| {
                    let item = s.read_json(r, elem);
                    let list = s.values(&var)[0];
                    let list = s.list_push(list, item);
                    s.define(&var, &[list]);
                });
                self.values(&var)
            }
            Ty::Dict(key, value) => {
                let dict = self.new_collection(ty, None);
                let var = self.fresh(&[self.b.ty(dict)]);
                self.define(&var, &[dict]);
                self.json_items(r, DICT, &mut |s| {
                    let key = s.json_key(r, key);
                    let value = s.read_json(r, value);
                    let dict = s.values(&var)[0];
                    let dict = s.dict_put(dict, vec![key], value);
                    s.define(&var, &[dict]);
                });
                self.values(&var)
            }
            Ty::Tuple(items) => self.read_tuple(r, self.cx.program.tys.items(items)),
            Ty::Struct(..) => self.read_struct(r, ty),
            Ty::Enum(..) => self.read_enum(r, ty),
            _ => self.read_json(r, ty),
        }
    }

    fn json_key(&mut self, r: &Reading, key: TyId) -> Value {
        match self.ty(key) {
            Ty::Int(kind) => self.json_int(r, natives::JSON_INT_KEY, kind),
            Ty::Char => {
                let what = "a key of one character";
                self.json_scalar(r, natives::JSON_CHAR_KEY, &[], ValTy::U32, what)
            }
            _ => self.json_text(r, natives::JSON_KEY, "a key in quotes"),
        }
    }

    /// Opens a bracket, or goes on behind an item: 1 where an item follows, 0 behind the end.
    fn json_step(&mut self, r: &Reading, native: &str, bracket: i64) -> Value {
        let open = self.b.i64(bracket);
        let out = self.take_json(r, native, &[open], &[ValTy::I64]);
        let state = out.first().copied().unwrap_or(Value(0));
        let zero = self.b.i64(0);
        let ok = self.b.ins1(Inst::Ge { t: ValTy::I64, a: state, b: zero });
        let what = match (native == natives::JSON_OPEN, bracket) {
            (true, LIST) => "a list",
            (true, _) => "a dict",
            (false, LIST) => "`,` or `]`",
            (false, _) => "`,` or `}`",
        };
        self.expect_json(r, ok, what);
        state
    }

    fn json_items(&mut self, r: &Reading, bracket: i64, each: &mut dyn FnMut(&mut Self)) {
        let state = self.fresh(&[ValTy::I64]);
        let first = self.json_step(r, natives::JSON_OPEN, bracket);
        self.define(&state, &[first]);
        let (head, item, done) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        let (a, b) = (self.values(&state)[0], self.b.i64(0));
        let more = self.b.ins1(Inst::Gt { t: ValTy::I64, a, b });
        self.b.branch(more, item, done);
        self.open(item);
        each(self);
        let next = self.json_step(r, natives::JSON_MORE, bracket);
        self.define(&state, &[next]);
        self.b.jump(head, &[]);
        self.b.seal_block(head);
        self.open(done);
    }

    fn read_tuple(&mut self, r: &Reading, items: &[TyId]) -> Vals {
        let start = self.b.use_var(r.cursor);
        let what = format!("a list of {} was expected", items.len());
        let mut vals = Vec::new();
        let mut state = self.json_step(r, natives::JSON_OPEN, LIST);
        for (n, &item) in items.iter().enumerate() {
            let one = self.b.i64(1);
            let ok = self.b.ins1(Inst::Eq { t: ValTy::I64, a: state, b: one });
            let what = format!("{what}, found one of {n}");
            self.check_json(r, ok, natives::JSON_FAIL_WITH, start, &what);
            vals.extend(self.read_json(r, item));
            state = self.json_step(r, natives::JSON_MORE, LIST);
        }
        let zero = self.b.i64(0);
        let ok = self.b.ins1(Inst::Eq { t: ValTy::I64, a: state, b: zero });
        let what = format!("{what}, found more");
        self.check_json(r, ok, natives::JSON_FAIL_WITH, start, &what);
        vals
    }

    fn read_struct(&mut self, r: &Reading, ty: TyId) -> Vals {
        let Ty::Struct(id, args) = self.ty(ty) else { return Vec::new() };
        let fields = &self.cx.program.structs[id].fields;
        let types = self.cx.program.field_types(id, args);
        let names: Vec<&str> = fields.iter().map(|field| self.cx.names.text(field.name)).collect();
        let start = self.b.use_var(r.cursor);
        let mut homes = Vec::new();
        for &field in &types {
            let absent = self.absent_leaves(field);
            let kinds: Vec<ValTy> = absent.iter().map(|val| self.b.ty(*val)).collect();
            let (vars, found) = (self.fresh(&kinds), self.fresh(&[ValTy::Bool]));
            self.define(&vars, &absent);
            let no = self.bool(false);
            self.define(&found, &[no]);
            homes.push((vars, found));
        }
        let names_text = names.join("\n");
        self.json_items(r, DICT, &mut |s| {
            let known = s.b.str(&names_text);
            let out = s.take_json(r, natives::JSON_FIELD, &[known], &[ValTy::I64]);
            let field = out.first().copied().unwrap_or(Value(0));
            let least = s.b.i64(-1);
            let ok = s.b.ins1(Inst::Ge { t: ValTy::I64, a: field, b: least });
            s.expect_json(r, ok, "a key in quotes");
            let mut each = |s: &mut Self, at: usize| {
                let vals = s.read_json(r, types[at]);
                s.define(&homes[at].0, &vals);
                let yes = s.bool(true);
                s.define(&homes[at].1, &[yes]);
            };
            s.json_switch(field, types.len(), &mut each, |s| {
                let out = s.take_json(r, natives::JSON_SKIP, &[], &[ValTy::Bool]);
                out.iter().for_each(|ok| s.expect_json(r, *ok, "a value"));
            });
        });
        let mut all = Vec::new();
        for (at, (vars, found)) in homes.iter().enumerate() {
            let found = self.values(found)[0];
            all.extend(self.field_or_default(r, types[at], &fields[at], (vars, found), start));
        }
        all
    }

    /// One way for each number below a count, and one for all others.
    fn json_switch(
        &mut self,
        on: Value,
        count: usize,
        each: &mut dyn FnMut(&mut Self, usize),
        other: impl FnOnce(&mut Self),
    ) {
        let blocks: Vec<_> = (0..count).map(|_| self.b.create_block()).collect();
        let (rest, done) = (self.b.create_block(), self.b.create_block());
        let plain = |block| BlockCall { block, args: [].into() };
        let cases: Vec<_> = (0..).zip(&blocks).map(|(at, &block)| (at, plain(block))).collect();
        self.b.ins(Inst::Switch { a: on, cases: cases.into(), other: plain(rest) });
        for (at, &block) in blocks.iter().enumerate() {
            self.open(block);
            each(self, at);
            self.goto(done);
        }
        self.open(rest);
        other(self);
        self.goto(done);
        self.open(done);
    }

    /// A field that was read, or what it has where it is missing.
    fn field_or_default(
        &mut self,
        r: &Reading,
        ty: TyId,
        field: &FieldDef,
        (vars, found): (&[Var], Value),
        start: Value,
    ) -> Vals {
        let program = self.cx.program;
        let made = match field.default {
            Some(DefaultValue::Made(func)) => {
                program.functions[func].generics.is_empty().then_some(func)
            }
            _ => None,
        };
        let optional = matches!(self.ty(ty), Ty::Option(_));
        let plain = match field.default {
            Some(DefaultValue::Plain(value)) => Some(value),
            _ => None,
        };
        let types = self.leaves(ty);
        if made.is_none() && plain.is_none() && !optional {
            let what = format!("the field `{}` is missing", self.cx.names.text(field.name));
            self.check_json(r, found, natives::JSON_FAIL_WITH, start, &what);
            let vals = self.values(vars);
            return self.narrow_to(&types, &vals);
        }
        self.choose(
            found,
            &types,
            |s| {
                let vals = s.values(vars);
                s.narrow_to(&types, &vals)
            },
            |s| match (plain, made) {
                (Some(value), _) => s.expr_as(value, ty),
                (None, Some(func)) => {
                    let f = s.cx.func(s.b.module, func);
                    s.b.ins(Inst::Call { f, args: [].into() }).iter().collect()
                }
                (None, None) => s.absent(ty),
            },
        )
    }

    /// A variant is its name, or a dict of one key: the name, with the fields.
    fn read_enum(&mut self, r: &Reading, ty: TyId) -> Vals {
        let payloads = self.cx.layouts.payloads(ty);
        let names: Vec<&str> = payloads.iter().map(|payload| self.struct_name(*payload)).collect();
        let start = self.b.use_var(r.cursor);
        let known = self.b.str(&names.join("\n"));
        let out = self.take_json(r, natives::JSON_VARIANT, &[known], &[ValTy::I64, ValTy::Bool]);
        let [variant, in_dict] = *out else { return self.zeros(ty) };
        let zero = self.b.i64(0);
        let ok = self.b.ins1(Inst::Ge { t: ValTy::I64, a: variant, b: zero });
        let shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
        let dots = if names.len() > 8 { ", ..." } else { "" };
        self.expect_json(r, ok, &format!("one of {}{dots}", shown.join(", ")));
        let leaves = self.leaves(ty);
        let vars = self.fresh(&leaves);
        let mut each = |s: &mut Self, at: usize| {
            let payload = payloads[at];
            let empty = s.leaves(payload).is_empty();
            if !empty {
                let what = format!("`{0}` has fields: `{{\"{0}\": {{...}}}}`", names[at]);
                s.check_json(r, in_dict, natives::JSON_FAIL_WITH, start, &what);
            }
            let vals = match empty {
                true => {
                    s.either(in_dict, |s| _ = s.read_payload(r, payload), |_| {});
                    Vec::new()
                }
                false => s.read_payload(r, payload),
            };
            let vals = s.variant_with(ty, at, vals);
            s.define(&vars, &vals);
        };
        self.json_switch(variant, payloads.len(), &mut each, |s| {
            s.trap(kaa_ir::TrapKind::Unreachable);
        });
        self.values(&vars)
    }

    /// What a variant holds, and the bracket behind it.
    fn read_payload(&mut self, r: &Reading, payload: TyId) -> Vals {
        let vals = self.read_json(r, payload);
        let state = self.json_step(r, natives::JSON_MORE, DICT);
        let zero = self.b.i64(0);
        let ok = self.b.ins1(Inst::Eq { t: ValTy::I64, a: state, b: zero });
        self.expect_json(r, ok, "`}`");
        vals
    }

    /// The name of a struct or variant.
    pub fn struct_name(&self, ty: TyId) -> &'p str {
        match self.ty(ty) {
            Ty::Struct(id, _) => self.cx.names.text(self.cx.program.structs[id].name),
            _ => "",
        }
    }
}
