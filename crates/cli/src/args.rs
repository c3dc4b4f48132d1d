//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use kaa::door::{Door, bytecode_vm, stick};

use crate::exit;

/// Runs, checks and translates Kaa programs.
#[derive(Parser, Debug)]
#[command(name = "kaa", version, after_help = exit::HELP)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// `kaa FILE` is short for `kaa run FILE`.
    #[command(flatten)]
    pub run: Option<RunArgs>,
    /// When to colour messages.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Runs a program.
    #[command(after_help = exit::HELP)]
    Run(RunArgs),
    /// Runs a program that stops where you say, and shows what it holds.
    Debug(DebugArgs),
    /// Reports what is wrong with programs, without running them.
    Check {
        /// Files, folders with `.kaa` files, or `-` for the standard input.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<String>,
        /// Prints each report as one line of JSON.
        #[arg(long)]
        json: bool,
        /// How programs of other machines are read.
        #[command(flatten)]
        door: DoorArgs,
    },
    /// Runs the functions with `@test` before them.
    Test(TestArgs),
    /// Brings programs into the one layout.
    Fmt(FmtArgs),
    /// Applies the exact edits that reports propose.
    Fix(FixArgs),
    /// Translates a program to the binary form of the IR (`.kab`), or to a program of its own.
    Build {
        /// A `.kaa`, `.kir` or `.kab` file, or `-` for the standard input.
        file: String,
        /// Where to write; without it, beside the program.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Makes an executable with machine code that runs without anything else.
        #[arg(long)]
        native: bool,
        /// Grants capabilities to the executable: fs, fs=FOLDER, env, time, process, random.
        #[arg(long, value_name = "LIST", value_delimiter = ',', requires = "native")]
        allow: Vec<String>,
    },
    /// Prints the IR of a program as text.
    Ir {
        /// A `.kaa`, `.kir` or `.kab` file, or one of another machine, or `-` for the standard
        /// input.
        file: String,
        /// How programs of other machines are read.
        #[command(flatten)]
        door: DoorArgs,
    },
    /// Writes the binary form of a program of another machine that is given as text.
    Asm {
        /// A file in the machine's text form, or `-` for the standard input.
        file: String,
        /// Where to write; without it, beside the text.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// How programs of other machines are read.
        #[command(flatten)]
        door: DoorArgs,
    },
    /// Prints the register code or machine code of a program with its source lines; of a program
    /// of another machine its own instructions.
    Dis {
        /// A `.kaa`, `.kir` or `.kab` file, or one of another machine, or `-` for the standard
        /// input.
        file: String,
        /// Only the function with this name.
        function: Option<String>,
        /// Prints the machine code that is made of functions before they run.
        #[arg(long)]
        native: bool,
        /// Prints the register code also where the machine has instructions of its own.
        #[arg(long)]
        code: bool,
        /// How programs of other machines are read.
        #[command(flatten)]
        door: DoorArgs,
    },
    /// Tells about what is built in and about programs.
    Doc(DocArgs),
    /// Explains the code of a diagnostic or the name of a trap.
    Explain {
        /// Such as `E0204` or `overflow`.
        code: String,
    },
    /// Prints the version.
    Version,
}

/// How programs of other machines are read.
#[derive(Args, Debug, Default, Clone)]
pub struct DoorArgs {
    /// The machine, where the file does not tell: stk, bvm, solid-snake, fir.
    #[arg(long = "as", value_name = "MACHINE", value_parser = door)]
    pub machine: Option<Door>,
    /// The numbering of StickVM's instructions.
    #[arg(long, value_name = "A|B1|C", value_parser = stick_numbering)]
    pub stk_numbering: Option<stick::Numbering>,
    /// The numbering of Bytecode VM's instructions: as in its code, or as in the text about it.
    #[arg(long, value_name = "source|readme", value_parser = bvm_numbering)]
    pub bvm_numbering: Option<bytecode_vm::Numbering>,
}

