//! Listings of register code: one line a word, with source lines and root maps.

use std::fmt::Write;

use crate::Code;
use crate::reg::{RegOp, Shape};
use crate::select::slow_name;
use crate::word::{self, LeafPlace, MapPlace, Word};

/// A listing of a function's code. `source` gives the text of a source line.
pub fn listing(name: &str, code: &Code, source: &dyn Fn(u32) -> Option<String>) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{name}: {} parameters, {} slots, {} words",
        code.params,
        code.frame,
        code.words.len()
    );
    let mut line = 0;
    let mut extra: Option<Extra> = None;
    for (pc, word) in code.words.iter().enumerate() {
        let pc = pc as u32;
        let loc = code.loc(pc);
        if loc.line != line && loc.line != 0 {
            line = loc.line;
            let text = source(line).unwrap_or_default();
            let _ = writeln!(out, "  ; line {line}: {}", text.trim());
        }
        let text = match extra.take() {
            Some(kind) => kind.show(*word),
            None => {
                extra = Extra::of(*word);
                instruction(*word, pc)
            }
        };
        let _ = write!(out, "  {pc:>5}  {text}");
        if let Some(map) = code.map(pc) {
            let refs: Vec<String> = map.refs.iter().map(|s| format!("r{s}")).collect();
            let inner: Vec<String> = map.interior.iter().map(|s| format!("&r{s}")).collect();
            let _ = write!(out, "  ; roots [{}]", [refs, inner].concat().join(" "));
        }
        if let Some(edge) = code.unwind(pc) {
            let _ = write!(out, "  ; unwinds to {}", edge.target);
        }
        out.push('\n');
    }
    out
}

/// The instructions of a function: the number of the first word of each, and what it does.
pub fn lines(code: &Code) -> Vec<(u32, String)> {
    let shown = |(at, _)| (at as u32, instruction(code.words[at], at as u32));
    code.instructions().map(shown).collect()
}

/// What the word after an instruction is.
enum Extra {
    Leaf,
    Map(RegOp),
    Slot,
    Base,
}

impl Extra {
    fn of(w: Word) -> Option<Extra> {
        match word::op(w)? {
            RegOp::Select => Some(Extra::Slot),
            RegOp::Switch => Some(Extra::Base),
            op if matches!(op.shape(), Shape::mget | Shape::mput | Shape::sget | Shape::sput) => {
                Some(Extra::Map(op))
            }
            op if op.shape().has_extra_word() => Some(Extra::Leaf),
            _ => None,
        }
    }

    fn show(self, w: Word) -> String {
        match self {
            Extra::Leaf => {
                let p = LeafPlace::unpack(w);
                format!("        stride {} offset {} {:?}", p.stride, p.offset, p.access)
            }
            Extra::Map(op) => {
                let p = MapPlace::unpack(w);
                let place = format!("stride {} offset {} {:?}", p.stride, p.offset, p.access);
                match op {
                    RegOp::MapGetOr | RegOp::MapStrGetOr => {
                        format!("        {place}, else r{}", p.default)
                    }
                    _ => format!("        {place}"),
                }
            }
            Extra::Slot => format!("        else r{w}"),
            Extra::Base => format!("        from {}", w as i64),
        }
    }
}

/// The slots that an instruction reads, in the order of its operands. Those of a window are not
/// among them: how many there are is the callee's to know.
pub fn operands(w: Word) -> Vec<u16> {
    use Shape::*;
    let Some(op) = word::op(w) else { return Vec::new() };
    let (a, b, c) = (word::a(w), word::b(w), word::c(w));
    match op.shape() {
        iii | iii_t | fff | iff | hii | hii_t | hif_t | hiix_t | hifx_t | mget | sget => {
            vec![b, c]
        }
        iik | iik_t | hik | hfk => vec![b],
        ii | ii_t | ff | fi | i_f | i_f_t | hi | unshare => vec![b],
        jii | jff | loops | push => vec![a, b],
        jik | ji | gset => vec![a],
        hset => vec![a, c],
        hset3_t | hset3x_t | put | putx | mput | sput => vec![a, b, c],
        ik | ipool | fpool | gget => Vec::new(),
        ctl => match op {
            RegOp::Ret1 | RegOp::Switch => vec![a],
            RegOp::CallFunc | RegOp::CallClosure | RegOp::TailCallClosure => vec![b],
            RegOp::Select => vec![b, c],
            _ => Vec::new(),
        },
    }
}

