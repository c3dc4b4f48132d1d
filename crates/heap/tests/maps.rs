//! Maps against a plain model: same contents, same order, under growth, holes and collection.

use kaa_heap::{GcRef, Heap, HeapConfig, HeapError, LeafKind, TypeDesc, TypeId};
use std::collections::HashMap;

const FREE: TypeId = TypeId::FREE;

fn heap() -> Heap {
    Heap::new(HeapConfig::default()).expect("address space")
}

fn map_type(heap: &mut Heap, key: (LeafKind, TypeId), value: &[(LeafKind, TypeId)]) -> TypeId {
    let kind = heap.types_mut().map_kind(&[key], value);
    heap.add_type(TypeDesc { name: "map".into(), kind, parent: None })
}

/// A small deterministic generator.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n.max(1)
    }
}

/// Insertion-ordered model: a slow list of pairs.
#[derive(Default)]
struct Model {
    order: Vec<(u64, u64)>,
}

impl Model {
    fn position(&self, key: u64) -> Option<usize> {
        self.order.iter().position(|&(k, _)| k == key)
    }

    fn insert(&mut self, key: u64, value: u64) {
        match self.position(key) {
            Some(i) => self.order[i].1 = value,
            None => self.order.push((key, value)),
        }
    }

    fn remove(&mut self, key: u64) -> Option<u64> {
        self.position(key).map(|i| self.order.remove(i).1)
    }
}

fn contents(heap: &Heap, map: GcRef) -> Vec<(u64, u64)> {
    let (mut all, mut cursor) = (Vec::new(), 0);
    while let Some(entry) = heap.map_next(map, cursor) {
        all.push((heap.map_key_leaf(map, entry, 0), heap.map_value_leaf(map, entry, 0)));
        cursor = entry + 1;
    }
    all
}

/// Random operations; keys come from `key`, which shapes the map (dense, sparse, small).
fn drive(kind: LeafKind, seed: u64, steps: u64, mut key: impl FnMut(&mut Rng, u64) -> u64) {
    let mut heap = heap();
    let ty = map_type(&mut heap, (kind, FREE), &[(LeafKind::I64, FREE)]);
    let mut map = heap.map_new(ty, 0).expect("room");
    let (mut model, mut rng) = (Model::default(), Rng(seed));
    for step in 0..steps {
        let k = key(&mut rng, step);
        match rng.below(6) {
            0..4 => {
                let existed = model.position(k).is_some();
                model.insert(k, step);
                let (new, entry, found) = heap.map_insert(map, &[k], &[step]).expect("room");
                assert_eq!((found, heap.map_key_leaf(new, entry, 0)), (existed, k));
                map = new;
            }
            4 => {
                let mut out = [u64::MAX];
                let (new, found) = heap.map_remove(map, &[k], &mut out).expect("room");
                assert_eq!(model.remove(k), found.then_some(out[0]));
                map = new;
            }
            _ => {
                let entry = heap.map_find(map, &[k]);
                let value = entry.map(|e| heap.map_value_leaf(map, e, 0));
                assert_eq!(value, model.position(k).map(|i| model.order[i].1));
            }
        }
        if step % 64 == 0 {
            heap.collect(|marker| marker.mark(map));
            heap.verify().expect("a sound heap");
            assert_eq!(contents(&heap, map), model.order, "step {step}");
        }
    }
    assert_eq!(heap.map_len(map) as usize, model.order.len());
    assert_eq!(contents(&heap, map), model.order);
}

#[test]
fn sparse_integer_keys() {
    drive(LeafKind::I64, 1, 6000, |rng, _| rng.below(700).wrapping_mul(0x9e37_79b9_7f4a_7c15));
}

#[test]
fn keys_that_count_up_with_exceptions() {
    drive(LeafKind::I64, 2, 6000, |rng, step| match rng.below(200) {
        0 => rng.below(1 << 40),
        n if n < 30 => rng.below(step + 1),
        _ => step.wrapping_sub(5),
    });
}

#[test]
fn a_purely_dense_map_with_removals() {
    let mut next = 100;
    drive(LeafKind::I64, 3, 6000, |rng, _| {
        next += u64::from(rng.below(3) == 0);
        next - rng.below(3).min(2)
    });
}

#[test]
fn few_keys_of_a_narrow_kind() {
    drive(LeafKind::I8, 4, 4000, |rng, _| (rng.below(12) as i64 - 6) as u64);
    drive(LeafKind::U32, 5, 4000, |rng, _| rng.below(3000));
}

