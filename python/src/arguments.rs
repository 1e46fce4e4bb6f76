//! What callers pass in: exact amounts and calendar days.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDelta, PyFloat, PyString, PyType, PyTzInfo};
use rust_decimal::Decimal;
use vobiz_core::{DateRange, ErrorKind, money, time};

use crate::error::refuse;

/// An amount given as text, as a whole number or as a `decimal.Decimal`. Floats are refused: `0.1` is not one of them.
pub(crate) fn amount(operation: &str, name: &str, given: &Bound<'_, PyAny>) -> PyResult<Decimal> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = given.py();
    let decimal = DECIMAL.import(py, "decimal", "Decimal")?;
    let kind = given.get_type().name()?;
    // numpy's whole numbers have an index as Python's do; truth values have one too, and are no amounts.
    let whole = given.hasattr("__index__")? && !given.is_instance_of::<PyBool>() && kind != "bool" && kind != "bool_";
    if !(whole || given.is_instance_of::<PyString>() || given.is_instance(decimal)?) {
        let write = match given.extract::<f64>() {
            Ok(float) if !given.is_instance_of::<PyBool>() => format!("; a float is not exact, write Decimal(\"{float}\")"),
            _ => String::new(),
        };
        return Err(PyTypeError::new_err(format!(
            "{operation}: {name} must be exact: text such as \"500.10\", an int or a decimal.Decimal, not {kind}{write}"
        )));
    }
    let text = if whole { given.call_method0("__index__")?.str()? } else { given.str()? };
    money::parse(text.to_str()?).map_err(|error| refuse(py, ErrorKind::Invalid, operation, &format!("{name}: {error}")))
}

/// Whether a value says that nothing is known: `None`, `NA` and `NaT` of pandas, `NaT` of numpy, not-a-number.
pub(crate) fn is_unknown(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    if given.is_none() {
        return Ok(true);
    }
    if given.is_instance_of::<PyString>() || given.is_instance_of::<PyDate>() {
        // `NaT` of pandas is a datetime to Python.
        return Ok(given.is_instance_of::<PyDateTime>() && given.get_type().name()? == "NaTType");
    }
    if let Ok(float) = given.cast::<PyFloat>() {
        return Ok(float.value().is_nan());
    }
    let kind = given.get_type().name()?;
    Ok(kind == "NAType" || (kind == "datetime64" && given.ne(given)?))
}

/// The calendar day that an argument holds.
#[pyfunction]
pub(crate) fn exact_day(operation: &str, name: &str, given: &Bound<'_, PyAny>) -> PyResult<NaiveDate> {
    day(operation, name, given)
}

/// Whether an argument says that nothing is known.
#[pyfunction]
pub(crate) fn unknown(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_unknown(given)
}

/// An instant given as an aware datetime, of whatever zone.
pub(crate) fn instant(name: &str, given: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
    if !given.is_instance_of::<PyDateTime>() || given.getattr("tzinfo")?.is_none() {
        let kind = given.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "{name} must be a datetime with its time zone, such as datetime(2026, 5, 1, tzinfo=timezone.utc), not {kind} without one"
        )));
    }
    given.call_method1("astimezone", (PyTzInfo::utc(given.py())?,))?.extract()
}

/// A length of time given as `datetime.timedelta`, or as text such as `24h`.
pub(crate) fn duration(operation: &str, name: &str, given: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let length = if given.is_instance_of::<PyDelta>() {
        given.extract().ok()
    } else {
        let text: String = given.extract().map_err(|_| {
            PyTypeError::new_err(format!("{operation}: {name} must be a datetime.timedelta or text such as \"24h\""))
        })?;
        length(text.trim())
    };
    let detail = || format!("{name} must be a length of time such as \"90s\", \"15m\", \"24h\" or \"7d\"");
    length.ok_or_else(|| refuse(given.py(), ErrorKind::Invalid, operation, &detail()))
}

fn length(text: &str) -> Option<Duration> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text.get(..text.len() - 1)?.parse().ok()?;
    number.checked_mul(unit).map(Duration::from_secs)
}

