//! Single values of a body, in their own spelling.

use std::borrow::Cow;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use crate::client::found::Found;
use crate::client::mend::DAMAGED;
use crate::client::oddity::Notes;

/// The key under which `serde_json` hands over a number that is no short integer.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// A JSON value that is not a list or an object, in its own spelling.
pub(crate) enum Scalar<'de> {
    Null,
    Bool(bool),
    Number(&'de str),
    Text(Cow<'de, str>),
}

/// How a scalar becomes a field's value: `None` where it is empty, else the value, or what was found instead.
pub(crate) type Reading<T> = Result<Option<T>, &'static str>;

impl<'de> Scalar<'de> {
    /// Reads a value's own spelling; what is no scalar is named.
    fn of(raw: &'de RawValue) -> Result<Self, &'static str> {
        let raw = raw.get();
        Ok(match raw.as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'"') => {
                let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
                Self::Text(if inside.contains('\\') {
                    Cow::Owned(serde_json::from_str(raw).map_err(|_| "damaged text")?)
                } else {
                    Cow::Borrowed(inside)
                })
            }
            Some(b'[') => return Err("a list"),
            Some(b'{') => return Err("an object"),
            _ => Self::Number(raw),
        })
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
        }
    }
}

/// One field that is being read: what is expected there, how it is read, and where an odd value is noted.
struct Leaf<'n, F> {
    expected: &'static str,
    read: F,
    notes: &'n Notes,
}

impl<F> Leaf<'_, F> {
    fn found<'s, T>(self, scalar: Result<Scalar<'s>, &'static str>) -> Found<T>
    where
        F: FnOnce(Scalar<'s>) -> Reading<T>,
    {
        let read = match scalar {
            Ok(Scalar::Text(text)) if text == DAMAGED && self.notes.is_mended() => Err("damaged text"),
            Ok(scalar) => (self.read)(scalar),
            Err(found) => Err(found),
        };
        match read {
            Ok(Some(value)) => Found::Value(value),
            Ok(None) => Found::Absent,
            Err(found) => {
                self.notes.odd(self.expected, found);
                Found::Odd
            }
        }
    }
}

/// Reads one value by a function that gives what it read or names what it found.
pub(crate) fn leaf<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    notes: &Notes,
    expected: &'static str,
    read: impl FnOnce(Scalar<'de>) -> Reading<T>,
) -> Result<Found<T>, A::Error> {
    let raw = map.next_value::<&RawValue>()?;
    Ok(Leaf { expected, read, notes }.found(Scalar::of(raw)))
}

/// Reads one member as [`leaf`] does, in one pass where it is text, which most values of this kind are.
pub(crate) fn texts<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    notes: &Notes,
    expected: &'static str,
    read: impl FnOnce(Scalar<'_>) -> Reading<T>,
) -> Result<Found<T>, A::Error> {
    map.next_value_seed(Texts(Leaf { expected, read, notes }))
}

/// Reads one value of any place as [`texts`] reads a member.
pub(crate) fn text_value<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    notes: &Notes,
    expected: &'static str,
    read: impl FnOnce(Scalar<'_>) -> Reading<T>,
) -> Result<Found<T>, D::Error> {
    deserializer.deserialize_any(Texts(Leaf { expected, read, notes }))
}

struct Texts<'n, F>(Leaf<'n, F>);

impl<'de, T, F: FnOnce(Scalar<'_>) -> Reading<T>> de::DeserializeSeed<'de> for Texts<'_, F> {
    type Value = Found<T>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T, F: FnOnce(Scalar<'_>) -> Reading<T>> de::Visitor<'de> for Texts<'_, F> {
    type Value = Found<T>;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.expected)
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Found<T>, E> {
        Ok(self.0.found(Ok(Scalar::Text(Cow::Borrowed(text)))))
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Found<T>, E> {
        Ok(self.0.found(Ok(Scalar::Bool(value))))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Found<T>, E> {
        Ok(self.0.found(Ok(Scalar::Null)))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Found<T>, E> {
        Ok(self.0.found(Ok(Scalar::Number(&number.to_string()))))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Found<T>, E> {
        Ok(self.0.found(Ok(Scalar::Number(&number.to_string()))))
    }
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Found<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.0.found(Err("a list")))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<T>, A::Error> {
        Ok(match number(&mut map)? {
            Some(number) => self.0.found(Ok(Scalar::Number(&number))),
            None => self.0.found(Err("an object")),
        })
    }
}

/// The number that a map stands for; `None` of an object, which is read to its end.
pub(crate) fn number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    let mut key = map.next_key::<String>()?;
    if key.as_deref() == Some(NUMBER) {
        return map.next_value().map(Some);
    }
    while key.is_some() {
        map.next_value::<IgnoredAny>()?;
        key = map.next_key()?;
    }
    Ok(None)
}
