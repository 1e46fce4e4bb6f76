//! Counter-based randomness: a draw depends on the seed and on what it is for, never on what was
//! drawn before it elsewhere. So any hour of any customer can be dealt again, alone.

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spreads the bits of `value` (the finalizer of splitmix64).
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A source of draws for one purpose.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice for what `purpose` names: equal names give equal draws.
    pub(crate) fn new(purpose: &[u64]) -> Self {
        Self(purpose.iter().fold(STEP, |state, part| mix(state ^ part).wrapping_add(STEP)))
    }

    /// Sixty-four random bits.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `limit`, or 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        scaled(self.roll() >> 32, limit)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        &choices[self.below(count) as usize]
    }
}

/// `bits`, of which 32 are random, as a number below `limit`.
pub(crate) fn scaled(bits: u64, limit: u32) -> u32 {
    u32::try_from(((bits & 0xffff_ffff) * u64::from(limit)) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn equal_purposes_give_equal_draws_and_others_differ() {
        assert_eq!(Dice::new(&[7, 1]).roll(), Dice::new(&[7, 1]).roll());
        assert_ne!(Dice::new(&[7, 1]).roll(), Dice::new(&[7, 2]).roll());
        assert_ne!(Dice::new(&[7, 1]).roll(), Dice::new(&[1, 7]).roll());
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut dice = Dice::new(&[1]);
        for _ in 0..1000 {
            assert!((3..=9).contains(&dice.between(3, 9)));
            assert!(dice.below(5) < 5);
        }
        assert_eq!(dice.below(0), 0);
        assert!(!dice.chance(0));
        assert!(dice.chance(1000));
    }
}
