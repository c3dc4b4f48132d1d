//! Machine code as bytes, to be kept in files. It says what it was made for, and is good for
//! nothing else; what is cut short or damaged is not read.

use kaa_base::digest::{Digest, digest};
use kaa_base::wire::{Reader, WireError, WireErrorKind, Writer};
use kaa_exec::tier::{Fixup, Near, Piece, Place, Target, Unit};

use crate::maker;

const MAGIC: &[u8; 8] = b"KAACODE\x01";
/// Magic, what it was made for, and the hash of what follows.
const HEAD: usize = 8 + 16 + 16;

/// What machine code is made for: this build, this kind of machine, and a store with this
/// fingerprint. Nothing where there is no compiler for this machine.
pub fn key(fingerprint: [u64; 2]) -> Option<[u64; 2]> {
    let mut hash = Digest::new();
    hash.bytes(env!("KAA_BUILD").as_bytes());
    hash.bytes(maker::target()?.as_bytes());
    fingerprint.iter().for_each(|half| hash.number(*half));
    Some(hash.finish())
}

/// Machine code as bytes.
pub fn encode(units: &[Unit], key: [u64; 2]) -> Vec<u8> {
    let mut out = Writer::new();
    out.u32(units.len() as u32);
    for unit in units {
        out.u32(unit.func);
        out.u32(match unit.place {
            Place::Start => 0,
            Place::Loop(at) => at + 1,
        });
        write_piece(&mut out, &unit.body);
        write_piece(&mut out, &unit.enter);
    }
    let content = out.finish();
    let mut out = MAGIC.to_vec();
    for half in key.into_iter().chain(digest(&content)) {
        out.extend(half.to_le_bytes());
    }
    out.extend(content);
    out
}

fn write_piece(out: &mut Writer, piece: &Piece) {
    out.u32(piece.align);
    out.u32(piece.bytes.len() as u32);
    out.bytes(&piece.bytes);
    out.u32(piece.fixups.len() as u32);
    for fixup in &piece.fixups {
        out.u32(fixup.at);
        out.u8(u8::from(fixup.near == Near::Words));
        out.u32(match fixup.target {
            Target::Own => 0,
            Target::Body(func) => func + 1,
        });
        out.sleb(i64::from(fixup.addend));
    }
}

/// Reads machine code that was made for `key`; anything else is refused.
pub fn decode(bytes: &[u8], key: [u64; 2]) -> Option<Vec<Unit>> {
    let (head, content) = bytes.split_at_checked(HEAD)?;
    let mut expected = MAGIC.to_vec();
    for half in key.into_iter().chain(digest(content)) {
        expected.extend(half.to_le_bytes());
    }
    if head != expected {
        return None;
    }
    read_units(content).ok()
}

fn read_units(content: &[u8]) -> Result<Vec<Unit>, WireError> {
    let mut reader = Reader::new(content, HEAD);
    let count = reader.count(content.len())?;
    let mut units = Vec::with_capacity(count);
    for _ in 0..count {
        let func = reader.u32()?;
        let place = reader.u32()?.checked_sub(1).map_or(Place::Start, Place::Loop);
        let body = read_piece(&mut reader)?;
        let enter = read_piece(&mut reader)?;
        units.push(Unit { func, place, body, enter });
    }
    match reader.is_at_end() {
        true => Ok(units),
        false => Err(reader.error(WireErrorKind::Truncated)),
    }
}

fn read_piece(reader: &mut Reader<'_>) -> Result<Piece, WireError> {
    let align = reader.u32()?;
    let count = reader.count(reader.remaining())?;
    let bytes = reader.bytes(count)?.to_vec();
    let count = reader.count(reader.remaining())?;
    let mut fixups = Vec::with_capacity(count);
    for _ in 0..count {
        let at = reader.u32()?;
        let near = if reader.u8()? == 0 { Near::Bytes } else { Near::Words };
        let target = reader.u32()?.checked_sub(1).map_or(Target::Own, Target::Body);
        let wrong = reader.error(WireErrorKind::Truncated);
        let addend = i32::try_from(reader.sleb()?).map_err(|_| wrong)?;
        fixups.push(Fixup { at, near, target, addend });
    }
    Ok(Piece { bytes, align, fixups, lines: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_damaged_or_foreign_is_refused() {
        let fixup = Fixup { at: 1, near: Near::Bytes, target: Target::Body(4), addend: -4 };
        let body = Piece { bytes: vec![1, 2, 3, 4, 5], align: 16, ..Piece::default() };
        let enter = Piece { fixups: vec![fixup], ..body.clone() };
        let unit = |place| Unit { func: 7, place, body: body.clone(), enter: enter.clone() };
        let units = vec![unit(Place::Start), unit(Place::Loop(0)), unit(Place::Loop(9))];
        let bytes = encode(&units, [1, 2]);
        assert_eq!(decode(&bytes, [1, 2]), Some(units));
        assert_eq!(decode(&bytes, [1, 3]), None);
        for length in 0..bytes.len() {
            assert_eq!(decode(&bytes[..length], [1, 2]), None, "{length} bytes");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                assert_eq!(decode(&other, [1, 2]), None, "bit {bit} of byte {at}");
            }
        }
    }
}
