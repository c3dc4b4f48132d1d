//! The garbage-collected heap of a Kaa store: object layout, allocation, collector, handles.
//!
//! A heap is one reserved region; a reference is a 32-bit offset into it. The collector is
//! precise and does not move objects. The heap knows memory layouts (`types`), not
//! instructions and not languages.
//!
//! **Contract.** The operations trust that a `GcRef` names an object of the right kind and
//! that slots hold canonical values; the verifier of the IR proves this for compiled code.
//! A reference that breaks the contract is a wrong value inside the region, never an access
//! outside of it (see `mem`).
//!
//! Allocation never collects. Natives may hold references freely until they return; the
//! engine calls `Heap::collect_due` at its safepoints when `Heap::should_collect` says so, or
//! after `HeapError::NeedCollect`.
//!
//! Where to look: `header` for object layouts, `class` and `alloc` for allocation, `space`
//! for blocks and large objects, `collect` for the collector, `layout` for what compiled code
//! must know, then one file per runtime object.

mod alloc;
mod cards;
pub mod class;
mod collect;
mod compare;
mod copies;
mod error;
mod handles;
mod hash;
pub mod header;
pub mod layout;
mod list;
mod map;
mod mark;
mod marks;
mod mem;
mod object;
mod pacing;
mod ranges;
pub mod raw;
pub mod raw_map;
mod space;
mod stats;
mod string;
mod types;
mod verify;

pub use alloc::MAX_OBJECT;
pub use class::{AllocPlan, AllocState, Lane};
pub use copies::Copies;
pub use error::HeapError;
pub use handles::Handle;
pub use header::GcRef;
pub use mark::Marker;
pub use mem::{CONTEXT_BYTES, CONTEXT_PAGE, REGION_BYTES};
pub use stats::{HeapConfig, HeapStats};
pub use types::{Layout, Leaf, LeafKind, TypeDesc, TypeId, TypeKind, TypeTable};
pub use verify::HeapFault;

use handles::Handles;
use hash::HashKey;
use mem::{Mem, Region};
use pacing::Pacing;
use space::Space;
use std::cell::Cell;

/// One heap: a region, its types, its objects.
pub struct Heap {
    mem: Mem,
    space: Space,
    types: TypeTable,
    handles: Handles,
    config: HeapConfig,
    pacing: Pacing,
    stats: HeapStats,
    mark_stack: Vec<u32>,
    hash_key: HashKey,
    /// The entry that the last search through an index found; a guess for the next one.
    last_entry: Cell<u32>,
    /// Copies of shared objects, where they are counted.
    copies: Option<Box<copies::CopyLog>>,
    /// In stress mode: a root of the last collection that was not an object.
    bad_root: Option<u32>,
    /// In stress mode: an old object before the last collection that it was not told of.
    bad_card: Option<HeapFault>,
    /// Bytes that had been allocated at the last collection.
    seen_bytes: u64,
}

impl Heap {
    /// A new, empty heap.
    ///
    /// # Errors
    /// `NoAddressSpace` if the system does not reserve the region.
    pub fn new(config: HeapConfig) -> Result<Heap, HeapError> {
        let (region, mem) = Region::new()?;
        let mut heap = Heap {
            mem,
            space: Space::new(region, mem),
            types: TypeTable::default(),
            handles: Handles::default(),
            config,
            pacing: Pacing::new(&config),
            stats: HeapStats::default(),
            mark_stack: Vec::new(),
            hash_key: HashKey::new(config.hash_seed),
            last_entry: Cell::new(0),
            copies: None,
            bad_root: None,
            bad_card: None,
            seen_bytes: 0,
        };
        heap.set_stress(config.stress);
        Ok(heap)
    }

    /// The address of offset 0. It never changes while the heap lives.
    #[inline]
    #[must_use]
    pub fn base(&self) -> *mut u8 {
        self.mem.base()
    }

    /// The page below offset 0, zeroed at first. Its first `CONTEXT_BYTES` belong to the
    /// engine, the rest is the `AllocState`.
    #[must_use]
    pub fn context_page(&self) -> *mut u8 {
        self.base().wrapping_sub(CONTEXT_PAGE)
    }

    /// The allocation cursors that engines may bump inline.
    #[must_use]
    pub fn alloc_state(&self) -> *mut AllocState {
        self.mem.state()
    }

    /// The types of this heap.
    #[must_use]
    pub fn types(&self) -> &TypeTable {
        &self.types
    }

    /// The types of this heap, to add some.
    pub fn types_mut(&mut self) -> &mut TypeTable {
        &mut self.types
    }

    /// Adds a type.
    pub fn add_type(&mut self, desc: TypeDesc) -> TypeId {
        self.types.add(desc)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &HeapConfig {
        &self.config
    }

    /// Changes the byte limit; what is already in use stays.
    pub fn set_limit(&mut self, limit_bytes: u64) {
        self.config.limit_bytes = limit_bytes;
    }

    /// What the heap has done so far.
    #[must_use]
    pub fn stats(&self) -> HeapStats {
        let allocations = self.stats.allocations - self.cells_unused();
        HeapStats { allocations, used_bytes: self.space.in_use(), ..self.stats }
    }

    /// Keeps an object alive until the handle is dropped.
    pub fn new_handle(&mut self, value: GcRef) -> Handle {
        self.handles.alloc(value)
    }

    /// The object of a handle.
    #[must_use]
    pub fn handle(&self, handle: Handle) -> GcRef {
        self.handles.get(handle)
    }

    /// Gives a handle another object.
    pub fn set_handle(&mut self, handle: Handle, value: GcRef) {
        self.handles.set(handle, value);
    }

    /// Ends a handle.
    pub fn drop_handle(&mut self, handle: Handle) {
        self.handles.free(handle);
    }
}
