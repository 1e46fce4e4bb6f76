//! Figures and instants in the ways in which the API writes them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use serde_json::Number;

use crate::money::Amount;

/// A wallet: text with five decimals.
pub(super) struct WalletText(pub(super) Amount);

/// A cost in a report: text with two decimals.
pub(super) struct CostText(pub(super) Amount);

/// An amount in a ledger or a call record: a number with no more decimals than it needs.
#[derive(Clone, Copy)]
pub(super) struct Plain(pub(super) Amount);

/// An amount in a transfer: a number with two decimals.
pub(super) struct Fixed(pub(super) Amount);

/// Tenths, given in tenths: a number with one decimal, or a whole 0.
pub(super) struct Tenths(pub(super) u64);

/// Writes a number digit by digit as in `text`, without passing through a binary float.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    text.parse::<Number>().map_err(serde::ser::Error::custom)?.serialize(serializer)
}

impl Serialize for WalletText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.five_decimals())
    }
}

impl Serialize for CostText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.two_decimals())
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        number(&self.0.shortest(), serializer)
    }
}

impl Serialize for Fixed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        number(&self.0.at_least_two_decimals(), serializer)
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_u64(0),
            tenths => number(&format!("{}.{}", tenths / 10, tenths % 10), serializer),
        }
    }
}

/// `2026-01-19T18:39:14.529435Z`
pub(super) fn micros_z(micros: i64) -> String {
    instant(micros).to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// `2026-02-06T06:50:07.722963+00:00`
pub(super) fn micros_offset(micros: i64) -> String {
    instant(micros).to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// `2026-03-25T10:00:00Z`
pub(super) fn seconds_z(second: i64) -> String {
    instant(second.saturating_mul(1_000_000)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{CostText, Fixed, Plain, Tenths, WalletText, micros_offset, micros_z, seconds_z};
    use crate::money::Amount;

    fn written(value: impl serde::Serialize) -> String {
        serde_json::to_string(&value).expect("JSON")
    }

    #[test]
    fn figures_are_written_as_documented() {
        assert_eq!(written(WalletText(Amount::rupees(1300))), "\"1300.00000\"");
        assert_eq!(written(CostText(Amount::paise(10_824))), "\"108.24\"");
        assert_eq!(written(Plain(Amount::rupees(200))), "200");
        assert_eq!(written(Plain(Amount::paise(45))), "0.45");
        assert_eq!(written(Fixed(Amount::rupees(47_750))), "47750.00");
        assert_eq!(written(Tenths(1_572)), "157.2");
        assert_eq!(written(Tenths(120)), "12.0");
        assert_eq!(written(Tenths(0)), "0");
    }

    #[test]
    fn instants_are_written_in_three_ways() {
        let micros = 1_768_847_954_529_435;
        assert_eq!(micros_z(micros), "2026-01-19T18:39:14.529435Z");
        assert_eq!(micros_offset(micros), "2026-01-19T18:39:14.529435+00:00");
        assert_eq!(seconds_z(micros / 1_000_000), "2026-01-19T18:39:14Z");
    }
}
