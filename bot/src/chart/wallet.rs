//! The picture of what is in a wallet over time, and of how long it lasts.

use anyhow::Result;
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use vobiz_core::time::next_local;

use super::curve::Segment;
use super::scale::Scale;
use super::svg::{self, Anchor, Picture};
use super::{BLUE, GREY, GRID, INK, LEFT, ORANGE, PALE_ORANGE, Panel, RIGHT, axis};

const PANEL: Panel = Panel { top: 160.0, bottom: 640.0 };
/// The part of the picture that the time to come takes at most.
const AHEAD: f64 = 0.45;
/// Room for a word.
const LINE: f64 = 34.0;
/// How a day is written.
const DAY: &str = "%a %-d";
/// Most labels of the time axis.
const LABELS: i64 = 6;

/// What is drawn of a wallet.
pub(crate) struct Wallet<'a> {
    /// Whose wallet it is, and the id for a name that cannot be drawn.
    pub(crate) name: &'a str,
    pub(crate) auth_id: &'a str,
    /// What the picture shows: `runs dry in about 6 h`.
    pub(crate) finding: &'a str,
    /// The span that is shown.
    pub(crate) span: &'a str,
    pub(crate) currency: Option<&'a str>,
    pub(crate) segments: &'a [Segment],
    /// The first instant that is shown, and the present.
    pub(crate) from: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) zone: Tz,
    /// The levels of alerts: what each is called, and how much it is.
    pub(crate) levels: &'a [(&'static str, Decimal)],
    /// The hours to come, and what is left then: in one case of ten less, as likely less as more, in one case of ten more.
    pub(crate) fan: &'a [(f64, [f64; 3])],
}

/// Draws a wallet: a PNG of 1280 × 720.
pub(crate) fn wallet(wallet: &Wallet<'_>) -> Result<Vec<u8>> {
    svg::render(&draw(wallet))
}

/// The place of instants on the picture.
#[derive(Clone, Copy)]
struct Times {
    from: DateTime<Utc>,
    /// Seconds from one end to the other.
    length: f64,
}

impl Times {
    fn x(self, at: DateTime<Utc>) -> f64 {
        let part = seconds(at - self.from) / self.length;
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }
}

fn seconds(time: TimeDelta) -> f64 {
    time.num_seconds().to_f64().unwrap_or_default()
}

fn draw(wallet: &Wallet<'_>) -> String {
    let mut picture = Picture::new();
    // A long title is drawn smaller: the name is cut to what that leaves.
    let room = svg::WIDTH - 80.0 - svg::width(wallet.finding, 28) - 20.0;
    let name = svg::drawable(wallet.name, wallet.auth_id, 28, room.max(240.0));
    picture.title(&format!("{name} {}", wallet.finding));
    picture.text(40.0, 108.0, 28, GREY, Anchor::Start, wallet.span);
    let past = seconds(wallet.now - wallet.from).max(60.0);
    let ahead = fan_hours(wallet.fan) * 3600.0;
    let ahead = ahead.min(past * AHEAD / (1.0 - AHEAD));
    let times = Times { from: wallet.from, length: past + ahead };
    let balances = wallet.segments.iter().flatten().map(|(_, balance)| Some(*balance));
    let values: Vec<_> = balances.chain(wallet.levels.iter().map(|(_, level)| Some(*level))).collect();
    let scale = Scale::over(&values, Decimal::new(1, 2), |value| axis::amount(value, wallet.currency));
    PANEL.lines(&mut picture, &scale);
    let fan = until(wallet.fan, ahead / 3600.0);
    draw_fan(&mut picture, wallet, &fan, times, &scale);
    let labels_of_levels = levels(&mut picture, wallet, &scale);
    for segment in wallet.segments {
        picture.path(&steps(segment, times, &scale), 4.0, false, BLUE);
    }
    gaps(&mut picture, wallet.segments, times);
    if ahead > 0.0 {
        let x = times.x(wallet.now);
        picture.line(x, PANEL.top, x, PANEL.bottom, GREY);
        picture.text(x, PANEL.top - 12.0, 28, GREY, Anchor::Middle, "now");
    }
    labels(&mut picture, wallet, times);
    for (y, words) in labels_of_levels {
        picture.text_over(LEFT + 12.0, y - 8.0, 28, INK, &words);
    }
    picture.finish()
}

