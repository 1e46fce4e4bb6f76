//! One value of another form costs that value and no other.

use vobiz_core::{ErrorKind, Oddity};

use crate::stand::decimal;
use crate::witness::{LOOPBACK, Witness, json};

/// What is put into one customer's row, as JSON, and whether it is odd.
const CASES: [(&str, &str, bool); 18] = [
    ("cps_limit", "-1", true),
    ("cps_limit", "0.5", true),
    ("concurrent_calls_limit", "\"unlimited\"", true),
    ("created_at", "\"2026-02-06T06:50:07+0000\"", false),
    ("created_at", "\"2026-02-06 06:50:07+00\"", false),
    ("last_login", "\"2026-02-06\"", true),
    ("last_login", "1770360607", true),
    ("last_login", "\"0000-00-00 00:00:00\"", true),
    ("last_login", "\"never\"", true),
    ("address", "{\"line1\": \"MG Road\"}", true),
    ("pricing_tier", "[]", true),
    ("pricing_tier", "\"gold\"", true),
    ("pricing_tier", "1.5", true),
    ("auto_recharge", "\"yes\"", true),
    ("pricing_tier", "{\"currency\": \"INR\", \"rate_per_minute\": \"N/A\"}", true),
    ("kyc_status", "\"on_hold_v2\"", false),
    ("name", "\"\\ud800\"", true),
    ("cps_limit", "NaN", true),
];

fn rows(field: &str, value: &str) -> String {
    format!(
        r#"{{"accounts":[{{"auth_id":"MA_1","cash_credits":"40.00000","{field}":{value}}},{{"auth_id":"MA_2","cash_credits":"7.5"}}],"total":2,"page":1,"size":100}}"#
    )
}

async fn serving(body: impl Into<Vec<u8>>) -> Witness {
    let body = body.into();
    Witness::start(LOOPBACK, move |_| json(body.clone())).await
}

#[tokio::test]
async fn a_field_that_cannot_be_understood_is_absent_and_listed_with_its_customer() {
    for (field, value, is_odd) in CASES {
        let witness = serving(rows(field, value)).await;
        let sweep = witness.client().accounts().sweep(std::time::Duration::from_secs(20)).await.unwrap();
        let balances: Vec<_> = sweep.rows.iter().map(|row| (row.auth_id.as_str(), row.balance)).collect();
        assert_eq!(balances, [("MA_1", Some(decimal("40"))), ("MA_2", Some(decimal("7.5")))], "{field} {value}");
        assert!(sweep.is_complete);
        let listed: Vec<_> = sweep.oddities.iter().map(|odd| (odd.field.as_str(), odd.count, odd.customers.clone())).collect();
        if is_odd {
            assert_eq!(listed.len(), 1, "{field} {value} {listed:?}");
            assert!(listed[0].0.starts_with(&format!("accounts.{field}")), "{field} {value} {listed:?}");
            assert_eq!((listed[0].1, &*listed[0].2), (1, &["MA_1".to_owned()][..]));
            assert!(sweep.oddities[0].path.starts_with(&format!("accounts[0].{field}")));
        } else {
            assert!(listed.is_empty(), "{field} {value} {listed:?}");
        }
        let strict = witness.client().strict().accounts().page(1).await;
        assert_eq!(strict.err().map(|error| error.kind()), is_odd.then_some(ErrorKind::Decode), "{field} {value}");
    }
}

#[tokio::test]
async fn an_amount_that_cannot_be_read_is_unknown_and_never_zero() {
    for value in ["\"N/A\"", "[]", "{}", "true", "\"1,000\"", "1e-29", "\"5\",\"cash_credits\":\"6\"", "Infinity"] {
        let witness = serving(rows("cash_credits", value).replace(r#""cash_credits":"40.00000","#, "")).await;
        let page = witness.client().accounts().page(1).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.balance).collect::<Vec<_>>(), [None, Some(decimal("7.5"))], "{value}");
        assert_eq!((page.oddities.len(), &*page.oddities[0].customers), (1, &["MA_1".to_owned()][..]), "{value}");
    }
}

