//! `/chart`: pictures of wallets, of the answer rate, and of who spends the most.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use futures::{FutureExt as _, TryFutureExt as _};
use vobiz_core::alert::{Metric, Policy, Severity, Subject};
use vobiz_core::rust_decimal::prelude::ToPrimitive as _;
use vobiz_core::time::next_local;
use vobiz_core::{DateRange, Decimal};

use super::request::{Answer, Command, Refusal, Request};
use super::{find, span};
use crate::chart::{self, Segment};
use crate::messages::{self, Caption, Course};
use crate::people::Role;
use crate::snapshot::Snapshot;
use crate::store::Document;
use crate::usual;

const EXAMPLE: &str = "/chart sharma 7d";
const FORMS: &str = "Write /chart MA_XXXXXXXX 7d, /chart fleet 30d, /chart answers or /chart top";

pub(super) const COMMAND: Command = Command {
    name: "chart",
    about: "a picture: a customer's wallet, fleet, answers or top; 7d or 30d",
    example: EXAMPLE,
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Days before the first one shown from which the usual answer rate is taken.
const USUAL_DAYS: u32 = 30;
/// Points of a fan.
const FAN: u32 = 48;
/// Sweeps that may be missing before a time counts as not read.
const MISSING: i32 = 3;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (what, days) = read(&request.arguments)?;
    match what.to_lowercase().as_str() {
        "" | "fleet" => fleet(request, days).await,
        "answers" => answers(request, days).await,
        "top" => top(request, days).await,
        _ => customer(request, &what, days).await,
    }
}

/// What is shown, and the days.
fn read(words: &[&str]) -> Result<(String, u32), String> {
    let (words, days) = match words.split_last() {
        Some((last, rest)) => match span::length(last) {
            Some(days @ (7 | 30)) => (rest, days),
            Some(_) => return Err(format!("“{last}” is not 7d or 30d. {FORMS}")),
            None => (words, 7),
        },
        None => (words, 7),
    };
    Ok((words.join(" "), days))
}

async fn customer(request: &Request<'_>, wanted: &str, days: u32) -> Result<Answer, Refusal> {
    let snapshot = request.snapshot().await?;
    let command = |id: &str| format!("/chart {id} {days}d");
    let account = find::customer(&snapshot.answers.customers, wanted, command)?;
    let id = account.auth_id.as_str();
    let row = Subject::of(account, None);
    let subject = snapshot.subject(id).unwrap_or(&row);
    let Some(shown) = Shown::read(request, &snapshot, days).await? else {
        return Ok(Answer::text(messages::no_history(&messages::whose(subject), None, &request.reader)));
    };
    let past = request.service.store.past(id, shown.from).await?;
    let segments = chart::segments((shown.from, shown.to), past.before, &past.changes, &shown.gaps, shown.every);
    let top_ups = request.service.store.movements(Some(id), shown.from, shown.to).await?;
    let Some(mut course) = shown.course(&segments) else {
        return Ok(Answer::text(messages::no_history(&messages::whose(subject), Some(shown.from), &request.reader)));
    };
    course.money_in = sum_of_top_ups(&top_ups);
    let runway = snapshot.runway(subject);
    let caption = messages::wallet_chart(subject, runway.as_ref(), &course, &request.reader);
    let fan = fan(&snapshot, subject, f64::from(days) * 24.0);
    let drawn = chart::Wallet {
        name: subject.name.as_deref().unwrap_or(id),
        auth_id: id,
        finding: &caption.finding,
        span: &caption.span,
        currency: subject.currency.as_deref(),
        segments: &segments,
        from: shown.from,
        now: shown.to,
        zone: request.reader.zone,
        levels: &levels(&snapshot.policy, subject),
        fan: &fan,
    };
    Ok(pictured(chart::wallet(&drawn), &format!("wallet-{id}-{days}d"), caption, messages::chart_buttons(id, days, Some(id))))
}

