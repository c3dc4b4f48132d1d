//! What a host offers to its scripts: functions by module and name, and grants of capabilities.
//!
//! A function is a Rust closure over scalars and texts; its signature follows from its types. It
//! is called without allocation for scalars, and a panic in it ends the script with a trap. The
//! functions behind capabilities are in `grant`.

use std::cell::Cell;
use std::rc::Rc;

use kaa_exec::native::{Call, Fault, NativeResult};
use kaa_exec::{HostFuncs, rt};
use kaa_heap::GcRef;
use kaa_ir::{Signature, ValTy};
use kaa_isa::TrapKind;
use kaa_lang::HostDecl;

use crate::grant::{self, Grant, GrantError, Sandbox};

/// Functions and grants. Cloning is cheap; stores keep a clone.
#[derive(Clone)]
pub struct Host {
    pub(crate) funcs: Rc<HostFuncs>,
    /// What the front end is told of the functions.
    pub(crate) decls: Rc<Vec<HostDecl>>,
    pub(crate) args: Rc<Vec<String>>,
    pub(crate) folders: Option<Sandbox>,
}

impl Default for Host {
    fn default() -> Self {
        Host::new()
    }
}

impl Host {
    /// A host that offers nothing.
    pub fn new() -> Host {
        let mut funcs = HostFuncs::default();
        for name in grant::CAPABILITIES {
            funcs.deny(*name, format!("grant it with `--allow {name}`"));
        }
        Host { funcs: Rc::new(funcs), decls: Rc::default(), args: Rc::default(), folders: None }
    }

    /// Offers a function: `host.func("app", "price", |item: &str| -> f64 { ... })`. Programs of
    /// the Kaa language that are compiled for this host write `import app` and `app.price(item)`.
    pub fn func<A: 'static, F: HostFunction<A> + 'static>(
        &mut self,
        module: &str,
        name: &str,
        func: F,
    ) -> &mut Host {
        let run = once(move |call| func.call(call));
        let (module, name, sig) = (module.to_owned(), name.to_owned(), F::signature());
        let decl = HostDecl { module, name, sig };
        Rc::make_mut(&mut self.funcs).add(&*decl.module, &*decl.name, decl.sig.clone(), run);
        let decls = Rc::make_mut(&mut self.decls);
        decls.retain(|known| (&known.module, &known.name) != (&decl.module, &decl.name));
        decls.push(decl);
        self
    }

    /// Grants a capability by its name: `fs`, or `fs=PATH` for one folder only.
    ///
    /// # Errors
    /// There is no such capability, or no such folder.
    pub fn allow(&mut self, grant: &str) -> Result<&mut Host, GrantError> {
        let grant = Grant::parse(grant)?;
        grant::install(self, grant);
        Ok(self)
    }

    /// The arguments that `env.args` gives, where `env` is granted.
    pub fn args(&mut self, args: impl IntoIterator<Item = String>) -> &mut Host {
        self.args = Rc::new(args.into_iter().collect());
        self
    }
}

/// Results of a host function before they are in the store.
#[derive(Debug)]
pub(crate) enum Given {
    /// Nothing.
    Unit,
    /// A scalar in slot form.
    Slot(u64),
    /// A text.
    Str(String),
    /// A text or none.
    OptStr(Option<String>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list of texts.
    Strs(Vec<String>),
    /// Several values of one slot each.
    Many(Vec<Given>),
}

/// What a function gives: a plain value, or a `Result` of the language.
#[derive(Debug)]
pub(crate) enum Outcome {
    Plain(Given),
    Result(Result<Given, String>),
}

type HostResult = Result<Outcome, Box<Fault>>;

/// Runs a function once for each call. Where the heap is full, the engine collects and calls
/// again; then the result of the first time is handed over, and nothing is done twice.
pub(crate) fn once(
    run: impl Fn(&mut Call<'_>) -> HostResult,
) -> impl Fn(&mut Call<'_>) -> NativeResult {
    let pending: Cell<Option<Outcome>> = Cell::new(None);
    move |call| {
        let kept = pending.take();
        let is_second = kept.is_some();
        let outcome = match kept {
            Some(outcome) => outcome,
            None => run(call)?,
        };
        let given = give(call, &outcome);
        if matches!(&given, Err(fault) if fault.need_collect && !is_second) {
            pending.set(Some(outcome));
        }
        given
    }
}

/// Writes an outcome to the result slots.
fn give(call: &mut Call<'_>, outcome: &Outcome) -> NativeResult {
    match outcome {
        Outcome::Plain(given) => give_plain(call, 0, given),
        Outcome::Result(Ok(given)) => {
            // Making the value is what can fail; the slots are set afterwards.
            give_plain(call, 1, given)?;
            let last = call.sig.results.len() - 1;
            call.set_bool(0, true);
            call.set_obj(last, GcRef::NULL);
            Ok(())
        }
        Outcome::Result(Err(message)) => {
            let last = call.sig.results.len() - 1;
            let error = rt::make_error(call, last, message)?;
            for i in 0..last {
                call.set(i, 0);
            }
            call.set_obj(last, error);
            Ok(())
        }
    }
}

fn give_plain(call: &mut Call<'_>, at: usize, given: &Given) -> NativeResult {
    let slot = match given {
        Given::Unit => return Ok(()),
        Given::Many(parts) => {
            for (i, part) in parts.iter().enumerate() {
                give_plain(call, at + i, part)?;
            }
            return Ok(());
        }
        Given::Slot(slot) => *slot,
        Given::OptStr(None) => 0,
        Given::Str(text) | Given::OptStr(Some(text)) => call.heap.new_str(text)?.slot(),
        Given::Bytes(bytes) => call.heap.new_bytes(bytes)?.slot(),
        Given::Strs(items) => {
            let capacity = u32::try_from(items.len()).unwrap_or(u32::MAX);
            let mut list = call.heap.list_new(call.result_type(at), capacity)?;
            for item in items {
                let item = call.heap.new_str(item)?;
                list = call.heap.list_push_slots(list, &[item.slot()])?;
            }
            list.slot()
        }
    };
    call.set(at, slot);
    Ok(())
}

/// A type that a host function can take.
pub trait HostArg {
    /// The same type while one call lasts.
    type This<'a>;
    #[doc(hidden)]
    const TYPE: ValTy;
    #[doc(hidden)]
    fn read<'a>(call: &'a Call<'_>, i: usize) -> Self::This<'a>;
}

/// A type that a host function can return. An `Err` ends the script with a trap that tells it.
pub trait HostReturn {
    #[doc(hidden)]
    fn types() -> Vec<ValTy>;
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "only this crate calls it")]
    fn outcome(self) -> HostResult;
}

