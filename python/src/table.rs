//! Lists of models as tables: sequences for plain Python, Arrow streams (in `arrow.rs`) for dataframe libraries.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict, PyList, PySlice, PyString};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vobiz_core::dashboard::Period;

/// A column: its name and how it is read from a row.
pub(crate) struct Column<T>(pub(crate) &'static str, pub(crate) Read<T>);

/// What a column holds.
pub(crate) enum Read<T> {
    Text(fn(&T) -> Option<&str>),
    Count(fn(&T) -> Option<u64>),
    Flag(fn(&T) -> Option<bool>),
    /// Money, which is summed within one currency.
    Amount(fn(&T) -> Option<Decimal>),
    Minutes(fn(&T) -> Option<Decimal>),
    /// Money for a unit of something, which is never summed.
    Rate(fn(&T) -> Option<Decimal>),
    Day(fn(&T) -> Option<NaiveDate>),
    Instant(fn(&T) -> Option<DateTime<Utc>>),
}

impl<T> Read<T> {
    /// The kind of the column, for the Python side.
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Count(_) => "count",
            Self::Flag(_) => "flag",
            Self::Amount(_) => "amount",
            Self::Minutes(_) => "minutes",
            Self::Rate(_) => "rate",
            Self::Day(_) => "day",
            Self::Instant(_) => "instant",
        }
    }

    fn python<'py>(&self, row: &T, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Text(read) => read(row).into_bound_py_any(py),
            Self::Count(read) => read(row).into_bound_py_any(py),
            Self::Flag(read) => read(row).into_bound_py_any(py),
            Self::Amount(read) | Self::Minutes(read) | Self::Rate(read) => read(row).into_bound_py_any(py),
            Self::Day(read) => read(row).into_bound_py_any(py),
            Self::Instant(read) => read(row).into_bound_py_any(py),
        }
    }
}

/// A core model that stands in a table.
pub(crate) trait Row: Sized + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its Python class.
    type Python: From<Arc<Self>>;
    /// The columns of its table, flat.
    const COLUMNS: &'static [Column<Self>];

    /// What the key of a row is called.
    const KEY: &'static str;

    /// The text by which a row is found and named.
    fn key(&self) -> Cow<'_, str>;
}

/// The rows of a table, with what its figures belong to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rows<T> {
    pub(crate) list: Vec<Arc<T>>,
    pub(crate) currency: Option<String>,
    pub(crate) period: Option<Period>,
}

impl<T: Row> Rows<T> {
    pub(crate) fn new(rows: Vec<T>, currency: Option<String>, period: Option<Period>) -> Self {
        Self { list: rows.into_iter().map(Arc::new).collect(), currency, period }
    }

    /// The same table with some of its rows.
    pub(crate) fn with(&self, rows: Vec<Arc<T>>) -> Self {
        Self { list: rows, currency: self.currency.clone(), period: self.period.clone() }
    }

    pub(crate) fn columns() -> Vec<&'static str> {
        T::COLUMNS.iter().map(|column| column.0).collect()
    }

    pub(crate) fn kinds(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let kinds = PyDict::new(py);
        for Column(name, read) in T::COLUMNS {
            kinds.set_item(name, read.kind())?;
        }
        Ok(kinds)
    }

    /// The row at a place, counted from the end where it is negative, or of a key.
    pub(crate) fn item(&self, wanted: &Bound<'_, PyAny>) -> PyResult<T::Python> {
        if let Some(key) = key_of(wanted)? {
            let row = self.find(&key).map(|row| Arc::clone(row).into());
            return row.ok_or_else(|| PyKeyError::new_err(key));
        }
        let index: isize = wanted.extract().map_err(|_| {
            let kind = wanted.get_type();
            PyTypeError::new_err(format!("rows are found by place, by slice or by {}, not by {kind}", T::KEY))
        })?;
        let from_start = if index < 0 { index.checked_add_unsigned(self.list.len()) } else { Some(index) };
        let row = from_start.and_then(|index| self.list.get(usize::try_from(index).ok()?));
        row.map(|row| Arc::clone(row).into())
            .ok_or_else(|| PyIndexError::new_err(format!("row {index} of a table that has {}", self.list.len())))
    }

    pub(crate) fn find(&self, key: &str) -> Option<&Arc<T>> {
        self.list.iter().find(|row| row.key() == key)
    }

    /// What `repr` says: how many rows, between which keys.
    pub(crate) fn summary(&self) -> String {
        let rows = self.list.len();
        let (Some(first), Some(last)) = (self.list.first(), self.list.last()) else { return "0 rows".to_owned() };
        if rows == 1 { format!("1 row, {}", first.key()) } else { format!("{rows} rows, {} … {}", first.key(), last.key()) }
    }

    pub(crate) fn slice(&self, slice: &Bound<'_, PySlice>) -> PyResult<Self> {
        let length = isize::try_from(self.list.len())?;
        let bounds = slice.indices(length)?;
        let picked = (0..bounds.slicelength).filter_map(|step| {
            let place = bounds.start.checked_add(bounds.step.checked_mul(isize::try_from(step).ok()?)?)?;
            self.list.get(usize::try_from(place).ok()?).cloned()
        });
        Ok(self.with(picked.collect()))
    }

    pub(crate) fn objects(&self) -> impl ExactSizeIterator<Item = T::Python> {
        self.list.iter().map(|row| Arc::clone(row).into())
    }

    /// The values of one column.
    pub(crate) fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let column = T::COLUMNS.iter().find(|column| column.0 == name);
        let Column(_, read) = column.ok_or_else(|| PyValueError::new_err(format!("there is no column {name:?}")))?;
        let values = self.list.iter().map(|row| read.python(row, py)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, values)
    }

    pub(crate) fn dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let dict = |row: &Arc<T>| {
            let dict = PyDict::new(py);
            for Column(name, read) in T::COLUMNS {
                dict.set_item(name, read.python(row, py)?)?;
            }
            Ok(dict)
        };
        self.list.iter().map(dict).collect()
    }

    /// The table as text for a pickle.
    pub(crate) fn to_text(&self) -> serde_json::Result<String> {
        let rows: Vec<&T> = self.list.iter().map(|row| &**row).collect();
        serde_json::to_string(&(rows, &self.currency, &self.period))
    }
}

