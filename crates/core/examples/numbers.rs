//! The telephone numbers of all customers, and when each renews.
//!
//! `cargo run -p vobiz-core --example numbers`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{PartnerClient, money};

#[tokio::main]
async fn main() -> vobiz_core::Result<()> {
    for number in PartnerClient::from_env()?.all_numbers().all().await? {
        let fee = number.monthly_fee.map(|fee| money::show(fee, number.currency.as_deref()));
        println!("{} {:?} a month, renews {:?}", number.e164, fee.unwrap_or_default(), number.next_billing_date);
    }
    Ok(())
}
