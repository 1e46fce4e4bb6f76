//! A wallet lived step by step: it pays for calls and fees while it can, and is paid into as its customer is wont to.

use chrono::{DateTime, Datelike as _};
use fastrand::Rng;

use super::demand::Demand;
use super::traits::{Habit, Traits};
use super::{STEPS, between, second, weekday};
use vobiz_sandbox::history::{Movement, Units};

/// What became of a wallet.
pub(super) struct Lived {
    pub(super) balances: Vec<Units>,
    pub(super) movements: Vec<Movement>,
}

/// Seconds east of UTC in Kolkata.
const KOLKATA: i64 = 19_800;

#[expect(clippy::cast_possible_truncation, reason = "rupees of one wallet")]
fn units(rupees: f64) -> Units {
    (rupees * 1e4).round() as i64 * 10
}

pub(super) fn live(account: usize, traits: &Traits, demand: &Demand, random: &mut Rng) -> Lived {
    let mut lived = Lived { balances: Vec::with_capacity(demand.ordinary.len()), movements: Vec::new() };
    let mut wallet = 0;
    let mut due: Option<usize> = None;
    for (step, (ordinary, extra)) in demand.ordinary.iter().zip(&demand.extra).enumerate() {
        if step < traits.since {
            lived.balances.push(0);
            continue;
        }
        if step == traits.since {
            wallet = traits.opening;
        }
        let mut moved = |kind: &'static str, amount: Units, wallet: &mut Units| {
            *wallet += amount;
            lived.movements.push(Movement { at: second(step), account, kind, amount });
        };
        if step > traits.since {
            let spent = units(ordinary + extra);
            wallet = if traits.is_prepaid { wallet - spent.min(wallet.max(0)) } else { wallet - spent };
        }
        let (day, of_day) = (step / STEPS, step % STEPS);
        if of_day == traits.fee_hour * 12 && traits.is_active {
            let of_month = DateTime::from_timestamp(second(step) + KOLKATA, 0).map_or(0, |at| at.day());
            let monthly = traits.monthly.filter(|(on, _)| *on == of_month).map(|(_, fee)| ("rental", fee));
            let weekly = traits.weekly.filter(|(on, _)| *on == weekday(day)).map(|(_, fee)| ("fixed", fee));
            for (kind, fee) in monthly.into_iter().chain(weekly) {
                let fee = if traits.is_prepaid { units(fee).min(wallet) } else { units(fee) };
                if fee > 0 {
                    moved(kind, -fee, &mut wallet);
                }
            }
        }
        if due.is_some_and(|due| due <= step) {
            due = None;
            let times = [1.0, 1.0, 1.0, 0.5, 1.5][random.usize(0..5)];
            moved("recharge", units(traits.top_up * times), &mut wallet);
        } else if of_day % 12 == 0 && wallet > units(traits.daily) && random.u16(..20_000) < 8 {
            moved("refund", units((traits.daily * between(random, 0.02, 0.4)).max(5.0)), &mut wallet);
        }
        if due.is_none() && traits.is_prepaid && traits.is_active && of_day.is_multiple_of(3) {
            due = next_payment(traits, wallet, step, random);
        }
        lived.balances.push(wallet);
    }
    lived
}

/// The step at which a customer pays who looks at its wallet now.
fn next_payment(traits: &Traits, wallet: Units, step: usize, random: &mut Rng) -> Option<usize> {
    let (day, of_day) = (step / STEPS, step % STEPS);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "steps of days")]
    let within = |hours: f64, random: &mut Rng| step + 1 + (between(random, 0.1, 1.0) * hours * 12.0) as usize;
    let below = |days: f64| wallet < units(traits.daily * days);
    match traits.habit {
        Habit::Careful { days, hours } if below(days) => Some(open(within(hours, random))),
        Habit::Late { days, hours } if below(days) => Some(within(hours, random)),
        Habit::Weekly { day: on, .. } if weekday(day) == on && of_day == 126 => Some(within(2.0, random)),
        Habit::Payday { .. } if of_day == 132 => {
            let of_month = DateTime::from_timestamp(second(step) + KOLKATA, 0).map_or(0, |at| at.day());
            (of_month == 2).then(|| within(3.0, random))
        }
        Habit::Weekly { hours, .. } | Habit::Payday { hours } | Habit::Forgetful { hours } if wallet <= 0 => {
            Some(within(hours, random))
        }
        // Now and then a card is refused, and the next one takes a day or two.
        Habit::Card { days } if below(days) => Some(if random.u8(..50) == 0 { within(48.0, random) } else { step + 1 }),
        _ => None,
    }
}

/// The step, or one of the same part of an hour in the next hour in which an office is open.
fn open(mut step: usize) -> usize {
    while !(10..18).contains(&(step % STEPS / 12)) || weekday(step / STEPS) == 6 {
        step += 12;
    }
    step
}
