//! The board: who needs someone, the first to be empty on top.

use std::collections::HashMap;

use vobiz_core::alert::{Severity, SubjectId, Transition, Wants};

use super::{LONGEST_NAME, Reader, counted, escape, failure, figure, name, pages, runway, say, sign};
use crate::snapshot::Snapshot;
use crate::store::Buttons;

/// Rows of one page: so many fit a message, however long the names are.
const PAGE: usize = 10;

/// A board was deleted by somebody.
pub(crate) const BOARD_DELETED: &str = "The board of this chat was deleted, so it is not kept any more. /board makes a new one.";
/// A board was unpinned by somebody.
pub(crate) const BOARD_UNPINNED: &str =
    "The board of this chat was unpinned, so it is not kept any more. /board makes a new one.";
/// A board is there already.
pub(crate) const BOARD_IS_THERE: &str = "The board is pinned in this chat and is up to date. If it was deleted, a new one comes.";

/// A board could not be pinned.
pub(crate) fn board_is_not_pinned(why: &str) -> String {
    format!(
        "The board could not be pinned ({}). It is kept up to date all the same; to have it pinned, let the bot pin messages and \
         write /board after you deleted this one.",
        escape(why)
    )
}

/// A page of the board, counted from 1: its text without its time, its buttons, and which page it is. `done` says what somebody
/// did about an alert.
pub(crate) fn board(
    snapshot: &Snapshot,
    wants: &Wants,
    done: &dyn Fn(&Transition) -> Option<String>,
    page: usize,
    reader: &Reader,
) -> (String, Buttons, usize) {
    let reader = &Reader { now: snapshot.at, ..*reader };
    let is_wanted = |alert: &&Transition| alert.severity >= wants.least && wants.includes(&alert.subject);
    let figures = snapshot
        .figures()
        .filter(is_wanted)
        .map(|alert| format!("{} {}: {}{}", sign(alert.severity), figure::on_a_line(alert), alert.severity, note(alert, done)));
    let wallets: Vec<&Transition> = snapshot.wallets().into_iter().filter(is_wanted).collect();
    let mut left: HashMap<&SubjectId, &Transition> = wallets.iter().map(|alert| (&alert.subject.id, *alert)).collect();
    let listed = snapshot.by_time_to_empty().iter().map(|wallet| &snapshot.wallet(wallet).id);
    let mut ranked: Vec<&Transition> = listed.filter_map(|id| left.remove(id)).collect();
    // Those that the list leaves out now keep their order.
    ranked.extend(wallets.iter().filter(|alert| left.contains_key(&alert.subject.id)));
    let rows: Vec<String> = figures.chain(ranked.iter().map(|alert| row(snapshot, alert, done, reader))).collect();
    let all_pages = rows.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, all_pages);
    let mut lines = vec![head(snapshot, rows.len(), &wallets)];
    lines.extend(rows.into_iter().skip((page - 1) * PAGE).take(PAGE));
    lines.push(counts(snapshot));
    (lines.join("\n"), pages("/board", page, all_pages), page)
}

fn head(snapshot: &Snapshot, rows: usize, wallets: &[&Transition]) -> String {
    if let Err(error) = snapshot.customers() {
        return format!("{}\nAlerts that still fire, with the last balances:", failure(error));
    }
    let critical = wallets.iter().filter(|alert| alert.severity == Severity::Critical).count();
    match rows {
        0 => "🟢 <b>No alert fires</b>".to_owned(),
        _ if wallets.is_empty() => format!("<b>{}</b>", counted(rows, "alert fires", "alerts fire")),
        _ => {
            let need = if wallets.len() == 1 { "needs" } else { "need" };
            let many = counted(wallets.len(), "wallet", "wallets");
            format!("<b>{many} {need} money</b>: {critical} critical, {} warning", wallets.len() - critical)
        }
    }
}

/// `🔴 Sharma Logistics: ₹412, empty at about 02:10 (in 2 h)`
fn row(snapshot: &Snapshot, alert: &Transition, done: &dyn Fn(&Transition) -> Option<String>, reader: &Reader) -> String {
    let subject = &alert.subject;
    let who = name(subject.name.as_deref(), &subject.id.to_string());
    let balance = match (alert.unread_since, subject.balance) {
        (Some(since), Some(balance)) => {
            format!("{}, not read since {}", say(balance, subject.currency.as_deref()), reader.at(since))
        }
        (None, Some(balance)) => say(balance, subject.currency.as_deref()),
        (_, None) => "balance unknown".to_owned(),
    };
    let lasts = match snapshot.subject(&subject.id.to_string()).and_then(|subject| snapshot.runway(subject)) {
        _ if alert.is_empty() => ", EMPTY".to_owned(),
        Some(runway) => format!(", {}", runway::empty_at(&runway, reader)),
        None => String::new(),
    };
    let dormant = if alert.is_dormant(reader.now) { " · dormant" } else { "" };
    format!("{} {who}: {balance}{lasts}{dormant}{}", sign(alert.severity), note(alert, done))
}

fn note(alert: &Transition, done: &dyn Fn(&Transition) -> Option<String>) -> String {
    done(alert).map(|done| format!(" · {}", escape(&super::shortened(&done, LONGEST_NAME)))).unwrap_or_default()
}

/// What is not on a row: `42 others have no alert · 1 pending · 2 not read`
fn counts(snapshot: &Snapshot) -> String {
    let customers = &snapshot.observation.customers;
    let alerted = snapshot.wallets().len();
    let unread = customers.iter().filter(|subject| subject.balance.is_none()).count();
    let others = customers.len().saturating_sub(alerted);
    let pending = match snapshot.pending() {
        0 => String::new(),
        many => format!(" · {many} pending"),
    };
    let unread = if unread == 0 { String::new() } else { format!(" · {unread} not read") };
    format!("{} without an alert{pending}{unread}", counted(others, "customer", "customers"))
}
