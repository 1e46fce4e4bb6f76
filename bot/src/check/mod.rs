//! `vobiz-bot check`: one sweep, judged and printed.

mod json;
mod text;

use anyhow::{Context as _, Result};
use chrono::Utc;
use vobiz_core::alert::{NoData, NoDataReason, Severity, State, Transition};
use vobiz_core::dashboard::Report;
use vobiz_core::forecast::Profile;
use vobiz_core::{Answer, Decimal, Error};

use crate::config::Config;
use crate::doubts::doubts;
use crate::observe::observe;
use crate::service::client;
use crate::snapshot::{Memory, Snapshot};
use crate::store::Store;
use crate::terminal;

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

/// Polls once, with `for` taken as met. Gives the exit status.
pub(crate) async fn run(config: &Config, is_json: bool) -> Result<u8> {
    let api = client(config)?;
    let policy = config.policy.clone();
    let (dashboard, answers) =
        tokio::join!(api.dashboard(), observe(&api, &policy, config.report_zone, 0, config.poll_deadline, Utc::now));
    let dashboard = dashboard.map(Answer::into_inner);
    let profiles = Store::remembered(&config.database_url).await;
    let snapshot = Memory::new(config.business.clone(), profiles, State::default()).judge_once(&policy, answers);
    let doubts = doubts(&policy, &snapshot, dashboard.as_ref().ok());
    let look = Look { dashboard, snapshot, level: policy.low_balance(), doubts };
    let text = if is_json { serde_json::to_string(&look.to_json()?)? } else { look.to_text() };
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

    /// What could not be judged although the customers were read, but for rules that wait for a forecast.
    fn no_data(&self) -> impl Iterator<Item = &NoData> {
        self.snapshot
            .evaluation
            .no_data
            .iter()
            .filter(|no_data| !no_data.is_optional && !matches!(no_data.reason, NoDataReason::Unread(_)))
    }

    fn errors(&self) -> impl Iterator<Item = &Error> {
        self.dashboard.as_ref().err().into_iter().chain(self.snapshot.answers.errors())
    }

    /// What is critical weighs most, then what is not known, then a warning. A doubt only means that it is not fine, and a
    /// dashboard that is refused means nothing where every rule was judged.
    fn status(&self) -> u8 {
        let is_unknown = self.snapshot.answers.errors().next().is_some() || self.no_data().next().is_some();
        match self.snapshot.evaluation.firing.iter().map(|alert| alert.severity).max() {
            Some(Severity::Critical) => CRITICAL,
            _ if is_unknown => COULD_NOT_TELL,
            Some(Severity::Warning) => WARNING,
            None if !self.doubts.is_empty() => COULD_NOT_TELL,
            None => FINE,
        }
    }
}

/// Why a runway is unknown.
fn no_forecast() -> String {
    let hours = Profile::KNOWN_AFTER;
    format!("no forecast: fewer than {hours} hours of this wallet are recorded, or nothing was spent in them")
}

fn tenths(hours: f64) -> String {
    format!("{hours:.1}")
}
