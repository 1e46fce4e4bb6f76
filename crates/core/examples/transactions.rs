//! The newest rows of one customer's ledger, and its sums.
//!
//! `cargo run -p vobiz-core --example transactions`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use futures::TryStreamExt as _;
use vobiz_core::{PartnerClient, money};

#[tokio::main]
async fn main() -> vobiz_core::Result<()> {
    let client = PartnerClient::from_env()?;
    let Some(customer) = client.accounts().page(1).await?.items.into_iter().next() else { return Ok(()) };
    let ledger = client.transactions(&customer.auth_id);
    if let Some(sums) = ledger.summary().await? {
        println!("{}: in {:?}, out {:?}", customer.auth_id, sums.total_credit, sums.total_debit);
    }
    let mut rows = std::pin::pin!(ledger.stream());
    for _ in 0..10 {
        let Some(row) = rows.try_next().await? else { break };
        let amount = row.amount.map(|amount| money::show(amount, row.currency.as_deref()));
        println!("{:?} {:?} {amount:?} {}", row.created_at, row.direction(), row.description.as_deref().unwrap_or_default());
    }
    Ok(())
}
