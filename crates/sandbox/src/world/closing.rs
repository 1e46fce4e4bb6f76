//! What makes a month hard to close, as it happens: see [`Books`](crate::Books).

use super::World;
use super::call::Call;
use super::ledger::{Entry, Kind};
use super::records::{Scope, Window};
use super::role::Role;
use super::totals::Totals;
use super::traits::Traits;
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::{Dice, mix};

/// The hour of the day in which the calls of the day before are priced that were not.
const PRICING: usize = 2;
/// The hour of the day in which money is given back.
const REFUNDING: usize = 16;
/// The longest that a row is late, in seconds.
pub(super) const LATEST: i64 = 8 * 3_600;
/// What phone numbers cost more after the change of fees.
const DEARER: Amount = Amount::rupees(50);
/// The currency of customers that pay in another one.
const OTHER_CURRENCY: &str = "USD";

impl World {
    /// Gives customer `index` the peculiarities that it has in these books; the world opens on `opening`.
    pub(super) fn distinguish(&self, traits: &mut Traits, index: usize, role: Role, opening: Day) {
        traits.late_prices = self.books.late_prices;
        if self.books.second_currency && index % 10 == 6 {
            traits.currency = OTHER_CURRENCY;
        }
        if role != Role::Ordinary {
            return;
        }
        let mut dice = Dice::new(&[traits.key, 0x626f_6f6b]);
        let moment = opening.plus(-i64::from(dice.between(14, 34))).start() + i64::from(dice.between(36_000, 64_000));
        if self.books.turnover && index % 9 == 2 {
            traits.since = moment * 1_000_000 + traits.since.rem_euclid(1_000_000);
        }
        if self.books.turnover && index % 9 == 5 {
            traits.until = Some(moment);
        }
    }

    /// Does what the books ask for at the beginning of `hour`.
    pub(super) fn keep_books(&mut self, hour: Hour) {
        if self.books.late_prices && hour.of_day() == PRICING {
            self.price_late_calls(hour);
        }
        let is_refund_day = matches!(hour.day().of_month(), 8 | 21);
        if self.books.refunds && hour.of_day() == REFUNDING && is_refund_day {
            self.refund_some(hour);
        }
    }

    /// Charges for the calls of the day before `hour` whose price was not known.
    fn price_late_calls(&mut self, hour: Hour) {
        let day = hour.day().plus(-1);
        let place = day.since(self.first_day);
        for customer in &mut self.customers {
            let mut late: Vec<Call> = Vec::new();
            customer.relive(day, hour.start() - 1, |call| late.extend((call.pending > 0).then_some(call)));
            for call in late {
                let cost = Amount::paise(i64::from(call.pending));
                customer.enter(Entry { at: hour.start() * 1_000_000, amount: -cost, kind: Kind::LatePrice(call) });
                if let Some(hour) = self.hours.last_mut() {
                    hour.movements += 1;
                }
                if let Some(totals) = self.days.get_mut(place).filter(|_| customer.traits.is_domestic()) {
                    totals.add_cost(&call, cost);
                }
            }
        }
    }

    fn refund_some(&mut self, hour: Hour) {
        for customer in &mut self.customers {
            let traits = &customer.traits;
            let mut dice = Dice::new(&[traits.key, 0x7265_6662, hour.start().unsigned_abs()]);
            if traits.is_active && traits.is_present(hour.start()) && dice.chance(250) {
                let amount = traits.burn().share(i64::from(dice.between(20, 200)), 1_000).max(Amount::paise(450));
                customer.enter(Entry { at: hour.start() * 1_000_000, amount, kind: Kind::Refund });
                if let Some(hour) = self.hours.last_mut() {
                    hour.movements += 1;
                }
            }
        }
    }

    /// What a phone number costs a month, on `day`.
    pub(crate) fn rent(&self, traits: &Traits, number: u8, day: Day) -> Amount {
        traits.rent(number) + self.rise_on(day)
    }

    /// What a phone number costs more on `day` than it once did.
    pub(super) fn rise_on(&self, day: Day) -> Amount {
        if self.fees_rise.is_some_and(|rise| day >= rise) { DEARER } else { Amount::ZERO }
    }

    /// Whether a call that ended is listed now.
    pub(crate) fn is_listed(&self, key: u64, call: &Call) -> bool {
        !self.books.late_rows || call.end + delay(key, call) <= self.second
    }

    /// A call as it is recorded now: with its price, once that is known.
    pub(crate) fn recorded(&self, mut call: Call) -> Call {
        let priced = Day::of(call.end).next().start() + i64::try_from(PRICING).unwrap_or(0) * 3_600;
        if call.pending > 0 && self.second >= priced {
            call.carriage += call.pending;
            call.pending = 0;
        }
        call
    }

    /// Whether the rows of `window` can be counted without looking at each.
    pub(crate) fn is_counted(&self, window: Window) -> bool {
        let has_hidden_rows = self.books.late_rows && window.last > self.second - LATEST;
        !(self.books.utc_days || has_hidden_rows)
    }

    /// The same for ledgers, in which a price that was not known is a row of the next day.
    pub(crate) fn is_ledger_counted(&self, window: Window) -> bool {
        self.is_counted(window) && !self.books.late_prices
    }

