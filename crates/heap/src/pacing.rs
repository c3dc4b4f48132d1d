//! When to collect, and whether all of the heap: numbers only.
//!
//! A minor collection is due when the young bytes reach a budget that adapts to what survives;
//! a full one when what is marked and what was allocated since exceed what was live after the
//! last full one by the growth factor. What a collection does is in `collect`.

use crate::stats::HeapConfig;

/// Collections in a row that may free next to nothing before the heap counts as full.
const MAX_STRIKES: u32 = 8;
/// After this many full collections the minor budget is cut, in case the program has changed.
const FULLS_PER_CUT: u64 = 4;
/// The least bytes between two collections, as a part of the initial budget.
const LEAST_PART: u64 = 4;
/// In stress mode, one of this many collections is full.
const STRESS_FULL: u64 = 4;

/// How much a collection looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only what was allocated since the last collection, and what may refer to it.
    Minor,
    /// All objects.
    Full,
}

/// The state of the decision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pacing {
    /// Bytes handed out since the last collection.
    since: u64,
    /// Bytes that may be handed out until the next.
    due: u64,
    /// Bytes between minor collections.
    budget: u64,
    /// Bytes that were marked after the last collection.
    marked: u64,
    /// As many bytes marked and handed out need a full collection.
    full_at: u64,
    fulls: u64,
    /// Nothing was handed out since the last full collection.
    fresh: bool,
    /// An allocation failed for the limit since the last collection.
    pressed: bool,
    /// Full collections in a row that were pressed for and freed little.
    strikes: u32,
}

impl Pacing {
    pub(crate) fn new(config: &HeapConfig) -> Pacing {
        let due = config.initial_budget.min(config.limit_bytes / 2);
        let due = due.min(least_budget(config, 0));
        Pacing { due, budget: due, full_at: due, ..Pacing::default() }
    }

    /// Counts bytes that are handed out; is a collection due?
    pub(crate) fn spend(&mut self, bytes: u64) -> bool {
        self.fresh = false;
        self.since += bytes;
        self.since >= self.due
    }

    /// An allocation does not fit. Is there no hope that a collection makes room?
    pub(crate) fn press(&mut self) -> bool {
        if self.fresh || self.strikes >= MAX_STRIKES {
            // The program may drop something and try again.
            (self.fresh, self.strikes) = (false, 0);
            return true;
        }
        self.pressed = true;
        false
    }

    /// Which collection comes next, the one of this number.
    pub(crate) fn next(&self, config: &HeapConfig, number: u64) -> Kind {
        let full = match config.stress {
            true => number % STRESS_FULL == STRESS_FULL - 1,
            false => self.marked + self.since >= self.full_at,
        };
        if full || self.pressed { Kind::Full } else { Kind::Minor }
    }

    /// A minor collection has left `marked` bytes, and looked at `looked` bytes of old objects.
    pub(crate) fn after_minor(&mut self, config: &HeapConfig, marked: u64, looked: u64) {
        let work = marked.saturating_sub(self.marked) + looked;
        if work > self.since / 2 {
            let more = if work > self.since / 4 * 3 { 4 } else { 2 };
            self.budget = (self.budget * more).min(config.limit_bytes);
        } else if work < self.since / 4 {
            self.budget = (self.budget / 2).max(least_budget(config, marked));
        }
        self.begin(config, marked);
    }

    /// A full collection has left `marked` bytes.
    pub(crate) fn after_full(&mut self, config: &HeapConfig, marked: u64) {
        let growth = (config.growth - 1.0).clamp(0.1, 100.0);
        let room = (marked as f64 * growth) as u64;
        // A small heap grows by less: what that saves is more than what a full collection costs.
        let room = (room / 2).max(room.saturating_sub(config.initial_budget / 4));
        let room = room.max(config.initial_budget / LEAST_PART * 3);
        self.full_at = marked.saturating_add(room);
        let little = config.limit_bytes.saturating_sub(marked) < config.limit_bytes / 32;
        self.strikes = if self.pressed && little { self.strikes + 1 } else { 0 };
        self.fulls += 1;
        if self.fulls.is_multiple_of(FULLS_PER_CUT) {
            self.budget /= 4;
        }
        self.budget = self.budget.max(least_budget(config, marked));
        self.begin(config, marked);
        self.fresh = true;
    }

