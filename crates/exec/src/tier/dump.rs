//! Machine code for the profiler `perf`, with its bytes: the form *jitdump*, as the file
//! `jitdump-specification.txt` of Linux's `perf` describes it.
//!
//! `perf inject --jit` makes an object file of each function from it, so that a profile can be
//! seen instruction by instruction. Where code lies without its bytes, the map of `kaa` tells.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::Placed;

/// `JiTD`, in the byte order of this machine.
const MAGIC: u32 = 0x4A69_5444;
const VERSION: u32 = 1;
const HEADER_BYTES: u32 = 40;
/// The record of code that was loaded, and what it has before the name.
const CODE_LOAD: u32 = 0;
const CODE_LOAD_BYTES: u32 = 56;
/// The number of this machine in ELF files.
const MACHINE: u32 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };

/// A file that tells about machine code as it is made.
pub struct JitDump {
    file: File,
    /// `perf` finds the file by a mapping of it that could be executed.
    #[cfg(target_os = "linux")]
    _mark: memmap2::Mmap,
    count: u64,
}

impl JitDump {
    /// Begins a file; `perf` wants it to be called `jit-PID.dump`.
    ///
    /// # Errors
    /// The file cannot be written, or this is not Linux.
    #[cfg(target_os = "linux")]
    pub fn create(path: &Path) -> io::Result<JitDump> {
        let mut file =
            File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        let mut header = Vec::new();
        for word in [MAGIC, VERSION, HEADER_BYTES, MACHINE, 0, std::process::id()] {
            header.extend(word.to_ne_bytes());
        }
        header.extend(now().to_ne_bytes());
        header.extend(0u64.to_ne_bytes());
        file.write_all(&header)?;
        let mut options = memmap2::MmapOptions::new();
        // SAFETY: nothing reads or runs what is mapped, so it may change or shrink as it likes.
        let mark = unsafe { options.len(HEADER_BYTES as usize).map_exec(&file)? };
        Ok(JitDump { file, _mark: mark, count: 0 })
    }

    /// Begins a file.
    ///
    /// # Errors
    /// This is not Linux.
    #[cfg(not(target_os = "linux"))]
    pub fn create(_: &Path) -> io::Result<JitDump> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Adds code that was put somewhere, under this name.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, name: &str, code: &Placed<'_>) -> io::Result<()> {
        self.file.write_all(&record(name, code, self.count, now()))?;
        self.count += 1;
        Ok(())
    }
}

/// The record of loaded code: its kind, size and time, the process and its thread, the address
/// twice, the size of the code, a number of its own, then the name and the bytes.
fn record(name: &str, code: &Placed<'_>, index: u64, time: u64) -> Vec<u8> {
    let name = name.replace('\0', " ");
    let size = CODE_LOAD_BYTES as usize + name.len() + 1 + code.bytes.len();
    let mut bytes = Vec::with_capacity(size);
    bytes.extend(CODE_LOAD.to_ne_bytes());
    bytes.extend((size as u32).to_ne_bytes());
    bytes.extend(time.to_ne_bytes());
    bytes.extend(std::process::id().to_ne_bytes());
    bytes.extend(std::process::id().to_ne_bytes());
    let address = code.address as u64;
    for number in [address, address, code.bytes.len() as u64, index] {
        bytes.extend(number.to_ne_bytes());
    }
    bytes.extend(name.as_bytes());
    bytes.push(0);
    bytes.extend(code.bytes);
    bytes
}

/// Nanoseconds on the clock that `perf record -k mono` uses.
#[cfg(target_os = "linux")]
fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec that may be written; where the clock is unknown, it stays 0.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// There is no such clock.
#[cfg(not(target_os = "linux"))]
fn now() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tier::Place;

    #[test]
    fn records_have_their_size_name_and_bytes() {
        let bytes = [0x90, 0xC3];
        let code =
            Placed { name: "f", place: Place::Start, line: 1, address: 0x1000, bytes: &bytes };
        let record = record("f", &code, 7, 5);
        assert_eq!(record.len(), 56 + 2 + 2);
        let word = |at: usize| u32::from_ne_bytes(record[at..at + 4].try_into().unwrap());
        let long = |at: usize| u64::from_ne_bytes(record[at..at + 8].try_into().unwrap());
        assert_eq!((word(0), word(4), long(8)), (0, record.len() as u32, 5));
        assert_eq!([long(24), long(32), long(40), long(48)], [0x1000, 0x1000, 2, 7]);
        assert_eq!(&record[56..], b"f\0\x90\xC3");
    }
}
