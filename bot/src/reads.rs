//! Reads of the API that several people may ask for at once: one request answers all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Mutex as AsyncMutex;
use vobiz_core::Result;

use crate::clock::Clock;

/// Reads that are kept; the oldest give way.
const KEPT: usize = 64;

/// An outcome and when it came.
type Kept<T> = Arc<AsyncMutex<Option<(DateTime<Utc>, Result<Arc<T>>)>>>;

/// The last outcome of each read, by the name of what was read.
pub(crate) struct Reads<T>(Mutex<HashMap<String, Kept<T>>>);

impl<T> Default for Reads<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Reads<T> {
    /// The outcome of a read that ended at `needed` or later: one that is kept, or is under way, or else a new one.
    pub(crate) async fn since(
        &self,
        needed: DateTime<Utc>,
        name: &str,
        clock: &Clock,
        read: impl Future<Output = Result<T>>,
    ) -> (DateTime<Utc>, Result<Arc<T>>) {
        let kept = self.entry(name);
        let mut kept = kept.lock().await;
        match &*kept {
            Some((at, outcome)) if *at >= needed => (*at, outcome.clone()),
            _ => {
                let outcome = read.await.map(Arc::new);
                kept.insert((clock.now(), outcome)).clone()
            }
        }
    }

    fn entry(&self, name: &str) -> Kept<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT && !all.contains_key(name) {
            all.clear();
        }
        all.entry(name.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use chrono::TimeDelta;

    use super::*;

    #[tokio::test]
    async fn readers_who_ask_while_a_read_is_under_way_share_it() {
        let (reads, clock, count) = (Reads::default(), Clock::System, AtomicU32::new(0));
        let asked_at = clock.now();
        let read = || async {
            tokio::task::yield_now().await;
            Ok(count.fetch_add(1, Ordering::Relaxed))
        };
        let all = (0..100).map(|_| reads.since(asked_at, "dashboard", &clock, read()));
        let outcomes = futures::future::join_all(all).await;
        assert!(outcomes.iter().all(|(_, outcome)| **outcome.as_ref().unwrap() == 0));
        assert_eq!(count.load(Ordering::Relaxed), 1);
        let later = clock.now() + TimeDelta::seconds(1);
        reads.since(later, "dashboard", &clock, read()).await.1.unwrap();
        reads.since(asked_at, "other", &clock, read()).await.1.unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }
}
