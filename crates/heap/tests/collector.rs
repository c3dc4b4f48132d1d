//! The collector against a model: what is reachable stays as it was, the rest is reused;
//! limits are errors; large objects come and go.

use kaa_heap::{GcRef, Heap, HeapConfig, HeapError, Layout, LeafKind, Marker, header};
use kaa_heap::{TypeDesc, TypeId, TypeKind};

const FREE: TypeId = TypeId::FREE;

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n.max(1)
    }
}

fn heap_with(limit_bytes: u64) -> Heap {
    let config = HeapConfig { limit_bytes, initial_budget: 256 << 10, ..HeapConfig::default() };
    let mut heap = Heap::new(config).expect("address space");
    heap.set_stress(true);
    heap
}

/// Node: a number, two references, an interior pointer.
fn node_type(heap: &mut Heap) -> TypeId {
    let node = heap.types_mut().declare("node", None);
    let parts = [
        (LeafKind::I64, FREE),
        (LeafKind::RefNull, node),
        (LeafKind::RefNull, FREE),
        (LeafKind::IPtr, FREE),
    ];
    heap.types_mut().define(node, TypeKind::Struct(Layout::of(&parts)));
    node
}

const VALUE: u32 = 8;
const LEFT: u32 = 16;
const RIGHT: u32 = 20;
const INTO: u32 = 24;

/// What the model knows about an object.
#[derive(Clone, Debug)]
enum Shadow {
    Node { value: u64, links: [Option<usize>; 3] },
    Array { links: Vec<Option<usize>> },
    Text(String),
}

struct World {
    heap: Heap,
    node: TypeId,
    array: TypeId,
    rng: Rng,
    /// Model and object, in step; both lose what was collected.
    objects: Vec<(Shadow, GcRef)>,
    roots: Vec<usize>,
}

impl World {
    fn new(seed: u64) -> World {
        let mut heap = heap_with(64 << 20);
        let node = node_type(&mut heap);
        let elem = Layout::of(&[(LeafKind::U16, FREE), (LeafKind::RefNull, FREE)]);
        let kind = TypeKind::Array { elem };
        let array = heap.add_type(TypeDesc { name: "array".into(), kind, parent: None });
        let (objects, roots) = (Vec::new(), Vec::new());
        World { heap, node, array, rng: Rng(seed), objects, roots }
    }

    fn pick(&mut self) -> Option<usize> {
        let n = self.objects.len() as u64;
        (n > 0 && self.rng.below(5) > 0).then(|| self.rng.below(n) as usize)
    }

    fn reference(&self, link: Option<usize>) -> GcRef {
        link.map_or(GcRef::NULL, |i| self.objects[i].1)
    }

    fn add(&mut self) {
        let made = match self.rng.below(10) {
            0..7 => {
                let value = self.rng.below(u64::MAX);
                let links = [self.pick(), self.pick(), self.pick()];
                let object = self.heap.new_struct(self.node).expect("room");
                self.heap.write_leaf(object, VALUE, LeafKind::I64, value);
                for (offset, link) in [LEFT, RIGHT].into_iter().zip(links) {
                    let target = match link.map(|i| &self.objects[i].0) {
                        Some(Shadow::Node { .. }) => self.reference(link),
                        _ if offset == LEFT => GcRef::NULL,
                        _ => self.reference(link),
                    };
                    self.heap.write_ref(object, offset, target);
                }
                let inside = self.reference(links[2]).0;
                let inside = if inside == 0 { 0 } else { inside + 8 };
                self.heap.write_leaf(object, INTO, LeafKind::IPtr, u64::from(inside));
                let left_is_node = |i: &usize| matches!(self.objects[*i].0, Shadow::Node { .. });
                let links = [links[0].filter(left_is_node), links[1], links[2]];
                (Shadow::Node { value, links }, object)
            }
            7 | 8 => {
                let len = if self.rng.below(40) == 0 { 5000 } else { self.rng.below(20) as u32 };
                let object = self.heap.new_array(self.array, len).expect("room");
                let mut links = vec![None; len as usize];
                for (i, link) in links.iter_mut().enumerate().step_by(1 + len as usize / 10) {
                    *link = self.pick();
                    let offset = self.heap.array_offset(object, i as u32) + 4;
                    let target = self.reference(*link);
                    self.heap.write_ref(object, offset, target);
                }
                (Shadow::Array { links }, object)
            }
            _ => {
                let text = "é".repeat(self.rng.below(300) as usize);
                let object = self.heap.new_str(&text).expect("room");
                (Shadow::Text(text), object)
            }
        };
        self.objects.push(made);
        if self.rng.below(20) == 0 {
            self.roots.push(self.objects.len() - 1);
        }
    }

