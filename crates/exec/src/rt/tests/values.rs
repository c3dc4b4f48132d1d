//! Values of test cases as text, in both directions.
//!
//! Numbers, `true`, `'c'`, `"text"`, `b"bytes"`, `[...]`, `{k: v}`, `{k}`, `(a, b)` for elements
//! of several leaves, `-` for nothing, `ok(v)` and `err("message")`.

use kaa_heap::{GcRef, LeafKind, TypeId, header};

use super::super::elements::{list_leaves, map_leaves};
use super::{Item, Part, World, is_plain_ref, slots_of};

/// Reads values off a line.
pub struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Reader<'t> {
        Reader { rest: text.trim() }
    }

    pub fn rest(&self) -> &str {
        self.rest
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Skips a mark, if it is next.
    pub fn skip(&mut self, mark: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// Skips a `-` that is not the sign of a number.
    fn is_nothing(&mut self) -> bool {
        let rest = self.rest.trim_start().strip_prefix('-');
        let sign = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
        !sign && self.skip("-")
    }

    fn expect(&mut self, mark: &str) {
        assert!(self.skip(mark), "{mark} is wanted before: {}", self.rest);
    }

    /// Reads the value of an item into slots.
    pub fn item(&mut self, world: &mut World, item: &Item, out: &mut Vec<u64>) {
        match item {
            Item::Leaves(parts) => self.element(world, parts, out),
            Item::List(ty) => {
                let list = self.list(world, *ty);
                out.push(list.slot());
            }
            Item::Map(ty) => {
                let map = self.map(world, *ty);
                out.push(map.slot());
            }
            Item::Opt(inner) => {
                let width = slots_of(item).len();
                if self.is_nothing() {
                    out.resize(out.len() + width, 0);
                    return;
                }
                if !is_plain_ref(&slots_of(inner)) {
                    out.push(1);
                }
                self.item(world, inner, out);
            }
            Item::Error(ty) => {
                self.expect("err(");
                let message = self.leaf(world, (LeafKind::Ref, TypeId::STR));
                self.expect(")");
                let error = world.heap.new_struct(*ty).expect("room");
                let message = GcRef::from_slot(message);
                world.heap.write_ref(error, header::STRUCT_DATA, message);
                out.push(error.slot());
            }
            Item::Outcome(..) => panic!("a result is no argument"),
        }
    }

    /// Reads the leaves of an element.
    fn element(&mut self, world: &mut World, parts: &[Part], out: &mut Vec<u64>) {
        if let [one] = parts {
            out.push(self.leaf(world, *one));
            return;
        }
        self.expect("(");
        for part in parts {
            out.push(self.leaf(world, *part));
            self.skip(",");
        }
        self.expect(")");
    }

    fn list(&mut self, world: &mut World, ty: TypeId) -> GcRef {
        let parts = parts_of(list_leaves(&world.heap, ty));
        let list = world.heap.list_new(ty, 0).expect("room");
        self.expect("[");
        while !self.skip("]") {
            let mut slots = Vec::new();
            self.element(world, &parts, &mut slots);
            world.heap.list_push_slots(list, &slots).expect("room");
            self.skip(",");
        }
        list
    }

    fn map(&mut self, world: &mut World, ty: TypeId) -> GcRef {
        let (keys, values) = map_leaves(&world.heap, ty);
        let (keys, values) = (parts_of(keys), parts_of(values));
        let map = world.heap.map_new(ty, 0).expect("room");
        self.expect("{");
        while !self.skip("}") {
            let (mut key, mut value) = (Vec::new(), Vec::new());
            self.element(world, &keys, &mut key);
            if !values.is_empty() {
                self.expect(":");
                self.element(world, &values, &mut value);
            }
            world.heap.map_insert(map, &key, &value).expect("room");
            self.skip(",");
        }
        map
    }

    /// Reads one leaf.
    fn leaf(&mut self, world: &mut World, (kind, ty): Part) -> u64 {
        self.rest = self.rest.trim_start();
        match (kind, ty) {
            (LeafKind::Ref, TypeId::BYTES) => {
                self.expect("b");
                let bytes: Vec<u8> = self.quoted().chars().map(|c| c as u8).collect();
                world.heap.new_bytes(&bytes).expect("room").slot()
            }
            (LeafKind::RefNull, _) if self.skip("-") => 0,
            (LeafKind::Ref | LeafKind::RefNull, _) => {
                let text = self.quoted();
                world.heap.new_str(&text).expect("room").slot()
            }
            (LeafKind::Bool, _) => u64::from(self.word() == "true"),
            (LeafKind::F64, _) => self.word().parse::<f64>().expect("a float").to_bits(),
            (LeafKind::F32, _) => u64::from(self.word().parse::<f32>().expect("a float").to_bits()),
            (LeafKind::U32, _) if self.rest.starts_with('\'') => {
                let c = self.rest[1..].chars().next().expect("a character");
                self.rest = &self.rest[1 + c.len_utf8()..];
                self.expect("'");
                u64::from(u32::from(c))
            }
            (LeafKind::U64, _) => self.word().parse::<u64>().expect("an integer"),
            _ => self.word().parse::<i64>().expect("an integer") as u64,
        }
    }

    /// The characters up to the next mark.
    fn word(&mut self) -> &'t str {
        let end = self.rest.find([',', ']', '}', ')', ':', ' ']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A text in quotes.
    fn quoted(&mut self) -> String {
        self.expect_quote();
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return text;
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some('x') => {
                        let digits: String =
                            chars.by_ref().take(2).map(|(_, digit)| digit).collect();
                        let byte = u8::from_str_radix(&digits, 16).expect("two digits");
                        text.push(char::from(byte));
                    }
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        panic!("a text does not end: {}", self.rest)
    }

    fn expect_quote(&mut self) {
        match self.rest.strip_prefix('"') {
            Some(rest) => self.rest = rest,
            None => panic!("a text is wanted: {}", self.rest),
        }
    }
}

fn parts_of(leaves: &[kaa_heap::Leaf]) -> Vec<Part> {
    leaves.iter().map(|leaf| (leaf.kind, leaf.ty)).collect()
}

/// The results of a call as text.
pub fn show(world: &World, items: &[Item], mut slots: &[u64]) -> String {
    let mut shown = Vec::new();
    for item in items {
        let (here, rest) = slots.split_at(slots_of(item).len());
        shown.push(show_item(world, item, here));
        slots = rest;
    }
    shown.join(", ")
}

fn show_item(world: &World, item: &Item, slots: &[u64]) -> String {
    match item {
        Item::Leaves(parts) => show_element(world, parts, slots),
        Item::List(_) => show_list(world, GcRef::from_slot(slots[0])),
        Item::Map(_) => show_map(world, GcRef::from_slot(slots[0])),
        Item::Opt(inner) => {
            let tags = slots.len() - slots_of(inner).len();
            match slots[0] {
                0 => {
                    assert!(slots.iter().all(|&slot| slot == 0), "nothing is all zero");
                    "-".to_owned()
                }
                _ => show_item(world, inner, &slots[tags..]),
            }
        }
        Item::Outcome(inner, ty) => {
            let last = slots.len() - 1;
            match slots[0] {
                0 => show_item(world, &Item::Error(*ty), &slots[last..]),
                _ => format!("ok({})", show_item(world, inner, &slots[1..last])),
            }
        }
        Item::Error(_) => {
            let error = GcRef::from_slot(slots[0]);
            let message = world.heap.read_leaf(error, header::STRUCT_DATA, LeafKind::Ref);
            format!("err({:?})", world.heap.str(GcRef::from_slot(message)))
        }
    }
}

fn show_element(world: &World, parts: &[Part], slots: &[u64]) -> String {
    let shown: Vec<String> =
        parts.iter().zip(slots).map(|(part, slot)| show_leaf(world, *part, *slot)).collect();
    match &*shown {
        [one] => one.clone(),
        _ => format!("({})", shown.join(", ")),
    }
}

fn show_leaf(world: &World, (kind, ty): Part, slot: u64) -> String {
    let object = GcRef::from_slot(slot);
    match (kind, ty) {
        (LeafKind::Ref | LeafKind::RefNull, _) if object.is_null() => "-".to_owned(),
        (LeafKind::Ref | LeafKind::RefNull, TypeId::BYTES) => {
            let bytes = world.heap.bytes(object).iter();
            format!(
                "b\"{}\"",
                bytes.flat_map(|b| b.escape_ascii()).map(char::from).collect::<String>()
            )
        }
        (LeafKind::Ref | LeafKind::RefNull, _) => {
            assert_eq!(world.heap.type_of(object), TypeId::STR, "a string is wanted");
            format!("{:?}", world.heap.str(object))
        }
        (LeafKind::Bool, _) => (slot != 0).to_string(),
        (LeafKind::F64, _) => format!("{:?}", f64::from_bits(slot)),
        (LeafKind::F32, _) => format!("{:?}", f32::from_bits(slot as u32)),
        (LeafKind::U32, _) => format!("{:?}", char::from_u32(slot as u32).expect("a character")),
        (LeafKind::U64, _) => slot.to_string(),
        _ => (slot as i64).to_string(),
    }
}

pub fn show_list(world: &World, list: GcRef) -> String {
    let parts = parts_of(list_leaves(&world.heap, world.heap.type_of(list)));
    let mut slots = vec![0; parts.len()];
    let elements = (0..world.heap.list_len(list)).map(|i| {
        world.heap.list_get_slots(list, i, &mut slots);
        show_element(world, &parts, &slots)
    });
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}

fn show_map(world: &World, map: GcRef) -> String {
    let heap = &world.heap;
    let (keys, values) = map_leaves(heap, heap.type_of(map));
    let (keys, values) = (parts_of(keys), parts_of(values));
    let (mut shown, mut cursor) = (Vec::new(), 0);
    while let Some(entry) = heap.map_next(map, cursor) {
        cursor = entry + 1;
        let key: Vec<u64> = (0..keys.len()).map(|i| heap.map_key_leaf(map, entry, i)).collect();
        let value: Vec<u64> =
            (0..values.len()).map(|i| heap.map_value_leaf(map, entry, i)).collect();
        let mut text = show_element(world, &keys, &key);
        if !values.is_empty() {
            text += &format!(": {}", show_element(world, &values, &value));
        }
        shown.push(text);
    }
    format!("{{{}}}", shown.join(", "))
}
