//! Methods that change a message that is there.

use serde_json::{Value, json};

use super::call::Call;
use super::content::{caption, keyboard, text};
use super::message::{Message, event};
use super::parameters;
use super::refusal::{Refusal, bad_request};
use super::sent::Sent;

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a \
                            current content and reply markup of the message";
const NOTHING_TO_EDIT: &str = "message to edit not found";

/// `editMessageText`.
pub(super) fn message_text(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let text = text(call.parameters)?;
    let markup = keyboard(call.parameters)?;
    let sent = call.noted("text", &text, markup.clone());
    edit(call, sent, |message| {
        if message.text.is_none() {
            return Err(bad_request("there is no text in the message to edit"));
        }
        message.text = Some(text.text);
        message.entities = text.entities;
        message.reply_markup = markup;
        Ok(())
    })
}

/// `editMessageCaption`.
pub(super) fn message_caption(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let caption = caption(call.parameters)?.unwrap_or_default();
    let markup = keyboard(call.parameters)?;
    let sent = call.noted("caption", &caption, markup.clone());
    edit(call, sent, |message| {
        if message.photo.is_empty() && message.document.is_none() {
            return Err(bad_request("there is no caption in the message to edit"));
        }
        message.caption = Some(caption.text).filter(|text| !text.is_empty());
        message.caption_entities = caption.entities;
        message.reply_markup = markup;
        Ok(())
    })
}

/// `editMessageReplyMarkup`.
pub(super) fn reply_markup(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let markup = keyboard(call.parameters)?;
    let sent = call.noted("text", &super::markup::Formatted::default(), markup.clone());
    edit(call, sent, |message| {
        message.reply_markup = markup;
        Ok(())
    })
}

fn edit(call: &mut Call<'_>, mut sent: Sent, change: impl FnOnce(&mut Message) -> Result<(), Refusal>) -> Result<Value, Refusal> {
    let (chat, id) = (call.parameters.chat_id()?, call.parameters.message_id()?);
    let (bot, now) = (call.bot(), call.now);
    let message = call.state.message(chat, id, NOTHING_TO_EDIT)?;
    if message.from.id != bot.id {
        return Err(bad_request("message can't be edited"));
    }
    let mut changed = message.clone();
    change(&mut changed)?;
    if changed.looks_like(message) {
        return Err(bad_request(NOT_MODIFIED));
    }
    changed.edit_date = Some(now.timestamp());
    *message = changed;
    (sent.chat_id, sent.message_id) = (chat, id);
    let (message, event) = (parameters::json(&*message), event(message));
    call.state.events.push(event);
    call.state.note(sent);
    Ok(message)
}

/// `deleteMessage`.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, Refusal> {
    const MISSING: &str = "message to delete not found";
    let (chat, id) = (call.parameters.chat_id()?, call.parameters.message_id()?);
    call.state.message(chat, id, MISSING)?;
    call.state.remove(chat, id);
    let mut sent = call.noted("", &super::markup::Formatted::default(), None);
    (sent.chat_id, sent.message_id) = (chat, id);
    call.state.note(sent);
    Ok(json!(true))
}
