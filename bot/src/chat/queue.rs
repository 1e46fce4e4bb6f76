//! A queue for each chat: answered in order, within a deadline, beside the others.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::heard::{Heard, Item, What};
use super::reply::Desk;
use super::{backoff, request::Answer};
use crate::messages;
use crate::service::Service;
use crate::store::Draft;
use crate::telegram::Telegram;

/// After so long an answer that is not ready says that it is looking.
const LOOKING_AFTER: Duration = Duration::from_secs(2);

/// The queues of all chats. Those that the bot does not serve share one.
pub(super) struct Queues {
    desk: Arc<Desk>,
    senders: HashMap<Option<i64>, UnboundedSender<Item>>,
    workers: JoinSet<()>,
}

impl Queues {
    pub(super) fn new(service: Arc<Service>, telegram: Telegram, bot: String, handled: watch::Sender<i64>) -> Self {
        let desk = Arc::new(Desk { service, telegram, bot, handled });
        Self { desk, senders: HashMap::new(), workers: JoinSet::new() }
    }

    /// Puts an update into the queue of its chat.
    pub(super) async fn push(&mut self, id: i64, mut heard: Heard) -> Result<()> {
        let service = &self.desk.service;
        let is_served = service.chat(heard.chat).await?.is_some();
        if let What::Press { message, .. } = &mut heard.what
            && let Some(list) = *message
            && service.store.lists_alerts(heard.chat, list).await?
        {
            *message = None;
        }
        let intent = match &heard.what {
            What::Press { data, .. } => service.store.intent(heard.chat, data, heard.at).await?,
            _ => None,
        };
        let sender = self.senders.entry(is_served.then_some(heard.chat)).or_insert_with(|| {
            let (sender, items) = unbounded_channel();
            self.workers.spawn(work(self.desk.clone(), items));
            sender
        });
        // A worker ends only with its sender.
        drop(sender.send(Item { id, heard, intent }));
        Ok(())
    }
}

/// Answers the updates of one queue. An answer that takes long goes on beside those after it.
async fn work(desk: Arc<Desk>, mut items: UnboundedReceiver<Item>) {
    let (mut waiting, mut slow) = (VecDeque::new(), JoinSet::new());
    loop {
        if waiting.is_empty() {
            tokio::select! {
                item = items.recv() => match item {
                    Some(item) => waiting.push_back(item),
                    None => return,
                },
                Some(_) = slow.join_next() => {}
            }
        }
        while let Ok(item) = items.try_recv() {
            waiting.push_back(item);
        }
        let Some(item) = waiting.pop_front() else { continue };
        if waiting.iter().any(|later| Desk::supersedes(later, &item)) {
            desk.acknowledge(&item.heard, None);
            finish(&desk, item.id, Vec::new()).await;
            continue;
        }
        let mut answer = Box::pin(answer(desk.clone(), item));
        if timeout(LOOKING_AFTER, &mut answer).await.is_err() {
            slow.spawn(answer);
        }
    }
}

/// Answers one update, however often the database has to be tried, and says after a while that it is under way.
async fn answer(desk: Arc<Desk>, item: Item) {
    let mut failures = 0;
    let drafts = loop {
        let mut answer = Box::pin(desk.answer(&item));
        let in_time = timeout(LOOKING_AFTER.mul_f32(0.9), &mut answer).await;
        let outcome = if let Ok(outcome) = in_time {
            outcome
        } else {
            if let Err(error) = desk.service.store.owe(&[looking(&item)], desk.service.clock.now()).await {
                tracing::warn!(%error, "a slow answer cannot be announced");
            }
            answer.await.map(|drafts| in_slot(drafts, &item))
        };
        match outcome {
            Ok(drafts) => break drafts,
            Err(error) => {
                failures += 1;
                tracing::warn!(update = item.id, failures, error = %format_args!("{error:#}"), "an update cannot be answered; trying again");
                tokio::time::sleep(backoff(failures)).await;
            }
        }
    };
    finish(&desk, item.id, drafts).await;
}

/// Records the answer, however often that has to be tried.
async fn finish(desk: &Desk, id: i64, drafts: Vec<Draft>) {
    let mut failures = 0;
    while let Err(error) = desk.service.store.record_update(id, &drafts, desk.service.clock.now()).await {
        failures += 1;
        tracing::warn!(update = id, failures, error = %format_args!("{error:#}"), "an answer cannot be written down; trying again");
        tokio::time::sleep(backoff(failures)).await;
    }
    desk.handled.send_replace(id);
}

fn slot(item: &Item) -> String {
    format!("update {}", item.id)
}

/// Says that the answer is under way: as a message that the answer replaces, or in the message whose button was pressed.
fn looking(item: &Item) -> Draft {
    let Heard { chat, thread, what, .. } = &item.heard;
    let edits = match what {
        What::Press { message, .. } => *message,
        _ => None,
    };
    Draft { chat: *chat, thread: *thread, html: messages::LOOKING.to_owned(), edits, slot: Some(slot(item)), ..Draft::default() }
}

/// Puts an answer in the place of the message that announced it. A picture or a file cannot be edited in: its text is, and it
/// follows.
fn in_slot(mut drafts: Vec<Draft>, item: &Item) -> Vec<Draft> {
    if drafts.is_empty() {
        drafts = super::drafts(item.heard.chat, item.heard.thread, Answer::text(messages::NOTHING_TO_SHOW));
    }
    let Some(first) = drafts.first_mut() else { return drafts };
    first.slot = Some(slot(item));
    let (picture, document) = (first.picture.take(), first.document.take());
    let Draft { chat, thread, .. } = *first;
    if picture.is_some() || document.is_some() {
        drafts.push(Draft { chat, picture, document, thread, ..Draft::default() });
    }
    drafts
}
