//! Values as texts for people: scalars by their type, objects with what they hold.
//!
//! Objects know their own types, so that only what a slot holds has to be told. What is long or
//! deep is cut: a debugger shows a value, it does not print it.

use std::fmt::Write;

use kaa_heap::header::STRUCT_DATA;
use kaa_heap::{GcRef, Heap, Layout, LeafKind, TypeKind};
use kaa_ir::ValTy;

/// Items of a collection and characters of a text that are shown.
const ITEMS: u32 = 20;
const CHARS: usize = 200;
/// Objects inside of objects that are shown.
const DEPTH: u32 = 4;

/// A value in slot form.
pub fn value(heap: &Heap, ty: ValTy, slot: u64) -> String {
    let mut out = String::new();
    leaf(&mut out, heap, kind_of(ty), slot, DEPTH);
    out
}

/// An object by its reference, with the name of its type.
pub fn object_with_type(heap: &Heap, slot: u64) -> String {
    let reference = GcRef::from_slot(slot);
    if reference.is_null() {
        return "null".to_owned();
    }
    let name = &heap.types().desc(heap.type_of(reference)).name;
    let mut out = format!("{name} ");
    object(&mut out, heap, reference, DEPTH);
    out
}

fn kind_of(ty: ValTy) -> LeafKind {
    match ty {
        ValTy::Bool => LeafKind::Bool,
        ValTy::U8 | ValTy::U16 | ValTy::U32 | ValTy::U64 => LeafKind::U64,
        ValTy::F32 => LeafKind::F32,
        ValTy::F64 => LeafKind::F64,
        ValTy::Func(_) => LeafKind::Func,
        ValTy::Ref(_) | ValTy::RefNull(_) => LeafKind::RefNull,
        ValTy::IPtr(_) => LeafKind::IPtr,
        _ => LeafKind::I64,
    }
}

fn leaf(out: &mut String, heap: &Heap, kind: LeafKind, slot: u64, depth: u32) {
    // Nothing is lost where a text cannot be written to a string: it always can.
    let _ = match kind {
        LeafKind::Bool => write!(out, "{}", if slot == 0 { "False" } else { "True" }),
        LeafKind::U8 | LeafKind::U16 | LeafKind::U32 | LeafKind::U64 => write!(out, "{slot}"),
        LeafKind::F32 => write!(out, "{:?}", f32::from_bits(slot as u32)),
        LeafKind::F64 => write!(out, "{:?}", f64::from_bits(slot)),
        LeafKind::Func => write!(out, "<function {slot}>"),
        LeafKind::IPtr => write!(out, "<pointer>"),
        LeafKind::Ref | LeafKind::RefNull => {
            object(out, heap, GcRef::from_slot(slot), depth);
            Ok(())
        }
        _ => write!(out, "{}", slot as i64),
    };
}

fn object(out: &mut String, heap: &Heap, reference: GcRef, depth: u32) {
    if reference.is_null() {
        return out.push_str("None");
    }
    let desc = heap.types().desc(heap.type_of(reference));
    match &desc.kind {
        TypeKind::Str => text(out, heap.str(reference)),
        TypeKind::Bytes => out.push_str(&format!("<{} bytes>", heap.bytes(reference).len())),
        _ if depth == 0 => out.push_str("..."),
        TypeKind::List { elem, .. } => {
            let len = heap.list_len(reference);
            let at = |out: &mut String, i: u32| {
                let get = |n: usize| heap.list_get_leaf(reference, i, n);
                element(out, heap, elem, depth - 1, get);
            };
            items(out, ('[', ']'), len, at);
        }
        TypeKind::Array { elem } => {
            let at = |out: &mut String, i: u32| {
                let start = heap.array_offset(reference, i);
                let get = |n: usize| {
                    let leaf = &elem.leaves[n];
                    heap.read_leaf(reference, start + leaf.offset, leaf.kind)
                };
                element(out, heap, elem, depth - 1, get);
            };
            items(out, ('[', ']'), heap.array_len(reference), at);
        }
        TypeKind::Map { key, value, .. } => {
            map(out, heap, reference, (key, value), depth - 1);
        }
        TypeKind::Struct(layout) => {
            out.push_str(&desc.name);
            let at = |out: &mut String, i: u32| {
                let field = &layout.leaves[i as usize];
                let slot = heap.read_leaf(reference, STRUCT_DATA + field.offset, field.kind);
                leaf(out, heap, field.kind, slot, depth - 1);
            };
            items(out, ('(', ')'), layout.leaves.len() as u32, at);
        }
        TypeKind::Closure { .. } => out.push_str("<function>"),
        _ => out.push_str(&format!("<{}>", desc.name)),
    }
}

/// Items between brackets, as many as are shown.
fn items(out: &mut String, around: (char, char), len: u32, item: impl Fn(&mut String, u32)) {
    out.push(around.0);
    for i in 0..len.min(ITEMS) {
        if i > 0 {
            out.push_str(", ");
        }
        item(out, i);
    }
    if len > ITEMS {
        out.push_str(&format!(", ... {} more", len - ITEMS));
    }
    out.push(around.1);
}

fn map(out: &mut String, heap: &Heap, map: GcRef, (key, value): (&Layout, &Layout), depth: u32) {
    let mut entries = Vec::new();
    let mut cursor = 0;
    while let Some(entry) = heap.map_next(map, cursor).filter(|_| entries.len() < ITEMS as usize) {
        entries.push(entry);
        cursor = entry + 1;
    }
    out.push('{');
    for (i, &entry) in entries.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        element(out, heap, key, depth, |n| heap.map_key_leaf(map, entry, n));
        if !value.leaves.is_empty() {
            out.push_str(": ");
            element(out, heap, value, depth, |n| heap.map_value_leaf(map, entry, n));
        }
    }
    let left = u64::from(heap.map_len(map)) - entries.len() as u64;
    if left > 0 {
        out.push_str(&format!(", ... {left} more"));
    }
    out.push('}');
}

/// An element: one leaf as it is, several as a tuple.
fn element(out: &mut String, heap: &Heap, layout: &Layout, depth: u32, get: impl Fn(usize) -> u64) {
    match &*layout.leaves {
        [one] => leaf(out, heap, one.kind, get(0), depth),
        leaves => {
            let at = |out: &mut String, i: u32| {
                leaf(out, heap, leaves[i as usize].kind, get(i as usize), depth);
            };
            items(out, ('(', ')'), leaves.len() as u32, at);
        }
    }
}

/// A text in quotes.
fn text(out: &mut String, text: &str) {
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            out.push_str(&format!("{start:?}..."));
        }
        None => out.push_str(&format!("{text:?}")),
    }
}
