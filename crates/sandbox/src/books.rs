//! What makes the books of a world hard to close.

use std::str::FromStr;

use anyhow::bail;

/// What makes a month of a world hard to close. The default is nothing: every figure is final the second it appears, and
/// every sum of one agrees with the sum of another.
///
/// ```
/// use vobiz_sandbox::Books;
///
/// let books = Books { refunds: true, ..Books::default() };
/// assert_eq!("refunds,utc-days".parse::<Books>()?, Books { utc_days: true, ..books });
/// # Ok::<(), anyhow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a peculiarity of its own")]
pub struct Books {
    /// One call in fifty is listed, as a record and in the ledger, up to eight hours after it ended.
    pub late_rows: bool,
    /// One call in a hundred is priced at two in the morning of the next day; until then its cost is zero.
    pub late_prices: bool,
    /// Some customers get money back on the 8th and on the 21st of a month.
    pub refunds: bool,
    /// Phone numbers cost ₹50 a month more from the 15th of the month before the world opens.
    pub fee_change: bool,
    /// Days of reports and of windows are cut at midnight in UTC, not in India.
    pub utc_days: bool,
    /// Two customers in nine were created or closed within the month before the world opens.
    pub turnover: bool,
    /// One customer in ten has a wallet in US dollars, which no sum over customers counts.
    pub second_currency: bool,
}

impl Books {
    /// Everything at once.
    pub const ALL: Self = Self {
        late_rows: true,
        late_prices: true,
        refunds: true,
        fee_change: true,
        utc_days: true,
        turnover: true,
        second_currency: true,
    };
    /// The names by which [`Books`] is read from text, besides `all`.
    pub const NAMES: [&str; 7] = ["late-rows", "late-prices", "refunds", "fee-change", "utc-days", "turnover", "second-currency"];
}

/// Reads names with commas between them, or `all`.
impl FromStr for Books {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let mut books = Self::default();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name {
                "all" => books = Self::ALL,
                "late-rows" => books.late_rows = true,
                "late-prices" => books.late_prices = true,
                "refunds" => books.refunds = true,
                "fee-change" => books.fee_change = true,
                "utc-days" => books.utc_days = true,
                "turnover" => books.turnover = true,
                "second-currency" => books.second_currency = true,
                _ => bail!("{name:?} is unknown; write all, or some of {} with commas between them", Self::NAMES.join(", ")),
            }
        }
        Ok(books)
    }
}

#[cfg(test)]
mod tests {
    use super::Books;

    #[test]
    fn every_name_is_read_and_all_of_them_are_all() {
        assert_eq!(Books::NAMES.join(",").parse::<Books>().expect("they are known"), Books::ALL);
        assert_eq!("all".parse::<Books>().expect("it is known"), Books::ALL);
        assert_eq!("".parse::<Books>().expect("nothing"), Books::default());
        let error = "refund".parse::<Books>().expect_err("it is no name").to_string();
        assert!(error.contains("\"refund\" is unknown") && error.contains("refunds"), "{error}");
    }
}
