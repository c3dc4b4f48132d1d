//! Times of the heap's hot paths, each the best of several runs, in nanoseconds per step.
//! Run with `cargo run --release -p kaa-heap --example heap_bench`.

use kaa_heap::{GcRef, Heap, HeapConfig, HeapError, Layout, LeafKind, TypeDesc, TypeId, TypeKind};
use std::hint::black_box;
use std::time::{Duration, Instant};

const FREE: TypeId = TypeId::FREE;
const MILLION: u64 = 1_000_000;

fn heap() -> Result<Heap, HeapError> {
    Heap::new(HeapConfig { limit_bytes: 2 << 30, ..HeapConfig::default() })
}

/// A bijection on 64 bits that looks random.
fn scramble(n: u64) -> u64 {
    let x = (n ^ n >> 31).wrapping_mul(0x7fb5_d329_728e_a185);
    (x ^ x >> 27).wrapping_mul(0x81da_def4_bc2d_d44d)
}

/// Runs the body, which times its own parts, five times and prints the best of each.
fn bench(
    names: &[&str],
    steps: u64,
    mut body: impl FnMut(&mut Heap) -> Result<Vec<Duration>, HeapError>,
) -> Result<(), HeapError> {
    let mut best = vec![Duration::MAX; names.len()];
    for _ in 0..5 {
        let times = body(&mut heap()?)?;
        best.iter_mut().zip(times).for_each(|(best, time)| *best = time.min(*best));
    }
    for (name, best) in names.iter().zip(best) {
        println!("{name:<40} {:8.2} ns", best.as_nanos() as f64 / steps as f64);
    }
    Ok(())
}

fn ints(names: &[&str], key: impl Fn(u64) -> u64) -> Result<(), HeapError> {
    bench(names, MILLION, |heap| {
        let value = [(LeafKind::I64, FREE)];
        let kind = heap.types_mut().map_kind(&[(LeafKind::I64, FREE)], &value);
        let ty = heap.add_type(TypeDesc { name: "map".into(), kind, parent: None });
        let mut map = heap.map_new(ty, 0)?;
        let start = Instant::now();
        for i in 0..MILLION {
            map = heap.map_insert(map, &[key(i)], &[i])?.0;
        }
        let inserted = start.elapsed();
        let start = Instant::now();
        let mut sum = 0u64;
        for i in 0..MILLION {
            if let Some(entry) = heap.map_find(map, &[key(i)]) {
                sum += heap.map_value_leaf(map, entry, 0);
            }
        }
        assert_eq!(sum, MILLION * (MILLION - 1) / 2);
        Ok(vec![inserted, start.elapsed()])
    })
}

fn std_map() {
    let (mut map, start) = (std::collections::HashMap::new(), Instant::now());
    for i in 0..MILLION {
        map.insert(scramble(i), i);
    }
    let inserted = start.elapsed();
    let start = Instant::now();
    let sum: u64 = (0..MILLION).filter_map(|i| map.get(&scramble(i))).sum();
    black_box(sum);
    let per = |time: Duration| time.as_nanos() as f64 / MILLION as f64;
    println!("std HashMap, for comparison: {:.2} and {:.2}", per(inserted), per(start.elapsed()));
}

fn strings() -> Result<(), HeapError> {
    let names = ["map: insert 1 M strings", "map: find 1 M strings, all hits"];
    bench(&names, MILLION, |heap| {
        let key = (LeafKind::Ref, TypeId::STR);
        let kind = heap.types_mut().map_kind(&[key], &[(LeafKind::I64, FREE)]);
        let ty = heap.add_type(TypeDesc { name: "map".into(), kind, parent: None });
        let mut map = heap.map_new(ty, 0)?;
        let make = |i| format!("key{i}");
        let keys: Result<Vec<GcRef>, _> = (0..MILLION).map(|i| heap.new_str(&make(i))).collect();
        let keys = keys?;
        let start = Instant::now();
        for (i, key) in keys.iter().enumerate() {
            map = heap.map_insert(map, &[key.slot()], &[i as u64])?.0;
        }
        let inserted = start.elapsed();
        let start = Instant::now();
        let found = keys.iter().filter(|key| heap.map_find(map, &[key.slot()]).is_some());
        assert_eq!(found.count() as u64, MILLION);
        Ok(vec![inserted, start.elapsed()])
    })
}

