//! Sums that are exact, or an error: nothing is rounded, and nothing stops at the largest number.

use std::fmt;

use rust_decimal::Decimal;

use crate::error::{Error, ErrorKind};

/// Amounts or numbers that cannot be added or multiplied exactly: they have more digits than a number holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLarge(Option<String>);

impl TooLarge {
    /// The same, where it is known whose amounts they are.
    #[must_use]
    pub(super) fn of(self, auth_id: &str) -> Self {
        Self(self.0.or_else(|| Some(auth_id.to_owned())))
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = self.0.as_ref().map(|auth_id| format!(" of {auth_id}")).unwrap_or_default();
        write!(
            f,
            "the amounts{whose} have more digits than can be added exactly; look for one that is no money, and leave it out"
        )
    }
}

impl std::error::Error for TooLarge {}

impl From<TooLarge> for Error {
    fn from(error: TooLarge) -> Self {
        Self::new(ErrorKind::Decode, "close month", error.to_string())
    }
}

/// The sum of two amounts, exact.
///
/// # Errors
///
/// It has more digits than a number holds.
pub fn sum(one: Decimal, other: Decimal) -> Result<Decimal, TooLarge> {
    let is_exact = |sum: &Decimal| one.is_zero() || other.is_zero() || sum.scale() >= one.scale().max(other.scale());
    one.checked_add(other).filter(is_exact).or_else(|| shortened(one, other)).ok_or(TooLarge(None))
}

/// The first amount less the second.
pub(super) fn less(one: Decimal, other: Decimal) -> Result<Decimal, TooLarge> {
    sum(one, -other)
}

/// The product of two numbers.
pub(super) fn times(one: Decimal, other: Decimal) -> Result<Decimal, TooLarge> {
    let (one, other) = (one.normalize(), other.normalize());
    let is_exact = |product: &Decimal| one.is_zero() || other.is_zero() || product.scale() == one.scale() + other.scale();
    one.checked_mul(other).filter(is_exact).ok_or(TooLarge(None))
}

/// So many percent of an amount.
pub(super) fn percent_of(amount: Decimal, percent: Decimal) -> Result<Decimal, TooLarge> {
    times(amount, times(percent, Decimal::new(1, 2))?)
}

/// Adds an amount to a sum.
pub(super) fn add(total: &mut Decimal, amount: Decimal) -> Result<(), TooLarge> {
    *total = sum(*total, amount)?;
    Ok(())
}

/// Adds a number to a count.
pub(super) fn count(total: &mut u64, more: u64) -> Result<(), TooLarge> {
    *total = total.checked_add(more).ok_or(TooLarge(None))?;
    Ok(())
}

/// The sum where zeros behind the point alone are in its way.
fn shortened(one: Decimal, other: Decimal) -> Option<Decimal> {
    let (one, other) = (one.normalize(), other.normalize());
    one.checked_add(other).filter(|sum| sum.scale() >= one.scale().max(other.scale()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        crate::money::parse(text).unwrap()
    }

    #[test]
    fn what_no_number_holds_is_an_error_and_not_the_largest_number() {
        let most = Decimal::MAX;
        assert!(sum(most, Decimal::ONE).is_err() && less(-most, Decimal::ONE).is_err());
        assert!(sum(number("9234567890123456789012345678"), number("0.1")).is_err(), "its last digit would be lost");
        assert_eq!(sum(number("1234567890123456789012345678"), number("1.0000")), Ok(number("1234567890123456789012345679")));
        assert_eq!(sum(most, Decimal::ZERO), Ok(most));
        assert!(times(most, Decimal::TWO).is_err() && times(number("0.1234567890123456"), number("0.1234567890123456")).is_err());
        assert!(percent_of(most, number("18")).is_err(), "and never zero");
        assert_eq!(percent_of(number("100.005"), number("12.50")), Ok(number("12.500625")));
        let mut number = u64::MAX;
        assert!(count(&mut number, 1).is_err());
    }

    proptest! {
        #[test]
        fn a_sum_is_exact_or_an_error(one in -10_i128.pow(28)..10_i128.pow(28), other in -10_i128.pow(28)..10_i128.pow(28), a in 0_u32..=28, b in 0_u32..=28) {
            let (one, other) = (Decimal::from_i128_with_scale(one, a), Decimal::from_i128_with_scale(other, b));
            if let Ok(sum) = sum(one, other) {
                prop_assert!(less(sum, other).is_ok_and(|back| back == one) || less(sum, other).is_err());
                prop_assert!(less(sum, one).is_ok_and(|back| back == other) || less(sum, one).is_err());
            }
        }

        #[test]
        fn a_product_is_exact_or_an_error(one in -10_i64.pow(17)..10_i64.pow(17), other in -10_i64.pow(17)..10_i64.pow(17), a in 0_u32..=12, b in 0_u32..=12) {
            let product = times(Decimal::new(one, a), Decimal::new(other, b));
            let exact = i128::from(one) * i128::from(other);
            if let Ok(product) = product {
                let scaled = Decimal::try_from_i128_with_scale(exact, a + b).ok();
                prop_assert!(scaled.is_none_or(|scaled| scaled == product));
            }
        }
    }
}
