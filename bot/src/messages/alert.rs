//! Alerts and their ends, on wallets and on the service.

use vobiz_core::alert::{Cause, Change, Content, DataHealthChange, Metric, Notification, Occasion, Severity, Transition};

use crate::ledger::{TopUp, TopUps};
use crate::store::Decided;

use super::{Reader, beside, code, counted, escape, figure, runway, say, sign, span, whose};

/// One message of an alert, to one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) html: String,
    /// Whether it comes without sound.
    pub(crate) silent: bool,
}

/// The messages of a notification; `top_ups` are the last ones, as far as ledgers were read, and `shift` is what a hand-over says
/// beside the alerts. One, unless its list is longer than Telegram takes.
pub(crate) fn notice(notification: &Notification, top_ups: &TopUps, shift: &str, reader: &Reader) -> Vec<Notice> {
    let texts = match &notification.content {
        Content::Alerts { occasion, transitions } => match (occasion, transitions.as_slice()) {
            (Occasion::Now | Occasion::Reminder, [one]) => vec![single(one, top_ups, reader)],
            (Occasion::HandOver, many) => super::split(&format!("{}{shift}", grouped(*occasion, many, top_ups, reader))),
            (_, many) => super::split(&grouped(*occasion, many, top_ups, reader)),
        },
        Content::DataHealth(change) => vec![data_health(change, reader)],
        _ => Vec::new(),
    };
    texts.into_iter().map(|html| Notice { html, silent: notification.is_silent }).collect()
}

/// The money by which an alert ended: paid in since it fired, as far as the ledger was read.
fn ended_by(alert: &Transition, top_ups: &TopUps) -> Option<TopUp> {
    let top_up = top_ups.get(alert.subject.customer()?)?;
    (alert.change == Change::Resolve && top_up.at >= alert.since).then_some(*top_up)
}

/// `topped up by ₹5,000`, `recovered`
fn ended(alert: &Transition, top_ups: &TopUps) -> String {
    match ended_by(alert, top_ups) {
        Some(top_up) => format!("topped up by {}", say(top_up.amount, alert.subject.currency.as_deref())),
        None => "recovered".to_owned(),
    }
}

fn single(alert: &Transition, top_ups: &TopUps, reader: &Reader) -> String {
    match alert.metric {
        Metric::CustomerBalance => balance(alert, top_ups, reader),
        Metric::CustomerRunway => lasting(alert, top_ups, reader),
        _ => figure::news(alert, reader),
    }
}

/// Of a rule on what is in a wallet.
fn balance(alert: &Transition, top_ups: &TopUps, reader: &Reader) -> String {
    let Transition { subject, level, value, severity, .. } = alert;
    let currency = subject.currency.as_deref();
    let who = format!("<b>{}</b>", whose(subject));
    let (balance, level) = (beside(*value, *level, currency), say(*level, currency));
    let since = reader.at(alert.since);
    let sign = sign(*severity);
    let under = match alert.cause {
        Cause::Age => format!("under the warning level of {level} for {}", span(alert.age)),
        Cause::Level | Cause::Empty => format!("under {level}"),
    };
    let back = format!("back to {balance}, over {level}, not yet {}", say(alert.recovers_at, currency));
    let news = match alert.change {
        change if change.is_bad() && alert.is_empty() => empty(alert, &who, reader),
        Change::Fire if alert.is_beyond_level() => format!("{sign} {who} has {balance} left: {severity}, under {level}"),
        Change::Escalate if alert.is_beyond_level() => format!("{sign} {who} has {balance} left: now {severity}, {under}"),
        Change::Repeat | Change::Unchanged if alert.is_beyond_level() => match alert.cause {
            Cause::Age => format!("{sign} {who} still has {balance}: {severity}, {under}"),
            Cause::Level | Cause::Empty => format!("{sign} {who} still has {balance}: {severity}, under {level} since {since}"),
        },
        Change::Fall if alert.level_before.is_some() => {
            format!("{sign} {who} has {balance} left: down to {severity}, {under}, as {}", figure::changed(alert))
        }
        Change::Fall if alert.is_beyond_level() => {
            format!("{sign} {who} is back to {balance}: down to {severity}, under {level}")
        }
        Change::Fall => format!("{sign} {who} is down to {severity}: {back}"),
        Change::Resolve if alert.level_before.is_some() => {
            format!("🟢 {who} is no longer low, with {balance}: {}", figure::changed(alert))
        }
        Change::Resolve => format!("🟢 {who} {}: {balance}, {severity} level {level}", ended(alert, top_ups)),
        Change::Superseded if alert.level_before.is_some() => {
            format!("⚪ {who} has {balance}: {}, and its forecast applies in place of a fixed amount", figure::changed(alert))
        }
        Change::Superseded => {
            format!("⚪ {who} has {balance}: a forecast is available now, so the fixed amount of {level} no longer applies")
        }
        Change::Gone => format!("⚪ {who} is no longer a customer: last {balance}, {severity} level {level}"),
        change if change.is_bad() => format!("{sign} {who} is still {severity}: {back}"),
        _ => format!("⚪ {who} is no longer watched: {balance}, {severity} level {level}"),
    };
    let end = if alert.change.is_bad() {
        format!("the alert ends at {}", say(alert.recovers_at, currency))
    } else {
        format!("was low since {since}")
    };
    format!("{news}\n{} · {} · {end}{}", code(&subject.id.to_string()), escape(&alert.rule), age(alert, reader))
}

