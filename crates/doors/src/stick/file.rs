//! The file: a header, words of code, constants and globals. All numbers are little-endian.
//!
//! What a file means is not looked at here; every word and every tag is taken as it is.

use crate::error::{LoadError, Place, Told};
use crate::json::Json;
use crate::program::Ending;

/// Bytes of the header.
const HEADER: usize = 20;
/// Bytes of a constant or a global.
const VALUE: usize = 9;
/// The latest version.
const VERSION: u16 = 1;
/// The largest count that the machine takes.
const MAX_COUNT: u32 = 0x3FFF_FFFF;

/// A constant or a global as it stands in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stored {
    /// Its type tag; there are unknown ones.
    pub tag: u8,
    /// Its payload.
    pub payload: u64,
}

/// A program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct File {
    /// The words of the code.
    pub code: Vec<u32>,
    /// The constants.
    pub consts: Vec<Stored>,
    /// The globals with what they hold at first.
    pub globals: Vec<Stored>,
}

/// Reads a file.
///
/// # Errors
/// It is malformed; the error has the machine's load code.
pub fn read(name: &str, bytes: &[u8]) -> Result<File, LoadError> {
    let refuse = |code: u8, at: usize, reason: &str| Err(refused(name, code, at, reason));
    let header = match bytes.get(..HEADER) {
        Some(header) if header.starts_with(super::MAGIC) => header,
        Some(_) => return refuse(4, 0, "the file does not begin with `STIK`"),
        None => return refuse(4, bytes.len(), "the header has 20 bytes"),
    };
    let (version, count, consts, globals) =
        (u16_at(header, 4), u32_at(header, 8), u32_at(header, 12), u32_at(header, 16));
    if version > VERSION {
        return refuse(5, 4, "the version is later than 1");
    }
    if count == 0 {
        return refuse(6, 8, "there are no instructions");
    }
    if count > MAX_COUNT || consts > MAX_COUNT || globals > MAX_COUNT {
        return refuse(7, 8, "a count is larger than 0x3FFFFFFF");
    }
    let (code_size, consts_size) = (count as usize * 4, consts as usize * VALUE);
    let rest = bytes.get(HEADER..).unwrap_or(&[]);
    let Some((code, rest)) = rest.split_at_checked(code_size) else {
        return refuse(9, bytes.len(), "the code is shorter than counted");
    };
    let Some((consts, rest)) = rest.split_at_checked(consts_size) else {
        return refuse(10, bytes.len(), "there are fewer constants than counted");
    };
    let Some(globals) = rest.get(..globals as usize * VALUE) else {
        return refuse(11, bytes.len(), "there are fewer globals than counted");
    };
    let words = code.chunks_exact(4).map(|word| u32_at(word, 0)).collect();
    Ok(File { code: words, consts: values(consts), globals: values(globals) })
}

/// The bytes of a file.
pub fn write(file: &File) -> Vec<u8> {
    let mut out = super::MAGIC.to_vec();
    out.extend(VERSION.to_le_bytes());
    out.extend(0u16.to_le_bytes());
    for count in [file.code.len(), file.consts.len(), file.globals.len()] {
        out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }
    for word in &file.code {
        out.extend(word.to_le_bytes());
    }
    for value in file.consts.iter().chain(&file.globals) {
        out.push(value.tag);
        out.extend(value.payload.to_le_bytes());
    }
    out
}

fn values(bytes: &[u8]) -> Vec<Stored> {
    let value = |bytes: &[u8]| {
        let mut payload = [0; 8];
        payload.iter_mut().zip(bytes.iter().skip(1)).for_each(|(to, from)| *to = *from);
        Stored { tag: bytes.first().copied().unwrap_or(0), payload: u64::from_le_bytes(payload) }
    };
    bytes.chunks_exact(VALUE).map(value).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    u16::from_le_bytes([byte(at), byte(at + 1)])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

/// A refused file. The machine prints its load code and ends with status 1, whatever the code.
fn refused(name: &str, code: u8, at: usize, reason: &str) -> LoadError {
    let stdout = format!("error loading {name}, code: {code}\n");
    let state = Json::object([
        ("exit", Json::Int(1)),
        ("load_code", Json::Int(code.into())),
        ("stderr", Json::str("")),
        ("state", Json::Null),
    ]);
    let ending = Ending { exit: 1, stdout, ..Ending::default() };
    let reason = format!("{reason} (load code {code})");
    let told = Some(Box::new(Told { ending, state }));
    LoadError::Bytes { place: Place::Byte(at), reason, told }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(bytes: &[u8]) -> Option<i64> {
        let error = read("x.stk", bytes).err()?;
        match error.told()?.state.get("load_code")? {
            Json::Int(code) => Some(*code),
            _ => None,
        }
    }

    fn sample() -> Vec<u8> {
        let value = Stored { tag: 3, payload: 7 };
        write(&File { code: vec![0, 0], consts: vec![value], globals: vec![value, value] })
    }

    #[test]
    fn what_is_written_is_read_again() {
        let file = read("x.stk", &sample()).expect("the file is right");
        assert_eq!(write(&file), sample());
        assert_eq!(file.globals.len(), 2);
    }

    #[test]
    fn every_cut_has_its_load_code() {
        let bytes = sample();
        for length in 0..bytes.len() {
            let expected = match length {
                0..20 => 4,
                20..28 => 9,
                28..37 => 10,
                _ => 11,
            };
            assert_eq!(code_of(&bytes[..length]), Some(expected), "{length}");
        }
    }

    #[test]
    fn malformed_headers_have_their_load_codes() {
        let with = |at: usize, new: &[u8]| {
            let mut bytes = sample();
            bytes[at..at + new.len()].copy_from_slice(new);
            code_of(&bytes)
        };
        assert_eq!(with(0, b"STIX"), Some(4));
        assert_eq!(with(4, &[2, 0]), Some(5));
        assert_eq!(with(4, &[0, 0]), None);
        assert_eq!(with(6, &[255, 255]), None);
        assert_eq!(with(8, &[0; 4]), Some(6));
        assert_eq!(with(12, &[255; 4]), Some(7));
        assert_eq!(with(8, &[255, 255, 255, 0x3F]), Some(9));
    }
}
