//! Webhooks: updates are posted to an address of the bot's, in order, each until it is accepted.

#![expect(clippy::unnecessary_wraps, reason = "all methods have the signature that the table of methods wants")]

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::Telegram;
use super::call::Call;
use super::refusal::Refusal;
use super::webhook::Webhook;
use crate::lock::lock;

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
    call.state.webhook = if address.is_empty() { None } else { Some(Webhook::read(call.parameters, &address)?) };
    if let Some(kinds) = call.parameters.allowed_kinds()? {
        call.state.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
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
