//! The files that the checks look at: what git would track, read once.
//!
//! It asks git for tracked and new files that are not ignored, and walks the folders itself where
//! git is not at hand (a source archive). It does not judge anything; the rooms beside it do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::source::Source;

/// One text file of the workspace.
pub struct File {
    /// Path relative to the root, with forward slashes.
    pub path: String,
    /// The text of the file.
    pub text: String,
    /// The same text taken apart, for `.rs` files only.
    pub source: Option<Source>,
}

/// All text files of the workspace.
pub struct Tree {
    /// The workspace root.
    pub root: PathBuf,
    /// The files, sorted by path.
    pub files: Vec<File>,
}

impl Tree {
    /// Reads every text file below `root`.
    pub fn read(root: &Path) -> Tree {
        let mut paths = list_by_git(root).unwrap_or_else(|| list_by_walk(root));
        paths.sort();
        paths.dedup();
        let files = paths.into_iter().filter_map(|path| read_file(root, path)).collect();
        Tree { root: root.to_path_buf(), files }
    }

    /// A tree made of given texts, for tests of the checks.
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| file(path.to_string(), text.to_string()));
        Tree { root: PathBuf::new(), files: files.collect() }
    }

    /// The text of one file, if it is there.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// All Rust files with their taken-apart text.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files.iter().filter_map(|file| Some((file, file.source.as_ref()?)))
    }
}

fn file(path: String, text: String) -> File {
    let source = path.ends_with(".rs").then(|| Source::new(&text));
    File { path, text, source }
}

/// A file that is binary, or gone since it was listed, is no business of the checks.
fn read_file(root: &Path, path: String) -> Option<File> {
    let text = fs::read_to_string(root.join(&path)).ok()?;
    Some(file(path, text))
}

fn list_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split('\0').filter(|path| !path.is_empty()).map(str::to_string).collect())
}

fn list_by_walk(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(dir) = pending.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if matches!(name.as_deref(), Some("target" | ".git")) {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_listings_see_this_file() {
        let root = crate::workspace_root();
        let here = "crates/testkit/src/tidy/files.rs".to_string();
        assert!(list_by_walk(&root).contains(&here));
        if let Some(listed) = list_by_git(&root) {
            assert!(listed.contains(&here));
        }
    }
}
