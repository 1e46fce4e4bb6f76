//! A customer's wallet and how it got there.

use super::call::{Call, deal};
use super::capacity::Limits;
use super::identity::Given;
use super::ledger::{Entry, Kind};
use super::traits::Traits;
use crate::calendar::{Day, Hour};
use crate::money::Amount;

/// A customer: its traits, its wallet now, and what is needed to live any past day again.
#[derive(Debug)]
pub(crate) struct Customer {
    pub(crate) traits: Traits,
    /// What a customer created through the API was given.
    pub(crate) given: Option<Box<Given>>,
    pub(crate) wallet: Amount,
    /// Every movement besides calls, oldest first.
    pub(crate) entries: Vec<Entry>,
    /// What the partner gave it of its own calls.
    pub(crate) extra: Limits,
    /// The second of the first call that was refused since there was money for one.
    pub(crate) blocked_since: Option<i64>,
    /// A top-up under way.
    pub(crate) due: Option<Due>,
    /// The first day of its records.
    first_day: Day,
    /// The wallet at each midnight since.
    mornings: Vec<Amount>,
    /// How many of `entries` are in `wallet`.
    applied: usize,
    /// Nothing happens by itself before this second.
    quiet_until: i64,
}

/// Money that will arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    /// Seconds since 1970.
    pub(crate) second: i64,
    pub(crate) amount: Amount,
}

impl Customer {
    pub(crate) fn new(traits: Traits, first_day: Day) -> Self {
        Self {
            traits,
            given: None,
            wallet: Amount::ZERO,
            entries: Vec::new(),
            extra: Limits::default(),
            blocked_since: None,
            due: None,
            first_day,
            mornings: vec![Amount::ZERO],
            applied: 0,
            quiet_until: i64::MIN,
        }
    }

    /// Calls it may begin in a second, and have at a time.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            concurrent_calls: self.traits.concurrent_calls() + self.extra.concurrent_calls,
            cps: self.traits.cps() + self.extra.cps,
        }
    }

    /// Puts a movement on record; [`Self::live`] brings it into the wallet.
    pub(crate) fn record(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.quiet_until = i64::MIN;
    }

    /// Puts a movement of this very instant on record and into the wallet.
    pub(crate) fn enter(&mut self, entry: Entry) {
        self.wallet += entry.amount;
        if entry.amount > Amount::ZERO {
            self.blocked_since = None;
        }
        self.entries.push(entry);
        self.applied = self.entries.len();
    }

    /// Lives the part of `hour` after second `from` up to and including second `to`.
    pub(crate) fn live(&mut self, hour: Hour, from: i64, to: i64, mut each: impl FnMut(&Traits, &Call)) {
        if to < self.quiet_until {
            return;
        }
        let mut next_call = hour.next().start();
        let mut span = self.span(from, to, self.wallet);
        let mut waiting = self.entries.get(self.applied..).unwrap_or_default().iter().peekable();
        deal(&self.traits, hour, |mut call| {
            if call.end > to {
                next_call = next_call.min(call.end);
                return;
            }
            while let Some(entry) = waiting.next_if(|entry| entry.second() < call.end) {
                span.enter(entry);
            }
            if span.admits(&mut call) {
                each(&self.traits, &call);
            }
        });
        waiting.for_each(|entry| span.enter(entry));
        self.wallet = span.wallet;
        self.blocked_since = span.blocked_since;
        self.applied = self.entries.len();
        self.quiet_until = next_call;
    }

    /// The seconds after `from` up to `to` in which the customer is there.
    fn span(&self, from: i64, to: i64, wallet: Amount) -> Span {
        let since = self.traits.since.div_euclid(1_000_000);
        let to = self.traits.until.map_or(to, |until| to.min(until - 1));
        let (postpaid, spends_all) = (self.traits.is_postpaid(), self.traits.spends_all());
        Span { from: from.max(since), to, postpaid, spends_all, wallet, blocked_since: self.blocked_since }
    }

    /// Remembers the wallet of the midnight that begins `day`.
    pub(crate) fn close_day(&mut self, day: Day) {
        if day > self.first_day {
            self.mornings.push(self.wallet);
        }
    }

    /// Deals the calls that were made on `day` up to second `until` again, oldest first.
    pub(crate) fn relive(&self, day: Day, until: i64, mut each: impl FnMut(Call)) {
        if day < self.first_day {
            return;
        }
        let Some(morning) = self.mornings.get(day.since(self.first_day)) else { return };
        let until = until.min(day.next().start() - 1);
        let mut span = self.span(day.start() - 1, until, *morning);
        let mut waiting = self.entries_of(day.start(), until).1.iter().peekable();
        let mut hour = day.first_hour();
        while hour.start() <= until {
            deal(&self.traits, hour, |mut call| {
                while let Some(entry) = waiting.next_if(|entry| entry.second() < call.end) {
                    span.enter(entry);
                }
                if span.admits(&mut call) {
                    each(call);
                }
            });
            hour = hour.next();
        }
    }

    /// Movements from second `from` to second `to`, both included, and how many come before them.
    pub(crate) fn entries_of(&self, from: i64, to: i64) -> (usize, &[Entry]) {
        let first = self.entries.partition_point(|entry| entry.second() < from);
        let last = self.entries.partition_point(|entry| entry.second() <= to);
        (first, self.entries.get(first..last).unwrap_or_default())
    }

    /// Chooses the opening balance afterwards, so that the wallet is `wallet` now.
    ///
    /// Only for a customer that was never refused a call for want of money.
    pub(crate) fn reopen(&mut self, wallet: Amount) {
        let change = wallet - self.wallet;
        self.wallet = wallet;
        if let Some(opening) = self.entries.iter_mut().find(|entry| entry.kind == Kind::Opening) {
            opening.amount += change;
        }
        for morning in self.mornings.iter_mut().skip(1) {
            *morning += change;
        }
    }

    /// The second of the last payment of rent for its `number`th phone number.
    pub(crate) fn last_rent(&self, number: u8) -> Option<i64> {
        self.entries.iter().rev().find(|entry| entry.kind == Kind::Rent(number)).map(Entry::second)
    }
}

/// A prepaid wallet with less in it lets no call through.
const DRY: Amount = Amount::rupees(1);

/// A stretch of seconds in which calls are let through while there is money.
struct Span {
    from: i64,
    to: i64,
    postpaid: bool,
    spends_all: bool,
    wallet: Amount,
    blocked_since: Option<i64>,
}

impl Span {
    /// Brings a movement into the wallet.
    fn enter(&mut self, entry: &Entry) {
        self.wallet += entry.amount;
        if entry.amount > Amount::ZERO {
            self.blocked_since = None;
        }
    }

    /// Bills `call` if it lies in this stretch and can be paid for.
    fn admits(&mut self, call: &mut Call) -> bool {
        if self.spends_all && self.wallet > Amount::ZERO && self.wallet < call.cost().max(DRY) {
            call.cut(self.wallet.min(call.cost()));
            let admitted = call.end > self.from && call.end <= self.to;
            if admitted {
                self.wallet -= call.cost();
            }
            return admitted;
        }
        let cost = call.cost();
        if call.end <= self.from || call.end > self.to {
            return false;
        }
        let admitted = self.postpaid || self.wallet >= cost.max(DRY);
        if admitted {
            self.wallet -= cost;
            self.blocked_since = None;
        } else {
            self.blocked_since = self.blocked_since.or(Some(call.end));
        }
        admitted
    }
}
