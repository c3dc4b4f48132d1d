//! What a type can do: compare, order, hash, show.
//!
//! These are the built-in and derived abilities; traits that a program declares come on top.

use super::Checker;
use crate::hir::*;
use kaa_base::entity::Entity;

/// What structs derive from their fields.
const DERIVED: [Bound; 7] =
    [Bound::Eq, Bound::Ord, Bound::Hash, Bound::Show, Bound::Value, Bound::Send, Bound::Json];

/// Whether others may see changes of a value: it has a field of an object that can be written,
/// or is a resource.
fn changes(def: &StructDef) -> bool {
    match def.form {
        Form::Class => def.fields.iter().any(|field| field.mutable),
        form => form == Form::Resource,
    }
}

/// An ability that is asked of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    /// None.
    Nothing,
    /// Arithmetic.
    Num,
    /// `==`
    Eq,
    /// `<`
    Ord,
    /// Key of a dict, element of a set.
    Hash,
    /// Text by `print` and `str`.
    Show,
    /// To be a value through and through, with no object in it that others may change.
    Value,
    /// To be read from JSON and written as it.
    Json,
    /// To go to another task: to be a value, or an object that nothing changes.
    Send,
    /// `+`
    Add,
    /// `-` between two
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `-` before one
    Neg,
}

impl Bound {
    /// All that a program can name, each before what it implies.
    pub const ALL: [Bound; 14] = [
        Bound::Num,
        Bound::Ord,
        Bound::Hash,
        Bound::Eq,
        Bound::Show,
        Bound::Json,
        Bound::Send,
        Bound::Add,
        Bound::Sub,
        Bound::Mul,
        Bound::Div,
        Bound::FloorDiv,
        Bound::Mod,
        Bound::Neg,
    ];

    /// The name of its trait.
    pub fn name(self) -> &'static str {
        match self {
            Bound::Nothing => "",
            Bound::Num => "Num",
            Bound::Eq => "Eq",
            Bound::Ord => "Ord",
            Bound::Hash => "Hash",
            Bound::Show => "Show",
            Bound::Value => "Value",
            Bound::Json => "Json",
            Bound::Send => "Send",
            Bound::Add => "Add",
            Bound::Sub => "Sub",
            Bound::Mul => "Mul",
            Bound::Div => "Div",
            Bound::FloorDiv => "FloorDiv",
            Bound::Mod => "Mod",
            Bound::Neg => "Neg",
        }
    }

    /// Its place in a set of abilities.
    pub fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Whether it is one of calculating.
    pub fn is_arithmetic(self) -> bool {
        use Bound::*;
        !matches!(self, Nothing | Eq | Ord | Hash | Show | Value | Json | Send)
    }

    /// The method that stands for its operator.
    pub fn method(self) -> &'static str {
        match self {
            Bound::Add => "__add__",
            Bound::Sub => "__sub__",
            Bound::Mul => "__mul__",
            Bound::Div => "__truediv__",
            Bound::FloorDiv => "__floordiv__",
            Bound::Mod => "__mod__",
            Bound::Neg => "__neg__",
            _ => "",
        }
    }

    /// The set of what comes with it.
    pub fn implied(self) -> u32 {
        let of = |all: &[Bound]| all.iter().fold(self.bit(), |set, bound| set | bound.bit());
        match self {
            Bound::Hash | Bound::Ord => of(&[Bound::Eq]),
            Bound::Num => {
                let order = of(&[Bound::Eq, Bound::Ord, Bound::Hash, Bound::Show]);
                order | of(&[Bound::Add, Bound::Sub, Bound::Mul, Bound::FloorDiv, Bound::Mod])
            }
            _ => self.bit(),
        }
    }

    /// What a type that lacks it cannot do.
    pub fn lack(self) -> &'static str {
        match self {
            Bound::Nothing => "be used",
            Bound::Num => "be calculated with",
            Bound::Eq => "be compared with `==`",
            Bound::Ord => "be ordered",
            Bound::Hash => "be a dict key or set element",
            Bound::Show => "be shown as text",
            Bound::Value => "stand where a plain value is needed: it may hold objects",
            Bound::Json => "be read from JSON or written as it",
            Bound::Send => "go to another task",
            Bound::Add => "be added with `+`",
            Bound::Sub => "be subtracted with `-`",
            Bound::Mul => "be multiplied with `*`",
            Bound::Div => "be divided with `/`",
            Bound::FloorDiv => "be divided with `//`",
            Bound::Mod => "be divided with `%`",
            Bound::Neg => "be negated with `-`",
        }
    }
}

