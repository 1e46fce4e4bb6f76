//! `vobiz-bot check` and `vobiz-bot summary`: one look, printed.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::Utc;
use rust_decimal::RoundingStrategy;
use serde_json::{Value, json};
use vobiz_core::alert::{Change, Evaluation, Metric, Policy, Rule, Severity, State, Subject, evaluate_once};
use vobiz_core::dashboard::{CallFigures, Report};
use vobiz_core::forecast::{Forecaster, Profile, Runway, Span};
use vobiz_core::rust_decimal::prelude::FromPrimitive as _;
use vobiz_core::{Decimal, Error};

use crate::clock::Clock;
use crate::config::Config;
use crate::messages::{self, Reader};
use crate::observe::{Answers, observe};
use crate::service::{Service, client};
use crate::store::Store;
use crate::{chat, terminal};

const FINE: u8 = 0;
const WARNING: u8 = 1;
const CRITICAL: u8 = 2;
/// The exit status of everything that ended without knowing.
pub(crate) const COULD_NOT_TELL: u8 = 3;

/// What one look found.
struct Look {
    dashboard: Result<Report, Error>,
    answers: Answers,
    evaluation: Evaluation,
    level: Decimal,
    policy: Policy,
    /// Rules on figures that are no customer's, and could not be read or foreseen.
    unjudged: Vec<String>,
    /// Of wallets that a rule fires for.
    runways: HashMap<String, Runway>,
}

/// Polls once, with `for` taken as met. Gives the exit status.
pub(crate) async fn run(config: &Config, is_json: bool) -> Result<u8> {
    let api = client(config)?;
    let policy = config.policy.clone();
    let (dashboard, answers) = tokio::join!(api.dashboard(), observe(&api, &policy, config.report_zone, Utc::now));
    let (seen, now) = (answers.observation(), answers.at);
    let mut forecaster = Forecaster::new(config.business.clone());
    for (auth_id, profile) in Store::remembered(&config.database_url).await {
        forecaster.restore(auth_id, profile);
    }
    let mut evaluation = evaluate_once(&policy, &seen, &forecaster.at(now), &State::default(), now);
    // Monitoring shows the first line, which is the worst.
    evaluation.transitions.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.value.cmp(&b.value)));
    let forecasts = forecaster.at(now);
    let figures = evaluation.no_data.iter().filter(|no_data| !no_data.metric.is_of_customer());
    let unjudged: Vec<String> = figures.map(|no_data| no_data.rule.clone()).collect();
    let foreseen = evaluation.transitions.iter().filter_map(|alert| {
        let runway = forecasts.runway(alert.subject.customer()?, alert.subject.balance?)?;
        Some((alert.subject.id.to_string(), runway))
    });
    let runways = foreseen.collect();
    let dashboard = dashboard.map(vobiz_core::Answer::into_inner);
    let look = Look { runways, unjudged, dashboard, answers, evaluation, level: config.policy.low_balance(), policy };
    let text = if is_json { serde_json::to_string(&look.to_json()?)? } else { look.to_text() };
    terminal::print_line(&text).context("cannot print the result")?;
    Ok(look.status())
}

