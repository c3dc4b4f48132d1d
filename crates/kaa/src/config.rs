//! How a store behaves: its engine and its limits.
//!
//! What a store may reach is not here: that is its `Host`.

use kaa_exec::Engine;
use kaa_exec::tier::Tiering;

/// Settings of stores; every one has a default.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) exec: kaa_exec::Config,
    pub(crate) compile_after: Option<u32>,
    pub(crate) tiering: Tiering,
}

/// How often a function or loop is entered, unless said otherwise, before it is compiled.
pub const COMPILE_AFTER: u32 = 500;

impl Default for Config {
    fn default() -> Self {
        let tiering = Tiering { background: true, ..Tiering::default() };
        Config { exec: kaa_exec::Config::default(), compile_after: Some(COMPILE_AFTER), tiering }
    }
}

impl Config {
    /// The defaults: the fastest engine, 4 GiB of heap, 200,000 nested calls, no fuel limit.
    pub fn new() -> Config {
        Config::default()
    }

    /// Which interpreter runs.
    pub fn engine(mut self, engine: Engine) -> Config {
        self.exec.engine = engine;
        self
    }

    /// Compiles functions and loops to machine code once they have been entered so often; with
    /// 0, functions before they run; with `None`, nothing. A build without the feature `jit`, or
    /// a machine without a compiler, interprets everything.
    pub fn compile_after(mut self, entries: Option<u32>) -> Config {
        self.compile_after = entries;
        self
    }

    /// Whether hot functions are compiled in another thread while the program goes on, where the
    /// machine has a core for it; otherwise the program waits. What a program does is the same;
    /// when its functions are compiled is not.
    pub fn compile_beside(mut self, on: bool) -> Config {
        self.tiering.background = on;
        self
    }

    /// Makes machine code that stores of other processes can use, for
    /// [`Store::image`](crate::Store::image), and waits for it.
    pub fn portable_code(mut self, on: bool) -> Config {
        self.tiering.keep = on;
        self.tiering.form.movable = on;
        self.tiering.background &= !on;
        self
    }

    /// Keeps machine code with the source lines it comes from, for
    /// [`Store::native_code`](crate::Store::native_code).
    pub fn native_lines(mut self, on: bool) -> Config {
        self.tiering.keep = on;
        self.tiering.form.lines = on;
        self
    }

    /// Limits the work: about one unit for each operation. The same program always takes the
    /// same fuel.
    pub fn fuel(mut self, units: u64) -> Config {
        self.exec.fuel = Some(units);
        self
    }

    /// Limits the bytes of the heap.
    pub fn max_heap(mut self, bytes: u64) -> Config {
        self.exec.max_heap = bytes;
        self
    }

    /// Limits how deep calls of small functions may be nested; large frames count more.
    pub fn max_depth(mut self, calls: usize) -> Config {
        self.exec.max_depth = calls;
        self
    }

    /// Limits how many tasks may be alive at once.
    pub fn max_tasks(mut self, count: usize) -> Config {
        self.exec.max_tasks = count;
        self
    }

    /// Collects garbage at every safepoint and verifies the heap each time: for tests.
    pub fn gc_stress(mut self, on: bool) -> Config {
        self.exec.gc_stress = on;
        self
    }

    /// Logs every instruction through the `log` crate, target `kaa::trace`.
    pub fn trace(mut self, on: bool) -> Config {
        self.exec.trace = on;
        self
    }

    /// Logs where writes copy what another name still holds, for
    /// [`Store::copies`](crate::Store::copies).
    pub fn explain_copies(mut self, on: bool) -> Config {
        self.exec.copies = on;
        self
    }

    /// Counts instructions and calls for [`Stats`](crate::Stats).
    pub fn count(mut self, on: bool) -> Config {
        self.exec.count = on;
        self
    }
}
