//! Stores for modules of the IR, and what both forms of programs share.

use std::rc::Rc;

use kaa_exec::tier::Tiering;
use kaa_exec::{Config, Host, HostFuncs, Store};
use kaa_ir::Module;

use super::{Engine, Options, Trap};

/// A store with one module in it.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// The instance of the module.
    pub instance: usize,
}

impl TestStore {
    /// Links a verified module into a fresh store.
    pub fn new(module: Rc<Module>, options: &Options) -> Result<TestStore, String> {
        let how = |threshold| Tiering { threshold, ..Tiering::default() };
        let tiering = options.engine.compile_after().map(how);
        let config = config(options);
        Self::with_host(module, config, tiering, Host::sink(), &HostFuncs::default())
    }

    /// Links a verified module into a fresh store.
    pub fn with_host(
        module: Rc<Module>,
        config: Config,
        tiering: Option<Tiering>,
        host: Host,
        funcs: &HostFuncs,
    ) -> Result<TestStore, String> {
        let mut store = Store::new(config, host).map_err(|error| error.to_string())?;
        if let Some(how) = tiering {
            store.set_compiler(Box::new(kaa_jit::Jit::verifying()), how);
        }
        let linked = store.link(module, funcs);
        let instance = linked.map_err(|error| format!("{}: {error}", error.code()))?;
        Ok(TestStore { store, instance })
    }
}

fn config(options: &Options) -> Config {
    let mut config = Config {
        engine: engine_of(options.engine),
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

/// The engine by its own name.
pub fn engine_of(engine: Engine) -> kaa_exec::Engine {
    match engine {
        Engine::Interp | Engine::Jit | Engine::Auto => kaa_exec::Engine::default(),
        Engine::Twin => kaa_exec::Engine::Twin,
    }
}

/// A trap as tests see it: at the innermost place that is known.
pub fn trap(trap: &kaa_exec::Trap) -> Trap {
    let known = trap.trace.iter().find(|frame| frame.loc.line > 0);
    let line = trap.place().or(known).map(|frame| frame.loc.line);
    Trap {
        kind: trap.kind.name().to_string(),
        line: line.unwrap_or(0) as usize,
        message: trap.message.clone(),
    }
}
