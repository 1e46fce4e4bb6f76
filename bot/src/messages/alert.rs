//! Alerts and their ends, of wallets and of the service.

use vobiz_core::alert::{Change, Content, DataHealthChange, Metric, Notification, Occasion, Severity, Transition};

use super::{Reader, beside, counted, escape, figure, name, runway, say, sign, span};

/// A message to every chat that is told of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) html: String,
    /// Whether it comes without sound.
    pub(crate) silent: bool,
}

/// The messages of a notification: one, unless its list is longer than Telegram takes.
pub(crate) fn notice(notification: &Notification, reader: &Reader) -> Vec<Notice> {
    let texts = match &notification.content {
        Content::Alerts { occasion, transitions } => match (occasion, transitions.as_slice()) {
            (Occasion::Now, [one]) => vec![single(one, reader)],
            (_, many) => super::split(&folded(*occasion, many, reader)),
        },
        Content::DataHealth(change) => vec![data_health(change, reader)],
        _ => Vec::new(),
    };
    texts.into_iter().map(|html| Notice { html, silent: notification.is_silent }).collect()
}

fn single(transition: &Transition, reader: &Reader) -> String {
    match transition.metric {
        Metric::CustomerBalance => amount(transition, reader),
        Metric::CustomerRunway => lasting(transition, reader),
        _ => figure::news(transition, reader),
    }
}

/// Of a rule on what is in a wallet.
fn amount(transition: &Transition, reader: &Reader) -> String {
    let Transition { subject, level, value, severity, since, read_at, .. } = transition;
    let currency = subject.currency.as_deref();
    let who = format!("<b>{}</b>", name(subject.name.as_deref(), &subject.id.to_string()));
    let (balance, level) = (beside(*value, *level, currency), say(*level, currency));
    let since = reader.at(*since);
    let news = match transition.change {
        _ if transition.change.is_bad() && transition.is_empty() => empty(transition, &who, reader),
        Change::Fire | Change::Escalate | Change::Empty => {
            format!("{} {who} has {balance} left: {severity}, under {level}", sign(*severity))
        }
        Change::Repeat | Change::Unchanged => {
            format!("{} {who} still has {balance}: {severity}, under {level} since {since}", sign(*severity))
        }
        Change::Fall => format!("{} {who} has {balance} again: only a {severity} now, under {level}", sign(*severity)),
        Change::Resolve => format!("🟢 {who} recovered: {balance}, {severity} level {level}"),
        Change::Superseded => {
            format!("⚪ {who} is known well enough to foresee now: {balance}, no longer judged by {level} alone")
        }
        Change::Gone => format!("⚪ {who} is no longer a customer: last {balance}, {severity} level {level}"),
        _ => format!("⚪ {who} is no longer watched: {balance}, {severity} level {level}"),
    };
    let age = if *read_at < reader.now - chrono::TimeDelta::minutes(2) {
        format!(" · as of {}", reader.at(*read_at))
    } else {
        String::new()
    };
    let rule = escape(&transition.rule);
    let detail = match transition.change {
        Change::Resolve | Change::Gone | Change::Unwatched | Change::Superseded => {
            format!("<code>{}</code> · {rule} · had been low since {since}", escape(&subject.id.to_string()))
        }
        _ => format!(
            "<code>{}</code> · {rule} · the alert ends at {}",
            escape(&subject.id.to_string()),
            say(transition.recovers_at, currency)
        ),
    };
    format!("{news}\n{detail}{age}")
}

/// The wallet cannot pay for a call.
fn empty(transition: &Transition, who: &str, reader: &Reader) -> String {
    let balance = transition.subject.balance.or((transition.metric == Metric::CustomerBalance).then_some(transition.value));
    let left = balance.map(|balance| format!(": {} left", say(balance, transition.subject.currency.as_deref())));
    let since = transition.empty_since.map(|since| format!(" since {}", reader.at(since))).unwrap_or_default();
    format!("{} {who} is EMPTY{since}, calls fail{}", sign(transition.severity), left.unwrap_or_default())
}

