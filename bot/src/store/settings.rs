//! What people change from the chat, and the record of it: a change and its row in the audit log are written together.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Sqlite, Transaction};

use super::Store;
use super::row::column;
use crate::people::Person;

/// Rows of the audit log that one look gives.
const MOST_ENTRIES: i64 = 500;
/// How long the audit log is kept.
const KEPT: TimeDelta = TimeDelta::days(400);

/// Something that was set from the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) name: String,
    pub(crate) value: T,
    /// Who set it, and when.
    pub(crate) by: Person,
    pub(crate) at: DateTime<Utc>,
}

/// A change that somebody makes.
#[derive(Debug, Clone)]
pub(crate) struct Change<'a> {
    pub(crate) by: &'a Person,
    pub(crate) chat: i64,
    /// What is done, in a word or two: `take`, `snooze`, `role`.
    pub(crate) action: &'a str,
    /// Whom or what it is done to: a customer's id, a person's, a chat's.
    pub(crate) subject: &'a str,
    /// What was before and what is after, in words.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: Person,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Store {
    /// What was set of a kind. A row that cannot be read is left out.
    pub(crate) async fn settings<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<Setting<T>>> {
        let query = sqlx::query("SELECT * FROM settings WHERE kind = $1 ORDER BY name").bind(kind);
        let rows = query.fetch_all(&self.pool).await?;
        let unreadable = |error: &anyhow::Error| {
            tracing::warn!(kind, error = format!("{error:#}"), "a setting cannot be read and is left out");
        };
        Ok(rows.iter().filter_map(|row| setting(row).inspect_err(unreadable).ok()).collect())
    }

    /// Sets something, or takes it back where there is no value, and records who did.
    pub(crate) async fn change<T: Serialize>(
        &self,
        (kind, name): (&str, &str),
        value: Option<&T>,
        change: &Change<'_>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        set(&mut transaction, (kind, name), value, change.by, now).await?;
        audit(&mut transaction, change, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Records that somebody did something that changes no setting.
    pub(crate) async fn record_act(&self, change: &Change<'_>, now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        audit(&mut transaction, change, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes back settings that ended by themselves. One that was set anew meanwhile stays.
    pub(crate) async fn end_settings<T: Sync>(&self, kind: &str, ended: &[Setting<T>]) -> Result<()> {
        for setting in ended {
            sqlx::query("DELETE FROM settings WHERE kind = $1 AND name = $2 AND changed_at = $3")
                .bind(kind)
                .bind(&setting.name)
                .bind(setting.at.timestamp_micros())
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// What was changed since then, the latest first.
    pub(crate) async fn audit_since(&self, since: DateTime<Utc>) -> Result<Vec<Entry>> {
        let query = sqlx::query("SELECT * FROM audit WHERE at >= $1 ORDER BY id DESC LIMIT $2");
        let rows = query.bind(since.timestamp_micros()).bind(MOST_ENTRIES).fetch_all(&self.pool).await?;
        rows.iter().map(entry).collect()
    }
}

pub(super) async fn set<T: Serialize>(
    transaction: &mut Transaction<'static, Sqlite>,
    (kind, name): (&str, &str),
    value: Option<&T>,
    by: &Person,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("DELETE FROM settings WHERE kind = $1 AND name = $2").bind(kind).bind(name).execute(&mut **transaction).await?;
    let Some(value) = value else { return Ok(()) };
    sqlx::query("INSERT INTO settings (kind, name, value, changed_at, person, person_name) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(kind)
        .bind(name)
        .bind(serde_json::to_string(value)?)
        .bind(now.timestamp_micros())
        .bind(by.id)
        .bind(&by.name)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(super) async fn audit(transaction: &mut Transaction<'static, Sqlite>, change: &Change<'_>, now: DateTime<Utc>) -> Result<()> {
    let Change { by, chat, action, subject, before, after } = change;
    sqlx::query("DELETE FROM audit WHERE at < $1").bind((now - KEPT).timestamp_micros()).execute(&mut **transaction).await?;
    sqlx::query(
        "INSERT INTO audit (at, person, person_name, chat, action, subject, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(now.timestamp_micros())
    .bind(by.id)
    .bind(&by.name)
    .bind(chat)
    .bind(action)
    .bind(subject)
    .bind(before)
    .bind(after)
    .execute(&mut **transaction)
    .await?;
    tracing::info!(person = by.id, chat, action, subject, "changed from the chat");
    Ok(())
}

fn setting<T: DeserializeOwned>(row: &SqliteRow) -> Result<Setting<T>> {
    let (value, at): (String, i64) = (column(row, "settings", "value")?, column(row, "settings", "changed_at")?);
    let by = Person { id: column(row, "settings", "person")?, name: column(row, "settings", "person_name")? };
    let at = DateTime::from_timestamp_micros(at).unwrap_or_default();
    Ok(Setting { name: column(row, "settings", "name")?, value: serde_json::from_str(&value)?, by, at })
}

fn entry(row: &SqliteRow) -> Result<Entry> {
    let at: i64 = column(row, "audit", "at")?;
    Ok(Entry {
        at: DateTime::from_timestamp_micros(at).unwrap_or_default(),
        by: Person { id: column(row, "audit", "person")?, name: column(row, "audit", "person_name")? },
        action: column(row, "audit", "action")?,
        subject: column(row, "audit", "subject")?,
        before: column(row, "audit", "before")?,
        after: column(row, "audit", "after")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_and_its_record_are_written_together() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let (now, by) = (DateTime::from_timestamp(1_780_000_000, 0).unwrap(), Person { id: 7, name: "Asha".into() });
        let change = |before: Option<&str>, after: Option<&str>| Change {
            by: &by,
            chat: -5,
            action: "quiet hours",
            subject: "-5",
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        store.change(("quiet", "-5"), Some(&"22:00-07:00"), &change(None, Some("22:00-07:00")), now).await.unwrap();
        let set = store.settings::<String>("quiet").await.unwrap().remove(0);
        assert_eq!((set.value.as_str(), &set.by, set.at), ("22:00-07:00", &by, now));
        store.end_settings("quiet", &[Setting { at: now + TimeDelta::seconds(1), ..set.clone() }]).await.unwrap();
        assert_eq!(store.settings::<String>("quiet").await.unwrap().len(), 1, "another change than the one that ended");
        store.change::<String>(("quiet", "-5"), None, &change(Some("22:00-07:00"), None), now).await.unwrap();
        assert_eq!(store.settings::<String>("quiet").await.unwrap(), []);
        let entries = store.audit_since(now).await.unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].before.as_deref(), entries[0].after.as_deref()), (Some("22:00-07:00"), None));
        assert_eq!(store.audit_since(now + TimeDelta::seconds(1)).await.unwrap(), []);
    }
}
