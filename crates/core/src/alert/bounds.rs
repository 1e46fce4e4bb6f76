//! The range of each figure: a level that it never crosses, or an alert that can never end, is a mistake.

use rust_decimal::Decimal;

use super::error::RuleError;
use super::level::{Direction, Levels, Recover};
use super::metric::Metric;

/// Days that every forecast looks ahead: what lasts longer counts as lasting so long.
const FORECAST_DAYS: i64 = 13;
/// Hours of a year: no longer time can be asked for.
const YEAR: i64 = 366 * 24;

/// Refuses levels that the figure never crosses, and levels at which an alert could never end.
pub(crate) fn check(metric: Metric, direction: Direction, levels: Levels, recover: Recover) -> Result<(), RuleError> {
    let (least, most) = range(metric);
    let is_in = |value: Decimal| least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most);
    let [warning, critical] = match direction {
        Direction::Below => ["below.warning", "below.critical"],
        Direction::Above => ["above.warning", "above.critical"],
    };
    let edge = if direction == Direction::Below { least } else { most };
    for (field, level) in [(warning, levels.warning), (critical, levels.critical)] {
        let Some(level) = level else { continue };
        if !is_in(level) || edge == Some(level) {
            let (level, goes) = (metric.format(level, false), goes(metric, least, most));
            return Err(RuleError::new(field, format!("({level}) is out of range: {goes}; write a level between")));
        }
        if let Some(end) = recover.from(level, direction).filter(|end| !is_in(*end)) {
            let (end, goes) = (metric.format(end, false), goes(metric, least, most));
            let words = format!("leads to {end}, where no alert could end: {goes}; write a smaller one");
            return Err(RuleError::new("recover", words));
        }
    }
    Ok(())
}

/// The least and the most that a figure can be. A wallet may be overdrawn.
fn range(metric: Metric) -> (Option<Decimal>, Option<Decimal>) {
    let zero = Some(Decimal::ZERO);
    match metric {
        Metric::CustomerBalance | Metric::PartnerBalance | Metric::FleetBalance => (None, None),
        Metric::CustomerRunway => (zero, Some((FORECAST_DAYS * 24).into())),
        Metric::PartnerCoverage => (zero, Some(FORECAST_DAYS.into())),
        Metric::CallsAnswerRate => (zero, Some(Decimal::ONE_HUNDRED)),
        Metric::DataAge => (zero, Some(YEAR.into())),
        Metric::CustomerBurn | Metric::CallsCost | Metric::CallsVolume => (zero, None),
    }
}

fn goes(metric: Metric, least: Option<Decimal>, most: Option<Decimal>) -> String {
    let least = metric.format(least.unwrap_or_default(), false);
    match most {
        Some(most) => format!("{metric} goes from {least} to {}", metric.format(most, false)),
        None => format!("{metric} goes from {least} up"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_the_figure_never_crosses_or_an_end_that_it_never_reaches_is_refused() {
        use Direction::{Above, Below};
        let percent = |percent: i64| Recover::Percent(percent.into());
        for (metric, direction, level, recover, expected) in [
            (
                Metric::CallsAnswerRate,
                Below,
                150,
                percent(10),
                "below.warning (150 %) is out of range: calls.answer_rate goes from 0 % to 100 %; write a level between",
            ),
            (
                Metric::CallsAnswerRate,
                Below,
                95,
                percent(10),
                "recover leads to 104.5 %, where no alert could end: calls.answer_rate goes from 0 % to 100 %; write a smaller one",
            ),
            (
                Metric::CallsAnswerRate,
                Above,
                100,
                percent(10),
                "above.warning (100 %) is out of range: calls.answer_rate goes from 0 % to 100 %; write a level between",
            ),
            (
                Metric::CustomerBurn,
                Above,
                -3,
                percent(10),
                "above.warning (-3 times the normal burn) is out of range: customer.burn goes from 0 times the normal burn up; write a level between",
            ),
            (
                Metric::CustomerBurn,
                Above,
                3,
                percent(150),
                "recover leads to -1.5 times the normal burn, where no alert could end: customer.burn goes from 0 times the normal burn up; write a smaller one",
            ),
            (
                Metric::CustomerRunway,
                Below,
                0,
                Recover::Amount(1.into()),
                "below.warning (0 s) is out of range: customer.runway goes from 0 s to 13 days; write a level between",
            ),
            (
                Metric::CustomerRunway,
                Below,
                200,
                percent(100),
                "recover leads to 16 days 16 h, where no alert could end: customer.runway goes from 0 s to 13 days; write a smaller one",
            ),
            (
                Metric::PartnerCoverage,
                Below,
                30,
                percent(10),
                "below.warning (30 days) is out of range: partner.coverage goes from 0 days to 13 days; write a level between",
            ),
            (
                Metric::DataAge,
                Above,
                1,
                Recover::Amount(2.into()),
                "recover leads to −1 h, where no alert could end: data.age goes from 0 s to 366 days; write a smaller one",
            ),
        ] {
            let levels = Levels { warning: Some(level.into()), critical: None };
            let refused = check(metric, direction, levels, recover).unwrap_err();
            assert_eq!(refused.to_string(), expected);
        }
    }

    #[test]
    fn levels_and_ends_within_the_range_are_accepted() {
        use Direction::{Above, Below};
        let percent = |percent: i64| Recover::Percent(percent.into());
        for (metric, direction, level, recover) in [
            (Metric::CustomerBalance, Below, -5000, percent(10)),
            (Metric::CallsAnswerRate, Below, 95, Recover::Amount(5.into())),
            (Metric::CustomerBurn, Above, 3, percent(100)),
            (Metric::CustomerRunway, Below, 312, percent(0)),
            (Metric::CallsCost, Above, 0, Recover::Amount(0.into())),
        ] {
            let levels = Levels { warning: None, critical: Some(level.into()) };
            assert_eq!(check(metric, direction, levels, recover), Ok(()), "{metric} {level}");
        }
    }
}
