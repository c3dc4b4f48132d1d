//! Structural equality, order and hashes.

use kaa_heap::{GcRef, Heap, HeapConfig, HeapError, LeafKind, TypeDesc, TypeId};
use std::cmp::Ordering;

const FREE: TypeId = TypeId::FREE;

struct Fixture {
    heap: Heap,
    floats: TypeId,
    pairs: TypeId,
}

fn fixture() -> Fixture {
    let mut heap = Heap::new(HeapConfig::default()).expect("address space");
    let mut list = |parts: &[(LeafKind, TypeId)]| {
        let kind = heap.types_mut().list_kind(parts);
        heap.add_type(TypeDesc { name: "list".into(), kind, parent: None })
    };
    let floats = list(&[(LeafKind::F64, FREE)]);
    let pairs = list(&[(LeafKind::I32, FREE), (LeafKind::RefNull, TypeId::STR)]);
    Fixture { heap, floats, pairs }
}

impl Fixture {
    fn floats(&mut self, values: &[f64]) -> GcRef {
        let mut list = self.heap.list_new(self.floats, 0).expect("room");
        for x in values {
            list = self.heap.list_push_slots(list, &[x.to_bits()]).expect("room");
        }
        list
    }

    fn pairs(&mut self, values: &[(i32, Option<&str>)]) -> GcRef {
        let mut list = self.heap.list_new(self.pairs, 0).expect("room");
        for &(n, text) in values {
            let text = text.map(|t| self.heap.new_str(t).expect("room")).unwrap_or_default();
            let slots = [i64::from(n) as u64, text.slot()];
            list = self.heap.list_push_slots(list, &slots).expect("room");
        }
        list
    }
}

#[test]
fn lists_are_ordered_element_by_element() {
    let mut f = fixture();
    let sorted = [
        f.pairs(&[]),
        f.pairs(&[(-5, Some("z"))]),
        f.pairs(&[(1, None)]),
        f.pairs(&[(1, Some("a"))]),
        f.pairs(&[(1, Some("a")), (-9, None)]),
        f.pairs(&[(1, Some("ab"))]),
        f.pairs(&[(2, None)]),
    ];
    for (i, &a) in sorted.iter().enumerate() {
        let copy = f.heap.clone_object(a).expect("room");
        assert_eq!(f.heap.deep_eq(a, copy), Ok(true));
        assert_eq!(f.heap.deep_hash(a), f.heap.deep_hash(copy));
        for (j, &b) in sorted.iter().enumerate() {
            assert_eq!(f.heap.deep_cmp(a, b), Ok(i.cmp(&j)), "{i} and {j}");
            assert_eq!(f.heap.deep_eq(a, b), Ok(i == j));
        }
    }
}

#[test]
fn floats_follow_ieee_in_equality_and_a_total_order_in_comparison() {
    let mut f = fixture();
    let (zero, minus) = (f.floats(&[0.0]), f.floats(&[-0.0]));
    assert_eq!(f.heap.deep_eq(zero, minus), Ok(true));
    assert_eq!(f.heap.deep_hash(zero), f.heap.deep_hash(minus));
    let nan = f.floats(&[f64::NAN]);
    assert_eq!(f.heap.deep_eq(nan, nan), Ok(false));
    assert_eq!(f.heap.deep_cmp(nan, nan), Ok(Ordering::Equal));
    let infinity = f.floats(&[f64::INFINITY]);
    assert_eq!(f.heap.deep_cmp(infinity, nan), Ok(Ordering::Less));
    assert_eq!(f.heap.deep_cmp(zero, infinity), Ok(Ordering::Less));
}

#[test]
fn maps_are_equal_in_any_order_and_have_no_order() {
    let mut f = fixture();
    let kind = f.heap.types_mut().map_kind(&[(LeafKind::I64, FREE)], &[(LeafKind::F64, FREE)]);
    let ty = f.heap.add_type(TypeDesc { name: "map".into(), kind, parent: None });
    let mut fill = |keys: &mut dyn Iterator<Item = u64>| {
        let mut map = f.heap.map_new(ty, 0).expect("room");
        for key in keys {
            map = f.heap.map_insert(map, &[key], &[(key as f64).to_bits()]).expect("room").0;
        }
        map
    };
    let (up, down, short) = (fill(&mut (0..50)), fill(&mut (0..50).rev()), fill(&mut (1..50)));
    assert_eq!(f.heap.deep_eq(up, down), Ok(true));
    assert_eq!(f.heap.deep_hash(up), f.heap.deep_hash(down));
    assert_eq!(f.heap.deep_eq(up, short), Ok(false));
    assert_eq!(f.heap.deep_cmp(up, down), Err(HeapError::NotComparable));
    let changed = f.heap.map_insert(down, &[7], &[0]).expect("room").0;
    assert_eq!(f.heap.deep_eq(up, changed), Ok(false));
}

#[test]
fn nesting_has_a_limit_and_cycles_reach_it() {
    let mut f = fixture();
    let list = f.heap.types_mut().declare("nest", None);
    let kind = f.heap.types_mut().list_kind(&[(LeafKind::Ref, list)]);
    f.heap.types_mut().define(list, kind);
    let mut nest = |depth: u32| {
        let mut inner = f.heap.list_new(list, 0).expect("room");
        for _ in 0..depth {
            let outer = f.heap.list_new(list, 1).expect("room");
            inner = f.heap.list_push_slots(outer, &[inner.slot()]).expect("room");
        }
        inner
    };
    let (a, b, deep, other) = (nest(900), nest(900), nest(1100), nest(1100));
    assert_eq!(f.heap.deep_eq(a, b), Ok(true));
    assert_eq!(f.heap.deep_cmp(a, b), Ok(Ordering::Equal));
    assert_eq!(f.heap.deep_eq(deep, other), Err(HeapError::TooDeep));
    assert_eq!(f.heap.deep_hash(deep), Err(HeapError::TooDeep));
    let cycle = f.heap.list_new(list, 1).expect("room");
    let cycle = f.heap.list_push_slots(cycle, &[cycle.slot()]).expect("room");
    assert_eq!(f.heap.deep_hash(cycle), Err(HeapError::TooDeep));
}
