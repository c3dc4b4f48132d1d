//! Cases that need more than one call: buffers, copy on write, sharing, sorts against `std`.

use std::io;
use std::sync::{Arc, Mutex};

use kaa_heap::{GcRef, LeafKind, TypeId};
use kaa_isa::TrapKind;

use super::values::show_list;
use super::{Part, World};
use crate::native::{NativeSig, SlotTy};

/// Natives that are tested here, or with the machine, and in no file.
pub const TESTED: &[&str] = &[
    "json.value",
    "json.put_float",
    "json.put_str",
    "json.put_value",
    "sb.push_str",
    "sb.push_char",
    "sb.push_int",
    "sb.push_uint",
    "sb.push_float",
    "sb.push_f32",
    "sb.push_bool",
    "sb.push_repr_str",
    "sb.push_repr_char",
    "sb.push_repr_bytes",
    "sb.format_int",
    "sb.format_uint",
    "sb.format_float",
    "sb.format_str",
    "sb.format_bool",
    "hash.obj",
    "_task.group",
    "_task.spawn",
    "_task.join",
    "_task.failure",
    "_task.finish",
    "_task.cancel",
    "_task.guard",
    "_task.unguard",
    "_task.signal",
    "_task.wait",
    "_task.wake",
];

const I64: Part = (LeafKind::I64, TypeId::FREE);
const STR: Part = (LeafKind::Ref, TypeId::STR);

fn slot(part: Part) -> SlotTy {
    SlotTy { kind: part.0, ty: part.1 }
}

fn reference(ty: TypeId) -> Part {
    (LeafKind::Ref, ty)
}

fn sig(params: &[Part], results: &[Part]) -> NativeSig {
    let slots = |parts: &[Part]| parts.iter().map(|part| slot(*part)).collect();
    NativeSig { params: slots(params), results: slots(results) }
}

impl World {
    fn text(&mut self, text: &str) -> u64 {
        self.heap.new_str(text).expect("room").slot()
    }

    fn ints(&mut self, items: &[i64]) -> GcRef {
        let ty = self.list_type(&[I64]);
        let list = self.heap.list_new(ty, 0).expect("room");
        for item in items {
            self.heap.list_push_slots(list, &[*item as u64]).expect("room");
        }
        list
    }

    /// Calls a native that gives its receiver back.
    fn change(&mut self, name: &str, receiver: GcRef, params: &[Part], args: &[u64]) -> GcRef {
        let ty = reference(self.heap.type_of(receiver));
        let sig = sig(&[&[ty], params].concat(), &[ty]);
        let args = [&[receiver.slot()], args].concat();
        GcRef::from_slot(self.call(name, &sig, &args).expect("no fault")[0])
    }
}

