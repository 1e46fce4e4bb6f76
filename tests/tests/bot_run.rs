//! `vobiz-bot run`: watches, tells, answers, and loses nothing, over both services.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, GROUP, Home, PRIVATE, fill, recorded, sent_to, texts, until, until_sent, until_texts, world};
use rust_decimal::Decimal;
use serde_json::json;
use vobiz_core::alert::Subject;
use vobiz_sandbox::{Fault, Half, Person, Sandbox, Spoilt};

/// A sandbox whose wallets are all full, two of its customers that rules watch, and a bot of two chats that runs.
async fn running() -> (Sandbox, [Subject; 2], Home, Bot) {
    let sandbox = world(8).await;
    let watched = fill(&sandbox).await;
    let [first, second, ..] = watched.as_slice() else { panic!("two customers that rules watch") };
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    (sandbox, [first.clone(), second.clone()], home, bot)
}

fn set(sandbox: &Sandbox, customer: &Subject, balance: i64) {
    sandbox.set_wallet(&customer.id.to_string(), Decimal::from(balance)).expect("a wallet can be set");
}

fn name(customer: &Subject) -> &str {
    customer.name.as_deref().expect("customers of the sandbox have names")
}

fn ask(sandbox: &Sandbox, text: &str) -> String {
    bot::ask(sandbox, text).plain
}

#[tokio::test]
async fn a_low_wallet_is_notified_once_in_each_chat_through_a_crash_until_it_recovers() {
    let (sandbox, [low, other], home, bot) = running().await;

    set(&sandbox, &low, 1_999);
    for chat in [PRIVATE, GROUP] {
        let sent = until_sent(&sandbox, chat, 1).remove(0);
        for part in [name(&low), &low.id.to_string(), "₹1,999", "₹2,000", "warning"] {
            assert!(sent.contains(part), "{part} is not in {sent}");
        }
        assert!(sent.starts_with("🟠"), "{sent}");
    }
    set(&sandbox, &low, 480);
    for chat in [PRIVATE, GROUP] {
        let sent = until_sent(&sandbox, chat, 2).remove(1);
        assert!(sent.starts_with("🔴") && sent.contains("critical") && sent.contains("₹480") && sent.contains("₹500"), "{sent}");
    }

    home.until_marked().await;
    bot.kill();
    let bot = home.start();
    // Its alert shows that polls were judged since the restart, and that they repeated nothing.
    set(&sandbox, &other, 100);
    for chat in [PRIVATE, GROUP] {
        let sent = until_sent(&sandbox, chat, 3).remove(2);
        assert!(sent.contains(&other.id.to_string()) && sent.contains("critical"), "{sent}");
    }
    sandbox.top_up(&low.id.to_string(), Decimal::from(10_000)).expect("a wallet can be topped up");
    for chat in [PRIVATE, GROUP] {
        let sent = until_sent(&sandbox, chat, 4);
        assert_eq!(sent.len(), 4, "{sent:#?}");
        let last = &sent[3];
        assert!(last.starts_with("🟢") && last.contains("recovered") && last.contains(name(&low)), "{last}");
        assert!(last.contains("₹10,480"), "{last}");
    }
    assert!(bot.terminate().success(), "SIGTERM ends it well");
}

#[tokio::test]
async fn many_low_wallets_are_one_message_with_the_whole_list() {
    let sandbox = world(12).await;
    let watched = fill(&sandbox).await;
    assert!(watched.len() >= 6, "{watched:?}");
    for customer in &watched {
        set(&sandbox, customer, 300);
    }
    let home = Home::of_two_chats(&sandbox);
    let _bot = home.start();
    let sent = until_sent(&sandbox, PRIVATE, 1).remove(0);
    for customer in &watched {
        assert!(sent.contains(&customer.id.to_string()), "{} is not in {sent}", customer.id);
    }
    assert!(sent.contains(&format!("{} wallets need money", watched.len())), "{sent}");
}