fn door(name: &str) -> Result<Door, String> {
    Door::named(name).ok_or_else(|| {
        let names: Vec<&str> = Door::ALL.iter().map(|door| door.name()).collect();
        format!("the machines are {}", names.join(", "))
    })
}

fn stick_numbering(name: &str) -> Result<stick::Numbering, String> {
    stick::Numbering::named(name).ok_or_else(|| "the numberings are A, B1 and C".to_owned())
}

fn bvm_numbering(name: &str) -> Result<bytecode_vm::Numbering, String> {
    let found = bytecode_vm::Numbering::named(name);
    found.ok_or_else(|| "the numberings are source and readme".to_owned())
}

/// How to run a program.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// A `.kaa`, `.kir` or `.kab` file, or one of another machine, or `-` for the standard input.
    pub file: String,
    /// Arguments for the program; flags behind the first one are the program's too.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<String>,
    /// What runs the program.
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub engine: EngineArg,
    /// Compiles what has been entered so often.
    #[arg(long, value_name = "N")]
    pub jit_threshold: Option<u32>,
    /// Compiles while the program waits, not beside it.
    #[arg(long)]
    pub jit_sync: bool,
    /// Keeps machine code in a folder that only you can write to, for later runs.
    #[arg(long, value_name = "FOLDER")]
    pub cache: Option<PathBuf>,
    /// Writes where compiled functions are to /tmp/perf-PID.map, for the profiler perf.
    #[arg(long)]
    pub perf_map: bool,
    /// Writes compiled functions to jit-PID.dump in a folder, for `perf inject --jit`.
    #[arg(long, value_name = "FOLDER")]
    pub jitdump: Option<PathBuf>,
    /// Ends the program after about this many operations.
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// Limits the heap, such as 64M or 2G.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_heap: Option<u64>,
    /// Limits how deep calls may be nested.
    #[arg(long, value_name = "N")]
    pub max_depth: Option<usize>,
    /// Grants capabilities: fs, fs=FOLDER, env, time, process, random.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Tells at the end what the run took.
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "text")]
    pub stats: Option<StatsForm>,
    /// Tells at the end which lines copied values that another name still held.
    #[arg(long)]
    pub explain_copies: bool,
    /// The machine, where the file does not tell: stk, bvm, solid-snake, fir.
    #[arg(long = "as", value_name = "MACHINE", value_parser = door)]
    pub machine: Option<Door>,
    /// The numbering of StickVM's instructions.
    #[arg(long, value_name = "A|B1|C", value_parser = stick_numbering)]
    pub stk_numbering: Option<stick::Numbering>,
    /// The numbering of Bytecode VM's instructions: as in its code, or as in the text about it.
    #[arg(long, value_name = "source|readme", value_parser = bvm_numbering)]
    pub bvm_numbering: Option<bytecode_vm::Numbering>,
    /// Writes the final state of a program of another machine as JSON.
    #[arg(long, value_name = "FILE")]
    pub dump_state: Option<PathBuf>,
    /// What the registers of a program of another machine hold at first: a JSON object.
    #[arg(long, value_name = "JSON")]
    pub init_registers: Option<String>,
    /// The constants of a program of Solid Snake: a JSON array of strings and arrays of bytes.
    #[arg(long, value_name = "JSON")]
    pub constants: Option<String>,
    /// Prints each operation of a program of Solid Snake before it is executed.
    #[arg(long)]
    pub debug_log: bool,
    /// Logs every instruction with the values of its operands.
    #[arg(long)]
    pub trace: bool,
    /// Collects garbage at every safepoint and verifies the heap each time.
    #[arg(long)]
    pub gc_stress: bool,
}

impl RunArgs {
    /// How programs of other machines are read. The flags stand twice in this file because
    /// arguments that may be left out as a whole cannot have others nested in them.
    pub fn door(&self) -> DoorArgs {
        DoorArgs {
            machine: self.machine,
            stk_numbering: self.stk_numbering,
            bvm_numbering: self.bvm_numbering,
        }
    }
}

