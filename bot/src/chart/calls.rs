//! The picture of calls and cost per day that comes with a summary.

use anyhow::Result;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use vobiz_core::dashboard::Report;

use super::days::{bars, days, gaps, labels, values};
use super::scale::Scale;
use super::svg::{self, Anchor, Picture};
use super::{BLUE, GREY, INK, LEFT, ORANGE, PALE_BLUE, PALE_GREY, Panel, axis, title};

/// Where the two panels are: bars of calls above, bars of cost below.
const CALLS: Panel = Panel { top: 170.0, bottom: 378.0 };
const COST: Panel = Panel { top: 460.0, bottom: 640.0 };

/// Draws the days of a report up to `last_day`, at most thirty: a PNG of 1280 × 720.
///
/// A day that the report leaves out is a gap with a mark, not a bar of no height.
pub(crate) fn calls_and_cost(report: &Report, last_day: NaiveDate) -> Result<Vec<u8>> {
    svg::render(&draw(report, last_day))
}

fn draw(report: &Report, last_day: NaiveDate) -> String {
    let days = days(report, last_day);
    let currency = report.currency.as_deref();
    let mut picture = Picture::new();
    picture.title(&title::finding(&days, currency));
    let Some((first, _)) = days.first() else { return picture.finish() };
    let window = format!("{} to {}, days as the API counts them", first.format("%a %-d %b"), last_day.format("%a %-d %b %Y"));
    picture.text(40.0, 108.0, 28, GREY, Anchor::Start, &window);

    let (total, answered) = (values(&days, |day| day.total_calls), values(&days, |day| day.answered_calls.min(day.total_calls)));
    let scale = Scale::over(&total, Decimal::ONE, |value| axis::count(value, currency));
    let is_unknown = total.iter().zip(&answered).any(|(total, answered)| total.is_some() && answered.is_none());
    let unknown: &[_] = if is_unknown { &[("not reported which", PALE_GREY)] } else { &[] };
    panel(&mut picture, CALLS, &scale, "Calls", &[&[("answered", BLUE), ("not answered", PALE_BLUE)], unknown].concat());
    let colour_of = |index: usize| if answered[index].is_some() { PALE_BLUE } else { PALE_GREY };
    bars(&mut picture, CALLS, &scale, &total, colour_of);
    bars(&mut picture, CALLS, &scale, &answered, |_| BLUE);
    gaps(&mut picture, CALLS, &total);

    let cost: Vec<_> = days.iter().map(|(_, day)| day.as_ref()?.total_cost).collect();
    let scale = Scale::over(&cost, Decimal::new(1, 2), |value| axis::amount(value, currency));
    panel(&mut picture, COST, &scale, "Cost", &[]);
    bars(&mut picture, COST, &scale, &cost, |_| ORANGE);
    gaps(&mut picture, COST, &cost);
    labels(&mut picture, &days, COST);
    picture.finish()
}

fn panel(picture: &mut Picture, panel: Panel, scale: &Scale, title: &str, keys: &[(&str, &str)]) {
    panel.lines(picture, scale);
    let y = panel.top - 18.0;
    picture.text(LEFT, y, 28, INK, Anchor::Start, title);
    let mut x = LEFT + svg::width(title, 28) + 40.0;
    for (word, colour) in keys {
        picture.rect(x, y - 21.0, 22.0, 22.0, colour);
        picture.text(x + 32.0, y, 28, INK, Anchor::Start, word);
        x += svg::width(word, 28) + 72.0;
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    fn report(text: &str) -> Report {
        serde_json::from_str(text).unwrap()
    }

    fn size(png: &[u8]) -> (u32, u32) {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!(&png[1..4], b"PNG");
        (number(16), number(20))
    }

    #[test]
    fn days_left_out_are_gaps_and_later_days_are_not_drawn() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/payloads/dashboard.json");
        let recorded = report(&std::fs::read_to_string(path).unwrap());
        let drawn = days(&recorded, "2026-04-16".parse().unwrap());
        assert_eq!(drawn.len(), 5, "12 to 16 April");
        assert_eq!(drawn.iter().filter(|(_, day)| day.is_some()).count(), 2);
        assert!(draw(&recorded, "2026-04-16".parse().unwrap()).contains("none reported"));
        assert_eq!(days(&recorded, "2026-05-12".parse().unwrap()).len(), 30);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn every_report_has_a_picture(
            rows in prop::collection::vec((0_u32..400, prop::option::of(any::<u64>()), prop::option::of(any::<u64>()), prop::option::of("-?[0-9]{1,26}(\\.[0-9]{1,2})?")), 0..60),
            from in prop::option::of("202[0-9]-0[1-9]-1[0-9]"),
            currency in prop::option::of("INR|USD|<&>"),
        ) {
            let start = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
            let series: Vec<_> = rows.iter().map(|(day, calls, answered, cost)| serde_json::json!({
                "date": start + Days::new(u64::from(*day)), "total_calls": calls, "answered_calls": answered, "total_cost": cost,
            })).collect();
            let body = serde_json::json!({"currency": currency, "total_balance": "1", "period": {"from": from}, "time_series": series});
            let png = calls_and_cost(&report(&body.to_string()), start + Days::new(200)).unwrap();
            prop_assert_eq!(size(&png), (1280, 720));
        }
    }
}
