//! The profiles of all wallets, and their forecasts at an instant.

use chrono::{DateTime, Utc};
use hashbrown::DefaultHashBuilder;
use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::ahead::Ahead;
use super::business::{Business, HOUR};
use super::estimate::{Span, amount};
use super::fees::Every;
use super::fleet::Fleet;
use super::profile::Profile;
use super::runway::{Burst, Runway};
use super::week::Rates;
use crate::observation::Observation;

/// Polls within which a movement of the ledger shows in the balance.
const SETTLES: u8 = 3;
/// Seconds by which the ledger may be ahead of the balance.
const LISTED_LATE: i64 = 15 * 60;
/// Hours before work begins in which it counts as begun: what is found on arrival was sent before.
const SOON: f64 = 0.5;
/// Seconds after which a wallet that was not read is forgotten: what it spent says little by then.
const FORGOTTEN: i64 = 60 * 24 * HOUR;
/// Days looked ahead by default.
const DAYS: usize = 14;

/// The profiles of all wallets. Takes in what is observed, poll by poll.
#[derive(Debug, Clone, Default)]
pub struct Forecaster {
    business: Business,
    fleet: Fleet,
    /// Local day on which the fleet was last looked at.
    fleet_day: Option<i64>,
    /// Seconds east of UTC at the last poll.
    offset: Option<i64>,
    /// In the order in which they came, which is mostly that of the next poll.
    wallets: IndexMap<String, Wallet, DefaultHashBuilder>,
}

#[derive(Debug, Clone)]
pub(super) struct Wallet {
    pub(super) profile: Profile,
    /// Polls for which a movement is still expected to show.
    moving: u8,
    pub(super) rates: Box<Rates>,
    /// Hour since 1970 in which they were made.
    rates_made: i64,
    /// The first letters of its currency; 0 while that is not known.
    currency: u32,
}

impl Wallet {
    fn new(profile: Profile, fleet: &Fleet) -> Self {
        Self { rates: Box::new(profile.week.rates(fleet)), profile, moving: 0, rates_made: i64::MIN, currency: 0 }
    }

    /// Makes the rates anew: each hour while the week is new, then once a day, for of 168 hours one more tells little.
    fn renew_rates(&mut self, hour: i64, fleet: &Fleet) {
        let every = if self.profile.has_seen_a_week() { 24 } else { 1 };
        if self.rates_made.div_euclid(every) != hour.div_euclid(every) {
            self.rates_made = hour;
            *self.rates = self.profile.week.rates(fleet);
        }
    }

    /// A movement that is no call. One from before the last reading is in that balance already.
    fn moved(&mut self, wall: i64) {
        if self.profile.last_at().is_none_or(|last| wall > last - LISTED_LATE) {
            self.moving = SETTLES;
        }
    }
}

impl Forecaster {
    /// Knows no wallet yet.
    pub fn new(business: Business) -> Self {
        Self { business, ..Self::default() }
    }

    /// The working hours.
    pub fn business(&self) -> &Business {
        &self.business
    }

