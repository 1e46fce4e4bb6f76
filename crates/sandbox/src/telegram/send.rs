//! Methods that put a message into a chat.

use axum::body::Bytes;
use serde_json::Value;

use super::call::Call;
use super::content::{caption, keyboard, text};
use super::message::{Document, Message, PhotoSize};
use super::parameters::{Parameters, Upload};
use super::refusal::{Refusal, bad_request};
use super::sent::{Sent, SentFile};
use super::state::Stored;

/// The most files of one album.
const LARGEST_ALBUM: usize = 10;

/// `sendMessage`.
pub(super) fn message(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (text, place) = (text(call.parameters)?, Place::of(call)?);
    let reply_markup = keyboard(call.parameters)?;
    let sent = call.noted("text", &text, reply_markup.clone());
    Ok(place.post(call, sent, |message| {
        message.text = Some(text.text);
        message.entities = text.entities;
        message.reply_markup = reply_markup;
    }))
}

/// `sendPhoto` and `sendDocument`.
pub(super) fn file(call: &mut Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let (caption, place) = (caption(call.parameters)?.unwrap_or_default(), Place::of(call)?);
    let reply_markup = keyboard(call.parameters)?;
    let file = File::of(call, kind)?;
    let mut sent = call.noted("caption", &caption, reply_markup.clone());
    sent.file = Some(file.shown());
    Ok(place.post(call, sent, |message| {
        message.caption = Some(caption.text).filter(|text| !text.is_empty());
        message.caption_entities = caption.entities;
        message.reply_markup = reply_markup;
        file.fill(message);
    }))
}

/// `sendMediaGroup`: all of an album, or nothing.
pub(super) fn album(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let media = call.parameters.json("media")?.unwrap_or_default();
    let media = media.as_array().map(Vec::as_slice).unwrap_or_default();
    if media.is_empty() {
        return Err(bad_request("there are no messages to send"));
    }
    if media.len() > LARGEST_ALBUM {
        return Err(bad_request("too many messages to send as an album"));
    }
    let kind = |item: &Value| item["type"].as_str().unwrap_or_default().to_owned();
    if media.iter().any(|item| kind(item) != kind(&media[0])) {
        return Err(bad_request("document can't be mixed with other media types"));
    }
    let place = Place::of(call)?;
    let mut ready = Vec::new();
    for item in media {
        let parameters = call.parameters.of_item(item, &kind(item));
        let mut call = Call { state: call.state, parameters: &parameters, ..*call };
        let caption = caption(call.parameters)?.unwrap_or_default();
        let file = File::of(&mut call, &kind(item))?;
        let mut sent = call.noted("caption", &caption, None);
        sent.file = Some(file.shown());
        ready.push((sent, caption, file));
    }
    let group = format!("{}", 13_000_000_000_000_000 + call.state.sent.len());
    let messages = ready.into_iter().map(|(sent, caption, file)| {
        place.post(call, sent, |message| {
            message.media_group_id = Some(group.clone());
            message.caption = Some(caption.text).filter(|text| !text.is_empty());
            message.caption_entities = caption.entities;
            file.fill(message);
        })
    });
    Ok(messages.collect())
}

/// Where a message goes: its chat, its topic, what it answers.
struct Place {
    chat: i64,
    topic: Option<i64>,
    replied: Option<Box<Message>>,
}

impl Place {
    fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let chat = call.parameters.chat_id()?;
        let topic = call.parameters.integer("message_thread_id");
        match call.state.rooms.get(&chat) {
            Some(room) => room.admit_to(topic)?,
            None if topic.is_some() => return Err(bad_request("message thread not found")),
            None => {}
        }
        Ok(Self { chat, topic, replied: replied(call, chat)? })
    }

    /// Puts a message there, and writes down that it was sent.
    fn post(&self, call: &mut Call<'_>, mut sent: Sent, fill: impl FnOnce(&mut Message)) -> Value {
        let (bot, now) = (call.bot(), call.now);
        let (id, message) = call.state.post(self.chat, bot, now, |message| {
            message.message_thread_id = self.topic;
            message.is_topic_message = self.topic.is_some();
            message.reply_to_message.clone_from(&self.replied);
            message.is_silent = sent.silent;
            fill(message);
        });
        (sent.chat_id, sent.message_id, sent.topic) = (self.chat, id, self.topic);
        call.state.note(sent);
        message
    }
}

/// A picture or a document.
struct File {
    id: String,
    name: String,
    stored: Stored,
    /// Width and height of a picture.
    sides: Option<(u32, u32)>,
}

impl File {
    /// The file of a call: uploaded with it, or one that was uploaded before.
    fn of(call: &mut Call<'_>, kind: &str) -> Result<Self, Refusal> {
        let is_photo = kind == "photo";
        let (id, name, stored) = if let Some(Upload { name, bytes }) = call.parameters.file(kind).cloned() {
            if bytes.is_empty() {
                return Err(bad_request("file must be non-empty"));
            }
            let (id, stored) = call.state.keep(if is_photo { "photos" } else { "documents" }, &name, bytes);
            (id, name, stored)
        } else {
            let id = call.parameters.text(kind).ok_or_else(|| bad_request(&format!("there is no {kind} in the request")))?;
            let stored = call.state.files.get(&id).cloned();
            let stored = stored.ok_or_else(|| bad_request("wrong file identifier/HTTP URL specified"))?;
            let name = stored.path.rsplit('/').next().unwrap_or_default().to_owned();
            (id, name, stored)
        };
        let sides = dimensions(&stored.bytes);
        if is_photo && sides.is_none() {
            return Err(bad_request("IMAGE_PROCESS_FAILED"));
        }
        Ok(Self { id, name, stored, sides: sides.filter(|_| is_photo) })
    }

    fn shown(&self) -> SentFile {
        let Stored { path, bytes } = self.stored.clone();
        SentFile { name: self.name.clone(), path, size: bytes.len(), is_photo: self.sides.is_some(), bytes }
    }

    fn fill(self, message: &mut Message) {
        let (file_id, file_size) = (self.id, self.stored.bytes.len());
        let file_unique_id = format!("AQAD{}", file_id.get(file_id.len() - 6..).unwrap_or_default());
        if let Some((width, height)) = self.sides {
            message.photo.push(PhotoSize { file_id, file_unique_id, file_size, width, height });
        } else {
            let mime_type = mime_type(&self.name);
            message.document = Some(Document { file_id, file_unique_id, file_size, file_name: self.name, mime_type });
        }
    }
}

/// The message that a call answers, if it names one.
fn replied(call: &Call<'_>, chat: i64) -> Result<Option<Box<Message>>, Refusal> {
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
