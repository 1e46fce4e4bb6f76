//! What an operator sees of a running bot: health, readiness, metrics, the heartbeat and the log.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::get;
use bot::{Home, PRIVATE, until};
use serde_json::Value;
use vobiz_sandbox::{Fault, Half, Person};

/// An address that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

async fn page(listen: SocketAddr, path: &str) -> Option<(u16, String)> {
    let answer = reqwest::get(format!("http://{listen}{path}")).await.ok()?;
    Some((answer.status().as_u16(), answer.text().await.ok()?))
}

async fn until_page(listen: SocketAddr, path: &str, is_enough: impl Fn(u16, &str) -> bool) -> String {
    let mut last = None;
    for _ in 0..1500 {
        last = page(listen, path).await;
        if let Some((status, text)) = &last
            && is_enough(*status, text)
        {
            return text.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{path} stayed {last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_is_ready_once_both_services_answered_and_its_metrics_name_nobody() {
    let sandbox = bot::world(30).await;
    let listen = free();
    let home =
        Home::of(&sandbox, &format!("[http]\nlisten = \"{listen}\"\n[log]\nformat = \"json\"\n[[chats]]\nid = {PRIVATE}\n"));
    let bot = home.start();
    assert_eq!(until_page(listen, "/readyz", |status, _| status == 200).await, "ready\n");
    assert_eq!(page(listen, "/healthz").await, Some((200, "alive\n".to_owned())));
    // On a busy machine a poll may be late for a moment.
    let is_ready = || Some(home.output(&["health", "--listen", &listen.to_string()])).filter(|health| health.status.success());
    assert_eq!(until("ready", is_ready).stdout, b"ready\n");

    let text = until_page(listen, "/metrics", |_, text| text.contains("vobiz_polls_total{outcome=\"complete\"} 2")).await;
    for name in
        ["vobiz_build_info", "vobiz_wallets{state=\"ok\"}", "vobiz_telegram_requests_total{code=\"200\"", "vobiz_outbox_messages"]
    {
        assert!(text.contains(name), "{name} is not in\n{text}");
    }
    for wallet in sandbox.wallets() {
        assert!(!text.contains(&wallet.auth_id), "{text}");
    }
    promtool(&text);

    let log = bot.log();
    let polls: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let poll = polls.iter().find(|line| line["message"] == "poll judged").expect("a line for each poll");
    assert_eq!((&poll["level"], &poll["wallets"]), (&Value::from("INFO"), &Value::from(30)), "{poll}");
}

/// Has Prometheus's own tool look at the metrics, where it is installed.
fn promtool(text: &str) {
    let child = Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return };
    child.stdin.take().expect("it reads").write_all(text.as_bytes()).expect("it reads everything");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_cannot_read_the_wallets_is_alive_and_not_ready_and_its_heart_stops() {
    let sandbox = bot::world(5).await;
    bot::fill(&sandbox).await;
    let beats = Arc::new(AtomicUsize::new(0));
    let monitor = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let heartbeat = monitor.local_addr().expect("its address");
    let counted = beats.clone();
    let count = get(move || async move { format!("{}\n", 1 + counted.fetch_add(1, Ordering::Relaxed)) });
    tokio::spawn(async move { axum::serve(monitor, Router::new().route("/K3Y", count)).await });
    let listen = free();
    let more =
        format!("[http]\nlisten = \"{listen}\"\n[heartbeat]\nurl = \"http://{heartbeat}/K3Y\"\n[[chats]]\nid = {PRIVATE}\n");
    let home = Home::of(&sandbox, &more);
    let bot = home.start();
    until("three heartbeats", || (beats.load(Ordering::Relaxed) >= 3).then_some(()));
    drop(sandbox);
    let text = until_page(listen, "/readyz", |status, _| status == 503).await;
    assert!(text.contains("not ready: the last complete poll is "), "{text}");
    assert_eq!(page(listen, "/healthz").await.expect("it is alive").0, 200);
    let health = home.output(&["health", "--listen", &listen.to_string()]);
    assert_eq!(health.status.code(), Some(2), "{health:?}");
    let before = beats.load(Ordering::Relaxed);
    until_page(listen, "/metrics", |_, text| text.contains("vobiz_polls_total{outcome=\"failed\"} 2")).await;
    assert_eq!(beats.load(Ordering::Relaxed), before, "nothing was read");
    assert!(!bot.log().contains("K3Y"), "the heartbeat's address is a secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_read_again_is_applied_and_one_that_is_refused_is_not() {
    let sandbox = bot::world(5).await;
    let (old, new) = (free(), free());
    let home = Home::of(&sandbox, &format!("[http]\nlisten = \"{old}\"\n"));
    let bot = home.start();
    until_page(old, "/healthz", |status, _| status == 200).await;
    let file = home.path().join("bot.toml");
    let text = std::fs::read_to_string(&file).expect("the configuration");

    std::fs::write(&file, text.replace("every = \"1s\"", "every = \"soon\"")).expect("it can be written");
    bot.hang_up();
    until("the refusal", || bot.log().contains("is refused; the old one stays").then_some(()));
    assert!(bot.log().contains("poll.every"), "{}", bot.log());
    assert_eq!(page(old, "/healthz").await.expect("it goes on").0, 200);

    std::fs::write(&file, text.replace(&old.to_string(), &new.to_string())).expect("it can be written");
    bot.hang_up();
    until_page(new, "/readyz", |status, _| status == 200).await;
    assert!(bot.log().contains("http.listen"), "{}", bot.log());
    assert!(page(old, "/healthz").await.is_none(), "nobody listens there any more");
    assert!(bot.terminate().success());
}

#[test]
fn a_bot_that_does_not_listen_is_an_error_with_what_to_look_at() {
    let home = Home::new();
    let output = home.output(&["health", "--listen", &free().to_string()]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(words.contains("http.listen"), "{words}");
}

#[test]
fn the_man_page_and_completions_name_every_command() {
    let home = Home::new();
    for (arguments, commands) in [(&["man"][..], ["run", "export"]), (&["completions", "bash"], ["run", "export"])] {
        let output = home.output(arguments);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && commands.iter().all(|command| text.contains(command)), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_is_backed_up_and_its_copy_asks_before_it_sends_again() {
    let sandbox = bot::world(3).await;
    // Nothing reaches Telegram: the answer stays owed.
    sandbox.faults().add(Fault {
        half: Half::Telegram,
        operation: Some("sendMessage".into()),
        status: Some(503),
        ..Fault::default()
    });
    let listen = free();
    let home = Home::of(&sandbox, &format!("[http]\nlisten = \"{listen}\"\n[[chats]]\nid = {PRIVATE}\n"));
    let running = home.start();
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    until_page(listen, "/metrics", |_, text| text.contains("vobiz_outbox_messages 1")).await;
    let backup = ["backup", "copy.db", "--config", "bot.toml"];
    let copied = home.output(&backup);
    assert!(copied.status.success(), "{copied:?}");
    let again = home.output(&backup);
    assert!(String::from_utf8_lossy(&again.stderr).contains("copy.db is there already"), "{again:?}");
    let busy = home.output(&["migrate", "--config", "bot.toml"]);
    assert!(String::from_utf8_lossy(&busy.stderr).contains("another bot uses the database"), "{busy:?}");
    drop(running);

    let migrated = home.output(&["migrate", "--database", &format!("sqlite://{}", home.path().join("copy.db").display())]);
    assert!(String::from_utf8_lossy(&migrated.stderr).contains("layout "), "{migrated:?}");
    let mut command = home.command(&["run", "--config", "bot.toml"]);
    let refused = command.env("DATABASE_URL", "sqlite://copy.db").output().expect("the bot can be started");
    let refusal = String::from_utf8_lossy(&refused.stderr);
    assert!(
        refused.status.code() == Some(3) && refusal.contains("messages it owes: 1") && refusal.contains("--owed drop"),
        "{refusal}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_telegram_posts_are_answered_and_those_of_others_are_refused() {
    let sandbox = bot::world(3).await;
    let listen = free();
    let home = Home::of(&sandbox, &format!("[http]\nlisten = \"{listen}\"\n[[chats]]\nid = {PRIVATE}\n"));
    let url = format!("http://{listen}/telegram");
    let mut command = home.command(&["run", "--config", "bot.toml"]);
    let mut child = command.env("TELEGRAM_WEBHOOK_URL", &url).stderr(Stdio::null()).spawn().expect("the bot can be started");
    until_page(listen, "/readyz", |status, _| status == 200).await;
    bot::ask(&sandbox, "/help");
    let update = r#"{"update_id":77,"message":{"message_id":1,"date":1,"chat":{"id":4001,"type":"private"},"text":"/help"}}"#;
    for (secret, size) in [("", 0), ("guess", 0), ("guess", 2 << 20)] {
        let post = reqwest::Client::new().post(&url).header("x-telegram-bot-api-secret-token", secret);
        let status = post.body(format!("{update}{}", " ".repeat(size))).send().await.expect("an answer").status();
        assert!([401, 413].contains(&status.as_u16()), "{secret:?}: {status}");
    }
    assert_eq!(bot::texts(&sandbox, PRIVATE).len(), 1);
    child.kill().expect("it runs");
    child.wait().expect("it ends");

    // Without the address the bot polls again, and what was sent meanwhile is not lost.
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/low");
    let _bot = home.start();
    bot::until_sent(&sandbox, PRIVATE, 2);
}
