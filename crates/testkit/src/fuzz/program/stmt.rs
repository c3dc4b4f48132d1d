//! Statements.

use super::{Ty, Var, Writer};

impl Writer<'_> {
    /// A few statements. Names that they declare are in sight behind them.
    pub(super) fn statements(&mut self, least: usize, most: usize) {
        for _ in 0..least + self.random.below(most - least + 1) {
            self.statement();
        }
    }

    fn statement(&mut self) {
        match self.random.below(if self.indent > 3 { 6 } else { 13 }) {
            0..=2 => self.declaration(),
            3 => self.assignment(),
            4 => {
                let ty = self.ty(1);
                if self.shows(&ty) {
                    let value = self.expr(&ty, 3);
                    self.line(&format!("print({value})"));
                }
            }
            5 => self.change(),
            6 | 7 => self.branch(),
            8 => self.count(),
            9 | 10 => self.walk(),
            11 => self.narrowed(),
            _ => self.call_statement(),
        }
    }

    fn declaration(&mut self) {
        let ty = self.ty(2);
        let value = self.expr(&ty, 3);
        let name = self.fresh("_v");
        let mutable = self.random.one_in(2);
        let mark = if mutable { "mut " } else { "" };
        let text = self.show(&ty);
        self.line(&format!("{mark}{name}: {text} = {value}"));
        self.vars.push(Var { name, ty, mutable });
    }

    fn mutable(&mut self, fits: impl Fn(&Ty) -> bool) -> Option<Var> {
        let fit: Vec<Var> =
            self.vars.iter().filter(|var| var.mutable && fits(&var.ty)).cloned().collect();
        if fit.is_empty() { None } else { Some(self.random.pick(&fit).clone()) }
    }

    fn assignment(&mut self) {
        let Some(var) = self.mutable(|_| true) else { return };
        let value = self.expr(&var.ty, 3);
        let op = match var.ty {
            Ty::Int => *self.random.pick(&["=", "+=", "-=", "*=", "//=", "+%="]),
            Ty::Float => *self.random.pick(&["=", "+=", "/="]),
            Ty::Str | Ty::List(_) => *self.random.pick(&["=", "+="]),
            _ => "=",
        };
        self.line(&format!("{} {op} {value}", var.name));
    }

    /// Changes a part of a variable.
    fn change(&mut self) {
        let fits = |ty: &Ty| matches!(ty, Ty::List(_) | Ty::Set(_) | Ty::Dict(..) | Ty::Named(_));
        let Some(Var { name, ty, .. }) = self.mutable(fits) else { return };
        match ty {
            Ty::List(item) => {
                let value = self.expr(&item, 2);
                let at = self.random.below(2);
                let line = match self.random.below(6) {
                    0 | 1 => format!("{name}.append({value})"),
                    2 => format!("{name}.insert({at}, {value})"),
                    3 => format!("{name}[{at}] = {value}"),
                    4 => format!("_ = {name}.pop()"),
                    _ => format!("{name}[{at}:] = [{value}]"),
                };
                self.line(&line);
            }
            Ty::Set(item) => {
                let value = self.expr(&item, 2);
                self.line(&format!("{name}.add({value})"));
            }
            Ty::Dict(key, value) => {
                let (key, value) = (self.expr(&key, 2), self.expr(&value, 2));
                let line = match self.random.below(4) {
                    0 => format!("_ = {name}.setdefault({key}, {value})"),
                    1 => format!("_ = {name}.pop({key}, {value})"),
                    _ => format!("{name}[{key}] = {value}"),
                };
                self.line(&line);
            }
            Ty::Named(at) if !self.named[at].class && !self.named[at].fields.is_empty() => {
                let fields = self.named[at].fields.clone();
                let field = self.random.below(fields.len());
                let value = self.expr(&fields[field], 2);
                self.line(&format!("{name}.f{field} = {value}"));
            }
            _ => {}
        }
    }

    /// A suite: what it declares ends with it.
    fn suite(&mut self, vars: Vec<Var>) {
        let before = self.vars.len();
        self.vars.extend(vars);
        self.indent += 1;
        self.line("pass");
        self.statements(1, 3);
        if self.random.one_in(8) {
            self.leave();
        }
        self.indent -= 1;
        self.vars.truncate(before);
    }

    fn leave(&mut self) {
        match self.ret.clone() {
            Some(Some(ty)) if self.random.one_in(2) => {
                let value = self.expr(&ty, 2);
                self.line(&format!("return {value}"));
            }
            Some(None) => self.line("return"),
            _ if self.loops > 0 => {
                let word = *self.random.pick(&["break", "continue"]);
                self.line(word);
            }
            _ => {}
        }
    }

    fn branch(&mut self) {
        let cond = self.expr(&Ty::Bool, 3);
        self.line(&format!("if {cond}:"));
        self.suite(Vec::new());
        if self.random.one_in(3) {
            let cond = self.expr(&Ty::Bool, 2);
            self.line(&format!("elif {cond}:"));
            self.suite(Vec::new());
        }
        if self.random.one_in(2) {
            self.line("else:");
            self.suite(Vec::new());
        }
    }

    /// A loop with a count.
    fn count(&mut self) {
        let name = self.fresh("_n");
        self.line(&format!("mut {name} = 0"));
        let end = 1 + self.random.below(4);
        self.line(&format!("while {name} < {end}:"));
        self.indent += 1;
        self.line(&format!("{name} += 1"));
        self.indent -= 1;
        self.loops += 1;
        self.suite(vec![Var { name, ty: Ty::Int, mutable: false }]);
        self.loops -= 1;
    }

    fn walk(&mut self) {
        let name = self.fresh("i");
        let var = |name: &str, ty: Ty| Var { name: name.into(), ty, mutable: false };
        let (head, vars) = match self.random.below(5) {
            0 => {
                let end = self.random.below(6);
                (format!("for {name} in range({end}):"), vec![var(&name, Ty::Int)])
            }
            1 => {
                let (key, value) = (self.key(), self.ty(1));
                let dict = Ty::Dict(Box::new(key.clone()), Box::new(value.clone()));
                let walked = self.expr(&dict, 2);
                let other = self.fresh("i");
                let head = format!("for {name}, {other} in {walked}.items():");
                (head, vec![var(&name, key), var(&other, value)])
            }
            2 => match self.mutable(|ty| matches!(ty, Ty::List(_))) {
                Some(Var { name: list, ty: Ty::List(item), .. }) => {
                    let walked = self.vars.iter().position(|var| var.name == list);
                    let held = walked.map(|at| self.vars.remove(at));
                    self.line(&format!("for mut {name} in {list}:"));
                    self.loops += 1;
                    self.suite(vec![Var { name, ty: *item, mutable: true }]);
                    self.loops -= 1;
                    self.vars.extend(held);
                    return;
                }
                _ => return,
            },
            3 => {
                let walked = self.expr(&Ty::Str, 2);
                (format!("for {name} in {walked}:"), vec![var(&name, Ty::Char)])
            }
            _ => {
                let item = self.ty(1);
                let walked = self.expr(&Ty::list(item.clone()), 2);
                (format!("for {name} in {walked}:"), vec![var(&name, item)])
            }
        };
        self.line(&head);
        self.loops += 1;
        self.suite(vars);
        self.loops -= 1;
    }

    /// An option that is tested.
    fn narrowed(&mut self) {
        let inner = self.ty(1);
        if matches!(inner, Ty::Option(_) | Ty::Result(_) | Ty::Fn(..)) {
            return;
        }
        let name = self.fresh("_o");
        let value = self.expr(&Ty::option(inner.clone()), 3);
        self.line(&format!("{name} = {value}"));
        self.line(&format!("if {name} is not None:"));
        self.suite(vec![Var { name, ty: inner, mutable: false }]);
    }

    fn call_statement(&mut self) {
        let functions = self.functions.clone();
        if functions.is_empty() {
            return;
        }
        let function = self.random.pick(&functions).clone();
        if let Some(args) = self.arguments(&function.params, 2) {
            let drop = if function.ret.is_some() { "_ = " } else { "" };
            self.line(&format!("{drop}{}({args})", function.name));
        }
    }
}
