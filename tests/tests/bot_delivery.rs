//! What is owed arrives, says what is true when it arrives, and is repeated at most once, whatever Telegram does.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{GROUP, Home, PRIVATE, ask, fill, sent_to, texts, until, until_sent, until_texts, world};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::Connection as _;
use std::time::{Duration, Instant};
use vobiz_core::alert::Subject;
use vobiz_sandbox::{Fault, Half, Person, Sandbox};

fn set(sandbox: &Sandbox, customer: &Subject, balance: i64) {
    sandbox.set_wallet(customer.customer().expect("a customer"), Decimal::from(balance)).expect("a wallet can be set");
}

fn id(customer: &Subject) -> &str {
    customer.customer().expect("a customer")
}

/// Something that goes wrong with messages to one chat.
fn refusal(chat: i64) -> Fault {
    Fault { half: Half::Telegram, operation: Some("sendMessage".into()), chat: Some(chat), ..Fault::default() }
}

async fn full(customers: usize) -> (Sandbox, Vec<Subject>) {
    let sandbox = world(customers).await;
    let watched = fill(&sandbox).await;
    sandbox.chat().join(PRIVATE, &Person::new(PRIVATE, "Asha"));
    (sandbox, watched)
}

fn struck(sandbox: &Sandbox) -> u32 {
    sandbox.faults().list().iter().map(|fault| fault.struck).sum()
}

/// How many messages of a chat name a customer.
fn copies(sandbox: &Sandbox, chat: i64, customer: &Subject) -> usize {
    texts(sandbox, chat).iter().filter(|text| text.contains(id(customer))).count()
}

async fn count(home: &Home, query: &'static str) -> i64 {
    let mut database = home.database().await;
    let count = sqlx::query_scalar(query).fetch_one(&mut database).await.expect("it can be counted");
    database.close().await.expect("it can be closed");
    count
}

