//! What values are, with all that they reach, in a form that two stores can be compared by.
//!
//! Objects get numbers in the order in which they are first met, so that neither addresses nor
//! what else is in a heap matter. Pointers into objects are left out: what they point to is met
//! through their object, or not at all.

use kaa_exec::Store;
use kaa_heap::header::{CLOSURE_DATA, CLOSURE_FUNC, STRUCT_DATA};
use kaa_heap::{GcRef, Heap, Layout, LeafKind, TypeKind};
use kaa_ir::{Module, ValTy};
use rustc_hash::FxHashMap;

/// Values with all they reach. Equal ones are equal in every observable way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The values: bits of scalars, numbers of objects.
    values: Vec<u64>,
    /// What the objects are, one after the other.
    objects: Vec<u64>,
}

impl Snapshot {
    /// Of values with their types.
    pub(super) fn of(store: &mut Store, slots: &[u64], types: &[ValTy]) -> Snapshot {
        let mut walk = Walk { heap: store.heap(), numbers: FxHashMap::default(), queue: vec![] };
        let values =
            slots.iter().zip(types).map(|(slot, ty)| walk.value(*slot, is_ref(*ty))).collect();
        let objects = walk.objects();
        Snapshot { values, objects }
    }

    /// Of the globals of a module.
    pub(super) fn of_globals(store: &mut Store, instance: usize, module: &Module) -> Snapshot {
        let types: Vec<ValTy> = module.globals.values().map(|global| global.ty).collect();
        let slots = store.globals(instance).to_vec();
        Snapshot::of(store, &slots, &types)
    }
}

fn is_ref(ty: ValTy) -> Option<bool> {
    match ty {
        ValTy::Ref(_) | ValTy::RefNull(_) => Some(true),
        ValTy::IPtr(_) => None,
        _ => Some(false),
    }
}

struct Walk<'h> {
    heap: &'h Heap,
    numbers: FxHashMap<u32, u64>,
    queue: Vec<GcRef>,
}

impl Walk<'_> {
    /// A value as it is compared; `None` stands for a pointer into an object.
    fn value(&mut self, slot: u64, is_ref: Option<bool>) -> u64 {
        match is_ref {
            None => 0,
            Some(false) => slot,
            Some(true) if slot as u32 == 0 => 0,
            Some(true) => {
                let next = self.numbers.len() as u64 + 1;
                let object = GcRef::from_slot(slot);
                *self.numbers.entry(object.0).or_insert_with(|| {
                    self.queue.push(object);
                    next
                })
            }
        }
    }

    fn leaf(&mut self, slot: u64, kind: LeafKind) -> u64 {
        self.value(slot, if kind == LeafKind::IPtr { None } else { Some(kind.is_ref()) })
    }

    fn objects(mut self) -> Vec<u64> {
        let mut out = Vec::new();
        let mut next = 0;
        while let Some(object) = self.queue.get(next).copied() {
            next += 1;
            self.object(object, &mut out);
        }
        out
    }

    fn object(&mut self, object: GcRef, out: &mut Vec<u64>) {
        let heap = self.heap;
        let ty = heap.type_of(object);
        out.push(u64::from(ty.0) << 1 | u64::from(heap.is_shared(object)));
        match &heap.types().desc(ty).kind {
            TypeKind::Str => bytes(heap.str_bytes(object), out),
            TypeKind::Bytes => bytes(heap.bytes(object), out),
            TypeKind::Struct(layout) => self.leaves(object, STRUCT_DATA, layout, out),
            TypeKind::Closure { captures } => {
                out.push(heap.read_leaf(object, CLOSURE_FUNC, LeafKind::U32));
                self.leaves(object, CLOSURE_DATA, captures, out);
            }
            TypeKind::Array { elem } => {
                let len = heap.array_len(object);
                out.push(u64::from(len));
                for i in 0..len {
                    self.leaves(object, heap.array_offset(object, i), elem, out);
                }
            }
            TypeKind::List { elem, .. } => {
                let len = heap.list_len(object);
                out.push(u64::from(len));
                for i in 0..len {
                    for (at, leaf) in elem.leaves.iter().enumerate() {
                        out.push(self.leaf(heap.list_get_leaf(object, i, at), leaf.kind));
                    }
                }
            }
            TypeKind::Map { key, value, .. } => self.map(object, key, value, out),
            TypeKind::Free | TypeKind::Raw | TypeKind::Declared => out.push(u64::MAX),
        }
    }

    fn map(&mut self, map: GcRef, key: &Layout, value: &Layout, out: &mut Vec<u64>) {
        let heap = self.heap;
        out.push(u64::from(heap.map_len(map)));
        let mut cursor = 0;
        while let Some(entry) = heap.map_next(map, cursor) {
            cursor = entry + 1;
            for (at, leaf) in key.leaves.iter().enumerate() {
                out.push(self.leaf(heap.map_key_leaf(map, entry, at), leaf.kind));
            }
            for (at, leaf) in value.leaves.iter().enumerate() {
                out.push(self.leaf(heap.map_value_leaf(map, entry, at), leaf.kind));
            }
        }
    }

    fn leaves(&mut self, object: GcRef, start: u32, layout: &Layout, out: &mut Vec<u64>) {
        for leaf in &layout.leaves {
            let slot = self.heap.read_leaf(object, start + leaf.offset, leaf.kind);
            out.push(self.leaf(slot, leaf.kind));
        }
    }
}

fn bytes(bytes: &[u8], out: &mut Vec<u64>) {
    out.push(bytes.len() as u64);
    out.extend(bytes.iter().map(|byte| u64::from(*byte)));
}
