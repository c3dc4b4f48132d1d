//! Limits of a store, on every engine: depth, fuel, heap bytes, interrupts, host panics. Each
//! ends in an error value, and the store is as usable afterwards as before.

use std::rc::Rc;
use std::time::Duration;

use kaa_exec::{Config, Engine, Host, HostFuncs, LinkError, Store, Trap};
use kaa_ir::{Module, Signature, TrapKind, ValTy};

const PROGRAM: &str = r#"
module "limits"
type $ints = list i64
func @down(i64) -> (i64) {
b0(v0: i64):
  v1: i64 = iconst.i64 0
  v2: bool = eq.i64 v0, v1
  branch v2, b1, b2
b1:
  ret (v0)
b2:
  v3: i64 = iconst.i64 1
  v4: i64 = sub.i64 v0, v3
  v5: i64 = call @down, (v4)
  v6: i64 = add.i64 v5, v3
  ret (v6)
}
func @even(i64) -> (bool) {
b0(v0: i64):
  v1: i64 = iconst.i64 0
  v2: bool = eq.i64 v0, v1
  branch v2, b1, b2
b1:
  v3: bool = iconst.bool 1
  ret (v3)
b2:
  v4: i64 = iconst.i64 1
  v5: i64 = sub.i64 v0, v4
  tail_call @odd, (v5)
}
func @odd(i64) -> (bool) {
b0(v0: i64):
  v1: i64 = iconst.i64 0
  v2: bool = eq.i64 v0, v1
  branch v2, b1, b2
b1:
  v3: bool = iconst.bool 0
  ret (v3)
b2:
  v4: i64 = iconst.i64 1
  v5: i64 = sub.i64 v0, v4
  tail_call @even, (v5)
}
func @spin() -> () {
b0:
  jump b1
b1:
  jump b1
}
func @chase() -> () {
b0:
  tail_call @chase, ()
}
func @sum(i64) -> (i64) {
b0(v0: i64):
  v1: i64 = iconst.i64 0
  v2: i64 = iconst.i64 1
  jump b1(v1, v1)
b1(v3: i64, v4: i64):
  v5: bool = lt.i64 v3, v0
  branch v5, b2, b3
b2:
  v6: i64 = add_trap.i64 v4, v3
  v7: i64 = add.i64 v3, v2
  jump b1(v7, v6)
b3:
  ret (v4)
}
func @fill(i64) -> (i64) {
b0(v0: i64):
  v1: i64 = iconst.i64 0
  v2: ref $ints = list_new $ints, v1
  v3: i64 = iconst.i64 1
  jump b1(v1, v2)
b1(v4: i64, v5: ref $ints):
  v6: bool = lt.i64 v4, v0
  branch v6, b2, b3
b2:
  v7: ref $ints = list_push v5, (v4)
  v8: i64 = add.i64 v4, v3
  jump b1(v8, v7)
b3:
  v9: i64 = list_len v5
  ret (v9)
}
export "down" = @down
export "even" = @even
export "spin" = @spin
export "chase" = @chase
export "sum" = @sum
export "fill" = @fill
"#;

fn module(text: &str) -> Rc<Module> {
    let module = kaa_ir::text::parse(text).expect("the text parses");
    kaa_ir::verify::verify(&module).expect("the module verifies");
    Rc::new(module)
}

/// A store with the program in it.
fn store(config: Config) -> Store {
    let mut store = Store::new(config, Host::sink()).expect("a store can be made");
    store.link(module(PROGRAM), &HostFuncs::default()).expect("the module links");
    store
}

fn call(store: &mut Store, name: &str, args: &[u64]) -> Result<Vec<u64>, Trap> {
    let func = store.export(0, name).expect("the export exists");
    store.call(func, args)
}

fn on_every_engine(test: impl Fn(Config)) {
    for engine in Engine::all() {
        test(Config { engine: *engine, ..Config::default() });
    }
}

#[test]
fn a_million_frames_fit_where_the_limit_says_so() {
    on_every_engine(|config| {
        let mut deep = store(Config { max_depth: 1_000_000, ..config.clone() });
        assert_eq!(call(&mut deep, "down", &[1_000_000]), Ok(vec![1_000_000]));
        let mut flat = store(Config { max_depth: 100, ..config });
        let trap = call(&mut flat, "down", &[1_000_000]).unwrap_err();
        assert_eq!(trap.kind, TrapKind::StackOverflow);
        assert_eq!(trap.trace.len(), kaa_exec::MAX_TRACE);
        assert!(trap.skipped > 0);
        assert_eq!(call(&mut flat, "down", &[5]), Ok(vec![5]));
    });
}

