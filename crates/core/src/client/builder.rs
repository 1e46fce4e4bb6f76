//! How a client is set up.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::client::client::{Inner, PartnerClient, headers};
use crate::client::pace::{DEFAULT_BURST, DEFAULT_RATE, Pace};
use crate::client::retry::RetryPolicy;
use crate::error::{Error, ErrorKind, Result};

/// Where calls go unless told otherwise.
pub const DEFAULT_BASE_URL: &str = "https://api.vobiz.ai/api/v1/partner";
/// Calls under way at once unless told otherwise.
pub const DEFAULT_CONCURRENCY: usize = 4;

const OPERATION: &str = "build client";

/// Sets up a [`PartnerClient`]. Prints no credential.
#[must_use = "a builder does nothing until built"]
#[derive(Clone)]
pub struct ClientBuilder {
    auth_id: String,
    auth_token: SecretString,
    base_url: String,
    timeout: Duration,
    retry: RetryPolicy,
    rate: (u32, u32),
    concurrency: usize,
    may_change: bool,
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
            timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            rate: (DEFAULT_RATE, DEFAULT_BURST),
            concurrency: DEFAULT_CONCURRENCY,
            may_change: false,
        }
    }

    /// Reads the credentials and the base address from the environment; see [`PartnerClient::from_env`].
    pub fn from_env() -> Result<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        let auth_id = variable("VOBIZ_AUTH_ID")
            .ok_or_else(|| config("VOBIZ_AUTH_ID is not set; put the partner's id (PA_…) there, or give it to the client"))?;
        let token = match (variable("VOBIZ_AUTH_TOKEN"), variable("VOBIZ_AUTH_TOKEN_FILE")) {
            (Some(_), Some(_)) => {
                return Err(config("VOBIZ_AUTH_TOKEN and VOBIZ_AUTH_TOKEN_FILE are both set; keep one of them"));
            }
            (Some(token), None) => token,
            (None, Some(path)) => read_secret(&path)?,
            (None, None) => {
                return Err(config(
                    "VOBIZ_AUTH_TOKEN is not set; put the partner's token there (or the path of a file that holds it into VOBIZ_AUTH_TOKEN_FILE)",
                ));
            }
        };
        let builder = Self::new(auth_id, token.into());
        Ok(match variable("VOBIZ_BASE_URL") {
            Some(url) => builder.base_url(url),
            None => builder,
        })
    }

    /// The base address, with or without a trailing slash (default [`DEFAULT_BASE_URL`]). HTTPS, except to this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Longest time for one attempt (default 30 s).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How reads are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Requests a second and how many may leave at once (default 5 and 10); a rate of 0 is none at all.
    pub fn rate(mut self, per_second: u32, burst: u32) -> Self {
        self.rate = (per_second, burst);
        self
    }

    /// Calls under way at once (default [`DEFAULT_CONCURRENCY`], at least one).
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// Permits calls that change something: transfers, new customers, capacity, KYC sessions. Without this they are refused unsent.
    pub fn allow_changes(mut self) -> Self {
        self.may_change = true;
        self
    }

    /// Checks everything and builds the client. Nothing is sent.
    pub fn build(self) -> Result<PartnerClient> {
        if self.auth_id.trim().is_empty() {
            return Err(config("the auth id is empty; set VOBIZ_AUTH_ID (or auth_id) to the partner's id, PA_…"));
        }
        if self.auth_token.expose_secret().trim().is_empty() {
            return Err(config("the auth token is empty; set VOBIZ_AUTH_TOKEN (or auth_token) to the partner's token"));
        }
        let base = base_address(&self.base_url)?;
        // Redirects are followed by the funnel, which looks at their target first.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.timeout.min(Duration::from_secs(10)))
            .user_agent(concat!("vobiz-partner/", env!("CARGO_PKG_VERSION")));
        let http = if is_loopback(&base) { http.no_proxy() } else { http };
        Ok(PartnerClient::from_inner(Inner {
            http: http.build().map_err(|error| config("the HTTP client could not be set up").with_source(error.without_url()))?,
            headers: headers(&self.auth_id, &self.auth_token)?,
            base,
            token: self.auth_token,
            timeout: self.timeout,
            retry: self.retry,
            pace: Pace::new(self.rate.0, self.rate.1),
            slots: Semaphore::new(self.concurrency.min(Semaphore::MAX_PERMITS)),
            concurrency: self.concurrency,
            may_change: self.may_change,
        }))
    }
}

fn config(detail: &str) -> Error {
    Error::new(ErrorKind::Config, OPERATION, detail)
}

/// A secret from a file, without the newline that editors put at its end.
fn read_secret(path: &str) -> Result<String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| config(&format!("VOBIZ_AUTH_TOKEN_FILE: cannot read {path}: {}", error.kind())).with_source(error))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// The base address with the trailing slash without which joining would lose its last segment.
fn base_address(text: &str) -> Result<Url> {
    let wrong = |why: &str| config(&format!("the base address {why}; write it as {DEFAULT_BASE_URL}"));
    let mut url = Url::parse(text.trim()).map_err(|_| wrong("is not an address"))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds more than scheme, host and path"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(wrong("is plain http, over which credentials are not sent to another machine")),
        _ => return Err(wrong("is not https")),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("has no host"));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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
        assert!(split.contains("line break") && !split.contains("secret"), "{split}");
    }

    #[test]
    fn nothing_printed_holds_the_token() {
        let builder = PartnerClient::builder("PA_X", "token-secret");
        let client = builder.clone().build().unwrap();
        assert!(!format!("{builder:?}{client:?}").contains("secret"));
    }
}
