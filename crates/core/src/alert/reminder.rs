//! Reminders at working hours: everything that still fires, in one notification.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::evaluate::Evaluation;
use super::level::Severity;
use super::state::AlertKey;
use super::transition::Transition;
use crate::forecast::Business;

/// So many minutes before working hours end, chats are reminded of what is critical once more.
const BEFORE_CLOSE: u32 = 60;
/// A wallet that was empty and unused for so long is dormant.
const DORMANT_AFTER: TimeDelta = TimeDelta::days(3);

/// What a chat is reminded of now, the most urgent first; nothing where no reminder is due, or where nothing is new.
///
/// A reminder is due when work begins and, of what is critical, an hour before it ends. It lists what still fires, besides
/// what the chat is `sent` anyway, what is snoozed, dormant, or has a repeat interval of its own. It is worth sending where any
/// of that changed its value, or was sent, since the last reminder.
pub(super) fn reminder(
    business: &Business,
    evaluation: &Evaluation,
    sent: &[Transition],
    last: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Transition> {
    let Some(severity) = due(business, last, now) else { return Vec::new() };
    let sent: BTreeSet<AlertKey> = sent.iter().map(Transition::key).collect();
    let alerts = &evaluation.state.alerts;
    let is_snoozed = |firing: &Transition| alerts.get(&firing.key()).is_some_and(|alert| alert.snooze.is_some());
    let is_new = |firing: &Transition| {
        let notified = alerts.get(&firing.key()).and_then(|alert| alert.firing).map(|firing| firing.notified_at);
        firing.steady_since.max(notified).is_some_and(|changed| changed > last)
    };
    let reminded: Vec<_> = evaluation
        .firing
        .iter()
        .filter(|firing| firing.is_reminded_at_work && firing.severity >= severity && !firing.is_dormant(now))
        .filter(|firing| !is_snoozed(firing) && !sent.contains(&firing.key()))
        .collect();
    let is_worth_sending = reminded.iter().any(|firing| is_new(firing));
    reminded.into_iter().filter(|_| is_worth_sending).cloned().collect()
}

/// Whether a reminder became due since the last one.
pub(super) fn is_due(business: &Business, last: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    due(business, last, now).is_some()
}

/// The least severity that a reminder is due of.
fn due(business: &Business, last: DateTime<Utc>, now: DateTime<Utc>) -> Option<Severity> {
    let last = business.wall(last);
    let is_past = |minute| business.last(minute, now).is_some_and(|at| last < at);
    if is_past(business.opens) {
        Some(Severity::Warning)
    } else {
        is_past(business.closes.saturating_sub(BEFORE_CLOSE).max(business.opens)).then_some(Severity::Critical)
    }
}

impl Transition {
    /// Whether it is about a wallet that has been empty and unused for days, of which nobody has to be reminded.
    pub fn is_dormant(&self, now: DateTime<Utc>) -> bool {
        let is_long = |since: Option<DateTime<Utc>>| since.is_some_and(|since| now - since >= DORMANT_AFTER);
        self.is_of_customer() && is_long(self.empty_since) && is_long(self.steady_since)
    }
}
