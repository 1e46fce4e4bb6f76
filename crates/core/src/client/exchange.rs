//! One call on its way: attempts, waits, redirects, and what a failure means.

use std::time::{Duration, SystemTime};

use futures::StreamExt as _;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode, Url};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use crate::client::answer::Answer;
use crate::client::call::Kind;
use crate::client::decode::decode;
use crate::client::inner::Inner;
use crate::client::pace::Hold;
use crate::client::refusal::Refusal;
use crate::client::retry;
use crate::client::wire::Read;
use crate::error::{Error, ErrorKind, Result, root_cause};

/// Largest body read, after decompression.
const BODY_CAP: usize = 50 * 1024 * 1024;
/// Largest body read of an answer that is not a success: a sentence of it is kept.
const REFUSAL_CAP: usize = 1024 * 1024;
/// Redirects followed on the same host.
const REDIRECTS: u32 = 5;

/// A call that is being made. It ends with an answer or an error by the retry policy's deadline.
pub(crate) struct Exchange<'a> {
    inner: &'a Inner,
    operation: &'static str,
    kind: &'a Kind,
    url: Url,
    started: Instant,
    deadline: Instant,
}

/// A success, not decoded yet.
struct Success {
    status: u16,
    body: Vec<u8>,
    request_id: Option<String>,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(inner: &'a Inner, operation: &'static str, kind: &'a Kind, url: Url) -> Self {
        let started = Instant::now();
        // A deadline beyond what a clock can hold is none.
        let far = Duration::from_hours(24 * 365);
        Self { inner, operation, kind, url, started, deadline: started + inner.retry.deadline.min(far) }
    }

