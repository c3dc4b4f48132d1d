//! The host of generated programs: functions that do the same each time, and a log of what they
//! were told. Their names and signatures are those of `crate::generate`.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use kaa_exec::{Call, Fault, Host, HostFuncs, NativeResult};
use kaa_ir::Signature;
use kaa_isa::TrapKind;

use crate::generate::HOST;

/// What the host was told.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Rc<RefCell<Vec<u8>>>);

impl Log {
    /// A host that writes here.
    pub fn host(&self) -> Host {
        let mut host = Host::sink();
        host.out = Box::new(self.clone());
        host
    }

    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The functions that programs may import.
pub(super) fn funcs() -> HostFuncs {
    let mut funcs = HostFuncs::default();
    for (name, params, results) in HOST {
        funcs.add("host", name, Signature::new(params, results), move |call| run(name, call));
    }
    funcs
}

fn run(name: &str, call: &mut Call<'_>) -> NativeResult {
    let n = call.arg(0);
    match name {
        "mix" => {
            let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ call.arg(1).rotate_left(7);
            note(call, &format!("mix {mixed}\n"));
            call.set(0, mixed % 1000);
        }
        "note" => {
            let text = format!("note {}\n", call.str(0));
            note(call, &text);
        }
        "text" => {
            let text = call.heap.new_str(&format!("text {}", n as i64))?;
            call.set_obj(0, text);
        }
        "many" => {
            let text = call.heap.new_str(&n.to_string())?;
            call.set_float(0, n as f64 / 3.0);
            call.set_bool(1, n & 1 == 1);
            call.set_obj(2, text);
            call.set(3, n & 255);
            call.set_int(4, !(n as i64));
        }
        "fail" if n & 7 == 3 => return Err(Fault::new(TrapKind::HostError, format!("no {n}"))),
        // Unlike `panic!` this prints nothing.
        "panic" if n & 31 == 5 => std::panic::resume_unwind(Box::new("as the program asked")),
        _ => call.set(0, n ^ 1),
    }
    Ok(())
}

fn note(call: &mut Call<'_>, text: &str) {
    // The log takes all that it is given.
    let _ = call.host.write(text.as_bytes());
}
