//! What a quarter shows of a customer that six weeks do not: good and bad days, growth, lasting changes, holidays, weekly
//! fees, campaigns, and more than one thing that goes wrong.
//!
//! Customers of exported worlds have lives; those of served worlds have none.

use super::habit::Calling;
use super::trade::Trade;
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::Dice;

/// A stretch of hours in which a customer spends far more than it does by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Burst {
    pub(crate) from: Hour,
    pub(crate) until: Hour,
    pub(super) calling: Calling,
    /// Nobody wants it: a stuck dialer or fraud, not a campaign.
    pub(crate) is_drain: bool,
}

/// The long run of one customer.
#[derive(Debug)]
pub(crate) struct Life {
    pub(super) key: u64,
    /// How it pays, in a word.
    pub(crate) habit: &'static str,
    /// How far a day is from the next, per mille.
    pub(super) noise: u32,
    pub(super) opening: Day,
    /// Per mille of a day's calls, gained each day.
    pub(super) growth: i64,
    /// From these days on everything is so many per mille.
    pub(super) turns: Vec<(Day, u64)>,
    pub(super) holidays: [Day; 3],
    /// The day of the week on which a fee is taken, and the fee.
    pub(crate) weekly_fee: Option<(usize, Amount)>,
    pub(crate) reserve: Amount,
    pub(crate) bursts: Vec<Burst>,
}

impl Life {
    /// How it calls in `hour`, of which `usual` is the rule.
    pub(crate) fn calling_in(&self, usual: Calling, trade: &Trade, hour: Hour) -> Calling {
        let burst = self.bursts.iter().find(|burst| burst.from <= hour && hour < burst.until);
        burst.map_or_else(|| self.ordinary_in(usual, trade, hour), |burst| burst.calling)
    }

    /// How it would call in `hour` without any burst.
    pub(crate) fn ordinary_in(&self, usual: Calling, trade: &Trade, hour: Hour) -> Calling {
        let factor = self.factor(trade, hour.day()) * self.tilt(hour) / 1_000;
        let calls = u32::try_from(u64::from(usual.calls) * factor / 1_000).unwrap_or(u32::MAX);
        Calling { calls, ..usual }
    }

    /// Per mille of a normal day.
    fn factor(&self, trade: &Trade, day: Day) -> u64 {
        let since = i64::try_from(day.since(self.opening)).unwrap_or(0);
        let grown = u64::try_from((1_000 + self.growth * since).clamp(200, 4_000)).unwrap_or(1_000);
        let turned = self.turns.iter().filter(|(from, _)| *from <= day).fold(grown, |factor, (_, turn)| factor * turn / 1_000);
        let holiday = if !self.holidays.contains(&day) {
            1_000
        } else if trade.week[6] > 900 {
            1_200
        } else {
            250
        };
        turned * holiday / 1_000 * self.chance_of(day) / 1_000
    }

    /// A day's luck: near that of the day before, below and above alike.
    fn chance_of(&self, day: Day) -> u64 {
        let mut luck = 0;
        for (back, weight) in [(0, 80), (1, 48), (2, 29)] {
            let mut dice = Dice::new(&[self.key, 0x6c75_636b, day.plus(-back).start().unsigned_abs()]);
            // Three draws, so that the middle is likelier than the ends.
            let draw = i64::from(dice.below(2_001)) + i64::from(dice.below(2_001)) + i64::from(dice.below(2_001)) - 3_000;
            luck += draw * weight / 100;
        }
        let moved = luck.unsigned_abs() * u64::from(self.noise) / 1_000;
        if luck < 0 { 1_000_000 / (1_000 + moved) } else { 1_000 + moved }
    }

    /// Per mille by which this customer's hour is busier than that of its trade.
    fn tilt(&self, hour: Hour) -> u64 {
        u64::from(Dice::new(&[self.key, 0x7469_6c74, hour.of_day() as u64]).between(650, 1_350))
    }
}
