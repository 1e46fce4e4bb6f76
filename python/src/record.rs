//! Single results as dictionaries, from which the classes of `vobiz_partner` are made.

use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use vobiz_core::{Answer, SecretString};

use crate::columns::{Columns, Row};

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

/// Rows of a record, as a table.
pub(crate) fn rows<T: Row>(rows: &[T]) -> PyResult<Columns> {
    Columns::of(rows)
}

/// JSON as Python's own objects, its numbers exact and without the customers' tokens that account rows carry.
pub(crate) fn plain(py: Python<'_>, mut found: Value) -> PyResult<Bound<'_, PyAny>> {
    drop_tokens(&mut found);
    let exact = PyDict::new(py);
    exact.set_item("parse_float", py.import("decimal")?.getattr("Decimal")?)?;
    py.import("json")?.call_method("loads", (found.to_string(),), Some(&exact))
}

fn drop_tokens(found: &mut Value) {
    match found {
        Value::Object(members) => {
            members.remove("auth_token");
            members.values_mut().for_each(drop_tokens);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_tokens),
        _ => {}
    }
}

/// A credential that only `reveal` shows: not `repr`, not a pickle.
///
/// Examples
/// --------
/// >>> created.auth_token
/// Secret(…)
/// >>> created.auth_token.reveal()  # doctest: +SKIP
#[pyclass(frozen, module = "vobiz_partner")]
pub(crate) struct Secret(SecretString);

impl Secret {
    pub(crate) fn held(secret: Option<&SecretString>) -> Option<Self> {
        secret.cloned().map(Self)
    }
}

#[pymethods]
impl Secret {
    /// Return the credential itself.
    ///
    /// Returns
    /// -------
    /// str
    fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    #[expect(clippy::unused_self, reason = "nothing of it is shown")]
    fn __repr__(&self) -> &'static str {
        "Secret(…)"
    }

    #[expect(clippy::unused_self, reason = "nothing of it is stored")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Secret is not pickled: a pickle is copied, stored and sent"))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A value as a Python object.
pub(crate) fn object<'py>(py: Python<'py>, value: impl IntoPyObject<'py>) -> PyResult<Py<PyAny>> {
    Ok(value.into_bound_py_any(py)?.unbind())
}
