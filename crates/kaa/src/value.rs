//! Values as a host sees them, and their way into and out of a store.
//!
//! A value of a script is a sequence of *leaves* in slots: an `int` is one, an `int?` a `bool`
//! and an `int`, a struct the leaves of its fields. [`Val`] is one leaf; what a reference leads
//! to is copied. Rust types are made of leaves in `convert`.

use kaa_exec::native::SlotTy;
use kaa_heap::header::STRUCT_DATA;
use kaa_heap::{GcRef, Heap, HeapError, Layout, LeafKind, TypeId, TypeKind};

/// Objects are copied down to this depth.
const MAX_DEPTH: u32 = 100;

/// One leaf of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// No object.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer of any type that fits.
    Int(i64),
    /// An integer of 64 bits without a sign.
    UInt(u64),
    /// A float.
    Float(f64),
    /// A text.
    Str(String),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A list or an array.
    List(Vec<Val>),
    /// An element, key or value of several leaves (or none).
    Tuple(Vec<Val>),
    /// A dict.
    Dict(Vec<(Val, Val)>),
    /// A set.
    Set(Vec<Val>),
    /// The fields of an object.
    Object(Vec<Val>),
    /// Something that cannot cross, by the name of its type.
    Opaque(String),
}

/// Why a value cannot be handed over.
#[derive(Debug)]
pub(crate) enum GiveError {
    /// It is of another type.
    Type(String),
    /// It does not fit the heap.
    Heap(HeapError),
}

impl From<HeapError> for GiveError {
    fn from(error: HeapError) -> Self {
        GiveError::Heap(error)
    }
}

/// The slot of a value that is wanted at a type.
pub(crate) fn slot_of(heap: &mut Heap, ty: SlotTy, val: &Val) -> Result<u64, GiveError> {
    if ty.kind.is_ref() {
        return match (ty.kind, val) {
            (LeafKind::RefNull, Val::None) => Ok(0),
            _ => match object(heap, ty.ty, val)? {
                Some(object) => Ok(object.slot()),
                None => Err(wrong(heap, ty, val)),
            },
        };
    }
    let int = |low: i64, high: i64| match val {
        Val::Int(n) if (low..=high).contains(n) => Ok(*n as u64),
        _ => Err(wrong(heap, ty, val)),
    };
    match (ty.kind, val) {
        (LeafKind::Bool, Val::Bool(b)) => Ok(u64::from(*b)),
        (LeafKind::I8, _) => int(i8::MIN.into(), i8::MAX.into()),
        (LeafKind::I16, _) => int(i16::MIN.into(), i16::MAX.into()),
        (LeafKind::I32, _) => int(i32::MIN.into(), i32::MAX.into()),
        (LeafKind::I64, _) => int(i64::MIN, i64::MAX),
        (LeafKind::U8, _) => int(0, u8::MAX.into()),
        (LeafKind::U16, _) => int(0, u16::MAX.into()),
        (LeafKind::U32, _) => int(0, u32::MAX.into()),
        (LeafKind::U64, Val::UInt(n)) => Ok(*n),
        (LeafKind::U64, _) => int(0, i64::MAX),
        (LeafKind::F32, Val::Float(x)) => Ok(u64::from((*x as f32).to_bits())),
        (LeafKind::F64, Val::Float(x)) => Ok(x.to_bits()),
        _ => Err(wrong(heap, ty, val)),
    }
}

fn wrong(heap: &Heap, ty: SlotTy, val: &Val) -> GiveError {
    GiveError::Type(format!("{} is needed, not {val:?}", kind_name(heap, ty)))
}

/// A new object of a type; `None` where the value is of another.
fn object(heap: &mut Heap, ty: TypeId, val: &Val) -> Result<Option<GcRef>, GiveError> {
    Ok(Some(match val {
        Val::Str(text) if ty == TypeId::STR => heap.new_str(text)?,
        Val::Bytes(bytes) if ty == TypeId::BYTES => heap.new_bytes(bytes)?,
        Val::List(items) => {
            let TypeKind::List { elem, .. } = &heap.types().desc(ty).kind else { return Ok(None) };
            let leaves = slot_types(elem);
            let capacity = u32::try_from(items.len()).unwrap_or(u32::MAX);
            let mut list = heap.list_new(ty, capacity)?;
            for item in items {
                let slots = slots_of(heap, &leaves, item)?;
                list = heap.list_push_slots(list, &slots)?;
            }
            list
        }
        Val::Dict(items) => {
            let TypeKind::Map { key, value, .. } = &heap.types().desc(ty).kind else {
                return Ok(None);
            };
            let (keys, values) = (slot_types(key), slot_types(value));
            let mut map = heap.map_new(ty, 0)?;
            for (key, value) in items {
                let (key, value) = (slots_of(heap, &keys, key)?, slots_of(heap, &values, value)?);
                map = heap.map_insert(map, &key, &value)?.0;
            }
            map
        }
        _ => return Ok(None),
    }))
}

