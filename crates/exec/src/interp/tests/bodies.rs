//! The words that run one operation once, for each variant and each way it can go.

use kaa_code::word::{Access, LeafPlace, MapPlace, abc, abx};
use kaa_code::{RegOp, Shape, SlowOp, Word};
use kaa_heap::header::STRUCT_DATA;

use super::world::*;

/// The body of a loop.
#[derive(Default)]
pub struct Body {
    pub words: Vec<Word>,
    /// The operation is a loop of its own that makes all turns.
    pub loops_itself: bool,
}

impl From<Vec<Word>> for Body {
    fn from(words: Vec<Word>) -> Body {
        Body { words, loops_itself: false }
    }
}

/// All bodies of an operation. Offsets of jumps are 0, so that both ways lead on.
pub fn of(op: RegOp, world: &World, turns: u64) -> Vec<Body> {
    use Shape::*;
    let words = match op.shape() {
        iii | iii_t => variants(RegOp::Mov, X, Y, |v, b, c| abc(op, v, OUT, b, c), 4),
        fff | iff => variants(RegOp::MovF, FX, FY, |v, b, c| abc(op, v, OUT, b, c), 4),
        iik | iik_t => variants(RegOp::Mov, X, X, |v, b, _| abc(op, v, OUT, b, 3), 2),
        ii | ii_t | fi => variants(RegOp::Mov, X, X, |v, b, _| abc(op, v, OUT, b, 0), 2),
        ff | i_f | i_f_t => variants(RegOp::MovF, FX, FX, |v, b, _| abc(op, v, OUT, b, 0), 2),
        ik => vec![vec![abx(op, 0, OUT, 7)]],
        ipool | fpool => vec![vec![abx(op, 0, OUT, 0)]],
        jii | jik | ji | jff => jumps(op),
        loops => return vec![counted(op, turns as u32)],
        hi | hii | hii_t | hif_t | hik | hfk => reads(op),
        hiix_t | hifx_t | hset3x_t | putx => leaves(op),
        hset | hset3_t | put | push | unshare => writes(op),
        mget | mput => maps(op, [MAP, LARGE_MAP, SHARED_MAP], X, Y),
        sget | sput => maps(op, [STR_MAP, STR_MAP, SHARED_STR_MAP], OTHER_STR, STR),
        gget | gset => vec![vec![abx(op, 0, OUT, INT_GLOBAL)]],
        ctl => control(op, world),
    };
    words.into_iter().map(Body::from).collect()
}

/// The word in each of its variants: with operand b, c or both in an accumulator, where `mov`
/// has just put them.
fn variants(
    mov: RegOp,
    b: u16,
    c: u16,
    word: impl Fn(u16, u16, u16) -> Word,
    count: u16,
) -> Vec<Vec<Word>> {
    let one = |v: u16| match v {
        0 => vec![word(0, b, c)],
        1 => vec![abc(mov, 0, b, b, 0), word(1, b, c)],
        2 => vec![abc(mov, 0, c, c, 0), word(2, b, c)],
        _ => vec![abc(mov, 0, b, b, 0), word(3, b, b)],
    };
    (0..count).map(one).collect()
}

/// Conditional jumps with operands that take them and operands that do not.
fn jumps(op: RegOp) -> Vec<Vec<Word>> {
    let pairs = |mov: RegOp, x: u16, y: u16| {
        let word = |v: u16, b: u16, c: u16| abc(op, v, b, c, 0);
        [variants(mov, x, y, word, 4), variants(mov, y, x, word, 4)].concat()
    };
    match op.shape() {
        Shape::jii => pairs(RegOp::Mov, X, Y),
        Shape::jff => pairs(RegOp::MovF, FX, FY),
        Shape::jik => {
            let with = |k: u16| variants(RegOp::Mov, X, X, move |v, b, _| abc(op, v, b, k, 0), 2);
            [with(5), with(2), with(9)].concat()
        }
        _ => {
            let of = |x: u16| variants(RegOp::Mov, x, x, |v, b, _| abx(op, v, b, 0), 2);
            [of(X), of(ZERO)].concat()
        }
    }
}

