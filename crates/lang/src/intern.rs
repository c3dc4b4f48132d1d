//! Interned text: every distinct name or literal is stored once and compared by number.
//!
//! One [`Interner`] serves a whole compilation, so that a [`Symbol`] means the same text in every
//! file. It holds text only; what a name stands for is the resolver's business.
//!
//! The texts lie one behind the other in one string; a table of open addressing finds them. Both
//! grow by doubling, so that interning a known name touches two cache lines and allocates nothing.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Number of an interned text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol(pub u32);

/// A place of the table: the upper half of a hash and a symbol plus one, 0 if it is free.
#[derive(Clone, Copy, Default, Debug)]
struct Slot {
    hash: u32,
    next: u32,
}

/// Table of interned texts.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    text: String,
    /// End of each text; it begins where the one before ends.
    ends: Vec<usize>,
    /// A power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.write_u8(0xFF);
    hasher.finish()
}

impl Interner {
    /// An empty table.
    pub fn new() -> Interner {
        Interner::default()
    }

    /// The symbol of `text`, made at its first use.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = hash(text);
        match self.search(text, hash) {
            Ok(symbol) => symbol,
            Err(at) => {
                self.text.push_str(text);
                self.ends.push(self.text.len());
                let next = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
                self.slots[at] = Slot { hash: (hash >> 32) as u32, next };
                Symbol(next - 1)
            }
        }
    }

    /// The symbol of `text` if it was interned before.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        match self.slots.is_empty() {
            true => None,
            false => self.search(text, hash(text)).ok(),
        }
    }

    /// The text of a symbol of this table; empty for a foreign one.
    pub fn text(&self, symbol: Symbol) -> &str {
        let at = symbol.0 as usize;
        let start = at.checked_sub(1).and_then(|at| self.ends.get(at)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or("")
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was interned yet.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The symbol of `text`, or the free slot where its search ended.
    fn search(&self, text: &str, hash: u64) -> Result<Symbol, usize> {
        let mask = self.slots.len() - 1;
        let upper = (hash >> 32) as u32;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.next == 0 {
                return Err(at);
            }
            let symbol = Symbol(slot.next - 1);
            if slot.hash == upper && self.text(symbol) == text {
                return Ok(symbol);
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(256);
        self.slots.clear();
        self.slots.resize(size, Slot::default());
        let mask = size - 1;
        for number in 0..self.ends.len() as u32 {
            let hash = hash(self.text(Symbol(number)));
            let mut at = hash as usize & mask;
            while self.slots[at].next != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = Slot { hash: (hash >> 32) as u32, next: number + 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_text_same_symbol() {
        let mut names = Interner::new();
        assert_eq!(names.find("alpha"), None);
        let a = names.intern("alpha");
        let b = names.intern("beta");
        assert_ne!(a, b);
        assert_eq!(names.intern("alpha"), a);
        assert_eq!(names.text(b), "beta");
        assert_eq!(names.find("gamma"), None);
        assert_eq!(names.len(), 2);
        assert_eq!(names.text(Symbol(99)), "");
    }

    #[test]
    fn many_texts_and_the_empty_one() {
        let mut names = Interner::new();
        let empty = names.intern("");
        let symbols: Vec<_> = (0..10_000).map(|n| names.intern(&format!("name{n}"))).collect();
        for (n, &symbol) in symbols.iter().enumerate() {
            let text = format!("name{n}");
            assert_eq!(names.text(symbol), text);
            assert_eq!(names.find(&text), Some(symbol));
        }
        assert_eq!(names.intern(""), empty);
        assert_eq!(names.text(empty), "");
        assert_eq!(names.len(), 10_001);
    }
}
