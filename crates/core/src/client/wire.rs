//! Reading bodies that exist in several generations.
//!
//! A model declares, per field, how it is read and under which names it was ever printed, the
//! current one first. A missing or null field is `None`; a number given as text (or the reverse) is
//! read where its meaning is clear; an unknown field is skipped. What cannot be understood is an
//! error that names the path and the type found, never the value.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use crate::client::scalar::{Scalar, leaf, texts};
use crate::{money, time};

/// A JSON object's key, borrowed from the body wherever it has no escapes.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// An amount, as text or number, exactly as written.
pub(crate) fn amount<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Decimal>, A::Error> {
    leaf(map, "an amount", |value| {
        let text = match &value {
            Scalar::Null => return Ok(None),
            Scalar::Text(text) if text.trim().is_empty() => return Ok(None),
            Scalar::Number(text) => text,
            Scalar::Text(text) => &**text,
            Scalar::Bool(_) => return Err(value.kind()),
        };
        money::parse(text).map(Some).map_err(|error| match error {
            money::AmountError::NotANumber => "text that is none",
            money::AmountError::TooPrecise => "one of more than 28 digits",
        })
    })
}

/// Minutes or a percentage: read like an amount.
pub(crate) use amount as number;

/// An amount where a body may also hold something else entirely, which then counts as absent.
pub(crate) fn loose_amount<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Decimal>, A::Error> {
    let raw = map.next_value::<&'de RawValue>()?.get();
    let text = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    Ok(money::parse(text).ok())
}

/// A count: never negative, no fraction other than zero.
pub(crate) fn count<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<u64>, A::Error> {
    leaf(map, "a count", |value| {
        let text = match &value {
            Scalar::Null => return Ok(None),
            Scalar::Text(text) if text.trim().is_empty() => return Ok(None),
            Scalar::Number(text) => text,
            Scalar::Text(text) => text.trim(),
            Scalar::Bool(_) => return Err(value.kind()),
        };
        if let Ok(number) = text.parse() {
            return Ok(Some(number));
        }
        let whole = money::parse(text).ok().filter(Decimal::is_integer).and_then(|amount| amount.to_u64());
        whole.map(Some).ok_or("something that is none")
    })
}

/// Text; a number or truth value is taken in its own spelling.
pub(crate) fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    texts(map, "text", |value| {
        Ok(match value {
            Scalar::Null => None,
            Scalar::Bool(value) => Some(value.to_string()),
            Scalar::Number(text) => Some(text.to_owned()),
            Scalar::Text(text) => Some(text.into_owned()),
        })
    })
}

/// An identifier: text that is not empty.
pub(crate) fn id<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    Ok(text(map)?.filter(|text| !text.is_empty()))
}

/// True or false, also as 0, 1 or their names as text.
pub(crate) fn flag<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<bool>, A::Error> {
    texts(map, "true or false", |value| {
        let text: &str = match &value {
            Scalar::Null => return Ok(None),
            Scalar::Bool(value) => return Ok(Some(*value)),
            Scalar::Number(text) => text,
            Scalar::Text(text) => text.trim(),
        };
        match text {
            "" => Ok(None),
            "1" => Ok(Some(true)),
            "0" => Ok(Some(false)),
            _ if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            _ if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(value.kind()),
        }
    })
}

/// An instant, in any of the forms the API prints.
pub(crate) fn instant<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<DateTime<Utc>>, A::Error> {
    dated(map, "an instant", time::parse_instant)
}

/// A calendar day.
pub(crate) fn day<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<NaiveDate>, A::Error> {
    dated(map, "a day", time::parse_day)
}

fn dated<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, A::Error> {
    texts(map, expected, |value| match value {
        Scalar::Null => Ok(None),
        Scalar::Text(text) if text.trim().is_empty() => Ok(None),
        Scalar::Text(text) => parse(&text).map(Some).ok_or("text that is none"),
        other => Err(other.kind()),
    })
}

/// Another model, or null.
pub(crate) fn nested<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A) -> Result<Option<T>, A::Error> {
    map.next_value()
}

/// A list of models, or null.
pub(crate) use nested as list;

/// An object whose keys are data.
pub(crate) fn table<'de, A: MapAccess<'de>, T: DeserializeOwned>(map: &mut A) -> Result<Option<BTreeMap<String, T>>, A::Error> {
    let entries: Option<BTreeMap<String, Option<T>>> = map.next_value()?;
    Ok(entries.map(|entries| entries.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()))
}

/// How a field that was read, or not, becomes the model's.
///
/// `None` means that the row cannot be without it.
pub(crate) trait Field<Read>: Sized {
    fn from_read(read: Option<Read>) -> Option<Self>;
}

impl<T> Field<T> for Option<T> {
    fn from_read(read: Option<T>) -> Option<Self> {
        Some(read)
    }
}

impl<T> Field<Self> for Vec<T> {
    fn from_read(read: Option<Self>) -> Option<Self> {
        Some(read.unwrap_or_default())
    }
}

impl<T> Field<Self> for BTreeMap<String, T> {
    fn from_read(read: Option<Self>) -> Option<Self> {
        Some(read.unwrap_or_default())
    }
}

impl Field<Self> for String {
    fn from_read(read: Option<Self>) -> Option<Self> {
        read
    }
}

