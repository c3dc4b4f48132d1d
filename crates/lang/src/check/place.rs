//! Places: what can be assigned, changed by a method, passed as `mut`; and exclusivity.

use super::Checker;
use super::cx::VarKind;
use crate::ast::{self, ExprKind as Ast};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// Why an expression is no place.
enum NoPlace {
    /// It makes a new value.
    Temp,
    /// It is in a constant.
    Const(ConstId),
    /// It is in a text or bytes.
    Text,
    /// It is in a view.
    View,
    /// It was reported.
    Reported,
    /// It is in a field of an object that is not `mut`.
    Field(StructId, u32),
}

/// What an expression that names a place leads to.
type Rooted = Result<Root, NoPlace>;

impl Checker<'_> {
    /// The place that an expression reads, if it is one that can change; otherwise reports it.
    pub(super) fn place_of(&mut self, value: ExprId, span: Span) -> Option<PlaceId> {
        let mut steps = Vec::new();
        match self.root(value, &mut steps) {
            Ok(root) => {
                if let Root::Local(local) = root {
                    if !self.cx.locals[local].mutable {
                        self.cannot_change(local, span, steps.is_empty());
                        return None;
                    }
                    if self.changes_outside(local, span) {
                        return None;
                    }
                    self.cx.var(local).changed = true;
                }
                let ty = self.ty_of(value);
                let proj = self.program.tree.list(&steps);
                Some(self.program.tree.push(Place { root, proj, ty, span }))
            }
            Err(NoPlace::Reported) => None,
            Err(NoPlace::Field(class, index)) => {
                self.field_cannot_change(class, index, span);
                None
            }
            Err(NoPlace::Const(id)) => {
                let constant = &self.program.consts[id];
                let (name, declared) = (constant.name, constant.span);
                if self.lacks_mut_again(declared) {
                    return None;
                }
                let text = self.text(name);
                let message = format!("`{text}` is not `mut`, so nothing in it can change");
                self.report(
                    Diagnostic::error(codes::IMMUTABLE, span, message)
                        .label(declared, "declared here")
                        .fix("let it change", declared.start(), "mut "),
                );
                None
            }
            Err(NoPlace::Text) => {
                let message = "a text cannot be changed, only a new one be made";
                self.error(codes::IMMUTABLE, span, message);
                None
            }
            Err(NoPlace::View) => {
                let message = "a view is only read, so nothing in it can change";
                let diag = Diagnostic::error(codes::IMMUTABLE, span, message);
                self.report(diag.help("`mut xs: list[...]` changes what the caller has"));
                None
            }
            Err(NoPlace::Temp) => {
                let (what, help) = match self.is_item(value) {
                    true => ("what `__getitem__` gives", "assign it: `value[index] = ...`"),
                    false => ("this", "give it a name with `mut` first"),
                };
                let message = format!("{what} is a new value: nobody would see the change");
                let diag = Diagnostic::error(codes::TEMPORARY, span, message);
                self.report(diag.help(help));
                None
            }
        }
    }

    /// Whether an expression is a path into what a `__getitem__` gives.
    fn is_item(&self, mut value: ExprId) -> bool {
        loop {
            value = match self.program.tree[value].kind {
                ExprKind::Call { func, .. } => {
                    return self.text(self.program.functions[func].name).ends_with("__getitem__");
                }
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => base,
                _ => return false,
            };
        }
    }

    /// Notes that a field of an object is taken out while other code runs.
    pub(super) fn lend(&mut self, place: PlaceId) {
        let Place { root, proj, .. } = self.program.tree[place];
        let first = self.program.tree[proj].first().map(|proj| proj.kind);
        if let (Root::Object(object), Some(ProjKind::Field(index))) = (root, first)
            && let Some(id) = self.fields_decl(self.ty_of(object))
        {
            self.program.structs[id].fields[index as usize].lent = true;
        }
    }

    /// Whether the expression names a place, changeable or not.
    pub(super) fn is_place(&self, value: ExprId) -> bool {
        !matches!(self.root(value, &mut Vec::new()), Err(NoPlace::Temp))
    }

    /// The variable or object an expression is a path into; `steps` gets the path.
    fn root(&self, value: ExprId, steps: &mut Vec<Proj>) -> Rooted {
        let Expr { kind, ty, span } = self.program.tree[value];
        let (base, step) = match kind {
            ExprKind::Local(local) => return Ok(Root::Local(local)),
            ExprKind::Field { base, index } if let Ty::Class(id, _) = self.ty(self.ty_of(base)) => {
                if !self.program.structs[id].fields[index as usize].mutable {
                    return Err(NoPlace::Field(id, index));
                }
                steps.push(Proj { kind: ProjKind::Field(index), ty, span });
                return Ok(Root::Object(base));
            }
            ExprKind::Const(id) => return Err(NoPlace::Const(id)),
            ExprKind::Error => return Err(NoPlace::Reported),
            ExprKind::Builtin { id, args } if id.name() == "dict.setdefault" => {
                let (place, kind) = self.defaulted(args).ok_or(NoPlace::Temp)?;
                let Place { root, proj, .. } = self.program.tree[place];
                steps.extend_from_slice(&self.program.tree[proj]);
                steps.push(Proj { kind, ty, span });
                return Ok(root);
            }
            ExprKind::Call { args, .. } => self.made_item(args).ok_or(NoPlace::Temp)?,
            ExprKind::Field { base, index } => (base, ProjKind::Field(index)),
            ExprKind::TupleField { base, index } => (base, ProjKind::TupleField(index)),
            ExprKind::Unwrap(base) => (base, ProjKind::Unwrap),
            ExprKind::Index { base, index } => match self.ty(self.ty_of(base)) {
                Ty::List(_) => (base, ProjKind::Index(index)),
                Ty::Dict(..) => (base, ProjKind::Key(index)),
                Ty::Str | Ty::Bytes => return Err(NoPlace::Text),
                Ty::View(_) => return Err(NoPlace::View),
                _ => return Err(NoPlace::Temp),
            },
            ExprKind::Slice { base, lo, hi, step } => match self.ty(self.ty_of(base)) {
                Ty::List(_) => (base, ProjKind::Slice { lo, hi, step }),
                Ty::Str | Ty::Bytes => return Err(NoPlace::Text),
                _ => return Err(NoPlace::Temp),
            },
            _ => return Err(NoPlace::Temp),
        };
        let root = self.root(base, steps)?;
        steps.push(Proj { kind: step, ty, span });
        Ok(root)
    }

    /// `d.setdefault(key, default)` as a step of a path, with the place of `d`.
    fn defaulted(&self, args: List<Arg>) -> Option<(PlaceId, ProjKind)> {
        let args = &self.program.tree[args];
        let value = |param: u32| {
            args.iter().find(|arg| arg.param == param).and_then(|arg| match arg.kind {
                ArgKind::Value(value) => Some(value),
                _ => None,
            })
        };
        let ArgKind::Mut(place) = args.first()?.kind else { return None };
        Some((place, ProjKind::KeyOr { key: value(1)?, default: value(2)? }))
    }

    /// The first value and the step of `base[key]`, if `base` is a `defaultdict`.
    fn made_item(&self, args: List<Arg>) -> Option<(ExprId, ProjKind)> {
        let [Arg { kind: ArgKind::Value(base), .. }, Arg { kind: ArgKind::Value(key), .. }] =
            self.program.tree[args]
        else {
            return None;
        };
        self.makes_items(self.ty_of(base)).then_some((base, ProjKind::Made(key)))
    }

    /// Whether a type is `defaultdict`, which holds what it was asked for.
    pub(super) fn makes_items(&self, ty: TyId) -> bool {
        let Ty::Struct(id, _) = self.ty(ty) else { return false };
        let def = &self.program.structs[id];
        self.text(def.name) == "defaultdict" && self.files.is_library(def.span.file)
    }

    /// Reports a change of a field of an object that is not `mut`.
    fn field_cannot_change(&mut self, class: StructId, index: u32, span: Span) {
        if self.lacks_mut_again(self.program.structs[class].fields[index as usize].span) {
            return;
        }
        let def = &self.program.structs[class];
        let field = &def.fields[index as usize];
        let (name, declared) = (self.text(field.name), field.span);
        let message = format!("field `{name}` of `{}` is not `mut`", self.text(def.name));
        self.report(
            Diagnostic::error(codes::IMMUTABLE, span, message)
                .label(declared, "declared here")
                .fix("let it change", declared.start(), "mut "),
        );
    }

    /// Whether a declaration without `mut` was reported before: it is one mistake, however often
    /// what it declares is changed.
    pub(super) fn lacks_mut_again(&mut self, declared: Span) -> bool {
        !self.lack_mut.insert((declared.file, declared.lo))
    }

    /// Reports a change of something immutable.
    fn cannot_change(&mut self, root: LocalId, span: Span, whole: bool) {
        let var = self.cx.locals[root];
        let kind = self.cx.var(root).kind;
        if whole && matches!(kind, VarKind::Param(_) | VarKind::Capture) {
            return self.immutable(root, span, false);
        }
        if self.lacks_mut_again(var.span) {
            return;
        }
        let text = self.text(var.name).to_string();
        let message = match kind {
            VarKind::Receiver(_) => "`self` is read only here; a method that changes it has \
                                     `mut self`"
                .to_string(),
            _ => format!("`{text}` is not `mut`, so nothing in it can change"),
        };
        let mut diag = Diagnostic::error(codes::IMMUTABLE, span, message);
        if var.span != span {
            diag = diag.label(var.span, "declared here");
        }
        diag = match kind {
            VarKind::Capture => diag.note("it is the copy of a variable of the function around"),
            VarKind::Walrus | VarKind::Turn => diag.help("declare it before, with `mut`"),
            VarKind::Loop => diag.help("`for mut` gives elements that can change"),
            VarKind::Receiver(_) => diag.help("write `mut self` in the method's `def` line"),
            _ => diag.fix("let it change", var.span.start(), "mut "),
        };
        self.report(diag);
    }

    /// An assignment target with a path.
    pub(super) fn place_target(&mut self, id: ast::ExprId) -> Option<PlaceId> {
        let span = self.ast[id].span;
        if !matches!(self.ast[id].kind, Ast::Attr { .. } | Ast::Index { .. }) {
            self.error(codes::CANNOT_ASSIGN, span, "nothing can be assigned to this");
            return None;
        }
        let value = self.expr(id, None);
        if let ExprKind::TupleField { .. } = self.program.tree[value].kind {
            self.report(
                Diagnostic::error(
                    codes::IMMUTABLE,
                    span,
                    "the elements of a tuple cannot be changed",
                )
                .help("make a new tuple, or a struct with named fields"),
            );
            return None;
        }
        if let ExprKind::Builtin { .. } | ExprKind::Error = self.program.tree[value].kind {
            if self.ty_of(value) != TyId::ERROR {
                self.error(codes::CANNOT_ASSIGN, span, "nothing can be assigned to this");
            }
            return None;
        }
        self.place_of(value, span)
    }

    /// Reports arguments that overlap with one that is passed `mut`.
    pub(super) fn exclusive(&mut self, args: &[Arg]) {
        self.lent_is_kept(args);
        if !self.cx.locks.is_empty() {
            self.functions_are_exclusive(args);
        }
        if !args.iter().any(|arg| matches!(arg.kind, ArgKind::Mut(_))) {
            return;
        }
        self.functions_are_exclusive(args);
        let paths: Vec<Option<Path>> = args.iter().map(|arg| self.path(arg)).collect();
        for (at, mine) in paths.iter().enumerate() {
            let Some(mine) = mine.as_ref().filter(|path| path.mutable) else { continue };
            for (other_at, other) in paths.iter().enumerate() {
                let Some(other) = other else { continue };
                // A pair of `mut` arguments is reported once.
                if other_at == at || (other.mutable && other_at < at) {
                    continue;
                }
                if self.overlap(mine, other) {
                    self.overlapping(mine, other);
                    return;
                }
            }
        }
    }

    /// Reports functions among the arguments that write what the call or a loop has for itself.
    fn functions_are_exclusive(&mut self, args: &[Arg]) {
        for arg in args {
            if let ArgKind::Value(value) = arg.kind
                && matches!(self.ty(self.inside(self.ty_of(value))), Ty::Fn(_))
            {
                let writes = self.written_by(value);
                self.writes_what_is_lent(&writes, args, self.span_of(value));
            }
        }
    }

    fn overlapping(&mut self, mine: &Path, other: &Path) {
        let name = match (mine.root, mine.steps.first()) {
            (Root::Local(local), _) => self.cx.locals[local].name,
            (Root::Object(object), Some(&ProjKind::Field(index))) => {
                match self.fields_decl(self.ty_of(object)) {
                    Some(id) => self.program.structs[id].fields[index as usize].name,
                    None => self.known.underscore,
                }
            }
            _ => self.known.underscore,
        };
        let name = self.text(name);
        let message = format!("`{name}` is passed `mut` and overlaps with another argument");
        let mut diag = Diagnostic::error(codes::OVERLAP, other.span, message)
            .label(mine.span, "passed to be changed here");
        if !other.mutable && matches!(self.ty(other.ty), Ty::List(_) | Ty::Dict(..) | Ty::Set(_)) {
            diag = diag.fix("pass a copy", other.span.end(), ".copy()");
        }
        self.report(diag);
    }

    fn path(&self, arg: &Arg) -> Option<Path> {
        match arg.kind {
            ArgKind::Mut(place) => {
                let Place { root, proj, ty, span } = self.program.tree[place];
                let steps = self.program.tree[proj].iter().map(|proj| proj.kind).collect();
                Some(Path { root, steps, ty, span, mutable: true })
            }
            ArgKind::Value(value) => {
                let mut steps = Vec::new();
                let root = self.root(self.viewed(value), &mut steps).ok()?;
                let steps = steps.into_iter().map(|proj| proj.kind).collect();
                let Expr { ty, span, .. } = self.program.tree[value];
                Some(Path { root, steps, ty, span, mutable: false })
            }
            ArgKind::Temp(_) => None,
        }
    }

    /// What a view that is passed is a view of; other values as they are.
    fn viewed(&self, value: ExprId) -> ExprId {
        let Expr { kind: ExprKind::Convert { value: list, .. }, ty, .. } = self.program.tree[value]
        else {
            return value;
        };
        match (self.ty(ty), self.program.tree[list].kind) {
            (Ty::View(_), ExprKind::Slice { base, .. }) => base,
            (Ty::View(_), _) => list,
            _ => value,
        }
    }

    /// Whether a change of `mine` might be a change of `other`. An element or key that is read
    /// is a computed value; so is a scalar, unless it is the very place that is passed.
    fn overlap(&self, mine: &Path, other: &Path) -> bool {
        let (same_root, in_object) = match (mine.root, other.root) {
            (Root::Local(a), Root::Local(b)) => (a == b, false),
            (Root::Object(a), Root::Object(b)) => (self.same_path(a, b), true),
            _ => (false, false),
        };
        if !same_root {
            return false;
        }
        if in_object && mine.mutable && other.mutable {
            // The whole field is out for the call.
            return mine.steps.first() == other.steps.first();
        }
        let computed = |step: &ProjKind| {
            matches!(
                step,
                ProjKind::Index(_)
                    | ProjKind::Key(_)
                    | ProjKind::KeyOr { .. }
                    | ProjKind::Made(_)
                    | ProjKind::Slice { .. }
            )
        };
        if !other.mutable && other.steps.iter().any(computed) {
            return false;
        }
        let apart = mine.steps.iter().zip(&other.steps).any(|(a, b)| self.distinct(*a, *b));
        let same_length = mine.steps.len() == other.steps.len();
        !apart && (other.mutable || same_length || !self.is_scalar(other.ty))
    }

    /// Whether two expressions surely give the same object: equal paths from one variable.
    fn same_path(&self, a: ExprId, b: ExprId) -> bool {
        match (self.program.tree[a].kind, self.program.tree[b].kind) {
            (ExprKind::Local(a), ExprKind::Local(b)) => a == b,
            (ExprKind::Unwrap(a), ExprKind::Unwrap(b)) => self.same_path(a, b),
            (ExprKind::Field { base: a, index: i }, ExprKind::Field { base: b, index: j }) => {
                i == j && self.same_path(a, b)
            }
            _ => false,
        }
    }

    fn distinct(&self, a: ProjKind, b: ProjKind) -> bool {
        match (a, b) {
            (ProjKind::Field(a), ProjKind::Field(b)) => a != b,
            (ProjKind::TupleField(a), ProjKind::TupleField(b)) => a != b,
            (ProjKind::Index(a), ProjKind::Index(b)) | (ProjKind::Key(a), ProjKind::Key(b)) => {
                match (self.program.tree[a].kind, self.program.tree[b].kind) {
                    (ExprKind::Int(a), ExprKind::Int(b)) => a != b && (a < 0) == (b < 0),
                    (ExprKind::Str(a), ExprKind::Str(b)) => a != b,
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// A path into a variable that a call is given.
struct Path {
    root: Root,
    steps: Vec<ProjKind>,
    ty: TyId,
    span: Span,
    mutable: bool,
}
