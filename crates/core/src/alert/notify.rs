//! What one chat is told, and when: changes grouped into as few notifications as read well, quiet hours kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::evaluate::Evaluation;
use super::level::Severity;
use super::metric::SubjectKind;
use super::transition::{Change, Transition};
use crate::time::next_local;

/// More notifications than this at once are a storm.
const STORM: usize = 3;

/// How a chat wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatSettings {
    /// So many changes of one rule and severity at once come as one notification (default 4).
    pub fold_from: usize,
    /// When nobody is to be woken for what can wait.
    pub quiet: Option<QuietHours>,
}

impl Default for ChatSettings {
    fn default() -> Self {
        Self { fold_from: 4, quiet: None }
    }
}

/// Hours of each day in which only what would empty inside them is told. They may span midnight.
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
    /// Why now.
    pub occasion: Occasion,
    /// What it is about, the most urgent first; one or many.
    pub transitions: Vec<Transition>,
    /// Whether it comes without sound.
    pub is_silent: bool,
}

/// Why a notification comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Occasion {
    /// It happened now.
    Now,
    /// It is what a new installation found.
    Found,
    /// So much happened now that it comes together, whatever rules it is of.
    Storm,
    /// The partner's own wallet is critical, and these customers may run dry for want of it.
    DryPartner,
    /// It happened in quiet hours, and still stands.
    HandOver,
}

/// What a chat was not told yet, for the next evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String, Deferral)>", into = "Vec<(String, String, Deferral)>")]
pub struct Deferred {
    /// By rule and subject.
    held: BTreeMap<(String, String), Deferral>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Deferral {
    /// The chat does not know of the alert.
    NotSent,
    /// It was told, and is to be told again.
    Reminder,
}

impl From<Vec<(String, String, Deferral)>> for Deferred {
    fn from(rows: Vec<(String, String, Deferral)>) -> Self {
        Self { held: rows.into_iter().map(|(rule, subject, held)| ((rule, subject), held)).collect() }
    }
}

impl From<Deferred> for Vec<(String, String, Deferral)> {
    fn from(waiting: Deferred) -> Self {
        waiting.held.into_iter().map(|((rule, subject), held)| (rule, subject, held)).collect()
    }
}

impl Deferred {
    /// How many alerts wait for the end of quiet hours.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

/// Groups what an evaluation decided into what one chat is told now; and what waits.
///
/// `standing` are the alerts that stand after the evaluation, as [`standing`](super::standing) gives them. Nothing is
/// dropped: in quiet hours what cannot wait is told at once, and looked at again with every evaluation; the rest is told
/// when they end, if it still stands. The end of an alert is told to chats that were told of it.
pub fn notify(
    manner: &ChatSettings,
    evaluation: &Evaluation,
    standing: &[Transition],
    waiting: &Deferred,
    now: DateTime<Utc>,
) -> (Vec<Notification>, Deferred) {
    let quiet = manner.quiet.and_then(|quiet| quiet.until(now)).map(|end| end - now);
    let mut held = waiting.held.clone();
    let (mut due, mut good) = (Vec::new(), Vec::new());
    for said in &evaluation.transitions {
        let key = said.key();
        match (said.change, quiet) {
            (change, _) if !change.is_bad() => match held.remove(&key) {
                Some(Deferral::NotSent) => {}
                _ => good.push(said.clone()),
            },
            // Better than it was: those who know of it are told without sound.
            (Change::Fall, _) => match held.get(&key) {
                Some(Deferral::NotSent) => {}
                _ => good.push(said.clone()),
            },
            (change, Some(left)) if change == Change::Repeat || !said.cannot_wait(left) => {
                let is_told = change == Change::Repeat && held.get(&key) != Some(&Deferral::NotSent);
                held.insert(key, if is_told { Deferral::Reminder } else { Deferral::NotSent });
            }
            _ => {
                held.remove(&key);
                due.push(said.clone());
            }
        }
    }
    let known: BTreeSet<_> = standing.iter().map(Transition::key).collect();
    held.retain(|key, _| known.contains(key));
    let waits = standing.iter().filter(|said| held.contains_key(&said.key()));
    let handed: Vec<Transition> = match quiet {
        // What was held may have become urgent without another change.
        Some(left) => {
            let urgent: Vec<_> = waits
                .filter(|said| held.get(&said.key()) == Some(&Deferral::NotSent) && said.cannot_wait(left))
                .cloned()
                .collect();
            for said in &urgent {
                held.remove(&said.key());
            }
            due.extend(urgent);
            Vec::new()
        }
        None => waits.cloned().collect(),
    };
    if quiet.is_none() {
        held.clear();
    }
    let mut told = Vec::new();
    if !handed.is_empty() {
        told.push(Notification { occasion: Occasion::HandOver, transitions: handed, is_silent: false });
    }
    told.extend(grouped(due, manner.fold_from, evaluation.is_first));
    let (fallen, over): (Vec<_>, Vec<_>) = good.into_iter().partition(|said| said.change == Change::Fall);
    told.extend(folded(fallen, manner.fold_from));
    told.extend(folded(over, manner.fold_from));
    (told, Deferred { held })
}

/// The alerts that somebody must hear of now.
fn grouped(due: Vec<Transition>, fold_from: usize, is_first: bool) -> Vec<Notification> {
    if is_first && due.len() > 1 {
        return vec![Notification { occasion: Occasion::Found, transitions: due, is_silent: false }];
    }
    let is_partner = |said: &Transition| said.metric.subject_kind() == SubjectKind::Partner;
    let is_of_dry = |said: &Transition| said.inhibited_by.is_some() || is_partner(said);
    let (dry, rest): (Vec<_>, Vec<_>) = due.into_iter().partition(is_of_dry);
    let mut told = Vec::new();
    if dry.iter().any(|said| said.inhibited_by.is_some()) {
        // Somebody was told with sound of what it comes from.
        let is_silent = !dry.iter().any(is_partner);
        told.push(Notification { occasion: Occasion::DryPartner, transitions: dry, is_silent });
    } else {
        told.extend(folded(dry, fold_from));
    }
    let rest = folded(rest, fold_from);
    if rest.len() > STORM {
        let mut transitions: Vec<_> = rest.into_iter().flat_map(|one| one.transitions).collect();
        transitions.sort_by(Transition::by_urgency);
        told.push(Notification { occasion: Occasion::Storm, transitions, is_silent: false });
    } else {
        told.extend(rest);
    }
    told
}

/// One notification for each rule and severity with many changes, and one for each change of those with few.
fn folded(said: Vec<Transition>, fold_from: usize) -> Vec<Notification> {
    let mut groups: Vec<((String, Severity), Vec<Transition>)> = Vec::new();
    for said in said {
        let of = (said.rule.clone(), said.severity);
        match groups.iter_mut().find(|(group, _)| *group == of) {
            Some((_, members)) => members.push(said),
            None => groups.push((of, vec![said])),
        }
    }
    let each = groups.into_iter().flat_map(|(_, members)| {
        if members.len() >= fold_from { vec![members] } else { members.into_iter().map(|said| vec![said]).collect() }
    });
    let told = each.map(|transitions| {
        let is_silent = transitions.iter().all(Transition::is_silent);
        Notification { occasion: Occasion::Now, transitions, is_silent }
    });
    told.collect()
}

impl Transition {
    fn key(&self) -> (String, String) {
        (self.rule.clone(), self.subject.auth_id.clone())
    }

