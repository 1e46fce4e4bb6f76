//! New customers: `POST /accounts`.

use chrono::{DateTime, Utc};
use reqwest::Method;
use rust_decimal::Decimal;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::found::Found;
use crate::client::model::model;
use crate::client::oddity::Notes;
use crate::client::wire::{self, Read};
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "create account";

model! {
    /// A customer that was just created. Its `auth_token` is not in here; see [`NewAccount::send_for_token`].
    pub struct CreatedAccount {
        /// Customer id, `MA_…`.
        pub auth_id: String = customer("auth_id"),
        /// Name.
        pub name: Option<String> = text("name"),
        /// E-mail address; personal data.
        pub email: Option<String> = text("email"),
        /// `active`, ….
        pub status: Option<String> = id("status"),
        /// The wallet, zero at first; in [`Self::currency`].
        pub balance: Option<Decimal> = amount("balance" | "cash_credits"),
        /// Currency of the wallet; the country decides it.
        pub currency: Option<String> = id("currency"),
        /// ISO 3166-1 code.
        pub country: Option<String> = id("country"),
        /// When it was created.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
    }
}

/// A created account and its secret.
pub(crate) struct WithToken(pub(crate) CreatedAccount, pub(crate) Option<SecretString>);

impl<'de> Read<'de> for WithToken {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> std::result::Result<Found<Self>, D::Error> {
        #[derive(Deserialize)]
        struct Token {
            auth_token: Option<String>,
        }
        let raw = <&RawValue>::deserialize(deserializer)?;
        let token = serde_json::from_str::<Token>(raw.get()).ok().and_then(|token| token.auth_token);
        Ok(wire::of_raw(raw, notes).map(|account| Self(account, token.map(SecretString::from))))
    }
}

/// A customer to be created; see [`PartnerClient::create_account`]. Has no `Debug`: it holds a password and personal data.
#[must_use = "a customer is not created until sent"]
#[derive(Clone)]
pub struct NewAccount {
    client: PartnerClient,
    password: SecretString,
    fields: Map<String, Value>,
}

impl NewAccount {
    fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.fields.insert(key.to_owned(), Value::String(value.into()));
        self
    }

    /// Company.
    pub fn company(self, company: impl Into<String>) -> Self {
        self.with("company", company)
    }

    /// Note; the service promises nothing for it, nor for the fields below.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.with("description", text)
    }

    /// Street and house.
    pub fn address(self, address: impl Into<String>) -> Self {
        self.with("address", address)
    }

    /// City.
    pub fn city(self, city: impl Into<String>) -> Self {
        self.with("city", city)
    }

    /// State.
    pub fn state(self, state: impl Into<String>) -> Self {
        self.with("state", state)
    }

    /// Postal code.
    pub fn zip_code(self, code: impl Into<String>) -> Self {
        self.with("zip_code", code)
    }

    /// Time zone.
    pub fn timezone(self, zone: impl Into<String>) -> Self {
        self.with("timezone", zone)
    }

    /// Goods and services tax number.
    pub fn gstin(self, number: impl Into<String>) -> Self {
        self.with("gstin", number)
    }

    /// State of that registration: `active` or `inactive`.
    pub fn gst_status(self, status: impl Into<String>) -> Self {
        self.with("gst_status", status)
    }

    /// Kind of account; `standard` by default.
    pub fn account_type(self, kind: impl Into<String>) -> Self {
        self.with("account_type", kind)
    }

    fn call(self) -> Result<(PartnerClient, Call)> {
        self.client.may_change(OPERATION)?;
        let invalid = |detail: &str| Err(Error::new(ErrorKind::Invalid, OPERATION, detail));
        let is_empty = |key: &str| self.fields.get(key).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty());
        if ["name", "email", "phone", "country"].into_iter().any(is_empty) {
            return invalid("name, email, phone and country are needed; nothing was sent");
        }
        let password = self.password.expose_secret();
        let is_weak = password.chars().count() < 8
            || !password.chars().any(|sign| sign.is_ascii_digit())
            || password.chars().all(char::is_alphanumeric);
        if is_weak {
            return invalid("the password needs 8 signs, a digit and a special sign among them; nothing was sent");
        }
        let mut fields = self.fields;
        fields.insert("password".to_owned(), password.into());
        let look = "search the list of accounts for its e-mail address";
        Ok((self.client, Call::read(OPERATION, "accounts").changing(Method::POST, Some(&Value::Object(fields)), look)))
    }

    /// Creates the customer; sent once.
    ///
    /// [`ErrorKind::Forbidden`]: `can_create_accounts` is false or `max_accounts` is reached. [`ErrorKind::Rejected`]: the
    /// e-mail address is taken (409 or 422), or a field was declined. [`ErrorKind::OutcomeUnknown`]: the answer was lost.
    pub async fn send(self) -> Result<Answer<CreatedAccount>> {
        let (client, call) = self.call()?;
        client.call(call).await
    }

    /// As [`Self::send`], and keeps the customer's `auth_token`. `None` where the answer has none.
    pub async fn send_for_token(self) -> Result<(Answer<CreatedAccount>, Option<SecretString>)> {
        let (client, call) = self.call()?;
        let mut answer: Answer<WithToken> = client.call(call).await?;
        let token = answer.value.1.take();
        Ok((answer.map(|WithToken(account, _)| account), token))
    }
}

impl PartnerClient {
    /// Starts a new customer. `POST /accounts`. The client needs `allow_changes()`.
    ///
    /// `email` is unique on the whole platform, `phone` is E.164, `country` is an ISO 3166-1 code; the password has at
    /// least 8 signs with a digit and a special one.
    pub fn create_account(
        &self,
        name: impl Into<String>,
        email: impl Into<String>,
        password: SecretString,
        phone: impl Into<String>,
        country: impl Into<String>,
    ) -> NewAccount {
        NewAccount { client: self.clone(), password, fields: Map::new() }
            .with("name", name)
            .with("email", email)
            .with("phone", phone)
            .with("country", country)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    fn new(fake: &Fake, password: &str) -> NewAccount {
        fake.client().create_account("A", "a@example.com", password.to_owned().into(), "+911", "IN")
    }

    #[tokio::test]
    async fn the_token_is_kept_only_when_asked_for() {
        let fake = Fake::start(|_| (201, include_str!("../../../../tests/payloads/account_created.json").to_owned())).await;
        let (account, token) = new(&fake, "secret-1!").send_for_token().await.unwrap();
        assert_eq!(token.unwrap().expose_secret(), "<redacted>");
        assert_eq!(new(&fake, "secret-1!").company("C").send().await.unwrap(), account);
        assert!(!format!("{account:?}").contains("redacted"));
        assert!(fake.asked()[1].contains(r#""company":"C""#));
        assert_eq!(new(&fake, "short").send().await.unwrap_err().kind(), ErrorKind::Invalid);
        assert_eq!(fake.asked().len(), 2);
    }

    #[tokio::test]
    async fn a_customer_is_created_once() {
        for status in [0, 1, 429, 503] {
            let fake = Fake::start(move |_| (status, "{}".to_owned())).await;
            let error = new(&fake, "secret-1!").send().await.unwrap_err();
            assert_eq!(error.kind() == ErrorKind::OutcomeUnknown, status != 429, "{status}");
            assert_eq!(fake.asked().len(), 1);
        }
    }
}