    fn begin(&mut self, config: &HeapConfig, marked: u64) {
        let limit = config.limit_bytes;
        let least = config.initial_budget / LEAST_PART;
        let left = self.full_at.saturating_sub(marked).max(least);
        let due = if self.budget <= left / 2 {
            self.budget
        } else if self.budget <= least_budget(config, marked) && least <= left / 2 {
            // Little survives, so some minor collections still put the full one off.
            left / 2
        } else {
            left
        };
        // Natives cannot collect, so the next collection should come well before the limit.
        let near = (limit.saturating_sub(marked) / 2).max(limit / 64);
        self.due = due.min(near);
        (self.marked, self.since, self.pressed) = (marked, 0, false);
    }
}

/// The least budget between minor collections of a heap with so many live bytes: what is young
/// should be little beside what is live, and stay in the cache of a small heap.
fn least_budget(config: &HeapConfig, live: u64) -> u64 {
    (live / 4).clamp(config.initial_budget / LEAST_PART, config.initial_budget)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    fn config() -> HeapConfig {
        HeapConfig { limit_bytes: 1 << 30, ..HeapConfig::default() }
    }

    /// Hands out what may be handed out and tells which collection is due.
    fn run(pacing: &mut Pacing) -> (u64, Kind) {
        let bytes = pacing.due;
        assert!(!pacing.spend(bytes - 1));
        assert!(pacing.spend(1));
        (bytes, pacing.next(&config(), 0))
    }

    #[test]
    fn minor_collections_come_until_the_old_part_has_doubled() {
        let mut pacing = Pacing::new(&config());
        pacing.after_full(&config(), 20 * MB);
        let (mut old, mut minors) = (20 * MB, 0);
        loop {
            let (bytes, kind) = run(&mut pacing);
            if kind == Kind::Full {
                break;
            }
            assert!((MB..=4 * MB).contains(&bytes), "{bytes}");
            (old, minors) = (old + bytes / 4, minors + 1);
            pacing.after_minor(&config(), old, 0);
        }
        assert!((34 * MB..39 * MB).contains(&old), "{old}");
        assert!(minors > 15, "{minors}");
    }

    #[test]
    fn the_budget_follows_what_survives() {
        let mut pacing = Pacing::new(&config());
        let mut old = 100 * MB;
        pacing.after_full(&config(), old);
        for budget in [4, 8, 16, 32] {
            assert_eq!(run(&mut pacing), (budget * MB, Kind::Minor));
            old += budget * MB * 3 / 4;
            pacing.after_minor(&config(), old, 0);
        }
        pacing.budget = 128 * MB;
        pacing.after_minor(&config(), old, 0);
        assert_eq!(run(&mut pacing).1, Kind::Full, "nothing dies young");
        pacing.after_full(&config(), old);
        pacing.budget = 32 * MB;
        pacing.after_minor(&config(), old, 0);
        for budget in [32, 16, 8, 4, 4] {
            assert_eq!(run(&mut pacing), (budget * MB, Kind::Minor));
            pacing.after_minor(&config(), old, 0);
        }
        assert_eq!(run(&mut pacing), (4 * MB, Kind::Minor));
        pacing.after_minor(&config(), old, 3 * MB);
        assert_eq!(pacing.due, 8 * MB, "looking at old objects is work as well");
    }

    #[test]
    fn small_heaps_stay_small() {
        let mut pacing = Pacing::new(&config());
        for (live, room) in [(0, 3), (2, 3), (6, 5), (8, 7), (16, 15), (100, 99)] {
            pacing.after_full(&config(), live * MB);
            assert_eq!(pacing.full_at, (live + room) * MB);
        }
    }

    #[test]
    fn pressure_makes_the_next_collection_full() {
        let mut pacing = Pacing::new(&config());
        pacing.after_full(&config(), 900 * MB);
        assert!(pacing.press(), "nothing was handed out");
        pacing.spend(1);
        assert!(!pacing.press());
        assert_eq!(pacing.next(&config(), 0), Kind::Full);
    }
}
