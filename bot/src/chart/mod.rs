//! The picture of calls and cost per day that comes with a summary.

mod axis;
mod scale;
mod svg;
mod title;

use anyhow::Result;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use vobiz_core::dashboard::{DayFigures, Report};

use scale::{Scale, pixels};
use svg::{Anchor, Picture};

/// Days that one picture holds.
const MOST_DAYS: usize = 30;

const BLUE: &str = "#1f5fa8";
const PALE_BLUE: &str = "#a9c8ea";
const ORANGE: &str = "#d9741a";
const INK: &str = "#1b1f24";
const PALE_GREY: &str = "#c3c9cf";
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
    labels(&mut picture, &days);
    picture.finish()
}

/// A figure of each day, where there is one.
fn values(days: &[Figures], of: impl Fn(&DayFigures) -> Option<u64>) -> Vec<Option<Decimal>> {
    days.iter().map(|(_, day)| of(day.as_ref()?).map(Decimal::from)).collect()
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

fn panel(picture: &mut Picture, panel: Panel, scale: &Scale, title: &str, keys: &[(&str, &str)]) {
    for (value, label) in scale.ticks() {
        let y = panel.y(scale, *value);
        picture.line(LEFT, y, RIGHT, y, GRID);
        picture.text(LEFT - 14.0, y + 10.0, 28, GREY, Anchor::End, label);
    }
    let y = panel.top - 18.0;
    picture.text(LEFT, y, 28, INK, Anchor::Start, title);
    let mut x = LEFT + svg::width(title, 28) + 40.0;
    for (word, colour) in keys {
        picture.rect(x, y - 21.0, 22.0, 22.0, colour);
        picture.text(x + 32.0, y, 28, INK, Anchor::Start, word);
        x += svg::width(word, 28) + 72.0;
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

fn bars<'a>(picture: &mut Picture, panel: Panel, scale: &Scale, values: &[Option<Decimal>], colour: impl Fn(usize) -> &'a str) {
    let zero = panel.y(scale, Decimal::ZERO);
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let (left, width) = place(index, values.len());
        let bar = (width * 0.72).min(90.0);
        let y = panel.y(scale, *value);
        picture.rect(left + (width - bar) / 2.0, y.min(zero), bar, (y - zero).abs(), colour(index));
    }
}

/// Marks days of which this figure was not reported, and says so once for each run of them that has room for words.
fn gaps(picture: &mut Picture, panel: Panel, values: &[Option<Decimal>]) {
    let mut index = 0;
    for run in values.chunk_by(|one, other| one.is_some() == other.is_some()) {
        if run.first().is_some_and(Option::is_none) {
            let ((left, _), (right, width)) = (place(index, values.len()), place(index + run.len() - 1, values.len()));
            let (middle, span) = (f64::midpoint(left, right + width), right + width - left);
            let word = ["none reported", "none", "–"].into_iter().find(|word| svg::width(word, 28) <= span - 8.0).unwrap_or("·");
            picture.text(middle, panel.bottom - 12.0, 28, GREY, Anchor::Middle, word);
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
