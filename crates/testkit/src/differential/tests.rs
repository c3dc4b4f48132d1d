//! What must be told apart: programs that differ in one thing each.

use std::rc::Rc;

use super::{Observed, observe, ways};
use crate::generate::{Call, Program};

/// A program that keeps a list in an object in a global, prints, and may divide by zero.
const TEXT: &str = r#"
module "told_apart"
file "told_apart.kir"
type $l = list i64
type $o = object { l: ref $l, n: ref? $o mut }
import @print = "rt" "print" (ref $str) -> ()
data d0 = "printed"
global @g: ref? $o mut = 0x0
func @f(i64) -> (i64) {
b0(v0: i64):
  v1: i64 = iconst.i64 7
  v2: ref $l = list_of $l, (v0, v1)
  v3: ref? $o = null $o
  v4: ref $o = struct_new $o, (v2, v3)
  v5: ref $o = struct_new $o, (v2, v4)
  global_set @g, v5
  v6: ref $str = str_const d0
  call_import @print, (v6)
  v7: i64 = div.i64 v1, v0 !8:1:1
  v8: i64 = iconst.i64 0
  ret (v8)
}
export "f" = @f
"#;

fn seen(text: &str, arg: u64) -> Observed {
    let module = kaa_ir::text::parse(text).expect("the text is that of a module");
    assert_eq!(kaa_ir::verify::verify(&module), Ok(()));
    let calls = vec![Call { name: "f".to_string(), args: vec![arg] }];
    let program = Program { module, calls, depth_max: 100 };
    let module = Rc::new(program.module.clone());
    observe(&module, &program, ways(1)[0]).expect("it runs")
}

fn differs(text: &str, arg: u64, other: &str, other_arg: u64) -> String {
    seen(text, arg).differs(&seen(other, other_arg), true).unwrap_or_default()
}

#[test]
fn equal_runs_are_equal() {
    assert_eq!(differs(TEXT, 3, TEXT, 3), "");
    assert_eq!(differs(TEXT, 0, TEXT, 0), "");
}

#[test]
fn every_difference_is_told() {
    let told = |what: &str, from: &str, to: &str, arg: u64| {
        assert!(TEXT.contains(from), "{from}");
        let found = differs(TEXT, arg, &TEXT.replace(from, to), arg);
        assert!(found.starts_with(what), "{from} to {to}: {found:?}");
    };
    told("globals", "(v0, v1)", "(v0, v0)", 3);
    told("globals", "struct_new $o, (v2, v4)", "struct_new $o, (v2, v3)", 3);
    told("fuel", "global_set @g, v5", "share v2\n  global_set @g, v5", 3);
    told("output", "\"printed\"", "\"print\"", 3);
    told("fuel", "div.i64 v1, v0", "add.i64 v1, v0", 3);
    told("call 0", "v8: i64 = iconst.i64 0", "v8: i64 = iconst.i64 1", 3);
    told("call 0", "!8:1:1", "!9:1:1", 0);
    told("call 0", "div.i64 v1, v0", "div_floor_trap.i64 v0, v1", 0);
}
