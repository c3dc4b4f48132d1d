//! Mutated modules for the decoder, the verifier and the text form: none of them may panic,
//! and what the verifier accepts must round-trip.
//!
//! Bytes are changed at random, or with knowledge of the form: sections keep their right
//! lengths, LEB128 numbers are replaced by others, parts of one seed move into another. The
//! hash is not looked at. Used by a short test and by `examples/fuzz_modules.rs`.

use std::time::{Duration, Instant};

use kaa_base::wire::{Reader, Writer};
use kaa_ir::verify::verify;
use kaa_ir::{binary, text};

/// A small generator of pseudo-random numbers (xorshift64*), the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`; 0 for 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Report {
    pub mutants: u64,
    pub decoded: u64,
    pub accepted: u64,
    pub texts: u64,
    pub slowest: Duration,
}

/// Makes `count` mutants and looks at each.
pub fn run(seeds: &[Vec<u8>], count: u64, random_seed: u64) -> Report {
    let mut random = Random::new(random_seed);
    let mut report = Report::default();
    let seeds: Vec<_> = seeds.iter().map(|bytes| Sections::of(bytes)).collect();
    for _ in 0..count {
        let bytes = mutant(&seeds, &mut random);
        let start = Instant::now();
        look_at(&bytes, &mut random, &mut report);
        report.mutants += 1;
        report.slowest = report.slowest.max(start.elapsed());
    }
    report
}

fn look_at(bytes: &[u8], random: &mut Random, report: &mut Report) {
    let Ok(module) = binary::decode_ignoring_hash(bytes) else { return };
    report.decoded += 1;
    let verdict = verify(&module);
    if verdict.is_ok() {
        report.accepted += 1;
        let printed = text::print(&module);
        let parsed = text::parse(&printed);
        assert_eq!(parsed.as_ref(), Ok(&module), "{printed}");
        let bytes = binary::encode(&module);
        assert_eq!(binary::decode(&bytes).as_ref(), Ok(&module), "{printed}");
    } else if random.below(16) == 0 {
        // Whatever was decoded can be printed, and whatever is printed can be parsed or
        // refused; also with a piece torn out.
        report.texts += 1;
        let mut printed = text::print(&module);
        let cut = |i: usize| (i..=printed.len()).find(|i| printed.is_char_boundary(*i));
        let (a, b) = (cut(random.below(printed.len())), cut(random.below(printed.len())));
        if let (Some(a), Some(b)) = (a, b) {
            printed.replace_range(a.min(b)..a.max(b).min(a.min(b) + 20), "");
        }
        if let Ok(module) = text::parse(&printed) {
            let _ = verify(&module);
        }
    }
}

/// A module taken apart.
struct Sections {
    head: Vec<u8>,
    parts: Vec<(u8, Vec<u8>)>,
}

impl Sections {
    fn of(bytes: &[u8]) -> Self {
        let head = bytes[..14].to_vec();
        let mut r = Reader::new(&bytes[14..], 14);
        let mut parts = Vec::new();
        while !r.is_at_end() {
            let id = r.u8().expect("a section");
            let n = r.uleb().expect("a length");
            parts.push((id, r.bytes(n as usize).expect("its content").to_vec()));
        }
        Self { head, parts }
    }

    fn bytes(parts: &[(u8, Vec<u8>)], head: &[u8]) -> Vec<u8> {
        let mut w = Writer::new();
        w.bytes(head);
        for (id, content) in parts {
            w.u8(*id);
            w.uleb(content.len() as u64);
            w.bytes(content);
        }
        w.finish()
    }
}

fn mutant(seeds: &[Sections], random: &mut Random) -> Vec<u8> {
    let seed = &seeds[random.below(seeds.len())];
    let mut parts = seed.parts.clone();
    let changes = 1 + random.below(3);
    if random.below(5) == 0 || parts.is_empty() {
        let mut bytes = Sections::bytes(&parts, &seed.head);
        for _ in 0..changes {
            change(&mut bytes, &[], random);
        }
        return bytes;
    }
    for _ in 0..changes {
        let other = &seeds[random.below(seeds.len())];
        let i = random.below(parts.len());
        let id = parts[i].0;
        let donor = other.parts.iter().find(|p| p.0 == id).map_or(&[][..], |p| &p.1);
        match random.below(40) {
            0 => drop(parts.remove(i)),
            1 => parts[i].1 = donor.to_vec(),
            2 => {
                for part in &other.parts {
                    if parts.iter().all(|p| p.0 != part.0) {
                        parts.push(part.clone());
                    }
                }
                parts.sort_by_key(|p| p.0);
            }
            _ => change(&mut parts[i].1, donor, random),
        }
        if parts.is_empty() {
            break;
        }
    }
    Sections::bytes(&parts, &seed.head)
}

/// Changes some bytes.
fn change(bytes: &mut Vec<u8>, donor: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let Some(byte) = bytes.get_mut(at) else {
        bytes.push(random.next() as u8);
        return;
    };
    match random.below(9) {
        0 => *byte ^= 1 << random.below(8),
        1 => *byte = random.next() as u8,
        2 => *byte = byte.wrapping_add(1),
        3 => *byte = byte.wrapping_sub(1),
        4 => bytes.truncate(at),
        5 => drop(bytes.drain(at..(at + 1 + random.below(4)).min(bytes.len()))),
        6 => bytes.insert(at, random.below(20) as u8),
        7 => {
            let from = random.below(donor.len());
            let len = random.below(12).min(donor.len() - from);
            let to = (at + random.below(12)).min(bytes.len());
            bytes.splice(at..to, donor[from..from + len].iter().copied());
        }
        _ => replace_number(bytes, at, random),
    }
}

/// Puts another LEB128 number in the place of the one that begins here.
fn replace_number(bytes: &mut Vec<u8>, at: usize, random: &mut Random) {
    let mut r = Reader::new(&bytes[at..], 0);
    let Ok(old) = r.uleb() else { return };
    let len = r.offset();
    let other = random.below(bytes.len());
    let new = match random.below(6) {
        0 => old.wrapping_add(1),
        1 => old.wrapping_sub(1),
        2 => random.below(300) as u64,
        3 => Reader::new(&bytes[other..], 0).uleb().unwrap_or(0),
        4 => 1 << random.below(64),
        _ => random.next() >> random.below(64),
    };
    let mut w = Writer::new();
    w.uleb(new);
    bytes.splice(at..at + len, w.finish());
}
