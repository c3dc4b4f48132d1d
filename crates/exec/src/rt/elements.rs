//! Elements of lists and maps: their leaves, equality, and the mark of what lies in two places.

use kaa_heap::{GcRef, Heap, HeapError, Leaf, LeafKind, TypeId, TypeKind};

/// Room for the leaves of one element; few elements have more than these many.
const INLINE: usize = 8;

/// Slots of one element.
pub(super) struct Slots {
    few: [u64; INLINE],
    many: Vec<u64>,
    len: usize,
}

impl Slots {
    /// Zeros.
    #[inline]
    pub(super) fn new(len: usize) -> Slots {
        let many = if len > INLINE { vec![0; len] } else { Vec::new() };
        Slots { few: [0; INLINE], many, len }
    }

    /// A copy.
    #[inline]
    pub(super) fn of(slots: &[u64]) -> Slots {
        let mut copy = Slots::new(slots.len());
        copy.copy_from_slice(slots);
        copy
    }
}

impl std::ops::Deref for Slots {
    type Target = [u64];

    #[inline]
    fn deref(&self) -> &[u64] {
        if self.len > INLINE { &self.many } else { &self.few[..self.len] }
    }
}

impl std::ops::DerefMut for Slots {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u64] {
        if self.len > INLINE { &mut self.many } else { &mut self.few[..self.len] }
    }
}

/// The leaves of an element of a list type.
#[inline]
pub(super) fn list_leaves(heap: &Heap, ty: TypeId) -> &[Leaf] {
    match &heap.types().desc(ty).kind {
        TypeKind::List { elem, .. } => &elem.leaves,
        _ => &[],
    }
}

/// The leaves of keys and values of a map type.
#[inline]
pub(super) fn map_leaves(heap: &Heap, ty: TypeId) -> (&[Leaf], &[Leaf]) {
    match &heap.types().desc(ty).kind {
        TypeKind::Map { key, value, .. } => (&key.leaves, &value.leaves),
        _ => (&[], &[]),
    }
}

/// Can this leaf refer to a collection, which is a value that is cloned on write?
fn may_share(leaf: &Leaf) -> bool {
    leaf.kind.is_ref() && leaf.ty != TypeId::STR && leaf.ty != TypeId::BYTES
}

/// Marks a collection as shared; other objects and null are left alone.
fn share(heap: &mut Heap, object: GcRef) {
    let collection = !object.is_null()
        && matches!(
            heap.types().desc(heap.type_of(object)).kind,
            TypeKind::List { .. } | TypeKind::Map { .. } | TypeKind::Array { .. }
        );
    if collection {
        heap.mark_shared(object);
    }
}

/// The positions of leaves that may be collections; most elements have none.
pub(super) fn shared_leaves(leaves: &[Leaf]) -> Box<[usize]> {
    let places = leaves.iter().enumerate().filter(|(_, leaf)| may_share(leaf));
    places.map(|(i, _)| i).collect()
}

/// Marks the collections among these slots, whose places `shared_leaves` gave.
#[inline]
pub(super) fn share_slots(heap: &mut Heap, places: &[usize], slots: &[u64]) {
    for &place in places {
        share(heap, GcRef::from_slot(slots[place]));
    }
}

/// Marks the collections that all elements of a list refer to.
pub(super) fn share_list(heap: &mut Heap, list: GcRef) {
    let places = shared_leaves(list_leaves(heap, heap.type_of(list)));
    if places.is_empty() {
        return;
    }
    for i in 0..heap.list_len(list) {
        for &place in &places {
            share(heap, GcRef::from_slot(heap.list_get_leaf(list, i, place)));
        }
    }
}

/// The first element from `from` before `to` that equals the slots.
pub(super) fn find(
    heap: &Heap,
    list: GcRef,
    slots: &[u64],
    from: u32,
    to: u32,
) -> Result<Option<u32>, HeapError> {
    let leaves = list_leaves(heap, heap.type_of(list));
    if let [leaf] = leaves
        && let Some(found) = find_simple(heap, list, leaf, slots[0], from, to)
    {
        return Ok(found);
    }
    for i in from..to {
        if equals(heap, list, leaves, i, slots)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

/// The fast ways; `None` where there is none for this type.
fn find_simple(
    heap: &Heap,
    list: GcRef,
    leaf: &Leaf,
    wanted: u64,
    from: u32,
    to: u32,
) -> Option<Option<u32>> {
    let (first, end) = (from as usize, to as usize);
    let place = match leaf.kind {
        LeafKind::I64 | LeafKind::U64 => {
            let part = heap.list_as_i64_slice(list).get(first..end)?;
            part.iter().position(|&x| x as u64 == wanted)
        }
        LeafKind::U8 => {
            let part = heap.list_bytes(list).get(first..end)?;
            part.iter().position(|&x| u64::from(x) == wanted)
        }
        LeafKind::F64 => {
            let part = heap.list_as_f64_slice(list).get(first..end)?;
            part.iter().position(|&x| x == f64::from_bits(wanted))
        }
        LeafKind::Ref if leaf.ty == TypeId::STR => {
            let wanted = GcRef::from_slot(wanted);
            let element = |i| GcRef::from_slot(heap.list_get_leaf(list, i, 0));
            return Some((from..to).find(|&i| heap.str_eq(element(i), wanted)));
        }
        _ => return None,
    };
    Some(place.map(|i| from + i as u32))
}

/// Does element `i` equal the slots?
pub(super) fn equals(
    heap: &Heap,
    list: GcRef,
    leaves: &[Leaf],
    i: u32,
    slots: &[u64],
) -> Result<bool, HeapError> {
    for (place, (leaf, &slot)) in leaves.iter().zip(slots).enumerate() {
        if !heap.slot_eq(leaf.kind, heap.list_get_leaf(list, i, place), slot)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads the key of an entry.
#[inline]
pub(super) fn read_key(heap: &Heap, map: GcRef, entry: u32, out: &mut [u64]) {
    for (place, out) in out.iter_mut().enumerate() {
        *out = heap.map_key_leaf(map, entry, place);
    }
}

/// Reads the value of an entry.
#[inline]
pub(super) fn read_value(heap: &Heap, map: GcRef, entry: u32, out: &mut [u64]) {
    heap.map_read_value(map, entry, out);
}
