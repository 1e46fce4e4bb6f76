//! What the bot says. Everything here is a pure function from figures to HTML as Telegram takes it.

mod absence;
mod alert;
mod board;
mod buttons;
mod chart;
mod chat;
mod customer;
mod customers;
mod day;
mod doubt;
mod figure;
mod levels;
mod list;
mod low;
mod month;
mod muted;
mod operation;
mod period;
mod report;
mod runway;
mod summary;
mod top;
mod why;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use vobiz_core::Decimal;
use vobiz_core::alert::{Severity, Subject};
use vobiz_core::{Error, money};

pub(crate) use absence::absence;
pub(crate) use alert::firing_row as alert_row;
pub(crate) use alert::{Notice, already_over, notice};
pub(crate) use board::{BOARD_DELETED, BOARD_IS_THERE, BOARD_UNPINNED, board, board_is_not_pinned};
pub(crate) use buttons::{
    again, alert as alert_buttons, alerts as alerts_buttons, button, choices, pages, reports, summary as summary_buttons,
};
pub(crate) use chart::{Caption, Course, answers_chart, chart_buttons, fleet_chart, no_history, top_chart, wallet_chart};
pub(crate) use chat::{daily, each_day, monthly, quiet, wants, weekly};
pub(crate) use customer::{Card, Numbers, card_buttons, contact, no_customer, several};
pub(crate) use customers::customers;
pub(crate) use day::{Books, Night, Spender, Spenders, shift};
pub(crate) use doubt::doubt;
pub(crate) use figure::on_a_line as figure;
pub(crate) use levels::{LevelQuestion, customer as level_customer, level, levels, rule};
pub(crate) use list::{List, alert_line, catch_up, data_health_line, storm};
pub(crate) use low::Low;
pub(crate) use month::{NotClosed, agreement, charged, not_closed};
pub(crate) use muted::{back, muted, over, was_over};
pub(crate) use operation::{
    NO_GLOBAL_LEDGER, NO_LEDGER, chat_accepts, chat_refuses, database_fails, database_works, oddities, updates_conflict,
};
pub(crate) use period::{PeriodData, period};
pub(crate) use report::{analytics, dashboard};
pub(crate) use runway::time as hours;
pub(crate) use summary::{SummaryData, alerts, summary};
pub(crate) use top::{Top, buttons as top_buttons, top};
pub(crate) use why::{Background, why};

/// Characters that one message holds, counted after the markup is taken off.
const LONGEST_MESSAGE: usize = 4096;
/// Characters that the caption of a picture holds, counted likewise.
const LONGEST_CAPTION: usize = 1024;
/// Characters of a customer's name that are shown.
const LONGEST_NAME: usize = 60;
/// Characters of a customer's id that are shown.
const LONGEST_ID: usize = 64;

/// Shown while an answer takes long.
pub(crate) const LOOKING: &str = "⏳ Still reading from the API…";
/// What takes its place where there is no answer.
pub(crate) const NOTHING_TO_SHOW: &str = "Nothing to show.";

/// Who reads: the time there, and now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) zone: Tz,
    pub(crate) now: DateTime<Utc>,
}

impl Reader {
    /// `02:55` of today, else with its day: `02:55 on Mon 11 May`.
    pub(crate) fn at(&self, instant: DateTime<Utc>) -> String {
        // The ends of the calendar have no local time in every zone.
        let day = TimeDelta::days(1);
        let instant = instant.clamp(DateTime::<Utc>::MIN_UTC + day, DateTime::<Utc>::MAX_UTC - day);
        let (local, today) = (instant.with_timezone(&self.zone), self.now.with_timezone(&self.zone).date_naive());
        let time = local.format("%H:%M");
        if local.date_naive() == today { time.to_string() } else { format!("{time} on {}", weekday(local.date_naive())) }
    }
}

/// `Mon 11 May`
pub(crate) fn weekday(day: NaiveDate) -> String {
    day.format("%a %-d %b").to_string()
}

