//! Reads the figure that a rule watches from an observation.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use super::data_health::DataHealth;
use super::metric::{Metric, SubjectKind};
use super::no_data::NoDataReason;
use super::rule::Rule;
use super::state::Alert;
use crate::forecast::{Burn, Cautious, Coverage, Forecasts, Runway};
use crate::observation::{CallDay, Observation, Unread};
use crate::observation::{Subject, SubjectId};

/// Days beyond which coverage is not computed.
const COVERED_DAYS: f64 = 14.0;

/// Below this every whole number is one that an `f64` holds.
const LARGEST_WHOLE: f64 = 9.0e15;

/// The rule's figure for one subject.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// The figure.
    Value(Figure),
    /// It could not be read.
    NoData(NoDataReason),
    /// The rule is not about this customer.
    Unwatched,
}

/// A figure that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) value: Decimal,
    /// The instant that it is of.
    pub(super) read_at: DateTime<Utc>,
    /// Whether it must be remembered though no level is crossed: the next one builds on it.
    pub(super) is_kept: bool,
    /// Whether it is a wallet that cannot pay for a call.
    pub(super) is_empty: bool,
    /// Whether nobody needs to hear of it before work begins.
    pub(super) can_wait: bool,
    /// In how many polls it was seen: a burst such as the wallet never had is proven by two readings running.
    pub(super) polls: u32,
}

/// The numbers behind a figure, for those who ask why. What does not apply, or is not known, is absent.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Basis {
    /// How long the customer's wallet lasts.
    pub runway: Option<Runway>,
    /// How the wallet's spend compares with its own normal.
    pub burn: Option<Burn>,
    /// How long the partner's wallet lasts.
    pub coverage: Option<Coverage>,
    /// The calls of the day that was judged.
    pub calls: Option<CallDay>,
    /// Why the service cannot be read.
    pub unread: Option<Unread>,
}

/// Reads the figures of one rule.
pub(super) struct Gauge<'a> {
    rule: &'a Rule,
    observation: &'a Observation,
    customers: &'a [Subject],
    forecasts: &'a Forecasts<'a>,
    data_health: &'a DataHealth,
    cautious: Option<Cautious<'a>>,
    coverage: Option<Coverage>,
}

impl<'a> Gauge<'a> {
    /// `customers` are those of the observation, each once; `data_health` is from before it.
    pub(super) fn new(
        rule: &'a Rule,
        observation: &'a Observation,
        customers: &'a [Subject],
        forecasts: &'a Forecasts<'a>,
        data_health: &'a DataHealth,
    ) -> Self {
        let cautious = (rule.metric() == Metric::CustomerRunway).then(|| {
            let levels = rule.all_levels().flat_map(|levels| [levels.warning, levels.critical]).flatten();
            let ends = levels.filter_map(|level| rule.recovers_at(level)?.to_f64());
            forecasts.up_to(ends.fold(0.0, f64::max), rule.in_working_hours())
        });
        let mut gauge = Self { rule, observation, customers, forecasts, data_health, cautious, coverage: None };
        gauge.coverage = gauge.read_coverage();
        gauge
    }

    /// The rule's figures that are not about one customer.
    pub(super) fn totals(&self) -> Vec<(Subject, Reading)> {
        match self.rule.metric().subject_kind() {
            SubjectKind::Customer => Vec::new(),
            SubjectKind::Partner => vec![self.partner()],
            SubjectKind::Fleet => self.fleet(),
            SubjectKind::Calls => {
                let currency = self.day().and_then(|day| day.currency.clone());
                vec![(Subject::figure(SubjectId::Calls, None, currency), self.calls())]
            }
            SubjectKind::Data if self.rule.only_single_wallets() => Vec::new(),
            SubjectKind::Data => vec![(Subject::figure(SubjectId::Data, None, None), self.data_age())],
        }
    }

    /// The rule's figure for one customer; `None` where it has none.
    pub(super) fn customer(&self, subject: &Subject, before: Option<&Alert>) -> Option<Reading> {
        match self.rule.metric().subject_kind() {
            SubjectKind::Customer if self.rule.watches(subject) => Some(self.wallet(subject)),
            SubjectKind::Data if before.is_none() && subject.balance.is_some() => None,
            SubjectKind::Data if self.rule.watches(subject) => Some(self.wallet_age(subject, before)),
            SubjectKind::Customer | SubjectKind::Data => Some(Reading::Unwatched),
            SubjectKind::Partner | SubjectKind::Fleet | SubjectKind::Calls => None,
        }
    }

