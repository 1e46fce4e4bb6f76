//! Ledgers: `GET /accounts/{id}/transactions` and `GET /transactions`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use rust_decimal::Decimal;

use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::list::{self, Chunk};
use crate::client::model::model;
use crate::client::page::{PER_PAGE, Page};
use crate::client::sweep::{Rows, Sweep, gather, keep_first};
use crate::client::walk::Step;
use crate::client::windows::{self, Source};
use crate::error::{Error, Result};
use crate::time::DateRange;

/// Which way money went, seen from the customer's wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the wallet.
    Credit,
    /// Out of it.
    Debit,
}

model! {
    /// One row of a ledger.
    pub struct Transaction {
        /// Id of the entry. Not the `transaction_id` that a transfer answers.
        pub id: String = id("id" | "transaction_id"),
        /// The customer's id, `MA_…`.
        pub account_id: Option<String> = customer("account_id" | "account_auth_id"),
        /// Id of the wallet.
        pub balance_id: Option<String> = id("balance_id"),
        /// `credit`, `debit`, or another word such as `did_rental`; see [`Self::direction`].
        pub transaction_type: Option<String> = id("type" | "transaction_type"),
        /// The amount as sent, in whole units of [`Self::currency`]: positive in current bodies, signed in older ones.
        pub amount: Option<Decimal> = amount("amount"),
        /// Its currency.
        pub currency: Option<String> = id("currency"),
        /// Free text; the customer's copy of a transfer begins with `Transfer from partner …`.
        pub description: Option<String> = text("description"),
        /// `ptc:<partner UUID>:<customer>:<unix seconds>` of a transfer, `cdr:<uuid>` of a call; often absent.
        pub reference: Option<String> = id("reference"),
        /// What the reference is to; absent in partner samples.
        pub reference_type: Option<String> = id("reference_type"),
        /// `completed`, `pending`, `failed`, `cancelled`.
        pub status: Option<String> = id("status"),
        /// When it was booked.
        pub processed_at: Option<DateTime<Utc>> = instant("processed_at"),
        /// When it was entered.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
    }
}

impl Transaction {
    /// Which way the money went: from the type where that says so, else from a minus sign. `None` where neither does.
    pub fn direction(&self) -> Option<Direction> {
        match self.transaction_type.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("credit" | "recharge" | "refund") => Some(Direction::Credit),
            Some("debit") => Some(Direction::Debit),
            _ => self.amount.filter(|amount| amount.is_sign_negative() && !amount.is_zero()).map(|_| Direction::Debit),
        }
    }
}

model! {
    /// Sums of one kind of reference.
    pub struct ReferenceSums {
        /// The kind; `unknown` where rows have none.
        pub reference_type: Option<String> = text("reference_type"),
        /// Money out.
        pub total_debit: Option<Decimal> = amount("total_debit"),
        /// Money in.
        pub total_credit: Option<Decimal> = amount("total_credit"),
        /// Rows.
        pub count: Option<u64> = count("count"),
    }
}

model! {
    /// Sums over the whole filtered ledger, not one page. All zero beside rows is a failed computation, not an empty period.
    pub struct LedgerSummary {
        /// Rows.
        pub total_transactions: Option<u64> = count("total_transactions"),
        /// Money out.
        pub total_debit: Option<Decimal> = amount("total_debit"),
        /// Money in.
        pub total_credit: Option<Decimal> = amount("total_credit"),
        /// Credit − debit.
        pub net_amount: Option<Decimal> = amount("net_amount"),
        /// The same by kind of reference.
        pub by_reference_type: Vec<ReferenceSums> = list("by_reference_type"),
    }
}

model! {
    pub(crate) struct Summarised {
        summary: Option<LedgerSummary> = nested("summary"),
        total: Option<u64> = count("total"),
    }
}

/// A ledger; see [`PartnerClient::transactions`] and [`PartnerClient::all_transactions`].
#[must_use = "a list does nothing until a page is asked for or it is streamed"]
#[derive(Debug, Clone)]
pub struct Transactions {
    client: PartnerClient,
    customer: Option<String>,
    account: Option<String>,
    search: Option<String>,
    kind: Option<String>,
    range: DateRange,
}

impl Transactions {
    const OPERATION: &str = "list transactions";

    /// Keeps these days. With a first day alone the last is today.
    pub fn between(mut self, range: DateRange) -> Self {
        self.range = range;
        self
    }

