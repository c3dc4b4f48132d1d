//! A log of the copies that writes to shared objects make, for those who ask where they come from.
//!
//! The engine notes in the context page which instruction runs; the heap counts copies by that
//! word and does not know what it means. What a copy is, is in `object`.

use crate::Heap;
use crate::header::GcRef;
use crate::mem::CONTEXT_BYTES;
use crate::types::TypeKind;
use std::collections::BTreeMap;

/// How many copies were made, and how large they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// Objects.
    pub count: u64,
    /// Bytes of what they hold.
    pub bytes: u64,
}

/// Copies by the word that the engine had noted.
#[derive(Debug, Default)]
pub(crate) struct CopyLog {
    word: usize,
    by_place: BTreeMap<u64, Copies>,
}

impl Heap {
    /// Counts copies from now on, by the word at this offset of the context page.
    ///
    /// # Panics
    /// Where the word is not within the engine's part of the page.
    pub fn log_copies(&mut self, word: usize) {
        assert!(word.is_multiple_of(8) && word + 8 <= CONTEXT_BYTES, "a word of the context");
        self.copies = Some(Box::new(CopyLog { word, ..CopyLog::default() }));
    }

    /// The copies that were counted, by the noted word.
    pub fn copies(&self) -> impl Iterator<Item = (u64, Copies)> + '_ {
        let logs = self.copies.iter().flat_map(|log| &log.by_place);
        logs.map(|(place, copies)| (*place, *copies))
    }

    /// Counts a copy of an object, where that is wanted.
    pub(crate) fn note_copy(&mut self, object: GcRef) {
        let Some(word) = self.copies.as_ref().map(|log| log.word) else { return };
        let bytes = self.content_bytes(object);
        // SAFETY: `log_copies` found the word inside the context page, which is mapped as long
        // as the heap lives and aligned to its size.
        let place = unsafe { self.context_page().wrapping_add(word).cast::<u64>().read() };
        if let Some(log) = &mut self.copies {
            let copies = log.by_place.entry(place).or_default();
            copies.count += 1;
            copies.bytes += bytes;
        }
    }

    /// Bytes of the elements, entries or fields of an object.
    fn content_bytes(&self, object: GcRef) -> u64 {
        let info = self.types.info(self.type_of(object));
        let stride = u64::from(info.shape.stride);
        match info.desc.kind {
            TypeKind::List { .. } => stride * u64::from(self.list_len(object)),
            TypeKind::Map { .. } => stride * u64::from(self.map_len(object)),
            TypeKind::Array { .. } => stride * u64::from(self.array_len(object)),
            _ => u64::from(info.bytes),
        }
    }
}
