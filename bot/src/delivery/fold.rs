//! What is sent of all that is owed to a chat: old news becomes one message of what is true now.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::messages::{self, Reader};
use crate::store::{AlertLine, Draft, Owed};

/// A message that is sent later than this says of when it is.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// A message to send, and the owed ones that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) ids: Vec<i64>,
    pub(super) draft: Draft,
    /// Whether that is another message than the one that was owed.
    pub(super) is_folded: bool,
    /// Attempts at any of them before.
    pub(super) attempts: i64,
    /// Whether the last attempt at one of them may have arrived.
    pub(super) in_doubt: bool,
}

/// Alerts as they are now.
pub(super) struct Present<'a> {
    /// When they were judged.
    pub(super) at: DateTime<Utc>,
    /// An alert that fires, as a line, by its rule and subject.
    pub(super) firing: &'a dyn Fn(&str, &str) -> Option<AlertLine>,
}

/// Makes one message of `rows`, which are one owed message and, where it is about alerts, all others about alerts to that chat.
///
/// Alerts stay messages of their own while they are news. They become one as soon as an attempt failed, the same alert is in
/// two of them, or they are late; then each alert is sent as it is now.
pub(super) fn batch(rows: &[Owed], first: i64, present: Option<&Present<'_>>, reader: &Reader) -> Option<Batch> {
    let head = rows.iter().find(|row| row.id == first)?;
    let now = reader.now;
    let is_late = |row: &Owed| now - row.made_at > LATE;
    let single = |row: &Owed| {
        let mut draft = row.draft.clone();
        // A board has its time in it.
        if is_late(row) && !draft.is_board {
            draft.html = messages::dated(&draft.html, row.made_at, reader);
        }
        Batch { ids: vec![row.id], draft, is_folded: false, attempts: row.attempts, in_doubt: row.in_doubt }
    };
    let about_alerts: Vec<&Owed> = rows.iter().filter(|row| row.draft.alerts.is_some()).collect();
    if head.draft.alerts.is_none() {
        return Some(single(head));
    }
    let all: Vec<AlertLine> = about_alerts.iter().flat_map(|row| row.draft.alerts.iter().flatten().cloned()).collect();
    let lines = net(&all, present);
    let is_tried = about_alerts.iter().any(|row| row.attempts > 0);
    let is_superseded = about_alerts.len() > 1 && (is_tried || lines.len() < all.len());
    if lines.is_empty() || !(is_superseded || about_alerts.iter().any(|row| is_late(row))) {
        return Some(single(head));
    }
    let as_of = present.map(|present| present.at).into_iter().chain(all.iter().map(|line| line.at)).max().unwrap_or(now);
    let messages::List { html, document } = messages::catch_up(&lines, as_of, reader);
    let draft = Draft {
        chat: head.draft.chat,
        thread: head.draft.thread,
        html,
        document,
        buttons: messages::alerts_buttons(&lines),
        silent: about_alerts.iter().all(|row| row.draft.silent),
        priority: head.draft.priority,
        alerts: Some(lines),
        ..Draft::default()
    };
    let ids = about_alerts.iter().map(|row| row.id).collect();
    let attempts = about_alerts.iter().map(|row| row.attempts).max().unwrap_or_default();
    Some(Batch { ids, draft, is_folded: true, attempts, in_doubt: about_alerts.iter().any(|row| row.in_doubt) })
}

