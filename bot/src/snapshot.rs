//! The bot's one judgement: what a sweep read, what the rules decided on it, and when.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use vobiz_core::alert::{
    Alert, Change, Evaluation, NoData, NoDataReason, Observation, Policy, State, Subject, SubjectId, Transition, evaluate,
    evaluate_once,
};
use vobiz_core::forecast::{Business, Every, Forecaster, Forecasts, Profile, Runway};
use vobiz_core::history::MovementKind;
use vobiz_core::{Decimal, Error};

use crate::ledger::{AnnouncedFee, Entry, TopUp, TopUps};
use crate::observe::Answers;
use crate::snooze::Muted;

/// Longest wait for a newer snapshot; after it the last one has to do.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What later judgements depend on: the profiles of wallets and the alert state; and the last money paid into each wallet.
pub(crate) struct Memory {
    forecaster: Arc<Forecaster>,
    pub(crate) top_ups: Arc<TopUps>,
    pub(crate) state: State,
}

/// What one sweep read, and what the rules decided on it.
pub(crate) struct Snapshot {
    /// When the last answer of the sweep came.
    pub(crate) at: DateTime<Utc>,
    pub(crate) answers: Answers,
    pub(crate) observation: Observation,
    pub(crate) evaluation: Evaluation,
    /// The rules that it was judged by.
    pub(crate) policy: Policy,
    forecaster: Arc<Forecaster>,
    top_ups: Arc<TopUps>,
    /// Made when somebody asks for it.
    by_time_to_empty: OnceLock<Vec<WalletAhead>>,
}

/// A customer's wallet, and how long it lasts where that can be forecast.
#[derive(Debug, Clone)]
pub(crate) struct WalletAhead {
    /// Its place in the observation.
    place: usize,
    pub(crate) runway: Option<Runway>,
}

impl Memory {
    /// With the profiles and the state of earlier judgements.
    pub(crate) fn new(business: Business, profiles: Vec<(String, Profile)>, state: State) -> Self {
        let mut forecaster = Forecaster::new(business);
        for (auth_id, profile) in profiles {
            forecaster.restore(auth_id, profile);
        }
        Self { forecaster: Arc::new(forecaster), top_ups: Arc::default(), state }
    }

    /// Takes in what is new in ledgers; before the poll that shows it in balances is judged.
    pub(crate) fn learn(&mut self, entries: &[Entry], now: DateTime<Utc>) {
        for entry in entries {
            let Entry { auth_id, at, kind, amount, .. } = entry;
            kind.teach(Arc::make_mut(&mut self.forecaster), auth_id, *at, *amount, now);
            let is_latest = self.top_ups.get(auth_id).is_none_or(|known| known.at <= *at);
            if *kind == MovementKind::Recharge && is_latest {
                Arc::make_mut(&mut self.top_ups).insert(auth_id.clone(), TopUp { at: *at, amount: *amount });
            }
        }
    }

    /// Expects fees that are known in advance, of wallets that were read.
    pub(crate) fn expect(&mut self, fees: &[AnnouncedFee]) {
        for AnnouncedFee { auth_id, due, amount } in fees {
            Arc::make_mut(&mut self.forecaster).fee_due(auth_id, *due, *amount, Every::Month);
        }
    }

    /// Whether a fall between two readings is more than calls of this wallet explain.
    pub(crate) fn is_beyond_calls(&self, auth_id: &str, fall: Decimal) -> bool {
        self.forecaster.is_beyond_calls(auth_id, fall)
    }

    /// Judges what a poll read. The state moves on when the caller sets it.
    pub(crate) fn judge(&mut self, policy: &Policy, answers: Answers) -> Snapshot {
        self.judged(policy, answers, |observation, forecasts, before| {
            evaluate(policy, observation, forecasts, before, observation.at)
        })
    }

    /// The same for a single look, with `for` taken as met.
    pub(crate) fn judge_once(&mut self, policy: &Policy, answers: Answers) -> Snapshot {
        self.judged(policy, answers, |observation, forecasts, before| {
            evaluate_once(policy, observation, forecasts, before, observation.at)
        })
    }

