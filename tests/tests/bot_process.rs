//! The bot as a process: a disk that is full, and what is kept when it is asked to stop.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, GROUP, Home, PRIVATE, ask, executable, fill, texts, until, until_texts, world};
use rust_decimal::Decimal;
use sqlx::Connection as _;
use vobiz_core::alert::Subject;
use vobiz_sandbox::{Fault, Half, Sandbox};

/// Begins to run the bot so that a file that may not grow is an error to it, as a full disk is, and not a signal.
fn begin(home: &Home, first: &str) -> Bot {
    let script = format!("trap '' XFSZ; {first} exec \"$0\" run --config bot.toml");
    home.begin_program(home.program("/bin/sh", &["-c", &script, &executable().display().to_string()]), None)
}

fn start(home: &Home) -> Bot {
    let bot = begin(home, "");
    until_ready(&bot);
    bot
}

fn until_ready(bot: &Bot) {
    until("ready", || bot.log().lines().any(|line| line == "ready").then_some(()));
}

/// Begins to run the bot and waits until it says that it waits for its database, and why.
fn begin_waiting(home: &Home, first: &str, why: &str) -> Bot {
    let mut bot = begin(home, first);
    let says = |line: &str| line.starts_with("waiting up to 120 s for the database sqlite:") && line.contains(why);
    until("that it waits", || bot.log().lines().any(says).then_some(()));
    assert!(bot.is_running() && !bot.log().contains("ready"), "{}", bot.log());
    bot
}

/// A sandbox of full wallets, and the customers that rules watch.
async fn full() -> (Sandbox, Vec<Subject>) {
    let sandbox = world(6).await;
    let watched = fill(&sandbox).await;
    (sandbox, watched)
}

fn lower(sandbox: &Sandbox, customer: &Subject) {
    sandbox.set_wallet(&customer.id.to_string(), Decimal::from(40)).expect("a wallet can be set");
}

/// How often a chat was notified of a customer.
fn copies(sandbox: &Sandbox, chat: i64, customer: &Subject) -> usize {
    texts(sandbox, chat).iter().filter(|text| text.contains(&customer.id.to_string())).count()
}

async fn scalar(home: &Home, query: &'static str) -> i64 {
    let mut database = home.database().await;
    let found = sqlx::query_scalar(query).fetch_one(&mut database).await.expect("the database can be read");
    database.close().await.expect("it can be closed");
    found
}

#[tokio::test]
async fn a_full_disk_is_reported_and_what_happens_meanwhile_is_sent_once_after_it() {
    let (sandbox, watched) = full().await;
    let home = Home::of_two_chats(&sandbox);
    let mut bot = start(&home);
    ask(&sandbox, "/help");
    home.until_marked().await;
    bot.limit_files("1");
    lower(&sandbox, &watched[0]);
    for chat in [PRIVATE, GROUP] {
        until_texts("that nothing is written", &sandbox, chat, |texts| {
            texts.iter().any(|text| text.contains("Nothing can be written"))
        });
    }
    assert!(bot.is_running() && copies(&sandbox, GROUP, &watched[0]) == 0);
    bot.limit_files("unlimited");
    for chat in [PRIVATE, GROUP] {
        until_texts("the alert", &sandbox, chat, |texts| {
            texts.iter().any(|text| text.contains(&watched[0].id.to_string()))
                && texts.iter().any(|text| text.contains("written to again"))
        });
        assert_eq!(copies(&sandbox, chat, &watched[0]), 1);
    }
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn a_disk_that_fills_while_a_message_is_under_way_makes_one_repeat_at_most() {
    let (sandbox, watched) = full().await;
    let home = Home::of_two_chats(&sandbox);
    let bot = start(&home);
    ask(&sandbox, "/help");
    home.until_marked().await;
    // The message arrives, its answer is lost, and then nothing can be written.
    let lost = Fault {
        half: Half::Telegram,
        operation: Some("sendMessage".to_owned()),
        chat: Some(GROUP),
        drop: true,
        after: true,
        times: Some(1),
        ..Fault::default()
    };
    sandbox.faults().add(lost);
    lower(&sandbox, &watched[0]);
    until("the alert", || (copies(&sandbox, GROUP, &watched[0]) == 1).then_some(()));
    bot.limit_files("1");
    // A supervisor starts it again and again while the disk is full.
    bot.kill();
    // Room for one line of the log, and for no page of the database.
    let full = "ulimit -S -f 1;";
    for _ in 0..2 {
        begin_waiting(&home, full, "its disk").kill();
    }
    let bot = begin_waiting(&home, full, "its disk");
    assert_eq!(copies(&sandbox, GROUP, &watched[0]), 1, "nothing is sent that cannot be written down");
    bot.limit_files("unlimited");
    until_ready(&bot);
    home.until_marked().await;
    assert_eq!(copies(&sandbox, GROUP, &watched[0]), 2, "nobody knows whether it arrived, so it is sent once more");
    assert_eq!(scalar(&home, "SELECT sum(repeats) FROM outbox").await, 1, "and recorded as possibly repeated");
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn a_database_that_is_locked_at_the_start_is_waited_for() {
    let (sandbox, _) = full().await;
    let home = Home::of_two_chats(&sandbox);
    assert!(start(&home).terminate().success());
    let mut database = home.database().await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut database).await.expect("nobody else has it");
    let bot = begin_waiting(&home, "", "another program has it locked");
    assert!(bot.terminate().success(), "it stops when it is asked to meanwhile");
    let bot = begin_waiting(&home, "", "another program has it locked");
    database.close().await.expect("it can be closed");
    until_ready(&bot);
    assert!(ask(&sandbox, "/help").plain.contains("/low"));
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn what_was_learned_is_kept_when_the_bot_is_asked_to_stop() {
    let (sandbox, watched) = full().await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    until("two polls", || (bot.log().matches("poll judged").count() >= 2).then_some(()));
    assert_eq!(scalar(&home, "SELECT count(*) FROM profiles").await, 0, "profiles are kept hourly");
    assert!(bot.terminate().success());
    let kept = scalar(&home, "SELECT count(*) FROM profiles").await;
    assert!(kept >= i64::try_from(watched.len()).expect("a few"), "{kept} of {}", watched.len());
}
