//! A policy rehearsed on recorded history: the notifications that it would have sent.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::alert::{Change, Observation, Policy, Severity, State, Subject, replay};
use crate::forecast::{Business, Forecaster, Forecasts, Profile};
use crate::history::{History, Sweep};

/// A notification that would have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// When.
    pub at: DateTime<Utc>,
    /// Of which customer.
    pub auth_id: String,
    /// What happened: `fire`, `escalate`, `fall` or `resolve`; `empty` and `repeat` for what a chat is sent while it fires.
    pub kind: &'static str,
    /// How bad it is; of an alert that is over, was.
    pub severity: Severity,
    /// Name of the rule.
    pub rule: String,
    /// The value that it was decided on, in the unit of the rule's metric.
    pub value: Decimal,
    /// Why, with the numbers.
    pub reason: String,
}

/// What the policy would have sent over a history, poll by poll, by the same decisions as live.
///
/// Rules on what a history does not have ([`Metric::is_in_history`](crate::alert::Metric::is_in_history)) have no effect.
/// A movement of the ledger is known from its instant on.
pub fn backtest(policy: &Policy, history: &History, business: &Business) -> Vec<Notification> {
    let mut life = Replay::new(history, business);
    let (mut state, mut sent) = (State::default(), Vec::new());
    for sweep in history.sweeps() {
        life.poll(history, &sweep);
        let evaluation = replay(policy, &life.observation, &life.forecaster.at(sweep.at), &state, sweep.at);
        state = evaluation.state;
        sent.extend(evaluation.transitions.into_iter().filter_map(|transition| {
            let kind = match transition.change {
                Change::Fire => "fire",
                Change::Escalate => "escalate",
                Change::Fall => "fall",
                Change::Resolve | Change::Gone | Change::Unwatched | Change::Superseded => "resolve",
                Change::Empty => "empty",
                Change::Repeat => "repeat",
                _ => return None,
            };
            Some(Notification {
                at: sweep.at,
                kind,
                severity: transition.severity,
                value: transition.value,
                reason: transition.reason(),
                rule: transition.rule,
                auth_id: transition.subject.id.to_string(),
            })
        }));
    }
    sent
}

/// What is known at a poll of the history.
pub(super) struct Replay {
    observation: Observation,
    forecaster: Forecaster,
    /// What each wallet read last, and whether it is listed yet.
    balances: Vec<Option<Decimal>>,
    /// Movements that are known already.
    known: usize,
    /// Place of each wallet's subject; wallets appear with their first sample.
    places: Vec<Option<usize>>,
    /// Subjects whose balance this poll did not read.
    unread: Vec<usize>,
}

impl Replay {
    pub(super) fn new(history: &History, business: &Business) -> Self {
        Self {
            observation: Observation::complete(DateTime::UNIX_EPOCH, Vec::with_capacity(history.wallets.len())),
            forecaster: Forecaster::new(business.clone()),
            balances: vec![None; history.wallets.len()],
            known: 0,
            places: vec![None; history.wallets.len()],
            unread: Vec::new(),
        }
    }

    /// The forecasts at the last poll.
    pub(super) fn forecasts(&self, now: DateTime<Utc>) -> Forecasts<'_> {
        self.forecaster.at(now)
    }

    /// What a wallet read last, by its place in the history.
    pub(super) fn balance(&self, place: usize) -> Option<Decimal> {
        self.balances.get(place).copied().flatten()
    }

    /// What is remembered of a wallet.
    pub(super) fn profile(&self, auth_id: &str) -> Option<&Profile> {
        self.forecaster.profile(auth_id)
    }

    pub(super) fn poll(&mut self, history: &History, sweep: &Sweep<'_>) {
        self.observation.at = sweep.at;
        let subjects = &mut self.observation.customers;
        for place in self.unread.drain(..) {
            subjects[place].balance = self.balances[place];
        }
        for sample in sweep.samples {
            let Ok(wallet) = usize::try_from(sample.wallet) else { continue };
            let Some(of) = history.wallets.get(wallet) else { continue };
            let place = *self.places[wallet].get_or_insert_with(|| {
                subjects.push(Subject {
                    name: of.name.clone(),
                    currency: of.currency.clone(),
                    is_prepaid: of.is_prepaid,
                    is_active: of.is_active,
                    auto_recharge: of.auto_recharge,
                    ..Subject::new(&of.auth_id, "")
                });
                subjects.len() - 1
            });
            subjects[place].balance = sample.balance;
            match sample.balance {
                Some(balance) => self.balances[place] = Some(balance),
                None => self.unread.push(place),
            }
        }
        self.learn_ledger(history, sweep.at);
        self.forecaster.observe(&self.observation);
    }

    fn learn_ledger(&mut self, history: &History, now: DateTime<Utc>) {
        while let Some(movement) = history.ledger.get(self.known).filter(|movement| movement.at <= now) {
            self.known += 1;
            let Some(wallet) = usize::try_from(movement.wallet).ok().and_then(|wallet| history.wallets.get(wallet)) else {
                continue;
            };
            movement.kind.teach(&mut self.forecaster, &wallet.auth_id, movement.at, movement.amount, now);
        }
    }
}
