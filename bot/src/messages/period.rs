//! The summaries of a week and of a month.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use vobiz_core::Error;
use vobiz_core::billing::{Month, Period};
use vobiz_core::dashboard::Report;

use super::month::{NotClosed, agreement, charged, not_closed};
use super::{Reader, change, day, days, percent, show};

/// Customers that are named.
const NAMED: usize = 5;

/// What the summary of a week or a month is made of; each part read, or why it was not.
pub(crate) struct PeriodData {
    pub(crate) period: Period,
    /// The period, closed.
    pub(crate) closed: Result<Arc<Month>, NotClosed>,
    pub(crate) report: Result<Arc<Report>, Error>,
    /// The report of the period before.
    pub(crate) before: Result<Arc<Report>, Error>,
    /// What customers were charged, the most first.
    pub(crate) spenders: Vec<day::Spender>,
    pub(crate) night: day::Night,
}

/// The message of a week or a month that is over.
pub(crate) fn period(data: &PeriodData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> String {
    let (from, to) = (data.period.from, data.period.to);
    let mut text = format!("<b>{}</b>", days(from, to));
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
            if let Some((by, other)) = cost.zip(before).and_then(|(cost, before)| change(cost, before)).zip(data.period.before())
            {
                let _ = write!(text, "\nCost {by} on {}", days(other.from, other.to));
            }
        }
        Err(error) => {
            let _ = write!(text, "\n⚪ Calls unknown: {}", super::escape(&error.to_string()));
        }
    }
    match &data.closed {
        Ok(month) => {
            text.push_str(&charged(month));
            text.extend(day::most(&data.spenders, NAMED).map(|most| format!("\nMost: {most}")));
            text.push_str(&agreement(month));
            text.push_str(&day::night(&data.night, reader));
            text.push_str("\nThe attached file has the usage, fees and wallet of each customer.");
        }
        Err(why) => {
            text.push_str(&day::night(&data.night, reader));
            let _ = write!(text, "\n{}", not_closed(why));
        }
    }
    if let Some(due) = late_since {
        let _ = write!(text, "\n<i>Late: this was due at {}</i>", reader.at(due));
    }
    text
}
