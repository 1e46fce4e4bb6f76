//! The partner's own wallet, and what it may do.
//!
//! `cargo run -p vobiz-core --example profile`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{PartnerClient, money};

#[tokio::main]
async fn main() -> vobiz_core::Result<()> {
    let me = PartnerClient::from_env()?.me().await?;
    println!("{} {}", me.auth_id.as_deref().unwrap_or("?"), me.name.as_deref().unwrap_or("?"));
    match me.balance {
        Some(balance) => println!("wallet: {}", money::show(balance, me.currency.as_deref())),
        None => println!("wallet: not reported"),
    }
    println!("may create customers: {:?}, may move money: {:?}", me.can_create_accounts, me.can_transfer_balance);
    Ok(())
}
