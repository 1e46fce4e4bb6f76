//! Which notifications one chat gets, and when: changes grouped into few of them, quiet hours kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::data_health::DataHealthChange;
use super::evaluate::Evaluation;
use super::level::Severity;
use super::metric::SubjectKind;
use super::reminder::{is_due, reminder};
use super::state::AlertKey;
use super::transition::{Change, Transition};
use super::wants::Wants;
use crate::forecast::Business;
use crate::time::next_local;

/// More notifications than this at once are a storm.
const STORM: usize = 3;

/// How a chat wants its notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatSettings {
    /// So many changes of one rule and severity at once are grouped into one notification (default 4).
    pub fold_from: usize,
    /// When only what cannot wait may make a sound.
    pub quiet: Option<QuietHours>,
    /// Until when it is quiet now, besides those hours; it may be over.
    pub quiet_until: Option<DateTime<Utc>>,
    /// Which alerts it gets.
    pub wants: Wants,
    /// When people work: reminders come then.
    pub business: Business,
}

impl Default for ChatSettings {
    fn default() -> Self {
        Self { fold_from: 4, quiet: None, quiet_until: None, wants: Wants::default(), business: Business::default() }
    }
}

/// Hours of each day in which a chat gets only what cannot wait for their end. They may span midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin, on clocks of the zone.
    pub from: NaiveTime,
    /// When they end.
    pub to: NaiveTime,
    /// Which clocks.
    pub zone: Tz,
}

impl QuietHours {
    /// Until when it is quiet; `None` where it is not.
    pub fn until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (begins, ends) = (next_local(now, self.zone, self.from), next_local(now, self.zone, self.to));
        // The end comes before the next begin: it is quiet now.
        (ends < begins).then_some(ends)
    }
}

/// Something to tell a chat, as one message.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Notification {
    /// What it is about.
    pub content: Content,
    /// Whether it comes without sound.
    pub is_silent: bool,
}

/// What a notification is about.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Alerts, the most urgent first; one or many.
    Alerts {
        /// Why they come together, and now.
        occasion: Occasion,
        /// Each alert with its numbers.
        transitions: Vec<Transition>,
    },
    /// The service stopped answering, or answers again.
    DataHealth(DataHealthChange),
}

/// Why a notification of alerts comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Occasion {
    /// They changed now.
    Now,
    /// The first evaluations of an installation found them.
    Found,
    /// The chat is new, and they fire.
    Welcome,
    /// So much changed now that it comes together, whatever rules it is of.
    Storm,
    /// The partner's own wallet is critical, so that these customers cannot be topped up from it.
    DryPartner,
    /// Quiet hours are over, and these fire.
    HandOver,
    /// They still fire, at the beginning of working hours or before their end.
    Reminder,
}

/// What a chat knows and what waits for it, for the next evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deferred {
    /// Alerts that wait for the end of quiet hours.
    held: Vec<(AlertKey, Deferral)>,
    /// What it knows of an outage of the service.
    outage: Outage,
    /// When it last got everything that fires. A chat that never did is new.
    notified_all_at: Option<DateTime<Utc>>,
    /// When the last reminder of everything was due; `None` before the first.
    reminded_at: Option<DateTime<Utc>>,
}

/// Why an alert waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deferral {
    /// The chat does not know of it.
    NotSent,
    /// The chat knows of it, and a reminder is due.
    Reminder,
}

/// What a chat knows of an outage of the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outage {
    /// Of none that lasts.
    #[default]
    None,
    /// Of none: one lasts, and waits for the end of quiet hours.
    Held,
    /// Of one that lasts.
    Sent,
}

impl Deferred {
    /// Of a chat that got everything then.
    #[cfg(test)]
    pub(super) fn known(at: DateTime<Utc>) -> Self {
        Self { notified_all_at: Some(at), reminded_at: Some(at), ..Self::default() }
    }

