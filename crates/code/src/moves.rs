//! Parallel moves: several slots get new contents at once.

/// Where a move takes its value from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// Another slot; whether it holds an `f64`.
    Slot(u16, bool),
    /// A constant in slot form; whether it is an `f64`.
    Const(u64, bool),
}

/// One step of the sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Move {
    /// The slot that is written.
    pub to: u16,
    /// What it gets.
    pub from: Source,
}

/// Orders moves so that no source is overwritten before it is read. Each destination occurs
/// once. A cycle is broken through `scratch`.
pub(crate) fn sequence(moves: &[Move], scratch: u16) -> Vec<Move> {
    let mut out = Vec::with_capacity(moves.len() + 1);
    let is_noop = |m: &Move| matches!(m.from, Source::Slot(s, _) if s == m.to);
    // Ordered by destination, so that the move into a slot is found by searching.
    let mut pending: Vec<Move> = moves
        .iter()
        .filter(|m| matches!(m.from, Source::Slot(..)) && !is_noop(m))
        .copied()
        .collect();
    pending.sort_unstable_by_key(|m| m.to);
    let into = |slot: u16| pending.binary_search_by_key(&slot, |m| m.to).ok();
    let source = |i: usize| match pending[i].from {
        Source::Slot(s, float) => (s, float),
        Source::Const(..) => (pending[i].to, false),
    };
    // How many moves that are still to come read the slot that each one writes.
    let mut readers = vec![0u32; pending.len()];
    let read: Vec<Option<usize>> = (0..pending.len()).map(|i| into(source(i).0)).collect();
    read.iter().flatten().for_each(|i| readers[*i] += 1);
    let mut done = vec![false; pending.len()];
    let mut ready: Vec<usize> = (0..pending.len()).rev().filter(|i| readers[*i] == 0).collect();
    let mut saved = None;
    for first in 0..pending.len() {
        while let Some(i) = ready.pop() {
            let (slot, float) = source(i);
            let from = if saved == Some(slot) { scratch } else { slot };
            out.push(Move { to: pending[i].to, from: Source::Slot(from, float) });
            done[i] = true;
            if let Some(next) = read[i].filter(|next| !done[*next]) {
                readers[next] -= 1;
                if readers[next] == 0 {
                    ready.push(next);
                }
            }
        }
        // Only cycles are left, in which each slot has one reader: save one slot, and read the
        // copy instead.
        if !done[first] {
            let to = pending[first].to;
            out.push(Move { to: scratch, from: Source::Slot(to, false) });
            saved = Some(to);
            ready.push(first);
        }
    }
    out.extend(moves.iter().filter(|m| matches!(m.from, Source::Const(..))));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a sequence on numbered slots.
    fn run(moves: &[(u16, u16)]) -> Vec<u64> {
        let list: Vec<Move> = moves
            .iter()
            .map(|(to, from)| Move { to: *to, from: Source::Slot(*from, false) })
            .collect();
        let mut slots: Vec<u64> = (0..10).collect();
        for step in sequence(&list, 9) {
            slots[usize::from(step.to)] = match step.from {
                Source::Slot(s, _) => slots[usize::from(s)],
                Source::Const(bits, _) => bits,
            };
        }
        slots[..9].to_vec()
    }

    #[test]
    fn many_moves_take_time_in_their_number() {
        let one = |i: u16| Move { to: i, from: Source::Slot(i + 1, false) };
        let chain: Vec<Move> = (0..60_000).map(one).collect();
        assert_eq!(sequence(&chain, u16::MAX), chain);
    }

    #[test]
    fn chains_swaps_and_cycles_read_old_values() {
        assert_eq!(run(&[(0, 1), (1, 2)])[..3], [1, 2, 2]);
        assert_eq!(run(&[(0, 1), (1, 0)])[..2], [1, 0]);
        assert_eq!(run(&[(0, 1), (1, 2), (2, 0), (3, 0)])[..4], [1, 2, 0, 0]);
        assert_eq!(run(&[(0, 1), (1, 0), (2, 3), (3, 2)])[..4], [1, 0, 3, 2]);
        assert_eq!(run(&[(5, 2), (2, 5), (7, 5), (0, 7), (3, 0)])[..8], [7, 1, 5, 0, 4, 2, 6, 5]);
    }
}
