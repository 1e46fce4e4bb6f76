//! The memory of a table as Python values, its exact sums and its order.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use chrono::{DateTime, NaiveDate};
use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use super::Columns;
use super::arrow::SCALE;

impl Columns {
    /// All values of a column. Equal numbers and words share one object.
    pub(super) fn values<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Bound<'py, PyList>> {
        let array = self.batch.column(place);
        let list = PyList::empty(py);
        match array.data_type() {
            DataType::Decimal128(..) => {
                let mut made: HashMap<(i128, u8), Bound<'py, PyAny>> = HashMap::new();
                let decimal = py.import("decimal")?.getattr("Decimal")?;
                let places = self.batch.column(self.places_of(place)).as_primitive::<UInt8Type>().values();
                for (units, places) in array.as_primitive::<Decimal128Type>().iter().zip(places) {
                    let Some(units) = units else {
                        list.append(py.None())?;
                        continue;
                    };
                    let value = match made.entry((units, *places)) {
                        Entry::Occupied(known) => known.into_mut(),
                        Entry::Vacant(free) => free.insert(decimal.call1((written(units, *places),))?),
                    };
                    list.append(&*value)?;
                }
            }
            DataType::Dictionary(..) => {
                let words = array.as_dictionary::<Int32Type>();
                let made: Vec<_> =
                    words.values().as_string::<i32>().iter().map(|word| PyString::new(py, word.unwrap_or_default())).collect();
                for key in words.keys() {
                    list.append(key.and_then(|key| made.get(usize::try_from(key).ok()?)))?;
                }
            }
            _ => {
                for row in 0..array.len() {
                    list.append(self.value(py, place, row)?)?;
                }
            }
        }
        Ok(list)
    }

    /// One value.
    pub(super) fn value<'py>(&self, py: Python<'py>, place: usize, row: usize) -> PyResult<Bound<'py, PyAny>> {
        let array = self.batch.column(place);
        if row >= array.len() {
            return Err(PyValueError::new_err("there is no such row"));
        }
        if array.is_null(row) {
            return Ok(py.None().into_bound(py));
        }
        match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(row).into_bound_py_any(py),
            DataType::Dictionary(..) => {
                let words = array.as_dictionary::<Int32Type>();
                let key = usize::try_from(words.keys().value(row))?;
                words.values().as_string::<i32>().value(key).into_bound_py_any(py)
            }
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into_bound_py_any(py),
            DataType::Boolean => array.as_boolean().value(row).into_bound_py_any(py),
            DataType::Decimal128(..) => {
                let places = self.batch.column(self.places_of(place)).as_primitive::<UInt8Type>().value(row);
                exact(py, array.as_primitive::<Decimal128Type>().value(row), places)
            }
            DataType::Date32 => day(array.as_primitive::<Date32Type>().value(row)).into_bound_py_any(py),
            _ => {
                DateTime::from_timestamp_micros(array.as_primitive::<TimestampMicrosecondType>().value(row)).into_bound_py_any(py)
            }
        }
    }
}

fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}

fn exact(py: Python<'_>, units: i128, places: u8) -> PyResult<Bound<'_, PyAny>> {
    py.import("decimal")?.getattr("Decimal")?.call1((written(units, places),))
}

/// A number of units of 10⁻¹⁰ in digits, with so many decimal places.
pub(super) fn written(units: i128, places: u8) -> String {
    let scale = SCALE.unsigned_abs();
    let one = 10_u128.pow(scale.into());
    let (whole, part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    let sign = if units < 0 { "-" } else { "" };
    if places == 0 {
        return format!("{sign}{whole}");
    }
    let part = part / 10_u128.pow((scale - places.min(scale)).into());
    format!("{sign}{whole}.{part:0width$}", width = usize::from(places.min(scale)))
}

/// The decimal places that a number of units has, two at least.
fn places_needed(mut units: i128) -> u8 {
    let mut places = SCALE.unsigned_abs();
    while places > 2 && units % 10 == 0 {
        units /= 10;
        places -= 1;
    }
    places
}

pub(super) fn find(array: &ArrayRef, key: &str) -> Option<usize> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().position(|value| value == Some(key)),
        DataType::Date32 => array
            .as_primitive::<Date32Type>()
            .iter()
            .position(|days| days.and_then(day).is_some_and(|day| day.to_string() == key)),
        _ => None,
    }
}

