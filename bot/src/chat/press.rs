//! Pressed buttons: each is a command whose answer takes the place of the message that it stands under.

use anyhow::Result;
use teloxide::types::{CallbackQuery, MaybeInaccessibleMessage};

use super::command::{self, Line};
use super::{answer, drafts};
use crate::messages::{self, Reader};
use crate::service::Service;
use crate::store::Draft;
use crate::telegram::Telegram;

/// What is owed for a press. Whoever pressed is told that it was heard, whatever the button was.
///
/// What a button shows is read again each time, so a late or repeated press does nothing twice.
pub(super) async fn answer_to(service: &Service, telegram: &Telegram, press: &CallbackQuery, bot: &str) -> Result<Vec<Draft>> {
    let message = press.message.as_ref();
    let id = message.map(|message| message.chat().id.0);
    let chat = match id {
        Some(id) => service.chat(id).await?,
        None => None,
    };
    let today = service.now_in(service.report_zone).date_naive();
    let line = command::parse(press.data.as_deref().unwrap_or_default(), bot, today);
    let word = match (chat, &line) {
        (None, _) => Some("This bot serves its own chats only."),
        (Some(_), Line::Command(_)) => None,
        (Some(_), _) => Some("This button is of an older version. /help shows what can be asked."),
    };
    if let Err(failure) = telegram.acknowledge(&press.id, word).await {
        tracing::debug!(%failure, "a press could not be acknowledged, as happens when it was long ago");
    }
    let (Some(id), Some(chat), Line::Command(command)) = (id, chat, line) else { return Ok(Vec::new()) };
    let reader = Reader { zone: chat.zone, now: service.clock.now() };
    let mut answer = answer::answer(service, &command, &reader).await?;
    // A text takes the place of a text; under a picture, or where the message is out of reach, it comes as another.
    let edits = match message {
        Some(MaybeInaccessibleMessage::Regular(message)) if message.text().is_some() && answer.picture.is_none() => {
            answer.html = messages::renewed(&answer.html, &reader);
            Some(message.id.0)
        }
        _ => None,
    };
    let mut owed = drafts(id, answer);
    if let Some(first) = owed.first_mut() {
        first.edits = edits;
    }
    Ok(owed)
}
