//! Which signatures are refused: the safety of natives rests on this.

use kaa_heap::{LeafKind, TypeDesc, TypeId, TypeKind};

use super::{Part, World, part};
use crate::native::{NativeSig, SlotTy};

/// Types for the tests, by the names that they use.
struct Names {
    world: World,
    known: Vec<(&'static str, Part)>,
}

impl Names {
    fn new() -> Names {
        let mut world = World::new();
        let reference = |ty| (LeafKind::Ref, ty);
        let ints = world.list_type(&[part("i64")]);
        let strings = world.list_type(&[part("str")]);
        let maybe = world.list_type(&[part("str?")]);
        let bytes = world.list_type(&[part("u8")]);
        let pairs = world.list_type(&[part("str"), part("i64")]);
        let nested = world.list_type(&[reference(ints)]);
        let kind = world.heap.types_mut().list_kind(&[part("i64")]);
        let other = world.heap.add_type(TypeDesc { name: "other".into(), kind, parent: None });
        let dict = world.map_type(&[part("str")], &[part("i64")]);
        let lists = world.map_type(&[part("i64")], &[reference(ints)]);
        let set = world.map_type(&[part("str")], &[]);
        let error = world.error_type();
        let kind = TypeKind::Struct(kaa_heap::Layout::of(&[part("i64"), part("i64")]));
        let point = world.heap.add_type(TypeDesc { name: "point".into(), kind, parent: None });
        let known = vec![
            ("ints", reference(ints)),
            ("ints?", (LeafKind::RefNull, ints)),
            ("strings", reference(strings)),
            ("strings?", (LeafKind::RefNull, strings)),
            ("maybe", reference(maybe)),
            ("bytelist", reference(bytes)),
            ("pairs", reference(pairs)),
            ("nested", reference(nested)),
            ("other", reference(other)),
            ("dict", reference(dict)),
            ("lists", reference(lists)),
            ("set", reference(set)),
            ("error", reference(error)),
            ("error?", (LeafKind::RefNull, error)),
            ("point?", (LeafKind::RefNull, point)),
            ("any", reference(TypeId::FREE)),
        ];
        Names { world, known }
    }

    fn slots(&self, words: &str) -> Box<[SlotTy]> {
        let find = |word: &str| {
            let known = self.known.iter().find(|(name, _)| *name == word);
            let (kind, ty) = known.map_or_else(|| part(word), |(_, part)| *part);
            SlotTy { kind, ty }
        };
        words.split(' ').filter(|word| !word.is_empty()).map(find).collect()
    }

    fn fits(&self, line: &str) -> bool {
        let (head, results) = line.split_once("->").expect("an arrow");
        let (name, params) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
        let sig = NativeSig { params: self.slots(params), results: self.slots(results) };
        let def = super::super::lookup(name).unwrap_or_else(|| panic!("no native {name}"));
        super::super::check_sig(def, &sig, self.world.heap.types())
    }
}

const FITTING: &[&str] = &[
    "list.append ints i64 -> ints",
    "list.append pairs str i64 -> pairs",
    "list.append nested ints -> nested",
    // An element that is never null may go where null is allowed.
    "list.append maybe str -> maybe",
    "list.append maybe str? -> maybe",
    "list.pop maybe i64 -> maybe str?",
    // A result may be taken for less than it is.
    "list.pop strings i64 -> strings str?",
    "dict.get dict str -> bool i64",
    "dict.get lists i64 -> ints?",
    "dict.index lists i64 -> ints",
    "dict.items dict -> pairs",
    "dict.keys dict -> strings",
    "dict.update dict dict -> dict",
    "map.len set -> i64",
    "map.new i64 -> set",
    "set.union set set -> set",
    "str.split str str? i64 -> strings",
    "str.split str str i64 -> strings",
    "str.find str str bool i64 bool i64 -> i64",
    "int.parse str i64 -> bool u8 error?",
    "int.checked_add u8 u8 -> bool u8",
    "obj.eq ints ints? -> bool",
    "list.sort_by_keys pairs ints bool -> pairs",
    "print str ->",
];

const REFUSED: &[&str] = &[
    // Another element, another list, nothing, too much, too little.
    "list.append ints f64 -> ints",
    "list.append ints str -> ints",
    "list.append strings i64 -> strings",
    "list.append strings str? -> strings",
    "list.append ints i64 -> other",
    "list.append ints i64 -> strings",
    "list.append ints? i64 -> ints",
    "list.append ints -> ints",
    "list.append ints i64 i64 -> ints",
    "list.append ints i64 ->",
    "list.append pairs i64 str -> pairs",
    "list.append nested other -> nested",
    "list.append nested any -> nested",
    "list.append dict i64 -> dict",
    "list.append str i64 -> str",
    "list.append i64 i64 -> i64",
    "list.extend ints other -> ints",
    "list.extend ints strings -> ints",
    "list.pop maybe i64 -> maybe str",
    "list.pop ints i64 -> ints str",
    "dict.get dict str -> i64",
    "dict.get lists i64 -> ints",
    "dict.get lists i64 -> bool ints?",
    "dict.index dict i64 -> i64",
    "dict.index dict str -> str",
    "dict.items dict -> strings",
    "dict.keys dict -> ints",
    "dict.put set str -> set str",
    "dict.update dict lists -> dict",
    "set.add dict str -> dict",
    "set.union set dict -> set",
    "map.new i64 -> ints",
    "map.value_at dict i64 -> str",
    "map.key_at dict i64 -> i64",
    "str.split str str? i64 -> ints",
    "str.split str? str? i64 -> strings",
    "str.upper i64 -> str",
    "str.upper any -> str",
    "str.upper str -> any i64",
    "str.join str ints -> str",
    "sb.push_str strings str ->",
    "sb.new -> strings",
    "int.parse str i64 -> bool u8 point?",
    "int.parse str i64 -> bool u8 ints?",
    "int.parse str i64 -> bool f64 error?",
    "int.checked_add u8 i64 -> bool u8",
    "int.checked_add u8 u8 -> bool i64",
    "int.checked_add bool bool -> bool bool",
    "float.is_nan i64 -> bool",
    "obj.eq i64 ints -> bool",
    "hash.int i64 f64 -> i64",
    "list.sort_by_keys pairs ints bool -> ints",
    "print bytes ->",
    "print str -> str",
    "math.dist ints ints -> f64",
    "bytes.of_list strings -> bytes",
];

#[test]
fn only_safe_signatures_fit() {
    let names = Names::new();
    for line in FITTING {
        assert!(names.fits(line), "refused: {line}");
    }
    for line in REFUSED {
        assert!(!names.fits(line), "accepted: {line}");
    }
}

#[test]
fn patterns_of_hosts_are_matched() {
    let names = Names::new();
    let fits = |pattern, params: &str, results: &str| {
        let sig = NativeSig { params: names.slots(params), results: names.slots(results) };
        super::super::fits(pattern, &sig, names.world.heap.types())
    };
    assert!(fits("(str) -> result str", "str", "bool str? error?"));
    assert!(!fits("(str) -> result str", "str", "bool str error?"));
    assert!(fits("(str) -> result list str", "str", "bool strings? error?"));
    assert!(!fits("(str) -> result list str", "str", "bool ints? error?"));
    assert!(fits("(str, bytes) -> result unit", "str bytes", "bool error?"));
    assert!(fits("(str) -> opt str", "str", "str?"));
    assert!(fits("() -> list str", "", "strings"));
}
