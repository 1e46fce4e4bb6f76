//! Levels that people set in the chat of a running bot: asked about, applied after a restart, and used by `check` too.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{GROUP, Home, PRIVATE, ask, sent_to, until, until_texts, world};
use rust_decimal::Decimal;
use sqlx::SqliteConnection;
use vobiz_sandbox::{Person, Sandbox, Sent};

fn press(sandbox: &Sandbox, from: &Person, message: &Sent, text: &str) {
    let button = message.buttons.iter().flatten().find(|button| button.text == text);
    let data = button.and_then(|button| button.data.clone()).unwrap_or_else(|| panic!("{text}: {:?}", message.buttons));
    sandbox.chat().press_as(from, message.chat_id, message.message_id, &data).expect("the button is there");
}

#[tokio::test]
async fn levels_asked_about_before_a_restart_apply_after_it_to_alerts_and_to_check() {
    let sandbox = world(3).await;
    let id = bot::fill(&sandbox).await.first().expect("a watched customer").id.to_string();
    sandbox.set_wallet(&id, Decimal::from(8_000)).expect("a wallet can be set");
    let operator = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n[[chats]]\nid = {GROUP}\n{operator}"));
    let bot = home.start();
    let question = ask(&sandbox, &format!("/thresholds {id} warning 9,000 critical 1k"));
    assert!(question.plain.contains("Would fire: 🟠 warning (low balance)"), "{}", question.plain);
    assert_eq!(home.output(&["check", "--config", "bot.toml"]).status.code(), Some(0));
    home.until_marked().await;
    bot.kill();

    let _bot = home.start();
    press(&sandbox, &Person::new(PRIVATE, "Asha"), &question, "Apply");
    let edit = until("the answer to the press", || {
        let edits = sent_to(&sandbox, PRIVATE).into_iter().filter(|sent| sent.method == "editMessageText");
        edits.last().filter(|sent| sent.plain.contains("levels set by Asha at"))
    });
    assert!(edit.plain.contains("warning ₹9,000, critical ₹1,000"), "{}", edit.plain);
    until_texts("an alert on the new level", &sandbox, GROUP, |texts| texts.iter().any(|text| text.contains("₹8,000")));
    assert_eq!(home.output(&["check", "--config", "bot.toml"]).status.code(), Some(1), "one judgement for all");
    press(&sandbox, &Person::new(PRIVATE, "Asha"), &edit, "Levels");
    until("the levels of the customer", || {
        let sent = sent_to(&sandbox, PRIVATE).into_iter();
        sent.filter(|sent| sent.plain.contains("low balance: warning ₹9,000, critical ₹1,000 · set by Asha")).last()
    });
}

/// Sets levels of a customer in the private chat.
fn set(sandbox: &Sandbox, id: &str, levels: &str) {
    let question = ask(sandbox, &format!("/thresholds {id} {levels}"));
    press(sandbox, &Person::new(PRIVATE, "Asha"), &question, "Apply");
    until("the answer to the press", || {
        let is_done = |sent: &Sent| sent.message_id == question.message_id && sent.plain.contains("levels set by Asha at");
        sent_to(sandbox, PRIVATE).iter().any(is_done).then_some(())
    });
}

#[tokio::test]
async fn an_alert_goes_on_by_levels_that_are_set_while_it_fires_and_ends_where_it_would_not_fire_by_them() {
    let sandbox = world(3).await;
    let id = bot::fill(&sandbox).await.first().expect("a watched customer").id.to_string();
    let operator = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n[[chats]]\nid = {GROUP}\n{operator}"));
    let _bot = home.start();
    sandbox.set_wallet(&id, Decimal::from(1_500)).expect("a wallet can be set");
    until_texts("an alert", &sandbox, GROUP, |texts| texts.iter().any(|text| text.contains("warning, under ₹2,000")));

    set(&sandbox, &id, "warning 1,800");
    let mut database = home.database().await;
    let judged = "SELECT count(*) FROM alerts WHERE state LIKE '%\"warning\":\"1800\"%' AND state LIKE '%\"firing\":%'";
    let is_judged = async |database: &mut SqliteConnection| {
        sqlx::query_scalar::<_, i64>(judged).fetch_one(database).await.expect("alerts can be read") == 1
    };
    let end = std::time::Instant::now() + bot::PATIENCE;
    while !is_judged(&mut database).await {
        assert!(std::time::Instant::now() < end, "the alert does not fire by the new level");
        tokio::task::yield_now().await;
    }
    let list = ask(&sandbox, "/alerts").plain;
    assert!(list.contains(&id) && list.contains("level ₹1,800"), "{list}");

    set(&sandbox, &id, "critical 1,600");
    until_texts("an escalation", &sandbox, GROUP, |texts| texts.iter().any(|text| text.contains("now critical, under ₹1,600")));
    set(&sandbox, &id, "warning 1,200 critical 300");
    until_texts("the end", &sandbox, GROUP, |texts| {
        texts.iter().any(|text| text.contains("the level was changed from ₹1,800 to ₹1,200"))
    });
    let sent = bot::texts(&sandbox, GROUP);
    assert_eq!(sent.len(), 3, "the alert, its escalation and its end: {sent:#?}");
}
