//! `vobiz-bot backtest`: rules rehearsed on recorded history.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::fmt::Write as _;

use bot::Home;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

const DAYS: i64 = 16;

/// Monday, 00:00 in India.
fn start() -> DateTime<Utc> {
    "2026-08-30T18:30:00Z".parse().expect("an instant")
}

fn at(poll: i64) -> String {
    (start() + TimeDelta::minutes(5 * poll)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A wallet that spends ₹5 each five minutes from 09:00 to 19:00, every day, and is empty in the afternoon of the last one.
fn history() -> Home {
    let (mut polls, mut samples) = ("at\n".to_owned(), "at,auth_id,balance\n".to_owned());
    let mut balance = (DAYS - 1) * 600 + 360;
    for poll in 0..DAYS * 288 {
        writeln!(polls, "{}", at(poll)).expect("text");
        if (108..228).contains(&(poll % 288)) && balance > 0 {
            balance -= 5;
        }
        writeln!(samples, "{},MA_X,{balance}.00000", at(poll)).expect("text");
    }
    let home = Home::new();
    home.write("polls.csv", &polls);
    home.write("samples.csv", &samples);
    home.write(
        "accounts.csv",
        "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_X,Sharma Logistics,prepaid,true,false,INR\n",
    );
    home
}

#[test]
fn the_default_rules_tell_of_an_empty_wallet_a_morning_before() {
    let home = history();
    let output = home.output(&["backtest", "--history", ".", "--out", "sent.csv", "--from", "2026-09-10"]);
    assert!(output.status.success(), "{output:?}");
    let sent = std::fs::read_to_string(home.path().join("sent.csv")).expect("a file");
    let mut lines = sent.lines();
    assert_eq!(lines.next(), Some("at,auth_id,kind,severity,rule,value,reason"));
    let fire = lines.next().expect("one notification");
    assert!(fire.contains(",MA_X,fire,warning,runway,"), "{sent}");
    // Empty at 15:00 on the last day; four working hours before is 11:00.
    let rang: DateTime<Utc> = fire.split(',').next().expect("a column").parse().expect("an instant");
    let empty = start() + TimeDelta::days(DAYS - 1) + TimeDelta::hours(15);
    assert!((TimeDelta::hours(4)..TimeDelta::hours(26)).contains(&(empty - rang)), "{fire}");
    assert_eq!(sent.matches(",fire,").count(), 1, "{sent}");
}

#[test]
fn rules_of_a_file_are_rehearsed_and_printed_as_json_with_exact_money() {
    let home = history();
    home.write(
        "rules.toml",
        "[[rules]]\nname = \"half\"\nmetric = \"customer.balance\"\nbelow = { warning = \"500.5\", critical = 1 }\n",
    );
    let output = home.output(&["backtest", "--history", ".", "--config", "rules.toml", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let sent: Vec<_> = found["notifications"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|sent| sent["rule"] == "half")
        .map(|sent| {
            (
                sent["kind"].as_str().expect("text"),
                sent["severity"].as_str().expect("text"),
                sent["value"].as_str().expect("text"),
            )
        })
        .collect();
    assert_eq!(sent, [("fire", "warning", "495.00000"), ("escalate", "critical", "0.00000")], "{found:#}");
    assert_eq!((&found["wallets"], &found["polls"]), (&1.into(), &(DAYS * 288).into()));
}

#[test]
fn a_rule_on_what_a_history_does_not_have_is_named_as_left_out() {
    let home = history();
    let own = "[[rules]]\nname = \"own\"\nmetric = \"partner.balance\"\nbelow.critical = 1\n";
    let fleet = "[[rules]]\nname = \"all\"\nmetric = \"fleet.balance\"\nbelow.critical = 1\n";
    home.write("rules.toml", &format!("{own}{fleet}"));
    let output = home.output(&["backtest", "--history", ".", "--config", "rules.toml", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found["not_rehearsed"], serde_json::json!(["own", "partner wallet"]), "{found:#}");
    let rings = found["notifications"].as_array().expect("a list");
    let sent = rings.iter().find(|ring| ring["rule"] == "all").expect("the rule on all wallets fires");
    assert_eq!((&sent["auth_id"], &sent["kind"]), (&"fleet:INR".into(), &"fire".into()), "{found:#}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("own is not rehearsed: a history does not have partner.balance"), "{stderr}");
}

#[test]
fn an_error_in_a_history_comes_with_file_line_and_column() {
    for (file, text, expected) in [
        ("samples.csv", "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_X,12,5\n", "samples.csv:2"),
        ("samples.csv", "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_X,much\n", "samples.csv:2: balance"),
        ("samples.csv", "at,auth_id,balance\nyesterday,MA_X,1\n", "samples.csv:2: at"),
        ("samples.csv", "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_Y,1\n", "samples.csv:2: auth_id"),
        ("polls.csv", "when\n2026-09-01T00:00:00Z\n", "polls.csv"),
        (
            "accounts.csv",
            "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_X,,prepaid,perhaps,false,INR\n",
            "accounts.csv:2: active",
        ),
    ] {
        let home = history();
        home.write(file, text);
        let output = home.output(&["backtest", "--history", "."]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(3) && stderr.contains(expected), "{expected}: {stderr}");
        assert!(output.stdout.is_empty(), "nothing half-done");
    }
    let output = Home::new().output(&["backtest", "--history", "nowhere"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("accounts.csv"));
}
