//! One-time codes: each is good for ten minutes and for one person, and makes its chat one that the bot serves.

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::row::column;
use super::settings::{audit, set};
use super::{Change, Store};
use crate::people::{CHAT, PERSON, Person, Role};

/// How long a code can be used.
const VALID: TimeDelta = TimeDelta::minutes(10);
/// Letters and digits that nobody mistakes for each other.
const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Signs of a code: sixty bits.
const LENGTH: usize = 12;

/// Whether a word may be a code.
pub(crate) fn is_code(word: &str) -> bool {
    plain(word).len() == LENGTH
}

/// Without the dashes, in capitals.
fn plain(word: &str) -> String {
    word.chars().filter(|sign| *sign != '-').map(|sign| sign.to_ascii_uppercase()).collect()
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(plain(code)).into()
}

impl Store {
    /// A new code for a role, `ABCD-EFGH-JKLM`.
    pub(crate) async fn new_code(&self, role: Role, now: DateTime<Utc>) -> Result<String> {
        let mut random = [0_u8; LENGTH];
        getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
        let signs: Vec<u8> = random.iter().filter_map(|byte| SIGNS.get(usize::from(byte % 32)).copied()).collect();
        let code = signs.chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
        sqlx::query("INSERT INTO codes (hash, role, expires_at) VALUES ($1, $2, $3)")
            .bind(hash(&code).as_slice())
            .bind(role.name())
            .bind((now + VALID).timestamp_micros())
            .execute(&self.pool)
            .await
            .context("the code cannot be written into the database")?;
        Ok(code)
    }

    /// Uses a code up: gives the person its role, or leaves them a higher one, and serves the chat. `None` where the code is
    /// not valid. The code, the role, the chat and their record change together.
    pub(crate) async fn pair(
        &self,
        code: &str,
        person: &Person,
        had: Option<Role>,
        (chat, is_new): (i64, bool),
        now: DateTime<Utc>,
    ) -> Result<Option<Role>> {
        let (wanted, now_micros) = (hash(code), now.timestamp_micros());
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM codes WHERE expires_at <= $1").bind(now_micros).execute(&mut *transaction).await?;
        let mut found: Option<([u8; 32], Role)> = None;
        for row in sqlx::query("SELECT hash, role FROM codes").fetch_all(&mut *transaction).await? {
            let (known, role): (Vec<u8>, String) = (column(&row, "codes", "hash")?, column(&row, "codes", "role")?);
            // All are compared, each in the same time, so that nothing is learned from how long that takes.
            if bool::from(known.as_slice().ct_eq(wanted.as_slice())) {
                found = role.parse().ok().map(|role| (wanted, role));
            }
        }
        let Some((used, role)) = found else {
            transaction.commit().await?;
            return Ok(None);
        };
        sqlx::query("DELETE FROM codes WHERE hash = $1").bind(used.as_slice()).execute(&mut *transaction).await?;
        let role = had.map_or(role, |had| had.max(role));
        let subject = person.id.to_string();
        if had != Some(role) {
            set(&mut transaction, (PERSON, &subject), Some(&(person.name.clone(), role)), person, now).await?;
        }
        let change = |action: &'static str, subject, before: Option<String>, after| Change {
            by: person,
            chat,
            action,
            subject,
            before,
            after: Some(after),
        };
        let before = had.map(|had| had.to_string());
        audit(&mut transaction, &change("role by code", &subject, before, role.to_string()), now).await?;
        if is_new {
            let subject = chat.to_string();
            set(&mut transaction, (CHAT, &subject), Some(&true), person, now).await?;
            audit(&mut transaction, &change("pair chat", &subject, None, "served".to_owned()), now).await?;
        }
        transaction.commit().await?;
        Ok(Some(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_code_works_once_and_for_ten_minutes() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let (now, asha) = (DateTime::from_timestamp(1_780_000_000, 0).unwrap(), Person { id: 7, name: "Asha".into() });
        let used = |code: String, had, at| {
            let (store, asha) = (store.clone(), asha.clone());
            async move { store.pair(&code, &asha, had, (-5, true), at).await.unwrap() }
        };
        let code = store.new_code(Role::Operator, now).await.unwrap();
        assert!(is_code(&code) && is_code(&code.to_lowercase()) && !is_code("hello"), "{code}");
        assert_eq!(used("ABCD-EFGH-JKLM".into(), None, now).await, None, "made up");
        assert_eq!(used(code.to_lowercase(), None, now).await, Some(Role::Operator));
        assert_eq!(used(code, None, now).await, None, "used already");
        assert_eq!(store.settings::<(String, Role)>(PERSON).await.unwrap()[0].value, ("Asha".to_owned(), Role::Operator));
        assert_eq!(store.settings::<bool>(CHAT).await.unwrap()[0].name, "-5");
        assert_eq!(store.audit_since(now).await.unwrap().len(), 2);

        let late = store.new_code(Role::Admin, now).await.unwrap();
        assert_eq!(used(late, None, now + VALID).await, None, "too old");
        let lower = store.new_code(Role::Viewer, now).await.unwrap();
        assert_eq!(used(lower, Some(Role::Admin), now).await, Some(Role::Admin), "nobody loses a role to a code");
    }
}
