//! Why an alert fires: every number that was used to decide it, and none that was not.

use chrono::{DateTime, Utc};
use vobiz_core::Decimal;
use vobiz_core::alert::{Cause, Metric, Rule, Transition, Unit};
use vobiz_core::rust_decimal::prelude::FromPrimitive as _;

use super::{Reader, code, counted, escape, figure, runway, say, show, sign, span, weekday, whose};
use crate::ledger::TopUp;
use crate::spend::Spent;

/// What is shown beside the numbers of an alert: what is expected of its wallet, and how it went.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Background {
    /// What is likely to be left in the hours to come, each with the instant.
    pub(crate) ahead: Vec<(DateTime<Utc>, f64)>,
    /// The last money paid in, as far as the ledger was read.
    pub(crate) top_up: Option<TopUp>,
    /// The last hours, each with its begin and what was spent in it.
    pub(crate) hours: Vec<(DateTime<Utc>, Spent)>,
}

/// The explanation of one alert. `rule` is the rule as it is now.
pub(crate) fn why(alert: &Transition, rule: Option<&Rule>, background: &Background, reader: &Reader) -> String {
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
    lines.extend(basis(alert, background, reader));
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
fn basis(alert: &Transition, background: &Background, reader: &Reader) -> Vec<String> {
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
        let held = runway
            .record
            .map(|record| format!("; the range of this wallet held {} of the last {} times", record.held, record.of));
        lines.push(format!("Of ten such wallets one is empty before that range and one after it{}", held.unwrap_or_default()));
        if !background.ahead.is_empty() {
            let left = |(at, left): &(DateTime<Utc>, f64)| format!("{} at {}", amount(left.max(0.0)), reader.at(*at));
            lines.push(format!("Likely to be left: {}", background.ahead.iter().map(left).collect::<Vec<_>>().join(", ")));
        }
        if let Some(fee) = runway.fee {
            lines.push(format!("Fee of {} due {}", amount(fee.amount), reader.at(reader.now + runway::time(fee.after))));
        }
        let against = if runway.normal > 0.0 { format!(", {:.1}× normal", runway.burn / runway.normal) } else { String::new() };
        lines.push(format!("Spend now {}/h, normal at this hour {}/h{against}", amount(runway.burn), amount(runway.normal)));
    }
    if let Some(burn) = &basis.burn {
        lines.push(format!("Spend now {}/h, normal at these hours {}/h", amount(burn.rate), amount(burn.normal)));
    }
    if !background.hours.is_empty() {
        let hour = |(at, spent): &(DateTime<Utc>, Spent)| {
            let usual = spent.usual.map_or_else(String::new, |(usual, _)| format!(" (usual {})", say(usual, currency)));
            format!("{} {}{usual}", reader.at(*at), say(spent.now, currency))
        };
        lines.push(format!("Hour by hour: {}", background.hours.iter().map(hour).collect::<Vec<_>>().join(", ")));
    }
    if let Some(top_up) = background.top_up {
        lines.push(format!("Last top-up {} at {}", say(top_up.amount, currency), reader.at(top_up.at)));
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use insta::assert_snapshot;
    use vobiz_core::alert::{Change, Policy, State};
    use vobiz_core::forecast::Business;

    use super::super::tests::{answers, at, reader, row};
    use super::*;
    use crate::snapshot::{Memory, Snapshot};

    /// A wallet that was read every half hour for four days, and spends two in each.
    fn judged() -> Snapshot {
        let mut memory = Memory::new(Business::default(), Vec::new(), State::default());
        let policy = Policy::default();
        let mut last = None;
        for number in 0..=192 {
            let now = reader().now - TimeDelta::minutes(30 * (192 - number));
            let balance = Decimal::from(392 - 2 * number).to_string();
            let snapshot = memory.judge(&policy, answers(now, vec![row(1, Some(&balance), &serde_json::json!({}))]));
            memory.state = snapshot.evaluation.state.clone();
            last = Some(snapshot);
        }
        last.unwrap()
    }

    /// Its alert by the forecast.
    fn by_forecast(snapshot: &Snapshot) -> &Transition {
        snapshot.alerts_of("MA_1").find(|alert| alert.rule == "runway").unwrap()
    }

    #[test]
    fn an_alert_that_ends_says_by_how_much_it_was_topped_up_and_how_long_that_lasts() {
        let mut ended = by_forecast(&judged()).clone();
        ended.change = Change::Resolve;
        let top_up = |at| std::iter::once(("MA_1".to_owned(), TopUp { at, amount: 5000.into() })).collect();
        let texts = [top_up(ended.since), top_up(ended.since - TimeDelta::hours(1))]
            .map(|top_ups| super::super::alert_line(&ended, &top_ups, &reader()).html);
        assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn every_number_behind_an_alert_is_shown_with_what_is_expected_and_how_it_went() {
        let snapshot = judged();
        let alert = by_forecast(&snapshot);
        let now = reader().now;
        let background = Background {
            ahead: vec![(now + TimeDelta::hours(1), 4.0), (now + TimeDelta::hours(2), -0.5)],
            top_up: Some(TopUp { at: at("2026-05-11T05:00:00Z"), amount: 5000.into() }),
            hours: vec![
                (now - TimeDelta::hours(1), Spent { now: 4.into(), usual: Some((2.into(), 7)) }),
                (now, Spent { now: 0.into(), usual: None }),
            ],
        };
        let texts = [why(alert, None, &background, &reader()), why(alert, None, &Background::default(), &reader())];
        assert_snapshot!(texts.join("\n---\n"));
    }
}
