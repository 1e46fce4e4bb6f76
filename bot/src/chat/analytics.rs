//! `/analytics`: calls and cost of a window of days.

use chrono::NaiveDate;
use futures::{FutureExt as _, TryFutureExt as _};
use vobiz_core::{DateRange, time};

use super::request::{Answer, Command, Refusal, Request};
use crate::messages;
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "analytics",
    about: "calls and cost of some days: 7d, today, or FROM TO",
    example: "/analytics 7d",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

const EXAMPLE: &str = "Write /analytics 7d, /analytics 30d or /analytics 2026-04-01 2026-04-30";
/// Longest window, in days.
const LONGEST: u32 = 366;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let today = request.today();
    let days = window(&request.arguments, today)?;
    let (service, name) = (request.service, format!("analytics {days:?}"));
    let (read_at, report) = service
        .reports
        .since(request.needed(), &name, &service.clock, service.api.analytics(days).map_ok(vobiz_core::Answer::into_inner))
        .await;
    let text =
        report.map_or_else(|error| messages::failure(&error), |report| messages::analytics(&report, days, service.report_zone));
    let shown = [7, 30].into_iter().find(|length| DateRange::ending(today, *length) == days);
    Ok(Answer {
        as_of: request.shown_age(read_at),
        ..Answer::with(text, messages::reports(shown.map(|length| format!("/analytics {length}d")).as_deref()))
    })
}

/// The window that the words after the command name. `today` is the day where reports are cut.
fn window(words: &[&str], today: NaiveDate) -> Result<DateRange, String> {
    match words {
        [] => Ok(DateRange::ending(today, 30)),
        [one] => match one.to_ascii_lowercase().as_str() {
            "today" => Ok(DateRange::between(today, today)),
            "yesterday" => {
                let yesterday = today.pred_opt().unwrap_or(today);
                Ok(DateRange::between(yesterday, yesterday))
            }
            length
                if length
                    .strip_suffix('d')
                    .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())) =>
            {
                match length.trim_end_matches('d').parse() {
                    Ok(days @ 1..=LONGEST) => Ok(DateRange::ending(today, days)),
                    _ => Err(format!("“{one}” is not between 1d and {LONGEST}d. {EXAMPLE}")),
                }
            }
            number if number.len() <= 3 && number.bytes().all(|digit| digit.is_ascii_digit()) => {
                Err(format!("“{one}” is not a day. For the last {one} days: /analytics {one}d"))
            }
            _ => between(day(one)?, today, today),
        },
        // `7 days`
        [number, days] if ["day", "days"].iter().any(|word| days.eq_ignore_ascii_case(word)) => {
            window(&[&format!("{number}d")], today)
        }
        [from, to] => between(day(from)?, day(to)?, today),
        [_, _, third, ..] => Err(format!("“{third}” is one word too many. {EXAMPLE}")),
    }
}

fn between(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> Result<DateRange, String> {
    if from > today {
        return Err(format!("{from} is in the future: today is {today}. {EXAMPLE}"));
    }
    if from > to {
        return Err(format!("{from} comes after {to}. The other way round: /analytics {to} {from}"));
    }
    if to > today {
        return Err(format!("{to} is in the future: today is {today}. Up to today: /analytics {from} {today}"));
    }
    if (to - from).num_days() >= i64::from(LONGEST) {
        return Err(format!("{from} to {to} is more than {LONGEST} days. Ask for a year at a time."));
    }
    Ok(DateRange::between(from, to))
}

/// A day as it is written: 2026-04-30, or day first where the year tells which is which.
fn day(text: &str) -> Result<NaiveDate, String> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let written = match parts[..] {
        [day, month, year] if year.len() == 4 && day.len() <= 2 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    };
    time::parse_day(&written).ok_or_else(|| wrong_day(text, &written))
}

/// What is wrong with something that should be a day; for a day that its month does not have, the whole month.
fn wrong_day(text: &str, written: &str) -> String {
    let month = (written.len() == 10).then(|| written.get(..8).and_then(|month| time::parse_day(&format!("{month}01"))));
    let whole = month.flatten().and_then(|first| Some((first, first.checked_add_months(chrono::Months::new(1))?.pred_opt()?)));
    match whole {
        Some((first, last)) => {
            let name = first.format("%B");
            format!("{name} has {} days. For all of {name}: /analytics {first} {last}", last.format("%-d"))
        }
        None => format!("“{text}” is not a day; days are written 2026-04-30. {EXAMPLE}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<DateRange, String> {
        let today = NaiveDate::from_ymd_opt(2026, 5, 12).unwrap();
        window(&words.split_whitespace().collect::<Vec<_>>(), today)
    }

    #[test]
    fn every_way_to_write_a_window_is_understood() {
        let between = |from: &str, to: &str| DateRange::between(from.parse().unwrap(), to.parse().unwrap());
        for (words, from, to) in [
            ("", "2026-04-13", "2026-05-12"),
            ("7d", "2026-05-06", "2026-05-12"),
            ("7D", "2026-05-06", "2026-05-12"),
            ("today", "2026-05-12", "2026-05-12"),
            ("Yesterday", "2026-05-11", "2026-05-11"),
            ("7 days", "2026-05-06", "2026-05-12"),
            ("2026-05-01", "2026-05-01", "2026-05-12"),
            ("2026-01-01 2026-03-31", "2026-01-01", "2026-03-31"),
            ("30-04-2026", "2026-04-30", "2026-05-12"),
            ("1/4/2026 30.4.2026", "2026-04-01", "2026-04-30"),
        ] {
            assert_eq!(read(words), Ok(between(from, to)), "{words}");
        }
    }

    #[test]
    fn a_wrong_window_is_refused_with_what_to_write() {
        for (words, refusal) in [
            ("2026-04-31", "April has 30 days. For all of April: /analytics 2026-04-01 2026-04-30"),
            ("31-04-2026", "April has 30 days. For all of April: /analytics 2026-04-01 2026-04-30"),
            ("2025-02-29", "February has 28 days"),
            ("2026-04-30 2026-04-01", "2026-04-30 comes after 2026-04-01. The other way round: /analytics 2026-04-01 2026-04-30"),
            ("2026-06-01", "2026-06-01 is in the future: today is 2026-05-12"),
            ("2026-05-01 2026-06-01", "Up to today: /analytics 2026-05-01 2026-05-12"),
            ("tomorrow", "“tomorrow” is not a day"),
            ("7", "For the last 7 days: /analytics 7d"),
            ("0d", "“0d” is not between 1d and 366d"),
            ("99999999999d", "is not between 1d and 366d"),
            ("1 2 3", "one word too many"),
            ("2020-01-01 2026-01-01", "more than 366 days"),
            ("30-04-26", "“30-04-26” is not a day; days are written 2026-04-30"),
        ] {
            let refused = read(words).unwrap_err();
            assert!(refused.contains(refusal), "{words}: {refused}");
        }
    }
}