#[tokio::test]
async fn a_blocked_chat_is_sent_what_fires_when_it_takes_messages_again_and_others_are_notified() {
    let (sandbox, watched) = full(8).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    sandbox.chat().block(PRIVATE).expect("she blocks the bot");
    set(&sandbox, &watched[0], 40);
    set(&sandbox, &watched[1], 40);
    until_texts("that the chat is deaf", &sandbox, GROUP, |texts| {
        texts.iter().any(|text| text.contains("takes no messages") && text.contains("blocked"))
    });
    assert!(texts(&sandbox, PRIVATE).is_empty());
    sandbox.top_up(id(&watched[1]), Decimal::from(60_000)).expect("a wallet can be topped up");
    until_texts("the recovery", &sandbox, GROUP, |texts| texts.iter().any(|text| text.contains("recovered")));
    sandbox.chat().unblock(PRIVATE).expect("she takes it back");
    let sent = until_sent(&sandbox, PRIVATE, 1);
    assert!(sent.len() == 1 && sent[0].contains("1 alert fires") && sent[0].contains(id(&watched[0])), "{sent:#?}");
    assert!(sent[0].contains("As of") && sent[0].contains("fired from"), "{sent:#?}");
    until_texts("that it is not", &sandbox, GROUP, |texts| texts.iter().any(|text| text.contains("takes messages again")));
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn whatever_a_chat_refused_messages_for_it_gets_them_within_a_minute_of_taking_them() {
    for (status, message) in [
        (400, "Bad Request: TOPIC_CLOSED"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
    ] {
        let (sandbox, watched) = full(4).await;
        let fault = Fault { status: Some(status), message: Some(message.to_owned()), ..refusal(GROUP) };
        sandbox.faults().add(fault);
        let home = Home::of_two_chats(&sandbox);
        let _bot = home.start();
        set(&sandbox, &watched[0], 40);
        until("a refusal", || (struck(&sandbox) > 0).then_some(()));
        sandbox.faults().clear();
        let sent = until_sent(&sandbox, GROUP, 1);
        assert!(sent[0].contains(id(&watched[0])) && sent[0].contains("critical"), "{message}: {sent:#?}");
    }
}

#[tokio::test]
async fn a_person_who_starts_the_bot_gets_the_state_before_a_chat_that_is_tried_again_by_itself() {
    let (sandbox, watched) = full(4).await;
    let message = Some("Forbidden: bot can't initiate conversation with a user".to_owned());
    for chat in [GROUP, PRIVATE] {
        sandbox.faults().add(Fault { status: Some(403), message: message.clone(), ..refusal(chat) });
    }
    let home = Home::of_two_chats(&sandbox);
    let _bot = home.start();
    set(&sandbox, &watched[0], 40);
    until("both refuse", || sandbox.faults().list().iter().all(|fault| fault.struck > 0).then_some(()));
    sandbox.faults().clear();
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/start");
    let first = |chat| {
        until("the alert", || sent_to(&sandbox, chat).into_iter().find(|sent| sent.plain.contains(id(&watched[0])))).number
    };
    assert!(first(PRIVATE) < first(GROUP));
}

#[tokio::test]
async fn what_is_refused_for_its_form_is_sent_in_a_simpler_one() {
    for message in [
        "Bad Request: can't parse entities: unsupported start tag",
        "Bad Request: message is too long",
        "Bad Request: BUTTON_DATA_INVALID",
        "Bad Request: MESSAGE_TOO_LONG",
    ] {
        let (sandbox, watched) = full(4).await;
        let home = Home::of_two_chats(&sandbox);
        let _bot = home.start();
        sandbox.faults().add(Fault { status: Some(400), message: Some(message.to_owned()), times: Some(1), ..refusal(PRIVATE) });
        set(&sandbox, &watched[0], 40);
        let sent = until_sent(&sandbox, PRIVATE, 1).remove(0);
        assert!(sent.contains(id(&watched[0])) && sent.contains("critical"), "{message}: {sent}");
    }
}

#[tokio::test]
async fn answers_that_are_lost_six_times_make_one_repeat_which_is_recorded() {
    let (sandbox, watched) = full(8).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    sandbox.faults().add(Fault { drop: true, after: true, times: Some(6), ..refusal(PRIVATE) });
    set(&sandbox, &watched[0], 40);
    until("the repeat", || (struck(&sandbox) == 2).then_some(()));
    sandbox.faults().clear();
    // What comes later is not held up by it, nor by the repeat that may come before it.
    ask(&sandbox, "/help");
    until("the help", || sent_to(&sandbox, PRIVATE).iter().any(|sent| sent.plain.contains("/low")).then_some(()));
    assert_eq!(copies(&sandbox, PRIVATE, &watched[0]), 2);
    assert_eq!(copies(&sandbox, GROUP, &watched[0]), 1);
    assert_eq!(count(&home, "SELECT count(*) FROM outbox WHERE repeats = 1 AND in_doubt").await, 1);
    bot.kill();
    let _bot = home.start();
    assert!(ask(&sandbox, "/help").plain.contains("/low"));
    assert_eq!(copies(&sandbox, PRIVATE, &watched[0]), 2, "a restart repeats nothing more");
}

#[tokio::test]
async fn thirty_terminations_with_late_answers_repeat_nothing() {
    let (sandbox, watched) = full(40).await;
    let home = Home::of_two_chats(&sandbox);
    assert!(home.start().terminate().success());
    for customer in watched.iter().cycle().take(30) {
        let bot = home.begin();
        sandbox.faults().add(Fault { latency_ms: 200, after: true, ..refusal(GROUP) });
        let level = if copies(&sandbox, GROUP, customer) > 0 { 60_000 } else { 40 };
        set(&sandbox, customer, level);
        until("a message under way", || (struck(&sandbox) > 0).then_some(()));
        assert!(bot.terminate().success());
        sandbox.faults().clear();
    }
    let (sent, mut unique) = (texts(&sandbox, GROUP), texts(&sandbox, GROUP));
    unique.sort();
    unique.dedup();
    assert_eq!(sent.len(), unique.len(), "{sent:#?}");
    assert_eq!(count(&home, "SELECT count(*) FROM outbox WHERE repeats > 0").await, 0);
}

#[tokio::test]
async fn what_happened_while_telegram_was_away_is_one_message_of_what_is_true() {
    let (sandbox, watched) = full(8).await;
    let home = Home::of_two_chats(&sandbox);
    let _bot = home.start();
    sandbox.faults().add(Fault {
        half: Half::Telegram,
        operation: Some("sendMessage".into()),
        status: Some(502),
        ..Fault::default()
    });
    set(&sandbox, &watched[0], 40);
    set(&sandbox, &watched[1], 40);
    until("that Telegram failed", || (struck(&sandbox) > 1).then_some(()));
    sandbox.top_up(id(&watched[0]), Decimal::from(60_000)).expect("a wallet can be topped up");
    until("that it failed again", || (struck(&sandbox) > 8).then_some(()));
    sandbox.faults().clear();
    for chat in [PRIVATE, GROUP] {
        let sent = until_sent(&sandbox, chat, 1);
        assert!(sent.len() == 1 && sent[0].contains("1 alert fires: 1 critical, 1 resolved"), "{sent:#?}");
        assert!(sent[0].contains(id(&watched[0])) && sent[0].contains("fired from"), "{sent:#?}");
    }
}

#[tokio::test]
async fn a_wait_that_telegram_asks_for_holds_over_a_restart_and_for_one_chat() {
    let (sandbox, watched) = full(8).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    sandbox.faults().add(Fault { retry_after: Some(12), times: Some(1), ..refusal(PRIVATE) });
    let asked = Instant::now();
    set(&sandbox, &watched[0], 40);
    until("the wait", || (struck(&sandbox) == 1).then_some(()));
    until_sent(&sandbox, GROUP, 1);
    let mut database = home.database().await;
    let kept = "SELECT count(*) FROM chats WHERE not_before IS NOT NULL";
    while sqlx::query_scalar::<_, i64>(kept).fetch_one(&mut database).await.expect("chats can be counted") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    database.close().await.expect("it can be closed");
    bot.kill();
    let _bot = home.start();
    until_sent(&sandbox, PRIVATE, 1);
    assert!(asked.elapsed() >= Duration::from_secs(12), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_chat_that_was_taken_out_gets_nothing_more() {
    let (sandbox, watched) = full(8).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    sandbox.faults().add(Fault { status: Some(502), ..refusal(PRIVATE) });
    set(&sandbox, &watched[0], 40);
    until("that Telegram failed", || (struck(&sandbox) > 0).then_some(()));
    bot.kill();
    sandbox.faults().clear();
    let home_of_one = std::fs::read_to_string(home.path().join("bot.toml")).expect("the configuration");
    home.write("bot.toml", &home_of_one.replace(&format!("[[chats]]\nid = {PRIVATE}\n"), ""));
    let _bot = home.start();
    set(&sandbox, &watched[1], 40);
    until_texts("the other alert", &sandbox, GROUP, |texts| texts.iter().any(|text| text.contains(id(&watched[1]))));
    home.until_marked().await;
    assert!(texts(&sandbox, PRIVATE).is_empty(), "{:#?}", texts(&sandbox, PRIVATE));
}

#[tokio::test]
async fn a_group_under_its_old_and_its_new_id_is_one_chat() {
    const MOVED: i64 = -100_999_000_111;
    let (sandbox, watched) = full(8).await;
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {GROUP}\n[[chats]]\nid = {MOVED}\n"));
    let answer = json!({
        "ok": false,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": MOVED},
    });
    sandbox.faults().add(Fault { status: Some(400), answer: Some(answer), ..refusal(GROUP) });
    let _bot = home.start();
    for customer in &watched[..3] {
        set(&sandbox, customer, 40);
        until_texts("the alert", &sandbox, MOVED, |texts| texts.iter().any(|text| text.contains(id(customer))));
        home.until_marked().await;
        assert_eq!(copies(&sandbox, MOVED, customer), 1, "{:#?}", texts(&sandbox, MOVED));
    }
    assert!(texts(&sandbox, GROUP).is_empty());
}

#[tokio::test]
async fn a_storm_is_one_message_with_the_list_and_what_falls_next_is_sent_beside_it() {
    let (sandbox, watched) = full(600).await;
    let chats: Vec<i64> = (0..20).map(|number| if number % 2 == 0 { 7_000 + number } else { -7_000 - number }).collect();
    let sections: Vec<_> = chats.iter().map(|chat| format!("[[chats]]\nid = {chat}\n")).collect();
    let sections = sections.concat();
    let home = Home::of(&sandbox, &sections);
    let (storm, last) = watched.split_at(watched.len() - 1);
    for customer in storm {
        set(&sandbox, customer, 300);
    }
    let mut bot = home.start();
    for chat in &chats {
        until_sent(&sandbox, *chat, 1);
    }
    set(&sandbox, &last[0], 40);
    for chat in &chats {
        until_texts("the next one", &sandbox, *chat, |texts| texts.iter().any(|text| text.contains(id(&last[0]))));
    }
    home.until_marked().await;
    for chat in &chats {
        let sent = sent_to(&sandbox, *chat);
        assert!(sent.len() <= 3, "{:#?}", texts(&sandbox, *chat));
        let file = sent.iter().find_map(|message| message.file.clone()).expect("the storm has a file");
        let rows = String::from_utf8(file.bytes.to_vec()).expect("text");
        assert!(storm.iter().all(|customer| rows.contains(id(customer))), "{rows}");
    }
    assert!(bot.is_running() && !bot.log().contains("Telegram asks to wait"), "{}", bot.log());
}

#[tokio::test]
async fn updates_with_odd_ids_are_each_answered_once_and_do_not_spin() {
    let (sandbox, _) = full(4).await;
    let home = Home::of_two_chats(&sandbox);
    let message = |number: i64| {
        json!({
            "message_id": 90_000 + number, "date": 1, "text": "/help",
            "chat": {"id": PRIVATE, "type": "private", "first_name": "P"},
            "from": {"id": PRIVATE, "is_bot": false, "first_name": "P"},
        })
    };
    let updates = json!([
        {"update_id": 3, "message": message(3)},
        {"update_id": 1, "message": message(1)},
        {"update_id": 2, "message": message(2)},
        {"update_id": 3_000_000_000_u64, "message": message(4)},
        {"message": message(5)},
        {"update_id": "seven", "message": message(6)},
        {"update_id": null},
    ]);
    let answer = json!({"ok": true, "result": updates});
    sandbox.faults().add(Fault {
        half: Half::Telegram,
        operation: Some("getUpdates".into()),
        answer: Some(answer),
        ..Fault::default()
    });
    let _bot = home.start();
    until_sent(&sandbox, PRIVATE, 6);
    let began = (Instant::now(), struck(&sandbox));
    until("the next polls", || (struck(&sandbox) >= began.1 + 4).then_some(()));
    assert!(began.0.elapsed() >= Duration::from_secs(3), "it asks without end");
    home.until_marked().await;
    assert_eq!(texts(&sandbox, PRIVATE).len(), 6);
}

#[tokio::test]
async fn a_webhook_that_was_left_is_removed_and_a_second_reader_is_reported() {
    let (sandbox, _) = full(4).await;
    let http = reqwest::Client::new();
    let method = |name: &str| format!("{}/bot{}/{name}", sandbox.url(), sandbox.telegram_token());
    let webhook = http.post(method("setWebhook")).json(&json!({"url": "https://hooks.example.com/vobiz"})).send().await;
    assert!(webhook.expect("it answers").status().is_success());
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    let home = Home::of_two_chats(&sandbox);
    let _bot = home.start();
    assert!(until_sent(&sandbox, PRIVATE, 1)[0].contains("/low"), "what waited is answered");

    let conflict = Some("Conflict: terminated by other getUpdates request".to_owned());
    sandbox.faults().add(Fault {
        half: Half::Telegram,
        operation: Some("getUpdates".into()),
        status: Some(409),
        message: conflict,
        ..Fault::default()
    });
    // The poll that waits is ended by an update.
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    for chat in [PRIVATE, GROUP] {
        until_texts("that another reads", &sandbox, chat, |texts| texts.iter().any(|text| text.contains("Another program")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_with_the_token() {
    let (sandbox, _) = full(2).await;
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let thief = {
        let asked = asked.clone();
        serve(axum::Router::new().fallback(move |uri: axum::http::Uri| async move {
            asked.lock().expect("no panic").push(uri.to_string());
            axum::Json(json!({"ok": true, "result": {"username": "x"}}))
        }))
        .await
    };
    let moved = serve(
        axum::Router::new()
            .fallback(move |uri: axum::http::Uri| async move { axum::response::Redirect::temporary(&format!("{thief}{uri}")) }),
    )
    .await;
    let home = Home::of_two_chats(&sandbox);
    let configuration = std::fs::read_to_string(home.path().join("bot.toml")).expect("the configuration");
    home.write(
        "bot.toml",
        &configuration.replace(&format!("api_url = \"{}\"", sandbox.url()), &format!("api_url = \"{moved}\"")),
    );
    let bot = home.begin();
    until("the refusal", || bot.log().contains("answers with a redirect (307)").then_some(()));
    assert!(asked.lock().expect("no panic").is_empty());
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_locked_database_is_reported_and_what_happens_meanwhile_is_sent_after_it() {
    let (sandbox, watched) = full(8).await;
    let home = Home::of_two_chats(&sandbox);
    let mut bot = home.start();
    ask(&sandbox, "/help");
    let mut database = home.database().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut database).await.expect("the database can be locked");
    set(&sandbox, &watched[0], 40);
    for chat in [PRIVATE, GROUP] {
        until_texts("that nothing is written", &sandbox, chat, |texts| {
            texts.iter().any(|text| text.contains("Nothing can be written") && text.contains("locked"))
        });
    }
    assert!(bot.is_running() && copies(&sandbox, GROUP, &watched[0]) == 0);
    sqlx::query("ROLLBACK").execute(&mut database).await.expect("the lock can be given back");
    for chat in [PRIVATE, GROUP] {
        let sent = until_texts("the alert", &sandbox, chat, |texts| {
            texts.iter().any(|text| text.contains(id(&watched[0]))) && texts.iter().any(|text| text.contains("written to again"))
        });
        assert_eq!(sent.iter().filter(|text| text.contains(id(&watched[0]))).count(), 1, "{sent:#?}");
    }
    assert!(bot.terminate().success());
}
