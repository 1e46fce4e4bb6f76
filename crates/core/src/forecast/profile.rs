//! What is remembered of one wallet: enough to forecast how fast it empties, and never more than a kibibyte.

use serde::{Deserialize, Serialize};

use super::business::hour_of_week;
use super::conformal::Conformal;
use super::estimate::{Ratio, to_f32};
use super::falls::Falls;
use super::fees::Fees;
use super::last_hour::LastHour;
use super::lately::Lately;
use super::week::{Rates, Week};

/// Hours between two readings beyond which nothing is learned from what happened in between.
const LONGEST_GAP: f64 = 26.0;
/// Seconds that a reading may lie before the last one and be but late; beyond that the clock was set back.
const LONGEST_SETBACK: i64 = 6 * 3600;
/// Hours over which the recent days are forgotten.
const LEVEL_MEMORY: f64 = 30.0;
/// Hours over which today's course is forgotten.
const TODAY_MEMORY: f64 = 5.0;
/// How much usual spend, in hours of it, must be set against the recent days and against today's course.
const LEVEL_PRIOR: f64 = 24.0;
const TODAY_PRIOR: f64 = 0.75;
/// How much of the noise of an hour's spend is set against today's course.
const NOISE_PRIOR: f64 = 0.3;
/// Hours over which noise is averaged.
const NOISE_MEMORY: f32 = 200.0;
/// A forecast is made at two in the afternoon for the time until eight in the morning, and judged then.
const FORECAST_AT: i64 = 14;
const JUDGED_AT: i64 = 8;
/// Forecasts over which errors are averaged, and the error assumed before any was judged, which counts as so many.
const ERRORS: f32 = 30.0;
const FIRST_ERROR: f32 = 0.12;
const FIRST_WORTH: f32 = 3.0;
/// Hours that must be seen before spend is compared with what was expected.
const LEAST_HOURS: f32 = 24.0;
/// A fall of so many hours' usual spend to zero is believed when the next reading confirms it.
const DOUBTFUL_HOURS: f64 = 4.0;
/// How well the last hours predicted the next, before the wallet shows it itself, and how much evidence that is worth.
const FIRST_TRUST: f64 = 0.8;
const TRUST_PRIOR: f64 = 3.0;
/// Hours over which that evidence is forgotten.
const TRUST_MEMORY: f64 = 500.0;
/// Money for so many hours of mean spend is as good as none: calls are refused before the last paisa.
const EMPTY: f64 = 0.25;
const A_WEEK: f32 = 7.0 * 24.0;
/// An hour is learned from when at least this part of it was seen.
const LEAST_SEEN: f64 = 0.3;

/// What is remembered of one wallet. Updated once per reading; its size does not grow.
///
/// Rates are estimates, in units of the wallet's currency per hour; of amounts that were read, the last alone is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub(crate) week: Week,
    pub(crate) fees: Fees,
    /// The last reading that is believed, and one that the next must confirm.
    last: Option<Reading>,
    doubt: Option<Reading>,
    /// The hour under way, since 1970 on the wall clock: what was spent in it, and what part of it was seen.
    hour: Option<i32>,
    spent: f32,
    seen: f32,
    /// Hours seen in all.
    hours: f32,
    /// The recent days, and today.
    level: Ratio,
    today: Ratio,
    /// The last hours in which there was traffic, or should have been.
    #[serde(default)]
    lately: Lately,
    /// The last two intervals between readings, the newest first.
    pub(crate) pace: [Pace; 2],
    /// Variance of an hour's spend over its mean, in units of the currency.
    pub(crate) noise: f32,
    /// The forecast under way, how wrong such forecasts were (mean square of the logarithm), and how many were judged.
    forecast: Ratio,
    pub(crate) error: f32,
    judged: f32,
    /// How well the course of the last hours predicted the next one: `spent` is the covariance, `expected` the variance.
    trust: Ratio,
    pub(crate) falls: Falls,
    /// How often ranges held.
    pub(super) range: Conformal,
    /// Not stored. Apart, so that a profile stays within a kibibyte.
    #[serde(skip)]
    pub(super) last_hour: Box<LastHour>,
}

/// One reading of a wallet, on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Reading {
    at: i64,
    balance: f64,
}

/// What is known of a fall besides its size.
#[derive(Debug, Clone, Copy, Default)]
struct Why {
    /// The ledger has something other than calls for it.
    moved: bool,
    /// It goes far beyond what the wallet knows, and went on.
    is_far: bool,
}

/// The rate of one interval between two readings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pace {
    pub(crate) rate: f32,
    pub(crate) hours: f32,
}

