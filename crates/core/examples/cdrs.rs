//! One customer's calls of two days, how they ended, and one of them in full.
//!
//! `cargo run -p vobiz-core --example cdrs -- 2026-05-11 2026-05-12`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{DateRange, PartnerClient};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut days = std::env::args().skip(1);
    let (Some(from), Some(to)) = (days.next(), days.next()) else { return Err("give the first day and the last".into()) };
    let client = PartnerClient::from_env()?;
    let Some(customer) = client.accounts().page(1).await?.items.into_iter().next() else { return Ok(()) };
    let calls = client.cdrs(&customer.auth_id).between(DateRange::between(from.parse()?, to.parse()?));
    println!("{}: {:?} calls", customer.auth_id, calls.summary().await?.and_then(|sums| sums.total_calls));
    let page = calls.page(1).await?;
    for call in &page.items {
        println!("{:?} {:>9} {:?} s, cost {:?}", call.start_time, call.status().to_string(), call.billsec, call.total_cost);
    }
    if let Some(call) = page.items.first() {
        let call = client.cdr(&customer.auth_id, &call.uuid).await?;
        println!("{}: {:?}, ended by {:?}", call.uuid, call.hangup_cause, call.hangup_source);
    }
    Ok(())
}
