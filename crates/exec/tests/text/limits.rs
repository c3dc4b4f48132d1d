//! What CPython does not have: limits of size, narrow floats, codes of errors.

use kaa_exec::text::{self, FormatError, FormatSpec, ParseError, Slice, Text, TextError};

#[test]
fn results_beyond_the_limit_are_refused() {
    let mut out = String::new();
    let huge = i64::MAX;
    let refused = [
        text::ljust(&mut out, "é", huge, "é", 1000),
        text::rjust(&mut out, "a", 11, " ", 10),
        text::center(&mut out, "a", 1001, "é", 2000),
        text::zfill(&mut out, "1", huge, 1000),
        text::expandtabs(&mut out, "\t\t", huge, 1000),
        text::expandtabs(&mut out, "aaaa", 8, 3),
        text::replace(&mut out, "aaa", "", "1234", -1, 18),
        text::replace(&mut out, "aaa", "b", "1234", -1, 2),
    ];
    assert_eq!(refused, [Err(TextError::TooLong); 8]);
}

#[test]
fn results_at_the_limit_are_made() {
    let mut out = String::from("x");
    assert_eq!(text::replace(&mut out, "aaa", "", "1234", -1, 19), Ok(()));
    assert_eq!(text::rjust(&mut out, "a", 3, "é", 5), Ok(()));
    assert_eq!(text::expandtabs(&mut out, "\t", 3, 24 + 5), Ok(()));
    assert_eq!(out, "x1234a1234a1234a1234ééa   ");
}

#[test]
fn widths_are_bounded() {
    let most = FormatSpec::MAX_FIELD;
    let spec = FormatSpec::parse(&most.to_string()).expect("the widest field");
    let mut out = String::new();
    assert_eq!(text::format_int(&mut out, 7, &spec), Ok(()));
    assert_eq!(out.len(), most);
    for beyond in [format!("{}", most + 1), format!(".{}f", most + 1), "9".repeat(40)] {
        assert_eq!(FormatSpec::parse(&beyond), Err(FormatError::TooLarge));
    }
}

#[test]
fn the_largest_precision_is_zeros_in_the_end() {
    let most = FormatSpec::MAX_FIELD;
    for (letter, start, length) in
        [("f", "0.1000000000000000055", most + 2), ("e", "1.0", most + 6)]
    {
        let spec = FormatSpec::parse(&format!(".{most}{letter}")).expect("a precision");
        let mut out = String::new();
        assert_eq!(text::format_float(&mut out, 0.1, &spec), Ok(()));
        assert_eq!(out.len(), length);
        assert!(out.starts_with(start), "{}", &out[..30]);
        assert!(out.trim_end_matches("e-01").ends_with("000"));
    }
}

#[test]
fn integers_of_every_width_are_formatted() {
    for (value, spec, wanted) in [
        (i128::from(u64::MAX), "", "18446744073709551615"),
        (i128::from(u64::MAX), "_x", "ffff_ffff_ffff_ffff"),
        (i128::MIN, "", "-170141183460469231731687303715884105728"),
        (i128::MIN, "#b", &format!("-0b1{}", "0".repeat(127))),
    ] {
        let mut out = String::new();
        let spec = FormatSpec::parse(spec).expect("a specification");
        assert_eq!(text::format_int(&mut out, value, &spec), Ok(()));
        assert_eq!(out, wanted);
    }
}

#[test]
fn narrow_floats_show_their_own_digits() {
    for (value, wanted) in [
        (0.1_f32, "0.1"),
        (16777216.0, "16777216.0"),
        (f32::MAX, "3.4028235e+38"),
        (1e-5, "1e-05"),
        (-0.0, "-0.0"),
        (f32::NEG_INFINITY, "-inf"),
        (f32::NAN, "nan"),
    ] {
        let mut out = String::new();
        text::write_float32(&mut out, value);
        assert_eq!(out, wanted);
    }
}

#[test]
fn errors_name_what_is_wrong() {
    for (spec, code, message) in [
        ("d", "format-letter", "values of type `str` have no format `d`"),
        (".", "format-no-precision", "digits must follow the `.` of a precision"),
        ("5,,", "format-separators", "only one of `,` and `_` may be given, once"),
        ("5 q", "format-malformed", "the format specification is malformed"),
        ("=5", "format-option", "the alignment `=` does not go with `str`"),
    ] {
        let mut out = String::new();
        let error = FormatSpec::parse(spec)
            .and_then(|spec| text::format_str(&mut out, "a", &spec))
            .expect_err("a wrong specification");
        assert_eq!((error.code(), error.to_string().as_str()), (code, message));
    }
    let spec = FormatSpec::parse(",x").expect("a specification");
    let error = text::format_int(&mut String::new(), 1, &spec).expect_err("no separator");
    assert_eq!(error.to_string(), "the separator `,` does not go with `x`");
}

#[test]
fn out_of_range_is_told_from_malformed() {
    assert_eq!(text::parse_int("9223372036854775808", 10), Err(ParseError::OutOfRange));
    assert_eq!(text::parse_int(&"9".repeat(100), 10), Err(ParseError::OutOfRange));
    assert_eq!(text::parse_int(&("9".repeat(100) + "x"), 10), Err(ParseError::Malformed));
    assert_eq!(text::parse_int("1", 1), Err(ParseError::BadBase));
    assert_eq!(text::parse_int("1", 37), Err(ParseError::BadBase));
    assert_eq!(text::parse_wide("18446744073709551615", 10), Ok(i128::from(u64::MAX)));
    assert_eq!(text::parse_wide(&i128::MIN.to_string(), 10), Ok(i128::MIN));
}

#[test]
fn a_text_not_known_to_be_ascii_answers_the_same() {
    let (known, unknown) = (Text::known("hello", true), Text::known("hello", false));
    for index in -7..7 {
        assert_eq!(known.char_at(index), unknown.char_at(index));
        assert_eq!(known.slice(Some(index), None), unknown.slice(Some(index), None));
    }
    assert_eq!(unknown.char_at(i64::MIN), None);
    assert_eq!(text::find(unknown, "l", 0, i64::MAX), Some(2));
}

#[test]
fn integers_are_written_to_the_ends_of_their_range() {
    for n in [0, 9, 10, 99, 100, 101, 12345, -7, -10, i64::MAX, i64::MIN] {
        let mut out = String::from("n=");
        text::write_int(&mut out, n);
        assert_eq!(out, format!("n={n}"));
    }
    let mut out = String::new();
    text::write_uint(&mut out, u64::MAX);
    assert_eq!(out, "18446744073709551615");
}

#[test]
fn the_indices_of_a_slice_are_those_of_its_text() {
    let letters = "abcdefg";
    let ends = [None, Some(-9), Some(-7), Some(-2), Some(0), Some(3), Some(7), Some(i64::MAX)];
    for step in [1, 2, 3, -1, -3, i64::MAX, i64::MIN] {
        for (start, stop) in ends.iter().flat_map(|&start| ends.map(|stop| (start, stop))) {
            let mut wanted = String::new();
            Text::new(letters).write_slice(&mut wanted, start, stop, step).expect("a step");
            let part = Slice::resolve(start, stop, step, letters.len()).expect("a step");
            let got: String = part.indices().map(|at| char::from(letters.as_bytes()[at])).collect();
            assert_eq!(got, wanted, "[{start:?}:{stop:?}:{step}]");
        }
    }
}
