//! The range in which the answer rate of a day usually is.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use vobiz_core::dashboard::Report;

/// Days that must be known before any is called unusual.
const LEAST_DAYS: usize = 8;

/// The usual range of the answer rate, in percent, from the days that a report has up to `last_day`; `None` where it has too few.
///
/// Half of the days lie between the quartiles; what is further from them than one and a half times their distance is
/// outside (Tukey's fences). An outlier hardly moves them.
pub(crate) fn answer_rate(report: &Report, last_day: NaiveDate) -> Option<RangeInclusive<Decimal>> {
    let days = report.time_series.iter().filter(|day| day.date <= last_day);
    fences(days.filter_map(vobiz_core::dashboard::DayFigures::answer_rate).collect())
}

fn fences(mut rates: Vec<Decimal>) -> Option<RangeInclusive<Decimal>> {
    if rates.len() < LEAST_DAYS {
        return None;
    }
    rates.sort_unstable();
    let (low, high) = (rates.get(rates.len() / 4)?, rates.get(rates.len() * 3 / 4)?);
    let reach = (high - low) * Decimal::new(15, 1);
    Some((low - reach).max(Decimal::ZERO)..=(high + reach).min(Decimal::ONE_HUNDRED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_is_outside_the_range_and_few_days_have_none() {
        let rates = |rates: &[i64]| rates.iter().copied().map(Decimal::from).collect::<Vec<_>>();
        assert_eq!(fences(rates(&[80; 7])), None);
        let usual = fences(rates(&[80, 82, 81, 79, 83, 80, 12, 81])).unwrap();
        assert!(usual.contains(&Decimal::from(80)) && !usual.contains(&Decimal::from(12)), "{usual:?}");
        assert_eq!(fences(rates(&[0, 0, 0, 0, 100, 100, 100, 100])), Some(Decimal::ZERO..=Decimal::ONE_HUNDRED));
    }
}
