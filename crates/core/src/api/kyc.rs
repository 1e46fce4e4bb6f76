//! KYC sessions: `/kyc-sessions`.
//!
//! Verified data is personal and is not decoded. A widget's address is a credential: it comes with a started session
//! alone, as a secret.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::found::Found;
use crate::client::list::{List, list_methods};
use crate::client::model::model;
use crate::client::oddity::Notes;
use crate::client::page::Page;
use crate::client::sweep::Sweep;
use crate::client::wire::{self, Nothing, Read};
use crate::error::{Error, ErrorKind, Result};

const CREATE: &str = "create KYC session";
const LOOK: &str = "look at the customer's sessions in the list";
/// Between one mail and the next, where the service does not say how much of it is left.
const COOLDOWN: Duration = Duration::from_mins(30);
/// Days a session lasts by default; always sent, because the documents do not agree on a default.
const DAYS: u32 = 7;

model! {
    /// When a customer is reminded.
    pub struct Reminder {
        /// `days_before_expiry`.
        pub trigger: Option<String> = id("trigger"),
        /// How many.
        pub value: Option<u64> = count("value"),
    }
}

model! {
    /// A KYC session.
    pub struct KycSession {
        /// Id of the session.
        pub id: String = id("id" | "session_id"),
        /// The customer, `MA_…`.
        pub account_auth_id: Option<String> = customer("account_auth_id"),
        /// Where the mail goes, of the email flow; personal data.
        pub customer_email: Option<String> = text("customer_email"),
        /// `individual` or `company`, once chosen.
        pub kyc_type: Option<String> = id("kyc_type"),
        /// `email_sent`, `link_ready`, `opened`, `in_progress`, `kyc_completed`, `revoked`; an open set.
        pub status: Option<String> = id("status" | "session_status"),
        /// When it ends; there is no status for that, see [`Self::is_expired`].
        pub expires_at: Option<DateTime<Utc>> = instant("expires_at"),
        /// When it was first opened.
        pub first_opened_at: Option<DateTime<Utc>> = instant("first_opened_at"),
        /// When it was completed.
        pub completed_at: Option<DateTime<Utc>> = instant("completed_at"),
        /// Where the service reports what happens.
        pub webhook_url: Option<String> = text("webhook_url"),
        /// Where the customer is sent afterwards.
        pub redirect_url: Option<String> = text("redirect_url"),
        /// When the customer is reminded.
        pub reminder_schedule: Vec<Reminder> = list("reminder_schedule"),
        /// What the session was given at its creation, as sent.
        pub metadata: Option<Value> = nested("metadata"),
        /// When it was created.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
    }
}

impl KycSession {
    /// Whether it ran out before it was completed or revoked. `None` where it does not say when it ends.
    pub fn is_expired(&self, now: DateTime<Utc>) -> Option<bool> {
        let has_ended = matches!(self.status.as_deref(), Some("kyc_completed" | "revoked"));
        Some(!has_ended && self.expires_at? <= now)
    }
}

/// A session that was just started, and what only this answer holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StartedKycSession {
    /// The session.
    pub session: KycSession,
    /// Where the mail went, most of it masked.
    pub email_dispatched_to: Option<String>,
    /// The page to send the customer to, of the redirect flow. Anyone who has it can act as the customer there.
    pub widget_url: Option<SecretString>,
}

impl<'de> Read<'de> for StartedKycSession {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> std::result::Result<Found<Self>, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let members: Map<String, Value> = serde_json::from_str(raw.get()).unwrap_or_default();
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(wire::of_raw(raw, notes).map(|session| Self {
            session,
            email_dispatched_to: text("email_dispatched_to"),
            widget_url: text("widget_url").map(SecretString::from),
        }))
    }
}

/// How a customer comes to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KycFlow {
    /// By a mail to this address.
    Email(String),
    /// Brought there by the partner, and sent to this address afterwards.
    Redirect(String),
}

/// A session to be started; see [`PartnerClient::create_kyc_session`]. Has no `Debug`: it holds personal data.
#[must_use = "a session is not started until sent"]
#[derive(Clone)]
pub struct NewKycSession {
    client: PartnerClient,
    days: u32,
    reminders: Vec<Value>,
    fields: Map<String, Value>,
}

impl NewKycSession {
    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// Days it lasts, 1–365 (default 7).
    pub fn expires_in_days(mut self, days: u32) -> Self {
        self.days = days;
        self
    }

    /// Where the service reports what happens.
    pub fn webhook_url(self, url: impl Into<String>) -> Self {
        self.with("webhook_url", url.into())
    }

    /// Reminds the customer so many days before the end; may be called more than once.
    pub fn remind_days_before(mut self, days: u32) -> Self {
        self.reminders.push(json!({"trigger": "days_before_expiry", "value": days}));
        self
    }

    /// Anything of the partner's own, which comes back with the session.
    pub fn metadata(self, metadata: Map<String, Value>) -> Self {
        self.with("metadata", metadata)
    }