/// Hours that the fan reaches.
fn fan_hours(fan: &[(f64, [f64; 3])]) -> f64 {
    fan.last().map_or(0.0, |(hours, _)| *hours)
}

/// A balance holds until it changes.
fn steps(segment: &Segment, times: Times, scale: &Scale) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(segment.len() * 2);
    for (at, balance) in segment {
        let (x, y) = (times.x(*at), PANEL.y(scale, *balance));
        if let Some((_, before)) = points.last().copied() {
            points.push((x, before));
        }
        points.push((x, y));
    }
    points
}

/// The part of a fan that the picture has room for.
fn until(fan: &[(f64, [f64; 3])], hours: f64) -> Vec<(f64, [f64; 3])> {
    let mut part: Vec<_> = fan.iter().copied().take_while(|(after, _)| *after <= hours).collect();
    let (before, next) = (part.last().copied(), fan.get(part.len()).copied());
    if let (Some((from, left)), Some((to, then))) = (before, next)
        && to > from
    {
        let share = (hours - from) / (to - from);
        part.push((hours, [0, 1, 2].map(|which| left[which] + (then[which] - left[which]) * share)));
    }
    part
}

/// What may be left in the hours to come: an area for eight cases of ten, and a dashed line for the likely one.
fn draw_fan(picture: &mut Picture, wallet: &Wallet<'_>, fan: &[(f64, [f64; 3])], times: Times, scale: &Scale) {
    let x = |hours: f64| LEFT + ((seconds(wallet.now - wallet.from) + hours * 3600.0) / times.length).min(1.0) * (RIGHT - LEFT);
    let y = |left: f64| PANEL.bottom - scale.share_of(left) * (PANEL.bottom - PANEL.top);
    let edge = |which: usize| fan.iter().map(move |(hours, left)| (x(*hours), y(left[which].max(0.0))));
    let (low, likely, high): (Vec<_>, Vec<_>, Vec<_>) = (edge(0).collect(), edge(1).collect(), edge(2).collect());
    if low.len() > 1 {
        picture.area(&low.into_iter().chain(high.into_iter().rev()).collect::<Vec<_>>(), PALE_ORANGE);
        picture.path(&likely, 4.0, true, ORANGE);
    }
}

/// The levels as lines. Gives their names with the places of these; names of lines that are close together share one.
fn levels(picture: &mut Picture, wallet: &Wallet<'_>, scale: &Scale) -> Vec<(f64, String)> {
    let mut labels: Vec<(f64, String)> = Vec::new();
    let mut levels = wallet.levels.to_vec();
    levels.sort_by_key(|(_, level)| std::cmp::Reverse(*level));
    for (name, level) in levels {
        let y = PANEL.y(scale, level);
        picture.path(&[(LEFT, y), (RIGHT, y)], 2.0, true, INK);
        let words = format!("{name} {}", axis::amount(level, wallet.currency));
        match labels.last_mut() {
            Some((above, label)) if y - *above < LINE => *label = format!("{label} · {words}"),
            _ => labels.push((y, words)),
        }
    }
    labels
}

/// Marks times of which nothing is known, where there is room for the words.
fn gaps(picture: &mut Picture, segments: &[Segment], times: Times) {
    for pair in segments.windows(2) {
        let [before, after] = pair else { continue };
        let (Some((from, _)), Some((to, _))) = (before.last(), after.first()) else { continue };
        let (left, right) = (times.x(*from), times.x(*to));
        if right - left >= svg::width("not read", 28) + 8.0 {
            picture.text(f64::midpoint(left, right), PANEL.bottom - 12.0, 28, GREY, Anchor::Middle, "not read");
        }
    }
}

