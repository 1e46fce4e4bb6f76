//! `/why`: the numbers that an alert was decided on.

use futures::FutureExt as _;

use super::act;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, escape};
use crate::people::Role;
use crate::snooze::{Muted, SNOOZE};

const EXAMPLE: &str = "/why MA_XXXXXXXX";

pub(super) const COMMAND: Command = Command {
    name: "why",
    about: "the numbers behind an alert",
    example: EXAMPLE,
    role: Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let alerts = act::find(&snapshot, &request.arguments, EXAMPLE)?;
    let muted = request.service.store.settings::<Muted>(SNOOZE).await?;
    let explained = alerts.iter().map(|alert| {
        let rule = request.service.policy.rules().iter().find(|rule| rule.name() == alert.rule);
        let state = muted.iter().find(|setting| setting.value.key == alert.key());
        let state = state.map(|state| format!("\n{}", escape(&act::words(state, &request.reader)))).unwrap_or_default();
        format!("{}{state}", messages::why(alert, rule, &request.reader))
    });
    let html = explained.collect::<Vec<_>>().join("\n\n");
    let buttons = alerts.first().map(|alert| messages::alert_buttons(alert)).unwrap_or_default();
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, buttons) })
}