/// What became of each alert: its last line, what fires before what ended, and of both the worst first.
fn net(lines: &[AlertLine], present: Option<&Present<'_>>) -> Vec<AlertLine> {
    let last: BTreeMap<(&str, &str), &AlertLine> =
        lines.iter().map(|line| ((line.rule.as_str(), line.subject.as_str()), line)).collect();
    let now = last.into_values().map(|line| match present.filter(|_| line.is_firing) {
        Some(present) => (present.firing)(&line.rule, &line.subject).unwrap_or_else(|| line.clone()),
        None => line.clone(),
    });
    let mut net: Vec<AlertLine> = now.collect();
    net.sort_by_key(|line| (!line.is_firing, line.severity != "critical"));
    net
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Priority;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-05-12T04:{minute:02}:00Z").parse().unwrap()
    }

    fn owed(id: i64, subject: &str, severity: &str, is_firing: bool, minute: u32) -> Owed {
        let line = AlertLine {
            rule: "low".into(),
            subject: subject.into(),
            name: None,
            severity: severity.into(),
            is_firing,
            html: format!("{subject} {severity} {}", if is_firing { "fires" } else { "ended" }),
            value: "40".into(),
            level: "500".into(),
            at: at(minute),
            since: at(0),
        };
        let draft = Draft {
            chat: 7,
            html: format!("message {id}"),
            priority: Priority::Critical,
            alerts: Some(vec![line]),
            ..Draft::default()
        };
        Owed { id, draft, made_at: at(minute), attempts: 0, in_doubt: false, repeats: 0 }
    }

    fn batch_at(rows: &[Owed], minute: u32) -> Batch {
        batch(rows, rows[0].id, None, &Reader { zone: chrono_tz::UTC, now: at(minute) }).unwrap()
    }

    #[test]
    fn news_stay_messages_of_their_own() {
        let rows = [owed(1, "A", "critical", true, 0), owed(2, "B", "warning", true, 0)];
        let batch = batch_at(&rows, 1);
        assert_eq!((batch.ids, batch.draft), (vec![1], rows[0].draft.clone()));
    }

    #[test]
    fn an_alert_that_ended_before_it_was_sent_is_one_line_of_what_was() {
        let rows = [owed(1, "A", "critical", true, 0), owed(2, "A", "critical", false, 1)];
        let batch = batch_at(&rows, 1);
        assert_eq!(batch.ids, [1, 2]);
        assert_eq!(batch.draft.html, "🟢 As of 04:01 none of these alerts fires\nA critical ended (fired from 04:00 to 04:01)");
    }

    #[test]
    fn repeats_do_not_pile_up() {
        let rows: Vec<Owed> = (0..36).map(|n| owed(i64::from(n), ["A", "B", "C"][n as usize % 3], "critical", true, n)).collect();
        let batch = batch_at(&rows, 40);
        assert_eq!(batch.ids.len(), 36);
        insta::assert_snapshot!(batch.draft.html, @r"
        🔴 As of 04:35 3 alerts fire: 3 critical
        A critical fires, since 04:00
        B critical fires, since 04:00
        C critical fires, since 04:00
        ");
    }

    #[test]
    fn a_late_alert_is_sent_as_it_is_now() {
        let rows = [owed(1, "A", "warning", true, 0)];
        let firing = |_: &str, subject: &str| {
            let mut line = owed(9, subject, "critical", true, 9).draft.alerts?.remove(0);
            line.html = "A has ₹12".into();
            Some(line)
        };
        let present = Present { at: at(9), firing: &firing };
        let batch = batch(&rows, 1, Some(&present), &Reader { zone: chrono_tz::UTC, now: at(10) }).unwrap();
        assert_eq!(batch.draft.html, "A has ₹12, since 04:00\n<i>As of 04:09</i>");
    }

    #[test]
    fn what_fails_to_be_sent_is_one_message_with_what_came_meanwhile() {
        let mut rows = [owed(1, "A", "critical", true, 0), owed(2, "B", "warning", true, 0)];
        rows[0].attempts = 1;
        assert_eq!(batch_at(&rows, 0).ids, [1, 2]);
        let alone = &rows[..1];
        assert_eq!(batch_at(alone, 0).draft.html, "message 1", "alone it is sent as it was");
    }

    #[test]
    fn other_messages_are_dated_when_they_are_late() {
        let mut row = owed(1, "A", "critical", true, 0);
        row.draft.alerts = None;
        assert_eq!(batch_at(std::slice::from_ref(&row), 2).draft.html, "message 1");
        assert_eq!(batch_at(&[row], 3).draft.html, "message 1\n\n<i>As of 04:00</i>");
    }
}
