//! Writing a history to its files.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use csv::Writer;

use super::History;
use super::read::{ACCOUNT_COLUMNS, ACCOUNTS, LEDGER, LEDGER_COLUMNS, POLL_COLUMNS, POLLS, SAMPLE_COLUMNS, SAMPLES};

impl History {
    /// Writes the files that [`History::read`] reads; `create` is asked for each by name, and may pack what is written.
    /// Samples and movements of wallets that the history does not have are left out.
    ///
    /// # Errors
    ///
    /// What `create` or its files say.
    pub fn write<'a>(&self, create: &mut dyn FnMut(&str) -> io::Result<Box<dyn Write + 'a>>) -> io::Result<()> {
        let mut accounts = file(create(ACCOUNTS)?, ACCOUNT_COLUMNS)?;
        for wallet in &self.wallets {
            accounts.write_record([
                wallet.auth_id.as_str(),
                wallet.name.as_deref().unwrap_or_default(),
                if wallet.is_prepaid { "prepaid" } else { "postpaid" },
                flag(wallet.is_active),
                flag(wallet.auto_recharge),
                wallet.currency.as_deref().unwrap_or_default(),
            ])?;
        }
        accounts.flush()?;

        let mut polls = file(create(POLLS)?, POLL_COLUMNS)?;
        for at in &self.polls {
            polls.write_record([instant(*at)])?;
        }
        polls.flush()?;

        let mut samples = file(create(SAMPLES)?, SAMPLE_COLUMNS)?;
        for sample in &self.samples {
            let Some(id) = self.id(sample.wallet) else { continue };
            let balance = sample.balance.map(|balance| balance.to_string()).unwrap_or_default();
            samples.write_record([&instant(sample.at), id, &balance])?;
        }
        samples.flush()?;

        let mut ledger = file(create(LEDGER)?, LEDGER_COLUMNS)?;
        for movement in &self.ledger {
            let Some(id) = self.id(movement.wallet) else { continue };
            ledger.write_record([&instant(movement.at), id, movement.kind.name(), &movement.amount.to_string()])?;
        }
        ledger.flush()
    }

    fn id(&self, wallet: u32) -> Option<&str> {
        self.wallets.get(wallet as usize).map(|wallet| wallet.auth_id.as_str())
    }
}

fn file<'a, const N: usize>(to: Box<dyn Write + 'a>, columns: [&str; N]) -> io::Result<Writer<Box<dyn Write + 'a>>> {
    let mut csv = Writer::from_writer(to);
    csv.write_record(columns)?;
    Ok(csv)
}

fn flag(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