    fn wallet(&self, subject: &Subject) -> Reading {
        let Some(balance) = subject.balance else { return Reading::NoData(NoDataReason::Balance(subject.unread.clone())) };
        let is_empty = self.rule.is_empty(subject);
        let value = match self.rule.metric() {
            Metric::CustomerRunway if is_empty => Some(Decimal::ZERO),
            Metric::CustomerBurn => subject.customer().and_then(|auth_id| rounded(self.forecasts.burn(auth_id)?.ratio)),
            Metric::CustomerRunway => return self.runway(subject, balance),
            _ => Some(balance),
        };
        match self.now(value, || NoDataReason::NoForecast) {
            Reading::Value(figure) => Reading::Value(Figure { is_empty, ..figure }),
            reading => reading,
        }
    }

    /// How long a wallet lasts. In working hours an alert waits for them, unless a burst is under way.
    fn runway(&self, subject: &Subject, balance: Decimal) -> Reading {
        let forecast = subject.customer().and_then(|auth_id| {
            let cautious = self.cautious.as_ref()?;
            let (span, burst) = cautious.of(auth_id, balance)?;
            let can_wait = self.rule.in_working_hours() && burst.is_none() && cautious.can_wait(span);
            let value = rounded(if self.rule.in_working_hours() { span.working } else { span.hours })?;
            Some((value, can_wait, if burst.is_some_and(|burst| burst.is_unknown) { 2 } else { 1 }))
        });
        match forecast {
            Some((value, can_wait, polls)) => {
                let read_at = self.observation.at;
                Reading::Value(Figure { value, read_at, is_kept: false, is_empty: false, can_wait, polls })
            }
            None => Reading::NoData(NoDataReason::NoForecast),
        }
    }

    fn partner(&self) -> (Subject, Reading) {
        let wallet = match &self.observation.partner {
            Some(Ok(wallet)) => wallet,
            Some(Err(unread)) => {
                return (Subject::figure(SubjectId::Partner, None, None), Reading::NoData(NoDataReason::Unread(unread.clone())));
            }
            None => return (Subject::figure(SubjectId::Partner, None, None), Reading::NoData(NoDataReason::NotReported)),
        };
        let subject = Subject::figure(SubjectId::Partner, Some(wallet.balance), wallet.currency.clone());
        let value = match self.rule.metric() {
            Metric::PartnerCoverage => self.coverage.and_then(|coverage| rounded(coverage.days)),
            _ => Some(wallet.balance),
        };
        (subject, self.now(value, || NoDataReason::NoForecast))
    }

    /// How long the partner's wallet lasts; customers whose currency is another are not topped up from it.
    fn read_coverage(&self) -> Option<Coverage> {
        let Some(Ok(partner)) = &self.observation.partner else { return None };
        if self.rule.metric() != Metric::PartnerCoverage || self.observation.listing.cut.is_some() {
            return None;
        }
        let is_paid = |subject: &&Subject| {
            let currencies = subject.currency.as_ref().zip(partner.currency.as_ref());
            self.rule.watches(subject) && currencies.is_none_or(|(of, paid)| of == paid)
        };
        let watched = self.customers.iter().filter(is_paid);
        let wallets = watched.filter_map(|subject| Some((subject.customer()?, subject.balance?)));
        self.forecasts.coverage(wallets, partner.balance, COVERED_DAYS)
    }

    /// The sum of each currency; no data where one of its wallets has none.
    fn fleet(&self) -> Vec<(Subject, Reading)> {
        if let Some(unread) = &self.observation.listing.cut {
            let no_data = Reading::NoData(NoDataReason::Unread(unread.clone()));
            return vec![(Subject::figure(SubjectId::Fleet(None), None, None), no_data)];
        }
        let mut sums: BTreeMap<Option<&str>, Option<Decimal>> = BTreeMap::new();
        for subject in self.customers.iter().filter(|subject| self.rule.watches(subject)) {
            let sum = sums.entry(subject.currency.as_deref()).or_insert(Some(Decimal::ZERO));
            *sum = sum.zip(subject.balance).and_then(|(sum, balance)| sum.checked_add(balance));
        }
        let each = sums.into_iter().map(|(currency, sum)| {
            let currency = currency.map(str::to_owned);
            let subject = Subject::figure(SubjectId::Fleet(currency.clone()), sum, currency);
            (subject, self.now(sum, || NoDataReason::Balance(None)))
        });
        each.collect()
    }