#[test]
fn a_buffer_takes_all_kinds_of_values() {
    let mut world = World::new();
    let bytes = world.list_type(&[(LeafKind::U8, TypeId::FREE)]);
    let buffer = world.call("sb.new", &sig(&[], &[reference(bytes)]), &[]).expect("room")[0];
    let kind = |kind| (kind, TypeId::FREE);
    let (f64_ty, u64_ty, bool_ty) =
        (kind(LeafKind::F64), kind(LeafKind::U64), kind(LeafKind::Bool));
    let text = world.text("a'b");
    let raw = world.heap.new_bytes(b"\x00").expect("room").slot();
    let specs: Vec<u64> =
        ["05d", ",", ".2f", ">4", ""].into_iter().map(|spec| world.text(spec)).collect();
    let short = world.text("ab");
    let pushes: &[(&str, &[Part], &[u64], &str)] = &[
        ("sb.push_str", &[STR], &[text], "a'b"),
        ("sb.push_char", &[kind(LeafKind::U32)], &[0x20ac], "€"),
        ("sb.push_int", &[I64], &[-7_i64 as u64], "-7"),
        ("sb.push_uint", &[u64_ty], &[u64::MAX], "18446744073709551615"),
        ("sb.push_float", &[f64_ty], &[2.0_f64.to_bits()], "2.0"),
        ("sb.push_f32", &[kind(LeafKind::F32)], &[0.1_f32.to_bits().into()], "0.1"),
        ("sb.push_bool", &[bool_ty], &[1], "True"),
        ("sb.push_bool", &[bool_ty], &[0], "False"),
        ("sb.push_repr_str", &[STR], &[text], "\"a'b\""),
        ("sb.push_repr_char", &[kind(LeafKind::U32)], &[10], "'\\n'"),
        ("sb.push_repr_bytes", &[(LeafKind::Ref, TypeId::BYTES)], &[raw], "b'\\x00'"),
        ("sb.format_int", &[I64, STR], &[-42_i64 as u64, specs[0]], "-0042"),
        ("sb.format_uint", &[u64_ty, STR], &[1_000_000, specs[1]], "1,000,000"),
        ("sb.format_float", &[f64_ty, STR], &[2.5_f64.to_bits(), specs[2]], "2.50"),
        ("sb.format_str", &[STR, STR], &[short, specs[3]], "  ab"),
        ("sb.format_bool", &[bool_ty, STR], &[1, specs[4]], "True"),
    ];
    let mut wanted = String::new();
    for (name, params, args, shown) in pushes {
        let sig = sig(&[&[reference(bytes)], *params].concat(), &[]);
        world.call(name, &sig, &[&[buffer], *args].concat()).expect("no fault");
        wanted.push_str(shown);
        let text = world.heap.list_bytes(GcRef::from_slot(buffer));
        assert_eq!(std::str::from_utf8(text), Ok(wanted.as_str()), "after {name}");
    }
    let bad = sig(&[reference(bytes), I64, STR], &[]);
    let fault = world.call("sb.format_int", &bad, &[buffer, 1, short]).expect_err("a bad spec");
    assert_eq!(fault.kind, TrapKind::InvalidValue);
}

#[test]
fn equal_objects_have_equal_hashes() {
    let mut world = World::new();
    let (a, b, c) = (world.ints(&[1, 2]), world.ints(&[1, 2]), world.ints(&[2, 1]));
    let ty = reference(world.heap.type_of(a));
    let sig = sig(&[I64, ty], &[I64]);
    let hashes: Vec<u64> = [a, b, c]
        .iter()
        .map(|list| world.call("hash.obj", &sig, &[7, list.slot()]).expect("no fault")[0])
        .collect();
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
}

#[test]
fn writes_to_shared_lists_make_copies() {
    let ty_args: &[(&str, &[Part], &[u64])] = &[
        ("list.append", &[I64], &[9]),
        ("list.clear", &[], &[]),
        ("list.insert", &[I64, I64], &[0, 9]),
        ("list.remove", &[I64], &[3]),
        ("list.reverse", &[], &[]),
        ("list.del_at", &[I64], &[0]),
        ("list.sort", &[(LeafKind::Bool, TypeId::FREE)], &[0]),
    ];
    for (name, params, args) in ty_args {
        let mut world = World::new();
        let list = world.ints(&[3, 1, 2]);
        let same = world.change(name, list, params, args);
        assert_eq!(same, list, "{name} writes in place");
        let list = world.ints(&[3, 1, 2]);
        world.heap.mark_shared(list);
        let copy = world.change(name, list, params, args);
        assert_ne!(copy, list, "{name} copies");
        assert_eq!(show_list(&world, list), "[3, 1, 2]", "{name} leaves the original alone");
        assert_ne!(show_list(&world, copy), "[3, 1, 2]", "{name} changes the copy");
    }
}

#[test]
fn writes_to_shared_dicts_make_copies() {
    let ty_args: &[(&str, &[Part], &[u64])] = &[
        ("dict.put", &[I64, I64], &[5, 6]),
        ("dict.del", &[I64], &[1]),
        ("dict.clear", &[], &[]),
        ("map.put_at", &[I64, I64], &[0, 9]),
    ];
    for (name, params, args) in ty_args {
        let mut world = World::new();
        let ty = world.map_type(&[I64], &[I64]);
        let map = world.heap.map_new(ty, 0).expect("room");
        world.heap.map_insert(map, &[1], &[2]).expect("room");
        world.heap.mark_shared(map);
        let copy = world.change(name, map, params, args);
        assert_ne!(copy, map, "{name} copies");
        assert_eq!(world.heap.map_len(map), 1);
        assert_eq!(world.heap.map_find(map, &[1]), Some(0));
        assert_eq!(world.heap.map_value_leaf(map, 0, 0), 2, "{name} leaves the original alone");
    }
}