#[tokio::test]
async fn a_stranger_is_answered_once_and_nothing_else() {
    let (sandbox, [low, _], _home, _bot) = running().await;
    let stranger = Person::new(777_001, "Mallory");
    sandbox.chat().say(777_001, &stranger, "/dashboard");
    let sent = until_sent(&sandbox, 777_001, 1).remove(0);
    assert!(sent.contains("777001") && !sent.contains('₹') && sent.chars().count() < 120, "{sent}");
    sandbox.chat().say(777_001, &stranger, "/summary");
    sandbox.chat().say(777_001, &stranger, &format!("/customer {}", low.id));
    // Updates are answered in order: this answer comes after those that do not.
    assert!(ask(&sandbox, "/help").contains("/dashboard"));
    set(&sandbox, &low, 100);
    until_texts("the alert", &sandbox, PRIVATE, |texts| texts.iter().any(|text| text.contains("critical")));
    assert_eq!(texts(&sandbox, 777_001).len(), 1);
}

#[tokio::test]
async fn every_command_is_answered_with_true_figures() {
    let (sandbox, [low, _], _home, mut bot) = running().await;
    let total: Decimal = sandbox.wallets().iter().map(|wallet| wallet.balance).sum();
    assert_eq!(total, Decimal::from(400_000));

    for command in ["/start", "/help"] {
        let help = ask(&sandbox, command);
        for name in ["/summary", "/low", "/customer", "/dashboard", "/analytics"] {
            assert!(help.contains(name), "{command}: {help}");
        }
    }
    let dashboard = ask(&sandbox, "/dashboard");
    assert!(dashboard.starts_with("₹4,00,000.00 in all customer wallets") && dashboard.contains("8 customers"), "{dashboard}");
    for command in ["/analytics", "/analytics 7d", "/analytics 30d", "/analytics 2026-04-01 2026-04-30"] {
        let report = ask(&sandbox, command);
        assert!(report.contains(" calls") && report.contains('₹'), "{command}: {report}");
    }
    assert!(ask(&sandbox, "/low").starts_with("🟢 Fine: no wallet of 8 customers is under ₹2,000"));
    assert!(ask(&sandbox, "/low 60000").starts_with("🟠 8 wallets under ₹60,000"));
    let customer = ask(&sandbox, &format!("/customer {}", low.id));
    assert!(customer.contains(name(&low)) && customer.contains("₹50,000.00") && customer.contains("prepaid"), "{customer}");
    let summary = ask(&sandbox, "/summary");
    assert!(summary.starts_with("🟢 Fine: no wallet is low") && summary.contains("₹4,00,000.00 in 8"), "{summary}");
    let sent = sent_to(&sandbox, PRIVATE).pop().expect("the summary");
    let picture = sent.file.expect("the summary has a picture");
    assert!(picture.is_photo && picture.bytes.starts_with(b"\x89PNG"), "{}", picture.name);
    assert!(bot.is_running());
}

#[tokio::test]
async fn an_error_in_a_command_comes_with_an_example() {
    let (sandbox, _, _home, mut bot) = running().await;
    for (wrong, words) in [
        ("/nonsense", "/help"),
        ("/analytics 2026-04-31", "April has 30 days"),
        ("/analytics 2026-05-02 2026-05-01", "/analytics 2026-05-01 2026-05-02"),
        ("/low lots", "/low 500"),
        ("/customer", "/customer MA_"),
        ("/customer MA_NOBODY0", "MA_NOBODY0"),
        ("/customer ../dashboard", "../dashboard"),
        ("/customer <b>&amp;", "<b>&amp;"),
        ("/low <i>", "<i>"),
        ("hello", "/help"),
    ] {
        let answer = ask(&sandbox, wrong);
        assert!(answer.contains(words), "{wrong}: {answer}");
    }
    let long = "9".repeat(4_000);
    for command in ["/", "/customer ", "/analytics 2026-04-01 "] {
        let answer = ask(&sandbox, &format!("{command}{long}"));
        assert!(answer.contains("/help") && answer.chars().count() < 300, "{command}: {answer}");
    }
    assert!(bot.is_running());
    assert!(!bot.log().contains("refuses the markup"), "{}", bot.log());
}

