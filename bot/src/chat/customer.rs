//! `/customer`: one customer, as the last sweep found it.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use futures::FutureExt as _;
use vobiz_core::alert::Subject;
use vobiz_core::time::next_local;
use vobiz_core::{Decimal, ErrorKind};

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, Card, Reader};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "customer",
    about: "one customer, by id or name",
    example: "/customer MA_XXXXXXXX",
    role: Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// How long before midnight the reading may be that the first one of today is compared with.
const LOOKED_BACK: TimeDelta = TimeDelta::days(1);

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let wanted = request.arguments.join(" ");
    if wanted.is_empty() {
        return Err("Which customer? Write an id or a name: /customer MA_XXXXXXXX. /customers lists them.".to_owned().into());
    }
    let snapshot = request.snapshot().await?;
    let command = |id: &str| format!("/customer {id}");
    let account = match find::customer(&snapshot.answers.customers, &wanted, command) {
        Ok(account) => account,
        Err(which) if !which.buttons.is_empty() => return Ok(*which),
        Err(_) => return Ok(Answer::text(unlisted(request, &wanted).await)),
    };
    let subject = snapshot.subject(&account.auth_id);
    let runway = subject.and_then(|subject| snapshot.runway(subject));
    let alerts = snapshot.alerts_of(&account.auth_id).collect();
    let top_up = snapshot.last_top_up(&account.auth_id);
    let spent_today = spent_today(request, &account.auth_id).await?;
    let html = Card { account, subject, runway: runway.as_ref(), top_up, alerts, spent_today }.text(&request.reader);
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, messages::again(&command(&account.auth_id))) })
}

/// What the history says that a wallet spent since midnight.
async fn spent_today(request: &Request<'_>, auth_id: &str) -> Result<Option<Decimal>, Refusal> {
    let Reader { zone, now } = request.reader;
    let midnight = next_local(now - TimeDelta::days(1), zone, NaiveTime::MIN);
    let readings = request.service.store.balances(auth_id, midnight - LOOKED_BACK).await?;
    Ok(spent(&readings, midnight))
}

/// The falls of a balance since an instant; `None` where there are not two readings.
fn spent(readings: &[(DateTime<Utc>, Option<Decimal>)], since: DateTime<Utc>) -> Option<Decimal> {
    let read: Vec<_> = readings.iter().filter_map(|(at, balance)| Some((*at, (*balance)?))).collect();
    let falls = read.windows(2).filter_map(|pair| match *pair {
        [(_, before), (at, after)] if at >= since && after < before => before.checked_sub(after),
        _ => None,
    });
    (read.len() > 1).then(|| falls.fold(Decimal::ZERO, Decimal::saturating_add))
}

/// A customer that the last sweep did not list: new since then, somebody else's, or misspelt.
async fn unlisted(request: &Request<'_>, wanted: &str) -> String {
    let api = &request.service.api;
    let account = match api.account(wanted).await {
        Ok(account) => account,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid) => return messages::no_customer(wanted),
        Err(error) => return messages::failure(&error),
    };
    let fallback = if account.currency().is_none() {
        api.dashboard().await.ok().and_then(|report| report.into_inner().currency)
    } else {
        None
    };
    let subject = Subject::of(&account, fallback.as_deref());
    Card { account: &account, subject: Some(&subject), runway: None, top_up: None, alerts: Vec::new(), spent_today: None }
        .text(&request.reader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spent_since_midnight_is_the_sum_of_the_falls_beside_top_ups_and_gaps() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let read = |time: &str, balance: Option<i64>| (at(time), balance.map(Decimal::from));
        let readings = [
            read("2026-05-11T10:00:00Z", Some(900)),
            read("2026-05-11T13:00:00Z", Some(800)),
            read("2026-05-11T19:00:00Z", None),
            read("2026-05-11T20:00:00Z", Some(500)),
            read("2026-05-11T20:30:00Z", Some(5500)),
            read("2026-05-11T21:00:00Z", Some(5450)),
        ];
        let midnight = at("2026-05-11T18:30:00Z");
        assert_eq!(spent(&readings, midnight), Some(350.into()));
        assert_eq!(spent(&readings[2..4], midnight), None, "one reading tells nothing");
    }
}
