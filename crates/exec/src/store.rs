//! A store: one heap, one stack, the functions and globals of the modules in it.
//!
//! `link` puts modules in, `run` calls functions, `frames` walks the stack for collections
//! and traces. Stores share nothing; many can exist side by side.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use kaa_code::{Code, Mode};
use kaa_heap::{AllocPlan, GcRef, Heap, HeapConfig, HeapError, HeapStats, TypeId};
use kaa_ir::Module;
use rustc_hash::FxHashMap;

use crate::debug::Debug;
use crate::host::Host;
use crate::interp::Engine;
use crate::link::{Instance, NativeEntry};
use crate::native::Fault;
use crate::tier::Tier;
use crate::trap::Trap;
use crate::vm::{FuncEntry, Vm};

/// Slots that one unit of the depth limit stands for: small frames take fewer.
pub const SLOTS_PER_FRAME: usize = 16;
/// Slots behind the limit, so that any frame that starts below it has room.
pub(crate) const STACK_RESERVE: usize = 2 * 65_536;
/// Largest depth limit.
pub const MAX_DEPTH: usize = 16 << 20;

/// How a store behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which interpreter runs.
    pub engine: Engine,
    /// Bytes the heap may take.
    pub max_heap: u64,
    /// Calls that may be nested, for functions of up to [`SLOTS_PER_FRAME`] slots.
    pub max_depth: usize,
    /// Tasks that may be there at once; one that trapped is until its group is waited for.
    pub max_tasks: usize,
    /// Fuel, or `None` for no limit.
    pub fuel: Option<u64>,
    /// Collect at every safepoint and verify the heap each time.
    pub gc_stress: bool,
    /// Log every instruction.
    pub trace: bool,
    /// Count instructions and calls.
    pub count: bool,
    /// Log where shared objects are copied.
    pub copies: bool,
    /// Lower functions without the passes that only make code better: what a program does is the
    /// same then, but for the fuel it takes.
    pub plain: bool,
    /// Key of the hash functions.
    pub hash_seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            engine: Engine::default(),
            max_heap: 4 << 30,
            max_depth: 200_000,
            max_tasks: 10_000,
            fuel: None,
            gc_stress: false,
            trace: false,
            count: false,
            copies: false,
            plain: false,
            hash_seed: HeapConfig::default().hash_seed,
        }
    }
}

/// What a store has done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// Instructions executed, where counting is on.
    pub instructions: u64,
    /// Calls made, where counting is on.
    pub calls: u64,
    /// Functions lowered.
    pub lowered: u64,
    /// Words of register code.
    pub code_words: u64,
    /// The heap's figures.
    pub heap: HeapStats,
}

/// A function of the store.
pub(crate) struct FuncInfo {
    pub instance: usize,
    pub id: kaa_ir::FuncId,
    pub code: Option<Arc<Code>>,
}

/// Everything of a store that the machine reaches through the context.
pub(crate) struct Inner {
    pub heap: Heap,
    pub host: Host,
    pub config: Config,
    pub mode: Mode,
    pub instances: Vec<Instance>,
    pub funcs: Vec<FuncInfo>,
    pub entries: Vec<FuncEntry>,
    pub natives: Vec<NativeEntry>,
    pub globals: Vec<u64>,
    pub global_is_ref: Vec<bool>,
    pub pool: Vec<u64>,
    pub pool_index: FxHashMap<u64, u32>,
    pub plans: Vec<AllocPlan>,
    /// First word of each lowered function, to find the function of an address.
    pub by_address: BTreeMap<usize, u32>,
    /// Interned constants.
    pub constants: Vec<GcRef>,
    pub closure_types: FxHashMap<(u32, u32), TypeId>,
    /// Details of a trap that a native raised.
    pub fault: Option<Box<Fault>>,
    /// The trap that an unwind edge caught last.
    pub caught: Option<Trap>,
    /// Where outer runs wait while a native runs the machine again.
    pub outer: Vec<(*const u64, *mut u64)>,
    pub words: u64,
    /// The state of compilation.
    pub tier: Tier,
    /// Whoever looks at what runs.
    pub debug: Option<Box<Debug>>,
    _stack: Vec<u64>,
    pub stack_base: *mut u64,
    vm: *mut Vm,
    interrupt: Arc<Mutex<Option<usize>>>,
}

/// A store.
pub struct Store {
    pub(crate) inner: Box<Inner>,
}

/// Interrupts a store from any thread.
#[derive(Clone)]
pub struct InterruptHandle {
    limit: Arc<Mutex<Option<usize>>>,
}

impl InterruptHandle {
    /// Ends what the store runs at its next call or jump; does nothing when the store is gone.
    pub fn interrupt(&self) {
        let guard = match self.limit.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(address) = *guard {
            // SAFETY: the address is that of the store's limit, which stays valid while the
            // lock holds `Some`: dropping the store takes it under the same lock.
            let limit = unsafe { &*(address as *const AtomicUsize) };
            Vm::interrupt(limit);
        }
    }
}

