//! The compiler of hot code: register code to machine code, one function at a time.
//!
//! `operands`, `flow` and `lists` study a function, `lower` makes Cranelift's code of it, `abi` has
//! the conventions and the pieces between the machine and bodies; this file keeps what is made.
//! Frames, root maps, traps and limits are the interpreter's: `kaa_exec::tier` says what compiled
//! code may rely on. When to compile is decided there too.

mod abi;
mod flow;
mod lists;
mod lower;
mod operands;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::Configurable;
use cranelift_codegen::{Context, ir, settings};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, default_libcall_names};
use kaa_code::{Code, RegOp, word};
use kaa_exec::tier::{Compiled, Compiler, Job, Place, Refused};
use rustc_hash::FxHashMap;

use flow::Flow;
use lower::{Bodies, body_signature, lower};

/// Most functions that are compiled with the one that is asked for.
const MAX_BATCH: usize = 16;
/// Words of a function and those it calls that are compiled at once.
const MAX_BATCH_WORDS: usize = flow::MAX_WORDS;

/// Bytes of machine code that a store may have; what is compiled after that stays interpreted.
/// They are reserved when the first function is compiled, and taken page by page.
const MAX_CODE: usize = 64 << 20;

/// A compiler for one store. What it makes is freed with it.
#[derive(Default)]
pub struct Jit {
    /// Made when the first function is to be compiled.
    code: Option<CodeSpace>,
    /// The machine has no compiler, or it has failed once: nothing more is compiled.
    failed: bool,
    verify: bool,
}

/// The compiled code of a store, and what makes more of it.
struct CodeSpace {
    /// Taken only when the code is dropped.
    module: Option<JITModule>,
    context: Context,
    builder: FunctionBuilderContext,
    bodies: FxHashMap<u32, FuncId>,
    stub: usize,
    /// Bytes of machine code so far.
    bytes: u64,
    verify: bool,
}

impl Jit {
    /// A compiler, which costs nothing until it is used.
    pub fn new() -> Jit {
        Jit::default()
    }

    /// A compiler that has Cranelift check what it is given and hides no mistake: for tests.
    ///
    /// # Panics
    /// When it compiles something and Cranelift refuses what it was given.
    pub fn verifying() -> Jit {
        Jit { verify: true, ..Jit::default() }
    }

    fn compile_guarded(&mut self, job: &Job<'_>) -> Result<Compiled, Refused> {
        if self.code.is_none() {
            self.code = CodeSpace::new(self.verify);
        }
        self.code.as_mut().ok_or(Refused::Failed)?.compile_all(job)
    }
}

impl CodeSpace {
    /// Makes code for this machine; nothing if Cranelift does not know it.
    fn new(verify: bool) -> Option<CodeSpace> {
        let isa = machine(verify)?;
        let mut builder = JITBuilder::with_isa(isa, default_libcall_names());
        // Bodies call each other by distances of 32 bits, so all code of a store lies together.
        let room = ArenaMemoryProvider::new_with_size(MAX_CODE).ok()?;
        builder.memory_provider(Box::new(room));
        let module = JITModule::new(builder);
        let mut code = CodeSpace {
            context: module.make_context(),
            module: Some(module),
            builder: FunctionBuilderContext::new(),
            bodies: FxHashMap::default(),
            stub: 0,
            bytes: 0,
            verify,
        };
        let stub = code.define(abi::stub_signature(), |_, b| {
            abi::make_stub(b);
            Some(())
        })?;
        code.stub = code.finish(&[stub])?[0] as usize;
        Some(code)
    }

