//! What is measured of the running bot, in the text format of Prometheus.
//!
//! One registry for the process, as the log is. No label holds a name or an id of a customer or a chat.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use prometheus::core::Collector;
use prometheus::{
    Encoder as _, Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, Result, TextEncoder,
};
use vobiz_core::alert::{Evaluation, Observation, Severity};

/// Upper bounds of poll durations, in seconds.
const DURATIONS: [f64; 9] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

static METRICS: LazyLock<Option<Metrics>> = LazyLock::new(|| {
    Metrics::new().inspect_err(|error| tracing::error!(%error, "nothing is measured: the metrics contradict each other")).ok()
});

/// When Telegram accepted something last, and since when it accepts nothing; seconds since 1970, 0 for never.
static ACCEPTED_AT: AtomicI64 = AtomicI64::new(0);
static FAILING_SINCE: AtomicI64 = AtomicI64::new(0);

struct Metrics {
    registry: Registry,
    polls: IntCounterVec,
    poll_duration: Histogram,
    last_poll: IntGauge,
    wallets: IntGaugeVec,
    alerts: IntGaugeVec,
    telegram_requests: IntCounterVec,
    telegram_accepted: IntGauge,
    outbox_messages: IntGauge,
    outbox_age: IntGauge,
    database_writable: IntGauge,
}

impl Metrics {
    fn new() -> Result<Self> {
        let registry = Registry::new();
        let build = IntGaugeVec::new(Opts::new("vobiz_build_info", "The version that runs; always 1."), &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        add(&registry, build)?;
        let durations = HistogramOpts::new("vobiz_poll_duration_seconds", "From the first request of a poll to its last answer.");
        let metrics = Self {
            polls: add(
                &registry,
                IntCounterVec::new(
                    Opts::new(
                        "vobiz_polls_total",
                        "Polls: complete, partial (some of it could not be read), failed (no customer was read).",
                    ),
                    &["outcome"],
                )?,
            )?,
            poll_duration: add(&registry, Histogram::with_opts(durations.buckets(DURATIONS.to_vec()))?)?,
            last_poll: add(
                &registry,
                IntGauge::new(
                    "vobiz_last_complete_poll_timestamp_seconds",
                    "When the last complete poll was judged and recorded; 0 before the first.",
                )?,
            )?,
            wallets: add(
                &registry,
                IntGaugeVec::new(
                    Opts::new("vobiz_wallets", "Customers' wallets by their worst alert; unread: the balance could not be read."),
                    &["state"],
                )?,
            )?,
            alerts: add(&registry, IntGaugeVec::new(Opts::new("vobiz_alerts", "Alerts that fire."), &["severity"])?)?,
            telegram_requests: add(
                &registry,
                IntCounterVec::new(
                    Opts::new("vobiz_telegram_requests_total", "Requests to the Bot API by HTTP status; error: no answer came."),
                    &["method", "code"],
                )?,
            )?,
            telegram_accepted: add(
                &registry,
                IntGauge::new(
                    "vobiz_telegram_last_accepted_timestamp_seconds",
                    "When the Bot API accepted a request last; 0 before the first.",
                )?,
            )?,
            outbox_messages: add(&registry, IntGauge::new("vobiz_outbox_messages", "Messages that wait to be sent.")?)?,
            outbox_age: add(
                &registry,
                IntGauge::new(
                    "vobiz_outbox_oldest_age_seconds",
                    "Age of the oldest message that waits to be sent; 0 where none waits.",
                )?,
            )?,
            database_writable: add(
                &registry,
                IntGauge::new("vobiz_database_writable", "1 if a change of the database was possible just now, else 0.")?,
            )?,
            registry,
        };
        for outcome in ["complete", "partial", "failed"] {
            metrics.polls.with_label_values(&[outcome]).reset();
        }
        for severity in Severity::WORST_FIRST {
            metrics.alerts.with_label_values(&[severity.name()]).set(0);
        }
        Ok(metrics)
    }
}

fn add<T: Collector + Clone + 'static>(registry: &Registry, metric: T) -> Result<T> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Counts a poll that was judged and recorded. `is_complete`: everything that rules watch was read.
pub(crate) fn poll(observation: &Observation, evaluation: &Evaluation, is_complete: bool, took: Duration) {
    let Some(metrics) = METRICS.as_ref() else { return };
    metrics.poll_duration.observe(took.as_secs_f64());
    let is_failed = observation.listing.cut.is_some() && observation.customers.is_empty();
    let outcome = match (is_complete, is_failed) {
        (true, _) => "complete",
        (false, true) => "failed",
        (false, false) => "partial",
    };
    metrics.polls.with_label_values(&[outcome]).inc();
    if is_complete {
        metrics.last_poll.set(observation.at.timestamp());
    }
    for severity in Severity::WORST_FIRST {
        let firing = evaluation.firing.iter().filter(|alert| alert.severity == severity).count();
        set(&metrics.alerts, severity.name(), firing);
    }
    if !is_failed {
        for (state, wallets) in wallets(observation, evaluation) {
            set(&metrics.wallets, state, wallets);
        }
    }
}

fn wallets(observation: &Observation, evaluation: &Evaluation) -> HashMap<&'static str, usize> {
    let mut worst = HashMap::new();
    for alert in &evaluation.firing {
        let severity = worst.entry(&alert.subject.id).or_insert(alert.severity);
        *severity = alert.severity.max(*severity);
    }
    let mut counts = HashMap::from([("ok", 0), ("warning", 0), ("critical", 0), ("unread", 0)]);
    for subject in &observation.customers {
        let state = match (worst.get(&subject.id), subject.balance) {
            (Some(severity), _) => severity.name(),
            (None, None) => "unread",
            (None, Some(_)) => "ok",
        };
        *counts.entry(state).or_default() += 1;
    }
    counts
}

