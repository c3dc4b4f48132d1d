//! Runs a Kaa file on one engine, for work on the machine itself: `run_kaa [-t] [-l] FILE`.
//! `-t` takes the twin, `-l` lists IR and register code of every function first.

use std::io::{BufWriter, stdout};
use std::rc::Rc;
use std::time::Instant;

use kaa_base::span::SourceFile;
use kaa_exec::{Config, Engine, Host, HostFuncs, Store};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|a| a.starts_with('-'));
    let name = files.first().ok_or("usage: run_kaa [-t] [-l] FILE")?;
    let source = SourceFile::new(name, std::fs::read_to_string(name)?);
    let compiled = kaa_lang::compile(&source);
    for d in &compiled.diagnostics {
        eprintln!("{name}:{:?}: {}: {}", source.line_col(d.span.lo), d.code, d.message);
    }
    let module = compiled.module.ok_or("not compiled")?;
    if let Err(errors) = kaa_ir::verify::verify(&module) {
        eprintln!("{}", kaa_ir::text::print(&module));
        return Err(format!("{errors:#?}").into());
    }
    let twin = flags.iter().any(|f| f == "-t");
    let engine = if twin { Engine::Twin } else { Engine::default() };
    let gc_stress = flags.iter().any(|f| f == "-g");
    let mut host = Host::sink();
    host.out = Box::new(BufWriter::new(stdout()));
    let mut store = Store::new(Config { engine, gc_stress, ..Config::default() }, host)?;
    let module = Rc::new(module);
    let instance = store.link(module.clone(), &HostFuncs::default())?;
    if flags.iter().any(|f| f == "-l") {
        println!("{}", kaa_ir::text::print(&module));
        for id in module.funcs.keys() {
            let func = store.func(instance, id).ok_or("no function")?;
            println!("{}", store.listing(func, &|_| None)?);
        }
    }
    let main = store.export(instance, "main").ok_or("no main")?;
    let start = Instant::now();
    let result = store.call(main, &[]);
    eprintln!("{result:?} in {:?}, {:?}", start.elapsed(), store.stats().heap);
    Ok(())
}
