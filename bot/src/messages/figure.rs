//! Alerts on figures other than what is in a customer's wallet and how long it lasts.

use vobiz_core::Decimal;
use vobiz_core::alert::{Change, Metric, SubjectId, Transition};
use vobiz_core::rust_decimal::prelude::FromPrimitive as _;

use super::{Reader, beside, code, escape, runway, say, sign, weekday, whose};

/// The message of one alert.
pub(super) fn news(transition: &Transition, reader: &Reader) -> String {
    let Transition { severity, change, direction, level, since, .. } = transition;
    let (who, what) = (who(transition), what(transition));
    let level = format!("{} {}", direction.word(), value(transition, *level));
    let news = match change {
        Change::Fire | Change::Escalate | Change::Empty => format!("{} {who} {what}: {severity}, {level}", sign(*severity)),
        Change::Repeat | Change::Unchanged => {
            format!("{} {who} still {what}: {severity}, {level} since {}", sign(*severity), reader.at(*since))
        }
        Change::Fall if transition.level_before.is_some() => {
            format!("{} {who} {what}: down to {severity}, {level}, as {}", sign(*severity), changed(transition))
        }
        Change::Fall => format!("{} {who} {what}: down to {severity}, {level}", sign(*severity)),
        Change::Resolve if transition.level_before.is_some() => format!("🟢 {who} {what}: {}", changed(transition)),
        Change::Resolve => format!("🟢 {who} {what}: no longer {level}"),
        Change::Gone => format!("⚪ {who}: no longer listed"),
        _ => format!("⚪ {who}: no longer watched"),
    };
    let basis = basis(transition).map(|basis| format!("{basis}\n")).unwrap_or_default();
    format!("{news}\n{basis}{} · {}", code(&transition.subject.id.to_string()), escape(&transition.rule))
}

/// Who and what, on a line.
pub(crate) fn on_a_line(transition: &Transition) -> String {
    format!("{} {}", who(transition), what(transition))
}

/// Whom or what it is about.
fn who(transition: &Transition) -> String {
    let subject = &transition.subject;
    match transition.metric {
        Metric::PartnerBalance | Metric::PartnerCoverage => "<b>Your own wallet</b>".to_owned(),
        Metric::FleetBalance => "<b>All customer wallets together</b>".to_owned(),
        Metric::CallsAnswerRate | Metric::CallsCost | Metric::CallsVolume => match &transition.basis.calls {
            Some(day) => format!("<b>Calls of {}</b>", weekday(day.day)),
            None => "<b>Calls</b>".to_owned(),
        },
        Metric::DataAge if subject.id == SubjectId::Data => "<b>The customer list</b>".to_owned(),
        _ => format!("<b>{}</b>", whose(subject)),
    }
}

/// What the figure says of it.
pub(super) fn what(transition: &Transition) -> String {
    let Transition { metric, level, value: figure, subject, .. } = transition;
    let shown = value(transition, *figure);
    match metric {
        Metric::CustomerBurn => format!("spends {shown}"),
        Metric::CustomerRunway => transition.runway().map_or_else(|| "has no forecast".to_owned(), runway::left),
        Metric::PartnerCoverage => format!("covers customers' spend for {}", coverage(*figure).unwrap_or(shown)),
        Metric::CallsAnswerRate => format!("were answered at a rate of {shown}"),
        Metric::CallsCost => format!("cost {shown}"),
        Metric::CallsVolume => format!("were {shown}"),
        Metric::DataAge if *figure <= Decimal::ZERO => "can be read again".to_owned(),
        Metric::DataAge => format!("could not be read for {shown}"),
        Metric::FleetBalance => format!("hold {}", beside(*figure, *level, subject.currency.as_deref())),
        _ => format!("has {} left", beside(*figure, *level, subject.currency.as_deref())),
    }
}

/// `the level was changed from ₹2,000 to ₹1,800`, where that is why an alert is over or less severe.
pub(super) fn changed(alert: &Transition) -> String {
    let before = alert.level_before.map(|before| value(alert, before)).unwrap_or_default();
    match alert.change {
        Change::Fall => format!("the critical level of {before} was changed"),
        Change::Superseded => format!("the level of {before} was changed"),
        _ => format!("the level was changed from {before} to {}", value(alert, alert.level)),
    }
}

/// `about 2 h`, `7.2 days`: nobody counts hundredths of a day.
fn coverage(days: Decimal) -> Option<String> {
    if days >= Decimal::TWO {
        return Some(format!("{} days", days.round_dp(1).normalize()));
    }
    let hours = days.checked_mul(24.into())?.round();
    Some(if hours < Decimal::ONE { "less than 1 h".to_owned() } else { format!("about {} h", hours.normalize()) })
}

/// A value in the unit of the metric.
fn value(transition: &Transition, value: Decimal) -> String {
    let currency = match &transition.basis.calls {
        Some(day) => day.currency.as_deref(),
        None => transition.subject.currency.as_deref(),
    };
    match transition.metric {
        Metric::CustomerBalance | Metric::PartnerBalance | Metric::FleetBalance | Metric::CallsCost => say(value, currency),
        _ => transition.format(value),
    }
}

/// What it rests on.
fn basis(transition: &Transition) -> Option<String> {
    let currency = transition.subject.currency.as_deref();
    let amount = |estimate: f64| {
        let places = if estimate < 100.0 { 2 } else { 0 };
        say(Decimal::from_f64(estimate).unwrap_or_default().round_dp(places), currency)
    };
    let basis = &transition.basis;
    match (&basis.burn, &basis.coverage, &basis.unread) {
        (Some(burn), ..) => {
            let left = transition.subject.balance.map(|balance| format!("{} left, ", say(balance, currency))).unwrap_or_default();
            Some(format!("{left}burning {}/h (normal at this hour: {}/h)", amount(burn.rate), amount(burn.normal)))
        }
        (_, Some(coverage), _) => {
            let left = transition.subject.balance.map(|balance| format!("{} left. ", say(balance, currency))).unwrap_or_default();
            let per_day = amount(coverage.per_day);
            // What rounds to nothing is not needed.
            let needed = (coverage.needed >= 0.5)
                .then(|| format!(" and will need {} before the next working day", amount(coverage.needed)));
            Some(format!("{left}Customers spend {per_day} a day{}", needed.unwrap_or_default()))
        }
        (.., Some(unread)) => Some(escape(&unread.message)),
        _ => None,
    }
}