fn set(gauge: &IntGaugeVec, label: &str, count: usize) {
    gauge.with_label_values(&[label]).set(i64::try_from(count).unwrap_or(i64::MAX));
}

/// Counts a request to the Bot API. `status` is that of the answer; `None` where none came.
pub(crate) fn telegram(method: &'static str, status: Option<u16>) {
    let now = Utc::now().timestamp();
    let is_accepted = status.is_some_and(|status| (200..300).contains(&status));
    if is_accepted {
        ACCEPTED_AT.store(now, Ordering::Relaxed);
        FAILING_SINCE.store(0, Ordering::Relaxed);
    } else {
        // Only the first failure after a success counts.
        let _ = FAILING_SINCE.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }
    let Some(metrics) = METRICS.as_ref() else { return };
    let code = status.map_or_else(|| "error".to_owned(), |status| status.to_string());
    metrics.telegram_requests.with_label_values(&[method, &code]).inc();
    metrics.telegram_accepted.set(ACCEPTED_AT.load(Ordering::Relaxed));
}

/// Whether Telegram accepts requests: it accepted one since the start, and has not refused all for five minutes.
pub(crate) fn telegram_trouble() -> Option<String> {
    let failing = FAILING_SINCE.load(Ordering::Relaxed);
    let minutes = (Utc::now().timestamp() - failing) / 60;
    match (ACCEPTED_AT.load(Ordering::Relaxed), failing) {
        (0, _) => Some("Telegram has accepted nothing since the start".to_owned()),
        (_, 1..) if minutes >= 5 => Some(format!("Telegram has accepted nothing for {minutes} minutes")),
        _ => None,
    }
}

/// What the database says when it is asked.
pub(crate) struct Stored {
    /// Messages that wait to be sent.
    pub(crate) outbox: usize,
    /// When the oldest of them was written.
    pub(crate) oldest: Option<DateTime<Utc>>,
    /// Whether a change was possible.
    pub(crate) is_writable: bool,
}

/// Everything as text. Without `stored`, the database did not answer.
pub(crate) fn text(stored: Option<&Stored>, now: DateTime<Utc>) -> Result<String> {
    let Some(metrics) = METRICS.as_ref() else { return Ok(String::new()) };
    metrics.database_writable.set(i64::from(stored.is_some_and(|stored| stored.is_writable)));
    if let Some(stored) = stored {
        metrics.outbox_messages.set(i64::try_from(stored.outbox).unwrap_or(i64::MAX));
        let age = stored.oldest.map_or(TimeDelta::zero(), |oldest| now - oldest);
        metrics.outbox_age.set(age.num_seconds().max(0));
    }
    let mut text = Vec::new();
    TextEncoder::new().encode(&metrics.registry.gather(), &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use vobiz_core::alert::{Policy, State, Subject, evaluate};
    use vobiz_core::forecast::{Business, Forecaster};

    use super::*;

    #[test]
    fn a_poll_is_counted_by_outcome_and_its_wallets_by_state_without_names() {
        let low = Subject::new("MA_LOW", "Sharma Logistics").with_balance(10.into());
        let fine = Subject::new("MA_FINE", "Patel Dialers").with_balance(90_000.into());
        let unread = Subject::new("MA_UNREAD", "Rao Traders");
        let (forecaster, mut state) = (Forecaster::new(Business::default()), State::default());
        for minutes in [0, 5] {
            let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
            let observation = Observation::complete(at, vec![low.clone(), fine.clone(), unread.clone()]);
            let evaluation = evaluate(&Policy::default(), &observation, &forecaster.at(at), &state, at);
            poll(&observation, &evaluation, true, Duration::from_millis(300));
            state = evaluation.state;
        }
        telegram("sendMessage", Some(429));
        telegram("sendMessage", None);
        let stored = Stored { outbox: 2, oldest: Some(DateTime::UNIX_EPOCH), is_writable: true };
        let text = text(Some(&stored), DateTime::UNIX_EPOCH + TimeDelta::seconds(90)).unwrap();
        for line in [
            "vobiz_wallets{state=\"critical\"} 1",
            "vobiz_wallets{state=\"ok\"} 1",
            "vobiz_wallets{state=\"unread\"} 1",
            "vobiz_wallets{state=\"warning\"} 0",
            "vobiz_alerts{severity=\"critical\"} 1",
            "vobiz_polls_total{outcome=\"complete\"} 2",
            "vobiz_polls_total{outcome=\"failed\"} 0",
            "vobiz_poll_duration_seconds_count 2",
            "vobiz_telegram_requests_total{code=\"429\",method=\"sendMessage\"} 1",
            "vobiz_telegram_requests_total{code=\"error\",method=\"sendMessage\"} 1",
            "vobiz_outbox_messages 2",
            "vobiz_outbox_oldest_age_seconds 90",
            "vobiz_database_writable 1",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("MA_") && !text.contains("Sharma"), "{text}");
    }
}
