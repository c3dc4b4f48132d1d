//! Machine code for tools: listings, and maps for profilers. How code is made and run is the
//! business of `kaa-jit` and `kaa-exec`.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use kaa_exec::tier::{JitDump, Place, Placed, Target, Unit};

use crate::error::Error;
use crate::store::{Instance, Store};

/// The machine code of a function, as it is before it is put anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeCode {
    /// The name of the function.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The source file.
    pub file: String,
    /// For parts of the code, in order, the first byte and the source line.
    pub lines: Vec<(u32, u32)>,
    /// Where distances to other functions are filled in later, and their names.
    pub calls: Vec<(u32, String)>,
}

impl Store {
    /// Compiles the functions of a module, or those with a name; only where
    /// [`Config::native_lines`](crate::Config::native_lines) is set. Functions that the compiler
    /// refuses are not there.
    ///
    /// # Errors
    /// A function that is too large to be lowered.
    pub fn native_code(
        &mut self,
        instance: Instance,
        only: Option<&str>,
    ) -> Result<Vec<NativeCode>, Error> {
        self.inner.compile_all(instance.number(), only)?;
        let units = self.inner.units();
        let mut found: Vec<NativeCode> = units.iter().map(|unit| self.native(unit)).collect();
        found.retain(|code| only.is_none_or(|name| name == code.name));
        Ok(found)
    }

    fn native(&self, unit: &Unit) -> NativeCode {
        let name = |func| self.inner.place_of(func, 0).map(|place| place.func).unwrap_or_default();
        let line = |word| self.inner.place_of(unit.func, word).map_or(0, |place| place.loc.line);
        let calls = unit.body.fixups.iter().map(|fixup| match fixup.target {
            Target::Own => (fixup.at, name(unit.func)),
            Target::Body(func) => (fixup.at, name(func)),
        });
        NativeCode {
            name: name(unit.func),
            bytes: unit.body.bytes.clone(),
            file: self.inner.place_of(unit.func, 0).map(|place| place.file).unwrap_or_default(),
            lines: unit.body.lines.iter().map(|(at, word)| (*at, line(*word))).collect(),
            calls: calls.collect(),
        }
    }

    /// Writes where compiled functions are to the file that the profiler `perf` looks for, from
    /// now on. Gives its path. See [`Store::write_jit_dump`] for profiles with instructions.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_perf_map(&mut self) -> io::Result<PathBuf> {
        let path = Path::new("/tmp").join(format!("perf-{}.map", std::process::id()));
        let mut file = File::options().append(true).create(true).open(&path)?;
        self.inner.on_install(Box::new(move |placed| {
            // A profile without a name is still one.
            let _ = file.write_all(perf_line(placed).as_bytes());
        }));
        Ok(path)
    }

    /// Writes compiled functions to the file `jit-PID.dump` of a folder, from now on, in the form
    /// *jitdump*. Gives its path. What `perf record -k mono` has recorded, `perf inject --jit`
    /// then connects with them.
    ///
    /// # Errors
    /// The file cannot be written, or this is not Linux.
    pub fn write_jit_dump(&mut self, folder: &Path) -> io::Result<PathBuf> {
        let path = folder.join(format!("jit-{}.dump", std::process::id()));
        let mut dump = JitDump::create(&path)?;
        self.inner.on_install(Box::new(move |placed| {
            // A profile without a name is still one.
            let _ = dump.add(&shown(placed), placed);
        }));
        Ok(path)
    }
}

/// Address and size, as hexadecimal numbers, and the name.
fn perf_line(placed: &Placed<'_>) -> String {
    format!("{:x} {:x} {}\n", placed.address, placed.bytes.len(), shown(placed))
}

/// What profiles call a piece of code.
fn shown(placed: &Placed<'_>) -> String {
    match placed.place {
        Place::Start => placed.name.to_owned(),
        Place::Loop(_) => format!("{} (loop at line {})", placed.name, placed.line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_the_profiler_have_address_size_and_name() {
        let bytes = &[0; 32];
        let start = Placed { name: "f", place: Place::Start, line: 3, address: 0x1f0, bytes };
        assert_eq!(perf_line(&start), "1f0 20 f\n");
        let place = Place::Loop(7);
        assert_eq!(perf_line(&Placed { place, ..start }), "1f0 20 f (loop at line 3)\n");
    }
}
