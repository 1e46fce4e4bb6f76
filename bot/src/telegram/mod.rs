//! The Bot API: calls, what their failures mean, and the updates.

mod call;
mod failure;
mod updates;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use teloxide::types::CallbackQueryId;
use tokio::sync::{broadcast, watch};
use url::Url;
use vobiz_core::{http_client, is_loopback};

use crate::config;
use crate::messages;
use crate::store::{Button, Draft};
use call::Call;
pub(crate) use failure::{Failure, Fault};
pub(crate) use updates::{Incoming, Updates};
pub(crate) use webhook::Webhook;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Signs of life that may wait to be read.
const BACKLOG: usize = 256;

/// A connection to the Bot API. Cheap to clone; not `Debug`, because the token is in every address.
#[derive(Clone)]
pub(crate) struct Telegram {
    http: reqwest::Client,
    /// With the token.
    base: Arc<Url>,
    /// Chats that an update came from.
    alive: broadcast::Sender<i64>,
    /// Why another program has the updates, while it does.
    conflict: watch::Sender<Option<String>>,
    /// Where updates are posted to; absent where they are polled for.
    webhook: Option<Webhook>,
}

impl Telegram {
    /// # Errors
    ///
    /// The HTTP client, or the webhook's secret, cannot be set up.
    pub(crate) fn new(config: &config::Telegram) -> anyhow::Result<Self> {
        // Redirects are not followed: the token would go with them.
        let mut http = http_client(config.ca_file.as_deref())?.connect_timeout(CONNECT).tcp_nodelay(true);
        if is_loopback(&config.api_url) {
            http = http.no_proxy();
        }
        let mut base = config.api_url.clone();
        if let Ok(mut path) = base.path_segments_mut() {
            path.pop_if_empty().push(&format!("bot{}", config.token.expose_secret()));
        }
        Ok(Self {
            // The error of a client that cannot be set up holds no address.
            http: http.build()?,
            base: Arc::new(base),
            alive: broadcast::channel(BACKLOG).0,
            conflict: watch::Sender::new(None),
            webhook: config.webhook_url.clone().map(Webhook::new).transpose()?,
        })
    }

    fn address(&self, method: &str) -> Url {
        let mut address = Url::clone(&self.base);
        if let Ok(mut path) = address.path_segments_mut() {
            path.push(method);
        }
        address
    }

    /// The bot's name, by which groups address it.
    pub(crate) async fn username(&self) -> Result<String, Failure> {
        let me = self.call(Call::new("getMe")).await?;
        let name = me["username"].as_str().map(str::to_owned);
        name.ok_or_else(|| Failure::Transient("Telegram's answer does not have the bot's name".to_owned()))
    }

    /// Shows the commands where people of a chat type them.
    pub(crate) async fn show_commands(&self, chat: i64, commands: &[(&str, &str)]) -> Result<(), Failure> {
        let commands: Vec<Value> = commands.iter().map(|(name, about)| json!({"command": name, "description": about})).collect();
        let scope = json!({"type": "chat", "chat_id": chat});
        self.call(Call::new("setMyCommands").with("commands", commands).with("scope", scope)).await.map(drop)
    }

    /// Shows no commands of a chat's own, or none that everybody would see.
    pub(crate) async fn hide_commands(&self, chat: Option<i64>) -> Result<(), Failure> {
        let scope = chat.map(|chat| json!({"type": "chat", "chat_id": chat}));
        self.call(Call::new("deleteMyCommands").with_some("scope", scope)).await.map(drop)
    }

    /// Where updates are posted to; `None` where they are polled for.
    pub(crate) fn webhook(&self) -> Option<&Webhook> {
        self.webhook.as_ref()
    }

    /// Makes sure that updates can be read: sets the webhook, or removes one and asks for updates once. What waits is kept.
    pub(crate) async fn prepare_updates(&self) -> Result<(), Failure> {
        if let Some(webhook) = &self.webhook {
            // One connection: updates come in their order.
            let call = Call::new("setWebhook")
                .with("url", webhook.url.as_str())
                .with("secret_token", webhook.secret.expose_secret())
                .with("allowed_updates", json!(updates::KINDS))
                .with("max_connections", 1);
            return self.call(call).await.map(drop);
        }
        if let Err(failure) = self.call(Call::new("deleteWebhook").with("drop_pending_updates", false)).await {
            tracing::warn!(%failure, "a webhook could not be removed; without one this does not matter");
        }
        let asked = self.call(Call::new("getUpdates").with("timeout", 0).with("limit", 1)).await;
        self.note_conflict(asked.as_ref().err());
        asked.map(drop)
    }

