//! What a native function sees: its arguments, the heap, the host's streams.
//!
//! Natives are the functions behind imports: those of the runtime (module `rt`, in `rt`) and
//! those that a host registers. Arguments and results are slots of the caller's frame, so a
//! call allocates nothing. A collection never happens inside a native; raw references are
//! good until it returns. Not here: how natives are found and called (`link`, `interp`).

use kaa_heap::{GcRef, Heap, HeapError, LeafKind, TypeId};
use kaa_isa::TrapKind;

use std::sync::atomic::Ordering;

use crate::host::Host;
use crate::tasks::Ask;
use crate::vm::Vm;

/// Why a native ends the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The trap kind.
    pub kind: TrapKind,
    /// What happened; empty for the kind's own title.
    pub message: String,
    /// The heap is full, but a collection may help: collect and call again.
    pub need_collect: bool,
    /// No fault: something that the driver of the machine is to do.
    pub(crate) ask: Option<Ask>,
}

impl Fault {
    /// A fault that `?` can return.
    pub fn new(kind: TrapKind, message: impl Into<String>) -> Box<Fault> {
        Box::new(Fault { kind, message: message.into(), need_collect: false, ask: None })
    }

    /// A stop for something that the driver of the machine is to do.
    pub(crate) fn ask(ask: Ask) -> Box<Fault> {
        Box::new(Fault { ask: Some(ask), ..*Fault::new(TrapKind::Unreachable, "") })
    }
}

impl From<HeapError> for Box<Fault> {
    fn from(error: HeapError) -> Self {
        let kind = match error {
            HeapError::NeedCollect | HeapError::OutOfMemory { .. } => TrapKind::OutOfMemory,
            HeapError::TooLarge { .. } | HeapError::NoAddressSpace => TrapKind::OutOfMemory,
            HeapError::TooDeep | HeapError::NotComparable => TrapKind::InvalidValue,
        };
        let need_collect = error == HeapError::NeedCollect;
        Box::new(Fault { kind, message: error.to_string(), need_collect, ask: None })
    }
}

impl From<TrapKind> for Box<Fault> {
    fn from(kind: TrapKind) -> Self {
        Fault::new(kind, "")
    }
}

/// What a native returns.
pub type NativeResult = Result<(), Box<Fault>>;

/// A native function of the runtime.
pub type NativeFn = fn(&mut Call<'_>) -> NativeResult;

/// The type of one argument or result slot, with the store's heap type for references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotTy {
    /// What is in the slot.
    pub kind: LeafKind,
    /// For references: the heap type; `TypeId::FREE` otherwise.
    pub ty: TypeId,
}

/// The signature an import is used at, in terms of the store.
#[derive(Clone, Debug, Default)]
pub struct NativeSig {
    /// Parameters.
    pub params: Box<[SlotTy]>,
    /// Results.
    pub results: Box<[SlotTy]>,
}

/// One call of a native.
pub struct Call<'a> {
    /// The heap of the store.
    pub heap: &'a mut Heap,
    /// Streams and state of the host.
    pub host: &'a mut Host,
    /// The signature the import is used at.
    pub sig: &'a NativeSig,
    slots: &'a mut [u64],
    extra_fuel: u64,
}

impl<'a> Call<'a> {
    /// A call over the slots of a frame: arguments in, results out, both from slot 0.
    pub(crate) fn new(
        heap: &'a mut Heap,
        host: &'a mut Host,
        sig: &'a NativeSig,
        slots: &'a mut [u64],
    ) -> Self {
        Self { heap, host, sig, slots, extra_fuel: 0 }
    }

    /// Argument `i` in slot form. Read all arguments before the first result is set.
    #[inline]
    pub fn arg(&self, i: usize) -> u64 {
        self.slots[i]
    }

    /// All argument and result slots.
    #[inline]
    pub fn slots(&self) -> &[u64] {
        self.slots
    }

    /// Argument `i` as a signed integer.
    #[inline]
    pub fn int(&self, i: usize) -> i64 {
        self.slots[i] as i64
    }

    /// Argument `i` as a float.
    #[inline]
    pub fn float(&self, i: usize) -> f64 {
        f64::from_bits(self.slots[i])
    }

    /// Argument `i` as a truth value.
    #[inline]
    pub fn bool(&self, i: usize) -> bool {
        self.slots[i] != 0
    }

    /// Argument `i` as a reference.
    #[inline]
    pub fn obj(&self, i: usize) -> GcRef {
        GcRef::from_slot(self.slots[i])
    }

    /// Argument `i`, a string reference, as text.
    #[inline]
    pub fn str(&self, i: usize) -> &str {
        self.heap.str(self.obj(i))
    }

    /// Sets result `i` in slot form.
    #[inline]
    pub fn set(&mut self, i: usize, slot: u64) {
        self.slots[i] = slot;
    }

    /// Sets result `i` to an integer.
    #[inline]
    pub fn set_int(&mut self, i: usize, value: i64) {
        self.slots[i] = value as u64;
    }

    /// Sets result `i` to a float.
    #[inline]
    pub fn set_float(&mut self, i: usize, value: f64) {
        self.slots[i] = value.to_bits();
    }

    /// Sets result `i` to a truth value.
    #[inline]
    pub fn set_bool(&mut self, i: usize, value: bool) {
        self.slots[i] = u64::from(value);
    }

    /// Sets result `i` to a reference.
    #[inline]
    pub fn set_obj(&mut self, i: usize, value: GcRef) {
        self.slots[i] = value.slot();
    }

    /// The heap, the slots and the signature at once.
    #[inline]
    pub fn parts(&mut self) -> (&mut Heap, &mut [u64], &'a NativeSig) {
        (self.heap, self.slots, self.sig)
    }

    /// The heap type of result `i`.
    #[inline]
    pub fn result_type(&self, i: usize) -> TypeId {
        self.sig.results[i].ty
    }

    /// Charges fuel for work that grows with sizes: about one unit for each simple step.
    #[inline]
    pub fn charge(&mut self, steps: usize) {
        self.extra_fuel += steps as u64;
    }

    /// Whether the store is to be interrupted. A native that waits looks here now and then and
    /// returns `TrapKind::Interrupted` if so.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        let vm = self.heap.context_page().cast::<Vm>();
        // SAFETY: the store wrote a context to the page when it was made.
        unsafe { (*vm).limit.load(Ordering::Relaxed) == 0 }
    }

    /// What was charged.
    pub(crate) fn charged(&self) -> u64 {
        self.extra_fuel
    }
}
