//! Calls, dealt an hour at a time.

use super::habit::Calling;
use super::tier::{Tier, pulses};
use super::traits::Traits;
use crate::calendar::Hour;
use crate::money::Amount;
use crate::random::{Dice, mix};

/// Which way a call goes, seen from the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Inbound,
    Outbound,
}

/// What carries a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    SipTrunking,
    VoiceApi,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered,
    NoAnswer,
    Busy,
    Failed,
}

/// One call, complete. It is billed and recorded the second it ends, and lies within one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    /// Seconds since 1970.
    pub(crate) end: i64,
    /// Its place among the calls dealt for its hour.
    pub(crate) number: u16,
    /// Seconds of ringing.
    pub(crate) ring: u16,
    /// Seconds of talk, 0 unless answered.
    pub(crate) talk: u16,
    pub(crate) direction: Direction,
    pub(crate) product: Product,
    pub(crate) outcome: Outcome,
    /// Paise for talk, or for not connecting.
    pub(crate) carriage: u32,
    /// Paise for streaming.
    pub(crate) streaming: u32,
    /// Paise that are charged the next day.
    pub(crate) pending: u32,
}

impl Call {
    pub(crate) fn start(&self) -> i64 {
        self.end - i64::from(self.ring) - i64::from(self.talk)
    }

    pub(crate) fn cost(&self) -> Amount {
        Amount::paise(i64::from(self.carriage + self.streaming))
    }

    /// Cut when only so much was left to pay for it.
    pub(crate) fn cut(&mut self, left: Amount) {
        let (cost, left) = (u64::from(self.carriage + self.streaming), u32::try_from(left.whole_paise()).unwrap_or(0));
        self.talk = u16::try_from(u64::from(self.talk) * u64::from(left) / cost.max(1)).unwrap_or(self.talk);
        (self.carriage, self.streaming) = (left, 0);
    }

    /// Tenths of a minute it counts for in reports.
    pub(crate) fn tenths(&self) -> u32 {
        pulses(self.talk)
    }
}

/// No call ends in the first two minutes of an hour, so that each has room to begin in it.
const LEAD: u32 = 120;
const SPAN: u32 = 3_600 - LEAD;
/// Quantiles of an exponential distribution of mean 1000.
const QUANTILES: [u32; 33] = [
    0, 32, 65, 98, 134, 170, 208, 247, 288, 330, 375, 421, 470, 521, 575, 633, 693, 758, 827, 901, 981, 1068, 1163, 1269, 1386,
    1520, 1674, 1856, 2079, 2367, 2773, 3466, 4564,
];

/// Deals the calls that a customer would make in `hour`, in the order in which they end.
pub(crate) fn deal(traits: &Traits, hour: Hour, each: impl FnMut(Call)) {
    deal_by(traits.habit_in(hour), traits, hour, each);
}

/// Deals the calls of `hour` as if the customer called by `habit`.
pub(crate) fn deal_by(habit: Calling, traits: &Traits, hour: Hour, mut each: impl FnMut(Call)) {
    let share = traits.trade.hours[hour.of_day()] * traits.trade.week[hour.day().weekday()] / 1_000;
    if habit.calls == 0 || (share == 0 && !habit.all_day) {
        return;
    }
    let mut dice = Dice::new(&[traits.key, u64::from_ne_bytes(hour.number().to_ne_bytes())]);
    let share = if habit.all_day { share.max(60) } else { share };
    let thousandths = u64::from(habit.calls) * u64::from(share) * u64::from(dice.between(600, 1_400)) / 1_000;
    let whole = u32::try_from(thousandths / 1_000).unwrap_or(u32::MAX);
    let count = whole + u32::from(dice.below(1_000) < u32::try_from(thousandths % 1_000).unwrap_or(0));
    let count = count.min(SPAN);
    for number in 0..count {
        let [when, way, carrier, fate] = quarters(dice.roll());
        let [length, bell, _, _] = quarters(dice.roll());
        // Each call ends in a slot of its own, so they come in order.
        let offset = LEAD + (number * SPAN + ((when * SPAN) >> 16)) / count;
        let ring = 2 + ((bell * 23) >> 16);
        let inbound = below(way, traits.inbound);
        let (outcome, talk) = if below(fate, habit.answered) {
            (Outcome::Answered, (3 + stretched(length, habit.talk)).min(offset - ring))
        } else {
            (missed(length), 0)
        };
        let talk = u16::try_from(talk).unwrap_or(u16::MAX);
        let voice_api = below(carrier, traits.voice_api);
        let (carriage, streaming) = match outcome {
            Outcome::Answered if traits.trade.streaming && voice_api => {
                (Tier::price(talk, traits.tier.rate), Tier::price(talk, traits.tier.streaming))
            }
            Outcome::Answered => (Tier::price(talk, traits.tier.rate), 0),
            _ => (traits.tier.unconnected, 0),
        };
        let end = hour.start() + i64::from(offset);
        let is_late = traits.late_prices && is_priced_late(traits.key, end, number);
        let (carriage, streaming, pending) = if is_late { (0, 0, carriage + streaming) } else { (carriage, streaming, 0) };
        each(Call {
            end,
            number: u16::try_from(number).unwrap_or(u16::MAX),
            ring: u16::try_from(ring).unwrap_or(u16::MAX),
            talk,
            direction: if inbound { Direction::Inbound } else { Direction::Outbound },
            product: if voice_api { Product::VoiceApi } else { Product::SipTrunking },
            outcome,
            carriage,
            streaming,
            pending,
        });
    }
}

/// Whether the price of a call is known the next day only.
fn is_priced_late(key: u64, end: i64, number: u32) -> bool {
    mix(key ^ end.unsigned_abs() << 16 ^ u64::from(number) ^ 0x7072_6963).is_multiple_of(100)
}

/// Four draws of sixteen bits.
fn quarters(bits: u64) -> [u32; 4] {
    let quarter = |shift: u32| u32::from(u16::try_from(bits >> shift & 0xffff).unwrap_or(0));
    [quarter(0), quarter(16), quarter(32), quarter(48)]
}

/// Whether a draw of sixteen bits falls in the first `per_mille` of a thousand.
fn below(draw: u32, per_mille: u32) -> bool {
    draw * 1_000 < per_mille << 16
}

/// A draw of sixteen bits stretched to an exponential length of that `mean`.
fn stretched(draw: u32, mean: u32) -> u32 {
    let (place, part) = ((draw >> 11) as usize, draw & 0x7ff);
    let (low, high) = (QUANTILES[place], QUANTILES[place + 1]);
    (low + (((high - low) * part) >> 11)) * mean / 1_000
}

fn missed(draw: u32) -> Outcome {
    match draw >> 13 {
        0..=4 => Outcome::NoAnswer,
        5..=6 => Outcome::Busy,
        _ => Outcome::Failed,
    }
}
