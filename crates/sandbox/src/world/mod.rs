//! A partner's world: customers that call, pay and run dry, on a clock that only goes forward.
//!
//! Nothing random is stored. The calls of any hour of any customer are dealt from the seed when the
//! clock passes them and again when somebody asks for them; kept are only the wallet of each
//! midnight, the movements that are not calls, and sums by day. So a world of fifty thousand
//! customers fits in memory, and every figure that it shows comes from the same calls.

mod advance;
mod biography;
mod call;
mod capacity;
mod cast;
mod change;
mod closing;
mod create;
mod customer;
mod habit;
mod identity;
#[cfg(test)]
mod invariants;
mod kyc;
mod ledger;
mod life;
mod names;
mod onboarding;
mod partner;
mod records;
mod role;
mod tier;
mod totals;
mod trade;
mod traits;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

pub(crate) use biography::ordinary_spend;
pub(crate) use call::{Call, Direction, Outcome, Product};
pub(crate) use capacity::{CapacityMove, CapacityRefused, Resource, Way};
pub(crate) use change::TransferRefused;
pub(crate) use create::CreateRefused;
pub(crate) use customer::Customer;
pub(crate) use identity::{Given, Identity, uuid};
pub(crate) use kyc::{Session, SessionPlan, SessionRefused, SessionStatus};
pub(crate) use ledger::{Entry, Kind};
pub(crate) use life::Burst;
pub(crate) use partner::{COMPANY, Credentials, NAME};
pub(crate) use records::{Cause, Movement, Scope, call_id, call_number};
pub(crate) use tier::{CURRENCY, NUMBER_SETUP, Tier};
pub(crate) use totals::{Sums, Totals};
pub(crate) use traits::Kyc;

use crate::books::Books;
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::Dice;
use biography::{Span, give_life};
use capacity::Capacity;
use habit::Payment;
use partner::Partner;
use role::Role;
use traits::Traits;

/// Days of records before a world opens.
const HISTORY: i64 = 42;
/// What a wallet holds while its true opening balance is still to be chosen.
const PLENTY: Amount = Amount::rupees(100_000_000);

/// The whole world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) partner: Partner,
    pub(crate) capacity: Capacity,
    books: Books,
    /// The day from which phone numbers cost more.
    fees_rise: Option<Day>,
    sessions: Vec<Session>,
    customers: Vec<Customer>,
    index: HashMap<String, usize>,
    /// Everything up to and including this second has happened.
    second: i64,
    /// The instant last shown to it, in microseconds since 1970.
    micros: i64,
    first_day: Day,
    days: Vec<Totals>,
    hours: Vec<HourCounts>,
}

/// How many rows an hour has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HourCounts {
    pub(crate) calls: u32,
    /// Rows of ledgers: calls that cost something, and other movements.
    pub(crate) movements: u32,
}

impl World {
    /// A world of `customers` whose records begin six weeks before `start`.
    pub(crate) fn open(seed: u64, customers: usize, start: DateTime<Utc>, books: Books) -> Self {
        Self::cast(seed, customers, start, None, books)
    }

    /// A world of customers whose lives last `days` days after `start`, in which nothing is staged.
    pub(crate) fn open_lives(seed: u64, customers: usize, start: DateTime<Utc>, days: u32) -> Self {
        Self::cast(seed, customers, start, Some(days), Books::default())
    }

    fn cast(seed: u64, customers: usize, start: DateTime<Utc>, lives: Option<u32>, books: Books) -> Self {
        let second = start.timestamp();
        let opening = Day::of(second);
        let first_day = opening.plus(-HISTORY);
        let mut world = Self {
            seed,
            partner: Partner::new(seed, customers, Amount::ZERO, first_day.start() * 1_000_000),
            capacity: Capacity::new(customers),
            books,
            fees_rise: books.fee_change.then(|| opening.of_last_month(15)),
            sessions: Vec::new(),
            customers: Vec::with_capacity(customers + 1),
            index: HashMap::with_capacity(customers + 1),
            second: first_day.start(),
            micros: first_day.start() * 1_000_000,
            first_day,
            days: vec![Totals::default()],
            hours: vec![HourCounts::default()],
        };
        let mut staged = Vec::new();
        // In a served world one more customer arrives later.
        for index in 0..customers + usize::from(lives.is_none()) {
            let role = if lives.is_some() { Role::Ordinary } else { cast::role(seed, customers, index) };
            let mut traits = Traits::draw(seed, index, role, first_day);
            let wallet = if let Some(days) = lives {
                give_life(&mut traits, seed, Span { opening, days });
                None
            } else {
                cast::prepare(&mut traits, role, second);
                cast::wallet_at_start(&traits, role, second)
            };
            world.distinguish(&mut traits, index, role, opening);
            // A customer that arrives later begins with nothing.
            let wallet = wallet.filter(|_| traits.since <= world.micros);
            staged.extend(wallet.map(|wallet| (index, wallet)));
            world.settle(traits, wallet.is_some());
        }
        let top_up = world.expected_spend().share(12, 1).max(Amount::rupees(90_000)).rounded_up(10_000);
        world.partner = Partner::new(seed, customers, top_up, world.micros);
        world.advance_to(start);
        for (index, wallet) in staged {
            if let Some(customer) = world.customers.get_mut(index) {
                customer.reopen(wallet);
            }
        }
        if lives.is_none() {
            world.onboard();
        }
        world
    }