    /// How many alerts wait for the end of quiet hours.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

/// Groups what an evaluation decided into the notifications that one chat gets now; and what waits.
///
/// Nothing is dropped. In quiet hours a chat gets at once what cannot wait, which every evaluation looks at again, and ends of
/// alerts without sound. The rest waits until they are over, when everything that fires is handed over in one notification.
/// The end of an alert is sent to chats that know of the alert. A new chat gets everything that fires, once. What still fires
/// when work begins, or shortly before it ends, is reminded of in one notification.
pub fn notify(
    settings: &ChatSettings,
    evaluation: &Evaluation,
    deferred: &Deferred,
    now: DateTime<Utc>,
) -> (Vec<Notification>, Deferred) {
    let wanted = settings.wants.of(evaluation);
    let evaluation = wanted.as_ref();
    let each_day = settings.quiet.and_then(|quiet| quiet.until(now));
    let quiet = each_day.max(settings.quiet_until.filter(|end| *end > now)).map(|end| end - now);
    let mut gate = Gate {
        quiet,
        now,
        notified_all_at: deferred.notified_all_at.map(|at| at.min(now)),
        held: deferred.held.iter().cloned().collect(),
        due: Vec::new(),
        good: Vec::new(),
    };
    let is_new = deferred.notified_all_at.is_none();
    if is_new {
        gate.welcome(evaluation);
    } else {
        evaluation.transitions.iter().for_each(|transition| gate.pass(transition));
    }
    let handed_over = gate.wake(evaluation);
    let (outage, news) = outage(deferred.outage, evaluation, quiet.is_some());
    let mut sent: Vec<_> =
        news.map(|change| Notification { content: Content::DataHealth(change), is_silent: false }).into_iter().collect();
    if !handed_over.is_empty() {
        gate.notified_all_at = Some(now);
        sent.push(Notification::alerts(Occasion::HandOver, handed_over, false));
    }
    let reminded_at = Some(gate.remind(settings, evaluation, deferred.reminded_at.map(|at| at.min(now)), &mut sent));
    let (due, good) = (std::mem::take(&mut gate.due), std::mem::take(&mut gate.good));
    let all_at_once = if evaluation.is_first { Some(Occasion::Found) } else { is_new.then_some(Occasion::Welcome) };
    sent.extend(grouped(due, settings.fold_from, all_at_once));
    let (fallen, over): (Vec<_>, Vec<_>) = good.into_iter().partition(|transition| transition.change == Change::Fall);
    sent.extend([fallen, over].into_iter().flat_map(|group| folded(group, settings.fold_from, quiet.is_some())));
    let held = gate.held.into_iter().collect();
    (sent, Deferred { held, outage, notified_all_at: gate.notified_all_at, reminded_at })
}

/// Sorts transitions into what is due now and what waits.
struct Gate {
    /// How long quiet hours last, where it is quiet.
    quiet: Option<TimeDelta>,
    now: DateTime<Utc>,
    notified_all_at: Option<DateTime<Utc>>,
    held: BTreeMap<AlertKey, Deferral>,
    due: Vec<Transition>,
    /// What is better than it was.
    good: Vec<Transition>,
}

impl Gate {
    /// A new chat: everything that fires is due, or waits.
    fn welcome(&mut self, evaluation: &Evaluation) {
        self.notified_all_at = Some(self.now);
        for firing in &evaluation.firing {
            let fired = evaluation.transitions.iter().find(|transition| transition.key() == firing.key());
            match self.quiet {
                Some(left) if !firing.cannot_wait(left) => _ = self.held.insert(firing.key(), Deferral::NotSent),
                _ => self.due.push(fired.unwrap_or(firing).clone()),
            }
        }
    }

