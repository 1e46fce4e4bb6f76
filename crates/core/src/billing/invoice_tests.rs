use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::*;

fn money(text: &str) -> Decimal {
    crate::money::parse(text).unwrap()
}

/// A month with one customer's usage, rent and refund, amounts of a tenth of a paisa.
fn month() -> Month {
    let period = Period::month("2026-04", Tz::Asia__Kolkata).unwrap();
    let line = |item, product: Option<&str>, amount: &str, seconds: i64| Line {
        auth_id: "MA_1".to_owned(),
        day: period.from,
        item,
        product: product.map(str::to_owned),
        direction: product.map(|_| "outbound".to_owned()),
        currency: Some("INR".to_owned()),
        count: 3,
        answered: 2,
        seconds: Decimal::from(seconds),
        amount: money(amount),
    };
    let mut month = Month::close(&Sources::new(period, "2026-05-02T00:00:00Z".parse().unwrap())).unwrap();
    month.lines = vec![
        line(Item::Usage, Some("voice_api"), "100.005", 3_600),
        line(Item::Usage, Some("sip_trunking"), "50.025", 600),
        line(Item::Rental, None, "400", 0),
        line(Item::Refund, None, "-25.5", 0),
        line(Item::TopUp, None, "-5000", 0),
    ];
    month.statements = vec![Statement {
        auth_id: "MA_1".to_owned(),
        name: Some("Sharma & Sons".to_owned()),
        gstin: Some("27ABCDE1234F1Z5".to_owned()),
        tds: Some(Decimal::from(2)),
        currency: Some("INR".to_owned()),
        opening: None,
        top_ups: money("5000"),
        refunds: money("25.5"),
        usage: money("150.03"),
        rentals: money("400"),
        fixed: Decimal::ZERO,
        other: Decimal::ZERO,
        closing: None,
    }];
    month
}

fn figures(terms: &Terms) -> [String; 5] {
    let invoice = month().invoices(terms).unwrap().remove(0);
    [invoice.rounding, invoice.net, invoice.tax, invoice.total, invoice.payable].map(|amount| amount.normalize().to_string())
}

#[test]
fn the_place_and_the_rule_of_rounding_change_what_they_must() {
    let terms = Terms { tax: Some(Decimal::from(18)), ..Terms::default() };
    assert_eq!(figures(&terms), ["0", "524.52", "94.41", "618.93", "608.44"]);
    let up = Terms { rounding: Rounding::HalfUp, ..terms.clone() };
    assert_eq!(figures(&up), ["0", "524.54", "94.42", "618.96", "608.47"]);
    let at_invoice = Terms { round_at: RoundAt::Invoice, ..terms };
    assert_eq!(figures(&at_invoice), ["0", "524.53", "94.42", "618.95", "608.46"]);
}

#[test]
fn nothing_is_charged_that_is_not_given() {
    assert_eq!(figures(&Terms::default())[2], "0");
    let marked = Terms { markup: Some(Decimal::from(10)), round_at: RoundAt::Invoice, ..Terms::default() };
    let invoice = month().invoices(&marked).unwrap().remove(0);
    let amounts: Vec<_> = invoice.lines.iter().map(|line| (line.item, line.amount.normalize().to_string())).collect();
    let text = |item, amount: &str| (item, amount.to_owned());
    assert_eq!(
        amounts,
        [text(Item::Usage, "55.0275"), text(Item::Usage, "110.0055"), text(Item::Rental, "400"), text(Item::Refund, "-25.5")]
    );
}

#[test]
fn tax_is_split_by_the_states_of_both() {
    let terms = |seller: Option<&str>| Terms {
        tax: Some(Decimal::from(18)),
        seller_state: seller.map(str::to_owned),
        ..Terms::default()
    };
    for (seller, supply, parts) in [
        (Some("27"), Supply::IntraState, ["47.21", "47.21", "0"]),
        (Some("29AAAAA0000A1Z5"), Supply::InterState, ["0", "0", "94.41"]),
        (None, Supply::NotKnown, ["0", "0", "0"]),
        (Some("KA"), Supply::NotKnown, ["0", "0", "0"]),
    ] {
        let invoice = month().invoices(&terms(seller)).unwrap().remove(0);
        assert_eq!(invoice.supply, supply);
        assert_eq!([invoice.cgst, invoice.sgst, invoice.igst].map(|part| part.normalize().to_string()), parts, "{seller:?}");
    }
    let moved = Terms { states: [("MA_1".to_owned(), "29".to_owned())].into(), ..terms(Some("27")) };
    assert_eq!(month().invoices(&moved).unwrap()[0].supply, Supply::InterState);
}

#[test]
fn a_buy_rate_shows_what_a_line_cost_and_charges_nothing() {
    let rates = [("voice_api/outbound".to_owned(), money("0.55")), ("outbound".to_owned(), money("0.40"))];
    let terms = Terms { buy_rates: rates.into(), ..Terms::default() };
    let invoice = month().invoices(&terms).unwrap().remove(0);
    let bought: Vec<_> = invoice.lines.iter().map(|line| line.bought.map(|bought| bought.normalize().to_string())).collect();
    assert_eq!(bought, [Some("4".to_owned()), Some("33".to_owned()), None, None]);
    assert_eq!(invoice.net, month().invoices(&Terms::default()).unwrap()[0].net);
}

#[test]
fn invoices_are_numbered_as_asked_and_never_all_alike() {
    let number = |format: &str| NumberFormat::parse(format).map(|format| Terms { number: format, first: 7, ..Terms::default() });
    for (format, expected) in
        [("INV-{period}-{seq:04}", "INV-2026-04-0007"), ("{seq}", "7"), ("A/{auth_id}/{period}", "A/MA_1/2026-04")]
    {
        assert_eq!(month().invoices(&number(format).unwrap()).unwrap()[0].number, expected);
    }
    for format in ["INV-{period}", "{seq", "seq}", "{seq:4}", "{seq:099}", "{name}", "", "{period:02}{seq}"] {
        let error = NumberFormat::parse(format).unwrap_err().to_string();
        assert!(error.ends_with("write for example INV-{period}-{seq:04}"), "{format}: {error}");
    }
}

#[test]
fn own_books_are_compared_by_customer_and_by_day() {
    let month = month();
    let book = |key: &str, amount: &str| Booking { key: key.to_owned(), currency: None, amount: money(amount) };
    assert_eq!(month.reconcile(&[book("MA_1", "500"), book("MA_1", "24.53")], On::Customer).unwrap(), []);
    assert_eq!(month.reconcile(&[book("2026-04-01", "524.53")], On::Day).unwrap(), []);
    let found = month.reconcile(&[book("MA_1", "524.54"), book("MA_9", "3")], On::Customer).unwrap();
    let reasons: Vec<_> = found.iter().map(|found| (found.auth_id.as_deref(), found.reason, found.amount().unwrap())).collect();
    assert_eq!(reasons, [(Some("MA_1"), Reason::AmountDiffers, money("0.01")), (Some("MA_9"), Reason::MissingHere, money("3"))]);
    let rounded = month.reconcile(&[book("voice_api", "100.01"), book("sip_trunking", "50.02")], On::Product).unwrap();
    assert!(rounded.iter().all(|found| found.reason == Reason::Rounding) && rounded.len() == 2, "{rounded:?}");
    let foreign = Booking { currency: Some("USD".to_owned()), ..book("MA_1", "524.53") };
    assert_eq!(month.reconcile(&[foreign], On::Customer).unwrap().len(), 2, "other currencies are never compared");
}
