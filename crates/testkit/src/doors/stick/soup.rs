//! Random programs of StickVM as texts: mostly well typed, now and then not.
//!
//! Each register of a function has a kind of its own, so that most programs have known tags; loops
//! are counted, so that all of them end. What a program should do is not known here.

use std::fmt::Write;

use kaa::door::stick::Numbering;
use kaa::door::{Door, DoorOptions};

use crate::random::Random;

/// The kinds: integers, unsigned ones, doubles, floats, truth values.
const KINDS: [&str; 5] = ["i64", "u64", "f64", "f32", "bool"];
/// The kinds of the first registers.
const OF_REGISTER: [usize; 9] = [0, 0, 0, 1, 1, 2, 2, 3, 4];
/// The counter of a loop, its step, an object, the callee of a call; its arguments follow it.
const COUNTER: usize = 9;
const STEP: usize = 10;
const OBJECT: usize = 11;
const CALLEE: usize = 12;
/// The window of the first frame.
const WINDOW: usize = 16;

/// Instructions on two registers of a kind: name, kind, kind of the result.
const BINARY: &[(&str, usize, usize)] = &[
    ("ADD", 0, 0),
    ("SUB", 0, 0),
    ("MUL", 0, 0),
    ("DIV", 0, 0),
    ("MOD", 0, 0),
    ("DIVU", 0, 0),
    ("MODU", 0, 0),
    ("AND", 0, 0),
    ("OR", 0, 0),
    ("XOR", 0, 0),
    ("SHL", 0, 0),
    ("SHR", 0, 0),
    ("EQ", 0, 4),
    ("NEQ", 0, 4),
    ("GT", 0, 4),
    ("GTU", 0, 0),
    ("LEU", 0, 0),
    ("LT", 0, 4),
    ("LE", 0, 4),
    ("ADD_U", 1, 1),
    ("SUB_U", 1, 1),
    ("MUL_U", 1, 1),
    ("DIV_U", 1, 1),
    ("SHR_U", 1, 1),
    ("XOR_U", 1, 1),
    ("GE_U", 1, 4),
    ("NEQ_U", 1, 4),
    ("ADD_D", 2, 2),
    ("MUL_D", 2, 2),
    ("DIV_D", 2, 2),
    ("LT_D", 2, 4),
    ("EQ_D", 2, 4),
    ("ADD_F", 3, 3),
    ("SUB_F", 3, 3),
    ("DIV_F", 3, 3),
    ("GE_F", 3, 4),
];
/// Instructions on one register of a kind: name, kind of the operand, kind of the result. Those of
/// one kind work in place.
const UNARY: &[(&str, usize, usize)] = &[
    ("NEG", 0, 0),
    ("BNOT", 0, 0),
    ("LNOT", 4, 4),
    ("NEG_U", 1, 1),
    ("BNOT_U", 1, 1),
    ("NEG_D", 2, 2),
    ("NEG_F", 3, 3),
    ("I2D", 0, 2),
    ("I2F", 0, 3),
    ("D2I", 2, 0),
    ("F2I", 3, 0),
    ("I2U", 0, 1),
    ("U2I", 1, 0),
    ("U2D", 1, 2),
    ("U2F", 1, 3),
    ("D2U", 2, 1),
    ("F2U", 3, 1),
];

/// The program of a seed.
pub fn program(numbering: Numbering, seed: u64) -> String {
    let mut soup = Soup {
        numbering,
        random: Random::new(seed),
        text: String::new(),
        labels: 0,
        depth: 0,
        main: true,
    };
    soup.pools();
    soup.function();
    soup.finish();
    for function in ["first", "second"] {
        soup.main = false;
        soup.line(&format!("{function}:"));
        soup.function();
        let result = soup.register(0);
        soup.line(&format!("    RET r{result}"));
    }
    soup.text
}

struct Soup {
    numbering: Numbering,
    random: Random,
    text: String,
    labels: usize,
    depth: usize,
    /// Whether this is the code that a program begins in.
    main: bool,
}

