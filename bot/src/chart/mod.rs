//! Pictures for the chat, each 1280 × 720 and drawn for a phone.

mod answers;
mod axis;
mod calls;
mod curve;
mod days;
mod scale;
mod spenders;
mod svg;
mod title;
mod wallet;

pub(crate) use answers::{Answers, answers};
pub(crate) use calls::calls_and_cost;
pub(crate) use curve::{Segment, segments};
pub(crate) use spenders::{Bar, spenders};
pub(crate) use wallet::{Wallet, wallet};

use rust_decimal::Decimal;

use scale::Scale;
use svg::{Anchor, Picture};

const BLUE: &str = "#1f5fa8";
const PALE_BLUE: &str = "#a9c8ea";
const ORANGE: &str = "#d9741a";
const PALE_ORANGE: &str = "#f7dcc3";
const INK: &str = "#1b1f24";
const PALE_GREY: &str = "#c3c9cf";
const GREY: &str = "#5c6670";
const GRID: &str = "#e3e7eb";

/// The ends of every panel.
const LEFT: f64 = 170.0;
const RIGHT: f64 = svg::WIDTH - 40.0;

/// Where values are drawn over each other.
#[derive(Clone, Copy)]
struct Panel {
    top: f64,
    bottom: f64,
}

impl Panel {
    fn y(self, scale: &Scale, value: Decimal) -> f64 {
        self.bottom - scale.share(value) * (self.bottom - self.top)
    }

    /// The lines of an axis, with their values on the left.
    fn lines(self, picture: &mut Picture, scale: &Scale) {
        for (value, label) in scale.ticks() {
            let y = self.y(scale, *value);
            picture.line(LEFT, y, RIGHT, y, GRID);
            picture.text(LEFT - 14.0, y + 10.0, 28, GREY, Anchor::End, label);
        }
    }
}
