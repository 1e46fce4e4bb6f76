//! Alerts at rest: a version, then at most 200 bytes.

use std::fmt;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::level::Severity;
use super::state::{Alert, Firing, Snooze, Streak, Until};

/// The layout of today. Each byte that ever began an alert stays taken.
const VERSION: u8 = 1;
/// What alerts began with before there were versions: they were JSON.
const JSON: u8 = b'{';
/// Bytes of a name that are kept.
const NAME: usize = 36;

/// Why bytes are not an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredError(String);

impl fmt::Display for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoredError {}

/// An alert in the fewest bytes: instants in microseconds, amounts in their sixteen bytes.
#[derive(Serialize, Deserialize)]
struct Stored {
    fingerprint: u64,
    name: Option<String>,
    currency: Option<String>,
    firing: Option<(Severity, i64, i64)>,
    warning: Option<(i64, u32)>,
    critical: Option<(i64, u32)>,
    recovered_since: Option<(i64, u32)>,
    balance: Option<[u8; 16]>,
    value: [u8; 16],
    read_at: i64,
    unread_since: Option<i64>,
    snooze: Option<(Ends, Severity)>,
}

#[derive(Serialize, Deserialize)]
enum Ends {
    Time(i64),
    ToppedUp,
    NextLevel,
}

impl Alert {
    /// The alert at rest. A long name is cut; everything else reads back as it was, instants to the microsecond.
    pub fn to_bytes(&self) -> Vec<u8> {
        let micros = |at: DateTime<Utc>| at.timestamp_micros();
        let streak = |streak: Option<Streak>| streak.map(|streak| (micros(streak.since), streak.polls));
        let stored = Stored {
            fingerprint: self.fingerprint,
            name: self.name.as_deref().map(|name| cut(name, NAME).to_owned()),
            currency: self.currency.as_deref().map(|currency| cut(currency, 4).to_owned()),
            firing: self.firing.map(|firing| (firing.severity, micros(firing.since), micros(firing.said_at))),
            warning: streak(self.warning),
            critical: streak(self.critical),
            recovered_since: streak(self.recovered_since),
            balance: self.balance.map(|balance| balance.serialize()),
            value: self.value.serialize(),
            read_at: micros(self.read_at),
            unread_since: self.unread_since.map(micros),
            snooze: self.snooze.map(|snooze| {
                let ends = match snooze.until {
                    Until::Time(end) => Ends::Time(micros(end)),
                    Until::ToppedUp => Ends::ToppedUp,
                    Until::NextLevel => Ends::NextLevel,
                };
                (ends, snooze.severity)
            }),
        };
        // Nothing in it can be refused; were it, the alert would start afresh.
        postcard::to_extend(&stored, vec![VERSION]).unwrap_or_default()
    }

    /// Reads an alert at rest, also of earlier versions.
    ///
    /// # Errors
    ///
    /// The bytes are cut, of a version that is not known, or hold an instant that there is not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        let wrong = |words: &str| StoredError(words.to_owned());
        let stored: Stored = match bytes.split_first() {
            Some((&VERSION, rest)) => {
                postcard::from_bytes(rest).map_err(|error| StoredError(format!("the alert cannot be read: {error}")))?
            }
            Some((&JSON, _)) => {
                return serde_json::from_slice(bytes).map_err(|error| StoredError(format!("the alert cannot be read: {error}")));
            }
            Some((version, _)) => return Err(StoredError(format!("the alert is of version {version}, which is not known"))),
            None => return Err(wrong("the alert is empty")),
        };
        let instant = |micros| DateTime::from_timestamp_micros(micros).ok_or_else(|| wrong("the alert has no such instant"));
        let streak =
            |streak: Option<(i64, u32)>| streak.map(|(since, polls)| Ok(Streak { since: instant(since)?, polls })).transpose();
        let firing = |(severity, since, said_at)| Ok(Firing { severity, since: instant(since)?, said_at: instant(said_at)? });
        let snooze = |(ends, severity)| {
            let until = match ends {
                Ends::Time(end) => Until::Time(instant(end)?),
                Ends::ToppedUp => Until::ToppedUp,
                Ends::NextLevel => Until::NextLevel,
            };
            Ok(Snooze { until, severity })
        };
        Ok(Self {
            fingerprint: stored.fingerprint,
            name: stored.name,
            currency: stored.currency,
            firing: stored.firing.map(firing).transpose()?,
            warning: streak(stored.warning)?,
            critical: streak(stored.critical)?,
            recovered_since: streak(stored.recovered_since)?,
            balance: stored.balance.map(Decimal::deserialize),
            value: Decimal::deserialize(stored.value),
            read_at: instant(stored.read_at)?,
            unread_since: stored.unread_since.map(instant).transpose()?,
            snooze: stored.snooze.map(snooze).transpose()?,
        })
    }
}

/// The first so many bytes, ended where a sign ends.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn alert() -> impl Strategy<Value = Alert> {
        let instant = (-62_000_000_000_000_000_i64..250_000_000_000_000_000)
            .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap());
        let severity = prop_oneof![Just(Severity::Warning), Just(Severity::Critical)];
        let streak = prop::option::of((instant.clone(), any::<u32>()).prop_map(|(since, polls)| Streak { since, polls }));
        let amount = (any::<i64>(), any::<i64>(), 0_u32..=28).prop_map(|(high, low, scale)| {
            let digits = (i128::from(high) << 30) ^ i128::from(low);
            Decimal::try_from_i128_with_scale(digits, scale).unwrap_or(Decimal::MAX)
        });
        let until = prop_oneof![instant.clone().prop_map(Until::Time), Just(Until::ToppedUp), Just(Until::NextLevel)];
        let firing = prop::option::of(
            (severity.clone(), instant.clone(), instant.clone()).prop_map(|(severity, since, said_at)| Firing {
                severity,
                since,
                said_at,
            }),
        );
        let snooze = prop::option::of((until, severity).prop_map(|(until, severity)| Snooze { until, severity }));
        let words = (prop::option::of(".{0,60}"), prop::option::of("[A-Z]{3}"));
        let values = (prop::option::of(amount.clone()), amount, instant.clone(), prop::option::of(instant));
        (any::<u64>(), words, firing, (streak.clone(), streak.clone(), streak), values, snooze).prop_map(
            |(
                fingerprint,
                (name, currency),
                firing,
                (warning, critical, recovered_since),
                (balance, value, read_at, unread_since),
                snooze,
            )| {
                Alert {
                    fingerprint,
                    name,
                    currency,
                    firing,
                    warning,
                    critical,
                    recovered_since,
                    balance,
                    value,
                    read_at,
                    unread_since,
                    snooze,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn an_alert_rests_in_two_hundred_bytes_and_reads_back(alert in alert()) {
            let bytes = alert.to_bytes();
            prop_assert!(bytes.len() <= 200, "{} bytes", bytes.len());
            let name = alert.name.as_deref().map(|name| cut(name, NAME).to_owned());
            prop_assert_eq!(Alert::from_bytes(&bytes).unwrap(), Alert { name, ..alert });
        }

        #[test]
        fn alerts_from_before_there_were_versions_are_read(alert in alert()) {
            let text = serde_json::to_string(&alert).unwrap();
            prop_assert_eq!(Alert::from_bytes(text.as_bytes()).unwrap(), alert);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..250), versioned in any::<bool>()) {
            let bytes = if versioned { [&[VERSION], &bytes[..]].concat() } else { bytes };
            let _ = Alert::from_bytes(&bytes);
        }
    }
}
