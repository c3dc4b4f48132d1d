//! Lists against `Vec`, with every write path, under collection.

use kaa_heap::{GcRef, Heap, HeapConfig, LeafKind, TypeDesc, TypeId, TypeKind};

fn heap() -> Heap {
    Heap::new(HeapConfig::default()).expect("address space")
}

fn list_type(heap: &mut Heap, elem: &[(LeafKind, TypeId)]) -> TypeId {
    let kind = heap.types_mut().list_kind(elem);
    heap.add_type(TypeDesc { name: "list".into(), kind, parent: None })
}

/// A small deterministic generator.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n.max(1)
    }
}

#[test]
fn a_list_behaves_like_a_vec() {
    let mut heap = heap();
    let ty = list_type(&mut heap, &[(LeafKind::I64, TypeId::FREE)]);
    let mut list = heap.list_new(ty, 0).expect("room");
    let mut model: Vec<i64> = Vec::new();
    let mut rng = Rng(7);
    for step in 0..20_000 {
        let len = model.len() as u64;
        let (i, n) = (rng.below(len + 1) as u32, rng.below(5) as u32);
        list = match rng.below(8) {
            0..3 => {
                model.push(step);
                heap.list_push_slots(list, &[step as u64])
            }
            3 => {
                model.insert(i as usize, -step);
                heap.list_insert(list, i, &[(-step) as u64])
            }
            4 => {
                let to = (i + n).min(len as u32);
                model.drain(i as usize..to as usize);
                heap.list_remove_range(list, i, i + n)
            }
            5 => {
                let mut out = [0];
                let (list, some) = heap.list_pop(list, &mut out).expect("room");
                assert_eq!(model.pop(), some.then_some(out[0] as i64));
                Ok(list)
            }
            6 if len > 0 => {
                let i = rng.below(len) as u32;
                model[i as usize] = 5;
                heap.list_set_leaf(list, i, 0, 5)
            }
            _ => {
                let to = (i + n).min(len as u32);
                model.extend_from_within(i as usize..to as usize);
                heap.list_extend_range(list, list, i, i + n)
            }
        }
        .expect("room");
        if step % 500 == 0 {
            heap.collect(|marker| marker.mark(list));
            assert_eq!(heap.list_as_i64_slice(list), model, "step {step}");
        }
    }
    assert_eq!(heap.list_as_i64_slice(list), model);
}

#[test]
fn narrow_leaves_are_laid_out_like_c_and_extended_on_reading() {
    let mut heap = heap();
    let free = TypeId::FREE;
    let kinds = [LeafKind::I8, LeafKind::U16, LeafKind::I32, LeafKind::Bool, LeafKind::F64];
    let ty = list_type(&mut heap, &kinds.map(|kind| (kind, free)));
    let mut list = heap.list_new(ty, 1).expect("room");
    let slots = [-3i64 as u64, 65535, -70_000i64 as u64, 1, 1.5f64.to_bits()];
    for _ in 0..100 {
        list = heap.list_push_slots(list, &slots).expect("room");
    }
    assert_eq!(heap.list_bytes(list).len(), 100 * 24);
    let mut out = [0; 5];
    heap.list_get_slots(list, 99, &mut out);
    assert_eq!(out, slots);
    assert_eq!(heap.list_get_leaf(list, 50, 2), slots[2]);
}

#[test]
fn writing_a_shared_list_leaves_the_other_holder_alone() {
    let mut heap = heap();
    let inner_ty = list_type(&mut heap, &[(LeafKind::I64, TypeId::FREE)]);
    let outer_ty = list_type(&mut heap, &[(LeafKind::Ref, inner_ty)]);
    let mut inner = heap.list_new(inner_ty, 0).expect("room");
    inner = heap.list_push_slots(inner, &[1]).expect("room");
    let mut outer = heap.list_new(outer_ty, 0).expect("room");
    outer = heap.list_push_slots(outer, &[inner.slot()]).expect("room");

    heap.mark_shared(outer);
    let other = heap.list_push_slots(outer, &[inner.slot()]).expect("room");
    assert_ne!(other, outer);
    assert_eq!((heap.list_len(outer), heap.list_len(other)), (1, 2));
    assert!(heap.is_shared(inner), "both lists hold it now");
    assert!(!heap.is_shared(other));

    let changed = heap.list_set_leaf(inner, 0, 0, 9).expect("room");
    let held = GcRef::from_slot(heap.list_get_leaf(outer, 0, 0));
    assert_eq!(heap.list_as_i64_slice(held), [1]);
    assert_eq!(heap.list_as_i64_slice(changed), [9]);
}

#[test]
fn lists_of_nothing_count() {
    let mut heap = heap();
    let ty = list_type(&mut heap, &[]);
    let mut list = heap.list_new(ty, 0).expect("room");
    for _ in 0..1000 {
        list = heap.list_push_slots(list, &[]).expect("room");
    }
    assert_eq!(heap.list_len(list), 1000);
    heap.collect(|marker| marker.mark(list));
    assert!(heap.stats().used_bytes <= 64 * 1024);
}

#[test]
fn a_growing_list_is_extended_in_place_and_frees_what_it_leaves() {
    let mut heap = heap();
    let ty = list_type(&mut heap, &[(LeafKind::I64, TypeId::FREE)]);
    let mut list = heap.list_new(ty, 0).expect("room");
    for i in 0..4_000_000u64 {
        list = heap.list_push_slots(list, &[i]).expect("room");
    }
    let used = heap.stats().used_bytes;
    assert!(used < 32_000_000 * 8 / 5, "{used} bytes without any collection");
    assert_eq!(heap.list_as_i64_slice(list)[3_999_999], 3_999_999);
    list = heap.list_truncate(list, 2).expect("room");
    assert_eq!(heap.list_as_i64_slice(list), [0, 1]);
}

#[test]
fn a_buffer_that_would_be_too_large_is_an_error() {
    let mut heap = heap();
    let ty = list_type(&mut heap, &[(LeafKind::I64, TypeId::FREE)]);
    let list = heap.list_new(ty, 0).expect("room");
    for capacity in [u32::MAX, 1 << 29, 1 << 27] {
        assert!(heap.list_reserve_exact(list, capacity).is_err(), "{capacity}");
    }
    assert_eq!(heap.list_len(list), 0);
    assert!(matches!(heap.types().desc(ty).kind, TypeKind::List { .. }));
}