    fn day(&self) -> Option<&CallDay> {
        self.observation.calls.as_ref()?.as_ref().ok()
    }

    fn calls(&self) -> Reading {
        let day = match &self.observation.calls {
            Some(Ok(day)) => day,
            Some(Err(unread)) => return Reading::NoData(NoDataReason::Unread(unread.clone())),
            None => return Reading::NoData(NoDataReason::NotReported),
        };
        let value = match self.rule.metric() {
            Metric::CallsCost => day.cost,
            Metric::CallsVolume => day.calls.map(Decimal::from),
            _ => {
                let needed = self.rule.min_calls().max(1);
                if let Some(calls) = day.calls.filter(|calls| *calls < needed) {
                    return Reading::NoData(NoDataReason::TooFewCalls { calls, needed });
                }
                day.calls.zip(day.answered).and_then(|(calls, answered)| {
                    let rate = Decimal::from(answered).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(calls))?;
                    Some(rate.round_dp(2)).filter(|_| answered <= calls)
                })
            }
        };
        self.now(value, || NoDataReason::NotReported)
    }

    /// Hours since the list of customers could be read; since the first attempt where it never was.
    fn data_age(&self) -> Reading {
        let unread = &self.observation.listing.cut;
        let read_at = match unread {
            None => Some(self.observation.at),
            Some(_) => self.data_health.read_at.or(self.data_health.failed_since),
        };
        let no_data = || unread.clone().map_or(NoDataReason::NotReported, NoDataReason::Unread);
        read_at.map_or_else(|| Reading::NoData(no_data()), |read_at| self.age(read_at, false))
    }

    /// Hours since one wallet could be read while others were; while it cannot, an alert on it is kept.
    fn wallet_age(&self, subject: &Subject, before: Option<&Alert>) -> Reading {
        match subject.balance {
            Some(_) => self.age(self.observation.at, false),
            None => self.age(before.map_or(self.observation.at, |alert| alert.read_at), true),
        }
    }

    fn age(&self, read_at: DateTime<Utc>, is_kept: bool) -> Reading {
        let read_at = read_at.min(self.observation.at);
        let age = (self.observation.at - read_at).max(TimeDelta::zero());
        let hours = Decimal::from(age.num_seconds()).checked_div(Decimal::from(3600)).unwrap_or(Decimal::MAX);
        Reading::Value(Figure { value: hours.round_dp(2), read_at, is_kept, is_empty: false, can_wait: false, polls: 1 })
    }

    fn now(&self, value: Option<Decimal>, no_data: impl FnOnce() -> NoDataReason) -> Reading {
        match value {
            Some(value) => {
                let read_at = self.observation.at;
                Reading::Value(Figure { value, read_at, is_kept: false, is_empty: false, can_wait: false, polls: 1 })
            }
            None => Reading::NoData(no_data()),
        }
    }

    /// The numbers behind a subject's figure.
    pub(super) fn basis(&self, subject: &Subject) -> Basis {
        match self.rule.metric().subject_kind() {
            SubjectKind::Customer => {
                let Some(auth_id) = subject.customer() else { return Basis::default() };
                Basis {
                    runway: subject.balance.and_then(|balance| self.forecasts.runway(auth_id, balance)),
                    burn: self.forecasts.burn(auth_id).filter(|_| self.rule.metric() == Metric::CustomerBurn),
                    ..Basis::default()
                }
            }
            SubjectKind::Partner => Basis { coverage: self.coverage, ..Basis::default() },
            SubjectKind::Calls => Basis { calls: self.day().cloned(), ..Basis::default() },
            SubjectKind::Data => Basis { unread: self.observation.listing.cut.clone(), ..Basis::default() },
            SubjectKind::Fleet => Basis::default(),
        }
    }
}

/// An estimate as rules compare it: two places.
fn rounded(estimate: f64) -> Option<Decimal> {
    let hundredths = (estimate * 100.0).round();
    if hundredths.abs() < LARGEST_WHOLE {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and small enough for an i64")]
        return Some(Decimal::new(hundredths as i64, 2).normalize());
    }
    Some(Decimal::from_f64(estimate)?.round_dp(2))
}
