//! Reading a history from its files.

use std::collections::HashMap;
use std::io::{self, Read};

use chrono::{DateTime, Utc};

use super::error::HistoryError;
use super::table::{Cell, Table};
use super::{History, Movement, MovementKind, Sample, Wallet};

/// Opens the file of that name; `None` where there is none.
pub type Open<'a> = dyn FnMut(&str) -> io::Result<Option<Box<dyn Read + 'a>>> + 'a;

pub(super) const ACCOUNTS: &str = "accounts.csv";
pub(super) const POLLS: &str = "polls.csv";
pub(super) const SAMPLES: &str = "samples.csv";
pub(super) const LEDGER: &str = "ledger.csv";

pub(super) const ACCOUNT_COLUMNS: [&str; 6] = ["auth_id", "name", "billing_mode", "active", "auto_recharge", "currency"];
pub(super) const POLL_COLUMNS: [&str; 1] = ["at"];
pub(super) const SAMPLE_COLUMNS: [&str; 3] = ["at", "auth_id", "balance"];
pub(super) const LEDGER_COLUMNS: [&str; 4] = ["at", "auth_id", "type", "amount"];

impl History {
    /// Reads the files of a history; `open` is asked for each by name, and may unpack what it opens.
    ///
    /// | file | columns |
    /// | --- | --- |
    /// | `accounts.csv` | `auth_id, name, billing_mode, active, auto_recharge, currency` |
    /// | `polls.csv` | `at`: each sweep that took place |
    /// | `samples.csv` | `at, auth_id, balance`: changes only; an empty balance was not read in that sweep |
    /// | `ledger.csv`, may be missing | `at, auth_id, type, amount`: `recharge`, `refund`, `rental`, `fixed`, fees below zero |
    ///
    /// Columns are found by name, in any order, among others. Instants are ISO 8601, amounts text without grouping.
    /// Rows may come in any order and more than once: [`History::sort`] says what counts.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] with file, line, column and what was expected there.
    pub fn read(open: &mut Open<'_>) -> Result<Self, HistoryError> {
        let mut history = Self::default();
        let places = history.read_accounts(Table::open(ACCOUNTS, ACCOUNT_COLUMNS, needed(open, ACCOUNTS)?)?)?;
        history.read_polls(Table::open(POLLS, POLL_COLUMNS, needed(open, POLLS)?)?)?;
        history.read_samples(Table::open(SAMPLES, SAMPLE_COLUMNS, needed(open, SAMPLES)?)?, &places)?;
        if let Some(file) = opened(open, LEDGER)? {
            history.read_ledger(Table::open(LEDGER, LEDGER_COLUMNS, file)?, &places)?;
        }
        history.sort();
        Ok(history)
    }

    fn read_accounts(&mut self, mut table: Table<'_, 6>) -> Result<Places, HistoryError> {
        let mut places = Places::default();
        while let Some([id, name, mode, active, auto_recharge, currency]) = table.next()? {
            let auth_id = id.word()?;
            if auth_id.is_empty() {
                return Err(id.wrong("expected the customer's id"));
            }
            let is_prepaid = match mode.word()? {
                word if word.eq_ignore_ascii_case("prepaid") => true,
                word if word.eq_ignore_ascii_case("postpaid") => false,
                _ => return Err(mode.wrong("expected prepaid or postpaid")),
            };
            let code = currency.word()?;
            if !matches!(code.len(), 0 | 3) || !code.bytes().all(|letter| letter.is_ascii_uppercase()) {
                return Err(currency.wrong("expected a currency's three letters, such as INR, or nothing"));
            }
            let wallet = Wallet {
                auth_id: auth_id.to_owned(),
                name: (!name.is_empty()).then(|| name.text().map(str::to_owned)).transpose()?,
                is_prepaid,
                is_active: active.flag()?,
                auto_recharge: auto_recharge.flag()?,
                currency: (!code.is_empty()).then(|| code.to_owned()),
            };
            match places.0.get(auth_id.as_bytes()).and_then(|place| self.wallets.get_mut(*place as usize)) {
                Some(before) if before.currency != wallet.currency => {
                    return Err(currency.wrong("another currency than this wallet has in a line before"));
                }
                Some(before) => *before = wallet,
                None => {
                    let place = u32::try_from(self.wallets.len()).map_err(|_| id.wrong("more wallets than can be counted"))?;
                    places.0.insert(auth_id.as_bytes().into(), place);
                    self.wallets.push(wallet);
                }
            }
        }
        Ok(places)
    }

    fn read_polls(&mut self, mut table: Table<'_, 1>) -> Result<(), HistoryError> {
        while let Some([at]) = table.next()? {
            self.polls.push(at.instant()?);
        }
        Ok(())
    }

    fn read_samples(&mut self, mut table: Table<'_, 3>, places: &Places) -> Result<(), HistoryError> {
        let mut instants = Instants::default();
        while let Some([at, id, balance]) = table.next()? {
            self.samples.push(Sample {
                at: instants.read(at)?,
                wallet: places.find(id)?,
                balance: (!balance.is_empty()).then(|| balance.amount()).transpose()?,
            });
        }
        Ok(())
    }

    fn read_ledger(&mut self, mut table: Table<'_, 4>, places: &Places) -> Result<(), HistoryError> {
        while let Some([at, id, kind, amount]) = table.next()? {
            self.ledger.push(Movement {
                at: at.instant()?,
                wallet: places.find(id)?,
                kind: MovementKind::parse(kind.word()?)
                    .ok_or_else(|| kind.wrong("expected recharge, refund, rental or fixed"))?,
                amount: amount.amount()?,
            });
        }
        Ok(())
    }
}

fn opened<'a>(open: &mut Open<'a>, file: &'static str) -> Result<Option<Box<dyn Read + 'a>>, HistoryError> {
    open(file).map_err(|error| HistoryError::unreadable(file, error))
}

fn needed<'a>(open: &mut Open<'a>, file: &'static str) -> Result<Box<dyn Read + 'a>, HistoryError> {
    opened(open, file)?.ok_or_else(|| HistoryError::of_file(file, "there is no such file, and a history needs it"))
}

/// The place of each wallet.
#[derive(Default)]
struct Places(HashMap<Box<[u8]>, u32>);

impl Places {
    fn find(&self, id: Cell<'_>) -> Result<u32, HistoryError> {
        let known = self.0.get(id.bytes).or_else(|| self.0.get(id.bytes.trim_ascii()));
        known.copied().ok_or_else(|| id.wrong("no wallet of accounts.csv has this id"))
    }
}

/// Many rows of samples share an instant: it is read once.
#[derive(Default)]
struct Instants {
    text: Vec<u8>,
    at: DateTime<Utc>,
}

impl Instants {
    fn read(&mut self, cell: Cell<'_>) -> Result<DateTime<Utc>, HistoryError> {
        if self.text.is_empty() || self.text != cell.bytes {
            self.at = cell.instant()?;
            self.text.clear();
            self.text.extend_from_slice(cell.bytes);
        }
        Ok(self.at)
    }
}
