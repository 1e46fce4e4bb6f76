//! Members of a body, each checked when it is read.

use axum::body::Bytes;
use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The object that a call was sent.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn read(body: &Bytes) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(other) => Err(Refusal::invalid("body", "Must be an object", "INVALID_TYPE", &other)),
            Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "INVALID_JSON", "Request body is not valid JSON")),
        }
    }

    /// As [`Self::read`], and no body is an empty object.
    pub(super) fn read_optional(body: &Bytes) -> Result<Self, Refusal> {
        if body.is_empty() { Ok(Self(Map::new())) } else { Self::read(body) }
    }

    /// A member as it is; null where there is none.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// A text of at most `longest` signs; null counts as absent.
    pub(super) fn text(&self, name: &str, longest: usize) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::String(text) if text.chars().count() > longest => {
                let message = format!("Must have at most {longest} characters");
                Err(Refusal::invalid(name, &message, "MAX_LENGTH", self.get(name)))
            }
            Value::String(text) => Ok(Some(text.clone())),
            other => Err(Refusal::invalid(name, "Must be a string", "INVALID_TYPE", other)),
        }
    }

    /// A text that may not be missing or blank.
    pub(super) fn required(&self, name: &str) -> Result<String, Refusal> {
        let text = self.text(name, LONGEST)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| Refusal::invalid(name, "Field required", "REQUIRED", self.get(name)))
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Refusal> {
        if self.get(name).is_null() {
            return Ok(None);
        }
        let number = self.get(name).as_u64().and_then(|number| u32::try_from(number).ok());
        let message = || format!("Must be an integer between {least} and {most}");
        number
            .filter(|number| (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| Refusal::invalid(name, &message(), "OUT_OF_RANGE", self.get(name)))
    }
}

/// The longest text that most members take.
pub(super) const LONGEST: usize = 255;
