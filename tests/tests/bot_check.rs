//! `vobiz-bot check`: one look, as text and as JSON, and its exit status.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::process::Output;

use bot::{Home, alter, altered, fill, payloads, recorded, vobiz, world};
use chrono::{TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tempfile::TempDir;
use vobiz_sandbox::{Fault, Sandbox, Spoilt};

/// `check --json` with nothing but `[vobiz]`: its exit status and what it printed.
fn check(sandbox: &Sandbox) -> (i32, Value) {
    read(&Home::new().configured(sandbox).output(&["check", "--json", "--config", "vobiz.toml"]))
}

fn check_text(sandbox: &Sandbox) -> (i32, String) {
    let output = Home::new().configured(sandbox).output(&["check", "--config", "vobiz.toml"]);
    (output.status.code().expect("an exit status"), String::from_utf8(output.stdout).expect("text"))
}

fn read(output: &Output) -> (i32, Value) {
    let printed = String::from_utf8_lossy(&output.stdout);
    let value = serde_json::from_str(&printed)
        .unwrap_or_else(|error| panic!("{error}: {printed:?}, {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().expect("an exit status"), value)
}

impl Home {
    fn configured(self, sandbox: &Sandbox) -> Self {
        self.write("vobiz.toml", &vobiz(sandbox));
        self
    }
}

/// Serves a list of accounts that `change` altered.
async fn accounts(change: impl FnOnce(&mut Value)) -> (TempDir, Sandbox) {
    let folder = altered("accounts_page", change);
    let sandbox = recorded(folder.path().to_owned(), &[]).await;
    (folder, sandbox)
}

#[tokio::test]
async fn the_printed_dashboard_comes_out_exact_and_with_what_can_be_derived() {
    let sandbox = recorded(payloads(), &[]).await;
    let (status, found) = check(&sandbox);
    assert_eq!(status, 1, "two wallets under 2000: {found:#}");
    let dashboard = &found["dashboard"];
    assert_eq!(dashboard["total_balance"], "1003058.82000");
    assert_eq!(dashboard["currency"], "INR");
    assert_eq!(dashboard["partner"]["balance"], Value::Null);
    let calls = &dashboard["calls"];
    assert_eq!((&calls["total_calls"], &calls["answered_calls"], &calls["failed_calls"]), (&json!(210), &json!(178), &json!(32)));
    assert_eq!(calls["answer_rate"], "84.76");
    assert_eq!(decimal(&calls["total_minutes"]), "157.2");
    assert_eq!(calls["total_cost"], "108.24");
    let (inbound, outbound) = (&dashboard["traffic"]["inbound"], &dashboard["traffic"]["outbound"]);
    assert_eq!((&inbound["total_calls"], &outbound["total_calls"]), (&json!(28), &json!(182)));
    assert_eq!((&inbound["total_cost"], &outbound["total_cost"]), (&json!("17.26"), &json!("90.98")));
    assert_eq!(dashboard["by_product"]["voice_api"]["failed_calls"], 24);
    assert_eq!(found["accounts_low_balance"], json!({"below": "2000", "count": 2}));
    assert_eq!(found["errors"], json!([]));
    let alerts = found["alerts"].as_array().expect("a list");
    let found_alerts: Vec<_> = alerts
        .iter()
        .map(|alert| [&alert["subject"], &alert["state"], &alert["level"]].map(|field| field.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(found_alerts, [["MA_YYYYYYYY", "firing", "warning"], ["MA_XXXXXXXX", "firing", "warning"]]);
    let values: Vec<_> = alerts.iter().map(|alert| decimal(&alert["value"])).collect();
    assert_eq!(values, ["1107.00000", "1300.00000"]);
}

/// A figure however it is written.
fn decimal(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn a_flat_dashboard_fills_what_it_has_and_nulls_the_rest() {
    let sandbox = recorded(payloads(), &[("dashboard", "dashboard_flat")]).await;
    let (status, found) = check(&sandbox);
    let dashboard = &found["dashboard"];
    assert_eq!(status, 1, "{found:#}");
    assert_eq!((&dashboard["accounts"]["total"], &dashboard["accounts"]["active"]), (&json!(42), &json!(38)));
    assert_eq!(decimal(&dashboard["total_balance"]), "250000");
    assert_eq!(decimal(&dashboard["mtd_revenue"]), "18450.5");
    assert_eq!(dashboard["calls"], Value::Null);
    assert_eq!(dashboard["traffic"], Value::Null);
    let (_, text) = check_text(&sandbox);
    assert!(text.contains("₹2,50,000.00") && text.contains("Calls: unknown"), "{text}");
}

#[tokio::test]
async fn text_names_customer_id_balance_and_level() {
    let sandbox = recorded(payloads(), &[]).await;
    let (status, text) = check_text(&sandbox);
    assert_eq!(status, 1, "{text}");
    let first = text.lines().nth(1).unwrap_or_default();
    assert!(first.starts_with("warning: Acme Corp (MA_YYYYYYYY) has ₹1,107"), "{text}");
    assert!(text.contains("under 2000") || text.contains("₹2,000"), "{text}");
    assert!(text.contains("₹10,03,058.82 in all customer wallets"), "{text}");
    assert!(text.contains("2 wallets under ₹2,000"), "{text}");
    assert!(!text.contains('<'), "markup in a terminal: {text}");
}

#[tokio::test]
async fn an_api_that_is_not_there_is_unknown_and_not_empty() {
    let sandbox = world(3).await;
    let home = Home::new();
    home.write(
        "vobiz.toml",
        "[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"t\"\nbase_url = \"http://127.0.0.1:1/api/v1/partner\"\n",
    );
    drop(sandbox);
    let (status, found) = read(&home.output(&["check", "--json", "--config", "vobiz.toml"]));
    assert_eq!(status, 3, "{found:#}");
    assert_eq!(
        (&found["dashboard"], &found["alerts"], &found["accounts_low_balance"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let errors = found["errors"].as_array().expect("a list");
    let operations: Vec<_> = errors.iter().map(|error| error["operation"].as_str().unwrap_or_default()).collect();
    assert_eq!(operations, ["read dashboard", "list accounts", "read profile"]);
    assert!(errors.iter().all(|error| error["kind"] == "connect" && !error["message"].as_str().unwrap_or_default().is_empty()));
    let text = home.output(&["check", "--config", "vobiz.toml"]);
    let printed = String::from_utf8_lossy(&text.stdout);
    assert_eq!(text.status.code(), Some(3));
    assert!(printed.starts_with("VOBIZ UNKNOWN - list accounts") && !printed.contains(" | "), "{printed}");
}

#[tokio::test]
async fn refused_credentials_are_unknown() {
    let sandbox = recorded(payloads(), &[]).await;
    sandbox.faults().add(Fault { status: Some(401), ..Fault::default() });
    let (status, found) = check(&sandbox);
    assert_eq!((status, &found["alerts"]), (3, &Value::Null), "{found:#}");
    for error in found["errors"].as_array().expect("a list") {
        assert_eq!((&error["kind"], &error["status"]), (&json!("unauthorized"), &json!(401)));
    }
}

#[tokio::test]
async fn a_dashboard_that_fails_leaves_the_wallets_judged() {
    let sandbox = recorded(payloads(), &[]).await;
    sandbox.faults().add(Fault { path: Some("/dashboard".into()), status: Some(403), ..Fault::default() });
    let (status, found) = check(&sandbox);
    assert_eq!((status, &found["dashboard"]), (1, &Value::Null), "{found:#}");
    assert_eq!(found["alerts"].as_array().map(Vec::len), Some(2));
    assert_eq!(found["errors"][0]["operation"], "read dashboard");
}

#[tokio::test]
async fn wallets_that_fail_leave_the_dashboard_shown() {
    let sandbox = recorded(payloads(), &[]).await;
    sandbox.faults().add(Fault { path: Some("/accounts".into()), body: Some(Spoilt::Html), ..Fault::default() });
    let (status, found) = check(&sandbox);
    assert_eq!((status, &found["alerts"]), (3, &Value::Null), "{found:#}");
    assert_eq!(found["dashboard"]["total_balance"], "1003058.82000");
    assert_eq!((&found["errors"][0]["operation"], &found["errors"][0]["kind"]), (&json!("list accounts"), &json!("decode")));
}

#[tokio::test]
async fn the_worst_wallet_decides_the_exit_status() {
    let sandbox = world(6).await;
    let watched = fill(&sandbox).await;
    let (status, found) = check(&sandbox);
    assert_eq!((status, &found["alerts"]), (0, &json!([])), "{found:#}");
    assert_eq!(found["accounts_low_balance"]["count"], 0);
    let (status, text) = check_text(&sandbox);
    assert!(status == 0 && text.starts_with("VOBIZ OK - no rule fires for any of 6 customers | wallets=6 low=0;;;0"), "{text}");

    let [first, second, ..] = watched.as_slice() else { panic!("two customers that rules watch") };
    sandbox.set_wallet(&first.id.to_string(), Decimal::new(199_999, 2)).expect("a wallet can be set");
    assert_eq!(check(&sandbox).0, 1);
    sandbox.set_wallet(&second.id.to_string(), Decimal::new(49_999, 2)).expect("a wallet can be set");
    let (status, found) = check(&sandbox);
    assert_eq!(status, 2, "{found:#}");
    assert_eq!(
        (&found["alerts"][0]["level"], &found["alerts"][0]["subject"]),
        (&json!("critical"), &json!(second.id.to_string()))
    );
}

#[tokio::test]
async fn the_first_line_is_that_of_a_monitoring_plugin() {
    let sandbox = world(6).await;
    let watched = fill(&sandbox).await;
    let [first, second, ..] = watched.as_slice() else { panic!("two customers that rules watch") };
    sandbox.set_wallet(&first.id.to_string(), Decimal::new(199_999, 2)).expect("a wallet can be set");
    sandbox.set_wallet(&second.id.to_string(), Decimal::new(49_999, 2)).expect("a wallet can be set");
    let (status, text) = check_text(&sandbox);
    let line = text.lines().next().unwrap_or_default();
    let (why, figures) = line.split_once(" | ").expect("figures");
    assert!(status == 2 && why.starts_with("VOBIZ CRITICAL - 1 wallet critical, 1 wallet warning: "), "{line}");
    assert!(why.contains(" ₹499.99, ") && why.ends_with(" ₹1,999.99"), "{line}");
    assert_eq!(figures, "wallets=6 low=2;;;0 critical=1;;;0");
}

#[tokio::test]
async fn a_check_ends_by_its_time_out_with_what_it_read() {
    let sandbox = recorded(payloads(), &[]).await;
    let check = |time: &str| {
        let output = Home::new().configured(&sandbox).output(&["check", "--timeout", time, "--config", "vobiz.toml"]);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(check("30s").0, Some(1));
    sandbox.faults().add(Fault { path: Some("/dashboard".into()), latency_ms: 60_000, ..Fault::default() });
    let (status, text) = check("3");
    assert!(
        status == Some(1) && text.starts_with("VOBIZ WARNING - 2 wallets warning: Acme Corp ₹1,107, John Doe ₹1,300 | wallets=2"),
        "{text}"
    );
    sandbox.faults().add(Fault { latency_ms: 60_000, ..Fault::default() });
    let (status, text) = check("1");
    assert!(status == Some(3) && text.starts_with("VOBIZ UNKNOWN - ") && !text.contains('|'), "{text}");
    assert_eq!(check("0").0, Some(3));
    assert_eq!(check("soon").0, Some(3));
}

#[tokio::test]
async fn the_environment_alone_is_enough() {
    let sandbox = recorded(payloads(), &[]).await;
    let home = Home::new();
    let mut command = home.command(&["check", "--json"]);
    command.env("VOBIZ_AUTH_ID", sandbox.auth_id()).env("VOBIZ_BASE_URL", sandbox.base_url());
    home.write("token.txt", &format!("{}\n", sandbox.auth_token()));
    let by_file = command.env("VOBIZ_AUTH_TOKEN_FILE", "token.txt").output().expect("the bot can be started");
    assert_eq!(read(&by_file).0, 1);
    command.env_remove("VOBIZ_AUTH_TOKEN_FILE").env("VOBIZ_AUTH_TOKEN", sandbox.auth_token());
    assert_eq!(read(&command.output().expect("the bot can be started")).0, 1);
    let left: Vec<_> = std::fs::read_dir(home.path()).expect("its folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["token.txt"], "a look writes no file");
}

#[test]
fn a_broken_configuration_is_refused_with_its_line() {
    let good = "[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"hush-7261\"\n";
    for (more, words) in [
        ("[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"\nbelow = { warning = 2000, critical = 2500 }\n", "bot.toml:7"),
        ("[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"\nbelow = { warning = 20.5 }\n", "bot.toml:7"),
        ("[poll]\nevery = \"soon\"\n", "bot.toml:5"),
        ("[poll]\nevry = \"5m\"\n", "bot.toml:5"),
        ("[[chats]]\nid = \"four\"\n", "bot.toml:5"),
        ("[[chats]]\nid = 4\nzone = \"Asia/Kolkatta\"\n", "bot.toml:6"),
        ("[[chats]]\nid = 4\ndaily_summary = \"25:00\"\n", "bot.toml:6"),
        ("[poll\n", "bot.toml:4"),
    ] {
        let home = Home::new();
        home.write("bot.toml", &format!("{good}{more}"));
        let output = home.output(&["check", "--json", "--config", "bot.toml"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{more}: {stderr}");
        assert!(stderr.contains(words), "{more}: {stderr}");
        assert!(!stderr.contains("hush-7261") && output.stdout.is_empty(), "{stderr}");
    }
}

#[test]
fn nothing_configured_and_wrong_arguments_are_refused_with_what_to_do() {
    let home = Home::new();
    for (arguments, words) in [
        (&["check"][..], "VOBIZ_AUTH_ID"),
        (&["check", "--config", "none.toml"], "none.toml"),
        (&["chek"], "check"),
        (&["check", "--jsn"], "--json"),
    ] {
        let output = home.output(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {stderr}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    }
}

#[tokio::test]
async fn a_balance_that_is_null_is_unknown_and_hides_no_critical_one() {
    let (_folder, sandbox) = accounts(|page| page["accounts"][0]["cash_credits"] = Value::Null).await;
    let (status, found) = check(&sandbox);
    assert_eq!(status, 3, "{found:#}");
    let unknown = found["alerts"].as_array().expect("a list").iter().find(|alert| alert["subject"] == "MA_XXXXXXXX");
    let unknown = unknown.expect("the wallet that was not read is named");
    assert_eq!((&unknown["state"], &unknown["value"], &unknown["level"]), (&json!("unknown"), &Value::Null, &Value::Null));

    let (_folder, sandbox) = accounts(|page| {
        page["accounts"][0]["cash_credits"] = Value::Null;
        page["accounts"][1]["cash_credits"] = json!(12.5);
    })
    .await;
    assert_eq!(check(&sandbox).0, 2);
}

/// A sandbox with bodies that `change` altered, and an empty list of customers.
async fn without_customers(change: impl FnOnce(&mut Value)) -> (TempDir, Sandbox) {
    let folder = altered("accounts_page", |page| {
        page["accounts"] = json!([]);
        page["total"] = json!(0);
    });
    alter(&folder, "dashboard", change);
    let sandbox = recorded(folder.path().to_owned(), &[]).await;
    (folder, sandbox)
}

/// A dashboard that counts so many customers.
fn counted(report: &mut Value, customers: u64) {
    report["partner"]["account_count"] = json!(customers);
    report["accounts"]["total"] = json!(customers);
}

#[tokio::test]
async fn no_customers_is_fine_unless_the_dashboard_counts_some() {
    let (_folder, sandbox) = without_customers(|report| counted(report, 0)).await;
    let (status, found) = check(&sandbox);
    assert_eq!((status, &found["alerts"]), (0, &json!([])), "{found:#}");

    let (_folder, sandbox) = without_customers(|_| ()).await;
    let (status, text) = check_text(&sandbox);
    assert!(status == 3 && text.starts_with("VOBIZ UNKNOWN - the dashboard counts 23 customers, the list has 0"), "{text}");
}

/// `check` with these rules over the recorded customers, the newest change of whom was so long ago.
async fn ruled(rules: &str, changed_ago: TimeDelta, change: impl Fn(&mut Value)) -> (i32, String) {
    let folder = altered("accounts_page", |page| {
        for account in page["accounts"].as_array_mut().into_iter().flatten() {
            account["updated_at"] = json!((Utc::now() - changed_ago).to_rfc3339());
            account["cash_credits"] = json!("9000");
            change(account);
        }
    });
    alter(&folder, "dashboard", |report| counted(report, 2));
    let sandbox = recorded(folder.path().to_owned(), &[]).await;
    let home = Home::new();
    home.write("vobiz.toml", &format!("{}{rules}", vobiz(&sandbox)));
    let output = home.output(&["check", "--config", "vobiz.toml"]);
    (output.status.code().expect("an exit status"), String::from_utf8(output.stdout).expect("text"))
}

#[tokio::test]
async fn what_was_not_judged_is_never_called_fine() {
    const RULE: &str = "[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"\nbelow = { warning = 2000 }\n";
    // The fixed amount in place of a forecast is switched off.
    const RUNWAY: &str = "[[rules]]\nname = \"soon\"\nmetric = \"customer.runway\"\nbelow = { warning = \"6h\" }\n\
        [[rules]]\nname = \"low balance\"\nenabled = false\n";
    let (hour, keep) = (TimeDelta::hours(1), |_: &mut Value| ());
    let (status, text) = ruled(RULE, hour, keep).await;
    assert_eq!(status, 0, "{text}");
    for (rules, ago, postpaid, words) in [
        (format!("{RULE}customers = [\"MA_TYPO\"]\n"), hour, false, "rule low names MA_TYPO, which no customer has"),
        (RULE.to_owned(), hour, true, "rule low watches no customer"),
        (RULE.to_owned(), TimeDelta::days(2), false, "no customer was updated in the last 2 days"),
        (format!("{RULE}names = [\"Nobody*\"]\n"), hour, false, "rule low watches no customer"),
        (RUNWAY.to_owned(), hour, false, "there is no forecast"),
    ] {
        let (status, text) = ruled(&rules, ago, |account| account["postpaid"] = json!(postpaid)).await;
        assert!(status == 3 && text.contains(words) && text.starts_with("VOBIZ UNKNOWN"), "{words}: {status} {text}");
    }
}

#[tokio::test]
async fn a_refused_dashboard_alone_does_not_hide_that_every_rule_was_judged() {
    let sandbox = world(6).await;
    fill(&sandbox).await;
    sandbox.faults().add(Fault { path: Some("/dashboard".into()), status: Some(403), ..Fault::default() });
    let (status, text) = check_text(&sandbox);
    assert!(status == 0 && text.starts_with("VOBIZ OK") && text.contains("dashboard unknown"), "{text}");
}

#[tokio::test]
async fn hostile_names_cannot_command_the_terminal() {
    let (_folder, sandbox) = accounts(|page| {
        page["accounts"][0]["name"] = json!("<b>Evil</b>\u{1b}[2J\nVOBIZ OK - all is well | low=0\r\u{202e}gnp");
        page["accounts"][1]["name"] = json!("");
    })
    .await;
    let (status, text) = check_text(&sandbox);
    assert_eq!(status, 1);
    assert!(!text.contains('\u{1b}') && !text.contains('\r') && !text.contains('\u{202e}'), "{text:?}");
    assert!(!text.lines().any(|line| line.starts_with("VOBIZ OK")) && text.matches('|').count() == 1, "{text}");
    assert!(text.contains("<b>Evil</b>"), "the name as it is: {text}");
}

#[tokio::test]
async fn wrong_types_and_enormous_figures_are_read_or_refused_but_never_wrong() {
    for (figure, status) in [
        (json!(1300), 1),
        (json!("  1300.00 "), 1),
        (json!("-9999999999999999999999999999"), 2),
        (json!("1e400"), 3),
        (json!("999999999999999999999999999999999999"), 3),
        (json!([1300]), 3),
        (json!({"amount": 1300}), 3),
        (json!(true), 3),
        (json!("plenty"), 3),
    ] {
        let (_folder, sandbox) = accounts(|page| page["accounts"][0]["cash_credits"] = figure.clone()).await;
        let home = Home::new().configured(&sandbox);
        let output = home.output(&["check", "--json", "--config", "vobiz.toml"]);
        let (found_status, found) = read(&output);
        assert_eq!(found_status, status, "{figure}: {found:#}");
        let text = home.output(&["check", "--config", "vobiz.toml"]);
        assert_eq!(text.status.code(), Some(status), "{figure}: {}", String::from_utf8_lossy(&text.stdout));
    }
}
