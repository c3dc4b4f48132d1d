//! Which instructions work through a window of consecutive slots, and what is in it.
//!
//! Slot assignment and emission both ask here, so they cannot disagree.

use kaa_ir::{Inst, Module, TypeDef, TypeId, ValTy, Value};
use kaa_isa::ty::SCALARS;

use crate::maps;
use crate::slow::{Float32Unary, FloatBinary, SlowOp};

/// One operand in a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WinArg {
    /// A value of the function.
    Val(Value),
    /// A constant in slot form.
    Const(i64),
    /// The store's number of a heap type.
    Type(TypeId),
    /// The store's number of a function.
    Func(kaa_ir::FuncId),
}

/// Who is called with the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Callee {
    /// Code of the machine: the slot before the window takes the return address.
    Guest,
    /// A native or an import, whatever it is linked to.
    Import,
    /// A slow operation.
    Slow(SlowOp),
}

/// The window of an instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Window {
    pub callee: Callee,
    pub args: Vec<WinArg>,
}

/// The number of a scalar type in windows: its place in [`SCALARS`].
pub(crate) fn type_code(ty: ValTy) -> i64 {
    SCALARS.iter().position(|(t, _)| *t == ty).unwrap_or(0) as i64
}

fn vals(values: &[Value]) -> Vec<WinArg> {
    values.iter().map(|v| WinArg::Val(*v)).collect()
}

/// The window of `inst`, if it works through one.
pub(crate) fn window(module: &Module, ty: impl Fn(Value) -> ValTy, inst: &Inst) -> Option<Window> {
    if maps::map_call(module, &ty, inst).is_some() {
        return None;
    }
    let guest = |args: &[Value]| Some(Window { callee: Callee::Guest, args: vals(args) });
    match inst {
        Inst::Call { args, .. }
        | Inst::CallFunc { args, .. }
        | Inst::CallClosure { args, .. }
        | Inst::Invoke { args, .. }
        | Inst::InvokeClosure { args, .. }
        | Inst::TailCall { args, .. }
        | Inst::TailCallClosure { args, .. } => guest(args),
        // The slot for a return address is free anyway where the import is a native.
        Inst::CallImport { args, .. } => Some(Window { callee: Callee::Import, args: vals(args) }),
        _ => slow_window(module, ty, inst),
    }
}

fn slow(op: SlowOp, values: &[Value], extra: &[WinArg]) -> Option<Window> {
    let mut args = vals(values);
    args.extend_from_slice(extra);
    Some(Window { callee: Callee::Slow(op), args })
}

/// As [`slow`], with the constants first: the number of values varies.
fn slow_first(op: SlowOp, extra: &[WinArg], values: &[Value]) -> Option<Window> {
    let mut args = extra.to_vec();
    args.extend(vals(values));
    Some(Window { callee: Callee::Slow(op), args })
}

