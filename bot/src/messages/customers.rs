//! `/customers`: a customer on a line and on a button, a page at a time.

use std::fmt::Write as _;

use super::{Reader, choices, counted, failure, low, pages, runway, say, shortened, sign, whose};
use crate::snapshot::{Snapshot, WalletAhead};
use crate::store::Buttons;

/// Rows of one page: so many buttons fit a phone.
const PAGE: usize = 8;
/// Characters of a name on a button.
const LONGEST_LABEL: usize = 30;

/// One page, counted from 1, of the wallets in their order. `list` is the command that shows the first.
pub(crate) fn customers(
    snapshot: &Snapshot,
    wallets: &[WalletAhead],
    list: &str,
    page: usize,
    reader: &Reader,
) -> (String, Buttons) {
    if let Err(error) = snapshot.customers() {
        return (failure(error), super::again(list));
    }
    let pages_in_all = wallets.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages_in_all);
    let mut text = match wallets.len() {
        0 => "No customers".to_owned(),
        many => format!("<b>{}</b>, the first to run dry first", counted(many, "customer", "customers")),
    };
    let shown: Vec<_> = wallets.iter().skip((page - 1) * PAGE).take(PAGE).collect();
    for wallet in &shown {
        let _ = write!(text, "\n{}", row(snapshot, wallet, reader));
    }
    if snapshot.answers.cut.is_some() {
        text.push_str("\n⚪ The list was not read to its end: others are missing here.");
    }
    let of_wallet = |wallet: &&WalletAhead| {
        let auth_id = snapshot.auth_id(wallet)?;
        let name = snapshot.wallet(wallet).name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        Some((shortened(name.unwrap_or(auth_id), LONGEST_LABEL), format!("/customer {auth_id}")))
    };
    let mut buttons = choices(shown.iter().filter_map(of_wallet));
    buttons.extend(pages(list, page, pages_in_all));
    (text, buttons)
}

/// `🔴 Sharma Logistics: ₹412, empty in about 2 h`
fn row(snapshot: &Snapshot, wallet: &WalletAhead, reader: &Reader) -> String {
    let subject = snapshot.wallet(wallet);
    let worst = subject.customer().and_then(|auth_id| snapshot.alerts_of(auth_id).next());
    let balance = subject.balance.map(|balance| say(balance, subject.currency.as_deref().or(snapshot.currency())));
    let sign = match (worst, &balance) {
        (Some(alert), _) => sign(alert.severity),
        (None, Some(_)) => "▫️",
        (None, None) => "⚪",
    };
    let balance = balance.unwrap_or_else(|| "balance unknown".to_owned());
    let lasts = match &wallet.runway {
        _ if subject.is_prepaid && subject.balance.is_some_and(|balance| balance <= vobiz_core::Decimal::ZERO) => {
            ", empty".to_owned()
        }
        Some(runway) => format!(", {}", runway::left(runway)),
        None => String::new(),
    };
    let dormant = if worst.is_some_and(|alert| alert.is_dormant(reader.now)) { " · dormant" } else { "" };
    format!("{sign} {}: {balance}{lasts}{}{dormant}", whose(subject), low::notes(subject))
}
