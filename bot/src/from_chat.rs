//! What people set for a chat from the chat; it comes before the file.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, NaiveTime, Utc, Weekday};
use serde::de::DeserializeOwned;
use vobiz_core::alert::{QuietHours, Wants};

use crate::config::Chat;
use crate::store::{Setting, Store};

/// The kinds of settings; each is by the id that the chat has in the file, or was paired with.
pub(crate) const WANTS: &str = "subscription";
pub(crate) const QUIET: &str = "quiet hours";
pub(crate) const QUIET_UNTIL: &str = "quiet until";
pub(crate) const DAILY: &str = "daily summary";
pub(crate) const WEEKLY: &str = "weekly summary";
pub(crate) const MONTHLY: &str = "monthly summary";

/// When quiet hours begin and end; `None` where there are none.
pub(crate) type Hours = Option<(NaiveTime, NaiveTime)>;

/// What was set for one chat. What is absent is as in the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct FromChat {
    pub(crate) wants: Option<Setting<Wants>>,
    pub(crate) quiet: Option<Setting<Hours>>,
    /// It may be over.
    pub(crate) quiet_until: Option<Setting<DateTime<Utc>>>,
    /// When summaries come; `None` inside where none does.
    pub(crate) daily: Option<Setting<Option<NaiveTime>>>,
    pub(crate) weekly: Option<Setting<Option<(Weekday, NaiveTime)>>>,
    pub(crate) monthly: Option<Setting<Option<NaiveTime>>>,
}

impl FromChat {
    /// What was set, by chat.
    pub(crate) async fn all(store: &Store) -> Result<HashMap<i64, Self>> {
        let mut chats: HashMap<i64, Self> = HashMap::new();
        read(store, WANTS, &mut chats, |chat, setting| chat.wants = Some(setting)).await?;
        read(store, QUIET, &mut chats, |chat, setting| chat.quiet = Some(setting)).await?;
        read(store, QUIET_UNTIL, &mut chats, |chat, setting| chat.quiet_until = Some(setting)).await?;
        read(store, DAILY, &mut chats, |chat, setting| chat.daily = Some(setting)).await?;
        read(store, WEEKLY, &mut chats, |chat, setting| chat.weekly = Some(setting)).await?;
        read(store, MONTHLY, &mut chats, |chat, setting| chat.monthly = Some(setting)).await?;
        Ok(chats)
    }

    /// The chat of the file with what was set.
    pub(crate) fn over(&self, file: &Chat) -> Chat {
        let mut chat = file.clone();
        let zone = chat.zone;
        if let Some(wants) = &self.wants {
            chat.settings.wants = wants.value.clone();
        }
        if let Some(quiet) = &self.quiet {
            chat.settings.quiet = quiet.value.map(|(from, to)| QuietHours { from, to, zone });
        }
        chat.settings.quiet_until = self.quiet_until.as_ref().map(|setting| setting.value);
        if let Some(daily) = &self.daily {
            chat.daily_summary = daily.value;
        }
        if let Some(weekly) = &self.weekly {
            chat.weekly_summary = weekly.value;
        }
        if let Some(monthly) = &self.monthly {
            chat.monthly_summary = monthly.value;
        }
        chat
    }
}

async fn read<T: DeserializeOwned>(
    store: &Store,
    kind: &str,
    chats: &mut HashMap<i64, FromChat>,
    set: impl Fn(&mut FromChat, Setting<T>),
) -> Result<()> {
    for setting in store.settings::<T>(kind).await? {
        if let Ok(id) = setting.name.parse() {
            set(chats.entry(id).or_default(), setting);
        }
    }
    Ok(())
}
