//! The wallet of each customer over the period: opening balance, movements, closing balance.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::coverage::Source;
use super::difference::{Check, Difference, Reason};
use super::line::Item;
use super::sources::{Customer, Entry, Sources};

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
    pub fn net(&self) -> Decimal {
        let into = self.top_ups.saturating_add(self.refunds);
        [self.usage, self.rentals, self.fixed, self.other].iter().fold(into, |net, out| net.saturating_sub(*out))
    }

    fn sum(&mut self, item: Item) -> &mut Decimal {
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
    pub(super) fn then(&self, next: &Self) -> Self {
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
            let sum = both.sum(item);
            *sum = sum.saturating_add(amount);
        }
        both
    }
}

type Wallet = (Arc<str>, Option<Arc<str>>);

/// The statements of a period, from ledgers and today's wallets. `has_ledger`: every row since the beginning was read.
pub(super) fn statements(
    sources: &Sources,
    entries: &[&Entry],
    has_ledger: bool,
    differences: &mut Vec<Difference>,
) -> Vec<Statement> {
    let mut rows: BTreeMap<Wallet, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        rows.entry((Arc::clone(&entry.auth_id), entry.currency.clone())).or_default().push(entry);
    }
    let customers: BTreeMap<&str, &Customer> = sources.customers.iter().map(|customer| (&*customer.auth_id, customer)).collect();
    let mut wallets: BTreeSet<Wallet> = rows
        .iter()
        .filter(|(_, rows)| rows.iter().any(|row| row.at.is_some_and(|at| sources.period.contains(at))))
        .map(|(wallet, _)| wallet.clone())
        .collect();
    let moved: HashSet<Arc<str>> = wallets.iter().map(|(auth_id, _)| Arc::clone(auth_id)).collect();
    for customer in &sources.customers {
        let existed = customer.created_at.is_none_or(|at| sources.period.day_of(at) <= sources.period.to);
        if existed && !moved.contains(&customer.auth_id) {
            wallets.insert((Arc::clone(&customer.auth_id), own_currency(customer, &rows)));
        }
    }
    let mut statements = Vec::with_capacity(wallets.len());
    for wallet in wallets {
        let customer = customers.get(&*wallet.0).copied();
        let own = rows.get(&wallet).map_or(&[][..], Vec::as_slice);
        let is_own = customer.is_some_and(|customer| own_currency(customer, &rows) == wallet.1);
        let mut statement = movements(sources, &wallet, customer, own);
        if let Some(customer) = customer.filter(|_| has_ledger && is_own) {
            close(sources, customer, own, &mut statement, differences);
        }
        statements.push(statement);
    }
    statements
}

/// The currency of a wallet: its tier's, else that of its rows where they have one.
fn own_currency(customer: &Customer, rows: &BTreeMap<Wallet, Vec<&Entry>>) -> Option<Arc<str>> {
    let first = (Arc::clone(&customer.auth_id), None);
    let of_rows = || {
        rows.range(first..).take_while(|((auth_id, _), _)| *auth_id == customer.auth_id).find_map(|((_, code), _)| code.clone())
    };
    customer.currency.clone().or_else(of_rows)
}

fn movements(sources: &Sources, wallet: &Wallet, customer: Option<&Customer>, rows: &[&Entry]) -> Statement {
    let mut statement = Statement {
        auth_id: wallet.0.to_string(),
        name: customer.and_then(|customer| customer.name.clone()),
        gstin: customer.and_then(|customer| customer.gstin.clone()),
        tds: customer.and_then(|customer| customer.tds),
        currency: wallet.1.as_deref().map(str::to_owned),
        opening: None,
        top_ups: Decimal::ZERO,
        refunds: Decimal::ZERO,
        usage: Decimal::ZERO,
        rentals: Decimal::ZERO,
        fixed: Decimal::ZERO,
        other: Decimal::ZERO,
        closing: None,
    };
    for row in rows.iter().filter(|row| row.at.is_some_and(|at| sources.period.contains(at))) {
        if let (Some(item), Some(amount)) = (Item::of(row), row.amount) {
            let sum = statement.sum(item);
            *sum = sum.saturating_add(amount);
        }
    }
    statement
}

/// Leads from the wallet of now back to the end and the beginning of the period.
fn close(sources: &Sources, customer: &Customer, rows: &[&Entry], statement: &mut Statement, differences: &mut Vec<Difference>) {
    let Some(balance) = customer.balance else { return };
    let mut newest: Vec<&Entry> = rows.to_vec();
    newest.sort_by_key(|row| std::cmp::Reverse(row.at));
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
        && !explains(&newest, balance.saturating_sub(before))
    {
        let detail = "the wallet moved between two readings, and the ledger does not show how; close the month again";
        let moved = Difference {
            second_source: Source::Accounts,
            ..opening(Source::Accounts, before, balance, Reason::ListChanged, detail)
        };
        differences.push(moved);
        return;
    }
    let unclear = rows.iter().any(|row| row.at.is_none() || row.signed().is_none());
    if unclear {
        return;
    }
    let later = newest.iter().filter(|row| row.at.is_some_and(|at| sources.period.day_of(at) > sources.period.to));
    let closing = later.filter_map(|row| row.signed()).fold(balance, Decimal::saturating_sub);
    let begun = closing.saturating_sub(statement.net());
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
}

/// Whether some of the newest rows come to `change`.
fn explains(newest: &[&Entry], change: Decimal) -> bool {
    let mut sum = Decimal::ZERO;
    newest.iter().any(|row| {
        sum = sum.saturating_add(row.signed().unwrap_or_default());
        sum == change
    })
}
