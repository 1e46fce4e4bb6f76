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
    /// Whether a message is a list of alerts, which stays as it is when one of them is looked at: one that was owed as a list,
    /// or several that became one when they were sent.
    pub(crate) async fn lists_alerts(&self, chat: i64, message: i32) -> Result<bool> {
        let query = "SELECT alerts FROM outbox WHERE chat = $1 AND message = $2 AND alerts IS NOT NULL AND edits IS NULL";
        let rows = sqlx::query_scalar::<_, String>(query).bind(chat).bind(message).fetch_all(&self.pool).await?;
        Ok(rows.len() > 1
            || rows.iter().any(|lines| serde_json::from_str::<Vec<AlertLine>>(lines).is_ok_and(|lines| lines.len() > 1)))
    }

    /// The last message about an alert in each chat. What was owed as several messages and became one when it was sent is not
    /// among them: none of its rows has its text.
    pub(crate) async fn alert_messages(&self, key: &AlertKey, now: DateTime<Utc>) -> Result<Vec<AlertMessage>> {
        // What became one message ended at one time, so that all its rows are looked at or none.
        let query = "SELECT chat, message, html, alerts, document_name FROM
             (SELECT *, count(*) OVER (PARTITION BY chat, message) AS rows_of_message FROM outbox
              WHERE alerts IS NOT NULL AND message IS NOT NULL AND edits IS NULL AND failure IS NULL AND ended_at > $1)
             WHERE rows_of_message = 1 AND document_name IS NULL ORDER BY id";
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Draft, Ended};

    fn draft(subject: &str, at: DateTime<Utc>) -> Draft {
        let line = AlertLine {
            rule: "low".into(),
            subject: subject.into(),
            name: None,
            severity: "critical".into(),
            is_firing: true,
            html: format!("{subject} fires"),
            value: "40".into(),
            level: "500".into(),
            at,
            since: at,
        };
        Draft { chat: 7, html: format!("only {subject}"), alerts: Some(vec![line]), ..Draft::default() }
    }

    #[tokio::test]
    async fn several_owed_messages_that_became_one_are_a_list_and_none_of_them_is_its_text() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        store.owe(&[draft("MA_A", now), draft("MA_B", now), draft("MA_C", now)], now).await.unwrap();
        let ids: Vec<i64> = store.owed().await.unwrap().iter().map(|head| head.id).collect();
        store.end(&ids[..2], Ended::Delivered(Some(41)), now).await.unwrap();
        store.end(&ids[2..], Ended::Delivered(Some(42)), now).await.unwrap();
        assert!(store.lists_alerts(7, 41).await.unwrap());
        assert!(!store.lists_alerts(7, 42).await.unwrap(), "one alert alone is no list");
        let messages = async |line: AlertLine| store.alert_messages(&line.key(), now).await.unwrap();
        for (subject, known) in [("MA_A", vec![]), ("MA_B", vec![]), ("MA_C", vec![42])] {
            let line = draft(subject, now).alerts.unwrap().remove(0);
            let found: Vec<i32> = messages(line).await.iter().map(|message| message.message).collect();
            assert_eq!(found, known, "{subject}");
        }
    }
}
