//! How often the range of a forecast held over a history, and how good it was.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::{self, Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::prelude::ToPrimitive as _;

use super::backtest::Replay;
use crate::forecast::{Business, Profile};
use crate::history::History;

/// Hours for which spend is forecast.
const HORIZONS: [u8; 4] = [4, 12, 24, 48];
/// Seconds from one forecast of a wallet to the next: all hours of the day come up.
const EVERY: i64 = 7 * 3600;
/// Hours for which a wallet is new.
const NEW: f32 = 14.0 * 24.0;
/// An hour's noise, in hours of mean spend, from which on a wallet spends by campaigns, and from which on it is near-idle.
const CAMPAIGN: f64 = 2.0;
const IDLE: f64 = 12.0;
/// The parts of cases that spend less than the quantiles forecast.
const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// What a wallet's spend is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Every hour much like the same hour of other days.
    Steady,
    /// Hours of much spend between hours of little.
    Campaign,
    /// Known for less than two weeks.
    New,
    /// A call now and then.
    NearIdle,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steady => "steady",
            Self::Campaign => "campaign-like",
            Self::New => "new",
            Self::NearIdle => "near-idle",
        })
    }
}

/// Forecasts of one horizon and kind of wallet, against what came.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// Forecasts.
    pub cases: u32,
    /// Of those, in which spend lay within the range.
    pub held: u32,
    /// Sum of the widths of the ranges.
    pub width: f64,
    /// Sum of the likely spend.
    pub likely: f64,
    /// Sum of what was spent.
    pub spent: f64,
    /// Sum of the pinball losses of the 10, 50 and 90 % quantiles.
    pub loss: [f64; 3],
    /// The same for the usual way, the wallet's mean of two weeks, which has no range.
    pub mean_loss: [f64; 3],
}

/// A forecast whose hours are not over.
struct Open {
    due: DateTime<Utc>,
    made: DateTime<Utc>,
    wallet: usize,
    spent_before: f64,
    range: [f64; 3],
    mean: f64,
    key: (u8, Kind),
}

/// What each wallet spent so far.
#[derive(Clone, Default)]
struct Course {
    balance: Option<f64>,
    spent: f64,
    empty_at: Option<DateTime<Utc>>,
}

/// Forecasts every wallet's spend over a history, each seven hours, and compares it with what came, by horizon in hours and
/// kind of wallet. Wallets that were empty meanwhile could not spend and are left out.
pub fn calibrate(history: &History, business: &Business) -> BTreeMap<(u8, Kind), Outcome> {
    let mut outcomes: BTreeMap<(u8, Kind), Outcome> = BTreeMap::new();
    let mut life = Replay::new(history, business);
    let mut courses = vec![Course::default(); history.wallets.len()];
    let mut open: [VecDeque<Open>; HORIZONS.len()] = Default::default();
    let mut last = None;
    for sweep in history.sweeps() {
        life.poll(history, &sweep);
        for sample in sweep.samples {
            let course = usize::try_from(sample.wallet).ok().and_then(|wallet| courses.get_mut(wallet));
            let Some((course, balance)) = course.zip(sample.balance.and_then(|balance| balance.to_f64())) else { continue };
            course.spent += course.balance.map_or(0.0, |before| (before - balance).max(0.0));
            course.balance = Some(balance);
        }
        for (wallet, course) in history.wallets.iter().zip(&mut courses) {
            let is_empty = |balance| life.profile(&wallet.auth_id).is_some_and(|profile| profile.cannot_pay(balance));
            if course.balance.is_some_and(is_empty) {
                course.empty_at = Some(sweep.at);
            }
        }
        for case in open.iter_mut().flat_map(|open| due(open, sweep.at)) {
            let course = &courses[case.wallet];
            if course.empty_at.is_none_or(|empty_at| empty_at < case.made) {
                outcomes.entry(case.key).or_default().add(&case, course.spent - case.spent_before);
            }
        }
        let slot = sweep.at.timestamp().div_euclid(EVERY);
        if last == Some(slot) {
            continue;
        }
        last = Some(slot);
        let forecasts = life.forecasts(sweep.at);
        for (place, (wallet, course)) in history.wallets.iter().zip(&courses).enumerate() {
            let Some(profile) = life.profile(&wallet.auth_id).filter(|profile| profile.is_known()) else { continue };
            let kind = kind(profile);
            for (open, hours) in open.iter_mut().zip(HORIZONS) {
                let Some(range) = forecasts.spend(&wallet.auth_id, f64::from(hours)) else { continue };
                open.push_back(Open {
                    due: sweep.at + TimeDelta::hours(hours.into()),
                    made: sweep.at,
                    wallet: place,
                    spent_before: course.spent,
                    range,
                    mean: profile.mean() * f64::from(hours),
                    key: (hours, kind),
                });
            }
        }
    }
    outcomes
}

