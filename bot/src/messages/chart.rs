//! What pictures show, in words: their titles, which are in the caption too.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use vobiz_core::Decimal;
use vobiz_core::alert::Subject;
use vobiz_core::dashboard::Report;
use vobiz_core::forecast::Runway;
use vobiz_core::top::{Spender, TopCustomers};

use super::buttons::{button, refresh};
use super::{Reader, change, counted, days, escape, name, percent, runway, say, weekday, whose};
use crate::store::Buttons;

/// A picture's caption, and what is written in the picture itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Caption {
    /// What the picture shows, without whose wallet it is.
    pub(crate) finding: String,
    /// The span, as the picture and the caption have it.
    pub(crate) span: String,
    pub(crate) html: String,
}

/// What happened to a balance over a span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// The first instant that is shown.
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    /// Whether nothing is known of earlier times.
    pub(crate) is_beginning: bool,
    /// The first and the last balance.
    pub(crate) first: Decimal,
    pub(crate) last: Decimal,
    pub(crate) money_in: Option<(usize, Decimal)>,
}

impl Course {
    /// `5 May 09:00 to 12 May 02:55`, and why it is not more.
    fn span(&self, reader: &Reader) -> String {
        let at = |instant: DateTime<Utc>| instant.with_timezone(&reader.zone).format("%-d %b %H:%M").to_string();
        let start = if self.is_beginning { ", all that is recorded" } else { "" };
        format!("{} to {}{start}", at(self.from), at(self.to))
    }

    /// `down ₹3,400`, `up ₹200`, `unchanged`
    fn change(&self, currency: Option<&str>) -> String {
        let change = self.last.saturating_sub(self.first);
        let amount = vobiz_core::money::say(change.abs(), currency);
        match change.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Less => format!("down {amount}"),
            std::cmp::Ordering::Equal => "unchanged".to_owned(),
            std::cmp::Ordering::Greater => format!("up {amount}"),
        }
    }
}

/// The picture of one wallet.
pub(crate) fn wallet_chart(subject: &Subject, runway: Option<&Runway>, course: &Course, reader: &Reader) -> Caption {
    let currency = subject.currency.as_deref();
    let empty = subject.balance.is_some_and(|balance| balance <= Decimal::ZERO);
    let finding = match runway {
        _ if empty => format!("is empty: {}", vobiz_core::money::say(course.last, currency)),
        Some(runway) => runway::runs_dry(runway, reader),
        None => format!("has {}, {}", vobiz_core::money::say(course.last, currency), course.change(currency)),
    };
    let span = course.span(reader);
    let mut lines = vec![format!("<b>{} {}</b>", whose(subject), escape(&finding))];
    let money_in =
        course.money_in.map(|(count, sum)| format!(", {} of {}", counted(count, "top-up", "top-ups"), say(sum, currency)));
    lines.push(format!(
        "{} left, {} in this time{}",
        say(course.last, currency),
        escape(&course.change(currency)),
        money_in.unwrap_or_default()
    ));
    match runway {
        Some(_) if !empty => {
            lines.push("The area is the forecast: in one case of ten less is left, in one case of ten more.".to_owned());
        }
        Some(_) => {}
        None => lines.push("No forecast: too little is known of this wallet yet, or it spends nothing.".to_owned()),
    }
    lines.push(span.clone());
    Caption { finding, span, html: lines.join("\n") }
}

/// The picture of all wallets together.
pub(crate) fn fleet_chart(course: &Course, currency: Option<&str>, wallets: i64, others: &[String], reader: &Reader) -> Caption {
    let wallets = counted(usize::try_from(wallets).unwrap_or(usize::MAX), "wallet", "wallets");
    let by = change(course.last, course.first).map(|by| format!(" ({by})")).unwrap_or_default();
    let finding = format!("{wallets}: {}, {}{by}", vobiz_core::money::say(course.last, currency), course.change(currency));
    let span = course.span(reader);
    let mut html = format!("<b>{}</b>\n{span}", escape(&finding));
    if !others.is_empty() {
        html = format!("{html}\nWallets in {} are not in the picture.", escape(&others.join(", ")));
    }
    Caption { finding, span, html }
}