    /// Sends or changes a message, as HTML or with its markup taken off; gives its id, where the answer has one.
    pub(crate) async fn send(&self, message: &Draft, is_plain: bool) -> Result<Option<i32>, Failure> {
        let text = if is_plain { messages::plain(&message.html) } else { message.html.clone() };
        let parse_mode = (!is_plain).then_some("HTML");
        let call = |method: &'static str, text_field: &str| {
            Call::new(method)
                .with("chat_id", message.chat)
                .with_some(text_field, Some(text).filter(|text| !text.is_empty()))
                .with_some("parse_mode", parse_mode)
                .with_some("reply_markup", keyboard(message))
        };
        let no_preview = json!({"is_disabled": true});
        if let Some(id) = message.edits {
            let call = call("editMessageText", "text").with("message_id", id).with("link_preview_options", no_preview);
            return self.call(call).await.map(|_| Some(id));
        }
        let call = match (&message.picture, &message.document) {
            (Some(picture), _) => call("sendPhoto", "caption").with_file("photo", &picture.name, picture.bytes.clone()),
            (None, Some(document)) => {
                call("sendDocument", "caption").with_file("document", &document.name, document.bytes.clone())
            }
            (None, None) => call("sendMessage", "text").with("link_preview_options", no_preview),
        };
        let call = call.with("disable_notification", message.silent).with_some("message_thread_id", message.thread);
        let sent = self.call(call).await?;
        Ok(sent["message_id"].as_i64().and_then(|id| i32::try_from(id).ok()))
    }

    /// Pins a message, without a sound.
    pub(crate) async fn pin(&self, chat: i64, message: i32) -> Result<(), Failure> {
        let call = Call::new("pinChatMessage").with("chat_id", chat).with("message_id", message);
        self.call(call.with("disable_notification", true)).await.map(drop)
    }

    /// Whether any message is pinned in a chat.
    pub(crate) async fn has_pinned(&self, chat: i64) -> Result<bool, Failure> {
        let chat = self.call(Call::new("getChat").with("chat_id", chat)).await?;
        Ok(chat.get("pinned_message").is_some_and(Value::is_object))
    }

    /// Tells who pressed a button that it was heard, with a text or without.
    pub(crate) async fn acknowledge(&self, press: &CallbackQueryId, text: Option<&str>) -> Result<(), Failure> {
        self.call(Call::new("answerCallbackQuery").with("callback_query_id", press.0.clone()).with_some("text", text))
            .await
            .map(drop)
    }

    /// Chats that an update came from, as it comes.
    pub(crate) fn signs_of_life(&self) -> broadcast::Receiver<i64> {
        self.alive.subscribe()
    }

    /// Why the updates go to another program, while they do.
    pub(crate) fn conflict(&self) -> watch::Receiver<Option<String>> {
        self.conflict.subscribe()
    }

    fn note_sign_of_life(&self, chat: i64) {
        // Nobody listens before the delivery is there.
        let _ = self.alive.send(chat);
    }

    fn note_conflict(&self, failure: Option<&Failure>) {
        let conflict = match failure {
            None => None,
            Some(Failure::Conflict(why)) => Some(why.clone()),
            // Nothing is known of it now.
            Some(_) => return,
        };
        self.conflict.send_if_modified(|known| {
            let is_new = known.is_some() != conflict.is_some();
            *known = conflict;
            is_new
        });
    }
}

/// The buttons under a message; `None` where there are none.
fn keyboard(message: &Draft) -> Option<Value> {
    let button = |button: &Button| {
        Value::Object(Map::from_iter([
            ("text".to_owned(), json!(button.text)),
            ("callback_data".to_owned(), json!(button.data.as_ref().unwrap_or(&button.command))),
        ]))
    };
    let rows: Vec<Vec<Value>> = message.buttons.iter().map(|row| row.iter().map(button).collect()).collect();
    (!rows.is_empty()).then(|| json!({"inline_keyboard": rows}))
}
