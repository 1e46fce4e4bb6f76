//! The wallet of each customer over the period: opening balance, movements, closing balance.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::coverage::Source;
use super::difference::{Check, Difference, Reason};
use super::exact::{TooLarge, add, less, sum};
use super::line::Item;
use super::sources::{Customer, Entry, Sources};
use super::words::Word;

/// The wallet of a customer over the period, in one currency. Amounts are above zero whichever way the money went:
/// `opening + top_ups + refunds − usage − rentals − fixed − other = closing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name; `None` where the customer is not listed any more.
    pub name: Option<String>,
    /// Goods and services tax number.
    pub gstin: Option<String>,
    /// Percent of tax that is deducted at source, where the customer's profile has it enabled.
    pub tds: Option<Decimal>,
    /// Currency of every amount.
    pub currency: Option<String>,
    /// Balance at the beginning; `None` where the wallet or the rows since then are not known.
    pub opening: Option<Decimal>,
    /// Money paid in.
    pub top_ups: Decimal,
    /// Money given back.
    pub refunds: Decimal,
    /// Calls, as the ledger charged them.
    pub usage: Decimal,
    /// Monthly fees.
    pub rentals: Decimal,
    /// Weekly fees.
    pub fixed: Decimal,
    /// Other debits.
    pub other: Decimal,
    /// Balance at the end; `None` as for the opening one.
    pub closing: Option<Decimal>,
}

impl Statement {
    /// What the wallet gained: below zero where it lost.
    ///
    /// # Errors
    ///
    /// Where no number holds it.
    pub fn net(&self) -> Result<Decimal, TooLarge> {
        let into = sum(self.top_ups, self.refunds)?;
        [self.usage, self.rentals, self.fixed, self.other].iter().try_fold(into, |net, out| less(net, *out))
    }

    fn of(&mut self, item: Item) -> &mut Decimal {
        match item {
            Item::Usage => &mut self.usage,
            Item::Rental => &mut self.rentals,
            Item::Fixed => &mut self.fixed,
            Item::Other => &mut self.other,
            Item::Refund => &mut self.refunds,
            Item::TopUp => &mut self.top_ups,
        }
    }

    /// The same wallet over this period and the `next` one, which begins when this ends.
    pub(super) fn then(&self, next: &Self) -> Result<Self, TooLarge> {
        let mut both = next.clone();
        both.opening = self.opening;
        for (item, amount) in [
            (Item::Usage, self.usage),
            (Item::Rental, self.rentals),
            (Item::Fixed, self.fixed),
            (Item::Other, self.other),
            (Item::Refund, self.refunds),
            (Item::TopUp, self.top_ups),
        ] {
            add(both.of(item), amount).map_err(|error| error.of(&self.auth_id))?;
        }
        Ok(both)
    }
}

/// A customer's wallet in one currency.
type Wallet = (Word, Option<Word>);

/// The statements of a period, from ledgers and today's wallets. `has_ledger`: every row since the beginning was read.
pub(super) fn statements(
    sources: &Sources,
    entries: &[&Entry],
    has_ledger: bool,
    differences: &mut Vec<Difference>,
) -> Result<Vec<Statement>, TooLarge> {
    let words = &sources.words;
    let mut rows: HashMap<Wallet, Vec<&Entry>> = HashMap::new();
    for entry in entries {
        rows.entry((entry.auth_id, entry.currency)).or_default().push(entry);
    }
    let customers: HashMap<Word, &Customer> = sources.customers.iter().map(|customer| (customer.auth_id, customer)).collect();
    // The currency of a wallet: its tier's, else the first of its rows that have one.
    let mut owned: HashMap<Word, Word> = HashMap::new();
    for (auth_id, code) in rows.keys().filter_map(|(auth_id, code)| Some((*auth_id, (*code)?))) {
        let known = owned.entry(auth_id).or_insert(code);
        if words.text(code) < words.text(*known) {
            *known = code;
        }
    }
    let own_currency = |customer: &Customer| customer.currency.or_else(|| owned.get(&customer.auth_id).copied());
    let is_in = |row: &&Entry| row.day.is_some_and(|day| sources.period.has(day));
    let mut wallets: Vec<Wallet> = rows.iter().filter(|(_, rows)| rows.iter().any(is_in)).map(|(wallet, _)| *wallet).collect();
    let moved: HashSet<Word> = wallets.iter().map(|(auth_id, _)| *auth_id).collect();
    for customer in &sources.customers {
        let existed = customer.created_at.is_none_or(|at| sources.period.day_of(at) <= sources.period.to);
        if existed && !moved.contains(&customer.auth_id) {
            wallets.push((customer.auth_id, own_currency(customer)));
        }
    }
    wallets.sort_by_key(|(auth_id, currency)| (words.text(*auth_id), words.maybe(*currency)));
    let mut statements = Vec::with_capacity(wallets.len());
    for wallet in wallets {
        let customer = customers.get(&wallet.0).copied();
        let own = rows.get(&wallet).map_or(&[][..], Vec::as_slice);
        let whose = |error: TooLarge| error.of(words.text(wallet.0));
        let mut statement = movements(sources, wallet, customer, own).map_err(whose)?;
        if let Some(customer) = customer.filter(|customer| has_ledger && own_currency(customer) == wallet.1) {
            close(sources, customer, own, &mut statement, differences).map_err(whose)?;
        }
        statements.push(statement);
    }
    Ok(statements)
}

