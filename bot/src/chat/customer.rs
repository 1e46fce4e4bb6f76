//! `/customer`: one customer, as the last sweep found it.

use std::time::Duration;

use chrono::{NaiveTime, TimeDelta};
use futures::FutureExt as _;
use vobiz_core::alert::{Policy, Severity, Subject, Unit};
use vobiz_core::time::next_local;
use vobiz_core::{Decimal, ErrorKind, money};

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, Card, Numbers, Reader};
use crate::people::Role;
use crate::spend::{self, Spent};

pub(super) const COMMAND: Command = Command {
    name: "customer",
    about: "one customer, by id or name",
    example: "/customer MA_XXXXXXXX",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Days before today whose spend is compared with today's.
const COMPARED_DAYS: u32 = 7;
/// How long the API may take to tell the numbers: the rest of the card is known.
const LONGEST: Duration = Duration::from_secs(1);

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
    let alerts: Vec<_> = snapshot.alerts_of(&account.auth_id).collect();
    let buttons = messages::card_buttons(&account.auth_id, alerts.first().copied());
    let top_up = snapshot.last_top_up(&account.auth_id);
    let spent_today = spent_today(request, &account.auth_id).await?;
    let own_levels = subject.map(|subject| own_levels(&snapshot.policy, subject)).unwrap_or_default();
    let numbers = Some(numbers(request, &account.auth_id).await);
    let card = Card { account, subject, runway: runway.as_ref(), top_up, alerts, spent_today, own_levels, numbers };
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(card.text(&request.reader), buttons) })
}

/// What the history says that a wallet spent since midnight, beside the same hours of the days before.
async fn spent_today(request: &Request<'_>, auth_id: &str) -> Result<Option<Spent>, Refusal> {
    let Reader { zone, now } = request.reader;
    let midnight = next_local(now - TimeDelta::days(1), zone, NaiveTime::MIN);
    let past = request.service.store.past(auth_id, midnight - TimeDelta::days(i64::from(COMPARED_DAYS))).await?;
    Ok(spend::beside_other_days(&past, midnight, now, COMPARED_DAYS))
}

/// The levels that a customer has of its own, rule by rule.
fn own_levels(policy: &Policy, subject: &Subject) -> Vec<String> {
    let Some(id) = subject.customer() else { return Vec::new() };
    let own = policy.rules().iter().filter(|rule| rule.levels_for(id) != rule.levels());
    own.map(|rule| {
        let value = |value: Decimal| match rule.metric().unit() {
            Unit::Money => money::say(value, subject.currency.as_deref()),
            _ => rule.metric().format(value, rule.in_working_hours()),
        };
        let levels = rule.levels_for(id);
        let levels =
            [Severity::Warning, Severity::Critical].into_iter().filter_map(|severity| Some((severity, levels.of(severity)?)));
        let levels: Vec<_> =
            levels.map(|(severity, level)| format!("{severity} {} {}", rule.direction().word(), value(level))).collect();
        format!("{}, {}", rule.name(), levels.join(", "))
    })
    .collect()
}

/// A customer's telephone numbers, as far as the API tells in time.
async fn numbers(request: &Request<'_>, auth_id: &str) -> Numbers {
    let page = tokio::time::timeout(LONGEST, request.service.api.numbers(auth_id).page(1)).await;
    match page {
        Ok(Ok(page)) => Numbers::Known {
            count: page.total.unwrap_or(page.listed),
            blocked: page.items.iter().filter(|number| number.is_blocked == Some(true)).count(),
        },
        Ok(Err(error)) => Numbers::Unknown(error.to_string()),
        Err(_) => Numbers::Unknown("the API takes long to answer".to_owned()),
    }
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
    let card = Card {
        account: &account,
        subject: Some(&subject),
        runway: None,
        top_up: None,
        alerts: Vec::new(),
        spent_today: None,
        own_levels: own_levels(&request.service.rules().await, &subject),
        numbers: None,
    };
    card.text(&request.reader)
}
