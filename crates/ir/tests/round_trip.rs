//! Both outside forms give back what they were given, for every case of the test files and for
//! modules from the builder; the text that is printed is the canonical one.

mod cases;

use kaa_ir::verify::verify;
use kaa_ir::{FieldDef, FieldTy, FunctionBuilder, Inst, Loc, Module, Signature, TypeDef, ValTy};
use kaa_ir::{binary, text};

fn check(module: &Module, name: &str) {
    let printed = text::print(module);
    let parsed = match text::parse(&printed) {
        Ok(parsed) => parsed,
        Err(e) => panic!("{name}: {e}\n{printed}"),
    };
    assert_eq!(&parsed, module, "{name}: text\n{printed}");
    assert_eq!(text::print(&parsed), printed, "{name}: the canonical text");
    let bytes = binary::encode(module);
    let decoded = binary::decode(&bytes);
    assert_eq!(decoded.as_ref(), Ok(module), "{name}: bytes\n{printed}");
    assert_eq!(binary::encode(&parsed), bytes, "{name}: the same bytes again");
}

#[test]
fn every_accepted_case_round_trips() {
    let mut count = 0;
    for case in cases::all("verify").into_iter().chain(cases::all("run")) {
        let Ok(module) = text::parse(&case.text) else { continue };
        if verify(&module).is_ok() {
            check(&module, &case.name);
            count += 1;
        }
    }
    assert!(count > 80, "{count} cases");
}

/// A module with every kind of item, odd names, places and names of values.
fn rich() -> Module {
    let mut m = Module::new("a \"rich\" module\n");
    m.files = vec!["a.kaa".into(), "dir/ž.kaa".into()];
    let field = |name: &str, ty, mutable| FieldDef { name: name.into(), ty, mutable };
    let point = TypeDef::Struct {
        parent: None,
        identity: false,
        fields: vec![
            field("x", FieldTy::Val(ValTy::F64), true),
            field("the y", FieldTy::Val(ValTy::F64), false),
            field("", FieldTy::Val(ValTy::STR), false),
        ],
    };
    let point = m.declare_type("Point", point).unwrap();
    let fields = vec![field("p", FieldTy::Inline(point), true)];
    let sub = TypeDef::Struct { parent: Some(point), identity: true, fields };
    m.declare_type("list[Point, 3]", sub).unwrap();
    let elem = FieldTy::Inline(point);
    m.intern_type("points", TypeDef::List { elem }).unwrap();
    let one = m.sig(Signature::new([ValTy::I64], [ValTy::I64]));
    let higher = m.sig(Signature::new([ValTy::Func(one)], []));
    m.intern_type("$@", TypeDef::Closure { sig: higher }).unwrap();
    m.str_constant("tab\there \u{1F40D}");
    m.constant(kaa_ir::Data::Bytes(vec![0, 255, b'"', b'\\', b'a']));
    m.import("rt", "print", Signature::new([ValTy::STR], []));
    m.import("rt", "print", Signature::new([ValTy::I64], []));
    m.import("my host", "", Signature::default());
    let f = m.declare_func("a function", Signature::new([ValTy::I64], [ValTy::I64]));
    m.export_func("", f);
    let mut b = FunctionBuilder::new(&mut m, f);
    b.set_origin(1, Loc { line: 3, col: 1, len: 9 });
    let [n] = b.params()[..] else { panic!("one parameter") };
    b.name_value(n, "n");
    b.set_loc(Loc { line: 4, col: 2, len: 65535 });
    let sum = b.ins1(Inst::Add { t: ValTy::I64, a: n, b: n });
    b.set_loc(Loc { line: u32::MAX, col: 65535, len: 0 });
    let text = b.str("tab\there \u{1F40D}");
    b.call_import("rt", "print", &[text], &[]);
    b.set_loc(Loc::default());
    b.ins(Inst::Ret { vals: [sum].into() });
    b.finish().unwrap();
    m
}

#[test]
fn a_module_with_everything_round_trips() {
    let m = rich();
    assert_eq!(verify(&m), Ok(()));
    check(&m, "rich");
    check(&Module::default(), "empty");
}

