//! Alerts and their ends, of wallets and of the service.

use vobiz_core::Decimal;
use vobiz_core::alert::{Change, FeedChange, Metric, Severity, Transition};

use super::{Reader, beside, counted, escape, name, runway, say, sign, span};

/// Above this many at once they come as one message.
const FOLDED_FROM: usize = 4;

/// A message to every chat that is told of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) html: String,
    /// Whether it comes without sound.
    pub(crate) silent: bool,
}

/// The messages for what changed in one poll: one each, or one with the whole list when many changed at once.
pub(crate) fn notices(transitions: &[Transition], reader: &Reader) -> Vec<Notice> {
    let (bad, good): (Vec<_>, Vec<_>) = transitions.iter().partition(|transition| is_bad(transition.change));
    [(bad, "need money"), (good, "are no longer low, or no longer watched")]
        .into_iter()
        .flat_map(|(of, what)| {
            if of.len() < FOLDED_FROM { of.iter().map(|one| single(one, reader)).collect() } else { folded(&of, what, reader) }
        })
        .collect()
}

fn is_bad(change: Change) -> bool {
    matches!(change, Change::Fire | Change::Escalate | Change::Repeat | Change::Fall)
}

fn single(transition: &Transition, reader: &Reader) -> Notice {
    if transition.metric == Metric::CustomerRunway {
        return lasting(transition, reader);
    }
    let Transition { subject, level, value, severity, since, read_at, .. } = transition;
    let currency = subject.currency.as_deref();
    let who = format!("<b>{}</b>", name(subject.name.as_deref(), &subject.auth_id));
    let (balance, level) = (beside(*value, *level, currency), say(*level, currency));
    let since = reader.at(*since);
    let (news, silent) = match transition.change {
        Change::Fire | Change::Escalate => {
            (format!("{} {who} has {balance} left: {severity}, under {level}", sign(*severity)), false)
        }
        Change::Repeat => {
            (format!("{} {who} still has {balance}: {severity}, under {level} since {since}", sign(*severity)), false)
        }
        Change::Fall => (format!("{} {who} has {balance} again: only a {severity} now, under {level}", sign(*severity)), true),
        Change::Resolve => (format!("🟢 {who} recovered: {balance}, {severity} level {level}"), false),
        Change::Superseded => {
            (format!("⚪ {who} is known well enough to foresee now: {balance}, no longer judged by {level} alone"), true)
        }
        Change::Gone => (format!("⚪ {who} is no longer a customer: last {balance}, {severity} level {level}"), true),
        _ => (format!("⚪ {who} is no longer watched: {balance}, {severity} level {level}"), true),
    };
    let age = if *read_at < reader.now - chrono::TimeDelta::minutes(2) {
        format!(" · as of {}", reader.at(*read_at))
    } else {
        String::new()
    };
    let rule = escape(&transition.rule);
    let detail = match transition.change {
        Change::Resolve | Change::Gone | Change::Unwatched | Change::Superseded => {
            format!("<code>{}</code> · {rule} · had been low since {since}", escape(&subject.auth_id))
        }
        _ => format!(
            "<code>{}</code> · {rule} · the alert ends at {}",
            escape(&subject.auth_id),
            say(transition.recovers_at, currency)
        ),
    };
    Notice { html: format!("{news}\n{detail}{age}"), silent }
}

