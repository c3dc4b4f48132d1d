//! Finding the files that a program imports.
//!
//! Where a module would be is told by the front end; here the file is read. Embedders that have
//! no files give a map from names to texts, or nothing.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use kaa_lang::Loader;

/// Bytes that a file may have.
const MAX_BYTES: u64 = 256 << 20;

/// The files of the file system. A relative name begins at the folder that the process is in.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSystem;

impl Loader for FileSystem {
    fn read(&mut self, name: &str) -> Result<Option<String>, String> {
        let file = match fs::File::open(name) {
            Ok(file) => file,
            Err(why) => {
                return match why.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
                    _ => Err(why.to_string()),
                };
            }
        };
        if file.metadata().is_ok_and(|meta| meta.is_dir()) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|why| why.to_string())?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(format!("it is larger than {} MiB", MAX_BYTES >> 20));
        }
        let text = String::from_utf8(bytes);
        text.map(Some).map_err(|why| {
            format!("it is not UTF-8 text (byte {})", why.utf8_error().valid_up_to())
        })
    }

    fn beside(&mut self, name: &str) -> Vec<String> {
        let folder = match Path::new(name).parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|file| file.strip_suffix(".kaa").map(str::to_owned))
            .collect();
        names.sort_unstable();
        names
    }
}
