//! The client: one funnel through which every call goes.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::StreamExt as _;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::client::builder::ClientBuilder;
pub(crate) use crate::client::call::Call;
use crate::client::call::Repeat;
use crate::client::pace::Pace;
use crate::client::refusal::Refusal;
use crate::client::retry::{self, RetryPolicy};
use crate::client::wire;
use crate::error::{Error, ErrorKind, Result};

/// Largest body read, after decompression.
const BODY_CAP: usize = 50 * 1024 * 1024;
/// Largest body read of an answer that is not a success: of it a sentence is kept.
const REFUSAL_CAP: usize = 1024 * 1024;
/// Redirects followed on the same host.
const REDIRECTS: u32 = 5;

pub(crate) const AUTH_ID: HeaderName = HeaderName::from_static("x-auth-id");
pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// A client of the Partner API. Cheap to clone; clones share their pace and their connections.
///
/// ```no_run
/// # async fn example() -> vobiz_core::Result<()> {
/// let client = vobiz_core::PartnerClient::from_env()?;
/// println!("{:?}", client.dashboard().await?.total_balance);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PartnerClient(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) token: SecretString,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pace: Pace,
    pub(crate) slots: Semaphore,
    pub(crate) concurrency: usize,
    pub(crate) may_change: bool,
}

impl fmt::Debug for PartnerClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerClient").field("base_url", &self.0.base.as_str()).finish_non_exhaustive()
    }
}

impl PartnerClient {
    /// Starts a client from its two credentials.
    pub fn builder(auth_id: impl Into<String>, auth_token: impl Into<SecretString>) -> ClientBuilder {
        ClientBuilder::new(auth_id.into(), auth_token.into())
    }

    /// Builds a client from `VOBIZ_AUTH_ID`, `VOBIZ_AUTH_TOKEN` (or `VOBIZ_AUTH_TOKEN_FILE`) and, where set, `VOBIZ_BASE_URL`.
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Where calls go, with its trailing slash.
    pub fn base_url(&self) -> &str {
        self.0.base.as_str()
    }