async fn fleet(request: &Request<'_>, days: u32) -> Result<Answer, Refusal> {
    let snapshot = request.snapshot().await?;
    let nothing = |begun| Ok(Answer::text(messages::no_history("all wallets together", begun, &request.reader)));
    let Some(shown) = Shown::read(request, &snapshot, days).await? else { return nothing(None) };
    let totals = request.service.store.totals(shown.from, shown.to).await?;
    // Amounts of different currencies are never added: the one that most wallets have is shown.
    let newest = totals.iter().rev().take_while(|total| totals.last().is_some_and(|last| last.at == total.at));
    let Some(most) = newest.max_by_key(|total| total.wallets) else { return nothing(Some(shown.from)) };
    let mut others: Vec<_> = totals.iter().map(|total| total.currency.clone()).filter(|other| *other != most.currency).collect();
    others.sort();
    others.dedup();
    let changes: Vec<_> =
        totals.iter().filter(|total| total.currency == most.currency).map(|total| (total.at, Some(total.balance))).collect();
    let begun = changes.first().map_or(shown.from, |(at, _)| (*at).max(shown.from));
    let shown = Shown { from: begun, is_beginning: shown.is_beginning || begun - shown.from > shown.every * MISSING, ..shown };
    let segments = chart::segments((shown.from, shown.to), None, &changes, &shown.gaps, shown.every);
    let Some(course) = shown.course(&segments) else { return nothing(Some(shown.from)) };
    let currency = Some(most.currency.as_str()).filter(|currency| !currency.is_empty());
    let caption = messages::fleet_chart(&course, currency, most.wallets, &others, &request.reader);
    let drawn = chart::Wallet {
        name: "",
        auth_id: "",
        finding: &caption.finding,
        span: &caption.span,
        currency,
        segments: &segments,
        from: shown.from,
        now: shown.to,
        zone: request.reader.zone,
        levels: &[],
        fan: &[],
    };
    Ok(pictured(chart::wallet(&drawn), &format!("all-wallets-{days}d"), caption, messages::chart_buttons("fleet", days, None)))
}

async fn answers(request: &Request<'_>, days: u32) -> Result<Answer, Refusal> {
    let (today, service) = (request.today(), request.service);
    let last_day = today.pred_opt().unwrap_or(today);
    let (range, name) = report_range(today, days + USUAL_DAYS);
    let read = service.api.analytics(range).map_ok(vobiz_core::Answer::into_inner);
    let (_, report) = service.reports.since(request.needed(), &name, &service.clock, read).await;
    let report = match report {
        Ok(report) => report,
        Err(error) => return Ok(Answer::text(messages::failure(&error))),
    };
    let usual = usual::answer_rate(&report, last_day);
    let from = DateRange::ending(today, days).from.unwrap_or(today);
    let caption = messages::answers_chart(&report, (from, today), usual.as_ref());
    let drawn = chart::Answers { report: &report, days: (from, today), finding: &caption.finding, span: &caption.span, usual };
    Ok(pictured(chart::answers(&drawn), &format!("answer-rate-{days}d"), caption, messages::chart_buttons("answers", days, None)))
}

async fn top(request: &Request<'_>, days: u32) -> Result<Answer, Refusal> {
    let range = DateRange::ending(request.today(), days);
    let (Some(from), Some(to)) = (range.from, range.to) else { return Err(FORMS.to_owned().into()) };
    let top = match request.service.api.top_customers(from, to, |_, _| {}).await {
        Ok(top) => top,
        Err(error) => return Ok(Answer::text(messages::failure(&error))),
    };
    let (name, report_range) = (format!("analytics {range:?}"), range);
    let service = request.service;
    let read = service.api.analytics(report_range).map_ok(vobiz_core::Answer::into_inner);
    let (_, report) = service.reports.since(request.needed(), &name, &service.clock, read).await;
    let total = report.ok().and_then(|report| report.calls.as_ref().and_then(|calls| calls.total_cost));
    let (caption, rows) = messages::top_chart(&top, total, (from, to));
    if rows.is_empty() {
        return Ok(Answer::text(caption.html));
    }
    let bars: Vec<_> = rows
        .iter()
        .map(|(spender, words)| chart::Bar {
            name: spender.name.as_deref().unwrap_or(&spender.auth_id),
            auth_id: &spender.auth_id,
            cost: spender.cost.unwrap_or_default(),
            words: words.clone(),
        })
        .collect();
    let buttons = messages::chart_buttons("top", days, None);
    let drawn = chart::spenders(&caption.finding, &caption.span, &bars);
    Ok(pictured(drawn, &format!("top-customers-{days}d"), caption, buttons))
}

fn report_range(last_day: NaiveDate, days: u32) -> (DateRange, String) {
    let range = DateRange::ending(last_day, days);
    (range, format!("analytics {range:?}"))
}

/// An answer with its picture; without one where it could not be drawn.
fn pictured(drawn: anyhow::Result<Vec<u8>>, name: &str, caption: Caption, buttons: crate::store::Buttons) -> Answer {
    let drawn = drawn.inspect_err(|error| tracing::error!(%error, "a picture could not be drawn")).ok();
    // A customer's id may be in the name; a file's name takes letters, digits and few signs.
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let name = format!("{}.png", name.chars().map(plain).collect::<String>());
    Answer { picture: drawn.map(|bytes| Document { name, bytes }), ..Answer::with(caption.html, buttons) }
}

