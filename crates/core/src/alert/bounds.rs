//! What a figure can be: a level that it never crosses, and an alert that can never end, are slips.

use rust_decimal::Decimal;

use super::error::RuleError;
use super::level::{Direction, Levels, Recover};
use super::metric::{Metric, Unit};

/// Days that are surely looked ahead: what lasts longer counts as lasting so long.
const FORESEEN: i64 = 13;
/// Hours of a year: nothing is waited for longer.
const YEAR: i64 = 366 * 24;

/// Refuses levels on no side of which the figure can be, or from which an alert cannot come back.
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
            let (level, goes) = (said(metric, level), goes(metric, least, most));
            return Err(RuleError::new(field, format!("({level}) is out of reach: {goes}; write a level between")));
        }
        if let Some(end) = recover.from(level, direction).filter(|end| !is_in(*end)) {
            let (end, goes) = (said(metric, end), goes(metric, least, most));
            let words = format!("leads to {end}, where no alert could end: {goes}; write a smaller one");
            return Err(RuleError::new("recover", words));
        }
    }
    Ok(())
}

/// The least and the most that a figure can be; a wallet may be overdrawn.
fn range(metric: Metric) -> (Option<Decimal>, Option<Decimal>) {
    let zero = Some(Decimal::ZERO);
    match metric {
        Metric::CustomerBalance | Metric::PartnerBalance | Metric::FleetBalance => (None, None),
        Metric::CustomerRunway => (zero, Some((FORESEEN * 24).into())),
        Metric::PartnerCoverage => (zero, Some(FORESEEN.into())),
        Metric::CallsAnswerRate => (zero, Some(Decimal::ONE_HUNDRED)),
        Metric::DataAge => (zero, Some(YEAR.into())),
        Metric::CustomerBurn | Metric::CallsCost | Metric::CallsVolume => (zero, None),
    }
}

fn goes(metric: Metric, least: Option<Decimal>, most: Option<Decimal>) -> String {
    let least = said(metric, least.unwrap_or_default());
    match most {
        Some(most) => format!("{metric} goes from {least} to {}", said(metric, most)),
        None => format!("{metric} goes from {least} up"),
    }
}

fn said(metric: Metric, value: Decimal) -> String {
    let value = value.normalize();
    match metric.unit() {
        Unit::Money | Unit::Calls | Unit::Times => value.to_string(),
        Unit::Hours => format!("{value} h"),
        Unit::Days => format!("{value} days"),
        Unit::Percent => format!("{value} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_or_an_end_that_the_figure_never_reaches_is_refused() {
        use Direction::{Above, Below};
        let percent = |percent: i64| Recover::Percent(percent.into());
        for (metric, direction, level, recover, expected) in [
            (
                Metric::CallsAnswerRate,
                Below,
                150,
                percent(10),
                "below.warning (150 %) is out of reach: calls.answer_rate goes from 0 % to 100 %; write a level between",
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
                "above.warning (100 %) is out of reach: calls.answer_rate goes from 0 % to 100 %; write a level between",
            ),
            (
                Metric::CustomerBurn,
                Above,
                -3,
                percent(10),
                "above.warning (-3) is out of reach: customer.burn goes from 0 up; write a level between",
            ),
            (
                Metric::CustomerBurn,
                Above,
                3,
                percent(150),
                "recover leads to -1.5, where no alert could end: customer.burn goes from 0 up; write a smaller one",
            ),
            (
                Metric::CustomerRunway,
                Below,
                0,
                Recover::Amount(1.into()),
                "below.warning (0 h) is out of reach: customer.runway goes from 0 h to 312 h; write a level between",
            ),
            (
                Metric::CustomerRunway,
                Below,
                200,
                percent(100),
                "recover leads to 400 h, where no alert could end: customer.runway goes from 0 h to 312 h; write a smaller one",
            ),
            (
                Metric::PartnerCoverage,
                Below,
                30,
                percent(10),
                "below.warning (30 days) is out of reach: partner.coverage goes from 0 days to 13 days; write a level between",
            ),
            (
                Metric::DataAge,
                Above,
                1,
                Recover::Amount(2.into()),
                "recover leads to -1 h, where no alert could end: data.age goes from 0 h to 8784 h; write a smaller one",
            ),
        ] {
            let levels = Levels { warning: Some(level.into()), critical: None };
            let refused = check(metric, direction, levels, recover).unwrap_err();
            assert_eq!(refused.to_string(), expected);
        }
    }

    #[test]
    fn what_a_figure_can_reach_is_taken() {
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
