//! The crate as its documentation shows it.

use anyhow::{Result, bail};
use futures::TryStreamExt as _;
use vobiz_core::PartnerClient;

/// A client without a pace: the service is our own.
pub(crate) fn client(base: &str) -> Result<PartnerClient> {
    Ok(PartnerClient::builder("PA_XXXXXXXX", "a-token").base_url(base).rate(0, 1).build()?)
}

/// One small read, so that the connection is there.
pub(crate) async fn warm(client: &PartnerClient, case: &str) -> Result<()> {
    match case {
        "small" | "large" => drop(client.dashboard().await?),
        "1000" | "10000" => drop(client.accounts().page(1).await?),
        _ => drop(client.transactions("MA_XXXXXXXX").page(1).await?),
    }
    Ok(())
}

/// Reads one case and counts its rows.
pub(crate) async fn read(client: &PartnerClient, case: &str) -> Result<usize> {
    Ok(match case {
        "small" | "large" => client.dashboard().await?.time_series.len(),
        "1000" | "10000" => client.accounts().all().await?.len(),
        "ledger" => client.transactions("MA_XXXXXXXX").stream().try_fold(0, async |rows, _| Ok(rows + 1)).await?,
        _ => bail!("there is no case {case}"),
    })
}
