//! What can go wrong, in words a person can act on.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, coarse enough for a caller to act on.
///
/// Deliberately exhaustive: code that maps kinds (an exception hierarchy, exit codes) matches without
/// a wildcard, so that a new kind does not compile until each of them says what it means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The client was set up wrongly: a missing credential, a bad address. Nothing was sent.
    Config,
    /// An argument was refused before anything was sent.
    Invalid,
    /// A call that changes something was asked of a read-only client. Nothing was sent.
    ReadOnly,
    /// 401: the credentials were refused. Repeating does not help.
    Unauthorized,
    /// 403: these credentials may not do this.
    Forbidden,
    /// 404: unknown here, someone else's, or a wrong base address.
    NotFound,
    /// Any other 4xx: the request was understood and declined.
    Rejected,
    /// 429: too many requests; [`Error::retry_after`] may say how long to wait.
    RateLimited,
    /// 5xx: the service failed.
    Server,
    /// No connection: name not resolved, refused, TLS failure, connection lost.
    Connect,
    /// No answer within the time allowed.
    Timeout,
    /// The answer was a redirect that is not followed, because it leads to another host.
    Redirect,
    /// An answer came and could not be understood.
    Decode,
    /// A list ended before all its rows were seen; [`Error::rows`] has those that were.
    Incomplete,
    /// A call that changes something was sent and its answer was lost: it may have been done.
    OutcomeUnknown,
}

impl ErrorKind {
    /// The stable name of the kind, as logs, JSON output and metrics show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Invalid => "invalid",
            Self::ReadOnly => "read_only",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Redirect => "redirect",
            Self::Decode => "decode",
            Self::Incomplete => "incomplete",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

/// An error of this crate. Its text and its `Debug` hold no credential, header, query or body.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    status: Option<u16>,
    code: Option<String>,
    detail: String,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    rows: Option<Arc<dyn Any + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            status: None,
            code: None,
            detail: detail.into(),
            request_id: None,
            retry_after: None,
            source: None,
            rows: None,
        }))
    }

    /// The error of a change whose answer was lost: it may have been done, and `look` says where to find out.
    pub(crate) fn into_unknown(mut self, look: &str) -> Self {
        self.0.kind = ErrorKind::OutcomeUnknown;
        self.0.detail = format!("{}; it may have been done and was not sent again: {look}", self.0.detail);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_rows<T: Send + Sync + 'static>(mut self, rows: Vec<T>) -> Self {
        self.0.rows = Some(Arc::new(rows));
        self
    }

    /// What went wrong, to match on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was tried: `read dashboard`, `list accounts`, …
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The HTTP status, where an answer came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code, such as `INVALID_CREDENTIALS`, where it sent one.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What happened, without the operation and the status.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The id under which the service may know this request, where it sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the service asked to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::RateLimited | ErrorKind::Connect | ErrorKind::Timeout => true,
            // What is not implemented will not be a moment later.
            ErrorKind::Server => self.0.status != Some(501),
            ErrorKind::Rejected => self.0.status == Some(408),
            ErrorKind::Config
            | ErrorKind::Invalid
            | ErrorKind::ReadOnly
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Redirect
            | ErrorKind::Decode
            | ErrorKind::Incomplete
            | ErrorKind::OutcomeUnknown => false,
        }
    }

    /// The rows that were read before an [`ErrorKind::Incomplete`] list ended.
    pub fn rows<T: 'static>(&self) -> Option<&[T]> {
        self.0.rows.as_deref()?.downcast_ref::<Vec<T>>().map(Vec::as_slice)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, status, detail, request_id, .. } = &*self.0;
        write!(f, "{operation}: {detail}")?;
        if let Some(status) = status {
            write!(f, " (HTTP {status})")?;
        }
        if let Some(id) = request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.0.kind).field("text", &self.to_string()).finish_non_exhaustive()
    }
}

/// The innermost cause of an error: `invalid peer certificate: UnknownIssuer` rather than `error sending request`.
pub fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
