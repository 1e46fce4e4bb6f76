//! What every model has in common: attributes, equality, hash, `repr`, pickling, looks.

use chrono::{DateTime, NaiveDate, Utc};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How a field of a core model is handed to Python.
pub(crate) trait Give<'a, T> {
    fn give(&'a self) -> T;
}

macro_rules! given_by_copy {
    ($($Type:ty),*) => { $(
        impl Give<'_, $Type> for $Type {
            fn give(&self) -> $Type {
                *self
            }
        }
    )* };
}
given_by_copy!(NaiveDate, Option<u64>, Option<bool>, Option<Decimal>, Option<NaiveDate>, Option<DateTime<Utc>>);

impl<'a> Give<'a, &'a str> for String {
    fn give(&'a self) -> &'a str {
        self
    }
}

impl<'a> Give<'a, Option<&'a str>> for Option<String> {
    fn give(&'a self) -> Option<&'a str> {
        self.as_deref()
    }
}

/// A core model as text for a pickle: under the wire's names, read back by the tolerant reader.
pub(crate) trait Stored: Serialize + DeserializeOwned {
    fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// The text of a pickle, or why there is none.
pub(crate) fn store(text: serde_json::Result<String>) -> PyResult<String> {
    text.map_err(|error| PyValueError::new_err(format!("cannot be pickled: {error}")))
}

/// What a pickle holds. It may have been written by another version of this package, or by no version at all.
pub(crate) fn restore<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text)
        .map_err(|_| PyValueError::new_err("this pickle was not written by a version of vobiz_partner that this one understands"))
}

/// `Name(field=value, …)` of the fields that are there.
pub(crate) fn describe(object: &Bound<'_, PyAny>, fields: &[&str]) -> PyResult<String> {
    let mut parts = Vec::with_capacity(fields.len());
    for field in fields {
        let value = object.getattr(*field)?;
        if !value.is_none() {
            parts.push(format!("{field}={}", value.repr()?));
        }
    }
    Ok(format!("{}({})", object.get_type().name()?, parts.join(", ")))
}

/// The looks of an object in a notebook, which plain Python decides.
pub(crate) fn html<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    object.py().import("vobiz_partner._html")?.call_method1("render", (object,))
}

/// A hash of what identifies a model; equal models have equal ones.
pub(crate) fn hash(key: impl std::hash::Hash) -> u64 {
    use std::hash::BuildHasher as _;
    std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(key)
}

/// Declares the Python class of a core model: its attributes, then further methods. Uses what `pyo3::prelude` imports.
macro_rules! model {
    (
        $(#[$meta:meta])*
        $Name:ident($Core:ty), shown($($shown:ident)*), key($it:ident => $key:expr), {
            $( $(#[$field_meta:meta])* $field:ident: $Type:ty, )*
        }
        $($method:tt)*
    ) => {
        $(#[$meta])*
        #[pyclass(frozen, eq, module = "vobiz_partner")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $Name(pub(crate) std::sync::Arc<$Core>);

        impl From<$Core> for $Name {
            fn from(core: $Core) -> Self {
                Self(std::sync::Arc::new(core))
            }
        }

        impl From<vobiz_core::Answer<$Core>> for $Name {
            fn from(answer: vobiz_core::Answer<$Core>) -> Self {
                answer.into_inner().into()
            }
        }

        impl From<std::sync::Arc<$Core>> for $Name {
            fn from(core: std::sync::Arc<$Core>) -> Self {
                Self(core)
            }
        }

        impl $crate::model::Give<'_, Option<$Name>> for Option<$Core> {
            fn give(&self) -> Option<$Name> {
                self.clone().map($Name::from)
            }
        }

        #[pymethods]
        impl $Name {
            $(
                $(#[$field_meta])*
                #[getter]
                fn $field(&self) -> $Type {
                    $crate::model::Give::give(&self.0.$field)
                }
            )*

            /// Names of the attributes that the service sends.
            #[classattr]
            fn _fields() -> &'static [&'static str] {
                &[$(stringify!($field)),*]
            }

            fn __hash__(&self) -> u64 {
                let $it = &*self.0;
                $crate::model::hash($key)
            }

            fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
                $crate::model::describe(slf, &[$(stringify!($shown)),*])
            }

            fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                $crate::model::html(slf)
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
                let text = $crate::model::store($crate::model::Stored::to_text(&*slf.get().0))?;
                Ok((slf.get_type().getattr("_from_json")?, (text,)))
            }

            #[classmethod]
            fn _from_json(_class: &Bound<'_, pyo3::types::PyType>, text: &str) -> PyResult<Self> {
                $crate::model::restore::<$Core>(text).map(Self::from)
            }

            $($method)*
        }
    };
}
pub(crate) use model;