    /// Has the alerts muted that people snoozed, and no others.
    pub(crate) fn mute<'a>(&mut self, muted: impl Iterator<Item = &'a Muted>) {
        for alert in self.state.alerts.values_mut() {
            alert.snooze = None;
        }
        for Muted { key, snooze, .. } in muted {
            if let Some(alert) = self.state.alerts.get_mut(key).filter(|alert| alert.firing.is_some()) {
                alert.snooze = Some(*snooze);
            }
        }
    }

    fn judged(
        &mut self,
        policy: &Policy,
        answers: Answers,
        evaluate: impl Fn(&Observation, &Forecasts<'_>, &State) -> Evaluation,
    ) -> Snapshot {
        let observation = answers.observation();
        Arc::make_mut(&mut self.forecaster).observe(&observation);
        let evaluation = evaluate(&observation, &self.forecaster.at(observation.at), &self.state);
        let (forecaster, top_ups, by_time_to_empty) = (self.forecaster.clone(), self.top_ups.clone(), OnceLock::new());
        let (at, policy) = (observation.at, policy.clone());
        Snapshot { at, answers, observation, evaluation, policy, forecaster, top_ups, by_time_to_empty }
    }

    /// The profile of each wallet.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.forecaster.profiles()
    }
}

impl Snapshot {
    /// The customers that were read, once the list was read at all; else why not.
    pub(crate) fn customers(&self) -> Result<&[Subject], &Error> {
        match &self.answers.cut {
            Some(error) if self.observation.customers.is_empty() => Err(error),
            _ => Ok(&self.observation.customers),
        }
    }

    /// What rules could not judge although it was read, but for rules that do not ask for data.
    pub(crate) fn no_data(&self) -> impl Iterator<Item = &NoData> {
        let no_data = self.evaluation.no_data.iter();
        no_data.filter(|no_data| !no_data.is_optional && !matches!(no_data.reason, NoDataReason::Unread(_)))
    }

    /// Whether all that rules watch was read and judged, and nothing contradicts it. Only then can a chat or a monitor be shown
    /// that nothing is wrong.
    pub(crate) fn is_certain(&self) -> bool {
        self.answers.errors().next().is_none() && self.no_data().next().is_none() && self.evaluation.doubts.is_empty()
    }

    /// One customer as the rules see it.
    pub(crate) fn subject(&self, auth_id: &str) -> Option<&Subject> {
        self.observation.customers.iter().find(|subject| subject.customer() == Some(auth_id))
    }

    /// The alerts on customers, one for each: its worst. The worst and most urgent customer comes first.
    pub(crate) fn wallets(&self) -> Vec<&Transition> {
        let mut seen = HashSet::new();
        let on_customers = self.evaluation.firing.iter().filter(|alert| alert.subject.customer().is_some());
        on_customers.filter(|alert| seen.insert(&alert.subject.id)).collect()
    }

    /// How many customers' wallets are past a level that no alert fires for yet.
    pub(crate) fn pending(&self) -> usize {
        let firing: HashSet<_> = self.wallets().into_iter().map(|alert| &alert.subject.id).collect();
        let alerts = self.evaluation.state.alerts.iter();
        let pending = alerts.filter(|(_, alert)| alert.warning.or(alert.critical).or(alert.empty).is_some());
        let subjects: HashSet<_> = pending.map(|(key, _)| &key.subject).collect();
        subjects.iter().filter(|subject| matches!(subject, SubjectId::Customer(_)) && !firing.contains(**subject)).count()
    }

