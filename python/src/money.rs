//! Amounts as people read them.

use pyo3::prelude::*;
use vobiz_core::money;

use crate::arguments::amount;

/// Write an amount the way its currency is written.
///
/// Parameters
/// ----------
/// amount : decimal.Decimal, int or str
///     The exact amount. A float is refused.
/// currency : str, optional
///     Its currency, such as ``"INR"``; without one the figure alone is written.
///
/// Returns
/// -------
/// str
///     Two places, rounded half away from zero, in Indian grouping for rupees.
///
/// Examples
/// --------
/// >>> vobiz.format_money("1003058.82000", "INR")
/// '₹10,03,058.82'
#[pyfunction]
#[pyo3(signature = (amount, currency = None))]
pub(crate) fn format_money(#[pyo3(from_py_with = given)] amount: rust_decimal::Decimal, currency: Option<&str>) -> String {
    money::show(amount, currency)
}

/// The sign that `format_money` puts before an amount: ``'₹'``, or the code and a space.
#[pyfunction]
#[pyo3(signature = (currency))]
pub(crate) fn currency_sign(currency: Option<&str>) -> String {
    money::sign(currency)
}

/// The exact amount that an argument holds, as a `decimal.Decimal`.
#[pyfunction]
pub(crate) fn exact(operation: &str, name: &str, given: &Bound<'_, PyAny>) -> PyResult<rust_decimal::Decimal> {
    amount(operation, name, given)
}

fn given(argument: &Bound<'_, PyAny>) -> PyResult<rust_decimal::Decimal> {
    amount("format money", "amount", argument)
}
