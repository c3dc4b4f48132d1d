//! Compiling: a job in, machine code out that may lie anywhere. Nothing here belongs to a store,
//! so it may happen in any thread. Where the code goes is the business of `space`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{ExtFuncData, ExternalName, FuncRef, Function, UserExternalName};
use cranelift_codegen::isa::{OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::Configurable;
use cranelift_codegen::{Context, FinalizedRelocTarget, ir, settings};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use kaa_code::Code;
use kaa_exec::tier::{Fixup, Job, Maker, Near, Piece, Place, Refused, Target, Unit, callees};
use rustc_hash::FxHashMap;

use crate::abi;
use crate::flow::{self, Flow};
use crate::lower::inline::Inlinables;
use crate::lower::{Bodies, body_signature, lower};

/// Most functions that are compiled with the one that is asked for.
const MAX_BATCH: usize = 16;
/// Words of a function and those it calls that are compiled at once.
const MAX_BATCH_WORDS: usize = flow::MAX_WORDS;

/// Names of bodies that are entered at the start of a function.
const BODIES: u32 = 0;
/// The name of the body of the same unit.
const OWN: UserExternalName = UserExternalName { namespace: 1, index: 0 };

/// Compiles with Cranelift.
pub(crate) struct Cranelift {
    /// It has failed once: nothing more is compiled.
    failed: AtomicBool,
    verify: bool,
    room: Mutex<Option<Room>>,
}

/// What compilations use again.
struct Room {
    isa: OwnedTargetIsa,
    context: Context,
    builder: FunctionBuilderContext,
    verify: bool,
}

impl Cranelift {
    /// A compiler; with `verify`, one that hides no mistake.
    pub fn new(verify: bool) -> Cranelift {
        Cranelift { failed: AtomicBool::new(false), verify, room: Mutex::new(None) }
    }

    fn make_guarded(&self, job: &Job) -> Result<Vec<Unit>, Refused> {
        let mut room = match self.room.lock() {
            Ok(room) => room,
            Err(poisoned) => poisoned.into_inner(),
        };
        if room.is_none() {
            *room = Room::new(self.verify);
        }
        room.as_mut().ok_or(Refused::Failed)?.make_all(job)
    }
}

impl Maker for Cranelift {
    fn make(&self, job: &Job) -> Result<Vec<Unit>, Refused> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(Refused::Failed);
        }
        if self.verify {
            return self.make_guarded(job);
        }
        // A mistake of the compiler costs speed, not the host.
        let made = catch_unwind(AssertUnwindSafe(|| self.make_guarded(job)));
        let made = made.unwrap_or(Err(Refused::Failed));
        self.failed.fetch_or(matches!(made, Err(Refused::Failed)), Ordering::Relaxed);
        made
    }
}

/// The stub for out-of-line work, the same for all stores.
pub(crate) fn stub() -> Option<&'static Piece> {
    static STUB: OnceLock<Option<Piece>> = OnceLock::new();
    let make = || {
        let mut room = Room::new(false)?;
        room.piece(abi::stub_signature(), false, |b| {
            abi::make_stub(b);
            Some(())
        })
    };
    STUB.get_or_init(make).as_ref()
}

impl Room {
    /// Makes code for this machine; nothing if Cranelift does not know it.
    fn new(verify: bool) -> Option<Room> {
        let isa = machine(verify)?;
        Some(Room { isa, context: Context::new(), builder: FunctionBuilderContext::new(), verify })
    }

    fn make_all(&mut self, job: &Job) -> Result<Vec<Unit>, Refused> {
        // Another thread may have failed in the midst of something.
        self.context.clear();
        let flow = Flow::of(job).ok_or(Refused::TooLarge)?;
        let mut all = vec![(job.clone(), flow)];
        batch(job, &mut all);
        let starts = all.iter().filter(|(job, _)| job.place == Place::Start);
        let starts: Vec<u32> = starts.map(|(job, _)| job.func).collect();
        let inlinables = Inlinables::of(all.iter().map(|(job, _)| job));
        let unit = |(job, flow): &(Job, Flow)| self.unit(job, flow, &starts, &inlinables);
        all.iter().map(unit).collect::<Option<_>>().ok_or(Refused::Failed)
    }

    fn unit(
        &mut self,
        job: &Job,
        flow: &Flow,
        starts: &[u32],
        inlinables: &Inlinables,
    ) -> Option<Unit> {
        let sig = body_signature(&job.code, job.place);
        let body = self.piece(sig.clone(), job.form.lines, |b| {
            let mut bodies = Known { job, starts, refs: FxHashMap::default() };
            lower(job, flow, inlinables, &mut bodies, b)
        })?;
        let code = (job.place == Place::Start).then_some(&*job.code);
        let enter = self.piece(abi::enter_signature(), false, |b| {
            let body = import(b.func, OWN, sig);
            abi::make_enter(b, body, code);
            Some(())
        })?;
        Some(Unit { func: job.func, place: job.place, body, enter })
    }

