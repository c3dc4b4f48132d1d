//! Runtime type descriptors: what the heap knows about an object from its type id.
//!
//! A type here is a memory layout with names, not a type of a language: structs, tuples
//! and options are already flattened to *leaves*. The table also derives what the collector
//! and the runtime objects need (`TypeInfo`). Objects themselves are elsewhere.

use crate::class::{AllocPlan, MAX_SMALL, cell_bytes, lane_for};
use crate::header::{ARRAY_DATA, CLOSURE_DATA, LIST_BUF, LIST_BYTES, STRUCT_DATA};
use crate::header::{MAP_BYTES, MAP_ENTRIES, MAP_INDEX};

/// A type of one heap: an index into its `TypeTable`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct TypeId(pub u32);

impl TypeId {
    /// No object: what a free cell has. Also stands for "no particular type" in leaves.
    pub const FREE: TypeId = TypeId(0);
    /// Strings.
    pub const STR: TypeId = TypeId(1);
    /// Immutable byte strings.
    pub const BYTES: TypeId = TypeId(2);
    /// Pointer-free buffers of the runtime itself.
    pub const RAW: TypeId = TypeId(3);
}

/// The scalar kinds memory is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeafKind {
    /// 0 or 1 in a byte.
    Bool,
    /// Signed 8-bit integer.
    I8,
    /// Signed 16-bit integer.
    I16,
    /// Signed 32-bit integer.
    I32,
    /// Signed 64-bit integer.
    I64,
    /// Unsigned 8-bit integer.
    U8,
    /// Unsigned 16-bit integer.
    U16,
    /// Unsigned 32-bit integer; also characters.
    U32,
    /// Unsigned 64-bit integer.
    U64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// Function id.
    Func,
    /// Reference that is never null (but in memory just allocated).
    Ref,
    /// Reference or null.
    RefNull,
    /// Pointer to a place inside an object.
    IPtr,
}

impl LeafKind {
    /// Bytes in memory.
    #[inline]
    #[must_use]
    pub const fn size(self) -> u32 {
        match self {
            LeafKind::Bool | LeafKind::I8 | LeafKind::U8 => 1,
            LeafKind::I16 | LeafKind::U16 => 2,
            LeafKind::I64 | LeafKind::U64 | LeafKind::F64 => 8,
            LeafKind::I32
            | LeafKind::U32
            | LeafKind::F32
            | LeafKind::Func
            | LeafKind::Ref
            | LeafKind::RefNull
            | LeafKind::IPtr => 4,
        }
    }

    /// Is this a reference to the start of an object?
    #[inline]
    #[must_use]
    pub const fn is_ref(self) -> bool {
        matches!(self, LeafKind::Ref | LeafKind::RefNull)
    }

    /// Must the collector look at it?
    #[inline]
    #[must_use]
    pub const fn is_traced(self) -> bool {
        matches!(self, LeafKind::Ref | LeafKind::RefNull | LeafKind::IPtr)
    }

    /// Is it an integer, boolean, character or function id, equal when its slot is equal?
    #[inline]
    #[must_use]
    pub const fn is_integral(self) -> bool {
        !self.is_traced() && !matches!(self, LeafKind::F32 | LeafKind::F64)
    }
}

/// One scalar of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Bytes from the start of the layout.
    pub offset: u32,
    /// What stands there.
    pub kind: LeafKind,
    /// For references: the static type of the target, or `TypeId::FREE` for any.
    pub ty: TypeId,
}

/// A sequence of leaves in memory, naturally aligned, as C would lay it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes, rounded up to `align`: also the distance of two elements.
    pub size: u32,
    /// Alignment: 1, 2, 4 or 8.
    pub align: u32,
    /// The leaves in order.
    pub leaves: Box<[Leaf]>,
    /// Is there a leaf that the collector must look at?
    pub has_refs: bool,
}

impl Layout {
    /// Lays out leaves of the given kinds and target types.
    #[must_use]
    pub fn of(parts: &[(LeafKind, TypeId)]) -> Layout {
        let (mut size, mut align, mut has_refs) = (0u32, 1u32, false);
        let mut leaves = Vec::with_capacity(parts.len());
        for &(kind, ty) in parts {
            let bytes = kind.size();
            let offset = size.next_multiple_of(bytes);
            leaves.push(Leaf { offset, kind, ty });
            size = offset + bytes;
            align = align.max(bytes);
            has_refs |= kind.is_traced();
        }
        Layout { size: size.next_multiple_of(align), align, leaves: leaves.into(), has_refs }
    }
}

