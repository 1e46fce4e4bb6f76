//! Reports over all customers.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyMappingProxy};
use rust_decimal::Decimal;
use vobiz_core::dashboard;

use crate::figures::{CallFigures, Period, TimeSeries, Traffic};
use crate::model::{Give, Stored, model};
use crate::profile::Profile;
use crate::table::{Column, Read, Row, Rows, table};

impl Stored for dashboard::ReportCustomer {}
impl Stored for dashboard::ReportAccounts {}
impl Stored for dashboard::TopCustomer {}
impl Stored for dashboard::Report {}

model! {
    /// A customer as a report lists it, without a balance.
    ReportCustomer(dashboard::ReportCustomer), shown(auth_id name is_active), key(it => &it.auth_id), {
        /// Customer id, ``MA_…``.
        auth_id: &str,
        /// Name; chosen by the customer.
        name: Option<&str>,
        /// E-mail address; personal data.
        email: Option<&str>,
        /// Telephone number; personal data.
        phone: Option<&str>,
        /// Whether the account is active.
        is_active: Option<bool>,
        /// When it was created.
        created_at: Option<DateTime<Utc>>,
    }
}

impl Row for dashboard::ReportCustomer {
    type Python = ReportCustomer;
    const KEY: &'static str = "auth_id";
    const COLUMNS: &'static [Column<Self>] = &[
        Column("auth_id", Read::Text(|row| Some(&row.auth_id))),
        Column("name", Read::Text(|row| row.name.as_deref())),
        Column("email", Read::Text(|row| row.email.as_deref())),
        Column("phone", Read::Text(|row| row.phone.as_deref())),
        Column("is_active", Read::Flag(|row| row.is_active)),
        Column("created_at", Read::Instant(|row| row.created_at)),
    ];

    fn key(&self) -> Cow<'_, str> {
        self.auth_id.as_str().into()
    }
}

table! {
    /// Customers as a report lists them: some or all of them, and no balances. The full list is ``client.accounts()``.
    ReportCustomers of dashboard::ReportCustomer;
}

impl Give<'_, ReportCustomers> for Vec<dashboard::ReportCustomer> {
    fn give(&self) -> ReportCustomers {
        Rows::new(self.clone(), None, None).into()
    }
}

model! {
    /// How many customers there are.
    ReportAccounts(dashboard::ReportAccounts), shown(total active), key(it => (it.total, it.active)), {
        /// All customers.
        total: Option<u64>,
        /// Active ones.
        active: Option<u64>,
        /// Some or all of them; the full list is ``client.accounts()``.
        customers: ReportCustomers,
    }
}

model! {
    /// A customer among the top spenders of a report.
    TopCustomer(dashboard::TopCustomer), shown(auth_id name total_calls total_cost), key(it => &it.auth_id), {
        /// Customer id, ``MA_…``.
        auth_id: &str,
        /// Name; chosen by the customer.
        name: Option<&str>,
        /// Attempts in the period.
        total_calls: Option<u64>,
        /// Spend in the period.
        total_cost: Option<Decimal>,
    }
}

impl Row for dashboard::TopCustomer {
    type Python = TopCustomer;
    const KEY: &'static str = "auth_id";
    const COLUMNS: &'static [Column<Self>] = &[
        Column("auth_id", Read::Text(|row| Some(&row.auth_id))),
        Column("name", Read::Text(|row| row.name.as_deref())),
        Column("total_calls", Read::Count(|row| row.total_calls)),
        Column("total_cost", Read::Amount(|row| row.total_cost)),
    ];

    fn key(&self) -> Cow<'_, str> {
        self.auth_id.as_str().into()
    }
}

table! {
    /// The top spenders of a report, as a table that any dataframe library reads.
    TopCustomers of dashboard::TopCustomer;
}

