//! How far a list of customers is believed about those that it leaves out.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::doubt::Doubt;
use super::streak::Streak;
use crate::observation::Observation;

/// A list that shrank abruptly, and that no other count confirms, is believed once it stays so for this long.
const CONFIRMED_AFTER: TimeDelta = TimeDelta::hours(6);

/// How many customers the last believed list had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Roster {
    /// Customers of the last list that was believed.
    pub listed: u64,
    /// Since when lists are far shorter than that.
    pub shrunk: Option<Streak>,
}

impl Roster {
    /// Compares a poll's list of so many different customers with the lists before. Gives the next roster and the doubts.
    pub(super) fn next(self, observation: &Observation, listed: usize) -> (Self, Vec<Doubt>) {
        let listing = &observation.listing;
        let listed = listed as u64;
        if listing.cut.is_some() {
            return (self, Vec::new());
        }
        let mut doubts = Vec::new();
        if let Some(promised) = listing.promised.filter(|promised| *promised != listed) {
            doubts.push(Doubt::Promised { promised, listed });
        }
        if let Some(counted) = listing.counted.filter(|counted| *counted != listed) {
            doubts.push(Doubt::Counted { counted, listed });
        }
        let is_abrupt = listed < self.listed && (listed == 0 || self.listed - listed > 2.max(self.listed / 10));
        let is_confirmed = listing.counted == Some(listed);
        let shrunk = Streak::next(self.shrunk, is_abrupt && !is_confirmed, observation.at);
        match shrunk.filter(|shrunk| observation.at - shrunk.since < CONFIRMED_AFTER) {
            Some(_) => {
                doubts.push(Doubt::Shrunk { before: self.listed, listed });
                (Self { shrunk, ..self }, doubts)
            }
            None => (Self { listed, shrunk: None }, doubts),
        }
    }
}

/// What is known of customers that a list leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// They have left.
    Left,
    /// They may exist.
    Unknown,
}

impl Absence {
    /// Of one customer: its own page knows best.
    pub(super) fn of(observation: &Observation, doubts: &[Doubt], auth_id: &str) -> Self {
        let may_exist = match observation.listing.asked.get(auth_id) {
            Some(exists) => *exists,
            None => observation.listing.cut.is_some() || doubts.iter().any(Doubt::may_hide_customers),
        };
        if may_exist { Self::Unknown } else { Self::Left }
    }
}
