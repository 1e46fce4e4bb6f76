//! Telephone numbers: `GET /accounts/{id}/numbers` and `GET /numbers`. Read-only in this API.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::client::client::{Call, PartnerClient};
use crate::client::list::{List, list_methods};
use crate::client::model::model;
use crate::client::page::Page;
use crate::client::sweep::Sweep;
use crate::error::Result;

model! {
    /// One telephone number.
    pub struct Number {
        /// The number in E.164.
        pub e164: String = id("e164" | "number"),
        /// Id of the row.
        pub id: Option<String> = id("id"),
        /// The customer's id, `MA_…`.
        pub account_id: Option<String> = customer("account_id" | "account_auth_id"),
        /// The customer's name; first generation only.
        pub account_name: Option<String> = text("account_name"),
        /// ISO 3166-1 code.
        pub country: Option<String> = text("country"),
        /// Region.
        pub region: Option<String> = text("region"),
        /// `voice`, `sms`, `mms`, `fax`: whether it can.
        pub capabilities: BTreeMap<String, bool> = table("capabilities"),
        /// `active`, ….
        pub status: Option<String> = id("status"),
        /// Where it came from, such as `purchased`.
        pub source: Option<String> = text("source"),
        /// Who provides it; empty in samples.
        pub provider: Option<String> = text("provider"),
        /// Tags, as sent.
        pub tags: Vec<serde_json::Value> = list("tags"),
        /// One-off price, in [`Self::currency`].
        pub setup_fee: Option<Decimal> = amount("setup_fee"),
        /// Price of a month.
        pub monthly_fee: Option<Decimal> = amount("monthly_fee" | "monthly_cost"),
        /// Currency of the fees.
        pub currency: Option<String> = id("currency"),
        /// The application that takes its calls, digits beyond 2⁵³ as text. Absent: calls have no target.
        pub application_id: Option<String> = id("application_id"),
        /// The group of trunks that it belongs to; in no document, sent by some accounts.
        pub trunk_group_id: Option<String> = id("trunk_group_id"),
        /// Whether it takes calls.
        pub voice_enabled: Option<bool> = flag("voice_enabled"),
        /// Whether it is blocked.
        pub is_blocked: Option<bool> = flag("is_blocked"),
        /// Whether it is a trial number.
        pub is_trial_number: Option<bool> = flag("is_trial_number"),
        /// Months it is bound for.
        pub minimum_commitment_months: Option<u64> = count("minimum_commitment_months"),
        /// Whether the customer has to prove an Aadhaar number for it.
        pub aadhaar_verification_required: Option<bool> = flag("aadhaar_verification_required"),
        /// Whether that is done.
        pub aadhaar_verified: Option<bool> = flag("aadhaar_verified"),
        /// When it was bought.
        pub purchased_at: Option<DateTime<Utc>> = instant("purchased_at" | "assigned_at"),
        /// When it was last billed.
        pub last_billing_date: Option<DateTime<Utc>> = instant("last_billing_date"),
        /// When it renews; current bodies have no expiry date.
        pub next_billing_date: Option<DateTime<Utc>> = instant("next_billing_date"),
        /// When it ends; first generation only.
        pub expires_at: Option<DateTime<Utc>> = instant("expires_at"),
        /// When the row was made.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
    }
}

/// A list of numbers; see [`PartnerClient::numbers`] and [`PartnerClient::all_numbers`].
#[must_use = "a list does nothing until a page is asked for or it is streamed"]
#[derive(Debug, Clone)]
pub struct Numbers {
    client: PartnerClient,
    customer: Option<String>,
    search: Option<String>,
}

impl Numbers {
    /// Keeps numbers that contain `digits`.
    pub fn search(mut self, digits: impl Into<String>) -> Self {
        self.search = Some(digits.into());
        self
    }
}

impl List for Numbers {
    type Row = Number;
    const OPERATION: &'static str = "list numbers";

    fn client(&self) -> &PartnerClient {
        &self.client
    }

    fn call(&self, page: u64, size: u32) -> Result<Call> {
        let call = match &self.customer {
            Some(id) => Call::read_of_customer(Self::OPERATION, id, &["numbers"])?,
            None => Call::read(Self::OPERATION, "numbers"),
        };
        Ok(call.ask("page", Some(page)).ask("per_page", Some(size)).ask("search", self.search.as_ref()))
    }

    fn id(row: &Number) -> &str {
        &row.e164
    }

    fn keeps(&self, row: &Number) -> bool {
        self.search.as_ref().is_none_or(|digits| row.e164.contains(digits.trim()))
            && self.customer.as_ref().zip(row.account_id.as_ref()).is_none_or(|(wanted, found)| wanted == found)
    }
}

list_methods!(Numbers => Number);

impl PartnerClient {
    /// Numbers of one customer. `GET /accounts/{customer_auth_id}/numbers`.
    pub fn numbers(&self, auth_id: impl Into<String>) -> Numbers {
        Numbers { customer: Some(auth_id.into()), ..self.all_numbers() }
    }

    /// Numbers of all customers. `GET /numbers`.
    pub fn all_numbers(&self) -> Numbers {
        Numbers { client: self.clone(), customer: None, search: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    #[tokio::test]
    async fn both_bodies_are_read() {
        let of_one = include_str!("../../../../tests/payloads/numbers.json");
        let fake = Fake::start(move |_| (200, of_one.to_owned())).await;
        let numbers = fake.client().numbers("MA_XXXXXXXX").search("9876").all().await.unwrap();
        assert_eq!(numbers.len(), 1);
        assert_eq!(numbers[0].application_id.as_deref(), Some("31985999331899218"));
        assert_eq!(numbers[0].monthly_fee, Some(Decimal::from(200)));
        let of_all = include_str!("../../../../tests/payloads/numbers_global.json");
        let fake = Fake::start(move |_| (200, of_all.to_owned())).await;
        assert!(fake.client().all_numbers().all().await.unwrap().iter().any(|number| number.application_id.is_none()));
    }
}
