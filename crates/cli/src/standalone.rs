//! Programs of one file: a copy of this executable with a program and its machine code behind it.
//!
//! The last bytes of such a file say that it is one, and how much was added; `main` looks there
//! first. The machine code is used where it fits this build and this machine; elsewhere the
//! program is compiled while it runs, like any other.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use kaa::{Config, Error, Host, Module, Store};
use kaa_base::digest::digest;
use kaa_base::wire::{Reader, WireError, Writer};

use crate::cache::replace;
use crate::exit::Code;
use crate::input::reason;
use crate::render::Screen;
use crate::{run, tools};

/// The last bytes of a file that has a program behind it.
const MAGIC: &[u8; 8] = b"KAAPROG\x01";
/// The hash of what was added, its length, and the mark.
const TRAILER: usize = 16 + 8 + 8;
/// Bytes that may be added.
const MAX_ADDED: u64 = 1 << 30;

/// What is behind the executable.
#[derive(Debug, PartialEq, Eq)]
struct Payload {
    name: String,
    grants: Vec<String>,
    module: Vec<u8>,
    image: Vec<u8>,
}

/// Runs the program behind this executable, if there is one.
pub fn start(screen: &Screen) -> Option<Code> {
    let added = added_to(&std::env::current_exe().ok()?)?;
    let payload = added.and_then(|bytes| Payload::decode(&bytes).ok());
    let Some(payload) = payload else {
        screen.error("this program is damaged");
        return Some(Code::Files);
    };
    Some(payload.run(screen))
}

/// The bytes behind an executable; nothing inside where they are damaged.
fn added_to(path: &Path) -> Option<Option<Vec<u8>>> {
    let mut file = File::open(path).ok()?;
    let end = file.seek(SeekFrom::End(-(TRAILER as i64))).ok()?;
    let mut trailer = [0; TRAILER];
    file.read_exact(&mut trailer).ok()?;
    if !trailer.ends_with(MAGIC) {
        return None;
    }
    let number =
        |at: usize| trailer[at..].first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let length = number(16);
    let read = |mut file: File| {
        file.seek(SeekFrom::Start(end.checked_sub(length)?)).ok()?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes).ok()?;
        (digest(&bytes) == [number(0), number(8)]).then_some(bytes)
    };
    Some(if length <= MAX_ADDED { read(file) } else { None })
}

impl Payload {
    fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.str(&self.name);
        out.u32(self.grants.len() as u32);
        self.grants.iter().for_each(|grant| out.str(grant));
        for bytes in [&self.module, &self.image] {
            out.uleb(bytes.len() as u64);
            out.bytes(bytes);
        }
        let mut bytes = out.finish();
        let [high, low] = digest(&bytes);
        for number in [high, low, bytes.len() as u64] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(MAGIC);
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Payload, WireError> {
        let mut reader = Reader::new(bytes, 0);
        let limit = bytes.len();
        let name = reader.str(limit)?.to_owned();
        let count = reader.count(limit)?;
        let grants = (0..count).map(|_| reader.str(limit).map(str::to_owned));
        let grants = grants.collect::<Result<_, _>>()?;
        let mut part = || {
            let length = reader.count(limit)?;
            reader.bytes(length).map(<[u8]>::to_vec)
        };
        Ok(Payload { name, grants, module: part()?, image: part()? })
    }

    fn run(&self, screen: &Screen) -> Code {
        let args: Vec<String> =
            std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let module = match Module::from_bytes(&self.name, &self.module) {
            Ok(module) => module,
            Err(found) => {
                screen.diagnostics(&found);
                return Code::Refused;
            }
        };
        let started = host(&self.grants, &args).map_err(Error::Signature).and_then(|host| {
            let mut store = run::store(&Config::new().portable_code(true), &host)?;
            let instance = store.load(&module)?;
            store.image_name(instance)?;
            store.adopt_image(&self.image);
            Ok((store, instance))
        });
        match started {
            Ok((mut store, instance)) => {
                let result = store.run_main(instance, &args);
                run::outcome(screen, &mut store, &module, result)
            }
            Err(error) => run::failed(screen, &module, &error),
        }
    }
}

fn host(grants: &[String], args: &[String]) -> Result<Host, String> {
    let mut host = Host::new();
    host.args(args.iter().cloned());
    for grant in grants {
        host.allow(grant).map_err(|error| error.to_string())?;
    }
    Ok(host)
}

/// `kaa build --native`: makes a program of one file that may do what is granted here.
pub fn build(screen: &Screen, file: &str, output: Option<PathBuf>, grants: Vec<String>) -> Code {
    let module = match tools::own_module(screen, file) {
        Ok(module) => module,
        Err(code) => return code,
    };
    let output =
        output.unwrap_or_else(|| Path::new(file).with_extension(std::env::consts::EXE_EXTENSION));
    if output.as_path() == Path::new(file) || file == "-" && output.as_os_str() == "-" {
        screen.error("choose the name of the program with `-o FILE`");
        return Code::Usage;
    }
    let host = match host(&grants, &[]) {
        Ok(host) => host,
        Err(message) => {
            screen.error(&message);
            return Code::Usage;
        }
    };
    let image = match image(&module, &host) {
        Ok(image) => image,
        Err(error) => return run::failed(screen, &module, &error),
    };
    let payload = Payload { name: file.to_owned(), grants, module: module.to_bytes(), image };
    match write(&output, &payload) {
        Ok(()) => Code::Done,
        Err(error) => {
            screen.error(&format!("cannot write `{}`: {}", output.display(), reason(&error)));
            Code::Files
        }
    }
}

/// The machine code of all functions of a program.
fn image(module: &Module, host: &Host) -> Result<Vec<u8>, Error> {
    let mut store = Store::new(&Config::new().portable_code(true), host)?;
    let instance = store.load(module)?;
    store.func(instance, "main")?;
    store.image_name(instance)?;
    store.compile_all(instance)?;
    Ok(store.image().unwrap_or_default())
}

fn write(output: &Path, payload: &Payload) -> io::Result<()> {
    let mut bytes = fs::read(std::env::current_exe()?)?;
    bytes.extend(payload.encode());
    replace(output, &bytes, |part| {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(part, fs::Permissions::from_mode(0o755))?;
        }
        let _ = part;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_programs_are_found() {
        let payload = Payload {
            name: "a.kaa".to_owned(),
            grants: vec!["env".to_owned()],
            module: vec![1, 2, 3],
            image: vec![4; 40],
        };
        let path = std::env::temp_dir().join(format!("kaa-standalone-{}", std::process::id()));
        let all = [&[7; 50][..], &payload.encode()].concat();
        let found = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("there is room");
            added_to(&path)
        };
        let bytes = found(&all).flatten().expect("it is whole");
        assert_eq!(Payload::decode(&bytes), Ok(payload));
        assert_eq!(found(&all[..50]), None);
        for length in 51..all.len() {
            assert_eq!(found(&all[..length]), None, "{length} bytes");
        }
        for at in 50..all.len() {
            let mut other = all.clone();
            other[at] ^= 0x10;
            assert_eq!(found(&other).flatten(), None, "byte {at}");
        }
        fs::remove_file(&path).expect("it is ours");
    }
}
