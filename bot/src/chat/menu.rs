//! The menu of commands: shown in the chats that are served, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::command::COMMANDS;
use crate::service::Service;
use crate::telegram::{Failure, Telegram};

/// A chat that refused the menu is asked again after so long: it may take messages again by then.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(6);

/// Shows the menu in each chat that is served, and in no other, until the task is dropped. What fails is tried again with the
/// next poll, and where a chat refuses it some hours later.
pub(crate) async fn keep(service: Arc<Service>, telegram: Telegram) -> Result<()> {
    let (mut chats, mut polls) = (service.chats.subscribe(), service.published.watch());
    // Those that were served when the bot ran before.
    let mut known = service.store.menus().await?;
    let mut menus = Menus { stale: known.clone(), ..Menus::default() };
    loop {
        let served: BTreeSet<i64> = service.recipients().await?.into_iter().map(|(_, id)| id).collect();
        menus.update(&served, &telegram, service.clock.now()).await;
        let all = menus.shown.union(&menus.stale).copied().collect();
        if known != all {
            service.store.keep_menus(&all).await?;
            known = all;
        }
        tokio::select! {
            changed = chats.changed() => changed?,
            changed = polls.changed() => changed?,
        }
    }
}

/// Where the menu is.
#[derive(Debug, Default)]
struct Menus {
    /// The chats that need not be shown it any more.
    shown: BTreeSet<i64>,
    /// Those that refused it, and when.
    refused: BTreeMap<i64, DateTime<Utc>>,
    /// Those that are no longer served and may still show it.
    stale: BTreeSet<i64>,
    /// Whether strangers see none.
    is_hidden: bool,
}

impl Menus {
    /// Makes the calls that are left to make, until Telegram asks to wait.
    async fn update(&mut self, served: &BTreeSet<i64>, telegram: &Telegram, now: DateTime<Utc>) {
        self.stale.extend(self.shown.difference(served));
        self.stale.retain(|chat| !served.contains(chat));
        self.shown.retain(|chat| served.contains(chat));
        // One that lies ahead of the clock, which was set back, counts for nothing.
        let rests = |at: &DateTime<Utc>| (TimeDelta::zero()..AGAIN_AFTER).contains(&(now - *at));
        self.refused.retain(|chat, at| served.contains(chat) && rests(at));
        if !self.is_hidden {
            // What is shown to everybody would be shown to strangers.
            match next(telegram.hide_commands(None).await) {
                Next::Done | Next::Refused => self.is_hidden = true,
                Next::Again => {}
                Next::Wait => return,
            }
        }
        for &chat in served {
            if self.shown.contains(&chat) || self.refused.contains_key(&chat) {
                continue;
            }
            match next(telegram.show_commands(chat, &menu()).await) {
                Next::Done => _ = self.shown.insert(chat),
                Next::Refused => _ = self.refused.insert(chat, now),
                Next::Again => {}
                Next::Wait => return,
            }
        }
        for chat in self.stale.clone() {
            match next(telegram.hide_commands(Some(chat)).await) {
                Next::Done | Next::Refused => _ = self.stale.remove(&chat),
                Next::Again => {}
                Next::Wait => return,
            }
        }
    }
}

/// What a call means for those after it.
enum Next {
    /// It was done.
    Done,
    /// The chat takes none, for now.
    Refused,
    /// It may succeed later.
    Again,
    /// Telegram takes no more calls now.
    Wait,
}

fn next(outcome: Result<(), Failure>) -> Next {
    let Err(failure) = outcome else { return Next::Done };
    match failure {
        Failure::Chat(_) | Failure::Topic(_) | Failure::Moved(_) | Failure::Message(..) => {
            tracing::info!(%failure, "a chat refuses the menu of commands");
            Next::Refused
        }
        Failure::Transient(_) | Failure::Unknown(_) | Failure::Conflict(_) => {
            tracing::debug!(%failure, "the menu of commands could not be changed; tried again");
            Next::Again
        }
        Failure::Wait(_) => {
            tracing::debug!(%failure, "the menu of commands is changed later");
            Next::Wait
        }
    }
}

/// The commands as Telegram's menu shows them.
pub(super) fn menu() -> Vec<(&'static str, &'static str)> {
    COMMANDS.iter().map(|command| (command.name, command.about)).collect()
}

#[cfg(test)]
mod tests {
    use vobiz_sandbox::{Fault, Half};

    use super::super::conversation::Talk;
    use super::*;

    #[tokio::test]
    async fn a_chat_that_refuses_the_menu_is_asked_again_hours_later_and_a_wait_ends_the_round() {
        let (talk, now) = (Talk::new().await, Utc::now());
        let fault = |status, retry_after| Fault {
            half: Half::Telegram,
            operation: Some("setMyCommands".into()),
            status,
            retry_after,
            ..Fault::default()
        };
        for (fault, after_a_round, after_three) in [
            (fault(Some(403), None), 3, 3),
            (fault(Some(400), None), 3, 3),
            (fault(Some(502), None), 3, 9),
            (fault(None, Some(5)), 1, 3),
        ] {
            let (served, mut menus) = ([-1, -2, -3].into(), Menus::default());
            talk.sandbox.faults().clear();
            talk.sandbox.faults().add(fault.clone());
            let struck = || talk.sandbox.faults().list().iter().map(|fault| fault.struck).sum::<u32>();
            menus.update(&served, &talk.desk.telegram, now).await;
            assert_eq!(struck(), after_a_round, "{fault:?}");
            menus.update(&served, &talk.desk.telegram, now).await;
            menus.update(&served, &talk.desk.telegram, now).await;
            assert_eq!(struck(), after_three, "{fault:?}");
            talk.sandbox.faults().clear();
            menus.update(&served, &talk.desk.telegram, now + AGAIN_AFTER).await;
            assert_eq!(menus.shown, served, "{fault:?}");
            menus.update(&BTreeSet::new(), &talk.desk.telegram, now + AGAIN_AFTER).await;
            assert!(menus.shown.is_empty() && menus.stale.is_empty(), "{menus:?}");
        }
    }
}
