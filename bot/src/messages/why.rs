//! Why an alert fires: every number that was used to decide it, and none that was not.

use vobiz_core::Decimal;
use vobiz_core::alert::{Cause, Metric, Rule, Transition, Unit};
use vobiz_core::rust_decimal::prelude::FromPrimitive as _;

use super::{Reader, code, counted, escape, figure, runway, say, show, sign, span, weekday, whose};

/// The explanation of one alert. `rule` is the rule as it is now.
pub(crate) fn why(alert: &Transition, rule: Option<&Rule>, reader: &Reader) -> String {
    let currency = alert.subject.currency.as_deref();
    let value = |value: Decimal| match alert.metric.unit() {
        Unit::Money => show(value, currency),
        _ => escape(&alert.format(value)),
    };
    let severity = alert.severity;
    let who = if alert.is_of_customer() { whose(&alert.subject) } else { figure::on_a_line(alert) };
    let mut lines = vec![format!("{} <b>{who}</b>: {severity} since {}", sign(severity), reader.at(alert.since))];
    let level = format!("{} level {}", if alert.cause == Cause::Age { "warning" } else { severity.name() }, value(alert.level));
    lines.push(format!("{} · {}", escape(&alert.rule), alert.metric));
    let read = match alert.unread_since {
        Some(since) => format!("last read {}, not read since {}", reader.at(alert.read_at), reader.at(since)),
        None => format!("read {}", reader.at(alert.read_at)),
    };
    match alert.cause {
        Cause::Empty => lines.push("The wallet cannot pay for a call.".to_owned()),
        Cause::Age => lines.push(format!("A warning for {} on which nobody acted.", span(alert.age))),
        Cause::Level => {}
    }
    lines.push(format!("Value {} ({read}); {} {level}", value(alert.value), alert.direction.word()));
    if let Some(streak) = alert.streak {
        let polls = counted(usize::try_from(streak.polls).unwrap_or(usize::MAX), "poll", "polls");
        lines.push(format!("Crossed in {polls}, since {}{}", reader.at(streak.since), held(rule)));
    }
    let back = alert.direction.other().word();
    lines.push(format!("Ends at {}, or {back} that", value(alert.recovers_at)));
    lines.extend(basis(alert, reader));
    lines.push(code(&alert.subject.id.to_string()));
    lines.join("\n")
}

/// ` (the rule needs 2 polls)`
fn held(rule: Option<&Rule>) -> String {
    use vobiz_core::alert::Hold;
    match rule.map(Rule::hold) {
        Some(Hold::Polls(polls)) => {
            format!(" (the rule needs {})", counted(usize::try_from(polls).unwrap_or(usize::MAX), "poll", "polls"))
        }
        _ => String::new(),
    }
}

/// The numbers behind the value.
fn basis(alert: &Transition, reader: &Reader) -> Vec<String> {
    let currency = alert.subject.currency.as_deref();
    let amount = |estimate: f64| {
        let places = if estimate.abs() < 100.0 { 2 } else { 0 };
        say(Decimal::from_f64(estimate).unwrap_or_default().round_dp(places), currency)
    };
    let mut lines = Vec::new();
    if alert.metric != Metric::CustomerBalance
        && let Some(balance) = alert.subject.balance
    {
        lines.push(format!("Balance {}", show(balance, currency)));
    }
    let basis = &alert.basis;
    if let (Metric::CustomerRunway, Some(runway)) = (alert.metric, &basis.runway) {
        lines.push(format!("Forecast: {}", runway::runs_dry(runway, reader)));
        lines.push("Of ten such wallets one is empty before that range and one after it".to_owned());
        let against = if runway.normal > 0.0 { format!(", {:.1}× normal", runway.burn / runway.normal) } else { String::new() };
        lines.push(format!("Spend now {}/h, normal at this hour {}/h{against}", amount(runway.burn), amount(runway.normal)));
    }
    if let Some(burn) = &basis.burn {
        lines.push(format!("Spend now {}/h, normal at these hours {}/h", amount(burn.rate), amount(burn.normal)));
    }
    if let Some(coverage) = &basis.coverage {
        lines.push(format!(
            "Customers spend {} a day and will need {} before the next working day, in {:.0} h",
            amount(coverage.per_day),
            amount(coverage.needed),
            coverage.morning_hours
        ));
    }
    if let Some(day) = &basis.calls {
        lines.push(format!("Calls of {}", weekday(day.day)));
    }
    if let Some(unread) = &basis.unread {
        lines.push(escape(&unread.message));
    }
    if let Some(rule) = &alert.inhibited_by {
        lines.push(format!("Inhibited by {}: your own wallet is critical too", escape(rule)));
    }
    lines
}
