//! Methods that put a message into a chat.

use axum::body::Bytes;
use serde_json::Value;

use super::content::{caption, keyboard, text};
use super::message::{Document, PhotoSize};
use super::methods::Call;
use super::parameters::{Parameters, Upload};
use super::refusal::{Refusal, bad_request};
use super::sent::SentFile;
use super::state::Stored;

/// `sendMessage`.
pub(super) fn message(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let text = text(call.parameters)?;
    let reply_markup = keyboard(call.parameters)?;
    let mut sent = call.noted("text", &text, reply_markup.clone());
    let (bot, now, thread) = (call.bot(), call.now, call.parameters.integer("message_thread_id"));
    let replied = replied(call, chat)?;
    let (id, message) = call.state.post(chat, bot, now, |message| {
        message.message_thread_id = thread;
        message.text = Some(text.text);
        message.entities = text.entities;
        message.reply_markup = reply_markup;
        message.reply_to_message = replied;
    });
    (sent.chat_id, sent.message_id) = (chat, id);
    call.state.note(sent);
    Ok(message)
}

/// `sendPhoto`.
pub(super) fn photo(call: &mut Call<'_>) -> Result<Value, Refusal> {
    file(call, "photo")
}

/// `sendDocument`.
pub(super) fn document(call: &mut Call<'_>) -> Result<Value, Refusal> {
    file(call, "document")
}

fn file(call: &mut Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let caption = caption(call.parameters)?.unwrap_or_default();
    let reply_markup = keyboard(call.parameters)?;
    let is_photo = kind == "photo";
    let (id, name, stored) = stored(call, kind)?;
    let Some((width, height)) = dimensions(&stored.bytes).or((!is_photo).then_some((0, 0))) else {
        return Err(bad_request("IMAGE_PROCESS_FAILED"));
    };
    let mut sent = call.noted("caption", &caption, reply_markup.clone());
    let (path, size) = (stored.path.clone(), stored.bytes.len());
    sent.file = Some(SentFile { name: name.clone(), path, size, is_photo, bytes: stored.bytes });
    let (bot, now, thread) = (call.bot(), call.now, call.parameters.integer("message_thread_id"));
    let replied = replied(call, chat)?;
    let (message_id, message) = call.state.post(chat, bot, now, |message| {
        let unique = format!("AQAD{}", id.get(id.len() - 6..).unwrap_or_default());
        message.message_thread_id = thread;
        message.caption = Some(caption.text).filter(|text| !text.is_empty());
        message.caption_entities = caption.entities;
        message.reply_markup = reply_markup;
        message.reply_to_message = replied;
        if is_photo {
            message.photo.push(PhotoSize { file_id: id, file_unique_id: unique, file_size: size, width, height });
        } else {
            let mime_type = mime_type(&name);
            message.document =
                Some(Document { file_id: id, file_unique_id: unique, file_size: size, file_name: name, mime_type });
        }
    });
    (sent.chat_id, sent.message_id) = (chat, message_id);
    call.state.note(sent);
    Ok(message)
}

/// The file of a call: uploaded with it, or one that was uploaded before.
fn stored(call: &mut Call<'_>, kind: &str) -> Result<(String, String, Stored), Refusal> {
    if let Some(Upload { name, bytes }) = call.parameters.file(kind).cloned() {
        if bytes.is_empty() {
            return Err(bad_request("file must be non-empty"));
        }
        let folder = if kind == "photo" { "photos" } else { "documents" };
        let (id, stored) = call.state.keep(folder, &name, bytes);
        return Ok((id, name, stored));
    }
    let id = call.parameters.text(kind).ok_or_else(|| bad_request(&format!("there is no {kind} in the request")))?;
    let stored = call.state.files.get(&id).cloned();
    let stored = stored.ok_or_else(|| bad_request("wrong file identifier/HTTP URL specified"))?;
    let name = stored.path.rsplit('/').next().unwrap_or_default().to_owned();
    Ok((id, name, stored))
}

/// The message that a call answers, if it names one.
fn replied(call: &Call<'_>, chat: i64) -> Result<Option<Box<super::message::Message>>, Refusal> {
    let Some(id) = reply_id(call.parameters)? else { return Ok(None) };
    let message = call.state.rooms.get(&chat).and_then(|room| room.messages.get(&id)).cloned();
    let message = message.map(|mut message| {
        message.reply_to_message = None;
        Box::new(message)
    });
    let optional = call.parameters.json("reply_parameters")?.is_some_and(|reply| reply["allow_sending_without_reply"] == true);
    if message.is_none() && !optional {
        return Err(bad_request("message to be replied not found"));
    }
    Ok(message)
}

fn reply_id(parameters: &Parameters) -> Result<Option<i32>, Refusal> {
    let reply = parameters.json("reply_parameters")?;
    let id = reply.and_then(|reply| reply["message_id"].as_i64()).or_else(|| parameters.integer("reply_to_message_id"));
    Ok(id.and_then(|id| i32::try_from(id).ok()))
}

/// Width and height of a PNG; a JPEG's are not looked for. Nothing when it is no picture.
fn dimensions(bytes: &Bytes) -> Option<(u32, u32)> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    const JPEG: &[u8] = b"\xff\xd8\xff";
    if bytes.starts_with(JPEG) {
        return Some((1_280, 720));
    }
    if !bytes.starts_with(PNG) {
        return None;
    }
    let number = |from: usize| bytes.get(from..from + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some((number(16)?, number(20)?))
}

fn mime_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_lowercase().as_str() {
        "png" => "image/png",
        "csv" => "text/csv",
        "txt" | "log" => "text/plain",
        "json" => "application/json",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
