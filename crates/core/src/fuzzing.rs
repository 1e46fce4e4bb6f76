//! What must hold of any body and any text, for the fuzz targets beside this crate and its own tests.
//!
//! Every function here takes bytes from outside and panics where a promise of the crate is broken: reading ends in a value
//! or an error and never in a panic, an error repeats no value of the body, and what was read is the same when it is
//! written and read again.

use std::fmt::Debug;

use serde::Serialize;
use serde_json::Value;

use crate::api::accounts::{Account, Wallet, count_below};
use crate::api::capacity::{Allocation, CapacityMove};
use crate::api::cdrs::{self, Cdr};
use crate::api::create::{CreatedAccount, WithToken};
use crate::api::dashboard::Report;
use crate::api::kyc::{KycSession, StartedKycSession};
use crate::api::numbers::Number;
use crate::api::profile::Profile;
use crate::api::transactions::{self, Transaction};
use crate::api::transfer::Transfer;
use crate::client::decode;
use crate::client::page::Page;
use crate::client::refusal::Refusal;
use crate::client::wire::{Nothing, Read};
use crate::{Decimal, money, time};

/// Reads a body and panics where a promise is broken.
pub type Reader = fn(&[u8]);

/// How the answer of each call is read. The names are those of the methods of `PartnerClient`.
pub const CALLS: [(&str, Reader); 25] = [
    ("me", whole::<Profile>),
    ("dashboard", report),
    ("analytics", report),
    ("accounts", page::<Account>),
    ("account", account),
    ("balance", whole::<Wallet>),
    ("create_account", whole::<CreatedAccount>),
    ("create_account for its token", with_token),
    ("transfer", whole::<Transfer>),
    ("transactions", page::<Transaction>),
    ("transactions, summary", |body| _ = read::<transactions::Summarised>(body)),
    ("cdrs", page::<Cdr>),
    ("cdrs, summary", |body| _ = read::<cdrs::Summarised>(body)),
    ("cdr", one_call),
    ("numbers", page::<Number>),
    ("kyc_sessions", page::<KycSession>),
    ("kyc_session", whole::<KycSession>),
    ("create_kyc_session", started_session),
    ("resend_kyc_session", |body| _ = read::<Nothing>(body)),
    ("give_capacity", whole::<CapacityMove>),
    ("reclaim_capacity", whole::<CapacityMove>),
    ("capacity", whole::<Allocation>),
    ("capacity_history", whole::<Value>),
    ("get", whole::<Value>),
    ("a refusal of any call", refusal),
];

/// Reads a body as the answer of the call that its first byte picks.
pub fn decode(data: &[u8]) {
    if let Some((first, body)) = data.split_first()
        && let Some((_, read)) = CALLS.get(usize::from(*first) % CALLS.len())
    {
        read(body);
    }
}

/// Reads a text as an amount, an instant, a day and a duration.
pub fn parse(text: &str) {
    if let Ok(amount) = money::parse(text) {
        let again = money::parse(&amount.to_string()).map(|again| (again, again.scale()));
        assert_eq!(again, Ok((amount, amount.scale())), "an amount is read as it is written");
        for currency in [None, Some("INR"), Some("USD"), Some("XYZ")] {
            assert!(!money::show(amount, currency).is_empty() && !money::say(amount, currency).is_empty());
        }
        if let Ok(exact) = Decimal::from_str_exact(text.trim()) {
            assert_eq!(amount, exact, "two readers agree");
        }
    }
    if let Some(instant) = time::parse_instant(text) {
        assert_eq!(time::parse_instant(&instant.to_rfc3339()), Some(instant), "an instant is read as it is written");
    }
    if let Some(day) = time::parse_day(text) {
        assert_eq!(time::parse_day(&day.to_string()), Some(day), "a day is read as it is written");
    }
    if let Some(span) = time::parse_duration(text) {
        assert_eq!(time::parse_duration(&format!("{}s", span.as_secs())), Some(span), "a span is read as it is written");
    }
}

/// Reads a body; an error repeats nothing of the body.
fn read<T: for<'de> Read<'de>>(body: &[u8]) -> Option<T> {
    match decode::decode(body, false) {
        Ok((value, oddities)) => {
            for oddity in &oddities {
                check_words(body, &oddity.reason);
            }
            if oddities.is_empty() && std::str::from_utf8(body).is_ok_and(|body| serde_json::from_str::<Value>(body).is_ok()) {
                assert!(decode::decode::<T>(body, true).is_ok(), "what holds no oddity is read strictly too");
            }
            Some(value)
        }
        Err(reason) => {
            check_words(body, &reason);
            None
        }
    }
}

