//! The first line of `check` for people and monitoring: the state, why, and figures after a `|`, as monitoring plugins print them.

use vobiz_core::alert::Severity;

use super::{COULD_NOT_TELL, CRITICAL, FINE, Look, WARNING, tenths};
use crate::messages::{self, counted, terminal};
use crate::terminal as output;

/// Wallets that are named, the worst first.
const NAMED: usize = 3;
/// Characters of the line before the figures: monitoring systems cut longer ones.
const LONGEST: usize = 300;

impl Look {
    /// `VOBIZ CRITICAL - 1 wallet critical: Asha Traders ₹77 | wallets=40 low=5;;;0 critical=1;;;0 runway_min=3.5h`.
    ///
    /// Without customers there are no figures, and without a forecast there is no `runway_min`.
    pub(super) fn status_line(&self) -> String {
        let why = line(self.status(), &self.summary());
        match self.figures() {
            Some(figures) => format!("{why} | {figures}"),
            None => why,
        }
    }

    fn summary(&self) -> String {
        let wallets = self.snapshot.wallets();
        let mut parts = Vec::new();
        for severity in [Severity::Critical, Severity::Warning] {
            let count = wallets.iter().filter(|alert| alert.severity == severity).count();
            if count > 0 {
                parts.push(format!("{} {severity}", counted(count, "wallet", "wallets")));
            }
        }
        if let (Some(last), false) = (parts.last_mut(), wallets.is_empty()) {
            let worst = wallets
                .iter()
                .take(NAMED)
                .map(|alert| terminal(&format!("{} {}", messages::whose(&alert.subject), super::balance(alert))));
            let worst: Vec<String> = worst.collect();
            let more = if wallets.len() > NAMED { ", …" } else { "" };
            *last = format!("{last}: {}{more}", worst.join(", "));
        }
        parts.extend(self.snapshot.figures().map(|alert| format!("{} {}", alert.rule, alert.severity)));
        let no_data = self.snapshot.no_data().count();
        if no_data > 0 {
            parts.push(format!("{no_data} not judged"));
        }
        parts.extend(self.snapshot.answers.errors().map(ToString::to_string));
        if parts.is_empty() {
            parts.extend(self.doubts.iter().cloned());
        }
        if parts.is_empty() {
            let customers = self.snapshot.customers().map_or(0, <[_]>::len);
            parts.push(format!("no rule fires for any of {}", counted(customers, "customer", "customers")));
        }
        parts.join(", ")
    }

    fn figures(&self) -> Option<String> {
        let customers = self.snapshot.customers().ok()?;
        let critical = self.snapshot.wallets().iter().filter(|alert| alert.severity == Severity::Critical).count();
        let low = self.low().unwrap_or_default();
        let figures = format!("wallets={} low={low};;;0 critical={critical};;;0", customers.len());
        let hours = customers.iter().filter_map(|subject| self.snapshot.runway(subject)?.low).map(|span| span.hours);
        let runway = hours.min_by(f64::total_cmp).map(|least| format!(" runway_min={}h", tenths(least)));
        Some(figures + &runway.unwrap_or_default())
    }
}

/// The line of a result, without figures.
pub(super) fn line(status: u8, why: &str) -> String {
    let state = match status {
        FINE => "OK",
        WARNING => "WARNING",
        CRITICAL => "CRITICAL",
        _ => "UNKNOWN",
    };
    let why: String = without_bars(why).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    output::strip_control_chars(&format!("VOBIZ {state} - {why}"))
}

/// The line of a check that ended with an error.
pub(super) fn failed(error: &anyhow::Error) -> String {
    line(COULD_NOT_TELL, &format!("{error:#}"))
}

/// A `|` begins figures wherever it is: text has another character for it.
pub(super) fn without_bars(text: &str) -> String {
    text.replace('|', "¦")
}
