//! Interrupts of typed stack code as signals of the operating system.
//!
//! A signal that a program handles raises a flag, and the program finds it at its next safepoint;
//! all others do what they always do.

use std::cell::RefCell;
use std::collections::HashMap;

use kaa::Host;
use kaa::door::{Interrupts, offer_interrupts};
use signal_hook::SigId;

/// Offers interrupts whose codes are the numbers of signals.
pub fn offer(host: &mut Host) {
    let interrupts = Interrupts::new();
    let flags = interrupts.clone();
    let watched: RefCell<HashMap<u32, SigId>> = RefCell::default();
    offer_interrupts(host, &interrupts, move |code, on| {
        if let Some(known) = watched.borrow_mut().remove(&code) {
            signal_hook::low_level::unregister(known);
        }
        if !on {
            return Ok(());
        }
        let flag = flags.flag(code).ok_or("there is no such interrupt")?;
        let signal = i32::try_from(code).map_err(|error| error.to_string())?;
        if signal_hook::consts::FORBIDDEN.contains(&signal) {
            return Err(format!("signal {signal} cannot be handled"));
        }
        let known = signal_hook::flag::register(signal, flag).map_err(|e| e.to_string())?;
        watched.borrow_mut().insert(code, known);
        Ok(())
    });
}
