//! `/alerts`: what fires, ranked by time to empty.

use futures::FutureExt as _;
use vobiz_core::alert::Transition;

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, button, counted, escape};
use crate::people::Role;
use crate::snooze::{Muted, SNOOZE};

pub(super) const COMMAND: Command = Command {
    name: "alerts",
    about: "what fires now, the first to run dry on top",
    example: "/alerts",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Alerts on a page.
const ROWS: usize = 8;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (words, page) = find::page(&request.arguments)?;
    if let [word, ..] = words {
        return Err(format!("“{word}” is one word too many. Write /alerts or /alerts #2").into());
    }
    let snapshot = request.last_snapshot().await?;
    let muted = request.service.store.settings::<Muted>(SNOOZE).await?;
    let firing = ranked(&snapshot.evaluation.firing);
    let pages = firing.len().div_ceil(ROWS).max(1);
    let page = page.min(pages);
    if firing.is_empty() {
        let unread = snapshot.answers.errors().next().map(messages::failure);
        let text =
            [Some(messages::alerts(&snapshot, &request.reader)), unread].into_iter().flatten().collect::<Vec<_>>().join("\n");
        return Ok(Answer { as_of: Some(snapshot.at), ..Answer::text(text) });
    }
    let mut lines = vec![format!("<b>{}</b>", counted(firing.len(), "alert fires", "alerts fire"))];
    let mut buttons = Vec::new();
    for alert in firing.iter().skip((page - 1) * ROWS).take(ROWS) {
        let (key, name) = (alert.key(), messages::plain(&messages::whose(&alert.subject)));
        let target = format!("{} {}", key.subject, key.rule);
        let state = muted.iter().find(|setting| setting.value.key == key);
        let words = state.map(|state| format!("\n   {}", escape(&messages::muted(state, &request.reader)))).unwrap_or_default();
        lines.push(format!("{}{words}", messages::alert_row(alert, &request.reader)));
        let mut row = vec![button(&name, &format!("/why {target}"))];
        row.extend(state.map(|_| button("Unsnooze", &format!("/unmute {target}"))));
        buttons.push(row);
    }
    buttons.extend(messages::pages("/alerts", page, pages));
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(lines.join("\n"), buttons) })
}

/// The first to be empty first; of those without a forecast, the worst first.
fn ranked(firing: &[Transition]) -> Vec<&Transition> {
    let mut ranked: Vec<&Transition> = firing.iter().collect();
    ranked.sort_by(|one, other| one.hours_left().total_cmp(&other.hours_left()).then_with(|| other.severity.cmp(&one.severity)));
    ranked
}
