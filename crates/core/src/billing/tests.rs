use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::*;

/// A call or movement of a customer: hours after the first of April in Kolkata, and paise.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) customer: u8,
    pub(super) hour: i64,
    pub(super) paise: i64,
    pub(super) kind: u8,
}

/// Bodies as the service sends them.
#[derive(Debug, Clone, Default)]
pub(super) struct Bodies {
    pub(super) calls: Vec<serde_json::Value>,
    pub(super) rows: Vec<serde_json::Value>,
    pub(super) balances: Vec<Decimal>,
}

const CUSTOMERS: u8 = 4;

pub(super) fn april() -> Period {
    Period::month("2026-04", Tz::Asia__Kolkata).unwrap()
}

pub(super) fn money(text: &str) -> Decimal {
    crate::money::parse(text).unwrap()
}

pub(super) fn at(hour: i64) -> String {
    let first: DateTime<Utc> = "2026-03-31T18:30:00Z".parse().unwrap();
    (first + TimeDelta::hours(hour) + TimeDelta::minutes(17)).to_rfc3339()
}

/// A body as its type. Amounts are read from text, which a value does not keep.
pub(super) fn typed<T: serde::de::DeserializeOwned>(body: &serde_json::Value) -> T {
    serde_json::from_str(&body.to_string()).unwrap()
}

pub(super) fn row(id: &str, customer: u8, hour: i64, amount: Decimal, kind: &str, reference: &str) -> serde_json::Value {
    json!({"id": id, "account_id": format!("MA_{customer}"), "type": kind, "amount": amount.to_string(), "currency": "INR",
        "reference": reference, "status": "completed", "processed_at": at(hour)})
}

/// What the service has after these events: a ledger row for each call that cost something, and wallets that began at 5,000.
pub(super) fn bodies(events: &[Event]) -> Bodies {
    let mut bodies = Bodies { balances: vec![Decimal::from(5_000); usize::from(CUSTOMERS)], ..Bodies::default() };
    for (number, event) in events.iter().enumerate() {
        let Event { customer, hour, paise, kind } = *event;
        let (id, amount) = (format!("row-{number}"), Decimal::new(paise, 2));
        let wallet = &mut bodies.balances[usize::from(customer)];
        let (name, reference, sign) = match kind {
            0 => ("credit", "ptc:partner:x:1".to_owned(), 1),
            1 => ("credit", format!("refund_{number}"), 1),
            2 => ("debit", format!("did:+91{number}"), -1),
            3 => ("debit", "weekly".to_owned(), -1),
            _ => {
                let uuid = format!("call-{number}");
                bodies.calls.push(json!({"uuid": uuid, "account_id": format!("MA_{customer}"), "currency": "INR",
                    "call_direction": if kind % 2 == 0 { "inbound" } else { "outbound" },
                    "context": if kind % 3 == 0 { "voice-api" } else { "sip-trunking" },
                    "end_time": at(hour), "answer_time": at(hour), "billsec": 60, "total_cost": amount.to_string()}));
                ("debit", format!("cdr:{uuid}"), -1)
            }
        };
        *wallet += Decimal::from(sign) * amount;
        if !(kind > 3 && paise == 0) {
            bodies.rows.push(row(&id, customer, hour, amount, name, &reference));
        }
    }
    bodies
}

pub(super) fn sources(bodies: &Bodies, period: Period) -> Sources {
    let mut sources = Sources::new(period, "2026-05-20T00:00:00Z".parse().unwrap());
    let accounts = bodies.balances.iter().enumerate().map(|(place, balance)| {
        typed(&json!({"auth_id": format!("MA_{place}"), "name": format!("Customer {place}"),
            "cash_credits": balance.to_string(), "pricing_tier": {"currency": "INR"}}))
    });
    sources.add_accounts(&accounts.collect::<Vec<_>>());
    let calls: Vec<_> = bodies.calls.iter().map(typed).collect();
    let rows: Vec<_> = bodies.rows.iter().map(typed).collect();
    sources.add_calls(&calls);
    sources.add_ledger(&rows);
    for source in [Source::Accounts, Source::CallRecords, Source::Ledger] {
        let part = Coverage { source, extent: Extent::Whole, rows: 0, from: None, to: None, detail: String::new() };
        sources.coverage.push(part);
    }
    sources
}