#[test]
fn elements_in_two_containers_are_shared() {
    let mut world = World::new();
    let inner = world.ints(&[1]);
    let ints = reference(world.heap.type_of(inner));
    let nested = world.list_type(&[ints]);
    let opt = [(LeafKind::Bool, TypeId::FREE), I64];
    let bounds = [opt, opt, opt].concat();
    let ways: &[(&str, &[Part], &[u64])] = &[
        ("list.copy", &[], &[]),
        ("list.reversed", &[], &[]),
        ("list.slice", &bounds, &[0; 6]),
        ("list.slice", &bounds, &[0, 0, 0, 0, 1, 2]),
        ("list.repeat", &[I64], &[2]),
    ];
    for (name, params, args) in ways {
        let inner = world.ints(&[1]);
        let list = world.heap.list_new(nested, 1).expect("room");
        world.heap.list_push_slots(list, &[inner.slot()]).expect("room");
        assert!(!world.heap.is_shared(inner));
        world.change(name, list, params, args);
        assert!(world.heap.is_shared(inner), "{name} shares elements");
    }
    let (key, inner) = (I64, world.ints(&[1]));
    let map_ty = world.map_type(&[key], &[ints]);
    let map = world.heap.map_new(map_ty, 0).expect("room");
    world.heap.map_insert(map, &[1], &[inner.slot()]).expect("room");
    let sig = sig(&[reference(map_ty)], &[reference(nested)]);
    world.call("dict.values", &sig, &[map.slot()]).expect("room");
    assert!(world.heap.is_shared(inner), "dict.values shares values");
}