/// What objects of a type are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// Not an object.
    Free,
    /// A string.
    Str,
    /// A byte string.
    Bytes,
    /// A pointer-free buffer of the runtime.
    Raw,
    /// Declared, but not yet defined.
    Declared,
    /// Leaves at fixed places.
    Struct(Layout),
    /// A fixed number of elements, chosen at allocation.
    Array {
        /// One element.
        elem: Layout,
    },
    /// A growing sequence.
    List {
        /// One element.
        elem: Layout,
        /// The type of its buffers.
        array: TypeId,
    },
    /// An insertion-ordered map; a set is a map with an empty value.
    Map {
        /// The key; offsets are those in an entry.
        key: Layout,
        /// The value; offsets are those in an entry.
        value: Layout,
        /// The type of its entry arrays.
        entries: TypeId,
    },
    /// A function with captured values.
    Closure {
        /// The captured values.
        captures: Layout,
    },
}

/// A type as its maker describes it.
#[derive(Clone, Debug)]
pub struct TypeDesc {
    /// For messages.
    pub name: Box<str>,
    /// What its objects are.
    pub kind: TypeKind,
    /// The type it is a subtype of.
    pub parent: Option<TypeId>,
}

/// How map keys are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyShape {
    /// One integral leaf.
    Int,
    /// One string.
    Str,
    /// Anything else that can be a key.
    General,
}

/// The facts about a sequence or map type that its operations need, in one copyable piece.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    /// Bytes of an element or entry.
    pub(crate) stride: u32,
    /// Type of the buffer: the array of a list, the entries of a map.
    pub(crate) buffer: TypeId,
    /// Buffers have no references.
    pub(crate) pointer_free: bool,
    /// Elements may hold references to lists, maps and arrays.
    pub(crate) may_share: bool,
    /// Offset of the first key leaf in an entry.
    pub(crate) key_at: u32,
    /// Kind of the first key leaf or element leaf.
    pub(crate) first: Option<LeafKind>,
    /// How keys are compared; `None` for other types.
    pub(crate) keys: Option<KeyShape>,
    /// The first leaf of a map's value: offset in the entry, and kind.
    pub(crate) value_at: u32,
    pub(crate) value_first: Option<LeafKind>,
}

/// Where the references of an object are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    /// Offset of the first repetition.
    pub(crate) start: u32,
    /// Bytes from one repetition to the next; 0 if there is one only, or nothing to see.
    pub(crate) stride: u32,
    /// Offsets of references within a repetition.
    pub(crate) refs: Box<[u32]>,
    /// Offsets of interior pointers within a repetition.
    pub(crate) interiors: Box<[u32]>,
}

impl Trace {
    fn of(start: u32, stride: u32, layout: &Layout) -> Trace {
        let pick = |want: fn(LeafKind) -> bool| {
            layout.leaves.iter().filter(|l| want(l.kind)).map(|l| l.offset).collect()
        };
        let interiors = pick(|kind| kind == LeafKind::IPtr);
        let stride = if layout.has_refs { stride } else { 0 };
        Trace { start, stride, refs: pick(LeafKind::is_ref), interiors }
    }

    fn fixed(refs: &[u32]) -> Trace {
        Trace { refs: refs.into(), ..Trace::default() }
    }
}

/// What marking and allocation need of a type, small enough to stay in the cache.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hot {
    /// Offset of the first repetition.
    pub(crate) start: u32,
    /// Bytes from one repetition to the next; 0 if there is one only, or nothing to see.
    pub(crate) stride: u32,
    /// Bit i: there is a reference at word i of a repetition.
    pub(crate) refs: u64,
    /// The references are not all in `refs`: use the `Trace`.
    pub(crate) complex: bool,
    /// There are references.
    pub(crate) traced: bool,
    /// Lane and cell for inline allocation; the cell is 0 if that is not possible.
    pub(crate) lane: u16,
    pub(crate) cell: u32,
}

impl Hot {
    fn of(trace: &Trace, bytes: u32, pointer_free: bool) -> Hot {
        let simple = |offset: &u32| *offset < 256;
        let complex = !trace.interiors.is_empty() || !trace.refs.iter().all(simple);
        let refs = match complex {
            true => 0,
            false => trace.refs.iter().fold(0, |bits, offset| bits | 1 << (offset / 4)),
        };
        let lane = lane_for(bytes, pointer_free);
        let cell = if (1..=MAX_SMALL).contains(&bytes) { cell_bytes(lane) } else { 0 };
        let (start, stride) = (trace.start, trace.stride);
        let traced = refs != 0 || complex;
        Hot { start, stride, refs, complex, traced, lane: lane as u16, cell }
    }
}

