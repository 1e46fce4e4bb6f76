//! Notifications about the bot itself: a database that cannot be written, another program with the same token.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use crate::messages::{self, Reader};
use crate::service::Service;
use crate::store::{Draft, Priority, Trouble};
use crate::telegram::Telegram;

/// How long something is wrong before chats are notified.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the same notification is sent.
const AGAIN: Duration = Duration::from_hours(1);

/// Tells the chats until the task is dropped.
pub(crate) async fn run(service: Arc<Service>, telegram: Telegram) -> Result<()> {
    tokio::try_join!(watch_database(&service, &telegram), watch_updates(&service, &telegram)).map(drop)
}

/// Reports a database that cannot be used; this message alone is sent without being written down.
async fn watch_database(service: &Service, telegram: &Telegram) -> Result<()> {
    let mut trouble = service.store.watch_trouble();
    loop {
        trouble.wait_for(Option::is_some).await?;
        sleep(PATIENCE).await;
        let Some(Trouble { since, why }) = trouble.borrow_and_update().clone() else { continue };
        // Where it cannot be read either, the configured ids have to do.
        let configured = |_| service.chats().into_iter().map(|chat| (chat.clone(), chat.id)).collect();
        for (chat, id) in service.recipients().await.unwrap_or_else(configured) {
            let reader = Reader { zone: chat.zone, now: service.clock.now() };
            let html = messages::database_fails(since, &why, service.store.held_back(id), &reader);
            let draft = Draft { chat: id, thread: chat.thread, html, priority: Priority::Critical, ..Draft::default() };
            if let Err(failure) = telegram.send(&draft, false).await {
                tracing::warn!(chat = id, %failure, "a chat could not be notified that the database cannot be written");
            }
        }
        trouble.wait_for(Option::is_none).await?;
        owe(service, |reader| messages::database_works(since, reader)).await?;
    }
}

/// Another program that reads the bot's updates.
async fn watch_updates(service: &Service, telegram: &Telegram) -> Result<()> {
    let mut conflict = telegram.conflict();
    let mut sent_at: Option<Instant> = None;
    loop {
        let why = conflict.wait_for(Option::is_some).await?.clone().unwrap_or_default();
        tracing::error!(why, "another program reads this bot's updates");
        sleep(PATIENCE).await;
        if conflict.borrow_and_update().is_some() && sent_at.is_none_or(|sent_at| sent_at.elapsed() >= AGAIN) {
            owe(service, |_| messages::updates_conflict(&why)).await?;
            sent_at = Some(Instant::now());
        }
        conflict.wait_for(Option::is_none).await?;
    }
}

async fn owe(service: &Service, html: impl Fn(&Reader) -> String) -> Result<()> {
    let now = service.clock.now();
    let recipients = service.recipients().await?.into_iter();
    let owed: Vec<Draft> = recipients
        .map(|(chat, id)| {
            let html = html(&Reader { zone: chat.zone, now });
            Draft { chat: id, thread: chat.thread, html, priority: Priority::Warning, ..Draft::default() }
        })
        .collect();
    service.store.owe(&owed, now).await
}
