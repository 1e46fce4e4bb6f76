//! The answer to one update: who may ask, what was asked, and the messages owed for it.

use std::sync::Arc;

use anyhow::Result;
use tokio::sync::watch;

use super::command::{self, Command, Line};
use super::drafts;
use super::heard::{Heard, Item, What};
use super::request::{Answer, Refusal, Request};
use crate::config::Chat;
use crate::messages::{self, Reader};
use crate::service::Service;
use crate::store::Draft;
use crate::telegram::Telegram;

const NOT_SERVED: &str = "This bot serves its own chats only.";
/// Characters that Telegram shows of the answer to a press.
const LONGEST_TOAST: usize = 200;
const OLD_BUTTON: &str = "This button is too old. /help shows what can be asked.";

/// What answering needs.
pub(super) struct Desk {
    pub(super) service: Arc<Service>,
    pub(super) telegram: Telegram,
    /// The bot's own name.
    pub(super) bot: String,
    /// The last update that was answered.
    pub(super) handled: watch::Sender<i64>,
}

impl Desk {
    /// The messages owed for an update.
    pub(super) async fn answer(&self, item: &Item) -> Result<Vec<Draft>> {
        let heard = &item.heard;
        let chat = self.service.chat(heard.chat).await?;
        match (&heard.what, chat) {
            (What::Moved(new), _) => {
                let is_served = self.service.chats().iter().any(|chat| chat.id == *new);
                self.service.store.move_chat(heard.chat, *new, is_served).await?;
                Ok(Vec::new())
            }
            (What::Line(text), Some(chat)) => self.line(heard, text, &chat).await,
            (What::Line(text), None) => self.stranger(heard, text).await,
            (What::Press { .. }, None) => {
                self.acknowledge(heard, Some(NOT_SERVED));
                Ok(Vec::new())
            }
            (What::Press { message, .. }, Some(chat)) => self.press(item, *message, &chat).await,
        }
    }

    async fn line(&self, heard: &Heard, text: &str, chat: &Chat) -> Result<Vec<Draft>> {
        if let Some(code) = command::code(text, &self.bot) {
            return self.pair(heard, code, false).await;
        }
        let answer = match command::parse(text, &self.bot) {
            Line::Command(command, words) => self.command(heard, command, words, chat).await?,
            Line::Wrong(refusal) => Answer::text(messages::escape(&refusal)),
            Line::Talk if heard.is_private => Answer::text("I understand commands only. /help lists them."),
            Line::Talk => return Ok(Vec::new()),
        };
        Ok(drafts(heard.chat, heard.thread, answer))
    }

    /// A stranger gets the id of the chat, which its owner needs; seldom, and in groups only when the bot is spoken to.
    async fn stranger(&self, heard: &Heard, text: &str) -> Result<Vec<Draft>> {
        if let Some(code) = command::code(text, &self.bot) {
            return self.pair(heard, code, true).await;
        }
        let is_spoken_to = heard.is_private || !matches!(command::parse(text, &self.bot), Line::Talk);
        tracing::info!(chat = heard.chat, "a message from a chat that is not served");
        if !is_spoken_to || !self.service.store.may_tell_stranger(heard.chat, heard.at).await? {
            return Ok(Vec::new());
        }
        let answer = Answer::text(format!("{NOT_SERVED} The id of this one is <code>{}</code>.", heard.chat));
        Ok(drafts(heard.chat, heard.thread, answer))
    }

    /// Somebody has a one-time code.
    async fn pair(&self, heard: &Heard, code: &str, is_new: bool) -> Result<Vec<Draft>> {
        let say = |words: String| Ok(drafts(heard.chat, heard.thread, Answer::text(words)));
        let Some(person) = &heard.from else {
            return say(
                "Nobody can tell who wrote that code. Write it as yourself, not as an anonymous admin or a channel.".to_owned()
            );
        };
        let _one_at_a_time = self.service.changes.lock().await;
        let had = self.service.members().await?.into_iter().find(|member| member.person.id == person.id);
        let had = had.map(|member| member.role);
        let Some(role) = self.service.store.pair(code, person, had, (heard.chat, is_new), heard.at).await? else {
            return say(
                "That code is not valid: it is misspelt, was used, or is older than 10 minutes. Anyone who runs the bot can \
                        make another with “vobiz-bot pair”."
                    .to_owned(),
            );
        };
        let chat = if is_new { "This chat is served from now on, and gets alerts. " } else { "" };
        self.service.load_chats().await?;
        say(format!("{chat}You are {}. /help lists what can be asked.", role.with_article()))
    }

