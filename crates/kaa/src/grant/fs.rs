//! The functions of `fs`.
//!
//! Which paths may be touched is decided in `sandbox`. Errors are values of the program: they
//! say what was tried, on which path, and why it failed.

use std::fs;
use std::io::{Error, ErrorKind, Read, Write};
use std::path::Path;

use kaa_exec::native::{Call, Fault};

use super::CapFn;
use super::sandbox::Sandbox;
use crate::host::{Given, Outcome};

type Done = Result<Outcome, Box<Fault>>;

pub(super) const FUNCS: &[CapFn<Sandbox>] = &[
    CapFn { name: "read_text", sig: "(str) -> result str", run: read_text },
    CapFn { name: "read_bytes", sig: "(str) -> result bytes", run: read_bytes },
    CapFn { name: "write_text", sig: "(str, str) -> result unit", run: write_text },
    CapFn { name: "write_bytes", sig: "(str, bytes) -> result unit", run: write_bytes },
    CapFn { name: "append_text", sig: "(str, str) -> result unit", run: append_text },
    CapFn { name: "append_bytes", sig: "(str, bytes) -> result unit", run: append_bytes },
    CapFn { name: "exists", sig: "(str) -> bool", run: |s, c| ask(s, c, Path::exists) },
    CapFn { name: "is_file", sig: "(str) -> bool", run: |s, c| ask(s, c, Path::is_file) },
    CapFn { name: "is_dir", sig: "(str) -> bool", run: |s, c| ask(s, c, Path::is_dir) },
    CapFn { name: "list_dir", sig: "(str) -> result list str", run: list_dir },
    CapFn { name: "remove", sig: "(str) -> result unit", run: remove },
    CapFn { name: "remove_dir", sig: "(str) -> result unit", run: remove_dir },
    CapFn { name: "remove_tree", sig: "(str) -> result unit", run: remove_tree },
    CapFn { name: "copy", sig: "(str, str) -> result unit", run: copy },
    CapFn { name: "rename", sig: "(str, str) -> result unit", run: rename },
    CapFn { name: "size", sig: "(str) -> result i64", run: size },
    CapFn { name: "modified", sig: "(str) -> result f64", run: modified },
    CapFn { name: "walk", sig: "(str) -> result list str", run: walk },
    CapFn { name: "read_lines", sig: "(str) -> result list str", run: read_lines },
    CapFn { name: "make_dir", sig: "(str) -> result unit", run: make_dir },
];

/// Why the system refused, in words.
pub fn reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        ErrorKind::AlreadyExists => "it exists already".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::FileTooLarge => "it is larger than the heap may be".to_owned(),
        ErrorKind::InvalidInput => "it is not a valid path".to_owned(),
        ErrorKind::DirectoryNotEmpty => "the folder is not empty".to_owned(),
        ErrorKind::Other => error.to_string(),
        kind => kind.to_string(),
    }
}

/// Runs `work` on a path that may be touched; failures become errors of the program.
fn attempt(
    verb: &str,
    path: &str,
    place: Result<std::path::PathBuf, String>,
    work: impl FnOnce(&Path) -> Result<Given, Error>,
) -> Done {
    let done = place.and_then(|real| work(&real).map_err(|error| reason(&error)));
    Ok(Outcome::Result(done.map_err(|why| format!("cannot {verb} `{path}`: {why}"))))
}