    /// How many calls may be under way at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.0.concurrency
    }

    /// Refuses a change where the client is read-only.
    pub(crate) fn may_change(&self, operation: &'static str) -> Result<()> {
        if self.0.may_change {
            return Ok(());
        }
        let detail = "this client is read-only, and nothing was sent; build it with allow_changes() to permit changes";
        Err(Error::new(ErrorKind::ReadOnly, operation, detail))
    }

    /// Reads something that has no method of its own, as plain JSON whose numbers keep their digits.
    ///
    /// `path` is relative to the base address: `client.get("concurrency/transfers", &[("limit", "50")])`.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<serde_json::Value> {
        const OPERATION: &str = "get";
        let mut url = self.url(OPERATION, path.trim_start_matches('/'))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(OPERATION, url, &Repeat::Safe).await
    }

    /// Sends a call. Every method of the crate ends up here, and nothing else touches `http`.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        if matches!(call.repeat, Repeat::Never { .. }) {
            self.may_change(call.operation)?;
        }
        let mut url = self.url(call.operation, &call.path)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        self.send(call.operation, url, &call.repeat).await
    }

    fn url(&self, operation: &'static str, path: &str) -> Result<Url> {
        let url = self.0.base.join(path).ok().filter(|url| url.as_str().starts_with(self.0.base.as_str()));
        url.ok_or_else(|| {
            Error::new(ErrorKind::Invalid, operation, "the path leads outside the base address; give it relative to that")
        })
    }

    async fn send<T: DeserializeOwned>(&self, operation: &'static str, url: Url, repeat: &Repeat) -> Result<T> {
        use tracing::field::Empty;
        let span =
            tracing::debug_span!("vobiz call", operation, attempts = Empty, status = Empty, duration_ms = Empty, bytes = Empty);
        let (started, noted) = (Instant::now(), span.clone());
        let sent = async {
            let mut attempt = 1;
            loop {
                noted.record("attempts", attempt);
                let error = match self.attempt(operation, url.clone(), repeat).await {
                    Ok(answer) => {
                        noted.record("status", answer.status).record("bytes", answer.body.len());
                        return answer.decode(operation, repeat);
                    }
                    Err(error) => repeat.judged(error),
                };
                noted.record("status", error.status());
                let wait = if matches!(repeat, Repeat::Safe) && error.is_transient() {
                    self.0.retry.wait(attempt, started.elapsed(), error.retry_after())
                } else {
                    None
                };
                let Some(wait) = wait else { return Err(error) };
                tracing::debug!(attempt, wait_ms = wait.as_millis(), error = %error, "call failed and will be tried again");
                if error.kind() == ErrorKind::RateLimited {
                    self.0.pace.hold(wait);
                }
                tokio::time::sleep(wait).await;
                attempt += 1;
            }
        };
        let result = sent.instrument(span.clone()).await;
        span.record("duration_ms", started.elapsed().as_millis());
        result
    }

    /// One request and its answer, redirects on the same host included.
    async fn attempt(&self, operation: &'static str, mut url: Url, repeat: &Repeat) -> Result<Answer> {
        let closed = |_| Error::new(ErrorKind::Config, operation, "the client is shutting down");
        let _slot = self.0.slots.acquire().await.map_err(closed)?;
        for _ in 0..=REDIRECTS {
            self.0.pace.ready().await;
            let mut request =
                self.0.http.request(repeat.method(), url.clone()).headers(self.0.headers.clone()).timeout(self.0.timeout);
            if let Some(body) = repeat.body() {
                request = request.header(CONTENT_TYPE, "application/json").body(body.to_vec());
            }
            let response = request.send().await.map_err(|error| self.lost(operation, error, repeat))?;
            let status = response.status();
            tracing::debug!(status = status.as_u16(), "answered");
            if status.is_success() {
                let request_id = request_id(&response).map(|id| self.without_token(&id));
                let body = self.body(operation, response, repeat, BODY_CAP).await;
                let body = body.map_err(|error| error.with_request_id(request_id.clone()))?;
                return Ok(Answer { status: status.as_u16(), body, request_id });
            }
            if !status.is_redirection() {
                return Err(self.refused(operation, response, repeat).await);
            }
            url = self.redirected(operation, &url, &response)?;
            if matches!(repeat, Repeat::Never { .. }) {
                let detail = "redirected, which is not followed for a call that changes something; check the base address";
                return Err(Error::new(ErrorKind::Redirect, operation, detail).with_status(status.as_u16()));
            }
        }
        Err(Error::new(ErrorKind::Redirect, operation, "redirected in a circle"))
    }

    /// Where a redirect leads, unless that is another host: credentials stay with the configured one.
    fn redirected(&self, operation: &'static str, from: &Url, response: &Response) -> Result<Url> {
        let status = response.status().as_u16();
        let target = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| from.join(to).ok());
        match target {
            Some(target) if target.origin() == self.0.base.origin() => Ok(target),
            other => {
                let place = other.as_ref().and_then(Url::host_str).unwrap_or("nowhere").to_owned();
                let detail = format!(
                    "{} redirects to {place}, which is not followed because credentials would go there; check the base address",
                    self.host()
                );
                Err(Error::new(ErrorKind::Redirect, operation, detail).with_status(status))
            }
        }
    }

    /// The body after decompression, unless it is larger than `cap`: then no more of it is read.
    async fn body(&self, operation: &'static str, response: Response, repeat: &Repeat, cap: usize) -> Result<Vec<u8>> {
        let mut body = Vec::with_capacity(usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(0).min(cap));
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| self.lost(operation, error, repeat))?;
            if body.len() + chunk.len() > cap {
                let detail = format!("the answer is larger than {} MB", cap / (1024 * 1024));
                return Err(Error::new(ErrorKind::Decode, operation, detail));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// No answer, or half of one.
    fn lost(&self, operation: &'static str, error: reqwest::Error, repeat: &Repeat) -> Error {
        let error = error.without_url();
        let host = self.host();
        let cause = root_cause(&error);
        let left = !error.is_connect();
        let (kind, detail) = if error.is_timeout() {
            (ErrorKind::Timeout, format!("no answer from {host} within {} s", self.0.timeout.as_secs_f32()))
        } else if error.is_connect() {
            (ErrorKind::Connect, format!("cannot connect to {host}: {cause}"))
        } else {
            (ErrorKind::Connect, format!("connection to {host} lost before the whole answer came: {cause}"))
        };
        let error = Error::new(kind, operation, detail).with_source(error);
        match repeat {
            Repeat::Never { look, .. } if left => error.into_unknown(look),
            Repeat::Never { .. } => error.with_kind(ErrorKind::Connect),
            Repeat::Safe => error,
        }
    }

    /// An answer that is not a success, in the service's words.
    async fn refused(&self, operation: &'static str, response: Response, repeat: &Repeat) -> Error {
        let status = response.status();
        let hint = retry::retry_after(response.headers(), SystemTime::now());
        let id = request_id(&response);
        let html = response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let said = self.body(operation, response, repeat, REFUSAL_CAP).await.map(|body| Refusal::read(&body)).unwrap_or_default();
        let words = match said.message {
            Some(message) => self.without_token(&message),
            None if html => "it sent a web page instead of a reason".to_owned(),
            None => "it gave no reason".to_owned(),
        };
        let host = self.host();
        let (kind, detail) = match status {
            StatusCode::UNAUTHORIZED => (
                ErrorKind::Unauthorized,
                format!(
                    "{host} refused the credentials: {words}; check the partner's auth id and token (VOBIZ_AUTH_ID, VOBIZ_AUTH_TOKEN)"
                ),
            ),
            StatusCode::FORBIDDEN => (ErrorKind::Forbidden, format!("not allowed: {words}; see the can_… flags of the profile")),
            StatusCode::NOT_FOUND => (
                ErrorKind::NotFound,
                format!(
                    "not found: {words}; it does not exist, belongs to another partner, or the base address {} is wrong",
                    self.0.base
                ),
            ),
            StatusCode::TOO_MANY_REQUESTS => (ErrorKind::RateLimited, format!("too many requests: {words}")),
            status if status.is_server_error() => (ErrorKind::Server, format!("{host} failed: {words}")),
            _ => (ErrorKind::Rejected, format!("declined: {words}")),
        };
        Error::new(kind, operation, detail)
            .with_status(status.as_u16())
            .with_code(said.code.map(|code| self.without_token(&code)))
            .with_request_id(said.request_id.or(id).map(|id| self.without_token(&id)))
            .with_retry_after(hint.max(said.retry_after))
    }

    /// The service's words, should they repeat our own token.
    fn without_token(&self, words: &str) -> String {
        words.replace(self.0.token.expose_secret(), "…")
    }

    fn host(&self) -> String {
        let host = self.0.base.host_str().unwrap_or_default();
        self.0.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// A success, not decoded yet.
struct Answer {
    status: u16,
    body: Vec<u8>,
    request_id: Option<String>,
}

impl Answer {
    fn decode<T: DeserializeOwned>(self, operation: &'static str, repeat: &Repeat) -> Result<T> {
        // Some changes are confirmed with a status alone.
        let bare = matches!(repeat, Repeat::Never { .. }) && self.body.trim_ascii().is_empty();
        decode(operation, if bare { b"null" } else { &self.body })
            .map_err(|error| repeat.judged(error.with_request_id(self.request_id)))
    }
}

/// The id that the answer's own header gives to the request.
fn request_id(response: &Response) -> Option<String> {
    response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(|id| id.chars().take(100).collect())
}

fn decode<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    wire::decode(body).map_err(|reason| {
        let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
        let detail = match start {
            None => "the answer is empty".to_owned(),
            Some(b'<') => "the answer is a web page, not JSON; check the base address".to_owned(),
            Some(_) => format!("the answer was not understood: {reason}"),
        };
        Error::new(ErrorKind::Decode, operation, detail)
    })
}

/// An object that decoded, unless it holds nothing that `known` looks for: then it was some other body.
pub(crate) fn understood<T>(operation: &'static str, value: T, known: fn(&T) -> bool) -> Result<T> {
    if known(&value) {
        return Ok(value);
    }
    Err(Error::new(ErrorKind::Decode, operation, "the answer was not understood: an object with none of the expected fields"))
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The headers of every request, the token marked so that nothing prints it.
pub(crate) fn headers(auth_id: &str, token: &SecretString) -> Result<HeaderMap> {
    let value = |text: &str, name: &str| {
        HeaderValue::from_str(text).map_err(|_| {
            Error::new(
                ErrorKind::Config,
                "build client",
                format!("{name} holds a line break or another sign that no header can carry"),
            )
        })
    };
    let mut secret = value(token.expose_secret(), "the auth token")?;
    secret.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(AUTH_ID, value(auth_id, "the auth id")?);
    headers.insert(AUTH_TOKEN, secret);
    Ok(headers)
}
