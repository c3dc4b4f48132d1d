//! How a language reaches the IR: builds `factorial` with variables and a loop, verifies it,
//! prints it and encodes it.
//!
//! ```text
//! fn factorial(n: i64) -> i64 {
//!     let mut product = 1;
//!     while n > 1 { product *= n; n -= 1; }
//!     product
//! }
//! ```
//!
//! Run with `cargo run -p kaa-ir --example build_ir`.

use kaa_ir::verify::verify;
use kaa_ir::{FunctionBuilder, Inst, Module, Signature, ValTy, binary, text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut module = Module::new("example");
    let i64 = ValTy::I64;

    // 1. Declare all functions first, so that they can call each other.
    let factorial = module.declare_func("factorial", Signature::new([i64], [i64]));
    module.export_func("factorial", factorial);

    // 2. Build each body. The builder starts in the entry block, whose parameters are those
    //    of the function.
    let mut b = FunctionBuilder::new(&mut module, factorial);

    // A variable of the language is a variable here: define and use it freely. The builder
    // makes block parameters (phi functions) where definitions meet.
    let n = b.declare_var(i64);
    let product = b.declare_var(i64);
    let param = b.params()[0];
    b.name_value(param, "n");
    b.def_var(n, param);
    let one = b.i64(1);
    b.def_var(product, one);

    let (head, body, done) = (b.create_block(), b.create_block(), b.create_block());
    b.jump(head, &[]);

    // `while n > 1`. The head is not sealed yet: the jump from the end of the body is missing.
    b.switch_to(head);
    let n_now = b.use_var(n);
    let again = b.ins1(Inst::Gt { t: i64, a: n_now, b: one });
    b.branch(again, body, done);

    // `product *= n; n -= 1`, with arithmetic that traps on overflow.
    b.switch_to(body);
    b.seal_block(body);
    let (n_now, product_now) = (b.use_var(n), b.use_var(product));
    let next_product = b.ins1(Inst::MulTrap { t: i64, a: product_now, b: n_now });
    b.def_var(product, next_product);
    let next_n = b.ins1(Inst::SubTrap { t: i64, a: n_now, b: one });
    b.def_var(n, next_n);
    b.jump(head, &[]);
    b.seal_block(head); // Now all jumps to the head exist.

    b.switch_to(done);
    b.seal_block(done);
    let result = b.use_var(product);
    b.ins(Inst::Ret { vals: [result].into() });

    // 3. Finishing numbers the values and reports what is wrong with the function, if anything.
    b.finish()?;

    // 4. The verifier has the last word: engines take only what it accepts.
    if let Err(errors) = verify(&module) {
        for error in &errors {
            eprintln!("{error}");
        }
        return Err(format!("{} errors", errors.len()).into());
    }

    // 5. Text for people, bytes for files; both give the same module back.
    let printed = text::print(&module);
    print!("{printed}");
    let bytes = binary::encode(&module);
    println!("; {} bytes in binary form", bytes.len());
    assert_eq!(text::parse(&printed)?, module);
    assert_eq!(binary::decode(&bytes)?, module);
    Ok(())
}
