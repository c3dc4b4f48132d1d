//! A short run of mutated modules with a fixed seed, and hostile modules made on purpose. The
//! long run is `examples/fuzz_modules.rs`.

mod cases;
mod mutate;

use std::time::{Duration, Instant};

use kaa_ir::verify::verify;
use kaa_ir::{FieldTy, Module, TypeDef, binary, text};

#[test]
fn mutated_modules_do_no_harm() {
    let seeds = cases::seeds();
    let report = mutate::run(&seeds, 30_000, 1);
    assert!(report.decoded > 3_000 && report.accepted > 100, "{report:?}");
    assert!(report.slowest < Duration::from_secs(1), "{report:?}");
}

#[test]
fn nested_types_cannot_ask_for_much_memory() {
    let mut m = Module::new("bomb");
    let field = |ty| kaa_ir::FieldDef { name: String::new(), ty, mutable: false };
    let fields = vec![field(FieldTy::Val(kaa_ir::ValTy::I64)); 8];
    let mut inner =
        m.declare_type("t0", TypeDef::Struct { parent: None, identity: false, fields }).unwrap();
    let mut refused = false;
    for i in 1..2_000 {
        let fields = vec![field(FieldTy::Inline(inner)); if i < 4 { 8 } else { 1 }];
        match m.declare_type(
            format!("t{i}"),
            TypeDef::Struct { parent: None, identity: false, fields },
        ) {
            Ok(id) => inner = id,
            Err(_) => refused = true,
        }
    }
    assert!(refused);
}

/// A ladder of blocks, each of which jumps to the next and to one far behind: many dominator
/// algorithms take quadratic time on such graphs.
fn ladder(n: usize) -> String {
    let mut source = String::from("func @f(bool) -> () {\nb0(v0: bool):\n  jump b1\n");
    for i in 1..n {
        let far = n - i;
        source += &format!("b{i}:\n  branch v0, b{}, b{}\n", i + 1, far.max(1));
    }
    source += &format!("b{n}:\n  ret ()\n}}\n");
    source
}

#[test]
fn time_is_linear_in_hostile_graphs() {
    for shape in [ladder(100_000), back_edges(50_000), crossing(50_000)] {
        let start = Instant::now();
        let module = text::parse(&shape).unwrap();
        assert_eq!(verify(&module), Ok(()));
        let took = start.elapsed();
        assert!(took < Duration::from_secs(5), "{took:?} for {} bytes", shape.len());
    }
}

/// Every block can go back to any of a few before it.
fn back_edges(n: usize) -> String {
    let mut source = String::from("func @f(bool) -> () {\nb0(v0: bool):\n  jump b1\n");
    for i in 1..n {
        source += &format!("b{i}:\n  branch v0, b{}, b{}\n", i + 1, 1 + i / 2);
    }
    source += &format!("b{n}:\n  ret ()\n}}\n");
    source
}

/// Two chains that run against each other: the order of neither suits the other.
fn crossing(n: usize) -> String {
    let mut source =
        format!("func @f(bool) -> () {{\nb0(v0: bool):\n  branch v0, b1, b{}\n", 2 * n);
    for i in 1..n {
        source += &format!("b{i}:\n  branch v0, b{}, b{}\n", i + 1, n + i);
    }
    source += &format!("b{n}:\n  ret ()\n");
    for i in n + 1..=2 * n {
        source += &format!("b{i}:\n  branch v0, b{}, b{}\n", i - 1, i - n);
    }
    source += "}\n";
    source
}

#[test]
fn any_bytes_are_refused_or_read() {
    let mut random = mutate::Random::new(7);
    for len in 0..2_000usize {
        let mut bytes: Vec<u8> = (0..len % 97).map(|_| random.next() as u8).collect();
        assert!(binary::decode(&bytes).is_err());
        bytes.splice(0..0, *b"KAAB\x01\x00\0\0\0\0\0\0\0\0");
        let _ = binary::decode_ignoring_hash(&bytes);
        let _ = text::parse(&String::from_utf8_lossy(&bytes));
    }
}