fn lists() -> Result<(), HeapError> {
    bench(&["list: push 10 M numbers", "list: read them"], 10 * MILLION, |heap| {
        let kind = heap.types_mut().list_kind(&[(LeafKind::I64, FREE)]);
        let ty = heap.add_type(TypeDesc { name: "list".into(), kind, parent: None });
        let mut list = heap.list_new(ty, 0)?;
        let start = Instant::now();
        for i in 0..10 * MILLION {
            list = heap.list_push_slots(list, &[i])?;
        }
        let pushed = start.elapsed();
        let start = Instant::now();
        let mut sum = 0u64;
        for i in 0..heap.list_len(list) {
            sum = sum.wrapping_add(heap.list_get_leaf(list, i, 0));
        }
        black_box(sum);
        Ok(vec![pushed, start.elapsed()])
    })
}

/// Builds a tree bottom-up; `path` holds what is not yet linked.
fn tree(heap: &mut Heap, ty: TypeId, depth: u32, path: &mut Vec<GcRef>) -> Result<(), HeapError> {
    if depth == 0 {
        path.push(heap.new_struct(ty)?);
    } else {
        tree(heap, ty, depth - 1, path)?;
        tree(heap, ty, depth - 1, path)?;
        if heap.take_pending() {
            heap.collect(|marker| path.iter().for_each(|&root| marker.mark(root)));
        }
        let node = heap.new_struct(ty)?;
        heap.write_ref(node, 12, path.pop().unwrap_or_default());
        heap.write_ref(node, 8, path.pop().unwrap_or_default());
        path.push(node);
    }
    Ok(())
}

fn trees() -> Result<(), HeapError> {
    let (depth, rounds) = (16, 50);
    let nodes = rounds * ((1u64 << (depth + 1)) - 1);
    bench(&["tree: allocate and collect a node"], nodes, |heap| {
        let ty = heap.types_mut().declare("node", None);
        let link = (LeafKind::RefNull, ty);
        heap.types_mut().define(ty, TypeKind::Struct(Layout::of(&[link, link])));
        let start = Instant::now();
        let mut path = Vec::new();
        tree(heap, ty, depth, &mut path)?;
        for _ in 1..rounds {
            tree(heap, ty, depth, &mut path)?;
            path.pop();
        }
        assert!(heap.stats().collections > 3);
        Ok(vec![start.elapsed()])
    })
}

fn churn() -> Result<(), HeapError> {
    let steps = 5 * MILLION;
    bench(&["churn: replace one of 1 M live nodes"], steps, |heap| {
        let ty = heap.types_mut().declare("node", None);
        let parts = [(LeafKind::RefNull, ty), (LeafKind::I64, FREE), (LeafKind::I64, FREE)];
        heap.types_mut().define(ty, TypeKind::Struct(Layout::of(&parts)));
        let kind = TypeKind::Array { elem: Layout::of(&[(LeafKind::RefNull, ty)]) };
        let array_ty = heap.add_type(TypeDesc { name: "array".into(), kind, parent: None });
        let array = heap.new_array(array_ty, MILLION as u32)?;
        let start = Instant::now();
        for i in 0..steps {
            let node = heap.new_struct(ty)?;
            let at = 8 + 4 * (scramble(i) % MILLION) as u32;
            let old = heap.read_leaf(array, at, LeafKind::RefNull);
            heap.write_leaf(node, 16, LeafKind::I64, old);
            heap.write_ref(array, at, node);
            if heap.take_pending() {
                heap.collect(|marker| marker.mark(array));
            }
        }
        let time = start.elapsed();
        assert!(heap.stats().collections > 2);
        Ok(vec![time])
    })
}