/// Prints today's summary, and writes its picture where asked.
pub(crate) async fn summary(config: Config, picture: Option<&Path>) -> Result<u8> {
    let zone = config.chats.first().map_or(config.report_zone, |chat| chat.zone);
    // A summary looks at the present only: nothing of the bot's own database is needed.
    let service = Service::open(Config { database_url: "sqlite::memory:".to_owned(), ..config }, Clock::System).await?;
    let morning = chat::morning(&service).await;
    let text = messages::plain(&messages::summary(&morning, None, &Reader { zone, now: Utc::now() }));
    terminal::print_line(&terminal::strip_control_chars(&text)).context("cannot print the summary")?;
    if let Some(path) = picture {
        let png = chat::picture(&morning).context("there is no report to draw a picture of")?;
        std::fs::write(path, png).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let is_known = morning.report.is_ok() && morning.subjects.is_ok() && morning.own_balance.is_ok();
    Ok(if is_known { FINE } else { COULD_NOT_TELL })
}

/// Why a runway is unknown.
fn unknown() -> String {
    let hours = Profile::KNOWN_AFTER;
    format!("fewer than {hours} hours of this wallet are recorded, or nothing was spent in them")
}

/// Hours of one end of a range.
fn hours(span: Option<Span>, runway: &Runway) -> String {
    span.map_or_else(|| format!("more than {:.0}", runway.horizon), |span| tenths(span.hours))
}

fn tenths(hours: f64) -> String {
    format!("{hours:.1}")
}

impl Look {
    /// How long a wallet lasts, where that was foreseen.
    fn runway(&self, subject: &Subject) -> Option<&Runway> {
        self.runways.get(&subject.id.to_string())
    }

    fn errors(&self) -> impl Iterator<Item = &Error> {
        self.dashboard.as_ref().err().into_iter().chain(self.answers.errors())
    }

    /// The rules on each customer's wallet.
    fn on_wallets(&self) -> impl Iterator<Item = &Rule> {
        self.policy.rules().iter().filter(|rule| rule.metric().is_of_customer())
    }

    /// Customers that a rule watches and whose balance was not sent.
    fn unread(&self) -> Vec<&Subject> {
        let subjects = self.answers.customers.as_deref().unwrap_or_default();
        let watched = |subject: &Subject| self.on_wallets().any(|rule| rule.watches(subject));
        subjects.iter().filter(|subject| subject.balance.is_none() && watched(subject)).collect()
    }

    /// What is known to be bad weighs more than what is not known, and that more than a part that failed beside it.
    fn status(&self) -> u8 {
        let worst = self.evaluation.transitions.iter().map(|alert| alert.severity).max();
        let is_unknown = self.answers.errors().next().is_some() || !self.unread().is_empty() || !self.unjudged.is_empty();
        match worst {
            Some(Severity::Critical) => CRITICAL,
            _ if is_unknown => COULD_NOT_TELL,
            Some(Severity::Warning) => WARNING,
            None if self.errors().next().is_some() => COULD_NOT_TELL,
            None => FINE,
        }
    }

    fn to_json(&self) -> Result<Value> {
        let subjects = self.answers.customers.as_ref().ok();
        let below = subjects.map(|subjects| {
            subjects.iter().filter(|subject| subject.balance.is_some_and(|balance| balance < self.level)).count()
        });
        Ok(json!({
            "dashboard": self.dashboard.as_ref().ok().map(report).transpose()?,
            "accounts_low_balance": below.map(|count| json!({"below": self.level, "count": count})),
            "alerts": subjects.map(|_| self.alerts()),
            "errors": self.errors().map(|error| json!({
                "operation": error.operation(),
                "kind": error.kind().name(),
                "message": error.to_string(),
                "status": error.status(),
            })).collect::<Vec<_>>(),
        }))
    }

    fn alerts(&self) -> Vec<Value> {
        let firing = self.evaluation.transitions.iter().filter(|alert| alert.change == Change::Fire).map(|alert| {
            json!({
                "rule": alert.rule,
                "subject": alert.subject.id.to_string(),
                "name": alert.subject.name,
                "level": alert.severity,
                "state": "firing",
                "value": alert.value,
                "currency": alert.subject.currency,
                "reason": alert.reason(),
                "runway": match self.runway(&alert.subject) {
                    None if !alert.metric.is_of_customer() => Value::Null,
                    Some(runway) => json!({
                        "state": "known",
                        "low_hours": runway.low.map(|span| tenths(span.hours)),
                        "likely_hours": runway.likely.map(|span| tenths(span.hours)),
                        "high_hours": runway.high.map(|span| tenths(span.hours)),
                        "looked_ahead_hours": tenths(runway.horizon),
                        "burn_per_hour": Decimal::from_f64(runway.burn).map(two_places),
                        "normal_per_hour": Decimal::from_f64(runway.normal).map(two_places),
                    }),
                    None => json!({"state": "unknown", "reason": unknown()}),
                },
            })
        });
        let unread = self.unread();
        let unknown = unread.iter().flat_map(|subject| {
            self.on_wallets().filter(|rule| rule.watches(subject)).map(|rule| {
                json!({
                    "rule": rule.name(),
                    "subject": subject.id.to_string(),
                    "name": subject.name,
                    "level": null,
                    "state": "unknown",
                    "value": null,
                    "currency": subject.currency,
                    "reason": "the balance was not sent",
                })
            })
        });
        let figures = self.unjudged.iter().map(|rule| {
            json!({
                "rule": rule,
                "subject": null,
                "name": null,
                "level": null,
                "state": "unknown",
                "value": null,
                "currency": null,
                "reason": "its figure is not reported, or cannot be foreseen",
            })
        });
        firing.chain(unknown).chain(figures).collect()
    }

    fn to_text(&self) -> String {
        let mut lines = Vec::new();
        match &self.answers.customers {
            Ok(subjects) if self.evaluation.transitions.is_empty() && self.unread().is_empty() && self.unjudged.is_empty() => {
                lines.push(format!(
                    "fine: no rule fires for any of {}",
                    messages::counted(subjects.len(), "customer", "customers")
                ));
            }
            Ok(_) => {}
            Err(error) => lines.push(format!("unknown: {error}")),
        }
        for alert in &self.evaluation.transitions {
            if !alert.metric.is_of_customer() {
                let news = messages::plain(&messages::figure(alert));
                lines.push(format!("{}: {news}; {}: {}", alert.severity, alert.rule, alert.reason()));
                continue;
            }
            let currency = alert.subject.currency.as_deref();
            let level = if alert.metric == Metric::CustomerBalance { alert.level } else { Decimal::MAX };
            let balance = messages::plain(&messages::beside(alert.subject.balance.unwrap_or(alert.value), level, currency));
            let who = who(&alert.subject);
            lines.push(format!("{}: {who} has {balance}; {}: {}", alert.severity, alert.rule, alert.reason()));
            lines.push(match self.runway(&alert.subject) {
                Some(runway) => format!(
                    "  runway {} h ({}–{} h)",
                    hours(runway.likely, runway),
                    hours(runway.low, runway),
                    hours(runway.high, runway)
                ),
                None => format!("  runway unknown: {}", unknown()),
            });
        }
        for subject in self.unread() {
            lines.push(format!("unknown: {}: the balance was not sent", who(subject)));
        }
        lines.extend(self.answers.figure_errors().map(|error| format!("unknown: {error}")));
        for rule in &self.unjudged {
            lines.push(format!("unknown: {rule}: its figure is not reported, or cannot be foreseen"));
        }
        match &self.dashboard {
            Ok(report) => {
                lines.push(String::new());
                lines.push(messages::plain(&messages::dashboard(report)));
            }
            Err(error) => lines.push(format!("dashboard unknown: {error}")),
        }
        if let Ok(subjects) = &self.answers.customers {
            let below = subjects.iter().filter(|subject| subject.balance.is_some_and(|balance| balance < self.level)).count();
            let currency = subjects.iter().find_map(|subject| subject.currency.as_deref());
            let level = messages::plain(&messages::say(self.level, currency));
            lines.push(format!("{} under {level}", messages::counted(below, "wallet", "wallets")));
        }
        terminal::strip_control_chars(&lines.join("\n"))
    }
}

/// Name and id on one line, whatever is in them.
fn who(subject: &Subject) -> String {
    let name = subject.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or("(no name)");
    messages::plain(&format!(
        "{} ({})",
        messages::name(Some(name), &subject.id.to_string()),
        messages::escape(&subject.id.to_string())
    ))
}

/// A report nested as on the wire, with the figures that the API leaves out beside those it sends.
fn report(report: &Report) -> Result<Value> {
    let mut body = serde_json::to_value(report)?;
    let derived = |figures: &CallFigures| json!({"failed_calls": figures.failed_calls(), "answer_rate": figures.answer_rate().map(two_places)});
    let mut add = |path: &str, figures: Option<&CallFigures>| {
        let (Some(Value::Object(object)), Some(figures)) = (body.pointer_mut(path), figures) else { return };
        if let Value::Object(more) = derived(figures) {
            object.extend(more);
        }
    };
    add("/calls", report.calls.as_ref());
    if let Some(traffic) = &report.traffic {
        add("/traffic/inbound", traffic.inbound.as_ref());
        add("/traffic/outbound", traffic.outbound.as_ref());
    }
    for (product, figures) in &report.by_product {
        add(&format!("/by_product/{}", product.replace('~', "~0").replace('/', "~1")), Some(figures));
    }
    if let Value::Object(object) = &mut body {
        let directions = report.by_direction();
        object.insert("by_direction".to_owned(), serde_json::to_value(directions)?);
    }
    Ok(body)
}

fn two_places(rate: Decimal) -> String {
    format!("{:.2}", rate.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
}
