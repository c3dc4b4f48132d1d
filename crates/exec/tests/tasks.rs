//! Tasks and the limits of a store: what ends one task, what ends all, and what a trap tells.

use std::rc::Rc;
use std::time::Duration;

use kaa_exec::{Config, Engine, Host, HostFuncs, Store, Trap};
use kaa_ir::{Module, TrapKind};

const PROGRAM: &str = r#"
module "tasks"
file "tasks.txt"
type $work = closure () -> ()
import @group = "rt" "_task.group" () -> (i64)
import @spawn = "rt" "_task.spawn" (i64, ref $work) -> (i64)
import @finish = "rt" "_task.finish" (i64) -> ()
import @signal = "rt" "_task.signal" () -> (i64)
import @wait = "rt" "_task.wait" (i64, i64) -> ()
func @nothing(i64) -> () {
b0(v0: i64):
  ret ()
}
func @spin(i64) -> () {
b0(v0: i64):
  jump b1
b1:
  jump b1
}
func @sleep(i64) -> () {
b0(v0: i64):
  v1: i64 = call_import @signal, ()
  call_import @wait, (v1, v0)
  ret ()
}
func @crash(i64) -> () {
b0(v0: i64):
  v1: i64 = iconst.i64 0
  v2: i64 = div_trap.i64 v1, v1
  ret ()
}
func @deep(i64) -> () {
b0(v0: i64):
  call @deep, (v0)
  ret ()
}
func @inner(i64) -> () {
b0(v0: i64):
  v1: i64 = call_import @group, ()
  v2: ref $work = closure_new $work, @crash, (v0)
  v3: i64 = call_import @spawn, (v1, v2)
  call_import @finish, (v1)
  ret ()
}
func @many(ref $work, i64) -> (i64) {
b0(v0: ref $work, v1: i64):
  v2: i64 = iconst.i64 0
  v3: i64 = iconst.i64 1
  v4: i64 = call_import @group, ()
  jump b1(v2)
b1(v5: i64):
  v6: bool = lt.i64 v5, v1
  branch v6, b2, b3
b2:
  v7: i64 = call_import @spawn, (v4, v0)
  v8: i64 = add.i64 v5, v3
  jump b1(v8)
b3:
  call_import @finish, (v4)
  ret (v1)
}
"#;

/// Functions `run_x(n)` that let `n` tasks do `x`.
fn module() -> Rc<Module> {
    let mut text = PROGRAM.to_owned();
    for name in ["nothing", "spin", "sleep", "crash", "deep", "inner"] {
        text += &format!(
            "func @run_{name}(i64) -> (i64) {{\nb0(v0: i64):\n  v1: ref $work = closure_new $work, \
             @{name}, (v0)\n  v2: i64 = call @many, (v1, v0)\n  ret (v2)\n}}\nexport \"{name}\" = \
             @run_{name}\n"
        );
    }
    let module = kaa_ir::text::parse(&text).expect("the text parses");
    kaa_ir::verify::verify(&module).expect("the module verifies");
    Rc::new(module)
}

fn store(config: Config) -> Store {
    let mut store = Store::new(config, Host::sink()).expect("a store can be made");
    store.link(module(), &HostFuncs::default()).expect("the module links");
    store
}

fn call(store: &mut Store, name: &str, count: u64) -> Result<u64, Trap> {
    let func = store.export(0, name).expect("the export exists");
    store.call(func, &[count]).map(|results| results[0])
}

fn kind(store: &mut Store, name: &str, count: u64) -> TrapKind {
    call(store, name, count).expect_err("the call traps").kind
}

fn on_every_engine(test: impl Fn(Config)) {
    for engine in Engine::all() {
        for gc_stress in [false, true] {
            test(Config { engine: *engine, gc_stress, ..Config::default() });
        }
    }
}

#[test]
fn many_tasks_can_be_alive_at_once() {
    on_every_engine(|config| {
        let mut store = store(Config { max_tasks: 3000, ..config });
        for _ in 0..3 {
            assert_eq!(call(&mut store, "nothing", 3000), Ok(3000));
        }
        assert_eq!(kind(&mut store, "nothing", 3001), TrapKind::OutOfMemory);
        assert_eq!(call(&mut store, "nothing", 10), Ok(10));
    });
}

#[test]
fn fuel_and_interrupts_end_the_whole_run() {
    on_every_engine(|config| {
        let mut limited = store(Config { fuel: Some(2000), ..config.clone() });
        assert_eq!(kind(&mut limited, "spin", 3), TrapKind::OutOfFuel);
        limited.set_fuel(2000);
        assert_eq!(call(&mut limited, "nothing", 3), Ok(3));

        let mut store = store(config);
        let handle = store.interrupt_handle();
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            handle.interrupt();
        });
        assert_eq!(kind(&mut store, "spin", 3), TrapKind::Interrupted);
        other.join().expect("the thread ends");
        assert_eq!(call(&mut store, "nothing", 3), Ok(3));
    });
}

#[test]
fn a_deadlock_tells_what_the_tasks_wait_for() {
    on_every_engine(|config| {
        let mut store = store(config);
        let trap = call(&mut store, "sleep", 10).expect_err("nothing wakes them");
        assert_eq!(trap.kind, TrapKind::Deadlock);
        let lines: Vec<&str> = trap.message.lines().collect();
        assert_eq!(lines[0], "deadlock: every task waits");
        assert_eq!(lines[1], "  the main task waits for its tasks to end");
        assert_eq!(lines[2], "  task 1 waits until it can send");
        assert_eq!(lines[9], "  and 3 more");
        assert_eq!(trap.trace[0].func, "many");
        assert_eq!(call(&mut store, "nothing", 10), Ok(10));
    });
}

#[test]
fn a_trap_has_the_trace_of_its_task() {
    on_every_engine(|config| {
        let mut store = store(config);
        let funcs = |trap: &Trap| -> Vec<String> {
            trap.trace.iter().map(|frame| frame.func.clone()).collect()
        };
        let trap = call(&mut store, "crash", 2).expect_err("the tasks trap");
        assert_eq!(trap.kind, TrapKind::DivisionByZero);
        assert_eq!(funcs(&trap), ["crash", "task 1, spawned"]);
        let trap = call(&mut store, "inner", 1).expect_err("the tasks trap");
        assert_eq!(trap.kind, TrapKind::DivisionByZero);
        assert_eq!(funcs(&trap), ["crash", "task 4, spawned", "task 3, spawned"]);
        let trap = call(&mut store, "deep", 1).expect_err("the task is too deep");
        assert_eq!(trap.kind, TrapKind::StackOverflow);
        assert_eq!(trap.trace.len(), kaa_exec::MAX_TRACE);
        assert_eq!(funcs(&trap).last().map(String::as_str), Some("task 5, spawned"));
        assert_eq!(call(&mut store, "nothing", 10), Ok(10));
    });
}