pub(super) fn close(bodies: &Bodies) -> Month {
    Month::close(&sources(bodies, april())).unwrap()
}

pub(super) fn charges(month: &Month) -> Decimal {
    month.lines.iter().filter(|line| line.item != Item::TopUp).map(|line| line.amount).sum()
}

pub(super) fn reasons(month: &Month) -> Vec<(Check, Reason, Decimal)> {
    month.differences.iter().map(|found| (found.check, found.reason, found.amount().unwrap())).collect()
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    // Two days before the month to ten days after it.
    let event = (0..CUSTOMERS, -48_i64..960, 0_i64..90_000, 0_u8..12);
    let event = event.prop_map(|(customer, hour, paise, kind)| Event { customer, hour, paise, kind });
    proptest::collection::vec(event, 0..60)
}

proptest! {
    #[test]
    fn wallets_lead_from_one_end_to_the_other_and_nothing_differs(events in events()) {
        let month = close(&bodies(&events));
        prop_assert!(month.is_reconciled(Decimal::ZERO), "{:?}", month.differences);
        prop_assert!(month.complete);
        for one in &month.statements {
            prop_assert_eq!(one.opening.unwrap() + one.net().unwrap(), one.closing.unwrap());
            let early: Decimal = events.iter().filter(|event| format!("MA_{}", event.customer) == one.auth_id && event.hour < 0)
                .map(|event| Decimal::new(if event.kind < 2 { event.paise } else { -event.paise }, 2)).sum();
            prop_assert_eq!(one.opening.unwrap(), Decimal::from(5_000) + early);
        }
    }

    #[test]
    fn invoices_and_differences_are_the_ledger(events in events(), lost in 0_usize..60, half_up: bool, at_invoice: bool) {
        let mut bodies = bodies(&events);
        if lost < bodies.rows.len() {
            bodies.rows.remove(lost);
        }
        let month = close(&bodies);
        let debits: Decimal = month.statements.iter().map(|one| one.usage + one.rentals + one.fixed + one.other - one.refunds).sum();
        let calls: Decimal = month.differences.iter().filter(|found| found.check == Check::Call).map(|found| found.amount().unwrap()).sum();
        prop_assert_eq!(charges(&month) + calls, debits);
        let terms = Terms {
            tax: Some(Decimal::from(18)),
            rounding: if half_up { Rounding::HalfUp } else { Rounding::HalfEven },
            round_at: if at_invoice { RoundAt::Invoice } else { RoundAt::Line },
            ..Terms::default()
        };
        let invoices = month.invoices(&terms).unwrap();
        for invoice in &invoices {
            let sum: Decimal = invoice.lines.iter().map(|line| line.amount).sum();
            prop_assert_eq!(sum + invoice.rounding, invoice.net);
            prop_assert_eq!(invoice.net + invoice.tax, invoice.total);
            let lines = Decimal::from(invoice.lines.len().max(1));
            let cost: Decimal = invoice.lines.iter().map(|line| line.cost).sum();
            let most = Decimal::new(5, 3) * if at_invoice { Decimal::ONE } else { lines };
            prop_assert!((invoice.net - cost).abs() <= most);
        }
        // Every amount here is of whole paise, so that nothing is rounded.
        prop_assert_eq!(invoices.iter().map(|invoice| invoice.net).sum::<Decimal>(), charges(&month));
    }

    #[test]
    fn a_month_in_two_parts_is_the_month(events in events(), last in 1_u32..30, later in 0_i64..72) {
        let mut bodies = bodies(&events);
        // Some rows of calls are booked later.
        for (place, row) in bodies.rows.iter_mut().enumerate().filter(|(_, row)| row["reference"].as_str().unwrap().starts_with("cdr")) {
            if place % 3 == 0 {
                row["processed_at"] = at(events[row["id"].as_str().unwrap()[4..].parse::<usize>().unwrap()].hour + later).into();
            }
        }
        let whole = close(&bodies);
        let middle = chrono::NaiveDate::from_ymd_opt(2026, 4, last).unwrap();
        let first = Month::close(&sources(&bodies, Period { to: middle, ..april() })).unwrap();
        let second = Month::close(&sources(&bodies, Period { from: middle.succ_opt().unwrap(), ..april() })).unwrap();
        let both = first.then(&second).unwrap().unwrap();
        prop_assert_eq!(&both.lines, &whole.lines);
        prop_assert_eq!(&both.statements, &whole.statements);
        prop_assert_eq!(&both.tallies, &whole.tallies);
        let figures = |month: &Month| month.differences.iter()
            .map(|found| (found.subject.clone(), found.reason, found.first, found.second)).collect::<Vec<_>>();
        prop_assert_eq!(figures(&both), figures(&whole));
        prop_assert!(second.then(&first).unwrap().is_none());
    }

    #[test]
    fn the_order_of_rows_does_not_matter(events in events(), turn in 0_usize..60) {
        let bodies = bodies(&events);
        let mut turned = bodies.clone();
        let (calls, rows) = (turned.calls.len().max(1), turned.rows.len().max(1));
        turned.calls.rotate_left(turn % calls);
        turned.rows.rotate_left(turn % rows);
        turned.rows.reverse();
        prop_assert_eq!(close(&bodies), close(&turned));
    }
}

