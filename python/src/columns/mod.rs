//! Tables: Arrow memory that is filled from the rows of each page as it comes, without an object for a row.

mod arrow;
mod build;
mod requested;
mod values;

use std::sync::Arc;

use arrow_array::{RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use arrow_select::take::take_record_batch;
use chrono::{DateTime, NaiveDate, Utc};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList, PySlice, PyTuple};
use rust_decimal::Decimal;

pub(crate) use build::Filling;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Text of which few different ones repeat.
    Word,
    Count,
    Flag,
    /// Money, which is summed within one currency.
    Amount,
    /// Money for a unit of something, which is not summed.
    Rate,
    Minutes,
    /// Any other exact number.
    Number,
    Day,
    Instant,
}

/// The kinds under the names that the Python side knows.
const KINDS: [(Kind, &str); 10] = [
    (Kind::Text, "text"),
    (Kind::Word, "word"),
    (Kind::Count, "count"),
    (Kind::Flag, "flag"),
    (Kind::Amount, "amount"),
    (Kind::Rate, "rate"),
    (Kind::Minutes, "minutes"),
    (Kind::Number, "number"),
    (Kind::Day, "day"),
    (Kind::Instant, "instant"),
];

impl Kind {
    fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("text", |(_, name)| name)
    }

    fn is_exact(self) -> bool {
        matches!(self, Self::Amount | Self::Rate | Self::Minutes | Self::Number)
    }

    fn named(name: &str) -> PyResult<Self> {
        let found = KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind);
        found.ok_or_else(|| PyValueError::new_err(format!("there is no kind of column {name:?}")))
    }
}

/// How a column is read from a row.
pub(crate) enum Read<T> {
    Text(fn(&T) -> Option<&str>),
    /// Text that the row does not hold as such.
    Made(fn(&T) -> Option<String>),
    Count(fn(&T) -> Option<u64>),
    Flag(fn(&T) -> Option<bool>),
    Decimal(fn(&T) -> Option<Decimal>),
    Day(fn(&T) -> Option<NaiveDate>),
    Instant(fn(&T) -> Option<DateTime<Utc>>),
}

/// A column of the rows of a list.
pub(crate) struct Column<T>(pub(crate) &'static str, pub(crate) Kind, pub(crate) Read<T>);

/// A row of a list of the core's. Its columns are the attributes of a row of the Python table.
pub(crate) trait Row: Sized + Send + Sync + 'static {
    const COLUMNS: &'static [Column<Self>];

    /// What a value that cannot be kept is reported by.
    fn key(&self) -> String;
}

/// The columns of a table that has every column, and what each holds.
pub(crate) fn kinds<T: Row>(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let kinds = PyDict::new(py);
    for Column(name, kind, _) in T::COLUMNS {
        kinds.set_item(name, kind.name())?;
    }
    Ok(kinds)
}

/// Declares the columns of a core row: `kind name` where the row has a field of that name, `kind name = reader` otherwise.
macro_rules! columns {
    ($Core:ty, $it:ident => $key:expr, { $($kind:ident $name:ident $(= $read:expr)?,)* }) => {
        impl $crate::columns::Row for $Core {
            const COLUMNS: &'static [$crate::columns::Column<Self>] = &[
                $($crate::columns::column!($kind $name $(= $read)?)),*
            ];

            fn key(&self) -> String {
                let $it = self;
                $key.to_string()
            }
        }
    };
}
pub(crate) use columns;

