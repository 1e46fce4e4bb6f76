//! A running bot whose Partner API sends what nobody expects.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, GROUP, Home, PRIVATE, alter, altered, ask, copied, recorded, sent_to, texts, until_sent, until_texts};
use serde_json::{Value, json};
use tempfile::TempDir;
use vobiz_sandbox::Sandbox;

/// A bot of two chats over a folder of bodies.
async fn running(folder: &TempDir) -> (Sandbox, Home, Bot) {
    let sandbox = recorded(folder.path().to_owned(), &[]).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    (sandbox, home, bot)
}

/// As many customers as this, each the first one under another id and name.
fn crowd(page: &mut Value, many: usize, name: &str) {
    let row = page["accounts"][0].clone();
    let rows = (0..many).map(|number| {
        let mut row = row.clone();
        row["auth_id"] = json!(format!("MA_{number:08}"));
        row["name"] = json!(format!("{number} {name}"));
        row["cash_credits"] = json!(format!("{}.50000", number + 1));
        row
    });
    page["accounts"] = rows.collect();
    page["total"] = json!(many);
    page["size"] = json!(many);
}

/// Fails if the bot had to fall back on anything, or gave a message up.
fn assert_untroubled(bot: &mut Bot) {
    let log = bot.log();
    assert!(bot.is_running(), "{log}");
    for trouble in ["refuses the markup", "given up", "could not be drawn", "panicked"] {
        assert!(!log.contains(trouble), "{trouble}: {}", log.lines().filter(|line| line.contains(trouble)).collect::<String>());
    }
}

#[tokio::test]
async fn a_crowd_with_hostile_names_is_sent_whole_in_messages_that_telegram_takes() {
    let folder = altered("accounts_page", |page| crowd(page, 100, &"<b>\n</code>&amp;\u{202e}😀".repeat(20)));
    let (sandbox, _home, mut bot) = running(&folder).await;
    let is_whole = |texts: &[String]| (0..100).all(|number| texts.iter().any(|text| text.contains(&format!("MA_{number:08}"))));
    for chat in [PRIVATE, GROUP] {
        let sent = until_texts("all of them", &sandbox, chat, is_whole);
        assert!(sent.iter().all(|text| !text.contains('\u{202e}')), "{sent:#?}");
    }
    let summary = ask(&sandbox, "/summary");
    assert!(summary.file.is_some() && summary.plain.starts_with("🔴 100 wallets critical"), "{}", summary.plain);
    assert!(summary.plain.contains("\n\nMon") || summary.plain.contains("Customer wallets:"), "{}", summary.plain);
    let low = ask(&sandbox, "/low");
    assert!(
        low.plain.starts_with("🔴 100 wallets under ₹2,000, of 100 customers: 100 critical")
            && low.plain.contains("0 <b> </code>&amp;😀<b>"),
        "{}",
        low.plain
    );
    let customer = ask(&sandbox, "/customer MA_XXXXXXXX");
    assert!(customer.plain.contains("₹1,300.00"), "{}", customer.plain);
    assert_untroubled(&mut bot);
}

#[tokio::test]
async fn ids_of_any_length_fit_a_summary() {
    let folder = altered("accounts_page", |page| {
        crowd(page, 6, "Long");
        for account in page["accounts"].as_array_mut().into_iter().flatten() {
            account["auth_id"] = json!(format!("{}{}", account["auth_id"].as_str().unwrap_or_default(), "X".repeat(400)));
        }
    });
    let (sandbox, _home, mut bot) = running(&folder).await;
    until_sent(&sandbox, PRIVATE, 1);
    let before = sent_to(&sandbox, PRIVATE).len();
    let summary = ask(&sandbox, "/summary");
    assert!(summary.plain.starts_with("🔴 6 wallets critical"), "{}", summary.plain);
    let sent = until_texts("the whole summary", &sandbox, PRIVATE, |texts| {
        texts[before..].iter().any(|text| text.contains("Customer wallets: ₹24.00 in 6"))
    });
    assert!(sent_to(&sandbox, PRIVATE)[before..].iter().any(|sent| sent.file.is_some()), "{sent:#?}");
    assert_untroubled(&mut bot);
}

