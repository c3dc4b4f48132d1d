//! Collecting: what a collection does, in order.
//!
//! Mark bits are sticky. A minor collection keeps them: what is marked is old and taken for
//! alive, what is not was allocated since, and only that is marked and swept. Old objects that
//! may refer to young ones are found by their dirty cards (`cards`). A full collection clears
//! the bits first. When one is due, and which, is in `pacing`.

use crate::Heap;
use crate::mark::Marker;
use crate::pacing::Kind;
use std::time::Instant;

/// More live data than this is assumed not to stay in the cache.
const CACHE_BYTES: u64 = 4 << 20;
/// Entries of the mark stack that are kept from one collection to the next.
const KEPT_STACK: usize = 1 << 16;

impl Heap {
    /// Collects what is worth while: the young objects only, or all. `roots` marks every
    /// reference that is not in a handle or an object.
    pub fn collect_due(&mut self, roots: impl FnOnce(&mut Marker<'_>)) {
        let kind = self.pacing.next(&self.config, self.stats.collections);
        self.collect_kind(kind, roots);
    }

    /// Collects the young objects: those that no collection has seen yet.
    pub fn collect_minor(&mut self, roots: impl FnOnce(&mut Marker<'_>)) {
        self.collect_kind(Kind::Minor, roots);
    }

    /// Collects everything that cannot be reached.
    pub fn collect(&mut self, roots: impl FnOnce(&mut Marker<'_>)) {
        self.collect_kind(Kind::Full, roots);
    }

    fn collect_kind(&mut self, kind: Kind, roots: impl FnOnce(&mut Marker<'_>)) {
        if self.config.stress && kind == Kind::Minor {
            self.bad_card = self.check_cards().err();
        }
        let started = Instant::now();
        if kind == Kind::Full {
            self.space.unmark();
        }
        self.stop_lanes();
        let young = self.stats.allocated_bytes - self.seen_bytes;
        self.seen_bytes = self.stats.allocated_bytes;
        let queued = CACHE_BYTES < if kind == Kind::Full { self.stats.live_bytes } else { young };
        let looked = self.mark(kind, queued, roots);
        let sweep = match kind {
            Kind::Full => self.space.sweep(),
            Kind::Minor => self.space.sweep_young(),
        };
        let live = sweep.live_bytes;
        match kind {
            Kind::Full => {
                self.space.trim(live.max(self.config.initial_budget));
                self.pacing.after_full(&self.config, live);
            }
            Kind::Minor => self.pacing.after_minor(&self.config, live, looked),
        }
        self.set_pending(self.config.stress);
        self.stats.live_bytes = live;
        self.stats.live_objects = sweep.live_objects;
        self.stats.count(kind, started.elapsed());
    }

    /// Marks from the roots and from the dirty cards; how many bytes of cards were dirty.
    fn mark(&mut self, kind: Kind, queued: bool, roots: impl FnOnce(&mut Marker<'_>)) -> u64 {
        let stack = std::mem::take(&mut self.mark_stack);
        let check = self.config.stress;
        let (marks, owners) = (&mut self.space.marks, &self.space.owners);
        let mut marker = Marker::new(self.mem, marks, owners, &self.types, stack, check);
        let looked = match kind {
            Kind::Full => 0,
            Kind::Minor => marker.scan_cards(&self.space.used),
        };
        self.handles.iter().for_each(|root| marker.mark(root));
        roots(&mut marker);
        let marked = marker.finish(queued);
        (self.mark_stack, self.bad_root) = (marked.stack, marked.bad_root);
        self.mark_stack.shrink_to(KEPT_STACK);
        looked
    }
}
