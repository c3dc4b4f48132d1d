//! Random programs over scalars: valid by construction, the same for the same seed.
//!
//! Operations are drawn from the instruction table, so a new family row is covered as soon as it
//! exists. Programs are written in the text form, which keeps this file free of any knowledge
//! of how instructions look in memory. Shapes are straight lines, diamonds and counted loops,
//! nested; every loop ends. What the programs should do is the oracle's business.

use std::fmt::Write;
use std::ops::Range;

use kaa_isa::ty::{SigSpec, SigTy};
use kaa_isa::{Effects, OPCODES, OpInfo, TyClass, ValTy};

/// A small generator of random numbers (xorshift with a multiplication).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed; near seeds give unrelated numbers.
    pub fn new(seed: u64) -> Random {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.next();
        random
    }

    /// The next 64 random bits.
    #[expect(clippy::should_implement_trait, reason = "a generator is not an iterator")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((self.next() >> 33) as usize) % limit
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of some things.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// A literal of a scalar type, with a liking for the ends of its range.
    pub fn literal(&mut self, ty: ValTy) -> String {
        if ty == ValTy::Bool {
            return self.one_in(2).to_string();
        }
        if ty.is_float() {
            let floats =
                ["0.0", "-0.0", "1.0", "-1.5", "0.1", "1e30", "-3e-5", "inf", "nan", "7.0"];
            return (*self.pick(&floats)).to_string();
        }
        let bits = ty.int_bits().unwrap_or(64);
        let pattern = match self.below(6) {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << (bits - 1),
            3 => (1 << (bits - 1)) - 1,
            4 => self.next() % 16,
            _ => self.next(),
        };
        let shift = 64 - bits;
        if ty.is_signed() {
            (((pattern << shift) as i64) >> shift).to_string()
        } else {
            ((pattern << shift) >> shift).to_string()
        }
    }
}

/// The seeds that `KAA_SEEDS=first..last` in the environment asks for, or others.
pub fn seeds(or: Range<u64>) -> Range<u64> {
    let wanted = std::env::var("KAA_SEEDS").ok();
    let parsed = wanted.as_deref().and_then(|text| {
        let (first, last) = text.split_once("..")?;
        Some(first.parse().ok()?..last.parse().ok()?)
    });
    parsed.unwrap_or(or)
}

/// A program and how to call it.
#[derive(Debug, Clone)]
pub struct Program {
    /// The module in text form; it exports one function `f`.
    pub text: String,
    /// The types of its parameters.
    pub params: Vec<ValTy>,
}

/// How deep shapes nest, and how long a straight line may be.
const NESTING_MAX: u32 = 3;
const LINE_MAX: usize = 12;

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    let mut random = Random::new(seed);
    let scalars: Vec<ValTy> = TyClass::Scalar.members().collect();
    let count = 1 + random.below(5);
    let params: Vec<ValTy> = (0..count).map(|_| *random.pick(&scalars)).collect();
    let mut writer = Writer { random, body: String::new(), values: 0, blocks: 1, scope: vec![] };
    let heads: Vec<String> = params.iter().map(|ty| writer.define(*ty)).collect();
    for _ in 0..1 + writer.random.below(4) {
        writer.shape(0);
    }
    let results: Vec<(String, ValTy)> = (0..1 + writer.random.below(3))
        .map(|_| {
            let ty = *writer.random.pick(&scalars);
            (writer.value(ty), ty)
        })
        .collect();
    let names: Vec<&str> = results.iter().map(|(name, _)| name.as_str()).collect();
    let text = format!(
        "module \"random\"\nfunc @f({}) -> ({}) {{\nb0({}):\n{}  ret ({})\n}}\nexport \"f\" = @f\n",
        list(params.iter().map(|ty| name_of(*ty).to_string())),
        list(results.iter().map(|(_, ty)| name_of(*ty).to_string())),
        list(heads.into_iter()),
        writer.body,
        names.join(", "),
    );
    Program { text, params }
}

fn name_of(ty: ValTy) -> &'static str {
    ty.scalar_name().unwrap_or("i64")
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

struct Writer {
    random: Random,
    body: String,
    values: usize,
    blocks: usize,
    /// The values that may be used here, oldest first.
    scope: Vec<(usize, ValTy)>,
}

impl Writer {
    /// A new value that is in scope from now on, as `v1: i64`.
    fn define(&mut self, ty: ValTy) -> String {
        self.values += 1;
        self.scope.push((self.values, ty));
        format!("v{}: {}", self.values, name_of(ty))
    }