fn movements(sources: &Sources, wallet: Wallet, customer: Option<&Customer>, rows: &[&Entry]) -> Result<Statement, TooLarge> {
    let mut statement = Statement {
        auth_id: sources.words.text(wallet.0).to_owned(),
        name: customer.and_then(|customer| customer.name.clone()),
        gstin: customer.and_then(|customer| customer.gstin.clone()),
        tds: customer.and_then(|customer| customer.tds),
        currency: sources.words.owned(wallet.1),
        opening: None,
        top_ups: Decimal::ZERO,
        refunds: Decimal::ZERO,
        usage: Decimal::ZERO,
        rentals: Decimal::ZERO,
        fixed: Decimal::ZERO,
        other: Decimal::ZERO,
        closing: None,
    };
    for row in rows.iter().filter(|row| row.day.is_some_and(|day| sources.period.has(day))) {
        if let (Some(item), Some(amount)) = (Item::of(row), row.amount) {
            add(statement.of(item), amount)?;
        }
    }
    Ok(statement)
}

/// Leads from the wallet of now back to the end and the beginning of the period.
fn close(
    sources: &Sources,
    customer: &Customer,
    rows: &[&Entry],
    statement: &mut Statement,
    differences: &mut Vec<Difference>,
) -> Result<(), TooLarge> {
    let Some(balance) = customer.balance else { return Ok(()) };
    let opening = |check: Source, first: Decimal, second: Decimal, reason: Reason, detail: &str| Difference {
        check: Check::Opening,
        auth_id: Some(statement.auth_id.clone()),
        day: None,
        currency: statement.currency.clone(),
        subject: None,
        first_source: check,
        first,
        second_source: Source::Ledger,
        second,
        reason,
        detail: detail.to_owned(),
    };
    if let Some(before) = customer.before.filter(|before| *before != balance)
        && !explains(rows, less(balance, before)?)?
    {
        let detail = "the wallet moved between two readings, and the ledger does not show how; close the month again";
        let moved = Difference {
            second_source: Source::Accounts,
            ..opening(Source::Accounts, before, balance, Reason::ListChanged, detail)
        };
        differences.push(moved);
        return Ok(());
    }
    if rows.iter().any(|row| row.at.is_none() || row.signed().is_none()) {
        return Ok(());
    }
    let later = rows.iter().filter(|row| row.day.is_some_and(|day| day > sources.period.to));
    let closing = later.filter_map(|row| row.signed()).try_fold(balance, less)?;
    let begun = less(closing, statement.net()?)?;
    let is_new = customer.created_at.is_some_and(|at| sources.period.contains(at));
    let (source, known) = match sources.openings.get(&statement.auth_id) {
        Some(known) => (Source::MonthBefore, Some(*known)),
        None => (Source::Accounts, is_new.then_some(Decimal::ZERO)),
    };
    if let Some(known) = known.filter(|known| *known != begun) {
        let detail = "rows of the ledger are missing, booked twice, or dated in another period";
        differences.push(opening(source, known, begun, Reason::RowsNotVisible, detail));
    }
    (statement.opening, statement.closing) = (Some(begun), Some(closing));
    Ok(())
}

/// Whether some of the newest rows come to `change`.
fn explains(rows: &[&Entry], change: Decimal) -> Result<bool, TooLarge> {
    let mut newest: Vec<&Entry> = rows.to_vec();
    newest.sort_by_key(|row| std::cmp::Reverse(row.at));
    let mut moved = Decimal::ZERO;
    for row in newest {
        add(&mut moved, row.signed().unwrap_or_default())?;
        if moved == change {
            return Ok(true);
        }
    }
    Ok(false)
}