    /// Takes in every balance that was read. A poll that failed, and a wallet that was not read, change nothing; a wallet that
    /// was not read for sixty days is forgotten.
    pub fn observe(&mut self, observation: &Observation) {
        let customers = &observation.customers;
        if customers.is_empty() {
            return;
        }
        let wall = self.business.wall(observation.at);
        self.change_clock(wall - observation.at.timestamp());
        let is_new_day = self.fleet_day != Some(wall.div_euclid(24 * HOUR));
        if is_new_day {
            self.fleet_day = Some(wall.div_euclid(24 * HOUR));
            // In the same order each time: the last digits of a sum depend on it.
            let mut wallets: Vec<_> = self.wallets.iter().collect();
            wallets.sort_unstable_by_key(|(auth_id, _)| *auth_id);
            self.fleet = Fleet::of(wallets.into_iter().map(|(_, wallet)| &wallet.profile));
        }
        let hour = wall.div_euclid(HOUR);
        for (guess, subject) in customers.iter().enumerate() {
            let (Some(auth_id), Some(balance)) = (subject.customer(), subject.balance.map(amount)) else {
                continue;
            };
            let place = self.place(guess, auth_id);
            let wallet = &mut self.wallets[place];
            let currency = subject.currency.as_deref().map_or(0, code);
            if currency != 0 && currency != wallet.currency {
                if wallet.currency != 0 {
                    // Amounts of another currency teach nothing about this one.
                    *wallet = Wallet::new(Profile::default(), &self.fleet);
                }
                wallet.currency = currency;
            }
            wallet.profile.read(wall, balance, wallet.moving > 0, &wallet.rates);
            wallet.moving = wallet.moving.saturating_sub(1);
            wallet.renew_rates(hour, &self.fleet);
        }
        if is_new_day {
            // After the readings: all wallets are old where nothing was read for so long.
            self.wallets.retain(|_, wallet| wallet.profile.last_at().is_some_and(|last| wall.saturating_sub(last) < FORGOTTEN));
        }
    }

    /// Where the wall clock went forward or back since the last poll, so do the readings of all wallets: the time between two of
    /// them stays what it was.
    fn change_clock(&mut self, offset: i64) {
        let change = self.offset.replace(offset).map_or(0, |before| offset - before);
        if change != 0 {
            self.wallets.values_mut().for_each(|wallet| wallet.profile.change_clock(change));
        }
    }

    /// Where a wallet is kept, most likely where it is guessed; a new one is kept from now on.
    fn place(&mut self, guess: usize, auth_id: &str) -> usize {
        if self.wallets.get_index(guess).is_some_and(|(kept, _)| kept == auth_id) {
            return guess;
        }
        let fleet = &self.fleet;
        let known = self.wallets.get_index_of(auth_id);
        known.unwrap_or_else(|| self.wallets.insert_full(auth_id.to_owned(), Wallet::new(Profile::default(), fleet)).0)
    }

    /// The ledger shows money paid into a wallet: the next rise, or lesser fall, is not a change of burn.
    pub fn paid_in(&mut self, auth_id: &str, at: DateTime<Utc>) {
        let wall = self.business.wall(at);
        if let Some(wallet) = self.wallets.get_mut(auth_id) {
            wallet.moved(wall);
        }
    }

    /// The ledger shows a fee that comes again: it is expected from now on.
    pub fn fee(&mut self, auth_id: &str, at: DateTime<Utc>, amount: Decimal, every: Every) {
        let Some(wallet) = self.wallets.get_mut(auth_id) else { return };
        let wall = self.business.wall(at);
        wallet.moved(wall);
        wallet.profile.fees.paid(wall, self::amount(amount).abs(), every);
    }

    /// Whether a fall between two readings is more than calls of this wallet explain.
    pub fn is_beyond_calls(&self, auth_id: &str, fall: Decimal) -> bool {
        self.wallets.get(auth_id).is_some_and(|wallet| wallet.profile.is_beyond_calls(amount(fall)))
    }

    /// A fee that is known in advance, such as the `monthly_fee` of a phone number with its `next_billing_date`: it is
    /// expected at `due`, and again after that.
    pub fn fee_due(&mut self, auth_id: &str, due: DateTime<Utc>, amount: Decimal, every: Every) {
        let Some(wallet) = self.wallets.get_mut(auth_id) else { return };
        wallet.profile.fees.due_at(self.business.wall(due), self::amount(amount).abs(), every);
    }

    /// What is remembered of a wallet.
    pub fn profile(&self, auth_id: &str) -> Option<&Profile> {
        self.wallets.get(auth_id).map(|wallet| &wallet.profile)
    }

    /// What is remembered of each wallet, in no order.
    pub fn profiles(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.wallets.iter().map(|(auth_id, wallet)| (auth_id.as_str(), &wallet.profile))
    }

