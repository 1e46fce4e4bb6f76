//! Daily summaries at each chat's own local time.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::try_join_all;
use vobiz_core::time::next_local;

use crate::chat;
use crate::config::Chat;
use crate::messages::Reader;
use crate::service::Service;
use crate::store::{Draft, Priority};

/// A summary sent later than this says so.
const LATE: TimeDelta = TimeDelta::minutes(10);
/// A summary missed for longer than this is not sent any more.
const CATCH_UP: TimeDelta = TimeDelta::hours(12);

/// Sends each chat's summaries until the task is dropped. What is due is in the database, so that all begin again with a new chat.
pub(crate) async fn run(service: Arc<Service>) -> Result<()> {
    let mut chats = service.chats.subscribe();
    loop {
        let served = chats.borrow_and_update().clone();
        let each = try_join_all(served.iter().map(|chat| run_for(&service, chat)));
        tokio::select! {
            // Without a chat there is nothing to do until one comes.
            ended = each, if !served.is_empty() => ended.map(drop)?,
            changed = chats.changed() => changed?,
        }
    }
}

/// Sends one chat's summaries.
async fn run_for(service: &Service, chat: &Chat) -> Result<()> {
    let Some(time) = chat.daily_summary else { return std::future::pending().await };
    let spec = format!("{} {time}", chat.zone);
    loop {
        let first = next_local(service.clock.now(), chat.zone, time);
        let due = service.store.summary_due(chat.id, &spec, first).await?;
        let now = service.clock.now();
        if now < due {
            // The clock may be set meanwhile.
            service.clock.wait_towards(due).await;
            continue;
        }
        let owed = if now - due <= CATCH_UP { summary(service, chat, due).await? } else { Vec::new() };
        if owed.is_empty() {
            tracing::warn!(chat = chat.id, %due, "a summary was missed for too long and is not sent");
        }
        service.store.record_summary(chat.id, &spec, next_local(now, chat.zone, time), &owed, now).await?;
    }
}

async fn summary(service: &Service, chat: &Chat, due: DateTime<Utc>) -> Result<Vec<Draft>> {
    let snapshot = service.published.latest().await.context("no poll was judged in a minute")?;
    let now = service.clock.now();
    let data = chat::read_summary(service, snapshot, now).await;
    let late_since = (now - due > LATE).then_some(due);
    let answer = chat::summary(&data, late_since, &Reader { zone: chat.zone, now });
    let mut drafts = chat::drafts(service.store.present_chat(chat.id).await?, None, answer);
    for draft in &mut drafts {
        draft.priority = Priority::Summary;
    }
    Ok(drafts)
}
