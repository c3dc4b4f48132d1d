//! Pages that are generated from the code and committed: they must be fresh.
//!
//! To add a page, add a row to [`PAGES`]; `xtask docs` writes them all. What a page says is the
//! business of the crate that makes it.

use std::fs;
use std::io;
use std::path::Path;

use super::Problem;
use super::files::Tree;

/// A committed page and the function that makes its text.
pub struct Page {
    /// Path relative to the workspace root.
    pub path: &'static str,
    /// Makes the text.
    pub make: fn() -> String,
}

/// Every generated page.
pub const PAGES: &[Page] = &[Page { path: "docs/isa.md", make: kaa_isa::docs::reference }];

/// Compares each committed page with what the code makes now.
pub fn check(tree: &Tree) -> Vec<Problem> {
    check_pages(tree, PAGES)
}

/// Writes every page below `root`.
pub fn write(root: &Path) -> io::Result<()> {
    PAGES.iter().try_for_each(|page| fs::write(root.join(page.path), (page.make)()))
}

fn check_pages(tree: &Tree, pages: &[Page]) -> Vec<Problem> {
    let stale = pages.iter().filter(|page| tree.text(page.path) != Some(&(page.make)()));
    stale.map(|page| Problem::at(page.path, 0, "stale: write it anew with `xtask docs`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_and_missing_pages_are_reported() {
        let pages = [Page { path: "a.md", make: || "new".to_string() }];
        assert_eq!(check_pages(&Tree::of(&[("a.md", "new")]), &pages).len(), 0);
        assert_eq!(check_pages(&Tree::of(&[("a.md", "old")]), &pages).len(), 1);
        assert_eq!(check_pages(&Tree::of(&[]), &pages).len(), 1);
    }
}
