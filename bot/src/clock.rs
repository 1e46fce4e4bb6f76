//! The time: the system's, or in the demo the sandbox's.

use chrono::{DateTime, Utc};

/// Where the time comes from. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Clock {
    /// The machine's.
    System,
    /// The sandbox's, which can be turned.
    #[cfg(feature = "demo")]
    Virtual(vobiz_sandbox::Clock),
}

impl Clock {
    /// The present.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            #[cfg(feature = "demo")]
            Self::Virtual(clock) => clock.now(),
        }
    }

    /// Waits until `then`. A clock that is set back or forward is noticed within a minute.
    pub(crate) async fn sleep_until(&self, then: DateTime<Utc>) {
        match self {
            Self::System => {
                while let Ok(left) = (then - Utc::now()).to_std() {
                    tokio::time::sleep(left.min(std::time::Duration::from_mins(1))).await;
                }
            }
            #[cfg(feature = "demo")]
            Self::Virtual(clock) => {
                let mut shown = clock.watch();
                while clock.now() < then {
                    if shown.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
            }
        }
    }
}