macro_rules! scalars {
    ($($ty:ty, $val_ty:ident, |$slot:ident| $from:expr, |$v:ident| $to:expr;)*) => {$(
        impl HostArg for $ty {
            type This<'a> = $ty;
            const TYPE: ValTy = ValTy::$val_ty;
            fn read(call: &Call<'_>, i: usize) -> $ty {
                let $slot = call.arg(i);
                $from
            }
        }
        impl HostReturn for $ty {
            fn types() -> Vec<ValTy> {
                vec![ValTy::$val_ty]
            }
            #[expect(private_interfaces, reason = "only this crate calls it")]
            fn outcome(self) -> HostResult {
                let $v = self;
                Ok(Outcome::Plain(Given::Slot($to)))
            }
        }
    )*};
}

scalars! {
    bool, Bool, |slot| slot != 0, |v| u64::from(v);
    i64, I64, |slot| slot as i64, |v| v as u64;
    i32, I32, |slot| slot as i32, |v| i64::from(v) as u64;
    u8, U8, |slot| slot as u8, |v| u64::from(v);
    u32, U32, |slot| slot as u32, |v| u64::from(v);
    u64, U64, |slot| slot, |v| v;
    f64, F64, |slot| f64::from_bits(slot), |v| v.to_bits();
    f32, F32, |slot| f32::from_bits(slot as u32), |v| u64::from(v.to_bits());
}

impl HostArg for &str {
    type This<'a> = &'a str;
    const TYPE: ValTy = ValTy::STR;
    fn read<'a>(call: &'a Call<'_>, i: usize) -> &'a str {
        call.str(i)
    }
}

impl HostArg for String {
    type This<'a> = String;
    const TYPE: ValTy = ValTy::STR;
    fn read(call: &Call<'_>, i: usize) -> String {
        call.str(i).to_owned()
    }
}

impl HostArg for &[u8] {
    type This<'a> = &'a [u8];
    const TYPE: ValTy = ValTy::BYTES;
    fn read<'a>(call: &'a Call<'_>, i: usize) -> &'a [u8] {
        call.heap.bytes(call.obj(i))
    }
}

macro_rules! returns {
    ($($ty:ty, [$($val_ty:expr)?], |$v:ident| $given:expr;)*) => {$(
        impl HostReturn for $ty {
            fn types() -> Vec<ValTy> {
                vec![$($val_ty)?]
            }
            #[expect(private_interfaces, reason = "only this crate calls it")]
            fn outcome(self) -> HostResult {
                let $v = self;
                Ok(Outcome::Plain($given))
            }
        }
    )*};
}

returns! {
    (), [], |_unit| Given::Unit;
    String, [ValTy::STR], |v| Given::Str(v);
    &str, [ValTy::STR], |v| Given::Str(v.to_owned());
    Vec<u8>, [ValTy::BYTES], |v| Given::Bytes(v);
}

impl<T: HostReturn> HostReturn for Result<T, String> {
    fn types() -> Vec<ValTy> {
        T::types()
    }
    #[expect(private_interfaces, reason = "only this crate calls it")]
    fn outcome(self) -> HostResult {
        match self {
            Ok(value) => value.outcome(),
            Err(message) => Err(Fault::new(TrapKind::HostError, message)),
        }
    }
}

/// A Rust closure that can be offered: up to six parameters of [`HostArg`] types.
pub trait HostFunction<A> {
    #[doc(hidden)]
    fn signature() -> Signature;
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "only this crate calls it")]
    fn call(&self, call: &mut Call<'_>) -> HostResult;
}

macro_rules! functions {
    ($(($($name:ident $i:literal)*))*) => {$(
        #[allow(non_snake_case, unused_variables, reason = "made for every length by a macro")]
        impl<Func, Ret: HostReturn, $($name: HostArg),*> HostFunction<(Ret, $($name,)*)> for Func
        where
            // The first bound lets the compiler find the types of a closure, the second one
            // says that it takes references of any lifetime.
            Func: Fn($($name),*) -> Ret + for<'a> Fn($($name::This<'a>),*) -> Ret,
        {
            fn signature() -> Signature {
                Signature::new(vec![$($name::TYPE),*], Ret::types())
            }
            #[expect(private_interfaces, reason = "only this crate calls it")]
            fn call(&self, call: &mut Call<'_>) -> HostResult {
                fn enter<Ret, $($name),*>(
                    func: impl Fn($($name),*) -> Ret,
                    $($name: $name),*
                ) -> Ret {
                    func($($name),*)
                }
                let call: &Call<'_> = call;
                enter(self, $($name::read(call, $i)),*).outcome()
            }
        }
    )*};
}

functions! {
    ()
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
}
