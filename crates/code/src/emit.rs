//! The assembler: words, labels, the accumulator, root maps, source places.
//!
//! It knows which slot each accumulator holds a copy of and picks the variant of an
//! operation that reads it (bit 0: first slot operand, bit 1: second). The knowledge ends at
//! labels and calls. Fusing a counter with its branch also happens here.

use kaa_ir::Loc;

use crate::debug::DebugInfo;
use crate::linkage::LowerError;
use crate::reg::{RegOp, Shape};
use crate::word::{self, LeafPlace, MapPlace, Word};

/// A place in the code that jumps name before it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Label(u32);

/// How a jump's offset is stored.
#[derive(Clone, Copy, Debug)]
enum Fix {
    /// In field c.
    Short,
    /// In fields b and c.
    Long,
}

/// References that are live at a safepoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RootMap {
    /// Index of the word of the safepoint.
    pub pc: u32,
    /// Slots that hold references.
    pub refs: Box<[u16]>,
    /// Slots that hold interior pointers.
    pub interior: Box<[u16]>,
}

/// Where a catchable trap in a call continues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnwindEdge {
    /// Index of the call's word.
    pub call: u32,
    /// Index of the word to continue at.
    pub target: u32,
    /// The slot that gets the trap code.
    pub slot: u16,
}

/// The window of a call, a native or a slow operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallSite {
    /// Index of the word.
    pub pc: u32,
    /// First slot of the window.
    pub base: u16,
    /// For each argument, whether it is an `f64`.
    pub args: Box<[bool]>,
    /// For each result, whether it is an `f64`.
    pub results: Box<[bool]>,
}

/// Code under construction.
#[derive(Default)]
pub(crate) struct Emitter {
    pub words: Vec<Word>,
    labels: Vec<u32>,
    fixes: Vec<(u32, Label, Fix)>,
    pub maps: Vec<RootMap>,
    pub locs: Vec<(u32, Loc)>,
    pub unwinds: Vec<(u32, Label, u16)>,
    pub sites: Vec<CallSite>,
    /// Where variables are, if that is asked for.
    pub debug: Option<Box<DebugInfo>>,
    /// The window that was filled last and not used yet.
    pub site: Option<CallSite>,
    loc: Loc,
    int_acc: Option<u16>,
    float_acc: Option<u16>,
    /// The function is so long that conditional jumps may not reach: each goes over a long one.
    pub far: bool,
    /// The last word is `addk a, a, 1` or `addk a, a, -1` and nothing jumps behind it.
    counter: Option<(u16, i16)>,
}

const UNBOUND: u32 = u32::MAX;

impl Emitter {
    pub fn label(&mut self) -> Label {
        self.labels.push(UNBOUND);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label is here.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.here();
        self.forget();
    }

    pub fn here(&self) -> u32 {
        self.words.len() as u32
    }

    pub fn is_bound(&self, label: Label) -> bool {
        self.labels[label.0 as usize] != UNBOUND
    }

    /// Nothing is known of the accumulators any more.
    pub fn forget(&mut self) {
        self.int_acc = None;
        self.float_acc = None;
        self.counter = None;
    }

    pub fn set_loc(&mut self, loc: Loc) {
        self.loc = loc;
    }

    fn push(&mut self, word: Word) {
        let at = self.here();
        if self.locs.last().map(|l| l.1) != Some(self.loc) {
            self.locs.push((at, self.loc));
        }
        self.words.push(word);
        self.counter = None;
    }

    /// Notes the window of an operation that works through one.
    fn note_site(&mut self, op: RegOp) {
        if op.has_window()
            && let Some(site) = self.site.take()
        {
            self.sites.push(CallSite { pc: self.here(), ..site });
        }
    }

    fn wrote(&mut self, slot: u16, float: bool) {
        if float {
            self.float_acc = Some(slot);
            if self.int_acc == Some(slot) {
                self.int_acc = None;
            }
        } else {
            self.int_acc = Some(slot);
            if self.float_acc == Some(slot) {
                self.float_acc = None;
            }
        }
    }

    /// A slot changes by other means.
    pub fn clobber(&mut self, slot: u16) {
        if self.int_acc == Some(slot) {
            self.int_acc = None;
        }
        if self.float_acc == Some(slot) {
            self.float_acc = None;
        }
    }

    /// An instruction with fields a, b and c; picks the variant and notes the result.
    pub fn abc(&mut self, op: RegOp, a: u16, b: u16, c: u16) {
        let shape = op.shape();
        let variant = self.variant(shape, a, b, c);
        self.note_site(op);
        self.push(word::abc(op, variant, a, b, c));
        if let Some(float) = shape.result_is_float() {
            self.wrote(a, float);
        } else if is_in_place(shape) {
            self.clobber(a);
        }
        let by_one = matches!(c as i16, 1 | -1);
        if op == RegOp::AddK && a == b && by_one {
            self.counter = Some((a, c as i16));
        }
    }

