//! The chats: updates in, answers owed.

mod act;
mod alerts;
mod amount;
mod analytics;
mod audit;
mod board;
mod chart;
mod command;
mod contact;
#[cfg(all(test, feature = "demo"))]
mod conversation;
mod customer;
mod customers;
mod dashboard;
mod export;
mod find;
mod heard;
mod help;
mod hour;
mod levels;
mod low;
mod menu;
mod mute;
mod people;
mod period;
mod queue;
mod quiet;
mod reply;
mod request;
mod set;
mod settings;
mod span;
mod status;
mod subscribe;
mod summary;
mod take;
mod thresholds;
mod top;
mod unmute;
mod until;
mod which;
mod why;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;

pub(crate) use board::keep as keep_boards;
pub(crate) use menu::keep as keep_menus;
pub(crate) use period::{month, week};
pub(crate) use request::Answer;
pub(crate) use summary::{MORNING, picture, read as read_summary, summary};

use crate::messages;
use crate::service::Service;
use crate::store::Draft;
use crate::telegram::{Incoming, Telegram, Updates};
use heard::Heard;
use queue::Queues;

/// Longest wait before Telegram, or the database, is tried again after it failed.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Reads updates and answers them until the task is dropped. `handled` shows the id of the last one that was answered.
///
/// Updates are written down first; asking for the next ones confirms them to Telegram. Each chat is answered in its own order,
/// and no chat waits for another.
pub(crate) async fn run(service: Arc<Service>, telegram: Telegram, bot: String, handled: watch::Sender<i64>) -> Result<()> {
    let mut queues = Queues::new(service.clone(), telegram.clone(), bot, handled);
    for (id, heard) in service.store.unanswered_updates().await? {
        match serde_json::from_str(&heard) {
            Ok(heard) => queues.push(id, heard).await?,
            Err(error) => {
                tracing::warn!(id, %error, "a stored update cannot be read and is not answered");
                service.store.record_update(id, &[], service.clock.now()).await?;
            }
        }
    }
    let (mut incoming, mut failures) = (Updates::new(telegram), 0_u32);
    loop {
        match incoming.next().await {
            Ok(updates) => {
                failures = 0;
                let new = note(&service, &updates).await?;
                incoming.confirm();
                for (id, heard) in new {
                    queues.push(id, heard).await?;
                }
            }
            Err(failure) => {
                failures += 1;
                tracing::warn!(failures, %failure, "no updates from Telegram; asking again");
                tokio::time::sleep(backoff(failures)).await;
            }
        }
    }
}

/// Writes updates down, however often that has to be tried. Gives those that this bot answers and did not have before.
async fn note(service: &Service, updates: &[Incoming]) -> Result<Vec<(i64, Heard)>> {
    let now = service.clock.now();
    let heard = updates.iter().filter_map(|Incoming { id, update }| Some((*id, Heard::of(update, now)?)));
    let heard: Vec<(i64, Heard)> = heard.collect();
    if heard.is_empty() {
        return Ok(heard);
    }
    let row = |(id, heard): &(i64, Heard)| Ok((*id, heard.chat, serde_json::to_string(heard)?));
    let rows = heard.iter().map(row).collect::<Result<Vec<_>>>()?;
    let mut failures = 0;
    loop {
        match service.store.note_updates(&rows, now).await {
            Ok(new) => return Ok(heard.into_iter().filter(|(id, _)| new.contains(id)).collect()),
            Err(error) => {
                failures += 1;
                tracing::warn!(failures, error = format!("{error:#}"), "updates cannot be written down; trying again");
                tokio::time::sleep(backoff(failures)).await;
            }
        }
    }
}

/// 2 s, 4 s, … up to [`LONGEST_BACKOFF`].
fn backoff(failures: u32) -> Duration {
    Duration::from_secs(1).saturating_mul(1 << failures.min(5)).min(LONGEST_BACKOFF)
}

/// An answer of any length as messages, the first of them with its picture and its buttons.
pub(crate) fn drafts(chat: i64, thread: Option<i32>, answer: Answer) -> Vec<Draft> {
    let Answer { html, mut picture, mut document, mut buttons, owed, .. } = answer;
    let parts = if picture.is_some() || document.is_some() { messages::split_caption(&html) } else { messages::split(&html) };
    let draft = |html| {
        let (picture, document, buttons) = (picture.take(), document.take(), std::mem::take(&mut buttons));
        Draft { chat, html, picture, document, buttons, thread, ..Draft::default() }
    };
    parts.into_iter().map(draft).chain(owed).collect()
}
