//! The chats: updates in, answers owed.

mod answer;
mod command;
mod press;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use teloxide::types::{Message, UpdateKind};
use tokio::sync::watch;

pub(crate) use answer::{Answer, morning, picture, summary};
pub(crate) use command::COMMANDS;

use crate::messages;
use crate::service::Service;
use crate::store::Draft;
use crate::telegram::{Incoming, Telegram, Updates};

/// Longest wait before Telegram is asked again after it failed.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Reads updates and answers them until the task is dropped. `handled` shows the id of the last one.
///
/// An update is confirmed to Telegram by asking for the next, after its answer is written down. It is
/// answered once even if it comes again.
pub(crate) async fn run(service: Arc<Service>, telegram: Telegram, bot: String, handled: watch::Sender<i64>) -> Result<()> {
    let (mut incoming, mut failures) = (Updates::new(telegram.clone()), 0_u32);
    loop {
        let updates = match incoming.next().await {
            Ok(updates) => updates,
            Err(failure) => {
                failures += 1;
                let wait = Duration::from_secs(1).saturating_mul(1 << failures.min(5)).min(LONGEST_BACKOFF);
                tracing::warn!(failures, %failure, "no updates from Telegram; asking again");
                tokio::time::sleep(wait).await;
                continue;
            }
        };
        failures = 0;
        for Incoming { id, update } in updates {
            let owed = match &update.kind {
                UpdateKind::Message(message) => answer_to(&service, message, &bot).await?,
                UpdateKind::CallbackQuery(query) => press::answer_to(&service, &telegram, query, &bot).await?,
                // Edits and everything else are not for this bot.
                _ => Vec::new(),
            };
            service.store.record_update(id, &owed, service.clock.now()).await?;
            handled.send_replace(id);
        }
    }
}

/// An answer of any length as messages, the first of them with its picture and its buttons.
pub(crate) fn drafts(chat: i64, answer: Answer) -> Vec<Draft> {
    let Answer { html, mut picture, mut buttons } = answer;
    let parts = if picture.is_some() { messages::split_caption(&html) } else { messages::split(&html) };
    let draft = |html| Draft { chat, html, picture: picture.take(), buttons: std::mem::take(&mut buttons), ..Draft::default() };
    parts.into_iter().map(draft).collect()
}

async fn answer_to(service: &Service, message: &Message, bot: &str) -> Result<Vec<Draft>> {
    let id = message.chat.id.0;
    if let Some(new) = message.migrate_to_chat_id() {
        let is_served = service.chats.iter().any(|chat| chat.id == new.0);
        service.store.move_chat(id, new.0, is_served).await?;
        return Ok(Vec::new());
    }
    let Some(text) = message.text() else { return Ok(Vec::new()) };
    let today = service.now_in(service.report_zone).date_naive();
    let line = command::parse(text, bot, today);
    let draft = |html: String| Draft { chat: id, html, ..Draft::default() };
    let Some(chat) = service.chat(id).await? else {
        let is_spoken_to = message.chat.is_private() || line != command::Line::Talk;
        let owed = is_spoken_to && service.store.may_tell_stranger(id, service.clock.now()).await?;
        tracing::info!(chat = id, "a message from a chat that is not served");
        return Ok(owed
            .then(|| draft(format!("This bot serves its own chats only. The id of this one is <code>{id}</code>.")))
            .into_iter()
            .collect());
    };
    let reader = messages::Reader { zone: chat.zone, now: service.clock.now() };
    Ok(match line {
        command::Line::Command(command) => drafts(id, answer::answer(service, &command, &reader).await?),
        command::Line::Wrong(said) => vec![draft(messages::escape(&said))],
        command::Line::Talk if message.chat.is_private() => vec![draft("I know commands only: /help lists them.".to_owned())],
        command::Line::Talk => Vec::new(),
    })
}
