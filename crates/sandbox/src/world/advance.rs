//! Moving the world forward.

use chrono::{DateTime, Utc};

use super::call::Call;
use super::customer::{Customer, Due};
use super::habit::Payment;
use super::ledger::{Entry, Kind};
use super::partner::Movement;
use super::totals::Totals;
use super::traits::Traits;
use super::{HourCounts, World};
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::{Dice, mix};

impl World {
    /// Lets everything happen up to `now`. The past does not change: an earlier instant does nothing.
    pub(crate) fn advance_to(&mut self, now: DateTime<Utc>) {
        self.micros = self.micros.max(now.timestamp_micros());
        let target = now.timestamp();
        while self.second < target {
            let hour = Hour::of(self.second);
            let end = target.min(hour.next().start());
            self.deliver_dues(self.second, end);
            let closes = end == hour.next().start();
            self.live(hour, self.second, end, closes);
            self.second = end;
            if closes {
                self.begin(hour.next());
            }
        }
    }

    /// Lets every customer live a part of `hour`, and think about its wallet when the hour `closes`.
    fn live(&mut self, hour: Hour, from: i64, to: i64, closes: bool) {
        let mut totals = Totals::default();
        let mut counts = HourCounts::default();
        let mut count = |traits: &Traits, call: &Call| {
            totals.add_of(traits, call);
            counts.calls += 1;
            counts.movements += u32::from(call.cost() > Amount::ZERO);
        };
        for customer in &mut self.customers {
            customer.live(hour, from, to, &mut count);
            if closes && customer.due.is_none() && customer.traits.is_present(to) {
                customer.due = decide(customer, hour.next());
            }
        }
        if let Some(day) = self.days.last_mut() {
            *day += totals;
        }
        if let Some(hour) = self.hours.last_mut() {
            hour.calls += counts.calls;
            hour.movements += counts.movements;
        }
    }

    /// Pays in what was promised for a second after `from` up to `to`, in that order.
    fn deliver_dues(&mut self, from: i64, to: i64) {
        let mut dues: Vec<(Due, usize)> = self
            .customers
            .iter()
            .enumerate()
            .filter_map(|(index, customer)| {
                let due = customer.due.filter(|due| due.second > from && due.second <= to)?;
                customer.traits.is_present(due.second).then_some((due, index))
            })
            .collect();
        dues.sort_by_key(|(due, index)| (due.second, *index));
        for (due, index) in dues {
            let Some(customer) = self.customers.get_mut(index) else { continue };
            // Within the second before, so that it never lies ahead of the clock.
            let part = mix(customer.traits.key ^ due.second.unsigned_abs()) % 1_000_000;
            let at = (due.second - 1) * 1_000_000 + i64::try_from(part).unwrap_or(0);
            customer.due = None;
            match customer.traits.payment {
                Payment::AutoRecharge { .. } | Payment::Postpaid => {
                    customer.record(Entry { at, amount: due.amount, kind: Kind::Payment });
                }
                _ if !customer.traits.is_domestic() => {
                    customer.record(Entry { at, amount: due.amount, kind: Kind::Payment });
                }
                _ if due.amount <= self.partner.wallet => {
                    customer.record(Entry { at, amount: due.amount, kind: Kind::Transfer("Recharge".into()) });
                    self.partner.enter(Movement { at, amount: -due.amount });
                }
                _ => {
                    customer.due = Some(Due { second: due.second + 6 * 3_600, ..due });
                    continue;
                }
            }
            self.count_movement();
        }
    }

    /// Begins `hour`: opens its records, and a day's before them; collects rent, pays in for the partner.
    fn begin(&mut self, hour: Hour) {
        self.hours.push(HourCounts::default());
        let day = hour.day();
        if hour == day.first_hour() {
            self.days.push(Totals::default());
            for customer in &mut self.customers {
                customer.close_day(day);
            }
        }
        self.keep_books(hour);
        if hour.of_day() == 6 {
            let of_month = day.of_month();
            let rise = self.rise_on(day);
            let customers = self.customers.iter_mut();
            let present = customers.filter(|customer| customer.traits.is_present(hour.start()));
            let collected: u32 = present
                .map(|customer| {
                    let rent = if customer.traits.rent_day == of_month { collect_rent(customer, hour.start(), rise) } else { 0 };
                    rent + collect_weekly(customer, day, hour.start())
                })
                .sum();
            if let Some(hour) = self.hours.last_mut() {
                hour.movements += collected;
            }
        }
        if hour.of_day() == 15 {
            let refunded = self.customers.iter_mut().map(|customer| u32::from(refund(customer, hour.start()))).sum::<u32>();
            if let Some(hour) = self.hours.last_mut() {
                hour.movements += refunded;
            }
        }
        if hour.of_day() == 10 && !day.is_sunday() && self.partner.wallet < self.partner.top_up.share(1, 3) {
            let amount = self.partner.top_up;
            self.partner.enter(Movement { at: hour.start() * 1_000_000, amount });
        }
    }
}

