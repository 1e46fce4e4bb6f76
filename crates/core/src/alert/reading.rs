//! Reads the figure that a rule watches off an observation.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use super::data_health::DataHealth;
use super::metric::{Metric, SubjectKind};
use super::observation::{CallDay, Observation, Subject, Unread};
use super::rule::Rule;
use super::state::Alert;
use crate::forecast::{Burn, Cautious, Coverage, Forecasts, Runway};

/// Days beyond which coverage is not looked for.
const COVERED_DAYS: f64 = 14.0;

/// What the rule's figure is, of one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    /// The figure.
    Value(Figure),
    /// It could not be read or foreseen.
    Unknown,
    /// The rule is not about this customer.
    Unwatched,
    /// Enough is known of the wallet by now for rules on forecasts, for which this one only stands in.
    Superseded,
}

/// A figure that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    pub(crate) value: Decimal,
    /// The instant that it is of.
    pub(crate) read_at: DateTime<Utc>,
    /// Whether it must be remembered, though no level is crossed: the next one builds on it.
    pub(crate) is_kept: bool,
}

/// The numbers behind a figure, for those who ask why. What does not apply, or is not known, is absent.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Basis {
    /// How long the customer's wallet lasts.
    pub runway: Option<Runway>,
    /// How the wallet's spend stands to its own normal.
    pub burn: Option<Burn>,
    /// How far the partner's wallet reaches.
    pub coverage: Option<Coverage>,
    /// The calls of the day that was judged.
    pub calls: Option<CallDay>,
    /// Why the service cannot be read.
    pub unread: Option<Unread>,
}

/// Reads one rule's figure.
pub(crate) struct Gauge<'a> {
    rule: &'a Rule,
    observation: &'a Observation,
    customers: Result<&'a [Subject], &'a Unread>,
    forecasts: &'a Forecasts<'a>,
    data_health: &'a DataHealth,
    cautious: Option<Cautious<'a>>,
}

impl<'a> Gauge<'a> {
    /// `customers` are those of the observation, each once; `data_health` is as the observation left it.
    pub(crate) fn new(
        rule: &'a Rule,
        observation: &'a Observation,
        customers: Result<&'a [Subject], &'a Unread>,
        forecasts: &'a Forecasts<'a>,
        data_health: &'a DataHealth,
    ) -> Self {
        let cautious = (rule.metric() == Metric::CustomerRunway).then(|| {
            let levels = rule.all_levels().flat_map(|levels| [levels.warning, levels.critical]).flatten();
            let ends = levels.filter_map(|level| rule.recovers_at(level)?.to_f64());
            forecasts.up_to(ends.fold(0.0, f64::max), rule.in_working_hours())
        });
        Self { rule, observation, customers, forecasts, data_health, cautious }
    }

    /// Shows every subject of the rule with its figure. Gives whether these are all: who is missing has gone.
    pub(crate) fn each(&self, standing: &BTreeMap<&str, &Alert>, mut show: impl FnMut(&Subject, Reading)) -> bool {
        let of = self.rule.metric().subject_kind();
        match of {
            SubjectKind::Customer => {}
            SubjectKind::Partner => {
                let (subject, reading) = self.partner();
                show(&subject, reading);
            }
            SubjectKind::Fleet => self.fleet().iter().for_each(|(subject, reading)| show(subject, *reading)),
            SubjectKind::Calls => {
                show(&Subject::figure("calls", None, self.day().and_then(|day| day.currency.clone())), self.calls())
            }
            SubjectKind::DataHealth => show(&Subject::figure("data", None, None), self.feed_age()),
        }
        let Ok(customers) = self.customers else { return matches!(of, SubjectKind::Partner | SubjectKind::Calls) };
        match of {
            SubjectKind::Customer => customers.iter().for_each(|subject| show(subject, self.customer(subject))),
            SubjectKind::DataHealth => customers
                .iter()
                .filter(|subject| subject.balance.is_none() || standing.contains_key(subject.auth_id.as_str()))
                .for_each(|subject| show(subject, self.wallet_age(subject, standing.get(subject.auth_id.as_str()).copied()))),
            _ => {}
        }
        true
    }

    fn customer(&self, subject: &Subject) -> Reading {
        if !self.rule.watches(subject) {
            return Reading::Unwatched;
        }
        if self.rule.only_without_forecast() && self.forecasts.knows(&subject.auth_id) {
            return Reading::Superseded;
        }
        let value = subject.balance.and_then(|balance| match self.rule.metric() {
            Metric::CustomerBurn => rounded(self.forecasts.burn(&subject.auth_id)?.ratio),
            Metric::CustomerRunway => {
                let span = self.cautious.as_ref()?.of(&subject.auth_id, balance)?;
                rounded(if self.rule.in_working_hours() { span.working } else { span.hours })
            }
            _ => Some(balance),
        });
        self.now(value)
    }

