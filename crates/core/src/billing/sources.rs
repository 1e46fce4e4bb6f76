//! What a month is closed from, reduced to what counts.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::coverage::Coverage;
use super::period::Period;
use super::words::{Word, Words};
use crate::api::accounts::Account;
use crate::api::cdrs::{CallStatus, Cdr};
use crate::api::dashboard::Report;
use crate::api::numbers::Number;
use crate::api::profile::Profile;
use crate::api::transactions::{Direction, LedgerSummary, Transaction};
use crate::history::{MovementKind, is_booked, is_call};

/// Amounts of this size and more are not taken for money: a sum of them could not be exact.
const TOO_LARGE: i64 = 10_000_000_000_000;
/// The most decimal places of an amount.
const PLACES: u32 = 10;

/// What a month is closed from. Rows of the days around the period belong here too: they explain what crosses its edges, and
/// the rows after it lead from today's wallets back to the balances at its end.
#[derive(Debug, Clone)]
pub struct Sources {
    pub(super) period: Period,
    pub(super) read_at: DateTime<Utc>,
    pub(super) customers: Vec<Customer>,
    pub(super) numbers: Vec<Number>,
    pub(super) calls: Vec<Call>,
    pub(super) entries: Vec<Entry>,
    pub(super) unbooked: u64,
    /// Whether ledgers reach from the end of the period to the reading, so that balances can be led back.
    pub has_balances: bool,
    /// The report over the period.
    pub report: Option<Report>,
    /// The sums that the service sends beside the ledger of the period.
    pub summary: Option<LedgerSummary>,
    /// The partner's own profile.
    pub partner: Option<Profile>,
    /// Balances at the beginning that are known from elsewhere, such as the closing ones of the month before, by customer.
    pub openings: BTreeMap<String, Decimal>,
    /// What was read of each source.
    pub coverage: Vec<Coverage>,
    pub(super) words: Words,
    /// Where customers are in their list.
    places: HashMap<Word, usize>,
}

/// A customer and its wallet, as of the reading.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub(super) auth_id: Word,
    pub(super) name: Option<String>,
    pub(super) gstin: Option<String>,
    pub(super) tds: Option<Decimal>,
    pub(super) currency: Option<Word>,
    /// The wallet when it was read last.
    pub(super) balance: Option<Decimal>,
    /// The wallet when it was read before the ledger.
    pub(super) before: Option<Decimal>,
    pub(super) created_at: Option<DateTime<Utc>>,
}

/// A call, dated by its end, when it is billed.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) uuid: Box<str>,
    pub(super) auth_id: Word,
    pub(super) at: Option<DateTime<Utc>>,
    /// The day of that instant, in the zone of the period.
    pub(super) day: Option<NaiveDate>,
    pub(super) product: Option<Word>,
    pub(super) direction: Option<Word>,
    pub(super) cause: Option<Word>,
    pub(super) currency: Option<Word>,
    pub(super) cost: Option<Decimal>,
    pub(super) seconds: Decimal,
    pub(super) is_answered: bool,
    /// Whether its cost and its length are absent or can be added.
    pub(super) is_clear: bool,
}

/// What a ledger row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// The price of a call, with its uuid where the row names it.
    Call(Option<Box<str>>),
    /// A movement of a known kind, with the number it is the rent of.
    Movement(MovementKind, Option<Box<str>>),
    /// Another debit.
    Other,
    /// It does not say which way the money went.
    Unclear,
}

/// A booked row of a ledger.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: Box<str>,
    pub(super) auth_id: Word,
    pub(super) at: Option<DateTime<Utc>>,
    /// The day of that instant, in the zone of the period.
    pub(super) day: Option<NaiveDate>,
    pub(super) kind: EntryKind,
    pub(super) currency: Option<Word>,
    /// Above zero; which way the money went is known from the kind.
    pub(super) amount: Option<Decimal>,
    pub(super) is_transfer: bool,
}

impl Entry {
    /// What the row added to the wallet. `None` where that is not known.
    pub(super) fn signed(&self) -> Option<Decimal> {
        let amount = self.amount?;
        match self.kind {
            EntryKind::Movement(MovementKind::Recharge | MovementKind::Refund, _) => Some(amount),
            EntryKind::Call(_) | EntryKind::Movement(..) | EntryKind::Other => Some(-amount),
            EntryKind::Unclear => None,
        }
    }
}

impl Sources {
    /// Nothing read yet of a period; `now` is the instant of the reading.
    pub fn new(period: Period, now: DateTime<Utc>) -> Self {
        Self {
            period,
            read_at: now,
            customers: Vec::new(),
            numbers: Vec::new(),
            calls: Vec::new(),
            entries: Vec::new(),
            unbooked: 0,
            has_balances: true,
            report: None,
            summary: None,
            partner: None,
            openings: BTreeMap::new(),
            coverage: Vec::new(),
            words: Words::default(),
            places: HashMap::new(),
        }
    }

