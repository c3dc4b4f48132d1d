//! The functions of `time`.

use std::time::{Duration, Instant, SystemTime};

use kaa_exec::native::{Call, Fault};
use kaa_isa::TrapKind;

use super::CapFn;
use crate::host::{Given, Outcome};

/// The longest sleep without a look at interrupts.
const NAP: Duration = Duration::from_millis(10);

/// Where the clock that never goes back began.
pub struct Clock(Instant);

impl Clock {
    /// Begins now.
    pub fn start() -> Clock {
        Clock(Instant::now())
    }
}

pub(super) const FUNCS: &[CapFn<Clock>] = &[
    CapFn { name: "time", sig: "() -> f64", run: |_, _| seconds(since_1970(SystemTime::now())) },
    CapFn { name: "monotonic", sig: "() -> f64", run: |c, _| seconds(elapsed(c)) },
    CapFn { name: "perf_counter", sig: "() -> f64", run: |c, _| seconds(elapsed(c)) },
    CapFn { name: "process_time", sig: "() -> f64", run: |c, _| seconds(computed(c)) },
    CapFn { name: "time_ns", sig: "() -> i64", run: |_, _| nanoseconds(ns_since_1970()) },
    CapFn { name: "monotonic_ns", sig: "() -> i64", run: |c, _| nanoseconds(elapsed_ns(c)) },
    CapFn { name: "sleep", sig: "(f64)", run: sleep },
];

fn seconds(value: f64) -> Result<Outcome, Box<Fault>> {
    Ok(Outcome::Plain(Given::Slot(value.to_bits())))
}

fn nanoseconds(value: i128) -> Result<Outcome, Box<Fault>> {
    let value = i64::try_from(value).map_err(|_| TrapKind::Overflow)?;
    Ok(Outcome::Plain(Given::Slot(value as u64)))
}

fn ns_since_1970() -> i128 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

fn elapsed_ns(clock: &Clock) -> i128 {
    clock.0.elapsed().as_nanos() as i128
}

/// Seconds that the processor worked for the process, where the system tells.
fn computed(clock: &Clock) -> f64 {
    /// Ticks that the system counts in a second.
    const TICKS: f64 = 100.0;
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the process, which may hold anything, ends with the last bracket.
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |at: usize| rest.split_whitespace().nth(at).and_then(|n| n.parse::<f64>().ok());
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => (user + system) / TICKS,
        _ => elapsed(clock),
    }
}

/// The seconds from the start of 1970 to a moment.
pub(super) fn since_1970(moment: SystemTime) -> f64 {
    match moment.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => after.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

fn elapsed(clock: &Clock) -> f64 {
    clock.0.elapsed().as_secs_f64()
}

fn sleep(_: &Clock, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let time = Duration::try_from_secs_f64(call.float(0)).map_err(|_| {
        let shown = call.float(0);
        Fault::new(TrapKind::InvalidValue, format!("nobody can sleep for {shown} seconds"))
    })?;
    let end = Instant::now().checked_add(time);
    loop {
        if call.is_interrupted() {
            return Err(TrapKind::Interrupted.into());
        }
        // A time that no clock reaches never ends.
        let left = end.map_or(NAP, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            break;
        }
        std::thread::sleep(left.min(NAP));
    }
    Ok(Outcome::Plain(Given::Unit))
}
