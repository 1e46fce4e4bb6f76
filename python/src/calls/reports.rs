//! Reports over all customers, and the partner's own profile.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::dashboard::{CallFigures, DayFigures, Period, Report, ReportAccounts, ReportCustomer, TopCustomer, Traffic};
use vobiz_core::profile::Profile;
use vobiz_core::top::{Source, Spender, TopCustomers};
use vobiz_core::{DateRange, PartnerClient};

use crate::arguments::Window;
use crate::call::Call;
use crate::client::Core;
use crate::columns::{Columns, columns};
use crate::error::refuse;
use crate::record::{object, part, record};

record!(Profile, it, py, {
    id, account_id, auth_id, name, slug, company, email, phone, billing_model, is_active, is_verified, max_accounts,
    account_count, can_create_accounts, can_create_pricing_tiers, can_view_cdrs, can_transfer_balance,
    default_pricing_tier_id, balance, currency, gstin, gst_status, tds_applicable, tds_percentage, status, country,
    created_at, updated_at,
});

record!(CallFigures, it, py, {
    total_calls,
    answered_calls,
    failed_calls = it.failed_calls(),
    total_minutes,
    total_cost,
});

record!(Period, it, py, { from_date, to_date, });
record!(Traffic, it, py, { inbound = part(py, it.inbound.as_ref())?, outbound = part(py, it.outbound.as_ref())?, });
record!(ReportAccounts, it, py, { total, active, customers = Columns::of(&it.customers)?, });

record!(Report, it, py, {
    partner = part(py, it.partner.as_ref())?,
    period = part(py, it.period.as_ref())?,
    accounts = part(py, it.accounts.as_ref())?,
    total_balance,
    currency,
    calls = part(py, it.calls.as_ref())?,
    traffic = part(py, it.traffic.as_ref())?,
    by_product = breakdown(&it.by_product)?,
    by_direction = breakdown(&it.by_direction())?,
    time_series = Columns::of(&it.time_series)?,
    top_customers = it.top_customers.as_deref().map(|top| reported(top, it.currency.as_deref())).transpose()?,
    mtd_revenue,
    pending_kyc,
    accounts_low_balance = it.accounts_low_balance(),
    accounts_suspended = it.reported.accounts_suspended,
    calls_today = it.reported.calls_today,
    calls_this_month = it.reported.calls_this_month,
    total_spend_this_month = it.reported.total_spend_this_month,
    total_duration_seconds = it.reported.total_duration_seconds,
});

columns!(ReportCustomer, row => row.auth_id, {
    text auth_id = |row| Some(&row.auth_id),
    text name,
    text email,
    text phone,
    flag is_active,
    instant created_at,
});

columns!(Top, row => row.auth_id, {
    text auth_id = |row| Some(&row.auth_id),
    text name,
    count total_calls,
    amount total_cost,
    word currency,
});

/// A customer among those who spent most, as a report lists it or as its call records add up to.
pub(crate) struct Top {
    auth_id: String,
    name: Option<String>,
    total_calls: Option<u64>,
    total_cost: Option<Decimal>,
    currency: Option<String>,
}

fn reported(top: &[TopCustomer], currency: Option<&str>) -> PyResult<Columns> {
    let top = top.iter().cloned().map(|TopCustomer { auth_id, name, total_calls, total_cost, .. }| Top {
        auth_id,
        name,
        total_calls,
        total_cost,
        currency: currency.map(str::to_owned),
    });
    Columns::of(&top.collect::<Vec<_>>())
}

fn spenders(top: Vec<Spender>) -> PyResult<Columns> {
    let top = top.into_iter().map(|Spender { auth_id, name, calls, cost, currency, .. }| Top {
        auth_id,
        name,
        total_calls: calls,
        total_cost: cost,
        currency,
    });
    Columns::of(&top.collect::<Vec<_>>())
}

/// A rate to as many places as a column holds.
fn rounded(rate: Option<Decimal>) -> Option<Decimal> {
    rate.map(|rate| rate.round_dp(10))
}

columns!(DayFigures, row => row.date, {
    day date = |row| Some(row.date),
    count total_calls,
    count answered_calls,
    count failed_calls = DayFigures::failed_calls,
    number answer_rate = |row| rounded(row.answer_rate()),
    minutes total_minutes,
    amount total_cost,
    count inbound_total_calls = |row| row.inbound.as_ref()?.total_calls,
    count inbound_answered_calls = |row| row.inbound.as_ref()?.answered_calls,
    minutes inbound_total_minutes = |row| row.inbound.as_ref()?.total_minutes,
    count outbound_total_calls = |row| row.outbound.as_ref()?.total_calls,
    count outbound_answered_calls = |row| row.outbound.as_ref()?.answered_calls,
    minutes outbound_total_minutes = |row| row.outbound.as_ref()?.total_minutes,
});

/// A part of all calls: of a direction, of a product.
pub(crate) struct Part {
    name: String,
    calls: CallFigures,
}

columns!(Part, row => row.name, {
    text name = |row| Some(&row.name),
    count total_calls = |row| row.calls.total_calls,
    count answered_calls = |row| row.calls.answered_calls,
    count failed_calls = |row| row.calls.failed_calls(),
    number answer_rate = |row| rounded(row.calls.answer_rate()),
    minutes total_minutes = |row| row.calls.total_minutes,
    amount total_cost = |row| row.calls.total_cost,
});

fn breakdown(parts: &BTreeMap<String, CallFigures>) -> PyResult<Columns> {
    let parts: Vec<Part> = parts.iter().map(|(name, calls)| Part { name: name.clone(), calls: calls.clone() }).collect();
    Columns::of(&parts)
}

#[pyfunction]
pub(crate) fn me(py: Python<'_>, core: &Core) -> PyResult<Call> {
    core.one(py, "read profile", |client: PartnerClient| async move { client.me().await })
}

#[pyfunction]
pub(crate) fn dashboard(py: Python<'_>, core: &Core) -> PyResult<Call> {
    core.one(py, "read dashboard", |client: PartnerClient| async move { client.dashboard().await })
}

#[pyfunction]
pub(crate) fn analytics(py: Python<'_>, core: &Core, window: &Window) -> PyResult<Call> {
    let days: DateRange = window.0;
    core.one(py, "read analytics", |client: PartnerClient| async move { client.analytics(days).await })
}

/// Comes to the table, whether the report itself listed them, and who could not be read.
#[pyfunction]
pub(crate) fn top_customers(py: Python<'_>, core: &Core, window: &Window) -> PyResult<Call> {
    const OPERATION: &str = "read top customers";
    let (Some(from), Some(to)) = (window.0.from, window.0.to) else {
        let detail = "the first and the last day are needed: from_date=…, to_date=…, or month=\"2026-04\"";
        return Err(refuse(py, vobiz_core::ErrorKind::Invalid, OPERATION, detail));
    };
    let ask = |client: PartnerClient| async move { client.top_customers(from, to, |_, _| {}).await };
    core.call(py, OPERATION, ask, |py, top: TopCustomers| {
        let failed: Vec<(String, String)> = top.failures.iter().map(|(id, error)| (id.clone(), error.to_string())).collect();
        object(py, (spenders(top.customers)?, top.source == Source::Reported, failed))
    })
}
