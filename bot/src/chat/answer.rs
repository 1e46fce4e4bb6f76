//! What a command is answered with.

use anyhow::Result;
use chrono::Days;
use vobiz_core::alert::{Observation, State, Subject, evaluate};
use vobiz_core::forecast::Forecasts;
use vobiz_core::{DateRange, ErrorKind};

use super::command::{COMMANDS, Command};
use crate::chart;
use crate::service::Service;
use crate::words::{self, Morning, Reader};

/// Days in the picture of a summary.
const PICTURED_DAYS: u32 = 30;

/// A text, and the picture that it is the caption of.
pub(super) type Answer = (String, Option<Vec<u8>>);

pub(super) async fn answer(service: &Service, command: &Command, reader: &Reader) -> Result<Vec<Answer>> {
    let text = match command {
        Command::Help => help(),
        Command::Dashboard => match service.api.dashboard().await {
            Ok(report) => words::dashboard(&report),
            Err(error) => words::failure(&error),
        },
        Command::Analytics(days) => match service.api.analytics(*days).await {
            Ok(report) => words::analytics(&report, *days),
            Err(error) => words::failure(&error),
        },
        Command::Low(level) => match service.subjects().await {
            Ok(subjects) => {
                let currency = subjects.iter().find_map(|subject| subject.currency.clone());
                words::low(&subjects, level.unwrap_or_else(|| service.policy.low_balance()), currency.as_deref())
            }
            Err(error) => words::failure(&error),
        },
        Command::Customer(id) => customer(service, id, reader).await?,
        Command::Summary => {
            let morning = morning(service).await;
            let caption = words::summary(&morning, None, reader);
            return Ok(vec![(caption, picture(&morning))]);
        }
    };
    Ok(vec![(text, None)])
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
        Ok(account) => account,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(format!(
                "No customer of yours has the id <code>{}</code>. /low shows the ids of those that are low.",
                words::escape(id)
            ));
        }
        Err(error) => return Ok(words::failure(&error)),
    };
    let state = service.store.alert_state().await?;
    let alerts: Vec<_> = state
        .alerts
        .iter()
        .filter(|((_, subject), _)| *subject == account.auth_id)
        .map(|((rule, _), alert)| (rule.as_str(), alert))
        .collect();
    let fallback = service.currency_for(std::slice::from_ref(&account)).await;
    Ok(words::customer(&account, wallet.as_ref(), fallback.as_deref(), &alerts, reader))
}

/// Reads everything that a summary needs, side by side. What fails is said in it.
pub(crate) async fn morning(service: &Service) -> Morning {
    let now = service.clock.now();
    let today = service.now_in(service.report_zone).date_naive();
    let last_day = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let window = DateRange::ending(last_day, PICTURED_DAYS);
    let (report, subjects, me) = tokio::join!(service.api.analytics(window), service.subjects(), service.api.me());
    let low = match &subjects {
        Ok(subjects) => {
            let seen: Vec<Subject> = subjects.clone();
            let mut low = evaluate(
                &service.policy.at_once(),
                &Observation::complete(now, seen),
                &Forecasts::none(),
                &State::default(),
                now,
            )
            .transitions;
            low.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.value.cmp(&b.value)));
            low
        }
        Err(_) => Vec::new(),
    };
    Morning { last_day, report, subjects, low, own_balance: me.map(|profile| profile.balance) }
}

/// The summary's picture, where there is a report to draw.
pub(crate) fn picture(morning: &Morning) -> Option<Vec<u8>> {
    let report = morning.report.as_ref().ok()?;
    match chart::calls_and_cost(report, morning.last_day) {
        Ok(png) => Some(png),
        Err(error) => {
            tracing::error!(%error, "the summary's picture could not be drawn");
            None
        }
    }
}
