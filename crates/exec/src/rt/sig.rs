//! Does the signature of an import fit the pattern of a native?
//!
//! A pattern is `(items) -> items`. An item stands for one or more slots:
//!
//! | item | slots |
//! |---|---|
//! | `i64`, `bool`, `f64`, ... | that scalar |
//! | `I`, `F`, `N` | any integer, any float, any of both; the same at each place |
//! | `str`, `bytes` | a reference to one |
//! | `list T` | a list; `T..` are its leaves. The same letter is the same list type |
//! | `list u8`, `list str`, `list K..V..` | a list of exactly these leaves |
//! | `map K V`, `set K` | a dict or set; the same letters are the same type |
//! | `K..` | the leaves bound to a letter |
//! | `opt X` | `X` or nothing: a nullable reference, or a `bool` and the leaves of `X` |
//! | `result X` | a `bool`, the leaves of `X`, an error |
//! | `error` | an object of a message and a source |
//! | `i64+str` | one behind the other, where a pattern asks for one item |
//! | `obj` | any reference |
//!
//! An argument may be more special than its place (a reference that is never null where null is
//! allowed), a result more general. Whether a program is allowed an import at all is not decided
//! here.

use kaa_heap::{Leaf, LeafKind, TypeId, TypeKind, TypeTable};

use crate::native::{NativeSig, SlotTy};

/// Does the signature fit the pattern?
pub(super) fn fits(pattern: &'static str, sig: &NativeSig, types: &TypeTable) -> bool {
    let (params, results) = pattern.split_once("->").unwrap_or((pattern, ""));
    let mut matcher = Matcher { types, bound: Vec::new(), map_ty: None };
    matcher.side(params, &sig.params, Way::In) == Some(())
        && matcher.side(results, &sig.results, Way::Out) == Some(())
}

/// Which way values go.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    In,
    Out,
}

/// What a letter of a pattern stands for.
struct Bound {
    name: &'static str,
    /// The collection it was found in, if any.
    ty: Option<TypeId>,
    leaves: Vec<SlotTy>,
}

struct Matcher<'t> {
    types: &'t TypeTable,
    bound: Vec<Bound>,
    /// The type of the maps.
    map_ty: Option<TypeId>,
}

const fn slot(kind: LeafKind, ty: TypeId) -> SlotTy {
    SlotTy { kind, ty }
}

const fn plain(kind: LeafKind) -> SlotTy {
    slot(kind, TypeId::FREE)
}

fn scalar(name: &str) -> Option<LeafKind> {
    Some(match name {
        "bool" => LeafKind::Bool,
        "i8" => LeafKind::I8,
        "i64" => LeafKind::I64,
        "u8" => LeafKind::U8,
        "u32" => LeafKind::U32,
        "u64" => LeafKind::U64,
        "f32" => LeafKind::F32,
        "f64" => LeafKind::F64,
        _ => return None,
    })
}

/// Is a scalar of this kind in the class of the letter?
fn in_class(class: &str, kind: LeafKind) -> bool {
    let float = matches!(kind, LeafKind::F32 | LeafKind::F64);
    let integer = kind.is_integral() && !matches!(kind, LeafKind::Bool | LeafKind::Func);
    match class {
        "I" => integer,
        "F" => float,
        _ => integer || float,
    }
}

fn slots_of(leaves: &[Leaf]) -> Vec<SlotTy> {
    leaves.iter().map(|leaf| slot(leaf.kind, leaf.ty)).collect()
}

fn nullable(leaf: SlotTy) -> SlotTy {
    match leaf.kind {
        LeafKind::Ref => slot(LeafKind::RefNull, leaf.ty),
        _ => leaf,
    }
}

