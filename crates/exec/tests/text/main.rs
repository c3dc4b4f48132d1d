//! The text routines against what CPython answered.
//!
//! `record.py` recorded the answers in the `.txt` files beside this one; `line.rs` reads
//! a line. Limits and errors that CPython does not have are tested in `limits.rs`.

mod limits;
mod line;

use kaa_exec::text::{self, FormatError, FormatSpec, Text, TextError};
use line::{Args, Show};

/// The least number of lines that the files must hold, lest a lost file pass unseen.
const LEAST: usize = 5000;

#[test]
fn answers_as_cpython_does() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/text");
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder of the tests") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        for line in std::fs::read_to_string(&path).expect("recorded lines").lines() {
            let (name, args, wanted) = Args::of_line(line);
            let got = call(&name, args);
            count += 1;
            if got != wanted {
                wrong.push(format!("{line}\n    got {got}"));
            }
        }
    }
    let shown = wrong[..wrong.len().min(40)].join("\n");
    assert!(wrong.is_empty(), "{} of {count} lines are wrong:\n{shown}", wrong.len());
    assert!(count >= LEAST, "only {count} lines were found");
}

fn call(name: &str, mut args: Args) -> String {
    let args = &mut args;
    let families = [numbers, formats, search, pieces, edits, cases, classes];
    let found = families.iter().find_map(|family| family(name, args));
    found.unwrap_or_else(|| panic!("no function {name}"))
}

fn numbers(name: &str, args: &mut Args) -> Option<String> {
    Some(match name {
        "repr_float" => text::repr_float(args.float()).show(),
        "round_float" => text::round_half_even(args.float(), args.int()).show(),
        "round_to_int" => text::round_to_int(args.float()).show(),
        "round_int" => text::round_int(args.int(), args.int()).show(),
        "float_div_mod" => text::float_div_mod(args.float(), args.float()).show(),
        "int_div_mod" => text::int_div_mod(args.int(), args.int()).show(),
        "int_pow" => text::int_pow(args.int(), args.int()).show(),
        "pow_mod" => text::pow_mod(args.int(), args.int(), args.int()).show(),
        "parse_float" => text::parse_float(&args.text()).show(),
        "parse_int" => text::parse_int(&args.text(), args.int() as u32).show(),
        _ => return None,
    })
}

fn formats(name: &str, args: &mut Args) -> Option<String> {
    type Obey<'a> = &'a dyn Fn(&mut String, &FormatSpec) -> Result<(), FormatError>;
    fn obey(spec: String, obey: Obey) -> String {
        let mut out = String::new();
        let done = FormatSpec::parse(&spec).and_then(|spec| obey(&mut out, &spec));
        done.map(|()| out).show()
    }
    Some(match name {
        "format_float" => {
            let value = args.float();
            obey(args.text(), &|out, spec| text::format_float(out, value, spec))
        }
        "format_int" => {
            let value = i128::from(args.int());
            obey(args.text(), &|out, spec| text::format_int(out, value, spec))
        }
        "format_bool" => {
            let value = args.flag();
            obey(args.text(), &|out, spec| text::format_bool(out, value, spec))
        }
        "format_str" => {
            let value = args.text();
            obey(args.text(), &|out, spec| text::format_str(out, &value, spec))
        }
        "repr_str" => text::repr_str(&args.text()).show(),
        "repr_bytes" => {
            let bytes: Vec<u8> = args.text().chars().map(|c| c as u8).collect();
            text::repr_bytes(&bytes).show()
        }
        "ord" => text::ord(&args.text()).show(),
        "chr" => text::chr(args.int()).show(),
        _ => return None,
    })
}

