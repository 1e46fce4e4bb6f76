//! What does not add up about a sweep, in sentences.

use chrono::{DateTime, Utc};
use vobiz_core::alert::Doubt;

use super::span;

/// Why a sweep is not believed, at an instant. Plain text.
pub(crate) fn doubt(doubt: &Doubt, at: DateTime<Utc>) -> String {
    match doubt {
        Doubt::Promised { promised, listed } => {
            format!("the list of customers: {promised} promised, {listed} listed")
        }
        Doubt::Counted { counted, listed } => format!("the dashboard counts {counted} customers, the list has {listed}"),
        Doubt::Shrunk { before, listed } => {
            format!("the list of customers fell from {before} to {listed}; nobody counts as gone until that is confirmed")
        }
        Doubt::NoSuchCustomer { rule, customer } => format!("rule {rule} names {customer}, which no customer has"),
        Doubt::NobodyWatched { rule } => format!(
            "rule {rule} watches no customer: postpaid, inactive and auto-recharging ones are left out unless it includes them"
        ),
        Doubt::Stale { updated_at } => {
            format!("the figures may be old: no customer was updated in the last {}", span(at - *updated_at))
        }
        other => other.to_string(),
    }
}