/// When the value was read, where that is not now.
fn age(alert: &Transition, reader: &Reader) -> String {
    match alert.unread_since {
        Some(since) => format!(" · not read since {}", reader.at(since)),
        None if alert.read_at < reader.now - chrono::TimeDelta::minutes(2) => format!(" · as of {}", reader.at(alert.read_at)),
        None => String::new(),
    }
}

/// The wallet cannot pay for a call.
fn empty(alert: &Transition, who: &str, reader: &Reader) -> String {
    let balance = alert.subject.balance.or((alert.metric == Metric::CustomerBalance).then_some(alert.value));
    let left = balance.map(|balance| format!(": {} left", say(balance, alert.subject.currency.as_deref())));
    let since = alert.empty_since.map(|since| format!(" since {}", reader.at(since))).unwrap_or_default();
    format!("{} {who} is EMPTY{since}, calls fail{}", sign(alert.severity), left.unwrap_or_default())
}

/// Of a rule on how long a wallet lasts.
fn lasting(alert: &Transition, top_ups: &TopUps, reader: &Reader) -> String {
    let Transition { subject, severity, since, .. } = alert;
    let currency = subject.currency.as_deref();
    let (who, sign) = (format!("<b>{}</b>", whose(subject)), sign(*severity));
    let lasts = alert.runway().map_or_else(|| "has no forecast now".to_owned(), |runway| runway::runs_dry(runway, reader));
    let aged = match alert.cause {
        Cause::Age => format!(", a warning for {}", span(alert.age)),
        Cause::Level | Cause::Empty => String::new(),
    };
    let news = match alert.change {
        change if change.is_bad() && alert.is_empty() => empty(alert, &who, reader),
        Change::Fire | Change::Empty => format!("{sign} {who} {lasts}: {severity}"),
        Change::Escalate => format!("{sign} {who} {lasts}: now {severity}{aged}"),
        Change::Repeat | Change::Unchanged if !aged.is_empty() => format!("{sign} {who} still {lasts}: {severity}{aged}"),
        Change::Repeat | Change::Unchanged => format!("{sign} {who} still {lasts}: {severity} since {}", reader.at(*since)),
        Change::Fall if alert.level_before.is_some() => {
            format!("{sign} {who} {lasts}: down to {severity}, as {}", figure::changed(alert))
        }
        Change::Fall => format!("{sign} {who} {lasts}: down to {severity}"),
        Change::Resolve if alert.level_before.is_some() => format!("🟢 {who} {lasts}: {}", figure::changed(alert)),
        Change::Resolve => {
            let lasts = alert.runway().map_or_else(|| "has no forecast now".to_owned(), runway::lasts);
            format!("🟢 {who} {}, {lasts}", ended(alert, top_ups))
        }
        Change::Gone => format!("⚪ {who} is no longer a customer"),
        _ => format!("⚪ {who} is no longer watched"),
    };
    let basis = match alert.runway() {
        Some(runway) => Some(runway::basis(runway, subject.balance, currency, reader)),
        None => subject.balance.map(|balance| format!("{} left", say(balance, currency))),
    };
    let basis = basis.map(|basis| format!("\n{basis}")).unwrap_or_default();
    format!("{news}{basis}\n{} · {}{}", code(&subject.id.to_string()), escape(&alert.rule), age(alert, reader))
}