impl Soup {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// Constants and globals of each kind, and functions.
    fn pools(&mut self) {
        for pool in [".const", ".global"] {
            for (kind, name) in KINDS.iter().enumerate() {
                for nth in 0..2 {
                    let value = self.value(kind);
                    self.line(&format!("{pool} {}{kind}{nth} {name} {value}", &pool[1..2]));
                }
            }
        }
        self.line(".const first fn first 2 14");
        self.line(".const second fn second 1 13");
    }

    fn value(&mut self, kind: usize) -> String {
        let integers = ["0", "1", "7", "64", "9223372036854775807"];
        match kind {
            0 => match self.random.below(3) {
                0 => "-9223372036854775808".to_owned(),
                1 => (self.random.next() as i64 >> self.random.below(64)).to_string(),
                _ => (*self.random.pick(&integers)).to_owned(),
            },
            1 => match self.random.below(2) {
                0 => (self.random.next() >> self.random.below(64)).to_string(),
                _ => (*self.random.pick(&integers)).to_owned(),
            },
            4 => (*self.random.pick(&["true", "false"])).to_owned(),
            _ => (*self.random.pick(&["0.0", "1.5", "-3.25", "1e19", "-1e30", "0.1"])).to_owned(),
        }
    }

    /// A register of a kind; now and then another one.
    fn register(&mut self, kind: usize) -> usize {
        if self.random.one_in(150) {
            return self.random.below(CALLEE + 2);
        }
        let fit: Vec<usize> = (0..OF_REGISTER.len()).filter(|r| OF_REGISTER[*r] == kind).collect();
        *self.random.pick(&fit)
    }

    fn function(&mut self) {
        // What the older machines leave there, or arguments.
        let given = if self.main || self.random.one_in(4) { 0 } else { 1 };
        for (reg, kind) in OF_REGISTER.iter().enumerate().skip(given) {
            let nth = self.random.below(2);
            self.line(&format!("    LOADC r{reg} c{kind}{nth}"));
        }
        for _ in 0..3 + self.random.below(8) {
            self.statement();
        }
    }

    /// A block that may be left out or gone through several times.
    fn block(&mut self) {
        self.depth += 1;
        for _ in 0..1 + self.random.below(4) {
            self.statement();
        }
        self.depth -= 1;
    }

    fn statement(&mut self) {
        match self.random.below(if self.depth < 2 { 13 } else { 9 }) {
            0..4 => self.binary(),
            4..6 => self.unary(),
            6 => self.moved(),
            7 => self.global(),
            8 => self.object(),
            9..11 => self.skipped(),
            11 if self.depth == 0 => self.repeated(),
            _ => self.call(),
        }
    }

    /// Whether there is such an instruction in this numbering.
    fn exists(&self, line: &str) -> bool {
        let options = DoorOptions { stick_numbering: self.numbering, ..DoorOptions::default() };
        kaa::door::assemble(Door::Stick, line.as_bytes(), &options).is_ok()
    }

    fn binary(&mut self) {
        let (name, mut kind, mut result) = *self.random.pick(BINARY);
        if !self.exists(&format!("{name} r0 r0 r0")) {
            return;
        }
        if self.numbering == Numbering::A && kind == result && self.random.one_in(3) {
            // Payloads of any tag; most are no truth values afterwards.
            kind = *self.random.pick(&[1, 2]);
            result = kind;
        }
        let (to, a, b) = (self.register(result), self.register(kind), self.register(kind));
        self.line(&format!("    {name} r{to} r{a} r{b}"));
    }

    fn unary(&mut self) {
        let (name, kind, result) = *self.random.pick(UNARY);
        if self.exists(&format!("{name} r0")) {
            let reg = self.register(kind);
            self.line(&format!("    {name} r{reg}"));
        } else if self.exists(&format!("{name} r0 r0")) {
            let (to, from) = (self.register(result), self.register(kind));
            self.line(&format!("    {name} r{to} r{from}"));
        }
    }

