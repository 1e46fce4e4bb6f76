//! What all wallets together teach about a wallet that is not known yet.

use super::business::WEEK;

/// The week of an average wallet, its mean hour being 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Fleet {
    hours: [f64; 24],
    days: [f64; 7],
}

impl Default for Fleet {
    /// As long as nothing is known: every hour alike.
    fn default() -> Self {
        Self { hours: [1.0; 24], days: [1.0; 7] }
    }
}

impl Fleet {
    /// The average of profiles that have seen a week.
    pub fn of<'a>(profiles: impl IntoIterator<Item = &'a super::Profile>) -> Self {
        let plain = Self::default();
        let mut week = [0.0; WEEK];
        let mut count = 0.0;
        for profile in profiles {
            let mean = profile.week.mean();
            if profile.hours_seen() < 7.0 * 24.0 || mean <= 0.0 {
                continue;
            }
            for (sum, rate) in week.iter_mut().zip(profile.week.rates(&plain)) {
                *sum += f64::from(rate) / mean;
            }
            count += 1.0;
        }
        if count < 5.0 {
            return plain;
        }
        let working: f64 = week[..120].iter().sum::<f64>() / 120.0;
        let hours = std::array::from_fn(|hour| (0..5).map(|day| week[day * 24 + hour]).sum::<f64>() / 5.0 / count);
        let days = std::array::from_fn(|day| week[day * 24..(day + 1) * 24].iter().sum::<f64>() / 24.0 / working.max(1e-9));
        Self { hours, days }
    }

    pub(crate) fn hour(&self, hour: usize) -> f64 {
        self.hours[hour]
    }

    pub(crate) fn weekday(&self, day: usize) -> f64 {
        self.days[day]
    }
}
