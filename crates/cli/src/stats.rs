//! What a run took, for people or as JSON.

use std::fmt::Write;
use std::time::Duration;

use kaa::{Stats, Store, TierStats};

use crate::args::StatsForm;

/// How long each phase took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    /// Reading the file.
    pub read: Duration,
    /// From source, text or bytes to a verified module.
    pub compile: Duration,
    /// Making a store and linking.
    pub link: Duration,
    /// Running, with lowering and collecting.
    pub run: Duration,
}

/// Names of refused functions that are shown, at most.
const MAX_NAMES: usize = 8;

/// All figures of a run.
struct Figures {
    stats: Stats,
    tier: TierStats,
    /// Functions that were not compiled, and why.
    refused: String,
    phases: Phases,
}

/// Writes figures in one of the forms.
pub fn show(form: StatsForm, store: &Store, phases: &Phases) -> String {
    let figures = Figures {
        stats: store.stats(),
        tier: store.tier_stats(),
        refused: names(store.refusals()),
        phases: *phases,
    };
    match form {
        StatsForm::Text => text(&figures),
        StatsForm::Json => json(&figures),
    }
}

/// Refused functions in one line.
fn names<'a>(refused: impl Iterator<Item = (&'a str, &'static str)>) -> String {
    let all: Vec<String> = refused.map(|(name, why)| format!("{name}: {why}")).collect();
    let mut out = all.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > MAX_NAMES {
        let _ = write!(out, " and {} more", all.len() - MAX_NAMES);
    }
    out
}

fn text(figures: &Figures) -> String {
    let Figures { stats, tier, refused, phases } = figures;
    let heap = &stats.heap;
    let fulls = heap.collections - heap.minor_collections;
    let ms = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
    let refused = match refused.is_empty() {
        true => "0".to_owned(),
        false => format!("{} ({refused})", tier.refused),
    };
    let rows = [
        ("instructions", stats.instructions.to_string()),
        ("calls", stats.calls.to_string()),
        ("functions lowered", format!("{} ({} words)", stats.lowered, stats.code_words)),
        ("compiled", format!("{} functions, {} loops", tier.functions, tier.loops)),
        ("loops entered", tier.loop_entries.to_string()),
        ("not compiled", refused),
        ("machine code", format!("{} bytes", tier.bytes)),
        ("to machine code", ms(Duration::from_nanos(tier.nanos))),
        ("allocations", heap.allocations.to_string()),
        ("bytes allocated", heap.allocated_bytes.to_string()),
        ("collections", format!("{} minor, {fulls} full", heap.minor_collections)),
        ("collecting", ms(heap.gc_time)),
        ("longest minor", ms(heap.longest_minor)),
        ("longest full", ms(heap.longest_full)),
        ("heap peak", format!("{} bytes", heap.peak_bytes)),
        ("heap at the end", format!("{} bytes", heap.used_bytes)),
        ("live, at most", format!("{} bytes", heap.live_peak_bytes)),
        ("reading", ms(phases.read)),
        ("compiling", ms(phases.compile)),
        ("linking", ms(phases.link)),
        ("running", ms(phases.run)),
    ];
    let mut out = String::new();
    for (name, value) in rows {
        let _ = writeln!(out, "{name:>18}  {value}");
    }
    out.truncate(out.trim_end().len());
    out
}

fn json(figures: &Figures) -> String {
    let Figures { stats, tier, phases, .. } = figures;
    let heap = &stats.heap;
    let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let rows = [
        ("instructions", stats.instructions),
        ("calls", stats.calls),
        ("functions_lowered", stats.lowered),
        ("code_words", stats.code_words),
        ("functions_compiled", tier.functions),
        ("loops_compiled", tier.loops),
        ("loop_entries", tier.loop_entries),
        ("not_compiled", tier.refused),
        ("machine_code_bytes", tier.bytes),
        ("machine_code_us", tier.nanos / 1000),
        ("allocations", heap.allocations),
        ("allocated_bytes", heap.allocated_bytes),
        ("minor_collections", heap.minor_collections),
        ("full_collections", heap.collections - heap.minor_collections),
        ("collecting_us", us(heap.gc_time)),
        ("longest_minor_us", us(heap.longest_minor)),
        ("longest_full_us", us(heap.longest_full)),
        ("heap_peak_bytes", heap.peak_bytes),
        ("heap_used_bytes", heap.used_bytes),
        ("heap_live_peak_bytes", heap.live_peak_bytes),
        ("heap_live_peak_objects", heap.live_peak_objects),
        ("read_us", us(phases.read)),
        ("compile_us", us(phases.compile)),
        ("link_us", us(phases.link)),
        ("run_us", us(phases.run)),
    ];
    let parts: Vec<String> = rows.iter().map(|(name, n)| format!("\"{name}\":{n}")).collect();
    format!("{{{}}}", parts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_tell_all_figures() {
        let figures = Figures {
            stats: Stats { instructions: 77, ..Stats::default() },
            tier: TierStats { functions: 3, refused: 9, ..TierStats::default() },
            refused: names((0..9).map(|_| ("f", "too large"))),
            phases: Phases::default(),
        };
        let told = text(&figures);
        assert!(told.lines().any(|line| line.ends_with("instructions  77")), "{told}");
        assert!(told.contains("compiled  3 functions, 0 loops"), "{told}");
        assert!(told.contains("not compiled  9 (f: too large, f:"), "{told}");
        assert!(told.contains(" and 1 more)"), "{told}");
        let told = json(&figures);
        assert!(told.starts_with("{\"instructions\":77,") && told.ends_with("\"run_us\":0}"));
        assert!(told.contains("\"functions_compiled\":3,"), "{told}");
    }
}
