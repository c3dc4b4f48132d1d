//! Runs the pass on the modules of `cases.kir`.

use kaa_base::entity::Entity;
use kaa_ir::text::{parse, print};

use super::{Modes, insert};

/// The module of a text, after the pass where `pass` is set.
fn module(text: &str, pass: bool) -> String {
    let mut m = parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    if pass {
        let effects = super::Effects::of_module(&m);
        let mut modes = Modes { effects, ..Modes::default() };
        for (id, func) in m.funcs.iter() {
            if func.name.starts_with("take") {
                modes.funcs.insert(id, vec![true; m.sigs[func.sig].params.len()]);
            }
        }
        (0..m.funcs.len()).for_each(|i| insert(&mut m, Entity::new(i), &modes).expect("small"));
        kaa_ir::verify::verify(&m).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    }
    print(&m)
}

#[test]
fn objects_are_shared_where_the_cases_say() {
    let cases = include_str!("cases.kir").split("\n;--- ").skip(1);
    let mut count = 0;
    for case in cases {
        let (name, text) = case.split_once('\n').unwrap_or_default();
        let bare: Vec<&str> =
            text.lines().filter(|l| !l.trim_start().starts_with("share ")).collect();
        let found = module(&bare.join("\n"), true);
        let wanted = module(text, false);
        assert_eq!(found, wanted, "{name}");
        count += 1;
    }
    assert_eq!(count, 16);
}