#[test]
fn a_wallet_that_moves_while_it_is_read_is_closed_where_the_ledger_shows_how() {
    for (balance, opening) in [("5498.93", Some("5000")), ("5400", None)] {
        let mut sources = sources(
            &bodies(&[
                Event { customer: 0, hour: 24, paise: 50_000, kind: 0 },
                Event { customer: 0, hour: 900, paise: 107, kind: 5 },
            ]),
            april(),
        );
        // It was read before the call, and again after it.
        sources.customers[0].balance = Some(money("5500"));
        let again = json!({"auth_id": "MA_0", "cash_credits": balance});
        sources.add_accounts(&[typed(&again)]);
        let month = Month::close(&sources).unwrap();
        assert_eq!(month.statements[0].opening, opening.map(money), "{balance}");
        assert_eq!(month.differences.iter().any(|found| found.reason == Reason::ListChanged), opening.is_none());
    }
}

#[test]
fn a_report_whose_days_are_cut_elsewhere_is_explained() {
    let events: Vec<Event> = (0..60).map(|hour| Event { customer: 1, hour: hour * 11, paise: 90 + hour, kind: 6 }).collect();
    let bodies = bodies(&events);
    let utc = Month::close(&sources(&bodies, Period { zone: Tz::UTC, ..april() })).unwrap();
    let mut days: std::collections::BTreeMap<_, (u64, Decimal)> = std::collections::BTreeMap::new();
    for line in &utc.lines {
        let (calls, cost) = days.entry(line.day).or_default();
        (*calls, *cost) = (*calls + line.count, *cost + line.amount);
    }
    let days = days.iter().map(|(day, (calls, cost))| json!({"date": day, "total_calls": calls, "total_cost": cost.to_string()}));
    let report =
        json!({"period": {"from": "2026-04-01", "to": "2026-04-30"}, "currency": "INR", "time_series": days.collect::<Vec<_>>()});
    let close = |zone| {
        let mut sources = sources(&bodies, Period { zone, ..april() });
        sources.report = Some(typed(&report));
        Month::close(&sources).unwrap()
    };
    assert!(close(Tz::UTC).is_reconciled(Decimal::ZERO));
    let month = close(Tz::Asia__Kolkata);
    assert!(!month.differences.is_empty());
    assert!(month.differences.iter().all(|found| found.reason == Reason::OtherZone && found.detail.ends_with("in UTC")));
}

#[test]
fn counts_of_a_report_that_no_number_holds_are_unknown_and_not_added() {
    let day = |day: &str| json!({"date": day, "total_calls": u64::MAX, "total_cost": "9999999999999999999999999999"});
    let part = json!({"total_calls": u64::MAX, "answered_calls": u64::MAX});
    let report = json!({"period": {"from": "2026-04-01", "to": "2026-04-30"}, "currency": "INR", "calls": {"total_calls": 1},
        "time_series": [day("2026-04-01"), day("2026-04-02")], "by_product": {"voice_api": part, "sip_trunking": part}});
    let mut sources = sources(&Bodies { balances: vec![Decimal::ZERO], ..Bodies::default() }, april());
    sources.report = Some(typed(&report));
    let month = Month::close(&sources).unwrap();
    assert!(!month.is_reconciled(Decimal::ZERO));
}