    /// Moves a customer in: from the first day of the records, or later if it is created later.
    fn settle(&mut self, traits: Traits, is_staged: bool) {
        let created = traits.since.div_euclid(1_000_000);
        let arrives = created > self.first_day.start();
        let mut customer = if arrives {
            let mut customer = Customer::new(traits, Day::of(created));
            customer.due = Some(customer::Due { second: created + 600, amount: customer.traits.top_up });
            customer
        } else {
            Customer::new(traits, self.first_day)
        };
        if !arrives {
            let mut dice = Dice::new(&[customer.traits.key, 0x6f70_656e]);
            let part = i64::from(dice.between(150, 1_000));
            let opening = match customer.traits.payment {
                _ if is_staged => PLENTY,
                Payment::Postpaid => Amount::ZERO,
                _ => {
                    customer.traits.reserve()
                        + customer.traits.top_up.share(part, 1_000)
                        + Amount::paise(i64::from(dice.below(9_999)))
                }
            };
            customer.enter(Entry { at: self.micros, amount: opening, kind: Kind::Opening });
            self.count_movement();
        }
        self.adopt(customer);
    }

    /// Counts a movement of this hour that is not a call.
    fn count_movement(&mut self) {
        if let Some(hour) = self.hours.last_mut() {
            hour.movements += 1;
        }
    }

    fn adopt(&mut self, customer: Customer) -> usize {
        let index = self.customers.len();
        self.index.insert(Identity::new(self.seed, index).auth_id(), index);
        self.customers.push(customer);
        index
    }

    /// What all customers spend on a normal day, about.
    fn expected_spend(&self) -> Amount {
        self.customers.iter().map(|customer| customer.traits.burn()).sum()
    }

    /// The instant it has reached.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros).unwrap_or_default()
    }

    pub(crate) fn today(&self) -> Day {
        Day::of(self.second)
    }

    /// The first day of its records.
    pub(crate) fn first_day(&self) -> Day {
        self.first_day
    }

    /// The customers that can be seen now, in the order of their creation.
    pub(crate) fn customers(&self) -> impl DoubleEndedIterator<Item = (usize, &Customer)> {
        self.customers.iter().enumerate().filter(|(_, customer)| customer.traits.is_present(self.second))
    }

    /// The customer with that `auth_id`, if it can be seen now.
    pub(crate) fn customer(&self, auth_id: &str) -> Option<(usize, &Customer)> {
        let index = *self.index.get(auth_id)?;
        let customer = self.customers.get(index)?;
        customer.traits.is_present(self.second).then_some((index, customer))
    }

    /// Customer `index`, even if it cannot be seen now: its calls stay on record.
    pub(crate) fn any_customer(&self, index: usize) -> Option<&Customer> {
        self.customers.get(index)
    }

    /// How many phone numbers customer `index` has, or had when it left.
    pub(crate) fn numbers_of(&self, index: usize) -> u8 {
        self.customers.get(index).map_or(0, |customer| customer.traits.numbers)
    }

    pub(crate) fn identity(&self, index: usize) -> Identity {
        Identity::new(self.seed, index)
    }

    /// The sum of all customers' wallets in the partner's currency.
    pub(crate) fn total_balance(&self) -> Amount {
        self.customers().filter(|(_, customer)| customer.traits.is_domestic()).map(|(_, customer)| customer.wallet).sum()
    }

    /// Sums by day from day `from` to day `to`, both included, days without records left out.
    pub(crate) fn days(&self, from: Day, to: Day) -> impl Iterator<Item = (Day, &Totals)> {
        self.days
            .iter()
            .zip(0_i64..)
            .map(|(totals, offset)| (self.first_day.plus(offset), totals))
            .filter(move |(day, _)| (from..=to).contains(day))
    }

    /// Row counts by hour, the latest first.
    fn counts(&self) -> impl Iterator<Item = (Hour, HourCounts)> {
        let first = self.first_day.first_hour().number();
        let hours = self.hours.iter().enumerate().rev();
        hours.map(move |(place, counts)| (Hour::from_number(first + i64::try_from(place).unwrap_or(0)), *counts))
    }
}