    fn variant(&self, shape: Shape, a: u16, b: u16, c: u16) -> u16 {
        use Shape::*;
        let int = |slot: u16| u16::from(self.int_acc == Some(slot));
        let float = |slot: u16| u16::from(self.float_acc == Some(slot));
        match shape {
            iii | iii_t | hii | hii_t | hif_t | mget | sget => int(b) | int(c) << 1,
            iik | iik_t | ii | ii_t | fi | hi | hik | hfk => int(b),
            fff | iff => float(b) | float(c) << 1,
            ff | i_f | i_f_t => float(b),
            jii => int(a) | int(b) << 1,
            jik | ji => int(a),
            jff => float(a) | float(b) << 1,
            _ => 0,
        }
    }

    /// An instruction with fields a and bc.
    pub fn abx(&mut self, op: RegOp, a: u16, bx: u32) {
        let variant = self.variant(op.shape(), a, 0, 0);
        let variant = if op.shape() == Shape::ji { variant } else { 0 };
        self.note_site(op);
        self.push(word::abx(op, variant, a, bx));
        match op.shape().result_is_float() {
            Some(float) => self.wrote(a, float),
            None => self.clobber(a),
        }
    }

    /// An instruction followed by the place of a leaf.
    pub fn abc_leaf(&mut self, op: RegOp, a: u16, b: u16, c: u16, place: LeafPlace) {
        self.abc(op, a, b, c);
        self.push(place.pack());
    }

    /// An instruction followed by the place of a map's value.
    pub fn abc_map(&mut self, op: RegOp, a: u16, b: u16, c: u16, place: MapPlace) {
        self.abc(op, a, b, c);
        self.push(place.pack());
    }

    /// A word that belongs to the instruction before it.
    pub fn extra(&mut self, word: Word) {
        self.push(word);
    }

    /// A jump to `label`.
    pub fn jump(&mut self, label: Label) {
        self.fixes.push((self.here(), label, Fix::Long));
        self.push(word::abx(RegOp::Jmp, 0, 0, 0));
        self.forget();
    }

    /// A jump on the truth of a slot.
    pub fn jump_if(&mut self, op: RegOp, a: u16, label: Label) {
        let variant = self.variant(Shape::ji, a, 0, 0);
        self.fixes.push((self.here(), label, Fix::Long));
        self.push(word::abx(op, variant, a, 0));
    }

    /// A conditional jump with two operands; a counter just before it is fused in.
    pub fn jump_cmp(&mut self, op: RegOp, a: u16, b: u16, label: Label) {
        let fused = match (self.counter, op) {
            (Some((slot, 1)), RegOp::JLtS) if slot == a && a != b => Some(RegOp::LoopLt),
            (Some((slot, 1)), RegOp::JLeS) if slot == a && a != b => Some(RegOp::LoopLe),
            (Some((slot, -1)), RegOp::JLtS) if slot == b && a != b => Some(RegOp::LoopGt),
            (Some((slot, -1)), RegOp::JLeS) if slot == b && a != b => Some(RegOp::LoopGe),
            _ => None,
        };
        if let Some(fused) = fused {
            self.words.pop();
            let (a, b) =
                if matches!(fused, RegOp::LoopLt | RegOp::LoopLe) { (a, b) } else { (b, a) };
            self.short(word::abc(fused, 0, a, b, 0), label);
            self.wrote(a, false);
            return;
        }
        let variant = self.variant(op.shape(), a, b, 0);
        self.short(word::abc(op, variant, a, b, 0), label);
    }

    /// A conditional jump with a 16-bit offset.
    fn short(&mut self, word: Word, label: Label) {
        if self.far {
            self.push(word | 1 << 48);
            self.push(word::abx(RegOp::Jmp, 0, 0, 1));
            self.fixes.push((self.here(), label, Fix::Long));
            self.push(word::abx(RegOp::Jmp, 0, 0, 0));
        } else {
            self.fixes.push((self.here(), label, Fix::Short));
            self.push(word);
        }
    }

    /// A root map for the word that comes next.
    pub fn map(&mut self, refs: Vec<u16>, interior: Vec<u16>) {
        let pc = self.here();
        self.maps.push(RootMap { pc, refs: refs.into(), interior: interior.into() });
    }

    /// A map for the word that comes next, equal to that of an earlier word.
    pub fn note_unwind(&mut self, label: Label, slot: u16) {
        self.unwinds.push((self.here(), label, slot));
    }

    /// Fills in the offsets.
    pub fn finish(&mut self) -> Result<Vec<UnwindEdge>, LowerError> {
        for (at, label, fix) in std::mem::take(&mut self.fixes) {
            let offset = i64::from(self.labels[label.0 as usize]) - i64::from(at) - 1;
            self.words[at as usize] |= match fix {
                Fix::Long => {
                    let offset = i32::try_from(offset).map_err(|_| LowerError::TooLong)?;
                    u64::from(offset as u32) << 32
                }
                Fix::Short => {
                    let offset = i16::try_from(offset).map_err(|_| LowerError::TooLong)?;
                    u64::from(offset as u16) << 48
                }
            };
        }
        let edge = |(call, label, slot): &(u32, Label, u16)| UnwindEdge {
            call: *call,
            target: self.labels[label.0 as usize],
            slot: *slot,
        };
        Ok(self.unwinds.iter().map(edge).collect())
    }
}

/// Whether operations of a shape write a slot that they also read, without an accumulator.
fn is_in_place(shape: Shape) -> bool {
    use Shape::*;
    matches!(shape, put | putx | push | mput | sput | unshare)
}
