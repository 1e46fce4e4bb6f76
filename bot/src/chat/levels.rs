//! Levels as people type them: `warning 5000 critical 1000`, `runway 6h working`, `reset`.

use vobiz_core::Decimal;
use vobiz_core::alert::{Levels, Metric};
use vobiz_core::time::parse_duration;

use super::amount;

/// What can be written.
pub(super) const FORMS: &str = "Write /thresholds MA_XXXXXXXX warning 5000 critical 1000, /thresholds MA_XXXXXXXX runway 6h \
                                working or /thresholds MA_XXXXXXXX reset";

/// Words of the longest amount: `₹ 2 lakh`.
const LONGEST_AMOUNT: usize = 3;

/// What is asked about the levels of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The id or name, as it was typed.
    pub(super) who: String,
    pub(super) what: What,
    /// What was typed after it, without the mark of a button.
    pub(super) rest: String,
    /// Of a button that applies what was asked: when the levels that it would replace were set, in microseconds.
    pub(super) applies: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Show,
    Reset,
    Set(Wanted),
}

/// Levels that somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `customer.balance` or `customer.runway`.
    pub(super) metric: Metric,
    pub(super) levels: Levels,
    /// Whether they are working hours.
    pub(super) in_working_hours: bool,
}

/// Whether these words after the command only show levels.
pub(super) fn only_shows(words: &[&str]) -> bool {
    let is_page = words.iter().all(|word| word.starts_with('#'));
    is_page || matches!(read(words), Ok(Asked { what: What::Show, .. }))
}

/// Reads the words after the command; the first is always a part of the customer's id or name.
pub(super) fn read(words: &[&str]) -> Result<Asked, String> {
    let is_key = |word: &&str| ["warning", "critical", "runway", "reset"].iter().any(|key| word.eq_ignore_ascii_case(key));
    let start = words.iter().skip(1).position(is_key).map_or(words.len(), |place| place + 1);
    let (who, rest) = words.split_at(start);
    let (rest, applies) = match rest {
        [rest @ .., "apply", at] => match at.parse() {
            Ok(at) => (rest, Some(at)),
            Err(_) => return Err(format!("“{at}” is one word too many. {FORMS}.")),
        },
        rest => (rest, None),
    };
    let what = match rest {
        [] => What::Show,
        [one] if one.eq_ignore_ascii_case("reset") => What::Reset,
        [one, second, ..] if one.eq_ignore_ascii_case("reset") => {
            return Err(format!("“{second}” is one word too many. {FORMS}."));
        }
        [one, of_runway @ ..] if one.eq_ignore_ascii_case("runway") => What::Set(runway(of_runway)?),
        of_balance => What::Set(balance(of_balance)?),
    };
    Ok(Asked { who: who.join(" "), what, rest: rest.join(" "), applies })
}

/// `warning 5000 critical 1000`, either or both.
fn balance(words: &[&str]) -> Result<Wanted, String> {
    let mut levels = Levels::default();
    let mut left = words;
    while let [word, behind @ ..] = left {
        let place = place(&mut levels, word)?;
        let [one, ..] = behind else { return Err(format!("How much? After {word} comes an amount. {FORMS}.")) };
        // `₹ 5000`, `2 lakh`: as many words as are an amount.
        let several = (2..=behind.len().min(LONGEST_AMOUNT)).rev().find_map(|count| {
            let amount = amount::parse(&behind[..count].join(" ")).ok()?;
            Some((amount, count))
        });
        let (level, count) = match several {
            Some(read) => read,
            None => (amount::parse(one).map_err(|wrong| format!("{wrong} {FORMS}."))?, 1),
        };
        if level <= Decimal::ZERO {
            return Err(format!("“{}” is no level: it must be more than 0. {FORMS}.", behind[..count].join(" ")));
        }
        *place = Some(level);
        left = &behind[count..];
    }
    Ok(Wanted { metric: Metric::CustomerBalance, levels, in_working_hours: false })
}

