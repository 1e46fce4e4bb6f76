//! The page of a list as it comes: one reading for every printed envelope.

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use crate::client::field;
use crate::client::model::model;
use crate::client::oddity::Notes;
use crate::client::page::{PER_PAGE, Page};
use crate::client::wire::{self, Found, Key, Read, Shape, Slot};

/// The names under which rows were ever printed.
const ROWS: [&str; 5] = ["accounts", "transactions", "items", "sessions", "data"];

model! {
    /// Where a list stands, beside its rows or in an object of its own.
    #[derive(Default)]
    struct Position {
        page: Option<u64> = count("page" | "current_page"),
        per_page: Option<u64> = count("per_page" | "size"),
        total: Option<u64> = count("total" | "total_records"),
        pages: Option<u64> = count("pages" | "total_pages"),
        has_next: Option<bool> = flag("has_next"),
    }
}

/// The rows of a page, those that could not be read as `None`.
struct Rows<T>(Vec<Option<T>>);

struct RowsShape<'n, T>(&'n Notes, std::marker::PhantomData<T>);

impl<'de, T: Read<'de>> Shape<'de> for RowsShape<'_, T> {
    type Value = Rows<T>;
    const EXPECTED: &'static str = "a list";
    fn notes(&self) -> &Notes {
        self.0
    }
    fn of_list<A: SeqAccess<'de>>(self, seq: &mut A) -> Result<Found<Rows<T>>, A::Error> {
        // Rows are large, and a page has as many as were asked for.
        wire::rows(seq, self.0, PER_PAGE as usize).map(|rows| Found::Value(Rows(rows)))
    }
}

impl<'de, T: Read<'de>> Read<'de> for Rows<T> {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        wire::by_shape(deserializer, RowsShape(notes, std::marker::PhantomData))
    }
}

/// Every printed envelope: rows under one of five names, the position beside them or in an object; or the rows alone.
struct Envelope<'n, T>(&'n Notes, std::marker::PhantomData<T>);

impl<'de, T: Read<'de>> Shape<'de> for Envelope<'_, T> {
    type Value = Page<T>;
    const EXPECTED: &'static str = "a page of rows";
    fn notes(&self) -> &Notes {
        self.0
    }

    fn of_object<A: MapAccess<'de>>(self, map: &mut A) -> Result<Found<Page<T>>, A::Error> {
        let notes = self.0;
        let mut rows: Option<(usize, Found<Rows<T>>)> = None;
        let mut inside = Slot::<Position>::default();
        let (mut at, mut size, mut total, mut pages, mut more) =
            (Slot::default(), Slot::default(), Slot::default(), Slot::default(), Slot::default());
        while let Some(Key(key)) = map.next_key()? {
            let mark = notes.mark();
            match &*key {
                name if ROWS.contains(&name) => {
                    let rank = wire::rank(name, &ROWS);
                    let found = field::nested::<_, Rows<T>>(map, notes)?;
                    match &rows {
                        _ if matches!(found, Found::Absent) => {}
                        Some((held, _)) if *held == rank => {
                            notes.note("the list stands twice".to_owned());
                            rows = Some((rank, Found::Odd));
                        }
                        Some((held, _)) if *held < rank => {}
                        _ => rows = Some((rank, found)),
                    }
                }
                "pagination" | "meta" => inside.keep(0, field::nested(map, notes)?, notes),
                "page" | "current_page" => at.keep(usize::from(key != "page"), field::count(map, notes)?, notes),
                "per_page" | "size" => size.keep(usize::from(key != "per_page"), field::count(map, notes)?, notes),
                "total" | "total_records" => total.keep(usize::from(key != "total"), field::count(map, notes)?, notes),
                "pages" | "total_pages" => pages.keep(usize::from(key != "pages"), field::count(map, notes)?, notes),
                "has_next" => more.keep(0, field::flag(map, notes)?, notes),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if notes.mark() > mark {
                notes.below(mark, &key);
            }
        }
        let beside = Position {
            page: at.value(),
            per_page: size.value(),
            total: total.value(),
            pages: pages.value(),
            has_next: more.value(),
        };
        let inside = inside.value().unwrap_or_default();
        Ok(match rows {
            Some((_, Found::Value(rows))) => rows.on_page(inside.or(beside)),
            Some(_) => Found::Odd,
            None => self.odd("an object without one"),
        })
    }

    fn of_list<A: SeqAccess<'de>>(self, seq: &mut A) -> Result<Found<Page<T>>, A::Error> {
        Ok(Rows(wire::rows(seq, self.0, PER_PAGE as usize)?).on_page(Position::default()))
    }
}

impl Position {
    fn or(self, other: Self) -> Self {
        Self {
            page: self.page.or(other.page),
            per_page: self.per_page.or(other.per_page),
            total: self.total.or(other.total),
            pages: self.pages.or(other.pages),
            has_next: self.has_next.or(other.has_next),
        }
    }
}

impl<T> Rows<T> {
    /// The page that these rows are; odd where there are rows and none could be read.
    fn on_page(self, position: Position) -> Found<Page<T>> {
        let listed = self.0.len();
        let unreadable: Vec<usize> = self.0.iter().enumerate().filter(|(_, row)| row.is_none()).map(|(index, _)| index).collect();
        if listed > 0 && unreadable.len() == listed {
            return Found::Odd;
        }
        Found::Value(Page {
            items: self.0.into_iter().flatten().collect(),
            listed: listed as u64,
            page: position.page,
            per_page: position.per_page,
            total: position.total,
            pages: position.pages,
            has_next: position.has_next,
            oddities: Vec::new(),
            request_id: None,
            unreadable,
        })
    }
}

impl<'de, T: Read<'de>> Read<'de> for Page<T> {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        wire::by_shape(deserializer, Envelope(notes, std::marker::PhantomData))
    }
}
