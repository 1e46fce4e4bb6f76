//! Draws the life of a customer through the days of a world, and says what it would have spent in ordinary times.

use super::call::deal_by;
use super::habit::{Calling, Payment};
use super::life::{Burst, Life};
use super::traits::Traits;
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::Dice;

/// The days for which lives are drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) opening: Day,
    pub(crate) days: u32,
}

impl Span {
    fn day(self, dice: &mut Dice, low: u32, before_end: u32) -> Day {
        let last = self.days.saturating_sub(before_end).max(low);
        self.opening.plus(i64::from(dice.between(low, last)))
    }
}

/// Gives `traits` a life through `span`, and a way to pay that goes with it.
pub(super) fn give_life(traits: &mut Traits, seed: u64, span: Span) {
    let mut world = Dice::new(&[seed, 0x686f_6c69]);
    let holidays = [(); 3].map(|()| span.day(&mut world, 16, 1));
    let mut dice = Dice::new(&[traits.key, 0x6c69_6665]);
    // Few are large, and those are far larger than the rest.
    let (times, part) = *dice.pick(&[(1, 3), (1, 1), (1, 1), (2, 1), (3, 1), (5, 1), (12, 1)]);
    traits.usual.calls = traits.usual.calls * times / part;
    let habit = pay(traits, &mut dice);
    traits.numbers = traits.numbers.min(*dice.pick(&[0, 0, 1, 1, 1, 2, 4]));
    let mut turns = Vec::new();
    if dice.chance(150) {
        turns.push((span.day(&mut dice, 14, 5), *dice.pick(&[350_u64, 500, 650, 1_600, 2_200, 3_000])));
    }
    if dice.chance(80) {
        let from = span.day(&mut dice, 14, 8);
        turns.push((from, 50));
        turns.push((from.plus(i64::from(dice.between(2, 5))), 20_000));
    }
    let mut life = Life {
        key: traits.key,
        habit,
        noise: *dice.pick(&[120, 200, 250, 300, 400, 700]),
        opening: span.opening,
        growth: if dice.chance(250) { i64::from(dice.between(0, 16)) - 7 } else { 0 },
        turns,
        holidays,
        weekly_fee: dice.chance(150).then(|| (dice.below(7) as usize, Amount::rupees(*dice.pick(&[40, 75, 100, 200])))),
        reserve: traits.burn().share(i64::from(dice.between(8, 30)), 10),
        bursts: Vec::new(),
    };
    add_bursts(&mut life, traits, span, &mut dice);
    if dice.chance(60) && span.days > 25 {
        let day = span.day(&mut dice, 5, 15);
        traits.since = (day.start() + i64::from(dice.between(34_000, 64_000))) * 1_000_000 + traits.since.rem_euclid(1_000_000);
    }
    traits.life = Some(Box::new(life));
}

/// Adds campaigns, stuck dialers and fraud.
fn add_bursts(life: &mut Life, traits: &Traits, span: Span, dice: &mut Dice) {
    let usual = traits.usual;
    if usual.calls == 0 {
        return;
    }
    let campaigns = if dice.chance(150) { dice.between(1, 2) } else { 0 };
    let drains = if dice.chance(150) { dice.between(1, 2) } else { 0 };
    for number in 0..campaigns + drains {
        let is_drain = number >= campaigns;
        let day = span.day(dice, 14, 1).first_hour().number();
        let (hour, calling) = match dice.below(2) {
            _ if !is_drain => {
                let calls = usual.calls * dice.between(3, 7);
                (dice.between(9, 17), Calling { calls, ..usual })
            }
            0 => {
                let calls = (usual.calls * dice.between(20, 100)).min(55_000);
                (dice.between(0, 23), Calling { calls, answered: 930, talk: 20, all_day: true })
            }
            _ => {
                let (calls, talk) = (usual.calls * dice.between(1, 8), dice.between(300, 600));
                (dice.between(0, 23), Calling { calls, answered: 880, talk, all_day: true })
            }
        };
        let from = day + i64::from(hour);
        let until = from + i64::from(dice.between(1, if is_drain { 9 } else { 6 }));
        let burst = Burst { from: Hour::from_number(from), until: Hour::from_number(until), calling, is_drain };
        if life.bursts.iter().all(|other| other.until < burst.from || burst.until < other.from) {
            life.bursts.push(burst);
        }
    }
}

/// Chooses how a customer pays, where its contract does not say so, and how much.
fn pay(traits: &mut Traits, dice: &mut Dice) -> &'static str {
    let burn = traits.burn();
    let days = |low: u32, high: u32, dice: &mut Dice| {
        burn.share(i64::from(dice.between(low, high)), 10).max(Amount::rupees(400)).rounded_up(100)
    };
    let part = |low: u32, high: u32, dice: &mut Dice| burn.share(i64::from(dice.between(low, high)), 100);
    traits.top_up = days(30, 200, dice);
    match traits.payment {
        Payment::Postpaid => return "invoice",
        Payment::AutoRecharge { .. } => {
            traits.payment = Payment::AutoRecharge { below: part(20, 60, dice) };
            return "card";
        }
        Payment::Never if !traits.is_active => return "none",
        _ => {}
    }
    let (habit, payment) = match dice.below(100) {
        0..35 => ("on_time", Payment::OnTime),
        35..60 => ("late", Payment::Sometime { below: part(2, 50, dice), hours: 10 }),
        60..72 => ("weekly", Payment::Weekly { day: dice.below(7) as usize, hours: 12 }),
        72..82 => {
            traits.top_up = days(10, 30, dice);
            ("small", Payment::Sometime { below: part(2, 50, dice), hours: 5 })
        }
        82..95 => ("forgetful", Payment::Sometime { below: Amount::paise(1), hours: 14 }),
        _ => ("never", Payment::Sometime { below: Amount::paise(1), hours: 240 }),
    };
    traits.payment = payment;
    habit
}

/// What calls would cost after second `from` up to `to` without any burst, money or no money.
pub(crate) fn ordinary_spend(traits: &Traits, from: i64, to: i64) -> Amount {
    let mut spent = Amount::ZERO;
    let mut hour = Hour::of(from);
    while hour.start() < to {
        let habit = traits.life.as_ref().map_or(traits.usual, |life| life.ordinary_in(traits.usual, traits.trade, hour));
        deal_by(habit, traits, hour, |call| {
            if call.end > from && call.end <= to {
                spent += call.cost();
            }
        });
        hour = hour.next();
    }
    spent
}
