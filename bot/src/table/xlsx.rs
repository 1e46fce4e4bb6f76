//! A table as a workbook of one sheet, its header frozen.

use anyhow::Result;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook};

use super::{Cell, Table, clean};

/// Digits that a number of a spreadsheet holds.
const DIGITS: usize = 15;

pub(super) fn write(table: &Table) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let (bold, amounts) = (Format::new().set_bold(), Format::new().set_num_format("0.00########"));
    sheet.set_freeze_panes(1, 0)?;
    for (column, title) in (0_u16..).zip(&table.header) {
        sheet.write_string_with_format(0, column, *title, &bold)?;
        sheet.set_column_width(column, 22)?;
    }
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            // A text is stored as a text: nothing in it is a formula.
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) => sheet.write_string(row, column, clean(text))?,
                Cell::Amount(amount) => match number(*amount) {
                    Some(number) => sheet.write_number_with_format(row, column, number, &amounts)?,
                    None => sheet.write_string(row, column, amount.to_string())?,
                },
                Cell::Count(count) => match number(Decimal::from(*count)) {
                    Some(number) => sheet.write_number(row, column, number)?,
                    None => sheet.write_string(row, column, count.to_string())?,
                },
                Cell::Instant(at) => sheet.write_string(row, column, table.instant(*at))?,
            };
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// An amount as a spreadsheet holds it; `None` where that would not be exact. Up to 15 digits the file has the very digits of
/// the amount; it is read from them, and never becomes an amount again.
fn number(amount: Decimal) -> Option<f64> {
    let text = amount.normalize().to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits <= DIGITS).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_of_more_digits_than_a_spreadsheet_holds_is_text() {
        assert_eq!(
            number("1234567890.12345".parse().unwrap()).map(|number| number.to_string()).as_deref(),
            Some("1234567890.12345")
        );
        assert_eq!(number("12345678901.12345".parse().unwrap()), None);
    }

    proptest! {
        #[test]
        fn the_digits_of_a_number_are_those_of_the_amount(units in -999_999_999_999_999_i64..=999_999_999_999_999, scale in 0_u32..6) {
            let amount = Decimal::new(units, scale);
            if let Some(number) = number(amount) {
                prop_assert_eq!(number.to_string().parse::<Decimal>().unwrap(), amount);
            }
        }
    }
}
