//! The picture of who spends the most.

use anyhow::Result;
use rust_decimal::Decimal;

use super::scale::Scale;
use super::svg::{self, Anchor, Picture};
use super::{BLUE, GREY, INK};

/// Customers that one picture holds.
const MOST: usize = 8;
const TOP: f64 = 150.0;
const ROW: f64 = 68.0;
const LEFT: f64 = 470.0;
const RIGHT: f64 = 900.0;

/// One customer: the name, the id for a name that cannot be drawn, what it spent, and that in words.
pub(crate) struct Bar<'a> {
    pub(crate) name: &'a str,
    pub(crate) auth_id: &'a str,
    pub(crate) cost: Decimal,
    pub(crate) words: String,
}

/// Draws the customers that spend the most: a PNG of 1280 × 720.
pub(crate) fn spenders(finding: &str, span: &str, bars: &[Bar<'_>]) -> Result<Vec<u8>> {
    svg::render(&draw(finding, span, bars))
}

fn draw(finding: &str, span: &str, bars: &[Bar<'_>]) -> String {
    let mut picture = Picture::new();
    picture.title(&svg::drawable(finding, "Who spends the most", 28, svg::WIDTH - 80.0));
    picture.text(40.0, 108.0, 28, GREY, Anchor::Start, span);
    let bars = bars.get(..MOST).unwrap_or(bars);
    let values: Vec<_> = bars.iter().map(|bar| Some(bar.cost)).collect();
    let scale = Scale::over(&values, Decimal::new(1, 2), |value| value.to_string());
    let mut top = TOP;
    for bar in bars {
        let name = svg::drawable(bar.name, bar.auth_id, 28, LEFT - 60.0);
        let width = scale.share(bar.cost) * (RIGHT - LEFT);
        picture.text(LEFT - 16.0, top + 38.0, 28, INK, Anchor::End, &name);
        picture.rect(LEFT, top + 8.0, width.max(2.0), ROW - 24.0, BLUE);
        picture.text(LEFT + width + 14.0, top + 38.0, 28, INK, Anchor::Start, &bar.words);
        top += ROW;
    }
    picture.finish()
}