#[test]
fn tail_calls_take_no_stack() {
    on_every_engine(|config| {
        let mut store = store(Config { max_depth: 10, ..config });
        assert_eq!(call(&mut store, "even", &[3_000_001]), Ok(vec![0]));
    });
}

#[test]
fn fuel_is_exact_and_the_same_on_every_engine() {
    let used = |engine: Engine, fuel: u64| {
        let mut store = store(Config { engine, fuel: Some(fuel), ..Config::default() });
        let result = call(&mut store, "sum", &[1000]);
        (result.map_err(|t| t.kind), store.fuel())
    };
    let (result, left) = used(Engine::Twin, 1_000_000);
    assert_eq!(result, Ok(vec![499_500]));
    let needed = 1_000_000 - left.expect("there is a limit");
    for engine in Engine::all() {
        assert_eq!(used(*engine, needed), (Ok(vec![499_500]), Some(0)));
        let (result, left) = used(*engine, needed - 1);
        assert_eq!(result, Err(TrapKind::OutOfFuel));
        assert_eq!(left, used(Engine::Twin, needed - 1).1);
    }
}

#[test]
fn a_store_goes_on_after_it_ran_out_of_fuel() {
    on_every_engine(|config| {
        let mut store = store(Config { fuel: Some(500), ..config });
        assert_eq!(call(&mut store, "spin", &[]).unwrap_err().kind, TrapKind::OutOfFuel);
        store.set_fuel(100_000);
        assert_eq!(call(&mut store, "sum", &[10]), Ok(vec![45]));
    });
}

#[test]
fn the_heap_limit_is_an_error_value() {
    on_every_engine(|config| {
        let mut store = store(Config { max_heap: 8 << 20, ..config });
        let trap = call(&mut store, "fill", &[100_000_000]).unwrap_err();
        assert_eq!(trap.kind, TrapKind::OutOfMemory);
        assert_eq!(call(&mut store, "fill", &[1000]), Ok(vec![1000]));
    });
}

#[test]
fn another_thread_interrupts_loops_and_tail_calls() {
    on_every_engine(|config| {
        let mut store = store(config);
        for name in ["spin", "chase"] {
            let handle = store.interrupt_handle();
            let other = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(20));
                handle.interrupt();
            });
            assert_eq!(call(&mut store, name, &[]).unwrap_err().kind, TrapKind::Interrupted);
            other.join().expect("the thread ends");
            assert_eq!(call(&mut store, "sum", &[10]), Ok(vec![45]));
        }
        let handle = store.interrupt_handle();
        drop(store);
        handle.interrupt();
    });
}

const HOSTED: &str = r#"
module "hosted"
import @twice = "host" "twice" (i64) -> (i64)
func @f(i64) -> (i64) {
b0(v0: i64):
  v1: i64 = call_import @twice, (v0)
  ret (v1)
}
export "f" = @f
"#;

fn int_to_int() -> Signature {
    Signature::new([ValTy::I64], [ValTy::I64])
}

#[test]
fn a_panic_of_the_host_ends_at_the_boundary() {
    on_every_engine(|config| {
        let mut store = Store::new(config, Host::sink()).expect("a store can be made");
        let mut host = HostFuncs::default();
        host.add("host", "twice", int_to_int(), |call| {
            let n = call.int(0);
            assert!(n != 13, "the host dislikes this number");
            call.set_int(0, 2 * n);
            Ok(())
        });
        store.link(module(HOSTED), &host).expect("the module links");
        assert_eq!(call(&mut store, "f", &[21]), Ok(vec![42]));
        assert_eq!(call(&mut store, "f", &[13]).unwrap_err().kind, TrapKind::HostPanic);
        assert_eq!(call(&mut store, "f", &[4]), Ok(vec![8]));
    });
}

#[test]
fn imports_are_refused_by_name_grant_and_signature() {
    let link = |host: &HostFuncs| {
        let mut store = Store::new(Config::default(), Host::sink()).expect("a store can be made");
        store.link(module(HOSTED), host).map_err(|e: LinkError| (e.code(), e.to_string()))
    };
    assert_eq!(link(&HostFuncs::default()).unwrap_err().0, "L001");
    let mut denied = HostFuncs::default();
    denied.deny("host", "run with `--allow host`");
    let (code, message) = link(&denied).unwrap_err();
    assert_eq!(code, "L002");
    assert!(message.contains("--allow host"), "{message}");
    let mut other = HostFuncs::default();
    other.add("host", "twice", Signature::new([ValTy::F64], [ValTy::I64]), |_| Ok(()));
    assert_eq!(link(&other).unwrap_err().0, "L003");
}

#[test]
fn a_wrong_number_of_arguments_is_an_error() {
    let mut store = store(Config::default());
    assert_eq!(call(&mut store, "sum", &[]).unwrap_err().kind, TrapKind::HostError);
}
