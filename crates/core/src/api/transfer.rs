//! Paying into a customer's wallet (`POST /accounts/{id}/transfer-balance`) and finding out what became of it.
//!
//! A transfer is immediate, cannot be undone and has no idempotency key, so it is sent exactly once. Where its answer is
//! lost, [`PartnerClient::transfer_outcome`] reads the ledger and the partner's wallet.

use chrono::{DateTime, Days, TimeDelta, Utc};
use futures::stream::TryStreamExt as _;
use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::api::transactions::{Direction, Transaction};
use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::model::model;
use crate::error::{Error, ErrorKind, Result};
use crate::time::DateRange;

/// Decimal places an amount may have: as many as wallets show.
pub const MOST_PLACES: u32 = 5;
/// How far the service's clock may be from ours.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(2);
const OPERATION: &str = "transfer balance";

model! {
    /// What a transfer answered.
    pub struct Transfer {
        /// `txn_…`; found in no ledger.
        pub transaction_id: String = id("transaction_id"),
        /// The partner, `PA_…`.
        pub from_account: Option<String> = id("from_account"),
        /// The customer, `MA_…`.
        pub to_account: Option<String> = customer("to_account"),
        /// What was moved, in [`Self::currency`].
        pub amount: Option<Decimal> = amount("amount"),
        /// Its currency.
        pub currency: Option<String> = id("currency"),
        /// The description as kept.
        pub description: Option<String> = text("description"),
        /// `completed`; there is no pending state.
        pub status: Option<String> = id("status"),
        /// The partner's wallet afterwards.
        pub partner_balance_after: Option<Decimal> = amount("partner_balance_after"),
        /// The customer's wallet afterwards.
        pub customer_balance_after: Option<Decimal> = amount("customer_balance_after"),
        /// When.
        pub timestamp: Option<DateTime<Utc>> = instant("timestamp"),
    }
}

/// A transfer that was tried: what is needed to look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferAttempt {
    /// The customer, `MA_…`.
    pub customer: String,
    /// The amount.
    pub amount: Decimal,
    /// When it was about to be sent.
    pub started: DateTime<Utc>,
    /// The partner's wallet just before; without it the outcome is never *not done*.
    pub partner_balance_before: Option<Decimal>,
}

impl TransferAttempt {
    /// The attempt that ended in `error`, of an [`ErrorKind::OutcomeUnknown`] transfer.
    pub fn of(error: &Error) -> Option<&Self> {
        error.rows()?.first()
    }
}

/// What became of a transfer whose answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferOutcome {
    /// The money arrived: this is the customer's ledger row.
    Done(Box<Transaction>),
    /// No such row, and the partner's wallet is as it was.
    NotDone,
    /// The ledger and the wallet do not settle it, for this reason. Do not send again; ask the service.
    CannotTell(&'static str),
}

/// A transfer to be sent; see [`PartnerClient::transfer`].
#[must_use = "a transfer is not made until sent"]
#[derive(Debug, Clone)]
pub struct TransferRequest {
    client: PartnerClient,
    customer: String,
    amount: Decimal,
    currency: String,
    description: Option<String>,
    now: Option<DateTime<Utc>>,
}