#[tokio::test]
async fn a_partner_without_customers_is_answered() {
    let folder = altered("accounts_page", |page| {
        page["accounts"] = json!([]);
        page["total"] = json!(0);
    });
    let (sandbox, _home, mut bot) = running(&folder).await;
    assert!(ask(&sandbox, "/low").plain.contains("0 customers"));
    let summary = ask(&sandbox, "/summary").plain;
    assert!(summary.starts_with("🟢 Fine: no wallet is low") && !summary.contains("wallets:  in"), "{summary}");
    assert_untroubled(&mut bot);
}

#[tokio::test]
async fn a_balance_that_is_not_sent_is_shown_as_unknown_and_alerts_nobody() {
    let folder = altered("accounts_page", |page| page["accounts"][0]["cash_credits"] = Value::Null);
    let (sandbox, _home, mut bot) = running(&folder).await;
    let sent = until_sent(&sandbox, PRIVATE, 1).remove(0);
    assert!(sent.contains("MA_YYYYYYYY") && !sent.contains("MA_XXXXXXXX"), "{sent}");
    let low = ask(&sandbox, "/low").plain;
    assert!(low.contains("⚪ balance unknown  \u{2068}John Doe\u{2069} MA_XXXXXXXX"), "{low}");
    let summary = ask(&sandbox, "/summary").plain;
    assert!(summary.contains("1 unknown"), "{summary}");
    assert!(texts(&sandbox, PRIVATE).iter().all(|text| !text.contains("₹0")), "{:#?}", texts(&sandbox, PRIVATE));
    assert_untroubled(&mut bot);
}

/// What services send where a field was expected: its name, and a value that is not of its kind.
fn odd_fields() -> Vec<(&'static str, Value)> {
    vec![
        ("cps_limit", json!(-1)),
        ("cps_limit", json!(0.5)),
        ("concurrent_calls_limit", json!("unlimited")),
        ("created_at", json!("2026-02-06T06:50:07+0000")),
        ("updated_at", json!("yesterday")),
        ("last_login", json!("2026-02-06")),
        ("last_login", json!(1_770_360_607)),
        ("last_login", json!("0000-00-00 00:00:00")),
        ("address", json!({"line1": "MG Road"})),
        ("pricing_tier", json!([])),
        ("pricing_tier", json!({"currency": "INR", "rate_per_minute": "N/A"})),
        ("auto_recharge", json!("yes")),
        ("kyc_status", json!("on_hold_v2")),
        ("name", json!(["John", "Doe"])),
        ("tds_percentage", json!("two")),
        ("is_verified", json!(2)),
    ]
}

#[tokio::test]
async fn whatever_is_odd_in_one_row_hides_no_other_customer_and_is_reported_at_most_once() {
    let folder = altered("accounts_page", |page| {
        let row = page["accounts"][0].clone();
        let rows = odd_fields().into_iter().enumerate().map(|(number, (field, value))| {
            let mut row = row.clone();
            row["auth_id"] = json!(format!("MA_ODD{number:05}"));
            row["cash_credits"] = json!("90000.00000");
            row[field] = value;
            row
        });
        let mut rows: Vec<Value> = rows.collect();
        rows.push(row.clone());
        let last = rows.last_mut().expect("a row");
        last["cash_credits"] = json!("40.00000");
        page["total"] = json!(rows.len());
        page["accounts"] = rows.into();
    });
    let sandbox = recorded(folder.path().to_owned(), &[]).await;
    let home = Home::of_two_chats(&sandbox);
    let mut bot = home.start();
    let low = until_texts("the alert", &sandbox, PRIVATE, |texts| texts.iter().any(|text| text.contains("MA_XXXXXXXX")));
    assert!(low.iter().any(|text| text.contains("₹40")), "{low:#?}");
    let customers = ask(&sandbox, "/low 100000").plain;
    assert!(customers.contains("MA_ODD00000") && !customers.contains("unknown"), "{customers}");
    ask(&sandbox, "/help");
    let odd = texts(&sandbox, PRIVATE).iter().filter(|text| text.contains("cps_limit")).count();
    assert_eq!(odd, 1, "{:#?}", texts(&sandbox, PRIVATE));
    assert_untroubled(&mut bot);
}

