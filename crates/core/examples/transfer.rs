//! Pays into a customer's wallet, and finds out what became of it where the answer is lost. This moves money.
//!
//! `cargo run -p vobiz-core --example transfer -- MA_XXXXXXXX 100.50 INR`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::transfer::TransferAttempt;
use vobiz_core::{ClientBuilder, money};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [customer, amount, currency] = &arguments[..] else { return Err("give a customer, an amount and a currency".into()) };
    // Without allow_changes() the transfer would be refused unsent.
    let client = ClientBuilder::from_env()?.allow_changes().build()?;
    match client.transfer(customer, money::parse(amount)?, currency).description("Top-up").send().await {
        Ok(done) => println!("{}: the customer has {:?} now", done.transaction_id, done.customer_balance_after),
        Err(error) => match TransferAttempt::of(&error) {
            // It may have been done. Look; never just send it again.
            Some(attempt) => println!("{error}\n{:?}", client.transfer_outcome(attempt, chrono::Utc::now()).await?),
            None => return Err(error.into()),
        },
    }
    Ok(())
}
