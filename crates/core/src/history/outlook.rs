//! What is forecast at the end of a recorded history.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::History;
use super::backtest::Replay;
use crate::forecast::{Business, Runway};

/// How long one wallet lasts, as known at the last poll of a history.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name, where the customer has one.
    pub name: Option<String>,
    /// Currency of the wallet, where it is known.
    pub currency: Option<String>,
    /// The balance that the forecast begins with; `None` where it is not known.
    pub balance: Option<Decimal>,
    /// How long it lasts; `None` while too little is known of the wallet.
    pub runway: Option<Runway>,
    /// What it likely spends in the two weeks to come.
    pub spend: Option<f64>,
}

/// Hours of two weeks: what runs dry later has no hour.
const AHEAD: f64 = 336.0;

impl Outlook {
    /// Who needs somebody first: by the time to empty; beyond two weeks by the balance beside the spend of two weeks; then who
    /// spends nothing, then those of whom too little is known.
    fn rank(&self) -> (u8, f64) {
        let Some(runway) = &self.runway else { return (3, 0.0) };
        if let Some(likely) = runway.likely {
            return (0, likely.hours);
        }
        let balance = self.balance.and_then(|balance| balance.to_f64());
        match balance.zip(self.spend.filter(|spend| *spend > 0.0)) {
            Some((balance, spend)) => (1, balance / spend),
            None => (2, 0.0),
        }
    }
}

/// What a wallet will have spent so many hours from now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// Hours from the last poll.
    pub hours: u32,
    /// Less in one case of ten.
    pub low: f64,
    /// As likely less as more.
    pub likely: f64,
    /// More in one case of ten.
    pub high: f64,
}

impl History {
    /// The last poll, and how long each wallet lasts from there, the soonest first. `balances` gives a later balance of a wallet; where it has none,
    /// the last one of the history counts. `None` without polls.
    pub fn outlooks(
        &self,
        business: &Business,
        balances: impl Fn(&str) -> Option<Decimal>,
    ) -> Option<(DateTime<Utc>, Vec<Outlook>)> {
        let (at, life) = self.replayed(business)?;
        let forecasts = life.forecasts(at);
        let outlooks = self.wallets.iter().enumerate().map(|(place, wallet)| {
            let balance = balances(&wallet.auth_id).or_else(|| life.balance(place));
            Outlook {
                auth_id: wallet.auth_id.clone(),
                name: wallet.name.clone(),
                currency: wallet.currency.clone(),
                balance,
                runway: balance.and_then(|balance| forecasts.runway(&wallet.auth_id, balance)),
                spend: forecasts.spend(&wallet.auth_id, AHEAD).map(|[_, likely, _]| likely),
            }
        });
        let mut outlooks: Vec<Outlook> = outlooks.collect();
        outlooks.sort_by(|one, other| {
            let (one_rank, other_rank) = (one.rank(), other.rank());
            let hours = one_rank.1.total_cmp(&other_rank.1);
            one_rank.0.cmp(&other_rank.0).then(hours).then_with(|| one.auth_id.cmp(&other.auth_id))
        });
        Some((at, outlooks))
    }

    /// The last poll, the last balance of a wallet, and what it will have spent after each of so many hours. `None` where the
    /// history has no such wallet, or too little is known of it.
    pub fn fan(&self, business: &Business, auth_id: &str, hours: u32) -> Option<(DateTime<Utc>, Decimal, Vec<Spend>)> {
        let place = self.wallets.iter().position(|wallet| wallet.auth_id == auth_id)?;
        let (at, life) = self.replayed(business)?;
        let forecasts = life.forecasts(at);
        let balance = life.balance(place)?;
        let spends = (1..=hours).map(|hours| {
            let [low, likely, high] = forecasts.spend(auth_id, f64::from(hours))?;
            Some(Spend { hours, low, likely, high })
        });
        Some((at, balance, spends.collect::<Option<Vec<_>>>()?))
    }

    fn replayed(&self, business: &Business) -> Option<(DateTime<Utc>, Replay)> {
        let at = *self.polls.last()?;
        let mut life = Replay::new(self, business);
        for sweep in self.sweeps() {
            life.poll(self, &sweep);
        }
        Some((at, life))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::{History, Sample, Wallet};
    use super::*;

    fn wallet(auth_id: &str) -> Wallet {
        let (name, currency) = (None, None);
        Wallet { auth_id: auth_id.into(), name, is_prepaid: true, is_active: true, auto_recharge: false, currency }
    }

    #[test]
    fn beyond_two_weeks_wallets_are_in_the_order_of_balance_beside_spend() {
        let start: DateTime<Utc> = "2026-09-01T00:00:00Z".parse().unwrap();
        // What each wallet begins with, and spends an hour.
        let courses = [("MA_RICH", 900_000, 20), ("MA_SOON", 6_000, 20), ("MA_LONG", 60_000, 20), ("MA_SMALL", 20_000, 5)];
        let mut history = History::default();
        for (place, (auth_id, begin, hourly)) in courses.into_iter().enumerate() {
            history.wallets.push(wallet(auth_id));
            for hour in 0..240 {
                let at = start + TimeDelta::hours(hour);
                let balance = Some(Decimal::from(begin - hourly * hour));
                history.samples.push(Sample { at, wallet: u32::try_from(place).unwrap(), balance });
            }
        }
        history.wallets.push(wallet("MA_NEW"));
        history.polls = (0..240).map(|hour| start + TimeDelta::hours(hour)).collect();
        history.samples.sort_by_key(|sample| sample.at);
        let (_, outlooks) = history.outlooks(&Business::default(), |_| None).unwrap();
        let order: Vec<&str> = outlooks.iter().map(|one| one.auth_id.as_str()).collect();
        assert_eq!(order, ["MA_SOON", "MA_LONG", "MA_SMALL", "MA_RICH", "MA_NEW"]);
    }
}
