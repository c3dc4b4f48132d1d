//! The slow operations by number: each reads its window and writes its results there.

use kaa_code::SlowOp;
use kaa_code::slow::{Float32Unary, FloatBinary};
use kaa_heap::{GcRef, TypeId};
use kaa_isa::TrapKind;

use super::{closure, numeric, object};
use crate::native::{Fault, NativeResult};
use crate::store::Inner;

/// A window: arguments in, results out.
pub(super) struct Window {
    slots: *mut u64,
}

impl Window {
    /// Slot `i`.
    pub fn get(&self, i: usize) -> u64 {
        // SAFETY: lowering gives each operation the slots it reads.
        unsafe { *self.slots.add(i) }
    }

    /// Sets result `i`.
    pub fn set(&self, i: usize, value: u64) {
        // SAFETY: lowering gives each operation the slots it writes.
        unsafe { *self.slots.add(i) = value }
    }

    /// Slot `i` as a reference.
    pub fn obj(&self, i: usize) -> GcRef {
        GcRef::from_slot(self.get(i))
    }

    /// Slots from `i` on.
    pub fn slice(&self, i: usize, n: usize) -> &[u64] {
        // SAFETY: lowering gives each operation the slots it reads.
        unsafe { std::slice::from_raw_parts(self.slots.add(i), n) }
    }
}

/// Refuses a null reference.
fn nonnull(object: GcRef) -> Result<GcRef, Box<Fault>> {
    if object.is_null() { Err(TrapKind::NullReference.into()) } else { Ok(object) }
}

/// Runs operation `number` on a window.
pub(super) fn run(inner: &mut Inner, number: u32, slots: *mut u64) -> NativeResult {
    let w = Window { slots };
    let Some(op) = SlowOp::ALL.get(number as usize) else {
        return Err(TrapKind::Unreachable.into());
    };
    match op {
        SlowOp::MulDiv => {
            let ty = numeric::scalar(w.get(3));
            w.set(0, numeric::mul_div(ty, w.get(0), w.get(1), w.get(2))?);
        }
        SlowOp::FloatBinary => {
            let op = FloatBinary::from_code(w.get(2));
            w.set(0, numeric::float_binary(op, w.get(0), w.get(1), w.get(3) != 0));
        }
        SlowOp::Float32Unary => {
            let op = Float32Unary::from_code(w.get(1));
            w.set(0, numeric::float32_unary(op, w.get(0)));
        }
        SlowOp::Fma => w.set(0, numeric::fma(w.get(0), w.get(1), w.get(2), w.get(3) != 0)),
        SlowOp::ConvertTrap => {
            let (from, to) = (numeric::scalar(w.get(1)), numeric::scalar(w.get(2)));
            w.set(0, numeric::convert_trap(w.get(0), from, to)?);
        }
        SlowOp::ConvertSat => {
            let (from, to) = (numeric::scalar(w.get(1)), numeric::scalar(w.get(2)));
            w.set(0, numeric::convert_sat(w.get(0), from, to));
        }
        SlowOp::Rotate => {
            let ty = numeric::scalar(w.get(2));
            w.set(0, numeric::rotate(ty, w.get(0), w.get(1), w.get(3) != 0));
        }
        SlowOp::ShiftTrap => {
            let ty = numeric::scalar(w.get(2));
            w.set(0, numeric::shift_trap(ty, w.get(0), w.get(1), w.get(3) != 0)?);
        }
        _ => return run_object(inner, *op, &w),
    }
    Ok(())
}

fn run_object(inner: &mut Inner, op: SlowOp, w: &Window) -> NativeResult {
    match op {
        SlowOp::ArrayNew => object::array_new(inner, w)?,
        SlowOp::ArrayOf => object::array_of(inner, w)?,
        SlowOp::ArrayCopy => {
            nonnull(w.obj(0))?;
            nonnull(w.obj(2))?;
            object::array_copy(inner, w)?;
        }
        SlowOp::ArrayFill => {
            nonnull(w.obj(0))?;
            object::array_fill(inner, w)?;
        }
        SlowOp::ArrayCmp => {
            nonnull(w.obj(0))?;
            nonnull(w.obj(2))?;
            object::array_cmp(inner, w)?;
        }
        SlowOp::ArrayPtr => {
            nonnull(w.obj(0))?;
            object::array_ptr(inner, w)?;
        }
        SlowOp::ListNew => object::list_new(inner, w)?,
        SlowOp::ListOf => object::list_of(inner, w)?,
        SlowOp::ListPush => object::list_push(inner, w)?,
        SlowOp::ListPop => object::list_pop(inner, w)?,
        SlowOp::StrChar => object::str_char(inner, w)?,
        SlowOp::BytesEq => {
            let equal = inner.heap.bytes(w.obj(0)) == inner.heap.bytes(w.obj(1));
            w.set(0, u64::from(equal));
        }
        SlowOp::StrCmp => object::str_cmp(inner, w),
        SlowOp::StrConcat => object::str_concat(inner, w)?,
        SlowOp::ClosureNew => make_closure(inner, w)?,
        SlowOp::TypeTest => {
            let is =
                !w.obj(0).is_null() && inner.heap.is_instance(w.obj(0), TypeId(w.get(1) as u32));
            w.set(0, u64::from(is));
        }
        SlowOp::Cast => {
            let object = w.obj(0);
            if object.is_null() || !inner.heap.is_instance(object, TypeId(w.get(1) as u32)) {
                return Err(TrapKind::CastFailed.into());
            }
        }
        _ => return Err(TrapKind::Unreachable.into()),
    }
    Ok(())
}

/// Makes a closure out of a window: number of captures, function, type, captures.
fn make_closure(inner: &mut Inner, w: &Window) -> NativeResult {
    let (count, func, ty) = (w.get(0) as usize, w.get(1) as u32, TypeId(w.get(2) as u32));
    let captured = w.slice(3, count).to_vec();
    let object = closure::new_closure(inner, ty, func, &captured)?;
    w.set(0, object.slot());
    Ok(())
}
