//! Tables as files: CSV, or a workbook for a spreadsheet program.

mod csv;
mod xlsx;

use anyhow::Result;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::store::Document;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Xlsx,
}

/// What is in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    /// Exact to the last digit.
    Amount(Decimal),
    Count(u64),
    /// Written in the zone of the table, with its distance from UTC.
    Instant(DateTime<Utc>),
}

/// Rows under a header.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// What the file is called, without its ending.
    pub(crate) name: String,
    pub(crate) header: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Where instants are written.
    pub(crate) zone: Tz,
}

impl Cell {
    /// A text, where there is one.
    pub(crate) fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }

    /// An amount, where it is known.
    pub(crate) fn amount(amount: Option<Decimal>) -> Self {
        amount.map_or(Self::Empty, Self::Amount)
    }

    /// A count, where it is known.
    pub(crate) fn count(count: Option<u64>) -> Self {
        count.map_or(Self::Empty, Self::Count)
    }

    /// An instant, where it is known.
    pub(crate) fn instant(instant: Option<DateTime<Utc>>) -> Self {
        instant.map_or(Self::Empty, Self::Instant)
    }
}

impl Table {
    /// The table as a file.
    pub(crate) fn file(&self, format: Format) -> Result<Document> {
        let (bytes, ending) = match format {
            Format::Csv => (csv::write(self)?, "csv"),
            Format::Xlsx => (xlsx::write(self)?, "xlsx"),
        };
        Ok(Document { name: format!("{}.{ending}", self.name), bytes })
    }

    /// `2026-05-12T09:10:00+05:30`
    fn instant(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    }
}

/// Text without what a spreadsheet program cannot hold: control characters, and more than 32,767 of UTF-16.
fn clean(text: &str) -> String {
    let mut length = 0;
    let fits = |letter: &char| {
        length += letter.len_utf16();
        length <= 32_767
    };
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn table() -> Table {
        let at = "2026-05-12T03:40:00Z".parse().unwrap();
        Table {
            name: "customers".into(),
            header: vec!["id", "name", "balance", "calls", "read at"],
            rows: vec![
                vec![
                    Cell::Text("MA_X".into()),
                    Cell::Text("=HYPERLINK(\"http://x\",\"A, B\")".into()),
                    Cell::Amount("-0.50000".parse().unwrap()),
                    Cell::Count(3),
                    Cell::Instant(at),
                ],
                vec![
                    Cell::Text("@MA".into()),
                    Cell::Text("+91 1\n2".into()),
                    Cell::Amount("79228162514264337593543950335".parse().unwrap()),
                    Cell::Empty,
                    Cell::Empty,
                ],
                vec![
                    Cell::Text("-1".into()),
                    Cell::Text("शर्मा 🚚".into()),
                    Cell::Amount("0.1".parse().unwrap()),
                    Cell::Count(0),
                    Cell::Empty,
                ],
            ],
            zone: Tz::Asia__Kolkata,
        }
    }

    #[test]
    fn amounts_are_exact_instants_have_their_zone_and_no_text_is_a_formula() {
        let file = table().file(Format::Csv).unwrap();
        assert_eq!(file.name, "customers.csv");
        insta::assert_snapshot!(String::from_utf8(file.bytes).unwrap().trim_start_matches('\u{feff}'), @r#"
        id,name,balance,calls,read at
        MA_X,"'=HYPERLINK(""http://x"",""A, B"")",-0.50000,3,2026-05-12T09:10:00+05:30
        '@MA,'+91 1 2,79228162514264337593543950335,,
        '-1,शर्मा 🚚,0.1,0,
        "#);
    }

    #[test]
    fn a_workbook_is_written_for_every_table() {
        let many =
            Table { rows: [vec![vec![Cell::Text("x".repeat(50_000))]], vec![vec![Cell::Count(7)]; 10_000]].concat(), ..table() };
        for table in [table(), many, Table { rows: Vec::new(), ..table() }] {
            let file = table.file(Format::Xlsx).unwrap();
            assert!(file.name == "customers.xlsx" && file.bytes.starts_with(b"PK"), "{}", file.bytes.len());
        }
    }
}
