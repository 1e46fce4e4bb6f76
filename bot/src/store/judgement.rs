//! What polls decided: the state of alerts, what waits for chats, and the messages owed for it.
//!
//! While the database cannot be written, decisions are kept in memory and written with the first one that can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use tokio::sync::watch;
use vobiz_core::alert::{Alert, AlertKey, DataHealth, Deferred, Roster, State, SubjectId, Transition};

use super::row::column;
use super::{Draft, Store, Sweep, history, outbox, set_fact};

/// Why nothing can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// When that was noticed.
    pub(crate) since: DateTime<Utc>,
    /// The database's words.
    pub(crate) why: String,
}

/// Decisions that could not be written.
#[derive(Debug, Default)]
pub(super) struct Unwritten {
    /// The last state that was written.
    before: State,
    waiting: BTreeMap<i64, Deferred>,
    owed: Vec<Draft>,
    /// Each with the time of its decision.
    transitions: Vec<(DateTime<Utc>, Transition)>,
}

impl Store {
    /// The alert state that the last evaluation left.
    pub(crate) async fn alert_state(&self) -> Result<State> {
        let mut state = State {
            data_health: self.fact("data_health").await?.unwrap_or_default(),
            roster: self.fact("roster").await?.unwrap_or_default(),
            polls: self.fact("polls").await?.unwrap_or_default(),
            ..State::default()
        };
        for row in sqlx::query("SELECT rule, subject, state FROM alerts").fetch_all(&self.pool).await? {
            match alert(&row) {
                Ok((key, alert)) => drop(state.alerts.insert(key, alert)),
                // Worse than forgetting one alert, which the next polls fire again, would be not to start.
                Err(error) => {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "an alert in the database cannot be read and is evaluated as a new one"
                    );
                }
            }
        }
        Ok(state)
    }

    /// Records an evaluation: its state, what was read and decided, the messages it owes, and for chats where that changed what
    /// waits; all or nothing. Gives whether it was written.
    ///
    /// What cannot be written is kept and written with the next evaluation, so this does not fail. What was read is not kept:
    /// the history has a gap there.
    pub(crate) async fn record(
        &self,
        before: &State,
        after: &State,
        waiting: &[(i64, Deferred)],
        owed: &[Draft],
        sweep: &Sweep<'_>,
        now: DateTime<Utc>,
    ) -> bool {
        let earlier = self.unwritten().take();
        let mut all = earlier.unwrap_or_else(|| Unwritten { before: before.clone(), ..Unwritten::default() });
        all.waiting.extend(waiting.iter().cloned());
        all.owed.extend_from_slice(owed);
        all.transitions.extend(sweep.transitions.iter().map(|transition| (now, transition.clone())));
        let written = self.write(&all, after, sweep, now).await;
        match self.noted(written) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a poll cannot be written down; the watch goes on from memory");
                *self.unwritten() = Some(all);
                false
            }
        }
    }

    async fn write(&self, all: &Unwritten, after: &State, sweep: &Sweep<'_>, now: DateTime<Utc>) -> Result<()> {
        let Unwritten { before, waiting, owed, transitions } = all;
        let mut wallets = self.wallets.lock().await;
        let mut transaction = self.begin().await?;
        for (key, alert) in &after.alerts {
            if before.alerts.get(key) != Some(alert) {
                sqlx::query("INSERT INTO alerts (rule, subject, state) VALUES ($1, $2, $3) ON CONFLICT (rule, subject) DO UPDATE SET state = excluded.state")
                    .bind(&key.rule)
                    .bind(key.subject.to_string())
                    .bind(alert.to_json())
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        for key in before.alerts.keys().filter(|key| !after.alerts.contains_key(*key)) {
            sqlx::query("DELETE FROM alerts WHERE rule = $1 AND subject = $2")
                .bind(&key.rule)
                .bind(key.subject.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        set_fact::<DataHealth>(&mut transaction, "data_health", &after.data_health).await?;
        set_fact::<Roster>(&mut transaction, "roster", &after.roster).await?;
        set_fact(&mut transaction, "polls", &after.polls).await?;
        set_fact(&mut transaction, "remarked", sweep.remarked).await?;
        for (chat, waiting) in waiting {
            set_fact(&mut transaction, &waiting_fact(*chat), waiting).await?;
        }
        outbox::owe(&mut transaction, owed, now).await?;
        history::write_transitions(&mut transaction, transitions).await?;
        let written = history::write_sweep(&mut transaction, wallets.take(), sweep.observation).await?;
        self.commit(transaction, owed).await?;
        *wallets = Some(written);
        Ok(())
    }

    /// The keys of all oddities that chats were notified of.
    pub(crate) async fn remarked(&self) -> Result<BTreeSet<String>> {
        Ok(self.fact("remarked").await?.unwrap_or_default())
    }

    /// What waits for a chat, by the chat's configured id.
    pub(crate) async fn waiting(&self, chat: i64) -> Result<Deferred> {
        let unwritten = self.unwritten().as_ref().and_then(|unwritten| unwritten.waiting.get(&chat).cloned());
        match unwritten {
            Some(waiting) => Ok(waiting),
            None => Ok(self.fact(&waiting_fact(chat)).await?.unwrap_or_default()),
        }
    }

    /// Forgets what waits for chats other than these, by their configured ids.
    pub(crate) async fn forget_waiting_for_others(&self, configured: &[i64]) -> Result<()> {
        let kept: Vec<String> = configured.iter().map(|chat| waiting_fact(*chat)).collect();
        let mut transaction = self.begin().await?;
        let known: Vec<String> =
            sqlx::query_scalar("SELECT name FROM facts WHERE name LIKE 'waiting %'").fetch_all(&mut *transaction).await?;
        for name in known.iter().filter(|name| !kept.contains(name)) {
            sqlx::query("DELETE FROM facts WHERE name = $1").bind(name).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// How many messages to a chat could not be written down.
    pub(crate) fn held_back(&self, chat: i64) -> usize {
        self.unwritten().as_ref().map_or(0, |unwritten| unwritten.owed.iter().filter(|draft| draft.chat == chat).count())
    }

    /// Why nothing can be written, while nothing can.
    pub(crate) fn watch_trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.subscribe()
    }

    /// Takes note whether the database could be used.
    pub(crate) fn noted<T>(&self, outcome: Result<T>) -> Result<T> {
        self.trouble.send_if_modified(|known| match (&outcome, &known) {
            (Err(error), None) => {
                *known = Some(Trouble { since: Utc::now(), why: error.root_cause().to_string() });
                true
            }
            (Ok(_), Some(_)) => {
                *known = None;
                true
            }
            _ => false,
        });
        outcome
    }

    fn unwritten(&self) -> MutexGuard<'_, Option<Unwritten>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn alert(row: &SqliteRow) -> Result<(AlertKey, Alert)> {
    let (rule, subject): (String, String) = (column(row, "alerts", "rule")?, column(row, "alerts", "subject")?);
    let alert = Alert::from_json(column(row, "alerts", "state")?).with_context(|| format!("alerts, {rule} of {subject}"))?;
    Ok((AlertKey::new(rule, SubjectId::from(subject)), alert))
}

fn waiting_fact(chat: i64) -> String {
    format!("waiting {chat}")
}

#[cfg(test)]
mod tests {
    use vobiz_core::alert::Observation;

    use super::*;

    fn state(polls: u64) -> State {
        State { polls: serde_json::from_value(serde_json::json!(polls)).unwrap(), ..State::default() }
    }

    fn draft(html: &str) -> Draft {
        Draft { chat: 7, html: html.to_owned(), ..Draft::default() }
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_kept_and_written_with_the_next_poll() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let (now, mut trouble) = (Utc::now(), store.watch_trouble());
        let observation = Observation::complete(now, Vec::new());
        let sweep = Sweep { observation: &observation, transitions: &[], remarked: &BTreeSet::from(["odd".to_owned()]) };
        sqlx::query("PRAGMA query_only = ON").execute(&store.pool).await.unwrap();
        store.record(&state(0), &state(1), &[], &[draft("first")], &sweep, now).await;
        let why = trouble.borrow_and_update().clone().unwrap().why;
        assert!(why.contains("readonly"), "{why}");
        store.record(&state(1), &state(2), &[], &[draft("second")], &sweep, now).await;
        assert_eq!(store.held_back(7), 2);
        assert_eq!(store.alert_state().await.unwrap(), state(0));

        sqlx::query("PRAGMA query_only = OFF").execute(&store.pool).await.unwrap();
        store.record(&state(2), &state(3), &[], &[draft("third")], &sweep, now).await;
        assert_eq!((store.held_back(7), trouble.borrow_and_update().clone()), (0, None));
        assert_eq!(store.alert_state().await.unwrap(), state(3));
        assert_eq!(store.remarked().await.unwrap(), BTreeSet::from(["odd".to_owned()]));
        assert_eq!(store.owed().await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn what_waits_for_a_chat_that_was_taken_out_is_forgotten() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let observation = Observation::complete(Utc::now(), Vec::new());
        let waits: Deferred = serde_json::from_value(serde_json::json!({"notified_all_at": Utc::now()})).unwrap();
        let sweep = Sweep { observation: &observation, transitions: &[], remarked: &BTreeSet::new() };
        let waiting = [7, -7].map(|chat| (chat, waits.clone()));
        assert!(store.record(&state(0), &state(1), &waiting, &[], &sweep, Utc::now()).await);
        store.forget_waiting_for_others(&[-7]).await.unwrap();
        assert_eq!((store.waiting(7).await.unwrap(), store.waiting(-7).await.unwrap()), (Deferred::default(), waits));
        assert_eq!(store.alert_state().await.unwrap(), state(1), "other facts stay");
    }

    #[tokio::test]
    async fn an_alert_of_another_type_is_dropped_and_the_others_stay() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        sqlx::query("INSERT INTO alerts VALUES ('low', 'MA_X', x'ff'), (x'ff', 'MA_Y', '{}')")
            .execute(&store.pool)
            .await
            .unwrap();
        assert!(store.alert_state().await.unwrap().alerts.is_empty());
    }
}
