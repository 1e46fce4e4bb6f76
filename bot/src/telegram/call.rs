//! One call of a method: JSON, or a form where a file goes with it; one attempt within one deadline.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value};

use super::failure::{self, Failure};
use super::{Fault, Telegram};
use crate::metrics;

/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// How long a call may take that sends a file.
const UPLOAD_DEADLINE: Duration = Duration::from_mins(1);

/// A call before it is made.
pub(super) struct Call {
    method: &'static str,
    fields: Map<String, Value>,
    file: Option<(&'static str, String, Vec<u8>)>,
    deadline: Duration,
}

impl Call {
    pub(super) fn new(method: &'static str) -> Self {
        Self { method, fields: Map::new(), file: None, deadline: DEADLINE }
    }

    /// Adds a parameter.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a parameter where there is one.
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a file.
    pub(super) fn with_file(mut self, field: &'static str, name: &str, bytes: Vec<u8>) -> Self {
        self.file = Some((field, name.to_owned(), bytes));
        self.deadline = UPLOAD_DEADLINE;
        self
    }

    /// Lets it take longer by what the service is asked to wait.
    pub(super) fn waiting(mut self, wait: Duration) -> Self {
        self.deadline += wait;
        self
    }

    fn form(&mut self) -> Option<Form> {
        let (field, name, bytes) = self.file.take()?;
        let mut form = Form::new().part(field, Part::bytes(bytes).file_name(name));
        for (name, value) in std::mem::take(&mut self.fields) {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            form = form.text(name, text);
        }
        Some(form)
    }
}

impl Telegram {
    /// Makes a call once; gives its result.
    ///
    /// A call that Telegram says it carried out succeeds, whatever its result looks like.
    pub(super) async fn call(&self, mut call: Call) -> Result<Value, Failure> {
        let address = self.address(call.method);
        let request = self.http.post(address).timeout(call.deadline);
        let request = match call.form() {
            Some(form) => request.multipart(form),
            None => request.json(&call.fields),
        };
        let response = request.send().await.map_err(|error| {
            metrics::telegram(call.method, None);
            failure::of_transport(&error)
        })?;
        let status = response.status();
        metrics::telegram(call.method, Some(status.as_u16()));
        let body = match response.bytes().await {
            Ok(body) => serde_json::from_slice::<Value>(&body).ok(),
            // An answer that ends early is an answer nobody can read.
            Err(_) => None,
        };
        match body {
            Some(mut body) if body["ok"] == true => Ok(body["result"].take()),
            // A message that has these very words already is what was asked for.
            Some(body) if body["description"].as_str().is_some_and(|words| words.contains("message is not modified")) => {
                Ok(Value::Bool(true))
            }
            body => Err(failure::of_answer(status, body.as_ref())),
        }
    }
}

impl Failure {
    /// Whether the message itself is wrong, and how.
    pub(crate) const fn fault(&self) -> Option<Fault> {
        match self {
            Self::Message(fault, _) => Some(*fault),
            _ => None,
        }
    }
}