/// A counted loop that jumps to itself.
fn counted(op: RegOp, turns: u32) -> Body {
    let (from, to) = match op {
        RegOp::LoopLt => (0, turns),
        RegOp::LoopLe => (0, turns - 1),
        RegOp::LoopGt => (turns, 0),
        _ => (turns, 1),
    };
    let words = vec![
        abx(RegOp::LoadI, 0, SPARE, from),
        abx(RegOp::LoadI, 0, LIMIT, to),
        abc(op, 0, SPARE, LIMIT, -1i16 as u16),
    ];
    Body { words, loops_itself: true }
}

/// The object that a reading operation is for.
fn readable(op: RegOp) -> u16 {
    match op {
        RegOp::Shared => SHARED_INTS,
        RegOp::IsType => NODE,
        op if op.name().starts_with("list") => INTS,
        op if op.name().starts_with("arr") => INT_ARRAY,
        op if op.name().starts_with("str") => STR,
        _ => NODE,
    }
}

fn reads(op: RegOp) -> Vec<Vec<Word>> {
    let object = readable(op);
    let (other, count) = match (op, op.shape()) {
        (RegOp::StrEq, _) => (OTHER_STR, 3),
        (RegOp::IsType, _) => (NODE_TYPE, 3),
        (_, Shape::hii_t | Shape::hif_t) => (INDEX, 3),
        _ => (0, 2),
    };
    // The integers of a node lie behind its reference, which takes eight bytes with its gap.
    let field = (STRUCT_DATA + 8) as u16;
    let word = |v: u16, b: u16, c: u16| match op.shape() {
        Shape::hik | Shape::hfk => abc(op, v, OUT, b, field),
        _ => abc(op, v, OUT, b, c),
    };
    variants(RegOp::Mov, object, other, word, count)
}

/// Operations whose next word has the place of a leaf.
fn leaves(op: RegOp) -> Vec<Vec<Word>> {
    let place = |stride: u32, access: Access| LeafPlace { stride, offset: 0, access }.pack();
    let (ints, nodes) = match op.name().starts_with("arr") {
        true => (INT_ARRAY, NODE_ARRAY),
        false => (INTS, NODES),
    };
    let refs = match op {
        RegOp::ListPutX8 | RegOp::ListGetX8 | RegOp::ListGetXF => Vec::new(),
        _ if matches!(op.shape(), Shape::hiix_t | Shape::hifx_t) => {
            vec![vec![abc(op, 0, OUT, nodes, INDEX), place(4, Access::Ref)]]
        }
        _ => vec![vec![abc(op, 0, nodes, INDEX, NODE), place(4, Access::Ref)]],
    };
    let scalars = match op.shape() {
        Shape::hiix_t | Shape::hifx_t => {
            vec![vec![abc(op, 0, OUT, ints, INDEX), place(8, Access::W8)]]
        }
        Shape::putx => vec![
            vec![abc(op, 0, ints, INDEX, X), place(8, Access::W8)],
            vec![
                abc(RegOp::Mov, 0, SPARE, SHARED_INTS, 0),
                abc(op, 0, SPARE, INDEX, X),
                place(8, Access::W8),
            ],
        ],
        _ => vec![vec![abc(op, 0, ints, INDEX, X), place(8, Access::W8)]],
    };
    [scalars, refs].concat()
}

/// Writes, in place and where the object is shared, which is done out of line.
fn writes(op: RegOp) -> Vec<Vec<Word>> {
    let refs = op.name().ends_with("_ref");
    let value = if refs { NODE } else { X };
    let (own, shared) = if refs { (NODES, SHARED_NODES) } else { (INTS, SHARED_INTS) };
    let copied = |word: Word| vec![abc(RegOp::Mov, 0, SPARE, shared, 0), word];
    match op.shape() {
        Shape::hset => {
            let field = if refs { STRUCT_DATA } else { STRUCT_DATA + 8 };
            vec![vec![abc(op, 0, NODE, field as u16, value)]]
        }
        Shape::hset3_t => {
            let array = if refs { NODE_ARRAY } else { INT_ARRAY };
            vec![vec![abc(op, 0, array, INDEX, value)]]
        }
        Shape::put => {
            vec![vec![abc(op, 0, own, INDEX, value)], copied(abc(op, 0, SPARE, INDEX, value))]
        }
        Shape::push => {
            vec![vec![abc(op, 0, own, value, 0)], copied(abc(op, 0, SPARE, value, 0))]
        }
        _ => vec![vec![abc(op, 0, OUT, own, 0)], vec![abc(op, 0, OUT, shared, 0)]],
    }
}

