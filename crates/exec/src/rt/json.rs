//! JSON of any shape: texts become trees of one enum of the program, and trees become texts.
//!
//! The enum is the library's `json.Value`, but nothing here knows its name. A program hands over
//! samples of its variants, whose types are looked at before anything is made of them. Values of
//! types that the program chose are read by what lowering makes of the natives in `json_typed`.

use kaa_heap::header::STRUCT_DATA;
use kaa_heap::{GcRef, Heap, LeafKind, TypeId, TypeKind};

use super::args::invalid;
use crate::native::{Call, Fault, NativeResult};
use crate::text::json::write::{Layout, lay_out, write_ascii, write_float, write_str};
use crate::text::json::{Found, Kind, MAX_DEPTH, Number, Scanner, Trouble, What, place};
use crate::text::write_int;

super::natives! {
    "_json.lay_out" "(str, i64, bool, str, str) -> str" laid_out;
    "_json.ascii" "(str) -> str" ascii;
}

/// The place of a variant in the list of samples.
const NULL: usize = 0;
const BOOL: usize = 1;
const INT: usize = 2;
const FLOAT: usize = 3;
const STR: usize = 4;
const LIST: usize = 5;
const DICT: usize = 6;
const VARIANTS: usize = 7;

/// What is wrong with integers that are not in the range of `int`.
const LARGE: What = What::Is("the integer does not fit an int");

/// The types that values are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shapes {
    /// The types of the variants.
    variants: [TypeId; VARIANTS],
    /// Where each has what it holds.
    places: [u32; VARIANTS],
    /// The type of lists of values, and that of dicts.
    list: TypeId,
    dict: TypeId,
}

impl Shapes {
    /// Reads the types off a list with one sample of each variant.
    ///
    /// # Errors
    /// They are not of the types that are needed.
    pub(super) fn of(heap: &Heap, samples: GcRef) -> Result<Shapes, Box<Fault>> {
        Shapes::known(heap, samples).ok_or_else(|| invalid("not samples of all values of JSON"))
    }

    fn known(heap: &Heap, samples: GcRef) -> Option<Shapes> {
        let types = heap.types();
        let TypeKind::List { elem, .. } = &types.desc(heap.type_of(samples)).kind else {
            return None;
        };
        let [whole] = &*elem.leaves else { return None };
        if heap.list_len(samples) as usize != VARIANTS || whole.kind != LeafKind::Ref {
            return None;
        }
        let (mut variants, mut places) = ([TypeId::FREE; VARIANTS], [STRUCT_DATA; VARIANTS]);
        let mut held = [(LeafKind::Ref, TypeId::FREE); VARIANTS];
        for at in 0..VARIANTS {
            let sample = GcRef::from_slot(heap.list_get_leaf(samples, at as u32, 0));
            variants[at] = heap.type_of(sample);
            let TypeKind::Struct(layout) = &types.desc(variants[at]).kind else { return None };
            match (&*layout.leaves, at) {
                ([], NULL) => {}
                ([leaf], 1..) => {
                    places[at] = STRUCT_DATA + leaf.offset;
                    held[at] = (leaf.kind, leaf.ty);
                }
                _ => return None,
            }
        }
        let list = list_of(heap, held[LIST].1, whole.ty)?;
        let dict = dict_of(heap, held[DICT].1, whole.ty)?;
        let scalar = |kind| (kind, TypeId::FREE);
        let wanted = [scalar(LeafKind::Bool), scalar(LeafKind::I64), scalar(LeafKind::F64)];
        let fits = held[BOOL..=FLOAT].iter().zip(wanted).all(|(held, wanted)| held.0 == wanted.0)
            && held[STR] == (LeafKind::Ref, TypeId::STR)
            && held[LIST].0 == LeafKind::Ref
            && held[DICT].0 == LeafKind::Ref
            && variants.iter().all(|variant| types.is_subtype(*variant, whole.ty));
        fits.then_some(Shapes { variants, places, list, dict })
    }

    fn variant(&self, ty: TypeId) -> Option<usize> {
        self.variants.iter().position(|variant| *variant == ty)
    }
}

/// The type itself if it is that of lists of values.
fn list_of(heap: &Heap, ty: TypeId, whole: TypeId) -> Option<TypeId> {
    let TypeKind::List { elem, .. } = &heap.types().desc(ty).kind else { return None };
    matches!(&*elem.leaves, [leaf] if leaf.ty == whole && leaf.kind == LeafKind::Ref).then_some(ty)
}

/// The type itself if it is that of dicts from texts to values.
fn dict_of(heap: &Heap, ty: TypeId, whole: TypeId) -> Option<TypeId> {
    let TypeKind::Map { key, value, .. } = &heap.types().desc(ty).kind else { return None };
    let fits = matches!(&*key.leaves, [leaf] if leaf.ty == TypeId::STR)
        && matches!(&*value.leaves, [leaf] if leaf.ty == whole && leaf.kind == LeafKind::Ref);
    fits.then_some(ty)
}

