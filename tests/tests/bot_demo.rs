//! `vobiz-bot demo`: a conversation from standard input, without credentials.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::Home;
use rust_decimal::Decimal;
use vobiz_sandbox::{Options, Sandbox};

const SCRIPT: &str = "/dashboard\n/low 500\n/analytics 30d\n/summary\n";

/// Runs the demo with this typed; what it printed.
fn demo(home: &Home, arguments: &[&str], input: &str) -> String {
    let output = home.typed(&[&["demo"], arguments].concat(), input);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {complaint}", output.status);
    assert!(!complaint.contains("ERROR") && !complaint.contains("WARN"), "{complaint}");
    String::from_utf8(output.stdout).expect("text")
}

/// What the bot said after a line was typed, up to the next one.
fn answer<'a>(printed: &'a str, line: &str) -> &'a str {
    let (_, after) = printed.split_once(&format!("you> {line}\n")).unwrap_or_else(|| panic!("{line} is not in {printed}"));
    after.split_once("you> ").map_or(after, |(answer, _)| answer)
}

/// `₹1,64,756.14`
fn rupees(amount: Decimal) -> String {
    let text = format!("{amount:.2}");
    let (whole, paise) = text.split_once('.').expect("two places");
    let (head, tail) = whole.split_at(whole.len().saturating_sub(3));
    let mut groups: Vec<String> = head.as_bytes().rchunks(2).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.reverse();
    groups.push(tail.to_owned());
    format!("₹{}.{paise}", groups.join(","))
}

#[tokio::test]
async fn a_script_is_answered_with_true_figures_a_picture_and_an_alert_that_comes_by_itself() {
    let home = Home::new();
    let printed = demo(&home, &["--customers", "25", "--seed", "11"], SCRIPT);

    let same = Options { customers: 25, seed: 11, ..Options::default() };
    let sandbox = Sandbox::start(same).await.expect("the sandbox starts");
    let wallets = sandbox.wallets();
    let total = rupees(wallets.iter().map(|wallet| wallet.balance).sum());
    let dashboard = answer(&printed, "/dashboard");
    assert!(dashboard.starts_with(&format!("bot> {total} in all customer wallets")), "{total}: {dashboard}");
    assert!(dashboard.contains("25 customers"), "{dashboard}");

    let low = answer(&printed, "/low 500");
    for wallet in &wallets {
        assert_eq!(low.contains(&wallet.auth_id), wallet.balance < Decimal::from(500), "{wallet:?}: {low}");
    }
    assert!(answer(&printed, "/analytics 30d").contains("13 Apr–12 May 2026"), "{printed}");
    assert!(answer(&printed, "/summary").contains(&format!("Customer wallets: {total} in 25")), "{printed}");

    let (_, photo) = printed.split_once("[photo] ").expect("a picture");
    let path = photo.lines().next().expect("its path");
    assert!(path.starts_with('/'), "{path}");
    let picture = std::fs::read(path).expect("the picture is where it says");
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{path} is not a PNG");
    let side = |at: usize| picture[at..at + 4].iter().fold(0, |side, byte| side * 256 + u32::from(*byte));
    assert_eq!((side(16), side(20)), (1280, 720));

    let last = answer(&printed, "/summary");
    let alert = last.lines().filter(|line| line.starts_with("bot> 🔴") || line.starts_with("bot> 🟠"));
    let alert = alert.filter(|line| line.contains("left:") || line.contains("need money")).count();
    assert!(alert > 0, "no alert came by itself: {last}");
}

#[test]
fn nothing_typed_still_shows_an_alert() {
    let printed = demo(&Home::new(), &[], "");
    assert!(printed.lines().next().is_some_and(|line| line.contains("/help")), "{printed}");
    assert!(printed.contains("bot> 🔴") || printed.contains("bot> 🟠"), "{printed}");
}

#[test]
fn a_partner_with_one_customer_has_a_demo_too() {
    let printed = demo(&Home::new(), &["--customers", "1"], "/low\n\n   \n/start");
    assert!(answer(&printed, "/low").contains("of 1 customer"), "{printed}");
    assert!(answer(&printed, "/start").contains("/summary"), "{printed}");
}

#[test]
fn what_is_typed_cannot_command_the_terminal() {
    let printed = demo(&Home::new(), &["--customers", "3"], "/low \u{1b}[2J<b>\n/customer &lt;\n");
    assert!(!printed.contains('\u{1b}'), "{printed:?}");
    assert!(answer(&printed, "/customer &lt;").contains("the id &lt;"), "{printed}");
}

#[test]
fn a_demo_of_too_many_customers_is_refused() {
    let output = Home::new().typed(&["demo", "--customers", "60000"], "");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && complaint.contains("50000"), "{complaint}");
}
