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
    CapFn { name: "time", sig: "() -> f64", run: |_, _| seconds(since_1970()) },
    CapFn { name: "monotonic", sig: "() -> f64", run: |c, _| seconds(elapsed(c)) },
    CapFn { name: "perf_counter", sig: "() -> f64", run: |c, _| seconds(elapsed(c)) },
    CapFn { name: "sleep", sig: "(f64)", run: sleep },
];

fn seconds(value: f64) -> Result<Outcome, Box<Fault>> {
    Ok(Outcome::Plain(Given::Slot(value.to_bits())))
}

fn since_1970() -> f64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
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
