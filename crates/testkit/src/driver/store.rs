//! Stores for tests: made from options, their output caught.

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::rc::Rc;

use kaa_exec::{Config, Host, HostFuncs, Store};
use kaa_ir::Module;

use super::{Engine, Options, Trap};

/// A store with one module in it.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// The instance of the module.
    pub instance: usize,
    output: Output,
}

impl TestStore {
    /// Links a verified module into a fresh store.
    pub fn new(module: Rc<Module>, options: &Options) -> Result<TestStore, String> {
        let output = Output::default();
        let host = Host {
            out: Box::new(output.clone()),
            input: Box::new(Cursor::new(options.stdin.clone())),
            ..Host::sink()
        };
        let mut store = Store::new(config(options), host).map_err(|error| error.to_string())?;
        let linked = store.link(module, &HostFuncs::default());
        let instance = linked.map_err(|error| format!("{}: {error}", error.code()))?;
        Ok(TestStore { store, instance, output })
    }

    /// What was printed so far.
    pub fn printed(&self) -> String {
        String::from_utf8_lossy(&self.output.0.borrow()).into_owned()
    }
}

fn config(options: &Options) -> Config {
    let mut config = Config {
        engine: match options.engine {
            Engine::Interp => kaa_exec::Engine::Interp,
            Engine::Twin => kaa_exec::Engine::Twin,
        },
        fuel: options.fuel,
        gc_stress: options.gc_stress,
        ..Config::default()
    };
    if let Some(bytes) = options.heap_bytes_max {
        config.max_heap = bytes;
    }
    if let Some(depth) = options.depth_max {
        config.max_depth = depth as usize;
    }
    config
}

/// A trap as tests see it: at the innermost place that is known.
pub fn trap(trap: &kaa_exec::Trap) -> Trap {
    let line = trap.trace.iter().map(|frame| frame.loc.line).find(|line| *line > 0);
    Trap {
        kind: trap.kind.name().to_string(),
        line: line.unwrap_or(0) as usize,
        message: trap.message.clone(),
    }
}

/// A buffer that the store writes and the test reads.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
