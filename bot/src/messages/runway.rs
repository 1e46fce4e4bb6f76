//! How long a wallet lasts, in words.

use chrono::TimeDelta;
use vobiz_core::Decimal;
use vobiz_core::forecast::{NextFee, Runway, Span};
use vobiz_core::rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use super::{Reader, say, span};

/// `runs dry in about 6 h (01:40–04:10)`; beyond what is looked ahead, `lasts more than 14 days`.
pub(super) fn runs_dry(runway: &Runway, reader: &Reader) -> String {
    let Some(likely) = runway.likely.or(runway.low) else {
        return format!("lasts more than {}", span(time(runway.horizon)));
    };
    let from = runway.low.unwrap_or(likely);
    let to = runway.high.map_or_else(|| "later".to_owned(), |high| reader.at(reader.now + length(high)));
    format!("runs dry in about {} ({}–{to})", span(length(likely)), reader.at(reader.now + length(from)))
}

/// `lasts about 2 days`, for a wallet that is no longer low
pub(super) fn lasts(runway: &Runway) -> String {
    match runway.likely.or(runway.low) {
        Some(likely) => format!("lasts about {}", span_rounded(length(likely))),
        None => format!("lasts more than {}", span(time(runway.horizon))),
    }
}

/// `46 h` as people say it: `2 days`
fn span_rounded(time: TimeDelta) -> String {
    match time.num_hours() {
        hours @ 36.. => format!("{} days", (hours + 12) / 24),
        _ => span(time),
    }
}

/// `empty in about 6 h`
pub(super) fn left(runway: &Runway) -> String {
    match runway.likely.or(runway.low) {
        Some(likely) => format!("empty in about {}", span(length(likely))),
        None => format!("lasts more than {}", span(time(runway.horizon))),
    }
}

/// `empty at about 02:10 (in 2 h)`; beyond what is looked ahead, `lasts more than 14 days`.
pub(super) fn empty_at(runway: &Runway, reader: &Reader) -> String {
    match runway.likely.or(runway.low) {
        Some(likely) => {
            let left = length(likely);
            format!("empty at about {} (in {})", reader.at(reader.now + left), span(left))
        }
        None => format!("lasts more than {}", span(time(runway.horizon))),
    }
}

/// What the forecast rests on: a fee to come, a single step, and what was measured in the last hour.
///
/// `₹800 fee due tomorrow 06:00, wallet has ₹600`, `₹4,637 gone in 5 minutes at 06:00`, `burning ₹190/h (normal at this hour: ₹20/h)`
pub(super) fn basis(runway: &Runway, balance: Option<Decimal>, currency: Option<&str>, reader: &Reader) -> String {
    let amount = |amount: f64| rounded(amount, currency);
    let left = balance.map(|balance| say(balance, currency));
    let fee = runway.fee.map(|fee| (fee, reader.at(reader.now + time(fee.after))));
    let is_short = |fee: NextFee| balance.and_then(|balance| balance.to_f64()).is_some_and(|balance| balance < fee.amount);
    let (mut parts, mut is_left_shown) = (Vec::new(), false);
    if let Some((fee, due)) = fee.filter(|(fee, _)| is_short(*fee)) {
        let left = left.clone().unwrap_or_default();
        parts.push(format!("{} fee due {due}, wallet has {left}", amount(fee.amount)));
        is_left_shown = true;
    }
    if let Some(step) = runway.step {
        let at = reader.at(reader.now - time(step.ago));
        parts.push(format!("{} gone in {} at {at}", amount(step.amount), span(time(step.within))));
    }
    parts.extend(left.filter(|_| !is_left_shown).map(|left| format!("{left} left")));
    parts.push(burning(runway, currency));
    parts.join(", ")
}

/// `burning ₹190/h (normal at this hour: ₹20/h)`: what the readings of the last hour show, where they do.
pub(super) fn burning(runway: &Runway, currency: Option<&str>) -> String {
    let normal = rounded(runway.normal, currency);
    match runway.measured {
        Some(rate) => format!("burning {}/h (normal at this hour: {normal}/h)", rounded(rate, currency)),
        None => format!("normal at this hour: {normal}/h"),
    }
}

/// An estimate as an amount: no paise from 100 on.
fn rounded(estimate: f64, currency: Option<&str>) -> String {
    say(Decimal::from_f64(estimate).unwrap_or_default().round_dp(if estimate < 100.0 { 2 } else { 0 }), currency)
}

fn length(span: Span) -> TimeDelta {
    time(span.hours)
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of at most the days looked ahead")]
pub(crate) fn time(hours: f64) -> TimeDelta {
    TimeDelta::seconds((hours * 3600.0) as i64)
}