    /// Keeps one kind: `recharge`, `debit`, `refund`, `transfer`. Rows name their kinds otherwise: a transfer is a `credit` there.
    pub fn transaction_type(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Keeps one customer; of the global ledger only.
    pub fn account(mut self, auth_id: impl Into<String>) -> Self {
        self.account = Some(auth_id.into());
        self
    }

    /// Keeps rows whose description, reference, account id or account name holds `text`; of the global ledger only.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }

    fn call(&self, range: DateRange, page: u64, size: u32) -> Result<Call> {
        let call = match &self.customer {
            Some(id) => Call::read_of_customer(Self::OPERATION, id, &["transactions"])?,
            None => Call::read(Self::OPERATION, "transactions")
                .ask("account", self.account.as_ref())
                .ask("search", self.search.as_ref()),
        };
        let range = range.checked(Self::OPERATION)?;
        Ok(call
            .ask("page", Some(page))
            .ask("per_page", Some(size))
            .ask("transaction_type", self.kind.as_ref())
            .day("from_date", range.from)
            .day("to_date", range.to))
    }

    /// Whether a row is one that was asked for; unknown parameters are dropped in silence by some endpoints.
    fn keeps(&self, row: &Transaction) -> bool {
        let kind = match self.kind.as_deref() {
            Some("debit") => row.direction() != Some(Direction::Credit),
            Some("recharge" | "refund" | "transfer") => row.direction() != Some(Direction::Debit),
            _ => true,
        };
        let wanted = self.customer.as_deref().or(self.account.as_deref());
        let account = wanted.zip(row.account_id.as_deref()).is_none_or(|(wanted, id)| wanted == id);
        kind && account && windows::is_near(self.range, row.created_at.or(row.processed_at))
    }

    fn closed(mut self) -> Self {
        self.range = windows::closed(self.range, Utc::now());
        self
    }

    /// One page; the first is 1. Rows that do not match the filters are left out, so it may be short.
    pub async fn page(&self, page: u64) -> Result<Page<Transaction>> {
        let list = self.clone().closed();
        let mut rows: Page<Transaction> = self.client.page(list.call(list.range, page, PER_PAGE)?).await?;
        rows.items.retain(|row| list.keeps(row));
        Ok(rows)
    }

    /// Sums over the whole filtered ledger, in one small request. `None` where the service sends none, or zeros beside rows.
    pub async fn summary(&self) -> Result<Option<Answer<LedgerSummary>>> {
        let list = self.clone().closed();
        let answer: Answer<Summarised> = self.client.call(list.call(list.range, 1, 1)?).await?;
        let rows = answer.total.unwrap_or(0);
        let is_computed =
            |sums: &LedgerSummary| rows == 0 || [sums.total_debit, sums.total_credit].iter().flatten().any(|sum| !sum.is_zero());
        Ok(answer.map(|answer| answer.summary.filter(is_computed)).transpose())
    }

    /// Every row once, newest first, long windows in parts.
    ///
    /// Where the global ledger is not there for this partner (403, 404, 501), each customer's is read instead, one customer
    /// after the other; of a list that keeps one customer, that one's, which is [`crate::ErrorKind::NotFound`] where nobody has the id.
    pub fn stream(self) -> impl Stream<Item = Result<Transaction>> + Send {
        list::one_by_one(self.steps())
    }

    /// Every row once, as [`Self::stream`] gives them, in one list for each page.
    pub fn chunks(self) -> impl Stream<Item = Result<Chunk<Transaction>>> + Send {
        list::chunks(self.steps())
    }

    fn steps(self) -> BoxStream<'static, Result<Step<Transaction>>> {
        let list = self.closed();
        let plain = list.clone().direct();
        if list.customer.is_some() {
            return plain;
        }
        stream::once(async move {
            let mut plain = plain;
            match plain.next().await {
                Some(Err(error)) if is_unavailable(&error) => list.by_customer(),
                first => stream::iter(first).chain(plain).boxed(),
            }
        })
        .flatten()
        .boxed()
    }

