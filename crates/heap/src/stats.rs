//! Figures about a heap, and its configuration.

use crate::pacing::Kind;
use std::time::Duration;

/// How a heap behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeapConfig {
    /// Bytes of blocks and large objects that may be in use.
    pub limit_bytes: u64,
    /// Bytes that may be allocated before the first collection, and the least that a minor
    /// collection follows after.
    pub initial_budget: u64,
    /// How far the heap may grow over what survived the last collection.
    pub growth: f64,
    /// Collect at every safepoint, mostly the young objects only, and verify the heap.
    pub stress: bool,
    /// Key of the hash functions.
    pub hash_seed: u64,
}

impl Default for HeapConfig {
    fn default() -> HeapConfig {
        HeapConfig {
            limit_bytes: 1 << 30,
            initial_budget: 4 << 20,
            growth: 2.0,
            stress: false,
            hash_seed: 0x51c6_d8a1_0b5f_9e37,
        }
    }
}

/// What a heap has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapStats {
    /// Objects allocated.
    pub allocations: u64,
    /// Bytes handed out for allocation, counted in runs and pages.
    pub allocated_bytes: u64,
    /// Number of collections.
    pub collections: u64,
    /// How many of them looked at the young objects only.
    pub minor_collections: u64,
    /// Most bytes ever in use.
    pub peak_bytes: u64,
    /// Bytes in use now: what the limit counts.
    pub used_bytes: u64,
    /// Bytes of the cells that survived the last collection.
    pub live_bytes: u64,
    /// Objects that survived the last collection.
    pub live_objects: u64,
    /// Most bytes that survived a full collection.
    pub live_peak_bytes: u64,
    /// Most objects that survived a full collection.
    pub live_peak_objects: u64,
    /// Time spent collecting.
    pub gc_time: Duration,
    /// The longest minor collection.
    pub longest_minor: Duration,
    /// The longest full collection.
    pub longest_full: Duration,
}

impl HeapStats {
    /// Counts a collection.
    pub(crate) fn count(&mut self, kind: Kind, pause: Duration) {
        self.collections += 1;
        self.gc_time += pause;
        let longest = match kind {
            Kind::Minor => {
                self.minor_collections += 1;
                &mut self.longest_minor
            }
            Kind::Full => {
                self.live_peak_bytes = self.live_peak_bytes.max(self.live_bytes);
                self.live_peak_objects = self.live_peak_objects.max(self.live_objects);
                &mut self.longest_full
            }
        };
        *longest = pause.max(*longest);
    }
}
