//! The client: one way out, through which every call goes.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use secrecy::SecretString;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::client::answer::Answer;
use crate::client::builder::ClientBuilder;
pub(crate) use crate::client::call::Call;
use crate::client::call::Kind;
use crate::client::exchange::Exchange;
use crate::client::inner::Inner;
use crate::client::pace::Wait;
use crate::client::page::Page;
use crate::client::wire::Read;
use crate::error::{Error, ErrorKind, Result};

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
pub struct PartnerClient {
    inner: Arc<Inner>,
    strict: bool,
}

impl fmt::Debug for PartnerClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerClient").field("base_url", &self.base_url()).finish_non_exhaustive()
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

    pub(crate) fn from_inner(inner: Inner, strict: bool) -> Self {
        Self { inner: Arc::new(inner), strict }
    }

    /// The same client, whose calls refuse what they cannot understand: an answer with any oddity is
    /// [`ErrorKind::Decode`], naming the first. See [`ClientBuilder::strict`].
    ///
    /// ```
    /// # async fn example(client: vobiz_core::PartnerClient) -> vobiz_core::Result<()> {
    /// let accounts = client.strict().accounts().all().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn strict(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), strict: true }
    }

    /// Where calls go, with its trailing slash.
    pub fn base_url(&self) -> &str {
        self.inner.base.as_str()
    }

    /// What keeps requests of this client and its clones from leaving at this moment; `None` where nothing does.
    pub fn waits_for(&self) -> Option<Wait> {
        self.inner.pace.waits_for(Instant::now())
    }

    /// How many calls may be under way at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.inner.concurrency
    }

    /// Refuses a change where the client is read-only.
    pub(crate) fn may_change(&self, operation: &'static str) -> Result<()> {
        if self.inner.may_change {
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
        self.send(OPERATION, &Kind::Read, url).await.map(Answer::into_inner)
    }

    /// Sends a call. Every method of the crate ends up here, and nothing else touches `http`.
    pub(crate) async fn call<T: for<'de> Read<'de>>(&self, call: Call) -> Result<Answer<T>> {
        if call.kind.is_change() {
            self.may_change(call.operation)?;
        }
        let mut url = self.url(call.operation, &call.path)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        self.send(call.operation, &call.kind, url).await
    }

    /// Sends the call for one page of a list.
    pub(crate) async fn page<T: for<'de> Read<'de>>(&self, call: Call) -> Result<Page<T>> {
        let Answer { value, oddities, request_id } = self.call::<Page<T>>(call).await?;
        Ok(Page { oddities, request_id, ..value })
    }

    fn url(&self, operation: &'static str, path: &str) -> Result<Url> {
        let base = &self.inner.base;
        let url = base.join(path).ok().filter(|url| url.as_str().starts_with(base.as_str()));
        url.ok_or_else(|| {
            Error::new(ErrorKind::Invalid, operation, "the path leads outside the base address; give it relative to that")
        })
    }

    async fn send<T: for<'de> Read<'de>>(&self, operation: &'static str, kind: &Kind, url: Url) -> Result<Answer<T>> {
        use tracing::field::Empty;
        let span =
            tracing::debug_span!("vobiz call", operation, attempts = Empty, status = Empty, duration_ms = Empty, bytes = Empty);
        let started = Instant::now();
        let exchange = Exchange::new(&self.inner, operation, kind, url);
        let result = exchange.run(self.strict, &span).instrument(span.clone()).await;
        span.record("duration_ms", started.elapsed().as_millis());
        result
    }
}

/// An object that holds at least something of what `is_known` looks for; else it was some other body.
pub(crate) fn understood<T>(operation: &'static str, answer: Answer<T>, is_known: fn(&T) -> bool) -> Result<Answer<T>> {
    if is_known(&answer.value) {
        return Ok(answer);
    }
    let detail = match answer.oddities.first() {
        Some(oddity) => format!("the answer was not understood: at {oddity}"),
        None => "the answer was not understood: an object with none of the expected fields".to_owned(),
    };
    Err(Error::new(ErrorKind::Decode, operation, detail).with_request_id(answer.request_id))
}
