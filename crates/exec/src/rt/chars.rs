//! Characters: Python's methods of one-letter strings.

use super::args::{invalid, quoted};
use super::output::char_arg;
use crate::native::{Call, Fault, NativeResult};
use crate::text;

super::natives! {
    "char.of_str" "(str) -> u32" of_str;
    "char.isalpha" "(u32) -> bool" |c| test(c, text::is_alpha);
    "char.isdigit" "(u32) -> bool" |c| test(c, text::is_digit);
    "char.isdecimal" "(u32) -> bool" |c| test(c, text::is_decimal);
    "char.isnumeric" "(u32) -> bool" |c| test(c, text::is_numeric);
    "char.isalnum" "(u32) -> bool" |c| test(c, text::is_alnum);
    "char.isspace" "(u32) -> bool" |c| test(c, text::is_space);
    "char.isupper" "(u32) -> bool" |c| test(c, text::is_upper);
    "char.islower" "(u32) -> bool" |c| test(c, text::is_lower);
    "char.isascii" "(u32) -> bool" |c| test(c, str::is_ascii);
    "char.isprintable" "(u32) -> bool" |c| test(c, text::is_printable);
    "char.isidentifier" "(u32) -> bool" |c| test(c, text::is_identifier);
    "char.upper" "(u32) -> str" |c| change(c, text::upper);
    "char.lower" "(u32) -> str" |c| change(c, text::lower);
    "char.title" "(u32) -> str" |c| change(c, text::title);
    "char.swapcase" "(u32) -> str" |c| change(c, text::swapcase);
    "ord" "(u32) -> i64" |c| { c.set_int(0, i64::from(c.arg(0) as u32)); Ok(()) };
    "char.from_int" "(i64) -> u32" |c| {
        let made = of_code(c.int(0))?;
        c.set(0, u64::from(u32::from(made)));
        Ok(())
    };
    "chr" "(i64) -> str" |c| {
        let made = of_code(c.int(0))?;
        c.give_str(0, made.encode_utf8(&mut [0; 4]))
    };
}

fn of_str(call: &mut Call<'_>) -> NativeResult {
    let text = call.held(0);
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => call.set(0, u64::from(u32::from(only))),
        _ => return Err(invalid(format!("{} is not exactly one character", quoted(text)))),
    }
    Ok(())
}

fn test(call: &mut Call<'_>, passes: fn(&str) -> bool) -> NativeResult {
    let c = char_arg(call, 0)?;
    call.set_bool(0, passes(c.encode_utf8(&mut [0; 4])));
    Ok(())
}

fn change(call: &mut Call<'_>, write: fn(&mut String, &str)) -> NativeResult {
    let c = char_arg(call, 0)?;
    call.build(|out| {
        write(out, c.encode_utf8(&mut [0; 4]));
        Ok(())
    })
}

fn of_code(code: i64) -> Result<char, Box<Fault>> {
    text::chr(code).map_err(|_| invalid(format!("{code} is not the code of a character")))
}