    /// Puts back what was remembered of a wallet.
    pub fn restore(&mut self, auth_id: impl Into<String>, profile: Profile) {
        self.wallets.insert(auth_id.into(), Wallet::new(profile, &self.fleet));
    }

    /// The forecasts at an instant.
    pub fn at(&self, now: DateTime<Utc>) -> Forecasts<'_> {
        Forecasts { of: Some((self, Ahead::new(&self.business, now, DAYS * 24))) }
    }
}

/// The forecasts at one instant, worked out wallet by wallet when it is asked for.
#[derive(Debug, Default)]
pub struct Forecasts<'a> {
    of: Option<(&'a Forecaster, Ahead)>,
}

impl Forecasts<'_> {
    /// No forecast for any wallet.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether enough is known of a wallet for a forecast.
    pub fn knows(&self, auth_id: &str) -> bool {
        self.wallet(auth_id).is_some_and(|(wallet, _)| wallet.profile.is_known())
    }

    /// How long `balance` lasts in a wallet; `None` while too little is known of it.
    pub fn runway(&self, auth_id: &str, balance: Decimal) -> Option<Runway> {
        let (wallet, ahead) = self.wallet(auth_id)?;
        wallet.profile.runway(amount(balance), ahead, &wallet.rates)
    }

    /// What a wallet will spend in so many hours, fees included: less in one case of ten, as likely less as more, and more in one
    /// case of ten. `None` while too little is known of it.
    pub fn spend(&self, auth_id: &str, hours: f64) -> Option<[f64; 3]> {
        let (wallet, ahead) = self.wallet(auth_id)?;
        wallet.profile.spend(hours, ahead, &wallet.rates)
    }

    /// For a rule whose alerts are over at so many hours: the cautious runway, or that many where it is longer.
    pub(crate) fn up_to(&self, hours: f64, in_working_hours: bool) -> Cautious<'_> {
        Cautious(self.of.as_ref().map(|(forecaster, ahead)| (*forecaster, ahead.up_to(hours, in_working_hours))))
    }

    /// All that is known, and the hours to come.
    pub(super) fn all(&self) -> Option<(&Forecaster, &Ahead)> {
        self.of.as_ref().map(|(forecaster, ahead)| (*forecaster, ahead))
    }

    pub(super) fn wallet(&self, auth_id: &str) -> Option<(&Wallet, &Ahead)> {
        let (forecaster, ahead) = self.of.as_ref()?;
        Some((forecaster.wallets.get(auth_id)?, ahead))
    }
}

/// Cautious runways up to what a rule asks for: no healthy wallet is looked at to the end.
#[derive(Debug)]
pub(crate) struct Cautious<'a>(Option<(&'a Forecaster, Ahead)>);

impl Cautious<'_> {
    /// The cautious time that `balance` lasts, and the burst under way; `None` while too little is known of the
    /// wallet.
    pub(crate) fn of(&self, auth_id: &str, balance: Decimal) -> Option<(Span, Option<Burst>)> {
        let (forecaster, ahead) = self.0.as_ref()?;
        let wallet = forecaster.wallets.get(auth_id)?;
        wallet.profile.cautious(amount(balance), ahead, &wallet.rates)
    }

    /// Whether a wallet that lasts so long can wait until somebody works: nobody does now, nor soon, and it is not empty
    /// before.
    pub(crate) fn can_wait(&self, lasts: Span) -> bool {
        let Some((forecaster, ahead)) = self.0.as_ref() else { return false };
        let Some(now) = ahead.slots.first() else { return false };
        let opens = forecaster.business.next_opening(now.wall);
        let is_closed = ahead.slots.iter().take_while(|slot| slot.after < opens.min(SOON)).all(|slot| slot.works <= 0.0);
        is_closed && opens > SOON && lasts.hours > opens
    }
}

/// A currency as a number: its first four letters.
fn code(currency: &str) -> u32 {
    currency.bytes().take(4).fold(0, |code, letter| code << 8 | u32::from(letter))
}