/// The picture of the answer rate, from the first day that is shown to today, which is not over and never called unusual.
pub(crate) fn answers_chart(
    report: &Report,
    (from, today): (NaiveDate, NaiveDate),
    usual: Option<&RangeInclusive<Decimal>>,
) -> Caption {
    let shown = report.time_series.iter().filter(|day| (from..today).contains(&day.date));
    let rates: Vec<_> = shown.filter_map(|day| Some((day.date, day.answer_rate()?))).collect();
    let outside: Vec<_> = rates.iter().filter(|(_, rate)| usual.is_some_and(|usual| !usual.contains(rate))).collect();
    let finding = match (usual, outside.as_slice()) {
        _ if rates.is_empty() => "No day with calls was reported".to_owned(),
        (None, _) => format!("Answer rate of {}", counted(rates.len(), "day", "days")),
        (Some(_), []) => format!("Answer rate as usual on {}", counted(rates.len(), "day", "days")),
        (Some(_), [(day, rate)]) => format!("Answer rate unusual on {}: {}", weekday(*day), percent(*rate)),
        (Some(_), many) => format!("Answer rate unusual on {} of {}", many.len(), counted(rates.len(), "day", "days")),
    };
    let span = format!("{}, days as the API counts them; today is not over", days(from, today));
    let mut html = format!("<b>{finding}</b>");
    for (day, rate) in outside.iter().take(10) {
        html = format!("{html}\n{}: {}", weekday(*day), percent(*rate));
    }
    let usual = usual.map_or_else(
        || "What is usual is not known yet: fewer than 8 days were reported.".to_owned(),
        |usual| format!("Usual: {}–{}", percent(*usual.start()), percent(*usual.end())),
    );
    Caption { html: format!("{html}\n{usual}\n{span}"), finding, span }
}

/// The picture of who spends the most, and the words beside each bar.
pub(crate) fn top_chart(
    top: &TopCustomers,
    total: Option<Decimal>,
    (from, to): (NaiveDate, NaiveDate),
) -> (Caption, Vec<(&Spender, String)>) {
    let span = format!("{}; today is not over", days(from, to));
    let spenders: Vec<_> = top.customers.iter().filter(|spender| spender.cost.is_some_and(|cost| cost > Decimal::ZERO)).collect();
    // Bars of one picture have one currency.
    let currency = spenders.first().and_then(|first| first.currency.as_deref());
    let rows = spenders.iter().filter(|spender| spender.currency.as_deref() == currency);
    let rows: Vec<_> = rows
        .map(|spender| {
            let cost = spender.cost.unwrap_or_default();
            let share = share(cost, total).map(|share| format!(", {}", percent(share))).unwrap_or_default();
            (*spender, format!("{}{share}", vobiz_core::money::say(cost, currency)))
        })
        .collect();
    let Some((first, _)) = rows.first() else {
        let html = format!("<b>Nobody spent anything</b>, {span}");
        return (Caption { finding: String::new(), span, html }, rows);
    };
    let of = share(first.cost.unwrap_or_default(), total).map(|share| format!(": {} of all", percent(share))).unwrap_or_default();
    let plain = first.name.as_deref().unwrap_or(&first.auth_id);
    let mut html = format!("<b>{} spends the most{of}</b>\n{span}", name(first.name.as_deref(), &first.auth_id));
    if !top.failures.is_empty() {
        html = format!("{html}\n⚪ {} could not be read.", counted(top.failures.len(), "customer", "customers"));
    }
    (Caption { finding: format!("{plain} spends the most{of}"), span, html }, rows)
}

/// A part of a sum in percent; `None` where it is more than the whole.
pub(super) fn share(part: Decimal, total: Option<Decimal>) -> Option<Decimal> {
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(total?)?;
    (share <= Decimal::ONE_HUNDRED).then_some(share)
}

/// No picture of a wallet yet.
pub(crate) fn no_history(whose: &str, begun: Option<DateTime<Utc>>, reader: &Reader) -> String {
    let since = match begun {
        Some(begun) => format!("recording began at {}", reader.at(begun)),
        None => "nothing was recorded in this time".to_owned(),
    };
    format!("No picture of {whose} yet: {since}. Ask again after the next polls; /customer shows the present balance.")
}

/// Under a picture: the other span, and where to look closer.
pub(crate) fn chart_buttons(what: &str, shown: u32, customer: Option<&str>) -> Buttons {
    let command = |days: u32| format!("/chart {what} {days}d");
    let span = |days: u32| {
        let text = format!("{days} days");
        if days == shown { refresh(&text, &command(days)) } else { button(&text, &command(days)) }
    };
    let mut row = vec![span(7), span(30)];
    row.extend(customer.map(|id| button("Customer", &format!("/customer {id}"))));
    vec![row]
}
