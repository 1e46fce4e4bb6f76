//! Messages before they are owed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use vobiz_core::alert::{AlertKey, SubjectId};

/// A message to one chat, before it is owed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) chat: i64,
    pub(crate) html: String,
    /// A picture that the text is the caption of.
    pub(crate) picture: Option<Document>,
    /// A document that the text is the caption of, where there is no picture.
    pub(crate) document: Option<Document>,
    /// Whether it comes without sound.
    pub(crate) silent: bool,
    /// The buttons under it, in rows.
    pub(crate) buttons: Buttons,
    /// The message that is changed to this one, instead of sending another.
    pub(crate) edits: Option<i32>,
    /// The forum topic it belongs to; `None` in General and outside forums.
    pub(crate) thread: Option<i32>,
    /// Messages of one slot replace each other: this one edits what the last one of its slot became, if that was sent.
    pub(crate) slot: Option<String>,
    /// Whether it is the chat's board: pinned once it was sent, and not sent again where it cannot be changed.
    pub(crate) is_board: bool,
    /// Of the messages owed to a chat, the most urgent is sent first.
    pub(crate) priority: Priority,
    /// The alerts that it is about; `None` where it is about none. Messages about alerts can become one before they are sent.
    pub(crate) alerts: Option<Vec<AlertLine>>,
}

/// A picture or another file under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// How urgent a message is; the least is the most urgent. The numbers are in the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Priority {
    /// A critical alert, or that the service cannot be read.
    Critical = 0,
    /// The answer to somebody who waits for it.
    #[default]
    Answer = 1,
    /// A warning.
    Warning = 2,
    /// The end of an alert.
    Resolved = 3,
    /// A summary.
    Summary = 4,
}

/// One alert of a message, as far as it is needed to say later what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AlertLine {
    pub(crate) rule: String,
    /// The customer's id, or the name of another subject.
    pub(crate) subject: String,
    /// The customer's name.
    pub(crate) name: Option<String>,
    /// `critical`, `warning`.
    pub(crate) severity: String,
    /// Whether the alert fires; else it ended.
    pub(crate) is_firing: bool,
    /// The alert on a line of HTML.
    pub(crate) html: String,
    /// The value it was decided on.
    pub(crate) value: String,
    /// The level of its severity.
    pub(crate) level: String,
    /// When it was decided.
    pub(crate) at: DateTime<Utc>,
    /// Since when it fires, or fired.
    pub(crate) since: DateTime<Utc>,
}

impl AlertLine {
    /// The alert that it is about.
    pub(crate) fn key(&self) -> AlertKey {
        AlertKey::new(self.rule.clone(), SubjectId::from(self.subject.as_str()))
    }
}

/// A button under a message. Pressing it is as if its command was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Button {
    pub(crate) text: String,
    pub(crate) command: String,
    /// What the button carries: the reference to its stored intent, once the message is owed.
    #[serde(default)]
    pub(crate) data: Option<String>,
}

/// Buttons in rows.
pub(crate) type Buttons = Vec<Vec<Button>>;
