//! How much a bot may send: about one message a second in a chat after a short burst, twenty a minute in a group, thirty a
//! second in all.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::refusal::Refusal;

/// So many messages within so long.
#[derive(Debug, Clone, Copy)]
struct Limit {
    messages: usize,
    within: Duration,
}

/// What one message costs a chat. Telegram names one a second and tolerates short bursts; how long ones it does not say.
const COST: Duration = Duration::from_secs(1);
/// What a chat may have cost before it has to wait: a burst of eight.
const CREDIT: Duration = Duration::from_secs(8);
const GROUP: Limit = Limit { messages: 20, within: Duration::from_mins(1) };
const OVERALL: Limit = Limit { messages: 30, within: Duration::from_secs(1) };

/// What was sent lately, to each chat and in all.
#[derive(Debug)]
pub(super) struct Limits {
    now: Duration,
    read: Option<(Instant, DateTime<Utc>)>,
    chats: HashMap<i64, Lately>,
    all: VecDeque<Duration>,
}

/// What was sent to one chat.
#[derive(Debug, Default)]
struct Lately {
    /// When everything it cost is paid.
    paid: Duration,
    /// When each message of the last minute left.
    left: VecDeque<Duration>,
}

impl Limits {
    pub(super) fn new() -> Self {
        Self { now: Duration::ZERO, read: None, chats: HashMap::new(), all: VecDeque::new() }
    }

    /// Lets so many messages to a chat pass, or says how long to wait. They count once they are passed to [`Limits::count`].
    pub(super) fn check(&mut self, chat: i64, messages: usize, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.advance(now);
        let now = self.now;
        let lately = self.chats.entry(chat).or_default();
        forget(&mut lately.left, GROUP.within, now);
        forget(&mut self.all, OVERALL.within, now);
        // An album that costs more than the whole credit passes when nothing else was sent lately.
        let cost = (COST * u32::try_from(messages).unwrap_or(u32::MAX)).min(CREDIT);
        let chat_wait = (lately.paid.max(now) + cost).saturating_sub(now + CREDIT);
        let group_wait = if chat < 0 { GROUP.wait(&lately.left, messages, now) } else { Duration::ZERO };
        let wait = chat_wait.max(group_wait).max(OVERALL.wait(&self.all, messages, now));
        if wait.is_zero() {
            return Ok(());
        }
        // Whole seconds, as Telegram counts.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let mut refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, format!("Too Many Requests: retry after {seconds}"));
        refusal.parameters = Some(json!({"retry_after": seconds}));
        Err(refusal)
    }

    /// Counts messages that were sent.
    pub(super) fn count(&mut self, chat: i64, messages: usize) {
        let moments = std::iter::repeat_n(self.now, messages);
        let lately = self.chats.entry(chat).or_default();
        lately.paid = lately.paid.max(self.now) + COST * u32::try_from(messages).unwrap_or(u32::MAX);
        lately.left.extend(moments.clone());
        self.all.extend(moments);
    }

    /// Goes on by the longer of what passed for the world and for the caller who really waits: a stopped clock holds nobody up, and
    /// one that is turned lets nobody wait.
    fn advance(&mut self, now: DateTime<Utc>) {
        let instant = Instant::now();
        if let Some((before, shown)) = self.read.replace((instant, now)) {
            self.now += instant.duration_since(before).max((now - shown).to_std().unwrap_or_default());
        }
    }
}

fn forget(left: &mut VecDeque<Duration>, within: Duration, now: Duration) {
    while left.front().is_some_and(|left| now.saturating_sub(*left) >= within) {
        left.pop_front();
    }
}

impl Limit {
    /// How long until so many more may follow those that left.
    fn wait(self, left: &VecDeque<Duration>, more: usize, now: Duration) -> Duration {
        // More at once than the limit holds pass when nothing else did lately.
        let kept = self.messages.saturating_sub(more);
        let blocking = left.len().checked_sub(kept + 1).and_then(|place| left.get(place));
        blocking.map_or(Duration::ZERO, |left| (*left + self.within).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn waits(limits: &mut Limits, chat: i64, seconds: i64) -> Option<u64> {
        let refusal = limits.check(chat, 1, now(seconds)).err();
        if refusal.is_none() {
            limits.count(chat, 1);
        }
        refusal.and_then(|refusal| refusal.parameters?["retry_after"].as_u64())
    }

    #[test]
    fn a_chat_takes_a_burst_of_eight_and_then_one_a_second() {
        let mut limits = Limits::new();
        for _ in 0..8 {
            assert_eq!(waits(&mut limits, 1, 100), None);
        }
        assert_eq!(waits(&mut limits, 1, 100), Some(1));
        assert_eq!(waits(&mut limits, 2, 100), None, "another chat");
        for second in 101..110 {
            assert_eq!(waits(&mut limits, 1, second), None, "one a second passes");
            assert_eq!(waits(&mut limits, 1, second), Some(1), "and no more");
        }
    }

    #[test]
    fn a_group_takes_twenty_a_minute() {
        let mut limits = Limits::new();
        for number in 0..20 {
            assert_eq!(waits(&mut limits, -1, number), None);
            assert_eq!(waits(&mut limits, 1, number), None);
        }
        assert_eq!(waits(&mut limits, -1, 20), Some(40));
        assert_eq!(waits(&mut limits, 1, 20), None, "a private chat has no such limit");
        assert_eq!(waits(&mut limits, -1, 60), None);
    }

    #[test]
    fn all_chats_together_take_thirty_a_second() {
        let mut limits = Limits::new();
        for chat in 1..=30 {
            assert_eq!(waits(&mut limits, chat, 0), None);
        }
        assert_eq!(waits(&mut limits, 31, 0), Some(1));
        assert_eq!(waits(&mut limits, 31, 1), None);
    }

    #[test]
    fn an_album_counts_as_its_pictures() {
        let mut limits = Limits::new();
        assert!(limits.check(1, 10, now(0)).is_ok(), "alone it passes");
        limits.count(1, 10);
        assert!(limits.check(1, 1, now(0)).is_err());
        assert!(limits.check(1, 10, now(9)).is_err());
        assert!(limits.check(1, 10, now(10)).is_ok());
    }
}
