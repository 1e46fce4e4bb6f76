//! How a client is set up.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::client::address::{base_address, is_loopback};
use crate::client::client::PartnerClient;
use crate::client::credentials;
use crate::client::inner::{AUTH_ID, AUTH_TOKEN, Inner};
use crate::client::network::{self, CONNECT_TIMEOUT, USER_AGENT};
use crate::client::pace::{DEFAULT_BURST, DEFAULT_RATE, Pace};
use crate::client::retry::RetryPolicy;
use crate::error::{Error, ErrorKind, Result};

/// Where calls go by default.
pub const DEFAULT_BASE_URL: &str = "https://api.vobiz.ai/api/v1/partner";
/// Calls under way at once by default.
pub const DEFAULT_CONCURRENCY: usize = 4;

const OPERATION: &str = "build client";

/// Sets up a [`PartnerClient`]. Prints no credential.
#[must_use = "a builder does nothing until built"]
#[derive(Clone)]
pub struct ClientBuilder {
    auth_id: String,
    auth_token: SecretString,
    base_url: String,
    ca_file: Option<PathBuf>,
    user_agent: String,
    timeout: Duration,
    retry: RetryPolicy,
    requests_per_second: u32,
    burst: u32,
    concurrency: usize,
    may_change: bool,
    strict: bool,
    warnings: Vec<String>,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    pub(crate) fn new(auth_id: String, auth_token: SecretString) -> Self {
        Self {
            auth_id,
            auth_token,
            base_url: DEFAULT_BASE_URL.to_owned(),
            ca_file: None,
            user_agent: USER_AGENT.to_owned(),
            timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            requests_per_second: DEFAULT_RATE,
            burst: DEFAULT_BURST,
            concurrency: DEFAULT_CONCURRENCY,
            may_change: false,
            strict: false,
            warnings: Vec::new(),
        }
    }

    /// Reads the credentials and the base address from the environment; see [`PartnerClient::from_env`].
    pub fn from_env() -> Result<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        let auth_id = variable("VOBIZ_AUTH_ID")
            .ok_or_else(|| config("VOBIZ_AUTH_ID is not set; put the partner's id (PA_…) there, or give it to the client"))?;
        let (token, warning) = match (variable("VOBIZ_AUTH_TOKEN"), variable("VOBIZ_AUTH_TOKEN_FILE")) {
            (Some(_), Some(_)) => {
                return Err(config("VOBIZ_AUTH_TOKEN and VOBIZ_AUTH_TOKEN_FILE are both set; keep one of them"));
            }
            (Some(token), None) => {
                let token = credentials::clean(&token).map_err(|error| config(&format!("VOBIZ_AUTH_TOKEN {error}")))?;
                (SecretString::from(token), None)
            }
            (None, Some(path)) => {
                let file = credentials::read_file(Path::new(&path))
                    .map_err(|error| config(&format!("VOBIZ_AUTH_TOKEN_FILE: {error}")))?;
                (file.secret, file.warning)
            }
            (None, None) => {
                return Err(config(
                    "VOBIZ_AUTH_TOKEN is not set; put the partner's token there (or the path of a file that holds it into VOBIZ_AUTH_TOKEN_FILE)",
                ));
            }
        };
        let auth_id = credentials::clean(&auth_id).map_err(|error| config(&format!("VOBIZ_AUTH_ID {error}")))?;
        let mut builder = Self::new(auth_id.to_owned(), token);
        builder.warnings.extend(warning.inspect(|warning| tracing::warn!("{warning}")));
        Ok(match variable("VOBIZ_BASE_URL") {
            Some(url) => builder.base_url(url),
            None => builder,
        })
    }

    /// What was noticed and is worth showing to a person, such as a token file that others can read. Never holds a secret.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The base address, with or without a trailing slash (default [`DEFAULT_BASE_URL`]). HTTPS, except to this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// A PEM file of certificate authorities to trust beside those of the system, such as a company's own.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// What requests call their sender (default `vobiz-partner/` and the version).
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Longest time for one attempt (default 30 s).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How reads are repeated, and how long a call may take in all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Requests a second (default [`DEFAULT_RATE`]); 0 is no limit.
    pub fn requests_per_second(mut self, requests: u32) -> Self {
        self.requests_per_second = requests;
        self
    }

    /// Requests that may leave at once before the rate holds (default [`DEFAULT_BURST`], at least one).
    pub fn burst(mut self, requests: u32) -> Self {
        self.burst = requests;
        self
    }

    /// [`Self::requests_per_second`] and [`Self::burst`] in one.
    pub fn rate(self, per_second: u32, burst: u32) -> Self {
        self.requests_per_second(per_second).burst(burst)
    }

    /// Calls under way at once (default [`DEFAULT_CONCURRENCY`], at least one).
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// Permits calls that change something: transfers, new customers, capacity, KYC sessions. Without this they are refused
    /// unsent.
    pub fn allow_changes(mut self) -> Self {
        self.may_change = true;
        self
    }

    /// Refuses what cannot be understood. Without this, a field that cannot be understood is absent and listed among the
    /// oddities of the answer; with it, the whole answer is [`ErrorKind::Decode`]. See also [`PartnerClient::strict`].
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Checks everything and builds the client. Nothing is sent.
    pub fn build(self) -> Result<PartnerClient> {
        let base = base_address(&self.base_url)
            .map_err(|why| config(&format!("the base address {why}; write it as {DEFAULT_BASE_URL}")))?;
        let id = credential(&self.auth_id, "the auth id (VOBIZ_AUTH_ID, PA_…)")?;
        let token = credential(self.auth_token.expose_secret(), "the auth token (VOBIZ_AUTH_TOKEN)")?;
        let headers = headers(id, token)?;
        let token = SecretString::from(token);
        let connect_timeout = self.timeout.min(CONNECT_TIMEOUT);
        let agent = HeaderValue::from_str(&self.user_agent)
            .map_err(|_| config("the user agent holds a line break or another sign that no header can carry"))?;
        let mut http = network::http_client(self.ca_file.as_deref())?.connect_timeout(connect_timeout).user_agent(agent);
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        if base.scheme() == "http" {
            // No redirect leads to another scheme, so no certificate is ever looked at.
            http = http.tls_built_in_root_certs(false);
        }
        let inner = Inner {
            http: http.build().map_err(|error| config("the HTTP client could not be set up").with_source(error.without_url()))?,
            headers,
            base,
            token,
            timeout: self.timeout,
            connect_timeout,
            retry: self.retry,
            pace: Pace::new(self.requests_per_second, self.burst),
            slots: Semaphore::new(self.concurrency.min(Semaphore::MAX_PERMITS)),
            concurrency: self.concurrency,
            may_change: self.may_change,
        };
        Ok(PartnerClient::from_inner(inner, self.strict))
    }
}