impl Checker<'_> {
    /// Whether the type can do it.
    pub(super) fn has(&self, ty: TyId, bound: Bound) -> bool {
        if bound == Bound::Nothing {
            return true;
        }
        if let Some(&known) = self.abilities.borrow().get(&(ty, bound)) {
            return known;
        }
        let found = self.find_ability(ty, bound);
        self.abilities.borrow_mut().insert((ty, bound), found);
        found
    }

    fn find_ability(&self, ty: TyId, bound: Bound) -> bool {
        if bound == Bound::Json
            && let Some(found) = self.is_plain_json(ty)
        {
            return found;
        }
        let has = |ty| self.has(ty, bound);
        let has_all = |tys: &[TyId]| tys.iter().all(|&ty| has(ty));
        match self.ty(ty) {
            Ty::Error | Ty::Never => true,
            Ty::Int(kind) if bound == Bound::Neg => kind.is_signed(),
            Ty::Int(_) | Ty::BigInt => bound != Bound::Div,
            Ty::Float(_) => true,
            Ty::Param(id) => {
                self.reads_lacks || self.needs(self.params[id].abilities, ty) & bound.bit() != 0
            }
            Ty::Assoc(_, id, at) => {
                let own = self.traits[id].outs.get(at as usize).map_or(0, |out| out.abilities);
                self.reads_lacks || self.needs(own, ty) & bound.bit() != 0
            }
            Ty::Any(id) => self.needs(self.traits[id].abilities, ty) & bound.bit() != 0,
            Ty::Str | Ty::Bytes | Ty::List(_) if bound == Bound::Add => true,
            Ty::Set(_) if bound == Bound::Sub => true,
            _ if bound.is_arithmetic() => self.has_operator(ty, bound),
            Ty::Bool | Ty::Str | Ty::Char | Ty::Bytes => true,
            Ty::Unit => bound != Bound::Ord,
            Ty::Range => {
                matches!(bound, Bound::Eq | Bound::Hash | Bound::Show | Bound::Value | Bound::Send)
            }
            Ty::ErrorObj => matches!(bound, Bound::Eq | Bound::Show | Bound::Value | Bound::Send),
            Ty::List(item) => bound != Bound::Hash && has(item),
            Ty::Dict(key, value) => {
                matches!(bound, Bound::Eq | Bound::Show | Bound::Value | Bound::Send)
                    && has(key)
                    && has(value)
            }
            Ty::Set(item) => {
                matches!(bound, Bound::Eq | Bound::Show | Bound::Value | Bound::Send) && has(item)
            }
            Ty::Tuple(items) => has_all(self.program.tys.items(items)),
            Ty::Option(item) => bound != Bound::Ord && has(item),
            Ty::Result(ok, error) => bound != Bound::Ord && has(ok) && has(error),
            Ty::Struct(id, args) | Ty::Class(id, args) | Ty::Enum(id, args) => {
                let lacks = self.lacks.get(id.index()).copied().unwrap_or(0);
                lacks & bound.bit() == 0 && self.arguments_have(id, args, bound)
            }
            Ty::View(item) => bound == Bound::Show && has(item),
            Ty::Fn(_) => bound == Bound::Value,
            Ty::Iter(_) => false,
        }
    }

    /// Whether a type is known to JSON, or to be unknown to it, whatever it holds.
    fn is_plain_json(&self, ty: TyId) -> Option<bool> {
        match self.ty(ty) {
            Ty::Int(_) | Ty::Float(_) | Ty::Unit => Some(true),
            Ty::BigInt | Ty::Bytes | Ty::Range | Ty::ErrorObj | Ty::Set(_) | Ty::Result(..) => {
                Some(false)
            }
            Ty::View(_) | Ty::Fn(_) | Ty::Any(_) => Some(false),
            // Keys are texts in JSON.
            Ty::Dict(key, value) => {
                let keys = matches!(self.ty(key), Ty::Str | Ty::Char | Ty::Int(_) | Ty::Error);
                Some(keys && self.has(value, Bound::Json))
            }
            _ => None,
        }
    }

    /// Abilities with those that the traits of a type need.
    fn needs(&self, own: u32, ty: TyId) -> u32 {
        self.traits_of(ty).into_iter().fold(own, |all, id| all | self.traits[id].abilities)
    }

    /// Whether an operator of two values of the type, or of one, gives another one.
    fn has_operator(&self, ty: TyId, bound: Bound) -> bool {
        let Some(name) = self.names.find(bound.method()) else { return false };
        let Some(func) = self.known_method(ty, name) else { return false };
        let sig = &self.sigs[func];
        let others = if bound == Bound::Neg { 0 } else { 1 };
        sig.ret == ty
            && sig.params.len() == others + 1
            && sig.params.iter().all(|param| param.ty == ty && param.mode != Mode::Mut)
    }

    /// Whether the type arguments of a struct can do what the struct derives from its fields.
    fn arguments_have(&self, id: StructId, args: TyList, bound: Bound) -> bool {
        let def = &self.program.structs[id];
        let by_parts = matches!(bound, Bound::Show | Bound::Send);
        let object = def.form == Form::Class && !by_parts;
        let own = object || self.own_ability(id, bound).is_some();
        let used = def.generics.ids().map(|param| self.params[param].used);
        let mut args = self.program.tys.items(args).iter().zip(used);
        own || args.all(|(&arg, used)| !used || self.has(arg, bound))
    }

    /// Finds out what the structs cannot do: what one of their fields cannot.
    pub(super) fn find_lacks(&mut self) {
        self.reads_lacks = true;
        self.lacks = vec![0; self.program.structs.len()];
        let mut ids: Vec<StructId> = self.program.structs.keys().collect();
        for &id in &ids {
            if self.program.structs[id].form == Form::Class {
                self.lacks[id.index()] = Bound::Ord.bit() | Bound::Value.bit() | Bound::Json.bit();
            }
        }
        loop {
            let mut changed = false;
            self.abilities.borrow_mut().clear();
            for &id in &ids {
                let mut lacks = self.lacks[id.index()];
                for bound in DERIVED {
                    match self.derives(id, bound, lacks) {
                        true => lacks &= !bound.bit(),
                        false => lacks |= bound.bit(),
                    }
                }
                changed |= lacks != self.lacks[id.index()];
                self.lacks[id.index()] = lacks;
            }
            if !changed {
                self.reads_lacks = false;
                self.abilities.borrow_mut().clear();
                return;
            }
            // Fields mostly name structs on one side; walking both ways keeps the rounds few.
            ids.reverse();
        }
    }

    /// Whether a struct can do something, as far as that is known of its fields.
    fn derives(&self, id: StructId, bound: Bound, lacks: u32) -> bool {
        let def = &self.program.structs[id];
        if let Some(own) = self.own_ability(id, bound) {
            return own;
        }
        // Objects are compared and hashed by identity, whatever they hold.
        let by_parts = match bound {
            Bound::Send if self.is_shared_class(id) => return true,
            Bound::Send if changes(def) => return false,
            Bound::Show | Bound::Send => true,
            _ => def.form != Form::Class,
        };
        if !by_parts {
            return lacks & bound.bit() == 0;
        }
        let holds = def.variants.iter().chain([&id]);
        let mut fields = holds.flat_map(|&id| &self.program.structs[id].fields);
        fields.all(|field| self.has(field.ty, bound))
    }

    /// Whether nobody can see a change of such a value through another name.
    pub(super) fn is_scalar(&self, ty: TyId) -> bool {
        match self.ty(ty) {
            Ty::List(_) | Ty::Dict(..) | Ty::Set(_) | Ty::View(_) => false,
            Ty::Struct(..) | Ty::Tuple(_) | Ty::Enum(..) => false,
            Ty::Param(_) => false,
            Ty::Option(item) => self.is_scalar(item),
            _ => true,
        }
    }

    /// Whether it is a number type.
    pub(super) fn is_num(&self, ty: TyId) -> bool {
        matches!(self.ty(ty), Ty::Int(_) | Ty::Float(_) | Ty::BigInt)
    }

    /// The type of what a loop over such a value gets, if it can be walked.
    pub(super) fn item_of(&mut self, ty: TyId) -> Option<TyId> {
        self.plain_item(ty).or_else(|| self.own_item(ty))
    }

    /// The same for types that are built in.
    pub(super) fn plain_item(&self, ty: TyId) -> Option<TyId> {
        match self.ty(ty) {
            Ty::List(item) | Ty::Set(item) | Ty::Iter(item) | Ty::View(item) => Some(item),
            Ty::Dict(key, _) => Some(key),
            Ty::Str => Some(TyId::CHAR),
            Ty::Bytes | Ty::Range => Some(TyId::INT),
            Ty::Tuple(items) => match self.program.tys.items(items) {
                [first, rest @ ..] if rest.iter().all(|ty| ty == first) => Some(*first),
                _ => None,
            },
            Ty::Error => Some(TyId::ERROR),
            _ => None,
        }
    }

    /// The type inside of an option, otherwise the type itself.
    pub(super) fn inside(&self, ty: TyId) -> TyId {
        match self.ty(ty) {
            Ty::Option(item) => item,
            _ => ty,
        }
    }

    /// The type inside of an option.
    pub(super) fn option_item(&self, ty: TyId) -> Option<TyId> {
        match self.ty(ty) {
            Ty::Option(item) => Some(item),
            _ => None,
        }
    }
}