#[test]
fn dense_maps_have_no_index_and_cost_what_their_entries_cost() {
    let mut heap = heap();
    let ty = map_type(&mut heap, (LeafKind::I64, FREE), &[(LeafKind::I64, FREE)]);
    let mut map = heap.map_new(ty, 0).expect("room");
    for i in 0..100_000u64 {
        map = heap.map_insert(map, &[i], &[i * 2]).expect("room").0;
    }
    heap.collect(|marker| marker.mark(map));
    let used = heap.stats().used_bytes;
    assert!(used < 100_000 * 24 * 8 / 5, "{used}");
    assert_eq!(heap.map_find(map, &[77_777]), Some(77_777));
    assert_eq!(heap.map_find(map, &[100_000]), None);
    assert_eq!(heap.map_find(map, &[u64::MAX]), None);
}

#[test]
fn string_keys_are_compared_by_contents() {
    let mut heap = heap();
    let ty = map_type(&mut heap, (LeafKind::Ref, TypeId::STR), &[(LeafKind::I64, FREE)]);
    let map = heap.map_new(ty, 0).expect("room");
    let root = heap.new_handle(map);
    let mut model = HashMap::new();
    for i in 0..5000u64 {
        let text = format!("key {}", i * 7 % 3000);
        let key = heap.new_str(&text).expect("room");
        model.insert(text, i);
        let map = heap.map_insert(heap.handle(root), &[key.slot()], &[i]).expect("room").0;
        heap.set_handle(root, map);
        if i % 512 == 0 {
            heap.collect(|_| {});
            heap.verify().expect("a sound heap");
        }
    }
    let map = heap.handle(root);
    assert_eq!(heap.map_len(map) as usize, model.len());
    for (text, value) in &model {
        let key = heap.new_str(text).expect("room");
        let entry = heap.map_find(map, &[key.slot()]).expect("present");
        assert_eq!(heap.map_value_leaf(map, entry, 0), *value);
    }
    let absent = heap.new_str("key -1").expect("room");
    assert_eq!(heap.map_find(map, &[absent.slot()]), None);
}

#[test]
fn float_and_composite_keys() {
    let mut heap = heap();
    let ty = map_type(&mut heap, (LeafKind::F64, FREE), &[]);
    let mut set = heap.map_new(ty, 0).expect("room");
    let odd_nan = f64::from_bits(f64::NAN.to_bits() | 77);
    for x in [0.0, -0.0, 1.5, f64::NAN, odd_nan, 1.5, f64::INFINITY] {
        set = heap.map_insert(set, &[x.to_bits()], &[]).expect("room").0;
    }
    assert_eq!(heap.map_len(set), 4);

    let parts = [(LeafKind::I32, FREE), (LeafKind::Ref, TypeId::STR), (LeafKind::Bool, FREE)];
    let kind = heap.types_mut().map_kind(&parts, &[(LeafKind::U8, FREE)]);
    let ty = heap.add_type(TypeDesc { name: "composite".into(), kind, parent: None });
    let mut map = heap.map_new(ty, 0).expect("room");
    for i in 0..200u64 {
        let name = heap.new_str(if i % 2 == 0 { "even" } else { "odd" }).expect("room");
        let key = [i / 4 % 20, name.slot(), u64::from(i % 3 == 0)];
        map = heap.map_insert(map, &key, &[i]).expect("room").0;
    }
    let mut distinct: Vec<_> = (0..200).map(|i| (i / 4 % 20, i % 2, i % 3 == 0)).collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(heap.map_len(map) as usize, distinct.len());
}

#[test]
fn values_as_keys_and_kinds_that_cannot_be_keys() {
    let mut heap = heap();
    let list_kind = heap.types_mut().list_kind(&[(LeafKind::I64, FREE)]);
    let list_ty = heap.add_type(TypeDesc { name: "list".into(), kind: list_kind, parent: None });
    let ty = map_type(&mut heap, (LeafKind::Ref, list_ty), &[]);
    let mut set = heap.map_new(ty, 0).expect("room");
    for i in 0..30u64 {
        let mut key = heap.list_new(list_ty, 2).expect("room");
        key = heap.list_push_slots(key, &[i % 10]).expect("room");
        set = heap.map_insert(set, &[key.slot()], &[]).expect("room").0;
    }
    assert_eq!(heap.map_len(set), 10);

    let kind = kaa_heap::TypeKind::Closure { captures: kaa_heap::Layout::of(&[]) };
    let closure_ty = heap.add_type(TypeDesc { name: "fn".into(), kind, parent: None });
    let ty = map_type(&mut heap, (LeafKind::Ref, closure_ty), &[]);
    let set = heap.map_new(ty, 0).expect("room");
    let key = heap.new_closure(closure_ty, 3).expect("room");
    assert_eq!(heap.map_insert(set, &[key.slot()], &[]), Err(HeapError::NotComparable));
    assert_eq!(heap.map_find(set, &[key.slot()]), None);
}

