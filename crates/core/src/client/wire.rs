//! Reading bodies that exist in several generations, field by field.
//!
//! A model declares, per field, how it is read and under which names it was ever printed, the current one first. A missing
//! or null field is `None`; a number given as text (or the reverse) is read where its meaning is clear; an unknown field is
//! skipped. A value that cannot be understood is absent too and is noted as an [`Oddity`](crate::Oddity). Only what is no
//! JSON, or not of the right outer shape, is an error.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::client::found::Found;
use crate::client::oddity::Notes;
use crate::client::scalar::{NUMBER, number as number_of};

/// What is read from a body. An error is one of the JSON itself; anything else is noted.
pub(crate) trait Read<'de>: Sized {
    /// What a body of nothing but null is; `None` where it is an error.
    fn of_null() -> Option<Self> {
        None
    }

    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error>;
}

/// What is read from an object, member by member.
pub(crate) trait Model<'de>: Sized {
    fn read_members<A: MapAccess<'de>>(map: &mut A, notes: &Notes) -> Result<Found<Self>, A::Error>;
}

/// A JSON object's key, borrowed from the body wherever it has no escapes.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

/// Carries the notes to where a value is read.
pub(crate) struct Seed<'n, T>(pub(crate) &'n Notes, PhantomData<T>);

impl<'n, T> Seed<'n, T> {
    pub(crate) fn new(notes: &'n Notes) -> Self {
        Self(notes, PhantomData)
    }
}

impl<'de, T: Read<'de>> de::DeserializeSeed<'de> for Seed<'_, T> {
    type Value = Found<T>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<T>, D::Error> {
        T::read(deserializer, self.0)
    }
}

/// What a value of some JSON type is turned into; each type that is not expected is odd.
pub(crate) trait Shape<'de>: Sized {
    type Value;
    const EXPECTED: &'static str;
    fn notes(&self) -> &Notes;
    fn of_object<A: MapAccess<'de>>(self, map: &mut A) -> Result<Found<Self::Value>, A::Error> {
        Ok(self.odd(if number_of(map)?.is_some() { "a number" } else { "an object" }))
    }
    fn of_list<A: SeqAccess<'de>>(self, seq: &mut A) -> Result<Found<Self::Value>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.odd("a list"))
    }
    fn odd(&self, found: &str) -> Found<Self::Value> {
        self.notes().odd(Self::EXPECTED, found);
        Found::Odd
    }
}

/// Reads a value by its JSON type.
pub(crate) fn by_shape<'de, D: Deserializer<'de>, S: Shape<'de>>(deserializer: D, shape: S) -> Result<Found<S::Value>, D::Error> {
    struct Visitor<S>(S);
    impl<'de, S: Shape<'de>> de::Visitor<'de> for Visitor<S> {
        type Value = Found<S::Value>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(S::EXPECTED)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            self.0.of_object(&mut map)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            self.0.of_list(&mut seq)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Found::Absent)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(self.0.odd("text"))
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(self.0.odd("true or false"))
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(self.0.odd("a number"))
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(self.0.odd("a number"))
        }
    }
    deserializer.deserialize_any(Visitor(shape))
}

struct Object<'n, T>(&'n Notes, PhantomData<T>);

impl<'de, T: Model<'de>> Shape<'de> for Object<'_, T> {
    type Value = T;
    const EXPECTED: &'static str = "an object";
    fn notes(&self) -> &Notes {
        self.0
    }
    fn of_object<A: MapAccess<'de>>(self, map: &mut A) -> Result<Found<T>, A::Error> {
        T::read_members(map, self.0)
    }
}

/// Reads a model.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Model<'de>>(deserializer: D, notes: &Notes) -> Result<Found<T>, D::Error> {
    by_shape(deserializer, Object(notes, PhantomData))
}

struct List<'n, T>(&'n Notes, PhantomData<T>);

impl<'de, T: Read<'de>> Shape<'de> for List<'_, T> {
    type Value = Vec<T>;
    const EXPECTED: &'static str = "a list";
    fn notes(&self) -> &Notes {
        self.0
    }
    fn of_list<A: SeqAccess<'de>>(self, seq: &mut A) -> Result<Found<Vec<T>>, A::Error> {
        Ok(Found::Value(rows(seq, self.0, 0)?.rows))
    }
}

impl<'de, T: Read<'de>> Read<'de> for Vec<T> {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        by_shape(deserializer, List(notes, PhantomData))
    }
}

/// The elements of a list that could be read, and the positions of those that could not.
pub(crate) struct Rows<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) unreadable: Vec<usize>,
}

