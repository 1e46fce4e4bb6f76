//! Webhooks: updates are posted to an address of the bot's, in order, each until it is accepted.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use reqwest::Client;
use serde_json::{Value, json};
use url::{Host, Url};

use super::Telegram;
use super::call::Call;
use super::refusal::{Refusal, bad_request};
use super::updates::allowed_kinds;
use crate::lock::lock;

/// Where updates go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Webhook {
    url: Url,
    /// What the header `X-Telegram-Bot-Api-Secret-Token` holds.
    secret: Option<String>,
    connections: i64,
    last_error: Option<(DateTime<Utc>, String)>,
}

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// Real time between two attempts to post an update.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the bot may take to accept an update.
const TIMEOUT: Duration = Duration::from_secs(20);

/// `setWebhook`; an empty address removes the webhook.
pub(super) fn set(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let address = call.parameters.text("url").unwrap_or_default();
    if call.parameters.flag("drop_pending_updates") {
        call.state.updates.clear();
    }
    call.state.webhook = if address.is_empty() { None } else { Some(webhook(call, &address)?) };
    if let Some(kinds) = allowed_kinds(call.parameters)? {
        call.state.allowed = kinds;
    }
    // A poller that waits has to give up.
    call.state.poller += 1;
    call.state.stir();
    Ok(json!(true))
}

/// `deleteWebhook`.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, Refusal> {
    if call.parameters.flag("drop_pending_updates") {
        call.state.updates.clear();
    }
    call.state.webhook = None;
    Ok(json!(true))
}

/// `getWebhookInfo`.
pub(super) fn info(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let pending = call.state.updates.len();
    let Some(webhook) = &call.state.webhook else {
        return Ok(json!({"url": "", "has_custom_certificate": false, "pending_update_count": pending}));
    };
    let mut info = json!({
        "url": webhook.url.as_str(), "has_custom_certificate": false, "pending_update_count": pending,
        "max_connections": webhook.connections,
    });
    if let Some((at, message)) = &webhook.last_error {
        info["last_error_date"] = json!(at.timestamp());
        info["last_error_message"] = json!(message);
    }
    Ok(info)
}

/// What a poller is refused with while a webhook is set.
pub(super) fn conflict() -> Refusal {
    const TEXT: &str =
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    Refusal::new(StatusCode::CONFLICT, TEXT)
}

fn webhook(call: &Call<'_>, address: &str) -> Result<Webhook, Refusal> {
    let url = Url::parse(address).map_err(|_| bad_request("bad webhook: invalid URL specified"))?;
    if url.scheme() != "https" && !is_loopback(&url) {
        return Err(bad_request("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let secret = call.parameters.text("secret_token").filter(|secret| !secret.is_empty());
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if secret.as_ref().is_some_and(|secret| secret.len() > 256 || !secret.chars().all(is_allowed)) {
        return Err(bad_request("secret token contains unallowed characters"));
    }
    let connections = call.parameters.integer("max_connections").unwrap_or(40).clamp(1, 100);
    Ok(Webhook { url, secret, connections, last_error: None })
}

/// Whether an address is one of this machine, where the sandbox also posts over plain HTTP.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

impl Telegram {
    /// Posts updates to the webhook for as long as the sandbox runs.
    pub(crate) async fn post_updates(self) {
        let Ok(client) = Client::builder().timeout(TIMEOUT).no_proxy().build() else { return };
        let mut stirred = lock(&self.0.state).stirred.subscribe();
        loop {
            let next = {
                let state = lock(&self.0.state);
                state.webhook.clone().zip(state.waiting(1).pop())
            };
            match next {
                Some((webhook, update)) => self.post_update(&client, &webhook, &update).await,
                // The sender is part of this value, so it is not gone.
                None => drop(stirred.changed().await),
            }
        }
    }

    async fn post_update(&self, client: &Client, webhook: &Webhook, update: &Value) {
        let mut request = client.post(webhook.url.clone()).json(update);
        if let Some(secret) = &webhook.secret {
            request = request.header(SECRET_HEADER, secret);
        }
        let failure = match request.send().await {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("Wrong response from the webhook: {}", answer.status())),
            Err(error) if error.is_timeout() => Some("Read timeout expired".to_owned()),
            Err(_) => Some("Connection refused".to_owned()),
        };
        let is_accepted = failure.is_none();
        {
            let mut state = lock(&self.0.state);
            let now = self.0.clock.now();
            if is_accepted {
                state.updates.retain(|other| Some(other.id) != update["update_id"].as_i64());
            } else if let Some(current) = state.webhook.as_mut().filter(|current| current.url == webhook.url) {
                current.last_error = failure.map(|message| (now, message));
            }
        }
        if !is_accepted {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