    /// The customers that this sweep found past a level, and the one before did not.
    pub(crate) fn crossed(&self) -> Vec<&Subject> {
        let is_new = |alert: &Alert| {
            [alert.warning, alert.critical, alert.empty].into_iter().flatten().all(|streak| streak.since >= self.at)
        };
        let alerts = self.evaluation.state.alerts.iter();
        let pending =
            alerts.filter(|(_, alert)| alert.firing.is_none() && alert.warning.or(alert.critical).or(alert.empty).is_some());
        let mut ids: Vec<&str> =
            pending.filter(|(_, alert)| is_new(alert)).filter_map(|(key, _)| key.subject.customer()).collect();
        let changes = self
            .evaluation
            .transitions
            .iter()
            .filter(|change| matches!(change.change, Change::Fire | Change::Escalate | Change::Empty));
        ids.extend(changes.filter_map(|change| change.subject.customer()));
        let ids: HashSet<&str> = ids.into_iter().collect();
        let mut crossed: Vec<_> =
            self.observation.customers.iter().filter(|subject| subject.customer().is_some_and(|id| ids.contains(id))).collect();
        crossed.sort_by_key(|subject| (subject.balance, &subject.id));
        crossed
    }

    /// The other alerts: on the partner's wallet, all wallets together, calls, and the data itself.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Transition> {
        self.evaluation.firing.iter().filter(|alert| alert.subject.customer().is_none())
    }

    /// The alerts of one customer.
    pub(crate) fn alerts_of(&self, auth_id: &str) -> impl Iterator<Item = &Transition> {
        self.evaluation.firing.iter().filter(move |alert| alert.subject.customer() == Some(auth_id))
    }

    /// The wallets that need money: those that an alert fires for, the worst first, then those under `level`, then those that
    /// were not read. With `under`, only wallets under that amount as far as it is known.
    pub(crate) fn low(&self, under: Option<Decimal>, level: Decimal) -> Vec<LowWallet<'_>> {
        let firing = self.wallets();
        let alerted: HashSet<_> = firing.iter().map(|alert| &alert.subject.id).collect();
        let mut others: Vec<_> = self
            .observation
            .customers
            .iter()
            .filter(|subject| !alerted.contains(&subject.id) && subject.balance.is_none_or(|balance| balance < level))
            .collect();
        others.sort_by_key(|subject| (subject.balance.is_none(), subject.balance, &subject.id));
        let firing = firing.into_iter().map(|alert| LowWallet { subject: &alert.subject, alert: Some(alert) });
        let others = others.into_iter().map(|subject| LowWallet { subject, alert: None });
        let is_under = |wallet: &LowWallet<'_>| match (under, wallet.subject.balance) {
            (Some(under), Some(balance)) => balance < under,
            _ => true,
        };
        firing.chain(others).filter(is_under).collect()
    }

    /// The alerts of a customer from the next poll on under other rules, if it reads the same, with `for` taken as met.
    pub(crate) fn would_fire(&self, policy: &Policy, auth_id: &str) -> Vec<Transition> {
        let evaluation = evaluate_once(policy, &self.observation, &self.forecaster.at(self.at), &self.evaluation.state, self.at);
        evaluation.firing.into_iter().filter(|alert| alert.subject.customer() == Some(auth_id)).collect()
    }

    /// How long a wallet lasts, where that can be forecast.
    pub(crate) fn runway(&self, subject: &Subject) -> Option<Runway> {
        self.forecaster.at(self.at).runway(subject.customer()?, subject.balance?)
    }

    /// What a wallet will spend within each of these hours: less in one case of ten, as likely less as more, more in one case of
    /// ten. Empty where that cannot be forecast.
    pub(crate) fn spend(&self, subject: &Subject, hours: &[f64]) -> Vec<[f64; 3]> {
        let forecasts = self.forecaster.at(self.at);
        let Some(auth_id) = subject.customer() else { return Vec::new() };
        hours.iter().map_while(|hours| forecasts.spend(auth_id, *hours)).collect()
    }

    /// The last money paid into each wallet, as far as ledgers were read.
    pub(crate) fn top_ups(&self) -> &TopUps {
        &self.top_ups
    }

    /// The last money paid into a wallet, as far as its ledger was read.
    pub(crate) fn last_top_up(&self, auth_id: &str) -> Option<TopUp> {
        self.top_ups.get(auth_id).copied()
    }

    /// Every customer's wallet: what is empty, what runs dry soonest, what lasts or has no forecast, with the least first, then
    /// those that are paid later, then what was not read.
    pub(crate) fn by_time_to_empty(&self) -> &[WalletAhead] {
        self.by_time_to_empty.get_or_init(|| {
            let forecasts = self.forecaster.at(self.at);
            let ahead = |(place, subject): (usize, &Subject)| {
                let runway = subject.customer().zip(subject.balance).and_then(|(id, balance)| forecasts.runway(id, balance));
                WalletAhead { place, runway }
            };
            let mut wallets: Vec<_> = self.observation.customers.iter().enumerate().map(ahead).collect();
            let hours = |wallet: &WalletAhead| match (self.wallet(wallet).balance, &wallet.runway) {
                (Some(balance), _) if balance <= Decimal::ZERO => 0.0,
                (_, runway) => runway.and_then(|runway| runway.likely.or(runway.low)).map_or(f64::INFINITY, |span| span.hours),
            };
            wallets.sort_by(|one, other| {
                let (left, right) = (self.wallet(one), self.wallet(other));
                (left.balance.is_none().cmp(&right.balance.is_none()))
                    .then_with(|| right.is_prepaid.cmp(&left.is_prepaid))
                    .then_with(|| hours(one).total_cmp(&hours(other)))
                    .then_with(|| (&left.currency, left.balance, &left.id).cmp(&(&right.currency, right.balance, &right.id)))
            });
            wallets
        })
    }

    /// The customer of a wallet.
    pub(crate) fn wallet(&self, wallet: &WalletAhead) -> &Subject {
        &self.observation.customers[wallet.place]
    }

    /// The id of that customer.
    pub(crate) fn auth_id(&self, wallet: &WalletAhead) -> Option<&str> {
        self.wallet(wallet).customer()
    }

    /// The first currency that a wallet has.
    pub(crate) fn currency(&self) -> Option<&str> {
        self.observation.customers.iter().find_map(|subject| subject.currency.as_deref())
    }
}