    /// Changes a link of some object, however old it is.
    fn relink(&mut self) {
        let (Some(i), link) = (self.pick(), self.pick()) else { return };
        let (target, object) = (self.reference(link), self.objects[i].1);
        match &mut self.objects[i].0 {
            Shadow::Node { links, .. } => {
                links[1] = link;
                self.heap.write_ref(object, RIGHT, target);
            }
            Shadow::Array { links } if !links.is_empty() => {
                let at = self.rng.below(links.len() as u64) as usize;
                links[at] = link;
                let offset = self.heap.array_offset(object, at as u32) + 4;
                self.heap.write_ref(object, offset, target);
            }
            Shadow::Array { .. } | Shadow::Text(_) => {}
        }
    }

    fn links(shadow: &Shadow) -> Vec<usize> {
        match shadow {
            Shadow::Node { links, .. } => links.iter().flatten().copied().collect(),
            Shadow::Array { links } => links.iter().flatten().copied().collect(),
            Shadow::Text(_) => Vec::new(),
        }
    }

    /// Drops roots, collects, checks everything that the model can reach.
    fn collect(&mut self, full: bool) {
        while self.roots.len() > 40 {
            let i = self.rng.below(self.roots.len() as u64) as usize;
            self.roots.swap_remove(i);
        }
        let mut live = vec![false; self.objects.len()];
        let mut stack = self.roots.clone();
        while let Some(i) = stack.pop() {
            if !std::mem::replace(&mut live[i], true) {
                stack.extend(World::links(&self.objects[i].0));
            }
        }
        let roots: Vec<GcRef> = self.roots.iter().map(|&i| self.objects[i].1).collect();
        let mark = |marker: &mut Marker<'_>| roots.iter().for_each(|&root| marker.mark(root));
        match full {
            true => self.heap.collect(mark),
            false => self.heap.collect_minor(mark),
        }
        self.heap.verify().expect("a sound heap");
        let count = live.iter().filter(|l| **l).count() as u64;
        let found = self.heap.stats().live_objects;
        assert!(if full { found == count } else { found >= count }, "{found} of {count}");
        self.check(&live);
        self.forget(&live);
    }

    fn check(&self, live: &[bool]) {
        for (i, (shadow, object)) in self.objects.iter().enumerate().filter(|(i, _)| live[*i]) {
            match shadow {
                Shadow::Node { value, links } => {
                    assert_eq!(self.heap.read_leaf(*object, VALUE, LeafKind::I64), *value, "{i}");
                    let left = self.heap.read_leaf(*object, LEFT, LeafKind::RefNull);
                    assert_eq!(left, self.reference(links[0]).slot());
                    let right = self.heap.read_leaf(*object, RIGHT, LeafKind::RefNull);
                    assert_eq!(right, self.reference(links[1]).slot());
                }
                Shadow::Array { links } => {
                    assert_eq!(self.heap.array_len(*object) as usize, links.len());
                    for (i, link) in links.iter().enumerate() {
                        let offset = self.heap.array_offset(*object, i as u32) + 4;
                        let held = self.heap.read_leaf(*object, offset, LeafKind::RefNull);
                        assert_eq!(held, self.reference(*link).slot());
                    }
                }
                Shadow::Text(text) => assert_eq!(self.heap.str(*object), text),
            }
        }
    }