model! {
    /// A report over all customers. What the service did not send is ``None``, which is not zero.
    ///
    /// Examples
    /// --------
    /// >>> report = client.dashboard()
    /// >>> report.total_balance, report.calls.answer_rate, report.by_product["voice_api"].total_cost
    Report(dashboard::Report), shown(period currency total_balance calls), key(it => (&it.currency, it.total_balance)), {
        /// The partner. Reports leave its ``balance`` out; ``client.me()`` has it.
        partner: Option<Profile>,
        /// The window covered. Figures belong to it, never to "today".
        period: Option<Period>,
        /// Numbers of customers.
        accounts: Option<ReportAccounts>,
        /// Sum of the customers' wallets, not the partner's own.
        total_balance: Option<Decimal>,
        /// Currency of every amount in the report.
        currency: Option<&str>,
        /// Figures of all calls; ``None`` in answers that have none.
        calls: Option<CallFigures>,
        /// The same by direction.
        traffic: Option<Traffic>,
        /// Revenue of the month to date, where the service sends it.
        mtd_revenue: Option<Decimal>,
        /// Customers whose KYC is pending, where the service sends it.
        pending_kyc: Option<u64>,
    }

    /// Calls by product (``sip_trunking``, ``voice_api``, …), a mapping that cannot be changed.
    #[getter]
    fn by_product<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMappingProxy>> {
        mapping(py, &self.0.by_product)
    }

    /// Calls by direction (``inbound``, ``outbound``), a mapping that cannot be changed. Empty where the service sends neither.
    #[getter]
    fn by_direction<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMappingProxy>> {
        mapping(py, &self.0.by_direction())
    }

    /// Calls by day. Days without traffic are missing and the list may be cut short: totals come from ``calls``.
    #[getter]
    fn time_series(&self) -> TimeSeries {
        Rows::new(self.0.time_series.clone(), self.0.currency.clone(), self.0.period.clone()).into()
    }

    /// Top spenders, where the service sends them.
    #[getter]
    fn top_customers(&self) -> Option<TopCustomers> {
        let rows = self.0.top_customers.clone()?;
        Some(Rows::new(rows, self.0.currency.clone(), self.0.period.clone()).into())
    }

    /// Customers below the service's own threshold, where it says so. For your own: ``client.accounts().below("500")``.
    #[getter]
    fn accounts_low_balance(&self) -> Option<u64> {
        self.0.accounts_low_balance()
    }

    /// Attempts that were not answered, of all calls.
    #[getter]
    fn failed_calls(&self) -> Option<u64> {
        self.0.failed_calls()
    }

    /// Answered calls in percent of all (0 to 100), not rounded.
    #[getter]
    fn answer_rate(&self) -> Option<Decimal> {
        self.0.answer_rate()
    }

    /// Suspended customers; older answers only.
    #[getter]
    fn accounts_suspended(&self) -> Option<u64> {
        self.0.reported.accounts_suspended
    }

    /// Calls of the current day; older answers only.
    #[getter]
    fn calls_today(&self) -> Option<u64> {
        self.0.reported.calls_today
    }

    /// Calls of the current month; older answers only.
    #[getter]
    fn calls_this_month(&self) -> Option<u64> {
        self.0.reported.calls_this_month
    }

    /// Spend of the current month; older answers only.
    #[getter]
    fn total_spend_this_month(&self) -> Option<Decimal> {
        self.0.reported.total_spend_this_month
    }

    /// Seconds of calls; older answers only, and whether they include ringing is not documented.
    #[getter]
    fn total_duration_seconds(&self) -> Option<u64> {
        self.0.reported.total_duration_seconds
    }
}

fn mapping<'py>(
    py: Python<'py>,
    figures: &std::collections::BTreeMap<String, dashboard::CallFigures>,
) -> PyResult<Bound<'py, PyMappingProxy>> {
    let entries = PyDict::new(py);
    for (name, figures) in figures {
        entries.set_item(name, CallFigures::from(figures.clone()))?;
    }
    Ok(PyMappingProxy::new(py, entries.cast::<PyMapping>()?))
}
