//! The page of a list as it comes: one reading for every printed envelope.

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use crate::client::field;
use crate::client::found::Found;
use crate::client::model::model;
use crate::client::oddity::Notes;
use crate::client::page::{PER_PAGE, Page};
use crate::client::wire::{self, Key, Read, Rows, Shape, Slot};

/// The names under which rows were ever printed.
const ROWS: [&str; 5] = ["accounts", "transactions", "items", "sessions", "data"];

model! {
    /// The position within a list, beside its rows or in an object of its own.
    #[derive(Default)]
    struct Position {
        page: Option<u64> = count("page" | "current_page"),
        per_page: Option<u64> = count("per_page" | "size"),
        total: Option<u64> = count("total" | "total_records"),
        pages: Option<u64> = count("pages" | "total_pages"),
        has_next: Option<bool> = flag("has_next"),
    }
}

struct RowsShape<'n, T>(&'n Notes, std::marker::PhantomData<T>);

impl<'de, T: Read<'de>> Shape<'de> for RowsShape<'_, T> {
    type Value = Rows<T>;
    const EXPECTED: &'static str = "a list";
    fn notes(&self) -> &Notes {
        self.0
    }
    fn of_list<A: SeqAccess<'de>>(self, seq: &mut A) -> Result<Found<Rows<T>>, A::Error> {
        // Rows are large, and a page has as many as were asked for.
        wire::rows(seq, self.0, PER_PAGE as usize).map(Found::Value)
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
                            notes.note("the list occurs twice".to_owned());
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
            Some((_, Found::Value(rows))) => on_page(rows, &inside.or(&beside)),
            Some(_) => Found::Odd,
            None => self.odd("an object without one"),
        })
    }

    fn of_list<A: SeqAccess<'de>>(self, seq: &mut A) -> Result<Found<Page<T>>, A::Error> {
        Ok(on_page(wire::rows(seq, self.0, PER_PAGE as usize)?, &Position::default()))
    }
}

impl Position {
    fn or(self, other: &Self) -> Self {
        Self {
            page: self.page.or(other.page),
            per_page: self.per_page.or(other.per_page),
            total: self.total.or(other.total),
            pages: self.pages.or(other.pages),
            has_next: self.has_next.or(other.has_next),
        }
    }
}

/// The page that these rows are; odd where there are rows and none could be read.
fn on_page<T>(Rows { rows, unreadable }: Rows<T>, position: &Position) -> Found<Page<T>> {
    if rows.is_empty() && !unreadable.is_empty() {
        return Found::Odd;
    }
    Found::Value(Page {
        listed: (rows.len() + unreadable.len()) as u64,
        items: rows,
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

impl<'de, T: Read<'de>> Read<'de> for Page<T> {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        wire::by_shape(deserializer, Envelope(notes, std::marker::PhantomData))
    }
}
