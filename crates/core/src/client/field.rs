//! How single fields are read: the functions that a `model!` names.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{Deserializer, MapAccess};

use crate::client::found::Found;
use crate::client::oddity::Notes;
use crate::client::scalar::{Reading, Scalar, leaf, text_value, texts};
use crate::client::wire::{Read, Seed};
use crate::{money, time};

/// An amount, as text or number, exactly as written.
pub(crate) fn amount<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<Decimal>, A::Error> {
    leaf(map, notes, "an amount", |value| {
        let text = match &value {
            Scalar::Null => return Ok(None),
            Scalar::Text(text) if text.trim().is_empty() => return Ok(None),
            Scalar::Number(text) => text,
            Scalar::Text(text) => &**text,
            Scalar::Bool(_) => return Err(value.kind()),
        };
        money::parse(text).map(Some).map_err(|error| match error {
            money::AmountError::NotANumber => "text that is not one",
            money::AmountError::TooPrecise => "one of more than 28 digits",
        })
    })
}

/// Minutes or a percentage: read like an amount.
pub(crate) use amount as number;

/// A count: never negative, no fraction other than zero.
pub(crate) fn count<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<u64>, A::Error> {
    leaf(map, notes, "a count", |value| {
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
        let found = if matches!(value, Scalar::Number(_)) { "a number that is not one" } else { "text that is not one" };
        let whole = money::parse(text).ok().filter(Decimal::is_integer).and_then(|amount| amount.to_u64());
        whole.map(Some).ok_or(found)
    })
}

/// Text; a number or truth value is taken in its own spelling.
pub(crate) fn text<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<String>, A::Error> {
    texts(map, notes, "text", |value| {
        Ok(match value {
            Scalar::Null => None,
            Scalar::Bool(value) => Some(value.to_string()),
            Scalar::Number(text) => Some(text.to_owned()),
            Scalar::Text(text) => Some(text.into_owned()),
        })
    })
}

/// An identifier: text that is not empty.
pub(crate) fn id<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<String>, A::Error> {
    Ok(match text(map, notes)? {
        Found::Value(text) if text.is_empty() => Found::Absent,
        found => found,
    })
}

/// The id of the customer that the object belongs to; oddities of the object carry it.
pub(crate) use id as customer;

/// True or false, also as 0, 1 or their names as text.
pub(crate) fn flag<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<bool>, A::Error> {
    texts(map, notes, "true or false", |value| read_flag(&value))
}

fn read_flag(value: &Scalar<'_>) -> Reading<bool> {
    let text: &str = match value {
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
}

impl<'de> Read<'de> for bool {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        text_value(deserializer, notes, "true or false", |value| read_flag(&value))
    }
}

/// An instant, in any of the forms the API prints.
pub(crate) fn instant<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<DateTime<Utc>>, A::Error> {
    dated(map, notes, "an instant", time::parse_instant)
}

/// A calendar day.
pub(crate) fn day<'de, A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<NaiveDate>, A::Error> {
    dated(map, notes, "a day", time::parse_day)
}

fn dated<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    notes: &Notes,
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
) -> Result<Found<T>, A::Error> {
    texts(map, notes, expected, |value| match value {
        Scalar::Null => Ok(None),
        Scalar::Text(text) if text.trim().is_empty() => Ok(None),
        Scalar::Text(text) => parse(&text).map(Some).ok_or("text that is not one"),
        other => Err(other.kind()),
    })
}

/// Another model, or null.
pub(crate) fn nested<'de, A: MapAccess<'de>, T: Read<'de>>(map: &mut A, notes: &Notes) -> Result<Found<T>, A::Error> {
    map.next_value_seed(Seed::new(notes))
}

/// A list of models, or null.
pub(crate) use nested as list;

/// An object whose keys are data.
pub(crate) use nested as table;

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

/// Whose id each kind of field holds: only a `customer` field holds one.
pub(crate) mod holder {
    macro_rules! nobody {
        ($($reader:ident)*) => { $( pub(crate) fn $reader<T>(_: &T) -> Option<&str> { None } )* };
    }
    nobody!(amount number count text id flag instant day nested list table);

    pub(crate) fn customer<T: AsId>(field: &T) -> Option<&str> {
        field.as_id()
    }

    pub(crate) trait AsId {
        fn as_id(&self) -> Option<&str>;
    }

    impl AsId for String {
        fn as_id(&self) -> Option<&str> {
            Some(self)
        }
    }

    impl AsId for Option<String> {
        fn as_id(&self) -> Option<&str> {
            self.as_deref()
        }
    }
}

/// How each kind of field is written again: as its reader would find it.
pub(crate) mod write {
    use rust_decimal::Decimal;
    use serde::{Serialize, Serializer};

    macro_rules! as_it_is {
        ($($reader:ident)*) => { $( pub(crate) fn $reader<T: Serialize>(field: &T) -> &T { field } )* };
    }
    as_it_is!(amount count text id customer flag instant day nested list table);

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