/// Numbers as bytes: integers and instants as 64-bit integers, exact numbers as the nearest floats; unknown ones as the least
/// integer and as not-a-number. The second bytes say which are unknown.
#[expect(clippy::cast_precision_loss, reason = "floats are what the caller asked for")]
pub(super) fn numbers<'py>(py: Python<'py>, array: &ArrayRef) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let bytes: Vec<u8> = match array.data_type() {
        DataType::Int64 => spread(array.as_primitive::<Int64Type>().iter()),
        DataType::Boolean => spread(array.as_boolean().iter().map(|flag| flag.map(i64::from))),
        DataType::Date32 => spread(array.as_primitive::<Date32Type>().iter().map(|days| days.map(i64::from))),
        DataType::Timestamp(..) => spread(array.as_primitive::<TimestampMicrosecondType>().iter()),
        DataType::Decimal128(..) => {
            let one = 10_i128.pow(SCALE.unsigned_abs().into()) as f64;
            let floats = array.as_primitive::<Decimal128Type>().iter();
            floats.flat_map(|units| units.map_or(f64::NAN, |units| units as f64 / one).to_ne_bytes()).collect()
        }
        other => return Err(PyTypeError::new_err(format!("a column of {other} holds no numbers"))),
    };
    let unknown: Vec<u8> = (0..array.len()).map(|row| u8::from(array.is_null(row))).collect();
    Ok((PyBytes::new(py, &bytes), PyBytes::new(py, &unknown)))
}

fn spread(numbers: impl Iterator<Item = Option<i64>>) -> Vec<u8> {
    numbers.flat_map(|number| number.unwrap_or(i64::MIN).to_ne_bytes()).collect()
}

/// The exact sum, as long as the numbers are; `None` where nothing is known.
pub(super) fn sum<'py>(py: Python<'py>, array: &ArrayRef) -> PyResult<(Option<Bound<'py, PyAny>>, usize)> {
    let known = array.len() - array.null_count();
    if known == 0 {
        return Ok((None, 0));
    }
    let sum = match array.data_type() {
        // 28 digits leave room for more rows than memory does.
        DataType::Decimal128(..) => {
            let sum: i128 = array.as_primitive::<Decimal128Type>().iter().flatten().sum();
            exact(py, sum, places_needed(sum))?
        }
        DataType::Int64 => {
            array.as_primitive::<Int64Type>().iter().flatten().map(i128::from).sum::<i128>().into_bound_py_any(py)?
        }
        other => return Err(PyTypeError::new_err(format!("a column of {other} is not summed"))),
    };
    Ok((Some(sum), known))
}

pub(super) fn order(array: &ArrayRef, descending: bool) -> Vec<u64> {
    match array.data_type() {
        DataType::Utf8 => ordered(array.as_string::<i32>().iter(), descending),
        DataType::Dictionary(..) => {
            let words = array.as_dictionary::<Int32Type>();
            let known = words.values().as_string::<i32>();
            let word = |key: Option<i32>| key.and_then(|key| usize::try_from(key).ok()).map(|key| known.value(key));
            ordered(words.keys().iter().map(word), descending)
        }
        DataType::Int64 => ordered(array.as_primitive::<Int64Type>().iter(), descending),
        DataType::Boolean => ordered(array.as_boolean().iter(), descending),
        DataType::Decimal128(..) => ordered(array.as_primitive::<Decimal128Type>().iter(), descending),
        DataType::Date32 => ordered(array.as_primitive::<Date32Type>().iter(), descending),
        _ => ordered(array.as_primitive::<TimestampMicrosecondType>().iter(), descending),
    }
}

fn ordered<V: Ord>(values: impl Iterator<Item = Option<V>>, descending: bool) -> Vec<u64> {
    let mut rows: Vec<(u64, Option<V>)> = (0..).zip(values).collect();
    rows.sort_by(|(_, left), (_, right)| match (left, right) {
        (Some(left), Some(right)) if descending => right.cmp(left),
        (Some(left), Some(right)) => left.cmp(right),
        (left, right) => {
            if left.is_some() == right.is_some() {
                Ordering::Equal
            } else {
                right.is_some().cmp(&left.is_some())
            }
        }
    });
    rows.into_iter().map(|(row, _)| row).collect()
}
