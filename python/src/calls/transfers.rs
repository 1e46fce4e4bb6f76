//! Paying into a customer's wallet, and what became of it.

use chrono::Utc;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use vobiz_core::PartnerClient;
use vobiz_core::transfer::{Transfer, TransferAttempt, TransferOutcome};

use crate::arguments;
use crate::call::Call;
use crate::client::Core;
use crate::columns::Columns;
use crate::record::{object, record};

record!(Transfer, it, py, {
    transaction_id,
    from_account,
    to_account,
    amount,
    currency,
    description,
    status,
    partner_balance_after,
    customer_balance_after,
    timestamp,
});

record!(TransferAttempt, it, py, { customer, amount, started, partner_balance_before, });

#[pyfunction]
#[pyo3(signature = (core, auth_id, amount, currency, description, at))]
pub(crate) fn transfer(
    py: Python<'_>,
    core: &Core,
    auth_id: String,
    amount: &Bound<'_, PyAny>,
    currency: String,
    description: Option<String>,
    at: Option<&Bound<'_, PyAny>>,
) -> PyResult<Call> {
    let amount = arguments::amount("transfer balance", "amount", amount)?;
    let at = at.map(|given| arguments::instant("transfer balance: at", given)).transpose()?;
    core.one(py, "transfer balance", |client| {
        let mut request = client.transfer(auth_id, amount, currency);
        if let Some(text) = description {
            request = request.description(text);
        }
        if let Some(at) = at {
            request = request.at(at);
        }
        request.send()
    })
}

#[pyfunction]
#[pyo3(signature = (core, customer, amount, started, partner_balance_before, now))]
pub(crate) fn transfer_outcome(
    py: Python<'_>,
    core: &Core,
    customer: String,
    amount: &Bound<'_, PyAny>,
    started: &Bound<'_, PyAny>,
    partner_balance_before: Option<&Bound<'_, PyAny>>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<Call> {
    const OPERATION: &str = "find transfer";
    let before = partner_balance_before.map(|given| arguments::amount(OPERATION, "partner_balance_before", given)).transpose()?;
    let started = arguments::instant("find transfer: started", started)?;
    let now = now.map(|given| arguments::instant("find transfer: now", given)).transpose()?;
    let attempt = TransferAttempt {
        customer,
        amount: arguments::amount(OPERATION, "amount", amount)?,
        started,
        partner_balance_before: before,
    };
    let ask = |client: PartnerClient| async move { client.transfer_outcome(&attempt, now.unwrap_or_else(Utc::now)).await };
    core.call(py, OPERATION, ask, |py, found: TransferOutcome| {
        let (outcome, row, reason) = match found {
            TransferOutcome::Done(row) => ("done", Some(Columns::of(&[*row])?), None),
            TransferOutcome::NotDone => ("not_done", None, None),
            TransferOutcome::CannotTell(reason) => ("unknown", None, Some(reason)),
        };
        let record = PyDict::new(py);
        record.set_item("outcome", outcome)?;
        record.set_item("transaction", row)?;
        record.set_item("reason", reason)?;
        object(py, record)
    })
}