    /// Makes a piece of code.
    fn piece(
        &mut self,
        sig: ir::Signature,
        lines: bool,
        make: impl FnOnce(&mut FunctionBuilder<'_>) -> Option<()>,
    ) -> Option<Piece> {
        self.context.func.signature = sig;
        let mut b = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        make(&mut b)?;
        b.seal_all_blocks();
        b.finalize(self.isa.frontend_config());
        let done = self.context.compile(&*self.isa, &mut ControlPlane::default());
        if let Err(error) = &done
            && self.verify
        {
            panic!("{error:?}");
        }
        done.ok()?;
        let piece = finished(&self.context, &*self.isa, lines);
        self.context.clear();
        piece
    }
}

/// The compiled code in a context.
fn finished(context: &Context, isa: &dyn TargetIsa, lines: bool) -> Option<Piece> {
    let made = context.compiled_code()?;
    let names = context.func.params.user_named_funcs();
    let mut fixups = Vec::new();
    for reloc in made.buffer.relocs() {
        let near = match reloc.kind {
            Reloc::X86CallPCRel4 | Reloc::X86PCRel4 => Near::Bytes,
            Reloc::Arm64Call => Near::Words,
            _ => return None,
        };
        let FinalizedRelocTarget::ExternalName(ExternalName::User(name)) = reloc.target else {
            return None;
        };
        let target = match names.get(name)? {
            name if *name == OWN => Target::Own,
            name => Target::Body(name.index),
        };
        let addend = i32::try_from(reloc.addend).ok()?;
        fixups.push(Fixup { at: reloc.offset, near, target, addend });
    }
    // What has no place of its own belongs to what is before it.
    let places = made.buffer.get_srclocs_sorted().iter();
    let places = places.filter(|place| lines && !place.loc.is_default());
    let lines = places.map(|place| (place.start, place.loc.bits())).collect();
    let align = made.buffer.alignment;
    let align = align.max(isa.function_alignment().minimum).max(isa.symbol_alignment() as u32);
    Some(Piece { bytes: made.code_buffer().to_vec(), align, fixups, lines })
}

/// Adds the functions to compile with a job: those it calls, as calls between compiled bodies
/// are the fast ones.
fn batch(job: &Job, all: &mut Vec<(Job, Flow)>) {
    let mut next = 0;
    let mut words = job.code.words.len();
    while let Some((from, _)) = all.get(next) {
        let called = callees(&from.code);
        next += 1;
        for func in called {
            let known = func == job.func && job.place == Place::Start
                || job.has_body(func)
                || all[1..].iter().any(|(job, _)| job.func == func);
            if known || all.len() > MAX_BATCH {
                continue;
            }
            let Some(callee) = job.callee(func) else { continue };
            if words + callee.code.words.len() <= MAX_BATCH_WORDS
                && let Some(flow) = Flow::of(&callee)
            {
                words += callee.code.words.len();
                all.push((callee, flow));
            }
        }
    }
}

/// Bodies that code may call: those that are there, and those that are made with it.
struct Known<'a> {
    job: &'a Job,
    starts: &'a [u32],
    refs: FxHashMap<u32, FuncRef>,
}

impl Bodies for Known<'_> {
    fn body(&mut self, func: u32, into: &mut Function) -> Option<FuncRef> {
        if let Some(known) = self.refs.get(&func) {
            return Some(*known);
        }
        if !self.job.has_body(func) && !self.starts.contains(&func) {
            return None;
        }
        let code: &Code = &self.job.callee(func)?.code;
        let name = UserExternalName { namespace: BODIES, index: func };
        let body = import(into, name, body_signature(code, Place::Start));
        self.refs.insert(func, body);
        Some(body)
    }
}

/// Declares code that lies near.
fn import(into: &mut Function, name: UserExternalName, sig: ir::Signature) -> FuncRef {
    let name = ExternalName::user(into.declare_imported_user_function(name));
    let signature = into.import_signature(sig);
    into.import_function(ExtFuncData { name, signature, colocated: true, patchable: false })
}

/// What machine code is made for, in words; nothing where Cranelift does not know this machine.
pub(crate) fn target() -> Option<String> {
    let isa = machine(false)?;
    let features: Vec<String> = isa.isa_flags().iter().map(ToString::to_string).collect();
    Some(format!("{} {} {}", isa.triple(), isa.flags(), features.join(" ")))
}

/// This machine, as Cranelift knows it; the same for all stores.
fn machine(verify: bool) -> Option<OwnedTargetIsa> {
    static MACHINES: [OnceLock<Option<OwnedTargetIsa>>; 2] = [OnceLock::new(), OnceLock::new()];
    let make = || {
        // Without it, roundings would be calls of a library.
        #[cfg(target_arch = "x86_64")]
        if !std::arch::is_x86_feature_detected!("sse4.1") {
            return None;
        }
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
