//! The customers that spend the most, and how far the reading has come.
//!
//! `cargo run -p vobiz-core --example top_customers -- 2026-05-01 2026-05-12`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{PartnerClient, money};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut days = std::env::args().skip(1);
    let (Some(from), Some(to)) = (days.next(), days.next()) else { return Err("give the first day and the last".into()) };
    let client = PartnerClient::from_env()?;
    let top = client.top_customers(from.parse()?, to.parse()?, |done, of| println!("{done} of {of}")).await?;
    for spender in top.customers.iter().take(10) {
        let cost = spender.cost.map(|cost| money::show(cost, spender.currency.as_deref()));
        println!("{} {:?} {:?}", spender.auth_id, spender.name, cost);
    }
    println!("from {:?}; {} could not be read", top.source, top.failures.len());
    Ok(())
}
