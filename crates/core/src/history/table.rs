//! A file of rows whose columns are found by their names.

use std::io::{self, Read};

use chrono::{DateTime, Utc};
use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use rust_decimal::Decimal;

use super::error::HistoryError;
use crate::{money, time};

/// A file of which `N` columns are read, in any order, among any others.
pub(super) struct Table<'a, const N: usize> {
    file: &'static str,
    columns: [&'static str; N],
    places: [usize; N],
    width: usize,
    csv: Reader<Box<dyn Read + 'a>>,
    row: ByteRecord,
}

impl<'a, const N: usize> Table<'a, N> {
    pub(super) fn open(file: &'static str, columns: [&'static str; N], from: Box<dyn Read + 'a>) -> Result<Self, HistoryError> {
        // Rows of another width are reported in our own words.
        let mut csv = ReaderBuilder::new().flexible(true).buffer_capacity(1 << 16).from_reader(from);
        let header = csv.byte_headers().map_err(|error| unreadable(file, error))?.clone();
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(columns) {
            let mut found = header.iter().enumerate().filter(|(_, name)| name.trim_ascii() == column.as_bytes());
            let problem = match (found.next(), found.next()) {
                (Some((index, _)), None) => {
                    *place = index;
                    continue;
                }
                (None, _) => format!("no such column; the first line must name {}", columns.join(", ")),
                (Some(_), Some(_)) => "two columns of this name".to_owned(),
            };
            return Err(HistoryError { column: Some(column), ..HistoryError::of_file(file, problem) }.at_line(1));
        }
        Ok(Self { file, columns, places, width: header.len(), csv, row: ByteRecord::new() })
    }

    /// The next row's cells, in the order of the columns asked for.
    pub(super) fn next(&mut self) -> Result<Option<[Cell<'_>; N]>, HistoryError> {
        if !self.csv.read_byte_record(&mut self.row).map_err(|error| unreadable(self.file, error))? {
            return Ok(None);
        }
        let line = self.row.position().map_or(0, csv::Position::line);
        if self.row.len() != self.width {
            let problem = format!("{} cells; expected {} as in the first line", self.row.len(), self.width);
            return Err(HistoryError::of_file(self.file, problem).at_line(line));
        }
        let (file, row, mut columns) = (self.file, &self.row, self.columns.into_iter());
        Ok(Some(self.places.map(|place| Cell {
            file,
            line,
            column: columns.next().unwrap_or_default(),
            bytes: row.get(place).unwrap_or_default(),
        })))
    }
}

fn unreadable(file: &'static str, error: csv::Error) -> HistoryError {
    let line = error.position().map(csv::Position::line);
    let source = match error.into_kind() {
        ErrorKind::Io(source) => source,
        other => io::Error::other(format!("{other:?}")),
    };
    HistoryError { line, ..HistoryError::unreadable(file, source) }
}

/// One cell of a row.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    file: &'static str,
    pub(super) line: u64,
    column: &'static str,
    pub(super) bytes: &'a [u8],
}

impl<'a> Cell<'a> {
    pub(super) fn wrong(self, problem: impl Into<String>) -> HistoryError {
        HistoryError { column: Some(self.column), ..HistoryError::of_file(self.file, problem) }.at_line(self.line)
    }

    pub(super) fn is_empty(self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }

    pub(super) fn text(self) -> Result<&'a str, HistoryError> {
        std::str::from_utf8(self.bytes).map_err(|_| self.wrong("not UTF-8 text"))
    }

    /// The text without space around it.
    pub(super) fn word(self) -> Result<&'a str, HistoryError> {
        self.text().map(str::trim)
    }

    pub(super) fn instant(self) -> Result<DateTime<Utc>, HistoryError> {
        time::parse_instant(self.word()?).ok_or_else(|| self.wrong("not an instant; write it as 2026-09-01T18:30:00Z"))
    }

    pub(super) fn amount(self) -> Result<Decimal, HistoryError> {
        money::parse(self.word()?).map_err(|error| self.wrong(error.to_string()))
    }

    pub(super) fn flag(self) -> Result<bool, HistoryError> {
        let word = self.word()?;
        match word {
            _ if word.eq_ignore_ascii_case("true") => Ok(true),
            _ if word.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(self.wrong("expected true or false")),
        }
    }
}
