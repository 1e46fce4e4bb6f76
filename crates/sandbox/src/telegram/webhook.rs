//! Where updates are posted to, if a bot asked for it.

use std::net::IpAddr;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use url::{Host, Url};

use super::parameters::Parameters;
use super::refusal::{Refusal, bad_request};

/// Where updates go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Webhook {
    pub(super) url: Url,
    /// What the header `X-Telegram-Bot-Api-Secret-Token` holds.
    pub(super) secret: Option<String>,
    pub(super) connections: i64,
    pub(super) last_error: Option<(DateTime<Utc>, String)>,
}

impl Webhook {
    /// The webhook that the parameters of `setWebhook` describe.
    pub(super) fn read(parameters: &Parameters, address: &str) -> Result<Self, Refusal> {
        let url = Url::parse(address).map_err(|_| bad_request("bad webhook: invalid URL specified"))?;
        if url.scheme() != "https" && !is_loopback(&url) {
            return Err(bad_request("bad webhook: An HTTPS URL must be provided for webhook"));
        }
        let secret = parameters.text("secret_token").filter(|secret| !secret.is_empty());
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        if secret.as_ref().is_some_and(|secret| secret.len() > 256 || !secret.chars().all(is_allowed)) {
            return Err(bad_request("secret token contains unallowed characters"));
        }
        let connections = parameters.integer("max_connections").unwrap_or(40).clamp(1, 100);
        Ok(Self { url, secret, connections, last_error: None })
    }
}

/// Whether an address is one of this machine, where the sandbox also posts over plain HTTP.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// What a poller is refused with while a webhook is set.
pub(super) fn conflict() -> Refusal {
    const TEXT: &str =
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    Refusal::new(StatusCode::CONFLICT, TEXT)
}
