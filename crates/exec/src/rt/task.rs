//! Tasks: groups of them, waiting for their ends, and signals between them.
//!
//! What has happened already needs no switch; everything else is asked of the driver of the
//! machine (`crate::tasks`). Handles are numbers, so a number that means nothing is possible
//! and does no harm. What a channel or the handle of a task is decides the library.

use super::args::invalid;
use crate::native::{Call, Fault, NativeResult};
use crate::tasks::{Ask, Key, Reason};

super::natives! {
    "_task.group" "() -> i64" |c| {
        let group = c.host.tasks.open_group();
        c.set(0, group);
        Ok(())
    };
    "_task.spawn" "(i64, obj) -> i64" spawn;
    "_task.join" "(i64)" join;
    "_task.failure" "(i64) -> str" failure;
    "_task.finish" "(i64)" finish;
    "_task.cancel" "(i64)" |c| {
        c.host.tasks.cancel(c.arg(0));
        Ok(())
    };
    "_task.guard" "(obj) -> i64" |c| {
        let id = c.host.tasks.guard(c.obj(0));
        c.set(0, id);
        Ok(())
    };
    "_task.unguard" "(i64)" |c| {
        c.host.tasks.unguard(c.arg(0));
        Ok(())
    };
    "_task.signal" "() -> i64" |c| {
        let key = c.host.tasks.key();
        c.set(0, key);
        Ok(())
    };
    "_task.wait" "(i64, i64)"
        |c| Err(Fault::ask(Ask::Wait(Key::Signal(c.arg(0)), Reason::of(c.int(1)))));
    "_task.wake" "(i64, bool)" |c| {
        c.host.tasks.wake(Key::Signal(c.arg(0)), c.bool(1));
        Ok(())
    };
}

fn spawn(call: &mut Call<'_>) -> NativeResult {
    let (group, closure) = (call.arg(0), call.obj(1));
    if !call.host.tasks.is_open(group) {
        return Err(invalid("the tasks of this group have been waited for"));
    }
    let id = call.host.tasks.number();
    call.set(0, id);
    Err(Fault::ask(Ask::Spawn { id, group, closure }))
}

/// Waits for the end of a task.
fn join(call: &mut Call<'_>) -> NativeResult {
    let task = call.arg(0);
    if call.host.tasks.is_live(task) {
        return Err(Fault::ask(Ask::Wait(Key::Task(task), Reason::Join)));
    }
    Ok(())
}

/// Why a task that has ended has no result.
fn failure(call: &mut Call<'_>) -> NativeResult {
    let task = call.arg(0);
    let message = call.host.tasks.failure(task).map(str::to_owned);
    let message = message.as_deref().unwrap_or("the task was ended with the one that spawned it");
    let text = call.heap.new_str(message)?;
    call.set_obj(0, text);
    Ok(())
}

/// Waits for all tasks of a group.
fn finish(call: &mut Call<'_>) -> NativeResult {
    let group = call.arg(0);
    if call.host.tasks.is_busy(group) {
        return Err(Fault::ask(Ask::Wait(Key::Group(group), Reason::Finish)));
    }
    match call.host.tasks.close_group(group) {
        Some(task) => Err(Fault::ask(Ask::Raise(task))),
        None => Ok(()),
    }
}
