//! Notifications to systemd from a service of `Type=notify`; without systemd nothing happens.

use std::time::Duration;

use anyhow::Result;
use sd_notify::NotifyState;

/// Both services answered and updates can be read.
pub(crate) fn ready() {
    notify(&[NotifyState::Ready, NotifyState::Status("watching")]);
}

/// The bot stops by itself.
pub(crate) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Feeds the watchdog, where there is one, until the task is dropped. A runtime that hangs stops doing so.
pub(crate) async fn watchdog() -> Result<()> {
    let Some(limit) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    loop {
        notify(&[NotifyState::Watchdog]);
        tokio::time::sleep((limit / 2).max(Duration::from_secs(1))).await;
    }
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd cannot be notified");
    }
}