#[tokio::test]
async fn a_row_without_a_readable_id_costs_that_row() {
    for id in ["null", "[]", "\"\"", "\"MA_1\",\"auth_id\":\"MA_9\"", "\"\\ud800\""] {
        let witness = serving(rows("email", "null").replace("\"MA_1\"", id)).await;
        let sweep = witness.client().accounts().sweep(std::time::Duration::from_secs(20)).await.unwrap();
        assert_eq!((sweep.rows.len(), sweep.listed, sweep.is_complete), (1, 2, true), "{id}");
        assert!(!sweep.oddities.is_empty(), "{id}");
        let nobody = serving(r#"{"accounts":[{"name":"A"},{"name":"B"},null],"total":3}"#).await;
        let error = nobody.client().accounts().page(1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("accounts[0]: missing field `auth_id`"), "{error}");
    }
}

#[tokio::test]
async fn text_that_is_damaged_costs_that_text() {
    let plain = rows("company", "\"C\"");
    let damaged = |from: &[u8]| {
        let at = plain.find("\"C\"").unwrap();
        [&plain.as_bytes()[..at], from, &plain.as_bytes()[at + 3..]].concat()
    };
    for (what, body, oddities) in [
        ("a byte-order mark", [b"\xef\xbb\xbf", plain.as_bytes()].concat(), 0),
        ("UTF-16", std::iter::once(0xfeff).chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect(), 0),
        ("zeros around it", [b"\0", plain.as_bytes(), b"\0\0\0"].concat(), 0),
        ("Latin-1", damaged(b"\"caf\xe9\""), 1),
        ("a zero inside", damaged(b"\"a\0b\""), 1),
        ("a line break inside", damaged(b"\"a\nb\""), 1),
        ("half a pair", damaged(b"\"\\udc00\""), 1),
        ("an unknown escape", damaged(b"\"\\x41\""), 1),
    ] {
        let witness = serving(body).await;
        let page = witness.client().accounts().page(1).await.unwrap();
        assert_eq!((page.items.len(), page.oddities.len()), (2, oddities), "{what} {:?}", page.oddities);
        assert_eq!(page.items[0].balance, Some(decimal("40")), "{what}");
        assert_eq!(witness.client().strict().accounts().page(1).await.unwrap_err().kind(), ErrorKind::Decode, "{what}");
    }
}

#[tokio::test]
async fn a_report_and_a_profile_lose_what_is_odd_and_nothing_else() {
    let witness = serving(
        r#"{"total_balance":"12.50000","calls":{"total_calls":10,"answered_calls":198},"partner":{"created_at":"long ago"},
           "by_product":{"voice_api":{"total_calls":-1,"answered_calls":2}},
           "time_series":[{"date":"2026-05-01","total_minutes":"N/A","total_calls":3},{"date":"soon"}]}"#,
    )
    .await;
    let report = witness.client().dashboard().await.unwrap();
    assert_eq!((report.total_balance, report.by_product["voice_api"].total_calls), (Some(decimal("12.5")), None));
    assert_eq!((report.time_series.len(), report.time_series[0].total_calls), (1, Some(3)));
    let figures = report.calls.as_ref().unwrap();
    assert_eq!((figures.total_calls, figures.answered_calls, report.answer_rate()), (Some(10), Some(198), None));
    let fields: Vec<_> = report.oddities.iter().map(|odd| odd.field.as_str()).collect();
    assert_eq!(
        fields,
        ["partner.created_at", "by_product.*.total_calls", "time_series.total_minutes", "time_series.date", "calls"],
        "{:?}",
        report.oddities
    );
    let me = serving(r#"{"auth_id":"PA_X","balance":"9","max_accounts":-1}"#).await.client().me().await.unwrap();
    assert_eq!((me.balance, me.max_accounts, me.oddities.len()), (Some(decimal("9")), None, 1));
}

#[tokio::test]
async fn what_is_odd_in_many_rows_is_one_oddity_with_a_count() {
    let rows: Vec<_> = (0..90).map(|row| format!(r#"{{"auth_id":"MA_{row}","cps_limit":-1}}"#)).collect();
    let witness = serving(format!(r#"{{"accounts":[{}],"total":90,"size":100}}"#, rows.join(","))).await;
    let page = witness.client().accounts().page(1).await.unwrap();
    let [Oddity { count, path, customers, .. }] = &page.oddities[..] else { panic!("{:?}", page.oddities) };
    assert_eq!((*count, path.as_str(), customers.len()), (90, "accounts[0].cps_limit", 20));
    assert_eq!(
        page.oddities[0].to_string(),
        "accounts[0].cps_limit: expected a count, found a number that is not one (90 times, first in MA_0)"
    );
}