impl Default for Profile {
    /// Of a wallet that was never read.
    fn default() -> Self {
        Self {
            week: Week::default(),
            fees: Fees::default(),
            last: None,
            doubt: None,
            hour: None,
            spent: 0.0,
            seen: 0.0,
            hours: 0.0,
            level: Ratio::default(),
            today: Ratio::default(),
            lately: Lately::default(),
            pace: [Pace::default(); 2],
            noise: 0.0,
            forecast: Ratio::default(),
            error: FIRST_ERROR,
            judged: FIRST_WORTH,
            trust: Ratio::default(),
            falls: Falls::default(),
            range: Conformal::default(),
            last_hour: Box::default(),
        }
    }
}

impl Profile {
    /// Takes in a reading of the wallet, at a second on the wall clock. One that is not later than the last is ignored.
    ///
    /// `moved`: whether the ledger has something other than calls between the last reading and this one.
    pub(crate) fn read(&mut self, at: i64, balance: f64, moved: bool, rates: &Rates) {
        let now = Reading { at, balance };
        let Some(last) = self.last else {
            self.last = Some(now);
            return;
        };
        if now.at <= self.doubt.unwrap_or(last).at {
            // A clock that was far ahead and was set back must not silence the wallet until it is as late again.
            if last.at - now.at > LONGEST_SETBACK {
                (self.last, self.doubt) = (Some(now), None);
            }
            return;
        }
        match self.doubt.take() {
            // The next reading confirms the fall, and says whether it was a single step.
            Some(doubt) if now.balance <= doubt.balance => {
                let (fall, rate) = (last.balance - doubt.balance, last.rate_to(doubt));
                let is_far = !moved && self.falls.is_far(fall, self.week.mean());
                if is_far && self.falls.is_step(fall, rate, doubt.rate_to(now)) {
                    self.pace = [Pace::default(); 2];
                    self.fees.step(doubt.at, fall);
                    self.last_hour.step(last.at, doubt.at, fall);
                } else {
                    self.learn(last, doubt, Why { moved, is_far }, rates);
                }
                self.learn(doubt, now, Why::default(), rates);
            }
            None if !moved && self.is_doubtful(last.balance - now.balance, now.balance) => {
                self.doubt = Some(now);
                return;
            }
            _ => self.learn(last, now, Why { moved, is_far: false }, rates),
        }
        self.last = Some(now);
    }

    /// The wall clock went forward by so many seconds, or back.
    pub(crate) fn change_clock(&mut self, seconds: i64) {
        for reading in [&mut self.last, &mut self.doubt].into_iter().flatten() {
            reading.at += seconds;
        }
    }

    /// Whether a fall is so large that the next reading must confirm it: it may be a single step, and a failing service
    /// can show an empty wallet.
    fn is_doubtful(&self, fall: f64, balance: f64) -> bool {
        let mean = self.week.mean();
        let is_known = self.hours >= LEAST_HOURS && mean > 0.0;
        (balance <= 0.0 && fall > DOUBTFUL_HOURS * mean) || (is_known && self.falls.is_far(fall, mean))
    }

    /// Whether a fall is more than calls explain.
    pub(crate) fn is_beyond_calls(&self, fall: f64) -> bool {
        self.hours >= LEAST_HOURS && self.falls.is_unknown(fall)
    }

    /// When it was read last, as a second on the wall clock.
    pub(crate) fn last_at(&self) -> Option<i64> {
        self.last.map(|last| last.at)
    }

    /// Learns from what happened between two readings.
    fn learn(&mut self, from: Reading, to: Reading, why: Why, rates: &Rates) {
        let hours = seconds(to.at - from.at) / 3600.0;
        let spent = from.balance - to.balance;
        // A rise is money paid in, an empty wallet cannot spend, a long silence says too little.
        if why.moved || spent < 0.0 || hours > LONGEST_GAP || self.is_empty(from) {
            self.pace[0] = Pace::default();
            if hours > LONGEST_GAP || self.is_empty(from) {
                self.range.abandon();
            }
            return;
        }
        self.pace = [Pace { rate: to_f32(spent / hours), hours: to_f32(hours) }, self.pace[0]];
        self.last_hour.add(from.at, to.at, spent);
        let spent = self.ordinary(from.at, spent, hours, why.is_far, rates);
        let mut at = from.at;
        while at < to.at {
            let end = (at - at.rem_euclid(3600) + 3600).min(to.at);
            let part = seconds(end - at) / seconds(to.at - from.at);
            self.enter(at.div_euclid(3600), rates);
            self.spent += to_f32(spent * part);
            self.seen += to_f32(hours * part);
            at = end;
        }
    }