/// A window of days, either end of which may be left to the service.
#[pyclass(frozen, module = "vobiz_partner._core")]
#[derive(Debug)]
pub(crate) struct Window(pub(crate) DateRange);

#[pymethods]
impl Window {
    /// The days of a month, or from one day to another.
    #[new]
    #[pyo3(signature = (operation, month, from_date, to_date))]
    fn new(
        py: Python<'_>,
        operation: &str,
        month: Option<&Bound<'_, PyAny>>,
        from_date: Option<&Bound<'_, PyAny>>,
        to_date: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let invalid = |detail: &str| refuse(py, ErrorKind::Invalid, operation, detail);
        if let Some(month) = month {
            if from_date.is_some() || to_date.is_some() {
                return Err(invalid("month says both days; leave from_date and to_date out"));
            }
            let first = month
                .extract::<&str>()
                .ok()
                .filter(|text| text.len() == 7)
                .and_then(|text| time::parse_day(&format!("{text}-01")));
            let last = first.and_then(|first| first.checked_add_months(Months::new(1))?.pred_opt());
            let (Some(first), Some(last)) = (first, last) else { return Err(invalid("month is text such as \"2026-04\"")) };
            return Ok(Self(DateRange::between(first, last)));
        }
        let range = DateRange {
            from: from_date.map(|given| day(operation, "from_date", given)).transpose()?,
            to: to_date.map(|given| day(operation, "to_date", given)).transpose()?,
        };
        Ok(Self(range))
    }

    #[getter]
    fn from_date(&self) -> Option<NaiveDate> {
        self.0.from
    }

    #[getter]
    fn to_date(&self) -> Option<NaiveDate> {
        self.0.to
    }
}

/// A day given as `datetime.date`, as text, or as the day that numpy or pandas holds. Another instant is refused, for its day
/// depends on a zone.
pub(crate) fn day(operation: &str, name: &str, given: &Bound<'_, PyAny>) -> PyResult<NaiveDate> {
    let py = given.py();
    let kind = given.get_type().name()?;
    let invalid = |detail: &str| refuse(py, ErrorKind::Invalid, operation, &format!("{name}: {detail}"));
    if matches!(kind.to_str()?, "NaTType" | "NAType") {
        return Err(invalid("it is missing (NaT); pass a day, or leave it out"));
    }
    if given.is_instance_of::<PyDateTime>() {
        // A day as pandas has it: midnight without a zone.
        if kind == "Timestamp" && given.getattr("tzinfo")?.is_none() && given.call_method0("normalize")?.eq(given)? {
            return given.call_method0("date")?.extract();
        }
        return Err(PyTypeError::new_err(format!(
            "{operation}: {name} is a calendar day, and the day of a datetime depends on its zone; pass its .date()"
        )));
    }
    if given.is_instance_of::<PyDate>() {
        return given.extract();
    }
    let text = if kind == "datetime64" {
        given.str()?
    } else {
        given
            .cast::<PyString>()
            .map_err(|_| {
                PyTypeError::new_err(format!(
                    "{operation}: {name} must be a datetime.date or text such as \"2026-04-30\", not {kind}"
                ))
            })?
            .clone()
    };
    let text = text.to_str()?.trim();
    match time::parse_day(text) {
        Some(day) if text.len() == 10 => Ok(day),
        _ => Err(invalid(&why_no_day(text))),
    }
}

/// Why a text is not a day, in words that lead to the right one.
fn why_no_day(text: &str) -> String {
    const FORM: &str = "write it as \"2026-04-30\" or pass a datetime.date";
    let shown: String = text.chars().take(40).collect();
    let first_of_month = text.get(..8).filter(|_| text.len() == 10).and_then(|month| time::parse_day(&format!("{month}01")));
    let last_of_month = first_of_month
        .filter(|_| text.as_bytes().iter().skip(8).all(u8::is_ascii_digit))
        .and_then(|first| first.checked_add_months(Months::new(1))?.pred_opt());
    match last_of_month {
        Some(last) => format!("{shown} is not a day; {} has {} days, the last is {last}", last.format("%B %Y"), last.day()),
        None => format!("{shown:?} is not a day; {FORM}"),
    }
}
