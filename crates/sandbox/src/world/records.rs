//! Looking back: calls and movements of a stretch of time, dealt again.

use super::call::{Call, Outcome};
use super::customer::Customer;
use super::identity::hyphenated;
use super::ledger::Entry;
use super::{HourCounts, World};
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::{Dice, mix};

/// Whose records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    One(usize),
}

/// From one second to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// A row of a ledger.
#[derive(Debug, Clone)]
pub(crate) enum Movement<'a> {
    Call(Call),
    Entry { number: usize, entry: &'a Entry },
}

impl World {
    /// From the first day of the records to now, or less when days are given; both are included.
    pub(crate) fn window(&self, from: Option<Day>, to: Option<Day>) -> Window {
        let start = |day: Day| if self.books.utc_days { day.start_in_utc() } else { day.start() };
        let first = from.map_or(self.first_day.start(), |day| start(day).max(self.first_day.start()));
        let last = to.map_or(self.second, |day| self.second.min(start(day.next()) - 1));
        Window { first, last }
    }

    /// Every call of `window`; each customer's own come oldest first.
    pub(crate) fn calls(&self, scope: Scope, window: Window, mut each: impl FnMut(usize, &Customer, Call)) {
        for (index, customer) in self.scoped(scope) {
            relive(customer, window, |call| each(index, customer, call));
        }
    }

    /// Every movement of `window`, in no order.
    pub(crate) fn movements<'a>(&'a self, scope: Scope, window: Window, mut each: impl FnMut(usize, &'a Customer, Movement<'a>)) {
        for (index, customer) in self.scoped(scope) {
            relive(customer, window, |call| {
                if call.cost() > Amount::ZERO {
                    each(index, customer, Movement::Call(call));
                }
            });
            let (before, entries) = customer.entries_of(window.first, window.last);
            for (place, entry) in entries.iter().enumerate() {
                each(index, customer, Movement::Entry { number: before + place, entry });
            }
        }
    }

    /// Every movement of `window` that is not a call.
    pub(crate) fn entries(&self, scope: Scope, window: Window, mut each: impl FnMut(&Customer, &Entry)) {
        for (_, customer) in self.scoped(scope) {
            customer.entries_of(window.first, window.last).1.iter().for_each(|entry| each(customer, entry));
        }
    }

    /// How many rows of everybody `window` has, and the part of it that holds the `take` rows after
    /// the latest `skip`, with how many of its latest rows come before those.
    ///
    /// Only the counts of hours are read, so that a late page of a long list costs no more than an early one.
    pub(crate) fn part(&self, window: Window, skip: usize, take: usize, rows: fn(HourCounts) -> u32) -> (usize, Window, usize) {
        let (mut total, mut part, mut before) = (0_usize, None::<Window>, 0);
        for (hour, counts) in self.counts() {
            let (first, last) = (hour.start(), hour.next().start() - 1);
            if last < window.first || first > window.last {
                continue;
            }
            let here = rows(counts) as usize;
            if total + here > skip && total < skip.saturating_add(take) {
                if let Some(part) = &mut part {
                    part.first = first;
                } else {
                    part = Some(Window { first, last: last.min(window.last) });
                    before = skip - total;
                }
            }
            total += here;
        }
        (total, part.unwrap_or(Window { first: 0, last: -1 }), before)
    }

    /// The call with that id, if it was made by customer `index`.
    pub(crate) fn call(&self, index: usize, id: &str) -> Option<Call> {
        let (owner, hour, number) = call_of_id(self.seed, id)?;
        let customer = self.customers.get(index).filter(|_| owner == index)?;
        let window = Window { first: hour.start(), last: (hour.next().start() - 1).min(self.second) };
        let mut found = None;
        if hour.day() >= self.first_day {
            relive(customer, window, |call| found = found.or((call.number == number).then_some(call)));
        }
        found
    }

    fn scoped(&self, scope: Scope) -> impl Iterator<Item = (usize, &Customer)> {
        let range = match scope {
            Scope::All => 0..self.customers.len(),
            Scope::One(index) => index..index + 1,
        };
        let first = range.start;
        self.customers.get(range).unwrap_or_default().iter().enumerate().map(move |(place, customer)| (first + place, customer))
    }
}

fn relive(customer: &Customer, window: Window, mut each: impl FnMut(Call)) {
    if window.first > window.last {
        return;
    }
    let mut day = Day::of(window.first);
    while day <= Day::of(window.last) {
        customer.relive(day, window.last, |call| {
            if call.end >= window.first {
                each(call);
            }
        });
        day = day.next();
    }
}

/// The number of a call: sixteen bits for the customer, twenty for the hour, twelve for its place in it.
pub(crate) fn call_number(index: usize, call: &Call) -> u64 {
    let hour = u64::try_from(Hour::of(call.end).number()).unwrap_or(0) & 0xf_ffff;
    (index as u64) << 32 | hour << 12 | u64::from(call.number)
}

/// The id of a call, from which the call can be found again.
pub(crate) fn call_id(seed: u64, index: usize, call: &Call) -> String {
    let number = call_number(index, call);
    let high = proof(seed, number);
    hyphenated(high, (number ^ mix(high ^ seed)) & VARIANT)
}

/// Customer, hour and place of the call with that id.
fn call_of_id(seed: u64, id: &str) -> Option<(usize, Hour, u16)> {
    let digits: String = id.chars().filter(|letter| *letter != '-').collect();
    let value = u128::from_str_radix(&digits, 16).ok().filter(|_| id.len() == 36)?;
    let high = u64::try_from(value >> 64).ok()? & VERSION;
    let low = u64::try_from(value & u128::from(u64::MAX)).ok()?;
    let number = (low ^ mix(high ^ seed)) & VARIANT;
    if proof(seed, number) != high {
        return None;
    }
    let hour = i64::try_from(number >> 12 & 0xf_ffff).ok()?;
    Some((usize::try_from(number >> 32).ok()?, Hour::from_number(hour), u16::try_from(number & 0xfff).ok()?))
}

/// The bits of a UUID that do not tell its version and variant.
const VERSION: u64 = !0xf000;
const VARIANT: u64 = !(0b11 << 62);

/// What only an id of this world has beside that number.
fn proof(seed: u64, number: u64) -> u64 {
    Dice::new(&[seed, 0x6361_6c6c, number]).roll() & VERSION
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) text: &'static str,
    pub(crate) code: u32,
    pub(crate) name: &'static str,
}

impl Cause {
    /// Why `call` of the customer with that key ended.
    pub(crate) fn of(key: u64, call: &Call) -> Self {
        let (text, code, name) = match call.outcome {
            Outcome::Answered => ("NORMAL_CLEARING", 4000, "Normal Hangup"),
            Outcome::NoAnswer => ("NO_ANSWER", 3000, "No Answer"),
            Outcome::Busy => ("USER_BUSY", 3010, "Busy Line"),
            Outcome::Failed => match mix(key ^ call.end.unsigned_abs()) % 3 {
                0 => ("CALL_REJECTED", 3020, "Rejected"),
                1 => ("UNALLOCATED_NUMBER", 2010, "Invalid Destination Number"),
                _ => ("NETWORK_OUT_OF_ORDER", 3080, "Network Error"),
            },
        };
        Self { text, code, name }
    }
}