/// Why no value was read.
pub(super) enum Stop {
    /// The text is not what it should be.
    Trouble(Trouble),
    /// The task ends.
    Fault(Box<Fault>),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Stop {
        Stop::Trouble(trouble)
    }
}

impl From<kaa_heap::HeapError> for Stop {
    fn from(error: kaa_heap::HeapError) -> Stop {
        Stop::Fault(error.into())
    }
}

/// How many keys are remembered, so that equal ones are one object.
const KEYS: usize = 256;

/// Makes values of what a scanner finds.
pub(super) struct Maker<'h, 's, 't> {
    heap: &'h mut Heap,
    scanner: &'s mut Scanner<'t>,
    shapes: Shapes,
    /// The items of the lists that are open.
    items: Vec<u64>,
    keys: Vec<GcRef>,
    /// Values that hold nothing that differs: `null`, `false`, `true`.
    constants: [GcRef; 3],
    scratch: String,
}

impl<'h, 's, 't> Maker<'h, 's, 't> {
    /// Nothing is made yet.
    pub(super) fn new(heap: &'h mut Heap, scanner: &'s mut Scanner<'t>, shapes: Shapes) -> Self {
        let (items, keys, scratch) = (Vec::new(), Vec::new(), String::new());
        Maker { heap, scanner, shapes, items, keys, constants: [GcRef::NULL; 3], scratch }
    }

    /// Makes the next value. Recursion ends where the scanner says that it is too deep.
    pub(super) fn value(&mut self) -> Result<GcRef, Stop> {
        match self.scanner.kind()? {
            Kind::Str => {
                let text = self.string()?;
                self.holding(STR, text.slot())
            }
            Kind::Number => {
                let at = self.scanner.at;
                match self.scanner.number()? {
                    Number::Int(value) => self.holding(INT, value as u64),
                    Number::Float(value) => self.holding(FLOAT, value.to_bits()),
                    Number::Large(_) => Err(Trouble { at, what: LARGE }.into()),
                }
            }
            Kind::Null => {
                self.scanner.null()?;
                self.constant(0)
            }
            Kind::Bool => {
                let value = self.scanner.bool()?;
                self.constant(1 + usize::from(value))
            }
            Kind::List => self.list(),
            Kind::Dict => self.dict(),
        }
    }

    fn holding(&mut self, variant: usize, slot: u64) -> Result<GcRef, Stop> {
        let object = self.heap.new_struct(self.shapes.variants[variant])?;
        let kind = match variant {
            BOOL => LeafKind::Bool,
            INT => LeafKind::I64,
            FLOAT => LeafKind::F64,
            _ => LeafKind::Ref,
        };
        self.heap.write_leaf(object, self.shapes.places[variant], kind, slot);
        Ok(object)
    }

    fn constant(&mut self, which: usize) -> Result<GcRef, Stop> {
        if self.constants[which].is_null() {
            self.constants[which] = match which {
                0 => self.heap.new_struct(self.shapes.variants[NULL])?,
                _ => self.holding(BOOL, which as u64 - 1)?,
            };
        }
        Ok(self.constants[which])
    }

    fn string(&mut self) -> Result<GcRef, Stop> {
        match self.scanner.string()? {
            Found::Plain(text) => Ok(self.heap.new_str(text)?),
            Found::Escaped(text) => {
                self.scratch.clear();
                self.scanner.said(text, &mut self.scratch)?;
                Ok(self.heap.new_str(&self.scratch)?)
            }
        }
    }

    fn list(&mut self) -> Result<GcRef, Stop> {
        self.scanner.open(b'[')?;
        let start = self.items.len();
        let mut more = self.scanner.first(b'[');
        while more {
            let item = self.value()?;
            self.items.push(item.slot());
            more = self.scanner.further(b'[')?;
        }
        let count = u32::try_from(self.items.len() - start).unwrap_or(u32::MAX);
        let mut list = self.heap.list_new(self.shapes.list, count)?;
        for item in &self.items[start..] {
            list = self.heap.list_push_slots(list, std::slice::from_ref(item))?;
        }
        self.items.truncate(start);
        self.holding(LIST, list.slot())
    }

    fn dict(&mut self) -> Result<GcRef, Stop> {
        self.scanner.open(b'{')?;
        let start = self.items.len();
        let mut more = self.scanner.first(b'{');
        while more {
            let key = self.key()?;
            self.scanner.colon()?;
            let value = self.value()?;
            self.items.extend([key.slot(), value.slot()]);
            more = self.scanner.further(b'{')?;
        }
        let count = u32::try_from((self.items.len() - start) / 2).unwrap_or(u32::MAX);
        let mut dict = self.heap.map_new(self.shapes.dict, count)?;
        for pair in self.items[start..].chunks_exact(2) {
            (dict, _, _) = self.heap.map_insert(dict, &pair[..1], &pair[1..])?;
        }
        self.items.truncate(start);
        self.holding(DICT, dict.slot())
    }

