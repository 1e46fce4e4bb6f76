//! Rupees, exact to the five decimals a wallet is printed with.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use rust_decimal::Decimal;

const DECIMALS: u32 = 5;
const UNITS_PER_RUPEE: i64 = 100_000;
const UNITS_PER_PAISA: i64 = 1_000;
/// The largest amount taken from outside: fifty thousand wallets of it still add up.
const LARGEST: i64 = 1_000_000_000 * UNITS_PER_RUPEE;

/// An amount of money in hundred-thousandths of a rupee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Amount(i64);

impl Amount {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) const fn rupees(rupees: i64) -> Self {
        Self(rupees * UNITS_PER_RUPEE)
    }

    pub(crate) const fn paise(paise: i64) -> Self {
        Self(paise * UNITS_PER_PAISA)
    }

    /// `value` exactly; nothing when it is finer than five decimals or beyond a thousand million.
    pub(crate) fn from_decimal(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        let factor = 10_i128.checked_pow(DECIMALS.checked_sub(value.scale())?)?;
        let units = i64::try_from(value.mantissa().checked_mul(factor)?).ok()?;
        (-LARGEST..=LARGEST).contains(&units).then_some(Self(units))
    }

    /// In paise, without what is finer.
    pub(crate) const fn whole_paise(self) -> i64 {
        self.0 / UNITS_PER_PAISA
    }

    /// In hundred-thousandths of a rupee.
    pub(crate) const fn units(self) -> i64 {
        self.0
    }

    pub(crate) fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, DECIMALS)
    }

    /// As wallets are printed: `1300.00000`.
    pub(crate) fn five_decimals(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let rupee = UNITS_PER_RUPEE.unsigned_abs();
        format!("{sign}{}.{:05}", units / rupee, units % rupee)
    }

    /// As reports print a cost: `108.24`.
    pub(crate) fn two_decimals(self) -> String {
        format!("{:.2}", self.to_decimal())
    }

    /// With no more decimals than it needs: `200`, `0.9`.
    pub(crate) fn shortest(self) -> String {
        self.to_decimal().normalize().to_string()
    }

    /// With two decimals, or more where it has more: `47750.00`, `0.12345`.
    pub(crate) fn at_least_two_decimals(self) -> String {
        if self.0 % UNITS_PER_PAISA == 0 { self.two_decimals() } else { self.shortest() }
    }

    /// A `numerator / denominator` part of it, rounded down to a whole rupee.
    pub(crate) fn share(self, numerator: i64, denominator: i64) -> Self {
        Self(self.0 * numerator / denominator / UNITS_PER_RUPEE * UNITS_PER_RUPEE)
    }

    /// The next multiple of `step` rupees above it, at least one step.
    pub(crate) fn rounded_up(self, step: i64) -> Self {
        Self::rupees((self.0.div_euclid(step * UNITS_PER_RUPEE) + 1) * step)
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    fn amount(text: &str) -> Option<Amount> {
        Amount::from_decimal(text.parse().expect("a decimal"))
    }

    #[test]
    fn amounts_print_in_each_of_the_documented_ways() {
        let amount = amount("1003058.82").expect("fits");
        assert_eq!(amount.five_decimals(), "1003058.82000");
        assert_eq!((-amount).five_decimals(), "-1003058.82000");
        assert_eq!(amount.two_decimals(), "1003058.82");
        assert_eq!(Amount::rupees(200).shortest(), "200");
        assert_eq!(Amount::paise(90).shortest(), "0.9");
        assert_eq!(Amount::rupees(47750).at_least_two_decimals(), "47750.00");
        assert_eq!(Amount::paise(-5).five_decimals(), "-0.05000");
    }

    #[test]
    fn what_is_finer_than_five_decimals_or_too_large_is_refused() {
        assert!(amount("0.00001").is_some());
        assert!(amount("0.100000000").is_some());
        assert!(amount("0.000001").is_none());
        assert!(amount("1000000000.00001").is_none());
    }

    #[test]
    fn rounding_up_always_goes_up() {
        assert_eq!(Amount::rupees(1000).rounded_up(500), Amount::rupees(1500));
        assert_eq!(Amount::paise(1).rounded_up(500), Amount::rupees(500));
    }
}
