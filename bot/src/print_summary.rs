//! `vobiz-bot summary`: today's summary, printed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Utc;

use crate::check::{COULD_NOT_TELL, FINE};
use crate::clock::Clock;
use crate::config::Config;
use crate::levels::with_levels;
use crate::messages::{self, Reader};
use crate::observe::observe;
use crate::service::Service;
use crate::snapshot::Memory;
use crate::store::{Remembered, Store};
use crate::{chat, terminal};

/// Prints today's summary, and writes its picture where asked. Gives the exit status.
pub(crate) async fn run(config: Config, picture: Option<&Path>) -> Result<u8> {
    let zone = config.chats.first().map_or(config.report_zone, |chat| chat.zone);
    let Remembered { profiles, state, levels } = Store::remembered(&config.database_url).await;
    let policy = with_levels(&config.policy, &levels);
    // The bot's own database is only read: what the sweep finds is not recorded.
    let store = Store::open_to_look(&config.database_url).await?;
    let service = Service::over(config, Clock::System, store)?;
    let answers = observe(&service.api, &policy, service.report_zone, &state, service.poll_deadline, Utc::now).await;
    let snapshot = Memory::new(service.business.clone(), profiles, state).judge_once(&policy, answers);
    let data = chat::read_summary(&service, Arc::new(snapshot), Utc::now(), chat::MORNING).await;
    let text = messages::terminal(&messages::summary(&data, None, &Reader { zone, now: Utc::now() }));
    terminal::print_line(&terminal::strip_control_chars(&text)).context("cannot print the summary")?;
    if let Some(path) = picture {
        let picture = chat::picture(&data).context("there is no report to draw a picture of")?;
        std::fs::write(path, picture.bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let is_known = data.report.is_ok() && data.snapshot.customers().is_ok() && data.own_balance.is_ok();
    Ok(if is_known { FINE } else { COULD_NOT_TELL })
}
