//! Stores: where modules run.
//!
//! A store has one heap and one set of limits; stores share nothing. After a trap or at a limit
//! it stays usable. The engine behind it is `kaa-exec`.

use std::io::{BufRead, Write};

use kaa_exec::native::{NativeSig, SlotTy};
use kaa_exec::tier::{TierStats, Tiering};
use kaa_exec::{InterruptHandle, Stats};
use kaa_heap::{Copies, LeafKind, TypeId, TypeKind};

use crate::config::Config;
use crate::convert::{FromVals, IntoVals};
use crate::error::Error;
use crate::host::Host;
use crate::module::Module;
use crate::output::Output;
use crate::value::{GiveError, Val, kind_name, slot_of, val_of};

/// Runs modules.
pub struct Store {
    pub(crate) inner: kaa_exec::Store,
    host: Host,
    modules: Vec<Module>,
    /// What machine code of this store is good for, once that is settled.
    #[cfg(feature = "jit")]
    pub(crate) image_key: Option<[u64; 2]>,
}

/// A module in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance(usize);

impl Instance {
    /// Its number in the store.
    pub(crate) fn number(self) -> usize {
        self.0
    }
}

/// A function of a store.
#[derive(Clone, Debug)]
pub struct Func {
    number: u32,
    sig: NativeSig,
}

/// Copies that the writes of one source line made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// How many objects were copied.
    pub count: u64,
    /// Bytes of what they held.
    pub bytes: u64,
}

/// How a `main` ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It ran to its end.
    Done,
    /// It returned an error, with these messages: the error, its cause, and so on.
    Failed(Vec<String>),
    /// It called `process.exit` with this code.
    Code(u8),
}

impl Store {
    /// An empty store that offers what the host offers. It prints nowhere and reads nothing
    /// until it is told to.
    ///
    /// # Errors
    /// The system gives no address space.
    pub fn new(config: &Config, host: &Host) -> Result<Store, Error> {
        let inner = kaa_exec::Store::new(config.exec.clone(), kaa_exec::Host::sink())
            .map_err(|e| Error::NoMemory(e.to_string()))?;
        let mut store = Store {
            inner,
            host: host.clone(),
            modules: Vec::new(),
            #[cfg(feature = "jit")]
            image_key: None,
        };
        store.set_compiler(config);
        Ok(store)
    }

    /// Gives the store a compiler, if it is to have one.
    fn set_compiler(&mut self, config: &Config) {
        #[cfg(feature = "jit")]
        if let Some(entries) = config.compile_after.filter(|_| !config.exec.trace) {
            let how = Tiering { threshold: entries, ..config.tiering };
            self.inner.set_compiler(Box::new(kaa_jit::Jit::new()), how);
        }
        #[cfg(not(feature = "jit"))]
        let _ = config;
    }

    /// Where `print` writes. Wrap it in a buffer: it is flushed when a call ends.
    pub fn set_output(&mut self, out: impl Write + 'static) {
        self.inner.host().out = Box::new(out);
    }

    /// Where `input` reads.
    pub fn set_input(&mut self, input: impl BufRead + 'static) {
        self.inner.host().input = Box::new(input);
    }

    /// Keeps what is printed from now on.
    pub fn capture_output(&mut self) -> Output {
        let output = Output::new();
        self.set_output(output.clone());
        output
    }

    /// The first error of the output since the last time this was asked.
    pub fn take_output_error(&mut self) -> Option<std::io::Error> {
        self.inner.host().out_error.take()
    }

    /// Puts a module into the store. Modules that are loaded later may import its exports.
    ///
    /// # Errors
    /// An import that nothing provides or that is not granted.
    pub fn load(&mut self, module: &Module) -> Result<Instance, Error> {
        let number = self.inner.link(module.ir.clone(), &self.host.funcs)?;
        self.modules.resize(number, module.clone());
        self.modules.push(module.clone());
        Ok(Instance(number))
    }

