//! `/top`: who spends the most.

use std::fmt::Write as _;

use chrono::NaiveDate;
use vobiz_core::Decimal;
use vobiz_core::top::{Spender, TopCustomers};

use super::buttons::{button, refresh};
use super::chart::share;
use super::{change, code, counted, days, name, percent, say};
use crate::store::Buttons;

/// Customers that are named.
const NAMED: usize = 10;

/// What `/top` shows.
pub(crate) struct Top<'a> {
    pub(crate) now: &'a TopCustomers,
    /// The same of as many days before; absent where that could not be read.
    pub(crate) before: Option<&'a TopCustomers>,
    /// What all customers spent.
    pub(crate) total: Option<Decimal>,
    pub(crate) days: (NaiveDate, NaiveDate),
    pub(crate) days_before: (NaiveDate, NaiveDate),
}

/// The customers that spend the most, each with its share of all and its change since the days before.
pub(crate) fn top(top: &Top<'_>) -> String {
    let span = days(top.days.0, top.days.1);
    let spenders: Vec<_> =
        top.now.customers.iter().filter(|spender| spender.cost.is_some_and(|cost| cost > Decimal::ZERO)).collect();
    let mut text = match spenders.first() {
        Some(first) => format!("<b>{} spends the most</b>, {span}", name(first.name.as_deref(), &first.auth_id)),
        None => format!("<b>Nobody spent anything</b>, {span}"),
    };
    for (rank, spender) in (1..).zip(spenders.iter().take(NAMED)) {
        let _ = write!(text, "\n{rank}. {}", row(spender, top));
    }
    if !spenders.is_empty() && top.before.is_some() {
        let _ = write!(text, "\nChanges are against {}; today is not over.", days(top.days_before.0, top.days_before.1));
    }
    if !top.now.failures.is_empty() {
        let _ = write!(text, "\n⚪ {} could not be read.", counted(top.now.failures.len(), "customer", "customers"));
    }
    text
}

/// `Sharma Logistics MA_7Q2K9X41: ₹5,010, 18.2 % of all, +12 %`
fn row(spender: &Spender, top: &Top<'_>) -> String {
    let cost = spender.cost.unwrap_or_default();
    let mut text = format!(
        "{} {}: {}",
        name(spender.name.as_deref(), &spender.auth_id),
        code(&spender.auth_id),
        say(cost, spender.currency.as_deref())
    );
    if let Some(share) = share(cost, top.total) {
        let _ = write!(text, ", {} of all", percent(share));
    }
    let before = top.before.and_then(|before| before.customers.iter().find(|before| before.auth_id == spender.auth_id));
    let before = before.filter(|before| before.currency == spender.currency).and_then(|before| before.cost);
    if let Some(change) = before.and_then(|before| change(cost, before)) {
        let _ = write!(text, ", {change}");
    }
    text
}

/// Under it: the other spans, and the one that is shown to read it again.
pub(crate) fn buttons(shown: &str) -> Buttons {
    let spans = [("7 days", "7d"), ("30 days", "30d"), ("This month", "month")];
    let to = |(text, span): (&str, &str)| {
        let command = format!("/top {span}");
        if span == shown { refresh(text, &command) } else { button(text, &command) }
    };
    vec![spans.into_iter().map(to).collect()]
}