    /// Makes the code of a function that is not declared yet.
    fn define(
        &mut self,
        sig: ir::Signature,
        make: impl FnOnce(&mut JITModule, &mut FunctionBuilder<'_>) -> Option<()>,
    ) -> Option<FuncId> {
        let module = self.module.as_mut()?;
        let id = module.declare_anonymous_function(&sig).ok()?;
        self.context.func.signature = sig;
        let mut b = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        make(module, &mut b)?;
        b.seal_all_blocks();
        b.finalize(module.target_config());
        self.emit(id)
    }

    /// Compiles the function in the context.
    fn emit(&mut self, id: FuncId) -> Option<FuncId> {
        let module = self.module.as_mut()?;
        let mut plane = ControlPlane::default();
        let done = module.define_function_with_control_plane(id, &mut self.context, &mut plane);
        let made = self.context.compiled_code();
        self.bytes += made.map_or(0, |made| made.code_buffer().len() as u64);
        module.clear_context(&mut self.context);
        if let Err(error) = &done
            && self.verify
        {
            panic!("{error:?}");
        }
        done.ok().map(|()| id)
    }

    /// Makes code executable and gives its addresses.
    fn finish(&mut self, ids: &[FuncId]) -> Option<Vec<*const u8>> {
        let module = self.module.as_mut()?;
        module.finalize_definitions().ok()?;
        Some(ids.iter().map(|id| module.get_finalized_function(*id)).collect())
    }

    /// The functions to compile with this one: those it calls, as calls between compiled bodies
    /// are the fast ones.
    fn batch<'j>(&self, job: &'j Job<'j>) -> Vec<(Job<'j>, Flow)> {
        let mut found: Vec<(Job<'j>, Flow)> = Vec::new();
        let mut next = 0;
        let mut code: &Code = job.code;
        let mut words = code.words.len();
        loop {
            for func in callees(code) {
                let known = func == job.func && job.place == Place::Start
                    || self.bodies.contains_key(&func)
                    || found.iter().any(|(job, _)| job.func == func);
                if known || found.len() >= MAX_BATCH {
                    continue;
                }
                let Some(callee) = job.callee(func) else { continue };
                if words + callee.code.words.len() <= MAX_BATCH_WORDS
                    && let Some(flow) = Flow::of(callee.code)
                {
                    words += callee.code.words.len();
                    found.push((callee, flow));
                }
            }
            let Some((job, _)) = found.get(next) else { return found };
            code = job.code;
            next += 1;
        }
    }

    fn compile_all(&mut self, job: &Job<'_>) -> Result<Compiled, Refused> {
        let flow = Flow::of(job.code).ok_or(Refused::TooLarge)?;
        let before = self.bytes;
        let batch = self.batch(job);
        let mut all: Vec<(&Job<'_>, &Flow)> = vec![(job, &flow)];
        all.extend(batch.iter().map(|(job, flow)| (job, flow)));
        let mut ids = Vec::new();
        for (job, _) in &all {
            let module = self.module.as_mut().ok_or(Refused::Failed)?;
            let sig = body_signature(job.code, job.place);
            let id = module.declare_anonymous_function(&sig).map_err(|_| Refused::Failed)?;
            if job.place == Place::Start {
                self.bodies.insert(job.func, id);
            }
            ids.push(id);
        }
        let mut enters = Vec::new();
        for ((job, flow), id) in all.iter().zip(&ids) {
            self.body(job, flow, *id).ok_or(Refused::Failed)?;
            enters.push(self.enter(job, *id).ok_or(Refused::Failed)?);
        }
        let addresses = self.finish(&enters).ok_or(Refused::Failed)?;
        let others = batch.iter().zip(&addresses[1..]);
        let others = others.map(|((job, _), enter)| (job.func, *enter)).collect();
        Ok(Compiled { enter: addresses[0], others, bytes: self.bytes - before })
    }

    /// Makes a body.
    fn body(&mut self, job: &Job<'_>, flow: &Flow, id: FuncId) -> Option<()> {
        let module = self.module.as_mut()?;
        self.context.func.signature = body_signature(job.code, job.place);
        let b = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        let config = module.target_config();
        let mut bodies = Declared { module, bodies: &self.bodies };
        lower(job, flow, &mut bodies, self.stub, config, b)?;
        self.emit(id).map(|_| ())
    }

    /// Makes what enters a body.
    fn enter(&mut self, job: &Job<'_>, body: FuncId) -> Option<FuncId> {
        let code = (job.place == Place::Start).then_some(job.code);
        self.define(abi::enter_signature(), |module, b| {
            let body = module.declare_func_in_func(body, b.func);
            abi::make_enter(b, body, code);
            Some(())
        })
    }
}

impl Compiler for Jit {
    fn compile(&mut self, job: &Job<'_>) -> Result<Compiled, Refused> {
        if self.failed {
            return Err(Refused::Failed);
        }
        if self.verify {
            return self.compile_guarded(job);
        }
        // A mistake of the compiler costs speed, not the host.
        let made = catch_unwind(AssertUnwindSafe(|| self.compile_guarded(job)));
        let made = made.unwrap_or(Err(Refused::Failed));
        self.failed = matches!(made, Err(Refused::Failed));
        made
    }
}

impl Drop for CodeSpace {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the store drops its compiler when nothing of it runs any more, and hands no
            // address of compiled code to anybody.
            unsafe { module.free_memory() };
        }
    }
}

/// Bodies that are declared in the module of compiled code.
struct Declared<'a> {
    module: &'a mut JITModule,
    bodies: &'a FxHashMap<u32, FuncId>,
}

impl Bodies for Declared<'_> {
    fn body(&mut self, func: u32, into: &mut ir::Function) -> Option<ir::FuncRef> {
        let id = self.bodies.get(&func)?;
        Some(self.module.declare_func_in_func(*id, into))
    }
}

/// This machine, as Cranelift knows it; the same for all stores.
fn machine(verify: bool) -> Option<OwnedTargetIsa> {
    static MACHINES: [OnceLock<Option<OwnedTargetIsa>>; 2] = [OnceLock::new(), OnceLock::new()];
    let make = || {
        let mut flags = settings::builder();
        for (name, value) in [
            ("opt_level", "speed"),
            ("enable_pinned_reg", "true"),
            ("preserve_frame_pointers", "true"),
            ("enable_verifier", if verify { "true" } else { "false" }),
            ("enable_probestack", "false"),
            ("unwind_info", "false"),
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
        ] {
            flags.set(name, value).ok()?;
        }
        cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()
    };
    MACHINES[usize::from(verify)].get_or_init(make).clone()
}

/// The functions that a function calls by number.
fn callees(code: &Code) -> Vec<u32> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.words.len() {
        let w = code.words[at];
        let Some(op) = word::op(w) else { break };
        if matches!(op, RegOp::Call | RegOp::TailCall) {
            found.push(word::bx(w));
        }
        at += op.words();
    }
    found
}
