//! Readers of the service in Rust: by the crate, and by what a person would write without it.

mod bare;
mod models;
mod ours;

use anyhow::{Result, bail};

use crate::measure::{Measure, memory};

/// Reads `case` once, and then so many `times` under measurement.
#[tokio::main]
pub(crate) async fn run(who: &str, case: &str, times: usize, address: &str) -> Result<()> {
    let base = format!("{address}/{case}/");
    match who {
        "ours" => {
            let client = ours::client(&base)?;
            let idle = memory("VmRSS")?;
            ours::warm(&client, case).await?;
            let (measure, mut rows) = (Measure::begin(idle), 0);
            for _ in 0..times {
                rows += ours::read(&client, case).await?;
            }
            measure.end(rows)
        }
        "bare" => {
            let client = bare::client()?;
            let idle = memory("VmRSS")?;
            bare::warm(&client, &base, case).await?;
            let (measure, mut rows) = (Measure::begin(idle), 0);
            for _ in 0..times {
                rows += bare::read(&client, &base, case).await?;
            }
            measure.end(rows)
        }
        _ => bail!("nobody is called {who}"),
    }
}
