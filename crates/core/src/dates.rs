//! A window of calendar days, as reports, ledgers and call records take it.

use chrono::NaiveDate;

use crate::error::{Error, ErrorKind, Result};

/// Calendar days from one to another, both included; an open end leaves the choice to the service.
///
/// ```
/// use vobiz_core::DateRange;
/// let april = DateRange::between("2026-04-01".parse()?, "2026-04-30".parse()?);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateRange {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl DateRange {
    /// Both ends given.
    pub fn between(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// The `days` days that end with `last`: seven of them are `last` and the six days before it.
    pub fn ending(last: NaiveDate, days: u32) -> Self {
        let before = chrono::Days::new(u64::from(days.saturating_sub(1)));
        Self { from: Some(last.checked_sub_days(before).unwrap_or(NaiveDate::MIN)), to: Some(last) }
    }

    /// The range, unless it ends before it begins.
    pub(crate) fn checked(self, operation: &'static str) -> Result<Self> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => Err(Error::new(
                ErrorKind::Invalid,
                operation,
                format!("the first day ({from}) is after the last ({to}); swap them"),
            )),
            _ => Ok(self),
        }
    }
}
