//! Open files, which the module `fs` of the library reads and writes piece by piece.
//!
//! A program has the number of a file; `File` of the library is the resource around it, and closes
//! it. What is written is kept in a buffer. What is done to whole files is in `fs`.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Error, ErrorKind, Read, Write};

use kaa_exec::native::{Call, Fault};

use super::CapFn;
use super::fs::reason;
use super::sandbox::Sandbox;
use crate::host::{Given, Outcome};

/// The most files that are open at once.
const MAX_OPEN: usize = 1000;

type Done = Result<Outcome, Box<Fault>>;

/// The open files of a host.
pub struct Files {
    sandbox: Sandbox,
    open: RefCell<Vec<Option<Open>>>,
}

/// One of them, with its path for messages.
struct Open {
    path: String,
    way: Way,
}

enum Way {
    Read(BufReader<File>),
    Write(BufWriter<File>),
}

pub(super) const FUNCS: &[CapFn<Files>] = &[
    CapFn { name: "_open", sig: "(str, str) -> result i64", run: open },
    CapFn { name: "_read_line", sig: "(i64) -> result str", run: read_line },
    CapFn { name: "_read", sig: "(i64, i64) -> result bytes", run: read },
    CapFn {
        name: "_write",
        sig: "(i64, bytes) -> result unit",
        run: |files, call| write(files, call, call.heap.bytes(call.obj(1))),
    },
    CapFn {
        name: "_write_text",
        sig: "(i64, str) -> result unit",
        run: |files, call| write(files, call, call.str(1).as_bytes()),
    },
    CapFn { name: "_flush", sig: "(i64) -> result unit", run: flush },
    CapFn { name: "_close", sig: "(i64) -> result unit", run: close },
];

impl Files {
    /// No file is open.
    pub fn new(sandbox: Sandbox) -> Files {
        Files { sandbox, open: RefCell::default() }
    }

    /// Works on the file that the first argument names.
    fn on(
        &self,
        call: &Call<'_>,
        verb: &str,
        work: impl FnOnce(&mut Way) -> Result<Given, Error>,
    ) -> Done {
        let mut open = self.open.borrow_mut();
        let at = usize::try_from(call.int(0)).unwrap_or(usize::MAX);
        let Some(file) = open.get_mut(at).and_then(Option::as_mut) else {
            return Ok(Outcome::Result(Err(format!("cannot {verb} a file that is closed"))));
        };
        let done = work(&mut file.way).map_err(|error| told(verb, &file.path, &error));
        Ok(Outcome::Result(done))
    }
}

fn told(verb: &str, path: &str, error: &Error) -> String {
    format!("cannot {verb} `{path}`: {}", reason(error))
}

fn open(files: &Files, call: &Call<'_>) -> Done {
    let (path, mode) = (call.str(0), call.str(1));
    // All files hold bytes, so that Python's `b` and `t` make no difference.
    let plain: String = mode.chars().filter(|c| !matches!(c, 'b' | 't')).collect();
    let mut options = OpenOptions::new();
    let reads = match plain.as_str() {
        "r" => options.read(true),
        "w" => options.write(true).create(true).truncate(true),
        "a" => options.append(true).create(true),
        "x" => options.write(true).create_new(true),
        _ => {
            let why = format!("cannot open `{path}`: there is no mode `{mode}`, but r, w, a and x");
            return Ok(Outcome::Result(Err(why)));
        }
    };
    let opened = files.sandbox.resolve(path).and_then(|real| {
        let file = reads.open(real).map_err(|error| reason(&error))?;
        match file.metadata() {
            Ok(meta) if meta.is_dir() => Err(reason(&ErrorKind::IsADirectory.into())),
            _ => Ok(file),
        }
    });
    let file = match opened {
        Ok(file) => file,
        Err(why) => return Ok(Outcome::Result(Err(format!("cannot open `{path}`: {why}")))),
    };
    let way = match plain.as_str() {
        "r" => Way::Read(BufReader::with_capacity(1 << 16, file)),
        _ => Way::Write(BufWriter::with_capacity(1 << 16, file)),
    };
    let mut open = files.open.borrow_mut();
    let free = open.iter().position(Option::is_none).unwrap_or(open.len());
    if free >= MAX_OPEN {
        let why = format!("cannot open `{path}`: {MAX_OPEN} files are open already");
        return Ok(Outcome::Result(Err(why)));
    }
    if free == open.len() {
        open.push(None);
    }
    if let Some(place) = open.get_mut(free) {
        *place = Some(Open { path: path.to_owned(), way });
    }
    Ok(Outcome::Result(Ok(Given::Slot(free as u64))))
}

fn reader(way: &mut Way) -> Result<&mut BufReader<File>, Error> {
    match way {
        Way::Read(file) => Ok(file),
        Way::Write(_) => Err(Error::other("it was opened for writing")),
    }
}

fn writer(way: &mut Way) -> Result<&mut BufWriter<File>, Error> {
    match way {
        Way::Write(file) => Ok(file),
        Way::Read(_) => Err(Error::other("it was opened for reading")),
    }
}

/// The most bytes that one value may have.
fn limit(call: &Call<'_>) -> u64 {
    call.heap.config().limit_bytes.min(kaa_heap::MAX_OBJECT)
}

fn within(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Error> {
    if bytes.len() as u64 > limit { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn read_line(files: &Files, call: &Call<'_>) -> Done {
    let limit = limit(call);
    files.on(call, "read", |way| {
        let mut line = Vec::new();
        reader(way)?.take(limit + 1).read_until(b'\n', &mut line)?;
        let line = String::from_utf8(within(line, limit)?);
        line.map(Given::Str).map_err(|_| ErrorKind::InvalidData.into())
    })
}

fn read(files: &Files, call: &Call<'_>) -> Done {
    let limit = limit(call);
    let wanted = u64::try_from(call.int(1)).unwrap_or(limit + 1).min(limit + 1);
    files.on(call, "read", |way| {
        let mut bytes = Vec::new();
        reader(way)?.take(wanted).read_to_end(&mut bytes)?;
        within(bytes, limit).map(Given::Bytes)
    })
}

fn write(files: &Files, call: &Call<'_>, data: &[u8]) -> Done {
    files.on(call, "write", |way| {
        writer(way)?.write_all(data)?;
        Ok(Given::Unit)
    })
}

fn flush(files: &Files, call: &Call<'_>) -> Done {
    files.on(call, "write", |way| {
        if let Way::Write(file) = way {
            file.flush()?;
        }
        Ok(Given::Unit)
    })
}

/// Closing twice is no error: a resource is closed by its scope, too.
fn close(files: &Files, call: &Call<'_>) -> Done {
    let at = usize::try_from(call.int(0)).unwrap_or(usize::MAX);
    let closed = files.open.borrow_mut().get_mut(at).and_then(Option::take);
    let done = match closed {
        Some(Open { path, way: Way::Write(mut file) }) => {
            file.flush().map_err(|error| told("write", &path, &error))
        }
        _ => Ok(()),
    };
    Ok(Outcome::Result(done.map(|()| Given::Unit)))
}
