//! `vobiz-bot config check`: what a configuration amounts to, and rules on every figure looked at once.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use bot::{Home, payloads, recorded, vobiz};

const VOBIZ: &str = "[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"SECRET-TOKEN\"\n";

fn checked(configuration: &str) -> Output {
    let home = Home::new();
    home.write("bot.toml", configuration);
    home.output(&["config", "check", "--config", "bot.toml"])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn each_wrong_line_is_reported_and_nothing_of_it_repeated() {
    let output = checked(&format!(
        "{VOBIZ}[[rules]]\nname = \"r\"\nmetric = \"customer.burn\"\nabove = {{ warning = 2.5 }}\nSECRET-TOKEN = 1\n"
    ));
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.contains("bot.toml:7: rules[0].above.warning is a float, which is not exact; write \"2.5\""), "{errors}");
    assert!(errors.contains("bot.toml:8: a key in rules[0] is not known here"), "{errors}");
    assert!(!errors.contains("SECRET") && output.stdout.is_empty(), "{errors}");
}

#[test]
fn a_file_that_holds_a_token_and_that_others_can_read_is_warned_of() {
    let warned = |mode: u32, configuration: &str| {
        let home = Home::new();
        home.write("bot.toml", configuration);
        std::fs::set_permissions(home.path().join("bot.toml"), std::fs::Permissions::from_mode(mode)).expect("a mode can be set");
        home.write("token", "SECRET-TOKEN");
        std::fs::set_permissions(home.path().join("token"), std::fs::Permissions::from_mode(0o600)).expect("a mode can be set");
        let output = home.output(&["config", "check", "--config", "bot.toml"]);
        let errors = text(&output.stderr);
        assert!(output.status.success() && !errors.contains("SECRET"), "{errors}");
        errors.contains("holds a token, and bot.toml can be read or changed by others (mode 0644); run: chmod 600 bot.toml")
    };
    assert!(warned(0o644, VOBIZ));
    assert!(!warned(0o600, VOBIZ));
    assert!(!warned(0o644, "[vobiz]\nauth_id = \"PA_X\"\nauth_token_file = \"token\"\n"), "the token is elsewhere");
}

#[tokio::test]
async fn a_running_bot_logs_what_others_can_read() {
    let sandbox = recorded(payloads(), &[]).await;
    let home = Home::of(&sandbox, "");
    std::fs::set_permissions(home.path().join("bot.toml"), std::fs::Permissions::from_mode(0o644)).expect("a mode can be set");
    let log = home.start().log();
    assert!(log.contains("this configuration holds a token, and bot.toml can be read or changed by others"), "{log}");
}

#[test]
fn what_will_be_sent_when_is_explained_without_any_secret() {
    let output = checked(&format!(
        "{VOBIZ}[[chats]]\nid = -100\ndaily_summary = \"09:00\"\nquiet = \"22:00-07:00\"\n[business]\nholidays = \"2026-12-25\"\n"
    ));
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for words in [
        "bot.toml is fine",
        "Chat -100 gets a summary each day at 09:00 and what can wait from 22:00 to 07:00 comes at its end (Asia/Kolkata); alerts: all customers, warning and critical",
        "Working hours: mon, tue, wed, thu, fri, sat 09:00–19:00 Asia/Kolkata, 1 holiday",
        "- runway: Fires when the conservative estimate of the time until the wallet is empty",
        "- low balance: Fires when the wallet is under 2000 (warning) or under 500 (critical)",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    assert!(!printed.contains("SECRET"), "{printed}");
}

#[tokio::test]
async fn a_look_judges_the_partner_the_fleet_and_the_calls_by_rules_of_their_own() {
    let sandbox = recorded(payloads(), &[]).await;
    let rule = |metric: &str, levels: &str| format!("[[rules]]\nname = \"{metric}\"\nmetric = \"{metric}\"\n{levels}\n");
    let rules = [
        rule("partner.balance", "below.critical = 900000000"),
        rule("fleet.balance", "below.warning = 900000000"),
        rule("calls.volume", "below.warning = 900000000"),
        rule("data.age", "above.warning = \"1h\""),
    ];
    let home = Home::new();
    home.write("bot.toml", &format!("{}{}", vobiz(&sandbox), rules.concat()));
    let output = home.output(&["check", "--config", "bot.toml"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    assert!(printed.starts_with("VOBIZ CRITICAL - "), "{printed}");
    let second = printed.lines().nth(1).unwrap_or_default();
    assert!(second.starts_with("critical: Your own wallet has ₹"), "the worst first: {printed}");
    assert!(printed.contains("warning: All customer wallets together hold ₹"), "{printed}");
    assert!(!printed.contains("data.age"), "{printed}");
    assert!(printed.contains("unknown: calls.volume: the figure is not reported"), "{printed}");
}