    /// Starts the session; sent once. A live session of the same customer is revoked by that.
    ///
    /// [`ErrorKind::Invalid`]: an address is missing or the days are out of bounds, nothing sent. [`ErrorKind::OutcomeUnknown`]:
    /// the answer was lost.
    pub async fn send(self) -> Result<Answer<StartedKycSession>> {
        self.client.may_change(CREATE)?;
        let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        if self.fields.values().any(is_blank) || !(1..=365).contains(&self.days) {
            let detail = "a session needs a customer, an address and 1 to 365 days; nothing was sent";
            return Err(Error::new(ErrorKind::Invalid, CREATE, detail));
        }
        let mut fields = self.fields;
        fields.insert("expires_in_days".to_owned(), self.days.into());
        if !self.reminders.is_empty() {
            fields.insert("reminder_schedule".to_owned(), self.reminders.into());
        }
        let call = Call::read(CREATE, "kyc-sessions");
        self.client.call(call.changing(Method::POST, Some(&Value::Object(fields)), LOOK)).await
    }
}

/// A list of sessions; see [`PartnerClient::kyc_sessions`].
#[must_use = "a list does nothing until a page is asked for or it is streamed"]
#[derive(Debug, Clone)]
pub struct KycSessions {
    client: PartnerClient,
    status: Option<String>,
    account: Option<String>,
}

impl KycSessions {
    /// Keeps one status.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Keeps one customer.
    pub fn account(mut self, auth_id: impl Into<String>) -> Self {
        self.account = Some(auth_id.into());
        self
    }
}

impl List for KycSessions {
    type Row = KycSession;
    const OPERATION: &'static str = "list KYC sessions";

    fn client(&self) -> &PartnerClient {
        &self.client
    }

    fn call(&self, page: u64, size: u32) -> Result<Call> {
        let call = Call::read(Self::OPERATION, "kyc-sessions").ask("page", Some(page)).ask("size", Some(size));
        Ok(call.ask("status", self.status.as_ref()).ask("account_auth_id", self.account.as_ref()))
    }

    fn id(row: &KycSession) -> &str {
        &row.id
    }

    fn keeps(&self, row: &KycSession) -> bool {
        let agrees = |wanted: &Option<String>, found: &Option<String>| {
            wanted.as_ref().zip(found.as_ref()).is_none_or(|(wanted, found)| wanted == found)
        };
        agrees(&self.status, &row.status) && agrees(&self.account, &row.account_auth_id)
    }
}

list_methods!(KycSessions => KycSession);

impl PartnerClient {
    /// The list of sessions. `GET /kyc-sessions`.
    pub fn kyc_sessions(&self) -> KycSessions {
        KycSessions { client: self.clone(), status: None, account: None }
    }

    /// One session. `GET /kyc-sessions/{session_id}`.
    pub async fn kyc_session(&self, id: &str) -> Result<Answer<KycSession>> {
        self.call(Call::read_below("read KYC session", "kyc-sessions", &[id])?).await
    }

    /// Starts a session for a customer. `POST /kyc-sessions`. The client needs `allow_changes()`.
    pub fn create_kyc_session(&self, auth_id: impl Into<String>, flow: KycFlow) -> NewKycSession {
        let new = NewKycSession { client: self.clone(), days: DAYS, reminders: Vec::new(), fields: Map::new() };
        let new = new.with("account_auth_id", auth_id.into());
        match flow {
            KycFlow::Email(address) => new.with("flow_type", "email").with("customer_email", address),
            KycFlow::Redirect(url) => new.with("flow_type", "redirect").with("redirect_url", url),
        }
    }

    /// Mails again. `POST /kyc-sessions/{session_id}/resend`; sent once.
    ///
    /// [`ErrorKind::RateLimited`] within 30 minutes of the creation or the last mail, with the time to wait;
    /// [`ErrorKind::Rejected`] where the session has no mail (400) or has ended (409).
    pub async fn resend_kyc_session(&self, id: &str) -> Result<()> {
        let call = Call::read_below("resend KYC session", "kyc-sessions", &[id, "resend"])?;
        let sent = self.call::<Nothing>(call.changing(Method::POST, None, "ask the customer for the mail")).await;
        sent.map(drop).map_err(|error| match (error.kind(), error.retry_after()) {
            (ErrorKind::RateLimited, None) => error.with_retry_after(Some(COOLDOWN)),
            _ => error,
        })
    }

    /// Ends a session. `DELETE /kyc-sessions/{session_id}`; [`ErrorKind::Rejected`] (409) where it ended before. Sent once.
    pub async fn revoke_kyc_session(&self, id: &str, reason: Option<&str>) -> Result<()> {
        let body = reason.map(|reason| json!({ "reason": reason }));
        let call = Call::read_below("revoke KYC session", "kyc-sessions", &[id])?;
        self.call::<Nothing>(call.changing(Method::DELETE, body.as_ref(), LOOK)).await?;
        Ok(())
    }
}
