//! Ledgers: of one customer, and of all.

use std::cmp::Reverse;

use serde::Serialize;

use super::Asked;
use super::figures::{Plain, micros_z};
use super::query::Page;
use super::refusal::Refusal;
use crate::calendar::Day;
use crate::money::Amount;
use crate::random::mix;
use crate::world::{Call, Customer, Entry, Kind, Movement, NAME, Scope, World, call_id, call_number, uuid};

#[derive(Serialize)]
pub(super) struct List {
    transactions: Vec<Row>,
    summary: Summary,
    total: usize,
    page: usize,
    per_page: usize,
    total_pages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_auth_id: Option<String>,
}

/// A row has no `reference_type`: the documents name one in the summary alone.
#[derive(Serialize)]
struct Row {
    id: String,
    account_id: String,
    balance_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    amount: Plain,
    currency: &'static str,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    status: &'static str,
    processed_at: String,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
struct Summary {
    total_transactions: usize,
    total_debit: Plain,
    total_credit: Plain,
    net_amount: Plain,
    by_reference_type: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    reference_type: &'static str,
    total_debit: Plain,
    total_credit: Plain,
    count: usize,
}

/// The largest page of a ledger.
const LARGEST_PAGE: usize = 200;
/// What a group of rows without a reference type is called.
const UNKNOWN: &str = "unknown";

/// `GET /accounts/{customer_auth_id}/transactions`
pub(super) fn of_customer(world: &World, asked: &Asked, id: &str) -> Result<List, Refusal> {
    let (index, _) = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    Ok(List { account_auth_id: Some(id.to_owned()), ..list(world, asked, Scope::One(index), None)? })
}

/// `GET /transactions`
pub(super) fn of_all(world: &World, asked: &Asked) -> Result<List, Refusal> {
    let wanted = asked.parameters.text("search").map(str::to_lowercase);
    let scope = match asked.parameters.text("account") {
        None => Some(Scope::All),
        Some(id) => world.customer(id).map(|(index, _)| Scope::One(index)),
    };
    match scope {
        Some(scope) => list(world, asked, scope, wanted.as_deref()),
        None => Ok(page_of(asked.parameters.page("per_page", LARGEST_PAGE)?, 0, Vec::new(), Groups::default())),
    }
}

fn list(world: &World, asked: &Asked, scope: Scope, search: Option<&str>) -> Result<List, Refusal> {
    const TYPES: [&str; 6] = ["recharge", "debit", "credit", "refund", "transfer", "adjustment"];
    let page = asked.parameters.page("per_page", LARGEST_PAGE)?;
    let wanted = asked.parameters.word("transaction_type", &TYPES)?;
    let (from, to) = asked.parameters.dates("from_date", "to_date")?;
    let window = world.window(from.map(Day::from_date), to.map(Day::from_date));
    let mut groups = Groups::default();
    let mut found: Vec<(i64, usize, Movement<'_>)> = Vec::new();
    let (total, skip) = if scope == Scope::All && wanted.is_none() && search.is_none() && world.is_ledger_counted(window) {
        let (total, part, skip) = world.part(window, page.skipped(), page.size, |hour| hour.movements);
        world.movements(scope, part, |index, customer, movement| found.push((instant(customer, &movement), index, movement)));
        for (_, day) in world.days(Day::of(window.first), Day::of(window.last)) {
            groups.add_many("cdr", -day.all().cost, 0);
        }
        world.entries(scope, window, |customer, entry| {
            let is_counted = customer.traits.is_domestic();
            groups.add(reference_type(&entry.kind), if is_counted { entry.amount } else { Amount::ZERO });
        });
        groups.complete("cdr", total);
        (total, skip)
    } else {
        world.movements(scope, window, |index, customer, movement| {
            let is_wanted = is_listed(world, customer, &movement) && wanted.is_none_or(|wanted| is_of_type(wanted, &movement));
            if is_wanted && search.is_none_or(|text| mentions(&row(world, index, customer, &movement), world, index, text)) {
                // A sum over all customers counts one currency.
                let is_counted = scope != Scope::All || customer.traits.is_domestic();
                groups.add(group(&movement), if is_counted { amount(&movement) } else { Amount::ZERO });
                found.push((instant(customer, &movement), index, movement));
            }
        });
        (found.len(), page.skipped())
    };
    found.sort_unstable_by_key(|(at, index, movement)| (Reverse(*at), *index, Reverse(place(movement))));
    let shown = found.into_iter().skip(skip).take(page.size);
    let rows = shown.filter_map(|(_, index, movement)| Some(row(world, index, world.any_customer(index)?, &movement)));
    Ok(page_of(page, total, rows.collect(), groups))
}

fn page_of(page: Page, total: usize, transactions: Vec<Row>, groups: Groups) -> List {
    List {
        transactions,
        summary: groups.summary(total),
        total,
        page: page.number,
        per_page: page.size,
        total_pages: page.count(total),
        account_auth_id: None,
    }
}

/// Sums by reference type, in the order in which the types came up.
#[derive(Default)]
struct Groups(Vec<(&'static str, Amount, Amount, usize)>);

impl Groups {
    fn add(&mut self, name: Option<&'static str>, amount: Amount) {
        self.add_many(name.unwrap_or(UNKNOWN), amount, 1);
    }

    /// Adds `count` movements of one sign that come to `amount`.
    fn add_many(&mut self, name: &'static str, amount: Amount, count: usize) {
        let place = self.0.iter().position(|(known, ..)| *known == name).unwrap_or_else(|| {
            self.0.push((name, Amount::ZERO, Amount::ZERO, 0));
            self.0.len() - 1
        });
        let (_, debit, credit, rows) = &mut self.0[place];
        if amount < Amount::ZERO {
            *debit -= amount;
        } else {
            *credit += amount;
        }
        *rows += count;
    }

    /// Gives the group of that name the rows that the others lack.
    fn complete(&mut self, name: &str, total: usize) {
        let others: usize = self.0.iter().filter(|(known, ..)| *known != name).map(|(.., count)| count).sum();
        if let Some((.., count)) = self.0.iter_mut().find(|(known, ..)| *known == name) {
            *count = total.saturating_sub(others);
        }
        self.0.retain(|(.., count)| *count > 0);
    }

    fn summary(self, total: usize) -> Summary {
        let debit = self.0.iter().map(|(_, debit, ..)| *debit).sum();
        let credit = self.0.iter().map(|(_, _, credit, _)| *credit).sum();
        let groups = self.0.into_iter().map(|(reference_type, debit, credit, count)| Group {
            reference_type,
            total_debit: Plain(debit),
            total_credit: Plain(credit),
            count,
        });
        Summary {
            total_transactions: total,
            total_debit: Plain(debit),
            total_credit: Plain(credit),
            net_amount: Plain(credit - debit),
            by_reference_type: groups.collect(),
        }
    }
}

/// Whether a movement is in the ledger now: some calls are listed hours after they ended.
fn is_listed(world: &World, customer: &Customer, movement: &Movement<'_>) -> bool {
    match movement {
        Movement::Call(call) => world.is_listed(customer.traits.key, call),
        Movement::Entry { .. } => true,
    }
}

fn amount(movement: &Movement<'_>) -> Amount {
    match movement {
        Movement::Call(call) => -call.cost(),
        Movement::Entry { entry, .. } => entry.amount,
    }
}

fn group(movement: &Movement<'_>) -> Option<&'static str> {
    match movement {
        Movement::Call(_) => Some("cdr"),
        Movement::Entry { entry, .. } => reference_type(&entry.kind),
    }
}

/// Partner transfers carry none.
fn reference_type(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Transfer(_) => None,
        Kind::Payment => Some("payment"),
        Kind::Rent(_) => Some("did_rental"),
        Kind::Weekly => Some("subscription"),
        Kind::Opening | Kind::Adjustment => Some("manual_adjustment"),
        Kind::Refund => Some("refund"),
        Kind::LatePrice(_) => Some("cdr"),
    }
}

fn is_of_type(wanted: &str, movement: &Movement<'_>) -> bool {
    let kind = match movement {
        Movement::Call(_) => None,
        Movement::Entry { entry, .. } => Some(&entry.kind),
    };
    match wanted {
        "debit" => amount(movement) < Amount::ZERO,
        "credit" => amount(movement) >= Amount::ZERO,
        "recharge" => kind == Some(&Kind::Payment),
        "refund" => kind == Some(&Kind::Refund),
        "transfer" => matches!(kind, Some(Kind::Transfer(_))),
        "adjustment" => matches!(kind, Some(Kind::Adjustment | Kind::Opening)),
        _ => false,
    }
}

/// Microseconds of a movement. A call is booked within its last second.
fn instant(customer: &Customer, movement: &Movement<'_>) -> i64 {
    match movement {
        Movement::Entry { entry, .. } => entry.at,
        Movement::Call(call) => {
            let part = mix(customer.traits.key ^ call.end.unsigned_abs() << 12 ^ u64::from(call.number)) % 1_000_000;
            (call.end - 1) * 1_000_000 + i64::try_from(part).unwrap_or(0)
        }
    }
}

/// Keeps movements of one instant in the order in which they happened.
fn place(movement: &Movement<'_>) -> usize {
    match movement {
        Movement::Call(call) => usize::from(call.number),
        Movement::Entry { number, .. } => *number,
    }
}

fn mentions(row: &Row, world: &World, index: usize, text: &str) -> bool {
    let name = world.any_customer(index).map(|customer| super::accounts::names(world, index, customer).name);
    let texts = [Some(&row.description), row.reference.as_ref(), Some(&row.account_id), name.as_ref()];
    texts.into_iter().flatten().any(|known| known.to_lowercase().contains(text))
}

fn row(world: &World, index: usize, customer: &Customer, movement: &Movement<'_>) -> Row {
    let identity = world.identity(index);
    let account_id = identity.auth_id();
    let amount = amount(movement);
    let (id, description, reference) = match movement {
        Movement::Call(call) => of_call(world, index, call),
        Movement::Entry { number, entry } => of_entry(world, index, *number, entry, &account_id),
    };
    let at = micros_z(instant(customer, movement));
    Row {
        id,
        account_id,
        balance_id: identity.wallet_id(),
        kind: if amount < Amount::ZERO { "debit" } else { "credit" },
        amount: Plain(if amount < Amount::ZERO { -amount } else { amount }),
        currency: customer.traits.currency,
        description,
        reference,
        status: "completed",
        processed_at: at.clone(),
        created_at: at.clone(),
        updated_at: at,
    }
}

fn of_call(world: &World, index: usize, call: &Call) -> (String, String, Option<String>) {
    let id = uuid(&[world.seed, 0x6c65_6467, call_number(index, call)]);
    (id, format!("Voice call ({}s)", call.talk), Some(format!("cdr:{}", call_id(world.seed, index, call))))
}

fn of_entry(world: &World, index: usize, number: usize, entry: &Entry, auth_id: &str) -> (String, String, Option<String>) {
    let key = world.identity(index).key();
    let id = uuid(&[key, 0x656e_7472, number as u64]);
    let short = || id[..8].to_owned();
    let (description, reference) = match &entry.kind {
        Kind::Opening => ("Balance brought forward".to_owned(), None),
        Kind::Transfer(description) => (
            format!("Transfer from partner {NAME}: {description}"),
            Some(format!("ptc:{}:{auth_id}:{}", world.partner.id(), entry.second())),
        ),
        Kind::Payment => ("Wallet recharge".to_owned(), Some(format!("pay_{}", short()))),
        Kind::Rent(place) => {
            let e164 = world.identity(index).phone_number(*place);
            (format!("Monthly rental for {e164}"), Some(format!("did:{e164}")))
        }
        Kind::Weekly => ("Weekly fee".to_owned(), None),
        Kind::Adjustment => ("Manual adjustment".to_owned(), Some(format!("adj_{}", short()))),
        Kind::Refund => ("Refund for dropped calls".to_owned(), Some(format!("refund_{}", short()))),
        Kind::LatePrice(call) => {
            let reference = format!("cdr:{}", call_id(world.seed, index, call));
            (format!("Voice call ({}s), priced later", call.talk), Some(reference))
        }
    };
    (id, description, reference)
}
