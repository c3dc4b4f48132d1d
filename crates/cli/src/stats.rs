//! What a run took, for people or as JSON.

use std::fmt::Write;
use std::time::Duration;

use kaa::Stats;

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

/// Writes figures in one of the forms.
pub fn show(form: StatsForm, stats: &Stats, phases: &Phases) -> String {
    match form {
        StatsForm::Text => text(stats, phases),
        StatsForm::Json => json(stats, phases),
    }
}

fn text(stats: &Stats, phases: &Phases) -> String {
    let heap = &stats.heap;
    let fulls = heap.collections - heap.minor_collections;
    let ms = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
    let rows = [
        ("instructions", stats.instructions.to_string()),
        ("calls", stats.calls.to_string()),
        ("functions lowered", format!("{} ({} words)", stats.lowered, stats.code_words)),
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

fn json(stats: &Stats, phases: &Phases) -> String {
    let heap = &stats.heap;
    let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let rows = [
        ("instructions", stats.instructions),
        ("calls", stats.calls),
        ("functions_lowered", stats.lowered),
        ("code_words", stats.code_words),
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
        let stats = Stats { instructions: 77, ..Stats::default() };
        let text = show(StatsForm::Text, &stats, &Phases::default());
        assert!(text.lines().any(|line| line.ends_with("instructions  77")), "{text}");
        let json = show(StatsForm::Json, &stats, &Phases::default());
        assert!(json.starts_with("{\"instructions\":77,") && json.ends_with("\"run_us\":0}"));
    }
}
