//! The text of values: what `str`, `repr` and `print` give, exactly as Python.
//!
//! Compound types get one IR function each, made on demand, that appends the repr of a value to a
//! text buffer (a byte list). The text of scalars comes from natives.

use kaa_base::span::Span;
use kaa_ir::{Block, FuncId, Inst, Module, Signature, ValTy, Value};
use kaa_isa::kinds::Leaf;

use super::body::Body;
use super::natives;
use super::{Cx, Job, Vals};
use crate::hir::{FloatKind, StructId, Ty, TyId, TyList};

/// Objects inside of more objects than this are shown as dots: looking for cycles takes time
/// by the square of it.
const MAX_SHOWN_DEPTH: i64 = 1000;

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// The text that `str(x)` gives.
    pub fn str_of(&mut self, ty: TyId, vals: &[Value]) -> Value {
        let first = vals.first().copied().unwrap_or(Value(0));
        match self.ty(ty) {
            Ty::Str => first,
            Ty::Char => self.rt1(natives::FMT_CHAR, &[first], ValTy::STR),
            Ty::Int(kind) if kind.is_signed() => {
                let n = self.widen(first, ValTy::I64);
                self.rt1(natives::FMT_INT, &[n], ValTy::STR)
            }
            Ty::Int(_) => {
                let n = self.widen(first, ValTy::U64);
                self.rt1(natives::FMT_UINT, &[n], ValTy::STR)
            }
            Ty::Float(FloatKind::F64) => self.rt1(natives::FMT_FLOAT, &[first], ValTy::STR),
            Ty::BigInt => self.rt1(natives::FMT_BIGINT, &[first], ValTy::STR),
            Ty::Bool => {
                let (a, b) = (self.b.str("True"), self.b.str("False"));
                self.b.ins1(Inst::Select { c: first, a, b })
            }
            Ty::Unit => self.b.str("None"),
            Ty::ErrorObj => self.error_message(first),
            Ty::Option(inner) => {
                let present = self.is_present(ty, vals);
                self.choose(
                    present,
                    &[ValTy::STR],
                    |s| {
                        let vals = s.unwrap_known(ty, vals);
                        vec![s.str_of(inner, &vals)]
                    },
                    |s| vec![s.b.str("None")],
                )[0]
            }
            Ty::Any(of) => self.in_buffer(|s, sb| {
                let tys = s.cx.program.any_members.get(&of).map_or(&[][..], Vec::as_slice);
                s.each_type(first, of, tys, &mut |s, at, vals| s.put_str(sb, tys[at], &vals));
            }),
            Ty::Struct(..) | Ty::Class(..) | Ty::Enum(..)
                if self.cx.program.shows.contains_key(&ty) =>
            {
                self.show_struct(ty, vals)
            }
            _ => self.in_buffer(|s, sb| s.put_repr(sb, ty, vals)),
        }
    }

    /// The text that `repr(x)` gives.
    pub fn repr_of(&mut self, ty: TyId, vals: &[Value]) -> Value {
        match self.ty(ty) {
            Ty::Str => self.rt1(natives::FMT_REPR_STR, vals, ValTy::STR),
            Ty::Int(_) | Ty::Float(FloatKind::F64) | Ty::BigInt | Ty::Bool | Ty::Unit => {
                self.str_of(ty, vals)
            }
            _ => self.in_buffer(|s, sb| s.put_repr(sb, ty, vals)),
        }
    }

    /// Calls the `__repr__` of a type that has one.
    fn own_repr(&mut self, ty: TyId, vals: &[Value]) -> Value {
        let own = self.cx.program.own.get(&ty).and_then(|own| own.repr);
        let Some(repr) = own else { return self.b.str("") };
        let f = self.cx.func(self.b.module, repr);
        self.b.ins1(Inst::Call { f, args: vals.into() })
    }

    /// Calls the `__str__` of a struct.
    fn show_struct(&mut self, ty: TyId, vals: &[Value]) -> Value {
        let Some(show) = self.cx.program.shows.get(&ty) else { return Value(0) };
        let f = self.cx.func(self.b.module, *show);
        self.b.ins1(Inst::Call { f, args: vals.into() })
    }

    /// What is appended to a new buffer, as a text.
    pub fn in_buffer(&mut self, fill: impl FnOnce(&mut Self, Value)) -> Value {
        let sb = self.new_buffer();
        fill(self, sb);
        self.rt1(natives::SB_FINISH, &[sb], ValTy::STR)
    }

    /// A new text buffer.
    pub fn new_buffer(&mut self) -> Value {
        let ty = ValTy::Ref(self.list_type(TyId::U8));
        self.rt1(natives::SB_NEW, &[], ty)
    }

    /// Appends literal text.
    pub fn put_text(&mut self, sb: Value, text: &str) {
        if !text.is_empty() {
            let text = self.b.str(text);
            self.rt(natives::SB_STR, &[sb, text], &[]);
        }
    }

    /// Appends the text that `str(x)` gives.
    pub fn put_str(&mut self, sb: Value, ty: TyId, vals: &[Value]) {
        match self.ty(ty) {
            Ty::Char => {
                self.rt(natives::SB_CHAR, &[&[sb], vals].concat(), &[]);
            }
            Ty::Str
            | Ty::ErrorObj
            | Ty::Option(_)
            | Ty::Struct(..)
            | Ty::Class(..)
            | Ty::Enum(..)
            | Ty::Any(_)
            | Ty::Unit => {
                let text = self.str_of(ty, vals);
                self.rt(natives::SB_STR, &[sb, text], &[]);
            }
            _ => self.put_repr(sb, ty, vals),
        }
    }

    /// Appends the text that `repr(x)` gives.
    pub fn put_repr(&mut self, sb: Value, ty: TyId, vals: &[Value]) {
        let first = vals.first().copied().unwrap_or(Value(0));
        let (name, value) = match self.ty(ty) {
            Ty::Int(kind) if kind.is_signed() => (natives::SB_INT, self.widen(first, ValTy::I64)),
            Ty::Int(_) => (natives::SB_UINT, self.widen(first, ValTy::U64)),
            Ty::Float(FloatKind::F64) => (natives::SB_FLOAT, first),
            Ty::Float(FloatKind::F32) => (natives::SB_F32, first),
            Ty::BigInt => (natives::SB_BIGINT, first),
            Ty::Bool => (natives::SB_BOOL, first),
            Ty::Str => (natives::SB_REPR_STR, first),
            Ty::Char => (natives::SB_REPR_CHAR, first),
            Ty::Bytes => (natives::SB_REPR_BYTES, first),
            Ty::Unit => return self.put_text(sb, "None"),
            Ty::Fn(_) => return self.put_text(sb, "<function>"),
            Ty::Iter(_) => return self.put_text(sb, "<iterator>"),
            _ if self.cx.program.own.get(&ty).is_some_and(|own| own.repr.is_some()) => {
                (natives::SB_STR, self.own_repr(ty, vals))
            }
            _ => {
                let f = self.repr_func(ty);
                let mut args = vec![sb];
                if self.cx.layouts.leads_to_object(ty) {
                    args.push(self.objects_around());
                }
                args.extend(vals);
                self.b.ins(Inst::Call { f, args: args.into() });
                return;
            }
        };
        self.rt(name, &[sb, value], &[]);
    }

    /// The function that appends the repr of a compound type.
    fn repr_func(&mut self, ty: TyId) -> FuncId {
        if let Some(func) = self.cx.reprs.get(&ty) {
            return *func;
        }
        let mut params = vec![ValTy::Ref(self.list_type(TyId::U8))];
        if self.cx.layouts.leads_to_object(ty) {
            params.push(ValTy::RefNull(self.cx.layouts.frame_type(self.b.module)));
        }
        params.extend(self.leaves(ty).iter());
        let name = format!("repr {}", self.cx.layouts.name(ty));
        let sig = Signature::new(params, []);
        let func = self.cx.declare_func(self.b.module, &name, sig);
        self.cx.reprs.insert(ty, func);
        self.cx.jobs.push((func, Job::Repr(ty)));
        func
    }

    /// Lowers the function that appends the repr of a type.
    pub fn repr(cx: &'c mut Cx<'p>, m: &'m mut Module, func: FuncId, ty: TyId) {
        let span = Span::new(cx.program.file, 0, 0);
        let mut body = Self::start(cx, m, func);
        let params = body.b.params();
        let mut vals = params.iter().copied();
        let sb = vals.next().unwrap_or(Value(0));
        if body.cx.layouts.leads_to_object(ty) {
            body.showing = vals.next();
        }
        let vals: Vals = vals.collect();
        match body.ty(ty) {
            Ty::Class(id, args) => body.repr_object(sb, ty, (id, args), &vals),
            _ => body.repr_body(sb, ty, &vals),
        }
        body.b.ins(Inst::Ret { vals: [].into() });
        body.finish(span);
    }

    fn repr_body(&mut self, sb: Value, ty: TyId, vals: &[Value]) {
        match self.ty(ty) {
            Ty::List(elem) | Ty::View(elem) => {
                self.put_text(sb, "[");
                self.put_items(sb, ty, vals, &mut |s, item| s.put_repr(sb, elem, &item));
                self.put_text(sb, "]");
            }
            Ty::Set(elem) => self.repr_set(sb, ty, elem, vals),
            Ty::Dict(key, value) => self.repr_dict(sb, key, value, vals),
            Ty::Tuple(items) => {
                let items = self.cx.program.tys.items(items);
                self.put_text(sb, "(");
                self.put_parts(sb, ty, items, vals, &[]);
                self.put_text(sb, if items.len() == 1 { ",)" } else { ")" });
            }
            Ty::Any(of) => {
                let tys = self.cx.program.any_members.get(&of).map_or(&[][..], Vec::as_slice);
                let object = vals.first().copied().unwrap_or(Value(0));
                self.each_type(object, of, tys, &mut |s, at, vals| s.put_repr(sb, tys[at], &vals));
            }
            Ty::Struct(id, args) => self.repr_struct(sb, ty, (id, args), vals),
            Ty::Enum(..) => self.repr_enum(sb, ty, vals),
            Ty::Option(inner) => {
                let present = self.is_present(ty, vals);
                self.either(
                    present,
                    |s| {
                        let vals = s.unwrap_known(ty, vals);
                        s.put_repr(sb, inner, &vals);
                    },
                    |s| s.put_text(sb, "None"),
                );
            }
            Ty::Result(value, error) => {
                let ok = vals.first().copied().unwrap_or(Value(0));
                self.either(
                    ok,
                    |s| {
                        s.put_text(sb, "Ok(");
                        let vals = s.ok_value(ty, vals);
                        s.put_repr(sb, value, &vals);
                    },
                    |s| {
                        s.put_text(sb, "Err(");
                        let vals = s.err_value(ty, vals);
                        s.put_repr(sb, error, &vals);
                    },
                );
                self.put_text(sb, ")");
            }
            Ty::ErrorObj => vals.iter().for_each(|error| self.repr_error(sb, *error)),
            Ty::Range => self.repr_range(sb, vals),
            _ => self.put_text(sb, "<value>"),
        }
    }

    fn repr_set(&mut self, sb: Value, ty: TyId, elem: TyId, vals: &[Value]) {
        let len = self.len_of(ty, vals);
        let zero = self.b.i64(0);
        let some = self.b.ins1(Inst::Ne { t: ValTy::I64, a: len, b: zero });
        self.either(
            some,
            |s| {
                s.put_text(sb, "{");
                s.put_items(sb, ty, vals, &mut |s, item| s.put_repr(sb, elem, &item));
                s.put_text(sb, "}");
            },
            |s| s.put_text(sb, "set()"),
        );
    }

    fn repr_dict(&mut self, sb: Value, key: TyId, value: TyId, vals: &[Value]) {
        let map = vals.first().copied().unwrap_or(Value(0));
        self.put_entries(sb, (key, value), map, |s, k, v| {
            s.put_repr(sb, key, k);
            s.put_text(sb, ": ");
            s.put_repr(sb, value, v);
        });
    }

    /// Appends the entries of a dict between braces, each by its key and its value.
    pub fn put_entries(
        &mut self,
        sb: Value,
        (key, value): (TyId, TyId),
        map: Value,
        mut put: impl FnMut(&mut Self, &[Value], &[Value]),
    ) {
        self.put_text(sb, "{");
        let cursor = self.map_cursor(map, Some(key), Some(value));
        let count = self.leaves(key).len();
        self.put_cursor(sb, &cursor, &mut |s, item| {
            let (key, value) = item.split_at(count.min(item.len()));
            put(s, key, value);
        });
        self.put_text(sb, "}");
    }

    pub fn repr_struct(
        &mut self,
        sb: Value,
        ty: TyId,
        (id, args): (StructId, TyList),
        vals: &[Value],
    ) {
        let def = &self.cx.program.structs[id];
        let types = self.cx.program.field_types(id, args);
        let names: Vec<&str> = def.fields.iter().map(|f| self.cx.names.text(f.name)).collect();
        let name = self.cx.names.text(def.name);
        self.put_text(sb, name);
        self.put_text(sb, "(");
        self.put_parts(sb, ty, &types, vals, &names);
        self.put_text(sb, ")");
    }

    /// The list of the objects around.
    fn objects_around(&mut self) -> Value {
        match self.showing {
            Some(around) => around,
            None => {
                let frame = self.cx.layouts.frame_type(self.b.module);
                self.b.null(frame)
            }
        }
    }

    /// An object is shown as a struct is, but dots stand for one inside of itself.
    fn repr_object(&mut self, sb: Value, ty: TyId, (id, args): (StructId, TyList), vals: &[Value]) {
        let object = vals.first().copied().unwrap_or(Value(0));
        let around = self.objects_around();
        let frame = self.cx.layouts.frame_type(self.b.module);
        let (dots, anew) = (self.b.create_block(), self.b.create_block());
        self.find_around(object, around, dots, anew);
        self.open(dots);
        self.put_text(sb, "...");
        self.b.ins(Inst::Ret { vals: [].into() });
        self.open(anew);
        let depth = self.objects_deep(around);
        let vals = [object, around, depth].into();
        self.showing = Some(self.b.ins1(Inst::StructNew { ty: frame, vals }));
        let count = self.cx.program.structs[id].fields.len() as u32;
        let mut leaves = Vec::new();
        for index in 0..count {
            let home = self.field_home(object, ty, index);
            leaves.extend(self.at_home(&home));
        }
        self.repr_struct(sb, ty, (id, args), &leaves);
    }

    /// How many objects an object is inside of, with itself.
    fn objects_deep(&mut self, around: Value) -> Value {
        let none = self.b.ins1(Inst::IsNull { a: around });
        let more = |s: &mut Self| {
            let obj = s.b.ins1(Inst::AsNonNull { a: around });
            let depth = s.b.ins1(Inst::StructGet { obj, leaf: Leaf(2) });
            let one = s.b.i64(1);
            vec![s.b.ins1(Inst::Add { t: ValTy::I64, a: depth, b: one })]
        };
        self.choose(none, &[ValTy::I64], |s| vec![s.b.i64(1)], more)[0]
    }

    /// Goes to `yes` where the object is one of those around, or there are too many of them to
    /// look at, else to `no`.
    fn find_around(&mut self, object: Value, around: Value, yes: Block, no: Block) {
        let depth = self.objects_deep(around);
        let limit = self.b.i64(MAX_SHOWN_DEPTH);
        let deep = self.b.ins1(Inst::Gt { t: ValTy::I64, a: depth, b: limit });
        let search = self.b.create_block();
        self.b.branch(deep, yes, search);
        self.open(search);
        let ty = self.b.ty(around);
        let at = self.b.declare_var(ty);
        self.b.def_var(at, around);
        let (look, next) = (self.b.create_block(), self.b.create_block());
        self.b.jump(look, &[]);
        self.b.switch_to(look);
        let a = self.b.use_var(at);
        let done = self.b.ins1(Inst::IsNull { a });
        let one = self.b.create_block();
        self.b.branch(done, no, one);
        self.open(one);
        let obj = self.b.ins1(Inst::AsNonNull { a });
        let other = self.b.ins1(Inst::StructGet { obj, leaf: Leaf(0) });
        let same = self.same_object(object, other);
        self.b.branch(same, yes, next);
        self.open(next);
        let up = self.b.ins1(Inst::StructGet { obj, leaf: Leaf(1) });
        self.b.def_var(at, up);
        self.b.jump(look, &[]);
        self.b.seal_block(look);
    }

    fn repr_range(&mut self, sb: Value, vals: &[Value]) {
        let [start, stop, step] = *vals else { return };
        self.put_text(sb, "range(");
        self.put_repr(sb, TyId::INT, &[start]);
        self.put_text(sb, ", ");
        self.put_repr(sb, TyId::INT, &[stop]);
        let one = self.b.i64(1);
        let stepped = self.b.ins1(Inst::Ne { t: ValTy::I64, a: step, b: one });
        self.either(
            stepped,
            |s| {
                s.put_text(sb, ", ");
                s.put_repr(sb, TyId::INT, &[step]);
            },
            |_| {},
        );
        self.put_text(sb, ")");
    }

    /// Appends the parts of a tuple or struct, each behind its name where it has one.
    fn put_parts(&mut self, sb: Value, ty: TyId, parts: &[TyId], vals: &[Value], names: &[&str]) {
        for (i, &part) in parts.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            match names.get(i) {
                Some(name) => self.put_text(sb, &format!("{comma}{name}=")),
                None => self.put_text(sb, comma),
            }
            let (range, _) = self.cx.layouts.field(ty, i as u32);
            let vals = vals.get(range).unwrap_or_default();
            self.put_repr(sb, part, vals);
        }
    }

    /// Appends all elements of a collection, with commas.
    pub fn put_items(
        &mut self,
        sb: Value,
        ty: TyId,
        vals: &[Value],
        put: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, Vals),
    ) {
        let cursor = self.cursor_over(ty, vals, false);
        self.put_cursor(sb, &cursor, put);
    }

    /// Appends what a cursor gives, with commas.
    pub fn put_cursor(
        &mut self,
        sb: Value,
        cursor: &super::cursor::Cursor,
        put: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, Vals),
    ) {
        let exit = self.b.create_block();
        let first = self.fresh(&[ValTy::Bool]);
        let yes = self.bool(true);
        self.define(&first, &[yes]);
        self.run(cursor, exit, &mut |s, item| {
            let is_first = s.values(&first)[0];
            s.either(is_first, |_| {}, |s| s.put_text(sb, ", "));
            let no = s.bool(false);
            s.define(&first, &[no]);
            put(s, item);
        });
        self.goto(exit);
        self.open(exit);
    }

    /// One of two ways, without a value.
    pub fn either(
        &mut self,
        cond: Value,
        then: impl FnOnce(&mut Self),
        other: impl FnOnce(&mut Self),
    ) {
        self.choose(
            cond,
            &[],
            |s| {
                then(s);
                Vec::new()
            },
            |s| {
                other(s);
                Vec::new()
            },
        );
    }
}