    /// Sends it, a read as often as the retry policy allows, and decodes the answer. What happens is recorded in `span`.
    pub(crate) async fn run<T: for<'de> Read<'de>>(&self, strict: bool, span: &Span) -> Result<Answer<T>> {
        let mut attempt = 1;
        loop {
            span.record("attempts", attempt);
            let error = match self.attempt().await {
                Ok(success) => {
                    span.record("status", success.status).record("bytes", success.body.len());
                    return self.decoded(success, strict);
                }
                Err(error) => error,
            };
            span.record("status", error.status());
            if self.kind.is_change() || !error.is_transient() {
                return Err(error);
            }
            self.hold(&error);
            let wait = self.inner.retry.wait(attempt, self.started.elapsed(), error.retry_after());
            let Some(wait) = wait else { return Err(error) };
            tracing::debug!(attempt, wait_ms = wait.as_millis(), error = %error, "call failed and will be tried again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Keeps every clone from asking again before the service wants it: after 429 anything, after a failure this operation.
    fn hold(&self, error: &Error) {
        if let Some(wait) = error.retry_after() {
            let is_general = error.kind() == ErrorKind::RateLimited;
            self.inner.pace.hold(if is_general { None } else { Some(self.operation) }, wait, Instant::now());
        }
    }

    /// One request and its answer, redirects on the same host included.
    async fn attempt(&self) -> Result<Success> {
        let waiting = async {
            let slot = self.inner.slots.acquire().await;
            self.ready().await.map(|()| slot)
        };
        let _slot = timeout_at(self.deadline, waiting).await.map_err(|_| self.not_sent("waited too long for its turn"))??;
        let mut url = self.url.clone();
        for hop in 0..=REDIRECTS {
            if hop > 0 {
                timeout_at(self.deadline, self.ready()).await.map_err(|_| self.not_sent("redirected until time ran out"))??;
            }
            let response = self.request(url.clone()).await?;
            let status = response.status();
            tracing::debug!(status = status.as_u16(), "answered");
            if status.is_success() {
                let request_id = request_id(&response).map(|id| self.without_token(&id));
                let body = self.body(response, BODY_CAP).await.map_err(|error| error.with_request_id(request_id.clone()))?;
                return Ok(Success { status: status.as_u16(), body, request_id });
            }
            if !status.is_redirection() {
                return Err(self.refused(response).await);
            }
            url = self.redirected(&url, &response)?;
        }
        Err(Error::new(ErrorKind::Redirect, self.operation, "redirected in a circle"))
    }

    /// Waits for the pace; an error where the service wants to be left alone for longer than a caller should wait.
    async fn ready(&self) -> Result<()> {
        let patience = self.inner.retry.retry_after_cap.min(self.deadline.saturating_duration_since(Instant::now()));
        self.inner.pace.ready(self.operation, patience).await.map_err(|Hold { left, is_general }| {
            let (kind, why) = if is_general {
                (ErrorKind::RateLimited, "too many requests")
            } else {
                (ErrorKind::Server, "the service is not ready")
            };
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            let detail = format!("{why}: {} asked to wait {seconds} s more; nothing was sent", self.inner.host());
            Error::new(kind, self.operation, detail).with_retry_after(Some(left))
        })
    }

    fn not_sent(&self, why: &str) -> Error {
        let detail = format!("{why} ({} s in all); nothing was sent", self.inner.retry.deadline.as_secs_f32());
        Error::new(ErrorKind::Timeout, self.operation, detail)
    }

    async fn request(&self, url: Url) -> Result<Response> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let request = self.inner.http.request(self.kind.method(), url).headers(self.inner.headers.clone());
        let mut request = request.timeout(self.inner.timeout.min(left));
        if let Some(body) = self.kind.body() {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        request.send().await.map_err(|error| self.lost(error))
    }

    /// Where a redirect leads, unless that is another host: credentials stay with the configured one. A change is not sent
    /// again; whether it was done before the redirect is not known.
    fn redirected(&self, from: &Url, response: &Response) -> Result<Url> {
        let error =
            |detail: String| Error::new(ErrorKind::Redirect, self.operation, detail).with_status(response.status().as_u16());
        if self.kind.is_change() {
            let detail = "redirected, which is not followed for a call that changes something; check the base address";
            return Err(self.kind.unclear(error(detail.to_owned())));
        }
        let target = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| from.join(to).ok());
        match target {
            Some(target) if target.origin() == self.inner.base.origin() => Ok(target),
            other => {
                let place = other.as_ref().and_then(Url::host_str).unwrap_or("nowhere");
                Err(error(format!(
                    "{} redirects to {place}, which is not followed because credentials would go there; check the base address",
                    self.inner.host()
                )))
            }
        }
    }

    /// The body after decompression, unless it is larger than `cap`: then no more of it is read.
    async fn body(&self, response: Response, cap: usize) -> Result<Vec<u8>> {
        let mut body = Vec::with_capacity(usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(0).min(cap));
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| self.lost(error))?;
            if body.len() + chunk.len() > cap {
                let detail = format!("the answer is larger than {} MB", cap / (1024 * 1024));
                return Err(self.kind.unclear(Error::new(ErrorKind::Decode, self.operation, detail)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn decoded<T: for<'de> Read<'de>>(&self, success: Success, strict: bool) -> Result<Answer<T>> {
        // Some changes are confirmed with a status alone.
        let is_bare = self.kind.is_change() && success.body.trim_ascii().is_empty();
        let body = if is_bare { b"null" } else { &*success.body };
        match decode(body, strict) {
            Ok((value, oddities)) => Ok(Answer { value, oddities, request_id: success.request_id }),
            Err(reason) => {
                let detail = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
                    None => "the answer is empty".to_owned(),
                    Some(b'<') => "the answer is a web page, not JSON; check the base address".to_owned(),
                    Some(_) => format!("the answer was not understood: {reason}"),
                };
                let error = Error::new(ErrorKind::Decode, self.operation, detail).with_request_id(success.request_id);
                Err(self.kind.unclear(error))
            }
        }
    }

    /// No answer, or half of one.
    fn lost(&self, error: reqwest::Error) -> Error {
        let error = error.without_url();
        let host = self.inner.host();
        let never_left = error.is_connect();
        let (kind, detail) = match (never_left, error.is_timeout()) {
            (true, true) => {
                let limit = self.inner.connect_timeout.as_secs_f32();
                (ErrorKind::Connect, format!("no connection to {host} within {limit} s"))
            }
            (true, false) => (ErrorKind::Connect, format!("cannot connect to {host}: {}", root_cause(&error))),
            (false, true) => {
                let limit = self.inner.timeout.min(self.inner.retry.deadline).as_secs_f32();
                (ErrorKind::Timeout, format!("no answer from {host} within {limit} s"))
            }
            (false, false) => {
                let cause = root_cause(&error);
                (ErrorKind::Connect, format!("connection to {host} lost before the whole answer came: {cause}"))
            }
        };
        let error = Error::new(kind, self.operation, detail).with_source(error);
        if never_left { error } else { self.kind.unclear(error) }
    }

    /// An answer that is not a success, in the service's words.
    async fn refused(&self, response: Response) -> Error {
        let status = response.status();
        let hint = retry::retry_after(response.headers(), SystemTime::now());
        let id = request_id(&response);
        let is_html = response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let refusal = self.body(response, REFUSAL_CAP).await.map(|body| Refusal::read(&body)).unwrap_or_default();
        let words = match &refusal.message {
            Some(message) => self.without_token(message),
            None if is_html => "it sent a web page instead of a reason".to_owned(),
            None => "it gave no reason".to_owned(),
        };
        let (kind, detail) = self.meaning(status, &words);
        let error = Error::new(kind, self.operation, detail)
            .with_status(status.as_u16())
            .with_code(refusal.code.map(|code| self.without_token(&code)))
            .with_request_id(refusal.request_id.or(id).map(|id| self.without_token(&id)))
            .with_retry_after(hint.max(refusal.retry_after));
        let is_unclear = kind == ErrorKind::Server || status == StatusCode::REQUEST_TIMEOUT;
        if is_unclear { self.kind.unclear(error) } else { error }
    }

    /// What a status means, with the service's own words.
    fn meaning(&self, status: StatusCode, words: &str) -> (ErrorKind, String) {
        let host = self.inner.host();
        match status {
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
                    self.inner.base
                ),
            ),
            StatusCode::TOO_MANY_REQUESTS => (ErrorKind::RateLimited, format!("too many requests: {words}")),
            status if status.is_server_error() => (ErrorKind::Server, format!("{host} failed: {words}")),
            _ => (ErrorKind::Rejected, format!("declined: {words}")),
        }
    }

    /// The service's words, should they repeat our own token.
    fn without_token(&self, words: &str) -> String {
        words.replace(self.inner.token.expose_secret(), "…")
    }
}

/// The id that the answer's own header gives to the request.
fn request_id(response: &Response) -> Option<String> {
    response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(|id| id.chars().take(100).collect())
}