    /// The part of what was spent that is a habit: a burst beyond all that the wallet did before is none, unless it goes on
    /// for hours.
    fn ordinary(&mut self, from: i64, spent: f64, hours: f64, is_far: bool, rates: &Rates) -> f64 {
        let mut usual = || {
            let level = self.level_factor();
            self.usual(hour_of_week(from), level * self.today_factor(level, rates), rates)
        };
        let may_be_burst = is_far || self.falls.is_bursting() || self.falls.is_unknown(spent);
        let burst =
            (may_be_burst && self.hours >= LEAST_HOURS).then(&mut usual).filter(|usual| is_far || self.burst(*usual) > 0.0);
        match burst {
            Some(usual) if self.falls.burst(hours) => spent.min(usual * hours),
            Some(_) => spent,
            None => {
                self.falls.usual(spent, hours);
                spent
            }
        }
    }

    /// Closes the hour under way when another begins.
    fn enter(&mut self, hour: i64, rates: &Rates) {
        if self.hour.map(i64::from) == Some(hour) {
            return;
        }
        if let Some(before) = self.under_way() {
            self.close(hour_of_week(before * 3600), rates);
            self.lately.fade(seconds(hour - before));
        }
        match hour.rem_euclid(24) {
            JUDGED_AT => self.judge(),
            FORECAST_AT => self.predict(hour, rates),
            _ => {}
        }
        (self.hour, self.spent, self.seen) = (i32::try_from(hour).ok(), 0.0, 0.0);
        if self.is_known() {
            let mut range = self.range;
            range.enter(hour, |range, hours| self.range_ahead(hour, hours, range, rates));
            self.range = range;
        }
    }

    fn close(&mut self, hour: usize, rates: &Rates) {
        // An hour that came twice was seen for two hours.
        let seen = f64::from(self.seen);
        let (spent, seen) = (f64::from(self.spent) / seen.max(1.0), seen.min(1.0));
        if self.hours >= LEAST_HOURS {
            let expected = f64::from(rates[hour]) * seen;
            let level = self.level_factor();
            let today = self.today.factor(level, self.today_prior());
            let mean = self.week.mean();
            let expected_spend = (expected * level * today).max(mean * 0.05).max(f64::MIN_POSITIVE);
            // One odd hour must not drown what all others say.
            let noise = ((spent - expected_spend).powi(2) / expected_spend).min(1000.0 * mean);
            self.noise += (to_f32(noise) - self.noise) / NOISE_MEMORY.min(self.hours);
            self.learn_trust(today - 1.0, spent, expected * level);
            self.level.add(spent, expected, 1.0, LEVEL_MEMORY);
            self.today.add(spent, expected, 1.0, TODAY_MEMORY);
            self.lately.add(spent, self.week.clearly(hour, rates) * seen, mean);
            self.forecast.spent += self.spent;
            self.range.spent(self.spent, self.seen);
        }
        if seen >= LEAST_SEEN {
            self.week.learn(hour, spent / seen);
        }
        self.hours = (self.hours + self.seen.min(1.0)).min(1e6);
    }

    /// Learns from an hour whether it went as the hours before it predicted: `deviation` is theirs from the usual.
    fn learn_trust(&mut self, deviation: f64, spent: f64, expected: f64) {
        let mean = self.week.mean();
        if expected > 0.1 * mean && mean > 0.0 {
            let came = (spent / expected - 1.0).clamp(-1.0, 3.0);
            let weight = (expected / mean).min(3.0);
            let deviation = deviation.clamp(-1.0, 3.0);
            self.trust.add(weight * deviation * came, weight * deviation * deviation, 1.0, TRUST_MEMORY);
        }
    }

    /// How much of the course of the last hours to expect of the next.
    fn trust(&self) -> f64 {
        let (covariance, variance) = (f64::from(self.trust.spent), f64::from(self.trust.expected));
        ((covariance + FIRST_TRUST * TRUST_PRIOR) / (variance + TRUST_PRIOR)).clamp(0.0, 1.3)
    }

    /// The hour under way, where some of it was seen.
    fn under_way(&self) -> Option<i64> {
        self.hour.filter(|_| self.seen > 0.0).map(i64::from)
    }

    /// Forecasts the night.
    fn predict(&mut self, hour: i64, rates: &Rates) {
        self.forecast = Ratio::default();
        if self.hours < LEAST_HOURS {
            return;
        }
        self.forecast.expected = to_f32(self.calls_ahead(hour, JUDGED_AT + 24 - FORECAST_AT, rates));
    }

