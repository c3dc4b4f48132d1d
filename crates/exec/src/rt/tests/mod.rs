//! Tests of the natives: one line for a case, in `cases/`.
//!
//! A line is `name bindings | arguments | results`, for example
//! `list.append T=i64 | [1], 2 | [1, 2]`, or `... | !trap_kind part of the message`. The types
//! of the values come from the native's own signature; letters are bound in the first column.
//! Values are read and written by `values`. What lines cannot say is in `more` and `sigs`.

mod more;
mod sigs;
mod values;

use std::collections::BTreeMap;
use std::io::Cursor;

use kaa_heap::{Heap, HeapConfig, LeafKind, TypeDesc, TypeId, TypeKind};

use crate::host::Host;
use crate::native::{Call, Fault, NativeSig, SlotTy};
use values::{Reader, show};

/// A leaf of an element.
type Part = (LeafKind, TypeId);

/// What an item of a signature stands for, in types of the heap.
#[derive(Clone, Debug)]
enum Item {
    Leaves(Vec<Part>),
    List(TypeId),
    Map(TypeId),
    Opt(Box<Item>),
    Outcome(Box<Item>, TypeId),
    Error(TypeId),
}

/// A heap, a host, and the types that were made so far.
pub(super) struct World {
    pub heap: Heap,
    pub host: Host,
    types: BTreeMap<String, TypeId>,
}

/// The leaf that a word names.
fn part(word: &str) -> Part {
    let kind = match word {
        "bool" => LeafKind::Bool,
        "i8" => LeafKind::I8,
        "i16" => LeafKind::I16,
        "i32" => LeafKind::I32,
        "i64" => LeafKind::I64,
        "u8" => LeafKind::U8,
        "u16" => LeafKind::U16,
        "u32" => LeafKind::U32,
        "u64" => LeafKind::U64,
        "f32" => LeafKind::F32,
        "f64" => LeafKind::F64,
        "str" => return (LeafKind::Ref, TypeId::STR),
        "str?" => return (LeafKind::RefNull, TypeId::STR),
        "bytes" => return (LeafKind::Ref, TypeId::BYTES),
        other => panic!("no such leaf: {other}"),
    };
    (kind, TypeId::FREE)
}

/// The letters of a case and what they stand for.
type Bindings = BTreeMap<String, Vec<Part>>;

impl World {
    pub fn new() -> World {
        World::with_limit(64 << 20)
    }

    pub fn with_limit(limit_bytes: u64) -> World {
        let config = HeapConfig { limit_bytes, ..HeapConfig::default() };
        let heap = Heap::new(config).expect("address space");
        let mut host = Host::sink();
        host.input = Box::new(Cursor::new("first line\r\nsecond\n"));
        World { heap, host, types: BTreeMap::new() }
    }

    fn named(&mut self, name: String, make: impl FnOnce(&mut Heap) -> TypeKind) -> TypeId {
        if let Some(ty) = self.types.get(&name) {
            return *ty;
        }
        let kind = make(&mut self.heap);
        let ty = self.heap.add_type(TypeDesc { name: name.as_str().into(), kind, parent: None });
        self.types.insert(name, ty);
        ty
    }

    pub fn list_type(&mut self, elem: &[Part]) -> TypeId {
        self.named(format!("list {elem:?}"), |heap| heap.types_mut().list_kind(elem))
    }

    pub fn map_type(&mut self, key: &[Part], value: &[Part]) -> TypeId {
        let name = format!("map {key:?} {value:?}");
        self.named(name, |heap| heap.types_mut().map_kind(key, value))
    }

    fn error_type(&mut self) -> TypeId {
        if let Some(ty) = self.types.get("error") {
            return *ty;
        }
        let ty = self.heap.types_mut().declare("Error", None);
        let parts = [(LeafKind::Ref, TypeId::STR), (LeafKind::RefNull, ty)];
        let kind = TypeKind::Struct(kaa_heap::Layout::of(&parts));
        self.heap.types_mut().define(ty, kind);
        self.types.insert("error".to_owned(), ty);
        ty
    }

