//! `vobiz-bot backtest`: the rules rehearsed on recorded history.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use chrono::{NaiveDate, SecondsFormat};
use serde_json::json;
use vobiz_core::alert::{Policy, Rule};
use vobiz_core::forecast::Business;
use vobiz_core::history::History;
use vobiz_core::history::backtest::{Notification, backtest};
use vobiz_core::history::calibration::{calibrate, table};

use crate::config::Config;
use crate::store::Store;
use crate::terminal;

/// What to rehearse, and where the outcome goes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A directory with polls.csv, samples.csv or samples.csv.gz, accounts.csv and, where there is one, ledger.csv.
    #[arg(long, value_name = "DIR", required_unless_present = "database")]
    history: Option<PathBuf>,
    /// The database of a bot, in the place of a directory: `sqlite://PATH`. It may be in use.
    #[arg(long, value_name = "URL", conflicts_with = "history")]
    database: Option<String>,
    /// The configuration whose rules are rehearsed; without one, the default rules.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Leave out what would have been sent before this day, YYYY-MM-DD; what came before it is learned from.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// Write the notifications as CSV to this file; without one they are printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print how often forecasts' ranges held and how wide they were, for 4, 12, 24 and 48 hours and by kind of wallet, in the place of
    /// notifications.
    #[arg(long, conflicts_with_all = ["out", "json", "from"])]
    calibration: bool,
    /// Print one JSON object instead of words.
    #[arg(long)]
    json: bool,
}

/// Rehearses the rules, and prints or writes what they would have sent.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let (policy, business) = match &options.config {
        Some(file) => Config::rules(file)?,
        None => (Policy::default(), Business::default()),
    };
    let history = match (&options.history, &options.database) {
        (Some(directory), _) => {
            History::open(directory).with_context(|| format!("cannot read the history in {}", directory.display()))?
        }
        (None, Some(url)) => Store::recorded_history(url).await?,
        (None, None) => History::default(),
    };
    if options.calibration {
        let outcomes = calibrate(&history, &business);
        return terminal::print_line(table(&outcomes).trim_end()).context("cannot print the outcome");
    }
    let mut sent = backtest(&policy, &history, &business);
    sent.retain(|sent| options.from.is_none_or(|from| sent.at.with_timezone(&business.zone).date_naive() >= from));
    let messages = sent.len();
    // What is judged are alerts: reminders of one that fires only count as messages.
    sent.retain(|sent| !["empty", "repeat"].contains(&sent.kind));
    let (wallets, polls) = (history.wallets.len(), history.polls.len());
    let left_out: Vec<&Rule> = policy.rules().iter().filter(|rule| !rule.metric().is_in_history()).collect();
    for rule in &left_out {
        terminal::eprint_line(&format!("{} is not rehearsed: a history does not have {}", rule.name(), rule.metric()));
    }
    if let Some(file) = &options.out {
        let out = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
        write(out, &sent).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if options.json {
        return terminal::print_line(&to_json(&sent, [wallets, polls, messages], &left_out).to_string())
            .context("cannot print the outcome");
    }
    if options.out.is_none() {
        write(io::stdout().lock(), &sent).context("cannot print the outcome")?;
    }
    let counts = counts(&sent);
    let counts: Vec<String> = counts.iter().map(|((rule, kind), count)| format!("{rule}: {count} × {kind}")).collect();
    let counts = if counts.is_empty() { "nothing would have been sent".to_owned() } else { counts.join(", ") };
    terminal::eprint_line(&format!(
        "{wallets} wallets, {polls} polls; {counts}; {messages} messages to a chat that gets each by itself, reminders included"
    ));
    Ok(())
}

fn write(out: impl Write, sent: &[Notification]) -> Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(["at", "auth_id", "kind", "severity", "rule", "value", "reason"])?;
    for notification in sent {
        rows.write_record([
            notification.at.to_rfc3339_opts(SecondsFormat::AutoSi, true).as_str(),
            &notification.auth_id,
            notification.kind,
            notification.severity.name(),
            &notification.rule,
            &notification.value.to_string(),
            &notification.reason,
        ])?;
    }
    Ok(rows.flush()?)
}

fn counts(sent: &[Notification]) -> BTreeMap<(&str, &str), usize> {
    let mut counts = BTreeMap::new();
    for notification in sent {
        *counts.entry((notification.rule.as_str(), notification.kind)).or_default() += 1;
    }
    counts
}

fn to_json(sent: &[Notification], [wallets, polls, messages]: [usize; 3], left_out: &[&Rule]) -> serde_json::Value {
    let counts = counts(sent).into_iter().map(|((rule, kind), count)| json!({"rule": rule, "kind": kind, "count": count}));
    let rows = sent.iter().map(|notification| {
        json!({
            "at": notification.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            "auth_id": notification.auth_id,
            "kind": notification.kind,
            "severity": notification.severity.name(),
            "rule": notification.rule,
            "value": notification.value.to_string(),
            "reason": notification.reason,
        })
    });
    json!({
        "wallets": wallets,
        "polls": polls,
        "messages": messages,
        "not_rehearsed": left_out.iter().map(|rule| rule.name()).collect::<Vec<_>>(),
        "counts": counts.collect::<Vec<_>>(),
        "notifications": rows.collect::<Vec<_>>(),
    })
}
