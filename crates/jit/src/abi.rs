//! Conventions: the helpers of the machine, and the pieces of code between it and bodies.

use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::FunctionBuilder;
use kaa_code::Code;
use kaa_exec::tier::{Helpers, exit, offset};

use crate::lower::{MAX_PARAMS, NONE, TRUSTED, register_results, type_of};

/// The convention that helpers are declared with: `sysv64` on x86-64, elsewhere the platform's.
pub(crate) const NATIVE: CallConv = if cfg!(all(target_vendor = "apple", target_arch = "aarch64")) {
    CallConv::AppleAarch64
} else {
    CallConv::SystemV
};

macro_rules! helpers {
    ($($(#[$meta:meta])* $name:ident = $function:ident($count:literal);)*) => {
        /// A function of the machine that compiled code calls.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub(crate) enum Helper {
            $($(#[$meta])* $name,)*
        }

        impl Helper {
            /// Where its address is in the machine context.
            pub fn place(self) -> i32 {
                let offset = match self {
                    $(Helper::$name => std::mem::offset_of!(Helpers, $function),)*
                };
                (offset::HELPERS + offset) as i32
            }

            /// Its signature: words in, a word out.
            pub fn signature(self) -> Signature {
                match self {
                    $(Helper::$name => native_signature($count),)*
                }
            }
        }
    };
}

helpers! {
    /// Does an instruction out of line.
    Step = step(3);
    /// Calls a native.
    Native = native(3);
    /// Runs a slow operation.
    Windowed = windowed(3);
    /// Does an operation on a map.
    Map = search(3);
    /// Finds what enters the function of a closure.
    Closure = closure(4);
    /// Whether an object is of a type.
    IsType = is_type(3);
    /// Whether strings are equal.
    StrEq = str_eq(3);
}

fn native_signature(params: usize) -> Signature {
    let mut sig = Signature::new(NATIVE);
    sig.params = vec![AbiParam::new(types::I64); params];
    sig.returns.push(AbiParam::new(types::I64));
    sig
}

/// What enters compiled code: context and frame in, exit code out.
pub(crate) fn enter_signature() -> Signature {
    native_signature(2)
}

/// The stub for out-of-line work. It takes nothing: an argument would bind a value to a register
/// in the whole function. The context says where the machine stands, and holds the instruction
/// where the exit code will be.
pub(crate) fn stub_signature() -> Signature {
    Signature::new(CallConv::PreserveAll)
}

/// Makes the stub: calls the machine and leaves the exit code in the context, so that the code
/// that calls it loses no register.
pub(crate) fn make_stub(b: &mut FunctionBuilder<'_>) {
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let vm = b.ins().get_pinned_reg(types::I64);
    let [pc, insn] = [offset::EXIT_PC, offset::EXIT_STATUS]
        .map(|at| b.ins().load(types::I64, TRUSTED, vm, at as i32));
    let sig = b.import_signature(Helper::Step.signature());
    let address = b.ins().load(types::I64, TRUSTED, vm, Helper::Step.place());
    let call = b.ins().call_indirect(sig, address, &[vm, pc, insn]);
    let code = b.inst_results(call)[0];
    b.ins().store(TRUSTED, code, vm, offset::EXIT_STATUS as i32);
    b.ins().return_(&[]);
}

/// Makes what enters a body: the context goes to its register, parameters come from the frame,
/// results go there. A body that is entered at a loop does so itself.
pub(crate) fn make_enter(
    b: &mut FunctionBuilder<'_>,
    body: cranelift_codegen::ir::FuncRef,
    code: Option<&Code>,
) {
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let (vm, frame) = (b.block_params(block)[0], b.block_params(block)[1]);
    let outer = b.ins().get_pinned_reg(types::I64);
    b.ins().set_pinned_reg(vm);
    let mut args = vec![frame];
    let floats = code.map_or(&[][..], |code| &code.float_params);
    for (i, float) in floats.iter().take(MAX_PARAMS).enumerate() {
        args.push(b.ins().load(type_of(*float), TRUSTED, frame, i as i32 * 8));
    }
    let call = b.ins().call(body, &args);
    let results = b.inst_results(call).to_vec();
    b.ins().set_pinned_reg(outer);
    let [done, stopped] = [b.create_block(), b.create_block()];
    b.ins().brif(results[0], stopped, NONE, done, NONE);
    b.switch_to_block(stopped);
    b.ins().return_(&[results[0]]);
    b.switch_to_block(done);
    let count = code.map_or(0, |code| register_results(code).count());
    for (i, value) in results[1..].iter().take(count).enumerate() {
        b.ins().store(TRUSTED, *value, frame, i as i32 * 8);
    }
    let code = b.ins().iconst(types::I64, exit::DONE as i64);
    b.ins().return_(&[code]);
}
