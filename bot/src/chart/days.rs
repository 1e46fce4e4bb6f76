//! Days side by side: what each reported, its place on the picture, and the words below it.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use vobiz_core::dashboard::{DayFigures, Report};

use super::scale::{Scale, pixels};
use super::svg::{self, Anchor, Picture};
use super::{GREY, LEFT, Panel, RIGHT};

/// Days that one picture holds.
const MOST_DAYS: usize = 30;

/// A day with its figures, where it was reported.
pub(super) type Figures = (NaiveDate, Option<DayFigures>);

/// A figure of each day, where there is one.
pub(super) fn values(days: &[Figures], of: impl Fn(&DayFigures) -> Option<u64>) -> Vec<Option<Decimal>> {
    days.iter().map(|(_, day)| of(day.as_ref()?).map(Decimal::from)).collect()
}

/// Each day up to `last_day` that the report covers, with its figures where it was reported.
pub(super) fn days(report: &Report, last_day: NaiveDate) -> Vec<Figures> {
    let reported = report.time_series.iter().map(|day| day.date).filter(|day| *day <= last_day).min();
    let begun = report
        .period
        .as_ref()
        .and_then(|period| period.from_date)
        .filter(|day| *day <= last_day)
        .or(reported)
        .unwrap_or(last_day);
    let earliest = last_day.checked_sub_days(Days::new(MOST_DAYS as u64 - 1)).unwrap_or(last_day);
    between(report, (begun.max(earliest), last_day))
}

/// Each day from one to another, with its figures where it was reported.
pub(super) fn between(report: &Report, (from, to): (NaiveDate, NaiveDate)) -> Vec<Figures> {
    let figures = |day: NaiveDate| report.time_series.iter().find(|figures| figures.date == day).cloned();
    from.iter_days().take_while(|day| *day <= to).map(|day| (day, figures(day))).collect()
}

/// Left edge and width of the place of day number `index`.
pub(super) fn place(index: usize, days: usize) -> (f64, f64) {
    let width = (RIGHT - LEFT) / pixels(days);
    (LEFT + width * pixels(index), width)
}

/// A bar for each day with a value.
pub(super) fn bars<'a>(
    picture: &mut Picture,
    panel: Panel,
    scale: &Scale,
    values: &[Option<Decimal>],
    colour: impl Fn(usize) -> &'a str,
) {
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
pub(super) fn gaps(picture: &mut Picture, panel: Panel, values: &[Option<Decimal>]) {
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
pub(super) fn labels(picture: &mut Picture, days: &[Figures], panel: Panel) {
    let half = svg::width("Wed 28 May", 28) / 2.0 + 8.0;
    let (_, width) = place(0, days.len());
    let step = [1, 2, 7, 14].into_iter().find(|step| pixels(*step) * width >= 2.0 * half).unwrap_or(MOST_DAYS);
    for (index, (day, _)) in days.iter().enumerate().rev().step_by(step) {
        let middle = place(index, days.len()).0 + width / 2.0;
        let x = middle.clamp(half, svg::WIDTH - half);
        picture.text(x, panel.bottom + 42.0, 28, GREY, Anchor::Middle, &day.format("%a %-d %b").to_string());
    }
}
