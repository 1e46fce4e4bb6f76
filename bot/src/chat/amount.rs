//! Amounts as people type them: `₹1,500.50`, `1,00,000`, `5k`, `1.5L`.

use vobiz_core::{Decimal, money};

/// Larger amounts are typing errors.
const LARGEST: i64 = 1_000_000_000_000;

/// What amounts are counted in. A word comes before its last letters.
const TIMES: [(&str, i64); 7] = [
    ("crore", 10_000_000),
    ("cr", 10_000_000),
    ("lakh", 100_000),
    ("lac", 100_000),
    ("l", 100_000),
    ("thousand", 1_000),
    ("k", 1_000),
];

/// Reads an amount. Else says what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Decimal, String> {
    let bare = text.trim_start_matches('₹').trim_start().to_lowercase();
    let times = TIMES.iter().find_map(|(word, times)| Some((bare.strip_suffix(word)?.trim_end(), *times)));
    let (digits, times) = times.unwrap_or((&bare, 1));
    let whole = digits.split('.').next().unwrap_or_default();
    // In grouped digits the last group has three; anything else is a decimal comma.
    if let Some((start, last)) = whole.rsplit_once(',')
        && (last.len() != 3 || start.is_empty())
    {
        let dotted = format!("{}.{last}", start.replace(',', ""));
        return Err(format!("“{text}” has a comma in an unusual place. Decimals are written with a dot: {dotted}."));
    }
    let amount = money::parse(&digits.replace(',', "")).ok().and_then(|amount| amount.checked_mul(Decimal::from(times)));
    match amount {
        Some(amount) if amount.abs() < Decimal::from(LARGEST) => Ok(amount.normalize()),
        Some(_) => Err(format!("“{text}” is too large for an amount.")),
        None => Err(format!("“{text}” is not an amount.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_amount_is_understood() {
        for (text, amount) in [
            ("500", "500"),
            ("₹1,500.50", "1500.5"),
            ("1,00,000", "100000"),
            ("5k", "5000"),
            ("1.5L", "150000"),
            ("-20", "-20"),
            ("₹2K", "2000"),
            ("₹ 2,500", "2500"),
            ("1.5 lakh", "150000"),
            ("2Cr", "20000000"),
            ("2crore", "20000000"),
        ] {
            assert_eq!(parse(text), Ok(amount.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        for (text, words) in [
            ("12,50", "Decimals are written with a dot: 12.50"),
            ("1,5", "written with a dot: 1.5"),
            ("lots", "“lots” is not an amount"),
            ("k", "not an amount"),
            ("", "not an amount"),
            ("99999999999999L", "too large"),
        ] {
            let refusal = parse(text).unwrap_err();
            assert!(refusal.contains(words), "{text}: {refusal}");
        }
    }
}