fn search(name: &str, args: &mut Args) -> Option<String> {
    let known = ["find", "rfind", "count", "starts_with", "ends_with", "slice", "char_at", "len"];
    if !known.contains(&name) {
        return None;
    }
    let s = args.text();
    let s = Text::new(&s);
    Some(match name {
        "len" => s.len().show(),
        "char_at" => s.char_at(args.int()).ok_or(()).show(),
        "slice" => {
            let (start, stop, step) = (args.maybe_int(), args.maybe_int(), args.int());
            let mut out = String::new();
            let made = s.write_slice(&mut out, start, stop, step);
            if step == 1 {
                assert_eq!(out, s.slice(start, stop));
            }
            made.map(|()| out).ok_or(()).show()
        }
        _ => {
            let needle = args.text();
            let start = args.maybe_int().unwrap_or(0);
            let end = args.maybe_int().unwrap_or(i64::MAX);
            let index = |found: Option<usize>| found.map_or(-1, |index| index as i64).show();
            match name {
                "find" => index(text::find(s, &needle, start, end)),
                "rfind" => index(text::rfind(s, &needle, start, end)),
                "count" => text::count(s, &needle, start, end).show(),
                "starts_with" => text::starts_with(s, &needle, start, end).show(),
                _ => text::ends_with(s, &needle, start, end).show(),
            }
        }
    })
}

fn pieces(name: &str, args: &mut Args) -> Option<String> {
    let text_of = |args: &mut Args| args.text();
    Some(match name {
        "split" => {
            let (s, separator) = (text_of(args), text_of(args));
            text::split(&s, &separator, args.int()).map(Iterator::collect::<Vec<_>>).show()
        }
        "rsplit" => {
            let (s, separator) = (text_of(args), text_of(args));
            text::rsplit(&s, &separator, args.int()).show()
        }
        "split_whitespace" => {
            text::split_whitespace(&args.text(), args.int()).collect::<Vec<_>>().show()
        }
        "rsplit_whitespace" => text::rsplit_whitespace(&args.text(), args.int()).show(),
        "split_lines" => text::split_lines(&args.text(), args.flag()).collect::<Vec<_>>().show(),
        "partition" => text::partition(&args.text(), &args.text()).map(Vec::from).show(),
        "rpartition" => text::rpartition(&args.text(), &args.text()).map(Vec::from).show(),
        _ => return None,
    })
}

fn edits(name: &str, args: &mut Args) -> Option<String> {
    const LIMIT: usize = 1 << 20;
    let mut out = String::new();
    let made: Result<(), TextError> = match name {
        "strip" => return Some(text::strip(&args.text(), args.maybe_text().as_deref()).show()),
        "lstrip" => return Some(text::lstrip(&args.text(), args.maybe_text().as_deref()).show()),
        "rstrip" => return Some(text::rstrip(&args.text(), args.maybe_text().as_deref()).show()),
        "remove_prefix" => return Some(text::remove_prefix(&args.text(), &args.text()).show()),
        "remove_suffix" => return Some(text::remove_suffix(&args.text(), &args.text()).show()),
        "replace" => {
            let (s, from, to) = (args.text(), args.text(), args.text());
            text::replace(&mut out, &s, &from, &to, args.int(), LIMIT)
        }
        "center" => text::center(&mut out, &args.text(), args.int(), &args.text(), LIMIT),
        "ljust" => text::ljust(&mut out, &args.text(), args.int(), &args.text(), LIMIT),
        "rjust" => text::rjust(&mut out, &args.text(), args.int(), &args.text(), LIMIT),
        "zfill" => text::zfill(&mut out, &args.text(), args.int(), LIMIT),
        "expandtabs" => text::expandtabs(&mut out, &args.text(), args.int(), LIMIT),
        _ => return None,
    };
    Some(made.map(|()| out).show())
}

fn cases(name: &str, args: &mut Args) -> Option<String> {
    let change = match name {
        "upper" => text::upper,
        "lower" => text::lower,
        "casefold" => text::casefold,
        "capitalize" => text::capitalize,
        "title" => text::title,
        "swapcase" => text::swapcase,
        _ => return None,
    };
    let mut out = String::from("kept");
    change(&mut out, &args.text());
    out.strip_prefix("kept").map(Show::show)
}

fn classes(name: &str, args: &mut Args) -> Option<String> {
    let holds = match name {
        "is_alpha" => text::is_alpha,
        "is_decimal" => text::is_decimal,
        "is_digit" => text::is_digit,
        "is_numeric" => text::is_numeric,
        "is_alnum" => text::is_alnum,
        "is_space" => text::is_space,
        "is_printable" => text::is_printable,
        "is_identifier" => text::is_identifier,
        "is_upper" => text::is_upper,
        "is_lower" => text::is_lower,
        "is_title" => text::is_title,
        _ => return None,
    };
    Some(holds(&args.text()).show())
}
