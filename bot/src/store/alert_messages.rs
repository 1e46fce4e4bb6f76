//! The messages in chats about alerts, which change when somebody acts on one of them.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use vobiz_core::alert::AlertKey;

use super::row::column;
use super::{AlertLine, Store};

/// Older messages stay as they are.
const CHANGED_WITHIN: TimeDelta = TimeDelta::hours(47);

/// A delivered message about one alert or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlertMessage {
    pub(crate) chat: i64,
    /// Its id in Telegram.
    pub(crate) message: i32,
    /// As it was sent.
    pub(crate) html: String,
    /// The alerts that it is about.
    pub(crate) lines: Vec<AlertLine>,
}

impl Store {
    /// Whether a message is a list of alerts, which stays as it is when one of them is looked at.
    pub(crate) async fn lists_alerts(&self, chat: i64, message: i32) -> Result<bool> {
        let query = "SELECT alerts FROM outbox WHERE chat = $1 AND message = $2 AND alerts IS NOT NULL AND edits IS NULL";
        let rows = sqlx::query_scalar::<_, String>(query).bind(chat).bind(message).fetch_all(&self.pool).await?;
        Ok(rows.iter().any(|lines| serde_json::from_str::<Vec<AlertLine>>(lines).is_ok_and(|lines| lines.len() > 1)))
    }

    /// The last message about an alert in each chat.
    pub(crate) async fn alert_messages(&self, key: &AlertKey, now: DateTime<Utc>) -> Result<Vec<AlertMessage>> {
        let query = "SELECT chat, message, html, alerts FROM outbox
             WHERE alerts IS NOT NULL AND message IS NOT NULL AND edits IS NULL AND failure IS NULL AND document_name IS NULL
             AND made_at > $1 ORDER BY id";
        let since = (now - CHANGED_WITHIN).timestamp_micros();
        let mut messages: Vec<AlertMessage> = Vec::new();
        for row in sqlx::query(query).bind(since).fetch_all(&self.pool).await? {
            let lines: String = column(&row, "outbox", "alerts")?;
            let Ok(lines) = serde_json::from_str::<Vec<AlertLine>>(&lines) else { continue };
            if !lines.iter().any(|line| line.is_firing && line.key() == *key) {
                continue;
            }
            let chat: i64 = column(&row, "outbox", "chat")?;
            let Ok(message) = i32::try_from(column::<i64>(&row, "outbox", "message")?) else { continue };
            messages.retain(|earlier| earlier.chat != chat);
            messages.push(AlertMessage { chat, message, html: column(&row, "outbox", "html")?, lines });
        }
        Ok(messages)
    }
}
