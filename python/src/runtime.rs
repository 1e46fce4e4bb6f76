//! Waiting for futures from ordinary Python code.

use std::future::Future;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3_async_runtimes::tokio::get_runtime;

use crate::error::raise;

/// How often a waiting call lets Ctrl-C and Jupyter's stop button through.
const SIGNALS: Duration = Duration::from_millis(100);

/// Waits for a call of the core; its error becomes an exception.
pub(crate) fn wait<T: Send>(py: Python<'_>, work: impl Future<Output = vobiz_core::Result<T>> + Send) -> PyResult<T> {
    finish(py, work)?.map_err(|error| raise(py, &error))
}

/// Waits for `work` with the GIL released. Also works where an event loop is running, for it needs none.
pub(crate) fn finish<T: Send>(py: Python<'_>, work: impl Future<Output = T> + Send) -> PyResult<T> {
    py.detach(|| {
        get_runtime().block_on(async {
            tokio::pin!(work);
            loop {
                tokio::select! {
                    done = &mut work => return Ok(done),
                    () = tokio::time::sleep(SIGNALS) => signals()?,
                }
            }
        })
    })
}

/// Runs the handlers of signals that came meanwhile; that of Ctrl-C raises `KeyboardInterrupt`.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the bare method is bound to one lifetime, attach asks for any")]
fn signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}
