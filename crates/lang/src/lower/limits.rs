//! What the IR has no room for: told where it stands in the source, so that the verifier finds
//! nothing in what was accepted.
//!
//! The limits themselves are those of `kaa_ir::limits`. Types whose values have too many parts
//! are refused by the checker; what only instances, captures or the ways through a function show
//! is found here.

use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;
use kaa_ir::limits::{
    MAX_BLOCKS, MAX_DATA, MAX_FUNCTIONS, MAX_NAME, MAX_PARAMS, MAX_TYPES, MAX_VALUES,
};
use kaa_ir::{Data, FuncId, Function, Inst, Module, SigId};
use rustc_hash::FxHashMap;

use super::Cx;
use crate::codes;

/// Reports what the module has too much of.
pub(super) fn check(cx: &mut Cx<'_>, m: &Module) {
    let program = cx.program;
    let start = Span::new(program.file, 0, 0);
    let mut spans: FxHashMap<FuncId, Span> = FxHashMap::default();
    for (id, func) in program.functions.keys().zip(&cx.funcs) {
        spans.extend(func.map(|func| (func, program.functions[id].span)));
    }
    let mut found: Vec<(Span, String)> = Vec::new();
    for (id, func) in m.funcs.iter() {
        let span = spans.get(&id).copied().unwrap_or(start);
        found.extend(too_much(m, func).map(|what| (span, what)));
    }
    let tables = [(m.funcs.len(), MAX_FUNCTIONS, "functions"), (m.types.len(), MAX_TYPES, "types")];
    for (count, most, what) in tables {
        if count > most {
            found.push((start, format!("the program has more than {most} {what}")));
        }
    }
    if m.types.iter().any(|(_, decl)| decl.name.len() > MAX_NAME) {
        found.push((start, format!("the name of a type has more than {MAX_NAME} bytes")));
    }
    let long = |data: &Data| match data {
        Data::Str(text) => text.len() > MAX_DATA,
        Data::Bytes(bytes) => bytes.len() > MAX_DATA,
    };
    if m.data.values().any(long) {
        found.push((start, format!("a literal has more than {MAX_DATA} bytes")));
    }
    // A type of functions that nothing calls.
    if found.is_empty() && m.sigs.keys().any(|sig| is_wide(m, sig)) {
        let text = format!("a function type takes or gives more than {MAX_PARAMS} values");
        found.push((start, text));
    }
    cx.errors.extend(found.into_iter().map(|(span, text)| {
        let parts = text.ends_with("values");
        let diag = Diagnostic::error(codes::NOT_LOWERED, span, text);
        match parts {
            true => diag.note("all parts of structs, tuples and captured variables count"),
            false => diag,
        }
    }));
}

fn is_wide(m: &Module, sig: SigId) -> bool {
    let sig = &m.sigs[sig];
    sig.params.len() > MAX_PARAMS || sig.results.len() > MAX_PARAMS
}

/// What a function has too much of.
fn too_much(m: &Module, func: &Function) -> Option<String> {
    let name: String = func.name.chars().take(60).collect();
    if func.name.len() > MAX_NAME {
        return Some(format!("the name of `{name}...` has more than {MAX_NAME} bytes"));
    }
    if is_wide(m, func.sig) {
        return Some(format!("`{name}` takes or gives more than {MAX_PARAMS} values"));
    }
    if func.blocks.len() > MAX_BLOCKS || func.values.len() > MAX_VALUES {
        return Some(format!("`{name}` is too large: make several functions of it"));
    }
    let mut blocks = func.blocks.values();
    if blocks.any(|block| block.params.len() > MAX_PARAMS) {
        return Some(format!(
            "different ways through `{name}` change more than {MAX_PARAMS} values"
        ));
    }
    let mut insts = func.blocks.values().flat_map(|block| &block.insts);
    let passes = insts.any(|node| match node.inst {
        Inst::CallImport { i, .. } => is_wide(m, m.imports[i].sig),
        Inst::CallClosure { ref args, .. } => args.len() > MAX_PARAMS,
        _ => false,
    });
    passes.then(|| format!("something in `{name}` takes or gives more than {MAX_PARAMS} values"))
}
