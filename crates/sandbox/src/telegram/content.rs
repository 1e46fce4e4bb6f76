//! Texts and keyboards as a bot sends them, checked as Telegram checks them.

use serde_json::Value;

use super::markup::{self, Entity, Formatted, units};
use super::parameters::Parameters;
use super::refusal::{Refusal, bad_request};

/// The longest text of a message, in UTF-16 code units after markup is parsed.
const LONGEST_TEXT: usize = 4_096;
/// The longest caption.
const LONGEST_CAPTION: usize = 1_024;
/// The most bytes a button may carry.
const LARGEST_DATA: usize = 64;

/// The text of a message that is only text.
pub(super) fn text(parameters: &Parameters) -> Result<Formatted, Refusal> {
    let formatted = formatted(parameters, "text", "entities")?;
    if formatted.text.is_empty() {
        return Err(bad_request("message text is empty"));
    }
    if units(&formatted.text) > LONGEST_TEXT {
        return Err(bad_request("message is too long"));
    }
    Ok(formatted)
}

/// The text under a picture or a document, if there is one.
pub(super) fn caption(parameters: &Parameters) -> Result<Option<Formatted>, Refusal> {
    let formatted = formatted(parameters, "caption", "caption_entities")?;
    if units(&formatted.text) > LONGEST_CAPTION {
        return Err(bad_request("message caption is too long"));
    }
    Ok(Some(formatted).filter(|formatted| !formatted.text.is_empty()))
}

fn formatted(parameters: &Parameters, text: &str, entities: &str) -> Result<Formatted, Refusal> {
    let source = parameters.text(text).unwrap_or_default();
    match parameters.text("parse_mode").as_deref().unwrap_or_default().to_lowercase().as_str() {
        "html" => markup::parse(&source).map_err(|wrong| bad_request(&format!("can't parse entities: {wrong}"))),
        "" | "none" => {
            let entities = parameters.json(entities)?.map(|value| explicit(&value)).unwrap_or_default();
            Ok(markup::trimmed(Formatted { text: source, entities }))
        }
        _ => Err(bad_request("unsupported parse_mode")),
    }
}

/// Entities that the bot worked out itself.
fn explicit(value: &Value) -> Vec<Entity> {
    let number = |entity: &Value, name: &str| entity[name].as_u64().and_then(|number| usize::try_from(number).ok());
    let text = |entity: &Value, name: &str| entity[name].as_str().map(str::to_owned);
    let entities = value.as_array().into_iter().flatten().filter_map(|entity| {
        let mut formatted = Entity::new(entity["type"].as_str()?, number(entity, "offset")?, number(entity, "length")?);
        formatted.url = text(entity, "url");
        formatted.language = text(entity, "language");
        Some(formatted)
    });
    entities.collect()
}

/// The keyboard of a message. An inline one is checked button by button.
pub(super) fn keyboard(parameters: &Parameters) -> Result<Option<Value>, Refusal> {
    let Some(markup) = parameters.json("reply_markup")? else { return Ok(None) };
    let Some(rows) = markup.get("inline_keyboard") else { return Ok(Some(markup)) };
    let rows = rows.as_array().ok_or_else(|| bad_request("can't parse inline keyboard: expected an Array"))?;
    for button in rows.iter().filter_map(Value::as_array).flatten() {
        check(button)?;
    }
    let is_empty = rows.iter().all(|row| row.as_array().is_none_or(Vec::is_empty));
    Ok(Some(markup).filter(|_| !is_empty))
}

fn check(button: &Value) -> Result<(), Refusal> {
    let text = button["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(bad_request("can't parse inline keyboard button: Field \"text\" must be non-empty"));
    }
    let data = button["callback_data"].as_str();
    if data.is_some_and(|data| data.is_empty() || data.len() > LARGEST_DATA) {
        return Err(bad_request("BUTTON_DATA_INVALID"));
    }
    let kinds = ["callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat", "web_app", "copy_text"];
    if kinds.iter().all(|kind| button.get(kind).is_none()) {
        return Err(bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"));
    }
    Ok(())
}
