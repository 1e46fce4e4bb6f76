//! Buttons of a running bot: what is pressed changes in place, and every press is answered.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::time::Duration;

use bot::{Bot, Home, PRIVATE, ask, sent_to, until, world};
use rust_decimal::Decimal;
use serde_json::json;
use vobiz_sandbox::{Fault, Half, Person, Sandbox, Sent};

async fn running(customers: usize) -> (Sandbox, Home, Bot) {
    let sandbox = world(customers).await;
    bot::fill(&sandbox).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    (sandbox, home, bot)
}

/// Presses the button with this text under a message.
fn press(sandbox: &Sandbox, message: &Sent, text: &str) {
    let button = message.buttons.iter().flatten().find(|button| button.text == text);
    let data = button.and_then(|button| button.data.clone()).unwrap_or_else(|| panic!("{text}: {:?}", message.buttons));
    sandbox.chat().press(message.chat_id, message.message_id, &data).expect("the button is there");
}

/// The calls of this method, once there are so many.
fn until_called(sandbox: &Sandbox, method: &str, many: usize) -> Vec<Sent> {
    until(&format!("{many} × {method}"), || {
        let calls: Vec<_> = sandbox.chat().sent().into_iter().filter(|sent| sent.method == method).collect();
        (calls.len() >= many).then_some(calls)
    })
}

/// A message as the bot would have sent it, with a button that carries `data`.
async fn planted(sandbox: &Sandbox, chat: i64, data: &str) -> i32 {
    let address = format!("{}/bot{}/sendMessage", sandbox.url(), sandbox.telegram_token());
    let keyboard = json!({"inline_keyboard": [[{"text": "Old", "callback_data": data}]]});
    let message = json!({"chat_id": chat, "text": "Old", "reply_markup": keyboard});
    let answer = reqwest::Client::new().post(address).json(&message).send().await.expect("the sandbox answers");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    i32::try_from(answer["result"]["message_id"].as_i64().expect("a message")).expect("a small number")
}

#[tokio::test]
async fn a_button_of_an_older_version_is_answered_and_does_nothing() {
    let (sandbox, _home, mut bot) = running(3).await;
    let message = planted(&sandbox, PRIVATE, "ack:v0:17").await;
    sandbox.chat().press(PRIVATE, message, "ack:v0:17").expect("the button is there");
    let answer = until_called(&sandbox, "answerCallbackQuery", 1).remove(0);
    assert!(answer.plain.contains("too old"), "{}", answer.plain);
    assert!(ask(&sandbox, "/help").plain.contains("/low"), "updates are read in order: nothing came of the press");
    assert_eq!(sent_to(&sandbox, PRIVATE).len(), 3);
    assert!(bot.is_running());
}

#[tokio::test]
async fn a_press_in_a_chat_that_is_not_served_is_answered_without_a_figure() {
    let (sandbox, _home, _bot) = running(3).await;
    let message = planted(&sandbox, 777_001, "/dashboard").await;
    sandbox.chat().press_as(&Person::new(777_001, "Mallory"), 777_001, message, "/dashboard").expect("the button is there");
    let answer = until_called(&sandbox, "answerCallbackQuery", 1).remove(0);
    assert_eq!(answer.plain, "This bot serves its own chats only.");
    ask(&sandbox, "/help");
    assert_eq!(sent_to(&sandbox, 777_001).len(), 2, "the planted message and the answer to the press");
}

#[tokio::test]
async fn a_press_under_a_message_that_is_gone_brings_another() {
    let (sandbox, _home, bot) = running(3).await;
    let report = ask(&sandbox, "/dashboard");
    let gone = json!({"ok": false, "error_code": 400, "description": "Bad Request: message to edit not found"});
    sandbox.faults().add(Fault {
        half: Half::Telegram,
        operation: Some("editMessageText".into()),
        status: Some(400),
        answer: Some(gone),
        times: Some(1),
        ..Fault::default()
    });
    press(&sandbox, &report, "7 days");
    let sent = until_called(&sandbox, "sendMessage", 2).remove(1);
    assert!(sent.plain.contains(" calls") && sent.plain.contains("As of"), "{}", sent.plain);
    assert!(!bot.log().contains("given up"), "{}", bot.log());
}

