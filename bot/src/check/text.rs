//! The result of `check` for a terminal: the worst first.

use vobiz_core::alert::Transition;
use vobiz_core::forecast::{Runway, Span};

use super::{Look, no_forecast, tenths};
use crate::{messages, terminal};

/// Lines of wallets that could not be judged; the rest is counted.
const NAMED: usize = 20;

impl Look {
    pub(super) fn to_text(&self) -> String {
        let mut lines = vec![self.status_line()];
        let no_data: Vec<_> = self.snapshot.no_data().collect();
        if let Err(error) = self.snapshot.customers() {
            lines.push(format!("unknown: {error}"));
        }
        lines.extend(self.alerts().into_iter().flat_map(alert));
        lines.extend(self.doubts.iter().map(|doubt| format!("unknown: {doubt}")));
        for no_data in no_data.iter().take(NAMED) {
            let whose =
                no_data.subject.customer().map(|id| format!("{}: ", who(no_data.name.as_deref(), id))).unwrap_or_default();
            lines.push(format!("unknown: {whose}{}: {}", no_data.rule, no_data.reason));
        }
        if no_data.len() > NAMED {
            lines.push(format!("unknown: {} more that no rule could judge", no_data.len() - NAMED));
        }
        lines.extend(self.snapshot.answers.figure_errors().map(|error| format!("unknown: {error}")));
        match &self.dashboard {
            Ok(report) => {
                lines.push(String::new());
                lines.push(messages::terminal(&messages::dashboard(report)));
            }
            Err(error) => lines.push(format!("dashboard unknown: {error}")),
        }
        if let Some(low) = self.low() {
            let level = messages::terminal(&messages::say(self.level, self.snapshot.currency()));
            lines.push(format!("{} under {level}", messages::counted(low, "wallet", "wallets")));
        }
        let more = lines.split_off(1).join("\n");
        terminal::strip_control_chars(&format!("{}\n{}", lines.concat(), super::plugin::without_bars(&more)))
    }
}

fn alert(alert: &Transition) -> Vec<String> {
    if !alert.metric.is_of_customer() {
        let news = messages::terminal(&messages::figure(alert));
        return vec![format!("{}: {news}; {}: {}", alert.severity, alert.rule, alert.reason())];
    }
    let balance = messages::terminal(&super::balance(alert));
    let runway = match alert.runway() {
        Some(runway) => {
            let end = |span: Option<Span>| hours(span, runway);
            let held = runway.record.map(|record| format!("; the range held {} of the last {} times", record.held, record.of));
            format!("  runway {} h ({}–{} h){}", end(runway.likely), end(runway.low), end(runway.high), held.unwrap_or_default())
        }
        None => format!("  runway unknown: {}", no_forecast()),
    };
    vec![
        format!(
            "{}: {} has {balance}; {}: {}",
            alert.severity,
            who(alert.subject.name.as_deref(), &alert.subject.id.to_string()),
            alert.rule,
            alert.reason()
        ),
        runway,
    ]
}

/// Hours of one end of a range.
fn hours(span: Option<Span>, runway: &Runway) -> String {
    span.map_or_else(|| format!("more than {:.0}", runway.horizon), |span| tenths(span.hours))
}

/// Name and id on one line, whatever is in them.
fn who(name: Option<&str>, id: &str) -> String {
    let name = name.filter(|name| !name.trim().is_empty()).unwrap_or("(no name)");
    messages::terminal(&format!("{} ({})", messages::name(Some(name), id), messages::code(id)))
}