/// The key that a person looks a row up by: text, or a day.
pub(crate) fn key_of(wanted: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let named = wanted.is_instance_of::<PyString>() || wanted.is_instance_of::<PyDate>();
    named.then(|| wanted.str().and_then(|text| text.extract())).transpose()
}

/// A table handed to the plain Python that knows the dataframe libraries.
pub(crate) fn frame<'py>(table: &Bound<'py, PyAny>, function: &str) -> PyResult<Bound<'py, PyAny>> {
    table.py().import("vobiz_partner._frames")?.call_method1(function, (table,))
}

/// The same for a function that writes to `path`.
pub(crate) fn write(table: &Bound<'_, PyAny>, function: &str, path: &Bound<'_, PyAny>) -> PyResult<()> {
    table.py().import("vobiz_partner._frames")?.call_method1(function, (table, path)).map(drop)
}

/// Declares the Python class of a table, then further methods. Uses what `pyo3::prelude` imports.
macro_rules! table {
    ($(#[$meta:meta])* $Name:ident of $Core:ty; $($method:tt)*) => {
        $(#[$meta])*
        #[pyclass(frozen, eq, module = "vobiz_partner")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $Name(pub(crate) std::sync::Arc<$crate::table::Rows<$Core>>);

        impl From<$crate::table::Rows<$Core>> for $Name {
            fn from(rows: $crate::table::Rows<$Core>) -> Self {
                Self(std::sync::Arc::new(rows))
            }
        }

        #[pymethods]
        impl $Name {
            /// Names of the columns of the flat table.
            #[getter]
            fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
                pyo3::types::PyTuple::new(py, $crate::table::Rows::<$Core>::columns())
            }

            /// The currency of every amount in the table, where it is one and known.
            #[getter]
            fn currency(&self) -> Option<&str> {
                self.0.currency.as_deref()
            }

            /// The window that the figures belong to.
            #[getter]
            fn period(&self) -> Option<$crate::figures::Period> {
                $crate::model::Give::give(&self.0.period)
            }

            /// The rows as dictionaries, one value per column.
            fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, pyo3::types::PyDict>>> {
                self.0.dicts(py)
            }

            /// The table as a ``pandas.DataFrame``. Amounts stay ``decimal.Decimal``; needs pandas and nothing else.
            fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                $crate::table::frame(slf, "to_pandas")
            }

            /// The table as a ``polars.DataFrame``. Amounts are ``Decimal(38, 10)``; needs polars.
            fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                $crate::table::frame(slf, "to_polars")
            }

            /// Write the table into a Parquet file. Amounts are ``decimal128(38, 10)``; needs pyarrow or polars.
            fn to_parquet(slf: &Bound<'_, Self>, path: &Bound<'_, PyAny>) -> PyResult<()> {
                $crate::table::write(slf, "to_parquet", path)
            }

            fn _kinds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
                $crate::table::Rows::<$Core>::kinds(py)
            }

            fn _column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, pyo3::types::PyList>> {
                self.0.column(py, name)
            }

            fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyCapsule>> {
                $crate::table::Rows::<$Core>::arrow_schema(py)
            }

            #[pyo3(signature = (requested_schema = None))]
            fn __arrow_c_stream__<'py>(
                &self,
                py: Python<'py>,
                requested_schema: Option<Bound<'py, pyo3::types::PyCapsule>>,
            ) -> PyResult<Bound<'py, pyo3::types::PyCapsule>> {
                self.0.arrow_stream(py, requested_schema)
            }

            fn __len__(&self) -> usize {
                self.0.list.len()
            }

            fn __getitem__<'py>(
                &self,
                key: &Bound<'py, PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                use pyo3::IntoPyObjectExt as _;
                match key.cast::<pyo3::types::PySlice>() {
                    Ok(slice) => Self::from(self.0.slice(slice)?).into_bound_py_any(key.py()),
                    Err(_) => self.0.item(key)?.into_bound_py_any(key.py()),
                }
            }

            fn __contains__(&self, wanted: &Bound<'_, PyAny>) -> PyResult<bool> {
                match wanted.cast::<<$Core as $crate::table::Row>::Python>() {
                    Ok(wanted) => Ok(self.0.list.contains(&wanted.get().0)),
                    Err(_) => Ok($crate::table::key_of(wanted)?.is_some_and(|key| self.0.find(&key).is_some())),
                }
            }

            fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyIterator>> {
                pyo3::types::PyList::new(py, self.0.objects())?.try_iter()
            }

            fn __repr__(&self) -> String {
                format!("<{}: {}>", stringify!($Name), self.0.summary())
            }

            fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                $crate::model::html(slf)
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
                let text = $crate::model::store(slf.get().0.to_text())?;
                Ok((slf.get_type().getattr("_from_json")?, (text,)))
            }

            #[classmethod]
            fn _from_json(_class: &Bound<'_, pyo3::types::PyType>, text: &str) -> PyResult<Self> {
                let (rows, currency, period) = $crate::model::restore(text)?;
                Ok($crate::table::Rows::new(rows, currency, period).into())
            }

            $($method)*
        }
    };
}
pub(crate) use table;