#[tokio::test]
async fn presses_made_while_the_bot_was_down_are_too_late_to_answer_and_change_the_message_once() {
    let (sandbox, home, bot) = running(3).await;
    let report = ask(&sandbox, "/dashboard");
    home.until_marked().await;
    bot.kill();
    for _ in 0..2 {
        press(&sandbox, &report, "7 days");
    }
    sandbox.clock().advance(Duration::from_mins(20));
    let mut bot = home.start();
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    until_called(&sandbox, "sendMessage", 2);
    home.until_marked().await;
    let methods: Vec<_> = sent_to(&sandbox, PRIVATE).into_iter().map(|sent| sent.method).collect();
    assert_eq!(methods, ["sendMessage", "editMessageText", "sendMessage"], "an answer that is refused is not sent");
    assert!(bot.is_running() && !bot.log().contains("given up"), "{}", bot.log());
}

#[tokio::test]
async fn a_press_changes_the_message_in_place_and_pressed_again_nothing_more() {
    let (sandbox, _home, mut bot) = running(45).await;
    for wallet in sandbox.wallets() {
        sandbox.set_wallet(&wallet.auth_id, Decimal::from(3_000)).expect("a wallet can be set");
    }
    // A typed line shows what the last poll found.
    let list = until("a poll that saw the wallets", || {
        let list = ask(&sandbox, "/low 4000");
        list.plain.starts_with("🟠 45 wallets under ₹4,000, of 45 customers: 45 without an alert").then_some(list)
    });
    for _ in 0..3 {
        press(&sandbox, &list, "Next ›");
    }
    let answers = until_called(&sandbox, "answerCallbackQuery", 3);
    assert!(answers.iter().all(|answer| answer.plain.is_empty()), "{answers:#?}");
    // Lists that had to wait for a poll are edited too once it ended, this one perhaps among them.
    let edit = until("an edit of the list", || {
        let edits = until_called(&sandbox, "editMessageText", 1);
        let is_same = |edit: &Sent| (edit.chat_id, edit.message_id) == (list.chat_id, list.message_id);
        edits.into_iter().find(|edit| is_same(edit) && edit.plain.contains("#3"))
    });
    assert!(edit.plain.contains("… and 5 more: /low 4000 #3") && edit.plain.contains("As of"), "{}", edit.plain);
    let texts: Vec<_> = edit.buttons.iter().flatten().map(|button| button.text.as_str()).collect();
    assert_eq!(texts, ["‹ Previous", "↻ 2 of 3", "Next ›"]);

    press(&sandbox, &edit, "Next ›");
    until("the third page", || {
        let edits = until_called(&sandbox, "editMessageText", 2);
        edits.iter().any(|edit| edit.buttons.concat().iter().any(|button| button.text == "↻ 3 of 3")).then_some(())
    });
    let is_page =
        |sent: &Sent| sent.buttons.concat().iter().any(|button| button.text.contains("of 3") && button.text != "↻ 1 of 3");
    assert!(!until_called(&sandbox, "sendMessage", 1).iter().any(is_page), "no page is a message of its own");
    assert!(bot.is_running() && !bot.log().contains("given up"), "{}", bot.log());
}

#[tokio::test]
async fn of_many_presses_in_a_row_the_last_one_is_shown_soon() {
    let (sandbox, home, _bot) = running(3).await;
    let report = ask(&sandbox, "/dashboard");
    for text in ["7 days", "30 days"].repeat(15) {
        press(&sandbox, &report, text);
    }
    // Updates are read in order: what came of the presses is owed when this is answered.
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    until_called(&sandbox, "sendMessage", 2);
    assert_eq!(until_called(&sandbox, "answerCallbackQuery", 30).len(), 30);
    home.until_marked().await;
    let edits = until_called(&sandbox, "editMessageText", 1);
    let last = edits.last().expect("it was changed");
    assert!(edits.len() < 15, "{} edits", edits.len());
    assert!(last.buttons.concat().iter().any(|button| button.text == "↻ 30 days"), "{:?}", last.buttons);
}

#[tokio::test]
async fn a_press_under_a_picture_brings_a_message_of_its_own() {
    let (sandbox, _home, _bot) = running(3).await;
    let summary = ask(&sandbox, "/summary");
    assert!(summary.file.is_some());
    press(&sandbox, &summary, "Low wallets");
    let list = until_called(&sandbox, "sendMessage", 1).remove(0);
    assert!(list.plain.starts_with("🟢 Fine: no wallet of 3 customers"), "{}", list.plain);
    assert!(until_called(&sandbox, "answerCallbackQuery", 1).len() == 1);
}
