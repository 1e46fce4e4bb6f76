//! The decision on one alert: its value against the levels of its rule, and how it fired before.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::level::{Levels, Severity};
use super::metric::Unit;
use super::reading::Figure;
use super::rule::Rule;
use super::state::{Alert, Cause, Firing, Snooze};
use super::streak::{Hold, Streak, span};
use super::transition::Change;
use crate::observation::Subject;

/// One rule for one subject, at one poll.
pub(super) struct Judge<'a> {
    pub(super) rule: &'a Rule,
    /// What is compared with the levels.
    pub(super) measure: &'a str,
    pub(super) levels: Levels,
    /// The levels by which the alert was judged before, where they were changed since.
    pub(super) levels_before: Option<Levels>,
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

impl Judged {
    /// Whether an alert is over by its value.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.change, Some((Change::Resolve, ..)))
    }
}

impl Judge<'_> {
    /// Judges a figure that was read.
    pub(super) fn figure(&self, subject: &Subject, figure: Figure, before: Option<&Alert>) -> Judged {
        let Figure { value, read_at, is_kept, is_empty, can_wait, polls } = figure;
        // Amounts of another currency say nothing about this one.
        let is_same =
            |alert: &&Alert| alert.currency.is_none() || subject.currency.is_none() || alert.currency == subject.currency;
        let before = before.filter(is_same);
        let is_beyond = Severity::WORST_FIRST.into_iter().any(|severity| self.is_crossed(severity, value));
        if before.is_none() && !is_kept && !is_beyond && !is_empty {
            return Judged::default();
        }
        let streak = |streak: Option<Streak>, is_seen| Streak::next(streak, is_seen, self.at);
        let crossed = |severity| {
            let crossed = streak(self.crossed_before(severity, before), self.is_crossed(severity, value))?;
            Some(Streak { polls: crossed.polls.max(polls), ..crossed })
        };
        let lasts = self.rule.recover_for().is_some();
        let alert = Alert {
            measure: self.measure.to_owned(),
            levels: self.levels,
            name: subject.name.clone(),
            currency: subject.currency.clone().or_else(|| before?.currency.clone()),
            firing: before.and_then(|alert| alert.firing),
            warning: crossed(Severity::Warning),
            critical: crossed(Severity::Critical),
            empty: streak(before.and_then(|alert| alert.empty), is_empty),
            eased: streak(before.and_then(|alert| alert.eased), lasts && self.is_clear_of(Severity::Critical, value)),
            recovered: streak(before.and_then(|alert| alert.recovered), lasts && self.has_recovered(value)),
            absent: None,
            balance: subject.balance.filter(|_| self.rule.metric().unit() != Unit::Money),
            steady_since: None,
            value,
            read_at,
            unread_since: None,
            snooze: before.and_then(|alert| alert.snooze),
        };
        let metric = self.rule.metric();
        let figure = |alert: &Alert| alert.money(metric).unwrap_or(alert.value);
        let steady = before.filter(|before| figure(before) == figure(&alert)).and_then(|before| before.steady_since);
        let alert = Alert { steady_since: Some(steady.map_or(self.at, |since| since.min(self.at))), ..alert };
        let is_topped_up =
            before.and_then(|before| before.money(metric)).zip(alert.money(metric)).is_some_and(|(then, now)| now > then);
        let (firing, change) = self.decide(&alert, is_topped_up, can_wait);
        let (firing, change, snooze) = self.snoozed(alert.snooze, firing, change, is_topped_up);
        let change = change.and_then(|change| Some((change, firing.or(alert.firing)?, alert.clone())));
        let is_needed = firing.is_some() || is_beyond || is_empty || is_kept;
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

    /// Whether the level of a severity was changed since the last poll; where one came or went, both were.
    fn is_changed(&self, severity: Severity) -> bool {
        self.levels_before.is_some_and(|before| {
            before.of(severity) != self.levels.of(severity) || before.warning.is_some() != self.levels.warning.is_some()
        })
    }

    /// In which polls a level was crossed until now. Of a level that was changed only the last reading is known.
    fn crossed_before(&self, severity: Severity, before: Option<&Alert>) -> Option<Streak> {
        let before = before?;
        if !self.is_changed(severity) {
            return before.streak(severity);
        }
        self.is_crossed(severity, before.value).then_some(Streak { since: before.read_at, polls: 1 })
    }

    /// Whether a value is past the recovery of a severity; so it is where that has no level. From a level that was changed it
    /// need not be any distance away: what would not fire by it does not go on.
    fn is_clear_of(&self, severity: Severity, value: Decimal) -> bool {
        let level = self.levels.of(severity);
        let end = if self.is_changed(severity) { level } else { level.and_then(|level| self.rule.recovers_at(level)) };
        end.is_none_or(|end| !self.rule.direction().is_crossed(value, end))
    }

    fn has_recovered(&self, value: Decimal) -> bool {
        Severity::WORST_FIRST.into_iter().all(|severity| self.is_clear_of(severity, value))
    }

    /// Whether being clear of a level counts: it lasted, money was paid in, or the level was changed.
    fn lasted(&self, severity: Severity, streak: Option<Streak>, is_topped_up: bool) -> bool {
        let is_topped_up = is_topped_up || self.is_changed(severity);
        match (self.rule.recover_for(), streak) {
            (Some(time), Some(streak)) => is_topped_up || self.at - streak.since >= span(time),
            (Some(_), None) => is_topped_up,
            (None, _) => true,
        }
    }

    /// How the alert fires from now on, and what changed. What can wait for working hours stays pending, and does not age.
    fn decide(&self, alert: &Alert, is_topped_up: bool, can_wait: bool) -> (Option<Firing>, Option<Change>) {
        use {
            Cause::{Age, Empty, Level},
            Severity::{Critical, Warning},
        };
        let Self { rule, now, .. } = *self;
        let is_held = |streak: Option<Streak>| streak.is_some_and(|streak| self.hold.is_met(&streak, self.at));
        let held = match (is_held(alert.empty), is_held(alert.critical), is_held(alert.warning)) {
            (true, ..) => Some((Critical, Empty)),
            (_, true, _) => Some((Critical, Level)),
            (.., true) => Some((Warning, Level)),
            _ => None,
        };
        let held = held.filter(|_| alert.firing.is_some() || !can_wait);
        let Some(firing) = alert.firing else {
            let fires = |(severity, cause)| Firing { severity, cause, since: now, ages_from: now, notified_at: now };
            return (held.map(fires), held.map(|_| Change::Fire));
        };
        // After the clock was set back, what lies in the future counts as of now.
        let firing = Firing {
            since: firing.since.min(now),
            ages_from: firing.ages_from.min(now),
            notified_at: firing.notified_at.min(now),
            ..firing
        };
        let critical = |cause| Some(Firing { severity: Critical, cause, notified_at: now, ..firing });
        match (firing.severity, firing.cause, held) {
            (Warning, _, Some((Critical, cause))) => return (critical(cause), Some(Change::Escalate)),
            (Critical, Level | Age, Some((_, Empty))) => return (critical(Empty), Some(Change::Empty)),
            _ => {}
        }
        let is_empty = alert.empty.is_some();
        if !is_empty && self.has_recovered(alert.value) {
            let mildest = if self.levels.warning.is_some() { Warning } else { Critical };
            return if self.lasted(mildest, alert.recovered, is_topped_up) {
                (None, Some(Change::Resolve))
            } else {
                (Some(firing), None)
            };
        }
        match (firing.severity, firing.cause) {
            (Warning, _) => {
                let is_due = rule.escalate_after().is_some_and(|after| now - firing.ages_from >= span(after));
                if is_due && !is_empty && alert.warning.is_some() && !can_wait {
                    return (critical(Age), Some(Change::Escalate));
                }
            }
            // Its own level is crossed by now, and decides from here on.
            (Critical, Age) if matches!(held, Some((Critical, _))) => return self.repeated(Firing { cause: Level, ..firing }),
            // Somebody paid in, but too little: it starts to age again.
            (Critical, Age) if is_topped_up => return self.fallen(firing),
            // Not empty any more, and still beyond its level.
            (Critical, Empty) if !is_empty && !self.is_clear_of(Critical, alert.value) => {
                return self.repeated(Firing { cause: Level, ..firing });
            }
            (Critical, Empty) if !is_empty => return self.fallen(firing),
            (Critical, Level) if self.is_clear_of(Critical, alert.value) && self.lasted(Critical, alert.eased, is_topped_up) => {
                return self.fallen(firing);
            }
            (Critical, _) => {}
        }
        self.repeated(firing)
    }

    /// It is only a warning from now on.
    fn fallen(&self, firing: Firing) -> (Option<Firing>, Option<Change>) {
        let warning = Firing {
            severity: Severity::Warning,
            cause: Cause::Level,
            ages_from: self.now,
            notified_at: self.now,
            since: firing.since,
        };
        (Some(warning), Some(Change::Fall))
    }

    /// Nothing changed; perhaps a reminder is due.
    fn repeated(&self, firing: Firing) -> (Option<Firing>, Option<Change>) {
        if self.rule.repeat(firing.severity).is_some_and(|after| self.now - firing.notified_at >= span(after)) {
            return (Some(Firing { notified_at: self.now, ..firing }), Some(Change::Repeat));
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
        let is_worse = fires.severity > snooze.severity || change == Some(Change::Empty);
        if snooze.holds(is_topped_up, self.now) && !is_worse {
            return (firing, None, Some(snooze));
        }
        // The snooze is over and the alert still fires: chats are notified.
        (Some(Firing { notified_at: self.now, ..fires }), change.or(Some(Change::Repeat)), None)
    }
}