    /// Renumbers the model after a collection.
    fn forget(&mut self, live: &[bool]) {
        let mut number = vec![0; live.len()];
        let mut next = 0;
        for (i, live) in live.iter().enumerate() {
            number[i] = next;
            next += usize::from(*live);
        }
        let mut i = 0;
        self.objects.retain(|_| {
            i += 1;
            live[i - 1]
        });
        for (shadow, _) in &mut self.objects {
            let links = match shadow {
                Shadow::Node { links, .. } => &mut links[..],
                Shadow::Array { links } => &mut links[..],
                Shadow::Text(_) => &mut [],
            };
            links.iter_mut().flatten().for_each(|link| *link = number[*link]);
        }
        self.roots.iter_mut().for_each(|root| *root = number[*root]);
    }
}

#[test]
fn random_graphs_survive_exactly_where_they_are_reachable() {
    for seed in 1..=6 {
        let mut world = World::new(seed);
        for round in 0..40 {
            for _ in 0..100 + round * 30 {
                world.add();
            }
            world.collect(true);
        }
        assert!(world.heap.stats().collections == 40);
    }
}

#[test]
fn minor_collections_keep_what_old_objects_refer_to() {
    for seed in 11..=16 {
        let mut world = World::new(seed);
        for round in 0..120 {
            for _ in 0..world.rng.below(300) {
                world.add();
                if round % 3 > 0 {
                    world.relink();
                }
            }
            world.collect(round % 13 == 12);
        }
        let stats = world.heap.stats();
        assert_eq!((stats.collections, stats.minor_collections), (120, 111));
        world.roots.clear();
        world.collect(true);
        assert_eq!(world.heap.stats().live_objects, 0);
    }
}

/// A list of nodes, a map from strings to nodes and a closure, all old before they get young
/// objects in every way that there is.
#[test]
fn old_lists_maps_and_closures_keep_young_objects() {
    let mut heap = heap_with(64 << 20);
    let node = node_type(&mut heap);
    let kind = heap.types_mut().list_kind(&[(LeafKind::RefNull, node)]);
    let list_ty = heap.add_type(TypeDesc { name: "list".into(), kind, parent: None });
    let kind = heap.types_mut().map_kind(&[(LeafKind::Ref, TypeId::STR)], &[(LeafKind::Ref, node)]);
    let map_ty = heap.add_type(TypeDesc { name: "map".into(), kind, parent: None });
    let captures = Layout::of(&[(LeafKind::RefNull, node)]);
    let kind = TypeKind::Closure { captures };
    let closure_ty = heap.add_type(TypeDesc { name: "closure".into(), kind, parent: None });
    let mut list = heap.list_new(list_ty, 0).expect("room");
    let mut map = heap.map_new(map_ty, 0).expect("room");
    let closure = heap.new_closure(closure_ty, 7).expect("room");
    let mut number = 0;
    let mut young = |heap: &mut Heap| {
        number += 1;
        let object = heap.new_struct(node).expect("room");
        heap.write_leaf(object, VALUE, LeafKind::I64, number);
        object
    };
    for round in 0..3000u32 {
        let (one, two) = (young(&mut heap), young(&mut heap));
        list = heap.list_push_slots(list, &[one.slot()]).expect("room");
        list = match round % 5 {
            0 => heap.list_insert(list, round / 2, &[two.slot()]),
            1 => heap.list_remove_range(list, round / 3, round / 3 + 2),
            2 => heap.list_extend_range(list, list, 0, 1),
            3 => heap.list_set_slots(list, round / 4, &[two.slot()]),
            _ => Ok(list),
        }
        .expect("room");
        let key = heap.new_str(&format!("key {}", round * 7 % 500)).expect("room");
        map = heap.map_insert(map, &[key.slot()], &[two.slot()]).expect("room").0;
        if round % 3 == 0 {
            let gone = heap.new_str(&format!("key {}", round * 5 % 500)).expect("room");
            map = heap.map_remove(map, &[gone.slot()], &mut [0]).expect("room").0;
        }
        heap.write_ref(closure, header::CLOSURE_DATA, one);
        let roots = [list, map, closure];
        if round % 2 == 0 {
            heap.collect_minor(|marker| roots.iter().for_each(|&root| marker.mark(root)));
            heap.verify().expect("a sound heap");
        }
    }
    assert!(heap.stats().live_objects > 2000);
}

