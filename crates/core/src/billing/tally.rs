//! How many calls were answered, by what they have in common.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, Timelike as _};
use serde::{Deserialize, Serialize};

use super::exact::{TooLarge, count};
use super::period::Period;
use super::sources::Call;
use super::words::{Word, Words};

/// What the calls of a tally have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The day.
    Day,
    /// The hour of the day, in the zone of the period.
    Hour,
    /// The direction, on a day.
    Direction,
    /// The customer, on a day.
    Customer,
    /// The hangup cause, on a day: `answered` is then the calls that ended so, of all calls of the day.
    Cause,
}

impl Group {
    /// As tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Direction => "direction",
            Self::Customer => "customer",
            Self::Cause => "hangup_cause",
        }
    }
}

/// Calls that have something in common, and how many of them were answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// What they have in common.
    pub group: Group,
    /// Its value: a customer's id, a direction, a cause, an hour (`09`), a day.
    pub key: String,
    /// The day; `None` of hours.
    pub day: Option<NaiveDate>,
    /// Calls.
    pub total: u64,
    /// Calls that were answered; of causes, calls that ended so.
    pub answered: u64,
}

type Key = (Group, String, Option<NaiveDate>);

pub(super) fn tallies(period: &Period, calls: &[&Call], words: &Words) -> Vec<Tally> {
    let mut days: BTreeMap<NaiveDate, (u64, u64)> = BTreeMap::new();
    let mut hours: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let mut parts: HashMap<(Group, Word, NaiveDate), (u64, u64)> = HashMap::new();
    for call in calls {
        let Some((at, day)) = call.at.zip(call.day) else { continue };
        let answered = u64::from(call.is_answered);
        let add = |(total, sum): &mut (u64, u64)| (*total, *sum) = (*total + 1, *sum + answered);
        add(days.entry(day).or_default());
        add(hours.entry(at.with_timezone(&period.zone).hour()).or_default());
        add(parts.entry((Group::Customer, call.auth_id, day)).or_default());
        if let Some(direction) = call.direction {
            add(parts.entry((Group::Direction, direction, day)).or_default());
        }
        if let Some(cause) = call.cause {
            parts.entry((Group::Cause, cause, day)).or_default().1 += 1;
        }
    }
    let of_days = days.iter().map(|(day, sums)| (Group::Day, day.to_string(), Some(*day), *sums));
    let of_hours = hours.iter().map(|(hour, sums)| (Group::Hour, format!("{hour:02}"), None, *sums));
    let of_parts = parts.iter().map(|((group, key, day), sums)| {
        let all = days.get(day).map_or(0, |(total, _)| *total);
        let total = if *group == Group::Cause { all } else { sums.0 };
        (*group, words.text(*key).to_owned(), Some(*day), (total, sums.1))
    });
    let all = of_days.chain(of_hours).chain(of_parts);
    let mut all: Vec<Tally> =
        all.map(|(group, key, day, (total, answered))| Tally { group, key, day, total, answered }).collect();
    sort(&mut all);
    all
}

/// Puts tallies in their order: days, hours, then what is counted by day.
fn sort(tallies: &mut [Tally]) {
    let place = |tally: &Tally| match tally.group {
        Group::Day => 0,
        Group::Hour => 1,
        group => 2 + group as u8,
    };
    tallies.sort_by(|one, other| (place(one), &one.key, one.day).cmp(&(place(other), &other.key, other.day)));
}

impl Tally {
    /// The tallies of two periods as those of both.
    pub(super) fn merged(first: &[Self], second: &[Self]) -> Result<Vec<Self>, TooLarge> {
        let mut sums: HashMap<Key, (u64, u64)> = HashMap::new();
        for tally in first.iter().chain(second) {
            let (total, answered) = sums.entry((tally.group, tally.key.clone(), tally.day)).or_default();
            count(total, tally.total)?;
            count(answered, tally.answered)?;
        }
        let all = sums.into_iter();
        let mut all: Vec<Self> =
            all.map(|((group, key, day), (total, answered))| Self { group, key, day, total, answered }).collect();
        sort(&mut all);
        Ok(all)
    }
}
