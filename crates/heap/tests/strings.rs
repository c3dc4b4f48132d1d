//! Strings against `str`: positions are code points, whatever their width.

use kaa_heap::{Heap, HeapConfig};

fn heap() -> Heap {
    Heap::new(HeapConfig::default()).expect("address space")
}

/// Texts around the borders of the index: empty, ASCII, mixed widths, 63 to 300 characters.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> =
        ["", "a", "ä", "日本", "plain ascii", "🐍é"].map(Into::into).into();
    for len in [63, 64, 65, 66, 127, 128, 129, 193, 300] {
        texts.push("x".repeat(len));
        texts.push(['a', 'é', '日', '🐍'].iter().cycle().take(len).collect());
        texts.push("x".repeat(len - 1) + "ß");
    }
    texts
}

#[test]
fn every_position_of_every_text() {
    let mut heap = heap();
    for text in texts() {
        let s = heap.new_str(&text).expect("room");
        assert_eq!(heap.str(s), text);
        assert_eq!(heap.is_ascii(s), text.is_ascii());
        assert_eq!(heap.str_len(s) as usize, text.chars().count());
        for (i, (byte, c)) in text.char_indices().enumerate() {
            assert_eq!(heap.str_char_at(s, i as u32), Some(c), "{text:?} at {i}");
            assert_eq!(heap.str_byte_offset(s, i as u32) as usize, byte);
        }
        let end = heap.str_len(s);
        assert_eq!(heap.str_char_at(s, end), None);
        assert_eq!(heap.str_char_at(s, u32::MAX), None);
        assert_eq!(heap.str_byte_offset(s, end) as usize, text.len());
    }
}

#[test]
fn slices_are_those_of_the_characters() {
    let mut heap = heap();
    for text in texts() {
        let chars: Vec<char> = text.chars().collect();
        let s = heap.new_str(&text).expect("room");
        for from in (0..=chars.len()).step_by(13) {
            for to in (from..=chars.len()).step_by(7).chain([chars.len() + 9]) {
                let part = heap.str_slice_chars(s, from as u32, to as u32).expect("room");
                let want: String = chars[from..to.min(chars.len())].iter().collect();
                assert_eq!(heap.str(part), want);
                assert_eq!(heap.str_len(part) as usize, want.chars().count());
                assert_eq!(heap.is_ascii(part), want.is_ascii());
                let last = heap.str_len(part).wrapping_sub(1);
                assert_eq!(heap.str_char_at(part, last), want.chars().last());
            }
        }
        let nothing = heap.str_slice_chars(s, 5, 2).expect("room");
        assert_eq!(heap.str(nothing), "");
    }
}

#[test]
fn concatenation_keeps_the_index_right() {
    let mut heap = heap();
    let texts = texts();
    for (a, b) in texts.iter().zip(texts.iter().rev()) {
        let (x, y) = (heap.new_str(a).expect("room"), heap.new_str(b).expect("room"));
        let whole = heap.str_concat(x, y).expect("room");
        let want = a.clone() + b;
        assert_eq!(heap.str(whole), want);
        for (i, c) in want.chars().enumerate() {
            assert_eq!(heap.str_char_at(whole, i as u32), Some(c));
        }
        let same = heap.new_str(&want).expect("room");
        assert_eq!(heap.str_hash(whole), heap.str_hash(same));
        assert!(heap.str_eq(whole, same));
    }
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    let mut heap = heap();
    for bad in [&[0xff][..], &[0xc3], b"ok\xed\xa0\x80"] {
        assert_eq!(heap.new_str_from_bytes(bad), Ok(None));
    }
    let good = heap.new_str_from_bytes("é".as_bytes()).expect("room").expect("text");
    assert_eq!(heap.str(good), "é");
}

#[test]
fn bytes_are_kept_as_they_are() {
    let mut heap = heap();
    for len in [0usize, 1, 15, 16, 5000, 100_000] {
        let data: Vec<u8> = (0..len).map(|i| (i * 7) as u8).collect();
        let object = heap.new_bytes(&data).expect("room");
        assert_eq!(heap.bytes(object), data);
    }
}
