//! One sweep: reads everything that the rules watch.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use vobiz_core::accounts::Account;
use vobiz_core::alert::{CallDay, Listing, Observation, Policy, State, Subject, Unread, Wallet};
use vobiz_core::dashboard::Report;
use vobiz_core::{Answer, DateRange, Error, ErrorKind, Oddity, PartnerClient, Result, Sweep};

use crate::absent::ask_own_pages;

/// What the API answered to one sweep.
pub(crate) struct Answers {
    /// When the last answer came.
    pub(crate) at: DateTime<Utc>,
    /// The customers that were read; all of them, unless the list was cut short.
    pub(crate) customers: Vec<Account>,
    /// Why the list was not read to its end.
    pub(crate) cut: Option<Error>,
    /// How many customers the list itself says it has.
    pub(crate) promised: Option<u64>,
    /// What could not be understood: of the list, and of the profile and the report where rules watch them.
    pub(crate) oddities: Vec<Oddity>,
    /// Customers with an alert that the list leaves out, by id: whether their own page knows them.
    pub(crate) asked: BTreeMap<String, bool>,
    /// How many customers there are by the dashboard or the partner's profile; asked for where the list shrank.
    pub(crate) counted: Option<u64>,
    /// The report's currency, for customers whose row names none; read only where there is one.
    pub(crate) fallback: Option<String>,
    /// The partner's own wallet; `None` where no rule watches it, or its profile has no balance.
    pub(crate) partner: Option<Result<Wallet>>,
    /// The calls of the last complete day; `None` where no rule watches them.
    pub(crate) calls: Option<Result<CallDay>>,
}

/// Reads what the policy watches, side by side. The last complete day is the one before today in `zone`. Where the list is
/// shorter than before, the dashboard is asked how many customers there are; where it leaves out customers that have an alert,
/// their own pages are asked. Reading the list ends after `deadline`, with what was read by then.
pub(crate) async fn observe(
    api: &PartnerClient,
    policy: &Policy,
    zone: Tz,
    before: &State,
    deadline: Duration,
    now: impl Fn() -> DateTime<Utc>,
) -> Answers {
    let today = now().with_timezone(&zone).date_naive();
    let last_day = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let partner = async { if policy.watches_partner() { Some(partner(api).await) } else { None } };
    let calls = async { if policy.watches_calls() { Some(calls(api, last_day).await) } else { None } };
    let (customers, partner, calls) = tokio::join!(api.accounts().sweep(deadline), partner, calls);
    let (customers, cut, promised, mut oddities) = match customers {
        Ok(sweep) => {
            let cut = cut(&sweep);
            (sweep.rows, cut.then_some(sweep.error).flatten(), sweep.promised, sweep.oddities)
        }
        Err(error) => (Vec::new(), Some(error), None, Vec::new()),
    };
    let (partner, calls) = (
        partner.and_then(|answer| answer.map(|answer| take("me", answer, &mut oddities)).transpose()),
        calls.map(|answer| answer.map(|answer| take("analytics", answer, &mut oddities))),
    );
    let asked = if cut.is_none() { ask_own_pages(api, before, &customers, deadline).await } else { BTreeMap::new() };
    let is_shorter = cut.is_none() && (customers.len() as u64) < before.roster.listed;
    let needs_currency = customers.iter().any(|account| account.currency().is_none());
    let report = if is_shorter || needs_currency { api.dashboard().await.ok() } else { None };
    let counted = report.as_ref().filter(|_| is_shorter).and_then(|report| counted(report));
    Answers {
        at: now(),
        customers,
        cut,
        promised,
        oddities,
        asked,
        counted,
        fallback: report.and_then(|report| report.into_inner().currency),
        partner,
        calls,
    }
}

/// Whether customers may be missing because the list was not read to its end. A list that only promises more rows than it has
/// was read to its end; what it promises is a doubt of its own.
fn cut(sweep: &Sweep<Account>) -> bool {
    let is_short = sweep.promised.is_some_and(|promised| promised > sweep.listed);
    sweep.error.as_ref().is_some_and(|error| !(is_short && error.kind() == ErrorKind::Incomplete))
}

/// How many customers a report counts.
pub(crate) fn counted(report: &Report) -> Option<u64> {
    let total = report.accounts.as_ref().and_then(|accounts| accounts.total);
    total.or(report.partner.as_ref().and_then(|partner| partner.account_count))
}

impl Answers {
    /// What could not be read.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Error> {
        self.cut.iter().chain(self.figure_errors())
    }

    /// The same without the customers.
    pub(crate) fn figure_errors(&self) -> impl Iterator<Item = &Error> {
        [error(self.partner.as_ref()), error(self.calls.as_ref())].into_iter().flatten()
    }

    /// As the rules see it.
    pub(crate) fn observation(&self) -> Observation {
        let subjects = self.customers.iter().map(|account| Subject::of(account, self.fallback.as_deref())).collect();
        let listing = Listing {
            cut: self.cut.as_ref().map(Unread::from),
            promised: self.promised,
            counted: self.counted,
            asked: self.asked.clone(),
        };
        let (partner, calls) = (self.partner.as_ref().map(read), self.calls.as_ref().map(read));
        Observation { listing, partner, calls, ..Observation::complete(self.at, subjects) }
    }
}

fn error<T>(answer: Option<&Result<T>>) -> Option<&Error> {
    answer.and_then(|answer| answer.as_ref().err())
}

fn read<T: Clone>(answer: &Result<T>) -> std::result::Result<T, Unread> {
    match answer {
        Ok(figure) => Ok(figure.clone()),
        Err(error) => Err(Unread::from(error)),
    }
}

/// What was read, once what is odd about it is noted below the name of its call.
fn take<T>(call: &str, (value, found): (T, Vec<Oddity>), oddities: &mut Vec<Oddity>) -> T {
    let below = found.into_iter().map(|mut oddity| {
        oddity.field = format!("{call} {}", oddity.field);
        oddity
    });
    Oddity::merge(oddities, below);
    value
}

/// The partner's own wallet; `None` where its profile has no balance. With what is odd about the profile.
async fn partner(api: &PartnerClient) -> Result<(Option<Wallet>, Vec<Oddity>)> {
    let Answer { value: profile, oddities, .. } = api.me().await?;
    let currency = match profile.currency {
        Some(currency) => Some(currency),
        None => api.dashboard().await.ok().and_then(|report| report.into_inner().currency),
    };
    Ok((profile.balance.map(|balance| Wallet { balance, currency }), oddities))
}

async fn calls(api: &PartnerClient, day: NaiveDate) -> Result<(CallDay, Vec<Oddity>)> {
    let report = api.analytics(DateRange::between(day, day)).await?;
    Ok((figures(&report, day), report.oddities))
}

/// A report's figures, where it is of that day and no other.
fn figures(report: &Report, day: NaiveDate) -> CallDay {
    let is_other = report
        .period
        .as_ref()
        .is_some_and(|period| [period.from_date, period.to_date].into_iter().flatten().any(|end| end != day));
    let calls = report.calls.as_ref().filter(|_| !is_other);
    CallDay {
        day,
        calls: calls.and_then(|calls| calls.total_calls),
        answered: calls.and_then(|calls| calls.answered_calls),
        cost: calls.and_then(|calls| calls.total_cost),
        currency: report.currency.clone(),
    }
}
