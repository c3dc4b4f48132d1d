//! Closures: making them, and putting captured values before the arguments of a call.

use kaa_heap::header::{CLOSURE_DATA, CLOSURE_FUNC};
use kaa_heap::{GcRef, LeafKind, TypeId, TypeKind};

use crate::native::Fault;
use crate::store::Inner;
use crate::vm::Vm;

/// The function of a closure.
#[inline(always)]
pub(crate) fn closure_func(vm: *mut Vm, closure: u64) -> u32 {
    // SAFETY: every 32-bit offset is inside the mapping of the heap.
    unsafe {
        let at = (closure as u32).wrapping_add(CLOSURE_FUNC) as usize;
        Vm::base(vm).add(at).cast::<u32>().read_unaligned()
    }
}

/// Moves the arguments in a window up and puts the captured values before them.
///
/// # Safety
/// The window holds `args` arguments of a call of the closure, inside the running frame's
/// stack with its reserve.
#[inline(never)]
pub(crate) unsafe fn insert_captures(vm: *mut Vm, closure: u64, window: *mut u64, args: u16) {
    // SAFETY: the context points to its store while code runs.
    let inner = unsafe { &*(*vm).store };
    let object = GcRef::from_slot(closure);
    let TypeKind::Closure { captures } = &inner.heap.types().desc(inner.heap.type_of(object)).kind
    else {
        return;
    };
    let count = captures.leaves.len();
    // SAFETY: promised by the caller.
    unsafe {
        std::ptr::copy(window, window.add(count), usize::from(args));
        for (i, leaf) in captures.leaves.iter().enumerate() {
            *window.add(i) = inner.heap.read_leaf(object, CLOSURE_DATA + leaf.offset, leaf.kind);
        }
    }
}

/// Makes a closure of type `base` over `func` with its captured values.
pub(super) fn new_closure(
    inner: &mut Inner,
    base: TypeId,
    func: u32,
    values: &[u64],
) -> Result<GcRef, Box<Fault>> {
    let ty = inner.closure_type(base, func, values.len());
    let object = inner.heap.new_closure(ty, func)?;
    let leaves: Vec<(u32, LeafKind)> = match &inner.heap.types().desc(ty).kind {
        TypeKind::Closure { captures } => {
            captures.leaves.iter().map(|l| (l.offset, l.kind)).collect()
        }
        _ => Vec::new(),
    };
    for ((offset, kind), value) in leaves.iter().zip(values) {
        inner.heap.write_leaf(object, CLOSURE_DATA + offset, *kind, *value);
    }
    Ok(object)
}
