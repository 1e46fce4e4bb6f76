//! The page of the chat, and what it is made from: only for this machine, with nothing from anywhere else.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use vobiz_sandbox::{Options, Person, Sandbox};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start(Options { customers: 3, ..Options::default() }).await.expect("the sandbox starts");
    (sandbox, Client::new())
}

async fn get(sandbox: &Sandbox, path: &str) -> Value {
    let answer = reqwest::get(format!("{}{path}", sandbox.url())).await.expect("it answers");
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.expect("JSON")
}

async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> (StatusCode, Value) {
    let answer = Client::new().post(format!("{}{path}", sandbox.url())).json(body).send().await.expect("it answers");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_page_of_another_name_or_origin_is_refused_everywhere() {
    let (sandbox, client) = start().await;
    let own = sandbox.url().trim_start_matches("http://").to_owned();
    let bot = format!("/bot{}/getMe", sandbox.telegram_token());
    for path in ["/", "/control/clock", "/control/sent", "/api/v1/partner/me", bot.as_str()] {
        for (name, value) in [
            ("host", "evil.example"),
            ("host", "evil.example:80"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
        ] {
            let request = client.get(format!("{}{path}", sandbox.url())).header(name, value);
            assert_eq!(request.send().await.expect("it answers").status(), 403, "{path} with {name}: {value}");
        }
    }
    let image = client.get(format!("{}/control/sent", sandbox.url())).header("sec-fetch-site", "cross-site");
    assert_eq!(image.send().await.expect("it answers").status(), 403);
    let port = own.rsplit_once(':').expect("a port").1;
    for (host, origin) in
        [(own.clone(), format!("http://{own}")), (format!("localhost:{port}"), format!("http://localhost:{port}"))]
    {
        let request = client.get(format!("{}/control/clock", sandbox.url())).header("host", host).header("origin", origin);
        assert_eq!(request.send().await.expect("it answers").status(), 200);
    }
}

#[tokio::test]
async fn a_form_of_a_foreign_page_cannot_turn_the_clock() {
    let (sandbox, client) = start().await;
    let body = r#"{"advance": "24h"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = client.post(format!("{}/control/clock", sandbox.url())).header("content-type", kind).body(body);
        assert!(request.send().await.expect("it answers").status().is_client_error(), "{kind}");
    }
    assert!(get(&sandbox, "/control/clock").await["now"].as_str().is_some_and(|now| now.starts_with("2026-05-12")));
}

#[tokio::test]
async fn the_page_takes_nothing_from_the_network_and_allows_its_own_script_alone() {
    let (sandbox, client) = start().await;
    let page = || async {
        let answer = client.get(sandbox.url()).send().await.expect("it answers");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        (policy, answer.text().await.expect("text"))
    };
    let (policy, html) = page().await;
    let nonce = policy.split_once("script-src 'nonce-").and_then(|(_, rest)| rest.split_once('\'')).expect("a nonce").0;
    for part in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert_eq!(
        html.matches(&format!("nonce=\"{nonce}\"")).count(),
        html.matches("<script").count() + html.matches("<style").count()
    );
    assert!(!html.contains("{{") && !html.contains("http://") && !html.contains("https://") && !html.contains("innerHTML"));
    assert_ne!(page().await.0, policy, "each answer has a nonce of its own");
}

#[tokio::test]
async fn everything_that_happens_in_the_chats_is_an_event_once_and_in_order() {
    let (sandbox, _) = start().await;
    let asha = Person::new(5, "Asha");
    sandbox.chat().join(-9, &asha);
    sandbox.chat().entitle(-9, "Night shift");
    sandbox.chat().say(-9, &asha, "/low");
    let first = get(&sandbox, "/control/events").await;
    let kinds: Vec<_> = first["events"].as_array().expect("events").iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(json!(kinds), json!(["chat", "chat", "message"]));
    assert_eq!(first["events"][1]["chat"]["title"], "Night shift");
    assert_eq!(first["events"][2]["message"]["text"], "/low");
    assert_eq!(first["next"], 3);

    let waiting = get(&sandbox, "/control/events?since=3&wait=50");
    let says = async { sandbox.chat().say(-9, &asha, "still there?") };
    let (second, _) = tokio::join!(waiting, says);
    assert_eq!(second["events"][0]["message"]["text"], "still there?");
    assert_eq!(second["next"], 4);
    assert_eq!(get(&sandbox, "/control/events?since=4").await, json!({"next": 4, "events": []}));
}

#[tokio::test]
async fn people_block_and_take_back_what_they_blocked_through_the_control_calls() {
    let (sandbox, _) = start().await;
    let change = |chat: i64, what: &str| json!({"chat": chat, "from": {"id": 5, "first_name": "Asha"}, "change": what});
    let (status, body) = post(&sandbox, "/control/chats", &change(5, "unblock")).await;
    assert!(status == 422 && body["error"].as_str().is_some_and(|error| error.contains("no chat 5")), "{body}");
    assert_eq!(post(&sandbox, "/control/chats", &change(5, "join")).await.0, 200);
    assert_eq!(post(&sandbox, "/control/chats", &change(5, "kick")).await.0, 422, "one is not kicked from a private chat");
    for what in ["block", "unblock"] {
        assert_eq!(post(&sandbox, "/control/chats", &change(5, what)).await.0, 200, "{what}");
    }
    assert_eq!(post(&sandbox, "/control/chats", &change(-6, "join")).await.0, 200);
    for what in ["kick", "invite"] {
        assert_eq!(post(&sandbox, "/control/chats", &change(-6, what)).await.0, 200, "{what}");
    }
    let moved = post(&sandbox, "/control/chats", &change(-6, "migrate")).await;
    assert_eq!(moved, (StatusCode::OK, json!({"chat": -1_000_000_000_006_i64})));
    let events = get(&sandbox, "/control/events").await;
    let standings = events["events"].as_array().expect("events").iter().filter_map(|event| event["standing"].as_str());
    let standings: Vec<_> = standings.collect();
    assert_eq!(standings, ["member", "blocked", "member", "member", "kicked", "member", "member", "moved", "member"]);
}