    /// The item that a word of a signature stands for.
    fn item(&mut self, text: &str, bound: &Bindings) -> Item {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let letters = |text: &str| -> Vec<Part> {
            let letters = text.split("..").filter(|letter| !letter.is_empty());
            letters.flat_map(|letter| bound[letter].clone()).collect()
        };
        match word {
            "opt" => Item::Opt(Box::new(self.item(rest, bound))),
            "result" => {
                let error = self.error_type();
                Item::Outcome(Box::new(self.item(rest, bound)), error)
            }
            "error" => Item::Error(self.error_type()),
            "list" => {
                let known = bound.contains_key(rest) || rest.contains("..");
                let elem = if known { letters(rest) } else { vec![part(rest)] };
                Item::List(self.list_type(&elem))
            }
            "map" => {
                let (key, value) = rest.split_once(' ').expect("two letters");
                Item::Map(self.map_type(&bound[key], &bound[value]))
            }
            "set" => Item::Map(self.map_type(&bound[rest], &[])),
            _ if bound.contains_key(word) || word.ends_with("..") => Item::Leaves(letters(word)),
            _ => Item::Leaves(vec![part(word)]),
        }
    }

    /// The items of one side of a signature.
    fn items(&mut self, side: &str, bound: &Bindings) -> Vec<Item> {
        let side = side.trim();
        let side = side.strip_prefix('(').and_then(|s| s.strip_suffix(')')).unwrap_or(side);
        let words = side.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(|word| self.item(word, bound)).collect()
    }

    /// Calls a native with slots. Its signature is checked first, as a linker would.
    pub fn call(
        &mut self,
        name: &str,
        sig: &NativeSig,
        args: &[u64],
    ) -> Result<Vec<u64>, Box<Fault>> {
        let def = super::lookup(name).unwrap_or_else(|| panic!("no native {name}"));
        assert!(
            super::check_sig(def, sig, self.heap.types()),
            "{name} {} is refused at {sig:?}",
            def.sig
        );
        let mut slots = args.to_vec();
        slots.resize(args.len().max(sig.results.len()), 0);
        let mut call = Call::new(&mut self.heap, &mut self.host, sig, &mut slots);
        (def.run)(&mut call)?;
        slots.truncate(sig.results.len());
        Ok(slots)
    }
}

/// The slots of an item.
fn slots_of(item: &Item) -> Vec<SlotTy> {
    let slot = |kind, ty| SlotTy { kind, ty };
    let nullable = |slot: SlotTy| match slot.kind {
        LeafKind::Ref => SlotTy { kind: LeafKind::RefNull, ..slot },
        _ => slot,
    };
    match item {
        Item::Leaves(parts) => parts.iter().map(|&(kind, ty)| slot(kind, ty)).collect(),
        Item::List(ty) | Item::Map(ty) | Item::Error(ty) => vec![slot(LeafKind::Ref, *ty)],
        Item::Opt(inner) => {
            let inner = slots_of(inner);
            let tag = (!is_plain_ref(&inner)).then_some(slot(LeafKind::Bool, TypeId::FREE));
            tag.into_iter().chain(inner.into_iter().map(nullable)).collect()
        }
        Item::Outcome(inner, error) => {
            let mut slots = vec![slot(LeafKind::Bool, TypeId::FREE)];
            slots.extend(slots_of(inner).into_iter().map(nullable));
            slots.push(slot(LeafKind::RefNull, *error));
            slots
        }
    }
}

fn is_plain_ref(slots: &[SlotTy]) -> bool {
    matches!(slots, [one] if one.kind == LeafKind::Ref)
}

