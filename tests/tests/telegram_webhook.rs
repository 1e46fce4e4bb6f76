//! Webhooks of the Bot API half: set, refused, posted to, removed.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod telegram;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use telegram::{ASHA, asha, description, start};
use teloxide::payloads::{DeleteWebhookSetters as _, GetUpdatesSetters as _, SetWebhookSetters as _};
use teloxide::prelude::{Request as _, Requester as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

/// A bot's own server: what it was posted, with the secret that came along. It refuses the first `refusals` posts.
async fn listener(refusals: usize) -> (Url, mpsc::UnboundedReceiver<(Option<String>, Value)>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let left = Arc::new(AtomicUsize::new(refusals));
    let answer = move |headers: HeaderMap, Json(update): Json<Value>| async move {
        let is_refused = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        let secret = headers.get("x-telegram-bot-api-secret-token").map(|value| value.to_str().expect("text").to_owned());
        sender.send((secret, update)).expect("the test listens");
        if is_refused { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
    };
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/hook", socket.local_addr().expect("an address")).parse().expect("an address");
    tokio::spawn(async move { axum::serve(socket, Router::new().route("/hook", post(answer))).await });
    (url, receiver)
}

#[tokio::test]
async fn only_encrypted_or_local_addresses_and_plain_secrets_are_taken() {
    let (_sandbox, bot) = start().await;
    let far: Url = "http://bot.example/hook".parse().expect("an address");
    assert!(description(bot.set_webhook(far)).await.contains("HTTPS URL must be provided"));
    let near: Url = "https://bot.example/hook".parse().expect("an address");
    let refused = description(bot.set_webhook(near.clone()).secret_token("not allowed!".to_owned())).await;
    assert!(refused.contains("unallowed characters"), "{refused}");
    assert!(bot.get_webhook_info().await.expect("none is set").url.is_none());
    bot.set_webhook(near.clone()).secret_token("Az_09-".to_owned()).await.expect("it is taken");
    assert_eq!(bot.get_webhook_info().await.expect("one is set").url, Some(near));
}

#[tokio::test]
async fn a_poller_gets_a_conflict_while_a_webhook_is_set() {
    let (_sandbox, bot) = start().await;
    let waiting = tokio::spawn(bot.get_updates().timeout(40).send());
    tokio::task::yield_now().await;
    bot.set_webhook("https://127.0.0.1:1/hook".parse().expect("an address")).await.expect("it is taken");
    let ended = waiting.await.expect("it ends").expect_err("a poller that waits is ended too");
    assert!(ended.to_string().contains("webhook is active"), "{ended:?}");
    assert!(description(bot.get_updates()).await.contains("webhook is active"));
    bot.delete_webhook().await.expect("it is removed");
    assert!(bot.get_updates().await.expect("polling works again").is_empty());
}

#[tokio::test]
async fn updates_are_posted_in_order_each_until_it_is_accepted() {
    let (sandbox, bot) = start().await;
    sandbox.chat().say(ASHA, &asha(), "one");
    let (url, mut posts) = listener(1).await;
    bot.set_webhook(url).secret_token("s3cret".to_owned()).await.expect("it is taken");
    sandbox.chat().say(ASHA, &asha(), "two");
    for text in ["one", "one", "two"] {
        let (secret, update) = posts.recv().await.expect("a post");
        assert_eq!((secret.as_deref(), update["message"]["text"].as_str()), (Some("s3cret"), Some(text)));
    }
    bot.delete_webhook().await.expect("it is removed");
    assert!(bot.get_updates().await.expect("nothing is left").len() <= 1, "only the last may not be confirmed yet");
}

#[tokio::test]
async fn what_waited_is_kept_or_dropped_as_asked_and_an_error_is_shown() {
    let (sandbox, bot) = start().await;
    sandbox.chat().say(ASHA, &asha(), "one");
    let (url, mut posts) = listener(usize::MAX).await;
    bot.set_webhook(url).await.expect("it is taken");
    posts.recv().await.expect("a first post");
    posts.recv().await.expect("a second post, so the first was refused");
    let info = bot.get_webhook_info().await.expect("one is set");
    assert_eq!(info.pending_update_count, 1);
    assert!(info.last_error_message.is_some_and(|message| message.contains("500")));
    bot.delete_webhook().await.expect("it is removed");
    assert_eq!(bot.get_updates().await.expect("it is kept").len(), 1);
    bot.delete_webhook().drop_pending_updates(true).await.expect("none is set, which is no error");
    assert!(bot.get_updates().await.expect("it is dropped").is_empty());
}