#[tokio::test]
async fn what_is_odd_about_a_profile_and_a_report_is_reported_once_and_not_again_after_a_restart() {
    let folder = altered("profile", |me| me["max_accounts"] = json!(-1));
    alter(&folder, "analytics", |report| report["calls"]["total_minutes"] = json!("N/A"));
    let sandbox = recorded(folder.path().to_owned(), &[]).await;
    let rule = |metric: &str| format!("[[rules]]\nname = \"{metric}\"\nmetric = \"{metric}\"\nbelow.warning = 1\n");
    let rules = rule("partner.balance") + &rule("calls.volume");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n{rules}"));
    let odd = |texts: &[String], field: &str| texts.iter().filter(|text| text.contains(field)).count();
    let is_reported = |texts: &[String]| odd(texts, "me max_accounts") > 0 && odd(texts, "analytics calls.total_minutes") > 0;
    let bot = home.start();
    until_texts("both", &sandbox, PRIVATE, is_reported);
    home.until_marked().await;
    assert!(bot.terminate().success());

    alter(&folder, "profile", |me| me["account_count"] = json!("many"));
    let mut bot = home.start();
    let sent = until_texts("the new one", &sandbox, PRIVATE, |texts| odd(texts, "me account_count") > 0);
    let reported = ["me max_accounts", "analytics calls.total_minutes", "me account_count"].map(|field| odd(&sent, field));
    assert_eq!(reported, [1, 1, 1], "{sent:#?}");
    assert_untroubled(&mut bot);
}

#[tokio::test]
async fn pages_that_repeat_are_an_outage_and_not_an_alert() {
    // Every page is answered with the first, which claims that there is a second.
    let folder = altered("accounts_page", |page| {
        page["total"] = json!(4);
        page["size"] = json!(2);
    });
    let (sandbox, _home, mut bot) = running(&folder).await;
    let sent = until_sent(&sandbox, PRIVATE, 1).remove(0);
    assert!(
        sent.starts_with("⚪ The customers cannot be read in full since")
            && sent.contains("list accounts: page 2 repeats page 1"),
        "{sent}"
    );
    assert_untroubled(&mut bot);
}

#[tokio::test]
async fn reports_with_any_figures_are_answered_or_refused_with_their_place() {
    for (what, change) in [
        ("enormous cost", json!({"calls": {"total_cost": "9999999999999999999999999999"}, "total_balance": "-0.00000"})),
        ("enormous counts", json!({"calls": {"total_calls": u64::MAX, "answered_calls": 0, "total_minutes": 1e27}})),
        ("more answered than made", json!({"calls": {"total_calls": 1, "answered_calls": 2}})),
        ("no calls", json!({"calls": {"total_calls": 0, "answered_calls": 0, "total_minutes": 0, "total_cost": "0"}})),
        ("nothing", json!({"calls": null, "traffic": null, "by_product": null, "time_series": null, "period": null})),
        ("wrong types", json!({"calls": [], "traffic": "none", "time_series": {}})),
        ("texts for figures", json!({"calls": {"total_calls": "210", "answered_calls": "many"}})),
        ("another currency", json!({"currency": "<b>\n", "total_balance": "1"})),
        ("no days", json!({"time_series": []})),
        (
            "days far apart",
            json!({"time_series": [
                {"date": "0001-01-01", "total_calls": 1, "total_cost": "1"},
                {"date": "9999-12-31", "total_calls": 2, "total_cost": "-5"},
            ]}),
        ),
        (
            "an enormous day",
            json!({"time_series": [{"date": "2026-03-30", "total_calls": u64::MAX, "total_cost": "9999999999999999999999999999"}]}),
        ),
        ("products to fake lines with", json!({"by_product": {"<b>\nx/~": {"total_calls": 1}}})),
    ] {
        let folder = copied();
        for name in ["dashboard", "analytics"] {
            alter(&folder, name, |body| {
                for (key, value) in change.as_object().expect("an object") {
                    body[key] = value.clone();
                }
            });
        }
        let (sandbox, _home, mut bot) = running(&folder).await;
        for command in ["/dashboard", "/analytics 7d", "/summary"] {
            let answer = ask(&sandbox, command);
            assert!(!answer.plain.is_empty(), "{what}: {command}");
            assert!(!answer.plain.contains("<b>") || answer.plain.contains("<b> "), "{what}: {}", answer.plain);
        }
        assert_untroubled(&mut bot);
    }
}
