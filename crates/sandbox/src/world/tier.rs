//! Pricing tiers.

use crate::money::Amount;

/// The currency of all prices, and of all wallets but some of a world with a second one.
pub(crate) const CURRENCY: &str = "INR";

/// What calls cost, in paise.
#[derive(Debug)]
pub(crate) struct Tier {
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    /// Per minute of talk.
    pub(crate) rate: u32,
    /// Per minute of streamed audio.
    pub(crate) streaming: u32,
    /// For a call that did not connect; 0 where such calls are free.
    pub(crate) unconnected: u32,
    pub(crate) is_default: bool,
}

const fn tier(number: u64, name: &'static str, rate: u32, streaming: u32, unconnected: u32) -> Tier {
    Tier { number, name, rate, streaming, unconnected, is_default: number == 1 }
}

/// Every tier of the partner; the first is the default one.
pub(crate) const TIERS: [Tier; 4] = [
    tier(1, "Standard", 45, 20, 2),
    tier(2, "Starter", 60, 25, 2),
    tier(3, "Business", 40, 18, 0),
    tier(4, "Enterprise", 32, 15, 0),
];

impl Tier {
    /// Paise for `talk` seconds at `rate` a minute, by pulses of six seconds, rounded up.
    pub(crate) fn price(talk: u16, rate: u32) -> u32 {
        (pulses(talk) * rate).div_ceil(10)
    }
}

/// Tenths of a minute in `talk` seconds, a begun one counted: reports and prices are made of them.
pub(crate) fn pulses(talk: u16) -> u32 {
    u32::from(talk).div_ceil(6)
}

/// What a phone number costs once and each month, and for its release.
pub(crate) const NUMBER_SETUP: Amount = Amount::rupees(100);
pub(crate) const NUMBER_FEES: [Amount; 2] = [Amount::rupees(200), Amount::rupees(300)];

#[cfg(test)]
mod tests {
    use super::{Tier, pulses};

    #[test]
    fn talk_is_priced_by_begun_tenths_of_a_minute() {
        assert_eq!(pulses(0), 0);
        assert_eq!(pulses(1), 1);
        assert_eq!(pulses(60), 10);
        assert_eq!(pulses(61), 11);
        assert_eq!(Tier::price(60, 45), 45);
        assert_eq!(Tier::price(1, 45), 5);
    }
}
