//! The summaries of a week and of a month.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use vobiz_core::Error;
use vobiz_core::dashboard::Report;

use super::{Reader, change, day, days, percent, show};

/// Customers that are named.
const NAMED: usize = 5;

/// What the summary of a week or a month is made of; each part read, or why it was not.
pub(crate) struct PeriodData {
    /// `week`, `month`
    pub(crate) name: &'static str,
    pub(crate) days: (NaiveDate, NaiveDate),
    pub(crate) report: Result<Arc<Report>, Error>,
    /// As many days before.
    pub(crate) before: Result<Arc<Report>, Error>,
    pub(crate) days_before: (NaiveDate, NaiveDate),
    /// What customers used, the largest spend first.
    pub(crate) spenders: Vec<day::Spender>,
    /// The notes of the table that is attached.
    pub(crate) notes: String,
    pub(crate) night: day::Night,
}

/// The message of a week or a month that is over.
pub(crate) fn period(data: &PeriodData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> String {
    let (from, to) = data.days;
    let mut text = format!("<b>The {} {}</b>", data.name, days(from, to));
    match &data.report {
        Ok(report) => {
            let figures = report.calls.as_ref();
            let currency = report.currency.as_deref();
            let cost = figures.and_then(|figures| figures.total_cost);
            let calls = figures.and_then(|figures| figures.total_calls);
            let _ = write!(text, ": {}", super::calls(calls, currency));
            if let Some(rate) = figures.and_then(vobiz_core::dashboard::CallFigures::answer_rate) {
                let _ = write!(text, ", {} answered", percent(rate));
            }
            if let Some(cost) = cost {
                let _ = write!(text, ", {}", show(cost, currency));
            }
            let reported = report.time_series.iter().filter(|day| (from..=to).contains(&day.date)).count();
            let length = usize::try_from((to - from).num_days() + 1).unwrap_or_default();
            if !report.time_series.is_empty() && reported < length {
                let _ = write!(text, "\n⚪ {reported} of {length} days were reported");
            }
            let before = data.before.as_ref().ok().filter(|before| before.currency == report.currency);
            let before = before.and_then(|before| before.calls.as_ref()?.total_cost);
            if let Some(by) = cost.zip(before).and_then(|(cost, before)| change(cost, before)) {
                let _ = write!(text, "\nCost {by} on {}", days(data.days_before.0, data.days_before.1));
            }
        }
        Err(error) => {
            let _ = write!(text, "\n⚪ Calls unknown: {}", super::escape(&error.to_string()));
        }
    }
    text.extend(day::most(&data.spenders, NAMED).map(|most| format!("\nMost: {most}")));
    text.push_str(&day::night(&data.night, reader));
    text = text + "\nThe attached file has the usage of each customer." + &data.notes;
    if let Some(due) = late_since {
        let _ = write!(text, "\n<i>Late: this was due at {}</i>", reader.at(due));
    }
    text
}
