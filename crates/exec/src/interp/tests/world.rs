//! The operands: a frame with a value of each kind, objects, functions.
//!
//! Objects are kept alive by globals, as no root map knows the hand-made code.

use std::cell::Cell;

use kaa_code::RegOp;
use kaa_code::word::{abc, abx};
use kaa_heap::{GcRef, Heap, HeapError, TypeId};
use kaa_ir::Signature;

use crate::host::Host;
use crate::link::HostFuncs;
use crate::store::{Inner, Store};
use crate::vm::FuncEntry;

// Slots of the frame.
pub const COUNTER: u16 = 0;
pub const END: u16 = 1;
pub const OUT: u16 = 2;
pub const ZERO: u16 = 3;
pub const X: u16 = 4;
pub const Y: u16 = 5;
pub const FX: u16 = 6;
pub const FY: u16 = 7;
pub const INDEX: u16 = 8;
pub const SPARE: u16 = 9;
pub const LIMIT: u16 = 10;
pub const INTS: u16 = 11;
pub const SHARED_INTS: u16 = 12;
pub const NODES: u16 = 13;
pub const SHARED_NODES: u16 = 14;
pub const INT_ARRAY: u16 = 15;
pub const NODE_ARRAY: u16 = 16;
pub const STR: u16 = 17;
pub const OTHER_STR: u16 = 18;
pub const NODE: u16 = 19;
pub const CLOSURE: u16 = 20;
pub const NODE_TYPE: u16 = 21;
pub const FUNC: u16 = 22;
pub const MAP: u16 = 23;
pub const SHARED_MAP: u16 = 24;
pub const STR_MAP: u16 = 26;
pub const SHARED_STR_MAP: u16 = 27;
/// A map whose entries are searched through an index.
pub const LARGE_MAP: u16 = 25;
pub const WINDOW: u16 = 32;

/// Natives by number: one that does nothing, and one that notes where the native stack is.
pub const IDLE: u32 = 0;
pub const PROBE: u32 = 1;

/// Globals by number: the first is an integer, the others hold the objects.
pub const INT_GLOBAL: u32 = 0;

const MODULE: &str = r#"
module "world"
import @idle = "host" "idle" () -> ()
import @probe = "host" "probe" () -> ()
type $node = struct { next: ref? $node mut, n: i64 mut, m: i64 mut }
type $ints = list i64
type $nodes = list ref? $node
type $int_array = array i64
type $node_array = array ref? $node
type $counts = map i64 to i64
type $words = map ref $str to i64
type $adder = closure (i64) -> (i64)
func @add(i64, i64) -> (i64) {
b0(v0: i64, v1: i64):
  v2: i64 = add.i64 v0, v1
  ret (v2)
}
func @adder(i64) -> (i64, ref $adder) {
b0(v0: i64):
  v1: ref $adder = closure_new $adder, @add, (v0)
  v2: i64 = call_closure v1, (v0)
  ret (v2, v1)
}
export "adder" = @adder
"#;

thread_local! {
    static STACK_AT: Cell<usize> = const { Cell::new(0) };
}

/// Where the native stack was when the probe ran last.
pub fn probed() -> usize {
    STACK_AT.get()
}

pub fn host() -> Host {
    Host::sink()
}

/// Links the module and lowers its functions.
pub fn link(store: &mut Store) {
    let module = kaa_ir::text::parse(MODULE).expect("the text parses");
    kaa_ir::verify::verify(&module).expect("the module verifies");
    let mut host = HostFuncs::default();
    host.add("host", "idle", Signature::default(), |_| Ok(()));
    host.add("host", "probe", Signature::default(), |_| {
        let here = 0u8;
        STACK_AT.set((&raw const here).addr());
        Ok(())
    });
    store.link(std::rc::Rc::new(module), &host).expect("the module links");
    let adder = store.export(0, "adder").expect("the export exists");
    store.call(adder, &[1]).expect("the call ends");
    store.inner.pool.push(7);
}

/// The frame of the hand-made code.
pub fn frame(inner: &Inner) -> *mut u64 {
    inner.stack_base.wrapping_add(8)
}

pub fn set(inner: &mut Inner, slot: u16, value: u64) {
    // SAFETY: the frame is inside the stack, whose reserve is larger than any frame.
    unsafe { *frame(inner).add(usize::from(slot)) = value }
}

pub fn get(inner: &Inner, slot: u16) -> u64 {
    // SAFETY: as for `set`.
    unsafe { *frame(inner).add(usize::from(slot)) }
}

/// Functions made by hand, by number.
pub struct World {
    pub ret0: u32,
    pub ret1: u32,
    pub tail: u32,
    pub tail_closure: u32,
    pub lower: u32,
    pub enter: u32,
    /// The heap type of `$node`.
    pub node: TypeId,
    _code: Vec<Box<[u64]>>,
}

