//! Durations as people write them.

use std::time::Duration;

use anyhow::{Context, bail};

/// Reads `90s`, `5m`, `24h`, `7d` or `1h30m`.
pub(crate) fn parse(text: &str) -> anyhow::Result<Duration> {
    let wrong = || format!("{text:?} is not a duration such as 90s, 5m, 24h or 7d");
    let mut total: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        bail!(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).with_context(wrong)?;
        let number: u64 = rest[..digits].parse().with_context(wrong)?;
        let seconds = match rest.as_bytes().get(digits) {
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3_600,
            Some(b'd') => 86_400,
            _ => bail!(wrong()),
        };
        total = number.checked_mul(seconds).and_then(|part| total.checked_add(part)).with_context(wrong)?;
        rest = &rest[digits + 1..];
    }
    Ok(Duration::from_secs(total))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("5m", 300), ("24h", 86_400), ("7d", 604_800), ("1h30m", 5_400)] {
            assert_eq!(parse(text).expect(text).as_secs(), seconds);
        }
        for text in ["", "5", "m", "1.5h", "-5m", "5 weeks", "99999999999999999999d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
