//! Calls and cost between two days, by direction.
//!
//! `cargo run -p vobiz-core --example analytics -- 2026-05-01 2026-05-07`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{DateRange, PartnerClient, money};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut days = std::env::args().skip(1);
    let (Some(from), Some(to)) = (days.next(), days.next()) else { return Err("give the first day and the last".into()) };
    let report = PartnerClient::from_env()?.analytics(DateRange::between(from.parse()?, to.parse()?)).await?;
    // The window that the service answered for, which may be another than the one asked for.
    if let Some(period) = &report.period {
        println!("{:?} to {:?}", period.from_date, period.to_date);
    }
    for (direction, figures) in report.by_direction() {
        let cost = figures.total_cost.map(|cost| money::show(cost, report.currency.as_deref()));
        println!("{direction}: {:?} calls, {:?} not answered, {cost:?}", figures.total_calls, figures.failed_calls());
    }
    Ok(())
}
