//! A second generator of worlds, built apart from the sandbox and with other habits, so that a policy is not judged by
//! the generator that it grew up with. What differs is listed in `docs/forecast.md`.
//!
//! Demand is drawn for every five minutes and does not depend on money; a wallet pays for it as long as it can. So it
//! is known of each run-out whether ordinary demand alone would have emptied the wallet as well.

mod demand;
mod ledger;
mod readings;
#[cfg(test)]
mod tests;
mod traits;
mod truth;

use fastrand::Rng;

use demand::Demand;
use traits::Traits;
use vobiz_sandbox::history::{Account, Drain, POLL, Recorded, START};

/// Steps of five minutes in a day.
const STEPS: usize = 288;

/// What all customers of a world share.
struct Calendar {
    days: usize,
    /// Days of a festival, first and last.
    festival: (usize, usize),
}

/// Lives a world. The same arguments always give the same one.
pub(super) fn world(seed: u64, customers: usize, days: usize) -> Recorded {
    let mut random = Rng::with_seed(seed ^ 0x6861_6269_7473);
    let festival = random.usize(18..days.max(20) - 1);
    let calendar = Calendar { days, festival: (festival, festival + random.usize(2..7)) };
    let mut recorded = Recorded::default();
    let mut wallets = Vec::new();
    for account in 0..customers {
        let mut own = Rng::with_seed(random.u64(..));
        let traits = Traits::draw(&mut own, days);
        let demand = Demand::draw(&traits, &calendar, &mut own);
        let lived = ledger::live(account, &traits, &demand, &mut own);
        recorded.run_outs.extend(truth::run_outs(account, &traits, &demand, &lived));
        recorded.drains.extend(demand.bursts.iter().filter(|burst| burst.is_drain).map(|burst| Drain {
            account,
            start: second(burst.from),
            end: second(burst.until),
        }));
        recorded.accounts.push(Account {
            auth_id: format!("MA_{:08X}", own.u32(..)),
            name: format!("Customer {account}"),
            is_prepaid: traits.is_prepaid,
            is_active: traits.is_active,
            auto_recharge: traits.auto_recharge,
            kind: traits.kind.name(),
            habit: traits.habit.name(),
        });
        recorded.ledger.extend(lived.movements);
        recorded.balances.push(lived.balances);
        wallets.push(traits.since);
    }
    recorded.ledger.sort_by_key(|movement| movement.at);
    readings::read(&mut recorded, &wallets, &mut random);
    recorded
}

/// The second of a step.
fn second(step: usize) -> i64 {
    START + i64::try_from(step).unwrap_or(0) * POLL
}

/// 0 is Monday; day 0 is a Tuesday.
fn weekday(day: usize) -> usize {
    (day + 1) % 7
}

/// A standard normal draw.
fn normal(random: &mut Rng) -> f64 {
    (-2.0 * random.f64().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * random.f64()).cos()
}

fn between(random: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * random.f64()
}
