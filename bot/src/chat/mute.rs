//! `/mute`: snooze an alert. Without an end it asks until when.

use futures::FutureExt as _;

use super::request::{Answer, Command, Refusal, Request};
use super::{act, until, which};
use crate::messages;
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "mute",
    about: "snooze an alert: 2h, till 09:00, until topped up, until next level",
    example: "/mute MA_XXXXXXXX till 09:00",
    role: |_| Role::Operator,
    answer: |request| answer(request).boxed(),
};

/// The ends that buttons offer.
const ENDS: [(&str, &str); 4] = [
    ("1 h", "1h"),
    ("Till 09:00", "till 09:00"),
    ("Until topped up", "until topped up"),
    ("Until the next level", "until next level"),
];

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let (rules, is_somebody) = (which::rules(&snapshot), |who: &str| which::is_somebody(&snapshot, who));
    let (words, until) = until::split(&request.arguments, &rules, is_somebody, request.asked_at, request.reader.zone)?;
    let end = request.arguments[words.len()..].join(" ");
    let alerts = which::alerts(request, &snapshot, words, |target| format!("/mute {target} {end}").trim_end().to_owned()).await?;
    if let Some(until) = until {
        return act::act(request, &alerts, Some((until, false))).await;
    }
    let Some(first) = alerts.first() else { return Err("No alert fires.".to_owned().into()) };
    let words = words.join(" ");
    let end = |(text, end): &(&str, &str)| messages::button(text, &format!("/mute {words} {end}"));
    let mut buttons: Vec<_> = ENDS.chunks(2).map(|row| row.iter().map(end).collect()).collect();
    buttons.push(vec![messages::button("‹ Back", &format!("/why {words}"))]);
    let who = messages::whose(&first.subject);
    Ok(Answer::with(format!("Snooze <b>{who}</b> until when? If it gets worse, it rings all the same."), buttons))
}