impl Store {
    /// An empty store.
    ///
    /// # Errors
    /// The system does not give the address space of the heap.
    pub fn new(config: Config, host: Host) -> Result<Store, HeapError> {
        let mut heap = Heap::new(HeapConfig {
            limit_bytes: config.max_heap,
            stress: config.gc_stress,
            hash_seed: config.hash_seed,
            ..HeapConfig::default()
        })?;
        let depth = config.max_depth.clamp(1, MAX_DEPTH);
        let slots = depth * SLOTS_PER_FRAME;
        // The system commits the pages of a zeroed allocation when they are touched.
        let mut stack = vec![0u64; slots + STACK_RESERVE];
        let stack_base = stack.as_mut_ptr();
        if config.copies {
            heap.log_copies(std::mem::offset_of!(Vm, exit_pc));
        }
        let vm = heap.context_page().cast::<Vm>();
        let mode = Mode {
            fuel: config.fuel.is_some(),
            count: config.count,
            stress: config.gc_stress,
            tier: false,
            debug: false,
            plain: config.plain,
        };
        let stack_limit = stack_base.wrapping_add(slots) as usize;
        // SAFETY: the first bytes of the context page belong to the engine, and a context fits.
        let limit = unsafe {
            vm.write(Vm::new(stack_limit, config.fuel));
            &raw const (*vm).limit as usize
        };
        let mut inner = Box::new(Inner {
            heap,
            host,
            config,
            mode,
            instances: Vec::new(),
            funcs: Vec::new(),
            entries: Vec::new(),
            natives: Vec::new(),
            globals: Vec::new(),
            global_is_ref: Vec::new(),
            pool: Vec::new(),
            pool_index: FxHashMap::default(),
            plans: Vec::new(),
            by_address: BTreeMap::new(),
            constants: Vec::new(),
            closure_types: FxHashMap::default(),
            fault: None,
            caught: None,
            outer: Vec::new(),
            words: 0,
            tier: Tier::default(),
            debug: None,
            _stack: stack,
            stack_base,
            vm,
            interrupt: Arc::new(Mutex::new(Some(limit))),
        });
        inner.refresh();
        Ok(Store { inner })
    }

    /// The host's side.
    pub fn host(&mut self) -> &mut Host {
        &mut self.inner.host
    }

    /// The heap.
    pub fn heap(&mut self) -> &mut Heap {
        &mut self.inner.heap
    }

    /// A handle that interrupts the store from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle { limit: self.inner.interrupt.clone() }
    }

    /// The fuel that is left, where there is a limit.
    pub fn fuel(&self) -> Option<u64> {
        let left = self.inner.vm().fuel;
        self.inner.config.fuel.map(|_| u64::try_from(left).unwrap_or(0))
    }

    /// Sets the fuel; only where the store was made with a limit.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.inner.vm_mut().fuel = i64::try_from(fuel).unwrap_or(i64::MAX);
    }

    /// What the store has done.
    pub fn stats(&self) -> Stats {
        let vm = self.inner.vm();
        Stats {
            instructions: vm.counted,
            calls: vm.calls,
            lowered: self.inner.by_address.len() as u64,
            code_words: self.inner.words,
            heap: self.inner.heap.stats(),
        }
    }

    /// The module of an instance.
    pub fn module(&self, instance: usize) -> Option<&Module> {
        self.inner.instances.get(instance).map(|i| &*i.module)
    }
}

impl Inner {
    pub fn vm_ptr(&self) -> *mut Vm {
        self.vm
    }

    pub fn vm(&self) -> &Vm {
        // SAFETY: the context lives as long as the heap, and nothing runs while the host
        // holds the store.
        unsafe { &*self.vm }
    }

    pub fn vm_mut(&mut self) -> &mut Vm {
        // SAFETY: as for `vm`.
        unsafe { &mut *self.vm }
    }

    /// Brings the pointers of the context up to date after tables have grown.
    pub fn refresh(&mut self) {
        let store: *mut Inner = self;
        let (pool, funcs) = (self.pool.as_ptr(), self.entries.as_ptr());
        let (globals, plans) = (self.globals.as_mut_ptr(), self.plans.as_ptr());
        let (enters, hot) = (self.tier.enters.as_ptr(), self.tier.hot.as_mut_ptr());
        let vm = self.vm_mut();
        vm.store = store;
        vm.pool = pool;
        vm.enters = enters;
        vm.hot = hot;
        vm.funcs = funcs;
        vm.globals = globals;
        vm.plans = plans;
    }

    /// Removes an interrupt that was delivered.
    pub fn rearm(&mut self) {
        let vm = self.vm_mut();
        vm.limit.store(vm.stack_limit, Ordering::Relaxed);
    }

    /// The name of a function.
    pub fn func_name(&self, func: u32) -> &str {
        let info = &self.funcs[func as usize];
        &self.instances[info.instance].module.funcs[info.id].name
    }

    /// The function that an address of its code belongs to.
    pub fn func_at(&self, pc: *const u64) -> Option<(u32, Arc<Code>, u32)> {
        let (_, func) = self.by_address.range(..=pc as usize).next_back()?;
        let code = self.funcs[*func as usize].code.clone()?;
        let offset = (pc as usize - code.words.as_ptr() as usize) / 8;
        (offset < code.words.len()).then_some((*func, code, offset as u32))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let mut guard = match self.inner.interrupt.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        *guard = None;
    }
}
