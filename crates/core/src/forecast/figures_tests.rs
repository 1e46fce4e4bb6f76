//! The forecasts for made-up wallets, figure by figure.
//!
//! A number that changes here is a change of the method. Look at each: is it what the change was meant to do? Then let
//! `INSTA_UPDATE=always cargo test -p vobiz-core figures` write the new ones. That they are right is for other tests and
//! for the benchmark to say; these say that they are what they were.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

use super::tests::monday;
use super::*;
use crate::observation::{Observation, Subject};

/// Polls of a day, each five minutes.
const DAY: i64 = 288;
const HOUR: i64 = 12;

/// What a wallet spends in an hour of the week, Monday midnight being 0, on average.
type Habit = fn(i64) -> f64;

const OFFICE: Habit = |hour| if (9..19).contains(&(hour % 24)) && hour < 144 { 60.0 } else { 0.0 };
const CALL_CENTRE: Habit = |hour| match (hour % 24, hour / 24) {
    (8..=12 | 14..=21, day) => {
        if day < 6 {
            400.0
        } else {
            150.0
        }
    }
    (13, _) => 120.0,
    _ => 4.0,
};
const NIGHT: Habit = |hour| if (4..20).contains(&(hour % 24)) { 1.5 } else { 35.0 };
const WEEKEND: Habit = |hour| if hour >= 120 && (10..22).contains(&(hour % 24)) { 90.0 } else { 0.0 };
const ALWAYS: Habit = |_| 25.0;
const CAMPAIGN: Habit = |hour| if (34..37).contains(&hour) { 700.0 } else { 0.3 };
const SHOP: Habit = |hour| if (10..21).contains(&(hour % 24)) { 12.0 } else { 0.5 };

struct Wallet {
    name: &'static str,
    habit: Habit,
    balance: f64,
    /// What it is topped up with when less than a tenth of that is left; nothing: never.
    top_up: f64,
    /// Poll of its first reading.
    from: i64,
}

const WALLETS: [Wallet; 10] = [
    Wallet { name: "office", habit: OFFICE, balance: 9_000.0, top_up: 5_000.0, from: 0 },
    Wallet { name: "call centre", habit: CALL_CENTRE, balance: 60_000.0, top_up: 40_000.0, from: 0 },
    Wallet { name: "night", habit: NIGHT, balance: 2_000.0, top_up: 3_000.0, from: 3 },
    Wallet { name: "weekend", habit: WEEKEND, balance: 4_000.0, top_up: 6_000.0, from: 0 },
    Wallet { name: "always", habit: ALWAYS, balance: 20_000.0, top_up: 9_000.0, from: 0 },
    Wallet { name: "campaign", habit: CAMPAIGN, balance: 12_000.0, top_up: 12_000.0, from: 0 },
    Wallet { name: "shop", habit: SHOP, balance: 900.0, top_up: 1_500.0, from: 0 },
    Wallet { name: "postpaid", habit: SHOP, balance: 260.0, top_up: 0.0, from: 0 },
    Wallet { name: "empties", habit: ALWAYS, balance: 11_500.0, top_up: 0.0, from: 0 },
    Wallet { name: "new", habit: CALL_CENTRE, balance: 30_000.0, top_up: 20_000.0, from: 20 * DAY + 100 },
];

/// The wallets, replayed poll by poll.
struct Town {
    forecaster: Forecaster,
    poll: i64,
    balances: [f64; WALLETS.len()],
    chance: u64,
}

impl Town {
    fn new() -> Self {
        let balances = std::array::from_fn(|place| WALLETS[place].balance);
        Self { forecaster: Forecaster::new(Business::default()), poll: 0, balances, chance: 1 }
    }

    /// A number from 0 to 1, the same in every run and every release of any library.
    fn chance(&mut self) -> f64 {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.chance >> 40).unwrap()) / f64::from(1 << 24)
    }

    /// Polls come some seconds early or late.
    fn now(&self) -> DateTime<Utc> {
        monday() + TimeDelta::seconds(300 * self.poll + self.poll * 37 % 50)
    }

    /// How many times the usual a wallet spends: regimes that change, bursts, silence.
    fn mood(&self, name: &str) -> f64 {
        let (day, hour) = (self.poll / DAY, self.poll % DAY / HOUR);
        match name {
            "call centre" if day >= 24 => 1.8,
            "shop" if day % 2 == 1 && hour >= 15 => 1.7,
            "office" if (day, hour) == (25, 14) && self.poll % HOUR < 4 => 40.0,
            "night" if (day, hour) == (30, 12) => 60.0,
            "office" if day == 22 => 0.0,
            "always" if day == 31 && hour >= 8 => 0.1,
            _ => 1.0,
        }
    }

    fn step(&mut self) {
        self.poll += 1;
        let (hour, now) = (self.poll / HOUR % 168, self.now());
        let mut seen = Vec::new();
        for (place, wallet) in WALLETS.iter().enumerate() {
            let spent = (wallet.habit)(hour) / 12.0 * self.mood(wallet.name) * (0.4 + 1.2 * self.chance());
            let mut balance = self.balances[place] - spent;
            if wallet.name == "empties" {
                balance = balance.max(0.0);
            }
            if balance < wallet.top_up / 10.0 {
                balance += wallet.top_up;
                self.forecaster.paid_in(wallet.name, now);
            }
            balance -= self.fee(wallet.name, now);
            self.balances[place] = balance;
            if self.poll >= wallet.from {
                let read = Decimal::from_f64(self.reading(wallet.name, balance).unwrap_or(balance)).unwrap().round_dp(4);
                let is_read = !(wallet.name == "night" && self.poll % 17 == 0);
                seen.push(Subject { balance: is_read.then_some(read), ..Subject::new(wallet.name, wallet.name) });
            }
        }
        // The service is away for six hours, and once for longer than anything is learned from.
        let is_away = (10 * DAY + 100..10 * DAY + 172).contains(&self.poll) || (17 * DAY..18 * DAY + 60).contains(&self.poll);
        if !is_away {
            self.forecaster.observe(&Observation::complete(now, seen));
        }
    }

    fn fee(&mut self, name: &str, now: DateTime<Utc>) -> f64 {
        let (amount, every) = match (name, self.poll) {
            ("shop", poll) if poll % (7 * DAY) == 2 * DAY + 120 => (300, Every::Week),
            ("always", poll) if poll == 4 * DAY + 7 => (2_500, Every::Month),
            ("night", poll) if poll == 9 * DAY + 7 => (120, Every::Month),
            _ => return 0.0,
        };
        self.forecaster.fee(name, now, Decimal::from(-amount), every);
        f64::from(amount)
    }

    /// What is read where it is not the truth, or not the whole of it.
    fn reading(&self, name: &str, balance: f64) -> Option<f64> {
        let (day, of_day) = (self.poll / DAY, self.poll % DAY);
        match (name, day, of_day) {
            // The service failed.
            ("office" | "always", 12, 150) => Some(0.0),
            // The figure does not change for an hour.
            ("always", 15, 120..132) => Some((balance / 100.0).ceil() * 100.0),
            // A refund beside the calls: a lesser fall.
            ("office", 19, 130) => Some(balance + 3.0),
            // Far less, and it stays for two readings.
            ("postpaid", 26, 100..102) => Some(balance - 5_000.0),
            _ => None,
        }
    }
}

