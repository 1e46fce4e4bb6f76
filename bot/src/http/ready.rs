//! Whether the bot does its work: it polls, Telegram accepts its requests, and its database can be written.

use chrono::{DateTime, TimeDelta, Utc};

use crate::metrics::{self, Stored};
use crate::service::Service;

/// Complete polls are this many intervals apart at most.
const POLLS_MISSED: i32 = 3;

/// What keeps the bot from being ready; empty where it is.
pub(super) fn problems(service: &Service, stored: Option<&Stored>) -> Vec<String> {
    let every = TimeDelta::from_std(service.poll_every).unwrap_or(TimeDelta::MAX);
    let last = *service.complete.borrow();
    let database = match stored {
        Some(stored) if stored.is_writable => None,
        Some(_) => Some("the database cannot be written".to_owned()),
        None => Some("the database does not answer".to_owned()),
    };
    [poll(last, every, service.clock.now()), metrics::telegram_trouble(), database].into_iter().flatten().collect()
}

fn poll(last: Option<DateTime<Utc>>, every: TimeDelta, now: DateTime<Utc>) -> Option<String> {
    let Some(last) = last else { return Some("no poll was complete since the start".to_owned()) };
    let age = now - last;
    let is_late = every.checked_mul(POLLS_MISSED).is_some_and(|limit| age >= limit);
    is_late
        .then(|| format!("the last complete poll is {} s old, and one is due every {} s", age.num_seconds(), every.num_seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_counts_for_less_than_three_intervals() {
        let (every, start) = (TimeDelta::minutes(5), DateTime::UNIX_EPOCH);
        let after = |seconds| poll(Some(start), every, start + TimeDelta::seconds(seconds));
        assert_eq!(poll(None, every, start).as_deref(), Some("no poll was complete since the start"));
        assert_eq!(after(899), None);
        assert_eq!(after(900).as_deref(), Some("the last complete poll is 900 s old, and one is due every 300 s"));
    }
}
