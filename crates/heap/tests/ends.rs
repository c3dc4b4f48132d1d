//! Taking entries from the end of maps, against a model.

use kaa_heap::{GcRef, Heap, HeapConfig, LeafKind, TypeDesc, TypeId};

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }
}

/// A map from numbers or strings to numbers.
fn new_map(heap: &mut Heap, strings: bool) -> GcRef {
    let key = match strings {
        true => (LeafKind::Ref, TypeId::STR),
        false => (LeafKind::I64, TypeId::FREE),
    };
    let kind = heap.types_mut().map_kind(&[key], &[(LeafKind::I64, TypeId::FREE)]);
    let ty = heap.add_type(TypeDesc { name: "map".into(), kind, parent: None });
    heap.map_new(ty, 0).expect("room")
}

fn key(heap: &mut Heap, strings: bool, number: u64) -> u64 {
    match strings {
        true => heap.new_str(&format!("key {number}")).expect("room").slot(),
        false => number * 7,
    }
}

#[test]
fn the_last_entry_is_that_of_a_model() {
    for (seed, strings) in [(1, false), (2, true), (3, false), (4, true)] {
        let mut rng = Rng(seed);
        let mut heap = Heap::new(HeapConfig::default()).expect("address space");
        let map = new_map(&mut heap, strings);
        let mut model: Vec<(u64, u64)> = Vec::new();
        for step in 0..20_000 {
            let number = rng.below(400);
            match rng.below(8) {
                0..4 => {
                    let slot = key(&mut heap, strings, number);
                    heap.map_insert(map, &[slot], &[step]).expect("room");
                    match model.iter_mut().find(|(k, _)| *k == number) {
                        Some((_, value)) => *value = step,
                        None => model.push((number, step)),
                    }
                }
                4 => {
                    let slot = key(&mut heap, strings, number);
                    let (_, found) = heap.map_remove(map, &[slot], &mut []).expect("room");
                    assert_eq!(found, model.iter().any(|(k, _)| *k == number));
                    model.retain(|(k, _)| *k != number);
                }
                _ => {
                    let last = heap.map_last(map).map(|entry| heap.map_value_leaf(map, entry, 0));
                    assert_eq!(last, model.pop().map(|(_, value)| value));
                    heap.map_remove_last(map);
                }
            }
            assert_eq!(heap.map_len(map) as usize, model.len());
            if step % 50 == 0 {
                for &(number, value) in &model {
                    let slot = key(&mut heap, strings, number);
                    let entry = heap.map_find(map, &[slot]).expect("the key is there");
                    assert_eq!(heap.map_value_leaf(map, entry, 0), value);
                }
                let missing = key(&mut heap, strings, 1000);
                assert_eq!(heap.map_find(map, &[missing]), None);
            }
        }
    }
}

/// Steps are counted by time: a walk over all entries at each removal would take minutes.
#[test]
fn emptying_from_the_end_is_fast() {
    let mut heap = Heap::new(HeapConfig::default()).expect("address space");
    let map = new_map(&mut heap, false);
    let mut rng = Rng(9);
    for _ in 0..300_000 {
        let number = rng.below(1 << 40);
        heap.map_insert(map, &[number], &[1]).expect("room");
    }
    let started = std::time::Instant::now();
    while heap.map_len(map) > 0 {
        heap.map_remove_last(map);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// Each round takes an entry and adds one with a key that never was, so every round leaves an
/// index slot that leads nowhere.
#[test]
fn slots_of_taken_entries_neither_fill_the_index_nor_reach_clones() {
    for strings in [false, true] {
        let mut heap = Heap::new(HeapConfig::default()).expect("address space");
        let map = new_map(&mut heap, strings);
        for number in 0..100 {
            let slot = key(&mut heap, strings, number);
            heap.map_insert(map, &[slot], &[number]).expect("room");
        }
        for round in 100..3000 {
            heap.map_remove_last(map);
            let slot = key(&mut heap, strings, round);
            heap.map_insert(map, &[slot], &[round]).expect("room");
        }
        (0..30).for_each(|_| heap.map_remove_last(map));
        let clone = heap.map_clone(map).expect("room");
        for number in 0..3000 {
            let slot = key(&mut heap, strings, number);
            for copy in [map, clone] {
                let found = heap.map_find(copy, &[slot]);
                let value = found.map(|entry| heap.map_value_leaf(copy, entry, 0));
                assert_eq!(value, (number < 70).then_some(number), "{strings} {number}");
            }
        }
        let slot = key(&mut heap, strings, 5000);
        let (_, entry, found) = heap.map_insert(clone, &[slot], &[1]).expect("room");
        assert_eq!((entry, found, heap.map_len(clone)), (70, false, 71));
        assert_eq!(heap.map_find(map, &[slot]), None);
    }
}