/// A type with everything derived from its description.
#[derive(Clone, Debug)]
pub(crate) struct TypeInfo {
    pub(crate) desc: TypeDesc,
    /// Ancestors from the root down to the type itself.
    pub(crate) display: Box<[TypeId]>,
    pub(crate) trace: Trace,
    pub(crate) shape: Shape,
    /// Bytes of an object for fixed-size kinds, header included.
    pub(crate) bytes: u32,
    pub(crate) pointer_free: bool,
    /// Objects are compared by identity.
    pub(crate) identity: bool,
}

impl TypeInfo {
    /// The layout of a struct, element, entry or capture list.
    pub(crate) fn layout(&self) -> Option<&Layout> {
        match &self.desc.kind {
            TypeKind::Struct(layout)
            | TypeKind::Array { elem: layout }
            | TypeKind::List { elem: layout, .. }
            | TypeKind::Closure { captures: layout } => Some(layout),
            _ => None,
        }
    }

    /// The leaves of that layout.
    pub(crate) fn leaves(&self) -> &[Leaf] {
        self.layout().map_or(&[], |layout| &layout.leaves)
    }
}

/// All types of one heap.
#[derive(Clone, Debug)]
pub struct TypeTable {
    infos: Vec<TypeInfo>,
    /// In step with `infos`.
    hot: Vec<Hot>,
}

impl Default for TypeTable {
    fn default() -> TypeTable {
        let mut table = TypeTable { infos: Vec::new(), hot: Vec::new() };
        let fixed = [
            ("free", TypeKind::Free),
            ("str", TypeKind::Str),
            ("bytes", TypeKind::Bytes),
            ("raw", TypeKind::Raw),
        ];
        for (name, kind) in fixed {
            table.add(TypeDesc { name: name.into(), kind, parent: None });
        }
        table
    }
}

impl TypeTable {
    /// Number of types.
    #[must_use]
    pub fn len(&self) -> usize {
        self.infos.len()
    }

