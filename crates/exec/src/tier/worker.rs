//! The thread that compiles beside programs: one for all stores of a process.
//!
//! It gets jobs, which own what they need, and sends machine code back; it never touches a
//! store. A store that is dropped meanwhile is not waited for: the answer finds nobody.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::{Job, Maker, Refused, Unit};

/// What came of a job, and the nanoseconds it took.
pub(super) struct Answer {
    pub made: Result<Vec<Unit>, Refused>,
    pub nanos: u64,
}

struct Request {
    job: Job,
    maker: Arc<dyn Maker>,
    answer: Sender<Answer>,
}

/// A job that is being compiled.
pub(super) struct Pending(Receiver<Answer>);

/// Does a job at once.
pub(super) fn make(maker: &dyn Maker, job: &Job) -> Answer {
    let start = Instant::now();
    let made = maker.make(job);
    Answer { made, nanos: start.elapsed().as_nanos() as u64 }
}

/// Has a job done beside the program; gives it back where there is no thread to do it.
pub(super) fn submit(maker: Arc<dyn Maker>, job: Job) -> Result<Pending, Job> {
    let Some(worker) = worker() else { return Err(job) };
    let (answer, pending) = channel();
    match worker.send(Request { job, maker, answer }) {
        Ok(()) => Ok(Pending(pending)),
        Err(back) => Err(back.0.job),
    }
}

impl Pending {
    /// The answer, if it has come. Nothing will come of a job whose thread is gone.
    pub fn poll(&self) -> Option<Answer> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Answer { made: Err(Refused::Failed), nanos: 0 })
            }
        }
    }
}

/// The thread, where the machine has a second core for it.
fn worker() -> Option<Sender<Request>> {
    static WORKER: OnceLock<Option<Sender<Request>>> = OnceLock::new();
    WORKER.get_or_init(start).clone()
}

fn start() -> Option<Sender<Request>> {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return None;
    }
    let (sender, requests) = channel::<Request>();
    let work = move || {
        for Request { job, maker, answer } in requests {
            // Whoever asked may be gone.
            let _ = answer.send(make(&*maker, &job));
        }
    };
    std::thread::Builder::new().name("kaa-compile".to_owned()).spawn(work).ok()?;
    Some(sender)
}
