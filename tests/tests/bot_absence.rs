//! A bot that was away: what it sends of that time when it is back.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{GROUP, Home, PRIVATE, ask, fill, texts, until_texts, world};
use chrono::TimeDelta;
use rust_decimal::Decimal;
use sqlx::Connection as _;

/// Lets so much time pass as if the bot had been down.
async fn pass(home: &Home, time: TimeDelta) {
    let mut database = home.database().await;
    let change = sqlx::query("UPDATE polls SET at = at - $1").bind(time.num_microseconds().expect("a short time"));
    change.execute(&mut database).await.expect("the database can be written");
    database.close().await.expect("it can be closed");
}

#[tokio::test]
async fn after_an_absence_each_chat_is_sent_once_since_when_and_what_went_past_a_level() {
    let sandbox = world(5).await;
    let watched = fill(&sandbox).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    ask(&sandbox, "/low");
    assert!(bot.terminate().success());
    pass(&home, TimeDelta::hours(2)).await;
    let id = watched.first().expect("a watched customer").id.to_string();
    sandbox.set_wallet(&id, Decimal::from(700)).expect("a wallet can be set");
    let bot = home.start();
    for chat in [PRIVATE, GROUP] {
        let is_absence = |text: &&String| text.starts_with("⚪ Nothing was read from ");
        let texts = until_texts("the absence, then the alert", &sandbox, chat, |texts| {
            texts.iter().any(|text| text.contains("has ₹700 left"))
        });
        let absences: Vec<_> = texts.iter().filter(is_absence).collect();
        assert_eq!(absences.len(), 1, "{texts:#?}");
        let absence = absences[0];
        assert!(absence.contains("(2 h). Meanwhile 1 wallet went past a level") && absence.contains(": ₹700"), "{absence}");
    }
    assert!(bot.terminate().success());
    let before = texts(&sandbox, PRIVATE).len();
    let _bot = home.start();
    ask(&sandbox, "/help");
    assert_eq!(texts(&sandbox, PRIVATE).len(), before + 1, "a short absence is none");
}