impl Matcher<'_> {
    /// Matches all items of one side, which must use up all slots.
    fn side(&mut self, items: &'static str, mut slots: &[SlotTy], way: Way) -> Option<()> {
        let items = items.trim();
        let items = items.strip_prefix('(').and_then(|i| i.strip_suffix(')')).unwrap_or(items);
        for item in items.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let wanted = self.item(item, slots)?;
            let (here, rest) = slots.split_at_checked(wanted.len())?;
            let fitting = here.iter().zip(&wanted).all(|(here, wanted)| match way {
                Way::In => self.flows(*here, *wanted),
                Way::Out => self.flows(*wanted, *here),
            });
            if !fitting {
                return None;
            }
            slots = rest;
        }
        slots.is_empty().then_some(())
    }

    /// May a value of type `from` be where `to` is expected?
    fn flows(&self, from: SlotTy, to: SlotTy) -> bool {
        match (from.kind, to.kind) {
            (LeafKind::Ref, LeafKind::Ref | LeafKind::RefNull)
            | (LeafKind::RefNull, LeafKind::RefNull) => {
                to.ty == TypeId::FREE || self.types.is_subtype(from.ty, to.ty)
            }
            (a, b) => a == b,
        }
    }

    /// The slots that an item wants, given those that are there.
    fn item(&mut self, item: &'static str, here: &[SlotTy]) -> Option<Vec<SlotTy>> {
        let (word, rest) = item.split_once(' ').unwrap_or((item, ""));
        if let Some(kind) = scalar(word) {
            return Some(vec![plain(kind)]);
        }
        if word.contains('+') {
            let mut wanted = Vec::new();
            for part in word.split('+') {
                wanted.extend(self.item(part, here.get(wanted.len()..).unwrap_or(&[]))?);
            }
            return Some(wanted);
        }
        match word {
            "str" => Some(vec![slot(LeafKind::Ref, TypeId::STR)]),
            "bytes" => Some(vec![slot(LeafKind::Ref, TypeId::BYTES)]),
            "unit" => Some(Vec::new()),
            "I" | "F" | "N" => self.number(word, here.first()?.kind),
            "opt" => {
                // Where there is no tag, the value itself comes first.
                let tags = usize::from(!here.first()?.kind.is_ref());
                let inner = self.item(rest, &here[tags..])?;
                match *inner {
                    [one] if one.kind == LeafKind::Ref => Some(vec![nullable(one)]),
                    _ => Some(tagged(&inner)),
                }
            }
            "result" => {
                let inner = self.item(rest, here.get(1..).unwrap_or(&[]))?;
                let error = self.error(here.get(1 + inner.len())?.ty)?;
                let mut wanted = tagged(&inner);
                wanted.push(nullable(error));
                Some(wanted)
            }
            "error" => self.error(here.first()?.ty).map(|error| vec![error]),
            "obj" => here.first().filter(|slot| slot.kind.is_ref()).map(|slot| vec![*slot]),
            "list" => self.list(rest, here.first()?).map(|slot| vec![slot]),
            "map" | "set" => self.map(rest, here.first()?).map(|slot| vec![slot]),
            _ => self.leaves(word),
        }
    }

    /// The leaves that letters such as `K..V..` are bound to.
    fn leaves(&self, letters: &str) -> Option<Vec<SlotTy>> {
        let mut leaves = Vec::new();
        for letter in letters.strip_suffix("..")?.split("..") {
            leaves.extend_from_slice(&self.known(letter)?.leaves);
        }
        Some(leaves)
    }

    fn known(&self, name: &str) -> Option<&Bound> {
        self.bound.iter().find(|bound| bound.name == name)
    }

    /// Binds a letter, or checks it against what it is bound to.
    fn bind(&mut self, name: &'static str, ty: Option<TypeId>, leaves: Vec<SlotTy>) -> Option<()> {
        let Some(known) = self.known(name) else {
            self.bound.push(Bound { name, ty, leaves });
            return Some(());
        };
        let same_type = known.ty.is_none() || ty.is_none() || known.ty == ty;
        (same_type && known.leaves == leaves).then_some(())
    }

    fn number(&mut self, class: &'static str, kind: LeafKind) -> Option<Vec<SlotTy>> {
        if !in_class(class, kind) {
            return None;
        }
        self.bind(class, None, vec![plain(kind)])?;
        Some(vec![plain(kind)])
    }

    /// A list whose elements are as `elem` says.
    fn list(&mut self, elem: &'static str, here: &SlotTy) -> Option<SlotTy> {
        let TypeKind::List { elem: layout, .. } = &self.types.desc(here.ty).kind else {
            return None;
        };
        let leaves = slots_of(&layout.leaves);
        match elem {
            "I" | "F" | "N" => {
                let [one] = *leaves else { return None };
                self.number(elem, one.kind)?;
            }
            _ if elem.len() == 1 => self.bind(elem, Some(here.ty), leaves)?,
            _ if self.item(elem, &[])? != leaves => return None,
            _ => {}
        }
        Some(slot(LeafKind::Ref, here.ty))
    }

    /// A map with keys, and perhaps values, of these letters.
    fn map(&mut self, letters: &'static str, here: &SlotTy) -> Option<SlotTy> {
        let TypeKind::Map { key, value, .. } = &self.types.desc(here.ty).kind else {
            return None;
        };
        let (keys, values) = (slots_of(&key.leaves), slots_of(&value.leaves));
        match letters.split_once(' ') {
            Some((k, v)) => {
                self.bind(k, None, keys)?;
                self.bind(v, None, values)?;
            }
            None if values.is_empty() => self.bind(letters, None, keys)?,
            None => return None,
        }
        self.same_map(here.ty)?;
        Some(slot(LeafKind::Ref, here.ty))
    }

    /// All maps of one pattern are of one type.
    fn same_map(&mut self, ty: TypeId) -> Option<()> {
        (*self.map_ty.get_or_insert(ty) == ty).then_some(())
    }

    /// The error object: a message, then a source that may be missing.
    fn error(&self, ty: TypeId) -> Option<SlotTy> {
        let TypeKind::Struct(layout) = &self.types.desc(ty).kind else { return None };
        let [message, source] = &*layout.leaves else { return None };
        let fits = message.kind == LeafKind::Ref
            && message.ty == TypeId::STR
            && source.kind == LeafKind::RefNull
            && source.ty == ty;
        fits.then_some(slot(LeafKind::Ref, ty))
    }
}

/// A tag and nullable leaves.
fn tagged(inner: &[SlotTy]) -> Vec<SlotTy> {
    let mut wanted = vec![plain(LeafKind::Bool)];
    wanted.extend(inner.iter().map(|leaf| nullable(*leaf)));
    wanted
}
