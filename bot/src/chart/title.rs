//! The finding above the picture.

use rust_decimal::Decimal;
use vobiz_core::dashboard::DayFigures;
use vobiz_core::money;

use super::days::Figures;
use crate::messages;

/// A change smaller than this many percent is none.
const FLAT: i64 = 3;

/// `Cost up 18 % on the week before, calls flat`; where there are not two whole weeks to compare, the sums.
pub(super) fn finding(days: &[Figures], currency: Option<&str>) -> String {
    let calls = |day: &DayFigures| day.total_calls.map(Decimal::from);
    if let Some(cost) = change(days, |day| day.total_cost)
        && let Some(calls) = change(days, calls)
    {
        let (cost, calls) = (shown(cost), shown(calls));
        return if cost == calls {
            format!("Cost and calls {cost} on the week before")
        } else {
            format!("Cost {cost} on the week before, calls {calls}")
        };
    }
    let reported: Vec<&DayFigures> = days.iter().filter_map(|(_, day)| day.as_ref()).collect();
    let calls = sum(reported.iter().map(|day| calls(day)));
    let cost = sum(reported.iter().map(|day| day.total_cost));
    let of = if reported.len() == 1 { "1 day".to_owned() } else { format!("{} days", reported.len()) };
    let calls = calls.map(|calls| messages::calls(Some(calls.try_into().unwrap_or(u64::MAX)), currency));
    match (reported.is_empty(), calls, cost) {
        (true, ..) => "No calls reported".to_owned(),
        (_, Some(calls), Some(cost)) => format!("{} for {calls} on {of}", money::say(cost, currency)),
        (_, Some(calls), None) => format!("{calls} on {of}"),
        _ => format!("Calls of {of}"),
    }
}

/// A sum, unless a part of it is missing or it is too large.
fn sum(mut values: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    values.try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?))
}

/// By how many percent the last seven days differ from the seven before. Only where each of the fourteen was reported.
fn change(days: &[Figures], value: impl Fn(&DayFigures) -> Option<Decimal>) -> Option<Decimal> {
    let last = days.len().checked_sub(14).and_then(|start| days.get(start..))?;
    let week = |days: &[Figures]| days.iter().try_fold(Decimal::ZERO, |sum, (_, day)| sum.checked_add(value(day.as_ref()?)?));
    let (before, now) = (week(last.get(..7)?)?, week(last.get(7..)?)?);
    now.checked_sub(before)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before).map(|percent| percent.round())
}

fn shown(percent: Decimal) -> String {
    if percent.abs() < Decimal::from(FLAT) {
        "flat".to_owned()
    } else if percent.is_sign_negative() {
        format!("down {} %", percent.abs())
    } else {
        format!("up {percent} %")
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    /// Fourteen days of one hundred calls and then of others.
    fn weeks(calls: u64, cost: &str) -> Vec<Figures> {
        let day = |index: u64| {
            let date = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap() + chrono::Days::new(index);
            let (calls, cost) = if index < 7 { (100, "200") } else { (calls, cost) };
            let body = serde_json::json!({"date": date, "total_calls": calls, "total_cost": cost});
            (date, Some(serde_json::from_str(&body.to_string()).unwrap()))
        };
        (0..14).map(day).collect()
    }

    #[test]
    fn the_title_states_what_changed() {
        for (calls, cost, expected) in [
            (100, "236", "Cost up 18 % on the week before, calls flat"),
            (50, "100", "Cost and calls down 50 % on the week before"),
            (101, "199", "Cost and calls flat on the week before"),
        ] {
            assert_eq!(finding(&weeks(calls, cost), Some("INR")), expected);
        }
    }

    #[test]
    fn without_two_whole_weeks_the_title_states_the_sums() {
        let mut days = weeks(100, "236");
        days[3].1 = None;
        assert_eq!(finding(&days, Some("INR")), "₹2,852 for 1,300 calls on 13 days");
        assert_eq!(finding(&days[..1], Some("INR")), "₹200 for 100 calls on 1 day");
        assert_eq!(finding(&days[3..4], Some("INR")), "No calls reported");
    }
}
