//! People of a running bot: who may do what, what is done about alerts, and which chats show it.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, GROUP, Home, PRIVATE, ask, sent_to, texts, until, until_texts, world};
use rust_decimal::Decimal;
use vobiz_sandbox::{Person, Sandbox, Sent};

/// The operator in the private chat.
fn asha() -> Person {
    Person::new(PRIVATE, "Asha")
}

/// Another operator, of the group.
fn meera() -> Person {
    Person::new(4_003, "Meera")
}

/// Somebody of the group without a role.
fn ravi() -> Person {
    Person::new(4_004, "Ravi")
}

async fn running(people: &str) -> (Sandbox, Home, Bot) {
    let sandbox = world(3).await;
    bot::fill(&sandbox).await;
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n[[chats]]\nid = {GROUP}\n{people}"));
    let bot = home.start();
    (sandbox, home, bot)
}

fn operators() -> String {
    let person = |id: i64, name: &str| format!("[[people]]\nid = {id}\nname = \"{name}\"\nrole = \"operator\"\n");
    person(PRIVATE, "Asha") + &person(4_003, "Meera")
}

/// Empties a wallet that rules watch; gives its id and the alert in each chat.
async fn empty_wallet(sandbox: &Sandbox) -> (String, Sent, Sent) {
    let watched = bot::fill(sandbox).await;
    let id = watched.first().expect("a watched customer").id.to_string();
    sandbox.set_wallet(&id, Decimal::ZERO).expect("a wallet can be set");
    let alert = |chat| {
        until("the alert", || {
            sent_to(sandbox, chat).into_iter().find(|sent| sent.buttons.concat().iter().any(|b| b.text == "Take"))
        })
    };
    (id, alert(PRIVATE), alert(GROUP))
}

fn press(sandbox: &Sandbox, from: &Person, message: &Sent, text: &str) {
    let button = message.buttons.iter().flatten().find(|button| button.text == text);
    let data = button.and_then(|button| button.data.clone()).unwrap_or_else(|| panic!("{text}: {:?}", message.buttons));
    sandbox.chat().press_as(from, message.chat_id, message.message_id, &data).expect("the button is there");
}

/// The answer to the press number `count`.
fn toast(sandbox: &Sandbox, count: usize) -> String {
    until("the answer to a press", || {
        let toasts: Vec<_> = sandbox.chat().sent().into_iter().filter(|sent| sent.method == "answerCallbackQuery").collect();
        toasts.get(count - 1).map(|sent| sent.plain.clone())
    })
}

#[tokio::test]
async fn an_alert_is_taken_once_and_every_chat_sees_by_whom() {
    let (sandbox, _home, _bot) = running(&operators()).await;
    let (id, private, group) = empty_wallet(&sandbox).await;
    press(&sandbox, &ravi(), &group, "Take");
    let refusal = toast(&sandbox, 1);
    assert!(refusal.starts_with("You are a viewer here, and this needs an operator."), "{refusal}");
    press(&sandbox, &asha(), &private, "Take");
    assert!(toast(&sandbox, 2).contains("taken by Asha at "));
    for message in [&private, &group] {
        until("the message says who took it", || {
            let edits = sent_to(&sandbox, message.chat_id).into_iter().filter(|sent| sent.method == "editMessageText");
            let of_it: Vec<_> = edits.filter(|sent| sent.message_id == message.message_id).collect();
            of_it.iter().any(|sent| sent.plain.contains("Taken by Asha at ")).then_some(())
        });
    }
    press(&sandbox, &meera(), &group, "Take");
    assert!(toast(&sandbox, 3).contains("already taken by Asha"), "{}", toast(&sandbox, 3));

    let alerts = ask(&sandbox, "/alerts").plain;
    assert!(alerts.contains("1 alert fires") && alerts.contains("taken by Asha at "), "{alerts}");
    let why = ask(&sandbox, &format!("/why {}", id.to_lowercase())).plain;
    assert!(why.contains("critical since") && why.contains("taken by Asha at ") && why.contains("Ends at"), "{why}");
    let audit = ask(&sandbox, &format!("/audit {id} 1d")).plain;
    assert!(audit.contains("take") && audit.contains("nothing → taken by Asha"), "{audit}");
}

#[tokio::test]
async fn a_snooze_is_set_and_ended_by_text_and_wrong_words_are_refused_with_the_right_ones() {
    let (sandbox, _home, _bot) = running(&operators()).await;
    let (id, ..) = empty_wallet(&sandbox).await;
    for (line, words) in [
        ("/mute".to_owned(), "Which alert?"),
        ("/mute NOBODY 2h".to_owned(), "No customer of yours has the id or a name like NOBODY"),
        (format!("/mute {id} no such rule 2h"), "No rule “no such rule” fires"),
        (format!("/mute {id} 31d"), "30 days at most"),
        (format!("/unmute {id}"), "is not snoozed"),
        (format!("/mute {id} until topped up"), "snoozed by Asha until it is topped up"),
        (format!("/mute {id} until topped up"), "already snoozed by Asha until it is topped up"),
        (format!("/mute {id} 2h"), "snoozed by Asha until "),
        (format!("/unmute {id}"), "no longer snoozed, by Asha"),
    ] {
        let answer = ask_new(&sandbox, &line);
        assert!(answer.contains(words), "{line}: {answer}");
    }
    let choices = ask_new(&sandbox, &format!("/mute {id}"));
    assert!(choices.contains("until when?"), "{choices}");
}

/// Says something in the private chat; gives the next message there that is no edit.
fn ask_new(sandbox: &Sandbox, text: &str) -> String {
    let sent = || sent_to(sandbox, PRIVATE).into_iter().filter(|sent| sent.method == "sendMessage");
    let before = sent().count();
    sandbox.chat().say(PRIVATE, &asha(), text);
    until(text, || sent().nth(before)).plain
}

#[tokio::test]
async fn a_code_serves_a_chat_once_and_the_last_admin_stays() {
    let (sandbox, home, _bot) = running("").await;
    let refusal = ask(&sandbox, "/take MA_X").plain;
    assert!(refusal.contains("Nobody is an admin yet") && refusal.contains("vobiz-bot pair --role operator"), "{refusal}");
    let printed = home.output(&["pair", "--role", "admin", "--config", "bot.toml"]);
    let printed = String::from_utf8(printed.stdout).expect("text");
    let start = printed.lines().next().expect("a line").to_owned();
    let (new, kiran) = (4_009, Person::new(4_009, "Kiran"));
    let say = |text: &str, is_enough: &str| {
        sandbox.chat().say(new, &kiran, text);
        until_texts(text, &sandbox, new, |texts| texts.iter().any(|text| text.contains(is_enough)));
    };
    say("/start ABCD-EFGH-JKLM", "That code is not valid");
    say(&start, "This chat is served from now on, and gets alerts. You are an admin.");
    say("/people revoke 4009", "Kiran is the only admin");
    say("/people grant 4001 operator Asha", "(4001) is an operator now.");
    say("/people", "Asha");
    say("/audit", "role by code");
    let taken = ask(&sandbox, &start).plain;
    assert!(taken.contains("That code is not valid"), "{taken}");
    assert!(ask(&sandbox, "/status").plain.contains("Last poll"));
    assert!(texts(&sandbox, new).iter().all(|text| !text.contains("could not")));
}