    /// A key; one that was seen a short time ago is the same object.
    fn key(&mut self) -> Result<GcRef, Stop> {
        if self.scanner.peek() != b'"' {
            return Err(self.scanner.expected("a key in quotes").into());
        }
        let before = *self.scanner;
        let Found::Plain(text) = self.scanner.string()? else {
            *self.scanner = before;
            return self.string();
        };
        if self.keys.is_empty() {
            self.keys.resize(KEYS, GcRef::NULL);
        }
        let bytes = text.as_bytes();
        let end = bytes.last().map_or(0, |last| usize::from(*last));
        let first = bytes.first().map_or(0, |first| usize::from(*first));
        let place = (bytes.len() * 31 + first * 7 + end) % KEYS;
        let known = self.keys[place];
        if !known.is_null() && self.heap.str(known) == text {
            return Ok(known);
        }
        let key = self.heap.new_str(text)?;
        self.keys[place] = key;
        Ok(key)
    }
}

/// Writes values as text, in one line.
pub(super) struct Writer<'h, 'o> {
    heap: &'h Heap,
    shapes: Shapes,
    out: &'o mut String,
    depth: u32,
    /// The most bytes that the text may have.
    limit: usize,
}

impl<'h, 'o> Writer<'h, 'o> {
    /// Writes to a buffer.
    pub(super) fn new(heap: &'h Heap, shapes: Shapes, out: &'o mut String, limit: usize) -> Self {
        Writer { heap, shapes, out, depth: 0, limit }
    }

    /// Appends a value.
    pub(super) fn value(&mut self, value: GcRef) -> NativeResult {
        let Some(variant) = self.shapes.variant(self.heap.type_of(value)) else {
            return Err(invalid("not a value of JSON"));
        };
        if self.out.len() > self.limit {
            return Err(super::args::too_large());
        }
        let kind = [LeafKind::Bool, LeafKind::Bool, LeafKind::I64, LeafKind::F64];
        let kind = kind.get(variant).copied().unwrap_or(LeafKind::Ref);
        let slot = match variant {
            NULL => 0,
            _ => self.heap.read_leaf(value, self.shapes.places[variant], kind),
        };
        match variant {
            NULL => self.out.push_str("null"),
            BOOL => self.out.push_str(if slot == 0 { "false" } else { "true" }),
            INT => write_int(self.out, slot as i64),
            FLOAT => write_float(self.out, f64::from_bits(slot)),
            STR => write_str(self.out, self.heap.str(GcRef::from_slot(slot))),
            LIST => return self.list(GcRef::from_slot(slot)),
            _ => return self.dict(GcRef::from_slot(slot)),
        }
        Ok(())
    }

    fn open(&mut self, bracket: char) -> NativeResult {
        if self.depth >= MAX_DEPTH {
            return Err(invalid(format!("lists and dicts are nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        self.out.push(bracket);
        Ok(())
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        self.out.push(bracket);
    }

    fn list(&mut self, list: GcRef) -> NativeResult {
        self.open('[')?;
        for at in 0..self.heap.list_len(list) {
            self.out.push_str(if at > 0 { ", " } else { "" });
            self.value(GcRef::from_slot(self.heap.list_get_leaf(list, at, 0)))?;
        }
        self.close(']');
        Ok(())
    }

    fn dict(&mut self, dict: GcRef) -> NativeResult {
        self.open('{')?;
        let mut entry = self.heap.map_next(dict, 0);
        let mut comma = "";
        while let Some(at) = entry {
            self.out.push_str(comma);
            let key = GcRef::from_slot(self.heap.map_key_leaf(dict, at, 0));
            write_str(self.out, self.heap.str(key));
            self.out.push_str(": ");
            self.value(GcRef::from_slot(self.heap.map_value_leaf(dict, at, 0)))?;
            entry = self.heap.map_next(dict, at + 1);
            comma = ", ";
        }
        self.close('}');
        Ok(())
    }
}

/// A text with so many spaces for a level, or in one line if less than 0.
fn laid_out(call: &mut Call<'_>) -> NativeResult {
    let text = call.held(0);
    let indent = usize::try_from(call.int(1)).ok();
    let (sort_keys, limit) = (call.bool(2), call.limit());
    let layout = Layout { indent, sort_keys, comma: call.held(3), colon: call.held(4), limit };
    call.charge(text.len() / 4);
    call.build(|out| lay_out(out, text, layout).map_err(|it| invalid(place::trouble(text, it))))
}

fn ascii(call: &mut Call<'_>) -> NativeResult {
    let text = call.held(0);
    call.charge_bytes(text.len());
    if call.heap.is_ascii(call.obj(0)) && !text.contains('\x7f') {
        return Ok(());
    }
    call.build(|out| {
        write_ascii(out, text);
        Ok(())
    })
}
