//! The bot with ten thousand wallets, in a process of its own beside the sandbox's: what it costs, what a storm is for chats,
//! and what a year of history holds.

pub(crate) mod budget;
pub(crate) mod history;
pub(crate) mod storm;

use serde_json::Value;

/// How many wallets.
const WALLETS: usize = 10_000;
/// The message of a poll in the log.
const POLL: &str = "poll judged";

/// A figure of each event.
fn figures(events: &[Value], name: &str) -> Vec<f64> {
    let mut figures: Vec<f64> = events.iter().filter_map(|event| event[name].as_f64()).collect();
    figures.sort_by(f64::total_cmp);
    figures
}

/// The middle of sorted figures, and the last.
fn median_and_most(sorted: &[f64]) -> (f64, f64) {
    let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
    (at(sorted.len() / 2), sorted.last().copied().unwrap_or(f64::NAN))
}