/// A value is the same when it is written and read again, to the last zero of an amount.
fn check_kept<T: for<'de> Read<'de> + Serialize + Debug>(value: &T) {
    let written = serde_json::to_vec(value).map_err(|error| error.to_string());
    let again = written.and_then(|written| decode::decode::<T>(&written, true)).map(|(value, _)| value);
    assert_eq!(format!("{again:?}"), format!("{:?}", Ok::<_, String>(value)), "a value is read as it is written");
}

/// Text values and long numbers of the body are not in `reason`. Its path may hold keys, which are names.
fn check_words(body: &[u8], reason: &str) {
    assert!(reason.chars().count() < 1000 && !reason.chars().any(char::is_control), "an error is one short line");
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    if let Ok(body) = serde_json::from_slice(body) {
        collect(&body, &mut keys, &mut values);
    }
    let ours = reason.replace("more than 28 digits", "").replace("`e164`", "");
    for value in values {
        // What has no sign of its own cannot be distinguished from our words.
        let is_telling = value.len() >= 4 && value.chars().any(|sign| !sign.is_ascii_lowercase() && !" `_,".contains(sign));
        if is_telling && !keys.iter().any(|key| key.contains(&value)) {
            assert!(!ours.contains(&value), "an error repeats a value of the body");
        }
    }
}

fn collect(value: &Value, keys: &mut Vec<String>, values: &mut Vec<String>) {
    match value {
        Value::String(text) => values.push(text.clone()),
        Value::Number(number) if number.as_str().len() >= 8 => values.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys, values)),
        Value::Object(members) => members.iter().for_each(|(key, item)| {
            keys.push(key.clone());
            collect(item, keys, values);
        }),
        _ => {}
    }
}

fn whole<T: for<'de> Read<'de> + Serialize + Debug>(body: &[u8]) {
    if let Some(value) = read::<T>(body) {
        check_kept(&value);
    }
}

fn page<T: for<'de> Read<'de> + Serialize + Debug>(body: &[u8]) {
    if let Some(page) = read::<Page<T>>(body) {
        let _ = page.last(100);
        page.items.iter().for_each(check_kept);
    }
}

fn report(body: &[u8]) {
    if let Some(report) = read::<Report>(body) {
        check_kept(&report);
        let _ = (report.failed_calls(), report.answer_rate(), report.by_direction(), report.accounts_low_balance());
        for day in &report.time_series {
            let _ = day.inbound.as_ref().map(|inbound| (inbound.failed_calls(), inbound.answer_rate()));
        }
    }
}

fn account(body: &[u8]) {
    if let Some(account) = read::<Account>(body) {
        check_kept(&account);
        let _ = (account.currency(), account.is_prepaid(), account.is_in_use());
        assert!(count_below(&[account], Decimal::ONE_HUNDRED) <= 1);
    }
}

fn with_token(body: &[u8]) {
    if let Some(WithToken(account, _)) = read(body) {
        check_kept(&account);
    }
}

fn started_session(body: &[u8]) {
    if let Some(started) = read::<StartedKycSession>(body) {
        check_kept(&started.session);
    }
}

fn one_call(body: &[u8]) {
    if let Some(cdrs::One(cdr)) = read(body) {
        check_kept(&cdr);
        let _ = cdr.status();
    }
}

/// The service's own words are kept, but as one short line.
fn refusal(body: &[u8]) {
    let refusal = Refusal::read(body);
    for text in [refusal.code, refusal.message, refusal.request_id].into_iter().flatten() {
        assert!(text.chars().count() <= 301 && !text.chars().any(char::is_control), "a refusal is one short line");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Every recorded body and a way to read it, in the form that the fuzz target takes.
    fn payloads() -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/payloads");
        let files = [folder.clone(), folder.join("errors")].map(|folder| fs::read_dir(folder).unwrap());
        let files = files.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.map(|path| fs::read(path).unwrap()).collect()
    }

    #[test]
    fn every_recorded_body_read_as_every_call_keeps_the_promises() {
        let bodies = payloads();
        assert!(bodies.len() > 40);
        for body in &bodies {
            for (_, read) in CALLS {
                read(body);
            }
        }
    }

    #[test]
    fn what_fuzzing_found_stays_mended() {
        for (name, body) in [
            // A report of the first generation kept its old figures to itself when it was written.
            ("dashboard", r#"{"accounts_low_balance":3,"totals":{"total_duration_seconds":7}}"#),
            // A key is data in some objects, and was in the path as it is.
            ("dashboard", "{\"by_product\":{\"a\\nb\":5}}"),
        ] {
            let (_, read) = CALLS.iter().find(|(call, _)| *call == name).unwrap();
            read(body.as_bytes());
        }
        read::<Report>(format!(r#"{{"by_product":{{"{}":5}}}}"#, "k".repeat(5000)).as_bytes());
    }
}
