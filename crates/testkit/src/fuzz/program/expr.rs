//! Expressions of a wanted type.

use super::{Ty, Writer};

impl Writer<'_> {
    /// An expression of the type.
    pub(super) fn expr(&mut self, ty: &Ty, depth: usize) -> String {
        if depth == 0 || self.random.one_in(4) {
            return self.simple(ty);
        }
        let deeper = depth - 1;
        match self.random.below(10) {
            0 => {
                let (a, b) = (self.expr(ty, deeper), self.expr(ty, deeper));
                let cond = self.expr(&Ty::Bool, deeper);
                format!("({a} if {cond} else {b})")
            }
            1 => {
                let option = self.expr(&Ty::option(ty.clone()), deeper);
                let other = self.expr(ty, deeper);
                match ty {
                    Ty::Option(_) | Ty::Result(_) => self.simple(ty),
                    _ => format!("({option} ?? {other})"),
                }
            }
            2 => self.call(ty, deeper).unwrap_or_else(|| self.simple(ty)),
            3 => format!("identity({})", self.expr(ty, deeper)),
            4 => {
                let list = self.expr(&Ty::list(ty.clone()), deeper);
                format!("{list}[{}]", self.random.below(3))
            }
            5 => {
                let tuple = Ty::Tuple(vec![Ty::Int, ty.clone()]);
                format!("{}[1]", self.expr(&tuple, deeper))
            }
            _ => self.operation(ty, deeper),
        }
    }

    /// A variable or literal.
    pub(super) fn simple(&mut self, ty: &Ty) -> String {
        let fit: Vec<String> =
            self.vars.iter().filter(|var| var.ty == *ty).map(|var| var.name.clone()).collect();
        if !fit.is_empty() && !self.random.one_in(4) {
            return self.random.pick(&fit).clone();
        }
        self.literal(ty, 3)
    }

    fn literal(&mut self, ty: &Ty, depth: usize) -> String {
        let many = if depth == 0 { 0 } else { self.random.below(3) };
        let some = |writer: &mut Self, item: &Ty| -> Vec<String> {
            (0..many).map(|_| writer.literal(item, depth.saturating_sub(1))).collect()
        };
        match ty {
            Ty::Int => (*self.random.pick(&["0", "1", "-1", "7", "1_000", "0xff", "9"])).into(),
            Ty::Small => format!("u8({})", self.random.below(256)),
            Ty::Float => (*self.random.pick(&["0.0", "1.5", "-2.25", "1e10", "0.1"])).into(),
            Ty::Bool => (*self.random.pick(&["True", "False"])).into(),
            Ty::Str => {
                let texts = ["\"\"", "\"a\"", "\"\\u00e9b\"", "'it'", "f\"{1 + 1}x\"", "r\"\\d\""];
                (*self.random.pick(&texts)).into()
            }
            Ty::Char => (*self.random.pick(&["char(97)", "\"xyz\"[1]", "char(233)"])).into(),
            Ty::List(item) => {
                let items = some(self, item);
                self.typed(ty, format!("[{}]", items.join(", ")), items.is_empty())
            }
            Ty::Set(item) => {
                let items = some(self, item);
                let text = match items.is_empty() {
                    true => "set()".to_string(),
                    false => format!("{{{}}}", items.join(", ")),
                };
                self.typed(ty, text, items.is_empty())
            }
            Ty::Dict(key, value) => {
                let keys = some(self, key);
                let items: Vec<String> = keys
                    .into_iter()
                    .map(|key| format!("{key}: {}", self.literal(value, 1)))
                    .collect();
                self.typed(ty, format!("{{{}}}", items.join(", ")), items.is_empty())
            }
            Ty::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.literal(item, 2)).collect();
                format!("({})", items.join(", "))
            }
            Ty::Option(inner) => {
                let text = match self.random.one_in(2) {
                    true => "None".to_string(),
                    false => self.literal(inner, depth.saturating_sub(1)),
                };
                self.typed(ty, text, true)
            }
            Ty::Result(ok) => {
                let text = match self.random.one_in(2) {
                    true => "Err(\"no\")".to_string(),
                    false => format!("Ok({})", self.literal(ok, 1)),
                };
                self.typed(ty, text, true)
            }
            Ty::Fn(param, ret) => {
                let body = self.literal(ret, 1);
                self.typed(&Ty::Fn(param.clone(), ret.clone()), format!("lambda x: {body}"), true)
            }
            Ty::Named(at) => {
                let fields = self.named[*at].fields.clone();
                let fields: Vec<String> =
                    fields.iter().map(|field| self.literal(field, 1)).collect();
                format!("S{at}({})", fields.join(", "))
            }
        }
    }

    /// A literal that does not tell its type, with a type.
    fn typed(&mut self, ty: &Ty, text: String, vague: bool) -> String {
        if vague { format!("identity[{}]({text})", self.show(ty)) } else { text }
    }

    /// A call of a function of the program.
    fn call(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let fit: Vec<_> =
            self.functions.iter().filter(|f| f.ret.as_ref() == Some(ty)).cloned().collect();
        if fit.is_empty() {
            return None;
        }
        let function = self.random.pick(&fit).clone();
        self.arguments(&function.params, depth).map(|args| format!("{}({args})", function.name))
    }

    /// Arguments for parameters, if there are variables for those that are `mut`.
    pub(super) fn arguments(&mut self, params: &[(Ty, bool)], depth: usize) -> Option<String> {
        let mut args = Vec::new();
        for (ty, mutable) in params {
            if !mutable {
                args.push(self.expr(ty, depth));
                continue;
            }
            let fit: Vec<String> = self
                .vars
                .iter()
                .filter(|var| var.mutable && var.ty == *ty)
                .map(|var| var.name.clone())
                .collect();
            if fit.is_empty() {
                return None;
            }
            args.push(format!("mut {}", self.random.pick(&fit)));
        }
        Some(args.join(", "))
    }

    fn operation(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Int => self.integer(depth),
            Ty::Small => {
                let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                let op = *self.random.pick(&["+", "&", "|", "^", "+%", "*%", "-%", "//", "%"]);
                format!("({a} {op} {b})")
            }
            Ty::Float => {
                let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                let op = *self.random.pick(&["+", "-", "*", "/", "//", "%", "**"]);
                format!("({a} {op} {b})")
            }
            Ty::Bool => self.condition(depth),
            Ty::Str => self.text(depth),
            Ty::Char => format!("{}[0]", self.expr(&Ty::Str, depth)),
            Ty::List(item) => self.list(item, depth),
            Ty::Set(item) => {
                let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                match self.random.below(3) {
                    0 => format!("({a} | {b})"),
                    1 => format!("({a} - {b})"),
                    _ => format!("set({})", self.expr(&Ty::List(item.clone()), depth)),
                }
            }
            Ty::Dict(key, value) => {
                let keys = self.expr(&Ty::List(key.clone()), depth);
                let value = self.expr(value, depth);
                format!("{{k: {value} for k in {keys}}}")
            }
            Ty::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.expr(item, depth)).collect();
                format!("({})", items.join(", "))
            }
            Ty::Option(inner) => match self.random.below(3) {
                0 => {
                    let dict = Ty::Dict(Box::new(Ty::Int), inner.clone());
                    let dict = self.expr(&dict, depth);
                    format!("{dict}.get({})", self.expr(&Ty::Int, depth))
                }
                _ => self.simple(ty),
            },
            Ty::Result(ok) => {
                let value = self.expr(ok, depth);
                self.typed(ty, format!("Ok({value})"), true)
            }
            Ty::Fn(param, ret) => {
                self.vars.push(super::Var {
                    name: "x".into(),
                    ty: (**param).clone(),
                    mutable: false,
                });
                let body = self.expr(ret, depth);
                self.vars.pop();
                self.typed(ty, format!("lambda x: {body}"), true)
            }
            Ty::Named(at) => {
                let fields = self.named[*at].fields.clone();
                let fields: Vec<String> =
                    fields.iter().map(|field| self.expr(field, depth)).collect();
                format!("S{at}({})", fields.join(", "))
            }
        }
    }

    fn integer(&mut self, depth: usize) -> String {
        match self.random.below(9) {
            0 => {
                let item = self.ty(1);
                format!("len({})", self.expr(&Ty::list(item), depth))
            }
            1 => format!("sum({})", self.expr(&Ty::list(Ty::Int), depth)),
            2 => format!("int({})", self.expr(&Ty::Float, depth)),
            3 => format!("abs({})", self.expr(&Ty::Int, depth)),
            4 if !self.named.is_empty() => {
                let at = self.random.below(self.named.len());
                format!("{}.size()", self.expr(&Ty::Named(at), depth))
            }
            5 => {
                let param = self.scalar();
                let f = self.expr(&Ty::Fn(Box::new(param.clone()), Box::new(Ty::Int)), depth);
                format!("({f})({})", self.expr(&param, depth))
            }
            _ => {
                let (a, b) = (self.expr(&Ty::Int, depth), self.expr(&Ty::Int, depth));
                let ops = ["+", "-", "*", "//", "%", "&", "|", "^", "<<", ">>", "+%", "*%", "-%"];
                format!("({a} {} {b})", self.random.pick(&ops))
            }
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let ty = self.ty(1);
        match self.random.below(6) {
            0 => format!("(not {})", self.expr(&Ty::Bool, depth)),
            1 => {
                let (a, b) = (self.expr(&Ty::Bool, depth), self.expr(&Ty::Bool, depth));
                format!("({a} {} {b})", self.random.pick(&["and", "or"]))
            }
            2 => {
                let item = self.scalar();
                let list = self.expr(&Ty::list(item.clone()), depth);
                format!("({} in {list})", self.expr(&item, depth))
            }
            3 => format!("({} is None)", self.expr(&Ty::option(Ty::Int), depth)),
            4 if !matches!(ty, Ty::Fn(..)) => {
                let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
                format!("({a} {} {b})", self.random.pick(&["==", "!="]))
            }
            _ => {
                let ty = self.scalar();
                let (a, b, c) =
                    (self.expr(&ty, depth), self.expr(&ty, depth), self.expr(&ty, depth));
                format!("({a} < {b} <= {c})")
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let a = self.expr(&Ty::Str, depth);
        match self.random.below(7) {
            0 => format!("({a} + {})", self.expr(&Ty::Str, depth)),
            1 => format!("{a}.upper()"),
            2 => {
                let ty = self.scalar();
                format!("str({})", self.expr(&ty, depth))
            }
            3 => {
                let ty = self.scalar();
                let value = self.simple(&ty);
                match value.contains(['"', '\'', '{', '\\']) {
                    true => a,
                    false => format!("f\"<{{{value}}}>\""),
                }
            }
            4 => format!("{a}[1:]"),
            5 => format!("\", \".join({})", self.expr(&Ty::list(Ty::Str), depth)),
            _ => format!("({a} * {})", self.random.below(3)),
        }
    }

    fn list(&mut self, item: &Ty, depth: usize) -> String {
        let ty = Ty::list(item.clone());
        let a = self.expr(&ty, depth);
        match self.random.below(6) {
            0 => format!("({a} + {})", self.expr(&ty, depth)),
            1 => format!("{a}[:2]"),
            2 => format!("list(reversed({a}))"),
            3 => {
                let from = self.scalar();
                let walked = self.expr(&Ty::list(from.clone()), depth);
                let name = self.fresh("c");
                self.vars.push(super::Var { name: name.clone(), ty: from, mutable: false });
                let elem = self.expr(item, depth);
                let cond = self.expr(&Ty::Bool, depth);
                self.vars.pop();
                format!("[{elem} for {name} in {walked} if {cond}]")
            }
            4 if *item == Ty::Int => format!("list(range({}))", self.expr(&Ty::Int, 0)),
            4 if matches!(item, Ty::Str | Ty::Float) => format!("sorted({a})"),
            _ => format!("({a} * 2)"),
        }
    }
}
