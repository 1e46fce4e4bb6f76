//! `/why`: the numbers that an alert was decided on.

use chrono::{DurationRound as _, TimeDelta};
use futures::FutureExt as _;
use vobiz_core::alert::{Metric, Transition};
use vobiz_core::rust_decimal::prelude::ToPrimitive as _;

use super::request::{Answer, Command, Refusal, Request};
use super::which;
use crate::messages::{self, Background, escape};
use crate::people::Role;
use crate::snapshot::Snapshot;
use crate::snooze::{Muted, SNOOZE};
use crate::spend;

pub(super) const COMMAND: Command = Command {
    name: "why",
    about: "the numbers behind an alert",
    example: "/why MA_XXXXXXXX",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let alerts = which::alerts(request, &snapshot, &request.arguments, |target| format!("/why {target}")).await?;
    let muted = request.service.store.settings::<Muted>(SNOOZE).await?;
    let mut explained = Vec::with_capacity(alerts.len());
    for alert in &alerts {
        let rule = snapshot.policy.rules().iter().find(|rule| rule.name() == alert.rule);
        let state = muted.iter().find(|setting| setting.value.key == alert.key());
        let state = state.map(|state| format!("\n{}", escape(&messages::muted(state, &request.reader)))).unwrap_or_default();
        let background = background(request, &snapshot, alert).await?;
        explained.push(format!("{}{state}", messages::why(alert, rule, &background, &request.reader)));
    }
    let html = explained.join("\n\n");
    let buttons = alerts.first().map(|alert| messages::alert_buttons(alert)).unwrap_or_default();
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, buttons) })
}

/// Steps to come that are shown at most, and how many hours one of them may be.
const STEPS: f64 = 8.0;
const HOURS: [u32; 6] = [1, 2, 3, 6, 12, 24];
/// The last hours that are shown of an unusual spend, and the days that they are compared with.
const LAST: i64 = 4;
const DAYS: u32 = 7;

/// What is expected of the wallet of an alert, and how it went.
async fn background(request: &Request<'_>, snapshot: &Snapshot, alert: &Transition) -> Result<Background, Refusal> {
    let Some(id) = alert.subject.customer() else { return Ok(Background::default()) };
    let top_up = snapshot.last_top_up(id);
    match alert.metric {
        Metric::CustomerRunway => Ok(Background { ahead: ahead(snapshot, alert), top_up, ..Background::default() }),
        Metric::CustomerBurn => {
            // Whole hours, the one that runs among them.
            let now = snapshot.at;
            let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
            let since = hour - TimeDelta::hours(LAST) - TimeDelta::days(i64::from(DAYS));
            let past = request.service.store.past(id, since).await?;
            let hours = (0..LAST).rev().map(|back| hour - TimeDelta::hours(back));
            let spent = hours.filter_map(|from| {
                Some((from, spend::beside_other_days(&past, from, (from + TimeDelta::hours(1)).min(now), DAYS)?))
            });
            Ok(Background { hours: spent.collect(), top_up, ..Background::default() })
        }
        _ => Ok(Background { top_up, ..Background::default() }),
    }
}

/// What is likely to be left in the hours until a wallet is empty, in at most eight steps.
fn ahead(snapshot: &Snapshot, alert: &Transition) -> Vec<(chrono::DateTime<chrono::Utc>, f64)> {
    let likely = alert.runway().and_then(|runway| runway.likely).map(|likely| likely.hours);
    let (Some(likely), Some(balance)) = (likely, alert.subject.balance.and_then(|balance| balance.to_f64())) else {
        return Vec::new();
    };
    let step = HOURS.into_iter().map(f64::from).find(|step| step * STEPS >= likely).unwrap_or(f64::from(HOURS[5]));
    let hours: Vec<f64> = (1..=8_u32).map(|number| f64::from(number) * step).take_while(|hours| hours - step < likely).collect();
    let spent = snapshot.spend(&alert.subject, &hours);
    let at = |hours: f64| snapshot.at + messages::hours(hours);
    hours.into_iter().zip(spent).map(|(hours, [_, likely, _])| (at(hours), balance - likely)).collect()
}
