//! The decision on one alert: its value against the levels of its rule, and how it fired before.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::level::{Levels, Severity};
use super::metric::Unit;
use super::reading::Figure;
use super::rule::Rule;
use super::state::{Alert, Cause, Firing, Snooze};
use super::streak::{Hold, Streak, span};
use super::subject::Subject;
use super::transition::Change;

/// One rule for one subject, at one poll.
pub(super) struct Judge<'a> {
    pub(super) rule: &'a Rule,
    pub(super) levels: Levels,
    pub(super) fingerprint: u64,
    /// How long a level must be crossed.
    pub(super) hold: Hold,
    /// When the poll was read.
    pub(super) at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

/// What becomes of an alert.
#[derive(Default)]
pub(super) struct Judged {
    /// The alert from now on; `None` where there is none.
    pub(super) alert: Option<Alert>,
    /// What changed, how it fires after that (or fired, where it is over), and the alert it was decided on.
    pub(super) change: Option<(Change, Firing, Alert)>,
}

impl Judge<'_> {
    /// Judges a figure that was read.
    pub(super) fn figure(&self, subject: &Subject, figure: Figure, before: Option<&Alert>) -> Judged {
        let Figure { value, read_at, is_kept } = figure;
        // Amounts of another currency say nothing about this one.
        let is_same =
            |alert: &&Alert| alert.currency.is_none() || subject.currency.is_none() || alert.currency == subject.currency;
        let before = before.filter(is_same);
        if before.is_none() && !is_kept && Severity::WORST_FIRST.into_iter().all(|severity| !self.is_crossed(severity, value)) {
            return Judged::default();
        }
        let streak = |streak: Option<Streak>, is_seen| Streak::next(streak, is_seen, self.at);
        let alert = Alert {
            fingerprint: self.fingerprint,
            name: subject.name.clone(),
            currency: subject.currency.clone().or_else(|| before?.currency.clone()),
            firing: before.and_then(|alert| alert.firing),
            warning: streak(before.and_then(|alert| alert.warning), self.is_crossed(Severity::Warning, value)),
            critical: streak(before.and_then(|alert| alert.critical), self.is_crossed(Severity::Critical, value)),
            recovered: streak(
                before.and_then(|alert| alert.recovered),
                self.rule.recover_for().is_some() && self.has_recovered(value),
            ),
            absent: None,
            balance: subject.balance.filter(|_| self.rule.metric().unit() != Unit::Money),
            value,
            read_at,
            unread_since: None,
            snooze: before.and_then(|alert| alert.snooze),
        };
        let metric = self.rule.metric();
        let is_topped_up =
            before.and_then(|before| before.money(metric)).zip(alert.money(metric)).is_some_and(|(then, now)| now > then);
        let (firing, change) = self.decide(&alert, is_topped_up);
        let (firing, change, snooze) = self.snoozed(alert.snooze, firing, change, is_topped_up);
        let change = change.and_then(|change| Some((change, firing.or(alert.firing)?, alert.clone())));
        let is_needed = firing.is_some() || alert.warning.is_some() || alert.critical.is_some() || is_kept;
        Judged { alert: is_needed.then_some(Alert { firing, snooze, ..alert }), change }
    }

    /// The customer was not seen, or is not one that the rule watches: that ends an alert once it held as long as a level must.
    pub(super) fn absent(&self, before: &Alert, change: Change) -> Judged {
        let absent = Streak::next(before.absent, true, self.at);
        if before.firing.is_none() || absent.is_some_and(|absent| self.rule.hold().is_met(&absent, self.at)) {
            return Self::end(Some(before), change);
        }
        Judged { alert: Some(Alert { absent, ..before.unread(self.at) }), change: None }
    }

    /// The alert ends for a reason other than its value.
    pub(super) fn end(before: Option<&Alert>, change: Change) -> Judged {
        Judged { alert: None, change: before.and_then(|alert| Some((change, alert.firing?, alert.clone()))) }
    }

    fn is_crossed(&self, severity: Severity, value: Decimal) -> bool {
        self.levels.of(severity).is_some_and(|level| self.rule.direction().is_crossed(value, level))
    }

    /// Whether a value is past the recovery of a severity; so it is where that has no level.
    fn is_clear_of(&self, severity: Severity, value: Decimal) -> bool {
        let end = self.levels.of(severity).and_then(|level| self.rule.recovers_at(level));
        end.is_none_or(|end| !self.rule.direction().is_crossed(value, end))
    }

    fn has_recovered(&self, value: Decimal) -> bool {
        Severity::WORST_FIRST.into_iter().all(|severity| self.is_clear_of(severity, value))
    }

    /// How the alert fires from now on, and what changed.
    fn decide(&self, alert: &Alert, is_topped_up: bool) -> (Option<Firing>, Option<Change>) {
        let Self { rule, now, .. } = *self;
        let is_held = |severity: &Severity| alert.streak(*severity).is_some_and(|streak| self.hold.is_met(&streak, self.at));
        let held = Severity::WORST_FIRST.into_iter().find(is_held);
        let Some(firing) = alert.firing else {
            let fires = |severity| Firing { severity, cause: Cause::Level, since: now, ages_from: now, told_at: now };
            return (held.map(fires), held.map(|_| Change::Fire));
        };
        // After the clock was set back, what lies in the future counts as of now.
        let firing = Firing {
            since: firing.since.min(now),
            ages_from: firing.ages_from.min(now),
            told_at: firing.told_at.min(now),
            ..firing
        };
        let told = |severity, cause| Some(Firing { severity, cause, told_at: now, ..firing });
        if held > Some(firing.severity) {
            return (told(Severity::Critical, Cause::Level), Some(Change::Escalate));
        }
        if self.has_recovered(alert.value) {
            let is_over = match (rule.recover_for(), alert.recovered) {
                (Some(time), Some(recovered)) => is_topped_up || self.at - recovered.since >= span(time),
                _ => true,
            };
            return if is_over { (None, Some(Change::Resolve)) } else { (Some(firing), None) };
        }
        match (firing.severity, firing.cause) {
            (Severity::Warning, _) => {
                // A wallet that is empty already was told of as such.
                let has_money = alert.money(rule.metric()).is_none_or(|money| money > Decimal::ZERO);
                let is_due = rule.escalate_after().is_some_and(|after| now - firing.ages_from >= span(after));
                if is_due && has_money && alert.warning.is_some() {
                    return (told(Severity::Critical, Cause::Age), Some(Change::Escalate));
                }
            }
            // Its own level is crossed by now, and decides from here on.
            (Severity::Critical, Cause::Age) if held == Some(Severity::Critical) => {
                return self.repeated(Firing { cause: Cause::Level, ..firing });
            }
            // Somebody paid in, but too little: it starts to age again.
            (Severity::Critical, Cause::Age) if is_topped_up => return self.fallen(firing),
            (Severity::Critical, Cause::Level) if self.is_clear_of(Severity::Critical, alert.value) => {
                return self.fallen(firing);
            }
            (Severity::Critical, _) => {}
        }
        self.repeated(firing)
    }

    /// It is only a warning from now on.
    fn fallen(&self, firing: Firing) -> (Option<Firing>, Option<Change>) {
        let warning = Firing {
            severity: Severity::Warning,
            cause: Cause::Level,
            ages_from: self.now,
            told_at: self.now,
            since: firing.since,
        };
        (Some(warning), Some(Change::Fall))
    }

    /// Nothing changed; perhaps a reminder is due.
    fn repeated(&self, firing: Firing) -> (Option<Firing>, Option<Change>) {
        if self.now - firing.told_at >= span(self.rule.repeat(firing.severity)) {
            return (Some(Firing { told_at: self.now, ..firing }), Some(Change::Repeat));
        }
        (Some(firing), None)
    }

    /// What a snooze leaves of that, and whether it goes on.
    fn snoozed(
        &self,
        snooze: Option<Snooze>,
        firing: Option<Firing>,
        change: Option<Change>,
        is_topped_up: bool,
    ) -> (Option<Firing>, Option<Change>, Option<Snooze>) {
        let (Some(snooze), Some(fires)) = (snooze, firing) else { return (firing, change, None) };
        let snooze = snooze.bounded(self.now);
        if snooze.holds(is_topped_up, self.now) && fires.severity <= snooze.severity {
            return (firing, None, Some(snooze));
        }
        // The snooze is over and the alert still fires: that is told.
        (Some(Firing { told_at: self.now, ..fires }), change.or(Some(Change::Repeat)), None)
    }
}