/// Numbers that look like chance.
fn numbers(count: usize, below: i64) -> Vec<i64> {
    let mut state = 12345_u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as i64 % below - below / 2
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn sorts_agree_with_std() {
    let boolean = (LeafKind::Bool, TypeId::FREE);
    for reverse in [false, true] {
        for count in [0, 1, 2, 11, 12, 13, 100, 1000] {
            let mut world = World::new();
            let keys = numbers(count, 50);
            let places: Vec<i64> = (0..count as i64).collect();
            let mut wanted = places.clone();
            let key = |place: &i64| keys[*place as usize];
            match reverse {
                true => wanted.sort_by_key(|place| std::cmp::Reverse(key(place))),
                false => wanted.sort_by_key(key),
            }
            let (list, key_list) = (world.ints(&places), world.ints(&keys));
            let ty = reference(world.heap.type_of(key_list));
            let args = [key_list.slot(), reverse.into()];
            let sorted = world.change("list.sort_by_keys", list, &[ty, boolean], &args);
            assert_eq!(world.heap.list_as_i64_slice(sorted), wanted, "by numbers");

            // Pairs of key and place go through the general order.
            let pairs = world.list_type(&[I64, I64]);
            let pair_list = world.heap.list_new(pairs, 0).expect("room");
            for (key, place) in keys.iter().zip(&places) {
                let slots = [*key as u64, *place as u64];
                world.heap.list_push_slots(pair_list, &slots).expect("room");
            }
            let sorted = world.change("list.sort", pair_list, &[boolean], &[reverse.into()]);
            let mut wanted: Vec<(i64, i64)> =
                keys.iter().copied().zip(places.iter().copied()).collect();
            wanted.sort_unstable();
            if reverse {
                wanted.reverse();
            }
            let got: Vec<(i64, i64)> = (0..count as u32)
                .map(|i| {
                    let leaf = |leaf| world.heap.list_get_leaf(sorted, i, leaf) as i64;
                    (leaf(0), leaf(1))
                })
                .collect();
            assert_eq!(got, wanted, "pairs");
        }
    }
}

#[test]
fn strings_sort_as_in_std() {
    let mut world = World::new();
    let ty = world.list_type(&[STR]);
    let list = world.heap.list_new(ty, 0).expect("room");
    let mut wanted: Vec<String> = numbers(500, 3000)
        .into_iter()
        .map(|n| format!("{}{n}", if n % 3 == 0 { "a long prefix " } else { "" }))
        .collect();
    for text in &wanted {
        let text = world.text(text);
        world.heap.list_push_slots(list, &[text]).expect("room");
    }
    wanted.sort_unstable();
    let boolean = (LeafKind::Bool, TypeId::FREE);
    let sorted = world.change("list.sort", list, &[boolean], &[0]);
    assert_eq!(show_list(&world, sorted), format!("{wanted:?}"));
}

#[test]
fn lists_that_cannot_be_ordered_are_a_fault() {
    let mut world = World::new();
    let dict = world.map_type(&[I64], &[I64]);
    let ty = world.list_type(&[reference(dict)]);
    let list = world.heap.list_new(ty, 0).expect("room");
    for _ in 0..40 {
        let map = world.heap.map_new(dict, 0).expect("room");
        world.heap.list_push_slots(list, &[map.slot()]).expect("room");
    }
    let sig = sig(&[reference(ty), (LeafKind::Bool, TypeId::FREE)], &[reference(ty)]);
    let fault = world.call("list.sort", &sig, &[list.slot(), 0]).expect_err("dicts have no order");
    assert_eq!(fault.kind, TrapKind::InvalidValue);
}

/// A stream that keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A pipe that nobody reads.
struct Broken;

impl io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn printing_goes_to_the_host() {
    let mut world = World::new();
    let kept = Kept::default();
    world.host.out = Box::new(kept.clone());
    let hello = world.text("hé");
    world.call("print", &sig(&[STR], &[]), &[hello]).expect("no fault");
    let prompt = world.text("> ");
    let line = world.call("input", &sig(&[STR], &[STR]), &[prompt]).expect("a line")[0];
    assert_eq!(world.heap.str(GcRef::from_slot(line)), "first line");
    assert_eq!(*kept.0.lock().expect("no panic"), "hé\n> ".as_bytes());
    world.call("input", &sig(&[STR], &[STR]), &[prompt]).expect("a second line");
    let fault = world.call("input", &sig(&[STR], &[STR]), &[prompt]).expect_err("the end");
    assert_eq!((fault.kind, &*fault.message), (TrapKind::HostError, "the input has ended"));
}

#[test]
fn a_broken_pipe_is_a_fault() {
    let mut world = World::new();
    world.host.out = Box::new(Broken);
    let text = world.text("x");
    let fault = world.call("print", &sig(&[STR], &[]), &[text]).expect_err("nobody reads");
    assert_eq!(fault.kind, TrapKind::HostError);
    assert!(fault.message.contains("broken pipe"), "{}", fault.message);
    assert!(world.host.out_error.is_some());
}

#[test]
fn a_small_heap_bounds_results() {
    let mut world = World::with_limit(1 << 20);
    let text = world.text("0123456789");
    let sig = sig(&[STR, I64], &[STR]);
    let fault = world.call("str.repeat", &sig, &[text, 1 << 20]).expect_err("too large");
    assert_eq!(fault.kind, TrapKind::OutOfMemory);
    let fine = world.call("str.repeat", &sig, &[text, 1 << 10]).expect("room")[0];
    assert_eq!(world.heap.str(GcRef::from_slot(fine)).len(), 10 << 10);
}

#[test]
fn popitem_and_pop_walk_a_whole_map() {
    let mut world = World::new();
    let ty = world.map_type(&[I64], &[I64]);
    let map = world.heap.map_new(ty, 0).expect("room");
    for key in numbers(300, 1 << 30) {
        world.heap.map_insert(map, &[key as u64], &[1]).expect("room");
    }
    let keys: Vec<u64> = (0..300).map(|entry| world.heap.map_key_leaf(map, entry, 0)).collect();
    let sig = sig(&[reference(ty)], &[reference(ty), I64, I64]);
    for key in keys.iter().rev() {
        let out = world.call("dict.popitem", &sig, &[map.slot()]).expect("an item");
        assert_eq!(out[1], *key);
    }
    assert_eq!(world.heap.map_len(map), 0);
}