impl TransferRequest {
    /// The time by the service's clock, where that is not this machine's: a sandbox's may show another year.
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.now = Some(now);
        self
    }

    /// Words for both ledgers.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Checks the amount, reads the partner's currency and wallet, and sends the transfer once.
    ///
    /// [`ErrorKind::Invalid`]: amount or currency refused, nothing sent. [`ErrorKind::ReadOnly`]: likewise.
    /// [`ErrorKind::OutcomeUnknown`]: sent, and the answer lost; see [`TransferAttempt::of`]. Too small a wallet is
    /// [`ErrorKind::Rejected`] (400 or 402).
    pub async fn send(self) -> Result<Answer<Transfer>> {
        let invalid = |detail: &str| Err(Error::new(ErrorKind::Invalid, OPERATION, detail));
        self.client.may_change(OPERATION)?;
        if self.amount <= Decimal::ZERO {
            return invalid("the amount is not positive; nothing was sent");
        }
        if self.amount.normalize().scale() > MOST_PLACES {
            return invalid("the amount has more places than a wallet (5); nothing was sent");
        }
        let call = Call::read_of_customer(OPERATION, &self.customer, &["transfer-balance"])?;
        let partner = self.client.me().await?;
        let currency = match partner.currency.clone() {
            Some(currency) => Some(currency),
            None => self.client.dashboard().await?.into_inner().currency,
        };
        match currency {
            Some(currency) if currency == self.currency => {}
            Some(_) => return invalid("the currency is not the partner's, and nothing is converted; nothing was sent"),
            None => return invalid("the partner's currency is not known, so the transfer cannot be checked; nothing was sent"),
        }
        let mut body = Map::new();
        let Ok(number) = self.amount.to_string().parse() else { return invalid("the amount cannot be written as a number") };
        body.insert("amount".to_owned(), Value::Number(number));
        body.insert("currency".to_owned(), self.currency.into());
        if let Some(description) = self.description {
            body.insert("description".to_owned(), description.into());
        }
        let attempt = TransferAttempt {
            customer: self.customer,
            amount: self.amount,
            started: self.now.unwrap_or_else(Utc::now),
            partner_balance_before: partner.balance,
        };
        let look = "look with transfer_outcome, or in the customer's ledger for a credit of this amount";
        let sent = self.client.call(call.changing(Method::POST, Some(&Value::Object(body)), look)).await;
        sent.map_err(|error| if error.kind() == ErrorKind::OutcomeUnknown { error.with_rows(vec![attempt]) } else { error })
    }
}

impl PartnerClient {
    /// Pays `amount` from the partner's wallet into a customer's. `POST /accounts/{customer_auth_id}/transfer-balance`.
    ///
    /// `amount` is in whole units of `currency`, positive, with at most [`MOST_PLACES`] places; `currency` must be the
    /// partner's. Irreversible. The client needs `allow_changes()`.
    pub fn transfer(&self, auth_id: impl Into<String>, amount: Decimal, currency: impl Into<String>) -> TransferRequest {
        TransferRequest {
            client: self.clone(),
            customer: auth_id.into(),
            amount,
            currency: currency.into(),
            description: None,
            now: None,
        }
    }

