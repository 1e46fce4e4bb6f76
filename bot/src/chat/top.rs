//! `/top`: who spends the most, with the share of all and the change since the days before.

use chrono::{Datelike as _, Days, NaiveDate};
use futures::{FutureExt as _, TryFutureExt as _};

use super::request::{Answer, Command, Refusal, Request};
use crate::messages;
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "top",
    about: "who spends the most: 7d, 30d or month",
    example: "/top 7d",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (span, from, to) = window(&request.arguments, request.today())?;
    let (service, length) = (request.service, Days::new(u64::try_from((to - from).num_days() + 1).unwrap_or(1)));
    let range = vobiz_core::DateRange::between(from, to);
    let name = format!("analytics {range:?}");
    let report = service.reports.since(
        request.needed(),
        &name,
        &service.clock,
        service.api.analytics(range).map_ok(vobiz_core::Answer::into_inner),
    );
    let (before, until) = (from.checked_sub_days(length).unwrap_or(from), from.pred_opt().unwrap_or(from));
    let now = service.api.top_customers(from, to, |_, _| {});
    let earlier = service.api.top_customers(before, until, |_, _| {});
    let ((read_at, report), now, earlier) = tokio::join!(report, now, earlier);
    let top = match now {
        Ok(top) => top,
        Err(error) => return Ok(Answer::text(messages::failure(&error))),
    };
    let total = report.ok().and_then(|report| report.calls.as_ref().and_then(|calls| calls.total_cost));
    let html = messages::top(&messages::Top {
        now: &top,
        before: earlier.as_ref().ok(),
        total,
        days: (from, to),
        days_before: (before, until),
    });
    Ok(Answer { as_of: Some(read_at), ..Answer::with(html, messages::top_buttons(span)) })
}

/// The days that the words name, and how that is written. Seven days are today and the six before it.
fn window(words: &[&str], today: NaiveDate) -> Result<(&'static str, NaiveDate, NaiveDate), String> {
    let days = |days: u64| today.checked_sub_days(Days::new(days - 1)).unwrap_or(today);
    match words {
        [] => Ok(("7d", days(7), today)),
        [one] => match one.to_ascii_lowercase().as_str() {
            "7d" => Ok(("7d", days(7), today)),
            "30d" => Ok(("30d", days(30), today)),
            "month" => Ok(("month", today.with_day(1).unwrap_or(today), today)),
            _ => Err(format!("“{one}” is not a span. Write /top 7d, /top 30d or /top month")),
        },
        [_, second, ..] => Err(format!("“{second}” is one word too many. Write /top 7d, /top 30d or /top month")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_ends_today_or_is_refused_with_what_to_write() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-05-12");
        for (words, from) in [("", "2026-05-06"), ("7D", "2026-05-06"), ("30d", "2026-04-13"), ("Month", "2026-05-01")] {
            let words: Vec<_> = words.split_whitespace().collect();
            let (_, begins, ends) = window(&words, today).unwrap();
            assert_eq!((begins, ends), (day(from), today), "{words:?}");
        }
        for (words, refusal) in
            [(vec!["year"], "“year” is not a span. Write /top 7d"), (vec!["7d", "now"], "“now” is one word too many")]
        {
            assert!(window(&words, today).unwrap_err().contains(refusal));
        }
    }
}
