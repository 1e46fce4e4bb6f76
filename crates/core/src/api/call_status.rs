//! How a call ended.

use std::fmt;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// Somebody answered, and there was talk to bill.
    Answered,
    /// The other side was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// Anything else that was not a conversation.
    Failed,
    /// A word of the service that is none of these.
    Other(String),
}

impl CallStatus {
    fn word(&self) -> &str {
        match self {
            Self::Answered => "answered",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Hyphens are taken as underscores: `no-answer` is [`CallStatus::NoAnswer`].
impl From<&str> for CallStatus {
    fn from(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().replace('-', "_").as_str() {
            "answered" | "completed" => Self::Answered,
            "busy" => Self::Busy,
            "no_answer" => Self::NoAnswer,
            "failed" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }
}
