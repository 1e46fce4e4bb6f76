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
    pub(crate) kind: Kind,
}

/// What a call does, and so whether it may be sent again after a failure.
#[derive(Clone)]
pub(crate) enum Kind {
    /// `GET`, repeated as the retry policy says.
    Read,
    /// Sent exactly once, whatever happens.
    Change {
        method: Method,
        body: Option<Vec<u8>>,
        /// Where to find out whether it was done, should its answer be lost.
        look: &'static str,
    },
}

impl Kind {
    pub(crate) fn is_change(&self) -> bool {
        matches!(self, Self::Change { .. })
    }

    pub(crate) fn method(&self) -> Method {
        match self {
            Self::Read => Method::GET,
            Self::Change { method, .. } => method.clone(),
        }
    }

    pub(crate) fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Read => None,
            Self::Change { body, .. } => body.as_deref(),
        }
    }

    /// The error of a request that left and has no clear answer: a change may have been done.
    pub(crate) fn unclear(&self, error: Error) -> Error {
        match self {
            Self::Read => error,
            Self::Change { look, .. } => error.into_unknown(look),
        }
    }
}

impl Call {
    /// A read of a fixed path.
    pub(crate) fn read(operation: &'static str, path: &str) -> Self {
        Self { operation, path: path.to_owned(), query: Vec::new(), kind: Kind::Read }
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
        self.kind = Kind::Change { method, body: body.map(|body| body.to_string().into_bytes()), look };
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