macro_rules! column {
    ($kind:ident $name:ident) => { $crate::columns::column!($kind $name = |row| $crate::columns::column!(@ $kind row $name)) };
    ($kind:ident $name:ident = $read:expr) => {
        $crate::columns::Column(stringify!($name), $crate::columns::column!(# $kind), $crate::columns::column!(! $kind $read))
    };
    (@ text $row:ident $name:ident) => { $row.$name.as_deref() };
    (@ word $row:ident $name:ident) => { $row.$name.as_deref() };
    (@ $kind:ident $row:ident $name:ident) => { $row.$name };
    (# text) => { $crate::columns::Kind::Text };
    (# made) => { $crate::columns::Kind::Text };
    (# word) => { $crate::columns::Kind::Word };
    (# made_word) => { $crate::columns::Kind::Word };
    (# count) => { $crate::columns::Kind::Count };
    (# flag) => { $crate::columns::Kind::Flag };
    (# amount) => { $crate::columns::Kind::Amount };
    (# rate) => { $crate::columns::Kind::Rate };
    (# minutes) => { $crate::columns::Kind::Minutes };
    (# number) => { $crate::columns::Kind::Number };
    (# day) => { $crate::columns::Kind::Day };
    (# instant) => { $crate::columns::Kind::Instant };
    (! text $read:expr) => { $crate::columns::Read::Text($read) };
    (! word $read:expr) => { $crate::columns::Read::Text($read) };
    (! made $read:expr) => { $crate::columns::Read::Made($read) };
    (! made_word $read:expr) => { $crate::columns::Read::Made($read) };
    (! count $read:expr) => { $crate::columns::Read::Count($read) };
    (! flag $read:expr) => { $crate::columns::Read::Flag($read) };
    (! day $read:expr) => { $crate::columns::Read::Day($read) };
    (! instant $read:expr) => { $crate::columns::Read::Instant($read) };
    (! $kind:ident $read:expr) => { $crate::columns::Read::Decimal($read) };
}
pub(crate) use column;

/// The memory of a table.
#[pyclass(frozen, name = "Columns", module = "vobiz_partner._core")]
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    batch: RecordBatch,
    kinds: Arc<[Kind]>,
    /// What could not be understood or kept, and is unknown here.
    oddities: Arc<[String]>,
    /// Ids of the requests that the rows came in.
    requests: Arc<[String]>,
}

impl Columns {
    /// All columns of some rows.
    pub(crate) fn of<T: Row>(rows: &[T]) -> PyResult<Self> {
        let mut filling = Filling::all();
        filling.add(rows);
        filling.finish()
    }

    fn with(&self, batch: RecordBatch) -> Self {
        Self { batch, ..self.clone() }
    }

    fn place(&self, name: &str) -> PyResult<usize> {
        self.batch.schema().index_of(name).ok().filter(|place| *place < self.kinds.len()).ok_or_else(|| {
            let known = self.names().join(", ");
            PyKeyError::new_err(format!("there is no column '{name}'; there are {known}"))
        })
    }

    /// Where the decimal places of an exact column are.
    fn places_of(&self, place: usize) -> usize {
        self.kinds.len() + self.kinds.iter().take(place).filter(|kind| kind.is_exact()).count()
    }

    /// The columns without the decimal places.
    fn seen(&self) -> PyResult<RecordBatch> {
        self.batch.project(&(0..self.kinds.len()).collect::<Vec<_>>()).map_err(broken)
    }

    fn taken(&self, rows: Vec<u64>) -> PyResult<Self> {
        take_record_batch(&self.batch, &UInt64Array::from(rows)).map(|batch| self.with(batch)).map_err(broken)
    }
}

#[pymethods]
impl Columns {
    /// A table of values: names, kinds and one list of values for each column.
    #[new]
    #[pyo3(signature = (names, kinds, values, oddities = Vec::new(), requests = Vec::new()))]
    fn new(
        names: Vec<String>,
        kinds: Vec<String>,
        values: Vec<Bound<'_, PyList>>,
        oddities: Vec<String>,
        requests: Vec<String>,
    ) -> PyResult<Self> {
        let kinds: Vec<Kind> = kinds.iter().map(|kind| Kind::named(kind)).collect::<PyResult<_>>()?;
        Ok(Self { oddities: oddities.into(), requests: requests.into(), ..build::from_values(&names, kinds.into(), &values)? })
    }

    /// Names of the columns.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.batch.schema().fields().iter().take(self.kinds.len()).map(|field| field.name().clone()).collect()
    }

    /// What each column holds, by name.
    #[getter]
    fn kinds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let kinds = PyDict::new(py);
        for (name, kind) in self.names().into_iter().zip(&*self.kinds) {
            kinds.set_item(name, kind.name())?;
        }
        Ok(kinds)
    }

    /// What could not be understood or kept: where, why and how often.
    #[getter]
    fn oddities(&self) -> Vec<String> {
        self.oddities.to_vec()
    }

    /// Ids of the requests that the rows came in, where the service sent any.
    #[getter]
    fn requests(&self) -> Vec<String> {
        self.requests.to_vec()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        Ok(self.kinds == other.kinds && self.seen()? == other.seen()?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, own) = (slf.py(), slf.get());
        let kinds: Vec<&str> = own.kinds.iter().map(|kind| kind.name()).collect();
        let values = (0..own.kinds.len()).map(|place| own.values(py, place)).collect::<PyResult<Vec<_>>>()?;
        Ok((slf.get_type().into_any(), (own.names(), kinds, values, own.oddities(), own.requests()).into_pyobject(py)?))
    }

    /// The values of one column.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        self.values(py, self.place(name)?)
    }

    /// The values of one row.
    fn row<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyTuple>> {
        let values = (0..self.kinds.len()).map(|place| self.value(py, place, row)).collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, values)
    }

    /// The row whose first column is `key`.
    fn find(&self, key: &str) -> Option<usize> {
        values::find(self.batch.column(0), key)
    }

    /// Numbers of a column as bytes for numpy (64-bit integers or floats), and where they are known.
    fn numbers<'py>(&self, py: Python<'py>, name: &str) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        values::numbers(py, self.batch.column(self.place(name)?))
    }

    /// The exact sum of the known values of a column, and how many are known.
    fn sum<'py>(&self, py: Python<'py>, name: &str) -> PyResult<(Option<Bound<'py, PyAny>>, usize)> {
        values::sum(py, self.batch.column(self.place(name)?))
    }

    /// Rows in the order of a column, unknown values last; equal ones keep their order.
    fn order(&self, name: &str, descending: bool) -> PyResult<Vec<u64>> {
        Ok(values::order(self.batch.column(self.place(name)?), descending))
    }

    fn slice(&self, bounds: &Bound<'_, PySlice>) -> PyResult<Self> {
        let bounds = bounds.indices(isize::try_from(self.batch.num_rows())?)?;
        if bounds.step == 1 {
            return Ok(self.with(self.batch.slice(usize::try_from(bounds.start)?, bounds.slicelength)));
        }
        let mut rows = Vec::with_capacity(bounds.slicelength);
        for step in 0..bounds.slicelength {
            rows.push(u64::try_from(bounds.start + bounds.step * isize::try_from(step)?)?);
        }
        self.taken(rows)
    }

    /// The rows at these places.
    fn take(&self, rows: Vec<u64>) -> PyResult<Self> {
        if rows.iter().any(|row| *row >= self.batch.num_rows() as u64) {
            return Err(PyValueError::new_err("there is no such row"));
        }
        self.taken(rows)
    }

    /// These columns alone.
    fn select(&self, names: Vec<String>) -> PyResult<Self> {
        let places = names.iter().map(|name| self.place(name)).collect::<PyResult<Vec<_>>>()?;
        let kinds: Arc<[Kind]> = places.iter().filter_map(|place| self.kinds.get(*place).copied()).collect();
        let exact = places.iter().zip(&*kinds).filter(|(_, kind)| kind.is_exact()).map(|(place, _)| self.places_of(*place));
        let all: Vec<usize> = places.iter().copied().chain(exact).collect();
        Ok(Self { batch: self.batch.project(&all).map_err(broken)?, kinds, ..self.clone() })
    }

    /// These rows after those; both have the same columns.
    fn then(&self, py: Python<'_>, more: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let batches: Vec<RecordBatch> =
            std::iter::once(self.batch.clone()).chain(more.iter().map(|own| own.batch.clone())).collect();
        py.detach(|| arrow_select::concat::concat_batches(&self.batch.schema(), &batches))
            .map(|batch| Self {
                oddities: self.oddities.iter().chain(more.iter().flat_map(|own| &*own.oddities)).cloned().collect(),
                requests: self.requests.iter().chain(more.iter().flat_map(|own| &*own.requests)).cloned().collect(),
                ..self.with(batch)
            })
            .map_err(broken)
    }

    fn arrow_schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::schema(py, &self.seen()?)
    }

    #[pyo3(signature = (requested = None))]
    fn arrow_stream<'py>(&self, py: Python<'py>, requested: Option<Bound<'py, PyCapsule>>) -> PyResult<Bound<'py, PyCapsule>> {
        let seen = self.seen()?;
        let given = match requested {
            None => seen,
            Some(capsule) => requested::converted(&seen, arrow::wanted(&capsule)?.as_ref()).map_err(broken)?,
        };
        arrow::stream(py, given)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn broken(error: arrow_schema::ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The fields of the columns, and behind them those of the decimal places of exact numbers.
fn schema(names: &[&str], kinds: &[Kind]) -> Arc<Schema> {
    let columns = names.iter().zip(kinds);
    let seen = columns.clone().map(|(name, kind)| Field::new(*name, kind.arrow(), true));
    let unseen = columns.filter(|(_, kind)| kind.is_exact()).map(|(name, _)| Field::new(*name, DataType::UInt8, true));
    Arc::new(Schema::new(seen.chain(unseen).collect::<Vec<_>>()))
}
