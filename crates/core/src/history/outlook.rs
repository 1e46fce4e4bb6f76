//! What is forecast at the end of a recorded history.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

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
    /// The last poll, and how long each wallet lasts from there. `balances` gives a later balance of a wallet; where it has none,
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
            }
        });
        Some((at, outlooks.collect()))
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
