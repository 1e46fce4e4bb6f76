//! `vobiz-bot demo`: a conversation from standard input, without credentials.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use bot::Home;
use rust_decimal::Decimal;
use vobiz_sandbox::{Options, Sandbox};

const SCRIPT: &str = "/dashboard\n/low 500\n/analytics 30d\n/summary\n";

/// Runs the demo with this typed; what it printed.
fn demo(home: &Home, arguments: &[&str], input: &str) -> String {
    let output = home.typed(&[&["demo"], arguments].concat(), input);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {stderr}", output.status);
    assert!(!stderr.contains("ERROR") && !stderr.contains("WARN"), "{stderr}");
    String::from_utf8(output.stdout).expect("text")
}

/// What the bot answered after a line was typed, up to the next one.
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
fn a_file_that_is_asked_for_is_written_and_its_place_is_shown() {
    let home = Home::new();
    let printed = demo(&home, &["--customers", "5"], "/export customers\n");
    let (_, document) = answer(&printed, "/export customers").split_once("[document] ").expect("a document");
    let rows = std::fs::read_to_string(document.lines().next().expect("its path")).expect("the file is where it says");
    assert_eq!(rows.lines().filter(|row| row.contains("MA_")).count(), 5, "{rows}");
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
fn alerts_that_are_pending_are_reported_where_none_fires_yet() {
    let printed = demo(&Home::new(), &["--customers", "40"], "/alerts\n");
    assert!(answer(&printed, "/alerts").contains("3 wallets are past a level, alerts are pending"), "{printed}");
}

#[test]
fn what_is_typed_cannot_command_the_terminal() {
    let printed = demo(&Home::new(), &["--customers", "3"], "/low \u{1b}[2J<b>\n/customer &lt;\n");
    assert!(!printed.contains('\u{1b}'), "{printed:?}");
    assert!(answer(&printed, "/customer &lt;").contains("the id or a name like &lt;"), "{printed}");
}

/// The demo with its page, what it prints, and the address that it printed first.
fn with_page(home: &Home) -> (Child, BufReader<ChildStdout>, String) {
    let mut command = home.command(&["demo", "--web", "0", "--customers", "5"]);
    // Nobody types, and nobody closes what could be typed into.
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the demo can be started");
    let (mut first, mut printed) = (String::new(), BufReader::new(child.stdout.take().expect("it prints")));
    printed.read_line(&mut first).expect("it prints text");
    (child, printed, first.trim().trim_start_matches("chat ").to_owned())
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = Home::new().typed(&["demo", "--web", &port], "");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && stderr.contains(&port), "{stderr}");
}

#[tokio::test]
async fn a_page_is_served_at_the_address_printed_first_and_answers_until_it_is_stopped() {
    let home = Home::new();
    let (mut child, _printed, address) = with_page(&home);
    let page = reqwest::get(&address).await.expect("the page is there").text().await.expect("text");
    assert!(page.starts_with("<!doctype html>"), "{page}");
    let message = serde_json::json!({"chat": 1001, "from": {"id": 1001, "first_name": "You"}, "text": "/low"});
    let message = reqwest::Client::new().post(format!("{address}control/say")).json(&message).send().await;
    assert_eq!(message.expect("it can be sent").status(), 200);
    let mut since = 0;
    loop {
        let events = reqwest::get(format!("{address}control/events?since={since}&wait=30")).await.expect("it answers");
        let events: serde_json::Value = events.json().await.expect("JSON");
        assert!(events["next"] != since, "no answer came");
        since = events["next"].as_i64().expect("a number");
        let rows = events["events"].as_array().expect("events").iter();
        let mut answers =
            rows.filter(|event| event["message"]["from"]["is_bot"] == true && event["message"]["chat"]["id"] == 1001);
        if answers.any(|event| event["message"]["text"].as_str().is_some_and(|text| text.contains("of 5 customers"))) {
            break;
        }
    }
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(asked.expect("kill is a program").success());
    let typing = child.stdin.take();
    assert!(child.wait().expect("it ends").success());
    drop(typing);
}

#[test]
fn days_pass_in_seconds_with_a_summary_each_morning() {
    let home = Home::new();
    let printed = demo(&home, &["--fast", "--days", "2", "--customers", "12"], "");
    for day in ["Wed 13 May", "Thu 14 May"] {
        let summary = printed.lines().find(|line| line.starts_with(&format!("{day} 09:00 bot> [photo] ")));
        let path = summary.and_then(|line| line.rsplit_once("[photo] ")).unwrap_or_else(|| panic!("{day}: {printed}")).1;
        assert!(std::fs::read(path).expect("the picture").starts_with(b"\x89PNG"), "{path}");
    }
    assert!(!printed.contains("Late: "), "{printed}");
    assert!(printed.lines().any(|line| line.contains("🔴") || line.contains("🟠")), "{printed}");
    let last = printed.lines().last().expect("a last line");
    assert!(last.starts_with("2 days: 576 polls, ") && last.ends_with("2 of them with a picture."), "{last}");
}

#[test]
fn a_demo_of_too_many_customers_is_refused() {
    let output = Home::new().typed(&["demo", "--customers", "60000"], "");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && stderr.contains("50000"), "{stderr}");
}