/// Days as people say them: `April 2026` of a whole month, `12 Apr 2026` of one day, else `12 Apr–12 May 2026`, with both years
/// where they differ.
pub(crate) fn days(from: NaiveDate, to: NaiveDate) -> String {
    use chrono::Datelike as _;
    let ends_its_month = to.succ_opt().is_some_and(|next| next.day() == 1);
    if from.day() == 1 && ends_its_month && (from.year(), from.month()) == (to.year(), to.month()) {
        from.format("%B %Y").to_string()
    } else if from == to {
        from.format("%-d %b %Y").to_string()
    } else if from.year() == to.year() {
        format!("{}–{}", from.format("%-d %b"), to.format("%-d %b %Y"))
    } else {
        format!("{}–{}", from.format("%-d %b %Y"), to.format("%-d %b %Y"))
    }
}

/// `5 min`, `3 h`, `2 days`
pub(crate) fn span(time: TimeDelta) -> String {
    match time.num_minutes() {
        minutes @ ..120 => format!("{} min", minutes.max(0)),
        minutes @ 120..2880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    }
}

/// A text with the time of its figures.
pub(crate) fn dated(html: &str, at: DateTime<Utc>, reader: &Reader) -> String {
    format!("{html}\n\n<i>As of {}</i>", reader.at(at))
}

/// Text that cannot break the markup around it, add lines, or turn the direction of what follows.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            letter if letter.is_control() || letter == '\u{2028}' || letter == '\u{2029}' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A customer's name, shortened, escaped and between direction marks, so that a right-to-left name keeps the line in order; the
/// id where there is none.
pub(crate) fn name(name: Option<&str>, auth_id: &str) -> String {
    let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(auth_id);
    format!("\u{2068}{}\u{2069}", escape(&shortened(name, LONGEST_NAME)))
}

/// A customer's name, or else its id.
pub(crate) fn whose(subject: &Subject) -> String {
    name(subject.name.as_deref(), &subject.id.to_string())
}