#[test]
fn fees_are_compared_with_what_numbers_cost_now() {
    let rent = |number: u8, amount: &str| row(&format!("r{number}"), 0, 48, money(amount), "debit", &format!("did:+{number}"));
    let bodies = Bodies { rows: vec![rent(1, "400"), rent(2, "400")], balances: vec![Decimal::ZERO], ..Bodies::default() };
    let mut sources = sources(&bodies, april());
    let number = |number: u8, bought: &str| {
        json!({"e164": format!("+{number}"), "account_id": "MA_0", "status": "active",
        "monthly_fee": if number == 2 { 450 } else { 400 }, "currency": "INR", "purchased_at": bought})
    };
    let numbers = [
        number(1, "2025-01-01T00:00:00Z"),
        number(2, "2025-01-01T00:00:00Z"),
        number(3, "2025-01-01T00:00:00Z"),
        number(4, "2026-04-20T00:00:00Z"),
    ];
    sources.add_numbers(&numbers.map(|number| typed(&number)));
    let month = Month::close(&sources).unwrap();
    assert_eq!(
        reasons(&month),
        [(Check::Fee, Reason::FeeChanged, money("-50")), (Check::Fee, Reason::FeeWithoutRow, money("-400"))]
    );
}

#[test]
fn a_month_without_rows_is_closed_and_one_that_runs_is_not_complete() {
    let month = close(&Bodies { balances: vec![money("12.50")], ..Bodies::default() });
    assert_eq!((month.statements[0].opening, month.statements[0].closing), (Some(money("12.50")), Some(money("12.50"))));
    assert!(month.lines.is_empty() && month.complete && month.invoices(&Terms::default()).unwrap().is_empty());
    let may = Period::month("2026-05", Tz::Asia__Kolkata).unwrap();
    assert!(!Month::close(&sources(&Bodies::default(), may)).unwrap().complete);
}

#[test]
fn a_customer_who_is_not_listed_any_more_has_a_statement_without_balances() {
    let mut bodies = bodies(&[Event { customer: 3, hour: 30, paise: 250, kind: 5 }]);
    bodies.balances.truncate(1);
    let month = close(&bodies);
    let gone = month.statements.iter().find(|one| one.auth_id == "MA_3").unwrap();
    assert_eq!((gone.name.as_deref(), gone.opening, gone.closing, gone.usage), (None, None, None, money("2.50")));
    assert_eq!(month.invoices(&Terms::default()).unwrap()[0].net, money("2.50"));
}

#[test]
fn a_customer_created_in_the_month_begins_with_nothing_and_one_of_later_has_no_statement() {
    let mut sources = Sources::new(april(), "2026-05-20T00:00:00Z".parse().unwrap());
    let account = |id: &str, created: &str| typed(&json!({"auth_id": id, "cash_credits": "7", "created_at": created}));
    sources.add_accounts(&[account("MA_NEW", "2026-04-10T00:00:00Z"), account("MA_LATER", "2026-05-10T00:00:00Z")]);
    sources.coverage.push(Coverage {
        source: Source::Ledger,
        extent: Extent::Whole,
        rows: 0,
        from: None,
        to: None,
        detail: String::new(),
    });
    let month = Month::close(&sources).unwrap();
    assert_eq!(month.statements.len(), 1);
    assert_eq!(reasons(&month), [(Check::Opening, Reason::RowsNotVisible, money("7"))]);
}

#[test]
fn what_was_not_visible_is_stated_and_usage_comes_from_the_ledger_then() {
    let mut sources = sources(&bodies(&[Event { customer: 0, hour: 30, paise: 250, kind: 5 }]), april());
    sources.calls.clear();
    sources.coverage[1].extent = Extent::Nothing;
    let month = Month::close(&sources).unwrap();
    assert!(!month.complete && month.differences.is_empty());
    assert_eq!(
        (month.lines[0].item, month.lines[0].product.as_deref(), month.lines[0].amount),
        (Item::Usage, None, money("2.50"))
    );
}
