//! The picture of how many calls were answered, day by day.

use std::ops::RangeInclusive;

use anyhow::Result;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use vobiz_core::dashboard::Report;

use super::days::{bars, between, gaps, labels, place};
use super::scale::Scale;
use super::svg::{self, Anchor, Picture};
use crate::messages;

use super::{BLUE, GREY, INK, ORANGE, PALE_BLUE, PALE_GREY, Panel};

const PANEL: Panel = Panel { top: 190.0, bottom: 630.0 };

/// What is drawn of the answer rate.
pub(crate) struct Answers<'a> {
    pub(crate) report: &'a Report,
    /// The first day that is shown, and the last one, which is not over.
    pub(crate) days: (NaiveDate, NaiveDate),
    /// What the picture shows.
    pub(crate) finding: &'a str,
    pub(crate) span: &'a str,
    /// The range in which the rate usually is, in percent.
    pub(crate) usual: Option<RangeInclusive<Decimal>>,
}

/// Draws the answer rate of each day: a PNG of 1280 × 720. A day that was not reported is a gap with a word.
pub(crate) fn answers(answers: &Answers<'_>) -> Result<Vec<u8>> {
    svg::render(&draw(answers))
}

fn draw(answers: &Answers<'_>) -> String {
    let mut picture = Picture::new();
    picture.title(answers.finding);
    picture.text(40.0, 108.0, 28, GREY, Anchor::Start, answers.span);
    let days = between(answers.report, answers.days);
    let rates: Vec<Option<Decimal>> = days.iter().map(|(_, day)| day.as_ref()?.answer_rate()).collect();
    let scale = Scale::over(&[Some(Decimal::ONE_HUNDRED)], Decimal::from(50), |value| format!("{} %", value.normalize()));
    PANEL.lines(&mut picture, &scale);
    // A day that is not over says little yet.
    let last = rates.len().saturating_sub(1);
    let is_outside =
        |(day, rate): &(usize, Decimal)| *day != last && answers.usual.as_ref().is_some_and(|usual| !usual.contains(rate));
    bars(&mut picture, PANEL, &scale, &rates, |day| match rates.get(day).copied().flatten() {
        Some(rate) if is_outside(&(day, rate)) => ORANGE,
        _ if day == last => PALE_GREY,
        _ => PALE_BLUE,
    });
    gaps(&mut picture, PANEL, &rates);
    if let Some(usual) = &answers.usual {
        for end in [usual.start(), usual.end()] {
            let y = PANEL.y(&scale, *end);
            picture.path(&[(super::LEFT, y), (super::RIGHT, y)], 4.0, true, BLUE);
        }
        let words = format!("usual: {}–{}", messages::percent(*usual.start()), messages::percent(*usual.end()));
        picture.text(super::LEFT, PANEL.top - 34.0, 28, BLUE, Anchor::Start, &words);
    }
    let mut free_from = f64::MIN;
    for (index, rate) in rates.iter().enumerate() {
        let Some((_, rate)) = rate.map(|rate| (index, rate)).filter(is_outside) else { continue };
        let (left, width) = place(index, rates.len());
        let (middle, words) = (left + width / 2.0, messages::percent(rate));
        let half = svg::width(&words, 28) / 2.0;
        if middle - half < free_from {
            continue;
        }
        free_from = middle + half;
        let y = PANEL.y(&scale, rate) - 12.0;
        picture.text(middle, y, 28, INK, Anchor::Middle, &words);
    }
    labels(&mut picture, &days, PANEL);
    picture.finish()
}
