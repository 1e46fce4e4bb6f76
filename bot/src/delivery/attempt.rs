//! One attempt to send what is owed to a chat: recorded, made, and its outcome recorded.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono_tz::Tz;
use vobiz_core::alert::Transition;

use super::board;
use super::fold::{self, Batch, Present};
use super::simpler::Form;
use crate::messages::{self, Reader};
use crate::service::Service;
use crate::snapshot::Snapshot;
use crate::store::{Ended, Owed};
use crate::telegram::{Failure, Fault, Telegram};

/// Attempts after which a text goes without its file where that alone is not taken, so that what is behind it is not held up.
const FILE_ATTEMPTS: i64 = 3;
/// Longest wait before a message is tried again that the service could not take.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);
/// Wait before a message is sent again of which nobody knows whether it arrived.
const REPEAT_AFTER: Duration = Duration::from_secs(2);
/// Wait before the database is tried again.
const DATABASE_AGAIN: Duration = Duration::from_secs(2);

/// How an attempt ended, for the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It took a message, or refused one for its form alone.
    Took,
    /// Nothing is known of the chat; it is left alone for so long.
    Later(Duration),
    /// Telegram asks to leave it alone for so long.
    Wait(Duration),
    /// It takes no messages, for this reason.
    Refused(String),
    /// Its messages went to another id.
    Moved,
}

/// Makes one message of what is owed, its alerts as they are in the last snapshot.
fn fold_with(rows: &[Owed], id: i64, snapshot: Option<&Snapshot>, reader: &Reader) -> Option<Batch> {
    let Some(snapshot) = snapshot else { return fold::batch(rows, id, None, reader) };
    let by_key: OnceCell<HashMap<(&str, String), &Transition>> = OnceCell::new();
    let index =
        || snapshot.evaluation.firing.iter().map(|alert| ((alert.rule.as_str(), alert.subject.id.to_string()), alert)).collect();
    let firing = |rule: &str, subject: &str| {
        let alert = by_key.get_or_init(index).get(&(rule, subject.to_owned()))?;
        Some(messages::alert_line(alert, snapshot.top_ups(), &Reader { now: snapshot.at, ..*reader }))
    };
    fold::batch(rows, id, Some(&Present { at: snapshot.at, firing: &firing }), reader)
}

fn noted(outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(error = format!("{error:#}"), "what became of a board cannot be written down");
    }
}

/// What an attempt works with.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) service: Arc<Service>,
    pub(super) telegram: Telegram,
}

impl Attempt {
    /// Sends the owed message `id`, and what becomes one with it.
    pub(super) async fn make(&self, id: i64, zone: Tz) -> Outcome {
        let batch = match self.begin(id, zone).await {
            Ok(Some(batch)) => batch,
            Ok(None) => return Outcome::Took,
            Err(error) => {
                // What is not recorded is not sent: nobody would know of it after a crash.
                tracing::error!(error = format!("{error:#}"), "an attempt cannot be written down, so nothing is sent");
                return Outcome::Later(DATABASE_AGAIN);
            }
        };
        let chat = batch.draft.chat;
        let failure = match self.send(&batch).await {
            Ok(message) => {
                let ended = if batch.is_folded { Ended::DeliveredAs(message, &batch.draft) } else { Ended::Delivered(message) };
                self.end(&batch, ended).await;
                if let Some(message) = message.filter(|_| batch.draft.is_board) {
                    noted(board::delivered(&self.service, &self.telegram, &batch.draft, message).await);
                }
                return Outcome::Took;
            }
            Err(failure) => failure,
        };
        match failure {
            Failure::Unknown(why) => {
                tracing::warn!(chat, why, "nobody knows whether a message arrived; it is possibly repeated");
                Outcome::Later(REPEAT_AFTER)
            }
            Failure::Message(fault, why) => {
                self.end(&batch, Ended::GivenUp(&why)).await;
                if batch.draft.is_board && fault == Fault::Edit {
                    tracing::info!(chat, why, "a board cannot be changed any more");
                    noted(board::is_gone(&self.service, &batch.draft).await);
                } else {
                    tracing::error!(chat, why, "a message is refused in every form and is given up");
                }
                Outcome::Took
            }
            Failure::Wait(time) => {
                self.end(&batch, Ended::NotSent).await;
                Outcome::Wait(time)
            }
            Failure::Moved(new) => {
                tracing::info!(from = chat, to = new, "a group has another id now");
                self.end(&batch, Ended::NotSent).await;
                let is_served = self.service.chats().iter().any(|served| served.id == new);
                match self.service.store.move_chat(chat, new, is_served).await {
                    Ok(()) => Outcome::Moved,
                    Err(error) => {
                        tracing::error!(error = format!("{error:#}"), "that a group moved cannot be written down");
                        Outcome::Later(DATABASE_AGAIN)
                    }
                }
            }
            Failure::Chat(why) | Failure::Topic(why) => {
                self.end(&batch, Ended::NotSent).await;
                Outcome::Refused(why)
            }
            Failure::Transient(why) | Failure::Conflict(why) => {
                tracing::warn!(chat, attempts = batch.attempts, why, "a message was not delivered and will be tried again");
                self.end(&batch, Ended::NotSent).await;
                let doubled = Duration::from_secs(1).saturating_mul(1 << batch.attempts.clamp(0, 10));
                Outcome::Later(doubled.min(LONGEST_BACKOFF))
            }
        }
    }

