//! What happened while the bot was away.

use chrono::{DateTime, Utc};

use super::{Reader, counted, say, span, whose};
use crate::snapshot::Snapshot;

/// Wallets that are named.
const NAMED: usize = 10;

/// From when to when nothing was read, and which wallets went past a level meanwhile. What fires follows by itself.
pub(crate) fn absence(blind_since: DateTime<Utc>, snapshot: &Snapshot, reader: &Reader) -> String {
    let (from, to) = (reader.at(blind_since), reader.at(snapshot.at));
    let head = format!("⚪ Nothing was read from {from} to {to} ({})", span(snapshot.at - blind_since));
    let crossed = snapshot.crossed();
    let names = crossed.iter().take(NAMED).map(|subject| {
        let left =
            subject.balance.map_or_else(|| "balance unknown".to_owned(), |balance| say(balance, subject.currency.as_deref()));
        format!("\n{}: {left}", whose(subject))
    });
    let names: String = names.collect();
    let rest = if crossed.len() > NAMED { format!("\n… and {} more: /low", crossed.len() - NAMED) } else { String::new() };
    match crossed.len() {
        0 if snapshot.is_certain() => format!("{head}. No wallet went past a level meanwhile."),
        0 => format!("{head}. No wallet that could be read went past a level meanwhile."),
        count => {
            let wallets = counted(count, "wallet", "wallets");
            format!("{head}. Meanwhile {wallets} went past a level; alerts follow where that holds:{names}{rest}")
        }
    }
}
