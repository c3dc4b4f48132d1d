//! The collector at work: programs of `benches/heap` that allocate much and keep much.
//!
//! The figures are those of `kaa run --stats=json`, and the resident size that the kernel tells
//! while the program runs. Of several runs the least of each figure counts: pauses are measured
//! on the clock, and whatever else the machine does can only make them longer.

use std::collections::BTreeSet;

use crate::child;
use crate::compare::program_names;

/// What one run took; every figure is better when it is less.
#[derive(Clone, Copy)]
struct Figures {
    ns_per_object: f64,
    collecting_ms: f64,
    minor_ms: f64,
    full_ms: f64,
    minors: f64,
    fulls: f64,
    live_mb: f64,
    objects: f64,
    resident_mb: f64,
}

/// Prints the table of the wanted programs, or of all; false where one fails.
pub fn run(runs: u32, wanted: &BTreeSet<String>) -> Result<bool, String> {
    let folder = kaa_testkit::workspace_root().join("benches/heap");
    let names = program_names(&folder, &["kaa"], wanted)?;
    println!(
        "| program | ns per allocation | collecting ms | minor: longest ms | full: longest ms \
              | live MB | live objects | resident / live |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut done = true;
    for name in names {
        let path = folder.join(format!("{name}.kaa")).to_string_lossy().into_owned();
        let command = [child::kaa_program(), "run".into(), "--stats=json".into(), path];
        match (0..runs).map(|_| measure(&command)).reduce(least).flatten() {
            Some(figures) => println!("| {name} | {} |", figures.text()),
            None => {
                eprintln!("bench: {name} fails");
                done = false;
            }
        }
    }
    Ok(done)
}

impl Figures {
    fn text(&self) -> String {
        let ratio = self.resident_mb / self.live_mb;
        format!(
            "{:.1} | {:.1} | {}: {:.2} | {}: {:.2} | {:.1} | {} | {ratio:.2}",
            self.ns_per_object,
            self.collecting_ms,
            self.minors,
            self.minor_ms,
            self.fulls,
            self.full_ms,
            self.live_mb,
            self.objects,
        )
    }
}

fn measure(command: &[String]) -> Option<Figures> {
    let done = child::measured(command)?;
    let number = |name: &str| -> Option<f64> {
        let (_, rest) = done.errors.split_once(&format!("\"{name}\":"))?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    Some(Figures {
        ns_per_object: done.seconds * 1e9 / number("allocations")?.max(1.0),
        collecting_ms: number("collecting_us")? / 1e3,
        minor_ms: number("longest_minor_us")? / 1e3,
        full_ms: number("longest_full_us")? / 1e3,
        minors: number("minor_collections")?,
        fulls: number("full_collections")?,
        live_mb: number("heap_live_peak_bytes")? / 1e6,
        objects: number("heap_live_peak_objects")?,
        resident_mb: done.resident_bytes as f64 / 1e6,
    })
}

/// The least of each figure; nothing if a run failed.
fn least(a: Option<Figures>, b: Option<Figures>) -> Option<Figures> {
    let (a, b) = (a?, b?);
    Some(Figures {
        ns_per_object: a.ns_per_object.min(b.ns_per_object),
        collecting_ms: a.collecting_ms.min(b.collecting_ms),
        minor_ms: a.minor_ms.min(b.minor_ms),
        full_ms: a.full_ms.min(b.full_ms),
        resident_mb: a.resident_mb.min(b.resident_mb),
        ..b
    })
}