    /// Compares the forecast with what came.
    fn judge(&mut self) {
        if self.forecast.expected > 0.0 {
            let slack = to_f32(self.week.mean() * 1.2);
            let expected_spend = self.forecast.expected + slack;
            let wrong = ((self.forecast.spent + slack) / expected_spend).ln().clamp(-1.5, 1.5);
            self.judged = (self.judged + 1.0).min(ERRORS);
            // What noise alone explains is counted elsewhere.
            self.error += (wrong * wrong - self.noise / expected_spend - self.error) / self.judged;
        }
        self.forecast = Ratio::default();
    }

    /// Noise of an hour's spend, in hours of mean spend.
    pub(crate) fn noise_hours(&self) -> f64 {
        let mean = self.week.mean();
        if mean > 0.0 { f64::from(self.noise) / mean } else { 0.0 }
    }

    /// Whether so little cannot pay for a call.
    pub(crate) fn cannot_pay(&self, balance: f64) -> bool {
        self.falls.cannot_pay(balance)
    }

    /// How the recent days went, against the usual week.
    pub(crate) fn level_factor(&self) -> f64 {
        self.level.factor(1.0, self.week.mean() * LEVEL_PRIOR)
    }

    /// How the last hours went, against the usual week and the recent days; the hour under way is one of them.
    pub(crate) fn today_factor(&self, level: f64, rates: &Rates) -> f64 {
        let mut today = self.today;
        if let Some(hour) = self.under_way() {
            let seen = f64::from(self.seen.min(1.0));
            today.add(f64::from(self.spent), f64::from(rates[hour_of_week(hour * 3600)]) * seen, seen, TODAY_MEMORY);
        }
        (1.0 + (today.factor(level, self.today_prior()) - 1.0) * self.trust()).max(0.0)
    }

    /// How the last hours went in which there was traffic, or should have been; the hour under way is one of them.
    pub(crate) fn lately(&self, rates: &Rates) -> Ratio {
        let mut lately = self.lately;
        if let Some(hour) = self.under_way() {
            let expected = self.week.clearly(hour_of_week(hour * 3600), rates) * f64::from(self.seen.min(1.0));
            lately.add(f64::from(self.spent), expected, self.week.mean());
        }
        lately.ratio()
    }

    /// Hour of the week in which the last two intervals between readings began, or the hour before the last reading's.
    pub(super) fn paced_from(&self) -> Option<usize> {
        let last = self.last?.at;
        let hours: f32 = self.pace.iter().map(|pace| pace.hours).sum();
        let is_before = seconds(last.rem_euclid(3600)) < f64::from(hours) * 3600.0;
        Some(hour_of_week(if is_before { last - 3600 } else { last }))
    }

    /// Whether there was too little to spend anything.
    fn is_empty(&self, reading: Reading) -> bool {
        reading.balance <= self.week.mean() * EMPTY || self.falls.cannot_pay(reading.balance)
    }

    /// Whether every hour of the week was seen once, gaps apart.
    pub(crate) fn has_seen_a_week(&self) -> bool {
        self.hours >= A_WEEK
    }

    /// Whether silence would be missed: seen for a week, and not empty.
    pub(crate) fn can_be_missed(&self) -> bool {
        self.has_seen_a_week() && self.last.is_some_and(|last| !self.is_empty(last))
    }

    fn today_prior(&self) -> f64 {
        self.week.mean() * TODAY_PRIOR + f64::from(self.noise) * NOISE_PRIOR
    }

    /// The version of the form in which a profile is serialised: bytes of another version cannot be read. Raised with every
    /// change of a field.
    pub const VERSION: u16 = 3;

    /// Hours that must be seen before there is a forecast: two days tell a night from a quiet day, one does not.
    pub const KNOWN_AFTER: u8 = 48;

    /// Whether enough was seen to say how long the wallet lasts: [so many hours](Self::KNOWN_AFTER), and some spend in them.
    pub fn is_known(&self) -> bool {
        self.hours >= f32::from(Self::KNOWN_AFTER) && self.week.mean() > 0.0
    }

    /// Hours that were seen, gaps left out.
    pub fn hours_seen(&self) -> f32 {
        self.hours
    }

    /// What it spends in an hour, over the last two weeks.
    pub fn mean(&self) -> f64 {
        self.week.mean()
    }
}

impl Reading {
    /// What was spent an hour until a later reading.
    fn rate_to(self, later: Self) -> f64 {
        (self.balance - later.balance) / (seconds(later.at - self.at).max(1.0) / 3600.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "spans between two readings, in seconds")]
fn seconds(span: i64) -> f64 {
    span as f64
}

const _: () = assert!(size_of::<Profile>() <= 1024, "a profile is at most a kibibyte");
