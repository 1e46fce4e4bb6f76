//! All wallets and the calls of the last days, with the days of the report beneath.
//!
//! `cargo run -p vobiz-core --example dashboard`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{PartnerClient, money};

#[tokio::main]
async fn main() -> vobiz_core::Result<()> {
    let report = PartnerClient::from_env()?.dashboard().await?;
    let currency = report.currency.as_deref();
    if let Some(total) = report.total_balance {
        println!("all wallets: {}", money::show(total, currency));
    }
    if let Some(rate) = report.answer_rate() {
        println!("answered: {}%", rate.round_dp(1));
    }
    for day in &report.time_series {
        let cost = day.total_cost.map_or_else(|| "not reported".to_owned(), |cost| money::show(cost, currency));
        println!("{} {:>6} calls  {cost}", day.date, day.total_calls.unwrap_or(0));
    }
    Ok(())
}
