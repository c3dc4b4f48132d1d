//! What typed stack code reaches outside of itself, each by a grant of the host: streams, device
//! registers, interrupts.
//!
//! The compiled program calls host functions of the modules named here; where the host offers
//! none, the program is refused when it is linked.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kaa_doors::fir::{INTERRUPTS, IO, REGISTERS};

use crate::host::Host;

/// Streams that a program may have open.
const MAX_STREAMS: usize = 256;
/// Bytes that one read gives at most.
const MAX_READ: u64 = 16 << 20;
/// Interrupts have codes below this.
const MAX_CODES: usize = 64;

/// Offers streams: 0 reads from `input`, 2 writes to the standard error, and files are opened
/// where the host has granted `fs`, in the folders it has granted. Stream 1 is the output of the
/// store, for which no grant is needed.
pub fn offer_streams(host: &mut Host, input: impl Read + 'static) {
    let streams = Rc::new(RefCell::new(Streams { input: Box::new(input), files: Vec::new() }));
    let folders = host.folders.clone();
    let opening = streams.clone();
    host.func(IO, "open", move |path: &[u8], mode: i64| -> i64 {
        let path = std::str::from_utf8(path).ok();
        let path = path.and_then(|path| folders.as_ref()?.resolve(path).ok());
        let mut options = OpenOptions::new();
        match mode {
            0 => options.read(true),
            1 => options.write(true).create(true).truncate(true),
            _ => options.append(true).create(true),
        };
        let file = path.and_then(|path| options.open(path).ok());
        file.and_then(|file| opening.borrow_mut().add(file)).unwrap_or(-1)
    });
    let reading = streams.clone();
    host.func(IO, "read", move |stream: i64, count: i64| -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let count = u64::try_from(count).unwrap_or(0).min(MAX_READ);
        let mut streams = reading.borrow_mut();
        streams.reader(stream)?.take(count).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        Ok(bytes)
    });
    host.func(IO, "write", move |stream: i64, bytes: &[u8]| -> Result<(), String> {
        let written = match stream {
            2 => std::io::stderr().write_all(bytes),
            _ => streams.borrow_mut().file(stream)?.write_all(bytes),
        };
        written.map_err(|error| error.to_string())
    });
}

struct Streams {
    input: Box<dyn Read>,
    files: Vec<File>,
}

impl Streams {
    fn add(&mut self, file: File) -> Option<i64> {
        if self.files.len() == MAX_STREAMS {
            return None;
        }
        self.files.push(file);
        Some(self.files.len() as i64 + 2)
    }

    fn file(&mut self, stream: i64) -> Result<&mut File, String> {
        let place = usize::try_from(stream - 3).ok();
        let file = place.and_then(|place| self.files.get_mut(place));
        file.ok_or_else(|| format!("stream {stream} is not open"))
    }

    fn reader(&mut self, stream: i64) -> Result<&mut dyn Read, String> {
        match stream {
            0 => Ok(&mut *self.input),
            _ => self.file(stream).map(|file| file as &mut dyn Read),
        }
    }
}

/// The registers of a device. A host on the device itself reads and writes them volatile.
pub trait Registers {
    /// Reads `size` bytes of a register.
    fn read(&self, register: u32, size: u32) -> u64;

    /// Writes `size` bytes of a register.
    fn write(&self, register: u32, size: u32, bits: u64);
}

/// Registers that are memory, to try programs out. What is written is also listed.
#[derive(Debug, Default)]
pub struct RegisterBank {
    vals: RefCell<Vec<(u32, u64)>>,
    written: RefCell<Vec<(u32, u64)>>,
}

impl RegisterBank {
    /// A bank whose registers hold 0.
    pub fn new() -> RegisterBank {
        RegisterBank::default()
    }

    /// Sets a register from outside.
    pub fn set(&self, register: u32, bits: u64) {
        let mut vals = self.vals.borrow_mut();
        vals.retain(|(known, _)| *known != register);
        vals.push((register, bits));
    }

    /// All that was written, in order.
    pub fn written(&self) -> Vec<(u32, u64)> {
        self.written.borrow().clone()
    }
}

impl Registers for RegisterBank {
    fn read(&self, register: u32, _: u32) -> u64 {
        let vals = self.vals.borrow();
        vals.iter().find(|(known, _)| *known == register).map_or(0, |(_, bits)| *bits)
    }

    fn write(&self, register: u32, _: u32, bits: u64) {
        self.set(register, bits);
        self.written.borrow_mut().push((register, bits));
    }
}

/// Offers device registers.
pub fn offer_registers(host: &mut Host, registers: Rc<dyn Registers>) {
    let reads = registers.clone();
    host.func(REGISTERS, "read", move |register: i64, size: i64| -> i64 {
        reads.read(register as u32, size as u32) as i64
    });
    host.func(REGISTERS, "write", move |register: i64, size: i64, bits: i64| {
        registers.write(register as u32, size as u32, bits as u64);
    });
}

/// Interrupts that wait for a program: raised from any thread or signal handler, delivered when the
/// program comes to a safepoint.
#[derive(Clone, Debug)]
pub struct Interrupts {
    raised: Rc<[Arc<AtomicBool>]>,
}

impl Default for Interrupts {
    fn default() -> Self {
        Interrupts::new()
    }
}

impl Interrupts {
    /// No interrupt waits.
    pub fn new() -> Interrupts {
        Interrupts { raised: (0..MAX_CODES).map(|_| Arc::default()).collect() }
    }

    /// The flag of a code: setting it raises the interrupt.
    pub fn flag(&self, code: u32) -> Option<Arc<AtomicBool>> {
        self.raised.get(code as usize).cloned()
    }

    /// The next code that was raised, or -1.
    fn take(&self) -> i64 {
        let raised = |flag: &Arc<AtomicBool>| {
            flag.load(Ordering::Relaxed) && flag.swap(false, Ordering::AcqRel)
        };
        self.raised.iter().position(raised).map_or(-1, |code| code as i64)
    }
}

/// Offers interrupts. `watch` is told which codes a program handles, and which no longer.
pub fn offer_interrupts(
    host: &mut Host,
    interrupts: &Interrupts,
    watch: impl Fn(u32, bool) -> Result<(), String> + 'static,
) {
    let waiting = interrupts.clone();
    host.func(INTERRUPTS, "next", move || -> i64 { waiting.take() });
    host.func(INTERRUPTS, "watch", move |code: i64, on: bool| watch(code as u32, on));
}
