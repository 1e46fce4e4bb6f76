//! The threads on which calls run, and waiting for a call from ordinary Python code.
//!
//! A call that is waited for runs on the thread that waits: no other thread is woken for it. Awaited calls and sandboxes run on
//! threads of their own.
//!
//! A runtime belongs to a process. A child of `fork` has none of its threads, so it gets a new one, and what belongs to the
//! parent's is leaked there: dropping it could wait for a lock that no thread will ever release.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::ending::{self, Inside};
use crate::error::failure;

/// How often a waiting call lets Ctrl-C, Jupyter's stop button, progress and logging through.
const TICK: Duration = Duration::from_millis(50);

type Held = Mutex<Option<OfProcess<Arc<Runtime>>>>;

/// Runs what goes on by itself.
static BACKGROUND: Held = Mutex::new(None);
/// Runs calls on the threads that wait for them.
static WAITING: Held = Mutex::new(None);

/// A value that is of use in the process that made it only.
#[derive(Debug)]
pub(crate) struct OfProcess<T> {
    process: u32,
    value: Option<T>,
}

impl<T> OfProcess<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { process: std::process::id(), value: Some(value) }
    }

    /// The value, unless this is a child of the process that made it.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| !self.is_foreign())
    }

    /// Whether another process made it.
    pub(crate) fn is_foreign(&self) -> bool {
        self.process != std::process::id()
    }

    /// Takes the value out, unless this is a child of the process that made it.
    pub(crate) fn take(&mut self) -> Option<T> {
        if self.is_foreign() { None } else { self.value.take() }
    }
}

impl<T> Drop for OfProcess<T> {
    fn drop(&mut self) {
        if self.is_foreign() {
            std::mem::forget(self.value.take());
        }
    }
}

/// The runtime of this process for what goes on by itself: awaited calls, sandboxes.
pub(crate) fn background(_py: Python<'_>) -> PyResult<Arc<Runtime>> {
    held(&BACKGROUND, || {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
        Builder::new_multi_thread().worker_threads(threads).thread_name("vobiz").enable_all().build()
    })
}

/// The lock is taken with the GIL held and released before the GIL is, and `os.fork` holds the GIL: no child inherits it locked.
fn held(held: &'static Held, build: impl FnOnce() -> std::io::Result<Runtime>) -> PyResult<Arc<Runtime>> {
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = held.as_ref().and_then(OfProcess::get) {
        return Ok(Arc::clone(runtime));
    }
    let runtime = Arc::new(build()?);
    *held = Some(OfProcess::new(Arc::clone(&runtime)));
    Ok(runtime)
}

/// Waits for a call, which runs on this thread.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    operation: &str,
    work: Pin<Box<dyn Future<Output = T> + Send + '_>>,
    tick: impl Fn() -> PyResult<()>,
) -> PyResult<T> {
    let runtime = held(&WAITING, waiting)?;
    let work = async {
        // A call that is sent once must not be sent into a connection that the service has closed meanwhile.
        catch_up().await;
        work.await
    };
    wait_on(py, operation, runtime, Box::pin(work), tick)
}

fn waiting() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Lets connections take note of what happened to them between calls, when nothing runs: one turn in which the news arrives, and
/// one in which the connections take it.
async fn catch_up() {
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
}

/// Lets connections that nothing holds any more be closed.
pub(crate) fn let_go(py: Python<'_>) -> PyResult<()> {
    let runtime = held(&WAITING, waiting)?;
    py.detach(|| runtime.block_on(catch_up()));
    Ok(())
}

/// Waits for something that leaves tasks behind, which go on by themselves.
pub(crate) fn wait_in_background<T: Send>(
    py: Python<'_>,
    operation: &str,
    work: Pin<Box<dyn Future<Output = T> + Send + '_>>,
) -> PyResult<T> {
    wait_on(py, operation, background(py)?, work, || Ok(()))
}

/// Waits for `work` with the GIL released. Also works where an event loop is running, for it needs none.
///
/// Signals and `tick` are handled between two stretches of waiting, outside the runtime, so that they may call the client too.
fn wait_on<T: Send>(
    py: Python<'_>,
    operation: &str,
    runtime: Arc<Runtime>,
    mut work: Pin<Box<dyn Future<Output = T> + Send + '_>>,
    tick: impl Fn() -> PyResult<()>,
) -> PyResult<T> {
    let _inside = Inside::enter(py);
    let process = std::process::id();
    loop {
        let done = py.detach(|| {
            let done = runtime.block_on(async { tokio::time::timeout(TICK, &mut work).await.ok() });
            if ending::must_stay_away() {
                ending::stay_away();
            }
            done
        });
        if let Some(done) = done {
            return Ok(done);
        }
        let interrupted = py.check_signals().and_then(|()| tick());
        if process != std::process::id() {
            std::mem::forget((work, runtime));
            return Err(failure(py, operation, "this process was forked while the call was waited for; call again here"));
        }
        interrupted?;
    }
}
