//! One call of a method, as the methods see it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::bot::bot;
use super::markup::Formatted;
use super::message::Person;
use super::parameters::Parameters;
use super::sent::{Sent, buttons};
use super::state::State;

/// One call of a method.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) method: &'static str,
    pub(super) parameters: &'a Parameters,
    pub(super) now: DateTime<Utc>,
    pub(super) bot_id: i64,
}

impl Call<'_> {
    pub(super) fn bot(&self) -> Person {
        bot(self.bot_id)
    }

    /// A note of this call, whose chat and message are still to be filled in.
    pub(super) fn noted(&self, text: &str, shown: &Formatted, reply_markup: Option<Value>) -> Sent {
        Sent {
            number: 0,
            at: self.now,
            method: self.method.to_owned(),
            chat_id: 0,
            message_id: 0,
            topic: None,
            text: self.parameters.text(text),
            parse_mode: self.parameters.text("parse_mode"),
            plain: shown.text.clone(),
            entities: shown.entities.clone(),
            buttons: buttons(reply_markup.as_ref()),
            reply_markup,
            file: None,
            silent: self.parameters.flag("disable_notification"),
            show_alert: self.parameters.flag("show_alert"),
        }
    }
}
