//! One look at everything that the rules watch.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use vobiz_core::alert::{CallDay, Observation, Policy, Subject, Unread, Wallet};
use vobiz_core::dashboard::Report;
use vobiz_core::{DateRange, Error, PartnerClient, Result};

use crate::service::subjects;

/// What the services answered to one look.
pub(crate) struct Answers {
    /// When the last of them came.
    pub(crate) at: DateTime<Utc>,
    pub(crate) customers: Result<Vec<Subject>>,
    /// `None` where no rule watches it.
    pub(crate) partner: Option<Result<Wallet>>,
    pub(crate) calls: Option<Result<CallDay>>,
}

/// Reads what the policy watches, side by side. The last complete day is the one before today in `zone`.
pub(crate) async fn observe(api: &PartnerClient, policy: &Policy, zone: Tz, now: impl Fn() -> DateTime<Utc>) -> Answers {
    let today = now().with_timezone(&zone).date_naive();
    let last_day = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let partner = async { if policy.watches_partner() { partner(api).await } else { None } };
    let calls = async { if policy.watches_calls() { Some(calls(api, last_day).await) } else { None } };
    let (customers, partner, calls) = tokio::join!(subjects(api), partner, calls);
    Answers { at: now(), customers, partner, calls }
}

impl Answers {
    /// What could not be read.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Error> {
        self.customers.as_ref().err().into_iter().chain(self.figure_errors())
    }

    /// The same without the customers.
    pub(crate) fn figure_errors(&self) -> impl Iterator<Item = &Error> {
        [error(self.partner.as_ref()), error(self.calls.as_ref())].into_iter().flatten()
    }

    /// As rules see it.
    pub(crate) fn observation(&self) -> Observation {
        let (partner, calls) = (self.partner.as_ref().map(read), self.calls.as_ref().map(read));
        let seen = match &self.customers {
            Ok(customers) => Observation::complete(self.at, customers.clone()),
            Err(error) => Observation::failed(self.at, error),
        };
        Observation { partner, calls, ..seen }
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

/// The partner's own wallet; `None` where its profile has no balance.
async fn partner(api: &PartnerClient) -> Option<Result<Wallet>> {
    let profile = match api.me().await {
        Ok(profile) => profile.into_inner(),
        Err(error) => return Some(Err(error)),
    };
    let currency = match profile.currency {
        Some(currency) => Some(currency),
        None => api.dashboard().await.ok().and_then(|report| report.into_inner().currency),
    };
    Some(Ok(Wallet { balance: profile.balance?, currency }))
}

async fn calls(api: &PartnerClient, day: NaiveDate) -> Result<CallDay> {
    let report = api.analytics(DateRange::between(day, day)).await?;
    Ok(figures(&report, day))
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
