//! The Bot API, and what its failures mean for a message.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::Value;
use teloxide::payloads::{EditMessageTextSetters as _, GetUpdatesSetters as _, SendMessageSetters as _, SendPhotoSetters as _};
use teloxide::prelude::Requester as _;
use teloxide::types::{
    BotCommand, CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message,
    MessageId, ParseMode, ThreadId, Update,
};
use teloxide::{ApiError, Bot, RequestError};
use tokio::time::Instant;

use crate::config;
use crate::messages;
use crate::store::{Button, Buttons, Draft};

/// How long one long poll waits for an update.
const LONG_POLL: Duration = Duration::from_secs(25);
/// How often a server that does not wait is asked.
const SHORTEST_POLL: Duration = Duration::from_millis(500);

/// A connection to the Bot API. Cheap to clone; not `Debug`, because the token is in every address.
#[derive(Clone)]
pub(crate) struct Telegram(Bot);

/// What became of a call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Telegram asked to wait.
    Wait(Duration),
    /// It may work later.
    Transient(String),
    /// The chat has another id now.
    Moved(i64),
    /// The markup was refused; plain text may pass.
    Markup,
    /// It never will work.
    Final(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wait(time) => write!(f, "Telegram asks to wait {} s", time.as_secs()),
            Self::Transient(why) | Self::Final(why) => f.write_str(why),
            Self::Moved(chat) => write!(f, "the group is now {chat}"),
            Self::Markup => f.write_str("Telegram refuses the markup"),
        }
    }
}

