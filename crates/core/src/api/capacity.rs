//! Calls at once and calls a second, given to customers and taken back.
//!
//! `POST /accounts/{id}/concurrency/transfer`, `POST …/reclaim`, `GET /accounts/{id}/concurrency`, `GET /concurrency/transfers`.

use reqwest::Method;
use serde_json::json;

use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::model::model;
use crate::error::{Error, ErrorKind, Result};

/// What is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Calls at the same time.
    ConcurrentCalls,
    /// Calls begun in a second.
    Cps,
}

model! {
    /// What a move answered. No document says what `from_account` is of a reclaim.
    pub struct CapacityMove {
        /// Whether it was done.
        pub success: Option<bool> = flag("success"),
        /// How many were moved.
        pub slots: Option<u64> = count("slots"),
        /// `concurrent_calls` or `cps`.
        pub resource: Option<String> = id("resource"),
        /// Whose they were.
        pub from_account: Option<String> = id("from_account"),
        /// Whose they are.
        pub to_account: Option<String> = id("to_account"),
        /// Reference of the move.
        pub transfer_reference: Option<String> = id("transfer_reference"),
        /// What the partner has left.
        pub partner_remaining: Option<u64> = count("partner_remaining"),
        /// What the customer has now; may show up to five minutes late elsewhere.
        pub customer_effective: Option<u64> = count("customer_effective"),
        /// The service's words.
        pub message: Option<String> = text("message"),
    }
}

model! {
    /// The limits of both sides.
    pub struct Allocation {
        /// The partner, `PA_…`.
        pub partner_auth_id: Option<String> = id("partner_auth_id"),
        /// The customer, `MA_…`.
        pub customer_auth_id: Option<String> = customer("customer_auth_id"),
        /// Calls at once of the partner.
        pub partner_concurrent_calls_limit: Option<u64> = count("partner_concurrent_calls_limit"),
        /// Calls at once of the customer.
        pub customer_concurrent_calls_limit: Option<u64> = count("customer_concurrent_calls_limit"),
        /// Of these, given by the partner.
        pub net_concurrent_calls_allocated: Option<u64> = count("net_concurrent_calls_allocated"),
        /// Calls a second of the partner.
        pub partner_cps_limit: Option<u64> = count("partner_cps_limit"),
        /// Calls a second of the customer.
        pub customer_cps_limit: Option<u64> = count("customer_cps_limit"),
        /// Of these, given by the partner.
        pub net_cps_allocated: Option<u64> = count("net_cps_allocated"),
    }
}

impl PartnerClient {
    /// Gives a customer `slots` (1–10000) more. `POST /accounts/{customer_auth_id}/concurrency/transfer`; sent once.
    ///
    /// Moves an amount, sets no level. [`ErrorKind::Forbidden`] where the vendor has not switched this on; no flag shows it.
    pub async fn give_capacity(
        &self,
        auth_id: &str,
        resource: Resource,
        slots: u32,
        description: Option<&str>,
    ) -> Result<Answer<CapacityMove>> {
        self.move_capacity("give capacity", "transfer", auth_id, resource, slots, description).await
    }

    /// Takes `slots` (1–10000) back. `POST /accounts/{customer_auth_id}/concurrency/reclaim`; sent once.
    pub async fn reclaim_capacity(
        &self,
        auth_id: &str,
        resource: Resource,
        slots: u32,
        description: Option<&str>,
    ) -> Result<Answer<CapacityMove>> {
        self.move_capacity("reclaim capacity", "reclaim", auth_id, resource, slots, description).await
    }

    async fn move_capacity(
        &self,
        operation: &'static str,
        verb: &str,
        auth_id: &str,
        resource: Resource,
        slots: u32,
        description: Option<&str>,
    ) -> Result<Answer<CapacityMove>> {
        self.may_change(operation)?;
        if !(1..=10_000).contains(&slots) || description.is_some_and(|text| text.chars().count() > 500) {
            let detail = "slots are 1 to 10000 and a description has at most 500 signs; nothing was sent";
            return Err(Error::new(ErrorKind::Invalid, operation, detail));
        }
        let resource = if resource == Resource::Cps { "cps" } else { "concurrent_calls" };
        let mut body = json!({ "resource": resource, "slots": slots });
        if let Some(text) = description {
            body["description"] = text.into();
        }
        let look = "look at the customer's capacity, some minutes later, or in the history of moves";
        let call = Call::read_of_customer(operation, auth_id, &["concurrency", verb])?;
        self.call(call.changing(Method::POST, Some(&body), look)).await
    }

    /// The limits of both sides. `GET /accounts/{customer_auth_id}/concurrency`; up to five minutes late.
    pub async fn capacity(&self, auth_id: &str) -> Result<Answer<Allocation>> {
        self.call(Call::read_of_customer("read capacity", auth_id, &["concurrency"])?).await
    }

    /// Moves of capacity, newest first, as sent: no document prints this body. `GET /concurrency/transfers`.
    ///
    /// `limit` is 1–200; `offset` is rows to skip.
    pub async fn capacity_history(&self, limit: u32, offset: u64) -> Result<Answer<serde_json::Value>> {
        let call = Call::read("read capacity history", "concurrency/transfers");
        self.call(call.ask("limit", Some(limit.clamp(1, 200))).ask("offset", Some(offset))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    #[tokio::test]
    async fn moves_are_sent_once_and_read() {
        let fake = Fake::start(|_| (200, include_str!("../../../../tests/payloads/capacity_transfer.json").to_owned())).await;
        let moved = fake.client().give_capacity("MA_X", Resource::ConcurrentCalls, 100, None).await.unwrap();
        assert_eq!((moved.partner_remaining, moved.customer_effective), (Some(400), Some(104)));
        assert!(fake.asked()[0].ends_with(r#"{"resource":"concurrent_calls","slots":100}"#));
        let zero = fake.client().reclaim_capacity("MA_X", Resource::Cps, 0, None).await.unwrap_err();
        assert_eq!(zero.kind(), ErrorKind::Invalid);
        let fake = Fake::start(|_| (503, String::new())).await;
        let lost = fake.client().reclaim_capacity("MA_X", Resource::Cps, 5, None).await.unwrap_err();
        assert_eq!((lost.kind(), fake.asked().len()), (ErrorKind::OutcomeUnknown, 1));
    }

    #[tokio::test]
    async fn the_limits_are_read() {
        let fake = Fake::start(|_| (200, include_str!("../../../../tests/payloads/capacity_allocation.json").to_owned())).await;
        assert_eq!(fake.read_only().capacity("MA_X").await.unwrap().net_cps_allocated, Some(10));
        assert!(fake.read_only().capacity_history(50, 0).await.unwrap().is_object());
    }
}
