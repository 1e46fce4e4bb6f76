//! Single values of a body, in their own spelling.

use std::borrow::Cow;

use serde::de::{self, Deserialize, Deserializer, Error as _, MapAccess};
use serde_json::value::RawValue;

/// A JSON value that is not a list or an object, in its own spelling.
pub(crate) enum Scalar<'de> {
    Null,
    Bool(bool),
    Number(&'de str),
    Text(Cow<'de, str>),
}

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
                    Cow::Owned(serde_json::from_str(raw).map_err(|_| "text that is not Unicode")?)
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

/// Reads one value by a function that gives what it read or names what it found.
///
/// It runs while the value is read, so that an error is put down to the value's own path.
pub(crate) fn leaf<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    expected: &'static str,
    read: impl FnOnce(Scalar<'de>) -> Result<Option<T>, &'static str>,
) -> Result<Option<T>, A::Error> {
    struct Leaf<F>(&'static str, F);
    impl<'de, T, F: FnOnce(Scalar<'de>) -> Result<Option<T>, &'static str>> de::DeserializeSeed<'de> for Leaf<F> {
        type Value = Option<T>;
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
            let Self(expected, read) = self;
            let raw = <&RawValue>::deserialize(deserializer)?;
            Scalar::of(raw).and_then(read).map_err(|found| D::Error::custom(format_args!("expected {expected}, found {found}")))
        }
    }
    map.next_value_seed(Leaf(expected, read))
}

/// Reads one value as [`leaf`] does, in one pass where it is text, which most values of this kind are.
pub(crate) fn texts<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    expected: &'static str,
    read: impl FnOnce(Scalar<'_>) -> Result<Option<T>, &'static str>,
) -> Result<Option<T>, A::Error> {
    struct Texts<F>(&'static str, F);
    impl<'de, T, F: FnOnce(Scalar<'_>) -> Result<Option<T>, &'static str>> de::DeserializeSeed<'de> for Texts<F> {
        type Value = Option<T>;
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<T, F: FnOnce(Scalar<'_>) -> Result<Option<T>, &'static str>> Texts<F> {
        fn done<E: de::Error>(self, scalar: Result<Scalar<'_>, &'static str>) -> Result<Option<T>, E> {
            let Self(expected, read) = self;
            scalar.and_then(read).map_err(|found| E::custom(format_args!("expected {expected}, found {found}")))
        }
    }
    impl<'de, T, F: FnOnce(Scalar<'_>) -> Result<Option<T>, &'static str>> de::Visitor<'de> for Texts<F> {
        type Value = Option<T>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
            self.done(Ok(Scalar::Text(Cow::Borrowed(text))))
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<Option<T>, E> {
            self.done(Ok(Scalar::Bool(value)))
        }
        fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
            self.done(Ok(Scalar::Null))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<T>, E> {
            self.done(Ok(Scalar::Number(&number.to_string())))
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<T>, E> {
            self.done(Ok(Scalar::Number(&number.to_string())))
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<Option<T>, A::Error> {
            self.done(Err("a list"))
        }
        /// A number that is no short integer comes as a map, as an object does.
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
            match serde_json::Number::deserialize(de::value::MapAccessDeserializer::new(map)) {
                Ok(number) => self.done(Ok(Scalar::Number(number.as_str()))),
                Err(_) => self.done(Err("an object")),
            }
        }
    }
    map.next_value_seed(Texts(expected, read))
}
