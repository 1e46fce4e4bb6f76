//! A whole body becomes a value and a list of what in it could not be understood.

use serde::de::DeserializeSeed as _;

use crate::client::found::Found;
use crate::client::mend;
use crate::client::oddity::{Notes, Oddity};
use crate::client::wire::{Read, Seed};

/// Decodes a whole body. `strict` refuses any oddity, and text that had to be mended.
///
/// # Errors
///
/// What was expected, what was found and the JSON path; never a value of the body.
pub(crate) fn decode<T: for<'de> Read<'de>>(body: &[u8], strict: bool) -> Result<(T, Vec<Oddity>), String> {
    let notes = Notes::default();
    let (found, notes) = match parse::<T>(body, &notes) {
        Ok(found) => (found, notes),
        Err(error) => {
            let mended = if strict || error.is_eof() { None } else { mend::mend(body) };
            let notes = Notes::of_mended();
            let again = mended.and_then(|mended| parse::<T>(&mended, &notes).ok());
            (again.ok_or_else(|| reason(&error))?, notes)
        }
    };
    match found {
        Found::Value(value) if !strict || notes.mark() == 0 => Ok((value, notes.into_oddities())),
        Found::Absent if notes.mark() == 0 => {
            T::of_null().map(|value| (value, Vec::new())).ok_or_else(|| "expected an object, found null".to_owned())
        }
        _ => Err(notes.first()),
    }
}

fn parse<'de, T: Read<'de>>(body: &'de [u8], notes: &Notes) -> serde_json::Result<Found<T>> {
    // Looked at as a whole, text need not be looked at again piece by piece.
    if let Ok(body) = std::str::from_utf8(body) {
        let mut deserializer = serde_json::Deserializer::from_str(body);
        let found = Seed::new(notes).deserialize(&mut deserializer)?;
        return deserializer.end().map(|()| found);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let found = Seed::new(notes).deserialize(&mut deserializer)?;
    deserializer.end().map(|()| found)
}

/// Why a body is not JSON, in words that hold nothing of it.
fn reason(error: &serde_json::Error) -> String {
    let what = if error.is_eof() { "the JSON ends in the middle" } else { "not JSON" };
    format!("{what}, at line {} column {}", error.line(), error.column())
}
