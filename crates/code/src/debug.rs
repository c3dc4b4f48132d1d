//! Where the variables of the source are while a function runs: made for debuggers only.
//!
//! A variable is as many values as it has definitions, each with a slot for as long as it is read
//! again. What is never read again may have lost its slot, so that nothing is told of it.

use kaa_ir::{ValTy, Value};

use crate::prepare::{ConstKind, Prepared};
use crate::ranges::Ranges;
use crate::slots::Slots;

/// Where variables are.
#[derive(Clone, Debug, Default)]
pub struct DebugInfo {
    /// Words with the position of the instruction that they belong to, in order of the words.
    places: Vec<(u32, u32)>,
    named: Vec<Named>,
}

/// A value of a variable.
#[derive(Clone, Debug)]
pub struct Named {
    /// The variable.
    pub name: Box<str>,
    /// The type of the value.
    pub ty: ValTy,
    /// Where it is.
    pub home: ValueHome,
    ranges: Box<[(u32, u32)]>,
}

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueHome {
    /// In this slot of the frame.
    Slot(u16),
    /// Nowhere: it is always this, in slot form.
    Bits(u64),
}

impl DebugInfo {
    /// Notes that the words from `pc` on belong to the instruction at a position.
    pub(crate) fn place(&mut self, pc: u32, position: u32) {
        self.places.push((pc, position));
    }

    /// Notes all values of a function that belong to variables.
    pub(crate) fn name(&mut self, p: &Prepared, ranges: &Ranges, slots: &Slots) {
        let locals = &p.func.locals;
        let is_local = |v: Value| locals.of.iter().any(|local| local.0 == v);
        let texts = p.func.names.iter().filter(|(v, _)| !is_local(*v));
        let texts = texts.map(|(v, name)| (*v, name.as_str()));
        let vars = locals.of.iter().filter_map(|(v, name)| {
            let name = locals.names.get(*name as usize)?;
            Some((*v, &**name))
        });
        for (v, name) in vars.chain(texts) {
            self.named.extend(named(v, name, (p, ranges, slots)));
        }
    }

    /// The variables that have a value before the word at `pc` is executed, in the order of their
    /// names in the function, each once.
    pub fn at(&self, pc: u32) -> Vec<&Named> {
        let known = self.places.partition_point(|place| place.0 <= pc);
        let position = known.checked_sub(1).map_or(0, |i| self.places[i].1);
        let mut found: Vec<&Named> = Vec::new();
        let live = self.named.iter().filter(|one| one.is_live(position));
        let fixed = self.named.iter().filter(|one| one.ranges.is_empty());
        for one in live.chain(fixed) {
            if !found.iter().any(|known| known.name == one.name) {
                found.push(one);
            }
        }
        found
    }
}

impl Named {
    fn is_live(&self, position: u32) -> bool {
        self.ranges.iter().any(|range| range.0 <= position && position < range.1)
    }
}

fn named(v: Value, name: &str, at: (&Prepared, &Ranges, &Slots)) -> Option<Named> {
    let (p, ranges, slots) = at;
    let home = match (slots.get(v), p.consts.get(&v).map(|k| k.kind)) {
        (Some(slot), _) => ValueHome::Slot(slot),
        (None, Some(ConstKind::Bits(bits) | ConstKind::Float(bits))) => ValueHome::Bits(bits),
        _ => return None,
    };
    let ranges = match home {
        ValueHome::Slot(_) => ranges.of.get(v.0 as usize)?.clone(),
        ValueHome::Bits(_) => Vec::new(),
    };
    let is_nowhere = ranges.is_empty() && matches!(home, ValueHome::Slot(_));
    let ty = p.func.ty(v);
    (!is_nowhere).then(|| Named { name: name.into(), ty, home, ranges: ranges.into() })
}
