//! Parses the bodies of functions: blocks, instructions, names of values.

use kaa_isa::kinds::parse_ty;
use kaa_isa::{Block, Inst, Opcode, TextIn, ValTy, Value};

use super::TextError;
use super::items::Parser;
use super::names::LocalNames;
use crate::func::{BlockData, Function, InstNode, Loc, Results};

/// The names of the function that is being parsed.
#[derive(Debug, Default)]
pub struct Locals<'a> {
    pub values: LocalNames<'a, Value>,
    pub blocks: LocalNames<'a, Block>,
}

impl<'a> Parser<'a> {
    /// Parses what stands between the braces, and the closing brace. Values are numbered in
    /// the order of their definitions, blocks in that of their appearance.
    pub fn body(&mut self, func: &mut Function) -> Result<(), TextError> {
        self.locals = Locals::default();
        while !self.cursor.accept("}") {
            let word = self.cursor.peek_word();
            if word == "name" {
                self.cursor.word()?;
                let value = self.value()?;
                let name = self.cursor.string()?;
                func.names.push((value, name));
            } else if word.starts_with('b') && Opcode::from_name(word).is_none() {
                self.block_head(func)?;
            } else {
                self.instruction(func)?;
            }
        }
        if let Some(pos) = self.locals.values.undefined() {
            return Err(self.cursor.fail_at(pos, "this value is not defined"));
        }
        if let Some(pos) = self.locals.blocks.undefined() {
            return Err(self.cursor.fail_at(pos, "this block does not exist"));
        }
        self.renumber(func);
        Ok(())
    }

    /// `b1(v1: i64, v2: ref $str):`.
    fn block_head(&mut self, func: &mut Function) -> Result<(), TextError> {
        let line = self.line();
        let name = self.cursor.word()?;
        let block = func.blocks.push(BlockData::default());
        if !self.locals.blocks.define(name, self.cursor.last_pos(), block) {
            return Err(self.cursor.fail("this block is defined twice"));
        }
        if let Some(lines) = self.lines.funcs.last_mut() {
            lines.blocks.push((line, Vec::new()));
        }
        if self.cursor.accept("(") {
            while !self.cursor.accept(")") {
                if !func.blocks[block].params.is_empty() {
                    self.cursor.expect(",")?;
                }
                let value = self.definition(func)?;
                func.blocks[block].params.push(value);
            }
        }
        self.cursor.expect(":")
    }

    /// `v1: i64`.
    fn definition(&mut self, func: &mut Function) -> Result<Value, TextError> {
        let name = self.cursor.tagged("v", "a value, a block or an operation")?;
        let pos = self.cursor.last_pos();
        let value = func.values.push(ValTy::Bool);
        if !self.locals.values.define(name, pos, value) {
            return Err(self.cursor.fail("this value is defined twice"));
        }
        self.cursor.expect(":")?;
        func.values[value] = parse_ty(self)?;
        Ok(value)
    }

    /// `v1: i64 = add.i64 v0, v0 !3:5:2`.
    fn instruction(&mut self, func: &mut Function) -> Result<(), TextError> {
        let line = self.line();
        let mut results = Results::NONE;
        if Opcode::from_name(self.cursor.peek_word()).is_none() {
            results.first = self.definition(func)?;
            results.count = 1;
            while self.cursor.accept(",") {
                self.definition(func)?;
                results.count += 1;
            }
            self.cursor.expect("=")?;
        }
        let word = self.cursor.word()?;
        let Some(op) = Opcode::from_name(word) else {
            return Err(self.cursor.fail("there is no operation of this name"));
        };
        let inst = Inst::parse(op, self)?;
        let loc = if self.cursor.accept("!") { self.loc()? } else { Loc::default() };
        let Some(data) = func.blocks.values_mut().next_back() else {
            return Err(self.cursor.fail("an instruction must stand in a block"));
        };
        data.insts.push(InstNode { inst, results, loc });
        let lines = self.lines.funcs.last_mut().and_then(|f| f.blocks.last_mut());
        lines.into_iter().for_each(|l| l.1.push(line));
        Ok(())
    }

    /// Puts the final numbers in the place of the provisional ones.
    fn renumber(&self, func: &mut Function) {
        let Locals { values, blocks } = &self.locals;
        for data in func.blocks.values_mut() {
            for node in &mut data.insts {
                node.inst.map_values(&mut |v| values.resolve(v));
                node.inst.targets_mut(&mut |t| t.block = blocks.resolve(t.block));
            }
        }
        func.names.iter_mut().for_each(|(v, _)| *v = values.resolve(*v));
        func.names.sort();
    }
}
