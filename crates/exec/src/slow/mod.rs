//! Out-of-line work of the interpreter: natives, growth, cloning, lowering, collections.
//!
//! Every function takes the machine's registers by value, so that handlers keep nothing on
//! the native stack across their jump. A collection happens here or nowhere: before the work,
//! with the operands still in their slots, which the root map of the instruction covers.

mod closure;
mod map;
mod numeric;
mod object;
mod ops;

use kaa_code::word::{self, LeafPlace, a, b, bx, c};
use kaa_code::{RegOp, Shape};
use kaa_heap::{GcRef, TypeId, raw};
use kaa_isa::TrapKind;

pub(crate) use closure::{closure_func, insert_captures};
pub(crate) use map::search;

use crate::interp::Flow;
use crate::link::NativeRun;
use crate::native::{Call, Fault, NativeResult};
use crate::store::Inner;
use crate::vm::Vm;

type Pc = *const u64;
type Regs = *mut u64;

/// The store behind a context.
fn store<'a>(vm: *mut Vm) -> &'a mut Inner {
    // SAFETY: the context points to its store while code runs; natives and slow operations
    // are the only users of the store then, one at a time.
    unsafe { &mut *(*vm).store }
}

/// A slot of the frame.
fn slot(r: Regs, i: u16) -> u64 {
    // SAFETY: slots of an instruction are inside the frame.
    unsafe { *r.add(usize::from(i)) }
}

fn set(r: Regs, i: u16, value: u64) {
    // SAFETY: slots of an instruction are inside the frame.
    unsafe { *r.add(usize::from(i)) = value }
}

/// Collects if a collection is due.
fn safepoint(vm: *mut Vm, pc: Pc, r: Regs) -> &'static mut Inner {
    let inner = store(vm);
    // SAFETY: the base is that of the store's heap.
    if unsafe { raw::pending(Vm::base(vm)) } && inner.heap.take_pending() {
        inner.collect(pc, r);
    }
    inner
}

/// Runs `work`; where the heap is full but may not be after a collection, collects and runs
/// it once more.
fn retried<T>(
    vm: *mut Vm,
    pc: Pc,
    r: Regs,
    mut work: impl FnMut(&mut Inner) -> Result<T, Box<Fault>>,
) -> Result<T, Box<Fault>> {
    let inner = safepoint(vm, pc, r);
    match work(inner) {
        Err(fault) if fault.need_collect => {
            inner.collect(pc, r);
            work(inner)
        }
        done => done,
    }
}

fn end(vm: *mut Vm, result: NativeResult) -> Flow {
    match result {
        Ok(()) => Flow::Next,
        Err(fault) => {
            store(vm).fault = Some(fault);
            Flow::Fault
        }
    }
}

/// Notes where the machine is, for a panic of what follows.
fn note_place(vm: *mut Vm, pc: Pc, r: Regs) {
    // SAFETY: the context is alive while code runs.
    unsafe {
        (*vm).exit_pc = pc;
        (*vm).exit_regs = r;
    }
}

