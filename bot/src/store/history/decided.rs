//! What was decided: the changes of alerts, read again.

use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::read::instant;
use crate::store::Store;

/// Most rows of one look.
const MOST: i64 = 100_000;

/// A change of an alert, with the numbers it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) at: DateTime<Utc>,
    pub(crate) rule: String,
    /// The customer's id, or the name of another subject.
    pub(crate) subject: String,
    /// The customer's name as it is now, where there is one.
    pub(crate) name: Option<String>,
    /// `fire`, `escalate`, `empty`, `fall`, `resolve`, …
    pub(crate) change: String,
    pub(crate) severity: String,
    pub(crate) value: Decimal,
    pub(crate) level: Decimal,
    pub(crate) reason: String,
}

impl Decided {
    /// Whether it made an alert fire, or worse.
    pub(crate) fn is_worse(&self) -> bool {
        matches!(self.change.as_str(), "fire" | "escalate" | "empty")
    }
}

impl Store {
    /// How the last alert of a subject ended, of this rule where one is named.
    pub(crate) async fn last_end(&self, subject: &str, rule: Option<&str>) -> Result<Option<Decided>> {
        let row = sqlx::query(
            "SELECT transitions.at, transitions.rule, transitions.subject, wallets.name, transitions.change,
             transitions.severity, transitions.value, transitions.level, transitions.reason
             FROM transitions LEFT JOIN wallets ON wallets.auth_id = transitions.subject
             WHERE transitions.subject = $1 AND ($2 IS NULL OR transitions.rule = $2 COLLATE NOCASE)
             AND transitions.change IN ('resolve', 'gone', 'unwatched', 'superseded') ORDER BY transitions.id DESC LIMIT 1",
        )
        .bind(subject)
        .bind(rule)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(decided).transpose()
    }

    /// What was decided from an instant to another, the latest first.
    pub(crate) async fn decided(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Decided>> {
        let rows = sqlx::query(
            "SELECT transitions.at, transitions.rule, transitions.subject, wallets.name, transitions.change,
             transitions.severity, transitions.value, transitions.level, transitions.reason
             FROM transitions LEFT JOIN wallets ON wallets.auth_id = transitions.subject
             WHERE transitions.at >= $1 AND transitions.at <= $2 ORDER BY transitions.id DESC LIMIT $3",
        )
        .bind(from.timestamp_micros())
        .bind(to.timestamp_micros())
        .bind(MOST)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(decided).collect()
    }
}

fn decided(row: &SqliteRow) -> Result<Decided> {
    let number = |column: usize| -> Result<Decimal> {
        Decimal::from_str(row.try_get(column)?).context("a value of an alert is not a decimal number")
    };
    Ok(Decided {
        at: instant(row.try_get(0)?)?,
        rule: row.try_get(1)?,
        subject: row.try_get(2)?,
        name: row.try_get(3)?,
        change: row.try_get(4)?,
        severity: row.try_get(5)?,
        value: number(6)?,
        level: number(7)?,
        reason: row.try_get(8)?,
    })
}
