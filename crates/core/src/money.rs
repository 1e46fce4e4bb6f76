//! Exact amounts: read from any spelling, shown the way their currency is written.
//!
//! An amount is a [`Decimal`] from the wire to the screen. Reading never rounds: what a `Decimal`
//! cannot hold exactly is an error.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// How many significant digits an amount can have.
const DIGITS: u32 = 28;
/// How many of them can stand behind the point.
const SCALE: u32 = 28;

/// Why a text is not an amount. Says nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountError {
    /// Not written as a number, or with signs that no number has here, such as a comma.
    NotANumber,
    /// More digits than can be held exactly.
    TooPrecise,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not an amount; write it as 1234.50",
            Self::TooPrecise => "more than 28 digits, which cannot be held exactly",
        })
    }
}

impl std::error::Error for AmountError {}

/// Reads an amount exactly: `18450.5`, `-0.10`, `1e2`. The scale is kept, so `1300.00000` shows all its zeros.
///
/// # Errors
///
/// [`AmountError::TooPrecise`] above 28 significant digits or 28 places; nothing is rounded.
///
/// ```
/// use vobiz_core::money;
/// assert_eq!(money::parse("1300.00000")?.to_string(), "1300.00000");
/// assert!(money::parse("1e-29").is_err());
/// # Ok::<(), money::AmountError>(())
/// ```
pub fn parse(text: &str) -> Result<Decimal, AmountError> {
    let text = text.trim();
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if let Some(amount) = parse_short(unsigned) {
        return Ok(if negative { -amount } else { amount });
    }
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || (fraction.is_empty() && number.contains('.')) {
        return Err(AmountError::NotANumber);
    }

    // Zeros at the end of the fraction are kept as scale while there is room for them.
    let mut mantissa: i128 = 0;
    let mut digits: u32 = 0;
    let mut zeros: u32 = 0;
    let mut dropped: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return Err(AmountError::NotANumber);
        }
        if byte == b'0' && (mantissa == 0 || digits + zeros >= DIGITS) {
            if mantissa != 0 {
                dropped += 1;
            }
            continue;
        }
        if dropped > 0 || digits + zeros + 1 > DIGITS {
            return Err(AmountError::TooPrecise);
        }
        mantissa = mantissa * 10 + i128::from(byte - b'0');
        if byte == b'0' {
            zeros += 1;
        } else {
            digits += zeros + 1;
            zeros = 0;
        }
    }
    let places = i64::try_from(fraction.len()).map_err(|_| AmountError::TooPrecise)?;
    rescale(if negative { -mantissa } else { mantissa }, places - dropped - exponent)
}

/// The way of nearly every amount: at most 18 signs, digits with at most one point between them.
fn parse_short(text: &str) -> Option<Decimal> {
    if text.len() > 18 {
        return None;
    }
    let (mut mantissa, mut point) = (0_i64, None);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && index > 0 => point = Some(index),
            _ => return None,
        }
    }
    let places = point.map_or(0, |point| text.len() - point - 1);
    let is_whole = !text.is_empty() && (point.is_none() || places > 0);
    is_whole.then(|| Decimal::new(mantissa, u32::try_from(places).unwrap_or(0)))
}

fn parse_exponent(text: &str) -> Result<i64, AmountError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    // Beyond any scale there is no need to tell exponents apart.
    let size = digits.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Ok(if text.starts_with('-') { -size } else { size })
}

/// `mantissa` with `places` digits behind the point, where a `Decimal` can hold that.
fn rescale(mut mantissa: i128, mut places: i64) -> Result<Decimal, AmountError> {
    if mantissa == 0 {
        places = places.clamp(0, i64::from(SCALE));
    }
    while places < 0 {
        mantissa = mantissa.checked_mul(10).filter(|grown| digits_of(*grown) <= DIGITS).ok_or(AmountError::TooPrecise)?;
        places += 1;
    }
    while places > i64::from(SCALE) {
        if mantissa % 10 != 0 {
            return Err(AmountError::TooPrecise);
        }
        mantissa /= 10;
        places -= 1;
    }
    let scale = u32::try_from(places).map_err(|_| AmountError::TooPrecise)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| AmountError::TooPrecise)
}

fn digits_of(mantissa: i128) -> u32 {
    mantissa.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1)
}

/// An amount with two places, its sign and its currency's grouping: `₹10,03,058.82`, `-$1,240.00`, `1,240.00` where the currency is not known.
///
/// Shown figures are rounded half away from zero, as on an invoice; the amount itself is not.
pub fn show(amount: Decimal, currency: Option<&str>) -> String {
    format(amount, currency, 2)
}

