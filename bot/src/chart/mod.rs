//! The picture of calls and cost per day that comes with a summary.

mod scale;
mod svg;
mod title;

use anyhow::Result;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use vobiz_core::dashboard::{DayFigures, Report};
use vobiz_core::money;

use scale::{Scale, pixels};
use svg::{Anchor, Picture};

/// Days that one picture holds.
const MOST_DAYS: usize = 30;

const BLUE: &str = "#1f5fa8";
const PALE_BLUE: &str = "#a9c8ea";
const ORANGE: &str = "#d9741a";
const INK: &str = "#1b1f24";
const GREY: &str = "#5c6670";
const GRID: &str = "#e3e7eb";

/// Where the two panels are: bars of calls above, bars of cost below.
const LEFT: f64 = 170.0;
const RIGHT: f64 = svg::WIDTH - 40.0;
const CALLS: Panel = Panel { top: 170.0, bottom: 378.0 };
const COST: Panel = Panel { top: 460.0, bottom: 640.0 };

#[derive(Clone, Copy)]
struct Panel {
    top: f64,
    bottom: f64,
}

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
    picture.text(40.0, 62.0, 38, INK, Anchor::Start, &title::finding(&days, currency));
    let Some((first, _)) = days.first() else { return picture.finish() };
    picture.text(
        40.0,
        108.0,
        28,
        GREY,
        Anchor::Start,
        &format!("{} to {}, days as the API counts them", first.format("%a %-d %b"), last_day.format("%a %-d %b %Y")),
    );
    if days.iter().all(|(_, day)| day.is_none()) {
        picture.text(svg::WIDTH / 2.0, 400.0, 34, GREY, Anchor::Middle, "No day of these was reported");
        return picture.finish();
    }
    let calls = |day: &DayFigures| day.total_calls.map(Decimal::from);
    let answered = |day: &DayFigures| day.answered_calls.map(Decimal::from).min(calls(day));
    let scale = Scale::over(days.iter().filter_map(|(_, day)| calls(day.as_ref()?)), |value| axis_count(value, currency));
    panel(&mut picture, CALLS, &scale, &[("Calls", INK), ("answered", BLUE), ("not answered", "#6f9fd0")]);
    bars(&mut picture, CALLS, &scale, &days, PALE_BLUE, &calls);
    bars(&mut picture, CALLS, &scale, &days, BLUE, &answered);
    let scale = Scale::over(days.iter().filter_map(|(_, day)| day.as_ref()?.total_cost), |value| axis_money(value, currency));
    panel(&mut picture, COST, &scale, &[("Cost", INK)]);
    if days.iter().any(|(_, day)| day.as_ref().is_some_and(|day| day.total_cost.is_some())) {
        bars(&mut picture, COST, &scale, &days, ORANGE, &|day| day.total_cost);
    } else {
        picture.text(f64::midpoint(LEFT, RIGHT), 560.0, 28, GREY, Anchor::Middle, "no cost reported");
    }
    gaps(&mut picture, &days);
    labels(&mut picture, &days);
    picture.finish()
}

/// Each day up to `last_day` that the report covers, with its figures where it was reported.
fn days(report: &Report, last_day: NaiveDate) -> Vec<(NaiveDate, Option<DayFigures>)> {
    let reported = report.time_series.iter().map(|day| day.date).filter(|day| *day <= last_day).min();
    let begun = report
        .period
        .as_ref()
        .and_then(|period| period.from_date)
        .filter(|day| *day <= last_day)
        .or(reported)
        .unwrap_or(last_day);
    let earliest = last_day.checked_sub_days(Days::new(MOST_DAYS as u64 - 1)).unwrap_or(last_day);
    let figures = |day: NaiveDate| report.time_series.iter().find(|figures| figures.date == day).cloned();
    begun.max(earliest).iter_days().take_while(|day| *day <= last_day).map(|day| (day, figures(day))).collect()
}

fn whole(value: Decimal) -> u64 {
    value.try_into().unwrap_or(u64::MAX)
}

/// Money as an axis shows it: `₹1,500`, `₹2.5 L`, `-₹20`.
fn axis_money(value: Decimal, currency: Option<&str>) -> String {
    let minus = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
    let size = value.abs();
    if size < Decimal::ONE && !size.is_zero() {
        return money::say(value, currency);
    }
    format!("{minus}{}{}", money::sign(currency), axis_count(size, currency))
}