/// Whether the slots that an instruction reads hold floats.
pub fn reads_floats(w: Word) -> bool {
    use Shape::*;
    word::op(w).is_some_and(|op| matches!(op.shape(), fff | ff | iff | i_f | i_f_t | jff))
}

/// One instruction as text; `pc` is the index of its word.
pub fn instruction(w: Word, pc: u32) -> String {
    use Shape::*;
    let Some(op) = word::op(w) else { return format!("?? {w:#x}") };
    let (a, b, c) = (word::a(w), word::b(w), word::c(w));
    let (acc_1, acc_2) = (word::variant(w) & 1 != 0, word::variant(w) & 2 != 0);
    let reg = |slot: u16, acc: bool| if acc { format!("acc:r{slot}") } else { format!("r{slot}") };
    let short = || i64::from(pc) + 1 + i64::from(c as i16);
    let long = || i64::from(pc) + 1 + i64::from(word::bx(w) as i32);
    let operands = match op.shape() {
        iii | iii_t | fff | iff | hii | hii_t | hif_t | hiix_t | hifx_t | mget | sget => {
            format!("r{a}, {}, {}", reg(b, acc_1), reg(c, acc_2))
        }
        iik | iik_t | hik | hfk => format!("r{a}, {}, {}", reg(b, acc_1), c as i16),
        ii | ii_t | ff | fi | i_f | i_f_t | hi | unshare => format!("r{a}, {}", reg(b, acc_1)),
        ik => format!("r{a}, {}", word::bx(w) as i32),
        ipool | fpool => format!("r{a}, pool[{}]", word::bx(w)),
        jii | jff => format!("{}, {}, -> {}", reg(a, acc_1), reg(b, acc_2), short()),
        jik => format!("{}, {}, -> {}", reg(a, acc_1), b as i16, short()),
        ji => format!("{}, -> {}", reg(a, acc_1), long()),
        loops => format!("r{a}, r{b}, -> {}", short()),
        hset => format!("r{a}, {}, r{c}", b as i16),
        hset3_t | hset3x_t | put | putx | mput | sput => format!("r{a}, r{b}, r{c}"),
        push => format!("r{a}, r{b}"),
        gget | gset => format!("r{a}, global {}", word::bx(w)),
        ctl => control(op, w, long()),
    };
    format!("{:<14} {operands}", op.name()).trim_end().to_owned()
}

fn control(op: RegOp, w: Word, target: i64) -> String {
    let (a, b, c, bx) = (word::a(w), word::b(w), word::c(w), word::bx(w));
    match op {
        RegOp::Jmp => format!("-> {target}"),
        RegOp::Call | RegOp::TailCall => format!("window r{a}, func {bx}"),
        RegOp::Native => format!("window r{a}, native {bx}"),
        RegOp::Slow => format!("window r{a}, {}", slow_name(w)),
        RegOp::CallFunc => format!("window r{a}, r{b}"),
        RegOp::CallClosure | RegOp::TailCallClosure => format!("window r{a}, r{b}, {c} args"),
        RegOp::Ret1 => format!("r{a}"),
        RegOp::Select => format!("r{a}, r{b}, r{c}"),
        RegOp::Switch => format!("r{a}, {bx} entries"),
        RegOp::Alloc => format!("r{a}, type {bx}"),
        RegOp::Trap | RegOp::Fuel | RegOp::Lower => format!("{bx}"),
        RegOp::Count => format!("{b} instructions, {c} calls"),
        _ => String::new(),
    }
}