/// Of a rule on how long a wallet lasts.
fn lasting(transition: &Transition, reader: &Reader) -> String {
    let Transition { subject, severity, since, .. } = transition;
    let currency = subject.currency.as_deref();
    let who = format!("<b>{}</b>", name(subject.name.as_deref(), &subject.id.to_string()));
    let lasts =
        transition.runway().map_or_else(|| "cannot be foreseen now".to_owned(), |runway| runway::runs_dry(runway, reader));
    let news = lasts.clone();
    let news = match transition.change {
        _ if transition.change.is_bad() && transition.is_empty() => empty(transition, &who, reader),
        Change::Fire | Change::Escalate | Change::Empty => format!("{} {who} {news}: {severity}", sign(*severity)),
        Change::Repeat | Change::Unchanged => {
            format!("{} {who} still {news}: {severity} since {}", sign(*severity), reader.at(*since))
        }
        Change::Fall => format!("{} {who} {news}: only a {severity} now", sign(*severity)),
        Change::Resolve => format!("🟢 {who} recovered: {lasts}"),
        Change::Gone => format!("⚪ {who} is no longer a customer"),
        _ => format!("⚪ {who} is no longer watched"),
    };
    let left = subject.balance.map(|balance| format!("{} left", say(balance, currency)));
    let burning = transition.runway().map(|runway| runway::burning(runway, currency));
    let basis: Vec<String> = left.into_iter().chain(burning).collect();
    let basis = if basis.is_empty() { String::new() } else { format!("\n{}", basis.join(", ")) };
    format!("{news}{basis}\n<code>{}</code> · {}", escape(&subject.id.to_string()), escape(&transition.rule))
}

/// A list with a head that says what they have in common.
fn folded(occasion: Occasion, transitions: &[Transition], reader: &Reader) -> String {
    let worst = transitions.iter().map(|transition| transition.severity).max().unwrap_or(Severity::Warning);
    let is_bad = transitions.iter().any(|transition| transition.change.is_bad());
    let critical = transitions.iter().filter(|transition| transition.severity == Severity::Critical).count();
    let are_wallets =
        transitions.iter().all(|transition| matches!(transition.metric, Metric::CustomerBalance | Metric::CustomerRunway));
    let count = transitions.len();
    let many = if are_wallets { counted(count, "wallet", "wallets") } else { counted(count, "alert", "alerts") };
    let need = if are_wallets { "need money" } else { "stand" };
    let counts = match (critical, count - critical) {
        (critical, 0) => format!("{critical} critical"),
        (0, warning) => format!("{warning} warning"),
        (critical, warning) => format!("{critical} critical, {warning} warning"),
    };
    let head = match occasion {
        _ if !is_bad && are_wallets => format!("🟢 {many} are no longer low, or no longer watched"),
        _ if !is_bad => format!("🟢 {many} are over"),
        Occasion::Found => {
            format!("{} {many} {need}, as found at the start: {counts}", sign(worst))
        }
        Occasion::Welcome => format!("{} {many} {need} as this chat joins: {counts}", sign(worst)),
        Occasion::HandOver => {
            format!("{} {many} from the quiet hours still {need}: {counts}", sign(worst))
        }
        Occasion::DryPartner => {
            format!("{} While the partner's wallet is critical, nobody can be topped up from it: {many}", sign(worst))
        }
        _ => format!("{} {many} {need}: {counts}", sign(worst)),
    };
    let rows = transitions.iter().map(|transition| row(transition, is_bad, reader));
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// One of many, on a line.
pub(super) fn row(transition: &Transition, is_bad: bool, reader: &Reader) -> String {
    let Transition { subject, level, value, severity, change, metric, .. } = transition;
    let currency = subject.currency.as_deref();
    let word = match change {
        Change::Resolve => "recovered",
        Change::Gone => "no longer a customer",
        Change::Unwatched => "no longer watched",
        Change::Superseded => "foreseen from now on",
        _ => severity.name(),
    };
    let sign = if is_bad { sign(*severity) } else { "🟢" };
    let who = format!(
        "<b>{}</b> <code>{}</code>",
        name(subject.name.as_deref(), &subject.id.to_string()),
        escape(&subject.id.to_string())
    );
    match metric {
        Metric::CustomerRunway => {
            let left = subject.balance.map(|balance| format!("{} left, ", say(balance, currency))).unwrap_or_default();
            let lasts = transition.runway().map_or_else(|| word.to_owned(), |runway| runway::runs_dry(runway, reader));
            format!("{sign} {who}: {left}{lasts}, {word}")
        }
        Metric::CustomerBalance => {
            format!("{sign} {who}: {}, {word}, level {}", beside(*value, *level, currency), say(*level, currency))
        }
        _ => format!("{sign} {}, {word}", figure::said(transition)),
    }
}

/// The service as a whole cannot be read, or can again.
pub(super) fn data_health(change: &DataHealthChange, reader: &Reader) -> String {
    match change {
        DataHealthChange::Lost { since, read_at, polls, why, .. } => {
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