#[test]
fn a_forgotten_store_into_an_old_object_is_reported() {
    let mut heap = heap_with(16 << 20);
    let node = node_type(&mut heap);
    let old = heap.new_struct(node).expect("room");
    heap.collect_minor(|marker| marker.mark(old));
    heap.verify().expect("a sound heap");
    let young = heap.new_struct(node).expect("room");
    // A number is written without a barrier.
    heap.write_leaf(old, RIGHT, LeafKind::U32, young.slot());
    heap.collect_minor(|marker| marker.mark(old));
    let fault = heap.verify().expect_err("the store was hidden");
    assert_eq!((fault.object, &*fault.problem), (old, "an old `node` has a young object at 20"));
}

#[test]
fn large_objects_of_both_ages_come_and_go() {
    let mut heap = heap_with(256 << 20);
    let node = node_type(&mut heap);
    let kind = TypeKind::Array { elem: Layout::of(&[(LeafKind::RefNull, node)]) };
    let array_ty = heap.add_type(TypeDesc { name: "array".into(), kind, parent: None });
    let array = heap.new_array(array_ty, 200_000).expect("room");
    heap.collect_minor(|marker| marker.mark(array));
    for round in 0..50u64 {
        let (text, other) = (heap.new_bytes_zeroed(20_000), heap.new_bytes_zeroed(50_000));
        let (text, other) = (text.expect("room"), other.expect("room"));
        heap.free_large(other);
        let object = heap.new_struct(node).expect("room");
        heap.write_leaf(object, VALUE, LeafKind::I64, round);
        heap.write_ref(array, heap.array_offset(array, round as u32 * 3989), object);
        heap.collect_minor(|marker| {
            marker.mark(array);
            marker.mark(text);
        });
        heap.verify().expect("a sound heap");
        assert_eq!(heap.stats().live_objects, 2 * (round + 1) + 1);
    }
    heap.collect(|marker| marker.mark(array));
    assert_eq!(heap.stats().live_objects, 51);
    for round in 0..50u64 {
        let object = heap.read_leaf(array, 8 + 4 * 3989 * round as u32, LeafKind::RefNull);
        assert_eq!(heap.read_leaf(GcRef::from_slot(object), VALUE, LeafKind::I64), round);
    }
}

#[test]
fn garbage_is_reused_and_the_heap_does_not_grow() {
    let mut heap = heap_with(1 << 20);
    heap.set_stress(false);
    let node = node_type(&mut heap);
    let mut list = GcRef::NULL;
    for i in 0..500_000u64 {
        if heap.take_pending() {
            heap.collect(|marker| marker.mark(list));
        }
        let object = heap.new_struct(node).expect("room after collecting");
        heap.write_leaf(object, VALUE, LeafKind::I64, i);
        if i % 1000 == 0 {
            heap.write_ref(object, LEFT, list);
            list = object;
        }
    }
    let (mut length, mut at) = (0, list);
    while !at.is_null() {
        length += 1;
        at = GcRef::from_slot(heap.read_leaf(at, LEFT, LeafKind::RefNull));
    }
    assert_eq!(length, 500);
    assert!(heap.stats().peak_bytes <= 1 << 20);
    assert!(heap.stats().collections > 20);
    assert_eq!(heap.stats().allocations, 500_000);
    heap.new_bytes_zeroed(9000).expect("room");
    assert_eq!(heap.stats().allocations, 500_001);
}

#[test]
fn new_cells_are_zero_even_where_garbage_was() {
    let mut heap = heap_with(8 << 20);
    let node = node_type(&mut heap);
    for _ in 0..5 {
        for _ in 0..5000 {
            let object = heap.new_struct(node).expect("room");
            for offset in [VALUE, LEFT] {
                assert_eq!(heap.read_leaf(object, offset, LeafKind::I64), 0);
                heap.write_leaf(object, offset, LeafKind::I64, u64::MAX);
            }
            let array = heap.new_bytes_zeroed(9000).expect("room");
            assert!(heap.bytes(array).iter().all(|&b| b == 0));
            heap.bytes_mut(array).fill(255);
            heap.free_large(array);
        }
        heap.collect(|_| {});
    }
}

