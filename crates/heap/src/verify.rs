//! Checking a whole heap: the oracle of stress mode.
//!
//! Right after a collection the marked objects are the live ones. Each must have a header
//! that fits its memory, and references that lead to objects of the type that is promised.
//! Slow on purpose; nothing here is called in ordinary operation.

use crate::Heap;
use crate::header::{
    ARRAY_DATA, BYTES_DATA, CLOSURE_DATA, GcRef, MAP_ENTRIES, MAP_INDEX, MAP_USED, STR_DATA,
    STRUCT_DATA,
};
use crate::types::{Leaf, LeafKind, TypeId, TypeKind};
use std::fmt;

/// Something that must not be in a heap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeapFault {
    /// The object it was found in; null for a root.
    pub object: GcRef,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for HeapFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "heap object {:#x}: {}", self.object.0, self.problem)
    }
}

impl std::error::Error for HeapFault {}

type Check = Result<(), String>;

/// Fails with a message unless the condition holds.
fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(problem()) }
}

impl Heap {
    /// Checks every object that survived the last collection. Call it before the program
    /// goes on.
    ///
    /// # Errors
    /// The first fault that is found.
    pub fn verify(&self) -> Result<(), HeapFault> {
        if let Some(root) = self.bad_root {
            let problem = format!("the root {root:#x} is not an object");
            return Err(HeapFault { object: GcRef::NULL, problem });
        }
        if let Some(fault) = &self.bad_card {
            return Err(fault.clone());
        }
        for at in self.space.marked() {
            let object = GcRef(at);
            self.verify_object(object).map_err(|problem| HeapFault { object, problem })?;
        }
        Ok(())
    }

    fn verify_object(&self, object: GcRef) -> Check {
        let ty = self.type_of(object);
        let info = self.types.info(ty);
        ensure((ty.0 as usize) < self.types.len(), || format!("unknown type {}", ty.0))?;
        let (aux, stride) = (u64::from(self.aux(object)), u64::from(info.shape.stride));
        let bytes = match info.desc.kind {
            TypeKind::Free | TypeKind::Declared => return Err("not an object type".into()),
            TypeKind::Str => u64::from(STR_DATA) + aux,
            TypeKind::Bytes => u64::from(BYTES_DATA) + aux,
            TypeKind::Raw => u64::from(ARRAY_DATA) + aux * 4,
            TypeKind::Array { .. } => u64::from(ARRAY_DATA) + aux * stride,
            _ => u64::from(info.bytes),
        };
        let extent = self.space.owners.extent(object.0).unwrap_or(0);
        ensure(bytes <= extent, || format!("{bytes} bytes in a cell of {extent}"))?;
        if let Some(lane) = self.space.owners.lane_at(object.0) {
            let fits = (lane & 1 == 1) == info.pointer_free;
            ensure(fits, || format!("`{}` in a block of the wrong world", info.desc.name))?;
        }
        match info.desc.kind {
            TypeKind::Str => self.verify_str(object),
            TypeKind::Struct(_) => self.verify_run(object.0 + STRUCT_DATA, 1, 0, info.leaves()),
            TypeKind::Closure { .. } => {
                self.verify_run(object.0 + CLOSURE_DATA, 1, 0, info.leaves())
            }
            TypeKind::Array { .. } => {
                let data = object.0 + ARRAY_DATA;
                self.verify_run(data, self.aux(object), info.shape.stride, info.leaves())
            }
            TypeKind::List { array, .. } => self.verify_list(object, array),
            TypeKind::Map { entries, .. } => self.verify_map(object, entries),
            _ => Ok(()),
        }
    }

    fn verify_str(&self, object: GcRef) -> Check {
        let text = std::str::from_utf8(self.str_bytes(object));
        let chars = text.map_err(|e| e.to_string())?.chars().count();
        let told = self.str_len(object) as usize;
        ensure(chars == told, || format!("{chars} characters, but the object says {told}"))
    }

    fn verify_run(&self, mut at: u32, count: u32, stride: u32, leaves: &[Leaf]) -> Check {
        if !leaves.iter().any(|leaf| leaf.kind.is_traced()) {
            return Ok(());
        }
        for _ in 0..count {
            for leaf in leaves {
                let target = self.mem.u32(at + leaf.offset);
                match leaf.kind {
                    LeafKind::Ref | LeafKind::RefNull => self.verify_target(target, leaf.ty)?,
                    LeafKind::IPtr if target != 0 => {
                        let kept = |object| self.space.marks.get(object);
                        let inside = self.space.owners.object_at(target).is_some_and(kept);
                        ensure(inside, || format!("{target:#x} is inside of no object"))?;
                    }
                    _ => {}
                }
            }
            at += stride;
        }
        Ok(())
    }

    /// Is `target` null or an object of the type `ty`?
    fn verify_target(&self, target: u32, ty: TypeId) -> Check {
        if target == 0 {
            return Ok(());
        }
        let object = self.space.owners.object_at(target) == Some(target);
        ensure(object, || format!("the reference {target:#x} is not an object"))?;
        let kept = self.space.marks.get(target);
        ensure(kept, || format!("the reference {target:#x} leads to garbage"))?;
        let actual = self.type_of(GcRef(target));
        let fits = ty == TypeId::FREE || self.types.is_subtype(actual, ty);
        let name = |ty| &*self.types.desc(ty).name;
        ensure(fits && actual != TypeId::FREE, || {
            format!("a reference to `{}` leads to `{}`", name(ty), name(actual))
        })
    }

    fn verify_list(&self, list: GcRef, array: TypeId) -> Check {
        let (len, buffer) = self.list_parts(list);
        self.verify_target(buffer, array)?;
        let capacity = self.list_capacity(list);
        ensure(len <= capacity, || format!("{len} elements in a buffer of {capacity}"))
    }

    fn verify_map(&self, map: GcRef, entry_type: TypeId) -> Check {
        let word = |offset| self.mem.u32(map.0 + offset);
        let (used, index, entries) = (word(MAP_USED), word(MAP_INDEX), word(MAP_ENTRIES));
        self.verify_target(entries, entry_type)?;
        self.verify_target(index, TypeId::RAW)?;
        let capacity = if entries == 0 { 0 } else { self.aux(GcRef(entries)) };
        ensure(used <= capacity, || format!("{used} entries in a buffer of {capacity}"))?;
        let slots = if index == 0 { 1 } else { self.aux(GcRef(index)) };
        let fits = slots.is_power_of_two() && (index == 0 || slots / 2 >= used);
        ensure(fits, || format!("{used} entries in an index of {slots}"))?;
        let mut live = 0;
        let mut cursor = 0;
        while let Some(entry) = self.map_next(map, cursor) {
            (cursor, live) = (entry + 1, live + 1);
        }
        let len = self.map_len(map);
        ensure(live == len, || format!("{live} live entries, but the map says {len}"))
    }
}
