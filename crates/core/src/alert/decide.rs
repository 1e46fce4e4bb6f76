//! The decision on one alert: what the value is against what the rule says, and what was said before.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::level::{Levels, Severity, span};
use super::metric::Unit;
use super::observation::Subject;
use super::reading::Figure;
use super::rule::Rule;
use super::state::{Alert, Firing, Snooze, Streak};
use super::transition::Change;

/// One rule as it stands for one customer, at one poll.
pub(crate) struct Judge<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) levels: Levels,
    pub(crate) fingerprint: u64,
    /// When the poll was read.
    pub(crate) at: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
}

/// What becomes of an alert.
#[derive(Default)]
pub(crate) struct Judged {
    /// As it is from now on; `None`: there is none.
    pub(crate) alert: Option<Alert>,
    /// What is worth saying, of the alert as it is or, where it is over, was.
    pub(crate) change: Option<(Change, Firing, Alert)>,
}

impl Judge<'_> {
    /// Judges a figure that was read.
    pub(crate) fn figure(&self, subject: &Subject, figure: Figure, before: Option<&Alert>) -> Judged {
        let Figure { value, read_at, is_kept } = figure;
        // Amounts of another currency say nothing of this one.
        let is_same =
            |alert: &&Alert| alert.currency.is_none() || subject.currency.is_none() || alert.currency == subject.currency;
        let before = before.filter(is_same);
        if before.is_none() && !is_kept && Severity::WORST_FIRST.into_iter().all(|severity| !self.is_crossed(severity, value)) {
            return Judged::default();
        }
        let streak = |streak: Option<Streak>, holds| Streak::next(streak, holds, self.at);
        let crossed = |severity| self.is_crossed(severity, value);
        let alert = Alert {
            fingerprint: self.fingerprint,
            name: subject.name.clone(),
            currency: subject.currency.clone().or_else(|| before?.currency.clone()),
            firing: before.and_then(|alert| alert.firing),
            warning: streak(before.and_then(|alert| alert.warning), crossed(Severity::Warning)),
            critical: streak(before.and_then(|alert| alert.critical), crossed(Severity::Critical)),
            recovered_since: streak(
                before.and_then(|alert| alert.recovered_since),
                self.rule.recover_for().is_some() && self.is_calm(value),
            ),
            balance: subject.balance.filter(|_| self.rule.metric().unit() != Unit::Money),
            value,
            read_at,
            unread_since: None,
            snooze: before.and_then(|alert| alert.snooze),
        };
        let metric = self.rule.metric();
        let was_paid =
            before.and_then(|before| before.money(metric)).zip(alert.money(metric)).is_some_and(|(then, now)| now > then);
        let (firing, change) = self.decide(&alert, was_paid);
        let (firing, change, snooze) = self.snoozed(alert.snooze, firing, change, was_paid);
        let said = change.and_then(|change| Some((change, firing.or(alert.firing)?, alert.clone())));
        let is_quiet = firing.is_none() && alert.warning.is_none() && alert.critical.is_none() && !is_kept;
        Judged { alert: (!is_quiet).then_some(Alert { firing, snooze, ..alert }), change: said }
    }

    /// The rule is over for a subject, for a reason other than its value.
    pub(crate) fn end(before: Option<&Alert>, change: Change) -> Judged {
        Judged { alert: None, change: before.and_then(|alert| Some((change, alert.firing?, alert.clone()))) }
    }

    fn is_crossed(&self, severity: Severity, value: Decimal) -> bool {
        self.levels.of(severity).is_some_and(|level| self.rule.direction().is_crossed(value, level))
    }

    /// Whether a value is past recovery; so it is where the severity has no level.
    fn has_recovered(&self, severity: Severity, value: Decimal) -> bool {
        let end = self.levels.of(severity).and_then(|level| self.rule.recovers_at(level));
        end.is_none_or(|end| !self.rule.direction().is_crossed(value, end))
    }

    fn is_calm(&self, value: Decimal) -> bool {
        Severity::WORST_FIRST.into_iter().all(|severity| self.has_recovered(severity, value))
    }

    /// How the alert fires from now on, and what happened to it.
    fn decide(&self, alert: &Alert, was_paid: bool) -> (Option<Firing>, Option<Change>) {
        let Self { rule, now, .. } = *self;
        let is_held = |severity: &Severity| alert.streak(*severity).is_some_and(|streak| rule.hold().is_met(&streak, self.at));
        let held = Severity::WORST_FIRST.into_iter().find(is_held);
        let Some(firing) = alert.firing else {
            return match held {
                Some(severity) => (Some(Firing { severity, since: now, said_at: now }), Some(Change::Fire)),
                None => (None, None),
            };
        };
        // Where the clock was set back, what lies in the future is as good as of now.
        let firing = Firing { since: firing.since.min(now), said_at: firing.said_at.min(now), ..firing };
        let escalated = (Some(Firing { severity: Severity::Critical, said_at: now, ..firing }), Some(Change::Escalate));
        if held > Some(firing.severity) {
            return escalated;
        }
        if self.is_calm(alert.value) {
            let is_over = match (rule.recover_for(), alert.recovered_since) {
                (Some(time), Some(recovered_since)) => was_paid || self.at - recovered_since.since >= span(time),
                _ => true,
            };
            return if is_over { (None, Some(Change::Resolve)) } else { (Some(firing), None) };
        }
        // What is empty has run out already, and was said to before.
        let is_stale = firing.severity == Severity::Warning
            && alert.money(rule.metric()).is_none_or(|money| money > Decimal::ZERO)
            && rule.escalate_after().is_some_and(|after| now - firing.since >= span(after));
        if is_stale {
            return escalated;
        }
        // Paid into, but not enough: what became critical by its age alone begins to age again.
        let is_eased = was_paid && self.levels.critical.is_none();
        if firing.severity == Severity::Critical && is_eased {
            return (Some(Firing { severity: Severity::Warning, since: now, said_at: now }), None);
        }
        let has_critical = self.levels.critical.is_some();
        if firing.severity == Severity::Critical && has_critical && self.has_recovered(Severity::Critical, alert.value) {
            return (Some(Firing { severity: Severity::Warning, said_at: now, ..firing }), Some(Change::Fall));
        }
        if now - firing.said_at >= span(rule.repeat(firing.severity)) {
            return (Some(Firing { said_at: now, ..firing }), Some(Change::Repeat));
        }
        (Some(firing), None)
    }

    /// What a snooze leaves of that: what is still worth saying, and whether it goes on.
    fn snoozed(
        &self,
        snooze: Option<Snooze>,
        firing: Option<Firing>,
        change: Option<Change>,
        was_paid: bool,
    ) -> (Option<Firing>, Option<Change>, Option<Snooze>) {
        let (Some(snooze), Some(fires)) = (snooze, firing) else { return (firing, change, None) };
        if snooze.holds(was_paid, self.now) && fires.severity <= snooze.severity {
            return (firing, None, Some(snooze));
        }
        // It stands, and somebody is to hear of it again.
        (Some(Firing { said_at: self.now, ..fires }), change.or(Some(Change::Repeat)), None)
    }
}
