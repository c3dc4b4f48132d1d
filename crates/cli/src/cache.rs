//! A folder with machine code from earlier runs: `kaa run --cache`.
//!
//! Files are named by all that their content depends on, so nothing in them can be stale; they
//! are written beside their place and moved there, so that nobody reads half of one. Whatever
//! goes wrong costs time, not the run.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kaa::{Instance, Store};

/// Bytes of a file that are read.
const MAX_FILE: u64 = 256 << 20;

/// The place of a program's machine code.
pub struct Cache {
    path: Option<PathBuf>,
    /// How much of it there was before.
    known: usize,
}

impl Cache {
    /// Takes over what an earlier run left in the folder.
    pub fn open(folder: Option<&Path>, store: &mut Store, instance: Instance) -> Cache {
        let named = folder.and_then(|folder| {
            let name = store.image_name(instance).ok()??;
            Some(folder.join(name).with_extension("kaacode"))
        });
        if let Some(path) = &named
            && let Ok(image) = read(path)
        {
            store.adopt_image(&image);
        }
        Cache { path: named, known: store.image_len() }
    }

    /// Leaves what this run has made.
    pub fn save(&self, store: &Store) {
        if let Some(path) = &self.path
            && store.image_len() > self.known
            && let Some(image) = store.image()
        {
            // The next run makes it again.
            let _ = write(path, &image);
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    replace(path, bytes, |_| Ok(()))
}

/// Writes a file beside its place, has it finished, and moves it there.
pub fn replace(
    path: &Path,
    bytes: &[u8],
    finish: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let done = fs::write(&part, bytes).and_then(|()| finish(&part));
    let done = done.and_then(|()| fs::rename(&part, path));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}
