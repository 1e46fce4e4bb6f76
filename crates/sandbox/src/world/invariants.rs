//! What holds in every world at every instant.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Given, Kind, Movement, Scope, Sums, Totals, World, call_id};
use crate::books::Books;
use crate::calendar::Day;
use crate::money::Amount;

/// Something done to a world.
#[derive(Debug, Clone)]
enum Act {
    Wait(i64),
    Transfer(usize, u32),
    Set(usize, u32),
    TopUp(usize, u32),
    Create(u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let customer = 0..9_usize;
    let act = prop_oneof![
        3 => (1..200_000_i64).prop_map(Act::Wait),
        1 => (customer.clone(), 1..9_000_000_u32).prop_map(|(customer, paise)| Act::Transfer(customer, paise)),
        1 => (customer.clone(), 0..200_000_u32).prop_map(|(customer, paise)| Act::Set(customer, paise)),
        1 => (1..900_000_u32).prop_map(Act::Create),
        1 => (customer, 1..900_000_u32).prop_map(|(customer, paise)| Act::TopUp(customer, paise)),
    ];
    proptest::collection::vec(act, 1..8)
}

fn start(minutes: i64) -> DateTime<Utc> {
    "2026-05-12T03:30:00Z".parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::minutes(minutes)
}

/// Every third world has lives, and every third has books that are hard to close.
fn opened(seed: u64, customers: usize, begin: DateTime<Utc>) -> World {
    match seed % 3 {
        0 => World::open(seed, customers, begin, Books::default()),
        1 => World::open(seed, customers, begin, Books { utc_days: false, ..Books::ALL }),
        _ => World::open_lives(seed, customers, begin, 30),
    }
}

fn lived(seed: u64, customers: usize, begin: i64, acts: &[Act]) -> World {
    let mut world = opened(seed, customers, start(begin));
    for act in acts {
        let now = world.now();
        let id = |world: &World, index: usize| world.identity(index % customers).auth_id();
        let paise = |paise: u32| Amount::paise(i64::from(paise));
        match act {
            Act::Wait(seconds) => world.advance_to(now + TimeDelta::milliseconds(seconds * 1_003)),
            Act::Transfer(customer, amount) => {
                let id = id(&world, *customer);
                // The partner may not have that much, the customer may have left.
                let _ = world.transfer(&id, paise(*amount), "Recharge");
            }
            Act::Set(customer, amount) => {
                let id = id(&world, *customer);
                world.set_wallet(&id, paise(*amount), now);
            }
            Act::TopUp(customer, amount) => {
                let id = id(&world, *customer);
                world.top_up(&id, paise(*amount), now);
            }
            Act::Create(amount) => {
                // A second one finds its address taken.
                if let Ok(index) = world.create(given("new@example.com")) {
                    let id = world.identity(index).auth_id();
                    world.top_up(&id, paise(*amount), now);
                }
            }
        }
    }
    world
}

fn given(email: &str) -> Given {
    Given {
        name: "New Traders".into(),
        email: email.into(),
        phone: "+919800000000".into(),
        country: "IN".into(),
        company: None,
        description: None,
        address: None,
        city: None,
        state: None,
        zip_code: None,
        timezone: None,
        gstin: None,
        gst_status: None,
        account_type: "standard".into(),
    }
}

/// Opening, credits and debits of a customer, as its records have them.
fn ledger(world: &World, index: usize) -> Amount {
    let mut sum = Amount::ZERO;
    world.movements(Scope::One(index), world.window(None, None), |_, _, movement| match movement {
        Movement::Call(call) => sum -= call.cost(),
        Movement::Entry { entry, .. } => sum += entry.amount,
    });
    sum
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn wallets_are_what_the_ledgers_say(seed: u64, customers in 1..9_usize, begin in -3_000..3_000_i64, acts in acts()) {
        let world = lived(seed, customers, begin, &acts);
        for (index, customer) in world.customers() {
            prop_assert_eq!(customer.wallet, ledger(&world, index));
            // A price of the day before is charged whatever is left.
            let may_owe = customer.traits.is_postpaid() || customer.traits.late_prices;
            prop_assert!(customer.wallet >= Amount::ZERO || may_owe);
        }
        let domestic = world.customers().filter(|(_, customer)| customer.traits.is_domestic());
        let wallets: Amount = domestic.map(|(index, _)| ledger(&world, index)).sum();
        prop_assert_eq!(world.total_balance(), wallets);
        prop_assert_eq!(world.partner.wallet, world.partner.ledger.iter().map(|movement| movement.amount).sum());
        prop_assert!(world.partner.wallet >= Amount::ZERO);
    }

    #[test]
    fn reports_add_up_to_the_calls_on_record(seed: u64, customers in 1..9_usize, begin in -3_000..3_000_i64, acts in acts()) {
        let world = lived(seed, customers, begin, &acts);
        let window = world.window(None, None);
        let (mut calls, mut ids, mut debits) = (Sums::default(), HashSet::new(), Amount::ZERO);
        world.calls(Scope::All, window, |index, customer, call| {
            let mut one = Totals::default();
            one.add_of(&customer.traits, &world.recorded(call));
            calls += one.all();
            assert!(Day::of(call.start()) == Day::of(call.end) && call.end <= window.last);
            assert!(ids.insert(call_id(world.seed, index, &call)), "each call has its own id");
        });
        world.movements(Scope::All, window, |_, customer, movement| match movement {
            Movement::Call(call) if customer.traits.is_domestic() => debits += call.cost(),
            Movement::Entry { entry, .. } if customer.traits.is_domestic() && matches!(entry.kind, Kind::LatePrice(_)) => {
                debits -= entry.amount;
            }
            _ => {}
        });
        let mut totals = Totals::default();
        world.days(world.first_day(), world.today()).for_each(|(_, day)| totals += *day);
        prop_assert_eq!(totals.all(), calls);
        prop_assert_eq!(debits, calls.cost);
        let mut parts = totals.direction(super::Direction::Inbound);
        parts += totals.direction(super::Direction::Outbound);
        prop_assert_eq!(parts, calls);
        let mut parts = totals.product(super::Product::SipTrunking);
        parts += totals.product(super::Product::VoiceApi);
        prop_assert_eq!(parts, calls);
    }

    #[test]
    fn it_makes_no_difference_in_how_many_steps_time_passes(seed: u64, steps in proptest::collection::vec(1..40_000_i64, 1..12)) {
        let begin = start(0);
        let (mut once, mut often) = (opened(seed, 6, begin), opened(seed, 6, begin));
        let mut now = begin;
        for step in steps {
            now += TimeDelta::seconds(step);
            often.advance_to(now);
        }
        once.advance_to(now);
        prop_assert_eq!(format!("{:?}", once.customers), format!("{:?}", often.customers));
        prop_assert_eq!(format!("{:?} {:?} {:?}", once.partner, once.days, once.hours), format!("{:?} {:?} {:?}", often.partner, often.days, often.hours));
    }

    #[test]
    fn any_page_of_everybody_can_be_cut_out_alone(seed: u64, skip in 0..40_000_usize, take in 1..200_usize, days in 0..40_i64) {
        let world = opened(seed, 5, start(seed.to_le_bytes()[0].into()));
        let window = world.window(Some(world.first_day().plus(days)), None);
        let mut all = Vec::new();
        world.movements(Scope::All, window, |index, _, movement| all.push((at(&movement), index)));
        let (total, part, before) = world.part(window, skip, take, |hour| hour.movements);
        prop_assert_eq!(total, all.len());
        let mut cut = Vec::new();
        world.movements(Scope::All, part, |index, _, movement| cut.push((at(&movement), index)));
        all.sort_unstable();
        cut.sort_unstable();
        let expected: Vec<_> = all.iter().rev().skip(skip).take(take).collect();
        prop_assert_eq!(cut.iter().rev().skip(before).take(take).collect::<Vec<_>>(), expected);
    }
}

fn at(movement: &Movement<'_>) -> i64 {
    match movement {
        Movement::Call(call) => call.end,
        Movement::Entry { entry, .. } => entry.second(),
    }
}

#[test]
fn a_call_is_found_by_its_id_and_only_with_its_customer() {
    let world = World::open(7, 5, start(0), Books::default());
    let mut calls = Vec::new();
    world.calls(Scope::All, world.window(Some(world.today()), None), |index, _, call| calls.push((index, call)));
    world.calls(Scope::All, world.window(Some(world.today().plus(-3)), Some(world.today().plus(-3))), |index, _, call| {
        calls.push((index, call));
    });
    assert!(calls.len() > 100);
    for (index, call) in calls {
        let id = call_id(world.seed, index, &call);
        let found = world.call(index, &id).expect("the call");
        assert_eq!((found.end, found.number), (call.end, call.number));
        assert!(world.call((index + 1) % 5, &id).is_none());
    }
    assert!(world.call(0, "aabbccdd-1234-5678-90ab-cdef12345678").is_none());
}

#[test]
fn the_default_world_has_something_to_tell_early() {
    let mut world = World::open(7, 40, start(0), Books::default());
    let low = |world: &World| -> Vec<usize> {
        let prepaid = world.customers().filter(|(_, customer)| !customer.traits.is_postpaid());
        prepaid.filter(|(_, customer)| customer.wallet < Amount::rupees(2_000)).map(|(index, _)| index).collect()
    };
    let at_start = low(&world);
    assert!((2..=4).contains(&at_start.len()), "{at_start:?}");
    assert_eq!(
        world.customers().filter(|(_, customer)| customer.wallet < Amount::rupees(500) && !customer.traits.is_postpaid()).count(),
        1
    );
    world.advance_to(start(3 * 60));
    let fallen: Vec<usize> = low(&world).into_iter().filter(|index| !at_start.contains(index)).collect();
    assert!(!fallen.is_empty(), "one falls below 2,000 within three hours");
    world.advance_to(start(10 * 60));
    let topped_up = fallen.iter().any(|index| !low(&world).contains(index));
    assert!(topped_up, "and is topped up the same day");
    let customers = world.customers().count();
    world.advance_to(start(28 * 60));
    assert_eq!(world.customers().count(), customers + 1, "one arrives the next day");
    world.advance_to(start(4 * 24 * 60));
    assert_eq!(world.customers().count(), customers, "and one has left two days later");
}

#[test]
fn a_wallet_without_money_lets_no_call_through() {
    let mut world = World::open(7, 10, start(0), Books::default());
    let (index, id) = {
        let (index, _) = world
            .customers()
            .find(|(_, customer)| !customer.traits.is_postpaid() && customer.traits.usual.calls > 100)
            .expect("one");
        (index, world.identity(index).auth_id())
    };
    world.set_wallet(&id, Amount::ZERO, start(0));
    world.advance_to(start(45));
    let mut calls = 0;
    let count = |world: &World| {
        let mut calls = 0;
        world.calls(Scope::One(index), world.window(Some(world.today()), None), |_, _, call| {
            calls += u32::from(call.end > start(0).timestamp());
        });
        calls
    };
    calls += count(&world);
    assert_eq!(calls, 0);
    assert!(world.top_up(&id, Amount::rupees(5_000), start(45)));
    world.advance_to(start(105));
    assert!(count(&world) > 0);
    let entries = &world.any_customer(index).expect("the customer").entries;
    assert!(
        entries.iter().any(|entry| entry.kind == Kind::Adjustment) && entries.iter().any(|entry| entry.kind == Kind::Payment)
    );
}

#[test]
fn a_created_customer_calls_once_it_has_money_and_not_before() {
    let mut world = World::open(7, 5, start(0), Books::default());
    let index = world.create(given("new@example.com")).expect("room for one");
    let id = world.identity(index).auth_id();
    assert_eq!(world.create(given("NEW@example.com")), Err(super::CreateRefused::EmailTaken));
    let calls = |world: &World| {
        let mut calls = 0;
        world.calls(Scope::One(index), world.window(None, None), |_, _, _| calls += 1);
        calls
    };
    world.advance_to(start(24 * 60));
    assert_eq!((calls(&world), world.customer(&id).expect("it").1.wallet), (0, Amount::ZERO));
    assert!(world.transfer(&id, Amount::rupees(2_000), "First").is_ok());
    world.advance_to(start(3 * 24 * 60));
    assert!(calls(&world) > 0);
    assert_eq!(world.customer(&id).expect("it").1.wallet, ledger(&world, index));
}
