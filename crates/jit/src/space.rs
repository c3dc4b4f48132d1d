//! Where machine code of a store lies. It is never writable and executable at once: each
//! installation takes fresh pages, fills them, and then makes them executable for good.

use kaa_exec::tier::{Fixup, Near, Piece, Place, Refused, Target, Unit};
use region::Protection;
use rustc_hash::FxHashMap;

/// Bytes of machine code that a store may have; what is compiled after that stays interpreted.
/// They are reserved when the first function is compiled, and taken page by page. Bodies call
/// each other by distances that reach through all of it.
const MAX_CODE: usize = 64 << 20;

/// The compiled code of a store. All of it is freed with this.
pub(crate) struct CodeSpace {
    room: region::Allocation,
    /// Bytes from the start that are taken: whole pages.
    used: usize,
    /// Where the bodies of functions are.
    bodies: FxHashMap<u32, usize>,
}

/// What is being installed: where it goes, and its bytes.
struct Writing {
    start: usize,
    bytes: Vec<u8>,
}

impl CodeSpace {
    /// A space that begins with the stub for out-of-line work.
    pub fn new(stub: &Piece) -> Result<CodeSpace, Refused> {
        let room = region::alloc(MAX_CODE, Protection::NONE).map_err(|_| Refused::Full)?;
        let mut space = CodeSpace { room, used: 0, bodies: FxHashMap::default() };
        let mut writing = space.begin();
        writing.add(stub);
        space.commit(&writing)?;
        Ok(space)
    }

    /// The stub.
    pub fn stub(&self) -> *const u8 {
        self.room.as_ptr()
    }

    /// Puts units beside each other; gives where the body of each is, and what enters it.
    pub fn install(&mut self, units: &[Unit]) -> Result<Vec<[*const u8; 2]>, Refused> {
        let mut writing = self.begin();
        let places: Vec<[usize; 2]> =
            units.iter().map(|unit| [writing.add(&unit.body), writing.add(&unit.enter)]).collect();
        let starts = units.iter().zip(&places).filter(|(unit, _)| unit.place == Place::Start);
        let new: FxHashMap<u32, usize> = starts.map(|(unit, at)| (unit.func, at[0])).collect();
        for (unit, [body, enter]) in units.iter().zip(&places) {
            let find = |target| match target {
                Target::Own => Some(*body),
                Target::Body(func) => new.get(&func).or_else(|| self.bodies.get(&func)).copied(),
            };
            for (piece, at) in [(&unit.body, *body), (&unit.enter, *enter)] {
                for fixup in &piece.fixups {
                    let to = find(fixup.target).ok_or(Refused::Failed)?;
                    writing.fix(at, fixup, to).ok_or(Refused::Failed)?;
                }
            }
        }
        self.commit(&writing)?;
        self.bodies.extend(new);
        let first = self.room.as_ptr::<u8>();
        Ok(places.iter().map(|place| place.map(|at| first.wrapping_add(at))).collect())
    }

    fn begin(&self) -> Writing {
        Writing { start: self.used, bytes: Vec::new() }
    }

    /// Copies what was written into pages of its own and makes them executable.
    fn commit(&mut self, writing: &Writing) -> Result<(), Refused> {
        let length = region::page::ceil(writing.bytes.len() as *const u8) as usize;
        if length > MAX_CODE - self.used {
            return Err(Refused::Full);
        }
        let first = self.room.as_mut_ptr::<u8>().wrapping_add(self.used);
        // SAFETY: the pages are inside the reserved room, and nothing else has or uses them, as
        // `used` only grows; they are writable when they are written.
        unsafe {
            let protect = |how| region::protect(first, length, how).map_err(|_| Refused::Full);
            protect(Protection::READ_WRITE)?;
            first.copy_from_nonoverlapping(writing.bytes.as_ptr(), writing.bytes.len());
            flush(first, length)?;
            protect(Protection::READ_EXECUTE)?;
        }
        self.used += length;
        Ok(())
    }
}

impl Writing {
    /// Adds a piece and gives its place in the room.
    fn add(&mut self, piece: &Piece) -> usize {
        let align = (piece.align as usize).clamp(1, region::page::size());
        self.bytes.resize(self.bytes.len().next_multiple_of(align), 0);
        let at = self.start + self.bytes.len();
        self.bytes.extend_from_slice(&piece.bytes);
        at
    }

    /// Fills in the distance to `to` in the piece at `piece`.
    fn fix(&mut self, piece: usize, fixup: &Fixup, to: usize) -> Option<()> {
        let at = piece + fixup.at as usize;
        let distance = to as i64 + i64::from(fixup.addend) - at as i64;
        let from = at - self.start;
        let place: &mut [u8; 4] = self.bytes.get_mut(from..from + 4)?.try_into().ok()?;
        *place = match fixup.near {
            Near::Bytes => i32::try_from(distance).ok()?.to_le_bytes(),
            Near::Words => {
                const LOW: u32 = 0x03ff_ffff;
                let words = (distance >> 2) as u32 & LOW;
                (u32::from_le_bytes(*place) & !LOW | words).to_le_bytes()
            }
        };
        Some(())
    }
}

/// Lets the processor see new code.
#[cfg(target_arch = "x86_64")]
fn flush(_: *const u8, _: usize) -> Result<(), Refused> {
    Ok(())
}

/// Lets the processor see new code.
#[cfg(not(target_arch = "x86_64"))]
fn flush(first: *const u8, length: usize) -> Result<(), Refused> {
    use wasmtime_jit_icache_coherence::{clear_cache, pipeline_flush_mt};
    // SAFETY: the bytes are those of the pages that were just written.
    let cleared = unsafe { clear_cache(first.cast(), length) };
    cleared.and_then(|()| pipeline_flush_mt()).map_err(|_| Refused::Failed)
}