    fn moved(&mut self) {
        let kind = self.random.below(KINDS.len());
        let (to, from) = (self.register(kind), self.register(kind));
        match self.random.below(3) {
            0 => self.line(&format!("    COPY r{to} r{from}")),
            1 => {
                self.line(&format!("    MOVE r{to} r{from}"));
                self.line(&format!("    COPY r{from} r{to}"));
            }
            _ => {
                let (to, n) = (self.register(0), self.random.next() as i16);
                self.line(&format!("    LOADI r{to} {n}"));
            }
        }
    }

    fn global(&mut self) {
        let (kind, nth) = (self.random.below(KINDS.len()), self.random.below(2));
        let (name, reg) = (*self.random.pick(&["LOADG", "STOREG"]), self.register(kind));
        self.line(&format!("    {name} r{reg} g{kind}{nth}"));
    }

    /// Strings and arrays, which only the last numbering has.
    fn object(&mut self) {
        if self.numbering != Numbering::C {
            return;
        }
        let length = self.register(1);
        if self.random.one_in(4) {
            self.line(&format!("    LOADI r{CALLEE} 3"));
            self.line(&format!("    NEWARR r{OBJECT} i64 r{CALLEE}"));
            let (index, val) = (self.random.below(4), self.register(0));
            self.line(&format!("    LOADI r{CALLEE} {index}"));
            self.line(&format!("    ARRSET r{OBJECT} r{CALLEE} r{val}"));
            self.line(&format!("    ARRLEN r{length} r{OBJECT}"));
            return;
        }
        self.line(&format!("    NEWSTR r{OBJECT} \"stick\""));
        self.line(&format!("    CONCAT r{OBJECT} r{OBJECT} r{OBJECT}"));
        self.line(&format!("    STRLEN r{length} r{OBJECT}"));
    }

    fn label(&mut self) -> String {
        self.labels += 1;
        format!("l{}", self.labels)
    }

    fn skipped(&mut self) {
        let (label, kind) = (self.label(), self.random.below(KINDS.len()));
        let (name, reg) = (*self.random.pick(&["JMPIF", "JMPIFZ"]), self.register(kind));
        self.line(&format!("    {name} r{reg} {label}"));
        self.block();
        self.line(&format!("{label}:"));
    }

    fn repeated(&mut self) {
        let (label, turns) = (self.label(), 1 + self.random.below(12));
        self.line(&format!("    LOADI r{COUNTER} {turns}"));
        self.line(&format!("    LOADI r{STEP} 1"));
        self.line(&format!("{label}:"));
        self.block();
        self.line(&format!("    SUB r{COUNTER} r{COUNTER} r{STEP}"));
        self.line(&format!("    JMPIF r{COUNTER} {label}"));
    }

    /// A call. The second function is called by the first one and by itself: where its depth is
    /// not bounded, the machine's limit of frames ends it.
    fn call(&mut self) {
        let (name, count) = if self.main { ("first", 2) } else { ("second", 1) };
        if !self.main && !self.random.one_in(4) {
            return;
        }
        let result = self.register(0);
        self.line(&format!("    LOADC r{CALLEE} {name}"));
        // The older machines pass what lies behind the caller's window.
        let first = match (self.numbering, self.main) {
            (Numbering::C, _) => CALLEE + 1,
            (_, true) => WINDOW,
            (_, false) => 13,
        };
        for arg in 0..count {
            let reg = self.register(0);
            self.line(&format!("    COPY r{} r{reg}", first + arg));
        }
        self.line(&format!("    CALL r{CALLEE} {count} r{result}"));
    }

    /// Writes the registers to globals and ends the program.
    fn finish(&mut self) {
        for (reg, kind) in OF_REGISTER.iter().enumerate() {
            let nth = reg % 2;
            self.line(&format!("    STOREG r{reg} g{kind}{nth}"));
        }
        let end = *self.random.pick(&["HALT", "HALT", "RET r0", "PANIC 7"]);
        self.line(&format!("    {end}"));
    }
}
