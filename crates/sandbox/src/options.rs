//! What a sandbox is started with.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::books::Books;
use crate::permissions::Permissions;

/// What a sandbox is started with. The default is forty customers at nine in the morning in Kolkata,
/// on a free port.
///
/// ```
/// let options = vobiz_sandbox::Options { customers: 12, ..Default::default() };
/// assert_eq!(options.seed, 7);
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
    /// How many customers there are at the start.
    pub customers: usize,
    /// What everything random comes from.
    pub seed: u64,
    /// The instant at which the clock starts: [`Options::START`] unless given.
    pub start: Option<DateTime<Utc>>,
    /// Serves the recorded bodies of this folder instead of a world.
    pub payloads: Option<PathBuf>,
    /// Recorded bodies to serve in the place of others, as names of files without `.json`:
    /// `("dashboard", "dashboard_flat")`. A name that begins with `errors/` is answered with the
    /// status number in it.
    pub replace: Vec<(String, String)>,
    /// What the partner may do in a world.
    pub permissions: Permissions,
    /// What makes the books of a world hard to close; nothing by default.
    pub books: Books,
}

impl Options {
    /// Nine in the morning of a Tuesday in Kolkata.
    pub const START: &str = "2026-05-12T03:30:00Z";
    /// The fewest and the most customers of a world.
    pub const CUSTOMERS: std::ops::RangeInclusive<usize> = 1..=50_000;

    pub(crate) fn start(&self) -> DateTime<Utc> {
        self.start.unwrap_or_else(|| Self::START.parse().unwrap_or_default())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            customers: 40,
            seed: 7,
            start: None,
            payloads: None,
            replace: Vec::new(),
            permissions: Permissions::default(),
            books: Books::default(),
        }
    }
}
