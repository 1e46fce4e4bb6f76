//! Which customers spend the most.

use chrono::NaiveDate;
use futures::stream::{self, StreamExt as _};
use rust_decimal::Decimal;

use crate::client::client::PartnerClient;
use crate::error::{Error, Result};
use crate::time::DateRange;

/// Where the figures of a [`TopCustomers`] come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The report itself lists its top customers.
    Reported,
    /// The summaries of each customer's call records.
    CallRecords,
}

/// What one customer spent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spender {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name.
    pub name: Option<String>,
    /// Calls.
    pub calls: Option<u64>,
    /// What they cost, in [`Self::currency`]. `None` is not zero.
    pub cost: Option<Decimal>,
    /// Currency of the cost; amounts of different ones are not to be compared.
    pub currency: Option<String>,
}

/// Customers by what they spent, most first.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TopCustomers {
    /// The customers: in the report's order where it names them, else the largest spend first; those that cost the same stand in
    /// the order of their ids, those without a figure last.
    pub customers: Vec<Spender>,
    /// Customers whose figures could not be read, by id, and why.
    pub failures: Vec<(String, Error)>,
    /// Where the figures come from.
    pub source: Source,
}

impl PartnerClient {
    /// Customers by what their calls cost from `from` to `to`, both included.
    ///
    /// As `GET /analytics` reports it where it does, else one small request of call records for each customer, some beside
    /// each other. `progress` is called with how many customers of how many are done. A customer that cannot be read is listed in
    /// [`TopCustomers::failures`]; an error of the whole is one of the report or of the list of customers.
    pub async fn top_customers(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        mut progress: impl FnMut(usize, usize) + Send,
    ) -> Result<TopCustomers> {
        let range = DateRange::between(from, to);
        let report = self.analytics(range).await?;
        if let Some(listed) = report.top_customers.clone().filter(|listed| !listed.is_empty()) {
            let customers = listed.into_iter().map(|listed| Spender {
                auth_id: listed.auth_id,
                name: listed.name,
                calls: listed.total_calls,
                cost: listed.total_cost,
                currency: report.currency.clone(),
            });
            return Ok(TopCustomers { customers: customers.collect(), failures: Vec::new(), source: Source::Reported });
        }
        let accounts = self.accounts().all().await?;
        let (count, mut customers, mut failures) = (accounts.len(), Vec::new(), Vec::new());
        let mut reads = stream::iter(accounts)
            .map(|account| async move {
                let summary = self.cdrs(account.auth_id.clone()).between(range).summary().await;
                (account, summary)
            })
            .buffer_unordered(self.concurrency());
        let mut done = 0;
        while let Some((account, summary)) = reads.next().await {
            done += 1;
            progress(done, count);
            match summary {
                Ok(sums) => customers.push(Spender {
                    currency: account.currency().or(report.currency.as_deref()).map(str::to_owned),
                    auth_id: account.auth_id,
                    name: account.name,
                    calls: sums.as_ref().and_then(|sums| sums.total_calls),
                    cost: sums.and_then(|sums| sums.total_cost),
                }),
                Err(error) => failures.push((account.auth_id, error)),
            }
        }
        customers.sort_by(|one, other| other.cost.cmp(&one.cost).then_with(|| one.auth_id.cmp(&other.auth_id)));
        failures.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(TopCustomers { customers, failures, source: Source::CallRecords })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    #[tokio::test]
    async fn spenders_are_ranked_and_failures_are_listed() {
        let fake = Fake::start(|line| {
            let sums = |cost| (200, format!(r#"{{"data":[],"summary":{{"totalCalls":1,"total_cost":{cost}}}}}"#));
            match line {
                _ if line.contains("/analytics") => (200, r#"{"calls":{"total_calls":1},"currency":"INR"}"#.to_owned()),
                _ if line.contains("/accounts?") => {
                    let ids = ["MA_C", "MA_B", "MA_A", "MA_X"].map(|id| format!(r#"{{"auth_id":"{id}"}}"#)).join(",");
                    (200, format!(r#"{{"accounts":[{ids}],"total":4,"page":1,"size":100}}"#))
                }
                _ if line.contains("MA_X") => (403, "{}".to_owned()),
                _ if line.contains("MA_B") => sums("9.5"),
                _ => sums("2"),
            }
        })
        .await;
        let (from, to) = ("2026-04-01".parse().unwrap(), "2026-04-30".parse().unwrap());
        let mut progress = Vec::new();
        let top = fake.client().top_customers(from, to, |done, of| progress.push((done, of))).await.unwrap();
        let ids: Vec<_> = top.customers.iter().map(|spender| spender.auth_id.as_str()).collect();
        assert_eq!(ids, ["MA_B", "MA_A", "MA_C"]);
        assert_eq!((top.failures.len(), top.failures[0].0.as_str(), top.source), (1, "MA_X", Source::CallRecords));
        assert_eq!(progress.last(), Some(&(4, 4)));
        assert!(fake.asked().iter().filter(|line| line.contains("/cdrs")).all(|line| line.contains("per_page=1&")));
    }
}
