//! No token is ever printed, logged, sent or stored: the partner's, the bot's, the customers'.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::collections::BTreeMap;

use bot::{GROUP, Home, PRIVATE, ask, fill, texts, until, until_sent, vobiz, world};
use rust_decimal::Decimal;
use serde_json::Value;
use vobiz_sandbox::{Fault, Half, Sandbox, Spoilt};

/// Every secret that the bot could see, by whose it is.
async fn secrets(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::from([
        ("the partner".to_owned(), sandbox.auth_token().to_owned()),
        ("the bot".to_owned(), sandbox.telegram_token().to_owned()),
    ]);
    // What follows the colon is the secret part of it.
    let (_, hidden) = sandbox.telegram_token().split_once(':').expect("a bot's token");
    secrets.insert("the bot, in part".to_owned(), hidden.to_owned());
    let request = reqwest::Client::new().get(format!("{}/accounts?per_page=100", sandbox.base_url()));
    let request = request.header("X-Auth-ID", sandbox.auth_id()).header("X-Auth-Token", sandbox.auth_token());
    let page: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    for account in page["accounts"].as_array().expect("accounts") {
        let text = |key: &str| account[key].as_str().expect("every row has it").to_owned();
        secrets.insert(text("auth_id"), text("auth_token"));
    }
    assert!(secrets.len() > 3 && secrets.values().all(|secret| secret.len() >= 16), "{:?}", secrets.keys());
    secrets
}

/// Fails where a secret is in `bytes`, without repeating it.
fn search(secrets: &BTreeMap<String, String>, place: &str, bytes: &[u8]) {
    for (owner, secret) in secrets {
        let found = bytes.windows(secret.len()).position(|window| window == secret.as_bytes());
        assert_eq!(found, None, "the token of {owner} is in {place}");
    }
}

/// Everything that the bot wrote into its folder; its configuration is the person's.
fn search_folder(secrets: &BTreeMap<String, String>, home: &Home) -> Vec<String> {
    let files = std::fs::read_dir(home.path()).expect("its folder").flatten().map(|entry| entry.path());
    let files: Vec<_> = files.filter(|path| path.is_file() && path.extension().is_none_or(|kind| kind != "toml")).collect();
    for file in &files {
        search(secrets, &file.display().to_string(), &std::fs::read(file).expect("a file that can be read"));
    }
    files.iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect()
}

#[tokio::test]
async fn a_running_bot_shows_no_token_whatever_goes_wrong() {
    let sandbox = world(6).await;
    let (secrets, watched) = (secrets(&sandbox).await, fill(&sandbox).await);
    let customer = watched.first().expect("a customer that rules watch");
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    let commands = ["/help", "/dashboard", "/analytics 7d", "/low 60000", "/summary"].map(str::to_owned);
    let commands: Vec<_> = commands.into_iter().chain([format!("/customer {}", customer.id)]).collect();
    for command in &commands {
        ask(&sandbox, command);
    }
    sandbox.set_wallet(&customer.id.to_string(), Decimal::from(100)).expect("a wallet can be set");
    until_sent(&sandbox, GROUP, 1);

    // Bodies that hold tokens and break off, and answers that are none.
    let echo = format!("unknown token {}", sandbox.auth_token());
    for fault in [
        Fault { body: Some(Spoilt::Truncated), ..Fault::default() },
        Fault { body: Some(Spoilt::Garbage), ..Fault::default() },
        Fault { status: Some(401), message: Some(echo), ..Fault::default() },
    ] {
        let fault = sandbox.faults().add(fault);
        for command in &commands[1..] {
            ask(&sandbox, command);
        }
        sandbox.faults().remove(fault);
    }
    sandbox.faults().add(Fault { half: Half::Telegram, drop: true, times: Some(2), ..Fault::default() });
    sandbox.faults().add(Fault { half: Half::Telegram, body: Some(Spoilt::Truncated), times: Some(1), ..Fault::default() });
    until("that Telegram failed", || sandbox.faults().are_over().then_some(()));
    ask(&sandbox, "/help");

    let log = bot.log();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "nothing was logged: {log}");
    // Killed, so that what is in the journal of the database stays there.
    bot.kill();
    let files = search_folder(&secrets, &home);
    for file in ["bot.db", "bot.db-wal", "bot.db-shm"] {
        assert!(files.iter().any(|found| found == file), "{file} is not among {files:?}");
    }
    for chat in [PRIVATE, GROUP] {
        search(&secrets, "a chat", texts(&sandbox, chat).join("\n").as_bytes());
    }
    for sent in sandbox.chat().sent() {
        search(&secrets, "a message", sent.text.unwrap_or_default().as_bytes());
        search(&secrets, "a picture", &sent.file.map(|file| file.bytes).unwrap_or_default());
    }
}

#[tokio::test]
async fn check_and_summary_show_no_token() {
    let sandbox = world(6).await;
    let secrets = secrets(&sandbox).await;
    let home = Home::of_two_chats(&sandbox);
    home.write("vobiz.toml", &vobiz(&sandbox));
    for fault in [
        None,
        Some(Fault { body: Some(Spoilt::Truncated), ..Fault::default() }),
        Some(Fault { status: Some(403), message: Some(format!("not for {}", sandbox.auth_token())), ..Fault::default() }),
    ] {
        sandbox.faults().clear();
        if let Some(fault) = fault {
            sandbox.faults().add(fault);
        }
        for arguments in [
            &["check", "--config", "vobiz.toml"][..],
            &["check", "--json", "--config", "bot.toml"],
            &["summary", "--config", "bot.toml", "--picture", "summary.png"],
        ] {
            let output = home.command(arguments).env("RUST_LOG", "trace").output().expect("the bot can be started");
            search(&secrets, &format!("what {arguments:?} printed"), &output.stdout);
            search(&secrets, &format!("what {arguments:?} logged"), &output.stderr);
        }
    }
    search_folder(&secrets, &home);
}

#[test]
fn a_token_in_a_wrong_place_is_not_repeated() {
    let secrets = BTreeMap::from([("the test".to_owned(), "hush-5518-please-hush".to_owned())]);
    let token = &secrets["the test"];
    for text in [
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"{token} x\"\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = {token}\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"{token}\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"{token}\"\nauth_token_file = \"{token}\"\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token_file = \"{token}\"\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = [\"{token}\"]\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"t\"\nbase_url = \"https://me:{token}@api.example.com\"\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"t\"\n[telegram]\ntoken = \"{token}\"\napi_url = \"{token}\"\n"),
        format!("[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"t\"\n[database]\nurl = \"postgres://me:{token}@db/vobiz\"\n"),
    ] {
        let home = Home::new();
        home.write("bot.toml", &text);
        let output = home.command(&["check", "--config", "bot.toml"]).env("RUST_LOG", "trace").output();
        let output = output.expect("the bot can be started");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(3) && stderr.contains("bot.toml"), "{stderr}");
        search(&secrets, &format!("the refusal of line {}", text.lines().count()), &[output.stdout, output.stderr].concat());
    }
}
