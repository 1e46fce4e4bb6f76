//! The history of wallets: changes of balances, the sweeps that took place, and what was decided.
//!
//! A sweep is written in the transaction of the poll's state. A poll that read nothing leaves no sweep, which is the mark of a
//! gap. Old samples are thinned day by day.

mod decided;
mod read;
mod sweeps;
#[cfg(test)]
mod tests;
mod thin;
mod totals;
mod wallet;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};
use vobiz_core::alert::{Change, Observation, Subject, Transition};
use vobiz_core::history::Wallet;

pub(crate) use decided::Decided;
pub(crate) use wallet::Past;

/// Rows of one statement. Every row has eight values at most, and a statement takes 32,766 of them.
const ROWS: usize = 1000;

/// What a poll adds to the history.
pub(crate) struct Sweep<'a> {
    /// What was read.
    pub(crate) observation: &'a Observation,
    /// What was decided on it.
    pub(crate) transitions: &'a [Transition],
    /// The keys of all oddities that were reported.
    pub(crate) remarked: &'a BTreeSet<String>,
}

/// Every wallet as it is in the database, by its id.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Wallets(HashMap<String, Row>);

/// A row of the table of wallets.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    id: i64,
    wallet: Wallet,
    /// What it read last; `None` until it was read once.
    balance: Option<Decimal>,
}

impl Wallets {
    async fn load(transaction: &mut Transaction<'static, Sqlite>) -> Result<Self> {
        let rows = sqlx::query("SELECT id, auth_id, name, prepaid, active, auto_recharge, currency, balance FROM wallets")
            .fetch_all(&mut **transaction)
            .await?;
        let rows = rows.iter().map(|row| {
            let row = Row { id: row.try_get(0)?, wallet: read::wallet(row, 1)?, balance: read::amount(row, 7)? };
            Ok((row.wallet.auth_id.clone(), row))
        });
        rows.collect::<Result<_>>().map(Self).context("the table of wallets holds something that this program did not write")
    }

    /// The samples of a sweep by wallet, and the rows of wallets that changed.
    fn compare(&self, observation: &Observation) -> (BTreeMap<i64, Option<Decimal>>, Vec<Row>) {
        let (mut samples, mut changed) = (BTreeMap::new(), Vec::new());
        let mut next = 1 + self.0.values().map(|row| row.id).max().unwrap_or_default();
        let mut listed = 0;
        for subject in observation.once().iter() {
            let Some(auth_id) = subject.customer() else { continue };
            let known = self.0.get(auth_id);
            listed += usize::from(known.is_some());
            let id = known.map_or(next, |row| row.id);
            next = next.max(id + 1);
            let before = known.and_then(|row| row.balance);
            if known.is_none() || subject.balance.is_none() || subject.balance != before {
                samples.insert(id, subject.balance);
            }
            let row = Row { id, wallet: wallet(auth_id, subject), balance: subject.balance.or(before) };
            if known != Some(&row) {
                changed.push(row);
            }
        }
        if observation.listing.cut.is_some() && listed < self.0.len() {
            // Of those beyond the end of a list that was cut short nothing was read.
            let seen: HashSet<&str> = observation.customers.iter().filter_map(Subject::customer).collect();
            let unseen = self.0.iter().filter(|(auth_id, _)| !seen.contains(auth_id.as_str()));
            samples.extend(unseen.map(|(_, row)| (row.id, None)));
        }
        (samples, changed)
    }
}

fn wallet(auth_id: &str, subject: &Subject) -> Wallet {
    let is_code = |code: &&str| code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    Wallet {
        auth_id: auth_id.to_owned(),
        name: subject.name.clone(),
        is_prepaid: subject.is_prepaid,
        is_active: subject.is_active,
        auto_recharge: subject.auto_recharge,
        currency: subject.currency.as_deref().filter(is_code).map(str::to_owned),
    }
}

/// Writes a sweep and gives the wallets as they are after it. `known` are those before it; without them they are read.
pub(super) async fn write_sweep(
    transaction: &mut Transaction<'static, Sqlite>,
    known: Option<Wallets>,
    observation: &Observation,
) -> Result<Wallets> {
    let mut wallets = match known {
        Some(wallets) => wallets,
        None => Wallets::load(transaction).await?,
    };
    if observation.listing.cut.is_some() && observation.customers.is_empty() {
        return Ok(wallets);
    }
    let poll: i64 = sqlx::query_scalar("INSERT INTO polls (at) VALUES ($1) RETURNING id")
        .bind(observation.at.timestamp_micros())
        .fetch_one(&mut **transaction)
        .await?;
    let (samples, changed) = wallets.compare(observation);
    write_samples(transaction, samples.into_iter().map(|(wallet, balance)| (poll, wallet, balance))).await?;
    for rows in changed.chunks(ROWS) {
        let mut insert =
            QueryBuilder::new("INSERT INTO wallets (id, auth_id, name, prepaid, active, auto_recharge, currency, balance) ");
        insert.push_values(rows, |mut values, Row { id, wallet, balance }| {
            values.push_bind(id).push_bind(&wallet.auth_id).push_bind(&wallet.name).push_bind(wallet.is_prepaid);
            values.push_bind(wallet.is_active).push_bind(wallet.auto_recharge).push_bind(&wallet.currency);
            values.push_bind(balance.map(|balance| balance.to_string()));
        });
        insert.push(
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, prepaid = excluded.prepaid, active = excluded.active,
             auto_recharge = excluded.auto_recharge, currency = excluded.currency, balance = excluded.balance",
        );
        insert.build().execute(&mut **transaction).await?;
    }
    wallets.0.extend(changed.into_iter().map(|row| (row.wallet.auth_id.clone(), row)));
    totals::write(transaction, poll, observation, &wallets).await?;
    Ok(wallets)
}

/// Writes samples: the sweep, the wallet, and what it read.
async fn write_samples(
    transaction: &mut Transaction<'static, Sqlite>,
    samples: impl Iterator<Item = (i64, i64, Option<Decimal>)>,
) -> Result<()> {
    let samples: Vec<_> = samples.collect();
    for rows in samples.chunks(ROWS) {
        let mut insert = QueryBuilder::new("INSERT INTO samples (poll, wallet, balance) ");
        insert.push_values(rows, |mut values, (poll, wallet, balance)| {
            values.push_bind(poll).push_bind(wallet).push_bind(balance.map(|balance| balance.to_string()));
        });
        insert.build().execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Writes what was decided, each with the time of its decision. Reminders are no decisions.
pub(super) async fn write_transitions(
    transaction: &mut Transaction<'static, Sqlite>,
    transitions: &[(DateTime<Utc>, Transition)],
) -> Result<()> {
    let is_reminder = |transition: &Transition| matches!(transition.change, Change::Repeat | Change::Unchanged);
    for (at, transition) in transitions.iter().filter(|(_, transition)| !is_reminder(transition)) {
        sqlx::query(
            "INSERT INTO transitions (at, rule, subject, change, severity, value, level, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(at.timestamp_micros())
        .bind(&transition.rule)
        .bind(transition.subject.id.to_string())
        .bind(format!("{:?}", transition.change).to_lowercase())
        .bind(transition.severity.name())
        .bind(transition.value.to_string())
        .bind(transition.level.to_string())
        .bind(transition.reason())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
