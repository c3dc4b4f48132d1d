//! The commands that show or translate a program: build, ir, explain, version.

use std::path::{Path, PathBuf};

use kaa::Module;

use crate::args::DoorArgs;
use crate::exit::Code;
use crate::input::{Input, reason};
use crate::render::Screen;
use crate::run::print;

/// Reads a module; what is wrong is shown.
pub fn module(screen: &Screen, file: &str, door: &DoorArgs) -> Result<Module, Code> {
    module_of(screen, read(screen, file, door)?)
}

/// Reads a program; that it cannot be read is shown.
pub fn read(screen: &Screen, file: &str, door: &DoorArgs) -> Result<Input, Code> {
    Input::read_as(file, door).map_err(|message| {
        screen.error(&message);
        Code::Files
    })
}

/// Makes a module; what is wrong is shown.
pub fn module_of(screen: &Screen, input: Input) -> Result<Module, Code> {
    let module = input.module().map_err(|found| {
        screen.diagnostics(&found);
        Code::Refused
    })?;
    screen.diagnostics(module.diagnostics());
    Ok(module)
}

/// Reads a module that is no program of another machine; what is wrong is shown.
pub fn own_module(screen: &Screen, file: &str) -> Result<Module, Code> {
    match read(screen, file, &DoorArgs::default())?.foreign() {
        Ok(foreign) => {
            let machine = foreign.door.name();
            let text = format!("`{file}` is a program of `{machine}`: `kaa run` runs it as it is");
            screen.error(&text);
            Err(Code::Usage)
        }
        Err(input) => module_of(screen, input),
    }
}

/// `kaa build`
pub fn build(screen: &Screen, file: &str, output: Option<PathBuf>) -> Code {
    let module = match own_module(screen, file) {
        Ok(module) => module,
        Err(code) => return code,
    };
    let output = match output_beside(screen, file, output, "kab") {
        Ok(output) => output,
        Err(code) => return code,
    };
    match std::fs::write(&output, module.to_bytes()) {
        Ok(()) => Code::Done,
        Err(error) => {
            screen.error(&format!("cannot write `{}`: {}", output.display(), reason(&error)));
            Code::Files
        }
    }
}

/// Where to write what was made of a file: beside it, unless said otherwise.
pub fn output_beside(
    screen: &Screen,
    file: &str,
    output: Option<PathBuf>,
    ending: &str,
) -> Result<PathBuf, Code> {
    let output = match (output, file) {
        (Some(output), _) => output,
        (None, "-") => {
            screen.error("`-o FILE` is needed where the program comes from the standard input");
            return Err(Code::Usage);
        }
        (None, file) => Path::new(file).with_extension(ending),
    };
    if output.as_path() == Path::new(file) {
        screen.error("the output would replace the program; choose another with `-o FILE`");
        return Err(Code::Usage);
    }
    Ok(output)
}

/// `kaa ir`
pub fn ir(screen: &Screen, file: &str, door: &DoorArgs) -> Code {
    match module(screen, file, door) {
        Ok(module) => print(screen, &module.to_ir_text()),
        Err(code) => code,
    }
}

/// `kaa explain`
pub fn explain(screen: &Screen, code: &str) -> Code {
    let Some(told) = kaa::explain(code) else {
        screen.error(&format!("there is no code `{code}`"));
        return Code::Usage;
    };
    let mut text = format!("{}: {}\n\n{}\n", told.code, told.title, wrapped(&told.reason));
    for (title, program) in [("Wrong", &told.wrong), ("Right", &told.right)] {
        if !program.is_empty() {
            let lines = program.lines().map(|line| format!("    {line}\n"));
            text.push_str(&format!("\n{title}:\n\n{}", lines.collect::<String>()));
        }
    }
    print(screen, &text)
}

/// Text in lines of at most 80 characters.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 {
            let fits = width + 1 + length <= 80;
            out.push(if fits { ' ' } else { '\n' });
            width = if fits { width + 1 } else { 0 };
        }
        out.push_str(word);
        width += length;
    }
    out
}

/// `kaa version`
pub fn version(screen: &Screen) -> Code {
    print(screen, concat!("kaa ", env!("CARGO_PKG_VERSION"), "\n"))
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_text_is_wrapped() {
        let text = wrapped(&"word ".repeat(40));
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert_eq!(text.split_whitespace().count(), 40);
        assert_eq!(wrapped("a  b"), "a b");
    }
}