    /// Sums by day as reports cut days, days without records left out.
    pub(crate) fn reported_days(&self, from: Day, to: Day) -> Vec<(Day, Totals)> {
        if !self.books.utc_days {
            return self.days(from, to).map(|(day, totals)| (day, *totals)).collect();
        }
        let mut days: Vec<(Day, Totals)> = Vec::new();
        let mut day = from.max(self.first_day);
        while day <= to.min(self.today()) {
            days.push((day, Totals::default()));
            day = day.next();
        }
        let Some(first) = days.first().map(|(day, _)| *day) else { return days };
        self.calls(Scope::All, self.window(Some(from), Some(to)), |_, customer, call| {
            let call = self.recorded(call);
            if let Some((_, totals)) = days.get_mut(Day::of_utc(call.end).since(first)) {
                totals.add_of(&customer.traits, &call);
            }
        });
        days
    }
}

/// Seconds after its end at which a call is listed.
fn delay(key: u64, call: &Call) -> i64 {
    let draw = mix(key ^ call.end.unsigned_abs() << 16 ^ u64::from(call.number) ^ 0x6c61_7465);
    if draw.is_multiple_of(50) { 600 + i64::try_from((draw >> 32) % 28_200).unwrap_or(0) } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, Datelike, TimeDelta, Utc};

    use super::{DEARER, Kind, LATEST, Scope, World};
    use crate::books::Books;
    use crate::calendar::Day;
    use crate::money::Amount;

    fn start() -> DateTime<Utc> {
        "2026-05-12T03:30:00Z".parse().expect("an instant")
    }

    fn opened(books: Books) -> World {
        World::open(7, 40, start(), books)
    }

    fn entries(world: &World, is_wanted: impl Fn(&Kind) -> bool) -> Vec<(Day, Amount)> {
        let mut found = Vec::new();
        world.entries(Scope::All, world.window(None, None), |_, entry| {
            found.extend(is_wanted(&entry.kind).then(|| (Day::of(entry.second()), entry.amount)));
        });
        found
    }

    #[test]
    fn a_row_is_listed_within_eight_hours_and_stays_listed() {
        let mut world = opened(Books { late_rows: true, ..Books::default() });
        let hidden = |world: &World| {
            let mut calls = BTreeSet::new();
            world.calls(Scope::All, world.window(Some(world.today()), None), |index, customer, call| {
                if !world.is_listed(customer.traits.key, &call) {
                    calls.insert((call.end, index, call.number));
                }
            });
            calls
        };
        world.advance_to(start() + TimeDelta::hours(3));
        let before = hidden(&world);
        assert!(!before.is_empty());
        world.advance_to(start() + TimeDelta::hours(3) + TimeDelta::seconds(LATEST));
        assert!(hidden(&world).is_disjoint(&before));
    }

    #[test]
    fn a_late_price_is_charged_the_next_day_and_counted_on_the_day_of_the_call() {
        let mut world = opened(Books { late_prices: true, ..Books::default() });
        let yesterday = world.today();
        world.advance_to(start() + TimeDelta::hours(16));
        let cost = |world: &World| world.days(yesterday, yesterday).map(|(_, totals)| totals.all().cost).sum::<Amount>();
        let (before, charged) = (cost(&world), entries(&world, |kind| matches!(kind, Kind::LatePrice(_))));
        world.advance_to(start() + TimeDelta::hours(18));
        let late = entries(&world, |kind| matches!(kind, Kind::LatePrice(_)));
        let new: Amount = late.iter().filter(|(day, _)| *day == yesterday.next()).map(|(_, amount)| *amount).sum();
        assert!(late.len() > charged.len() && new < Amount::ZERO);
        assert_eq!(cost(&world), before - new);
    }

    #[test]
    fn fees_rise_in_the_middle_of_the_last_month_and_some_get_money_back() {
        let (plain, world) = (opened(Books::default()), opened(Books { fee_change: true, refunds: true, ..Books::default() }));
        let is_rent = |kind: &Kind| matches!(kind, Kind::Rent(_));
        let rise = Day::from_date("2026-04-15".parse().expect("a date"));
        for ((day, fee), (_, before)) in entries(&world, is_rent).into_iter().zip(entries(&plain, is_rent)) {
            assert_eq!(fee, if day >= rise { before - DEARER } else { before });
        }
        let refunds = entries(&world, |kind| *kind == Kind::Refund);
        assert!(!refunds.is_empty() && refunds.iter().all(|(day, amount)| day.date().day() % 13 == 8 && *amount > Amount::ZERO));
    }

    #[test]
    fn days_in_utc_have_the_same_calls_as_those_of_india_cut_elsewhere() {
        let (plain, world) = (opened(Books::default()), opened(Books { utc_days: true, ..Books::default() }));
        let sums = |world: &World| {
            let days = world.reported_days(world.first_day().plus(1), world.today());
            days.into_iter().map(|(_, totals)| totals.all()).collect::<Vec<_>>()
        };
        let (ours, theirs) = (sums(&plain), sums(&world));
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.iter().zip(&theirs).all(|(ours, theirs)| ours != theirs));
    }

    #[test]
    fn customers_come_and_go_within_the_last_month_and_some_pay_in_dollars() {
        let world = opened(Books { turnover: true, second_currency: true, ..Books::default() });
        let gone =
            world.customers.iter().filter(|customer| !customer.traits.is_present(world.second) && customer.wallet > Amount::ZERO);
        let new = world.customers().filter(|(_, customer)| customer.traits.since > world.first_day.plus(1).start() * 1_000_000);
        let foreign = world.customers().filter(|(_, customer)| !customer.traits.is_domestic());
        assert!(gone.count() >= 2 && new.count() >= 2 && foreign.count() >= 2);
        assert!(world.total_balance() < world.customers().map(|(_, customer)| customer.wallet).sum());
    }
}