    fn pass(&mut self, transition: &Transition) {
        let key = transition.key();
        let is_unknown = self.held.get(&key) == Some(&Deferral::NotSent);
        match (transition.change, self.quiet) {
            (change, _) if !change.is_bad() => {
                self.held.remove(&key);
                if !is_unknown {
                    self.good.push(transition.clone());
                }
            }
            // Better than it was, for those who know of it.
            (Change::Fall, _) if is_unknown => {}
            (Change::Fall, _) => self.good.push(transition.clone()),
            (Change::Repeat, Some(_)) => _ = self.held.entry(key).or_insert(Deferral::Reminder),
            (Change::Repeat, None) if self.is_recent(transition) => {}
            (_, Some(left)) if !transition.cannot_wait(left) => _ = self.held.insert(key, Deferral::NotSent),
            _ => {
                self.held.remove(&key);
                self.due.push(transition.clone());
            }
        }
    }

    /// The reminder at working hours, unless everything comes now anyway. Gives when one was last due.
    fn remind(
        &self,
        settings: &ChatSettings,
        evaluation: &Evaluation,
        last: Option<DateTime<Utc>>,
        sent: &mut Vec<Notification>,
    ) -> DateTime<Utc> {
        let Some(last) = last.filter(|_| self.notified_all_at != Some(self.now)) else { return self.now };
        if self.quiet.is_some() || !is_due(&settings.business, last, self.now) {
            return last;
        }
        let reminded = reminder(&settings.business, evaluation, &self.due, last, self.now);
        if !reminded.is_empty() {
            sent.push(Notification::alerts(Occasion::Reminder, reminded, false));
        }
        self.now
    }

    /// Whether the chat got everything so recently that a reminder would be a repetition.
    fn is_recent(&self, transition: &Transition) -> bool {
        let half = transition.repeats_after.map(|after| after / 2);
        self.notified_all_at.zip(half).is_some_and(|(sent, half)| self.now - sent < half)
    }