/// The time that a picture of balances shows.
struct Shown {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Whether nothing was recorded earlier.
    is_beginning: bool,
    gaps: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// The time between two sweeps.
    every: TimeDelta,
}

impl Shown {
    /// Today and the days before it, as far as sweeps were recorded; `None` where there are not two.
    async fn read(request: &Request<'_>, snapshot: &Arc<Snapshot>, days: u32) -> Result<Option<Self>, Refusal> {
        let reader = &request.reader;
        let midnight = next_local(reader.now - TimeDelta::days(1), reader.zone, NaiveTime::MIN);
        let start = midnight - TimeDelta::days(i64::from(days) - 1);
        let every = TimeDelta::from_std(request.service.poll_every).unwrap_or(TimeDelta::minutes(5));
        let sweeps = request.service.store.sweeps(start, every * MISSING).await?;
        let (Some(first), Some(last)) = (sweeps.first, sweeps.last) else { return Ok(None) };
        let is_beginning = first - start > every * MISSING;
        let (from, to) = (if is_beginning { first } else { start }, last.max(snapshot.at));
        Ok((to > from && first < last).then_some(Self { from, to, is_beginning, gaps: sweeps.gaps, every }))
    }

    /// What happened to a balance in this time; `None` where it was not read.
    fn course(&self, segments: &[Segment]) -> Option<Course> {
        let (_, first) = segments.first()?.first()?;
        let (_, last) = segments.last()?.last()?;
        let Self { from, to, is_beginning, .. } = *self;
        Some(Course { from, to, is_beginning, first: *first, last: *last, money_in: None })
    }
}

/// How many top-ups, and their sum.
fn sum_of_top_ups(movements: &[crate::ledger::Entry]) -> Option<(usize, Decimal)> {
    use vobiz_core::history::MovementKind;
    let top_ups: Vec<_> = movements.iter().filter(|entry| entry.kind == MovementKind::Recharge).collect();
    let sum = top_ups.iter().try_fold(Decimal::ZERO, |sum, entry| sum.checked_add(entry.amount))?;
    (!top_ups.is_empty()).then_some((top_ups.len(), sum))
}

/// The levels of the rules on balances that watch a customer.
fn levels(policy: &Policy, subject: &Subject) -> Vec<(&'static str, Decimal)> {
    let Some(id) = subject.customer() else { return Vec::new() };
    let rules = policy.rules().iter();
    let rules = rules.filter(|rule| rule.metric() == Metric::CustomerBalance && rule.watches(subject));
    let mut levels: Vec<_> = rules
        .flat_map(|rule| {
            let levels = rule.levels_for(id);
            [Severity::Warning, Severity::Critical]
                .into_iter()
                .filter_map(move |severity| Some((severity.name(), levels.of(severity)?)))
        })
        .collect();
    levels.sort_unstable_by_key(|(name, level)| (*level, *name));
    levels.dedup();
    levels
}

/// What may be left in the hours to come, until the wallet is empty in most cases or `most` hours.
fn fan(snapshot: &Snapshot, subject: &Subject, most: f64) -> Vec<(f64, [f64; 3])> {
    let (Some(balance), Some(runway)) = (subject.balance.and_then(|balance| balance.to_f64()), snapshot.runway(subject)) else {
        return Vec::new();
    };
    if balance <= 0.0 {
        return Vec::new();
    }
    let end = runway.high.map_or(runway.horizon, |high| high.hours * 1.1).min(most).max(1.0);
    let hours: Vec<f64> = (0..=FAN).map(|part| end * f64::from(part) / f64::from(FAN)).collect();
    let spend = snapshot.spend(subject, &hours);
    let left = |[less, likely, more]: [f64; 3]| [balance - more, balance - likely, balance - less];
    hours.into_iter().zip(spend.into_iter().map(left)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_seven_or_thirty_days_and_everything_before_it_names_what_is_shown() {
        for (words, expected) in [
            (&[][..], ("", 7)),
            (&["30d"], ("", 30)),
            (&["Fleet", "30D"], ("Fleet", 30)),
            (&["sharma", "logistics"], ("sharma logistics", 7)),
        ] {
            assert_eq!(read(words), Ok((expected.0.to_owned(), expected.1)));
        }
        assert!(read(&["fleet", "8d"]).unwrap_err().starts_with("“8d” is not 7d or 30d. Write /chart"));
        assert!(read(&["0d"]).is_err() && read(&["99999999999d"]).is_err());
    }
}