/// `6h working`, `warning 6h critical 1h`.
fn runway(words: &[&str]) -> Result<Wanted, String> {
    const EXAMPLE: &str = "Write /thresholds MA_XXXXXXXX runway 6h working, or runway warning 6h critical 1h working";
    let mut levels = Levels::default();
    let mut in_working_hours = false;
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("working") && levels != Levels::default() {
            in_working_hours = true;
            continue;
        }
        let (key, time) = match parse_duration(word) {
            Some(time) => ("warning", Some(time)),
            None => (*word, words.next_if(|_| true).and_then(|time| parse_duration(time))),
        };
        let is_level = ["warning", "critical"].iter().any(|known| key.eq_ignore_ascii_case(known));
        let Some(time) = time.filter(|time| is_level && !time.is_zero()) else {
            return Err(format!("“{word}” is not followed by a time such as 6h. {EXAMPLE}."));
        };
        *place(&mut levels, key)? = Some(Decimal::from(time.as_secs()) / Decimal::from(3600));
    }
    if levels == Levels::default() {
        return Err(format!("How long? {EXAMPLE}."));
    }
    Ok(Wanted { metric: Metric::CustomerRunway, levels, in_working_hours })
}

/// Where the level of that name goes.
fn place<'a>(levels: &'a mut Levels, name: &str) -> Result<&'a mut Option<Decimal>, String> {
    let place = match name.to_ascii_lowercase().as_str() {
        "warning" => &mut levels.warning,
        "critical" => &mut levels.critical,
        _ => return Err(format!("“{name}” is neither warning nor critical. {FORMS}.")),
    };
    if place.is_some() {
        return Err(format!("“{name}” is there twice; write it once. {FORMS}."));
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Asked, String> {
        read(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[test]
    fn levels_are_read_in_every_form() {
        let level = |text: &str| (text != "-").then(|| text.parse::<Decimal>().unwrap());
        for (line, warning, critical) in [
            ("MA_X warning 5000 critical 1000", "5000", "1000"),
            ("ma_x CRITICAL ₹1,000", "-", "1000"),
            ("Sharma Logistics warning 1.5L", "150000", "-"),
            ("MA_X warning 5k critical 1,00,000.50", "5000", "100000.5"),
            ("MA_X warning 2 lakh critical ₹ 5000", "200000", "5000"),
            ("MA_X warning ₹ 2 lakh", "200000", "-"),
        ] {
            let What::Set(wanted) = read_line(line).unwrap().what else { panic!("{line}") };
            assert_eq!((wanted.levels.warning, wanted.levels.critical), (level(warning), level(critical)), "{line}");
        }
        for (line, warning, critical, working) in [
            ("MA_X runway 6h working", "6", "-", true),
            ("MA_X runway 36h", "36", "-", false),
            ("MA_X runway warning 6h critical 90m working", "6", "1.5", true),
            ("MA_X runway 6h working critical 1h working", "6", "1", true),
        ] {
            let What::Set(wanted) = read_line(line).unwrap().what else { panic!("{line}") };
            let expected = (Metric::CustomerRunway, level(warning), level(critical), working);
            assert_eq!(
                (wanted.metric, wanted.levels.warning, wanted.levels.critical, wanted.in_working_hours),
                expected,
                "{line}"
            );
        }
        assert_eq!(read_line("Sharma Logistics").unwrap().who, "Sharma Logistics");
        assert_eq!(read_line("Reset reset").unwrap().what, What::Reset, "the first word is a name");
        let applied = read_line("MA_X warning 5000 apply 17").unwrap();
        assert_eq!((applied.rest.as_str(), applied.applies), ("warning 5000", Some(17)));
    }

    #[test]
    fn what_is_no_level_is_refused_with_what_to_write() {
        for (line, words) in [
            ("MA_X warning", "After warning comes an amount"),
            ("MA_X warning lots", "“lots” is not an amount"),
            ("MA_X warning 12,50", "Decimals are written with a dot: 12.50"),
            ("MA_X warning 0", "must be more than 0"),
            ("MA_X critical -5", "must be more than 0"),
            ("MA_X warning 5 warning 6", "“warning” is there twice"),
            ("MA_X warning 5 please 6", "“please” is neither warning nor critical"),
            ("MA_X reset now", "“now” is one word too many"),
            ("MA_X warning 5 apply now", "“now” is one word too many"),
            ("MA_X runway", "How long?"),
            ("MA_X runway soon", "“soon” is not followed by a time"),
            ("MA_X runway 0h", "is not followed by a time"),
            ("MA_X runway working", "is not followed by a time"),
        ] {
            let refusal = read_line(line).unwrap_err();
            assert!(refusal.contains(words) && refusal.contains("/thresholds MA_XXXXXXXX"), "{line}: {refusal}");
        }
    }
}