impl Telegram {
    pub(crate) fn new(config: &config::Telegram) -> anyhow::Result<Self> {
        let mut http = teloxide::net::default_reqwest_settings().timeout(LONG_POLL + Duration::from_secs(10));
        let is_loopback = matches!(config.api_url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if is_loopback {
            http = http.no_proxy();
        }
        // The error of a client that cannot be set up holds no address.
        let bot = Bot::with_client(config.token.expose_secret(), http.build()?);
        Ok(Self(bot.set_api_url(config.api_url.clone())))
    }

    /// The bot's name, by which groups address it.
    pub(crate) async fn username(&self) -> Result<String, Failure> {
        match self.0.get_me().await {
            Ok(me) => Ok(me.username().to_owned()),
            Err(error) => match accepted(&error).as_ref().and_then(|me| me["username"].as_str()) {
                Some(name) => Ok(name.to_owned()),
                None => Err(failure(error)),
            },
        }
    }

    /// Shows the commands where people type them.
    pub(crate) async fn set_commands(&self, commands: &[(&str, &str)]) -> Result<(), Failure> {
        let commands = commands.iter().map(|(name, about)| BotCommand::new(*name, *about));
        done(self.0.set_my_commands(commands).await)
    }

    /// Waits for updates from `offset` on; those before it are confirmed by asking.
    pub(crate) async fn updates(&self, offset: i32) -> Result<Vec<Update>, Failure> {
        let (seconds, asked) = (u32::try_from(LONG_POLL.as_secs()).unwrap_or_default(), Instant::now());
        let updates = self.0.get_updates().offset(offset).timeout(seconds).await.map_err(failure)?;
        if updates.is_empty() {
            // Not every Bot API server waits; it is not to be asked without end.
            tokio::time::sleep_until(asked + SHORTEST_POLL).await;
        }
        Ok(updates)
    }

    /// Sends or changes a message, as HTML or with its markup taken off; gives its id, where the answer has one.
    ///
    /// A call that Telegram accepted succeeds even if its answer cannot be read.
    pub(crate) async fn send(&self, message: &Draft, is_plain: bool) -> Result<Option<i32>, Failure> {
        let chat = ChatId(message.chat);
        let text = if is_plain { messages::plain(&message.html) } else { message.html.clone() };
        let (mode, keyboard) = ((!is_plain).then_some(ParseMode::Html), keyboard(&message.buttons));
        if let Some(id) = message.edits {
            let mut request = self.0.edit_message_text(chat, MessageId(id), text).link_preview_options(no_preview());
            (request.parse_mode, request.reply_markup) = (mode, keyboard);
            return match request.await {
                // A button pressed twice asks for what is there.
                Err(RequestError::Api(ApiError::MessageNotModified)) => Ok(Some(id)),
                edited => done(edited).map(|()| Some(id)),
            };
        }
        let keyboard = keyboard.map(Into::into);
        let thread = message.thread.map(|thread| ThreadId(MessageId(thread)));
        if let Some(picture) = &message.picture {
            let picture = InputFile::memory(picture.clone()).file_name("calls-and-cost.png");
            let mut request = self.0.send_photo(chat, picture).caption(text).disable_notification(message.silent);
            (request.parse_mode, request.reply_markup, request.message_thread_id) = (mode, keyboard, thread);
            return sent(request.await);
        }
        let mut request = self.0.send_message(chat, text).disable_notification(message.silent).link_preview_options(no_preview());
        (request.parse_mode, request.reply_markup, request.message_thread_id) = (mode, keyboard, thread);
        sent(request.await)
    }

    /// Tells who pressed a button that it was heard, with a word or without.
    pub(crate) async fn acknowledge(&self, press: &CallbackQueryId, word: Option<&str>) -> Result<(), Failure> {
        let mut request = self.0.answer_callback_query(press.clone());
        request.text = word.map(str::to_owned);
        done(request.await)
    }
}

fn keyboard(buttons: &Buttons) -> Option<InlineKeyboardMarkup> {
    let button = |button: &Button| InlineKeyboardButton::callback(&button.text, &button.command);
    let rows = buttons.iter().map(|row| row.iter().map(button));
    (!buttons.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// Whether a call was carried out, whatever its answer looks like: what was done must not be done again.
fn done<T>(outcome: Result<T, RequestError>) -> Result<(), Failure> {
    match outcome {
        Err(error) if accepted(&error).is_none() => Err(failure(error)),
        _ => Ok(()),
    }
}

/// The same for a message: its id, where the answer has one.
fn sent(outcome: Result<Message, RequestError>) -> Result<Option<i32>, Failure> {
    match outcome {
        Ok(message) => Ok(Some(message.id.0)),
        Err(error) => match accepted(&error) {
            Some(message) => Ok(message["message_id"].as_i64().and_then(|id| i32::try_from(id).ok())),
            None => Err(failure(error)),
        },
    }
}

/// The result of a call that was carried out and whose answer lacks something that teloxide wants to see.
fn accepted(error: &RequestError) -> Option<Value> {
    let RequestError::InvalidJson { raw, .. } = error else { return None };
    let mut answer: Value = serde_json::from_str(raw).ok()?;
    (answer["ok"] == true).then(|| answer["result"].take())
}

/// What an error means. Its text holds no address, for the token is in it, and no body.
fn failure(error: RequestError) -> Failure {
    match error {
        RequestError::RetryAfter(wait) => Failure::Wait(Duration::from_secs(u64::from(wait.seconds()))),
        RequestError::MigrateToChatId(ChatId(chat)) => Failure::Moved(chat),
        RequestError::Api(ApiError::CantParseEntities(_)) => Failure::Markup,
        RequestError::Api(ApiError::Unknown(text)) if !is_final(&text) => {
            Failure::Transient(format!("Telegram answered: {text}"))
        }
        // These are about the bot, not the message: it goes out when the token is put right.
        RequestError::Api(
            error @ (ApiError::InvalidToken | ApiError::TerminatedByOtherGetUpdates | ApiError::CantGetUpdates),
        ) => Failure::Transient(error.to_string()),
        RequestError::Api(error) => Failure::Final(error.to_string()),
        RequestError::Network(error) if error.is_timeout() => Failure::Transient("Telegram did not answer in time".to_owned()),
        RequestError::Network(error) if error.is_connect() => Failure::Transient("cannot connect to Telegram".to_owned()),
        RequestError::Network(_) => Failure::Transient("the connection to Telegram was lost".to_owned()),
        RequestError::InvalidJson { .. } => Failure::Transient("Telegram's answer cannot be understood".to_owned()),
        RequestError::Io(error) => Failure::Transient(error.kind().to_string()),
    }
}

/// Answers that teloxide has no name for: Telegram says in their first word whether they are final.
fn is_final(text: &str) -> bool {
    ["Bad Request", "Forbidden"].iter().any(|start| text.starts_with(start))
}