#[test]
fn the_limit_asks_for_a_collection_first_and_then_is_an_error() {
    let mut heap = heap_with(2 << 20);
    heap.set_stress(false);
    let mut kept = Vec::new();
    let error = loop {
        match heap.new_bytes_zeroed(5000) {
            Ok(object) => kept.push(object),
            Err(HeapError::NeedCollect) => {
                assert!(heap.should_collect());
                heap.collect(|marker| kept.iter().for_each(|&object| marker.mark(object)));
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(error, HeapError::OutOfMemory { limit, .. } if limit == 2 << 20));
    assert!(heap.stats().peak_bytes <= 2 << 20);
    assert!(kept.len() * 5456 > 3 << 19, "{} objects fit", kept.len());
    kept.clear();
    heap.collect(|_| {});
    assert!(heap.new_bytes_zeroed(1 << 20).is_ok(), "the heap is usable after the error");
    let huge = heap.new_bytes_zeroed(3 << 20);
    assert!(matches!(huge, Err(HeapError::OutOfMemory { .. })), "a hopeless request fails at once");
    let beyond = heap.new_bytes_zeroed(u64::MAX);
    assert!(matches!(beyond, Err(HeapError::TooLarge { .. })));
}

#[test]
fn large_objects_extend_in_place_and_are_swept() {
    let mut heap = heap_with(256 << 20);
    let a = heap.new_bytes_zeroed(100_000).expect("room");
    assert!(heap.try_extend_large(a, 1_000_000));
    let used = heap.stats().used_bytes;
    assert!((1_000_000..1_100_000).contains(&used), "{used}");
    assert!(!heap.try_extend_large(a, 300 << 20), "beyond the limit");
    let small = heap.new_bytes(b"small").expect("room");
    assert!(!heap.try_extend_large(small, 100_000));
    heap.free_large(small);
    heap.collect(|marker| marker.mark(small));
    assert_eq!(heap.bytes(small), b"small");
    assert_eq!(heap.stats().used_bytes, 32 * 1024, "the large object is gone");
}

#[test]
fn handles_are_roots_until_they_are_dropped() {
    let mut heap = heap_with(16 << 20);
    let text = heap.new_str("kept").expect("room");
    let handle = heap.new_handle(text);
    heap.collect(|_| {});
    assert_eq!((heap.str(heap.handle(handle)), heap.stats().live_objects), ("kept", 1));
    heap.drop_handle(handle);
    heap.collect(|_| {});
    assert_eq!(heap.stats().live_objects, 0);
    let again = heap.new_handle(GcRef::NULL);
    assert_eq!(heap.handle(again), GcRef::NULL);
}

#[test]
fn a_wrong_root_or_field_is_reported() {
    let mut heap = heap_with(16 << 20);
    let node = node_type(&mut heap);
    let object = heap.new_struct(node).expect("room");
    heap.collect(|marker| marker.mark(GcRef(object.0 + 4)));
    let fault = heap.verify().expect_err("a root inside of an object");
    assert!(fault.object.is_null(), "{fault}");

    let object = heap.new_struct(node).expect("room");
    let text = heap.new_str("not a node").expect("room");
    heap.write_ref(object, LEFT, text);
    heap.collect(|marker| marker.mark(object));
    let fault = heap.verify().expect_err("a string where a node belongs");
    assert_eq!(fault.object, object);
    assert_eq!(fault.problem, "a reference to `node` leads to `str`");
}

#[test]
fn subtypes_are_found_through_the_display() {
    let mut heap = heap_with(1 << 20);
    let mut chain = vec![heap.types_mut().declare("t0", None)];
    for i in 1..6 {
        let parent = chain.last().copied();
        chain.push(heap.types_mut().declare(&format!("t{i}"), parent));
    }
    let side = heap.types_mut().declare("side", Some(chain[2]));
    for (i, &a) in chain.iter().enumerate() {
        for (j, &b) in chain.iter().enumerate() {
            assert_eq!(heap.types().is_subtype(a, b), i >= j);
        }
        assert_eq!(heap.types().is_subtype(side, a), i <= 2);
        assert!(!heap.types().is_subtype(a, side));
    }
}