/// Reads the elements of a list; room for `room` is made at the first.
pub(crate) fn rows<'de, A: SeqAccess<'de>, T: Read<'de>>(seq: &mut A, notes: &Notes, room: usize) -> Result<Rows<T>, A::Error> {
    let (start, mut rows, mut unreadable) = (notes.mark(), Vec::new(), Vec::new());
    loop {
        let (mark, index) = (notes.mark(), rows.len() + unreadable.len());
        let Some(found) = seq.next_element_seed(Seed::<T>::new(notes))? else { return Ok(Rows { rows, unreadable }) };
        if matches!(found, Found::Absent) {
            notes.odd("a row", "null");
        }
        if notes.mark() > mark {
            notes.element(start, mark, &format!("[{index}]"), "");
        }
        if rows.is_empty() {
            rows.reserve_exact(room);
        }
        match found {
            Found::Value(row) => rows.push(row),
            Found::Odd | Found::Absent => unreadable.push(index),
        }
    }
}

struct Table<'n, T>(&'n Notes, PhantomData<T>);

impl<'de, T: Read<'de> + PartialEq> Shape<'de> for Table<'_, T> {
    type Value = BTreeMap<String, T>;
    const EXPECTED: &'static str = "an object";
    fn notes(&self) -> &Notes {
        self.0
    }
    fn of_object<A: MapAccess<'de>>(self, map: &mut A) -> Result<Found<Self::Value>, A::Error> {
        let notes = self.0;
        let (start, mut slots) = (notes.mark(), BTreeMap::<String, Slot<T>>::new());
        while let Some(Key(key)) = map.next_key()? {
            if key == NUMBER {
                map.next_value::<IgnoredAny>()?;
                return Ok(self.odd("a number"));
            }
            let mark = notes.mark();
            let found = map.next_value_seed(Seed::<T>::new(notes))?;
            slots.entry(key.clone().into_owned()).or_default().keep(0, found, notes);
            if notes.mark() > mark {
                notes.element(start, mark, &key, "*");
            }
        }
        Ok(Found::Value(slots.into_iter().filter_map(|(key, slot)| Some((key, slot.value()?))).collect()))
    }
}

impl<'de, T: Read<'de> + PartialEq> Read<'de> for BTreeMap<String, T> {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        by_shape(deserializer, Table(notes, PhantomData))
    }
}

/// Any JSON, its numbers to the last digit.
impl<'de> Read<'de> for Value {
    fn of_null() -> Option<Self> {
        Some(Self::Null)
    }

    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(match serde_json::from_str(raw.get()) {
            Ok(Self::Null) => Found::Absent,
            Ok(value) => Found::Value(value),
            Err(_) => {
                notes.odd("JSON", "more levels than are read, or damaged text");
                Found::Odd
            }
        })
    }
}

/// An answer of which nothing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nothing;

impl<'de> Read<'de> for Nothing {
    fn read<D: Deserializer<'de>>(deserializer: D, _: &Notes) -> Result<Found<Self>, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Found::Value(Self))
    }
}

/// Reads a value that was held back as it was written.
pub(crate) fn of_raw<'de, T: Read<'de>>(raw: &'de RawValue, notes: &Notes) -> Found<T> {
    T::read(raw, notes).unwrap_or_else(|_| {
        notes.odd("JSON", "damaged text");
        Found::Odd
    })
}

/// Reads a value and refuses it where anything in it is odd.
pub(crate) fn strictly<'de, D: Deserializer<'de>, T: Read<'de>>(deserializer: D) -> Result<T, D::Error> {
    let notes = Notes::default();
    match T::read(deserializer, &notes)? {
        Found::Value(value) if notes.mark() == 0 => Ok(value),
        _ => Err(de::Error::custom(notes.first())),
    }
}

/// The value of a field under the best name so far.
pub(crate) struct Slot<T>(Option<(usize, Found<T>)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: PartialEq> Slot<T> {
    /// Keeps what was found under the name of this rank; a lower rank is the better name. Null under one name leaves another's
    /// value standing. The same name twice with two values is odd.
    #[inline]
    pub(crate) fn keep(&mut self, rank: usize, found: Found<T>, notes: &Notes) {
        match &mut self.0 {
            _ if matches!(found, Found::Absent) => {}
            Some((held, value)) if *held == rank => {
                if *value != found && *value != Found::Odd {
                    if found != Found::Odd {
                        notes.note("the key occurs twice with two values".to_owned());
                    }
                    *value = Found::Odd;
                }
            }
            Some((held, _)) if *held < rank => {}
            slot => *slot = Some((rank, found)),
        }
    }
}

impl<T> Slot<T> {
    pub(crate) fn is_odd(&self) -> bool {
        matches!(self.0, Some((_, Found::Odd)))
    }

    pub(crate) fn value(self) -> Option<T> {
        self.0.and_then(|(_, found)| found.value())
    }
}

/// The rank of a name among those that a field was printed under.
#[inline]
pub(crate) fn rank(key: &str, names: &[&str]) -> usize {
    if names.len() == 1 { 0 } else { names.iter().position(|name| *name == key).unwrap_or(names.len()) }
}

/// Skips a member that no model asks for. True where the map is no object but stands for a number.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A, key: &str) -> Result<bool, A::Error> {
    map.next_value::<IgnoredAny>()?;
    Ok(key == NUMBER)
}
