//! A method's parameters, wherever they come from: query, JSON, form or multipart.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Map, Value};

use super::refusal::{Refusal, bad_request};

/// A file that came with a request.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

/// What a method was called with.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    values: Map<String, Value>,
    files: BTreeMap<String, Upload>,
}

/// The largest file a bot may send.
const LARGEST_BODY: usize = 52 * 1024 * 1024;

impl Parameters {
    /// Reads all parameters of a request; those of the body win over those of the query.
    ///
    /// The body is read to its end, whatever its form: an answer to a body that was read in part ends the connection.
    pub(super) async fn read(request: Request) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        let (head, body) = request.into_parts();
        parameters.form(head.uri.query().unwrap_or_default());
        let body = axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|_| bad_request("can't read body"))?;
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        if kind.starts_with("multipart/") {
            let request = Request::from_parts(head, body.into());
            parameters.multipart(request).await.map_err(|_| bad_request("can't parse multipart form"))?;
        } else if kind.starts_with("application/json") && !body.is_empty() {
            match serde_json::from_slice(&body) {
                Ok(Value::Object(values)) => parameters.values.extend(values),
                _ => return Err(bad_request("can't parse JSON object")),
            }
        } else {
            parameters.form(&String::from_utf8_lossy(&body));
        }
        Ok(parameters)
    }

    fn form(&mut self, text: &str) {
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        self.values.extend(pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))));
    }

    async fn multipart(&mut self, request: Request) -> anyhow::Result<()> {
        let mut form = Multipart::from_request(request, &()).await?;
        while let Some(field) = form.next_field().await? {
            let part = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned).or_else(|| encoded_file_name(field.headers())) {
                Some(name) => {
                    let upload = Upload { name, bytes: field.bytes().await? };
                    self.files.insert(part, upload);
                }
                None => {
                    self.values.insert(part, Value::String(field.text().await?));
                }
            }
        }
        Ok(())
    }

    /// A text, or a number or truth value written as one.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| matches!(text.to_lowercase().as_str(), "true" | "1" | "yes"))
    }

    /// A structured value, which forms carry as JSON text. Text that is not JSON is an error.
    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.values.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => {
                serde_json::from_str(text).map(Some).map_err(|_| bad_request(&format!("can't parse {name} JSON object")))
            }
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// The file of a parameter: uploaded under its name, or under another as `attach://name`.
    pub(super) fn file(&self, name: &str) -> Option<&Upload> {
        let attached = self.text(name).and_then(|text| text.strip_prefix("attach://").map(str::to_owned));
        self.files.get(attached.as_deref().unwrap_or(name))
    }

    /// The parameters with which one item of an album would be sent alone.
    pub(super) fn of_item(&self, item: &Value, kind: &str) -> Self {
        let mut values = self.values.clone();
        values.extend(item.as_object().cloned().unwrap_or_default());
        values.insert(kind.to_owned(), item["media"].clone());
        Self { values, files: self.files.clone() }
    }

    /// The kinds of updates that a bot asks for, where it names any; an empty list asks for the usual ones.
    pub(super) fn allowed_kinds(&self) -> Result<Option<Vec<String>>, Refusal> {
        let allowed = self.json("allowed_updates")?;
        let names = allowed.as_ref().and_then(Value::as_array);
        Ok(names.map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
    }

    /// The chat a method is about.
    pub(super) fn chat_id(&self) -> Result<i64, Refusal> {
        match self.text("chat_id") {
            None => Err(bad_request("chat_id is empty")),
            Some(_) => self.integer("chat_id").filter(|id| *id != 0).ok_or_else(|| bad_request("chat not found")),
        }
    }

    /// The message a method is about.
    pub(super) fn message_id(&self) -> Result<i32, Refusal> {
        let number = self.integer("message_id").and_then(|number| i32::try_from(number).ok());
        number.ok_or_else(|| bad_request("message identifier is not specified"))
    }
}

/// The file name of a part that gives it in the extended form of RFC 8187 alone: `filename*=UTF-8''usage.csv`.
fn encoded_file_name(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
    let value = disposition.split(';').find_map(|attribute| attribute.trim().strip_prefix("filename*="))?;
    let (_, name) = value.split_once("''")?;
    Some(percent_decode_str(name).decode_utf8_lossy().into_owned())
}

/// Everything that can be written as JSON, as a JSON value.
pub(super) fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
