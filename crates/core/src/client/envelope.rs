//! The page of a list as it comes: one reading for every printed envelope.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use crate::client::page::{PER_PAGE, Page};
use crate::client::wire::{self, model};

model! {
    /// Where a list stands, beside its rows or in an object of its own.
    #[derive(Default)]
    struct Position {
        page: Option<u64> = count("page"),
        per_page: Option<u64> = count("per_page" | "size"),
        total: Option<u64> = count("total"),
        pages: Option<u64> = count("pages" | "total_pages"),
        has_next: Option<bool> = flag("has_next"),
    }
}

/// The rows of a page, in one piece of memory from the start: rows are large, and a page has as many as were asked for.
struct Rows<T>(Vec<T>);

impl<T> Rows<T> {
    fn collect<'de, A: serde::de::SeqAccess<'de>>(seq: &mut A) -> Result<Self, A::Error>
    where
        T: Deserialize<'de>,
    {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element()? {
            if rows.is_empty() {
                rows.reserve_exact(PER_PAGE as usize);
            }
            rows.push(row);
        }
        Ok(Self(rows))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
            type Value = Rows<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a sequence")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<T>, A::Error> {
                Rows::collect(&mut seq)
            }
        }
        deserializer.deserialize_seq(Visitor(std::marker::PhantomData))
    }
}

/// Every printed envelope: rows under one of five names, the position beside them or in an object.
struct Envelope<T> {
    rows: Vec<T>,
    position: Position,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Envelope<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
            type Value = Envelope<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a page of rows")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Envelope<T>, A::Error> {
                const ROWS: [&str; 5] = ["accounts", "transactions", "items", "sessions", "data"];
                let (mut rows, mut inside, mut beside) = (None, None, Position::default());
                while let Some(wire::Key(key)) = map.next_key()? {
                    let key = &*key;
                    match key {
                        _ if ROWS.contains(&key) => {
                            let read: Option<Rows<T>> = map.next_value()?;
                            wire::keep(&mut rows, key, &ROWS, read.map(|Rows(rows)| rows));
                        }
                        "pagination" | "meta" => inside = wire::nested(&mut map)?.or(inside),
                        "page" | "current_page" => beside.page = wire::count(&mut map)?.or(beside.page),
                        "per_page" | "size" => beside.per_page = wire::count(&mut map)?.or(beside.per_page),
                        "total" | "total_records" => beside.total = wire::count(&mut map)?.or(beside.total),
                        "total_pages" | "pages" => beside.pages = wire::count(&mut map)?.or(beside.pages),
                        "has_next" => beside.has_next = wire::flag(&mut map)?.or(beside.has_next),
                        _ => wire::skip(&mut map)?,
                    }
                }
                let inside: Position = inside.unwrap_or_default();
                Ok(Envelope {
                    rows: rows
                        .map(|(_, rows)| rows)
                        .ok_or_else(|| A::Error::custom("expected a list of rows, found an object without one"))?,
                    position: Position {
                        page: inside.page.or(beside.page),
                        per_page: inside.per_page.or(beside.per_page),
                        total: inside.total.or(beside.total),
                        pages: inside.pages.or(beside.pages),
                        has_next: inside.has_next.or(beside.has_next),
                    },
                })
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Envelope<T>, A::Error> {
                Ok(Envelope { rows: Rows::collect(&mut seq)?.0, position: Position::default() })
            }
        }
        deserializer.deserialize_any(Visitor(std::marker::PhantomData))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Envelope { rows, position } = Envelope::deserialize(deserializer)?;
        Ok(Self {
            items: rows,
            page: position.page,
            per_page: position.per_page,
            total: position.total,
            pages: position.pages,
            has_next: position.has_next,
        })
    }
}