#[test]
fn signatures_are_listed_only_where_that_is_needed() {
    let plain = "module \"\"\nfunc @f(i64) -> () {\nb0(v0: i64):\n  ret ()\n}\n";
    assert_eq!(text::print(&text::parse(plain).unwrap()), plain);
    let listed = "module \"\"\nsig sig0 = (func sig0) -> ()\nfunc @f(func sig0) -> () {\n\
        b0(v0: func sig0):\n  call_func v0, (v0)\n  ret ()\n}\n";
    let module = text::parse(listed).unwrap();
    assert_eq!(verify(&module), Ok(()));
    assert_eq!(text::print(&module), listed);
    let mut reversed = Module::new("");
    reversed.sig(Signature::new([ValTy::I64], []));
    check(&reversed, "a signature that nothing uses");
}

#[test]
fn the_parser_takes_what_people_write() {
    let text = "; a comment\nexport \"x\"=@f  ; forward\nfunc @f ( i64 )->(i64){\n\
        bstart(vn:i64): branch vyes,bb,bc(vn) bb: jump bc(vn)\n\
        bc(vresult: i64): ret(vresult)\n}";
    let text = text.replace("branch", "vyes: bool = eq.i64 vn, vn branch");
    let module = text::parse(&text).unwrap();
    assert_eq!(verify(&module), Ok(()));
    let expected = "module \"\"\nfunc @f(i64) -> (i64) {\nb0(v0: i64):\n  \
        v1: bool = eq.i64 v0, v0\n  branch v1, b1, b2(v0)\nb1:\n  jump b2(v0)\n\
        b2(v2: i64):\n  ret (v2)\n}\n\
        export \"x\" = @f\n";
    assert_eq!(text::print(&module), expected);
}

#[test]
fn errors_of_the_parser_say_where() {
    let cases = [
        ("func", 1, 5, "expected a function"),
        ("x", 1, 1, "expected an item, found `x`"),
        ("type $A = strukt {}", 1, 11, "expected what the type is"),
        ("type $A = list ref $B", 1, 20, "there is no type `B`"),
        ("type $A = list i64\ntype $A = list i64", 2, 6, "declared twice"),
        ("type $A = struct { x: inline $B }\ntype $B = struct {}", 1, 6, "declared before"),
        ("func @f() -> () {\nb0:\n  jump b1\n}", 3, 8, "this block does not exist"),
        ("func @f() -> () {\nb0:\n  ret (v9)\n}", 3, 8, "this value is not defined"),
        ("func @f() -> () {\nb0:\nb0:\n}", 3, 1, "this block is defined twice"),
        ("func @f() -> () {\nb0(v0: i64, v0: i64):\n}", 2, 13, "this value is defined twice"),
        ("func @f() -> () {\n  ret ()\n}", 2, 8, "must stand in a block"),
        ("func @f() -> () {\nb0:\n  frob ()\n}", 3, 3, "expected a value, a block or an op"),
        ("func @f() -> () {\nb0:\n  v0: i64 = frob\n}", 3, 13, "no operation of this name"),
        ("func @f() -> () {\nb0:\n  call @g, ()\n}", 3, 8, "there is no function `g`"),
        ("func @f() -> () {\nb0:\n  trap 99999999999\n}", 3, 8, "number out of range"),
        ("func @f() -> () {\nb0:\n  ret ()", 3, 9, "found the end"),
        ("module \"a", 1, 10, "the string does not end"),
        ("global @g: i64 = 99999999999999999999", 1, 18, "at most 64 bits"),
        ("data d0 = \"\\xff\"", 1, 11, "not valid UTF-8"),
        ("žžž", 1, 1, "expected an item"),
    ];
    for (source, line, col, message) in cases {
        let e = text::parse(source).unwrap_err();
        assert_eq!((e.line, e.col), (line, col), "{source}: {e}");
        assert!(e.message.contains(message), "{source}: {e}");
    }
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    let deep = "func (".repeat(100_000);
    assert!(text::parse(&format!("global @g: {deep}")).is_err());
    assert!(text::parse(&"{".repeat(1_000_000)).is_err());
    let mut chain = String::from("func @f() -> () {\n");
    (0..100_000).for_each(|i| chain += &format!("b{i}: jump b{}\n", i + 1));
    chain += "b100000: ret ()\n}";
    let module = text::parse(&chain).unwrap();
    assert_eq!(verify(&module), Ok(()));
}