/// Of a rule on how long a wallet lasts.
fn lasting(transition: &Transition, reader: &Reader) -> Notice {
    let Transition { subject, severity, since, .. } = transition;
    let currency = subject.currency.as_deref();
    let who = format!("<b>{}</b>", name(subject.name.as_deref(), &subject.auth_id));
    let lasts = transition.runway.map_or_else(|| "cannot be foreseen now".to_owned(), |runway| runway::runs_dry(&runway, reader));
    let is_empty = subject.balance.is_some_and(|balance| balance <= Decimal::ZERO);
    let news = if is_empty { "is empty".to_owned() } else { lasts.clone() };
    let (news, silent) = match transition.change {
        Change::Fire | Change::Escalate => (format!("{} {who} {news}: {severity}", sign(*severity)), false),
        Change::Repeat => (format!("{} {who} still {news}: {severity} since {}", sign(*severity), reader.at(*since)), false),
        Change::Fall => (format!("{} {who} {news}: only a {severity} now", sign(*severity)), true),
        Change::Resolve => (format!("🟢 {who} recovered: {lasts}"), false),
        Change::Gone => (format!("⚪ {who} is no longer a customer"), true),
        _ => (format!("⚪ {who} is no longer watched"), true),
    };
    let left = subject.balance.map(|balance| format!("{} left", say(balance, currency)));
    let burning = transition.runway.map(|runway| runway::burning(&runway, currency));
    let basis: Vec<String> = left.into_iter().chain(burning).collect();
    let basis = if basis.is_empty() { String::new() } else { format!("\n{}", basis.join(", ")) };
    Notice { html: format!("{news}{basis}\n<code>{}</code> · {}", escape(&subject.auth_id), escape(&transition.rule)), silent }
}

fn folded(transitions: &[&Transition], what: &str, reader: &Reader) -> Vec<Notice> {
    let worst = transitions.iter().map(|transition| transition.severity).max().unwrap_or(Severity::Warning);
    let is_bad = transitions.iter().any(|transition| is_bad(transition.change));
    let critical = transitions.iter().filter(|transition| transition.severity == Severity::Critical).count();
    let many = counted(transitions.len(), "wallet", "wallets");
    let head = if is_bad {
        format!("{} {many} {what}: {critical} critical, {} warning", sign(worst), transitions.len() - critical)
    } else {
        format!("🟢 {many} {what}")
    };
    let rows = transitions.iter().map(|transition| {
        let Transition { subject, level, value, severity, change, .. } = transition;
        let currency = subject.currency.as_deref();
        let word = match change {
            Change::Resolve => "recovered",
            Change::Gone => "no longer a customer",
            Change::Unwatched => "no longer watched",
            Change::Superseded => "foreseen from now on",
            _ => severity.name(),
        };
        let sign = if is_bad { sign(*severity) } else { "🟢" };
        if transition.metric == Metric::CustomerRunway {
            let left = subject.balance.map(|balance| format!("{} left, ", say(balance, currency))).unwrap_or_default();
            let lasts = transition.runway.map_or_else(|| word.to_owned(), |runway| runway::runs_dry(&runway, reader));
            return format!(
                "\n{sign} <b>{}</b> <code>{}</code>: {left}{lasts}, {word}",
                name(subject.name.as_deref(), &subject.auth_id),
                escape(&subject.auth_id)
            );
        }
        format!(
            "\n{sign} <b>{}</b> <code>{}</code>: {}, {word}, level {}",
            name(subject.name.as_deref(), &subject.auth_id),
            escape(&subject.auth_id),
            beside(*value, *level, currency),
            say(*level, currency)
        )
    });
    super::split(&(head + &rows.collect::<String>())).into_iter().map(|html| Notice { html, silent: !is_bad }).collect()
}

/// The service as a whole cannot be read, or can again.
pub(crate) fn feed(change: &FeedChange, reader: &Reader) -> Notice {
    let html = match change {
        FeedChange::Lost { since, read_at, polls, why } => {
            let last = match read_at {
                Some(read_at) => format!("Balances are unknown; the last ones are of {}.", reader.at(*read_at)),
                None => "Balances are unknown: none has been read yet.".to_owned(),
            };
            let polls = counted(usize::try_from(*polls).unwrap_or_default(), "poll", "polls");
            format!(
                "⚪ The API cannot be read since {} ({polls})\n{}\n{last} No wallet is judged until it answers.",
                reader.at(*since),
                escape(&why.message)
            )
        }
        FeedChange::Back { since } => {
            format!(
                "🟢 The API answers again, after {}\nIt could not be read since {}.",
                span(reader.now - *since),
                reader.at(*since)
            )
        }
        _ => "⚪ The API's state is unknown".to_owned(),
    };
    Notice { html, silent: false }
}
