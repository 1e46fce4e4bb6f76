//! Delivery: what is owed goes to Telegram, in order within a chat, no chat waiting for another.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::store::{Owed, Store};
use crate::telegram::{Failure, Telegram};

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
    /// Under what Telegram allows: about one message a second in a chat after a short burst, 20 a minute in a group, edits by
    /// others included, 30 a second in all.
    pub(crate) const TELEGRAM: Self = Self {
        chat: Limit { messages: 5, within: Duration::from_secs(5) },
        group: Limit { messages: 15, within: Duration::from_mins(1) },
        overall: Limit { messages: 25, within: Duration::from_secs(1) },
    };
    /// For a world in which days pass in seconds.
    #[cfg(feature = "demo")]
    pub(crate) const NONE: Self = {
        let none = Limit { messages: usize::MAX, within: Duration::ZERO };
        Self { chat: none, group: none, overall: none }
    };
}

/// Attempts after which a text goes without its picture, so that what stands behind it is not held up.
const PICTURE_ATTEMPTS: i64 = 3;
/// Longest wait before a failed delivery is tried again.
const LONGEST_BACKOFF: Duration = Duration::from_mins(1);

#[derive(Clone, Copy)]
struct Limit {
    messages: usize,
    within: Duration,
}

/// When messages left lately, and when the next may leave.
#[derive(Default)]
struct Pace {
    left: VecDeque<Instant>,
    held_until: Option<Instant>,
}

impl Pace {
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

/// Delivers until the task is dropped.
pub(crate) async fn run(store: Store, telegram: Telegram, clock: Clock, limits: Limits) -> Result<()> {
    let mut more = store.watch_owed();
    let mut paces: HashMap<i64, Pace> = HashMap::new();
    let (mut overall, mut busy, mut sending) = (Pace::default(), HashSet::new(), JoinSet::new());
    loop {
        let now = Instant::now();
        let mut wake = now + Duration::from_mins(1);
        for owed in store.owed().await?.into_iter().filter(|owed| !busy.contains(&owed.draft.chat)).collect::<Vec<_>>() {
            let chat = owed.draft.chat;
            let pace = paces.entry(chat).or_default();
            let own: &[Limit] = if chat < 0 { &[limits.chat, limits.group] } else { &[limits.chat] };
            let at = pace.next(own, now).max(overall.next(&[limits.overall], now));
            if at > now {
                wake = wake.min(at);
                continue;
            }
            pace.left.push_back(now);
            overall.left.push_back(now);
            busy.insert(chat);
            let (store, telegram, clock) = (store.clone(), telegram.clone(), clock.clone());
            sending.spawn(async move { (chat, deliver(&store, &telegram, &clock, owed).await) });
        }
        tokio::select! {
            Some(done) = sending.join_next() => {
                let (chat, hold) = done?;
                busy.remove(&chat);
                if let Some(hold) = hold? {
                    paces.entry(chat).or_default().held_until = Some(Instant::now() + hold);
                }
            }
            _ = more.changed() => {}
            () = tokio::time::sleep_until(wake) => {}
        }
    }
}

/// Sends one message. Gives how long the chat must be left alone, if it must.
async fn deliver(store: &Store, telegram: &Telegram, clock: &Clock, owed: Owed) -> Result<Option<Duration>> {
    let Owed { id, mut draft, attempts } = owed;
    if draft.picture.is_some() && attempts >= PICTURE_ATTEMPTS {
        tracing::warn!(chat = draft.chat, "a picture was not taken; its text is sent without it");
        draft.picture = None;
    }
    if let (None, Some(slot)) = (draft.edits, &draft.slot) {
        draft.edits = store.message_in(draft.chat, slot).await?;
    }
    let sent = match telegram.send(&draft, false).await {
        Err(Failure::Markup) => {
            tracing::warn!(chat = draft.chat, "Telegram refuses the markup of a message; sent as plain text");
            telegram.send(&draft, true).await
        }
        // What is refused may be the picture alone, or the change of a message that is gone.
        Err(Failure::Final(_)) if draft.picture.take().is_some() || draft.edits.take().is_some() => {
            telegram.send(&draft, false).await
        }
        other => other,
    };
    let failure = match sent {
        Ok(message) => {
            if let (Some(_), Some(message)) = (&draft.slot, message) {
                store.became(id, message).await?;
            }
            store.end(id, None, clock.now()).await?;
            return Ok(None);
        }
        Err(failure) => failure,
    };
    match &failure {
        Failure::Wait(time) => Ok(Some(*time)),
        Failure::Moved(chat) => {
            tracing::info!(from = draft.chat, to = chat, "a group has another id now");
            store.move_chat(draft.chat, *chat).await?;
            Ok(None)
        }
        Failure::Transient(_) => {
            tracing::warn!(chat = draft.chat, attempts, %failure, "a message was not delivered and will be tried again");
            store.failed(id).await?;
            let doubled = Duration::from_secs(1).saturating_mul(1 << attempts.clamp(0, 10));
            Ok(Some(doubled.min(LONGEST_BACKOFF)))
        }
        Failure::Markup | Failure::Final(_) => {
            tracing::error!(chat = draft.chat, %failure, "a message cannot be delivered and is given up");
            store.end(id, Some(&failure.to_string()), clock.now()).await?;
            Ok(None)
        }
    }
}
