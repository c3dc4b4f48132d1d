//! Runs an exported function of a `.kir` file on each engine and prints results and time:
//! `run_kir FILE NAME [INTEGER...]`.

use std::rc::Rc;
use std::time::Instant;

use kaa_exec::{Config, Engine, Host, HostFuncs, Store};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, name, rest @ ..] = args.as_slice() else {
        return Err("usage: run_kir FILE NAME [INTEGER...]".into());
    };
    let text = std::fs::read_to_string(file)?;
    let module = kaa_ir::text::parse(&text).map_err(|e| format!("{e:?}"))?;
    kaa_ir::verify::verify(&module).map_err(|e| format!("{e:?}"))?;
    let module = Rc::new(module);
    let slots: Result<Vec<u64>, _> =
        rest.iter().map(|a| a.parse::<i64>().map(|n| n as u64)).collect();
    let slots = slots?;
    for engine in Engine::all() {
        let mut store = Store::new(Config { engine: *engine, ..Config::default() }, Host::sink())?;
        let instance = store.link(module.clone(), &HostFuncs::default())?;
        let func = store.export(instance, name).ok_or("no such export")?;
        println!("{}", store.listing(func, &|_| None)?);
        let start = Instant::now();
        let result = store.call(func, &slots);
        println!("{}: {result:?} in {:?}", engine.name(), start.elapsed());
    }
    Ok(())
}