    /// Never true: the fixed types are always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.infos.is_empty()
    }

    /// Adds a type.
    pub fn add(&mut self, desc: TypeDesc) -> TypeId {
        let id = TypeId(self.infos.len() as u32);
        let info = self.derive(id, desc);
        self.hot.push(Hot::of(&info.trace, info.bytes, info.pointer_free));
        self.infos.push(info);
        id
    }

    /// Adds a type whose kind is given later, so that types can refer to each other.
    pub fn declare(&mut self, name: &str, parent: Option<TypeId>) -> TypeId {
        self.add(TypeDesc { name: name.into(), kind: TypeKind::Declared, parent })
    }

    /// Gives a declared type its kind.
    pub fn define(&mut self, id: TypeId, kind: TypeKind) {
        let Some(old) = self.infos.get(id.0 as usize) else { return };
        let desc = TypeDesc { kind, ..old.desc.clone() };
        let info = self.derive(id, desc);
        self.hot[id.0 as usize] = Hot::of(&info.trace, info.bytes, info.pointer_free);
        self.infos[id.0 as usize] = info;
    }

    /// Objects of this type are compared and hashed by identity, never by what they hold.
    pub fn give_identity(&mut self, id: TypeId) {
        if let Some(info) = self.infos.get_mut(id.0 as usize) {
            info.identity = true;
        }
    }

    /// The kind of lists with these element leaves; makes the type of their buffers.
    pub fn list_kind(&mut self, elem: &[(LeafKind, TypeId)]) -> TypeKind {
        let elem = Layout::of(elem);
        let kind = TypeKind::Array { elem: elem.clone() };
        let array = self.add(TypeDesc { name: "list buffer".into(), kind, parent: None });
        TypeKind::List { elem, array }
    }

    /// The kind of maps with these leaves; makes the type of their entries. An entry is the
    /// word that `map` keeps (hash and life mark), the key leaves, the value leaves.
    pub fn map_kind(
        &mut self,
        key: &[(LeafKind, TypeId)],
        value: &[(LeafKind, TypeId)],
    ) -> TypeKind {
        let mut parts = vec![(LeafKind::U32, TypeId::FREE)];
        parts.extend_from_slice(key);
        parts.extend_from_slice(value);
        let entry = Layout::of(&parts);
        let part = |leaves: &[Leaf]| Layout {
            leaves: leaves.into(),
            has_refs: leaves.iter().any(|leaf| leaf.kind.is_traced()),
            ..entry.clone()
        };
        let key_layout = part(&entry.leaves[1..=key.len()]);
        let value_layout = part(&entry.leaves[1 + key.len()..]);
        let kind = TypeKind::Array { elem: entry };
        let entries = self.add(TypeDesc { name: "map entries".into(), kind, parent: None });
        TypeKind::Map { key: key_layout, value: value_layout, entries }
    }

    /// The description of a type.
    #[must_use]
    pub fn desc(&self, id: TypeId) -> &TypeDesc {
        &self.info(id).desc
    }

    /// Everything about a type; an unknown id is the free type.
    #[inline]
    pub(crate) fn info(&self, id: TypeId) -> &TypeInfo {
        self.infos.get(id.0 as usize).unwrap_or(&self.infos[0])
    }

    /// The part of a type for marking and allocation.
    #[inline(always)]
    pub(crate) fn hot(&self, id: TypeId) -> Hot {
        self.hot.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// Is `a` the type `b` or one of its descendants?
    #[inline]
    #[must_use]
    pub fn is_subtype(&self, a: TypeId, b: TypeId) -> bool {
        let depth = self.info(b).display.len() - 1;
        self.info(a).display.get(depth) == Some(&b)
    }

    /// How to allocate a fixed-size object inline; `None` if the size is not fixed or large.
    #[must_use]
    pub fn plan(&self, id: TypeId) -> Option<AllocPlan> {
        let hot = self.hot(id);
        let plan = AllocPlan { lane: u32::from(hot.lane), cell: hot.cell, meta: id.0 };
        (hot.cell > 0).then_some(plan)
    }

    fn derive(&self, id: TypeId, desc: TypeDesc) -> TypeInfo {
        let mut display: Vec<TypeId> = match desc.parent {
            Some(parent) => self.info(parent).display.to_vec(),
            None => Vec::new(),
        };
        display.push(id);
        let (trace, bytes) = match &desc.kind {
            TypeKind::Struct(layout) => {
                (Trace::of(STRUCT_DATA, 0, layout), STRUCT_DATA + layout.size)
            }
            TypeKind::Array { elem } => (Trace::of(ARRAY_DATA, elem.size, elem), 0),
            TypeKind::List { .. } => (Trace::fixed(&[LIST_BUF]), LIST_BYTES),
            TypeKind::Map { .. } => (Trace::fixed(&[MAP_INDEX, MAP_ENTRIES]), MAP_BYTES),
            TypeKind::Closure { captures } => {
                (Trace::of(CLOSURE_DATA, 0, captures), CLOSURE_DATA + captures.size)
            }
            _ => (Trace::default(), 0),
        };
        let shape = self.shape(&desc.kind);
        let pointer_free = trace.refs.is_empty() && trace.interiors.is_empty();
        let display = display.into();
        TypeInfo { desc, display, trace, shape, bytes, pointer_free, identity: false }
    }

    fn shape(&self, kind: &TypeKind) -> Shape {
        let leaf_may_share =
            |leaf: &Leaf| leaf.kind.is_ref() && leaf.ty != TypeId::STR && leaf.ty != TypeId::BYTES;
        let of = |layout: &Layout, buffer| Shape {
            stride: layout.size,
            buffer,
            pointer_free: !layout.has_refs,
            may_share: layout.leaves.iter().any(leaf_may_share),
            key_at: 0,
            first: layout.leaves.first().map(|leaf| leaf.kind),
            keys: None,
            value_at: layout.size,
            value_first: None,
        };
        match kind {
            TypeKind::Struct(layout) | TypeKind::Closure { captures: layout } => {
                of(layout, TypeId::FREE)
            }
            TypeKind::Array { elem } => of(elem, TypeId::FREE),
            TypeKind::List { elem, array } => of(elem, *array),
            TypeKind::Map { key, value, entries } => {
                let entry = self.info(*entries);
                let shape = entry.layout().map_or(Shape::default(), |e| of(e, *entries));
                let first = key.leaves.first();
                let keys = match &*key.leaves {
                    [leaf] if leaf.kind.is_integral() => KeyShape::Int,
                    [leaf] if leaf.kind == LeafKind::Ref && leaf.ty == TypeId::STR => KeyShape::Str,
                    _ => KeyShape::General,
                };
                Shape {
                    key_at: first.map_or(0, |leaf| leaf.offset),
                    first: first.map(|leaf| leaf.kind),
                    keys: Some(keys),
                    value_at: value.leaves.first().map_or(shape.stride, |leaf| leaf.offset),
                    value_first: value.leaves.first().map(|leaf| leaf.kind),
                    ..shape
                }
            }
            _ => Shape::default(),
        }
    }
}
