//! Attacks on the buttons of a running bot: forged, borrowed, old, pressed by others, pressed twice and at once.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, GROUP, Home, PRIVATE, ask, sent_to, until, world};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::Connection as _;
use vobiz_sandbox::{Person, Sandbox, Sent};

/// An operator, who has a private chat.
fn asha() -> Person {
    Person::new(PRIVATE, "Asha")
}

/// Another operator.
fn meera() -> Person {
    Person::new(4_003, "Meera")
}

/// Somebody without a role.
fn ravi() -> Person {
    Person::new(4_004, "Ravi")
}

/// A running bot of two operators, and a customer whose alert was sent to both chats.
struct Scene {
    sandbox: Sandbox,
    home: Home,
    _bot: Bot,
    customer: String,
    /// The alert in the group.
    alert: Sent,
}

impl Scene {
    async fn new() -> Self {
        let sandbox = world(3).await;
        let customer = bot::fill(&sandbox).await.first().expect("a watched customer").id.to_string();
        let person = |id: i64, name: &str| format!("[[people]]\nid = {id}\nname = \"{name}\"\nrole = \"operator\"\n");
        let people = person(PRIVATE, "Asha") + &person(4_003, "Meera");
        let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n[[chats]]\nid = {GROUP}\n{people}"));
        let bot = home.start();
        sandbox.set_wallet(&customer, Decimal::from(40)).expect("a wallet can be set");
        let alert = until("the alert", || sent_to(&sandbox, GROUP).into_iter().find(|sent| has(sent, "Take")));
        Self { sandbox, home, _bot: bot, customer, alert }
    }

    /// Somebody presses a button of the group; what they are shown for it.
    fn press(&self, from: &Person, message: &Sent, text: &str) -> String {
        let before = self.toasts().len();
        self.press_soon(from, message, text);
        self.toast(before)
    }

    /// The same, without waiting for what comes of it.
    fn press_soon(&self, from: &Person, message: &Sent, text: &str) {
        let data = data(message, text);
        self.sandbox.chat().press_as(from, message.chat_id, message.message_id, &data).expect("the button is there");
    }

    /// Somebody presses buttons that the bot did not send, one after the other; what is shown for each.
    async fn press_planted(&self, from: &Person, planted: &[&str]) -> Vec<String> {
        let address = format!("{}/bot{}/sendMessage", self.sandbox.url(), self.sandbox.telegram_token());
        let rows: Vec<_> = planted.iter().map(|data| json!([{"text": "Planted", "callback_data": data}])).collect();
        let keyboard = json!({"inline_keyboard": rows});
        let message = json!({"chat_id": PRIVATE, "text": "Planted", "reply_markup": keyboard});
        let answer = reqwest::Client::new().post(address).json(&message).send().await.expect("the sandbox answers");
        let answer: serde_json::Value = answer.json().await.expect("JSON");
        let id = i32::try_from(answer["result"]["message_id"].as_i64().expect("a message")).expect("a small number");
        let mut shown = Vec::new();
        for data in planted {
            let before = self.toasts().len();
            self.sandbox.chat().press_as(from, PRIVATE, id, data).expect("the button is there");
            shown.push(self.toast(before));
        }
        shown
    }

    /// Several people press the same button before anything comes of it; what is shown to them.
    fn press_at_once(&self, from: &[Person], message: &Sent, text: &str) -> Vec<String> {
        let before = self.toasts().len();
        for person in from {
            self.press_soon(person, message, text);
        }
        self.toast(before + from.len() - 1);
        self.toasts().split_off(before)
    }

    fn toasts(&self) -> Vec<String> {
        let sent = self.sandbox.chat().sent().into_iter();
        sent.filter(|sent| sent.method == "answerCallbackQuery").map(|sent| sent.plain).collect()
    }

    fn toast(&self, number: usize) -> String {
        until("the answer to a press", || self.toasts().get(number).cloned())
    }

    /// Somebody writes in the group; the message that answers.
    fn say(&self, from: &Person, line: &str) -> Sent {
        let answers = || sent_to(&self.sandbox, GROUP).into_iter().filter(|sent| sent.method == "sendMessage");
        let before = answers().count();
        self.sandbox.chat().say(GROUP, from, line);
        until(line, || answers().nth(before))
    }

    /// Waits until a message of the group reads so.
    fn until_changed(&self, message: &Sent, words: &str) -> Sent {
        until(words, || {
            let edits = sent_to(&self.sandbox, GROUP).into_iter().filter(|sent| sent.method == "editMessageText");
            edits.filter(|sent| sent.message_id == message.message_id).last().filter(|sent| sent.plain.contains(words))
        })
    }

