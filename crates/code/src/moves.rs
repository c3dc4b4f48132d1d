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
/// once. A cycle is broken through `scratch`; the result says whether it was needed.
pub(crate) fn sequence(moves: &[Move], scratch: u16) -> Vec<Move> {
    let mut out = Vec::with_capacity(moves.len());
    let is_noop = |m: &&Move| !matches!(m.from, Source::Slot(s, _) if s == m.to);
    let mut pending: Vec<Move> = moves.iter().filter(is_noop).copied().collect();
    let (constants, slots): (Vec<Move>, Vec<Move>) =
        pending.drain(..).partition(|m| matches!(m.from, Source::Const(..)));
    pending = slots;
    while !pending.is_empty() {
        let reads = |slot: u16, list: &[Move]| {
            list.iter().any(|m| matches!(m.from, Source::Slot(s, _) if s == slot))
        };
        let free = pending.iter().position(|m| !reads(m.to, &pending));
        match free {
            Some(i) => out.push(pending.swap_remove(i)),
            None => {
                // Only cycles are left: save one slot, and read the copy instead.
                let saved = pending[0].to;
                let mut float = false;
                for m in &mut pending {
                    if let Source::Slot(s, f) = &mut m.from
                        && *s == saved
                    {
                        *s = scratch;
                        float = *f;
                    }
                }
                out.push(Move { to: scratch, from: Source::Slot(saved, float) });
            }
        }
    }
    out.extend(constants);
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
    fn chains_swaps_and_cycles_read_old_values() {
        assert_eq!(run(&[(0, 1), (1, 2)])[..3], [1, 2, 2]);
        assert_eq!(run(&[(0, 1), (1, 0)])[..2], [1, 0]);
        assert_eq!(run(&[(0, 1), (1, 2), (2, 0), (3, 0)])[..4], [1, 2, 0, 0]);
        assert_eq!(run(&[(0, 1), (1, 0), (2, 3), (3, 2)])[..4], [1, 0, 3, 2]);
    }
}
