//! What all wallets together teach about a wallet that is not known yet.

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
    /// Of these hours of a working day, and these days of a week.
    pub(super) fn new(hours: [f64; 24], days: [f64; 7]) -> Self {
        Self { hours, days }
    }

    pub(crate) fn hour(&self, hour: usize) -> f64 {
        self.hours[hour]
    }

    pub(crate) fn weekday(&self, day: usize) -> f64 {
        self.days[day]
    }
}