fn slow_window(module: &Module, ty: impl Fn(Value) -> ValTy, inst: &Inst) -> Option<Window> {
    use WinArg::{Const, Func, Type};
    let code = |t: ValTy| Const(type_code(t));
    match inst {
        Inst::ArrayNew { ty, len, init } => {
            let mut values = vec![*len];
            values.extend_from_slice(init);
            slow_first(SlowOp::ArrayNew, &[Type(*ty)], &values)
        }
        Inst::ArrayOf { ty, vals } => {
            slow_first(SlowOp::ArrayOf, &[Const(vals.len() as i64), Type(*ty)], vals)
        }
        Inst::ArrayCopy { dst, at, src, from, len } => {
            slow(SlowOp::ArrayCopy, &[*dst, *at, *src, *from, *len], &[])
        }
        Inst::ArrayFill { arr, at, len, vals } => {
            let mut values = vec![*arr, *at, *len];
            values.extend_from_slice(vals);
            slow(SlowOp::ArrayFill, &values, &[])
        }
        Inst::ArrayCmp { a, at, b, from, len } => {
            slow(SlowOp::ArrayCmp, &[*a, *at, *b, *from, *len], &[])
        }
        Inst::ArrayPtr { arr, idx, leaf, .. } => {
            slow(SlowOp::ArrayPtr, &[*arr, *idx], &[Const(i64::from(leaf.0))])
        }
        Inst::ListNew { ty, cap } => slow(SlowOp::ListNew, &[*cap], &[Type(*ty)]),
        Inst::ListOf { ty, vals } => {
            slow_first(SlowOp::ListOf, &[Const(vals.len() as i64), Type(*ty)], vals)
        }
        Inst::ListPush { list, vals } if !is_plain_list(module, ty(*list)) => {
            let mut values = vec![*list];
            values.extend_from_slice(vals);
            slow(SlowOp::ListPush, &values, &[])
        }
        Inst::ListPop { list } => slow(SlowOp::ListPop, &[*list], &[]),
        Inst::StrChar { s, idx } => slow(SlowOp::StrChar, &[*s, *idx], &[]),
        Inst::StrEq { a, b } if ty(*a) == ValTy::BYTES => slow(SlowOp::BytesEq, &[*a, *b], &[]),
        Inst::StrCmp { a, b } => slow(SlowOp::StrCmp, &[*a, *b], &[]),
        Inst::StrConcat { a, b } => slow(SlowOp::StrConcat, &[*a, *b], &[]),
        Inst::ClosureNew { ty, f, vals } => {
            let extra = [Const(vals.len() as i64), Func(*f), Type(*ty)];
            slow_first(SlowOp::ClosureNew, &extra, vals)
        }
        Inst::TypeTest { obj, ty } => slow(SlowOp::TypeTest, &[*obj], &[Type(*ty)]),
        Inst::Cast { obj, ty } => slow(SlowOp::Cast, &[*obj], &[Type(*ty)]),
        Inst::MulDiv { t, a, b, c } => slow(SlowOp::MulDiv, &[*a, *b, *c], &[code(*t)]),
        Inst::Fma { t, a, b, c } => {
            slow(SlowOp::Fma, &[*a, *b, *c], &[Const(i64::from(*t == ValTy::F32))])
        }
        _ => numeric_window(ty, inst),
    }
}

/// Numeric operations without a register operation of their own at this type.
fn numeric_window(ty: impl Fn(Value) -> ValTy, inst: &Inst) -> Option<Window> {
    use WinArg::Const;
    let binary = |t: ValTy, op: FloatBinary, a: Value, b: Value, also_f64: bool| {
        let wanted = t == ValTy::F32 || also_f64 && t == ValTy::F64;
        let extra = [Const(op as i64), Const(i64::from(t == ValTy::F32))];
        if wanted { slow(SlowOp::FloatBinary, &[a, b], &extra) } else { None }
    };
    let unary = |t: ValTy, op: Float32Unary, a: Value| {
        if t == ValTy::F32 { slow(SlowOp::Float32Unary, &[a], &[Const(op as i64)]) } else { None }
    };
    match inst {
        Inst::Rem { t, a, b } => binary(*t, FloatBinary::Rem, *a, *b, true),
        Inst::DivFloor { t, a, b } => binary(*t, FloatBinary::DivFloor, *a, *b, true),
        Inst::RemFloor { t, a, b } => binary(*t, FloatBinary::RemFloor, *a, *b, true),
        Inst::Min { t, a, b } => binary(*t, FloatBinary::Min, *a, *b, false),
        Inst::Max { t, a, b } => binary(*t, FloatBinary::Max, *a, *b, false),
        Inst::CopySign { t, a, b } => binary(*t, FloatBinary::CopySign, *a, *b, false),
        Inst::Abs { t, a } => unary(*t, Float32Unary::Abs, *a),
        Inst::Sqrt { t, a } => unary(*t, Float32Unary::Sqrt, *a),
        Inst::Floor { t, a } => unary(*t, Float32Unary::Floor, *a),
        Inst::Ceil { t, a } => unary(*t, Float32Unary::Ceil, *a),
        Inst::Trunc { t, a } => unary(*t, Float32Unary::Trunc, *a),
        Inst::Round { t, a } => unary(*t, Float32Unary::Round, *a),
        Inst::ConvertTrap { t, a } if !has_fast_convert(ty(*a), *t) => {
            let codes = [Const(type_code(ty(*a))), Const(type_code(*t))];
            slow(SlowOp::ConvertTrap, &[*a], &codes)
        }
        Inst::ConvertExact { t, a } if !has_fast_exact(ty(*a), *t) => {
            let codes = [Const(type_code(ty(*a))), Const(type_code(*t))];
            slow(SlowOp::ConvertTrap, &[*a], &codes)
        }
        Inst::ConvertSat { t, a } if ty(*a) != *t => {
            let codes = [Const(type_code(ty(*a))), Const(type_code(*t))];
            slow(SlowOp::ConvertSat, &[*a], &codes)
        }
        Inst::RotL { t, a, b } => rotate(*t, *a, *b, true),
        Inst::RotR { t, a, b } => rotate(*t, *a, *b, false),
        Inst::ShlTrap { t, a, b } => checked_shift(*t, *a, *b, true),
        Inst::ShrTrap { t, a, b } => checked_shift(*t, *a, *b, false),
        _ => None,
    }
}

