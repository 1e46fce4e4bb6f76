//! What happens in the chats, for subscribers: a list that only grows.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Telegram;
use crate::lock::lock;

/// Everything that happened, in order.
#[derive(Debug)]
pub(super) struct Events {
    entries: Vec<Value>,
    number: watch::Sender<usize>,
}

impl Events {
    pub(super) fn new() -> Self {
        Self { entries: Vec::new(), number: watch::channel(0).0 }
    }

    pub(super) fn push(&mut self, event: Value) {
        self.entries.push(event);
        self.number.send_replace(self.entries.len());
    }
}

impl Telegram {
    /// The events after the first `seen`; waits for one as long as `patience` where there is none yet.
    pub(crate) async fn events(&self, seen: usize, patience: Duration) -> Vec<Value> {
        let mut number = lock(&self.0.state).events.number.subscribe();
        // Nothing new is an answer too.
        let _ = timeout(patience, number.wait_for(|number| *number > seen)).await;
        lock(&self.0.state).events.entries.get(seen..).map(<[Value]>::to_vec).unwrap_or_default()
    }
}
