//! Gives the compiler a number that changes with all that machine code relies on: code that was
//! kept in a file by another build must not run.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

/// The crates whose layouts, numbers and conventions are in machine code, beside this one.
const CRATES: [&str; 6] = ["base", "isa", "ir", "code", "heap", "exec"];

fn main() {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = Vec::new();
    collect(&here.join("src"), &mut files);
    for name in CRATES {
        let folder = here.join("..").join(name).join("src");
        println!("cargo:rerun-if-changed={}", folder.display());
        collect(&folder, &mut files);
    }
    println!("cargo:rerun-if-changed=src");
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in files {
        fs::read(file).unwrap_or_default().hash(&mut hash);
    }
    for name in ["CARGO_PKG_VERSION", "TARGET", "PROFILE"] {
        std::env::var(name).unwrap_or_default().hash(&mut hash);
    }
    println!("cargo:rustc-env=KAA_BUILD={:016x}", hash.finish());
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => collect(&path, files),
            false => files.push(path),
        }
    }
}
