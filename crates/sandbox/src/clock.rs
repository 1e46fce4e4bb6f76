//! The virtual clock.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::lock::lock;
use crate::world::World;

/// The fastest it runs.
pub const FASTEST: f64 = 10_000.0;

/// A handle on the sandbox's clock. It is stopped until `set_speed` starts it, and never goes back.
/// Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    hands: Mutex<Hands>,
    shown: watch::Sender<DateTime<Utc>>,
    /// What moves with the clock; nothing when recorded answers are served.
    world: Option<Arc<Mutex<World>>>,
}

#[derive(Debug, Clone, Copy)]
struct Hands {
    at: DateTime<Utc>,
    since: Instant,
    /// Virtual seconds per real second; 0 while it is stopped.
    speed: f64,
    /// The speed before it was stopped.
    before: f64,
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Clock").field(&self.now()).finish()
    }
}

impl Clock {
    pub(crate) fn new(start: DateTime<Utc>, world: Option<Arc<Mutex<World>>>) -> Self {
        let hands = Hands { at: start, since: Instant::now(), speed: 0.0, before: 1.0 };
        Self(Arc::new(Inner { hands: Mutex::new(hands), shown: watch::channel(start).0, world }))
    }

    /// The virtual instant.
    pub fn now(&self) -> DateTime<Utc> {
        lock(&self.0.hands).now()
    }

    /// Turns the clock forward. The world has moved when it returns.
    pub fn advance(&self, by: Duration) {
        {
            let mut hands = lock(&self.0.hands);
            let to = TimeDelta::from_std(by).ok().and_then(|by| hands.now().checked_add_signed(by));
            hands.turn(to.unwrap_or(DateTime::<Utc>::MAX_UTC));
        }
        self.settle();
    }

    /// Turns the clock forward to an instant. The world has moved when it returns.
    ///
    /// # Errors
    /// When that instant has passed.
    pub fn set(&self, to: DateTime<Utc>) -> anyhow::Result<()> {
        {
            let mut hands = lock(&self.0.hands);
            let now = hands.now();
            ensure!(to >= now, "the clock shows {now} and does not go back to {to}");
            hands.turn(to);
        }
        self.settle();
        Ok(())
    }

    /// Virtual seconds per real second; 0 while it is stopped.
    pub fn speed(&self) -> f64 {
        lock(&self.0.hands).speed
    }

    /// Sets the virtual seconds per real second, from 0 (stopped) to [`FASTEST`].
    ///
    /// # Errors
    /// When `speed` is outside these bounds.
    pub fn set_speed(&self, speed: f64) -> anyhow::Result<()> {
        ensure!((0.0..=FASTEST).contains(&speed), "a speed is from 0 to {FASTEST}, not {speed}");
        let mut hands = lock(&self.0.hands);
        let now = hands.now();
        hands.turn(now);
        if speed == 0.0 && hands.speed > 0.0 {
            hands.before = hands.speed;
        }
        hands.speed = speed;
        Ok(())
    }

    /// Stops it.
    pub fn pause(&self) {
        // Zero is within the bounds.
        let _ = self.set_speed(0.0);
    }

    /// Lets it run again, as fast as before it was stopped.
    pub fn resume(&self) {
        let hands = *lock(&self.0.hands);
        // A speed it had was within the bounds.
        let _ = self.set_speed(if hands.speed > 0.0 { hands.speed } else { hands.before });
    }

    /// The instants it shows: each jump, and many a second while it runs.
    pub fn watch(&self) -> watch::Receiver<DateTime<Utc>> {
        self.0.shown.subscribe()
    }

    /// Moves the world to the present and shows the time.
    pub(crate) fn settle(&self) {
        if let Some(world) = &self.0.world {
            let mut world = lock(world);
            // Read under the lock, so that no other caller moves the world past it.
            world.advance_to(self.now());
        }
        self.0.shown.send_replace(self.now());
    }
}

impl Hands {
    fn now(&self) -> DateTime<Utc> {
        if self.speed == 0.0 {
            return self.at;
        }
        let elapsed = self.since.elapsed().mul_f64(self.speed);
        let now = TimeDelta::from_std(elapsed).ok().and_then(|elapsed| self.at.checked_add_signed(elapsed));
        now.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn turn(&mut self, to: DateTime<Utc>) {
        self.at = to;
        self.since = Instant::now();
    }
}
