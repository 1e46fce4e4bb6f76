//! Single values of the configuration, and the error for each that is wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{NaiveTime, Weekday};
use secrecy::SecretString;
use url::Url;
use vobiz_core::base_address;
use vobiz_core::settings::values::{clock_time, duration, quoted};

/// Two times of day, `22:00-07:00`; the second may be of the next day.
pub(super) fn clock_times(text: &str) -> Result<(NaiveTime, NaiveTime), String> {
    let times = text.split_once('-').and_then(|(from, to)| Some((clock_time(from.trim()).ok()?, clock_time(to.trim()).ok()?)));
    match times {
        Some((from, to)) if from != to => Ok((from, to)),
        _ => Err(format!("{} is not a part of the day; write it as \"22:00-07:00\"", quoted(text))),
    }
}

/// A day of the week and a time of day, `mon 09:00`.
pub(super) fn day_and_time(text: &str) -> Result<(Weekday, NaiveTime), String> {
    let parts = text.trim().split_once(' ').and_then(|(day, time)| Some((day.parse().ok()?, clock_time(time.trim()).ok()?)));
    parts.ok_or_else(|| format!("{} is not a day and a time; write it as \"mon 09:00\"", quoted(text)))
}

pub(super) fn poll_interval(text: &str) -> Result<Duration, String> {
    let every = duration(text, "5m")?;
    if (Duration::from_secs(1)..=Duration::from_hours(24)).contains(&every) {
        return Ok(every);
    }
    Err(format!("{} is out of range; write a duration from \"1s\" to \"1d\"", quoted(text)))
}

/// An address that credentials are sent to: HTTPS, except to this machine. It may hold a password, so it is not repeated.
pub(super) fn address(text: &str, example: &str) -> Result<Url, String> {
    let wrong = |why: &str| format!("{why}; write it as {example:?}");
    base_address(text).map_err(wrong)?;
    // As it was written: a slash at its end belongs to a webhook's path or does not.
    Url::parse(text.trim()).map_err(|_| wrong("is not an address"))
}

/// An address of this bot that Telegram posts updates to; its path is what the listener serves.
pub(super) fn webhook(text: &str) -> Result<Url, String> {
    const EXAMPLE: &str = "https://bot.example.com/telegram";
    let url = address(text, EXAMPLE)?;
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"/-_.".contains(&letter);
    let is_taken = ["/", "/healthz", "/readyz", "/metrics"].contains(&url.path());
    if is_taken || !url.path().bytes().all(is_plain) {
        return Err(format!("needs a path of its own of letters, digits, \"-\", \"_\" and \".\"; write it as {EXAMPLE:?}"));
    }
    Ok(url)
}

/// The address of a heartbeat, which may hold a key and is not repeated.
pub(super) fn heartbeat(text: &str) -> Result<SecretString, String> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    let url = url.ok_or("is not an address; write the one that your monitoring service gave you, https://…")?;
    Ok(String::from(url).into())
}

/// A token that goes into a header.
pub(super) fn header_token(text: &str) -> Result<(), String> {
    let is_plain = text.bytes().all(|sign| sign.is_ascii_graphic());
    is_plain.then_some(()).ok_or_else(|| "has a sign that no token has; write the token and nothing else".to_owned())
}

/// A bot's token, which goes into an address: nothing else may, least of all the partner's.
pub(super) fn bot_token(text: &str) -> Result<(), String> {
    let is_key =
        |key: &str| !key.is_empty() && key.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'_' || sign == b'-');
    let parts = text.split_once(':');
    if parts.is_some_and(|(number, key)| !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit()) && is_key(key)) {
        return Ok(());
    }
    Err("is not a bot's token, which is a number, a colon and a key; write the one that @BotFather gave (the partner's token \
         belongs under [vobiz])"
        .to_owned())
}

/// A whole number within a range.
pub(super) fn number(text: &str, range: std::ops::RangeInclusive<u32>) -> Result<u32, String> {
    match text.trim().parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("{} is not a number from {} to {}", quoted(text), range.start(), range.end())),
    }
}

/// A path, a relative one taken from `folder`.
pub(super) fn path(text: &str, folder: Option<&Path>) -> PathBuf {
    folder.map_or_else(|| PathBuf::from(text), |folder| folder.join(text))
}

/// An identifier that goes into a header.
pub(super) fn identifier(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_plain = !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_graphic());
    is_plain.then(|| text.to_owned()).ok_or_else(|| "must be an id without spaces; write the partner's, PA_…".to_owned())
}

/// The address of an `SQLite` file, a relative path taken from `folder`; one in memory as it is.
pub(super) fn database(text: &str, folder: Option<&Path>) -> Result<String, String> {
    let text = text.trim();
    let place = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:"));
    // Another database's address may hold a password, so it is not repeated.
    let place = place.ok_or("is not the address of an SQLite file; write it as \"sqlite://vobiz-bot.db\"")?;
    let (path, options) = place.split_at(place.find('?').unwrap_or(place.len()));
    if path == ":memory:" || (path.is_empty() && options.contains("mode=memory")) {
        return Ok(text.to_owned());
    }
    if path.is_empty() {
        return Err("names no file; write it as \"sqlite://vobiz-bot.db\"".to_owned());
    }
    let folder = match folder {
        Some(folder) if !Path::new(path).is_absolute() && folder != Path::new("") => folder,
        _ => return Ok(format!("sqlite://{place}")),
    };
    let folder = folder.to_str().ok_or("is relative to a folder whose name is not UTF-8; write an absolute path")?;
    // The path of such an address is percent-encoded, and ends at the question mark.
    let folder = folder.trim_end_matches('/').replace('%', "%25").replace('?', "%3F");
    Ok(format!("sqlite://{folder}/{place}"))
}
