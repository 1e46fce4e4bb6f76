//! Every customer with its wallet, page after page, then how many are low.
//!
//! `cargo run -p vobiz-core --example accounts`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use futures::TryStreamExt as _;
use vobiz_core::{Decimal, PartnerClient, accounts::count_below, money};

#[tokio::main]
async fn main() -> vobiz_core::Result<()> {
    let client = PartnerClient::from_env()?;
    let mut stream = std::pin::pin!(client.accounts().stream());
    let mut accounts = Vec::new();
    while let Some(account) = stream.try_next().await? {
        let balance = account.balance.map_or_else(|| "not reported".to_owned(), |it| money::show(it, account.currency()));
        println!("{} {balance:>16} {}", account.auth_id, account.name.as_deref().unwrap_or_default());
        accounts.push(account);
    }
    println!("{} of {} are below 2000", count_below(&accounts, Decimal::from(2000)), accounts.len());
    Ok(())
}
