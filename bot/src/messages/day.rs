//! The parts of a summary that are about the day that is over: calls, who spent, where the money went, and what was done.

use std::fmt::Write as _;

use chrono::{DateTime, Days, NaiveDate, Utc};
use vobiz_core::Decimal;
use vobiz_core::alert::Severity;
use vobiz_core::billing::{self, sum as exact_sum};
use vobiz_core::dashboard::{DayFigures, Report};
use vobiz_core::top::TopCustomers;

use super::{Reader, change, counted, name, percent, say, weekday};
use crate::store::{Decided, Entry};
use crate::usual;

/// Customers that are named.
const NAMED: usize = 3;

/// Where the money of all wallets went in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Books {
    pub(crate) currency: Option<String>,
    /// All wallets at the begin of the day and at its end.
    pub(crate) opening: Decimal,
    pub(crate) closing: Decimal,
    /// Money paid in, and other movements that are no calls: below zero where money left. Unknown where the sum has more digits than
    /// a number holds.
    pub(crate) top_ups: Option<Decimal>,
    pub(crate) others: Option<Decimal>,
    /// What calls cost, as the API reports it.
    pub(crate) spend: Option<Decimal>,
}

/// What one customer spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spender {
    pub(crate) auth_id: String,
    pub(crate) name: Option<String>,
    pub(crate) cost: Decimal,
    pub(crate) currency: Option<String>,
}

/// Who spent the most on the last day, and on the day before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spenders {
    /// The largest spend first.
    pub(crate) now: Vec<Spender>,
    /// Absent where it could not be read.
    pub(crate) before: Option<Vec<Spender>>,
}

impl Spender {
    /// The customers with a spend, the largest first.
    pub(crate) fn of(top: &TopCustomers) -> Vec<Self> {
        let spender = |spender: &vobiz_core::top::Spender| {
            let (auth_id, name, currency) = (spender.auth_id.clone(), spender.name.clone(), spender.currency.clone());
            Some(Self { auth_id, name, cost: spender.cost?, currency })
        };
        let mut spenders: Vec<Self> = top.customers.iter().filter_map(spender).collect();
        spenders.sort_by(|one, other| other.cost.cmp(&one.cost).then_with(|| one.auth_id.cmp(&other.auth_id)));
        spenders
    }
}

impl From<billing::Spender> for Spender {
    fn from(spender: billing::Spender) -> Self {
        Self { auth_id: spender.auth_id, name: spender.name, cost: spender.amount, currency: spender.currency }
    }
}

/// What alerts did since an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Night {
    pub(crate) since: DateTime<Utc>,
    pub(crate) critical: usize,
    pub(crate) warning: usize,
    pub(crate) resolved: usize,
}

/// Yesterday against the day before and the same weekday; a day that was not reported is called so.
pub(super) fn yesterday(report: &Report, last_day: NaiveDate) -> String {
    let currency = report.currency.as_deref();
    let day_of = |ago: u64| {
        let day = last_day.checked_sub_days(Days::new(ago))?;
        report.time_series.iter().find(|figures| figures.date == day)
    };
    let mut text = format!("\n\n<b>{}</b>: ", weekday(last_day));
    let Some(day) = day_of(0) else { return text + "no report for this day" };
    text.push_str(&line(day, currency));
    if let Some(rate) = day.answer_rate()
        && let Some(usual) = usual::answer_rate(report, last_day).filter(|usual| !usual.contains(&rate))
    {
        let _ = write!(
            text,
            "\n🟠 Answer rate unusual: {}, usually {}–{}",
            percent(rate),
            percent(*usual.start()),
            percent(*usual.end())
        );
    }
    let against = |ago: u64, what: &str| match day_of(ago) {
        Some(other) => Some(format!("{} on {what}", change(day.total_cost?, other.total_cost?)?)),
        None => Some(format!("{what} not reported")),
    };
    let same = format!("the {} before", last_day.format("%a"));
    let changes: Vec<String> = [against(1, "the day before"), against(7, &same)].into_iter().flatten().collect();
    if !changes.is_empty() {
        let _ = write!(text, "\nCost {}", changes.join(", "));
    }
    text
}