impl Field<Self> for NaiveDate {
    fn from_read(read: Option<Self>) -> Option<Self> {
        read
    }
}

/// Keeps what was read under the best name so far; null under one name leaves another's value standing.
pub(crate) fn keep<T>(slot: &mut Option<(usize, T)>, key: &str, names: &[&str], read: Option<T>) {
    let rank = names.iter().position(|name| *name == key).unwrap_or(usize::MAX);
    if let Some(value) = read
        && slot.as_ref().is_none_or(|(held, _)| rank <= *held)
    {
        *slot = Some((rank, value));
    }
}

/// Skips a value that no model asks for.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// Declares a model: `pub field: Type = reader("name" | "older name" …)`.
///
/// The reader is a function of this module; the names are those the field was ever printed under, the
/// current one first, and that one is also the name it is serialised under. Money is serialised as text.
macro_rules! model {
    (
        $(#[$meta:meta])*
        $vis:vis struct $Model:ident {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident: $Type:ty = $reader:ident($name:literal $(| $older:literal)*), )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        $vis struct $Model {
            $( $(#[$field_meta])* $field_vis $field: $Type, )*
        }

        impl<'de> serde::Deserialize<'de> for $Model {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $Model;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> std::result::Result<$Model, A::Error> {
                        $( let mut $field = None; )*
                        while let Some($crate::client::wire::Key(key)) = map.next_key()? {
                            match &*key {
                                $( $name $(| $older)* => {
                                    let read = $crate::client::wire::$reader(&mut map)?;
                                    $crate::client::wire::keep(&mut $field, &key, &[$name $(, $older)*], read);
                                } )*
                                _ => $crate::client::wire::skip(&mut map)?,
                            }
                        }
                        Ok($Model {
                            $( $field: $crate::client::wire::Field::from_read($field.map(|(_, value)| value))
                                .ok_or_else(|| <A::Error as serde::de::Error>::missing_field($name))?, )*
                        })
                    }
                }
                deserializer.deserialize_map(Visitor)
            }
        }

        impl serde::Serialize for $Model {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $( map.serialize_entry($name, &$crate::client::wire::write::$reader(&self.$field))?; )*
                map.end()
            }
        }
    };
}
pub(crate) use model;

/// How each kind of field is written again: as its reader would find it.
pub(crate) mod write {
    use rust_decimal::Decimal;
    use serde::{Serialize, Serializer};

    macro_rules! as_it_is {
        ($($reader:ident)*) => { $( pub(crate) fn $reader<T: Serialize>(field: &T) -> &T { field } )* };
    }
    as_it_is!(amount loose_amount count text id flag instant day nested list table);

    /// Figures that the API writes as numbers and that are not money.
    #[expect(clippy::ref_option, reason = "called with a reference to the field, as every other writer is")]
    pub(crate) fn number(field: &Option<Decimal>) -> impl Serialize {
        field.map(Number)
    }

    struct Number(Decimal);

    impl Serialize for Number {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::Error as _;
            self.0.to_string().parse::<serde_json::Number>().map_err(S::Error::custom)?.serialize(serializer)
        }
    }
}

/// Decodes a whole body. On failure the body is read once more to name the place.
///
/// # Errors
///
/// What was expected, what was found and the JSON path; never a value of the body.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // Looked at as a whole, text need not be looked at again piece by piece.
    let read = std::str::from_utf8(body).map_or_else(|_| serde_json::from_slice::<T>(body), serde_json::from_str::<T>);
    let plain = match read {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) if !plain.is_syntax() && !plain.is_eof() => Err(match place(error.path()) {
            Some(place) => format!("at {place}: {}", reason(error.inner())),
            None => reason(error.inner()),
        }),
        _ => Err(reason(&plain)),
    }
}

/// Where in a body; `None` for all of it. Some keys are data, of any length and any signs.
fn place(path: &serde_path_to_error::Path) -> Option<String> {
    let path = path.to_string();
    (path != ".").then(|| path.chars().map(|sign| if sign.is_control() { '?' } else { sign }).take(200).collect())
}

/// The words of a decoding error without the value that serde puts into some of them.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if error.is_eof() {
        return format!("the JSON ends in the middle, at line {} column {}", error.line(), error.column());
    }
    if error.is_syntax() {
        return format!("not JSON, at line {} column {}", error.line(), error.column());
    }
    let text = text.split(" at line ").next().unwrap_or_default();
    let Some((_, rest)) = text.split_once("invalid type: ") else {
        let safe = ["expected ", "missing field ", "duplicate field "];
        return if safe.iter().any(|start| text.starts_with(start)) { text.to_owned() } else { "not understood".to_owned() };
    };
    let found = match rest.split([' ', ',']).next() {
        Some("string") => "text",
        Some("integer" | "floating" | "number") => "a number",
        Some("map") => "an object",
        Some("sequence") => "a list",
        Some("boolean") => "true or false",
        Some("null" | "unit" | "Option") => "null",
        _ => "something else",
    };
    let expected = match rest.rsplit_once("expected ").map(|(_, expected)| expected) {
        Some("a sequence") => "a list",
        Some("a map") => "an object",
        Some(other) => other,
        None => "something else",
    };
    format!("expected {expected}, found {found}")
}
