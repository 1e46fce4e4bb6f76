//! A bot in a process of its own that takes the time from the sandbox.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::time::Duration;

use bot::{Home, PRIVATE, fill, texts, until, until_texts, world};
use vobiz_sandbox::{Options, Sandbox};

const HOUR: Duration = Duration::from_hours(1);

fn summaries(texts: &[String]) -> usize {
    texts.iter().filter(|text| text.contains("Your own wallet")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_has_a_summary_each_day_also_where_a_night_has_no_such_hour() {
    // Berlin's clocks are set forward in the night to 29 March.
    let start = "2026-03-26T12:00:00Z".parse().expect("an instant");
    let sandbox = Sandbox::start(Options { customers: 4, start: Some(start), ..Options::default() }).await.expect("it starts");
    fill(&sandbox).await;
    let chat = format!("[[chats]]\nid = {PRIVATE}\nzone = \"Europe/Berlin\"\ndaily_summary = \"02:30\"\n");
    let home = Home::of(&sandbox, &chat);
    let address = sandbox.url();
    let bot = home.begin_as(&["run", "--config", "bot.toml", "--clock", address]);
    until("ready", || bot.log().lines().any(|line| line == "ready").then_some(()));
    for day in 1..=7 {
        for _ in 0..24 {
            sandbox.clock().advance(HOUR);
        }
        until_texts("the summary of a day", &sandbox, PRIVATE, |texts| summaries(texts) >= day);
        home.until_marked().await;
        assert_eq!(summaries(&texts(&sandbox, PRIVATE)), day, "{:#?}", texts(&sandbox, PRIVATE));
    }
    assert!(bot.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_a_sandbox_is_refused_with_what_to_write() {
    let sandbox = world(2).await;
    let home = Home::of_two_chats(&sandbox);
    for (address, refusal) in
        [("http://127.0.0.1:1", "no sandbox shows its clock"), ("https://example.com", "not on this machine")]
    {
        let output = home.output(&["run", "--config", "bot.toml", "--clock", address]);
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(3) && printed.contains(refusal), "{printed}");
    }
}
