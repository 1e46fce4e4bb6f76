//! Faults planted into a month, each found and named, and figures that no number holds.

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::json;

use super::tests::{Bodies, Event, april, at, bodies, charges, money, reasons, sources};
use super::*;

/// A call of one rupee on the 10th, a top-up on the 2nd, and the balances of the month before.
fn planted(with: impl FnOnce(&mut Bodies)) -> Month {
    let event = |hour, paise, kind| Event { customer: 0, hour, paise, kind };
    let mut bodies = bodies(&[event(24 * 9, 100, 5), event(24, 50_000, 0), event(24 * 12, 7, 4)]);
    with(&mut bodies);
    let mut sources = sources(&bodies, april());
    sources.openings.insert("MA_0".to_owned(), Decimal::from(5_000));
    Month::close(&sources).unwrap()
}

#[test]
fn nothing_planted_is_nothing_found() {
    assert_eq!(reasons(&planted(|_| {})), []);
}

#[test]
fn a_lost_row_of_a_call_is_found() {
    let month = planted(|bodies| drop(bodies.rows.remove(0)));
    let opening = (Check::Opening, Reason::RowsNotVisible, money("-1"));
    assert_eq!(reasons(&month), [(Check::Call, Reason::CallWithoutRow, money("-1")), opening]);
    assert!(!month.is_reconciled(money("0.99")) && month.is_reconciled(money("1")));
}

#[test]
fn a_lost_top_up_is_found() {
    let month = planted(|bodies| drop(bodies.rows.remove(1)));
    assert_eq!(reasons(&month), [(Check::Opening, Reason::RowsNotVisible, money("500"))]);
}

#[test]
fn a_row_that_is_there_twice_is_found() {
    for (place, check, amount) in [(0, Check::Call, "1"), (1, Check::Row, "500")] {
        let month = planted(|bodies| {
            let mut copy = bodies.rows[place].clone();
            copy["id"] = "copy".into();
            bodies.rows.push(copy);
        });
        assert!(reasons(&month).contains(&(check, Reason::BookedTwice, money(amount))), "{:?}", month.differences);
    }
    let month = planted(|bodies| bodies.rows.push(bodies.rows[0].clone()));
    assert_eq!(reasons(&month), [], "one id is one row");
}

#[test]
fn a_row_in_another_month_is_found() {
    let month = planted(|bodies| bodies.rows[0]["processed_at"] = at(24 * 33).into());
    assert_eq!(reasons(&month)[0], (Check::Call, Reason::PricedLater, money("-1")));
    assert!(month.differences[0].detail.contains("2026-05-04"), "{}", month.differences[0]);
}

#[test]
fn a_row_that_is_off_by_one_paisa_is_found() {
    let month = planted(|bodies| bodies.rows[0]["amount"] = "1.01".into());
    assert_eq!(reasons(&month)[0], (Check::Call, Reason::AmountDiffers, money("0.01")));
}

#[test]
fn rounded_rows_are_one_difference_a_day() {
    let month = planted(|bodies| {
        bodies.calls[0]["total_cost"] = "1.004".into();
    });
    assert_eq!(reasons(&month)[0], (Check::Call, Reason::Rounding, money("-0.004")));
    assert_eq!(month.differences[0].detail, "rounding of 1 row");
}

#[test]
fn a_row_in_another_currency_is_found_and_never_added() {
    let month = planted(|bodies| bodies.rows[0]["currency"] = "USD".into());
    let found: Vec<_> = month.differences.iter().filter(|found| found.reason == Reason::OtherCurrency).collect();
    let figures: Vec<_> = found.iter().map(|found| (found.currency.as_deref(), found.first, found.second)).collect();
    assert!(figures.contains(&(Some("INR"), money("1"), money("0"))) && figures.contains(&(Some("USD"), money("0"), money("1"))));
    let rupees: Vec<_> = month.statements.iter().filter(|one| one.currency.as_deref() == Some("INR")).collect();
    assert_eq!(rupees[0].usage, money("0.07"));
    let month = planted(|bodies| bodies.rows[1]["currency"] = "USD".into());
    assert!(reasons(&month).contains(&(Check::Row, Reason::OtherCurrency, money("500"))), "{:?}", month.differences);
    assert!(!month.is_reconciled(money("1000")), "no tolerance is in two currencies");
}