fn config(detail: &str) -> Error {
    Error::new(ErrorKind::Config, OPERATION, detail)
}

fn credential<'a>(text: &'a str, what: &str) -> Result<&'a str> {
    credentials::clean(text).map_err(|error| config(&format!("{what} {error}")))
}

/// The headers of every request, the token marked so that nothing prints it.
fn headers(auth_id: &str, token: &str) -> Result<HeaderMap> {
    let value = |text: &str, what: &str| {
        HeaderValue::from_str(text).map_err(|_| config(&format!("{what} holds a sign that no header can carry")))
    };
    let mut secret = value(token, "the auth token")?;
    secret.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(AUTH_ID, value(auth_id, "the auth id")?);
    headers.insert(AUTH_TOKEN, secret);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(builder: ClientBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn the_last_segment_of_the_base_survives() {
        for text in ["https://api.vobiz.ai/api/v1/partner", "https://api.vobiz.ai/api/v1/partner/"] {
            let client = PartnerClient::builder("PA_X", "token").base_url(text).build().unwrap();
            assert_eq!(client.base_url(), "https://api.vobiz.ai/api/v1/partner/");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        let builder = PartnerClient::builder("PA_X", "token");
        for text in ["http://127.0.0.1:8080/x", "http://localhost:1/", "http://[::1]:1/"] {
            assert!(builder.clone().base_url(text).build().is_ok(), "{text}");
        }
        for text in [
            "http://api.vobiz.ai/api",
            "http://127.0.0.1.evil.test/",
            "ftp://localhost/",
            "api.vobiz.ai",
            "",
            "https://a:b@host/",
        ] {
            assert!(builder.clone().base_url(text).build().is_err(), "{text}");
        }
    }

    #[test]
    fn empty_and_broken_credentials_are_named() {
        assert!(refused(PartnerClient::builder(" ", "token")).contains("VOBIZ_AUTH_ID"));
        assert!(refused(PartnerClient::builder("PA_X", "")).contains("VOBIZ_AUTH_TOKEN"));
        let split = refused(PartnerClient::builder("PA_X", "to\nken-secret"));
        assert!(split.contains("line break") && !split.contains("ken-"), "{split}");
    }

    #[test]
    fn nothing_printed_holds_the_token() {
        let builder = PartnerClient::builder("PA_X", "token-secret");
        let client = builder.clone().build().unwrap();
        assert!(!format!("{builder:?}{client:?}").contains("secret"));
    }
}