/// The slots of an element: of one leaf, or of a tuple of them.
fn slots_of(heap: &mut Heap, leaves: &[SlotTy], val: &Val) -> Result<Vec<u64>, GiveError> {
    let one = std::slice::from_ref(val);
    let vals = match val {
        Val::Tuple(vals) if leaves.len() != 1 => vals,
        _ => one,
    };
    if vals.len() != leaves.len() {
        return Err(GiveError::Type(format!("{} values are needed, not {val:?}", leaves.len())));
    }
    leaves.iter().zip(vals).map(|(leaf, val)| slot_of(heap, *leaf, val)).collect()
}

fn slot_types(layout: &Layout) -> Vec<SlotTy> {
    layout.leaves.iter().map(|l| SlotTy { kind: l.kind, ty: l.ty }).collect()
}

/// What a person calls the type of a slot.
pub(crate) fn kind_name(heap: &Heap, ty: SlotTy) -> String {
    match ty.kind {
        LeafKind::Ref | LeafKind::RefNull if ty.ty != TypeId::FREE => {
            heap.types().desc(ty.ty).name.to_string()
        }
        kind => format!("{kind:?}").to_lowercase(),
    }
}

/// The value in a slot.
pub(crate) fn val_of(heap: &Heap, ty: SlotTy, slot: u64) -> Val {
    read(heap, ty.kind, slot, MAX_DEPTH)
}

fn read(heap: &Heap, kind: LeafKind, slot: u64, depth: u32) -> Val {
    match kind {
        LeafKind::Bool => Val::Bool(slot != 0),
        LeafKind::U64 => Val::UInt(slot),
        LeafKind::F32 => Val::Float(f32::from_bits(slot as u32).into()),
        LeafKind::F64 => Val::Float(f64::from_bits(slot)),
        LeafKind::Func => Val::Opaque("func".to_owned()),
        LeafKind::IPtr => Val::Opaque("iptr".to_owned()),
        LeafKind::Ref | LeafKind::RefNull => read_object(heap, GcRef::from_slot(slot), depth),
        _ => Val::Int(slot as i64),
    }
}

fn read_object(heap: &Heap, object: GcRef, depth: u32) -> Val {
    if object.is_null() {
        return Val::None;
    }
    let desc = heap.types().desc(heap.type_of(object));
    let Some(depth) = depth.checked_sub(1) else { return Val::Opaque(desc.name.to_string()) };
    match &desc.kind {
        TypeKind::Str => Val::Str(heap.str(object).to_owned()),
        TypeKind::Bytes => Val::Bytes(heap.bytes(object).to_vec()),
        TypeKind::List { elem, .. } => {
            let leaf = |i, n| heap.list_get_leaf(object, i, n);
            Val::List(
                (0..heap.list_len(object))
                    .map(|i| element(heap, elem, depth, |n| leaf(i, n)))
                    .collect(),
            )
        }
        TypeKind::Array { elem } => {
            let item = |i| {
                let start = heap.array_offset(object, i);
                let at = |n: usize| {
                    let leaf = &elem.leaves[n];
                    heap.read_leaf(object, start + leaf.offset, leaf.kind)
                };
                element(heap, elem, depth, at)
            };
            Val::List((0..heap.array_len(object)).map(item).collect())
        }
        TypeKind::Map { key, value, .. } => read_map(heap, object, (key, value), depth),
        TypeKind::Struct(layout) => {
            let fields = layout.leaves.iter().map(|leaf| {
                let slot = heap.read_leaf(object, STRUCT_DATA + leaf.offset, leaf.kind);
                read(heap, leaf.kind, slot, depth)
            });
            Val::Object(fields.collect())
        }
        _ => Val::Opaque(desc.name.to_string()),
    }
}

fn read_map(heap: &Heap, map: GcRef, (key, value): (&Layout, &Layout), depth: u32) -> Val {
    let mut entries = Vec::new();
    let mut cursor = 0;
    while let Some(entry) = heap.map_next(map, cursor) {
        let k = element(heap, key, depth, |n| heap.map_key_leaf(map, entry, n));
        let v = element(heap, value, depth, |n| heap.map_value_leaf(map, entry, n));
        entries.push((k, v));
        cursor = entry + 1;
    }
    match value.leaves.is_empty() {
        true => Val::Set(entries.into_iter().map(|(key, _)| key).collect()),
        false => Val::Dict(entries),
    }
}

/// An element: one leaf as it is, several as a tuple.
fn element(heap: &Heap, layout: &Layout, depth: u32, leaf: impl Fn(usize) -> u64) -> Val {
    let one = |n: usize| read(heap, layout.leaves[n].kind, leaf(n), depth);
    match layout.leaves.len() {
        1 => one(0),
        count => Val::Tuple((0..count).map(one).collect()),
    }
}
