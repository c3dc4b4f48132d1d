//! Which slots an instruction reads and writes, and as what.
//!
//! The one place that knows the roles of operand fields; `flow` builds liveness on it. What an
//! instruction computes is in `lower`.

use kaa_code::word::{self, Access, MapPlace, a, b, c};
use kaa_code::{Code, RegOp, Shape};

/// How a value is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// An integer, a reference, or an `f32`.
    Int,
    /// An `f64`.
    Float,
    /// Either: the value is only moved.
    Any,
}

use Class::{Any, Float, Int};

/// One operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operand {
    /// The slot is read.
    Use(u16, Class),
    /// The slot is written.
    Def(u16, Class),
    /// The slot is written in memory by what is called.
    Result(u16, Class),
}

use Operand::{Def, Result, Use};

fn class(float: bool) -> Class {
    if float { Float } else { Int }
}

/// The class of the value that an operation on a map gives.
pub(crate) fn map_value_class(op: RegOp, place: u64) -> Class {
    let has = matches!(op, RegOp::MapHas | RegOp::MapStrHas);
    class(!has && MapPlace::unpack(place).access == Access::F8)
}

/// Tells all operands of the instruction at a word: reads first, then writes.
pub(crate) fn operands(code: &Code, at: usize, op: RegOp, tell: &mut dyn FnMut(Operand)) {
    use Shape::*;
    let w = code.words[at];
    let (a, b, c) = (a(w), b(w), c(w));
    let mut all = |list: &[Operand]| list.iter().for_each(|o| tell(*o));
    match op.shape() {
        iii | iii_t | hii | hii_t | hiix_t => all(&[Use(b, Int), Use(c, Int), Def(a, Int)]),
        iik | iik_t | ii | ii_t | hi | hik | unshare => all(&[Use(b, Int), Def(a, Int)]),
        ik | ipool => all(&[Def(a, Int)]),
        fpool => all(&[Def(a, Float)]),
        fff => all(&[Use(b, Float), Use(c, Float), Def(a, Float)]),
        ff => all(&[Use(b, Float), Def(a, Float)]),
        iff => all(&[Use(b, Float), Use(c, Float), Def(a, Int)]),
        fi | hfk => all(&[Use(b, Int), Def(a, Float)]),
        i_f | i_f_t => all(&[Use(b, Float), Def(a, Int)]),
        jii => all(&[Use(a, Int), Use(b, Int)]),
        jik | ji => all(&[Use(a, Int)]),
        jff => all(&[Use(a, Float), Use(b, Float)]),
        loops => all(&[Use(a, Int), Use(b, Int), Def(a, Int)]),
        hif_t | hifx_t => all(&[Use(b, Int), Use(c, Int), Def(a, Float)]),
        hset => all(&[Use(a, Int), Use(c, Any)]),
        hset3_t | hset3x_t => all(&[Use(a, Int), Use(b, Int), Use(c, Any)]),
        put | putx => all(&[Use(a, Int), Use(b, Int), Use(c, Any), Def(a, Int)]),
        push => all(&[Use(a, Int), Use(b, Any), Def(a, Int)]),
        mget | sget => {
            let place = code.words[at + 1];
            all(&[Use(b, Int), Use(c, Int)]);
            if matches!(op, RegOp::MapGetOr | RegOp::MapStrGetOr) {
                all(&[Use(MapPlace::unpack(place).default, Any)]);
            }
            all(&[Result(a, map_value_class(op, place))]);
        }
        mput | sput => all(&[Use(a, Int), Use(b, Int), Use(c, Any), Result(a, Int)]),
        gget => all(&[Def(a, Any)]),
        gset => all(&[Use(a, Any)]),
        ctl => control(code, at, op, tell),
    }
}

fn control(code: &Code, at: usize, op: RegOp, tell: &mut dyn FnMut(Operand)) {
    let w = code.words[at];
    match op {
        RegOp::Select => {
            tell(Use(b(w), Int));
            tell(Use(c(w), Any));
            tell(Use(code.words[at + 1] as u16, Any));
            tell(Def(a(w), Any));
        }
        RegOp::Switch => tell(Use(a(w), Int)),
        RegOp::Ret0 => {
            for (i, float) in code.float_results.iter().enumerate() {
                tell(Use(i as u16, class(*float)));
            }
        }
        RegOp::Ret1 => tell(Use(a(w), class(code.float_results.first() == Some(&true)))),
        RegOp::Alloc => tell(Def(a(w), Int)),
        RegOp::CallFunc | RegOp::CallClosure | RegOp::TailCallClosure => {
            tell(Use(b(w), Int));
            window(code, at, tell);
        }
        op if op.has_window() => window(code, at, tell),
        _ => {}
    }
}

fn window(code: &Code, at: usize, tell: &mut dyn FnMut(Operand)) {
    let Some(site) = code.site(at as u32) else { return };
    for (i, float) in site.args.iter().enumerate() {
        tell(Use(site.base + i as u16, class(*float)));
    }
    for (i, float) in site.results.iter().enumerate() {
        tell(Result(site.base + i as u16, class(*float)));
    }
}

/// What an instruction is to lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ListRole {
    /// It reads the header of the list in this slot, and at most elements change.
    Uses(u16),
    /// The same, and the slot has the list or a copy of it afterwards.
    Puts(u16),
    /// It may change the length or the buffer of any list.
    Changes,
    /// It calls what may share lists, and does no more to them.
    Keeps,
    /// None.
    None,
}

/// What an instruction is to lists.
pub(crate) fn list_role(op: RegOp, w: u64) -> ListRole {
    use RegOp::*;
    match op {
        ListLen | ListGet8 | ListGetF | ListGet4U | ListGet4S | ListGet2U | ListGet2S
        | ListGet1U | ListGet1S | ListGetX | ListGetX8 | ListGetXF => ListRole::Uses(b(w)),
        ListSetX => ListRole::Uses(a(w)),
        op if matches!(op.shape(), Shape::put | Shape::putx) => ListRole::Puts(a(w)),
        op if op.shape() == Shape::push || op.has_window() => ListRole::Changes,
        _ => ListRole::None,
    }
}

/// Where control goes after an instruction.
pub(crate) fn successors(code: &Code, at: usize, op: RegOp) -> Successors {
    let w = code.words[at];
    let next = at + op.words();
    let short = |field: u16| next.wrapping_add_signed(isize::from(field as i16));
    let long = || next.wrapping_add_signed(word::bx(w) as i32 as isize);
    match op.shape() {
        Shape::jii | Shape::jik | Shape::jff | Shape::loops => {
            Successors::Branch(short(c(w)), next)
        }
        Shape::ji => Successors::Branch(long(), next),
        _ => match op {
            RegOp::Jmp => Successors::Jump(long()),
            // The jumps of the table are instructions of their own.
            RegOp::Switch => Successors::Table(next, word::bx(w) as usize + 1),
            RegOp::Ret0
            | RegOp::Ret1
            | RegOp::TailCall
            | RegOp::TailCallClosure
            | RegOp::Trap
            | RegOp::Resume
            | RegOp::Halt
            | RegOp::Lower
            | RegOp::Enter => Successors::None,
            _ => Successors::Next(next),
        },
    }
}

/// Where control goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Successors {
    /// To the next instruction.
    Next(usize),
    /// To one place.
    Jump(usize),
    /// To the first if the condition holds, else to the second.
    Branch(usize, usize),
    /// To one of so many jumps that follow each other.
    Table(usize, usize),
    /// Out of the function.
    None,
}