/// Maps with and without an index, one that is shared and written out of line; a key that they
/// have and one that they do not.
fn maps(op: RegOp, maps: [u16; 3], key: u16, missing: u16) -> Vec<Vec<Word>> {
    // The value of a string is nearer, as the string is shorter than an integer.
    let (stride, offset) = if key == OTHER_STR { (16, 8) } else { (24, 16) };
    let place = MapPlace { stride, offset, access: Access::W8, default: Y }.pack();
    let [map, large, shared] = maps;
    if matches!(op.shape(), Shape::mput | Shape::sput) {
        let on = |map: u16, key: u16| vec![abc(op, 0, map, key, Y), place];
        let copied = [vec![abc(RegOp::Mov, 0, SPARE, shared, 0)], on(SPARE, key)].concat();
        return vec![on(map, key), on(large, key), on(map, missing), on(large, missing), copied];
    }
    let missing = if matches!(op, RegOp::MapGet | RegOp::MapStrGet) { key } else { missing };
    let on = |map: u16, key: u16| vec![abc(op, 0, OUT, map, key), place];
    let in_acc = |words: Vec<Word>| [words, vec![place]].concat();
    let variants = variants(RegOp::Mov, map, key, |v, b, c| abc(op, v, OUT, b, c), 3);
    let all = [on(large, key), on(map, missing), on(large, missing)];
    all.into_iter().chain(variants.into_iter().map(in_acc)).collect()
}

fn control(op: RegOp, world: &World) -> Vec<Vec<Word>> {
    let call = |func: u32| abx(RegOp::Call, 0, WINDOW, func);
    let mov = |to: u16, from: u16| abc(RegOp::Mov, 0, to, from, 0);
    let words = match op {
        RegOp::Select => vec![abc(op, 0, OUT, X, Y), u64::from(ZERO)],
        // Three ways out of the table: both of its entries, then everything else.
        RegOp::Switch => vec![
            abx(op, 0, COUNTER, 2),
            0,
            abx(RegOp::Jmp, 0, 0, 2),
            abx(RegOp::Jmp, 0, 0, 1),
            abx(RegOp::Jmp, 0, 0, 0),
        ],
        RegOp::Call | RegOp::Ret0 => vec![call(world.ret0)],
        RegOp::Ret1 => vec![call(world.ret1)],
        RegOp::CallFunc => vec![abc(op, 0, WINDOW, FUNC, 0)],
        RegOp::CallClosure => vec![mov(WINDOW, X), abc(op, 0, WINDOW, CLOSURE, 1)],
        RegOp::TailCall => vec![call(world.tail)],
        RegOp::TailCallClosure => {
            vec![mov(WINDOW + 1, CLOSURE), mov(WINDOW + 2, X), call(world.tail_closure)]
        }
        RegOp::Lower => vec![call(world.lower)],
        RegOp::Enter => vec![call(world.enter)],
        RegOp::Native => vec![abx(op, 0, WINDOW, IDLE)],
        RegOp::Slow => {
            let strings = [mov(WINDOW, STR), mov(WINDOW + 1, OTHER_STR)];
            return [SlowOp::StrCmp, SlowOp::StrConcat]
                .map(|slow| [&strings[..], &[abx(op, 0, WINDOW, slow as u32)]].concat())
                .into();
        }
        RegOp::Fuel => vec![abx(op, 0, 0, 1)],
        RegOp::Count => vec![abc(op, 0, 0, 1, 1)],
        RegOp::Alloc => vec![abx(op, 0, OUT, world.node.0)],
        // `Jmp`, `Hot` and `Gc`; `Halt`, `Trap` and `Resume` end a run and have no loop.
        _ => vec![abx(op, 0, 0, 0)],
    };
    vec![words]
}
