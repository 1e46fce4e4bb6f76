//! The spend of each hour of the week, and what takes its place while an hour was seen too rarely.

use serde::{Deserialize, Serialize};
use serde_big_array::BigArray;

use super::business::WEEK;
use super::estimate::{blend, to_f32};
use super::fleet::Fleet;

/// Weeks over which an hour's spend is averaged.
const MEMORY: u8 = 6;
/// How many sightings of an hour the wallet's pattern of the day is worth.
const PATTERN: f64 = 4.0;
/// How many sightings of an hour of the day, or of a day at the weekend, the fleet's is worth.
const FLEET: f64 = 0.75;
/// What is expected of an hour is at most so many times what it was before, where silence in it is to mean something.
const CLEARLY: f32 = 2.0;
/// Hours over which the mean is taken.
const MEAN: u16 = 14 * 24;

/// Spend per hour to expect in each hour of the week.
pub(crate) type Rates = [f32; WEEK];

/// Mean spend per hour of the week, and how often each hour was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Week {
    #[serde(with = "BigArray")]
    rate: [f32; WEEK],
    /// How often each was seen, two in a byte.
    #[serde(with = "BigArray")]
    seen: [u8; WEEK / 2],
    /// Mean of all hours, and how many they were.
    mean: f32,
    hours: u16,
}

impl Default for Week {
    fn default() -> Self {
        Self { rate: [0.0; WEEK], seen: [0; WEEK / 2], mean: 0.0, hours: 0 }
    }
}

impl Week {
    /// An hour in which `rate` was spent.
    pub(crate) fn learn(&mut self, hour: usize, rate: f64) {
        let rate = to_f32(rate);
        let seen = (self.seen(hour) + 1).min(MEMORY);
        let shift = hour % 2 * 4;
        self.seen[hour / 2] = self.seen[hour / 2] & (0xf0 >> shift) | seen << shift;
        self.rate[hour] += (rate - self.rate[hour]) / f32::from(seen);
        self.hours = self.hours.saturating_add(1);
        self.mean += (rate - self.mean) / f32::from(self.hours.min(MEAN));
    }

    /// How often an hour was seen, a few weeks back.
    fn seen(&self, hour: usize) -> u8 {
        self.seen[hour / 2] >> (hour % 2 * 4) & 0xf
    }

    /// Mean spend of an hour.
    pub(crate) fn mean(&self) -> f64 {
        f64::from(self.mean)
    }

    /// The spend to expect in each hour of the week: its own mean, drawn towards the wallet's pattern of the day,
    /// and that towards the fleet's, the less the rarer it was seen.
    pub(crate) fn rates(&self, fleet: &Fleet) -> Rates {
        let seen: [f64; WEEK] = std::array::from_fn(|place| f64::from(self.seen(place)));
        let day = self.working_day(&seen);
        let pattern = |weight: f64| -> [f64; 24] {
            std::array::from_fn(|hour| {
                let (mean, seen) = day[hour];
                blend(mean, seen * weight, self.mean() * fleet.hour(hour), FLEET)
            })
        };
        // At the weekend a sighting says half as much.
        let (working, weekend) = (pattern(1.0), pattern(0.5));
        let mut rates = [0.0; WEEK];
        let days = self.rate.chunks_exact(24).zip(seen.chunks_exact(24)).zip(rates.chunks_exact_mut(24));
        for (day, ((own, seen), rates)) in days.enumerate() {
            let (pattern, level) = match day {
                0..5 => (&working, 1.0),
                _ => (&weekend, weekend_level(own, seen, &working, fleet.weekday(day))),
            };
            for (((rate, own), seen), pattern) in rates.iter_mut().zip(own).zip(seen).zip(pattern) {
                *rate = to_f32(blend(f64::from(*own), *seen, pattern * level, PATTERN));
            }
        }
        rates
    }

    /// What is clearly to be expected of an hour: little where this very hour was quiet before, whatever the pattern says.
    pub(crate) fn clearly(&self, hour: usize, rates: &Rates) -> f64 {
        let own = if self.seen(hour) > 0 { self.rate[hour] * CLEARLY } else { f32::INFINITY };
        f64::from(rates[hour].min(own))
    }

    /// The mean of each hour of the day from Monday to Friday, and how often it was seen.
    fn working_day(&self, seen: &[f64; WEEK]) -> [(f64, f64); 24] {
        let mut day = [(0.0_f64, 0.0_f64); 24];
        for (own, seen) in self.rate.chunks_exact(24).zip(seen.chunks_exact(24)).take(5) {
            for (((sum, count), own), seen) in day.iter_mut().zip(own).zip(seen) {
                *sum += f64::from(*own) * seen;
                *count += seen;
            }
        }
        day.map(|(sum, count)| (if count > 0.0 { sum / count } else { 0.0 }, count))
    }
}

/// The hours of a day at the weekend, compared with the same hours from Monday to Friday.
fn weekend_level(own: &[f32], seen: &[f64], working: &[f64; 24], fleet: f64) -> f64 {
    let (mut sum, mut usual, mut count) = (0.0, 0.0, 0.0);
    for ((own, seen), working) in own.iter().zip(seen).zip(working) {
        if *seen > 0.0 {
            sum += f64::from(*own);
            usual += working;
            count += seen / 24.0;
        }
    }
    if usual > 0.0 { blend(sum / usual, count, fleet, FLEET) } else { fleet }
}
