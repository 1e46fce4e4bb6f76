//! Core errors as exceptions. The classes are plain Python, in `vobiz_partner/_errors.py`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use vobiz_core::accounts::Account;
use vobiz_core::{Error, ErrorKind};

use crate::accounts::Accounts;

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
    let details = || {
        let details = PyDict::new(py);
        details.set_item("operation", error.operation())?;
        details.set_item("status", error.status())?;
        details.set_item("code", error.code())?;
        details.set_item("request_id", error.request_id())?;
        details.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
        if let Some(rows) = error.rows::<Account>() {
            details.set_item("rows", Accounts::from(rows.to_vec()))?;
        }
        Ok(details)
    };
    details().and_then(|details| new(py, error.kind(), &error.to_string(), &details)).unwrap_or_else(|failure| failure)
}

/// An exception about something that never reached the core.
pub(crate) fn refuse(py: Python<'_>, kind: ErrorKind, operation: &str, detail: &str) -> PyErr {
    let details = PyDict::new(py);
    details
        .set_item("operation", operation)
        .and_then(|()| new(py, kind, &format!("{operation}: {detail}"), &details))
        .unwrap_or_else(|failure| failure)
}

fn new(py: Python<'_>, kind: ErrorKind, text: &str, details: &Bound<'_, PyDict>) -> PyResult<PyErr> {
    let class = py.import("vobiz_partner._errors")?.getattr(class(kind))?;
    Ok(PyErr::from_value(class.call((text,), Some(details))?))
}
