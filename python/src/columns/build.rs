//! Filling the memory of a table, from rows of the core or from Python values.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder, StringDictionaryBuilder,
    TimestampMicrosecondBuilder, UInt8Builder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use chrono::{Datelike as _, NaiveDate};
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyListMethods};
use rust_decimal::Decimal;
use vobiz_core::Oddity;

use crate::arguments::{amount, day, instant, is_unknown};

use super::arrow::{PRECISION, SCALE};
use super::{Column, Columns, Kind, Read, Row, broken, schema};

const MAKE: &str = "make table";
/// Days from the first of January of the year 1 to that of 1970.
const EPOCH: i32 = 719_163;
/// The first unit that has more digits than a column holds.
const TOO_LARGE: u128 = 10_u128.pow(PRECISION as u32);

/// Values of a column that could not be kept: how many, and where the first was.
struct Loss {
    count: u64,
    column: &'static str,
    row: String,
    reason: &'static str,
}

/// A table that is being filled.
pub(crate) struct Filling<T: 'static> {
    columns: Vec<(&'static Column<T>, Values)>,
    rows: usize,
    losses: Vec<Loss>,
    /// What the core could not understand.
    oddities: Vec<Oddity>,
    /// Ids of the requests of the pages.
    requests: Vec<String>,
}

impl<T: Row> Filling<T> {
    /// A table of every column.
    pub(crate) fn all() -> Self {
        Self::of(T::COLUMNS.iter())
    }

    /// A table of the columns that were asked for, in that order.
    pub(crate) fn asked(names: Option<&[String]>) -> PyResult<Self> {
        let Some(names) = names else { return Ok(Self::all()) };
        let find = |name: &String| {
            T::COLUMNS.iter().find(|column| column.0 == name).ok_or_else(|| {
                let known: Vec<&str> = T::COLUMNS.iter().map(|column| column.0).collect();
                PyKeyError::new_err(format!("there is no column '{name}'; there are {}", known.join(", ")))
            })
        };
        Ok(Self::of(names.iter().map(find).collect::<PyResult<Vec<_>>>()?.into_iter()))
    }

    fn of(columns: impl Iterator<Item = &'static Column<T>>) -> Self {
        let columns = columns.map(|column| (column, Values::new(column.1))).collect();
        Self { columns, rows: 0, losses: Vec::new(), oddities: Vec::new(), requests: Vec::new() }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Notes the request of a page and what of the page could not be understood. Where the list is read once more, only what
    /// is not understood then counts.
    pub(crate) fn note(&mut self, oddities: Vec<Oddity>, request: Option<String>, starts_over: bool) {
        if starts_over {
            self.oddities.clear();
        }
        Oddity::merge(&mut self.oddities, oddities);
        self.requests.extend(request);
    }

    /// Adds rows. A value that cannot be kept exactly becomes unknown, and is listed.
    pub(crate) fn add(&mut self, rows: &[T]) {
        self.rows += rows.len();
        for (column, values) in &mut self.columns {
            let Column(name, _, read) = column;
            let mut lost = |row: &T, reason| match self.losses.iter_mut().find(|loss| loss.column == *name) {
                Some(loss) => loss.count += 1,
                None => self.losses.push(Loss { count: 1, column: name, row: row.key(), reason }),
            };
            match (read, values) {
                (Read::Text(read), Values::Text(values)) => rows.iter().for_each(|row| values.append_option(read(row))),
                (Read::Made(read), Values::Text(values)) => rows.iter().for_each(|row| values.append_option(read(row))),
                (Read::Text(read), Values::Word(values)) => rows.iter().for_each(|row| values.append_option(read(row))),
                (Read::Made(read), Values::Word(values)) => rows.iter().for_each(|row| values.append_option(read(row))),
                (Read::Flag(read), Values::Flag(values)) => rows.iter().for_each(|row| values.append_option(read(row))),
                (Read::Day(read), Values::Day(values)) => rows.iter().for_each(|row| values.append_option(read(row).map(days))),
                (Read::Instant(read), Values::Instant(values)) => {
                    for row in rows {
                        values.append_option(read(row).map(|at| at.timestamp_micros()));
                    }
                }
                (Read::Count(read), Values::Count(values)) => rows.iter().for_each(|row| {
                    let count = read(row).map(i64::try_from);
                    if matches!(count, Some(Err(_))) {
                        lost(row, "the count does not fit into 64 bits with a sign");
                    }
                    values.append_option(count.and_then(Result::ok));
                }),
                (Read::Decimal(read), Values::Decimal(values, places)) => rows.iter().for_each(|row| {
                    let number = read(row);
                    let exact = number.and_then(scaled);
                    if number.is_some() && exact.is_none() {
                        lost(row, "the number has more than 18 digits before or 10 after its point");
                    }
                    values.append_option(exact.map(|(units, _)| units));
                    places.append_value(exact.map_or(0, |(_, places)| places));
                }),
                // A column's kind and reader are declared by one word of the macro.
                (_, values) => rows.iter().for_each(|_| values.append_null()),
            }
        }
    }

    pub(crate) fn finish(self) -> PyResult<Columns> {
        let kinds: Arc<[Kind]> = self.columns.iter().map(|(column, _)| column.1).collect();
        let (names, values): (Vec<&str>, Vec<Values>) =
            self.columns.into_iter().map(|(column, values)| (column.0, values)).unzip();
        let lost =
            self.losses.iter().map(|Loss { count, column, row, reason }| format!("{column} of {row}: {reason} ({count} in all)"));
        let oddities = self.oddities.iter().map(ToString::to_string).chain(lost).collect();
        Ok(Columns { batch: batch(&names, &kinds, values, self.rows)?, kinds, oddities, requests: self.requests.into() })
    }
}

/// Values of one column that are being gathered.
enum Values {
    Text(StringBuilder),
    Word(StringDictionaryBuilder<Int32Type>),
    Count(Int64Builder),
    Flag(BooleanBuilder),
    /// Exact numbers, and how many decimal places each was sent with.
    Decimal(Decimal128Builder, UInt8Builder),
    Day(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
}

impl Values {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Word => Self::Word(StringDictionaryBuilder::new()),
            Kind::Count => Self::Count(Int64Builder::new()),
            Kind::Flag => Self::Flag(BooleanBuilder::new()),
            Kind::Amount | Kind::Rate | Kind::Minutes | Kind::Number => {
                Self::Decimal(Decimal128Builder::new().with_data_type(kind.arrow()), UInt8Builder::new())
            }
            Kind::Day => Self::Day(Date32Builder::new()),
            Kind::Instant => Self::Instant(TimestampMicrosecondBuilder::new().with_data_type(kind.arrow())),
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(values) => values.append_null(),
            Self::Word(values) => values.append_null(),
            Self::Count(values) => values.append_null(),
            Self::Flag(values) => values.append_null(),
            Self::Decimal(values, places) => {
                values.append_null();
                places.append_value(0);
            }
            Self::Day(values) => values.append_null(),
            Self::Instant(values) => values.append_null(),
        }
    }