#[test]
fn a_row_without_a_call_and_one_without_a_direction_are_found() {
    let month = planted(|bodies| drop(bodies.calls.remove(0)));
    assert_eq!(reasons(&month), [(Check::Call, Reason::RowWithoutCall, money("1"))]);
    let month = planted(|bodies| bodies.rows[1]["type"] = "adjustment".into());
    assert_eq!(reasons(&month), [(Check::Row, Reason::UnclearRow, money("500"))]);
    assert_eq!(month.statements[0].closing, None);
}

#[test]
fn rows_without_a_currency_have_that_of_their_customer() {
    let month = planted(|bodies| {
        for body in bodies.rows.iter_mut().chain(&mut bodies.calls) {
            body.as_object_mut().unwrap().remove("currency");
        }
    });
    assert_eq!(reasons(&month), []);
    assert!(month.lines.iter().all(|line| line.currency.as_deref() == Some("INR")));
}

#[test]
fn a_closed_month_is_read_back_as_it_was_written() {
    let month = planted(|bodies| drop(bodies.rows.remove(0)));
    let text = serde_json::to_string(&month).unwrap();
    assert_eq!(serde_json::from_str::<Month>(&text).unwrap(), month);
}

#[test]
fn an_amount_too_large_to_be_added_exactly_is_not_understood_rather_than_rounded() {
    let month = planted(|bodies| bodies.rows[1]["amount"] = "99999999999999999999".into());
    assert_eq!(reasons(&month), [(Check::Row, Reason::UnclearRow, Decimal::ZERO)]);
}

#[test]
fn a_cost_too_large_to_be_added_and_a_call_without_a_date_are_named_and_in_no_sum() {
    let month = planted(|bodies| {
        bodies.calls[0]["total_cost"] = "99999999999999999999".into();
        bodies.calls[1].as_object_mut().unwrap().remove("end_time");
    });
    let unclear: Vec<_> = month.differences.iter().filter(|found| found.reason == Reason::UnclearRow).collect();
    assert_eq!(unclear.len(), 2, "{:?}", month.differences);
    let usage: Decimal = month.lines.iter().filter(|line| line.item == Item::Usage).map(|line| line.amount).sum();
    let calls: Decimal = month.differences.iter().filter(|found| found.check == Check::Call).filter_map(Difference::amount).sum();
    assert_eq!((usage, usage + calls), (Decimal::ZERO, month.statements[0].usage));
    assert!(!month.is_reconciled(money("1000")), "no tolerance is for what is not understood");
}

#[test]
fn what_a_new_wallet_brings_forward_is_paid_in_and_lowers_no_charge() {
    let brought = json!({"id": "b", "account_id": "MA_0", "type": "credit", "amount": "900", "currency": "INR",
        "description": "Balance brought forward", "processed_at": at(1)});
    let month = planted(|bodies| {
        bodies.rows.push(brought);
        bodies.balances[0] += Decimal::from(900);
    });
    let one = &month.statements[0];
    assert_eq!((one.opening, one.top_ups, one.refunds), (Some(money("5000")), money("1400"), Decimal::ZERO));
    assert_eq!(charges(&month), money("1.07"));
}

#[test]
fn sums_that_no_number_holds_are_an_error_and_never_the_largest_number_or_zero() {
    let month = planted(|_| {});
    let with = |amount: Decimal, count: u64| {
        let mut month = month.clone();
        month.lines.extend(month.lines.clone());
        for line in &mut month.lines {
            (line.amount, line.count) = (amount, count);
        }
        (month.statements[0].usage, month.statements[0].rentals) = (amount, amount);
        month
    };
    let most = with(Decimal::MAX, 1);
    assert!(most.invoices(&Terms::default()).is_err() && most.spenders(None).is_err() && most.splits().is_err());
    assert!(most.usages().is_err() && most.reconcile(&[], On::Day).is_err() && most.statements[0].net().is_err());
    let error = most.invoices(&Terms::default()).unwrap_err().to_string();
    assert!(error.contains("of MA_0 have more digits"), "{error}");
    assert!(with(Decimal::ONE, u64::MAX).splits().is_err());
    let following = Month { period: Period::month("2026-05", Tz::Asia__Kolkata).unwrap(), ..most.clone() };
    assert!(most.then(&following).is_err());
    let large = with(Decimal::MAX / Decimal::TEN, 1);
    for percent in
        [Terms { markup: Some(money("100.5")), ..Terms::default() }, Terms { tax: Some(money("1000")), ..Terms::default() }]
    {
        assert!(large.invoices(&percent).is_err(), "{percent:?}");
    }
    let books = [Decimal::MAX, Decimal::MAX].map(|amount| Booking { key: "MA_0".into(), currency: None, amount });
    assert!(month.reconcile(&books, On::Customer).is_err());
}