/// A customer's id as it can be copied, shortened where no real id is as long.
pub(crate) fn code(auth_id: &str) -> String {
    format!("<code>{}</code>", escape(&shortened(auth_id, LONGEST_ID)))
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The text as a terminal shows it: without markup and direction marks.
pub(crate) fn terminal(html: &str) -> String {
    plain(html).replace(['\u{2068}', '\u{2069}'], "")
}

/// The text without its markup.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut is_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            letter if !is_tag => text.push(letter),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Cuts a long text at its line ends into messages that Telegram takes. Markup does not span lines here.
pub(crate) fn split(html: &str) -> Vec<String> {
    cut(html, LONGEST_MESSAGE)
}

/// The same, for a text that begins as the caption of a picture.
pub(crate) fn split_caption(html: &str) -> Vec<String> {
    cut(html, LONGEST_CAPTION)
}

/// Whether a text is one message.
pub(crate) fn is_one(html: &str) -> bool {
    plain(html).encode_utf16().count() <= LONGEST_MESSAGE
}

/// `first` is what the first part holds. A line that it does not hold loses its markup and is cut anywhere.
fn cut(html: &str, first: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut room = first;
    let mut add = |piece: &str, length: usize| {
        if length > room {
            parts.push(String::new());
            room = LONGEST_MESSAGE;
        }
        room = room.saturating_sub(length);
        if let Some(part) = parts.last_mut() {
            part.push_str(piece);
        }
    };
    for line in html.split_inclusive('\n') {
        let shown = plain(line);
        let length = shown.encode_utf16().count();
        if length <= first {
            add(line, length);
            continue;
        }
        let letters: Vec<char> = shown.trim_end_matches('\n').chars().collect();
        // A character counts as two at most.
        for piece in letters.chunks(LONGEST_CAPTION / 2) {
            let piece: String = piece.iter().collect();
            add(&escape(&piece), piece.encode_utf16().count());
        }
        if line.ends_with('\n') {
            add("\n", 1);
        }
    }
    parts.iter().map(|part| part.trim_end().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// An amount in full, for HTML: its currency is text from elsewhere.
pub(crate) fn show(amount: Decimal, currency: Option<&str>) -> String {
    escape(&money::show(amount, currency))
}

/// An amount as people say it, for HTML.
pub(crate) fn say(amount: Decimal, currency: Option<&str>) -> String {
    escape(&money::say(amount, currency))
}

/// The sign at the start of a message; the word is beside it.
pub(crate) fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🔴",
        Severity::Warning => "🟠",
    }
}

/// A balance beside its level: with paise where rounding would hide which side it is on.
pub(crate) fn beside(value: Decimal, level: Decimal, currency: Option<&str>) -> String {
    let text = say(value, currency);
    if text == say(level, currency) && value != level { show(value, currency) } else { text }
}

/// `84.8 %`
pub(crate) fn percent(rate: Decimal) -> String {
    format!("{:.1} %", rate.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
}

/// `+18 %`, `−5 %`, `unchanged`; nothing where there was nothing to compare with.
pub(crate) fn change(now: Decimal, before: Decimal) -> Option<String> {
    let percent = now.checked_sub(before)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before)?.round();
    Some(if percent.is_zero() {
        "unchanged".to_owned()
    } else if percent.is_sign_negative() {
        format!("−{} %", percent.abs())
    } else {
        format!("+{percent} %")
    })
}

/// `1 wallet`, `3 wallets`
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `1 call`, `1,03,058 calls`, `an unknown number of calls`
pub(crate) fn calls(number: Option<u64>, currency: Option<&str>) -> String {
    match number {
        Some(1) => "1 call".to_owned(),
        Some(number) => format!("{} calls", money::count(number, currency)),
        None => "an unknown number of calls".to_owned(),
    }
}

/// Something could not be read: what, why, and what is still true.
pub(crate) fn failure(error: &Error) -> String {
    format!("⚪ Unknown: could not {}", escape(&error.to_string()))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod primitives {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_cannot_break_or_fake_a_message() {
        assert_eq!(name(Some("<b>A & B</b>\n🟢 all fine"), "MA_X"), "\u{2068}&lt;b&gt;A &amp; B&lt;/b&gt; 🟢 all fine\u{2069}");
        assert_eq!(name(Some("  "), "MA_X"), "\u{2068}MA_X\u{2069}");
        assert_eq!(name(Some(&"x".repeat(100)), "MA_X").chars().count(), 63);
        assert_eq!(name(Some("\u{2069}\u{202e}شركة"), "MA_X"), "\u{2068}شركة\u{2069}");
        assert_eq!(code(&"M".repeat(5000)).chars().count(), 65 + "<code></code>".len());
    }

    #[test]
    fn days_are_written_as_people_say_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (from, to, shown) in [
            ("2026-04-01", "2026-04-30", "April 2026"),
            ("2028-02-01", "2028-02-29", "February 2028"),
            ("2026-04-01", "2026-04-29", "1 Apr–29 Apr 2026"),
            ("2026-04-12", "2026-04-12", "12 Apr 2026"),
            ("2026-04-01", "2026-05-31", "1 Apr–31 May 2026"),
            ("2025-12-29", "2026-01-04", "29 Dec 2025–4 Jan 2026"),
        ] {
            assert_eq!(days(day(from), day(to)), shown);
        }
    }

    #[test]
    fn a_balance_just_under_its_level_shows_that_it_is() {
        let read = |text: &str| money::parse(text).unwrap();
        assert_eq!(beside(read("1999.60"), read("2000"), Some("INR")), "₹1,999.60");
        assert_eq!(beside(read("1300.00000"), read("2000"), Some("INR")), "₹1,300");
    }

    proptest! {
        #[test]
        fn what_is_escaped_reads_as_it_was(text in "[ -~₹éà]{0,80}") {
            prop_assert_eq!(plain(&escape(&text)), text);
        }

        #[test]
        fn parts_are_short_enough_and_lose_nothing(lines in prop::collection::vec("[a-z<&]{0,300}", 0..60)) {
            let html = lines.iter().map(|line| format!("<b>{}</b>", escape(line))).collect::<Vec<_>>().join("\n");
            let parts = split(&html);
            prop_assert!(parts.iter().all(|part| plain(part).encode_utf16().count() <= LONGEST_MESSAGE));
            let words = |text: &str| plain(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&parts.join("\n")), words(&html));
        }
    }
}