/// Days at their midnights, hours where less than two days are shown.
fn labels(picture: &mut Picture, wallet: &Wallet<'_>, times: Times) {
    let Some(whole) = times.length.to_i64() else { return };
    let (step, pattern) = step(whole);
    let zone = wallet.zone;
    let midnight = next_local(wallet.from - TimeDelta::days(1), zone, NaiveTime::MIN);
    let mut at = midnight;
    let end = wallet.from + TimeDelta::seconds(whole);
    let half = svg::width("Wed 28", 28) / 2.0;
    while at <= end {
        let x = times.x(at);
        if at >= wallet.from && x >= LEFT + half / 2.0 && x <= RIGHT - half / 2.0 {
            picture.line(x, PANEL.bottom, x, PANEL.bottom + 10.0, GRID);
            let local = at.with_timezone(&zone);
            let pattern = if local.time() == NaiveTime::MIN && step < TimeDelta::days(30) { DAY } else { pattern };
            picture.text(x, PANEL.bottom + 42.0, 28, GREY, Anchor::Middle, &local.format(pattern).to_string());
        }
        let next = at + step;
        // Midnights stay midnights where the clock changes.
        at = if step >= TimeDelta::days(1) {
            let local = next.with_timezone(&zone);
            if local.hour() == 0 { next } else { next_local(next - TimeDelta::hours(12), zone, NaiveTime::MIN) }
        } else {
            next
        };
    }
}

/// The time between two labels, and how they are written.
fn step(whole: i64) -> (TimeDelta, &'static str) {
    let minutes = [5, 15, 30, 60, 180, 360, 720].map(|minutes| (TimeDelta::minutes(minutes), "%H:%M"));
    let days = [1, 2, 4, 7, 14].map(|days| (TimeDelta::days(days), DAY));
    let fits = |(step, _): &(TimeDelta, &str)| step.num_seconds() * LABELS >= whole;
    minutes.into_iter().chain(days).find(fits).unwrap_or((TimeDelta::days(30), "%-d %b"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::segments;
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + hour * 3600, 0).unwrap()
    }

    fn shown<'a>(segments: &'a [Segment], fan: &'a [(f64, [f64; 3])]) -> Wallet<'a> {
        Wallet {
            name: "Sharma Logistics",
            auth_id: "MA_X",
            finding: "runs dry in about 6 h (01:40–04:10)",
            span: "6–12 May 2026",
            currency: Some("INR"),
            segments,
            from: at(0),
            now: at(168),
            zone: Tz::Asia__Kolkata,
            levels: &[("warning", Decimal::TWO), ("critical", Decimal::ONE)],
            fan,
        }
    }

    #[test]
    fn measured_and_estimated_time_look_different_and_levels_have_their_names() {
        let segments = segments(
            (at(0), at(168)),
            Some(Decimal::TEN),
            &[(at(100), Some(Decimal::from(4)))],
            &[(at(20), at(90))],
            TimeDelta::minutes(5),
        );
        let with_fan = draw(&shown(&segments, &[(0.0, [4.0, 4.0, 4.0]), (24.0, [0.0, 1.0, 3.0])]));
        for part in ["Sharma Logistics runs dry in about 6 h", "warning ₹2", "critical ₹1", "not read", ">now<", PALE_ORANGE]
        {
            assert!(with_fan.contains(part), "{part}");
        }
        let without = draw(&shown(&segments, &[]));
        assert!(!without.contains(PALE_ORANGE) && !without.contains(">now<"), "nothing is guessed");
    }

    #[test]
    fn a_fan_ends_where_the_picture_does() {
        let fan = [(0.0, [4.0; 3]), (10.0, [3.0; 3]), (20.0, [1.0, 2.0, 3.0])];
        assert_eq!(until(&fan, 15.0), [(0.0, [4.0; 3]), (10.0, [3.0; 3]), (15.0, [2.0, 2.5, 3.0])]);
        assert_eq!(until(&fan, 20.0), fan);
        assert_eq!(until(&fan, 99.0), fan);
        assert_eq!(until(&[], 15.0), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn every_wallet_has_a_picture(
            changes in prop::collection::vec((0_i64..200, prop::option::of("-?[0-9]{1,20}(\\.[0-9]{1,5})?")), 0..40),
            name in "\\PC{0,200}",
            hours in 0.0_f64..400.0,
            past in 0_i64..800,
        ) {
            let changes: Vec<_> = changes.iter().map(|(hour, text)| (at(*hour), text.as_ref().and_then(|text| text.parse().ok()))).collect();
            let segments = segments((at(0), at(past)), None, &changes, &[], TimeDelta::minutes(5));
            let fan = [(0.0, [1.0; 3]), (hours, [-1e30, f64::MAX, 1e30])];
            let drawn = Wallet { name: &name, now: at(past), ..shown(&segments, &fan) };
            prop_assert!(wallet(&drawn).unwrap().len() > 1000);
        }
    }
}