    fn append(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if is_unknown(value)? {
            self.append_null();
            return Ok(());
        }
        let other = |wanted: &str| match value.get_type().name() {
            Ok(kind) => PyTypeError::new_err(format!("{MAKE}: {name} is {wanted}, not {kind}")),
            Err(error) => error,
        };
        match self {
            Self::Text(values) => values.append_value(value.extract::<&str>().map_err(|_| other("text"))?),
            Self::Word(values) => values.append_value(value.extract::<&str>().map_err(|_| other("text"))?),
            Self::Count(values) => values.append_value(value.extract::<i64>().map_err(|_| other("a whole number"))?),
            Self::Flag(values) => values.append_value(value.extract::<bool>().map_err(|_| other("True or False"))?),
            Self::Decimal(values, places) => {
                let exact = scaled(amount(MAKE, name, value)?);
                let too_long = || PyValueError::new_err(format!("{MAKE}: {name} has too many digits for a column"));
                let (units, sent) = exact.ok_or_else(too_long)?;
                values.append_value(units);
                places.append_value(sent);
            }
            Self::Day(values) => values.append_value(days(day(MAKE, name, value)?)),
            Self::Instant(values) => values.append_value(instant(&format!("{MAKE}: {name}"), value)?.timestamp_micros()),
        }
        Ok(())
    }

    /// The values, and the places of exact numbers.
    fn finish(mut self) -> (ArrayRef, Option<ArrayRef>) {
        match &mut self {
            Self::Text(values) => (Arc::new(values.finish()), None),
            Self::Word(values) => (Arc::new(values.finish()), None),
            Self::Count(values) => (Arc::new(values.finish()), None),
            Self::Flag(values) => (Arc::new(values.finish()), None),
            Self::Decimal(values, places) => (Arc::new(values.finish()), Some(Arc::new(places.finish()))),
            Self::Day(values) => (Arc::new(values.finish()), None),
            Self::Instant(values) => (Arc::new(values.finish()), None),
        }
    }
}

/// A table of Python values.
pub(super) fn from_values(names: &[String], kinds: Arc<[Kind]>, columns: &[Bound<'_, PyList>]) -> PyResult<Columns> {
    if names.len() != kinds.len() || names.len() != columns.len() {
        return Err(PyValueError::new_err("a table needs a name, a kind and a list of values for each column"));
    }
    let mut filled = Vec::with_capacity(columns.len());
    for ((name, kind), column) in names.iter().zip(&*kinds).zip(columns) {
        let mut values = Values::new(*kind);
        for value in column {
            values.append(name, &value)?;
        }
        filled.push(values);
    }
    let rows = columns.first().map_or(0, PyListMethods::len);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(Columns { batch: batch(&names, &kinds, filled, rows)?, kinds, oddities: Arc::from([]), requests: Arc::from([]) })
}

/// The columns, and behind them, unseen from outside, the decimal places of the exact numbers.
fn batch(names: &[&str], kinds: &[Kind], values: Vec<Values>, rows: usize) -> PyResult<RecordBatch> {
    let (mut arrays, places): (Vec<ArrayRef>, Vec<Option<ArrayRef>>) = values.into_iter().map(Values::finish).unzip();
    arrays.extend(places.into_iter().flatten());
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema(names, kinds), arrays, &options).map_err(broken)
}

/// The number in units of 10⁻¹⁰ and its decimal places, where that is exact and has no more than 28 digits.
fn scaled(number: Decimal) -> Option<(i128, u8)> {
    let places = u32::from(SCALE.unsigned_abs());
    let number = if number.scale() > places { number.normalize() } else { number };
    let units = number.mantissa().checked_mul(10_i128.checked_pow(places.checked_sub(number.scale())?)?)?;
    (units.unsigned_abs() < TOO_LARGE).then_some((units, u8::try_from(number.scale()).ok()?))
}

fn days(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - EPOCH
}