/// Takes out the forecasts whose hours are over.
fn due(open: &mut VecDeque<Open>, now: DateTime<Utc>) -> Vec<Open> {
    let over = open.iter().take_while(|case| case.due <= now).count();
    open.drain(..over).collect()
}

fn kind(profile: &Profile) -> Kind {
    match profile.noise_hours() {
        _ if profile.hours_seen() < NEW => Kind::New,
        noise if noise > IDLE => Kind::NearIdle,
        noise if noise > CAMPAIGN => Kind::Campaign,
        _ => Kind::Steady,
    }
}

impl Outcome {
    fn add(&mut self, case: &Open, spent: f64) {
        let [low, likely, high] = case.range;
        self.cases += 1;
        self.held += u32::from((low..=high).contains(&spent));
        self.width += high - low;
        self.likely += likely;
        self.spent += spent;
        for (place, quantile) in QUANTILES.into_iter().enumerate() {
            let pinball = |forecast: f64| (quantile * (spent - forecast)).max((quantile - 1.0) * (spent - forecast));
            self.loss[place] += pinball(case.range[place]);
            self.mean_loss[place] += pinball(case.mean);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.held += other.held;
        self.width += other.width;
        self.likely += other.likely;
        self.spent += other.spent;
        for place in 0..3 {
            self.loss[place] += other.loss[place];
            self.mean_loss[place] += other.mean_loss[place];
        }
    }

    /// In how many of a hundred cases the range held.
    pub fn held_percent(&self) -> f64 {
        100.0 * f64::from(self.held) / f64::from(self.cases.max(1))
    }
}

/// The outcomes as a Markdown table: for each horizon all wallets, then each kind. Widths and losses are parts of what was spent.
pub fn table(outcomes: &BTreeMap<(u8, Kind), Outcome>) -> String {
    let mut text = "| hours ahead | wallets | forecasts | held % | width | loss 10/50/90 | of the mean |\n\
                    | --: | --- | --: | --: | --: | --: | --: |\n"
        .to_owned();
    let mut row = |hours: u8, name: &str, outcome: &Outcome| {
        let part = |sum: f64| sum / outcome.spent.max(f64::MIN_POSITIVE);
        let losses = |losses: [f64; 3]| losses.map(|loss| format!("{:.3}", part(loss))).join(" / ");
        let _ = writeln!(
            text,
            "| {hours} | {name} | {} | {:.1} | {:.2} | {} | {} |",
            outcome.cases,
            outcome.held_percent(),
            part(outcome.width),
            losses(outcome.loss),
            losses(outcome.mean_loss),
        );
    };
    for hours in HORIZONS {
        let of_horizon = || outcomes.iter().filter(|((of, _), _)| *of == hours);
        let mut all = Outcome::default();
        of_horizon().for_each(|(_, outcome)| all.merge(outcome));
        row(hours, "all", &all);
        of_horizon().for_each(|((_, kind), outcome)| row(hours, &kind.to_string(), outcome));
    }
    text
}