/// So many digits that a change of the method shows and a change of the processor does not.
fn digits(figure: f64) -> String {
    format!("{figure:.3e}").parse::<f64>().unwrap().to_string()
}

fn span(span: Option<Span>) -> String {
    span.map_or("-".to_owned(), |span| format!("{}/{}", digits(span.hours), digits(span.working)))
}

fn line(town: &Town, place: usize, text: &mut String) {
    let name = WALLETS[place].name;
    let forecasts = town.forecaster.at(town.now());
    let Some(profile) = town.forecaster.profile(name) else { return };
    // Its own balance, and what some hours need.
    for balance in [town.balances[place], profile.mean() * 5.0, profile.mean() * 40.0] {
        let balance = Decimal::from_f64(balance).unwrap().round_dp(2);
        let Some(runway) = forecasts.runway(name, balance) else {
            return writeln!(text, "  {name}: unknown").unwrap();
        };
        let [cautious, low, likely, high] = [runway.cautious, runway.low, runway.likely, runway.high].map(span);
        writeln!(text, "  {name}, {balance}: low {low} likely {likely} high {high} cautious {cautious}").unwrap();
    }
    let burn = forecasts.burn(name).unwrap();
    let runway = forecasts.runway(name, Decimal::ZERO).unwrap();
    let [now, normal, level, mean] = [runway.burn, runway.normal, profile.level_factor(), profile.mean()].map(digits);
    let [ratio, rate] = [burn.ratio, burn.rate].map(digits);
    writeln!(text, "    burn {now} normal {normal} level {level} mean {mean}; {ratio} times, {rate}").unwrap();
}

/// The forecasts after each of these polls.
fn figures(polls: impl IntoIterator<Item = i64>) -> String {
    let (mut town, mut text) = (Town::new(), String::new());
    for poll in polls {
        while town.poll < poll {
            town.step();
        }
        let local = town.now().with_timezone(&chrono_tz::Asia::Kolkata);
        writeln!(text, "{}", local.format("%a %d %b %H:%M")).unwrap();
        for place in 0..WALLETS.len() {
            line(&town, place, &mut text);
        }
        let customers = || {
            (0..)
                .zip(&WALLETS)
                .map(|(place, wallet): (usize, _)| (wallet.name, Decimal::from_f64(town.balances[place]).unwrap().round_dp(2)))
        };
        if let Some(coverage) = town.forecaster.at(town.now()).coverage(customers(), 30_000.into(), 10.0) {
            let [days, needed, morning, per_day] =
                [coverage.days, coverage.needed, coverage.morning_hours, coverage.per_day].map(digits);
            writeln!(
                text,
                "  partner: {days} days, {needed} lacking in {morning} h, {per_day} a day, {} unknown",
                coverage.unknown
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn the_forecasts_of_the_first_days_are_as_they_were() {
    insta::assert_snapshot!(figures([DAY - 5, DAY + 3, DAY + 170, 3 * DAY + 128, 6 * DAY + 130, 8 * DAY + 200]));
}

#[test]
fn the_forecasts_of_the_weeks_after_are_as_they_were() {
    let usual = [11, 14, 16, 18, 20, 21, 23].map(|day| day * DAY + 60 + day * 7);
    let odd = [
        // Nothing spent for a day; another regime; a burst by day, an hour after it; less read than there is.
        22 * DAY + 225,
        24 * DAY + 130,
        25 * DAY + 14 * HOUR + 3,
        25 * DAY + 15 * HOUR + 5,
        26 * DAY + 101,
        27 * DAY + 130,
        // A burst at night-time's quiet hours; dead air.
        30 * DAY + 12 * HOUR + 3,
        31 * DAY + 13 * HOUR,
        33 * DAY + 110,
    ];
    insta::assert_snapshot!(figures(usual.into_iter().chain(odd)));
}
