//! A history lived again, poll by poll.

use chrono::{DateTime, Utc};

use super::{History, Sample};

/// What changed in one sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep<'a> {
    /// The poll's instant.
    pub at: DateTime<Utc>,
    /// Samples since the poll before, oldest first. Of a wallet that occurs more than once the last one counts; a wallet
    /// that does not occur read the same as when it was read last.
    pub samples: &'a [Sample],
}

impl History {
    /// Every sweep in order of time, each with what changed in it. Samples after the last poll were seen by none.
    pub fn sweeps(&self) -> impl Iterator<Item = Sweep<'_>> {
        let mut rest = self.samples.as_slice();
        self.polls.iter().map(move |poll| {
            let seen = rest.iter().take_while(|sample| sample.at <= *poll).count();
            let (samples, later) = rest.split_at(seen);
            rest = later;
            Sweep { at: *poll, samples }
        })
    }
}
