//! The customers something happens to soon after the world opens, so that nobody waits long for an
//! alert: one that becomes low within hours and is topped up, three that are low already, a dialer
//! that gets stuck, a night of fraud, one that leaves and one that arrives.

use super::call::deal;
use super::habit::{Calling, Episode, Payment};
use super::role::Role;
use super::traits::{LOW, Traits};
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::Dice;

const CAST: [Role; 7] =
    [Role::BecomesLow, Role::AlmostEmpty, Role::Low, Role::Sinking, Role::StuckDialer, Role::Defrauded, Role::Leaving];

/// The part of customer `index` among `customers`; the one past the last arrives later.
pub(crate) fn role(seed: u64, customers: usize, index: usize) -> Role {
    if index == customers {
        return Role::Arriving;
    }
    let offset = Dice::new(&[seed, 0x6361_7374]).below(u32::try_from(customers).unwrap_or(u32::MAX)) as usize;
    let apart = (customers / CAST.len()).max(1);
    let place = (index + customers - offset) % customers;
    if place.is_multiple_of(apart) { CAST.get(place / apart).copied().unwrap_or(Role::Ordinary) } else { Role::Ordinary }
}

/// Prepares a customer for its part in a world that opens at `start`.
pub(crate) fn prepare(traits: &mut Traits, role: Role, start: i64) {
    let (today, hour) = (Day::of(start), Hour::of(start));
    let late = |below: i64, hours: i64| Payment::Late { below: Amount::rupees(below), hours };
    let episode = |from: Hour, hours: i64, calls: u32, answered: u32, talk: u32| Episode {
        from,
        until: Hour::from_number(from.number() + hours),
        calling: Calling { calls, answered, talk, all_day: true },
    };
    match role {
        Role::Ordinary => {}
        Role::BecomesLow => {
            traits.usual.calls = traits.usual.calls.clamp(300, 600);
            traits.payment = late(2_000, 6);
        }
        Role::AlmostEmpty => {
            traits.usual.calls = traits.usual.calls.clamp(60, 160);
            traits.payment = Payment::Never;
        }
        Role::Low => {
            traits.usual.calls = traits.usual.calls.min(120);
            traits.payment = late(1_400, 26);
        }
        Role::Sinking => {
            traits.usual.calls = traits.usual.calls.clamp(250, 500);
            traits.payment = late(500, 20);
        }
        Role::StuckDialer => {
            let from = Hour::from_number(today.next().first_hour().number() + 13);
            traits.episode = Some(episode(from, 5, 9_000, 930, 20));
        }
        Role::Defrauded => {
            let from = Hour::from_number(today.plus(2).first_hour().number() + 1);
            traits.episode = Some(episode(from, 3, 4_000, 880, 540));
        }
        Role::Leaving => traits.until = Some(today.plus(3).start() + 17 * 3_600),
        Role::Arriving => {
            let second = (today.next().start() + 11 * 3_600 + 1_200).max(hour.start() + 3_600);
            traits.since = second * 1_000_000 + traits.since.rem_euclid(1_000_000);
        }
    }
}

/// The wallet a customer should have when the world opens, where it must be just so.
///
/// Nothing is paid into such a wallet before, so the opening balance can be chosen afterwards.
pub(crate) fn wallet_at_start(traits: &Traits, role: Role, start: i64) -> Option<Amount> {
    match role {
        Role::BecomesLow => Some(LOW + spend(traits, start, 2 * 3_600)),
        Role::Sinking => Some(Amount::rupees(500) + spend(traits, start, 6 * 3_600)),
        Role::Low => Some(Amount::paise(134_250)),
        Role::AlmostEmpty => Some(Amount::paise(38_540)),
        _ if traits.payment == Payment::Never => {
            let mut dice = Dice::new(&[traits.key, 0x7374_6172]);
            let days = i64::from(dice.between(1, 20));
            Some(LOW + traits.burn().share(days, 1) + Amount::paise(i64::from(dice.between(5_000, 300_000))))
        }
        _ => None,
    }
}

/// What calls will cost in the `seconds` after `start`.
fn spend(traits: &Traits, start: i64, seconds: i64) -> Amount {
    let mut spent = Amount::ZERO;
    let mut hour = Hour::of(start);
    while hour.start() < start + seconds {
        deal(traits, hour, |call| {
            if call.end > start && call.end <= start + seconds {
                spent += call.cost();
            }
        });
        hour = hour.next();
    }
    spent
}

#[cfg(test)]
mod tests {
    use super::{CAST, Role, role};

    #[test]
    fn every_part_is_played_once_in_worlds_of_ten_and_more() {
        for customers in [10, 11, 40, 41, 1000] {
            for part in CAST {
                let players = (0..customers).filter(|index| role(7, customers, *index) == part).count();
                assert_eq!(players, 1, "{part:?} among {customers}");
            }
            assert_eq!(role(7, customers, customers), Role::Arriving);
        }
    }

    #[test]
    fn a_world_of_one_has_a_customer_that_becomes_low() {
        assert_eq!(role(7, 1, 0), Role::BecomesLow);
    }
}