    fn partner(&self) -> (Subject, Reading) {
        let Some(Ok(wallet)) = &self.observation.partner else {
            return (Subject::figure("partner", None, None), Reading::Unknown);
        };
        let subject = Subject::figure("partner", Some(wallet.balance), wallet.currency.clone());
        let value = match self.rule.metric() {
            Metric::PartnerCoverage => self.coverage(&subject).and_then(|coverage| rounded(coverage.days)),
            _ => Some(wallet.balance),
        };
        (subject, self.now(value))
    }

    /// How far the partner's wallet reaches; amounts of another currency are not its to pay.
    fn coverage(&self, partner: &Subject) -> Option<Coverage> {
        let is_paid = |subject: &&Subject| {
            let currencies = subject.currency.as_ref().zip(partner.currency.as_ref());
            self.rule.watches(subject) && currencies.is_none_or(|(of, paid)| of == paid)
        };
        let watched = self.customers.ok()?.iter().filter(is_paid);
        let wallets = watched.filter_map(|subject| Some((subject.auth_id.as_str(), subject.balance?)));
        self.forecasts.coverage(wallets, partner.balance?, COVERED_DAYS)
    }

    /// The sum of each currency; unknown where one of its wallets is.
    fn fleet(&self) -> Vec<(Subject, Reading)> {
        let mut sums: BTreeMap<Option<&str>, Option<Decimal>> = BTreeMap::new();
        for subject in self.customers.unwrap_or_default().iter().filter(|subject| self.rule.watches(subject)) {
            let sum = sums.entry(subject.currency.as_deref()).or_insert(Some(Decimal::ZERO));
            *sum = sum.zip(subject.balance).and_then(|(sum, balance)| sum.checked_add(balance));
        }
        let each = sums.into_iter().map(|(currency, sum)| {
            let id = currency.map_or_else(|| "fleet".to_owned(), |currency| format!("fleet:{currency}"));
            (Subject::figure(id, sum, currency.map(str::to_owned)), self.now(sum))
        });
        each.collect()
    }

    fn day(&self) -> Option<&CallDay> {
        self.observation.calls.as_ref()?.as_ref().ok()
    }

    fn calls(&self) -> Reading {
        self.now(self.day().and_then(|day| match self.rule.metric() {
            Metric::CallsCost => day.cost,
            Metric::CallsVolume => day.calls.map(Decimal::from),
            _ => {
                let calls = day.calls.filter(|calls| *calls >= self.rule.min_calls().max(1))?;
                let rate = Decimal::from(day.answered?).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(calls))?;
                Some(rate.round_dp(2))
            }
        }))
    }

    /// Hours since the customers could be read; since the first attempt where they never were.
    fn feed_age(&self) -> Reading {
        let read_at = match self.customers {
            Ok(_) => Some(self.observation.at),
            Err(_) => self.data_health.read_at.or(self.data_health.failed_since),
        };
        read_at.map_or(Reading::Unknown, |read_at| self.age(read_at, false))
    }

    /// Hours since one wallet could be read while others were; for as long as it is unread, an alert on it is kept.
    fn wallet_age(&self, subject: &Subject, standing: Option<&Alert>) -> Reading {
        match subject.balance {
            _ if !self.rule.watches(subject) => Reading::Unwatched,
            Some(_) => self.age(self.observation.at, false),
            None => self.age(standing.map_or(self.observation.at, |alert| alert.read_at), true),
        }
    }

    fn age(&self, read_at: DateTime<Utc>, is_kept: bool) -> Reading {
        let age = (self.observation.at - read_at).max(TimeDelta::zero());
        let hours = Decimal::from(age.num_seconds()).checked_div(Decimal::from(3600));
        hours.map_or(Reading::Unknown, |hours| Reading::Value(Figure { value: hours.round_dp(2), read_at, is_kept }))
    }

    fn now(&self, value: Option<Decimal>) -> Reading {
        value.map_or(Reading::Unknown, |value| Reading::Value(Figure { value, read_at: self.observation.at, is_kept: false }))
    }

    /// The numbers behind a subject's figure.
    pub(crate) fn basis(&self, subject: &Subject) -> Basis {
        match self.rule.metric().subject_kind() {
            SubjectKind::Customer => Basis {
                runway: subject.balance.and_then(|balance| self.forecasts.runway(&subject.auth_id, balance)),
                burn: self.forecasts.burn(&subject.auth_id).filter(|_| self.rule.metric() == Metric::CustomerBurn),
                ..Basis::default()
            },
            SubjectKind::Partner if self.rule.metric().is_foreseen() => {
                Basis { coverage: self.coverage(subject), ..Basis::default() }
            }
            SubjectKind::Calls => Basis { calls: self.day().cloned(), ..Basis::default() },
            SubjectKind::DataHealth => Basis { unread: self.customers.err().cloned(), ..Basis::default() },
            SubjectKind::Partner | SubjectKind::Fleet => Basis::default(),
        }
    }
}

/// An estimate as rules compare it: two places.
fn rounded(estimate: f64) -> Option<Decimal> {
    Some(Decimal::from_f64(estimate)?.round_dp(2))
}
