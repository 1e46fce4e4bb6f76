//! Numbers as an axis shows them: short enough to stand left of it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use vobiz_core::money;

/// From here on a number is written with its power of ten.
const POWERS_FROM: i64 = 1_000_000_000_000_000;

/// `₹1,500`, `₹2.5 L`, `₹1.50`, `-₹20`.
pub(super) fn amount(value: Decimal, currency: Option<&str>) -> String {
    let size = value.abs();
    if size < Decimal::ONE_HUNDRED && !size.fract().is_zero() {
        return money::say(value, currency);
    }
    let minus = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
    format!("{minus}{}{}", money::sign(currency), count(size, currency))
}

/// `1,500`, `2.5 L`, `10 Cr` beside rupees; millions beside other currencies.
pub(super) fn count(value: Decimal, currency: Option<&str>) -> String {
    let units: [(i64, &str); 3] = if currency == Some("INR") {
        [(1_000_000_000_000, " L Cr"), (10_000_000, " Cr"), (100_000, " L")]
    } else {
        [(1_000_000_000_000, " tn"), (1_000_000_000, " bn"), (1_000_000, " M")]
    };
    if value >= Decimal::from(POWERS_FROM) {
        return format!("{:e}", value.normalize());
    }
    let (share, unit) = match units.iter().find(|(size, _)| value >= Decimal::from(*size)) {
        Some((size, unit)) => ((value / Decimal::from(*size)).round_dp(2).normalize(), *unit),
        None => (value.trunc(), ""),
    };
    let whole = money::count(share.to_u64().unwrap_or_default(), currency);
    let fraction = share.fract().normalize().to_string();
    let fraction = fraction.strip_prefix('0').unwrap_or_default();
    format!("{whole}{fraction}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_do_and_stay_short() {
        for (value, currency, expected) in [
            ("0", Some("INR"), "₹0"),
            ("1500", Some("INR"), "₹1,500"),
            ("250000", Some("INR"), "₹2.5 L"),
            ("100000000", Some("INR"), "₹10 Cr"),
            ("5000000000000", Some("INR"), "₹5 L Cr"),
            ("2500000", Some("USD"), "$2.5 M"),
            ("0.5", Some("INR"), "₹0.50"),
            ("1.5", Some("INR"), "₹1.50"),
            ("7", None, "7"),
            ("-20", Some("INR"), "-₹20"),
            ("20000000000000000000000000", Some("INR"), "₹2e25"),
        ] {
            let shown = amount(value.parse().unwrap(), currency);
            assert_eq!(shown, expected);
            assert!(shown.chars().count() <= 9);
        }
    }
}