fn read(call: &Call<'_>, path: &Path) -> Result<Vec<u8>, Error> {
    let limit = call.heap.config().limit_bytes.min(kaa_heap::MAX_OBJECT);
    let file = fs::File::open(path)?;
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if meta.len() > limit {
        return Err(ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
    // A file can grow, and a device has no length.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(ErrorKind::FileTooLarge.into()),
        false => Ok(bytes),
    }
}

fn read_text(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("read", path, sandbox.resolve(path), |real| {
        let text = String::from_utf8(read(call, real)?);
        text.map(Given::Str).map_err(|_| ErrorKind::InvalidData.into())
    })
}

fn read_bytes(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("read", path, sandbox.resolve(path), |real| read(call, real).map(Given::Bytes))
}

fn write(sandbox: &Sandbox, call: &Call<'_>, data: &[u8]) -> Done {
    let path = call.str(0);
    attempt("write", path, sandbox.resolve(path), |real| {
        fs::write(real, data)?;
        Ok(Given::Unit)
    })
}

fn write_text(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    write(sandbox, call, call.str(1).as_bytes())
}

fn write_bytes(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    write(sandbox, call, call.heap.bytes(call.obj(1)))
}

fn append_text(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    append(sandbox, call, call.str(1).as_bytes())
}

fn append_bytes(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    append(sandbox, call, call.heap.bytes(call.obj(1)))
}

fn append(sandbox: &Sandbox, call: &Call<'_>, data: &[u8]) -> Done {
    let path = call.str(0);
    attempt("write", path, sandbox.resolve(path), |real| {
        let mut file = fs::OpenOptions::new().append(true).create(true).open(real)?;
        file.write_all(data)?;
        Ok(Given::Unit)
    })
}

/// A question about a path; what is not granted is as if it were not there.
fn ask(sandbox: &Sandbox, call: &Call<'_>, question: fn(&Path) -> bool) -> Done {
    let answer = sandbox.resolve(call.str(0)).is_ok_and(|real| question(&real));
    Ok(Outcome::Plain(Given::Slot(u64::from(answer))))
}

fn list_dir(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("list", path, sandbox.resolve(path), |real| {
        let mut names = Vec::new();
        for entry in fs::read_dir(real)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(Given::Strs(names))
    })
}

fn remove(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("remove", path, sandbox.resolve_parent(path), |real| {
        fs::remove_file(real)?;
        Ok(Given::Unit)
    })
}

fn remove_dir(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("remove", path, sandbox.resolve_parent(path), |real| {
        fs::remove_dir(real)?;
        Ok(Given::Unit)
    })
}

/// Removes a folder with what is in it; links in it are removed, not followed.
fn remove_tree(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("remove", path, sandbox.resolve_parent(path), |real| {
        fs::remove_dir_all(real)?;
        Ok(Given::Unit)
    })
}

fn copy(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let (from, to) = (call.str(0), call.str(1));
    attempt("copy", from, sandbox.resolve(from), |real| {
        let target = sandbox.resolve(to).map_err(Error::other)?;
        fs::copy(real, target)?;
        Ok(Given::Unit)
    })
}

fn rename(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let (from, to) = (call.str(0), call.str(1));
    attempt("rename", from, sandbox.resolve_parent(from), |real| {
        let target = sandbox.resolve_parent(to).map_err(Error::other)?;
        fs::rename(real, target)?;
        Ok(Given::Unit)
    })
}

fn size(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("read", path, sandbox.resolve(path), |real| Ok(Given::Slot(real.metadata()?.len())))
}

fn modified(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("read", path, sandbox.resolve(path), |real| {
        let time = super::time::since_1970(real.metadata()?.modified()?);
        Ok(Given::Slot(time.to_bits()))
    })
}

/// The files below a folder, by their paths from it. Links are not followed.
fn walk(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("list", path, sandbox.resolve(path), |real| {
        let mut found = Vec::new();
        let mut folders = vec![real.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let file = entry.path();
                let inside = file.strip_prefix(real).unwrap_or(&file);
                found.push(inside.to_string_lossy().into_owned());
            }
        }
        found.sort_unstable();
        Ok(Given::Strs(found))
    })
}

fn read_lines(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("read", path, sandbox.resolve(path), |real| {
        let text = String::from_utf8(read(call, real)?);
        let text = text.map_err(|_| Error::from(ErrorKind::InvalidData))?;
        Ok(Given::Strs(text.lines().map(str::to_owned).collect()))
    })
}

fn make_dir(sandbox: &Sandbox, call: &Call<'_>) -> Done {
    let path = call.str(0);
    attempt("make", path, sandbox.resolve(path), |real| {
        fs::create_dir_all(real)?;
        Ok(Given::Unit)
    })
}
