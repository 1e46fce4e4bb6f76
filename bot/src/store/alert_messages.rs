//! The messages in chats about alerts, which change when somebody acts on one of them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Sqlite, Transaction};
use vobiz_core::alert::AlertKey;

use super::row::column;
use super::{AlertLine, Draft, Store};

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

/// Several messages owed were sent as one, or one with another text: the last of them has what was sent, and the others are about
/// no alerts.
pub(super) async fn note_list(
    transaction: &mut Transaction<'static, Sqlite>,
    last: i64,
    others: &[i64],
    sent: &Draft,
) -> Result<()> {
    sqlx::query("UPDATE outbox SET html = $2, alerts = $3, document_name = $4 WHERE id = $1")
        .bind(last)
        .bind(&sent.html)
        .bind(sent.alerts.as_ref().map(serde_json::to_string).transpose()?)
        .bind(sent.document.as_ref().map(|document| document.name.as_str()))
        .execute(&mut **transaction)
        .await?;
    for id in others {
        sqlx::query("UPDATE outbox SET alerts = NULL WHERE id = $1").bind(id).execute(&mut **transaction).await?;
    }
    Ok(())
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

    /// The last message about each of these alerts in each chat. What was owed as several messages and became one when it was sent
    /// is the last of their rows.
    pub(crate) async fn alert_messages(&self, keys: &BTreeSet<AlertKey>, now: DateTime<Utc>) -> Result<Vec<AlertMessage>> {
        let query = "SELECT chat, message, html, alerts FROM outbox
             WHERE alerts IS NOT NULL AND message IS NOT NULL AND edits IS NULL AND failure IS NULL AND ended_at > $1
             AND document_name IS NULL ORDER BY id";
        let since = (now - CHANGED_WITHIN).timestamp_micros();
        let (mut messages, mut last) = (Vec::new(), BTreeMap::new());
        for row in sqlx::query(query).bind(since).fetch_all(&self.pool).await? {
            let alerts: String = column(&row, "outbox", "alerts")?;
            let Ok(lines) = serde_json::from_str::<Vec<AlertLine>>(&alerts) else { continue };
            let about = lines.iter().filter(|line| line.is_firing).map(AlertLine::key).filter(|key| keys.contains(key));
            let about: Vec<AlertKey> = about.collect();
            if about.is_empty() {
                continue;
            }
            let chat: i64 = column(&row, "outbox", "chat")?;
            let Ok(message) = i32::try_from(column::<i64>(&row, "outbox", "message")?) else { continue };
            last.extend(about.into_iter().map(|key| ((chat, key), messages.len())));
            messages.push(AlertMessage { chat, message, html: column(&row, "outbox", "html")?, lines });
        }
        let last: BTreeSet<usize> = last.into_values().collect();
        let messages = messages.into_iter().enumerate().filter(|(place, _)| last.contains(place));
        Ok(messages.map(|(_, message)| message).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Document, Draft, Ended};

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

    async fn about(store: &Store, subject: &str, now: DateTime<Utc>) -> Vec<AlertMessage> {
        let line = draft(subject, now).alerts.unwrap().remove(0);
        store.alert_messages(&BTreeSet::from([line.key()]), now).await.unwrap()
    }

    #[tokio::test]
    async fn several_owed_messages_that_became_one_are_a_list_with_the_text_that_was_sent() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        store.owe(&[draft("MA_A", now), draft("MA_B", now), draft("MA_C", now), draft("MA_D", now)], now).await.unwrap();
        let ids: Vec<i64> = store.owed().await.unwrap().iter().map(|head| head.id).collect();
        let both = [draft("MA_A", now), draft("MA_B", now)].into_iter().flat_map(|one| one.alerts.unwrap()).collect();
        let list = Draft { html: "as of now: both".into(), alerts: Some(both), ..draft("MA_A", now) };
        store.end(&ids[..2], Ended::DeliveredAs(Some(41), &list), now).await.unwrap();
        let late = Draft { html: "as of now: MA_C".into(), ..draft("MA_C", now) };
        store.end(&ids[2..3], Ended::DeliveredAs(Some(42), &late), now).await.unwrap();
        store.end(&ids[3..], Ended::Delivered(Some(43)), now).await.unwrap();
        assert!(store.lists_alerts(7, 41).await.unwrap());
        assert!(!store.lists_alerts(7, 42).await.unwrap(), "one alert alone is no list");
        for (subject, message, html, lines) in [
            ("MA_A", 41, "as of now: both", 2),
            ("MA_B", 41, "as of now: both", 2),
            ("MA_C", 42, "as of now: MA_C", 1),
            ("MA_D", 43, "only MA_D", 1),
        ] {
            let found = about(&store, subject, now).await;
            let found: Vec<_> = found.iter().map(|found| (found.message, found.html.as_str(), found.lines.len())).collect();
            assert_eq!(found, [(message, html, lines)], "{subject}");
        }
    }

    #[tokio::test]
    async fn a_message_about_several_alerts_that_changed_is_found_once_and_one_that_came_as_a_file_never() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        let both: Vec<AlertLine> = ["MA_A", "MA_B"].iter().flat_map(|subject| draft(subject, now).alerts.unwrap()).collect();
        let file = Document { name: "alerts.csv".into(), bytes: vec![1] };
        let list = Draft { alerts: Some(both.clone()), ..draft("MA_A", now) };
        store.owe(&[draft("MA_A", now), list.clone(), draft("MA_C", now)], now).await.unwrap();
        let ids: Vec<i64> = store.owed().await.unwrap().iter().map(|head| head.id).collect();
        for (id, message) in ids.iter().zip([41, 42]) {
            store.end(&[*id], Ended::Delivered(Some(message)), now).await.unwrap();
        }
        store
            .end(&ids[2..], Ended::DeliveredAs(Some(43), &Draft { document: Some(file), ..draft("MA_C", now) }), now)
            .await
            .unwrap();
        let keys = ["MA_A", "MA_B", "MA_C"].iter().flat_map(|subject| draft(subject, now).alerts.unwrap());
        let found = store.alert_messages(&keys.map(|line| line.key()).collect(), now).await.unwrap();
        assert_eq!(found.iter().map(|found| found.message).collect::<Vec<_>>(), [42]);
    }
}