    /// The answer to a press takes the place of the message that the button is under, where that is a text.
    async fn press(&self, item: &Item, message: Option<i32>, chat: &Chat) -> Result<Vec<Draft>> {
        let heard = &item.heard;
        let Some(intent) = &item.intent else {
            self.acknowledge(heard, Some(OLD_BUTTON));
            return Ok(Vec::new());
        };
        let Line::Command(command, words) = command::parse(&intent.command, &self.bot) else {
            self.acknowledge(heard, Some(OLD_BUTTON));
            return Ok(Vec::new());
        };
        let acts = command.acts(&words);
        if !acts {
            self.acknowledge(heard, None);
        }
        let mut answer = self.command(heard, command, words, chat).await?;
        if acts {
            self.acknowledge(heard, answer.toast.as_deref());
        }
        let edits = message.filter(|_| answer.picture.is_none() && answer.document.is_none());
        let changed = std::mem::take(&mut answer.owed);
        let mut owed = drafts(heard.chat, heard.thread, answer);
        if let Some(first) = owed.first_mut() {
            first.edits = edits;
        }
        owed.extend(changed);
        Ok(owed)
    }

    /// The answer of one command, for a line or a press.
    pub(super) async fn command(&self, heard: &Heard, command: &Command, arguments: Vec<&str>, chat: &Chat) -> Result<Answer> {
        if let What::Line(_) = heard.what
            && let Err(refusal) = command::check_words(&arguments)
        {
            return Ok(Answer::text(messages::escape(&refusal)));
        }
        let role = self.service.role(heard.from.as_ref()).await?;
        let pressed = match heard.what {
            What::Press { message, .. } => message,
            _ => None,
        };
        let request = Request {
            service: &self.service,
            chat,
            chat_id: heard.chat,
            thread: heard.thread,
            pressed,
            person: heard.from.as_ref(),
            role,
            reader: Reader { zone: chat.zone, now: heard.at },
            arguments,
            asked_at: heard.at,
            is_press: matches!(heard.what, What::Press { .. }),
        };
        let answered = match request.require((command.role)(&request.arguments)).await {
            Ok(()) => (command.answer)(&request).await,
            Err(refusal) => Err(refusal),
        };
        // The message that a button is under stays as it is when the press is refused.
        let stays = request.is_press && command.acts(&request.arguments);
        match answered {
            Ok(mut answer) => {
                if let Some(at) = answer.as_of {
                    answer.html = messages::dated(&answer.html, at, &request.reader);
                }
                Ok(answer)
            }
            Err(Refusal::Wrong(words)) if stays => Ok(Answer { toast: Some(words), ..Answer::default() }),
            Err(Refusal::Wrong(words)) => Ok(Answer::text(messages::escape(&words))),
            Err(Refusal::Instead(answer)) if stays => {
                Ok(Answer { toast: Some(messages::terminal(&answer.html)), ..Answer::default() })
            }
            Err(Refusal::Instead(answer)) => Ok(*answer),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Whether a later press makes an earlier one needless: both show something in the place of the same message.
    pub(super) fn supersedes(later: &Item, earlier: &Item) -> bool {
        let shows_in = |item: &Item| match (&item.heard.what, &item.intent) {
            (What::Press { message: Some(message), .. }, Some(intent)) => match command::parse(&intent.command, "") {
                // What somebody did is done, whatever is pressed after it.
                Line::Command(command, words) if !command.acts(&words) => Some((item.heard.chat, *message)),
                _ => None,
            },
            _ => None,
        };
        shows_in(earlier).is_some_and(|place| shows_in(later) == Some(place))
    }

    /// Tells who pressed a button that it was heard, with words or without.
    pub(super) fn acknowledge(&self, heard: &Heard, words: Option<&str>) {
        let What::Press { query, .. } = &heard.what else { return };
        let (telegram, query) = (self.telegram.clone(), query.clone());
        let words = words.map(|words| words.chars().take(LONGEST_TOAST).collect::<String>());
        tokio::spawn(async move {
            if let Err(failure) = telegram.acknowledge(&query, words.as_deref()).await {
                tracing::debug!(%failure, "a press could not be acknowledged, as happens when it was long ago");
            }
        });
    }
}
