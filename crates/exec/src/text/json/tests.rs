//! Texts that are broken in all ways, and what is said about them.

use super::write::{Layout, lay_out, write_ascii, write_str};
use super::{Found, Number, Scanner, place};

const TEXT: &str = r#"{"a": [1, -2.5e+3, null, true, false,
 "x\u00e9\ud83d\ude00\n"], "é": {"b": []},
 "long enough to take eight bytes at once": "\\\"and so on, ünd so weiter", "n": NaN}"#;
const PLAIN: Layout<'_> =
    Layout { indent: None, sort_keys: false, comma: ", ", colon: ": ", limit: 1 << 20 };
const SORTED: Layout<'_> = Layout { indent: Some(2), sort_keys: true, comma: ",", ..PLAIN };

/// Reads and writes a text in all ways; whether it is JSON.
fn all_ways(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    let found = scanner.skip().and_then(|()| scanner.end());
    if let Err(trouble) = found {
        assert!(place::trouble(text, trouble).starts_with("line "), "{text:?}");
    }
    let mut out = String::new();
    for layout in [PLAIN, SORTED] {
        out.clear();
        assert_eq!(lay_out(&mut out, text, layout).is_ok(), found.is_ok(), "{text:?}");
    }
    if found.is_ok() {
        let mut again = String::new();
        assert!(lay_out(&mut again, &out, SORTED).is_ok(), "{out:?}");
        assert_eq!(out, again, "{text:?}");
    }
    found.is_ok()
}

#[test]
fn every_beginning_of_a_text_is_refused() {
    assert!(all_ways(TEXT));
    for at in 0..=TEXT.len() + 1 {
        let said = place::expected(TEXT, at, "an int", 0);
        assert!(said.starts_with("line "), "{said}");
    }
    for (end, _) in TEXT.char_indices() {
        assert!(!all_ways(&TEXT[..end]), "{}", &TEXT[..end]);
    }
}

#[test]
fn a_text_with_any_change_is_read_or_refused() {
    let letters =
        ["", "\"", "\\", "[", "}", ",", ":", "0", "-", "e", "\n", "\u{0}", "é", "u", " ", "t"];
    for (at, c) in TEXT.char_indices() {
        for letter in letters {
            all_ways(&format!("{}{letter}{}", &TEXT[..at], &TEXT[at + c.len_utf8()..]));
            all_ways(&format!("{}{letter}{}", &TEXT[..at], &TEXT[at..]));
        }
    }
}

#[test]
fn numbers_are_read_exactly() {
    let cases = [
        ("0", Number::Int(0)),
        ("-0", Number::Int(0)),
        ("9223372036854775807", Number::Int(i64::MAX)),
        ("-9223372036854775808", Number::Int(i64::MIN)),
        ("9223372036854775808", Number::Large(Some(1 << 63))),
        ("-9223372036854775809", Number::Large(Some(-(1 << 63) - 1))),
        ("1.0", Number::Float(1.0)),
        ("-1e-2", Number::Float(-0.01)),
        ("1e999", Number::Float(f64::INFINITY)),
        ("2.", Number::Int(2)),
        ("2e", Number::Int(2)),
    ];
    for (text, wanted) in cases {
        assert_eq!(Scanner::new(text).number(), Ok(wanted), "{text}");
    }
    for text in ["-", "+1", "01", "-01", ".5", "x", ""] {
        assert!(Scanner::new(text).number().is_err(), "{text}");
    }
}

#[test]
fn a_string_is_read_as_it_was_written() {
    for c in (0..0x3000).chain(0xfff0..0x10010).filter_map(char::from_u32) {
        let said = format!("abcdefgh{c}i{c}");
        for ascii in [false, true] {
            let mut written = String::new();
            write_str(&mut written, &said);
            let plain = std::mem::take(&mut written);
            match ascii {
                true => write_ascii(&mut written, &plain),
                false => written = plain,
            }
            let mut scanner = Scanner::new(&written);
            let mut read = String::new();
            match scanner.string() {
                Ok(Found::Plain(text)) => read.push_str(text),
                Ok(Found::Escaped(text)) => assert_eq!(scanner.said(text, &mut read), Ok(())),
                Err(trouble) => panic!("{trouble:?} {written}"),
            }
            assert_eq!(read, said, "{written}");
            assert!(!ascii || written.is_ascii());
        }
    }
}

#[test]
fn bombs_are_refused() {
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "[{\"a\":".repeat(50_000)] {
        let mut scanner = Scanner::new(&text);
        let trouble = scanner.skip().expect_err("it is too deep");
        assert!(place::trouble(&text, trouble).ends_with("512 deep"));
        assert!(place::trouble(&text, trouble).len() < 400);
        assert!(lay_out(&mut String::new(), &text, SORTED).is_err());
    }
}
