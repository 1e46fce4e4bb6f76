//! How single values are written, and the error for one that is not.

use std::time::Duration;

use chrono::NaiveTime;
use chrono_tz::{TZ_VARIANTS, Tz};
use rust_decimal::Decimal;

use crate::{money, time};

/// A text inside a message: quoted, its control signs escaped, not longer than a line.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A zone by its name, such as `Asia/Kolkata`.
pub fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let near = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(text.trim()));
        let instead = near.map_or("Asia/Kolkata", |zone| zone.name());
        format!("{} is not a time zone; write {}\"{instead}\"", quoted(text), if near.is_some() { "" } else { "one such as " })
    })
}

/// A time of day, `00:00` to `23:59`.
pub fn clock_time(text: &str) -> Result<NaiveTime, String> {
    // chrono alone would also take `9:0`.
    let written = (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten();
    written.ok_or_else(|| format!("{} is not a time of day; write it from \"00:00\" to \"23:59\"", quoted(text)))
}

/// A span of time such as `4h30m`; `example` is what a refusal shows.
pub fn duration(text: &str, example: &str) -> Result<Duration, String> {
    time::parse_duration(text).ok_or_else(|| format!("{} is not a duration; write one such as {example:?}", quoted(text)))
}

/// An exact amount.
pub fn amount(text: &str) -> Result<Decimal, String> {
    money::parse(text).map_err(|error| format!("{} is {error}", quoted(text)))
}
