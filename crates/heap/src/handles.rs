//! Handles: how a host keeps an object alive.

use crate::header::GcRef;

/// A root that the host owns. Drop it with `Heap::drop_handle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(u32);

/// All handles of a heap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handles {
    slots: Vec<GcRef>,
    free: Vec<u32>,
}

impl Handles {
    pub(crate) fn alloc(&mut self, value: GcRef) -> Handle {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize] = value;
            return Handle(index);
        }
        self.slots.push(value);
        Handle(self.slots.len() as u32 - 1)
    }

    pub(crate) fn get(&self, handle: Handle) -> GcRef {
        self.slots.get(handle.0 as usize).copied().unwrap_or(GcRef::NULL)
    }

    pub(crate) fn set(&mut self, handle: Handle, value: GcRef) {
        if let Some(slot) = self.slots.get_mut(handle.0 as usize) {
            *slot = value;
        }
    }

    pub(crate) fn free(&mut self, handle: Handle) {
        if (handle.0 as usize) < self.slots.len() {
            self.slots[handle.0 as usize] = GcRef::NULL;
            self.free.push(handle.0);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = GcRef> {
        self.slots.iter().copied().filter(|value| !value.is_null())
    }
}
