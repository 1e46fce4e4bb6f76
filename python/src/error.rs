//! Core errors as exceptions. The classes are plain Python, in `vobiz_partner/_errors.py`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use vobiz_core::transfer::TransferAttempt;
use vobiz_core::{Error, ErrorKind};

use crate::record::Record as _;

/// The exception class of a kind. No wildcard: a new kind must be given a class here.
fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Config => "ConfigError",
        ErrorKind::Invalid => "InvalidArgumentError",
        ErrorKind::ReadOnly => "ReadOnlyError",
        ErrorKind::Unauthorized => "UnauthorizedError",
        ErrorKind::Forbidden => "ForbiddenError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::Rejected => "RejectedError",
        ErrorKind::RateLimited => "RateLimitedError",
        ErrorKind::Server => "ServerError",
        ErrorKind::Connect => "ConnectError",
        ErrorKind::Timeout => "VobizTimeoutError",
        ErrorKind::Redirect => "RedirectError",
        ErrorKind::Decode => "DecodeError",
        ErrorKind::Incomplete => "IncompleteError",
        ErrorKind::OutcomeUnknown => "OutcomeUnknownError",
    }
}

/// Turns a core error into an exception with the core's text.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    raised(py, error, None).unwrap_or_else(|failure| failure)
}

/// The same for a list that ended early, with the rows that were read.
pub(crate) fn raise_with(py: Python<'_>, error: &Error, rows: Py<PyAny>) -> PyErr {
    raised(py, error, Some(rows)).unwrap_or_else(|failure| failure)
}

fn raised(py: Python<'_>, error: &Error, rows: Option<Py<PyAny>>) -> PyResult<PyErr> {
    let details = PyDict::new(py);
    details.set_item("operation", error.operation())?;
    details.set_item("status", error.status())?;
    details.set_item("code", error.code())?;
    details.set_item("request_id", error.request_id())?;
    details.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
    if let Some(rows) = rows {
        details.set_item("rows", rows)?;
    }
    if let Some(attempt) = TransferAttempt::of(error) {
        details.set_item("attempt", attempt.record(py)?)?;
    }
    new(py, class(error.kind()), &error.to_string(), &details)
}

/// A failure that is none of the core's: of the process, not of the service.
pub(crate) fn failure(py: Python<'_>, operation: &str, detail: &str) -> PyErr {
    worded(py, "VobizError", operation, detail)
}

/// An exception about something that never reached the core.
pub(crate) fn refuse(py: Python<'_>, kind: ErrorKind, operation: &str, detail: &str) -> PyErr {
    worded(py, class(kind), operation, detail)
}

/// An exception of a class that no kind of the core's errors has.
pub(crate) fn worded(py: Python<'_>, class: &str, operation: &str, detail: &str) -> PyErr {
    let details = PyDict::new(py);
    details
        .set_item("operation", operation)
        .and_then(|()| new(py, class, &format!("{operation}: {detail}"), &details))
        .unwrap_or_else(|failure| failure)
}

fn new(py: Python<'_>, class: &str, text: &str, details: &Bound<'_, PyDict>) -> PyResult<PyErr> {
    let class = py.import("vobiz_partner._errors")?.getattr(class)?;
    Ok(PyErr::from_value(class.call((text,), Some(details))?))
}