/// A list with a head that says what the alerts have in common.
fn grouped(occasion: Occasion, alerts: &[Transition], top_ups: &TopUps, reader: &Reader) -> String {
    let is_bad = alerts.iter().any(|alert| alert.change.is_bad());
    let rows = alerts.iter().map(|alert| row(alert, is_bad, top_ups, reader));
    std::iter::once(head(occasion, alerts, is_bad)).chain(rows).collect::<Vec<_>>().join("\n")
}

fn head(occasion: Occasion, alerts: &[Transition], is_bad: bool) -> String {
    let worst = alerts.iter().map(|alert| alert.severity).max().unwrap_or(Severity::Warning);
    let customers: std::collections::BTreeSet<_> = alerts.iter().filter_map(|alert| alert.subject.customer()).collect();
    let are_wallets = alerts.iter().all(|alert| alert.subject.customer().is_some());
    // One wallet counts once, however many rules fire for it.
    let is_critical =
        |id: &&&str| alerts.iter().any(|alert| alert.subject.customer() == Some(**id) && alert.severity == Severity::Critical);
    let (count, critical) = if are_wallets {
        (customers.len(), customers.iter().filter(is_critical).count())
    } else {
        (alerts.len(), alerts.iter().filter(|alert| alert.severity == Severity::Critical).count())
    };
    let many = if are_wallets { counted(count, "wallet", "wallets") } else { counted(count, "alert", "alerts") };
    let need = match (are_wallets, count) {
        (true, 1) => "needs money",
        (true, _) => "need money",
        (false, 1) => "is firing",
        (false, _) => "are firing",
    };
    let counts = match (critical, count - critical) {
        (critical, 0) => format!("{critical} critical"),
        (0, warning) => format!("{warning} warning"),
        (critical, warning) => format!("{critical} critical, {warning} warning"),
    };
    let sign = sign(worst);
    match occasion {
        _ if !is_bad && are_wallets => format!("🟢 {many} no longer low, or no longer watched"),
        _ if !is_bad => format!("🟢 {many} resolved"),
        Occasion::Found => format!("{sign} {many} {need}, at the start: {counts}"),
        Occasion::Welcome => format!("{sign} This chat gets alerts from now on. {many} {need} already: {counts}"),
        Occasion::Reminder if are_wallets => format!("{sign} {many} still {need}: {counts}"),
        Occasion::Reminder => format!("{sign} Still firing: {many}: {counts}"),
        Occasion::HandOver => format!("{sign} After quiet hours {many} {need}: {counts}"),
        Occasion::DryPartner => {
            format!("{sign} Your own wallet is critical, so customers cannot be topped up from it: {many}")
        }
        _ => format!("{sign} {many} {need}: {counts}"),
    }
}

/// What there is to say of an alert that is over; `who` is in HTML, and `others` are the rules that fire for it.
pub(crate) fn already_over(who: &str, ended: &Decided, others: &str, reader: &Reader) -> String {
    let how = match ended.change.as_str() {
        "gone" => "it is no longer a customer",
        "unwatched" => "it is no longer watched",
        "superseded" => "a forecast took its place",
        _ => "already resolved",
    };
    let now =
        if others.is_empty() { "No alert fires for it now.".to_owned() } else { format!("What fires is {}.", escape(others)) };
    format!("<b>{who}</b>: {how} at {} ({}). {now}", reader.at(ended.at), escape(&ended.rule))
}

/// An alert that fires, on a line.
pub(crate) fn firing_row(alert: &Transition, reader: &Reader) -> String {
    row(alert, true, &TopUps::new(), reader)
}

