//! What the clones of a client share.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::client::pace::Pace;
use crate::client::retry::RetryPolicy;

pub(crate) const AUTH_ID: HeaderName = HeaderName::from_static("x-auth-id");
pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The state behind a client and its clones.
pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) token: SecretString,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pace: Pace,
    pub(crate) slots: Semaphore,
    pub(crate) concurrency: usize,
    pub(crate) may_change: bool,
}

impl Inner {
    /// The service's host, with its port where that is not the usual one.
    pub(crate) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}
