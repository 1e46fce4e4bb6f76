//! The messages in chats that stand for one alert, which change when somebody acts on it.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use vobiz_core::alert::AlertKey;

use super::row::column;
use super::{AlertLine, Store};

/// Older messages stay as they are.
const CHANGED_WITHIN: TimeDelta = TimeDelta::hours(47);

/// A delivered message about one alert alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlertMessage {
    pub(crate) chat: i64,
    /// Its id in Telegram.
    pub(crate) message: i32,
    /// As it was sent.
    pub(crate) html: String,
}

impl Store {
    /// The last message about an alert in each chat.
    pub(crate) async fn alert_messages(&self, key: &AlertKey, now: DateTime<Utc>) -> Result<Vec<AlertMessage>> {
        let query = "SELECT chat, message, html, alerts FROM outbox
             WHERE alerts IS NOT NULL AND message IS NOT NULL AND edits IS NULL AND failure IS NULL AND made_at > $1 ORDER BY id";
        let since = (now - CHANGED_WITHIN).timestamp_micros();
        let mut messages: Vec<AlertMessage> = Vec::new();
        for row in sqlx::query(query).bind(since).fetch_all(&self.pool).await? {
            let lines: String = column(&row, "outbox", "alerts")?;
            let Ok(lines) = serde_json::from_str::<Vec<AlertLine>>(&lines) else { continue };
            let [line] = lines.as_slice() else { continue };
            if !line.is_firing || line.rule != key.rule || line.subject != key.subject.to_string() {
                continue;
            }
            let chat: i64 = column(&row, "outbox", "chat")?;
            let Ok(message) = i32::try_from(column::<i64>(&row, "outbox", "message")?) else { continue };
            messages.retain(|earlier| earlier.chat != chat);
            messages.push(AlertMessage { chat, message, html: column(&row, "outbox", "html")? });
        }
        Ok(messages)
    }
}
