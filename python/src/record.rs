//! Single results as dictionaries, from which the classes of `vobiz_partner` are made.

use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use vobiz_core::Answer;

/// A result of the core that becomes a Python object of its own.
pub(crate) trait Record {
    /// Its attributes by name.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>>;
}

/// Declares which attributes a core model has in Python: its fields of the same name, or expressions of it.
macro_rules! record {
    ($Core:ty, $it:ident, $py:ident, { $($name:ident $(= $value:expr)?,)* }) => {
        impl $crate::record::Record for $Core {
            fn record<'py>(&self, $py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
                let $it = self;
                let record = pyo3::types::PyDict::new($py);
                $(record.set_item(stringify!($name), $crate::record::record!(@ $it $name $(= $value)?))?;)*
                Ok(record)
            }
        }
    };
    (@ $it:ident $name:ident) => { &$it.$name };
    (@ $it:ident $name:ident = $value:expr) => { $value };
}
pub(crate) use record;

/// Adds the id of the request and what could not be understood.
pub(crate) fn about<'py, T>(reply: &Answer<T>, record: Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let oddities: Vec<String> = reply.oddities.iter().map(ToString::to_string).collect();
    record.set_item("_about", (&reply.request_id, PyTuple::new(record.py(), oddities)?))?;
    Ok(record)
}

/// A part of a record that may be absent.
pub(crate) fn part<'py, T: Record>(py: Python<'py>, value: Option<&T>) -> PyResult<Option<Bound<'py, PyDict>>> {
    value.map(|value| value.record(py)).transpose()
}

/// A value as a Python object.
pub(crate) fn object<'py>(py: Python<'py>, value: impl IntoPyObject<'py>) -> PyResult<Py<PyAny>> {
    Ok(value.into_bound_py_any(py)?.unbind())
}