    fn direct(self) -> BoxStream<'static, Result<Step<Transaction>>> {
        let (range, list, keep) = (self.range, self.clone(), self.clone());
        let source = Source {
            operation: Self::OPERATION,
            ahead: self.client.concurrency(),
            id: |row: &Transaction| &row.id,
            at: |row| row.created_at.or(row.processed_at),
            fetch: Arc::new(move |range, page| {
                let list = list.clone();
                Box::pin(async move { list.client.page(list.call(range, page, PER_PAGE)?).await })
            }),
        };
        windows::steps(source, range).map_ok(move |step| step.keeping(|row| keep.keeps(row))).boxed()
    }

    /// The ledgers of the customers, one after the other.
    fn by_customer(self) -> BoxStream<'static, Result<Step<Transaction>>> {
        let accounts = match self.account.clone() {
            None => self.client.accounts().stream().boxed(),
            Some(id) => {
                let client = self.client.clone();
                stream::once(async move { client.account(&id).await.map(Answer::into_inner) }).boxed()
            }
        };
        let search = self.search.as_ref().map(|text| text.to_lowercase());
        accounts
            .map_ok(move |account| {
                let named = search.clone().filter(|text| {
                    ![account.name.as_deref(), Some(&account.auth_id)]
                        .into_iter()
                        .flatten()
                        .any(|name| name.to_lowercase().contains(text))
                });
                let one = Self { customer: Some(account.auth_id), account: None, search: None, ..self.clone() };
                one.direct().map_ok(move |step| {
                    step.keeping(|row| {
                        named.as_ref().is_none_or(|text| {
                            let mut texts = [&row.description, &row.reference].into_iter().flatten();
                            texts.any(|held| held.to_lowercase().contains(text))
                        })
                    })
                })
            })
            .try_flatten()
            .boxed()
    }

    /// Every row, as far as it could be read within this time, and whether that is all. An error is one before the first page.
    pub async fn sweep(self, within: Duration) -> Result<Sweep<Transaction>> {
        self.gathered(Some(within)).await
    }

    /// Every row in one list. Where rows may be missing the error is [`crate::ErrorKind::Incomplete`] and holds those that were read.
    pub async fn all(self) -> Result<Vec<Transaction>> {
        self.gathered(None).await?.into_complete()
    }

    async fn gathered(self, within: Option<Duration>) -> Result<Sweep<Transaction>> {
        let rows = Rows { operation: Self::OPERATION, id: |row: &Transaction| &row.id, merge: keep_first };
        gather(rows, self.steps(), within).await
    }
}

fn is_unavailable(error: &Error) -> bool {
    matches!(error.status(), Some(403 | 404 | 501))
}

impl PartnerClient {
    /// The ledger of one customer. `GET /accounts/{customer_auth_id}/transactions`.
    pub fn transactions(&self, auth_id: impl Into<String>) -> Transactions {
        Transactions { customer: Some(auth_id.into()), ..self.all_transactions() }
    }

    /// The ledgers of all customers. `GET /transactions`, else the walk that [`Transactions::stream`] describes.
    pub fn all_transactions(&self) -> Transactions {
        Transactions {
            client: self.clone(),
            customer: None,
            account: None,
            search: None,
            kind: None,
            range: DateRange::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    const BODY: &str = include_str!("../../../../tests/payloads/transactions.json");

    #[tokio::test]
    async fn the_printed_body_is_read_and_asked_for_by_its_own_names() {
        let fake = Fake::start(|_| (200, BODY.to_owned())).await;
        let list = fake.client().transactions("MA_XXXXXXXX");
        let list = list.between(DateRange::between("2026-05-01".parse().unwrap(), "2026-05-31".parse().unwrap()));
        let rows = list.clone().all().await.unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].amount, Some(Decimal::from(200)));
        assert_eq!(rows[0].direction(), Some(Direction::Credit));
        assert_eq!(list.summary().await.unwrap().unwrap().net_amount, Some(Decimal::from(1300)));
        let asked = fake.asked();
        assert!(asked[0].contains("from_date=2026-05-01&to_date=2026-05-31"), "{asked:?}");
    }

    #[tokio::test]
    async fn a_global_ledger_that_is_not_there_becomes_a_walk() {
        for status in [403, 404, 501] {
            let fake = Fake::start(move |line| {
                if line.contains("/accounts/") {
                    (200, BODY.to_owned())
                } else if line.contains("/accounts?") {
                    (200, r#"{"accounts":[{"auth_id":"MA_XXXXXXXX"}],"total":1,"page":1,"size":100}"#.to_owned())
                } else {
                    (status, "{}".to_owned())
                }
            })
            .await;
            assert_eq!(fake.client().all_transactions().all().await.unwrap().len(), 3, "{status}");
            assert_eq!(fake.asked().len(), 3);
        }
    }

    #[tokio::test]
    async fn rows_that_a_filter_should_have_kept_out_are_dropped() {
        let fake = Fake::start(|_| (200, BODY.to_owned())).await;
        let day = "2026-05-09".parse().unwrap();
        let rows = fake.client().transactions("MA_XXXXXXXX").between(DateRange::between(day, day)).all().await.unwrap();
        assert!(rows.is_empty());
        assert!(fake.client().transactions("MA_XXXXXXXX").transaction_type("debit").all().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_customer_that_nobody_has_is_not_found_rather_than_a_ledger_that_is_not_there() {
        let fake = Fake::start(|_| (404, "{}".to_owned())).await;
        let error = fake.client().all_transactions().account("MA_NOBODY").all().await.unwrap_err();
        assert_eq!((error.kind(), fake.asked().len()), (crate::ErrorKind::NotFound, 2));
        assert!(fake.asked()[1].starts_with("GET /accounts/MA_NOBODY"));
    }
}