/// Collections of a million nodes that lie in order or scattered, of strings, and of young ones.
fn collections() -> Result<(), HeapError> {
    let names = [
        "full, nodes in order",
        "full, nodes scattered",
        "full, strings",
        "minor, nothing young",
        "minor, 4 MiB all alive",
        "minor, 4 MiB all dead",
        "minor, 10000 old objects written",
    ];
    bench(&names, MILLION, |heap| {
        let ty = heap.types_mut().declare("node", None);
        let parts = [(LeafKind::RefNull, ty), (LeafKind::I64, FREE), (LeafKind::I64, FREE)];
        heap.types_mut().define(ty, TypeKind::Struct(Layout::of(&parts)));
        let kind = TypeKind::Array { elem: Layout::of(&[(LeafKind::RefNull, FREE)]) };
        let array_ty = heap.add_type(TypeDesc { name: "array".into(), kind, parent: None });
        let array = heap.new_array(array_ty, MILLION as u32)?;
        let at = |i: u64| 8 + 4 * i as u32;
        for i in 0..MILLION {
            let node = heap.new_struct(ty)?;
            heap.write_ref(array, at(i), node);
        }
        let timed = |heap: &mut Heap, minor: bool, root: GcRef| {
            let start = Instant::now();
            match minor {
                true => heap.collect_minor(|marker| marker.mark(root)),
                false => heap.collect(|marker| marker.mark(root)),
            }
            start.elapsed()
        };
        heap.collect(|marker| marker.mark(array));
        let in_order = timed(heap, false, array);
        for i in 0..MILLION {
            let (one, other) = (at(i), at(scramble(i) % MILLION));
            let a = GcRef::from_slot(heap.read_leaf(array, one, LeafKind::RefNull));
            let b = GcRef::from_slot(heap.read_leaf(array, other, LeafKind::RefNull));
            heap.write_ref(array, one, b);
            heap.write_ref(array, other, a);
        }
        let scattered = timed(heap, false, array);
        let nothing = timed(heap, true, array);
        let young = |heap: &mut Heap, keep: u32| -> Result<Duration, HeapError> {
            let list = heap.new_array(array_ty, MILLION as u32 / 8)?;
            for i in 0..MILLION / 8 {
                let node = heap.new_struct(ty)?;
                heap.write_ref(list, at(i), node);
            }
            heap.write_ref(array, at(0), if keep == 1 { list } else { GcRef::NULL });
            Ok(timed(heap, true, array))
        };
        let (alive, dead) = (young(heap, 1)?, young(heap, 0)?);
        for i in 0..10_000 {
            let place = at(scramble(i) % MILLION);
            let old = GcRef::from_slot(heap.read_leaf(array, place, LeafKind::RefNull));
            let node = heap.new_struct(ty)?;
            heap.write_ref(old, 8, node);
        }
        let written = timed(heap, true, array);
        heap.collect(|_| {});
        let texts = heap.new_array(array_ty, MILLION as u32)?;
        for i in 0..MILLION {
            let text = heap.new_str("a short text")?;
            heap.write_ref(texts, at(i), text);
        }
        heap.collect(|marker| marker.mark(texts));
        let strings = timed(heap, false, texts);
        Ok(vec![in_order, scattered, strings, nothing, alive, dead, written])
    })
}

fn main() -> Result<(), HeapError> {
    if std::env::args().nth(1).as_deref() == Some("collect") {
        return collections();
    }
    bench(&["a new heap"], 1, |_| {
        let start = Instant::now();
        drop(heap()?);
        Ok(vec![start.elapsed()])
    })?;
    ints(&["map: insert 1 M random integers", "map: find them"], scramble)?;
    ints(&["map: insert 1 M counting integers", "map: find them"], |i| i)?;
    std_map();
    strings()?;
    lists()?;
    trees()?;
    churn()?;
    collections()
}
