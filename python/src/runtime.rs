//! The threads on which calls run, and waiting for a call from ordinary Python code.
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

static HELD: Mutex<Option<OfProcess<Arc<Runtime>>>> = Mutex::new(None);

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

/// The runtime of this process.
///
/// The lock is taken with the GIL held and released before the GIL is, and `os.fork` holds the GIL: no child inherits it locked.
pub(crate) fn runtime(_py: Python<'_>) -> PyResult<Arc<Runtime>> {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = held.as_ref().and_then(OfProcess::get) {
        return Ok(Arc::clone(runtime));
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let runtime = Arc::new(Builder::new_multi_thread().worker_threads(threads).thread_name("vobiz").enable_all().build()?);
    *held = Some(OfProcess::new(Arc::clone(&runtime)));
    Ok(runtime)
}

/// Waits for `work` with the GIL released. Also works where an event loop is running, for it needs none.
///
/// Signals and `tick` are handled between two stretches of waiting, outside the runtime, so that they may call the client too.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    operation: &str,
    mut work: Pin<Box<dyn Future<Output = T> + Send + '_>>,
    tick: impl Fn() -> PyResult<()>,
) -> PyResult<T> {
    let _inside = Inside::enter(py);
    let runtime = runtime(py)?;
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
