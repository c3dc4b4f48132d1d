//! Values in messages: what was not found, in the form that `repr` gives.
//!
//! Only simple values are shown in full; the types of the language are not known here, so a
//! tuple and a struct look alike.

use kaa_heap::{GcRef, Heap, Leaf, LeafKind, TypeId};

use super::args::quoted;
use super::number::int_of_slot;
use crate::text;

/// The value that these leaves make.
#[cold]
pub(super) fn show(heap: &Heap, leaves: &[Leaf], slots: &[u64]) -> String {
    let parts: Vec<String> =
        leaves.iter().zip(slots).map(|(leaf, &slot)| leaf_text(heap, leaf, slot)).collect();
    match &*parts {
        [one] => one.clone(),
        _ => format!("({})", parts.join(", ")),
    }
}

fn leaf_text(heap: &Heap, leaf: &Leaf, slot: u64) -> String {
    match leaf.kind {
        LeafKind::Bool => if slot == 0 { "False" } else { "True" }.to_owned(),
        LeafKind::F64 => text::repr_float(f64::from_bits(slot)),
        LeafKind::F32 => {
            let mut shown = String::new();
            text::write_float32(&mut shown, f32::from_bits(slot as u32));
            shown
        }
        // Characters are the only common values of this kind.
        LeafKind::U32 => match char::from_u32(slot as u32) {
            Some(c) => text::repr_str(c.encode_utf8(&mut [0; 4])),
            None => slot.to_string(),
        },
        LeafKind::Ref | LeafKind::RefNull => object_text(heap, GcRef::from_slot(slot)),
        LeafKind::Func | LeafKind::IPtr => "...".to_owned(),
        kind => int_of_slot(kind, slot).to_string(),
    }
}

fn object_text(heap: &Heap, object: GcRef) -> String {
    if object.is_null() {
        return "None".to_owned();
    }
    match heap.type_of(object) {
        TypeId::STR => quoted(heap.str(object)),
        TypeId::BYTES => {
            let bytes = heap.bytes(object);
            text::repr_bytes(&bytes[..bytes.len().min(60)])
        }
        other => format!("a value of type {}", heap.types().desc(other).name),
    }
}
