//! Figures of calls: of a report, a direction, a product, a day.

use std::borrow::Cow;

use chrono::NaiveDate;
use pyo3::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::dashboard;

use crate::model::{Stored, model};
use crate::table::{Column, Read, Row, table};

impl Stored for dashboard::CallFigures {}
impl Stored for dashboard::DayFigures {}
impl Stored for dashboard::Period {}
impl Stored for dashboard::Traffic {}

model! {
    /// Figures of calls. What the service did not send is ``None``, which is not zero.
    CallFigures(dashboard::CallFigures), shown(total_calls answered_calls total_minutes total_cost),
    key(it => (it.total_calls, it.answered_calls, it.total_cost)), {
        /// Attempts.
        total_calls: Option<u64>,
        /// Attempts that were answered.
        answered_calls: Option<u64>,
        /// Minutes of talk, as a ``Decimal``.
        total_minutes: Option<Decimal>,
        /// Cost in the report's currency; absent in the direction parts of a day.
        total_cost: Option<Decimal>,
    }

    /// Attempts that were not answered: as the service reports them, else total less answered.
    #[getter]
    fn failed_calls(&self) -> Option<u64> {
        self.0.failed_calls()
    }

    /// Answered calls in percent of all (0 to 100), not rounded. ``None`` without calls.
    #[getter]
    fn answer_rate(&self) -> Option<Decimal> {
        self.0.answer_rate()
    }
}

model! {
    /// One day of a report. The day is the service's own; its time zone is not documented.
    DayFigures(dashboard::DayFigures), shown(date total_calls answered_calls total_minutes total_cost),
    key(it => (it.date, it.total_calls, it.total_cost)), {
        /// The day.
        date: NaiveDate,
        /// Attempts.
        total_calls: Option<u64>,
        /// Attempts that were answered.
        answered_calls: Option<u64>,
        /// Minutes of talk, as a ``Decimal``.
        total_minutes: Option<Decimal>,
        /// Cost in the report's currency.
        total_cost: Option<Decimal>,
        /// The incoming part; it has no cost.
        inbound: Option<CallFigures>,
        /// The outgoing part; it has no cost.
        outbound: Option<CallFigures>,
    }
}

model! {
    /// The window that a report covers, as the service says it. Both days may be ``None``.
    Period(dashboard::Period), shown(from_date to_date), key(it => (it.from_date, it.to_date)), {
        /// First day (``from`` in the service's answer).
        from_date: Option<NaiveDate>,
        /// Last day (``to`` in the service's answer).
        to_date: Option<NaiveDate>,
    }
}

model! {
    /// The calls of a report by direction.
    Traffic(dashboard::Traffic), shown(inbound outbound),
    key(it => [&it.inbound, &it.outbound].map(|side| side.as_ref().map(|side| (side.total_calls, side.total_cost)))), {
        /// Incoming calls.
        inbound: Option<CallFigures>,
        /// Outgoing calls.
        outbound: Option<CallFigures>,
    }
}

impl Row for dashboard::DayFigures {
    type Python = DayFigures;
    const COLUMNS: &'static [Column<Self>] = &[
        Column("date", Read::Day(|day| Some(day.date))),
        Column("total_calls", Read::Count(|day| day.total_calls)),
        Column("answered_calls", Read::Count(|day| day.answered_calls)),
        Column("total_minutes", Read::Minutes(|day| day.total_minutes)),
        Column("total_cost", Read::Amount(|day| day.total_cost)),
        Column("inbound_total_calls", Read::Count(|day| day.inbound.as_ref()?.total_calls)),
        Column("inbound_answered_calls", Read::Count(|day| day.inbound.as_ref()?.answered_calls)),
        Column("inbound_total_minutes", Read::Minutes(|day| day.inbound.as_ref()?.total_minutes)),
        Column("outbound_total_calls", Read::Count(|day| day.outbound.as_ref()?.total_calls)),
        Column("outbound_answered_calls", Read::Count(|day| day.outbound.as_ref()?.answered_calls)),
        Column("outbound_total_minutes", Read::Minutes(|day| day.outbound.as_ref()?.total_minutes)),
    ];

    const KEY: &'static str = "day";

    fn key(&self) -> Cow<'_, str> {
        self.date.to_string().into()
    }
}

table! {
    /// The figures of a report day by day, as a table that any dataframe library reads.
    ///
    /// Days without traffic are missing, and the service may cut the list short: totals come from ``report.calls``.
    ///
    /// Examples
    /// --------
    /// >>> days = client.dashboard().time_series
    /// >>> polars.DataFrame(days), pyarrow.table(days), days.to_pandas()  # doctest: +SKIP
    TimeSeries of dashboard::DayFigures;
}
