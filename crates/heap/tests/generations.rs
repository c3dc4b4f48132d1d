//! Minor and full collections in turn, as an engine runs them: the limit holds, memory comes
//! back, and what only an old object refers to stays. Random graphs are in `collector`.

use kaa_heap::{GcRef, Heap, HeapConfig, HeapError, Layout, LeafKind, TypeDesc, TypeId, TypeKind};

const FREE: TypeId = TypeId::FREE;
const KEY: u32 = 8;
const NEXT: u32 = 16;
const INTO: u32 = 20;

/// A heap, and types of nodes: a number, a reference, an interior pointer, and some more bytes.
fn heap_with(limit_bytes: u64, sizes: &[usize]) -> (Heap, Vec<TypeId>, TypeId) {
    let config = HeapConfig { limit_bytes, initial_budget: 256 << 10, ..HeapConfig::default() };
    let mut heap = Heap::new(config).expect("address space");
    let mut types = Vec::new();
    for &size in sizes {
        let mut parts =
            vec![(LeafKind::I64, FREE), (LeafKind::RefNull, FREE), (LeafKind::IPtr, FREE)];
        parts.resize(3 + size / 8, (LeafKind::I64, FREE));
        let kind = TypeKind::Struct(Layout::of(&parts));
        types.push(heap.add_type(TypeDesc { name: "node".into(), kind, parent: None }));
    }
    let kind = TypeKind::Array { elem: Layout::of(&[(LeafKind::RefNull, FREE)]) };
    let array = heap.add_type(TypeDesc { name: "array".into(), kind, parent: None });
    (heap, types, array)
}

fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    *state >> 33
}

/// Allocates as an engine does: collects where one is due or asked for.
fn make(heap: &mut Heap, ty: TypeId, root: GcRef) -> Result<GcRef, HeapError> {
    if heap.take_pending() {
        heap.collect_due(|marker| marker.mark(root));
    }
    match heap.new_struct(ty) {
        Err(HeapError::NeedCollect) => {
            heap.collect_due(|marker| marker.mark(root));
            heap.new_struct(ty)
        }
        done => done,
    }
}

fn slot_of(heap: &Heap, array: GcRef, i: u64) -> GcRef {
    GcRef::from_slot(heap.read_leaf(array, 8 + 4 * i as u32, LeafKind::RefNull))
}

/// Replaces nodes of an array of `count` at random, then checks every one.
fn churn(heap: &mut Heap, types: &[TypeId], array: GcRef, count: u64, steps: u64) {
    let (mut state, mut keys) = (steps, vec![None; count as usize]);
    (0..count).for_each(|i| heap.write_ref(array, 8 + 4 * i as u32, GcRef::NULL));
    for step in 0..steps {
        let ty = types[random(&mut state) as usize % types.len()];
        let node = make(heap, ty, array).expect("room");
        let at = random(&mut state) % count;
        heap.write_leaf(node, KEY, LeafKind::I64, step);
        heap.write_ref(array, 8 + 4 * at as u32, node);
        keys[at as usize] = Some(step);
    }
    for (i, key) in keys.iter().enumerate() {
        let node = slot_of(heap, array, i as u64);
        let held = (!node.is_null()).then(|| heap.read_leaf(node, KEY, LeafKind::I64));
        assert_eq!(held, *key, "node {i}");
    }
}

#[test]
fn the_limit_holds_whatever_is_collected() {
    // 20,000 nodes of 32 bytes are live, and the array; twice of that is the limit.
    let limit = 1_600_000;
    let (mut heap, types, array) = heap_with(limit, &[0]);
    let array = heap.new_array(array, 20_000).expect("room");
    churn(&mut heap, &types, array, 20_000, 400_000);
    let stats = heap.stats();
    assert!(stats.peak_bytes <= limit, "{}", stats.peak_bytes);
    assert!(stats.minor_collections > 0 && stats.collections > stats.minor_collections);
}

#[test]
fn a_full_heap_is_an_error_only_when_all_of_it_is_alive() {
    let (mut heap, types, array) = heap_with(1 << 20, &[0]);
    let array = heap.new_array(array, 40_000).expect("room");
    let mut made = 0;
    let error = loop {
        match make(&mut heap, types[0], array) {
            Ok(node) => heap.write_ref(array, 8 + 4 * made, node),
            Err(error) => break error,
        }
        made += 1;
    };
    assert!(matches!(error, HeapError::OutOfMemory { .. }), "{error:?}");
    assert!(u64::from(made) * 32 > (1 << 20) * 8 / 10, "{made} nodes");
    (0..made / 2).for_each(|i| heap.write_ref(array, 8 + 4 * i, GcRef::NULL));
    for i in 0..made / 3 {
        let node = make(&mut heap, types[0], array).expect("half of the heap is free");
        heap.write_ref(array, 8 + 4 * i, node);
    }
}

#[test]
fn holes_between_survivors_are_filled() {
    let (mut heap, types, array) = heap_with(256 << 20, &[0, 16, 64, 200]);
    let array = heap.new_array(array, 50_000).expect("room");
    churn(&mut heap, &types, array, 50_000, 300_000);
    heap.collect(|marker| marker.mark(array));
    let live = heap.stats().live_bytes;
    churn(&mut heap, &types, array, 50_000, 1_000_000);
    heap.collect(|marker| marker.mark(array));
    let stats = heap.stats();
    assert!(stats.peak_bytes < live * 5 / 2, "{} for {live}", stats.peak_bytes);
    // One object in each block keeps it, but its size can be used again.
    for i in (0..50_000).filter(|i| i % 500 != 0) {
        heap.write_ref(array, 8 + 4 * i, GcRef::NULL);
    }
    heap.collect(|marker| marker.mark(array));
    churn(&mut heap, &types, array, 50_000, 100_000);
    assert!(heap.stats().peak_bytes < live * 5 / 2);
}

#[test]
fn an_interior_pointer_in_an_old_object_keeps_a_young_one() {
    let (mut heap, types, _) = heap_with(16 << 20, &[40]);
    heap.set_stress(true);
    let old = heap.new_struct(types[0]).expect("room");
    heap.collect_minor(|marker| marker.mark(old));
    for round in 0..20u64 {
        let young = heap.new_struct(types[0]).expect("room");
        heap.write_leaf(young, KEY, LeafKind::I64, round);
        heap.write_leaf(old, INTO, LeafKind::IPtr, u64::from(young.0 + KEY));
        let further = heap.new_struct(types[0]).expect("room");
        heap.write_ref(young, NEXT, further);
        heap.collect_minor(|marker| marker.mark(old));
        heap.verify().expect("a sound heap");
        assert_eq!(heap.read_leaf(young, KEY, LeafKind::I64), round);
        assert_eq!(heap.stats().live_objects, 1 + 2 * (round + 1), "dead ones stay until later");
    }
    heap.collect(|marker| marker.mark(old));
    assert_eq!(heap.stats().live_objects, 3);
}