#[test]
fn clones_are_independent_and_share_what_they_hold() {
    let mut heap = heap();
    let list_kind = heap.types_mut().list_kind(&[(LeafKind::I64, FREE)]);
    let list_ty = heap.add_type(TypeDesc { name: "list".into(), kind: list_kind, parent: None });
    let ty = map_type(&mut heap, (LeafKind::I64, FREE), &[(LeafKind::Ref, list_ty)]);
    let mut map = heap.map_new(ty, 0).expect("room");
    for i in 0..100u64 {
        let held = heap.list_new(list_ty, 0).expect("room");
        map = heap.map_insert(map, &[i * i], &[held.slot()]).expect("room").0;
    }
    heap.mark_shared(map);
    let (other, removed) = heap.map_remove(map, &[25], &mut []).expect("room");
    assert!(removed && other != map);
    assert_eq!((heap.map_len(map), heap.map_len(other)), (100, 99));
    let entry = heap.map_find(other, &[36]).expect("present");
    let held = GcRef::from_slot(heap.map_value_leaf(other, entry, 0));
    assert!(heap.is_shared(held));
    let (same, removed) = heap.map_remove(map, &[26], &mut []).expect("room");
    assert_eq!((same, removed), (map, false), "nothing to remove, nothing to clone");
    let empty = heap.map_clear(map).expect("room");
    assert_eq!((heap.map_len(empty), heap.map_len(map)), (0, 100));
}

#[test]
fn a_queue_of_entries_is_not_searched_from_the_start() {
    let mut heap = heap();
    let ty = map_type(&mut heap, (LeafKind::I64, FREE), &[(LeafKind::I64, FREE)]);
    let mut map = heap.map_new(ty, 0).expect("room");
    let count = 300_000u64;
    for i in 0..count {
        map = heap.map_insert(map, &[i * i], &[i]).expect("room").0;
    }
    for i in 0..count {
        let first = heap.map_next(map, 0).expect("an entry");
        assert_eq!(heap.map_key_leaf(map, first, 0), i * i);
        heap.map_remove_entry(map, first);
    }
    assert_eq!((heap.map_len(map), heap.map_next(map, 0)), (0, None));
}

#[test]
fn a_full_heap_leaves_maps_and_lists_as_they_were() {
    let config = HeapConfig { limit_bytes: 1 << 20, ..HeapConfig::default() };
    let mut heap = Heap::new(config).expect("address space");
    let ty = map_type(&mut heap, (LeafKind::I64, FREE), &[(LeafKind::I64, FREE)]);
    let list_kind = heap.types_mut().list_kind(&[(LeafKind::I64, FREE)]);
    let list_ty = heap.add_type(TypeDesc { name: "list".into(), kind: list_kind, parent: None });
    let (mut map, mut list) = (heap.map_new(ty, 0).expect("room"), GcRef::NULL);
    let (mut model, mut rng, mut failures) = (Model::default(), Rng(11), 0);
    for step in 0..3000u64 {
        if list.is_null() || rng.below(400) == 0 {
            list = heap.list_new(list_ty, 0).expect("room");
        }
        // Ballast that nearly fills the heap, so that the map's growth fails now and then.
        let room = rng.below(1 << 17) as u32;
        let before = heap.list_len(list);
        match heap.list_insert_gap(list, 0, room) {
            Ok(new) => list = new,
            Err(_) => assert_eq!(heap.list_len(list), before),
        }
        for key in (0..8).map(|_| rng.below(1 << 12) * 77) {
            match heap.map_insert(map, &[key], &[step]) {
                Ok((new, _, _)) => {
                    map = new;
                    model.insert(key, step);
                }
                Err(_) => failures += 1,
            }
        }
        if step % 16 == 0 {
            assert_eq!(contents(&heap, map), model.order, "step {step}");
            if rng.below(4) == 0 {
                list = GcRef::NULL;
                (map, model) = (heap.map_clear(map).expect("no room needed"), Model::default());
            }
            heap.collect(|marker| {
                marker.mark(map);
                marker.mark(list);
            });
            heap.verify().expect("a sound heap");
        }
    }
    assert!(failures > 10, "the limit was reached {failures} times only");
    assert!(heap.stats().peak_bytes <= 1 << 20);
}
