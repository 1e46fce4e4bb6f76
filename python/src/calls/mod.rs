//! The calls, a file for each resource of the API.

pub(crate) mod accounts;
pub(crate) mod capacity;
pub(crate) mod cdrs;
pub(crate) mod kyc;
pub(crate) mod month;
pub(crate) mod month_read;
pub(crate) mod numbers;
pub(crate) mod reports;
pub(crate) mod transactions;
pub(crate) mod transfers;

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::columns::kinds;

/// The columns of a table that has every column, and what each holds.
#[pyfunction]
pub(crate) fn kinds_of<'py>(py: Python<'py>, table: &str) -> PyResult<Bound<'py, PyDict>> {
    match table {
        "Accounts" => kinds::<vobiz_core::accounts::Account>(py),
        "Alerts" => kinds::<crate::history::Alert>(py),
        "CallRecords" => kinds::<vobiz_core::cdrs::Cdr>(py),
        "CoverageTable" => kinds::<vobiz_core::billing::Coverage>(py),
        "Differences" => kinds::<vobiz_core::billing::Difference>(py),
        "Findings" => kinds::<vobiz_core::billing::Finding>(py),
        "Forecast" => kinds::<crate::history::Ahead>(py),
        "InvoiceLines" => kinds::<month::Charge>(py),
        "Invoices" => kinds::<vobiz_core::billing::Invoice>(py),
        "KycSessions" => kinds::<vobiz_core::kyc::KycSession>(py),
        "Lines" => kinds::<vobiz_core::billing::Line>(py),
        "Numbers" => kinds::<vobiz_core::numbers::Number>(py),
        "ReferenceSums" => kinds::<vobiz_core::transactions::ReferenceSums>(py),
        "ReportCustomers" => kinds::<vobiz_core::dashboard::ReportCustomer>(py),
        "Runways" => kinds::<crate::history::Lasts>(py),
        "Samples" => kinds::<crate::history::Sample>(py),
        "Spenders" => kinds::<vobiz_core::billing::Spender>(py),
        "Splits" => kinds::<vobiz_core::billing::Split>(py),
        "Statements" => kinds::<month::Wallet>(py),
        "TimeSeries" => kinds::<vobiz_core::dashboard::DayFigures>(py),
        "TopCustomers" => kinds::<reports::Top>(py),
        "Transactions" => kinds::<vobiz_core::transactions::Transaction>(py),
        "Breakdown" => kinds::<reports::Part>(py),
        _ => Err(PyKeyError::new_err(format!("there is no table {table}"))),
    }
}
