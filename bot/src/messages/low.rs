//! `/low`: the wallets that need money, a page at a time.

use std::fmt::Write as _;

use vobiz_core::Decimal;
use vobiz_core::alert::{Metric, Severity, Subject, Transition};

use super::{Reader, beside, code, counted, doubt, escape, failure, figure, pages, runway, say, shortened, sign, whose};
use crate::snapshot::{LowWallet, Snapshot};
use crate::store::Buttons;

/// Rows of one page.
const PAGE: usize = 20;

/// Characters of a reason.
const LONGEST_REASON: usize = 160;

/// What `/low` shows.
pub(crate) struct Low<'a> {
    snapshot: &'a Snapshot,
    rows: Vec<LowWallet<'a>>,
    /// The amount under which a wallet is listed without an alert.
    level: Decimal,
    /// Whether alerts on other figures are listed too.
    has_figures: bool,
}

impl<'a> Low<'a> {
    /// The wallets under an amount, or all alerts and the wallets under `level`.
    pub(crate) fn new(snapshot: &'a Snapshot, under: Option<Decimal>, level: Decimal) -> Self {
        let level = under.unwrap_or(level);
        Self { snapshot, rows: snapshot.low(under, level), level, has_figures: under.is_none() }
    }

    /// One page, counted from 1. `list` is the command that shows the first.
    pub(crate) fn page(&self, list: &str, page: usize, reader: &Reader) -> (String, Buttons) {
        let pages_in_all = self.rows.len().div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages_in_all);
        let mut text = self.head();
        for wallet in self.rows.iter().skip((page - 1) * PAGE).take(PAGE) {
            let _ = write!(text, "\n{}{}", row(wallet, self.level, self.snapshot.currency(), reader), notes(wallet.subject));
        }
        if page < pages_in_all {
            let _ = write!(text, "\n… and {} more: {list} #{}", self.rows.len() - page * PAGE, page + 1);
        }
        if self.has_figures && page == pages_in_all {
            self.snapshot.figures().for_each(|alert| text.push_str(&figure_row(alert)));
        }
        (text, pages(list, page, pages_in_all))
    }

    fn head(&self) -> String {
        let level = say(self.level, self.snapshot.currency());
        let known = self.rows.iter().filter(|wallet| wallet.alert.is_some() || wallet.subject.balance.is_some());
        let alerts =
            |severity| known.clone().filter(|wallet| wallet.alert.is_some_and(|alert| alert.severity == severity)).count();
        let (critical, warning, all) = (alerts(Severity::Critical), alerts(Severity::Warning), known.clone().count());
        let of = match self.snapshot.customers() {
            Ok(customers) => counted(customers.len(), "customer", "customers"),
            Err(error) => return format!("{}\nAlerts that still fire, with the last balances:", failure(error)),
        };
        let sign = if critical > 0 { sign(Severity::Critical) } else { sign(Severity::Warning) };
        let counts = [(critical, "critical"), (warning, "warning"), (all - critical - warning, "without an alert")];
        let counts: Vec<_> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let (counts, wallets) = (counts.join(", "), counted(all, "wallet", "wallets"));
        let are_under = known.clone().all(|wallet| wallet.subject.balance.is_some_and(|balance| balance < self.level));
        match all {
            0 if self.has_figures
                && let Some(figures) = figures_fire(self.snapshot) =>
            {
                format!("{figures}; no wallet of {of} is under {level}")
            }
            0 if !self.rows.is_empty() => format!("⚪ <b>No wallet that could be read is under {level}</b>"),
            0 if !self.snapshot.is_certain() => {
                format!("⚪ <b>No wallet of {of} is under {level}</b>, as far as it is known: {}", unknown(self.snapshot))
            }
            0 => format!("🟢 Fine: no wallet of {of} is under {level}"),
            _ if are_under => format!("{sign} <b>{wallets} under {level}</b>, of {of}: {counts}"),
            _ => format!("{sign} <b>{wallets} low</b>, of {of}: {counts}"),
        }
    }
}

/// The first reason why not everything is known.
pub(super) fn unknown(snapshot: &Snapshot) -> String {
    let unread = snapshot.answers.errors().next().map(ToString::to_string);
    let unjudged = snapshot.no_data().next().map(|no_data| format!("{}: {}", no_data.rule, no_data.reason));
    let doubt = snapshot.evaluation.doubts.first().map(|found| doubt(found, snapshot.at));
    escape(&shortened(&unread.or(unjudged).or(doubt).unwrap_or_default(), LONGEST_REASON))
}

/// How many alerts fire on other figures than wallets, with the sign of the worst; `None` where there is none.
pub(super) fn figures_fire(snapshot: &Snapshot) -> Option<String> {
    let worst = snapshot.figures().map(|alert| alert.severity).max()?;
    let count = counted(snapshot.figures().count(), "alert</b> fires", "alerts</b> fire");
    Some(format!("{} <b>{count}", sign(worst)))
}

/// An alert on another figure than a wallet, on a line of its own.
pub(super) fn figure_row(alert: &Transition) -> String {
    format!("\n{} {}: {}", sign(alert.severity), figure::on_a_line(alert), alert.severity)
}

/// One wallet on a line: what is in it, whose it is, and how long it lasts.
pub(super) fn row(wallet: &LowWallet<'_>, level: Decimal, fallback: Option<&str>, reader: &Reader) -> String {
    let LowWallet { subject, alert } = wallet;
    let currency = subject.currency.as_deref().or(fallback);
    let sign = match alert {
        Some(alert) => sign(alert.severity),
        None if subject.balance.is_some() => "▫️",
        None => "⚪",
    };
    let level = alert.filter(|alert| alert.metric == Metric::CustomerBalance).map_or(level, |alert| alert.level);
    let what = match (subject.balance, alert.and_then(|alert| alert.unread_since)) {
        (Some(balance), None) => beside(balance, level, currency),
        (Some(last), Some(since)) => format!("last {}, not read since {}", say(last, currency), reader.at(since)),
        (None, Some(since)) => format!("not read since {}", reader.at(since)),
        (None, None) => "balance unknown".to_owned(),
    };
    let why = alert.and_then(|alert| match alert.metric {
        Metric::CustomerBurn => Some(figure::what(alert)),
        _ => alert.runway().map(runway::left),
    });
    let why = why.map(|why| format!(", {why}")).unwrap_or_default();
    let dormant = if alert.is_some_and(|alert| alert.is_dormant(reader.now)) { " · dormant" } else { "" };
    format!("{sign} {what}  {} {}{why}{dormant}", whose(subject), code(&subject.id.to_string()))
}

/// What makes a customer one that rules do not watch by default.
pub(super) fn notes(subject: &Subject) -> String {
    let notes = [(!subject.is_prepaid, "postpaid"), (!subject.is_active, "inactive"), (subject.auto_recharge, "auto-recharge")];
    notes.iter().filter(|(applies, _)| *applies).fold(String::new(), |text, (_, note)| text + " · " + note)
}
