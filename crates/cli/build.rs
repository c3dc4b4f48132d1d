//! Links the program with packed relocations where the C library of this machine knows them.
//!
//! A position-independent program carries a relocation for each pointer in its constants, and
//! reads all of them when it starts: 24 bytes each, a bit or two where they are packed. That is
//! less to read and less that stays resident. The dynamic linker of glibc knows the packed form
//! from 2.36; a program for another machine, or for an older one, is linked as usual.

use std::env;
use std::process::Command;

/// The first version whose dynamic linker reads packed relocations.
const KNOWN_FROM: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let gnu = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    let native = env::var("HOST").ok() == env::var("TARGET").ok();
    if gnu && native && glibc().is_some_and(|version| version >= KNOWN_FROM) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this machine's C library, as `getconf` tells it: `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
