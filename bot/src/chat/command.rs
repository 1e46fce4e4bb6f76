//! What people type: commands and their arguments.

use chrono::NaiveDate;
use vobiz_core::{DateRange, Decimal, money, time};

/// Commands as people see them in the list, in the order of `/help`.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    ("summary", "how it stands: low wallets, yesterday, money"),
    ("low", "low wallets; /low 500 for those under ₹500"),
    ("customer", "one customer: /customer MA_XXXXXXXX"),
    ("dashboard", "balances and calls of the API's own period"),
    ("analytics", "calls and cost: /analytics 7d, 30d or FROM TO"),
    ("help", "this list"),
];

/// Longest window that `/analytics` takes, in days.
const LONGEST_WINDOW: u32 = 366;

/// Characters of the longest word that a command takes: an id.
const LONGEST_WORD: usize = 64;

/// A command that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Dashboard,
    Analytics(DateRange),
    /// Wallets under an amount, or under the warning level; the page of the list, counted from 1.
    Low {
        level: Option<Decimal>,
        page: usize,
    },
    Customer(String),
    Summary,
}

/// What a line of a chat is to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// Something to do.
    Command(Command),
    /// A command that was not understood: what was wrong, and an example.
    Wrong(String),
    /// Not for this bot.
    Talk,
}

/// Reads a line. `today` is the day where reports are cut; `bot` is the bot's own name, by which groups address it.
pub(crate) fn parse(text: &str, bot: &str, today: NaiveDate) -> Line {
    let mut words = text.split_whitespace();
    let Some(first) = words.next().and_then(|first| first.strip_prefix('/')) else { return Line::Talk };
    let (name, addressee) = first.split_once('@').map_or((first, None), |(name, to)| (name, Some(to)));
    if addressee.is_some_and(|to| !to.eq_ignore_ascii_case(bot)) {
        return Line::Talk;
    }
    // A message may be as long as an answer: what is repeated in one must be short.
    if let Some(long) = text.split_whitespace().find(|word| word.chars().count() > LONGEST_WORD) {
        let start: String = long.chars().take(20).collect();
        return Line::Wrong(format!("“{start}…” is longer than anything that stands there. /help shows what can be written."));
    }
    let arguments: Vec<&str> = words.collect();
    let read = match name.to_ascii_lowercase().as_str() {
        "start" | "help" => Ok(Command::Help),
        "dashboard" => none(&arguments, "/dashboard").map(|()| Command::Dashboard),
        "summary" => none(&arguments, "/summary").map(|()| Command::Summary),
        "analytics" => window(&arguments, today).map(Command::Analytics),
        "low" => low(&arguments),
        "customer" => customer(&arguments).map(Command::Customer),
        _ => Err(format!("/{name} is not a command here. /help lists those that are.")),
    };
    match read {
        Ok(command) => Line::Command(command),
        Err(wrong) => Line::Wrong(wrong),
    }
}

fn none(arguments: &[&str], command: &str) -> Result<(), String> {
    match arguments {
        [] => Ok(()),
        [first, ..] => Err(format!("{command} takes nothing after it, and “{first}” stood there. Write: {command}")),
    }
}

fn window(arguments: &[&str], today: NaiveDate) -> Result<DateRange, String> {
    const EXAMPLE: &str = "Write /analytics 7d, /analytics 30d or /analytics 2026-04-01 2026-04-30";
    match arguments {
        [] => Ok(DateRange::ending(today, 30)),
        [days]
            if days.ends_with(['d', 'D'])
                && days.len() > 1
                && days[..days.len() - 1].bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            match days[..days.len() - 1].parse() {
                Ok(days @ 1..=LONGEST_WINDOW) => Ok(DateRange::ending(today, days)),
                _ => Err(format!("“{days}” is not between 1d and {LONGEST_WINDOW}d. {EXAMPLE}")),
            }
        }
        [one] => match time::parse_day(one) {
            Some(from) => window_between(from, today, &format!("{from} comes after today ({today})")),
            None => Err(format!("{} {EXAMPLE}", wrong_day(one))),
        },
        [from, to] => {
            let day = |text: &str| time::parse_day(text).ok_or_else(|| format!("{} {EXAMPLE}", wrong_day(text)));
            let (from, to) = (day(from)?, day(to)?);
            window_between(from, to, &format!("{from} comes after {to}. Write them the other way round: /analytics {to} {from}"))
        }
        [_, _, third, ..] => Err(format!("“{third}” is one word too many. {EXAMPLE}")),
    }
}

fn window_between(from: NaiveDate, to: NaiveDate, swapped: &str) -> Result<DateRange, String> {
    if from > to {
        return Err(swapped.to_owned());
    }
    if (to - from).num_days() >= i64::from(LONGEST_WINDOW) {
        return Err(format!("{from} to {to} is longer than {LONGEST_WINDOW} days. Ask for a year at a time."));
    }
    Ok(DateRange::between(from, to))
}

