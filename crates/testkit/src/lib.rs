//! Tests as data: the filetest runner and the tidy checks.
//!
//! What it is: the code that turns the files under `tests/` into test cases, and the checks that
//! keep the house in order. What it is not: a place for tests of one crate's insides; those stay
//! with the crate. Look next at [`filetest`] for the formats and at [`tidy`] for the checks.

#![forbid(unsafe_code)]

pub mod differential;
pub mod doors;
pub mod driver;
pub mod filetest;
pub mod fuzz;
pub mod generate;
pub mod oracle;
pub mod python;
pub mod random;
pub mod reduce;
pub mod tidy;

use std::path::{Path, PathBuf};

/// The root folder of the workspace, found from this crate's own folder.
pub fn workspace_root() -> PathBuf {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.ancestors().nth(2).unwrap_or(crate_dir).to_path_buf()
}
