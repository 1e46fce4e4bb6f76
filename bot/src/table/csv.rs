//! A table as CSV, in UTF-8 with the mark by which spreadsheet programs know it.

use anyhow::{Context as _, Result};
use csv::{Terminator, WriterBuilder};

use super::{Cell, Table, clean};

/// What a spreadsheet program takes for the begin of a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

pub(super) fn write(table: &Table) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&table.header)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| field(table, cell)))?;
    }
    writer.into_inner().context("the file cannot be written")
}

fn field(table: &Table, cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => {
            let text = clean(text);
            // An apostrophe makes it text there too.
            if text.trim_start().starts_with(FORMULA) { format!("'{text}") } else { text }
        }
        Cell::Amount(amount) => amount.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Instant(at) => table.instant(*at),
    }
}
