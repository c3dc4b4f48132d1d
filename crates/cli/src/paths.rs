//! Which files a command means, and writing them so that nothing is lost.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::input::reason;

/// Folders nest at most this deep.
const MAX_DEPTH: usize = 64;

/// The files that are meant: folders stand for all `.kaa` files below them, in order of their
/// names. What begins with a dot and folders behind links are passed by.
pub fn files(paths: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for path in paths {
        if path != "-" && Path::new(path).is_dir() {
            let mut below = Vec::new();
            collect(Path::new(path), 0, &mut below)?;
            found.append(&mut below);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<String>) -> Result<(), String> {
    let failed =
        |error: io::Error| format!("cannot read `{}`: {}", folder.display(), reason(&error));
    if depth > MAX_DEPTH {
        return Err(format!("cannot read `{}`: folders nest too deep", folder.display()));
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((entry.file_name(), entry.file_type().map_err(failed)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, kind) in entries {
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let here = folder == Path::new(".");
        let path = if here { PathBuf::from(&name) } else { folder.join(&name) };
        if kind.is_dir() {
            collect(&path, depth + 1, found)?;
        } else if path.extension().is_some_and(|ending| ending == "kaa") && path.is_file() {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// Replaces the text of a file: all of it or, where that fails, nothing.
pub fn replace(path: &str, text: &str) -> io::Result<()> {
    // A link stays one: the file that it names is replaced.
    let target = fs::canonicalize(path)?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    let beside = beside(&target);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(permissions)?;
        file.sync_all()?;
        fs::rename(&beside, &target)
    })();
    if written.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A name for the new file until it takes the place of the old one.
fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    target.with_file_name(name)
}