    /// An exported function.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn func(&self, instance: Instance, name: &str) -> Result<Func, Error> {
        let number = self.inner.export(instance.0, name);
        let found = number.and_then(|n| Some(Func { number: n, sig: self.inner.signature(n)? }));
        found.ok_or_else(|| Error::NoFunction(name.to_owned()))
    }

    /// Calls an exported function by its name.
    ///
    /// # Errors
    /// There is no such function, it has another signature, or it traps.
    pub fn call<R: FromVals>(
        &mut self,
        instance: Instance,
        name: &str,
        args: impl IntoVals,
    ) -> Result<R, Error> {
        let func = self.func(instance, name)?;
        self.call_func(&func, args)
    }

    /// Calls a function that was looked up before.
    ///
    /// # Errors
    /// It has another signature, or it traps.
    pub fn call_func<R: FromVals>(&mut self, f: &Func, args: impl IntoVals) -> Result<R, Error> {
        let mut vals = Vec::new();
        args.push_vals(&mut vals);
        let mut results = self.call_vals(f, &vals)?.into_iter();
        match R::take(&mut results) {
            Some(result) if results.len() == 0 => Ok(result),
            _ => Err(Error::Signature(format!("the function is {}", self.describe(f)))),
        }
    }

    /// Calls a function with its arguments leaf by leaf.
    ///
    /// # Errors
    /// It takes other arguments, or it traps.
    pub fn call_vals(&mut self, func: &Func, args: &[Val]) -> Result<Vec<Val>, Error> {
        let params = &func.sig.params;
        if params.len() != args.len() {
            let (needed, given) = (params.len(), args.len());
            let text = format!("the function takes {needed} values, {given} were given");
            return Err(Error::Signature(text));
        }
        let heap = self.inner.heap();
        let mut slots = Vec::with_capacity(args.len());
        for (ty, arg) in params.iter().zip(args) {
            slots.push(slot_of(heap, *ty, arg).map_err(|error| match error {
                GiveError::Type(text) => Error::Signature(text),
                GiveError::Heap(error) => Error::Trap(Box::new(error.into())),
            })?);
        }
        let results = self.inner.call(func.number, &slots)?;
        let heap = self.inner.heap();
        Ok(func.sig.results.iter().zip(results).map(|(ty, slot)| val_of(heap, *ty, slot)).collect())
    }

    /// Runs `main`. The arguments are handed over if it takes any; by custom the first one is
    /// the name of the program.
    ///
    /// # Errors
    /// There is no `main`, it has a signature that no program has, or it traps.
    pub fn run_main(&mut self, instance: Instance, args: &[String]) -> Result<Exit, Error> {
        let main = self.func(instance, "main")?;
        let args = match &*main.sig.params {
            [] => Vec::new(),
            [one] if self.is_list_of_str(*one) => {
                vec![Val::List(args.iter().map(|arg| Val::Str(arg.clone())).collect())]
            }
            _ => {
                let text = "`main` takes no arguments, or one list of strings";
                return Err(Error::Signature(text.to_owned()));
            }
        };
        ended(self.call_vals(&main, &args))
    }

    /// Runs a function with `@test` before it, see [`Module::tests`].
    ///
    /// # Errors
    /// There is none of this name, or it traps.
    pub fn run_test(&mut self, instance: Instance, name: &str) -> Result<Exit, Error> {
        let test = self.func(instance, &format!("{}{name}", kaa_lang::TEST_PREFIX))?;
        ended(self.call_vals(&test, &[]))
    }

    fn is_list_of_str(&mut self, ty: SlotTy) -> bool {
        let types = self.inner.heap().types();
        match &types.desc(ty.ty).kind {
            TypeKind::List { elem, .. } => {
                matches!(&*elem.leaves, [one] if one.kind == LeafKind::Ref && one.ty == TypeId::STR)
            }
            _ => false,
        }
    }

    /// The register code of the functions of a module, or of those with a name, with the source
    /// lines.
    ///
    /// # Errors
    /// A function that is too large to be lowered.
    pub fn listing(&mut self, instance: Instance, only: Option<&str>) -> Result<String, Error> {
        let Some(module) = self.modules.get(instance.0).cloned() else { return Ok(String::new()) };
        let source = module.source();
        let line = |n: u32| (!source.text.is_empty()).then(|| source.line_text(n).to_owned());
        let mut out = String::new();
        let wanted = module.ir.funcs.iter();
        let wanted = wanted.filter(|(_, func)| only.is_none_or(|name| name == func.name));
        for (id, _) in wanted {
            let Some(number) = self.inner.func(instance.0, id) else { continue };
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.inner.listing(number, &line)?);
        }
        Ok(out)
    }

    /// The signature of a function, for people.
    pub fn describe(&mut self, func: &Func) -> String {
        let heap = self.inner.heap();
        let names = |list: &[SlotTy]| {
            list.iter().map(|ty| kind_name(heap, *ty)).collect::<Vec<_>>().join(", ")
        };
        format!("({}) -> ({})", names(&func.sig.params), names(&func.sig.results))
    }

    /// Lets a debugger see what runs from now on; nothing is compiled in such a store. What
    /// variables are called is known of modules by `Module::from_files_to_debug` only.
    pub fn set_debugger(&mut self, debugger: Box<dyn kaa_exec::debug::Debugger>) {
        self.inner.set_debugger(debugger);
    }

    /// A handle that ends what runs, from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        self.inner.interrupt_handle()
    }

    /// The fuel that is left, where there is a limit.
    pub fn fuel(&self) -> Option<u64> {
        self.inner.fuel()
    }

    /// Sets the fuel that is left; only for stores with a limit.
    pub fn set_fuel(&mut self, units: u64) {
        self.inner.set_fuel(units);
    }

    /// Where writes copied what another name still held, by source line; only where
    /// [`Config::explain_copies`] is set.
    pub fn copies(&self) -> Vec<Copied> {
        let mut lines: Vec<Copied> = Vec::new();
        for site in self.inner.copies() {
            let (file, line) = (site.place.file, site.place.loc.line);
            let known = lines.iter_mut().find(|copied| copied.line == line && copied.file == file);
            let Copies { count, bytes } = site.copies;
            match known {
                Some(copied) => {
                    copied.count += count;
                    copied.bytes += bytes;
                }
                None => lines.push(Copied { file, line, count, bytes }),
            }
        }
        lines.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        lines
    }

    /// What compilation has done so far.
    pub fn tier_stats(&self) -> TierStats {
        self.inner.tier_stats()
    }

    /// The functions that were not compiled though they were hot, and why.
    pub fn refusals(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.inner.refusals().map(|(name, why)| (name, why.reason()))
    }

    /// What the store has done so far.
    pub fn stats(&self) -> Stats {
        self.inner.stats()
    }
}

/// How a program ended that gave these results.
fn ended(results: Result<Vec<Val>, Error>) -> Result<Exit, Error> {
    match results {
        Ok(results) => Ok(exit_of(&results)),
        Err(error) => match error.trap().and_then(crate::grant::exit_code) {
            Some(code) => Ok(Exit::Code(code)),
            None => Err(error),
        },
    }
}

fn exit_of(results: &[Val]) -> Exit {
    match results.split_first() {
        Some((Val::Bool(false), error)) if !error.is_empty() => Exit::Failed(messages(error)),
        _ => Exit::Done,
    }
}

/// The messages of an error value and its causes.
fn messages(error: &[Val]) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = error.last();
    while let Some(val) = next.take() {
        match val {
            Val::Str(text) => found.push(text.clone()),
            Val::Object(fields) => {
                if let [Val::Str(message), source] = &**fields {
                    found.push(message.clone());
                    next = Some(source);
                }
            }
            _ => {}
        }
    }
    if found.is_empty() {
        found.push("the program returned an error".to_owned());
    }
    found
}