    /// Looks again at what waits. Gives everything that fires, where quiet hours are over and something waited.
    fn wake(&mut self, evaluation: &Evaluation) -> Vec<Transition> {
        let known: BTreeSet<_> = evaluation.firing.iter().map(Transition::key).collect();
        self.held.retain(|key, _| known.contains(key));
        let Some(left) = self.quiet else {
            if self.held.is_empty() {
                return Vec::new();
            }
            self.held.clear();
            // What changed in this very poll comes by itself.
            let due: BTreeSet<_> = self.due.iter().map(Transition::key).collect();
            return evaluation.firing.iter().filter(|firing| !due.contains(&firing.key())).cloned().collect();
        };
        // What waited may have become urgent without another change.
        for firing in &evaluation.firing {
            let key = firing.key();
            if self.held.get(&key) == Some(&Deferral::NotSent) && firing.cannot_wait(left) {
                self.held.remove(&key);
                self.due.push(firing.clone());
            }
        }
        Vec::new()
    }
}

/// What a chat knows of an outage from now on, and the notification that it gets.
fn outage(known: Outage, evaluation: &Evaluation, is_quiet: bool) -> (Outage, Option<DataHealthChange>) {
    match (known, &evaluation.data_health) {
        (Outage::Sent, Some(back @ DataHealthChange::Back { .. })) => (Outage::None, Some(back.clone())),
        (_, Some(DataHealthChange::Back { .. })) => (Outage::None, None),
        (_, Some(DataHealthChange::Lost { .. })) if is_quiet => (Outage::Held, None),
        (_, Some(lost)) => (Outage::Sent, Some(lost.clone())),
        (Outage::Held, None) if !is_quiet => match &evaluation.outage {
            Some(lost) => (Outage::Sent, Some(lost.clone())),
            None => (Outage::None, None),
        },
        (known, None) => (known, None),
    }
}

impl Notification {
    fn alerts(occasion: Occasion, transitions: Vec<Transition>, is_silent: bool) -> Self {
        Self { content: Content::Alerts { occasion, transitions }, is_silent }
    }
}

/// The alerts that somebody must hear of now; in one notification where there is a reason for that.
fn grouped(due: Vec<Transition>, fold_from: usize, together: Option<Occasion>) -> Vec<Notification> {
    match together {
        Some(Occasion::Welcome) if !due.is_empty() => return vec![Notification::alerts(Occasion::Welcome, due, false)],
        Some(occasion) if due.len() > 1 => return vec![Notification::alerts(occasion, due, false)],
        _ => {}
    }
    let is_partner = |sent: &Transition| sent.metric.subject_kind() == SubjectKind::Partner;
    let (dry, rest): (Vec<_>, Vec<_>) = due.into_iter().partition(|sent| sent.inhibited_by.is_some() || is_partner(sent));
    let mut sent = Vec::new();
    if dry.iter().any(|sent| sent.inhibited_by.is_some()) {
        // The partner's alert rang. It silences what is less than critical.
        let is_silent = !dry.iter().any(|sent| is_partner(sent) || sent.severity == Severity::Critical);
        sent.push(Notification::alerts(Occasion::DryPartner, dry, is_silent));
    } else {
        sent.extend(folded(dry, fold_from, false));
    }
    let rest = folded(rest, fold_from, false);
    if rest.len() > STORM {
        let mut transitions: Vec<_> = rest.into_iter().flat_map(Notification::into_transitions).collect();
        transitions.sort_by(Transition::by_urgency);
        sent.push(Notification::alerts(Occasion::Storm, transitions, false));
    } else {
        sent.extend(rest);
    }
    sent
}

impl Notification {
    fn into_transitions(self) -> Vec<Transition> {
        match self.content {
            Content::Alerts { transitions, .. } => transitions,
            Content::DataHealth(_) => Vec::new(),
        }
    }
}

/// One notification for each rule and severity with many changes, and one for each change of those with few.
fn folded(changes: Vec<Transition>, fold_from: usize, is_quiet: bool) -> Vec<Notification> {
    let mut groups: Vec<((String, Severity), Vec<Transition>)> = Vec::new();
    for transition in changes {
        let of = (transition.rule.clone(), transition.severity);
        match groups.iter_mut().find(|(group, _)| *group == of) {
            Some((_, members)) => members.push(transition),
            None => groups.push((of, vec![transition])),
        }
    }
    let each = groups.into_iter().flat_map(|(_, members)| {
        if members.len() >= fold_from { vec![members] } else { members.into_iter().map(|one| vec![one]).collect() }
    });
    let notifications = each.map(|transitions| {
        let is_silent = is_quiet || transitions.iter().all(Transition::is_silent);
        Notification::alerts(Occasion::Now, transitions, is_silent)
    });
    notifications.collect()
}

impl Transition {
    /// Whether it comes without sound: nobody has to do anything.
    fn is_silent(&self) -> bool {
        match self.change {
            Change::Fall | Change::Gone | Change::Unwatched | Change::Superseded => true,
            Change::Fire | Change::Escalate | Change::Empty | Change::Repeat | Change::Unchanged | Change::Resolve => false,
        }
    }

    /// Whether waiting so long would be too late: the wallet would be empty, or the partner's would.
    fn cannot_wait(&self, left: TimeDelta) -> bool {
        let is_critical = self.severity == Severity::Critical;
        #[expect(clippy::cast_precision_loss, reason = "seconds of at most a day")]
        let hours = left.num_seconds() as f64 / 3600.0;
        self.is_empty()
            || match (self.metric.subject_kind(), self.runway(), self.basis.coverage) {
                (SubjectKind::Customer, Some(runway), _) => runway.low.is_some_and(|low| low.hours < hours),
                (SubjectKind::Partner, _, Some(coverage)) => coverage.days * 24.0 < hours,
                // Without a forecast, what is critical may not last.
                (SubjectKind::Customer | SubjectKind::Partner | SubjectKind::Data, ..) => is_critical,
                (SubjectKind::Fleet | SubjectKind::Calls, ..) => false,
            }
    }
}