/// One of many, on a line.
pub(super) fn row(alert: &Transition, is_bad: bool, top_ups: &TopUps, reader: &Reader) -> String {
    let Transition { subject, level, value, severity, metric, .. } = alert;
    let currency = subject.currency.as_deref();
    let state = match alert.change {
        Change::Resolve | Change::Fall if alert.level_before.is_some() => figure::changed(alert),
        Change::Resolve => ended(alert, top_ups),
        Change::Gone => "no longer a customer".to_owned(),
        Change::Unwatched => "no longer watched".to_owned(),
        Change::Superseded => "forecast available".to_owned(),
        _ => severity.name().to_owned(),
    };
    let sign = if is_bad { sign(*severity) } else { "🟢" };
    let who = format!("<b>{}</b> {}", whose(subject), code(&subject.id.to_string()));
    match metric {
        Metric::CustomerRunway => {
            let left = subject.balance.map(|balance| format!("{} left, ", say(balance, currency))).unwrap_or_default();
            let lasts = alert.runway().map_or_else(
                || "no forecast".to_owned(),
                |runway| match alert.change {
                    Change::Resolve => runway::lasts(runway),
                    _ => runway::runs_dry(runway, reader),
                },
            );
            format!("{sign} {who}: {left}{lasts}, {state}")
        }
        Metric::CustomerBalance => {
            format!("{sign} {who}: {}, {state}, level {}", beside(*value, *level, currency), say(*level, currency))
        }
        _ => format!("{sign} {}, {state}", figure::on_a_line(alert)),
    }
}

/// The API as a whole cannot be read, or can again.
pub(super) fn data_health(change: &DataHealthChange, reader: &Reader) -> String {
    match change {
        DataHealthChange::Lost { since, read_at, polls, read, why } => {
            let polls = counted(usize::try_from(*polls).unwrap_or_default(), "poll", "polls");
            let last = match read_at {
                Some(read_at) => format!("The last full reading was at {}.", reader.at(*read_at)),
                None => "The customers have never been read in full.".to_owned(),
            };
            let (head, rest) = match read {
                0 => ("The API cannot be read", "No wallet is checked until it answers.".to_owned()),
                read => (
                    "The customers cannot be read in full",
                    format!("{} are checked, the others are unknown.", counted(*read, "customer", "customers")),
                ),
            };
            format!("⚪ {head} since {} ({polls})\n{}\n{last} {rest}", reader.at(*since), escape(&why.message))
        }
        DataHealthChange::Back { since } => {
            format!(
                "🟢 The API answers again, after {}\nIt could not be read since {}.",
                span(reader.now - *since),
                reader.at(*since)
            )
        }
        _ => "⚪ The API's state is unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use vobiz_core::Decimal;
    use vobiz_core::alert::{Levels, Observation, Policy, RuleDraft, State, Subject, Wallet, evaluate};
    use vobiz_core::forecast::Forecasts;

    use super::super::tests::reader;
    use super::*;

    /// What is sent when the levels of an alert that fires become others, alone and as one of several.
    fn after(metric: Metric, subject: &Subject, levels: [(i64, i64); 2]) -> String {
        let reader = reader();
        let [before, now] = levels.map(|(warning, critical)| {
            let levels = Levels { warning: Some(warning.into()), critical: Some(critical.into()) };
            Policy::new(vec![RuleDraft::new("low", metric, levels).build().unwrap()]).unwrap()
        });
        let partner = (metric == Metric::PartnerBalance)
            .then(|| Ok(Wallet { balance: subject.balance.unwrap(), currency: subject.currency.clone() }));
        let seen = Observation { partner, ..Observation::complete(reader.now, vec![subject.clone()]) };
        let (mut state, mut sent) = (State::default(), Vec::new());
        for policy in [&before, &before, &now] {
            let evaluation = evaluate(policy, &seen, &Forecasts::none(), &state, reader.now);
            state = evaluation.state;
            sent = evaluation.transitions;
        }
        let [one] = sent.as_slice() else { panic!("{sent:?}") };
        format!("{}\n{}", single(one, &TopUps::new(), &reader), row(one, one.change.is_bad(), &TopUps::new(), &reader))
    }

    #[test]
    fn an_alert_that_ends_or_is_less_severe_by_other_levels_says_so() {
        let wallet = |balance| Subject::new("MA_1", "Sharma & Sons").with_currency("INR").with_balance(Decimal::from(balance));
        let texts = [
            after(Metric::CustomerBalance, &wallet(1900), [(2000, 500), (1800, 500)]),
            after(Metric::CustomerBalance, &wallet(1900), [(2000, 500), (9000, 2000)]),
            after(Metric::CustomerBalance, &wallet(400), [(2000, 500), (2000, 300)]),
            after(Metric::CustomerBalance, &wallet(400), [(2000, 500), (300, 100)]),
            after(Metric::PartnerBalance, &wallet(40_000), [(50_000, 10_000), (30_000, 10_000)]),
        ];
        assert_snapshot!(texts.join("\n---\n"));
    }
}
