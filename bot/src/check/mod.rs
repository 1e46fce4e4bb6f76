//! `vobiz-bot check`: one sweep, judged and printed.

mod json;
mod plugin;
mod text;

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use chrono::Utc;
use vobiz_core::alert::{Metric, Severity, Transition};
use vobiz_core::dashboard::Report;
use vobiz_core::forecast::Profile;
use vobiz_core::settings::values::duration;
use vobiz_core::{Answer, Decimal, Error};

use crate::config::Config;
use crate::doubts::doubts;
use crate::levels::with_levels;
use crate::observe::observe;
use crate::service::client_within;
use crate::snapshot::{Memory, Snapshot};
use crate::store::{Remembered, Store};
use crate::{messages, terminal};

pub(crate) const FINE: u8 = 0;
const WARNING: u8 = 1;
const CRITICAL: u8 = 2;
/// The exit status of everything that ended without knowing.
pub(crate) const COULD_NOT_TELL: u8 = 3;

/// What one sweep found.
struct Look {
    dashboard: Result<Report, Error>,
    snapshot: Snapshot,
    /// The amount under which wallets are counted as low.
    level: Decimal,
    doubts: Vec<String>,
}

/// How `check` is asked.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// How long it may take: a number of seconds, or "1m". What was read by then is judged.
    #[arg(long, value_name = "TIME", default_value = "30", value_parser = timeout)]
    timeout: Duration,
}

/// Of the time that it may take, what is left to judge and print what was read.
const REST: Duration = Duration::from_millis(500);

/// Polls once, with `for` taken as met, after what a database that is there remembers. Gives the exit status. As text, also an error is printed as a status line.
pub(crate) async fn run(config: impl FnOnce() -> Result<Config>, options: &Options) -> Result<u8> {
    let checked =
        async { tokio::time::timeout(options.timeout, check(&config()?, options)).await.unwrap_or_else(|_| late(options)) };
    let outcome = checked.await;
    match &outcome {
        Err(error) if !options.json => terminal::print_line(&plugin::failed(error)).context("cannot print the result")?,
        _ => {}
    }
    outcome
}

fn late(options: &Options) -> Result<u8> {
    let seconds = options.timeout.as_secs_f32();
    Err(anyhow!("the Partner API did not answer within {seconds} s; --timeout sets how long it may take"))
}

async fn check(config: &Config, options: &Options) -> Result<u8> {
    let Remembered { profiles, state, levels } = Store::remembered(&config.database_url).await;
    let policy = with_levels(&config.policy, &levels);
    let within = options.timeout.saturating_sub(REST).min(config.poll_deadline);
    let api = client_within(config, within)?;
    let (dashboard, answers) =
        tokio::join!(api.dashboard(), observe(&api, &policy, config.report_zone, &state, within, Utc::now));
    let dashboard = dashboard.map(Answer::into_inner);
    let snapshot = Memory::new(config.business.clone(), profiles, state).judge_once(&policy, answers);
    let doubts = doubts(&snapshot, dashboard.as_ref().ok());
    let look = Look { dashboard, snapshot, level: policy.low_balance(), doubts };
    let text = if options.json { serde_json::to_string(&look.to_json()?)? } else { look.to_text() };
    terminal::print_line(&text).context("cannot print the result")?;
    Ok(look.status())
}

impl Look {
    /// Every alert, the worst first: monitoring shows the first line alone.
    fn alerts(&self) -> Vec<&Transition> {
        let mut alerts: Vec<_> = self.snapshot.evaluation.firing.iter().collect();
        alerts.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.value.cmp(&b.value)));
        alerts
    }

    /// How many wallets have less than the amount of the low-balance rule; `None` where the customers were not read.
    fn low(&self) -> Option<usize> {
        let customers = self.snapshot.customers().ok()?;
        Some(customers.iter().filter(|customer| customer.balance.is_some_and(|balance| balance < self.level)).count())
    }

    fn errors(&self) -> impl Iterator<Item = &Error> {
        self.dashboard.as_ref().err().into_iter().chain(self.snapshot.answers.errors())
    }

    /// What is critical weighs most, then what is not known, then a warning. A doubt only means that it is not fine, and a
    /// dashboard that is refused means nothing where every rule was judged.
    fn status(&self) -> u8 {
        let is_unknown = self.snapshot.answers.errors().next().is_some() || self.snapshot.no_data().next().is_some();
        match self.snapshot.evaluation.firing.iter().map(|alert| alert.severity).max() {
            Some(Severity::Critical) => CRITICAL,
            _ if is_unknown => COULD_NOT_TELL,
            Some(Severity::Warning) => WARNING,
            None if !self.doubts.is_empty() => COULD_NOT_TELL,
            None => FINE,
        }
    }
}

/// The balance of the wallet that an alert is on, for HTML: beside its level where that is an amount.
fn balance(alert: &Transition) -> String {
    let level = if alert.metric == Metric::CustomerBalance { alert.level } else { Decimal::MAX };
    messages::beside(alert.subject.balance.unwrap_or(alert.value), level, alert.subject.currency.as_deref())
}

/// Why a runway is unknown.
fn no_forecast() -> String {
    let hours = Profile::KNOWN_AFTER;
    format!("no forecast: fewer than {hours} hours of this wallet are recorded, or nothing was spent in them")
}

fn tenths(hours: f64) -> String {
    format!("{hours:.1}")
}

/// `30` or `1m`.
fn timeout(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let time = text.parse().map(Duration::from_secs).or_else(|_| duration(text, "30s"))?;
    if time.is_zero() { Err("must be longer than 0 s".to_owned()) } else { Ok(time) }
}