    /// Finds out what became of a transfer whose answer was lost, by reading only; `now` is the time by the same clock.
    ///
    /// *Done* needs one credit of that amount with a `ptc:` reference to that customer since the attempt; *not done* needs no
    /// such row, the partner's wallet as before, and some minutes since.
    pub async fn transfer_outcome(&self, attempt: &TransferAttempt, now: DateTime<Utc>) -> Result<TransferOutcome> {
        let partner = self.me().await?;
        let reference = partner.id.as_ref().map(|id| format!("ptc:{id}:{}:", attempt.customer));
        let from = attempt.started.date_naive().checked_sub_days(Days::new(1));
        // Wherever the service cuts its days, it is no further than in tomorrow.
        let to = now.max(attempt.started).date_naive().checked_add_days(Days::new(1));
        let list = self.transactions(&attempt.customer).between(DateRange { from, to });
        let found: Vec<Transaction> = list
            .stream()
            .try_filter(|row| {
                let is_ours = row.reference.as_deref().is_some_and(|text| match &reference {
                    Some(start) => text.starts_with(start.as_str()),
                    None => text.starts_with("ptc:"),
                });
                let at = row.created_at.or(row.processed_at);
                std::future::ready(
                    is_ours
                        && row.amount == Some(attempt.amount)
                        && row.direction() == Some(Direction::Credit)
                        && at.is_none_or(|at| at >= attempt.started - CLOCKS_APART),
                )
            })
            .try_collect()
            .await?;
        Ok(match <[Transaction; 1]>::try_from(found) {
            Ok([row]) if row.created_at.or(row.processed_at).is_some_and(|at| at >= attempt.started) => {
                TransferOutcome::Done(Box::new(row))
            }
            Ok(_) => TransferOutcome::CannotTell("a transfer like this one was made just before it"),
            Err(rows) if !rows.is_empty() => TransferOutcome::CannotTell("more than one transfer like this one was made since"),
            Err(_) if now - attempt.started < CLOCKS_APART => {
                TransferOutcome::CannotTell("it is not in the ledger yet and may still be under way; ask again in some minutes")
            }
            Err(_) => match (attempt.partner_balance_before, partner.balance) {
                (Some(before), Some(after)) if before == after => TransferOutcome::NotDone,
                (Some(_), Some(_)) => {
                    TransferOutcome::CannotTell("it is not in the ledger, and the partner's wallet changed since")
                }
                _ => TransferOutcome::CannotTell("it is not in the ledger, and the partner's wallet before it is not known"),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    const ANSWER: &str = include_str!("../../../../tests/payloads/transfer_balance.json");
    const ME: &str = r#"{"id":"P","auth_id":"PA_X","balance":"900.00000","currency":"INR"}"#;

    async fn serving(status: u16, body: &'static str) -> Fake {
        Fake::start(move |line| if line.starts_with("POST") { (status, body.to_owned()) } else { (200, ME.to_owned()) }).await
    }

    fn posts(fake: &Fake) -> Vec<String> {
        fake.asked().into_iter().filter(|line| line.starts_with("POST")).collect()
    }

    #[tokio::test]
    async fn an_amount_goes_out_exactly_and_once() {
        let fake = serving(200, ANSWER).await;
        let done = fake.client().transfer("MA_X", "500.10".parse().unwrap(), "INR").description("April").send().await.unwrap();
        assert_eq!(done.partner_balance_after, Some(Decimal::from(47750)));
        assert_eq!(
            posts(&fake),
            [r#"POST /accounts/MA_X/transfer-balance
{"amount":500.10,"currency":"INR","description":"April"}"#]
        );
    }

    #[tokio::test]
    async fn a_lost_answer_is_unknown_and_never_sent_again() {
        for (status, body) in [(0, ""), (1, ""), (500, "{}"), (503, "{}"), (408, "{}"), (200, "{\"tra"), (200, "")] {
            let fake = serving(status, body).await;
            let error = fake.client().transfer("MA_X", Decimal::TEN, "INR").send().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status} {error}");
            assert_eq!(TransferAttempt::of(&error).unwrap().partner_balance_before, Some(Decimal::from(900)));
            assert_eq!(posts(&fake).len(), 1, "{status}");
        }
        for (status, kind) in [(429, ErrorKind::RateLimited), (400, ErrorKind::Rejected), (402, ErrorKind::Rejected)] {
            let fake = serving(status, "{}").await;
            assert_eq!(fake.client().transfer("MA_X", Decimal::TEN, "INR").send().await.unwrap_err().kind(), kind);
            assert_eq!(posts(&fake).len(), 1, "{status}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused_unsent() {
        let fake = serving(200, ANSWER).await;
        for (amount, currency) in [("0", "INR"), ("-1", "INR"), ("1.000001", "INR"), ("1", "USD"), ("1", "")] {
            let error = fake.client().transfer("MA_X", amount.parse().unwrap(), currency).send().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{amount} {currency}");
        }
        assert!(posts(&fake).is_empty());
        let before = fake.asked().len();
        let error = fake.read_only().transfer("MA_X", Decimal::ONE, "INR").send().await.unwrap_err();
        assert_eq!((error.kind(), fake.asked().len()), (ErrorKind::ReadOnly, before));
    }

    #[tokio::test]
    async fn the_ledger_and_the_wallet_tell_the_outcome() {
        let started = Utc::now() - TimeDelta::minutes(10);
        let row = |id: &str, minutes: i64| {
            let at = (started + TimeDelta::minutes(minutes)).to_rfc3339();
            format!(r#"{{"id":"{id}","type":"credit","amount":10,"reference":"ptc:P:MA_X:1","created_at":"{at}"}}"#)
        };
        let outcome = async |rows: String, before: Option<i64>| {
            let fake = Fake::start(move |line| {
                let ledger = format!(r#"{{"transactions":[{rows}]}}"#);
                (200, if line.contains("/transactions") { ledger } else { ME.to_owned() })
            })
            .await;
            let before = before.map(Decimal::from);
            let attempt =
                TransferAttempt { customer: "MA_X".to_owned(), amount: Decimal::TEN, started, partner_balance_before: before };
            fake.read_only().transfer_outcome(&attempt, Utc::now()).await.unwrap()
        };
        assert!(matches!(outcome(row("a", 1), None).await, TransferOutcome::Done(_)));
        assert_eq!(outcome(String::new(), Some(900)).await, TransferOutcome::NotDone);
        assert_eq!(outcome(row("old", -5), Some(900)).await, TransferOutcome::NotDone);
        for (rows, before) in [
            (String::new(), None),
            (String::new(), Some(910)),
            (row("a", -1), Some(900)),
            (format!("{},{}", row("a", 1), row("b", 2)), None),
        ] {
            assert!(matches!(outcome(rows, before).await, TransferOutcome::CannotTell(_)));
        }
    }
}
