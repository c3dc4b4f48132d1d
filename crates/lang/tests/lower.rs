//! Compiles the programs of `tests/lower`, verifies what comes out, and counts operations.
//!
//! A case begins with a line `#--- name`. A line `#: FUNC OP N` says how often an operation
//! stands in a function; `rt.NAME` is a call of a runtime function. What programs print is
//! tested in the folder `tests/lang` at the root.

use kaa_base::span::SourceFile;
use kaa_ir::{Inst, Module};
use kaa_lang::NoFiles;
use kaa_lang::compile::{compile, compile_to_debug};

/// How often an operation stands in a function.
fn count(m: &Module, func: &str, op: &str) -> usize {
    let Some(f) = m.funcs.values().find(|f| f.name == func) else {
        panic!("there is no function `{func}`");
    };
    let is_op = |inst: &Inst| match (inst, op.strip_prefix("rt.")) {
        (Inst::CallImport { i, .. }, Some(name)) => m.imports[*i].name == name,
        (inst, None) => inst.opcode().info().name == op,
        _ => false,
    };
    f.blocks.values().flat_map(|b| &b.insts).filter(|node| is_op(&node.inst)).count()
}

fn check(name: &str, text: &str) -> Result<usize, String> {
    let compiled = compile(SourceFile::new(name, text), &[], &mut NoFiles);
    let Some(module) = compiled.module else {
        return Err(format!("{name}: {:#?}", compiled.diagnostics));
    };
    let printed = kaa_ir::text::print(&module);
    if let Err(errors) = kaa_ir::verify::verify(&module) {
        return Err(format!("{name}: {errors:#?}\n{printed}"));
    }
    let mut claims = 0;
    for claim in text.lines().filter_map(|l| l.trim().strip_prefix("#: ")) {
        let words: Vec<&str> = claim.split_whitespace().collect();
        let [func, op, wanted] = words[..] else { return Err(format!("{name}: {claim}")) };
        let found = count(&module, func, op);
        if wanted.parse() != Ok(found) {
            return Err(format!("{name}: `{claim}`, but it is {found}\n{printed}"));
        }
        claims += 1;
    }
    Ok(claims)
}

#[test]
fn programs_lower_as_they_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lower");
    let files = std::fs::read_dir(folder).expect("the folder of cases");
    let (mut claims, mut failed) = (0, Vec::new());
    for file in files {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for case in text.split("#--- ").skip(1) {
            let (name, program) = case.split_once('\n').unwrap_or_default();
            match check(name, program) {
                Ok(n) => claims += n,
                Err(error) => failed.push(error),
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(claims >= 30, "only {claims} claims");
}

#[test]
fn variables_have_names_for_debuggers_only() {
    let text = "def f(n: int) -> int:\n    m = n * 2\n    return m + n\n\nprint(f(3))\n";
    let named = |module: Option<Module>| {
        let module = module.expect("the program has no error");
        let all = module.funcs.values().map(|f| f.locals.names.len() + f.locals.of.len());
        all.sum::<usize>()
    };
    let source = || SourceFile::new("f.kaa", text);
    assert_eq!(named(compile(source(), &[], &mut NoFiles).module), 0);
    assert!(named(compile_to_debug(source(), &[], &mut NoFiles).module) >= 4);
}