    /// The period that is closed.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Adds customers with their wallets as of now. Of a customer that is added again, the wallet of then counts, and what
    /// moved between the two readings has to be in the ledger.
    pub fn add_accounts(&mut self, accounts: &[Account]) {
        for account in accounts {
            let auth_id = self.words.word(&account.auth_id);
            let balance = account.balance.and_then(exact);
            if let Some(known) = self.places.get(&auth_id).and_then(|place| self.customers.get_mut(*place)) {
                known.before = known.balance;
                known.balance = balance;
                continue;
            }
            self.places.insert(auth_id, self.customers.len());
            self.customers.push(Customer {
                auth_id,
                name: account.name.clone(),
                gstin: account.gstin.clone(),
                tds: account.tds_percentage.filter(|_| account.tds_enabled == Some(true)),
                currency: account.currency().map(|currency| self.words.word(currency)),
                balance,
                before: None,
                created_at: account.created_at,
            });
        }
    }

    /// Adds numbers with the fees that they have now.
    pub fn add_numbers(&mut self, numbers: &[Number]) {
        self.numbers.extend_from_slice(numbers);
    }

    /// Adds call records, in any order; of two with one uuid the first counts. One without a currency has that of its customer,
    /// else that of the report, where these are known by then.
    pub fn add_calls(&mut self, calls: &[Cdr]) {
        for call in calls {
            let auth_id = self.words.word(call.account_id.as_deref().unwrap_or_default());
            let currency = self.currency(call.currency.as_deref(), auth_id);
            let mut word = |text: &Option<String>| text.as_deref().map(|text| self.words.word(text));
            let (direction, cause) = (word(&call.call_direction), word(&call.hangup_cause));
            // As reports have it: `sip_trunking`, where call records write `sip-trunking`.
            let product = call.context.as_deref().map(|name| self.words.word(&name.replace('-', "_")));
            let (sent, at) = (call.total_cost.or(call.cost), call.end_time.or(call.start_time));
            let (cost, seconds) = (sent.and_then(exact), call.billsec.and_then(exact));
            self.calls.push(Call {
                uuid: call.uuid.as_str().into(),
                auth_id,
                at,
                day: at.map(|at| self.period.day_of(at)),
                product,
                direction,
                cause,
                currency,
                cost,
                seconds: seconds.unwrap_or_default(),
                is_answered: call.status() == CallStatus::Answered,
                is_clear: cost.is_some() == sent.is_some() && seconds.is_some() == call.billsec.is_some(),
            });
        }
    }

    /// Adds rows of ledgers, in any order; of two with one id the first counts. Currencies are as of call records.
    pub fn add_ledger(&mut self, rows: &[Transaction]) {
        for row in rows {
            if !is_booked(row) {
                self.unbooked += 1;
                continue;
            }
            let reference = row.reference.as_deref().unwrap_or_default();
            let kind = match (MovementKind::of(row), row.direction()) {
                _ if is_call(row) => EntryKind::Call(reference.strip_prefix("cdr:").map(Into::into)),
                (Some(kind), _) => EntryKind::Movement(kind, reference.strip_prefix("did:").map(Into::into)),
                (None, Some(Direction::Debit)) => EntryKind::Other,
                (None, _) => EntryKind::Unclear,
            };
            let is_refund = matches!(kind, EntryKind::Call(_)) && row.direction() == Some(Direction::Credit);
            let auth_id = self.words.word(row.account_id.as_deref().unwrap_or_default());
            let currency = self.currency(row.currency.as_deref(), auth_id);
            let at = row.processed_at.or(row.created_at);
            let entry = Entry {
                id: row.id.as_str().into(),
                auth_id,
                at,
                day: at.map(|at| self.period.day_of(at)),
                // Money given back for a call is a refund, whatever it refers to.
                kind: if is_refund { EntryKind::Movement(MovementKind::Refund, None) } else { kind },
                currency,
                amount: row.amount.map(|amount| amount.abs()).and_then(exact),
                is_transfer: reference.starts_with("ptc:"),
            };
            self.entries.push(entry);
        }
    }

    /// The currency of a row: its own, else that of the customer, else that of the report.
    fn currency(&mut self, sent: Option<&str>, auth_id: Word) -> Option<Word> {
        if let Some(code) = sent {
            return Some(self.words.word(code));
        }
        let own = self.places.get(&auth_id).and_then(|place| self.customers.get(*place)?.currency);
        own.or_else(|| self.report.as_ref()?.currency.as_deref().map(|code| self.words.word(code)))
    }
}

/// The amount, where sums of it are exact.
fn exact(amount: Decimal) -> Option<Decimal> {
    let amount = if amount.scale() > PLACES { amount.normalize() } else { amount };
    (amount.scale() <= PLACES && amount.abs() < Decimal::from(TOO_LARGE)).then_some(amount)
}
