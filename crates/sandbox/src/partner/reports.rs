//! `GET /dashboard` and `GET /analytics`.

use serde::Serialize;

use super::Asked;
use super::figures::{CostText, Tenths, WalletText, micros_offset};
use super::profile::{Profile, within_report};
use super::refusal::Refusal;
use crate::calendar::Day;
use crate::world::{CURRENCY, Direction, Product, Sums, Totals, World};

#[derive(Serialize)]
pub(super) struct Report {
    partner: Profile,
    period: Period,
    accounts: Accounts,
    total_balance: WalletText,
    currency: &'static str,
    calls: Usage,
    traffic: Traffic,
    by_product: ByProduct,
    time_series: Vec<Point>,
}

#[derive(Serialize)]
struct Period {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Accounts {
    total: usize,
    active: usize,
    customers: Vec<Customer>,
}

#[derive(Serialize)]
struct Customer {
    auth_id: String,
    name: String,
    email: String,
    phone: String,
    is_active: bool,
    created_at: String,
}

#[derive(Serialize)]
struct Usage {
    total_calls: u64,
    answered_calls: u64,
    total_minutes: Tenths,
    total_cost: CostText,
}

#[derive(Serialize)]
struct Traffic {
    inbound: Usage,
    outbound: Usage,
}

#[derive(Serialize)]
struct ByProduct {
    sip_trunking: Usage,
    voice_api: Usage,
}

#[derive(Serialize)]
struct Point {
    date: String,
    #[serde(flatten)]
    usage: Usage,
    inbound: Part,
    outbound: Part,
}

/// A direction of a day, which has no cost.
#[derive(Serialize)]
struct Part {
    total_calls: u64,
    answered_calls: u64,
    total_minutes: Tenths,
}

/// Days before today where no window is asked for.
const WINDOW: i64 = 30;
/// A report names only so many customers, the latest first.
const NAMED: usize = 50;

/// `GET /dashboard`
#[expect(clippy::unnecessary_wraps, reason = "every call may refuse")]
pub(super) fn dashboard(world: &World, asked: &Asked) -> Result<Report, Refusal> {
    Ok(report(world, asked, world.today().plus(-WINDOW), world.today()))
}

/// `GET /analytics`
pub(super) fn analytics(world: &World, asked: &Asked) -> Result<Report, Refusal> {
    let (from, to) = asked.parameters.dates("from_date", "to_date")?;
    let to = to.map_or(world.today(), Day::from_date);
    let from = from.map_or(world.today().plus(-WINDOW).min(to), Day::from_date);
    if from > to {
        // The one that was left out is today.
        return Err(Refusal::invalid("from_date", "Must not be after to_date", "INVALID_RANGE", &from.date().to_string().into()));
    }
    Ok(report(world, asked, from, to))
}

fn report(world: &World, asked: &Asked, from: Day, to: Day) -> Report {
    let mut totals = Totals::default();
    let mut time_series = Vec::new();
    for (day, calls) in world.reported_days(from, to) {
        totals += calls;
        if calls.all().calls > 0 {
            time_series.push(Point {
                date: day.date().to_string(),
                usage: usage(calls.all()),
                inbound: part(calls.direction(Direction::Inbound)),
                outbound: part(calls.direction(Direction::Outbound)),
            });
        }
    }
    Report {
        partner: within_report(world, asked),
        period: Period { from: from.date().to_string(), to: to.date().to_string() },
        accounts: Accounts {
            total: world.customers().count(),
            active: world.customers().filter(|(_, customer)| customer.traits.is_active).count(),
            customers: named(world),
        },
        total_balance: WalletText(world.total_balance()),
        currency: CURRENCY,
        calls: usage(totals.all()),
        traffic: Traffic {
            inbound: usage(totals.direction(Direction::Inbound)),
            outbound: usage(totals.direction(Direction::Outbound)),
        },
        by_product: ByProduct {
            sip_trunking: usage(totals.product(Product::SipTrunking)),
            voice_api: usage(totals.product(Product::VoiceApi)),
        },
        time_series,
    }
}

fn named(world: &World) -> Vec<Customer> {
    let customers = world.customers().rev().take(NAMED).map(|(index, customer)| {
        let row = super::accounts::names(world, index, customer);
        Customer {
            auth_id: world.identity(index).auth_id(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            is_active: customer.traits.is_active,
            created_at: micros_offset(customer.traits.since),
        }
    });
    customers.collect()
}

fn usage(sums: Sums) -> Usage {
    Usage {
        total_calls: sums.calls,
        answered_calls: sums.answered,
        total_minutes: Tenths(sums.tenths),
        total_cost: CostText(sums.cost),
    }
}

fn part(sums: Sums) -> Part {
    Part { total_calls: sums.calls, answered_calls: sums.answered, total_minutes: Tenths(sums.tenths) }
}
