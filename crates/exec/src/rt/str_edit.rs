//! Strings: changed copies and parts. A part that is the whole is the object itself.

use crate::native::{Call, NativeResult};
use crate::text::{self, TextError};

super::natives! {
    "str.capitalize" "(str) -> str" |c| change(c, text::capitalize);
    "str.casefold" "(str) -> str" |c| change(c, text::casefold);
    "str.lower" "(str) -> str" |c| change(c, text::lower);
    "str.swapcase" "(str) -> str" |c| change(c, text::swapcase);
    "str.title" "(str) -> str" |c| change(c, text::title);
    "str.upper" "(str) -> str" |c| change(c, text::upper);
    "str.strip" "(str, opt str) -> str" |c| strip(c, text::strip);
    "str.lstrip" "(str, opt str) -> str" |c| strip(c, text::lstrip);
    "str.rstrip" "(str, opt str) -> str" |c| strip(c, text::rstrip);
    "str.removeprefix" "(str, str) -> str" |c| cut(c, text::remove_prefix);
    "str.removesuffix" "(str, str) -> str" |c| cut(c, text::remove_suffix);
    "str.replace" "(str, str, str, i64) -> str" replace;
    "str.center" "(str, i64, str) -> str" |c| pad(c, text::center);
    "str.ljust" "(str, i64, str) -> str" |c| pad(c, text::ljust);
    "str.rjust" "(str, i64, str) -> str" |c| pad(c, text::rjust);
    "str.zfill" "(str, i64) -> str" |c| widen(c, text::zfill);
    "str.expandtabs" "(str, i64) -> str" |c| widen(c, text::expandtabs);
}

fn change(call: &mut Call<'_>, write: fn(&mut String, &str)) -> NativeResult {
    let text = call.held(0);
    call.build(|out| {
        write(out, text);
        Ok(())
    })
}

fn strip(call: &mut Call<'_>, strip: for<'s> fn(&'s str, Option<&str>) -> &'s str) -> NativeResult {
    let part = strip(call.held(0), call.opt_str(1));
    call.charge_bytes(call.str(0).len());
    call.give_part(0, 0, part)
}

fn cut(call: &mut Call<'_>, cut: for<'s> fn(&'s str, &str) -> &'s str) -> NativeResult {
    let part = cut(call.held(0), call.held(1));
    call.charge_bytes(call.str(0).len());
    call.give_part(0, 0, part)
}

fn replace(call: &mut Call<'_>) -> NativeResult {
    let (text, from, to) = (call.held(0), call.held(1), call.held(2));
    let (most, limit) = (call.int(3), call.limit());
    call.charge_bytes(text.len());
    call.build(|out| Ok(text::replace(out, text, from, to, most, limit)?))
}

type Pad = fn(&mut String, &str, i64, &str, usize) -> Result<(), TextError>;

fn pad(call: &mut Call<'_>, pad: Pad) -> NativeResult {
    let (text, width, fill, limit) = (call.held(0), call.int(1), call.held(2), call.limit());
    call.build(|out| Ok(pad(out, text, width, fill, limit)?))
}

fn widen(
    call: &mut Call<'_>,
    widen: fn(&mut String, &str, i64, usize) -> Result<(), TextError>,
) -> NativeResult {
    let (text, width, limit) = (call.held(0), call.int(1), call.limit());
    call.build(|out| Ok(widen(out, text, width, limit)?))
}
