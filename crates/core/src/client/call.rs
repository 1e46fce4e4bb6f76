//! A call before it is sent, and whether it may be sent again.

use chrono::NaiveDate;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;

use crate::error::{Error, ErrorKind, Result};

/// What a path segment keeps as it is; all else is percent-encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One call, before it is sent: what it is named in errors, where it goes and what it asks.
///
/// Has no `Debug`: a body may hold a new customer's password.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) repeat: Repeat,
}

/// Whether a call may be sent again after a failure, and what it sends.
#[derive(Clone)]
pub(crate) enum Repeat {
    /// A read: `GET`, repeated as the retry policy says.
    Safe,
    /// A call that changes something: sent exactly once, whatever happens.
    Never {
        method: Method,
        body: Option<Vec<u8>>,
        /// Where to find out whether it was done, should its answer be lost.
        look: &'static str,
    },
}

impl Repeat {
    pub(crate) fn method(&self) -> Method {
        match self {
            Self::Safe => Method::GET,
            Self::Never { method, .. } => method.clone(),
        }
    }

    pub(crate) fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Safe => None,
            Self::Never { body, .. } => body.as_deref(),
        }
    }

    /// What the failure of a call means: a change that left and has no clear answer may have been done.
    pub(crate) fn judged(&self, error: Error) -> Error {
        let unclear = matches!(error.kind(), ErrorKind::Server | ErrorKind::Decode) || error.status() == Some(408);
        match self {
            Self::Never { look, .. } if unclear => error.into_unknown(look),
            _ => error,
        }
    }
}

impl Call {
    /// A read of a fixed path.
    pub(crate) fn read(operation: &'static str, path: &str) -> Self {
        Self { operation, path: path.to_owned(), query: Vec::new(), repeat: Repeat::Safe }
    }

    /// A read of something that belongs to one customer: `accounts/{id}/{rest}`.
    ///
    /// An empty id is refused: the empty segment would turn the read of a row into the read of a list.
    pub(crate) fn read_of_customer(operation: &'static str, auth_id: &str, rest: &[&str]) -> Result<Self> {
        Self::read_below(operation, "accounts", &[&[auth_id], rest].concat())
    }

    /// A read of `{root}/{segment}/…`, every segment encoded; an empty one is refused.
    pub(crate) fn read_below(operation: &'static str, root: &str, segments: &[&str]) -> Result<Self> {
        let mut path = root.to_owned();
        for segment in segments {
            if segment.trim().trim_matches('.').is_empty() {
                return Err(Error::new(ErrorKind::Invalid, operation, "the id is empty; customer ids look like MA_XXXXXXXX"));
            }
            path.push('/');
            path.extend(utf8_percent_encode(segment, SEGMENT));
        }
        Ok(Self::read(operation, &path))
    }

    /// Makes a change of what was a read: sent once, with `body` as JSON; `look` says where a lost answer is looked up.
    pub(crate) fn changing(mut self, method: Method, body: Option<&serde_json::Value>, look: &'static str) -> Self {
        self.repeat = Repeat::Never { method, body: body.map(|body| body.to_string().into_bytes()), look };
        self
    }

    /// Adds a query parameter where there is a value for it.
    pub(crate) fn ask(mut self, key: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (key, value.to_string())));
        self
    }

    /// Adds a calendar day.
    pub(crate) fn day(self, key: &'static str, day: Option<NaiveDate>) -> Self {
        self.ask(key, day)
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.operation
    }
}