fn rotate(t: ValTy, a: Value, b: Value, left: bool) -> Option<Window> {
    let extra = [WinArg::Const(type_code(t)), WinArg::Const(i64::from(left))];
    if t.int_bits() == Some(64) { None } else { slow(SlowOp::Rotate, &[a, b], &extra) }
}

fn checked_shift(t: ValTy, a: Value, b: Value, left: bool) -> Option<Window> {
    let extra = [WinArg::Const(type_code(t)), WinArg::Const(i64::from(left))];
    let fast = t == ValTy::I64 || t == ValTy::U64 && !left;
    if fast { None } else { slow(SlowOp::ShiftTrap, &[a, b], &extra) }
}

/// Trapping conversions with a register operation: between integers, `i64` and `f64`.
pub(crate) fn has_fast_convert(from: ValTy, to: ValTy) -> bool {
    let int_to_int = from.is_int() && to.is_int();
    let int_to_float = from.is_int() && to == ValTy::F64;
    int_to_int
        || int_to_float
        || from == ValTy::F64 && to == ValTy::I64
        || from == to
        || from == ValTy::F64 && to == ValTy::F32
        || from == ValTy::F32 && to == ValTy::F64
}

/// Exact conversions that are a move or a register operation.
pub(crate) fn has_fast_exact(from: ValTy, to: ValTy) -> bool {
    from == ValTy::Bool || has_fast_convert(from, to)
}

/// Whether a type is a list whose elements are one leaf.
pub(crate) fn is_plain_list(module: &Module, ty: ValTy) -> bool {
    ty.heap_type().is_some_and(|id| {
        matches!(module.types.def(id), Some(TypeDef::List { .. }))
            && module.types.leaves(id).len() == 1
    })
}

/// Operations whose result replaces their first operand in its slot.
pub(crate) fn in_place_operand(
    module: &Module,
    ty: impl Fn(Value) -> ValTy,
    inst: &Inst,
) -> Option<Value> {
    match inst {
        Inst::ListPut { list, .. } => Some(*list),
        Inst::ListPush { list, .. } if is_plain_list(module, ty(*list)) => Some(*list),
        _ => maps::written_map(module, ty, inst),
    }
}

/// The function or closure that an indirect call reads besides its window.
pub(crate) fn indirect_callee(inst: &Inst) -> Option<Value> {
    match inst {
        Inst::CallFunc { callee, .. }
        | Inst::CallClosure { callee, .. }
        | Inst::InvokeClosure { callee, .. }
        | Inst::TailCallClosure { callee, .. } => Some(*callee),
        _ => None,
    }
}
