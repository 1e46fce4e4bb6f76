//! Times of day as people type them: `09:00`, `9am`, `9.30 pm`, `21`.

use chrono::NaiveTime;

/// Reads a time of day; `None` where it is none.
pub(super) fn parse(text: &str) -> Option<NaiveTime> {
    let text = text.trim().to_lowercase();
    let halves = [("am", 0), ("pm", 12)];
    let half = halves.iter().find_map(|(word, hours)| Some((text.strip_suffix(word)?.trim_end(), *hours)));
    let (digits, is_half) = (half.map_or(text.as_str(), |(digits, _)| digits), half.is_some());
    let number = |digits: &str| {
        let is_short = (1..=2).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_short.then(|| digits.parse::<u32>().ok()).flatten()
    };
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (number(hour)?, number(minute)?),
        Some(_) => return None,
        None => (number(digits)?, 0),
    };
    let hour = match half {
        Some((_, hours)) if (1..=12).contains(&hour) => hour % 12 + hours,
        _ if is_half => return None,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_understood_and_no_other() {
        for (text, time) in [
            ("09:00", "09:00"),
            ("9", "09:00"),
            ("9am", "09:00"),
            ("9.30 PM", "21:30"),
            ("12am", "00:00"),
            ("12pm", "12:00"),
            ("21", "21:00"),
            ("0:05", "00:05"),
        ] {
            assert_eq!(parse(text), NaiveTime::parse_from_str(time, "%H:%M").ok(), "{text}");
        }
        for text in ["", "am", "24", "25:00", "13pm", "0am", "9:5", "9:60", "-1", "9h", "nine", "９", "1:2:3"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
