//! The heartbeat: an address that is asked for after each complete poll whose messages were all accepted. Who watches it learns
//! when polls, decisions or deliveries stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use secrecy::ExposeSecret as _;

use crate::service::Service;

/// How long the answer may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often it is looked whether everything was accepted.
const LOOK: TimeDelta = TimeDelta::seconds(1);

/// Pings until the task is dropped.
pub(crate) async fn run(service: Arc<Service>) -> Result<()> {
    let Some(address) = &service.operations.heartbeat else { return std::future::pending().await };
    let http = reqwest::Client::builder().timeout(DEADLINE).build()?;
    let mut complete = service.complete.subscribe();
    loop {
        complete.changed().await?;
        while service.store.stored().await?.outbox > 0 {
            service.clock.sleep_until(service.clock.now() + LOOK).await;
        }
        // The address is a secret: anyone who knows it can keep the alarm quiet.
        let answer = http.get(address.expose_secret()).send().await.and_then(reqwest::Response::error_for_status);
        if let Err(error) = answer {
            tracing::warn!(error = %error.without_url(), "the heartbeat was not accepted");
        }
    }
}
