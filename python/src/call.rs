//! A call of the core, waited for by `Client` and awaited by `AsyncClient`: one future for both.
//!
//! No thread but Python's own ever touches a Python object. A finished call leaves its answer in the [`Outcomes`] of its event
//! loop and writes a byte to a socket that the loop watches; the loop's thread makes the objects. So nothing can attach to an
//! interpreter that is ending, whatever is under way.

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use tokio::task::AbortHandle;
use vobiz_core::PartnerClient;

use crate::ending::{self, Inside};
use crate::error::failure;
use crate::runtime::{OfProcess, background, wait};

/// What a call came to, made into Python objects by the thread that waits for it.
pub(crate) type Answer = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;
/// The key of a call, its result, and its exception.
type Outcome = (u64, Option<Py<PyAny>>, Option<Py<PyAny>>);
type Work = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// How far the reading of a list has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    rows: AtomicU64,
    pages: AtomicU64,
    /// Rows of the whole list; zero is not known.
    total: AtomicU64,
    client: Option<PartnerClient>,
}

impl Progress {
    /// The progress of a list that `client` reads.
    pub(crate) fn of(client: PartnerClient) -> Self {
        Self { client: Some(client), ..Self::default() }
    }

    /// Counts the rows of a page.
    pub(crate) fn add(&self, rows: usize, total: Option<u64>) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
    }

    /// What keeps requests from leaving, in words.
    fn waits_for(&self) -> Option<String> {
        self.client.as_ref()?.waits_for().map(|wait| wait.to_string())
    }
}

/// A call that was not sent yet.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct Call {
    operation: &'static str,
    work: Mutex<OfProcess<Work>>,
    progress: Arc<Progress>,
}

impl Call {
    pub(crate) fn new(operation: &'static str, work: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self::counted(operation, Arc::default(), work)
    }

    pub(crate) fn counted(
        operation: &'static str,
        progress: Arc<Progress>,
        work: impl Future<Output = Answer> + Send + 'static,
    ) -> Self {
        Self { operation, work: Mutex::new(OfProcess::new(Box::pin(work))), progress }
    }

    fn take(&self, py: Python<'_>) -> PyResult<Work> {
        let work = lock(&self.work).take();
        work.ok_or_else(|| failure(py, self.operation, "this call was made before, or in another process; make a new one"))
    }
}

#[pymethods]
impl Call {
    /// Send the call and wait for what it comes to; `tick` is called some times a second meanwhile.
    #[pyo3(signature = (tick = None))]
    fn wait(&self, py: Python<'_>, tick: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let work = self.take(py)?;
        let _inside = Inside::enter(py);
        wait(py, self.operation, work, || tick.map_or(Ok(()), |tick| tick.call0().map(drop)))?(py)
    }

    /// Send the call; what it comes to is put into `outcomes` under `key`.
    fn start(&self, py: Python<'_>, outcomes: &Outcomes, key: u64) -> PyResult<Running> {
        let _inside = Inside::enter(py);
        let (work, shared) = (self.take(py)?, Arc::clone(&outcomes.0));
        let task = background(py)?.spawn(async move { shared.put(key, work.await) });
        Ok(Running(OfProcess::new(task.abort_handle())))
    }

    /// Rows read so far, rows of the whole list where the service states them, pages, and what is waited for.
    #[getter]
    fn progress(&self) -> (u64, Option<u64>, u64, Option<String>) {
        let total = Some(self.progress.total.load(Ordering::Relaxed)).filter(|total| *total > 0);
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.progress.rows), total, read(&self.progress.pages), self.progress.waits_for())
    }
}

/// A call under way.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct Running(OfProcess<AbortHandle>);

#[pymethods]
impl Running {
    /// End the call. Nothing happens where it has ended.
    fn cancel(&self) {
        if let Some(task) = self.0.get() {
            task.abort();
        }
    }
}

/// What the calls of one event loop came to, until its thread takes it.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct Outcomes(Arc<Shared>);

struct Shared {
    done: Mutex<Vec<(u64, Answer)>>,
    changed: Condvar,
    bell: Bell,
}

impl Shared {
    fn put(&self, key: u64, answer: Answer) {
        let mut done = lock(&self.done);
        done.push((key, answer));
        // At the end of the interpreter its threads are left asleep.
        if done.len() == 1 && !ending::has_begun() {
            self.bell.ring();
        }
        self.changed.notify_all();
    }
}

#[pymethods]
impl Outcomes {
    #[new]
    fn new() -> PyResult<Self> {
        Ok(Self(Arc::new(Shared { done: Mutex::default(), changed: Condvar::new(), bell: Bell::new()? })))
    }

    /// What an event loop watches for reading; `None` where loops cannot watch sockets.
    fn fileno(&self) -> Option<i32> {
        self.0.bell.fileno()
    }

    /// Wait a moment for something to take, for loops that cannot watch.
    fn wait(&self, py: Python<'_>) {
        py.detach(|| {
            let done = lock(&self.0.done);
            drop(self.0.changed.wait_timeout_while(done, Duration::from_millis(200), |done| done.is_empty()));
        });
    }

    /// Take what is there: the key of each call, its result, and its exception.
    fn take(&self, py: Python<'_>) -> Vec<Outcome> {
        let _inside = Inside::enter(py);
        self.0.bell.hush();
        let done = std::mem::take(&mut *lock(&self.0.done));
        done.into_iter()
            .map(|(key, answer)| match answer(py) {
                Ok(result) => (key, Some(result), None),
                Err(error) => (key, None, Some(error.into_value(py).into_any())),
            })
            .collect()
    }
}

/// Two ends of a socket: a byte in one wakes the watcher of the other.
#[cfg(unix)]
struct Bell(std::os::unix::net::UnixStream, std::os::unix::net::UnixStream);

#[cfg(unix)]
impl Bell {
    fn new() -> std::io::Result<Self> {
        let (near, far) = std::os::unix::net::UnixStream::pair()?;
        near.set_nonblocking(true)?;
        far.set_nonblocking(true)?;
        Ok(Self(near, far))
    }

    /// A bell that cannot be rung any further is ringing.
    fn ring(&self) {
        drop((&self.0).write(&[1]));
    }

    fn hush(&self) {
        while (&self.1).read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
    }

    #[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
    fn fileno(&self) -> Option<i32> {
        Some(std::os::fd::AsRawFd::as_raw_fd(&self.1))
    }
}

/// Windows' usual event loop watches no sockets.
#[cfg(not(unix))]
struct Bell;

#[cfg(not(unix))]
impl Bell {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    fn ring(&self) {}

    fn hush(&self) {}

    fn fileno(&self) -> Option<i32> {
        None
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