fn line(day: &DayFigures, currency: Option<&str>) -> String {
    let mut parts = vec![super::calls(day.total_calls, currency)];
    parts.extend(day.answer_rate().map(|rate| format!("{} answered", percent(rate))));
    parts.extend(day.total_cost.map(|cost| super::show(cost, currency)));
    parts.join(", ")
}

/// The three that spent the most on a day, and the three whose spend rose the most.
pub(super) fn spenders(spenders: &Spenders, day: NaiveDate) -> Vec<String> {
    let mut lines: Vec<String> =
        most(&spenders.now, NAMED).map(|most| format!("\nMost on {}: {most}", weekday(day))).into_iter().collect();
    let Some(before) = &spenders.before else { return lines };
    let mut risers: Vec<(Decimal, &Spender)> = spenders
        .now
        .iter()
        .filter_map(|spender| {
            let other = before.iter().find(|other| other.auth_id == spender.auth_id && other.currency == spender.currency)?;
            let rise = spender.cost.checked_sub(other.cost)?;
            (rise > Decimal::ZERO).then_some((rise, spender))
        })
        .collect();
    risers.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.auth_id.cmp(&b.auth_id)));
    let shown = |(rise, spender): &(Decimal, &Spender)| {
        format!("{} +{}", name(spender.name.as_deref(), &spender.auth_id), say(*rise, spender.currency.as_deref()))
    };
    if !risers.is_empty() {
        let risers: Vec<_> = risers.iter().take(NAMED).map(shown).collect();
        lines.push(format!("\nRose most on the day before: {}", risers.join(", ")));
    }
    lines
}

/// The customers that spent the most, so many of them; `None` where none spent anything.
pub(super) fn most(spenders: &[Spender], count: usize) -> Option<String> {
    let spent = spenders.iter().filter(|spender| spender.cost > Decimal::ZERO);
    let shown = |spender: &Spender| {
        let cost = say(spender.cost, spender.currency.as_deref());
        format!("{} {cost}", name(spender.name.as_deref(), &spender.auth_id))
    };
    let most: Vec<_> = spent.take(count).map(shown).collect();
    (!most.is_empty()).then(|| most.join(", "))
}

/// `₹2,50,000 + ₹5,000 top-ups − ₹3,400 spend = ₹2,51,600`, and what does not add up.
pub(super) fn books(books: &Books, day: NaiveDate) -> String {
    let currency = books.currency.as_deref();
    let say = |amount: Decimal| say(amount, currency);
    let (Some(top_ups), Some(others)) = (books.top_ups, books.others) else {
        let (day, opening, closing) = (weekday(day), say(books.opening), say(books.closing));
        return format!("\nMoney of {day}: {opening} to {closing}\n⚪ What was paid in and charged is too large to be added up");
    };
    let mut text = format!("\nMoney of {}: {} + {} top-ups", weekday(day), say(books.opening), say(top_ups));
    if !others.is_zero() {
        let sign = if others.is_sign_negative() { "−" } else { "+" };
        let _ = write!(text, " {sign} {} fees and refunds", say(others.abs()));
    }
    let Some(spend) = books.spend else {
        let _ = write!(text, " − spend not reported = {}", say(books.closing));
        return text;
    };
    let _ = write!(text, " − {} spend = {}", say(spend), say(books.closing));
    let expected = [top_ups, others, -spend].into_iter().try_fold(books.opening, exact_sum);
    match expected.and_then(|expected| exact_sum(books.closing, -expected)).ok() {
        // A call that runs over midnight is on either day.
        Some(rest) if rest.abs() <= spend.abs().checked_div(Decimal::ONE_HUNDRED).unwrap_or_default().max(Decimal::ONE) => {}
        Some(rest) => {
            let more = if rest.is_sign_negative() { "less" } else { "more" };
            let _ = write!(text, "\n🟠 {} {more} than that adds up to", say(rest.abs()));
        }
        None => text.push_str("\n⚪ These amounts are too large to be added up"),
    }
    text
}