/// Does an instruction whose fast path does not apply; gives where to go on.
pub(crate) fn out_of_line(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> (Pc, Flow) {
    note_place(vm, pc, r);
    let op = word::op(i).unwrap_or(RegOp::Trap);
    let flow = match op {
        RegOp::Alloc => alloc(vm, pc, r, i),
        RegOp::Gc => collect(vm, pc, r),
        RegOp::Lower => return lower(vm, pc, bx(i)),
        RegOp::Resume => resume(vm),
        RegOp::Hot => return (store(vm).warm_up(pc, bx(i)), Flow::Next),
        RegOp::Unshare => unshare(vm, pc, r, i),
        op => match op.shape() {
            Shape::put | Shape::putx => list_put(vm, pc, r, i),
            Shape::push => list_push(vm, pc, r, i),
            Shape::mput | Shape::sput => map::put(vm, pc, r, i),
            _ => Flow::Trap(TrapKind::Unreachable),
        },
    };
    let extra = usize::from(op.shape().has_extra_word());
    (pc.wrapping_add(extra), flow)
}

/// Calls a native of the runtime or of the host.
#[inline(always)]
pub(crate) fn native(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> Flow {
    note_place(vm, pc, r);
    let inner = safepoint(vm, pc, r);
    // SAFETY: windows are inside the frame.
    let window = unsafe { r.add(usize::from(a(i))) };
    let result = match call_native(inner, bx(i), window) {
        Ok(()) => return Flow::Next,
        Err(fault) if fault.need_collect => {
            inner.collect(pc, r);
            call_native(inner, bx(i), window)
        }
        failed => failed,
    };
    match result {
        Err(fault) if fault.kind == TrapKind::OutOfFuel => Flow::Trap(TrapKind::OutOfFuel),
        result => end(vm, result),
    }
}

/// Calls a native and pays for its work.
#[inline(always)]
fn call_native(inner: &mut Inner, index: u32, window: Regs) -> NativeResult {
    let entry = &inner.natives[index as usize];
    // SAFETY: the window has a slot for each argument and result.
    let slots = unsafe { std::slice::from_raw_parts_mut(window, entry.width) };
    let mut call = Call::new(&mut inner.heap, &mut inner.host, &entry.sig, slots);
    let result = match &entry.run {
        NativeRun::Runtime(run) => run(&mut call),
        NativeRun::Host(run) => run(&mut call),
    };
    let charged = call.charged();
    if inner.mode.fuel && charged > 0 { pay(inner, charged, result) } else { result }
}

/// Takes fuel for the work of a native; running out comes before what the native says. What
/// will be done again is paid for then.
#[cold]
fn pay(inner: &mut Inner, units: u64, result: NativeResult) -> NativeResult {
    if matches!(&result, Err(fault) if fault.need_collect) {
        return result;
    }
    let vm = inner.vm_mut();
    vm.fuel -= i64::try_from(units).unwrap_or(i64::MAX);
    if vm.fuel < 0 {
        vm.fuel = 0;
        return Err(TrapKind::OutOfFuel.into());
    }
    result
}

/// Runs a slow operation on its window.
#[inline(always)]
pub(crate) fn windowed(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> Flow {
    note_place(vm, pc, r);
    // SAFETY: windows are inside the frame.
    let window = unsafe { r.add(usize::from(a(i))) };
    let result = retried(vm, pc, r, |inner| ops::run(inner, bx(i), window));
    end(vm, result)
}

/// Allocates an object where the run of its cells is used up.
fn alloc(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> Flow {
    let ty = TypeId(bx(i));
    let result = retried(vm, pc, r, |inner| Ok(inner.heap.new_struct(ty)?));
    let done = result.map(|object| set(r, a(i), object.slot()));
    end(vm, done)
}

/// Collects if due.
fn collect(vm: *mut Vm, pc: Pc, r: Regs) -> Flow {
    safepoint(vm, pc, r);
    Flow::Next
}

/// Writes an element where the fast path did not: out of range, or a shared list.
fn list_put(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> Flow {
    let index = slot(r, b(i));
    let length = store(vm).heap.list_len(GcRef::from_slot(slot(r, a(i))));
    if index >= u64::from(length) {
        return Flow::Trap(TrapKind::IndexOutOfRange);
    }
    let leaf = leaf_of(pc, i, store(vm), GcRef::from_slot(slot(r, a(i))));
    let result = retried(vm, pc, r, |inner| {
        let list = inner.heap.unshare(GcRef::from_slot(slot(r, a(i))))?;
        set(r, a(i), list.slot());
        inner.heap.list_set_leaf(list, index as u32, leaf, slot(r, c(i)))?;
        Ok(())
    });
    end(vm, result)
}

/// Which leaf of the element an instruction writes.
fn leaf_of(pc: Pc, i: u64, inner: &Inner, list: GcRef) -> usize {
    if !word::op(i).is_some_and(|op| op.shape().has_extra_word()) {
        return 0;
    }
    // SAFETY: the word with the place follows the instruction.
    let place = LeafPlace::unpack(unsafe { *pc });
    match &inner.heap.types().desc(inner.heap.type_of(list)).kind {
        kaa_heap::TypeKind::List { elem, .. } => {
            elem.leaves.iter().position(|l| l.offset == place.offset).unwrap_or(0)
        }
        _ => 0,
    }
}

/// Appends where the fast path did not: no room, or a shared list.
fn list_push(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> Flow {
    let result = retried(vm, pc, r, |inner| {
        let list = GcRef::from_slot(slot(r, a(i)));
        let list = inner.heap.list_push_slots(list, &[slot(r, b(i))])?;
        set(r, a(i), list.slot());
        Ok(())
    });
    end(vm, result)
}

/// Clones a shared object.
fn unshare(vm: *mut Vm, pc: Pc, r: Regs, i: u64) -> Flow {
    let result = retried(vm, pc, r, |inner| {
        let own = inner.heap.unshare(GcRef::from_slot(slot(r, b(i))))?;
        set(r, a(i), own.slot());
        Ok(())
    });
    end(vm, result)
}

/// Lowers a function, which is then entered. Its frame is there already; a trap stands at the
/// call.
fn lower(vm: *mut Vm, pc: Pc, func: u32) -> (Pc, Flow) {
    let inner = store(vm);
    let result = inner.lower(func);
    let code = inner.entries[func as usize].code;
    match end(vm, result) {
        Flow::Next => (code, Flow::Next),
        other => (pc, other),
    }
}

/// Continues the trap that was caught last.
fn resume(vm: *mut Vm) -> Flow {
    let inner = store(vm);
    let Some(trap) = inner.caught.take() else { return Flow::Trap(TrapKind::Unreachable) };
    inner.fault = Some(Fault::new(trap.kind, trap.message));
    Flow::Fault
}

/// The fault of a size that no object can have.
fn too_large(what: &str) -> Box<Fault> {
    Fault::new(TrapKind::OutOfMemory, format!("{what} is too large"))
}
