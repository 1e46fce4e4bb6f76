//! One customer.

use std::fmt::Write as _;

use vobiz_core::accounts::Account;
use vobiz_core::alert::{Subject, Transition};
use vobiz_core::forecast::Runway;

use super::buttons::{button, refresh};
use super::{Reader, code, counted, escape, figure, name, runway, say, show, sign, whose};
use crate::ledger::TopUp;
use crate::spend::Spent;
use crate::store::Buttons;

/// What `/customer` shows.
pub(crate) struct Card<'a> {
    pub(crate) account: &'a Account,
    /// The customer as rules see it.
    pub(crate) subject: Option<&'a Subject>,
    /// How long the wallet lasts, where that can be forecast.
    pub(crate) runway: Option<&'a Runway>,
    /// The last money paid in, as far as the ledger was read.
    pub(crate) top_up: Option<TopUp>,
    pub(crate) alerts: Vec<&'a Transition>,
    /// What it spent since midnight, where its history tells.
    pub(crate) spent_today: Option<Spent>,
    /// The rules with levels of its own, each with these in words.
    pub(crate) own_levels: Vec<String>,
    /// Its telephone numbers, where they were asked for.
    pub(crate) numbers: Option<Numbers>,
}

/// A customer's telephone numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// How many there are, and how many of the first page are blocked.
    Known { count: u64, blocked: usize },
    /// Why they could not be read.
    Unknown(String),
}

impl Numbers {
    fn words(&self) -> String {
        match self {
            Self::Known { count: 0, .. } => "No telephone number".to_owned(),
            Self::Known { count, blocked } => {
                let blocked = if *blocked > 0 { format!(", {blocked} blocked") } else { String::new() };
                format!(
                    "{}{blocked}",
                    counted(usize::try_from(*count).unwrap_or(usize::MAX), "telephone number", "telephone numbers")
                )
            }
            Self::Unknown(why) => format!("⚪ Telephone numbers unknown: {}", escape(why)),
        }
    }
}

/// The buttons under a card: what can be looked at and done.
pub(crate) fn card_buttons(auth_id: &str, alert: Option<&Transition>) -> Buttons {
    let (mut act, mut look) = (Vec::new(), vec![button("Chart", &format!("/chart {auth_id} 7d"))]);
    if let Some(alert) = alert {
        let target = format!("{} {}", alert.subject.id, alert.rule);
        look.push(button("Why", &format!("/why {target}")));
        act = vec![button("Take", &format!("/take {target}")), button("Snooze", &format!("/mute {target}"))];
    }
    let rows = [
        act,
        look,
        vec![
            button("Levels", &format!("/thresholds {auth_id}")),
            button("Contact", &format!("/contact {auth_id}")),
            refresh("Refresh", &format!("/customer {auth_id}")),
        ],
    ];
    rows.into_iter().filter(|row| !row.is_empty()).collect()
}

/// How a customer is reached.
pub(crate) fn contact(account: &Account, email: Option<&str>, phone: Option<&str>) -> String {
    let known = |what: &str, value: Option<&str>| {
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        format!(
            "\n{what}: {}",
            value.map_or_else(|| "not known".to_owned(), |value| escape(&value.chars().take(80).collect::<String>()))
        )
    };
    format!("<b>{}</b>{}{}", name(account.name.as_deref(), &account.auth_id), known("E-mail", email), known("Phone", phone))
}

impl Card<'_> {
    pub(crate) fn text(&self, reader: &Reader) -> String {
        let row = Subject::of(self.account, None);
        let subject = self.subject.unwrap_or(&row);
        let currency = subject.currency.as_deref();
        let mut text = format!("<b>{}</b>", whose(subject));
        match subject.balance {
            Some(balance) => drop(write!(text, " has {}", show(balance, currency))),
            None => text.push_str(": balance unknown"),
        }
        if let Some(runway) = self.runway {
            let _ = write!(text, "\n{}; {}", capitalized(&runway::runs_dry(runway, reader)), runway::burning(runway, currency));
        }
        if let Some(top_up) = self.top_up {
            let _ = write!(text, "\nTopped up {} at {}", say(top_up.amount, currency), reader.at(top_up.at));
        }
        if let Some(spent) = self.spent_today {
            let _ = write!(text, "\nSpent {} today", say(spent.now, currency));
            if let Some((usual, days)) = spent.usual {
                let days = counted(days, "day", "days");
                let _ = write!(text, "; {} by this time on other days (median of {days})", say(usual, currency));
            }
        }
        for alert in &self.alerts {
            let (rule, since) = (escape(&alert.rule), reader.at(alert.since));
            let _ = write!(text, "\n{} {}: {}, {rule}, since {since}", sign(alert.severity), alert.severity, figure::what(alert));
        }
        for levels in &self.own_levels {
            let _ = write!(text, "\nOwn levels: {}", escape(levels));
        }
        text + &self.facts(subject, reader)
    }

    fn facts(&self, subject: &Subject, reader: &Reader) -> String {
        let account = self.account;
        let kind = if subject.is_prepaid { "prepaid" } else { "postpaid" };
        let state = if subject.is_active { "active" } else { "inactive" };
        let mut text = format!("\n{} · {kind} · {state}", code(&subject.id.to_string()));
        if subject.auto_recharge {
            text.push_str(" · auto-recharge");
        }
        if let Some(kyc) = &account.kyc_status {
            let _ = write!(text, " · KYC {}", escape(kyc));
        }
        let tier = account.pricing_tier.as_ref();
        if let Some((tier, rate)) = tier.and_then(|tier| Some((tier, tier.rate_per_minute?))) {
            let _ = write!(text, "\n{} a minute", show(rate, tier.currency.as_deref().or(subject.currency.as_deref())));
            if let Some(name) = &tier.name {
                let _ = write!(text, " ({})", escape(name));
            }
        }
        if let Some(numbers) = &self.numbers {
            let _ = write!(text, "\n{}", numbers.words());
        }
        if let Some(created) = account.created_at {
            let _ = write!(text, "\nCustomer since {}", created.with_timezone(&reader.zone).format("%-d %b %Y"));
        }
        text
    }
}

/// Several customers match a text.
pub(crate) fn several(count: usize, wanted: &str) -> String {
    let rest = if count > 10 { " The first ten are below; write more of the name to see others." } else { "" };
    format!("{count} customers match “{}”. Which one?{rest}", escape(wanted))
}

/// No customer matches a text.
pub(crate) fn no_customer(wanted: &str) -> String {
    format!(
        "No customer of yours has the id or a name like <code>{}</code>. Write a part of the name, or look in /customers.",
        escape(wanted)
    )
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
