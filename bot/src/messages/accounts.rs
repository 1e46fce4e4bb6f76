//! Wallets: the low ones, and one customer's.

use std::fmt::Write as _;

use vobiz_core::Decimal;
use vobiz_core::accounts::{Account, Wallet};
use vobiz_core::alert::{Alert, Subject};

use super::{Reader, beside, counted, escape, name, say, show, sign};
use crate::store::Buttons;

/// Rows of one page of a list.
const PAGE: usize = 20;

/// `/low`: one page, counted from 1, of the wallets under `level`, the emptiest first. Those that could not be read are named
/// as unknown. `list` is the command that shows the first page.
pub(crate) fn low(
    subjects: &[Subject],
    level: Decimal,
    currency: Option<&str>,
    (list, page): (&str, usize),
) -> (String, Buttons) {
    let said = say(level, currency);
    let mut under: Vec<_> =
        subjects.iter().filter_map(|subject| Some((subject.balance.filter(|balance| *balance < level)?, subject))).collect();
    under.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.id.cmp(&other.id)));
    let unread: Vec<_> = subjects.iter().filter(|subject| subject.balance.is_none()).collect();
    let mut text = match under.len() {
        0 => format!("🟢 Fine: no wallet of {} is under {said}", counted(subjects.len(), "customer", "customers")),
        many => format!(
            "🟠 <b>{} under {said}</b>, of {}",
            counted(many, "wallet", "wallets"),
            counted(subjects.len(), "customer", "customers")
        ),
    };
    if !unread.is_empty() && under.is_empty() {
        text = format!("⚪ <b>No wallet that could be read is under {said}</b>");
    }
    let under = under.iter().map(|(balance, subject)| {
        let own = subject.currency.as_deref().or(currency);
        format!("\n{}  {}{}", beside(*balance, level, own), named(subject), notes(subject))
    });
    let unread = unread.iter().map(|subject| format!("\n⚪ unknown  {}: its balance was not sent", named(subject)));
    let rows: Vec<String> = under.chain(unread).collect();
    let pages = rows.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    text.extend(rows.iter().skip((page - 1) * PAGE).take(PAGE).map(String::as_str));
    if page < pages {
        let _ = write!(text, "\n… and {} more: {list} #{}", rows.len() - page * PAGE, page + 1);
    }
    (text, super::pages(list, page, pages))
}

fn named(subject: &Subject) -> String {
    format!("{} <code>{}</code>", name(subject.name.as_deref(), &subject.id.to_string()), escape(&subject.id.to_string()))
}

/// What makes a customer one that rules do not watch.
fn notes(subject: &Subject) -> String {
    let notes = [(!subject.is_prepaid, "postpaid"), (!subject.is_active, "inactive"), (subject.auto_recharge, "auto-recharge")];
    notes.iter().filter(|(applies, _)| *applies).fold(String::new(), |text, (_, note)| text + " · " + note)
}

/// `/customer`: the account, its wallet as of now (or why that is not known), and the alerts that stand.
pub(crate) fn customer(
    account: &Account,
    wallet: Result<&Wallet, &vobiz_core::Error>,
    fallback: Option<&str>,
    alerts: &[(&str, &Alert)],
    reader: &Reader,
) -> String {
    let subject = Subject::of(account, fallback);
    let (balance, currency) = match wallet {
        Ok(wallet) => (wallet.balance, wallet.currency.as_deref().or(subject.currency.as_deref())),
        Err(_) => (None, subject.currency.as_deref()),
    };
    let mut text = format!("<b>{}</b>", name(subject.name.as_deref(), &subject.id.to_string()));
    match balance {
        Some(balance) => {
            let _ = write!(text, " has {}", show(balance, currency));
        }
        None => text.push_str(": balance unknown"),
    }
    if let Err(error) = wallet {
        let listed = subject
            .balance
            .map(|balance| format!(" The account's own row says {}.", show(balance, currency)))
            .unwrap_or_default();
        let _ = write!(text, "\n⚪ {}.{listed}", escape(&error.to_string()));
    }
    let kind = if subject.is_prepaid { "prepaid" } else { "postpaid" };
    let state = if subject.is_active { "active" } else { "inactive" };
    let _ = write!(text, "\n<code>{}</code> · {kind} · {state}", escape(&subject.id.to_string()));
    if subject.auto_recharge {
        text.push_str(" · auto-recharge");
    }
    if let Some(kyc) = &account.kyc_status {
        let _ = write!(text, " · KYC {}", escape(kyc));
    }
    let tier = account.pricing_tier.as_ref();
    if let Some((tier, rate)) = tier.and_then(|tier| Some((tier, tier.rate_per_minute?))) {
        let _ = write!(text, "\n{} a minute", show(rate, tier.currency.as_deref().or(currency)));
        if let Some(name) = &tier.name {
            let _ = write!(text, " ({})", escape(name));
        }
    }
    if let Some(created) = account.created_at {
        let _ = write!(text, "\nCustomer since {}", created.with_timezone(&reader.zone).format("%-d %b %Y"));
    }
    for (rule, alert) in alerts {
        if let Some(firing) = alert.firing {
            let _ = write!(
                text,
                "\n{} {}: {} since {}",
                sign(firing.severity),
                escape(rule),
                firing.severity,
                reader.at(firing.since)
            );
        }
    }
    text
}
