//! `kaa dis`: the register code or the machine code of a program, with its source lines.

use std::fmt::Write;
use std::rc::Rc;

use kaa::door::{RegisterBank, offer_registers};
use kaa::{CAPABILITIES, Config, Error, Host, Module, NativeCode, Store};

use crate::exit::Code;
use crate::input::Input;
use crate::render::Screen;
use crate::run::print;
use crate::{door, tools};

/// Instructions of a function: the first byte, the length, and the text.
type Listed = Vec<(usize, usize, String)>;

/// Prints the code of a program, or of one function.
pub fn dis(screen: &Screen, file: &str, input: Input, only: Option<&str>, native: bool) -> Code {
    let module = match tools::module_of(screen, input) {
        Ok(module) => module,
        Err(code) => return code,
    };
    // Nothing runs, so everything may be linked.
    let mut host = Host::new();
    for name in CAPABILITIES {
        if let Err(error) = host.allow(name) {
            screen.error(&error.to_string());
        }
    }
    door::offer(&mut host);
    offer_registers(&mut host, Rc::new(RegisterBank::new()));
    let listing = match native {
        true => machine_code(&host, &module, only),
        false => register_code(&host, &module, only),
    };
    match (listing, only) {
        (Ok(listing), Some(name)) if listing.is_empty() => {
            screen.error(&format!("`{file}` has no code for a function `{name}`"));
            Code::Usage
        }
        (Ok(listing), _) => print(screen, &listing),
        (Err(error), _) => {
            screen.error(&error.to_string());
            Code::Refused
        }
    }
}

fn register_code(host: &Host, module: &Module, only: Option<&str>) -> Result<String, Error> {
    let mut store = Store::new(&Config::new().compile_after(None), host)?;
    let instance = store.load(module)?;
    store.listing(instance, only)
}

fn machine_code(host: &Host, module: &Module, only: Option<&str>) -> Result<String, Error> {
    // Functions are compiled when asked for, not because they are hot.
    let config = Config::new().compile_after(Some(u32::MAX)).native_lines(true);
    let mut store = Store::new(&config, host)?;
    let instance = store.load(module)?;
    let codes = store.native_code(instance, only)?;
    let shown: Vec<String> = codes.iter().map(|code| function(module, code)).collect();
    Ok(shown.join("\n"))
}

/// The machine code of one function, the source lines between.
fn function(module: &Module, code: &NativeCode) -> String {
    let mut out = format!("{}: {} bytes\n", code.name, code.bytes.len());
    let source = module.source_named(&code.file);
    let mut lines = code.lines.iter().peekable();
    let mut line = 0;
    for (at, length, text) in instructions(code) {
        let mut here = line;
        while let Some((_, found)) = lines.next_if(|(from, _)| *from as usize <= at) {
            here = *found;
        }
        if here != line && here != 0 {
            line = here;
            let text = source.map_or("", |source| source.line_text(line)).trim();
            let _ = writeln!(out, "  ; line {line}: {text}");
        }
        let mut calls = code.calls.iter();
        let call = calls.find(|(place, _)| (at..at + length).contains(&(*place as usize)));
        let _ = match call {
            Some((_, name)) => writeln!(out, "  {at:>5}  {text}  ; {name}"),
            None => writeln!(out, "  {at:>5}  {text}"),
        };
    }
    out
}

/// The instructions of this machine.
#[cfg(target_arch = "x86_64")]
fn instructions(code: &NativeCode) -> Listed {
    use iced_x86::{Decoder, DecoderOptions, Formatter, NasmFormatter};
    let mut formatter = NasmFormatter::new();
    let options = formatter.options_mut();
    options.set_branch_leading_zeros(false);
    options.set_space_after_operand_separator(true);
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_rip_relative_addresses(true);
    let decoder = Decoder::new(64, &code.bytes, DecoderOptions::NONE);
    let mut show = |instruction| {
        let mut text = String::new();
        formatter.format(&instruction, &mut text);
        (instruction.ip() as usize, instruction.len(), text)
    };
    decoder.into_iter().map(&mut show).collect()
}

/// The instructions as numbers: there is nothing here that knows those of this machine.
#[cfg(not(target_arch = "x86_64"))]
fn instructions(code: &NativeCode) -> Listed {
    let word = |(i, bytes): (usize, &[u8])| {
        let text = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
        (i * 4, bytes.len(), text)
    };
    code.bytes.chunks(4).enumerate().map(word).collect()
}
