//! The average of the profiles of all wallets.

use super::business::WEEK;
use super::fleet::Fleet;
use super::profile::Profile;

impl Fleet {
    /// The average of profiles that have seen a week.
    pub fn of<'a>(profiles: impl IntoIterator<Item = &'a Profile>) -> Self {
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
        Self::new(hours, days)
    }
}