    fn block(&mut self) -> String {
        self.blocks += 1;
        format!("b{}", self.blocks)
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.body, "  {text}");
    }

    fn label(&mut self, text: &str) {
        let _ = writeln!(self.body, "{text}:");
    }

    fn last(&self) -> String {
        format!("v{}", self.values)
    }

    /// A value of a type: mostly one that is there, with a liking for young ones.
    fn value(&mut self, ty: ValTy) -> String {
        let fitting: Vec<usize> =
            self.scope.iter().filter(|(_, other)| *other == ty).map(|(id, _)| *id).collect();
        if fitting.is_empty() || self.random.one_in(8) {
            return self.constant(ty);
        }
        let young = fitting.len().min(4);
        let from = if self.random.one_in(3) { 0 } else { fitting.len() - young };
        format!("v{}", self.random.pick(&fitting[from..]))
    }

    fn constant(&mut self, ty: ValTy) -> String {
        let literal = self.random.literal(ty);
        let name = name_of(ty);
        let operation = match ty {
            ValTy::F32 => format!("fconst.f32 {:#x}", f32_bits(&literal)),
            ValTy::F64 => format!("fconst.f64 {:#x}", f64_bits(&literal)),
            ValTy::Bool => format!("iconst.bool {}", i32::from(literal == "true")),
            _ => format!("iconst.{name} {literal}"),
        };
        let head = self.define(ty);
        self.line(&format!("{head} = {operation}"));
        self.last()
    }

    fn shape(&mut self, nesting: u32) {
        match self.random.below(4) {
            0 if nesting < NESTING_MAX => self.diamond(nesting),
            1 if nesting < NESTING_MAX => self.counted_loop(nesting),
            _ => {
                for _ in 0..1 + self.random.below(LINE_MAX) {
                    self.operation();
                }
            }
        }
    }

    /// One operation of the table on values that are there.
    fn operation(&mut self) {
        let trapping = self.random.one_in(12);
        let fitting: Vec<(&OpInfo, SigSpec)> = OPCODES
            .iter()
            .filter(|op| op.effects.has(Effects::TRAP) == trapping)
            .filter(|op| op.operands.iter().all(|(_, kind)| matches!(*kind, "type" | "value")))
            .filter_map(|op| Some((op, op.sig?)))
            .collect();
        let (op, sig) = *self.random.pick(&fitting);
        let types: Vec<ValTy> = sig.class.members().collect();
        let ty = *self.random.pick(&types);
        let operands = list(sig.params.iter().map(|param| self.value(param.resolve(ty))));
        let Some(result) = sig.results.first().map(|result: &SigTy| result.resolve(ty)) else {
            return;
        };
        let head = self.define(result);
        self.line(&format!("{head} = {}.{} {operands}", op.name, name_of(ty)));
    }

    /// Two arms that meet again with one value.
    fn diamond(&mut self, nesting: u32) {
        let condition = self.value(ValTy::Bool);
        let (then, other, join) = (self.block(), self.block(), self.block());
        let types: Vec<ValTy> = TyClass::Scalar.members().collect();
        let ty = *self.random.pick(&types);
        self.line(&format!("branch {condition}, {then}, {other}"));
        let depth = self.scope.len();
        for arm in [then, other] {
            self.label(&arm);
            self.shape(nesting + 1);
            let value = self.value(ty);
            self.line(&format!("jump {join}({value})"));
            self.scope.truncate(depth);
        }
        let head = self.define(ty);
        self.label(&format!("{join}({head})"));
    }

    /// A loop of few turns that carries one value.
    fn counted_loop(&mut self, nesting: u32) {
        let turns = self.random.below(7);
        let types: Vec<ValTy> = TyClass::Scalar.members().collect();
        let ty = *self.random.pick(&types);
        let (head, body, end) = (self.block(), self.block(), self.block());
        let carried = self.value(ty);
        let zero = self.int(0);
        let one = self.int(1);
        let limit = self.int(turns);
        self.line(&format!("jump {head}({zero}, {carried})"));
        let (index_head, carried_head) = (self.define(ValTy::I64), self.define(ty));
        let index = format!("v{}", self.values - 1);
        self.label(&format!("{head}({index_head}, {carried_head})"));
        let more = self.define(ValTy::Bool);
        self.line(&format!("{more} = lt.i64 {index}, {limit}"));
        let more = self.last();
        self.line(&format!("branch {more}, {body}, {end}"));
        let depth = self.scope.len();
        self.label(&body);
        self.shape(nesting + 1);
        let carried = self.value(ty);
        let next = self.define(ValTy::I64);
        self.line(&format!("{next} = add.i64 {index}, {one}"));
        let next = self.last();
        self.line(&format!("jump {head}({next}, {carried})"));
        self.scope.truncate(depth);
        self.label(&end);
    }

    fn int(&mut self, value: usize) -> String {
        let head = self.define(ValTy::I64);
        self.line(&format!("{head} = iconst.i64 {value}"));
        self.last()
    }
}

fn f32_bits(literal: &str) -> u32 {
    literal.parse().map_or(0, f32::to_bits)
}

fn f64_bits(literal: &str) -> u64 {
    literal.parse().map_or(0, f64::to_bits)
}