impl World {
    /// Fills the frame with fresh operands.
    pub fn new(inner: &mut Inner) -> Result<World, String> {
        let types = inner.instances[0].types.clone();
        let own = |name: &str| {
            let module = &inner.instances[0].module;
            let found = module.types.iter().position(|(_, t)| t.name == name);
            found.map(|i| types[i]).ok_or(format!("there is no type {name}"))
        };
        let node = own("node")?;
        let (ints, nodes) = (own("ints")?, own("nodes")?);
        let (counts, words) = (own("counts")?, own("words")?);
        let (int_array, node_array) = (own("int_array")?, own("node_array")?);
        let adder = inner.instances[0].func_base + 1;
        let made = inner.call(adder, &[1]).map_err(|t| t.to_string())?;
        scalars(inner, node);
        set(inner, CLOSURE, made[1]);
        let heap = &mut inner.heap;
        let mut objects = Vec::new();
        let mut keep = |slot: u16, object: Result<GcRef, HeapError>| {
            let object = object.map_err(|e| e.to_string())?;
            objects.push((slot, object));
            Ok::<GcRef, String>(object)
        };
        for (own, shared, ty) in [(INTS, SHARED_INTS, ints), (NODES, SHARED_NODES, nodes)] {
            keep(own, heap.list_new_zeroed(ty, 16))?;
            let other = keep(shared, heap.list_new_zeroed(ty, 16))?;
            heap.mark_shared(other);
        }
        keep(MAP, map(heap, counts, 3))?;
        keep(LARGE_MAP, map(heap, counts, 100))?;
        let other = keep(SHARED_MAP, map(heap, counts, 3))?;
        heap.mark_shared(other);
        keep(STR_MAP, str_map(heap, words, 9))?;
        let other = keep(SHARED_STR_MAP, str_map(heap, words, 2))?;
        heap.mark_shared(other);
        keep(INT_ARRAY, heap.new_array(int_array, 16))?;
        keep(NODE_ARRAY, heap.new_array(node_array, 16))?;
        keep(STR, heap.new_str("a string"))?;
        keep(OTHER_STR, heap.new_str("a strinG"))?;
        keep(NODE, heap.new_struct(node))?;
        inner.globals = vec![1, made[1]];
        for (slot, object) in objects {
            inner.globals.push(object.slot());
            set(inner, slot, object.slot());
        }
        inner.global_is_ref = vec![true; inner.globals.len()];
        inner.global_is_ref[INT_GLOBAL as usize] = false;
        let world = functions(inner, node);
        inner.refresh();
        Ok(world)
    }
}

/// A map of some keys that do not count up by ones; it has the key 5.
fn map(heap: &mut Heap, ty: TypeId, keys: u64) -> Result<GcRef, HeapError> {
    let mut map = heap.map_new(ty, 0)?;
    for i in 0..keys {
        map = heap.map_insert(map, &[5 + 7 * i], &[i])?.0;
    }
    Ok(map)
}

/// A map of some strings; it has `OTHER_STR`, or what looks like it.
fn str_map(heap: &mut Heap, ty: TypeId, keys: u64) -> Result<GcRef, HeapError> {
    let mut map = heap.map_new(ty, 0)?;
    for i in 0..keys {
        let key = if i == 0 { "a strinG".to_owned() } else { i.to_string() };
        let key = heap.new_str(&key)?;
        map = heap.map_insert(map, &[key.slot()], &[i])?.0;
    }
    Ok(map)
}

fn scalars(inner: &mut Inner, node: TypeId) {
    let values = [
        (ZERO, 0),
        (X, 5),
        (Y, 3),
        (FX, 2.5f64.to_bits()),
        (FY, 0.5f64.to_bits()),
        (INDEX, 1),
        (NODE_TYPE, u64::from(node.0)),
    ];
    for slot in 0..WINDOW + 16 {
        set(inner, slot, 0);
    }
    for (slot, value) in values {
        set(inner, slot, value);
    }
    inner.vm_mut().fuel = i64::MAX;
    inner.rearm();
}

/// Stands for compiled code that does nothing.
#[cfg(target_arch = "x86_64")]
extern "sysv64" fn nothing(_: *mut u8, _: *mut u64) -> u64 {
    0
}
#[cfg(not(target_arch = "x86_64"))]
extern "C" fn nothing(_: *mut u8, _: *mut u64) -> u64 {
    0
}

/// Functions of one instruction each, in place of those that the world before this one made.
fn functions(inner: &mut Inner, node: TypeId) -> World {
    let first = inner.funcs.len() as u32;
    inner.entries.truncate(first as usize);
    let (ret0, ret1, tail, tail_closure, lower, enter) =
        (first, first + 1, first + 2, first + 3, first + 4, first + 5);
    inner.tier.enters = vec![nothing as *const u8];
    inner.tier.hot = vec![u32::MAX];
    let code: Vec<Box<[u64]>> = vec![
        [abc(RegOp::Ret0, 0, 0, 0, 0)].into(),
        [abc(RegOp::Ret1, 0, 1, 0, 0)].into(),
        [abx(RegOp::TailCall, 0, 2, ret0)].into(),
        [abc(RegOp::TailCallClosure, 0, 2, 1, 1)].into(),
        [abx(RegOp::Lower, 0, 0, inner.instances[0].func_base)].into(),
        [abx(RegOp::Enter, 0, 0, 0)].into(),
    ];
    for words in &code {
        inner.entries.push(FuncEntry {
            code: words.as_ptr(),
            enter: std::ptr::null(),
            words: std::ptr::null(),
            params: 1,
            results: 1,
        });
    }
    set(inner, FUNC, u64::from(ret0));
    inner.refresh();
    World { ret0, ret1, tail, tail_closure, lower, enter, node, _code: code }
}
