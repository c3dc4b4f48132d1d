//! Which paths a script may touch.
//!
//! A path is followed through all links first and compared then, so that neither `..` nor a link
//! leads out. Between the check and the use another program could exchange a folder for a link;
//! a folder that others can write is no boundary.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// The folders a script may touch.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    everywhere: bool,
    folders: Vec<PathBuf>,
}

/// What is said about a path that is not granted.
const OUTSIDE: &str = "the path is outside of the granted folders";

impl Sandbox {
    /// All paths.
    pub fn everywhere() -> Sandbox {
        Sandbox { everywhere: true, folders: Vec::new() }
    }

    /// The same and one more folder, which must be canonical.
    pub fn with(mut self, folder: PathBuf) -> Sandbox {
        self.folders.push(folder);
        self
    }

    /// The real path behind a path, if it is granted. What does not exist yet is below the
    /// deepest folder that does.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        if self.everywhere {
            return Ok(PathBuf::from(path));
        }
        let mut existing = absolute(path)?;
        let mut missing: Vec<OsString> = Vec::new();
        let real = loop {
            match std::fs::canonicalize(&existing) {
                Ok(real) => break real,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(super::fs::reason(&error)),
            }
            // A link to what does not exist could be made to lead anywhere.
            let is_link = existing.symlink_metadata().is_ok();
            match existing.components().next_back() {
                Some(Component::Normal(name)) if !is_link => missing.push(name.to_owned()),
                _ => return Err(OUTSIDE.to_owned()),
            }
            existing.pop();
        };
        let real = missing.into_iter().rev().fold(real, |path, name| path.join(name));
        self.permit(real)
    }

    /// The same for a path whose last part is not followed if it is a link.
    pub fn resolve_parent(&self, path: &str) -> Result<PathBuf, String> {
        if self.everywhere {
            return Ok(PathBuf::from(path));
        }
        let path = absolute(path)?;
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(OUTSIDE.to_owned());
        };
        let parent = std::fs::canonicalize(parent).map_err(|e| super::fs::reason(&e))?;
        self.permit(parent.join(name))
    }

    fn permit(&self, real: PathBuf) -> Result<PathBuf, String> {
        match self.folders.iter().any(|folder| real.starts_with(folder)) {
            true => Ok(real),
            false => Err(OUTSIDE.to_owned()),
        }
    }
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    let here = std::env::current_dir().map_err(|e| super::fs::reason(&e))?;
    Ok(here.join(Path::new(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that goes away with the value.
    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn folder(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kaa-sandbox-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("in/deep")).expect("a folder can be made");
        std::fs::write(path.join("in/file"), "x").expect("a file can be made");
        std::fs::write(path.join("secret"), "x").expect("a file can be made");
        Folder(std::fs::canonicalize(path).expect("the folder is there"))
    }

    #[test]
    fn paths_inside_are_granted() {
        let outer = folder("inside");
        let sandbox = Sandbox::default().with(outer.0.join("in"));
        for path in ["in", "in/file", "in/new", "in/deep/../file", "in/a/b/c"] {
            let full = outer.0.join(path);
            assert!(sandbox.resolve(&full.to_string_lossy()).is_ok(), "{path}");
        }
    }

    #[test]
    fn paths_outside_are_refused() {
        let outer = folder("outside");
        let sandbox = Sandbox::default().with(outer.0.join("in"));
        let cases =
            ["", "secret", "in/../secret", "in/no/../../secret", "in/no/..", "inner", "in2/x"];
        for path in cases {
            let full = outer.0.join(path);
            assert!(sandbox.resolve(&full.to_string_lossy()).is_err(), "{path}");
        }
        assert!(sandbox.resolve("/").is_err());
        assert!(Sandbox::default().resolve(".").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        let outer = folder("links");
        let sandbox = Sandbox::default().with(outer.0.join("in"));
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(outer.0.join(to), outer.0.join("in").join(name))
                .expect("a link can be made");
            outer.0.join("in").join(name).to_string_lossy().into_owned()
        };
        assert!(sandbox.resolve(&link("secret", "a")).is_err());
        assert!(sandbox.resolve(&link("not there", "b")).is_err());
        assert!(sandbox.resolve(&format!("{}/new", link(".", "c"))).is_err());
        assert!(sandbox.resolve(&link("in/file", "d")).is_ok());
        // Removing a link removes the link.
        let a = outer.0.join("in/a");
        assert_eq!(sandbox.resolve_parent(&a.to_string_lossy()), Ok(a));
    }
}
