//! Scalars as the test files write them: `-5`, `true`, `1.5`, `nan`.

use kaa_ir::{FuncId, Module, TrapKind, ValTy};

use super::convert::range;
use super::{Oracle, Stop, Val};
use crate::driver::Call;

/// More steps than a test of one operation needs, few enough for many of them.
const STEPS_MAX: u64 = 2_000_000;

impl Val {
    /// Reads a value of a type.
    pub fn parse(text: &str, ty: ValTy) -> Option<Val> {
        match ty {
            ValTy::Bool => text.parse().ok().map(Val::Bool),
            ValTy::F32 => text.parse().ok().map(Val::F32),
            ValTy::F64 => text.parse().ok().map(Val::F64),
            _ => {
                let value: i128 = text.parse().ok()?;
                let (low, high) = range(ty)?;
                (low..=high).contains(&value).then_some(Val::Int(value))
            }
        }
    }

    /// The value as text; one of 32 bits says so by a suffix, see [`same_value`].
    pub fn text(self) -> String {
        match self {
            Val::Bool(truth) => truth.to_string(),
            Val::Int(value) => value.to_string(),
            Val::F32(value) if value.is_nan() => "nan".to_string(),
            Val::F64(value) if value.is_nan() => "nan".to_string(),
            Val::F32(value) => format!("{value:?}f32"),
            Val::F64(value) => format!("{value:?}"),
            Val::Func(func) => func.to_string(),
        }
    }
}

/// Whether a result is the value that a test file writes: the texts are equal, or both are
/// floats of equal bits, read at 32 bits where the result has the suffix `f32`.
pub fn same_value(written: &str, result: &str) -> bool {
    if let Some(result) = result.strip_suffix("f32") {
        let bits = |text: &str| text.parse().map(f32::to_bits).ok();
        return bits(written).is_some() && bits(written) == bits(result);
    }
    let is_float = |text: &str| text.contains(['.', 'e', 'n']);
    if written == result || !(is_float(written) && is_float(result)) {
        return written == result;
    }
    let bits = |text: &str| text.parse().map(f64::to_bits).ok();
    bits(written).is_some() && bits(written) == bits(result)
}

/// Makes a call in a fresh state; nothing where the oracle does not know the answer.
pub fn call(module: &Module, call: &Call) -> Option<Result<Vec<String>, TrapKind>> {
    let func = find(module, &call.function)?;
    let params = &module.func_sig(func)?.params;
    if params.len() != call.args.len() {
        return None;
    }
    let args = params.iter().zip(&call.args).map(|(ty, text)| Val::parse(text, *ty));
    match Oracle::new(module, STEPS_MAX).call(func, args.collect::<Option<_>>()?) {
        Ok(results) => Some(Ok(results.into_iter().map(Val::text).collect())),
        Err(Stop::Trap(kind)) => Some(Err(kind)),
        Err(Stop::Unsupported | Stop::TooLong) => None,
    }
}

/// The function of a name, exported or not.
pub fn find(module: &Module, name: &str) -> Option<FuncId> {
    let by_name = || module.funcs.iter().find(|(_, func)| func.name == name).map(|(id, _)| id);
    module.exported_func(name).or_else(by_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_their_bits() {
        assert!(same_value("1e16", "10000000000000000.0"));
        assert!(same_value("nan", "nan"));
        assert!(!same_value("0.0", "-0.0"));
        assert!(!same_value("1", "1.0"));
        assert!(!same_value("inf", "-inf"));
        assert!(same_value("0.6666667", "0.6666667f32"));
        assert!(same_value("0.6666666865348816", "0.6666667f32"));
        assert!(!same_value("0.6666667", "0.6666666865348816"));
    }

    #[test]
    fn values_must_fit_their_type() {
        assert!(Val::parse("255", ValTy::U8).is_some());
        assert!(Val::parse("256", ValTy::U8).is_none());
        assert!(Val::parse("-1", ValTy::U64).is_none());
        assert_eq!(Val::parse("-0.0", ValTy::F32).map(Val::text), Some("-0.0f32".to_string()));
    }
}
