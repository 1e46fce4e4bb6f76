//! How long a wallet lasts, in words.

use chrono::TimeDelta;
use vobiz_core::Decimal;
use vobiz_core::forecast::{Runway, Span};
use vobiz_core::rust_decimal::prelude::FromPrimitive as _;

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

/// `empty in about 6 h`
pub(super) fn left(runway: &Runway) -> String {
    match runway.likely.or(runway.low) {
        Some(likely) => format!("empty in about {}", span(length(likely))),
        None => format!("lasts more than {}", span(time(runway.horizon))),
    }
}

/// `burning ₹190/h (normal ₹20/h)`
pub(super) fn burning(runway: &Runway, currency: Option<&str>) -> String {
    let rate = |rate: f64| say(Decimal::from_f64(rate).unwrap_or_default().round_dp(if rate < 100.0 { 2 } else { 0 }), currency);
    format!("burning {}/h (normal at this hour: {}/h)", rate(runway.burn), rate(runway.normal))
}

fn length(span: Span) -> TimeDelta {
    time(span.hours)
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of at most the days looked ahead")]
fn time(hours: f64) -> TimeDelta {
    TimeDelta::seconds((hours * 3600.0) as i64)
}
