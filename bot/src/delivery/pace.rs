//! How much is sent to whom: Telegram's limits, and waits.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// How much is sent to whom.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// To one chat.
    chat: Limit,
    /// To one group, besides.
    group: Limit,
    /// To all chats together.
    overall: Limit,
}

impl Limits {
    /// Less than what Telegram allows: one message a second in a chat, 20 a minute in a group, edits by others included, 30 a
    /// second in all.
    pub(crate) const TELEGRAM: Self = Self {
        chat: Limit { messages: 1, within: Duration::from_millis(1_050) },
        group: Limit { messages: 15, within: Duration::from_mins(1) },
        overall: Limit { messages: 25, within: Duration::from_secs(1) },
    };
    /// For a world in which days pass in seconds.
    #[cfg(feature = "demo")]
    pub(crate) const NONE: Self = {
        let none = Limit { messages: usize::MAX, within: Duration::ZERO };
        Self { chat: none, group: none, overall: none }
    };

    /// Those that hold for one chat.
    fn of(&self, chat: i64) -> Vec<Limit> {
        if chat < 0 { vec![self.chat, self.group] } else { vec![self.chat] }
    }
}

#[derive(Debug, Clone, Copy)]
struct Limit {
    messages: usize,
    within: Duration,
}

/// When messages left lately, and until when none may.
#[derive(Debug, Default)]
struct Lately {
    left: VecDeque<Instant>,
    held_until: Option<Instant>,
}

impl Lately {
    /// When the next message may leave.
    fn next(&mut self, limits: &[Limit], now: Instant) -> Instant {
        let longest = limits.iter().map(|limit| limit.within).max().unwrap_or_default();
        while self.left.front().is_some_and(|left| now.duration_since(*left) >= longest) {
            self.left.pop_front();
        }
        let free = limits.iter().filter_map(|limit| {
            let oldest = self.left.len().checked_sub(limit.messages)?;
            Some(*self.left.get(oldest)? + limit.within)
        });
        free.chain(self.held_until).fold(now, Instant::max)
    }
}

/// The pace of each chat, and of all together.
pub(super) struct Paces {
    limits: Limits,
    chats: HashMap<i64, Lately>,
    overall: Lately,
}

impl Paces {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, chats: HashMap::new(), overall: Lately::default() }
    }

    /// When a message may leave for this chat.
    pub(super) fn next(&mut self, chat: i64, now: Instant) -> Instant {
        let of_chat = self.chats.entry(chat).or_default().next(&self.limits.of(chat), now);
        of_chat.max(self.overall.next(&[self.limits.overall], now))
    }

    /// A message leaves for this chat.
    pub(super) fn leaves(&mut self, now: Instant) {
        self.overall.left.push_back(now);
    }

    /// An attempt on this chat is over. What was sent counts from here: it cannot have arrived later.
    pub(super) fn is_over(&mut self, chat: i64, now: Instant) {
        self.chats.entry(chat).or_default().left.push_back(now);
    }

    /// Nothing may leave for this chat for so long.
    pub(super) fn hold(&mut self, chat: i64, time: Duration, now: Instant) {
        self.chats.entry(chat).or_default().held_until = Some(now + time);
    }

    /// The chat may be tried again at once.
    pub(super) fn release(&mut self, chat: i64) {
        self.chats.entry(chat).or_default().held_until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_gets_one_message_a_second_and_a_group_fifteen_a_minute() {
        let begin = Instant::now();
        for (chat, seconds) in [(7, 30.0 * 1.05), (-7, 120.0)] {
            let (mut paces, mut now) = (Paces::new(Limits::TELEGRAM), begin);
            for _ in 0..30 {
                now = paces.next(chat, now);
                paces.leaves(now);
                paces.is_over(chat, now);
            }
            let took = (paces.next(chat, now) - begin).as_secs_f64();
            assert!((took - seconds).abs() < 2.0, "{chat}: {took}");
        }
    }

    #[test]
    fn all_chats_together_get_twenty_five_a_second() {
        let (mut paces, now) = (Paces::new(Limits::TELEGRAM), Instant::now());
        for chat in 1..=25 {
            assert_eq!(paces.next(chat, now), now);
            paces.leaves(now);
        }
        assert_eq!(paces.next(26, now), now + Duration::from_secs(1));
    }

    #[test]
    fn a_hold_is_of_one_chat_and_can_be_lifted() {
        let (mut paces, now) = (Paces::new(Limits::TELEGRAM), Instant::now());
        paces.hold(7, Duration::from_secs(25), now);
        assert_eq!((paces.next(7, now), paces.next(8, now)), (now + Duration::from_secs(25), now));
        paces.release(7);
        assert_eq!(paces.next(7, now), now);
    }
}