/// An amount as people say it: `₹1,240`, with paise only below one hundred (`₹82.50`).
pub fn say(amount: Decimal, currency: Option<&str>) -> String {
    let places = if amount.abs() < Decimal::ONE_HUNDRED && !amount.fract().is_zero() { 2 } else { 0 };
    format(amount, currency, places)
}

/// The sign before an amount of `currency`: `₹`, `$`, else the code and a space, else nothing.
pub fn sign(currency: Option<&str>) -> String {
    match currency {
        Some("INR") => "₹".to_owned(),
        Some("USD") => "$".to_owned(),
        Some("EUR") => "€".to_owned(),
        Some("GBP") => "£".to_owned(),
        Some(code) => format!("{code} "),
        None => String::new(),
    }
}

fn format(amount: Decimal, currency: Option<&str>, places: u32) -> String {
    let rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let text = format!("{:.*}", places as usize, rounded.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let minus = if rounded.is_sign_negative() && !rounded.is_zero() { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{minus}{}{}{point}{fraction}", sign(currency), group(whole, currency == Some("INR")))
}

/// Separates digits: the last three, then pairs in Indian grouping, else threes.
pub(crate) fn group(whole: &str, indian: bool) -> String {
    let step = if indian { 2 } else { 3 };
    let length = whole.len();
    let mut grouped = String::with_capacity(length + length / 2);
    for (index, digit) in whole.chars().enumerate() {
        let left = length - index;
        if index > 0 && left >= 3 && (left - 3).is_multiple_of(step) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count with separators, in the grouping of `currency`'s country: `1,03,058` beside rupees.
pub fn count(number: u64, currency: Option<&str>) -> String {
    group(&number.to_string(), currency == Some("INR"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        parse(text).map_or_else(|error| format!("{error:?}"), |amount| amount.to_string())
    }

    #[test]
    fn every_spelling_is_read_exactly() {
        for (text, exact) in [
            ("18450.5", "18450.5"),
            ("0.1", "0.1"),
            ("1e2", "100"),
            ("1.5E-3", "0.0015"),
            ("12e0", "12"),
            ("-42.50", "-42.50"),
            ("1300.00000", "1300.00000"),
            ("1003058.82000", "1003058.82000"),
            ("0", "0"),
            ("0e99999999999999999999", "0"),
            ("1234567890123456789012345678", "1234567890123456789012345678"),
            ("0.1234567890123456789012345678", "0.1234567890123456789012345678"),
            ("1234567890123456789.123456789", "1234567890123456789.123456789"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("1.00000000000000000000000000000000", "1.000000000000000000000000000"),
            ("10e-29", "0.0000000000000000000000000001"),
        ] {
            assert_eq!(read(text), exact, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_held_is_refused_and_not_rounded() {
        for text in [
            "12345678901234567890123456789",
            "1e-29",
            "1e28",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "0.12345678901234567890123456789",
            "79228162514264337593543950335",
        ] {
            assert_eq!(parse(text), Err(AmountError::TooPrecise), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "-", ".5", "5.", "1,000", "₹5", "NaN", "inf", "1e", "1e+", "--1", "1 2", "0x10", "1.2.3", "१२"] {
            assert_eq!(parse(text), Err(AmountError::NotANumber), "{text}");
        }
    }

    #[test]
    fn amounts_are_grouped_by_their_currency() {
        let amount = |text| parse(text).unwrap();
        assert_eq!(show(amount("1003058.82000"), Some("INR")), "₹10,03,058.82");
        assert_eq!(show(amount("1003058.82000"), Some("USD")), "$1,003,058.82");
        assert_eq!(show(amount("-999.995"), Some("INR")), "-₹1,000.00");
        assert_eq!(show(amount("-0.001"), Some("INR")), "₹0.00");
        assert_eq!(show(amount("12"), Some("AED")), "AED 12.00");
        assert_eq!(show(amount("1234"), None), "1,234.00");
        assert_eq!(say(amount("1240.40"), Some("INR")), "₹1,240");
        assert_eq!(say(amount("82.5"), Some("INR")), "₹82.50");
        assert_eq!(count(1_003_058, Some("INR")), "10,03,058");
    }

    proptest! {
        #[test]
        fn what_a_decimal_prints_is_read_back(mantissa in -10_i128.pow(27)..10_i128.pow(27), scale in 0_u32..=28) {
            let amount = Decimal::from_i128_with_scale(mantissa, scale);
            prop_assert_eq!(parse(&amount.to_string()), Ok(amount));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,60}") {
            let _ = parse(&text);
        }
    }
}