/// A number as an axis shows it beside rupees: `1,500`, `2.5 L`, `10 Cr`; beside other currencies in millions.
fn axis_count(value: Decimal, currency: Option<&str>) -> String {
    let units: [(i64, &str); 2] = if currency == Some("INR") {
        [(10_000_000, " Cr"), (100_000, " L")]
    } else {
        [(1_000_000_000, " bn"), (1_000_000, " M")]
    };
    match units.iter().find(|(size, _)| value.abs() >= Decimal::from(*size)) {
        Some((size, name)) => format!("{}{name}", (value / Decimal::from(*size)).round_dp(2).normalize()),
        None => money::count(whole(value), currency),
    }
}

fn panel(picture: &mut Picture, panel: Panel, scale: &Scale, words: &[(&str, &str)]) {
    for (value, label) in scale.ticks() {
        let y = panel.y(scale, *value);
        picture.line(LEFT, y, RIGHT, y, GRID);
        picture.text(LEFT - 14.0, y + 10.0, 28, GREY, Anchor::End, label);
    }
    let mut x = LEFT;
    for (word, colour) in words {
        picture.text(x, panel.top - 18.0, 28, colour, Anchor::Start, word);
        x += svg::width(word, 28) + 30.0;
    }
}

impl Panel {
    fn y(self, scale: &Scale, value: Decimal) -> f64 {
        self.bottom - scale.share(value) * (self.bottom - self.top)
    }
}

/// Left edge and width of the place of day number `index`.
fn place(index: usize, days: usize) -> (f64, f64) {
    let width = (RIGHT - LEFT) / pixels(days);
    (LEFT + width * pixels(index), width)
}

type Figures = (NaiveDate, Option<DayFigures>);

fn bars(
    picture: &mut Picture,
    panel: Panel,
    scale: &Scale,
    days: &[Figures],
    colour: &str,
    value: &dyn Fn(&DayFigures) -> Option<Decimal>,
) {
    let zero = panel.y(scale, Decimal::ZERO);
    for (index, (_, day)) in days.iter().enumerate() {
        let Some(value) = day.as_ref().and_then(value) else { continue };
        let (left, width) = place(index, days.len());
        let bar = (width * 0.72).min(90.0);
        let y = panel.y(scale, value);
        picture.rect(left + (width - bar) / 2.0, y.min(zero), bar, (y - zero).abs(), colour);
    }
}

/// Marks days that were not reported, and says so once for each run of them that has room for words.
fn gaps(picture: &mut Picture, days: &[Figures]) {
    let mut index = 0;
    for run in days.chunk_by(|(_, one), (_, other)| one.is_some() == other.is_some()) {
        if run.first().is_some_and(|(_, day)| day.is_none()) {
            let ((left, _), (right, width)) = (place(index, days.len()), place(index + run.len() - 1, days.len()));
            let (middle, span) = (f64::midpoint(left, right + width), right + width - left);
            for panel in [CALLS, COST] {
                let word =
                    ["none reported", "none", "–"].into_iter().find(|word| svg::width(word, 28) <= span - 8.0).unwrap_or("·");
                picture.text(middle, panel.bottom - 12.0, 28, GREY, Anchor::Middle, word);
            }
        }
        index += run.len();
    }
}

/// Days under the bars, back from the last one in steps that leave room for each.
fn labels(picture: &mut Picture, days: &[Figures]) {
    let half = svg::width("Wed 28 May", 28) / 2.0 + 8.0;
    let (_, width) = place(0, days.len());
    let step = [1, 2, 7, 14].into_iter().find(|step| pixels(*step) * width >= 2.0 * half).unwrap_or(MOST_DAYS);
    for (index, (day, _)) in days.iter().enumerate().rev().step_by(step) {
        let middle = place(index, days.len()).0 + width / 2.0;
        let x = middle.clamp(half, svg::WIDTH - half);
        picture.text(x, COST.bottom + 42.0, 28, GREY, Anchor::Middle, &day.format("%a %-d %b").to_string());
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn an_axis_shows_money_as_people_write_it() {
        for (value, currency, expected) in [
            ("1500", Some("INR"), "₹1,500"),
            ("250000", Some("INR"), "₹2.5 L"),
            ("100000000", Some("INR"), "₹10 Cr"),
            ("2500000", Some("USD"), "$2.5 M"),
            ("0.5", Some("INR"), "₹0.50"),
            ("7", None, "7"),
            ("-20", Some("INR"), "-₹20"),
        ] {
            assert_eq!(axis_money(value.parse().unwrap(), currency), expected);
        }
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