#[tokio::test]
async fn a_group_is_answered_when_it_speaks_to_the_bot() {
    let (sandbox, _, _home, bot) = running().await;
    let asha = Person::new(9, "Asha");
    sandbox.chat().say(GROUP, &asha, "good morning");
    sandbox.chat().say(GROUP, &asha, "/dashboard@some_other_bot");
    sandbox.chat().say(GROUP, &asha, "/low");
    let sent = until_sent(&sandbox, GROUP, 1);
    assert!(sent.len() == 1 && sent[0].contains("no wallet of 8 customers"), "{sent:#?}");
    assert!(bot.terminate().success());
}

/// While this goes wrong the chat is notified once that nothing can be read, naming operation and cause; then that it can again.
async fn outage(fault: Fault, cause: &str) {
    let (sandbox, [low, other], _home, mut bot) = running().await;
    set(&sandbox, &low, 1_500);
    until_sent(&sandbox, PRIVATE, 1);

    sandbox.faults().add(fault);
    // What happens meanwhile is neither sent nor taken back before it was read.
    sandbox.top_up(&low.id.to_string(), Decimal::from(10_000)).expect("a wallet can be topped up");
    let sent = until_sent(&sandbox, PRIVATE, 2).remove(1);
    assert!(sent.starts_with("⚪ The API cannot be read since"), "{sent}");
    assert!(sent.contains("list accounts") && sent.contains(cause), "{sent}");
    let answer = ask(&sandbox, "/low");
    assert!(answer.contains("list accounts") && answer.contains(cause), "{answer}");
    assert!(bot.is_running());
    set(&sandbox, &other, 100);

    sandbox.faults().clear();
    let sent = until_texts("that all is read again", &sandbox, PRIVATE, |texts| texts.len() >= 6);
    assert_eq!(sent.len(), 6, "{sent:#?}");
    let rest = &sent[3..];
    assert!(rest[0].starts_with("🟢 The API answers again"), "{rest:#?}");
    let is_sent = |words: [&str; 2]| rest.iter().any(|text| words.iter().all(|word| text.contains(word)));
    assert!(is_sent([&low.id.to_string(), "recovered"]) && is_sent([&other.id.to_string(), "critical"]), "{rest:#?}");
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn an_api_behind_a_broken_proxy_is_reported_as_unreadable() {
    outage(Fault { status: Some(502), body: Some(Spoilt::Html), ..Fault::default() }, "502").await;
}

#[tokio::test]
async fn an_api_that_answers_half_is_reported_as_unreadable() {
    outage(Fault { path: Some("/accounts".into()), body: Some(Spoilt::Truncated), ..Fault::default() }, "not understood").await;
}

#[tokio::test]
async fn an_api_that_hangs_up_is_reported_as_unreadable() {
    outage(Fault { drop: true, ..Fault::default() }, "connect").await;
}

#[tokio::test]
async fn an_api_that_refuses_the_credentials_is_reported_as_unreadable() {
    outage(Fault { status: Some(401), ..Fault::default() }, "401").await;
}

/// While this goes wrong nothing arrives; afterwards each chat is sent what is true, once.
async fn silence(fault: Fault) {
    let (sandbox, [low, _], _home, mut bot) = running().await;
    sandbox.faults().add(Fault { half: Half::Telegram, ..fault });
    set(&sandbox, &low, 1_500);
    until("that Telegram failed", || (!sandbox.faults().list().iter().any(|fault| fault.struck == 0)).then_some(()));
    set(&sandbox, &low, 100);
    assert!(bot.is_running());
    for chat in [PRIVATE, GROUP] {
        let is_sent = |texts: &[String]| texts.last().is_some_and(|text| text.contains("critical"));
        let sent = until_texts("that it is critical", &sandbox, chat, is_sent);
        assert!(sent.len() <= 2 && sent.iter().filter(|text| text.contains("critical")).count() == 1, "{sent:#?}");
    }
    sandbox.top_up(low.customer().expect("a customer"), Decimal::from(9_900)).expect("a wallet can be topped up");
    for chat in [PRIVATE, GROUP] {
        let is_sent = |texts: &[String]| texts.last().is_some_and(|text| text.contains("recovered"));
        let sent = until_texts("the recovery", &sandbox, chat, is_sent);
        assert!(sent.len() <= 3, "{sent:#?}");
    }
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn a_telegram_that_asks_to_wait_gets_everything_once() {
    silence(Fault { operation: Some("sendMessage".into()), retry_after: Some(2), times: Some(2), ..Fault::default() }).await;
}

#[tokio::test]
async fn a_telegram_that_fails_gets_everything_once() {
    silence(Fault { operation: Some("sendMessage".into()), status: Some(500), times: Some(1), ..Fault::default() }).await;
}

#[tokio::test]
async fn a_telegram_that_hangs_up_gets_everything_once() {
    silence(Fault { operation: Some("sendMessage".into()), drop: true, times: Some(2), ..Fault::default() }).await;
}

#[tokio::test]
async fn a_token_that_is_refused_for_a_while_loses_nothing() {
    silence(Fault { operation: Some("sendMessage".into()), status: Some(401), times: Some(2), ..Fault::default() }).await;
}

#[tokio::test]
async fn a_proxy_that_answers_for_telegram_loses_nothing() {
    let html = Some(Spoilt::Html);
    silence(Fault { operation: Some("sendMessage".into()), status: Some(404), body: html, times: Some(2), ..Fault::default() })
        .await;
}

#[tokio::test]
async fn what_is_owed_when_it_crashes_arrives_after_the_restart() {
    let (sandbox, [low, _], home, bot) = running().await;
    let down = Fault { half: Half::Telegram, operation: Some("sendMessage".into()), drop: true, ..Fault::default() };
    sandbox.faults().add(down);
    set(&sandbox, &low, 100);
    until("that Telegram failed", || sandbox.faults().list().iter().all(|fault| fault.struck > 0).then_some(()));
    bot.kill();
    sandbox.faults().clear();
    let bot = home.start();
    for chat in [PRIVATE, GROUP] {
        let sent = until_sent(&sandbox, chat, 1);
        assert!(sent.len() == 1 && sent[0].contains("critical"), "{sent:#?}");
    }
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn a_blocked_chat_does_not_keep_another_from_its_alert() {
    let (sandbox, [low, other], _home, mut bot) = running().await;
    let blocked = Fault { half: Half::Telegram, chat: Some(PRIVATE), status: Some(403), ..Fault::default() };
    sandbox.faults().add(blocked);
    set(&sandbox, &low, 100);
    until_sent(&sandbox, GROUP, 1);
    set(&sandbox, &other, 100);
    until_sent(&sandbox, GROUP, 2);
    assert!(bot.is_running() && texts(&sandbox, PRIVATE).is_empty());
}

#[tokio::test]
async fn services_that_are_down_at_the_start_are_waited_for() {
    let sandbox = world(4).await;
    fill(&sandbox).await;
    for half in [Half::Partner, Half::Telegram] {
        sandbox.faults().add(Fault { half, status: Some(401), ..Fault::default() });
    }
    let home = Home::of_two_chats(&sandbox);
    let mut bot = home.begin();
    until("that both failed", || sandbox.faults().list().iter().all(|fault| fault.struck > 0).then_some(()));
    assert!(bot.is_running() && !bot.log().lines().any(|line| line == "ready"));
    sandbox.faults().clear();
    until("ready", || bot.log().lines().any(|line| line == "ready").then_some(()));
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn recorded_bodies_are_shown_as_they_are() {
    let sandbox = recorded(bot::payloads(), &[("dashboard", "dashboard_flat")]).await;
    let home = Home::of_two_chats(&sandbox);
    let _bot = home.start();
    let sent = until_sent(&sandbox, GROUP, 1);
    assert!(sent[0].starts_with("🟠 2 wallets need money, at the start: 2 warning"), "{sent:#?}");
    assert!(sent[0].contains("Acme Corp") && sent[0].contains("₹1,107"), "{sent:#?}");
    until_sent(&sandbox, PRIVATE, 1);
    let dashboard = ask(&sandbox, "/dashboard");
    assert!(dashboard.starts_with("₹2,50,000.00") && dashboard.contains("Calls: unknown"), "{dashboard}");
    assert!(dashboard.contains("42 customers, 38 active") && dashboard.contains("₹18,450.50"), "{dashboard}");
}

#[tokio::test]
async fn a_bot_without_chats_says_how_to_get_one() {
    let sandbox = world(2).await;
    let home = Home::of(&sandbox, "");
    let bot = home.start();
    assert!(bot.log().contains("no [[chats]]"), "{}", bot.log());
    sandbox.chat().say(55_001, &Person::new(55_001, "Asha"), "hello");
    assert!(until_sent(&sandbox, 55_001, 1)[0].contains("55001"));
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn without_a_token_it_does_not_start_and_says_where_to_put_it() {
    let sandbox = world(1).await;
    let home = Home::new();
    home.write("bot.toml", &bot::vobiz(&sandbox));
    let output = home.output(&["run", "--config", "bot.toml"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && stderr.contains("TELEGRAM_TOKEN"), "{stderr}");
}

#[tokio::test]
async fn a_group_that_moves_is_followed_through_a_restart() {
    const MOVED: i64 = -100_999_000_111;
    let (sandbox, [low, other], home, bot) = running().await;
    let moved = json!({
        "ok": false,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": MOVED},
    });
    sandbox.faults().add(Fault {
        half: Half::Telegram,
        chat: Some(GROUP),
        status: Some(400),
        answer: Some(moved),
        ..Fault::default()
    });
    set(&sandbox, &low, 1_500);
    assert!(until_sent(&sandbox, MOVED, 1)[0].contains(&low.id.to_string()));
    home.until_marked().await;
    bot.kill();
    let bot = home.start();
    set(&sandbox, &other, 1_500);
    let sent = until_sent(&sandbox, MOVED, 2);
    assert!(sent.len() == 2 && sent[1].contains(&other.id.to_string()), "{sent:#?}");
    sandbox.chat().say(MOVED, &Person::new(9, "Asha"), "/low");
    assert!(until_sent(&sandbox, MOVED, 3)[2].contains("2 wallets under ₹2,000"));
    assert!(texts(&sandbox, GROUP).is_empty());
    assert!(bot.terminate().success());
}

#[tokio::test]
async fn a_second_bot_on_one_database_is_refused_and_a_standby_takes_over() {
    let (sandbox, [low, _], home, bot) = running().await;
    let refused = home.output(&["run", "--config", "bot.toml"]);
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(3), "{stderr}");
    assert!(stderr.contains("another bot uses the database") && stderr.contains("--standby"), "{stderr}");

    let standby = home.begin_as(&["run", "--standby", "--config", "bot.toml"]);
    until("that it stands by", || standby.log().contains("standing by: the database is used by process").then_some(()));
    set(&sandbox, &low, 1_500);
    until_sent(&sandbox, PRIVATE, 1);
    home.until_marked().await;
    bot.kill();
    until("ready", || standby.log().lines().any(|line| line == "ready").then_some(()));
    set(&sandbox, &low, 100);
    let sent = until_sent(&sandbox, PRIVATE, 2);
    assert!(sent.len() == 2 && sent[1].contains("critical"), "{sent:#?}");
    assert!(standby.terminate().success());
}