/// What to debug.
#[derive(Args, Debug)]
pub struct DebugArgs {
    /// Reads commands from a file in place of the terminal.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// The program.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Which tests to run, and how.
#[derive(Args, Debug)]
pub struct TestArgs {
    /// `.kaa` files, or folders with them.
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<String>,
    /// Runs only tests whose `FILE::NAME` has this text in it; may be given several times.
    #[arg(short = 'k', long = "filter", value_name = "TEXT")]
    pub filter: Vec<String>,
    /// Ends with the first test that fails.
    #[arg(short = 'x', long)]
    pub fail_fast: bool,
    /// Prints each result as one line of JSON.
    #[arg(long)]
    pub json: bool,
    /// Also writes the results as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Ends a test after about this many operations.
    #[arg(long, value_name = "N", default_value = "2000000000")]
    pub fuel: u64,
    /// Limits the heap of a test.
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "1G")]
    pub max_heap: u64,
    /// Grants capabilities: fs, fs=FOLDER, env, time, process, random.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub allow: Vec<String>,
}

/// What to format.
#[derive(Args, Debug)]
pub struct FmtArgs {
    /// `.kaa` files, folders with them, or `-` for the standard input, printed formatted.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Changes nothing; the exit code is 1 where something would change.
    #[arg(long)]
    pub check: bool,
    /// Changes nothing; prints what would change.
    #[arg(long)]
    pub diff: bool,
}

/// What to tell about.
#[derive(Args, Debug)]
pub struct DocArgs {
    /// Such as `list`, `math.sqrt` or `shapes.kaa`; without one, all names are listed.
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Writes pages about the library and the programs that are named.
    #[arg(long, value_name = "FOLDER")]
    pub html: Option<PathBuf>,
}

/// What to fix.
#[derive(Args, Debug)]
pub struct FixArgs {
    /// `.kaa` files, or folders with them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Changes nothing; prints what would change.
    #[arg(long, visible_alias = "diff")]
    pub dry_run: bool,
}

/// The engines.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum EngineArg {
    /// The interpreter, and compiled code for what is hot.
    Auto,
    /// The interpreter alone.
    Interp,
    /// Compiled code from the start.
    Jit,
    /// The portable interpreter alone.
    Twin,
}

/// Forms of the statistics.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatsForm {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

/// Reads a number of bytes such as `4096`, `64K`, `16M` or `2G`.
fn size(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.to_ascii_uppercase().strip_suffix('B').unwrap_or(text) {
        t if t.ends_with(['K', 'k']) => (&text[..t.len() - 1], 10),
        t if t.ends_with(['M', 'm']) => (&text[..t.len() - 1], 20),
        t if t.ends_with(['G', 'g']) => (&text[..t.len() - 1], 30),
        _ => (text, 0),
    };
    let number: u64 = digits.parse().map_err(|_| "write a number and perhaps K, M or G")?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        let cases =
            [("12", 12), ("4k", 4096), ("64M", 64 << 20), ("2G", 2 << 30), ("1MB", 1 << 20)];
        for (text, bytes) in cases {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "-1", "1T", "1.5G", "99999999999G", "é"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn flags_may_stand_behind_the_file() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        let cli = parse("kaa run a.kaa --allow fs,env x --allow y").expect("the line is right");
        let Some(Command::Run(run)) = cli.command else { panic!("run was expected") };
        assert_eq!(run.allow, ["fs", "env"]);
        assert_eq!(run.args, ["x", "--allow", "y"]);
        let cli = parse("kaa --fuel 5 a.kaa -v").expect("the line is right");
        let run = cli.run.expect("run is the default");
        assert_eq!((run.file.as_str(), run.fuel), ("a.kaa", Some(5)));
        assert_eq!(run.args, ["-v"]);
        assert!(parse("kaa run").is_err());
        assert!(parse("kaa run a.kaa --engine fast").is_err());
        assert!(parse("kaa").is_err());
    }
}
