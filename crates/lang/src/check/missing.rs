//! Values that no case of a `match` takes, as patterns.
//!
//! The deciding of `decide` knows on each way what the parts of the value are; where no case is
//! left, that is turned back into the pattern of what is missing.

use super::decide::Decider;
use super::pattern::{Con, Key};
use super::rows::Part;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;
use rustc_hash::FxHashMap;

/// As many missing patterns are told; more help nobody.
const MAX_SHOWN: usize = 3;

/// What is known of a part on one way.
#[derive(Clone, Debug)]
pub enum Known {
    /// How it is made, with those of its parts that are looked at.
    Con(Con, Vec<Option<Part>>),
    /// It is one of these variants.
    Variants(Vec<u32>),
    /// It is this literal.
    Literal(Key),
    /// It is none of the literals.
    OtherLiteral,
    /// It is a list of this length, or one as long or longer, with the elements that are looked
    /// at.
    Length {
        /// The length.
        count: usize,
        /// Whether it may be longer.
        open: bool,
        /// The elements by position; negative ones count from the end.
        parts: FxHashMap<i64, Part>,
    },
}

impl Decider<'_, '_> {
    /// Notes what has no case on the way at hand.
    pub(super) fn note_missing(&mut self) {
        for text in self.patterns(0) {
            if !self.missing.contains(&text) {
                self.missing.push(text);
            }
        }
    }

    /// Reports what has no case.
    pub(super) fn report_missing(&mut self, ty: TyId, span: Span) {
        let shown: Vec<String> =
            self.missing.iter().take(MAX_SHOWN).map(|text| format!("`{text}`")).collect();
        let more = match self.missing.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("this `match` leaves out {}{more}", shown.join(", "));
        let mut diag = Diagnostic::error(codes::MISSING_CASES, span, message);
        if let Some((id, _)) = self.checker.enum_of(ty) {
            let def = &self.checker.program.structs[id];
            diag = diag.label(def.span, "its variants are declared here");
        }
        let help = match self.missing.as_slice() {
            [text] if text == "_" => "`case _:` takes all the rest",
            _ => "write a case for each, or `case _:` for all the rest",
        };
        self.checker.report(diag.help(help));
    }

    /// Patterns for what a part may still be.
    fn patterns(&self, part: Part) -> Vec<String> {
        let known = self.known.iter().rev().find(|(at, _)| *at == part).map(|(_, known)| known);
        match known {
            None | Some(Known::OtherLiteral) => vec!["_".to_string()],
            Some(Known::Literal(key)) => vec![self.literal(key, part)],
            Some(Known::Variants(others)) => {
                others.iter().flat_map(|&at| self.variant(part, at, &[])).collect()
            }
            Some(Known::Con(con, parts)) => self.made(part, *con, parts),
            Some(Known::Length { count, open, parts }) => {
                let mut places: Vec<Option<Part>> =
                    (0..*count as i64).map(|at| parts.get(&at).copied()).collect();
                for (at, place) in places.iter_mut().enumerate() {
                    let from_end = at as i64 - *count as i64;
                    *place = place.or(parts.get(&from_end).copied());
                }
                let rest = if *open { Some("*_") } else { None };
                self.each(&places, |items| {
                    let items: Vec<&str> = items.iter().map(String::as_str).chain(rest).collect();
                    format!("[{}]", items.join(", "))
                })
            }
        }
    }

    fn made(&self, part: Part, con: Con, parts: &[Option<Part>]) -> Vec<String> {
        match con {
            Con::None => vec!["None".to_string()],
            Con::Bool(value) => vec![if value { "True" } else { "False" }.to_string()],
            // What is there stands for itself, unless it could be anything.
            Con::Some => self.each(parts, |items| match items {
                [item] if item != "_" => item.clone(),
                _ => "_".to_string(),
            }),
            Con::Ok => self.each(parts, |items| format!("Ok({})", items.join(", "))),
            Con::Err => self.each(parts, |items| format!("Err({})", items.join(", "))),
            Con::Variant(at) => self.variant(part, at, parts),
            Con::Whole => match self.checker.ty(self.ty(part)) {
                Ty::Struct(id, _) | Ty::Class(id, _) => self.fields(id, parts),
                _ => self.each(parts, |items| format!("({})", items.join(", "))),
            },
        }
    }

    fn variant(&self, part: Part, at: u32, parts: &[Option<Part>]) -> Vec<String> {
        let Ty::Enum(id, _) = self.checker.ty(self.ty(part)) else { return Vec::new() };
        let variants = &self.checker.program.structs[id].variants;
        variants.get(at as usize).map_or(Vec::new(), |&variant| self.fields(variant, parts))
    }

    fn fields(&self, id: StructId, parts: &[Option<Part>]) -> Vec<String> {
        let def = &self.checker.program.structs[id];
        let name = self.checker.text(def.name);
        let mut all = parts.to_vec();
        all.resize(def.fields.len(), None);
        self.each(&all, |items| match items {
            [] if def.form == Form::Variant => name.to_string(),
            _ => format!("{name}({})", items.join(", ")),
        })
    }

    /// Puts patterns of parts together in all ways, up to as many as are told.
    fn each(&self, parts: &[Option<Part>], put: impl Fn(&[String]) -> String) -> Vec<String> {
        let mut ways: Vec<Vec<String>> = vec![Vec::new()];
        for part in parts {
            let patterns = part.map_or_else(|| vec!["_".to_string()], |part| self.patterns(part));
            let longer = ways.iter().flat_map(|way| {
                patterns.iter().map(move |text| {
                    let mut way = way.clone();
                    way.push(text.clone());
                    way
                })
            });
            ways = longer.take(MAX_SHOWN + 1).collect();
        }
        ways.iter().map(|way| put(way)).collect()
    }

    fn literal(&self, key: &Key, part: Part) -> String {
        match key {
            Key::Int(n) if self.checker.ty(self.ty(part)) == Ty::Char => {
                let c = u32::try_from(*n).ok().and_then(char::from_u32).unwrap_or('?');
                format!("{:?}", c.to_string())
            }
            Key::Int(n) => n.to_string(),
            Key::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
            Key::Str(text) => format!("{text:?}"),
            Key::Bytes(_) => "b\"...\"".to_string(),
        }
    }
}