/// Takes the month's rent for each phone number that can be paid for, and tells how many were.
fn collect_rent(customer: &mut Customer, second: i64, rise: Amount) -> u32 {
    let mut collected = 0;
    for number in 0..customer.traits.numbers {
        let rent = customer.traits.rent(number) + rise;
        collected += u32::from(collect(customer, second, rent, Kind::Rent(number)));
    }
    collected
}

/// Takes a week's fee from a customer that has one on this `day`.
fn collect_weekly(customer: &mut Customer, day: Day, second: i64) -> u32 {
    let fee = customer.traits.life.as_ref().and_then(|life| life.weekly_fee);
    let due = fee.filter(|(weekday, _)| *weekday == day.weekday() && customer.traits.is_active);
    due.map_or(0, |(_, fee)| u32::from(collect(customer, second, fee, Kind::Weekly)))
}

/// Takes a fee, or what there is of it from a wallet that is spent to the end, or nothing.
fn collect(customer: &mut Customer, second: i64, fee: Amount, kind: Kind) -> bool {
    let amount = match customer.wallet {
        wallet if wallet >= fee || customer.traits.is_postpaid() => fee,
        wallet if customer.traits.spends_all() && wallet > Amount::ZERO => wallet,
        _ => return false,
    };
    customer.enter(Entry { at: second * 1_000_000, amount: -amount, kind });
    true
}

/// Gives a little back to a customer with a life, on some days.
fn refund(customer: &mut Customer, second: i64) -> bool {
    let traits = &customer.traits;
    let mut dice = Dice::new(&[traits.key, 0x7265_6675, second.unsigned_abs()]);
    let burn = traits.burn();
    if traits.life.is_none() || customer.wallet <= burn || !traits.is_present(second) || !dice.chance(25) {
        return false;
    }
    let amount = burn.share(i64::from(dice.between(50, 400)), 1_000).max(Amount::rupees(5));
    customer.enter(Entry { at: second * 1_000_000, amount, kind: Kind::Adjustment });
    true
}

/// What a customer does about its wallet at the beginning of `hour`.
fn decide(customer: &Customer, hour: Hour) -> Option<Due> {
    let traits = &customer.traits;
    let now = hour.start();
    let amount = traits.top_up;
    if traits.life.is_some() {
        return decide_in_life(customer, hour);
    }
    let mut dice = Dice::new(&[traits.key, 0x6475_6500, now.unsigned_abs()]);
    let mut after = |low: u32, high: u32| now + i64::from(dice.between(low, high));
    match traits.payment {
        Payment::OnTime if customer.wallet < traits.reserve() => Some(Due { second: office_hours(after(300, 3_000)), amount }),
        Payment::Late { below, hours } if customer.wallet < below => {
            Some(Due { second: office_hours(after(300, 3_000) + hours * 3_600), amount })
        }
        Payment::AutoRecharge { below } if customer.wallet < below => Some(Due { second: after(60, 240), amount }),
        Payment::Postpaid if hour.of_day() == 11 && hour.day().of_month() == 3 && customer.wallet < Amount::ZERO => {
            Some(Due { second: after(60, 3_000), amount: -customer.wallet })
        }
        _ => None,
    }
}

/// What a customer with a life does about its wallet at the beginning of `hour`.
fn decide_in_life(customer: &Customer, hour: Hour) -> Option<Due> {
    let (traits, now) = (&customer.traits, hour.start());
    if !traits.is_active {
        return None;
    }
    let mut dice = Dice::new(&[traits.key, 0x6c69_6675, now.unsigned_abs()]);
    // Mostly the same sum, sometimes half or twice of it.
    let (numerator, denominator) = *dice.pick(&[(1, 1), (1, 1), (1, 1), (1, 2), (2, 1)]);
    let amount = traits.top_up.share(numerator, denominator);
    let mut within = |seconds: u32| now + i64::from(dice.between(300, seconds.max(300)));
    let due = |second: i64| Some(Due { second, amount });
    match traits.payment {
        Payment::OnTime if customer.wallet < traits.reserve() => due(office_hours(within(3_000))),
        Payment::Sometime { below, hours } if customer.wallet < below => due(within(hours * 7_200)),
        Payment::Weekly { day, .. } if hour.of_day() == 10 && hour.day().weekday() == day => due(within(3_300)),
        Payment::Weekly { hours, .. } if customer.wallet <= Amount::ZERO => due(within(hours * 7_200)),
        // Now and then a card is refused, and the next one takes a day or two.
        Payment::AutoRecharge { below } if customer.wallet < below => due(if dice.chance(20) {
            now + i64::from(dice.between(72_000, 144_000))
        } else {
            now + i64::from(dice.between(60, 240))
        }),
        Payment::Postpaid if hour.of_day() == 11 && hour.day().of_month() == 3 && customer.wallet < Amount::ZERO => {
            Some(Due { second: within(3_000), amount: -customer.wallet })
        }
        _ => None,
    }
}

/// The same second, or the same part of an hour in the next hour in which an office is open.
fn office_hours(second: i64) -> i64 {
    let part = second - Hour::of(second).start();
    let mut hour = Hour::of(second);
    while !(10..19).contains(&hour.of_day()) || Day::of(hour.start()).is_sunday() {
        hour = hour.next();
    }
    hour.start() + part
}