    /// Decides what is sent and records that it will be.
    async fn begin(&self, id: i64, zone: Tz) -> Result<Option<Batch>> {
        let store = &self.service.store;
        let now = self.service.clock.now();
        let rows = store.owed_with(id).await?;
        let snapshot = self.service.published.watch().borrow().clone();
        let Some(mut batch) = fold_with(&rows, id, snapshot.as_deref(), &Reader { zone, now }) else { return Ok(None) };
        if let (None, Some(slot)) = (batch.draft.edits, &batch.draft.slot) {
            batch.draft.edits = store.message_in(batch.draft.chat, slot).await?;
        }
        store.refer_buttons(&mut batch.draft, now).await?;
        store.begin_attempt(&batch.ids, now).await?;
        Ok(Some(batch))
    }

    /// Sends a message in the first of its forms that is not refused.
    async fn send(&self, batch: &Batch) -> Result<Option<i32>, Failure> {
        let chat = batch.draft.chat;
        let mut form = Form { draft: batch.draft.clone(), is_plain: false };
        if batch.attempts >= FILE_ATTEMPTS && batch.in_doubt && form.has_file() {
            tracing::warn!(chat, "Telegram does not answer when it is sent a file; the text is sent without it");
            form = form.clone().without(Fault::File).unwrap_or(form);
        }
        loop {
            let failure = match self.telegram.send(&form.draft, form.is_plain).await {
                Err(failure @ Failure::Topic(_)) if form.draft.thread.take().is_some() => {
                    tracing::warn!(chat, %failure, "a topic takes no messages; this one goes to the chat");
                    continue;
                }
                Err(failure) => failure,
                sent => return sent,
            };
            let fault = match failure {
                // The text is tried at once: while Telegram is away it is not taken either, and keeps its file.
                Failure::Transient(_) if batch.attempts >= FILE_ATTEMPTS && form.has_file() => Some(Fault::File),
                _ => failure.fault(),
            };
            // A board that was deleted is not sent again.
            let fault = fault.filter(|fault| !form.draft.is_board || *fault != Fault::Edit);
            let Some(next) = fault.and_then(|fault| form.without(fault)) else { return Err(failure) };
            tracing::warn!(chat, %failure, "a message is not taken in this form and is sent in a simpler one");
            form = next;
        }
    }

    /// Records how an attempt ended, however often the database has to be tried: meanwhile nothing else is sent to the chat.
    async fn end(&self, batch: &Batch, ended: Ended<'_>) {
        while let Err(error) = self.service.store.end(&batch.ids, ended, self.service.clock.now()).await {
            tracing::error!(error = format!("{error:#}"), "the outcome of an attempt cannot be written down; trying again");
            tokio::time::sleep(DATABASE_AGAIN).await;
        }
    }
}
