//! KYC sessions: `/kyc-sessions`.
//!
//! Verified data is personal and a widget's address is a credential: neither is decoded.

use chrono::{DateTime, Utc};
use futures::Stream;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::client::{Call, PartnerClient};
use crate::error::Result;
use crate::page::{self, PER_PAGE, Page};
use crate::wire::model;

const LOOK: &str = "look at the customer's sessions in the list";

model! {
    /// A KYC session, as read or as just created.
    pub struct KycSession {
        /// Id of the session.
        pub id: String = id("id" | "session_id"),
        /// The customer, `MA_…`.
        pub account_auth_id: Option<String> = id("account_auth_id"),
        /// Where the mail goes, of the email flow; personal data.
        pub customer_email: Option<String> = text("customer_email"),
        /// `individual` or `company`, once chosen.
        pub kyc_type: Option<String> = id("kyc_type"),
        /// `email_sent`, `link_ready`, `opened`, `in_progress`, `kyc_completed`, `revoked`; an open set.
        pub status: Option<String> = id("status"),
        /// When it ends; there is no status for that.
        pub expires_at: Option<DateTime<Utc>> = instant("expires_at"),
        /// When it was first opened.
        pub first_opened_at: Option<DateTime<Utc>> = instant("first_opened_at"),
        /// When it was completed.
        pub completed_at: Option<DateTime<Utc>> = instant("completed_at"),
        /// When it was created.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
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
    const OPERATION: &str = "list KYC sessions";

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

    /// One page; the first is 1.
    pub async fn page(&self, page: u64) -> Result<Page<KycSession>> {
        let call = Call::read(Self::OPERATION, "kyc-sessions")
            .ask("page", Some(page))
            .ask("size", Some(PER_PAGE))
            .ask("status", self.status.as_ref())
            .ask("account_auth_id", self.account.as_ref());
        self.client.call(call).await
    }

    /// Every session once, pages fetched ahead.
    pub fn stream(self) -> impl Stream<Item = Result<KycSession>> + Send {
        use futures::TryStreamExt as _;
        let (ahead, keep) = (self.client.concurrency(), self.clone());
        let fetch = move |page| {
            let list = self.clone();
            async move { list.page(page).await }
        };
        page::rows(Self::OPERATION, ahead, |session: &KycSession| &session.id, fetch).try_filter(move |row| {
            let agrees = |wanted: &Option<String>, found: &Option<String>| {
                wanted.as_ref().zip(found.as_ref()).is_none_or(|(wanted, found)| wanted == found)
            };
            std::future::ready(agrees(&keep.status, &row.status) && agrees(&keep.account, &row.account_auth_id))
        })
    }

    /// Every session in one list.
    pub async fn all(self) -> Result<Vec<KycSession>> {
        page::all(self.stream()).await
    }
}

impl PartnerClient {
    /// The list of sessions. `GET /kyc-sessions`.
    pub fn kyc_sessions(&self) -> KycSessions {
        KycSessions { client: self.clone(), status: None, account: None }
    }

    /// One session. `GET /kyc-sessions/{session_id}`.
    pub async fn kyc_session(&self, id: &str) -> Result<KycSession> {
        self.call(Call::read_below("read KYC session", "kyc-sessions", &[id])?).await
    }

    /// Mails a customer a new session of `days` days. `POST /kyc-sessions`; revokes a live one of theirs. Sent once.
    pub async fn create_kyc_session(&self, auth_id: &str, email: &str, days: u32) -> Result<KycSession> {
        let mut body = Map::new();
        body.insert("account_auth_id".to_owned(), auth_id.into());
        body.insert("flow_type".to_owned(), "email".into());
        body.insert("customer_email".to_owned(), email.into());
        body.insert("expires_in_days".to_owned(), days.into());
        let call = Call::read("create KYC session", "kyc-sessions");
        self.call(call.changing(Method::POST, Some(&Value::Object(body)), LOOK)).await
    }

    /// Mails again. `POST /kyc-sessions/{session_id}/resend`; once in 30 minutes (429), email flow only (400). Sent once.
    pub async fn resend_kyc_session(&self, id: &str) -> Result<()> {
        let call = Call::read_below("resend KYC session", "kyc-sessions", &[id, "resend"])?;
        self.call::<Option<serde::de::IgnoredAny>>(call.changing(Method::POST, None, "ask the customer for the mail")).await?;
        Ok(())
    }

    /// Ends a session. `DELETE /kyc-sessions/{session_id}`; 409 where it ended before. Sent once.
    pub async fn revoke_kyc_session(&self, id: &str, reason: Option<&str>) -> Result<()> {
        let body = reason.map(|reason| json!({ "reason": reason }));
        let call = Call::read_below("revoke KYC session", "kyc-sessions", &[id])?;
        self.call::<Option<serde::de::IgnoredAny>>(call.changing(Method::DELETE, body.as_ref(), LOOK)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::ErrorKind;
    use crate::fake::Fake;

    #[tokio::test]
    async fn sessions_are_read_and_changed_once() {
        let body = include_str!("../../../tests/payloads/kyc_session_created_email.json");
        let fake = Fake::start(move |_| (201, body.to_owned())).await;
        let session = fake.client().create_kyc_session("MA_X", "a@example.com", 7).await.unwrap();
        assert_eq!(session.status.as_deref(), Some("email_sent"));
        let list = include_str!("../../../tests/payloads/kyc_sessions.json");
        let fake = Fake::start(move |_| (200, list.to_owned())).await;
        assert!(!fake.client().kyc_sessions().page(1).await.unwrap().items.is_empty());
        assert!(fake.asked()[0].contains("size=100"));
        let fake = Fake::start(|_| (204, String::new())).await;
        fake.client().resend_kyc_session("s").await.unwrap();
        fake.client().revoke_kyc_session("s", None).await.unwrap();
        assert!(fake.asked()[1].starts_with("DELETE /kyc-sessions/s"));
        let fake = Fake::start(|_| (503, String::new())).await;
        assert_eq!(fake.client().resend_kyc_session("s").await.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
        assert_eq!(fake.asked().len(), 1);
    }
}
