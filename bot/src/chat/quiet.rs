//! `/quiet`: when only what cannot wait is sent to this chat; each day, or for some hours from now.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use futures::FutureExt as _;
use vobiz_core::time::parse_duration;

use super::hour;
use super::request::{Answer, Command, Refusal, Request};
use super::set::{serve, set};
use crate::config::Chat;
use crate::from_chat::{Hours, QUIET, QUIET_UNTIL};
use crate::messages::{self, button};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "quiet",
    about: "when only what cannot wait comes here: hours of each day, 2h, off",
    example: "/quiet 22:00-07:00",
    role: |words| if words.is_empty() { Role::Viewer } else { Role::Operator },
    answer: |request| answer(request).boxed(),
};

const FORMS: &str =
    "Write /quiet 22:00-07:00 for each day, /quiet 2h for now, /quiet off, or /quiet reset for what the file says";
/// The longest time of quiet from now.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    EachDay(NaiveTime, NaiveTime),
    For(TimeDelta),
    Off,
    Reset,
}

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let wanted = match request.arguments.as_slice() {
        [] => return Ok(show(request, request.chat)),
        // `22:00 - 07:00`
        words => read(&words.join(" "))?,
    };
    let _one_at_a_time = request.service.changes.lock().await;
    let before = messages::quiet(&request.chat.settings, &request.reader);
    let words = |after: String| (messages::terminal(&before), after);
    match wanted {
        Wanted::EachDay(from, to) => {
            let hours: Hours = Some((from, to));
            set(request, QUIET, Some(&hours), words(messages::each_day(from, to))).await?;
        }
        Wanted::For(time) => {
            let end = request.asked_at + time;
            set(request, QUIET_UNTIL, Some(&end), words(format!("until {}", request.reader.at(end)))).await?;
        }
        Wanted::Off | Wanted::Reset => {
            let after = if wanted == Wanted::Off { "off" } else { "as in the file" };
            let hours: Option<Hours> = (wanted == Wanted::Off).then_some(None);
            set(request, QUIET, hours.as_ref(), words(after.to_owned())).await?;
            if request.chat.settings.quiet_until.is_some_and(|end| end > request.asked_at) {
                set::<DateTime<Utc>>(request, QUIET_UNTIL, None, words(after.to_owned())).await?;
            }
        }
    }
    let now = serve(request).await?;
    Ok(Answer {
        toast: Some(format!("Quiet hours: {}", messages::terminal(&messages::quiet(&now.settings, &request.reader)))),
        ..show(request, &now)
    })
}

fn show(request: &Request<'_>, chat: &Chat) -> Answer {
    let shown = messages::quiet(&chat.settings, &request.reader);
    let is_set = chat.settings.quiet.is_some() || chat.settings.quiet_until.is_some_and(|end| end > request.asked_at);
    let meaning = if is_set {
        "Meanwhile a wallet that would be empty before they end still rings. The rest comes in one message at their end."
    } else {
        "Alerts ring at any hour."
    };
    let html = format!("<b>Quiet hours</b>: {shown}\n{meaning}");
    let buttons = vec![
        vec![button("2 h", "/quiet 2h"), button("8 h", "/quiet 8h"), button("Off", "/quiet off")],
        vec![button("‹ Settings", "/settings")],
    ];
    Answer::with(html, buttons)
}

fn read(word: &str) -> Result<Wanted, String> {
    match word.to_ascii_lowercase().as_str() {
        "off" => return Ok(Wanted::Off),
        "reset" => return Ok(Wanted::Reset),
        _ => {}
    }
    if let Some(time) = parse_duration(word) {
        return match TimeDelta::from_std(time) {
            Ok(time) if time > TimeDelta::zero() && time <= LONGEST => Ok(Wanted::For(time)),
            _ => Err(format!("It can be quiet for 24 hours from now at most, and “{word}” is not within that. {FORMS}.")),
        };
    }
    let wrong = || format!("“{word}” is neither two times of day nor a span. {FORMS}.");
    let (from, to) = word.split_once(" to ").or_else(|| word.split_once(['-', '–'])).ok_or_else(wrong)?;
    let times = hour::parse(from).zip(hour::parse(to)).filter(|(from, to)| from != to);
    times.map(|(from, to)| Wanted::EachDay(from, to)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_spans_and_their_end_are_read_or_refused() {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        for (word, wanted) in [
            ("22:00-07:00", Wanted::EachDay(time("22:00"), time("07:00"))),
            ("22:00–07:00", Wanted::EachDay(time("22:00"), time("07:00"))),
            ("22 - 7", Wanted::EachDay(time("22:00"), time("07:00"))),
            ("10pm to 7am", Wanted::EachDay(time("22:00"), time("07:00"))),
            ("2h", Wanted::For(TimeDelta::hours(2))),
            ("24h", Wanted::For(TimeDelta::hours(24))),
            ("OFF", Wanted::Off),
            ("reset", Wanted::Reset),
        ] {
            assert_eq!(read(word), Ok(wanted), "{word}");
        }
        for word in ["25h", "0h", "99999999d", "22:00", "22:00-22:00", "7-7am", "24:00-07:00", "tonight", ""] {
            assert!(read(word).unwrap_err().contains("/quiet 22:00-07:00"), "{word}");
        }
    }
}