/// Runs one line; `Err` says what is wrong.
fn run_line(line: &str) -> Result<(), String> {
    let mut columns = line.splitn(3, " |").map(str::trim);
    let (Some(head), Some(args), Some(wanted)) = (columns.next(), columns.next(), columns.next())
    else {
        return Err("three columns are wanted".to_owned());
    };
    let mut words = head.split(' ').filter(|word| !word.is_empty());
    let name = words.next().unwrap_or("");
    let mut bound = Bindings::new();
    for word in words {
        let (letter, parts) = word.split_once('=').ok_or("a binding is `T=i64`")?;
        bound.insert(letter.to_owned(), parts.split(',').map(part).collect());
    }
    let def = super::lookup(name).ok_or_else(|| format!("no native `{name}`"))?;
    let mut world = World::new();
    let (params, results) = def.sig.split_once("->").unwrap_or((def.sig, ""));
    let (params, results) = (world.items(params, &bound), world.items(results, &bound));
    let types = |items: &[Item]| items.iter().flat_map(slots_of).collect();
    let sig = NativeSig { params: types(&params), results: types(&results) };
    let mut slots = Vec::new();
    let mut reader = Reader::new(args);
    for item in &params {
        reader.item(&mut world, item, &mut slots);
        reader.skip(",");
    }
    if !reader.is_done() {
        return Err(format!("arguments left over: {}", reader.rest()));
    }
    match (world.call(name, &sig, &slots), wanted.strip_prefix('!')) {
        (Ok(out), None) => {
            let got = show(&world, &results, &out);
            if got == wanted { Ok(()) } else { Err(format!("got {got}")) }
        }
        (Err(fault), Some(wanted)) => {
            let got = format!("{} {}", fault.kind.name(), fault.message);
            let (kind, message) = wanted.split_once(' ').unwrap_or((wanted, ""));
            let fits = fault.kind.name() == kind && fault.message.contains(message);
            if fits { Ok(()) } else { Err(format!("got !{got}")) }
        }
        (Ok(out), Some(_)) => Err(format!("got {}", show(&world, &results, &out))),
        (Err(fault), None) => Err(format!("got !{} {}", fault.kind.name(), fault.message)),
    }
}

/// All files of cases.
const FILES: &[(&str, &str)] = &[
    ("bigint", include_str!("cases/bigint.txt")),
    ("bytes", include_str!("cases/bytes.txt")),
    ("chars", include_str!("cases/chars.txt")),
    ("dicts", include_str!("cases/dicts.txt")),
    ("json", include_str!("cases/json.txt")),
    ("lists", include_str!("cases/lists.txt")),
    ("math", include_str!("cases/math.txt")),
    ("numbers", include_str!("cases/numbers.txt")),
    ("objects", include_str!("cases/objects.txt")),
    ("output", include_str!("cases/output.txt")),
    ("re", include_str!("cases/re.txt")),
    ("sets", include_str!("cases/sets.txt")),
    ("strings", include_str!("cases/strings.txt")),
];

fn cases() -> impl Iterator<Item = (String, &'static str)> {
    FILES.iter().flat_map(|(file, text)| {
        let lines = text.lines().enumerate();
        lines
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            .map(move |(i, line)| (format!("{file}.txt:{}", i + 1), line))
    })
}

#[test]
fn every_case_holds() {
    let failures: Vec<String> = cases()
        .filter_map(|(place, line)| {
            let error = run_line(line).err()?;
            Some(format!("{place}: {line}\n    {error}"))
        })
        .collect();
    assert!(failures.is_empty(), "{} cases fail\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_native_has_a_case() {
    let tested: Vec<&str> = cases()
        .filter_map(|(_, line)| line.split(' ').next())
        .chain(more::TESTED.iter().copied())
        .collect();
    let missing: Vec<&str> =
        super::all().map(|def| def.name).filter(|name| !tested.contains(name)).collect();
    assert!(missing.is_empty(), "natives without a case: {missing:?}");
}

#[test]
fn names_are_distinct() {
    let mut names: Vec<&str> = super::all().map(|def| def.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