    /// Whether it comes without sound: nobody has to do anything.
    fn is_silent(&self) -> bool {
        match self.change {
            Change::Fall | Change::Gone | Change::Unwatched | Change::Superseded => true,
            Change::Fire | Change::Escalate | Change::Repeat | Change::Stand | Change::Resolve => false,
        }
    }

    /// Whether waiting so long would be too late: the wallet would be empty, or the partner's would.
    fn cannot_wait(&self, left: TimeDelta) -> bool {
        let is_critical = self.severity == Severity::Critical;
        let is_empty = self.subject.balance.is_some_and(|balance| balance <= rust_decimal::Decimal::ZERO);
        #[expect(clippy::cast_precision_loss, reason = "seconds of at most a day")]
        let hours = left.num_seconds() as f64 / 3600.0;
        is_empty
            || match (self.metric.subject_kind(), self.runway(), self.basis.coverage) {
                (SubjectKind::Customer, Some(runway), _) => runway.low.is_some_and(|low| low.hours < hours),
                (SubjectKind::Partner, _, Some(coverage)) => coverage.days * 24.0 < hours,
                // Nothing is foreseen: what is critical may not last.
                (SubjectKind::Customer | SubjectKind::Partner | SubjectKind::DataHealth, ..) => is_critical,
                (SubjectKind::Fleet | SubjectKind::Calls, ..) => false,
            }
    }
}
