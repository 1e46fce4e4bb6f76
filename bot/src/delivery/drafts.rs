//! The messages that notifications become: each its own, or in a storm one for all.

use vobiz_core::alert::{Content, Notification, Severity};

use crate::ledger::TopUps;
use crate::messages::{self, Notice, Reader};
use crate::store::{AlertLine, Draft, Priority};

/// More messages than this at once are a storm.
const STORM: usize = 3;

/// What a chat is owed for these notifications; `shift` is what a hand-over says beside the alerts.
pub(crate) fn drafts(chat: i64, notifications: &[Notification], top_ups: &TopUps, shift: &str, reader: &Reader) -> Vec<Draft> {
    let each: Vec<Vec<Draft>> = notifications.iter().map(|one| drafts_of(chat, one, top_ups, shift, reader)).collect();
    if each.iter().map(Vec::len).sum::<usize>() <= STORM {
        return each.into_iter().flatten().collect();
    }
    // The health of the data is no alert of a list, and stays a message of its own.
    let (of_data, of_alerts): (Vec<_>, Vec<_>) =
        notifications.iter().zip(each).partition(|(one, _)| matches!(one.content, Content::DataHealth(_)));
    let mut lines: Vec<AlertLine> =
        of_alerts.iter().flat_map(|(_, drafts)| drafts).flat_map(|draft| draft.alerts.iter().flatten().cloned()).collect();
    lines.sort_by_key(|line| (!line.is_firing, line.severity != "critical"));
    let messages::List { html, document } = messages::storm(&lines, reader);
    let storm = Draft {
        chat,
        html,
        document,
        buttons: messages::alerts_buttons(&lines),
        silent: of_alerts.iter().all(|(one, _)| one.is_silent),
        priority: priority(&lines),
        alerts: Some(lines),
        ..Draft::default()
    };
    of_data.into_iter().flat_map(|(_, drafts)| drafts).chain([storm]).collect()
}

/// The messages of one notification; the first of several has its alerts.
fn drafts_of(chat: i64, notification: &Notification, top_ups: &TopUps, shift: &str, reader: &Reader) -> Vec<Draft> {
    let lines = match &notification.content {
        Content::Alerts { transitions, .. } => transitions.iter().map(|one| messages::alert_line(one, top_ups, reader)).collect(),
        Content::DataHealth(change) => vec![messages::data_health_line(change, reader)],
        _ => Vec::new(),
    };
    let priority = priority(&lines);
    let mut buttons = messages::alerts_buttons(&lines);
    let mut lines = Some(lines);
    let draft = |Notice { html, silent }| Draft {
        buttons: std::mem::take(&mut buttons),
        chat,
        html,
        silent,
        priority,
        alerts: Some(lines.take().unwrap_or_default()),
        ..Draft::default()
    };
    messages::notice(notification, top_ups, shift, reader).into_iter().map(draft).collect()
}

/// As urgent as the worst that fires.
fn priority(lines: &[AlertLine]) -> Priority {
    let is_firing = |severity: Severity| lines.iter().any(|line| line.is_firing && line.severity == severity.name());
    match is_firing(Severity::Critical) {
        true => Priority::Critical,
        false if lines.iter().any(|line| line.is_firing) => Priority::Warning,
        false => Priority::Resolved,
    }
}