/// What is wrong with something that should be a day; for a day that its month does not have, the whole month.
fn wrong_day(text: &str) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    let month = match parts[..] {
        [year, month, _] if text.len() == 10 => NaiveDate::parse_from_str(&format!("{year}-{month}-01"), "%Y-%m-%d").ok(),
        _ => None,
    };
    let Some(first) = month else { return format!("“{text}” is not a day; days are written 2026-04-30.") };
    let last = first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt());
    match last {
        Some(last) => format!(
            "{} has {} days. For all of {}: /analytics {first} {last}.",
            first.format("%B"),
            last.format("%-d"),
            first.format("%B")
        ),
        None => format!("“{text}” is not a day; days are written 2026-04-30."),
    }
}

/// `/low`, `/low 500`, and what the buttons under such a list carry: `/low 500 #2`.
fn low(arguments: &[&str]) -> Result<Command, String> {
    const EXAMPLE: &str = "Write /low, or /low 500 for those under ₹500";
    let (arguments, page) = match arguments {
        [rest @ .., last] if last.starts_with('#') => match last[1..].parse() {
            Ok(page @ 1..) => (rest, page),
            _ => return Err(format!("“{last}” is not a page; the second one is #2.")),
        },
        all => (all, 1),
    };
    match arguments {
        [] => Ok(Command::Low { level: None, page }),
        [amount] => {
            let digits = amount.trim_start_matches('₹').replace(',', "");
            match money::parse(&digits) {
                Ok(level) if level.abs() < Decimal::from(1_000_000_000_000_i64) => Ok(Command::Low { level: Some(level), page }),
                Ok(_) => Err(format!("“{amount}” is more money than there is. {EXAMPLE}")),
                Err(_) => Err(format!("“{amount}” is not an amount. {EXAMPLE}")),
            }
        }
        [_, second, ..] => Err(format!("“{second}” is one word too many. {EXAMPLE}")),
    }
}

fn customer(arguments: &[&str]) -> Result<String, String> {
    match arguments {
        [id] => Ok((*id).to_owned()),
        [] => Err("Which customer? Write its id: /customer MA_XXXXXXXX. /low shows the ids of those that are low.".to_owned()),
        _ => Err("An id is one word. Write /customer MA_XXXXXXXX".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Line {
        parse(text, "vobiz_bot", NaiveDate::from_ymd_opt(2026, 5, 12).unwrap())
    }

    fn between(from: &str, to: &str) -> Line {
        Line::Command(Command::Analytics(DateRange::between(from.parse().unwrap(), to.parse().unwrap())))
    }

    #[test]
    fn what_is_wrong_is_said_with_an_example() {
        for (text, words) in [
            ("/analytics 2026-04-31", "April has 30 days. For all of April: /analytics 2026-04-01 2026-04-30."),
            (
                "/analytics 2026-04-30 2026-04-01",
                "2026-04-30 comes after 2026-04-01. Write them the other way round: /analytics 2026-04-01 2026-04-30",
            ),
            ("/analytics yesterday", "“yesterday” is not a day"),
            ("/analytics 0d", "“0d” is not between 1d and 366d"),
            ("/analytics 99999999999d", "is not between 1d and 366d"),
            ("/analytics 1 2 3", "one word too many"),
            ("/analytics 2020-01-01 2026-01-01", "longer than 366 days"),
            ("/low lots", "“lots” is not an amount. Write /low, or /low 500 for those under ₹500"),
            ("/low 500 now", "“now” is one word too many"),
            ("/low 500 #0", "“#0” is not a page"),
            ("/low #99999999999999999999999", "is not a page"),
            ("/customer", "/customer MA_XXXXXXXX"),
            ("/dashboard today", "takes nothing after it"),
            ("/nonsense", "/nonsense is not a command here. /help lists"),
            (&format!("/low {}", "9".repeat(65)), "“99999999999999999999…” is longer than anything that stands there"),
            (&format!("/{}", "x".repeat(4000)), "“/xxxxxxxxxxxxxxxxxxx…” is longer"),
        ] {
            let Line::Wrong(said) = read(text) else { panic!("{text} was taken") };
            assert!(said.contains(words), "{text}: {said}");
        }
    }

    #[test]
    fn every_spelling_of_a_command_is_taken() {
        assert_eq!(read("/start"), Line::Command(Command::Help));
        assert_eq!(read(" /Dashboard@Vobiz_Bot "), Line::Command(Command::Dashboard));
        assert_eq!(read("/analytics 7d"), between("2026-05-06", "2026-05-12"));
        assert_eq!(read("/analytics"), between("2026-04-13", "2026-05-12"));
        assert_eq!(read("/analytics 2026-01-01 2026-03-31"), between("2026-01-01", "2026-03-31"));
        let level = Some("1500.50".parse().unwrap());
        assert_eq!(read("/low ₹1,500.50"), Line::Command(Command::Low { level, page: 1 }));
        assert_eq!(read("/low 1500.50 #3"), Line::Command(Command::Low { level, page: 3 }));
        assert_eq!(read("/low"), Line::Command(Command::Low { level: None, page: 1 }));
        assert_eq!(read("/low #2"), Line::Command(Command::Low { level: None, page: 2 }));
        assert_eq!(read("/customer MA_X"), Line::Command(Command::Customer("MA_X".into())));
        for other in ["hello", "/dashboard@other_bot", "", "  "] {
            assert_eq!(read(other), Line::Talk, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(text in "(/(analytics|low|customer|dashboard|start|x)?[ @])?\\PC{0,40}") {
            let _ = read(&text);
        }
    }
}
