//! The menu of commands: shown in the chats that are served, and nowhere else.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use super::command::COMMANDS;
use crate::service::Service;
use crate::telegram::Telegram;

/// Shows the menu in each chat that is served, and in no other, until the task is dropped. What fails is tried again with the
/// next poll.
pub(crate) async fn keep(service: Arc<Service>, telegram: Telegram) -> Result<()> {
    let (mut chats, mut polls) = (service.chats.subscribe(), service.published.watch());
    let (mut shown, mut is_hidden) = (BTreeSet::new(), false);
    // Those that were served when the bot ran before.
    let mut known = service.store.menus().await?;
    let mut stale = known.clone();
    loop {
        if !is_hidden {
            // What is shown to everybody would be shown to strangers.
            is_hidden = is_done(telegram.hide_commands(None).await);
        }
        let served: BTreeSet<i64> = service.recipients().await?.into_iter().map(|(_, id)| id).collect();
        stale.extend(shown.difference(&served));
        stale.retain(|chat| !served.contains(chat));
        for chat in &served {
            if !shown.contains(chat) && is_done(telegram.show_commands(*chat, &menu()).await) {
                shown.insert(*chat);
            }
        }
        let mut left = BTreeSet::new();
        for chat in stale {
            if !is_done(telegram.hide_commands(Some(chat)).await) {
                left.insert(chat);
            }
        }
        stale = left;
        shown.retain(|chat| served.contains(chat));
        let all = shown.union(&stale).copied().collect();
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

/// Whether a call need not be made again.
fn is_done(outcome: Result<(), crate::telegram::Failure>) -> bool {
    outcome.inspect_err(|failure| tracing::debug!(%failure, "the menu of commands could not be changed; tried again")).is_ok()
}

/// The commands as Telegram's menu shows them.
pub(super) fn menu() -> Vec<(&'static str, &'static str)> {
    COMMANDS.iter().map(|command| (command.name, command.about)).collect()
}
