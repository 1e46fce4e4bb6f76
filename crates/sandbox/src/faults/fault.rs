//! What can go wrong, and where.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which of the two services fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// The Partner API.
    #[default]
    Partner,
    /// The Bot API.
    Telegram,
}

/// What a spoilt body looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spoilt {
    /// Bytes that are not text.
    Garbage,
    /// The first half of the true body.
    Truncated,
    /// A page for people, as proxies answer with.
    Html,
    /// Nothing.
    Empty,
}

/// Where an answer says how long to wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hint {
    /// In the header, as seconds, and in the body.
    #[default]
    Both,
    /// In the header alone, as seconds.
    Header,
    /// In the header alone, as a date.
    Date,
    /// In the body alone.
    Body,
}

/// Something that goes wrong. Fields that are left out do nothing; without `operation`, `path` and
/// `chat` it strikes every call of its half.
///
/// ```
/// use vobiz_sandbox::Fault;
///
/// let busy = Fault { operation: Some("GET /dashboard".into()), status: Some(503), times: Some(2), ..Fault::default() };
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// The service.
    pub half: Half,
    /// One call: `GET /accounts/{id}/balance`, or a method of the Bot API.
    pub operation: Option<String>,
    /// Every path that begins like this, relative to the base path: `/accounts/MA_`.
    pub path: Option<String>,
    /// One chat, for the Bot API.
    pub chat: Option<i64>,
    /// The status to answer with, nothing being done.
    pub status: Option<u16>,
    /// What the error says.
    pub message: Option<String>,
    /// Seconds a client should wait; makes the status 429 where none is given.
    pub retry_after: Option<u64>,
    /// Where the answer says so.
    pub hint: Hint,
    /// What becomes of the body.
    pub body: Option<Spoilt>,
    /// A body to answer with.
    pub answer: Option<Value>,
    /// Milliseconds of real time to wait first.
    pub latency_ms: u64,
    /// Closes the connection instead of answering.
    pub drop: bool,
    /// Lets the call be done first, so that only its answer is lost.
    pub after: bool,
    /// Reads 0 in the wallet of this customer, whatever is in it. This and the next three are of the Partner API.
    pub zero_wallet: Option<String>,
    /// Seconds by which every instant of the answer lies ahead, or behind when below zero.
    pub skew_seconds: i64,
    /// Repeats the first answer that it struck, call by call, however the world moves on.
    pub stale: bool,
    /// Rows that came in before a page after the first was read, so that as many of the page before are on it again; below
    /// zero, rows that went away, so that as many are on no page.
    pub shift_rows: i64,
    /// How many calls it strikes before it is over; without end when left out.
    pub times: Option<u32>,
    /// How many in a hundred calls it strikes; all when left out.
    pub percent: Option<u32>,
}
