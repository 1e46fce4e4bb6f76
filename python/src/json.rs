//! JSON as Python's own objects.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

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