/// A wallet that needs money, or of which nobody can say whether it does.
#[derive(Debug, Clone)]
pub(crate) struct LowWallet<'a> {
    /// The customer; where an alert fires for a wallet that cannot be read now, with its last balance.
    pub(crate) subject: &'a Subject,
    /// The worst alert that fires for it.
    pub(crate) alert: Option<&'a Transition>,
}

/// The last snapshot, for everybody who reads it, and the wish for a newer one.
#[derive(Default)]
pub(crate) struct Published {
    latest: watch::Sender<Option<Arc<Snapshot>>>,
    wanted: Notify,
}

impl Published {
    /// Shows a snapshot to everybody.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        self.latest.send_replace(Some(Arc::new(snapshot)));
    }

    /// Changes with every snapshot.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Arc<Snapshot>>> {
        self.latest.subscribe()
    }

    /// The last snapshot, where there is one.
    pub(crate) fn last(&self) -> Option<Arc<Snapshot>> {
        self.latest.borrow().clone()
    }

    /// Waits until somebody wants a sweep.
    pub(crate) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// The last snapshot; before there is one, the first. `None` where none comes in time.
    pub(crate) async fn latest(&self) -> Option<Arc<Snapshot>> {
        let mut latest = self.latest.subscribe();
        let first = timeout(LONGEST_WAIT, latest.wait_for(Option::is_some)).await;
        first.ok()?.ok()?.clone()
    }

    /// A snapshot at least as new as `asked_at`: of the next sweep, one for all who ask meanwhile. Where none comes in time,
    /// the last one, whose age its reader sees.
    pub(crate) async fn since(&self, asked_at: DateTime<Utc>) -> Option<Arc<Snapshot>> {
        let mut latest = self.latest.subscribe();
        let is_new = |snapshot: &Option<Arc<Snapshot>>| snapshot.as_ref().is_some_and(|snapshot| snapshot.at >= asked_at);
        if !is_new(&latest.borrow()) {
            self.wanted.notify_one();
            let _ = timeout(LONGEST_WAIT, latest.wait_for(is_new)).await;
        }
        latest.borrow().clone()
    }
}
