//! Chats that refuse every message: what is owed to them stays and is tried seldom.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use crate::messages;
use crate::service::Service;
use crate::store::{ChatState, Draft, Priority};

/// Shortest and longest wait before a chat is tried again.
const WAITS: (Duration, Duration) = (Duration::from_secs(10), Duration::from_hours(1));
/// Refusals after which other chats are notified.
const ANNOUNCED_AFTER: u32 = 2;

/// Which chats cannot be written to.
#[derive(Default)]
pub(super) struct Reach {
    chats: HashMap<i64, Refused>,
}

struct Refused {
    /// When this process was first refused.
    begun: Instant,
    refusals: u32,
    state: ChatState,
}

impl Reach {
    /// With what the last process knew; gives the chats that Telegram asked to leave alone, and for how long.
    pub(super) async fn restore(service: &Service) -> Result<(Self, Vec<(i64, Duration)>)> {
        let (mut reach, mut holds) = (Self::default(), Vec::new());
        for (chat, state) in service.store.chat_states().await? {
            if let Some(left) = state.not_before.and_then(|then| (then - service.clock.now()).to_std().ok()) {
                // A clock that was far ahead must not silence a chat.
                holds.push((chat, left.min(WAITS.1)));
            }
            if state.refused_since.is_some() {
                reach.chats.insert(chat, Refused { begun: Instant::now(), refusals: 0, state });
            }
        }
        Ok((reach, holds))
    }

    /// A chat refused a message. Gives how long it is left alone: a quarter of the time that it has refused.
    pub(super) async fn refused(&mut self, service: &Service, chat: i64, why: &str) -> Result<Duration> {
        let now = service.clock.now();
        let known = self.chats.entry(chat).or_insert_with(|| {
            let state = ChatState { refused_since: Some(now), ..ChatState::default() };
            Refused { begun: Instant::now(), refusals: 0, state }
        });
        known.refusals += 1;
        known.state.reason = Some(why.to_owned());
        known.state.not_before = None;
        let wait = (known.begun.elapsed() / 4).clamp(WAITS.0, WAITS.1);
        tracing::warn!(chat, why, refusals = known.refusals, ?wait, "a chat takes no messages; what is owed to it is kept");
        let is_news = known.refusals >= ANNOUNCED_AFTER && !known.state.is_announced;
        known.state.is_announced |= is_news;
        let state = known.state.clone();
        service.store.keep_chat_state(chat, &state).await?;
        if is_news {
            let since = state.refused_since.unwrap_or(now);
            self.tell_others(service, chat, |reader| messages::chat_refuses(chat, since, why, reader)).await?;
        }
        Ok(wait)
    }

    /// Telegram asks to leave a chat alone for so long. Whether the chat takes messages is as unknown as before.
    pub(super) async fn waits(&mut self, service: &Service, chat: i64, time: Duration) -> Result<()> {
        let not_before = TimeDelta::from_std(time).ok().map(|time| service.clock.now() + time);
        let state = match self.chats.get_mut(&chat) {
            Some(known) => {
                known.state.not_before = not_before;
                known.state.clone()
            }
            None => ChatState { not_before, ..ChatState::default() },
        };
        service.store.keep_chat_state(chat, &state).await
    }

    /// A chat takes messages.
    pub(super) async fn took(&mut self, service: &Service, chat: i64) -> Result<()> {
        let Some(known) = self.chats.remove(&chat) else { return Ok(()) };
        tracing::info!(chat, "a chat takes messages again");
        service.store.keep_chat_state(chat, &ChatState::default()).await?;
        if known.state.is_announced {
            self.tell_others(service, chat, |_| messages::chat_accepts(chat)).await?;
        }
        Ok(())
    }

    /// Whether a chat refuses messages.
    fn is_refused(&self, chat: i64) -> bool {
        self.chats.contains_key(&chat)
    }

    /// Whether a chat that refuses messages is tried at once when an update comes from it: not while Telegram asks to wait.
    pub(super) fn is_worth_trying(&self, chat: i64, now: DateTime<Utc>) -> bool {
        self.chats.get(&chat).is_some_and(|known| known.state.not_before.is_none_or(|then| then <= now))
    }

    async fn tell_others(&self, service: &Service, about: i64, html: impl Fn(&messages::Reader) -> String) -> Result<()> {
        let now = service.clock.now();
        let mut owed = Vec::new();
        for (chat, id) in service.recipients().await? {
            if id != about && !self.is_refused(id) {
                let html = html(&messages::Reader { zone: chat.zone, now });
                owed.push(Draft { chat: id, thread: chat.thread, html, priority: Priority::Warning, ..Draft::default() });
            }
        }
        service.store.owe(&owed, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;

    async fn service() -> Service {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bot.toml");
        let text = "[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"x\"\n[database]\nurl = \"sqlite::memory:\"\n[[chats]]\nid = 7\n";
        std::fs::write(&file, text).unwrap();
        Service::open(Config::load(Some(&file), &|_| None).unwrap(), Clock::System).await.unwrap()
    }

    #[tokio::test]
    async fn a_chat_that_refused_is_tried_when_it_writes_but_not_while_telegram_asks_to_wait() {
        let (service, mut reach) = (service().await, Reach::default());
        let now = service.clock.now();
        assert!(!reach.is_worth_trying(7, now), "nothing is known of it");
        reach.refused(&service, 7, "blocked").await.unwrap();
        assert!(reach.is_worth_trying(7, now));
        reach.waits(&service, 7, Duration::from_mins(5)).await.unwrap();
        assert!(!reach.is_worth_trying(7, now));
        let (restored, holds) = Reach::restore(&service).await.unwrap();
        assert!(restored.is_refused(7) && !restored.is_worth_trying(7, now), "a restart forgets neither");
        assert_eq!(holds.len(), 1);
        assert!(reach.is_worth_trying(7, now + TimeDelta::minutes(6)));
        reach.refused(&service, 7, "blocked").await.unwrap();
        assert!(reach.is_worth_trying(7, now), "it answered, so the wait is over");
        reach.took(&service, 7).await.unwrap();
        assert_eq!(service.store.chat_states().await.unwrap(), []);
    }
}