    /// What was changed from chats.
    async fn audit(&self) -> Vec<String> {
        let mut database = self.home.database().await;
        let query = "SELECT action || ' by ' || person_name FROM audit ORDER BY id";
        let rows = sqlx::query_scalar(query).fetch_all(&mut database).await.expect("the audit log can be read");
        database.close().await.expect("it can be closed");
        rows
    }
}

fn has(sent: &Sent, text: &str) -> bool {
    sent.buttons.concat().iter().any(|button| button.text == text)
}

fn data(message: &Sent, text: &str) -> String {
    let button = message.buttons.iter().flatten().find(|button| button.text == text);
    button.and_then(|button| button.data.clone()).unwrap_or_else(|| panic!("{text}: {:?}", message.buttons))
}

#[tokio::test]
async fn a_forged_reference_and_one_of_another_chat_do_nothing() {
    let scene = Scene::new().await;
    let line = format!("/take {}", scene.customer);
    let forged = ["intent 999999", "intent -1", "intent 1 OR 1=1", "intent 0x1", "intent", "intent 99999999999999999999", &line];
    let borrowed = ["Take", "Snooze", "Why"].map(|text| data(&scene.alert, text));
    let planted: Vec<&str> = forged.into_iter().chain(borrowed.iter().map(String::as_str)).collect();
    for (data, toast) in planted.iter().zip(scene.press_planted(&asha(), &planted).await) {
        assert!(toast.contains("too old"), "{data}: {toast}");
    }
    assert_eq!(scene.audit().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_button_of_last_year_does_nothing_whatever_it_was() {
    let scene = Scene::new().await;
    let question = scene.say(&asha(), &format!("/thresholds {} warning 5000 critical 1000", scene.customer));
    let list = scene.say(&asha(), "/customers");
    let mut database = scene.home.database().await;
    let year = "UPDATE intents SET made_at = made_at - 31536000000000";
    sqlx::query(year).execute(&mut database).await.expect("the time can be changed");
    database.close().await.expect("it can be closed");
    let page = list.buttons.last().and_then(|row| row.first()).expect("a page").text.clone();
    for (message, text) in
        [(&scene.alert, "Take"), (&scene.alert, "Snooze"), (&question, "Apply"), (&question, "Cancel"), (&list, page.as_str())]
    {
        let toast = scene.press(&asha(), message, text);
        assert!(toast.contains("too old"), "{text}: {toast}");
    }
    assert_eq!(scene.audit().await, Vec::<String>::new());
    assert!(ask(&scene.sandbox, "/help").plain.contains("/low"));
}

#[tokio::test]
async fn a_viewer_changes_nothing_and_turns_pages() {
    let scene = Scene::new().await;
    let question = scene.say(&asha(), &format!("/thresholds {} warning 5000 critical 1000", scene.customer));
    for (message, text) in [(&scene.alert, "Take"), (&scene.alert, "Snooze"), (&question, "Apply")] {
        let toast = scene.press(&ravi(), message, text);
        assert!(toast.starts_with("You are a viewer here, and this needs an operator."), "{text}: {toast}");
    }
    let list = scene.say(&ravi(), "/alerts");
    assert_eq!(scene.press(&ravi(), &list, "↻ Refresh"), "", "heard, and not refused");
    scene.press_soon(&ravi(), &question, "Cancel");
    scene.until_changed(&question, "low balance: warning ₹2,000");
    assert_eq!(scene.audit().await, Vec::<String>::new());
    // What was asked stays an operator's to apply, and its button is gone from the message.
    assert!(sent_to(&scene.sandbox, GROUP).last().is_some_and(|sent| !has(sent, "Apply")));
}

#[tokio::test]
async fn what_is_pressed_twice_is_done_once() {
    let scene = Scene::new().await;
    let twice = [asha(), asha()];
    let toasts = scene.press_at_once(&twice, &scene.alert, "Take");
    assert!(toasts[0].contains(": taken by Asha at ") && toasts[1].contains("already taken by Asha"), "{toasts:?}");
    scene.press_soon(&asha(), &scene.alert, "Snooze");
    let ends = scene.until_changed(&scene.alert, "until when?");
    let toasts = scene.press_at_once(&twice, &ends, "Until topped up");
    let is_done = toasts[0].contains(": snoozed by Asha until it is topped up") && toasts[1].contains("already snoozed by Asha");
    assert!(is_done, "{toasts:?}");
    let question = scene.say(&asha(), &format!("/thresholds {} warning 5000 critical 1000", scene.customer));
    let toasts = scene.press_at_once(&twice, &question, "Apply");
    assert!(toasts[0].starts_with("Done.") && toasts[1].contains("already: "), "{toasts:?}");
    assert_eq!(scene.audit().await, ["take by Asha", "snooze by Asha", "levels by Asha"]);
}

#[tokio::test]
async fn of_two_operators_at_once_one_does_it_and_the_other_sees_by_whom() {
    let scene = Scene::new().await;
    let question = scene.say(&asha(), &format!("/thresholds {} warning 5000 critical 1000", scene.customer));
    let both = [asha(), meera()];
    let toasts = scene.press_at_once(&both, &scene.alert, "Take");
    assert_eq!(toasts.iter().filter(|toast| toast.contains("already taken by ")).count(), 1, "{toasts:?}");
    let toasts = scene.press_at_once(&both, &question, "Apply");
    assert_eq!(toasts.iter().filter(|toast| toast.starts_with("Done.")).count(), 1, "{toasts:?}");
    assert_eq!(toasts.iter().filter(|toast| toast.contains("already") && toast.contains("set by ")).count(), 1, "{toasts:?}");
    let audit = scene.audit().await;
    assert_eq!(audit.len(), 2, "{audit:?}");
}

#[tokio::test]
async fn each_alert_of_a_list_has_a_button_to_its_card_and_the_list_shows_what_was_done() {
    let sandbox = world(30).await;
    let watched = bot::fill(&sandbox).await;
    let operator = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n{operator}"));
    for subject in watched.iter().take(7) {
        sandbox.set_wallet(&subject.id.to_string(), Decimal::from(300)).expect("a wallet can be set");
    }
    let _bot = home.start();
    let list =
        until("the list", || sent_to(&sandbox, PRIVATE).into_iter().find(|sent| sent.plain.contains("7 wallets need money")));
    let texts: Vec<_> = list.buttons.iter().map(|row| row[0].text.clone()).collect();
    assert_eq!((texts.len(), texts.last().map(String::as_str)), (6, Some("All alerts")), "{texts:?}");
    let press = |message: &Sent, text: &str| {
        sandbox.chat().press_as(&asha(), PRIVATE, message.message_id, &data(message, text)).expect("the button is there");
    };
    press(&list, &texts[0]);
    let card = until("the card", || {
        sent_to(&sandbox, PRIVATE)
            .into_iter()
            .find(|sent| sent.method == "sendMessage" && has(sent, "Take") && has(sent, "Levels"))
    });
    assert!(sent_to(&sandbox, PRIVATE).iter().all(|sent| sent.method != "editMessageText"), "the list stays");
    press(&card, "Take");
    let changed = until("the list with what was done", || {
        let edits = sent_to(&sandbox, PRIVATE).into_iter().filter(|sent| sent.method == "editMessageText");
        edits.filter(|sent| sent.message_id == list.message_id).last()
    });
    assert!(changed.plain.contains("7 wallets need money") && changed.plain.contains(": taken by Asha at "), "{}", changed.plain);

    let id = watched.first().expect("a watched customer").id.to_string();
    let alert = ask(&sandbox, &format!("/why {id}"));
    sandbox.set_wallet(&id, Decimal::from(50_000)).expect("a wallet can be set");
    until("its end", || sent_to(&sandbox, PRIVATE).into_iter().find(|sent| sent.plain.starts_with('🟢')));
    let shown = || sandbox.chat().sent().into_iter().filter(|sent| sent.method == "answerCallbackQuery");
    let before = shown().count();
    press(&alert, "Take");
    let toast = until("the answer", || shown().nth(before)).plain;
    assert!(toast.contains("already resolved at "), "{toast}");
}

#[tokio::test]
async fn a_menu_is_shown_in_the_chats_that_are_served_and_to_no_stranger() {
    let scene = Scene::new().await;
    let menu = |chat: i64| {
        let address = format!("{}/control/commands?chat={chat}&person=1", scene.sandbox.url());
        async move {
            let menu: serde_json::Value = reqwest::get(address).await.expect("the sandbox answers").json().await.expect("JSON");
            menu.as_array().map_or(0, Vec::len)
        }
    };
    assert_eq!((menu(PRIVATE).await > 20, menu(GROUP).await > 20, menu(777_001).await), (true, true, 0));
    let printed = scene.home.output(&["pair", "--config", "bot.toml"]);
    let start = String::from_utf8(printed.stdout).expect("text").lines().next().expect("a line").to_owned();
    scene.sandbox.chat().say(777_001, &Person::new(777_001, "Kiran"), &start);
    until("the welcome", || sent_to(&scene.sandbox, 777_001).into_iter().find(|sent| sent.plain.contains("is served")));
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(45);
    while menu(777_001).await == 0 {
        assert!(tokio::time::Instant::now() < end, "no menu came");
        tokio::task::yield_now().await;
    }
}