/// `Alerts since 19:00 on Mon 11 May: 2 critical, 1 warning, 4 resolved`
pub(super) fn night(night: &Night, reader: &Reader) -> String {
    let Night { since, critical, warning, resolved } = *night;
    let counts = [(critical, "critical"), (warning, "warning"), (resolved, "resolved")];
    let counts: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    format!("\nAlerts since {}: {counts}", reader.at(since))
}

/// What people took and snoozed, and who they are. `whose` names a customer.
pub(super) fn acts(acts: &[Entry], whose: impl Fn(&str) -> String, reader: &Reader) -> Option<String> {
    let first: Vec<_> = acts
        .iter()
        .take(NAMED)
        .map(|act| {
            let done = if act.action == "take" { "taken" } else { "snoozed" };
            format!("{} {done} by {} at {}", whose(&act.subject), name(Some(&act.by.name), "somebody"), reader.at(act.at))
        })
        .collect();
    let more = if acts.len() > NAMED { format!(", {} more: /audit", acts.len() - NAMED) } else { String::new() };
    (!acts.is_empty()).then(|| format!("\n{}{more}", first.join(", ")))
}

/// What a hand-over says beside the alerts that fire: how many there were, and what was done about them.
pub(crate) fn shift(of_alerts: Option<&Night>, of_people: &[Entry], whose: impl Fn(&str) -> String, reader: &Reader) -> String {
    let night = of_alerts.map(|of_alerts| night(of_alerts, reader)).unwrap_or_default();
    format!("{night}{}", acts(of_people, whose, reader).unwrap_or_default())
}

/// The wallets that are likely to be empty before work begins again.
pub(super) fn before_morning(empty: usize, by: DateTime<Utc>, reader: &Reader) -> Option<String> {
    let wallets = counted(empty, "wallet is", "wallets are");
    (empty > 0).then(|| format!("\n<b>{wallets} likely to be empty before {}</b>", reader.at(by)))
}

impl Night {
    /// What became of alerts by these changes.
    pub(crate) fn of(since: DateTime<Utc>, decided: &[Decided]) -> Self {
        let count =
            |severity: Severity| decided.iter().filter(|change| change.is_worse() && change.severity == severity.name()).count();
        let resolved = decided.iter().filter(|change| change.change == "resolve").count();
        Self { since, critical: count(Severity::Critical), warning: count(Severity::Warning), resolved }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Person;

    #[test]
    fn a_hand_over_says_how_many_alerts_there_were_and_what_was_done_about_them() {
        let now: DateTime<Utc> = "2026-05-12T01:30:00Z".parse().unwrap();
        let reader = Reader { zone: chrono_tz::Asia::Kolkata, now };
        let night = Night { since: "2026-05-11T13:30:00Z".parse().unwrap(), critical: 2, warning: 1, resolved: 4 };
        let act = |action: &str| Entry {
            at: "2026-05-11T21:25:00Z".parse().unwrap(),
            by: Person { id: 2, name: "Asha".to_owned() },
            action: action.to_owned(),
            subject: "MA_1".to_owned(),
            before: None,
            after: None,
        };
        let whose = |_: &str| "Sharma Logistics".to_owned();
        let shown = shift(Some(&night), &[act("take"), act("snooze")], whose, &reader);
        assert_eq!(
            super::super::terminal(&shown),
            "\nAlerts since 19:00 on Mon 11 May: 2 critical, 1 warning, 4 resolved\n\
             Sharma Logistics taken by Asha at 02:55, Sharma Logistics snoozed by Asha at 02:55"
        );
        assert_eq!(shift(None, &[], whose, &reader), "");
    }
}
