//! Parameters of a query, each checked when it is read.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use serde_json::json;

use super::refusal::Refusal;
use crate::faults::Shift;

/// The parameters of a request. Bytes that are not text count as signs that no value has.
pub(super) struct Asking(pub(super) Parameters);

impl<S: Sync> FromRequestParts<S> for Asking {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let shift = parts.extensions.get::<Shift>().map_or(0, |Shift(rows)| *rows);
        Ok(Self(Parameters { pairs, shift }))
    }
}

/// The pairs after the question mark. The last of equal names counts; unknown ones are ignored.
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
    /// Rows by which the pages after the first are moved.
    shift: i64,
}

/// A page of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// From 1.
    pub(super) number: usize,
    pub(super) size: usize,
    shift: i64,
}

impl Page {
    /// How many rows come before it.
    pub(super) fn skipped(self) -> usize {
        match self.number {
            1 => 0,
            number => (number - 1).saturating_mul(self.size).saturating_add_signed(isize::try_from(-self.shift).unwrap_or(0)),
        }
    }

    /// How many pages `total` rows make.
    pub(super) fn count(self, total: usize) -> usize {
        total.div_ceil(self.size)
    }
}

/// Page size where none is asked for.
const PAGE_SIZE: usize = 20;

impl Parameters {
    /// The text of a parameter; an empty one counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().rfind(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// `page` and the size under `size`, which may not exceed `largest`.
    pub(super) fn page(&self, size: &str, largest: usize) -> Result<Page, Refusal> {
        Ok(Page {
            number: self.number("page", 1, 1, usize::MAX)?,
            size: self.number(size, PAGE_SIZE, 1, largest)?,
            shift: self.shift,
        })
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&self, name: &str, default: usize, least: usize, most: usize) -> Result<usize, Refusal> {
        let Some(text) = self.text(name) else { return Ok(default) };
        let range = match most {
            usize::MAX => format!("Must be an integer of at least {least}"),
            _ => format!("Must be an integer between {least} and {most}"),
        };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Refusal::invalid(name, &range, "OUT_OF_RANGE", &json!(text)))
    }

    /// A day of the calendar.
    pub(super) fn date(&self, name: &str) -> Result<Option<NaiveDate>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date = is_plain.then(|| text.parse().ok()).flatten();
        date.map(Some)
            .ok_or_else(|| Refusal::invalid(name, "Must be a date of the form YYYY-MM-DD", "INVALID_FORMAT", &json!(text)))
    }

    /// Two dates; the first may not be the later one.
    pub(super) fn dates(&self, from: &str, to: &str) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Refusal> {
        let (first, last) = (self.date(from)?, self.date(to)?);
        match (first, last) {
            (Some(first), Some(last)) if first > last => {
                Err(Refusal::invalid(from, &format!("Must not be after {to}"), "INVALID_RANGE", &json!(first)))
            }
            dates => Ok(dates),
        }
    }

    /// One of some words.
    pub(super) fn word(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let found = words.iter().find(|word| **word == text);
        let allowed = || format!("Must be one of {}", words.join(", "));
        found.map(|word| Some(*word)).ok_or_else(|| Refusal::invalid(name, &allowed(), "INVALID_CHOICE", &json!(text)))
    }
}
