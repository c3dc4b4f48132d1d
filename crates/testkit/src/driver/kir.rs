//! Modules in the text form of the IR: what is wrong with them, and what their functions give.

use std::rc::Rc;

use kaa_heap::GcRef;
use kaa_ir::text::TextError;
use kaa_ir::verify::VerifyError;
use kaa_ir::{Module, TypeId, ValTy};

use super::store::{self, TestStore};
use super::{Call, CallResult, Diagnostic, Options, Trap};
use crate::oracle::{self, Val};

/// What the parser or the verifier finds in a `.kir` module.
pub fn check_kir(source: &str) -> Vec<Diagnostic> {
    load(source).err().unwrap_or_default()
}

fn load(source: &str) -> Result<Module, Vec<Diagnostic>> {
    let found = |line: u32, code: &str, message: String| Diagnostic {
        line: line as usize,
        code: code.to_string(),
        message,
    };
    let (module, lines) = kaa_ir::text::parse_mapped(source)
        .map_err(|error| vec![found(error.line, TextError::CODE, error.message)])?;
    let shown =
        |error: VerifyError| found(lines.line(error.place), error.code.as_str(), error.message);
    match kaa_ir::verify::verify(&module) {
        Ok(()) => Ok(module),
        Err(errors) => Err(errors.into_iter().map(shown).collect()),
    }
}

/// Loads a `.kir` module and makes the calls, or gives what the parser and the verifier found.
///
/// Where the module has variables, each call has a store of its own; else all calls share one,
/// which also shows that a store is usable after a trap.
pub fn run_kir(
    source: &str,
    calls: &[Call],
    options: &Options,
) -> Result<Vec<CallResult>, Vec<Diagnostic>> {
    let module = Rc::new(load(source)?);
    let has_state = options.fuel.is_some() || module.globals.values().any(|global| global.mutable);
    let fresh = || TestStore::new(Rc::clone(&module), options);
    let mut shared = fresh();
    let results = calls.iter().map(|call| {
        if has_state {
            shared = fresh();
        }
        let store = shared.as_mut().map_err(|message| failed(message.clone()))?;
        run(store, &module, call)
    });
    Ok(results.collect())
}

fn run(store: &mut TestStore, module: &Module, call: &Call) -> CallResult {
    let unknown = || failed(format!("there is no function @{}", call.function));
    let func = oracle::text::find(module, &call.function).ok_or_else(unknown)?;
    let number = store.store.func(store.instance, func).ok_or_else(unknown)?;
    let signature = module.func_sig(func).ok_or_else(unknown)?;
    if signature.params.len() != call.args.len() {
        return Err(failed(format!("{} arguments are given", call.args.len())));
    }
    let mut slots = Vec::new();
    for (text, ty) in call.args.iter().zip(&signature.params) {
        let slot = Val::parse(text, *ty).and_then(Val::slot);
        slots.push(slot.ok_or_else(|| failed(format!("`{text}` is not what is wanted")))?);
    }
    let results = store.store.call(number, &slots).map_err(|trap| store::trap(&trap))?;
    let typed = results.iter().zip(&signature.results);
    Ok(typed.map(|(slot, ty)| show(store, *slot, *ty)).collect())
}

/// A result as text: scalars as literals, strings in quotes, other objects by their presence.
fn show(store: &mut TestStore, slot: u64, ty: ValTy) -> String {
    match ty {
        ValTy::Ref(_) | ValTy::RefNull(_) if slot == 0 => "null".to_string(),
        ValTy::Ref(TypeId::STR) | ValTy::RefNull(TypeId::STR) => {
            format!("{:?}", store.store.heap().str(GcRef(slot as u32)))
        }
        ValTy::Ref(_) | ValTy::RefNull(_) | ValTy::IPtr(_) | ValTy::Func(_) => "ref".to_string(),
        _ => Val::of_slot(slot, ty).map_or("?".to_string(), Val::text),
    }
}

/// A mistake in the test itself.
fn failed(message: String) -> Trap {
    Trap { kind: "bad_test".to_string(), line: 0, message }
}
