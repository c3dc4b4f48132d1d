//! What is known of each variable at the point that is being checked: whether it is assigned,
//! whether its option is known to hold a value, and whether the point can be reached at all.
//!
//! Changes are logged, so that a branch costs what it changes and not what there is: [`Flow::fork`]
//! before it, [`Flow::leave`] behind it (which goes back to the fork), [`Flow::join`] of all exits.

use crate::hir::LocalId;
use kaa_base::entity::Entity;
use rustc_hash::FxHashMap;

/// On which of the paths that lead here a variable was assigned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Assigned {
    /// On none.
    No,
    /// On some.
    Maybe,
    /// On all.
    Yes,
}

/// What is known of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VarState {
    /// Whether it is assigned.
    pub assigned: Assigned,
    /// Whether its value is an option that is known to be present.
    pub present: bool,
}

/// State at the current point.
#[derive(Debug)]
pub struct Flow {
    states: Vec<VarState>,
    log: Vec<(LocalId, VarState)>,
    /// Whether the point can be reached.
    pub reachable: bool,
}

/// A point to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Fork {
    mark: usize,
    reachable: bool,
}

/// What a branch changed.
#[derive(Debug)]
pub struct Exit {
    reachable: bool,
    changes: Vec<(LocalId, VarState)>,
}

impl Default for Flow {
    fn default() -> Flow {
        Flow { states: Vec::new(), log: Vec::new(), reachable: true }
    }
}

impl Flow {
    /// Begins to follow the next variable.
    pub fn declare(&mut self, assigned: Assigned) {
        self.states.push(VarState { assigned, present: false });
    }

    /// What is known of a variable.
    pub fn get(&self, local: LocalId) -> VarState {
        let unknown = VarState { assigned: Assigned::Yes, present: false };
        self.states.get(local.index()).copied().unwrap_or(unknown)
    }

    /// Records what is known from here on.
    pub fn set(&mut self, local: LocalId, state: VarState) {
        if let Some(slot) = self.states.get_mut(local.index())
            && *slot != state
        {
            self.log.push((local, *slot));
            *slot = state;
        }
    }

    /// Records whether an option is known to be present.
    pub fn set_present(&mut self, local: LocalId, present: bool) {
        let state = self.get(local);
        self.set(local, VarState { present, ..state });
    }

    /// The point before a branch.
    pub fn fork(&self) -> Fork {
        Fork { mark: self.log.len(), reachable: self.reachable }
    }

    /// What was changed since the fork; the state stays.
    pub fn snapshot(&mut self, fork: Fork) -> Exit {
        let mut changes = Vec::new();
        if self.log.len() > fork.mark {
            let mut locals: Vec<LocalId> = self.log[fork.mark..].iter().map(|c| c.0).collect();
            locals.sort_unstable();
            locals.dedup();
            changes.extend(locals.into_iter().map(|local| (local, self.get(local))));
        }
        Exit { reachable: self.reachable, changes }
    }

    /// What was changed since the fork; goes back to it.
    pub fn leave(&mut self, fork: Fork) -> Exit {
        let exit = self.snapshot(fork);
        for (local, state) in self.log.drain(fork.mark..).rev() {
            self.states[local.index()] = state;
        }
        self.reachable = fork.reachable;
        exit
    }

    /// Goes on where all these paths meet, each of which began at the current point.
    pub fn join(&mut self, exits: &[Exit]) {
        let mut open = exits.iter().filter(|exit| exit.reachable);
        let (Some(first), second) = (open.next(), open.next()) else {
            self.reachable = false;
            return;
        };
        if second.is_none() {
            for &(local, state) in &first.changes {
                self.set(local, state);
            }
            return;
        }
        let mut paths = 0;
        let mut sums: FxHashMap<LocalId, Sum> = FxHashMap::default();
        for exit in exits.iter().filter(|exit| exit.reachable) {
            paths += 1;
            for &(local, state) in &exit.changes {
                sums.entry(local).or_default().add(state, 1);
            }
        }
        for (local, mut sum) in sums {
            sum.add(self.get(local), paths - sum.paths);
            self.set(local, sum.state());
        }
    }
}

/// States of one variable on several paths.
#[derive(Clone, Copy, Default)]
struct Sum {
    paths: u32,
    assigned: u32,
    maybe: u32,
    present: u32,
}

impl Sum {
    fn add(&mut self, state: VarState, paths: u32) {
        self.paths += paths;
        match state.assigned {
            Assigned::Yes => self.assigned += paths,
            Assigned::Maybe => self.maybe += paths,
            Assigned::No => {}
        }
        self.present += if state.present { paths } else { 0 };
    }

    fn state(self) -> VarState {
        let assigned = if self.assigned == self.paths {
            Assigned::Yes
        } else if self.assigned + self.maybe > 0 {
            Assigned::Maybe
        } else {
            Assigned::No
        };
        VarState { assigned, present: self.present == self.paths }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assign(flow: &mut Flow, local: u32) {
        flow.set(LocalId(local), VarState { assigned: Assigned::Yes, present: false });
    }

    #[test]
    fn branches_meet() {
        let mut flow = Flow::default();
        (0..3).for_each(|_| flow.declare(Assigned::No));
        let fork = flow.fork();
        assign(&mut flow, 0);
        assign(&mut flow, 1);
        let then = flow.leave(fork);
        assert_eq!(flow.get(LocalId(0)).assigned, Assigned::No);
        assign(&mut flow, 0);
        let other = flow.leave(fork);
        flow.join(&[then, other]);
        let states: Vec<_> = (0..3).map(|i| flow.get(LocalId(i)).assigned).collect();
        assert_eq!(states, [Assigned::Yes, Assigned::Maybe, Assigned::No]);
    }

    #[test]
    fn paths_that_end_do_not_count() {
        let mut flow = Flow::default();
        flow.declare(Assigned::No);
        let fork = flow.fork();
        flow.reachable = false;
        let then = flow.leave(fork);
        assign(&mut flow, 0);
        let other = flow.leave(fork);
        flow.join(&[then, other]);
        assert!(flow.reachable);
        assert_eq!(flow.get(LocalId(0)).assigned, Assigned::Yes);
    }
}
