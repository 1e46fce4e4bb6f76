//! What a command is answered with.

use anyhow::Result;
use chrono::{DateTime, Days, Utc};
use vobiz_core::alert::{Observation, State, Subject, evaluate_once};
use vobiz_core::forecast::Forecasts;
use vobiz_core::{DateRange, Decimal, ErrorKind};

use super::command::{COMMANDS, Command};
use crate::chart;
use crate::messages::{self, Reader, SummaryData};
use crate::service::Service;
use crate::store::Buttons;

/// Days in the picture of a summary.
const PICTURED_DAYS: u32 = 30;

/// What is said.
pub(crate) struct Answer {
    pub(crate) html: String,
    /// A picture that the text is the caption of.
    pub(crate) picture: Option<Vec<u8>>,
    pub(crate) buttons: Buttons,
}

impl Answer {
    pub(super) fn text(html: impl Into<String>) -> Self {
        Self { html: html.into(), picture: None, buttons: Buttons::new() }
    }

    fn with(html: String, buttons: Buttons) -> Self {
        Self { html, picture: None, buttons }
    }
}

pub(super) async fn answer(service: &Service, command: &Command, reader: &Reader) -> Result<Answer> {
    Ok(match command {
        Command::Help => Answer::text(help()),
        Command::Dashboard => {
            let text = service
                .api
                .dashboard()
                .await
                .map_or_else(|error| messages::failure(&error), |report| messages::dashboard(&report));
            Answer::with(text, messages::reports(Some("/dashboard")))
        }
        Command::Analytics(days) => analytics(service, *days).await,
        Command::Low { level, page } => low(service, *level, *page).await,
        Command::Customer(id) => Answer::text(customer(service, id, reader).await?),
        Command::Summary => summary(&morning(service).await, None, reader),
    })
}

/// A summary with its picture; `late_since` is when it was due, if that is long past.
pub(crate) fn summary(morning: &SummaryData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> Answer {
    let html = messages::summary(morning, late_since, reader);
    Answer { html, picture: picture(morning), buttons: messages::summary_buttons() }
}

async fn analytics(service: &Service, days: DateRange) -> Answer {
    let text = match service.api.analytics(days).await {
        Ok(report) => messages::analytics(&report, days),
        Err(error) => messages::failure(&error),
    };
    let today = service.now_in(service.report_zone).date_naive();
    let shown = [7, 30].into_iter().find(|length| DateRange::ending(today, *length) == days);
    Answer::with(text, messages::reports(shown.map(|length| format!("/analytics {length}d")).as_deref()))
}

async fn low(service: &Service, level: Option<Decimal>, page: usize) -> Answer {
    let list = level.map_or_else(|| "/low".to_owned(), |level| format!("/low {}", level.normalize()));
    match service.subjects().await {
        Ok(subjects) => {
            let currency = subjects.iter().find_map(|subject| subject.currency.clone());
            let level = level.unwrap_or_else(|| service.policy.low_balance());
            let (html, buttons) = messages::low(&subjects, level, currency.as_deref(), (&list, page));
            Answer::with(html, buttons)
        }
        Err(error) => Answer::with(messages::failure(&error), messages::again(&format!("{list} #{page}"))),
    }
}

fn help() -> String {
    let lines = COMMANDS.iter().map(|(name, about)| format!("\n/{name}: {about}"));
    format!(
        "Reports and alerts for your Vobiz customers.{}\n\nLow wallets are told here by themselves.",
        lines.collect::<String>()
    )
}

async fn customer(service: &Service, id: &str, reader: &Reader) -> Result<String> {
    let (account, wallet) = tokio::join!(service.api.account(id), service.api.balance(id));
    let account = match account {
        Ok(account) => account.into_inner(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(format!(
                "No customer of yours has the id <code>{}</code>. /low shows the ids of those that are low.",
                messages::escape(id)
            ));
        }
        Err(error) => return Ok(messages::failure(&error)),
    };
    let state = service.store.alert_state().await?;
    let alerts: Vec<_> = state
        .alerts
        .iter()
        .filter(|(key, _)| key.subject.customer() == Some(account.auth_id.as_str()))
        .map(|(key, alert)| (key.rule.as_str(), alert))
        .collect();
    let fallback = service.currency_for(std::slice::from_ref(&account)).await;
    Ok(messages::customer(&account, wallet.map(vobiz_core::Answer::into_inner).as_ref(), fallback.as_deref(), &alerts, reader))
}

/// Reads everything that a summary needs, side by side. What fails is said in it.
pub(crate) async fn morning(service: &Service) -> SummaryData {
    let now = service.clock.now();
    let today = service.now_in(service.report_zone).date_naive();
    let last_day = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let window = DateRange::ending(last_day, PICTURED_DAYS);
    let (report, subjects, me) = tokio::join!(service.api.analytics(window), service.subjects(), service.api.me());
    let report = report.map(vobiz_core::Answer::into_inner);
    let low = match &subjects {
        Ok(subjects) => {
            let seen: Vec<Subject> = subjects.clone();
            let mut low =
                evaluate_once(&service.policy, &Observation::complete(now, seen), &Forecasts::none(), &State::default(), now)
                    .transitions;
            low.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.value.cmp(&b.value)));
            low
        }
        Err(_) => Vec::new(),
    };
    SummaryData { last_day, report, subjects, low, own_balance: me.map(|profile| profile.balance) }
}

/// The summary's picture, where there is a report to draw.
pub(crate) fn picture(morning: &SummaryData) -> Option<Vec<u8>> {
    let report = morning.report.as_ref().ok()?;
    match chart::calls_and_cost(report, morning.last_day) {
        Ok(png) => Some(png),
        Err(error) => {
            tracing::error!(%error, "the summary's picture could not be drawn");
            None
        }
    }
}
