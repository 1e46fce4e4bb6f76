//! How long a wallet lasts: a walk over the hours to come.

use super::ahead::{Ahead, Slot};
use super::business::as_hours;
use super::chance::{LEAST_VARIANCE, normal, normal_quantile, range, spread};
use super::conformal::{Conformal, RangeRecord};
use super::estimate::Span;
use super::fees::DueFees;
use super::last_hour::Step;
use super::profile::{Pace, Profile};
use super::week::Rates;

/// A burst is at least so many times the usual rate, and so many standard deviations beyond it, in two intervals running.
const BURST_RATIO: f64 = 3.0;
const BURST_SIGMAS: f64 = 6.0;
const EACH_SIGMAS: f64 = 3.0;
/// Part of the mean spend that is usual at any hour, as far as bursts go.
const LEAST_USUAL: f64 = 0.3;
/// A wallet that uses less than this share of its money before the close of the next working day needed nobody yet.
const USED_UP: f64 = 0.8;
/// The cost of a false alarm against that of a late alert.
const FALSE_ALARM_COST: f64 = 0.35;
/// The least probability of a false alarm that is assumed.
const LEAST_FALSE_ALARM: f64 = 0.03;
/// Hours, on the clock or of work, below which the likely time counts.
const SOON: f64 = 2.0;
/// The most standard deviations that a conservative estimate allows for, and the most hours of a burst.
const MOST_SIGMAS: f64 = 2.4;
const BURST_AT_MOST: f64 = 6.0;
/// Relative step below which a sum is settled.
const SETTLED: f64 = 1e-3;
/// Seconds before it is due at which a fee is reported.
const FEE_SHOWN: i64 = 48 * 3600;

/// How long a wallet lasts at the burn it is likely to have, as a range. A `None` end lies beyond the days looked ahead.
///
/// All of it is estimate: rates are in units of the wallet's currency per hour, rounded to what a `f64` holds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Runway {
    /// What rules compare: the time by which the chance to be empty outweighs the chance of a false alarm.
    ///
    /// It lies between the low end and the likely one where spend is hard to predict, and under the low end where
    /// the money will surely be used soon. Under two hours it is the likely time.
    pub cautious: Option<Span>,
    /// Sooner in one case of ten.
    pub low: Option<Span>,
    /// As likely sooner as later.
    pub likely: Option<Span>,
    /// Later in one case of ten.
    pub high: Option<Span>,
    /// Spend per hour that is expected now.
    pub burn: f64,
    /// Spend per hour that is normal for this wallet at this hour.
    pub normal: f64,
    /// Spend per hour as the readings of the last hour show it, top-ups and single steps left out; `None` where too little
    /// of that hour was read.
    pub measured: Option<f64>,
    /// Money that left the wallet in a single step within the last day.
    pub step: Option<Step>,
    /// The next fee that is expected within two days.
    pub fee: Option<NextFee>,
    /// How often such ranges of this wallet held; `None` before one was judged.
    pub record: Option<RangeRecord>,
    /// How many hours were looked ahead.
    pub horizon: f64,
}

/// A fee that the wallet will be charged.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct NextFee {
    /// How much, in units of the wallet's currency.
    pub amount: f64,
    /// Hours until it is due.
    pub after: f64,
}

/// A burst under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Burst {
    /// Whether the wallet never spent so much before: no campaign of its own, but a stuck dialer or fraud.
    pub(crate) is_unknown: bool,
}

/// The forecast of one wallet.
pub(super) struct Outlook<'a> {
    ahead: &'a Ahead,
    rates: &'a Rates,
    /// What the recent days, today and a burst make of the usual rates.
    level: f64,
    today: f64,
    burst: f64,
    /// Spend per hour now, and as is usual at this hour.
    burn: f64,
    normal: f64,
    /// Fees to come: second on the wall clock, amount.
    fees: DueFees,
    pub(super) variance: f64,
    pub(super) noise: f64,
}

impl Profile {
    /// How long `balance` lasts; `None` while too little was seen of the wallet.
    pub(crate) fn runway(&self, balance: f64, ahead: &Ahead, rates: &Rates) -> Option<Runway> {
        let outlook = self.outlook(ahead, rates)?;
        let now = ahead.slots.first()?.wall;
        Some(Runway {
            cautious: outlook.cautious(balance),
            low: outlook.used_up(balance, &self.range, |[_, _, most]| most),
            likely: outlook.lasts(balance, 0.0),
            high: outlook.used_up(balance, &self.range, |[least, _, _]| least),
            burn: outlook.burn,
            normal: outlook.normal,
            measured: self.last_hour.rate(now),
            step: self.last_hour.last_step(now),
            fee: outlook.next_fee(now),
            record: self.range.record(),
            horizon: ahead.hours(),
        })
    }

    /// The cautious time that `balance` lasts, as far as `ahead` looks, and the burst under way; `None` while too little was
    /// seen.
    pub(crate) fn cautious(&self, balance: f64, ahead: &Ahead, rates: &Rates) -> Option<(Span, Option<Burst>)> {
        let outlook = self.outlook(ahead, rates)?;
        let burst = (outlook.burst > 0.0).then_some(Burst { is_unknown: self.falls.is_bursting() });
        if self.falls.cannot_pay(balance) {
            return Some((Span { hours: 0.0, working: 0.0 }, burst));
        }
        let lasts = if outlook.is_beyond(balance) { None } else { outlook.cautious(balance) };
        Some((lasts.unwrap_or(ahead.end()), burst))
    }

    pub(super) fn outlook<'a>(&self, ahead: &'a Ahead, rates: &'a Rates) -> Option<Outlook<'a>> {
        let first = ahead.slots.first().filter(|_| self.is_known())?;
        let level = self.level_factor();
        let today = self.today_factor(level, rates);
        let normal = f64::from(rates[first.hour]) * level;
        let burst = self.burst(self.usual(first.hour, level * today, rates));
        Some(Outlook {
            ahead,
            rates,
            level,
            today,
            burst,
            burn: normal * today + burst,
            normal,
            fees: self.fees.due(first.wall),
            variance: f64::from(self.error).max(LEAST_VARIANCE),
            noise: f64::from(self.noise),
        })
    }

    /// What a burst is set against: the usual spend of this hour and of the one in which the last readings began, or a part
    /// of the mean where next to nothing is usual.
    pub(super) fn usual(&self, now: usize, factor: f64, rates: &Rates) -> f64 {
        let before = self.paced_from().map_or(0.0, |hour| f64::from(rates[hour]));
        (f64::from(rates[now]).max(before) * factor).max(self.week.mean() * LEAST_USUAL)
    }

    /// Spend per hour beyond the usual that the last readings show, where the evidence is strong; else 0.
    pub(super) fn burst(&self, usual: f64) -> f64 {
        let [one, two] = self.pace;
        let hours = f64::from(one.hours + two.hours);
        if one.hours <= 0.0 || two.hours <= 0.0 {
            return 0.0;
        }
        let rate = f64::from(one.rate * one.hours + two.rate * two.hours) / hours;
        let spread = (f64::from(self.noise) * usual * hours).sqrt();
        // Each of the two must prove it: a single step and a call after it are no burst.
        let is_far = |pace: Pace| {
            let (rate, hours) = (f64::from(pace.rate), f64::from(pace.hours));
            rate > BURST_RATIO * usual && (rate - usual) * hours > EACH_SIGMAS * (f64::from(self.noise) * usual * hours).sqrt()
        };
        if is_far(one) && is_far(two) && (rate - usual) * hours > BURST_SIGMAS * spread { rate - usual } else { 0.0 }
    }
}

impl Outlook<'_> {
    /// The time by which the chance to be empty outweighs the chance of a false alarm. Within two hours the likely time
    /// counts: the time for early warnings is over, and an urgent alert must come true.
    fn cautious(&self, balance: f64) -> Option<Span> {
        let false_alarm = self.chance_unused(USED_UP * balance);
        let early = self.lasts(balance, -normal_quantile((FALSE_ALARM_COST * (false_alarm + LEAST_FALSE_ALARM)).min(0.5)))?;
        if early.working >= SOON {
            return Some(early);
        }
        let likely = self.lasts(balance, 0.0).unwrap_or(self.ahead.end());
        Some(Span { hours: early.hours.max(likely.hours.min(SOON)), working: early.working.max(likely.working.min(SOON)) })
    }

    /// Whether `balance` outlasts the hours to come in every case that the estimate allows for: no need to walk them.
    fn is_beyond(&self, balance: f64) -> bool {
        let usual: f64 = self.ahead.slots.iter().map(|slot| f64::from(self.rates[slot.hour])).sum();
        let end = self.ahead.slots.last().map_or(0, |slot| slot.wall + 3600);
        let fees: f64 = self.fees().filter(|(due, _)| *due < end).map(|(_, fee)| fee).sum();
        let most = usual * self.level * self.today.max(1.0) + self.burst * BURST_AT_MOST;
        balance - fees > most * (MOST_SIGMAS * self.spread(most)).exp()
    }

    /// Spend on calls in what is left of an hour to come.
    pub(super) fn calls(&self, slot: &Slot) -> f64 {
        let factor = self.level * (1.0 + (self.today - 1.0) * slot.today_holds);
        (f64::from(self.rates[slot.hour]) * factor + self.burst * slot.burst_holds) * slot.length
    }

    /// Fees to come, each with the second on the wall clock at which it is due.
    pub(super) fn fees(&self) -> impl Iterator<Item = (i64, f64)> {
        self.fees.iter().flatten().copied()
    }

    /// The next fee, where it is due within two days.
    fn next_fee(&self, now: i64) -> Option<NextFee> {
        let fees = self.fees().filter(|(due, _)| (now..now + FEE_SHOWN).contains(due));
        let (due, amount) = fees.min_by_key(|(due, _)| *due)?;
        Some(NextFee { amount, after: as_hours(due - now) })
    }

    pub(super) fn fees_in(&self, slot: &Slot) -> f64 {
        let hour = slot.wall..slot.wall + 3600;
        self.fees().filter(|(due, _)| hour.contains(due)).map(|(_, fee)| fee).sum()
    }

    /// Standard deviation of the logarithm of so much spend on calls.
    fn spread(&self, calls: f64) -> f64 {
        spread(self.variance, self.noise, calls)
    }

    /// The chance that so much money is not used by the close of the next working day.
    fn chance_unused(&self, money: f64) -> f64 {
        let (mut calls, mut left) = (0.0, money);
        for slot in self.ahead.slots.iter().take(self.ahead.next_close) {
            calls += self.calls(slot);
            left -= self.fees_in(slot);
        }
        match (left > 0.0, calls > 0.0) {
            (false, _) => 0.0,
            (true, false) => 1.0,
            (true, true) => normal((left / calls).ln() / self.spread(calls)),
        }
    }

    /// When `balance` is used up if calls cost `z` standard deviations more than expected.
    fn lasts(&self, balance: f64, z: f64) -> Option<Span> {
        let (mut calls, mut left) = (0.0, balance);
        let mut enough = self.expected_at(left, z);
        for slot in &self.ahead.slots {
            let fees = self.fees_in(slot);
            if fees > 0.0 {
                left -= fees;
                enough = self.expected_at(left, z);
            }
            let spent = self.calls(slot);
            if calls + spent >= enough {
                let part = if spent > 0.0 { ((enough - calls) / spent).clamp(0.0, 1.0) } else { 0.0 };
                return Some(Span { hours: slot.after + part * slot.length, working: slot.worked_before + part * slot.works });
            }
            calls += spent;
        }
        None
    }

    /// When `balance` is used up if calls cost what is taken from their range.
    fn used_up(&self, balance: f64, widths: &Conformal, taken: impl Fn([f64; 3]) -> f64) -> Option<Span> {
        let (mut calls, mut fees, mut before) = (0.0, 0.0, 0.0_f64);
        for slot in &self.ahead.slots {
            calls += self.calls(slot);
            fees += self.fees_in(slot);
            let width = widths.width(slot.after + slot.length);
            let used = (taken(range(self.variance, self.noise, calls, width)) + fees).max(before);
            if used >= balance {
                let part = if used > before { ((balance - before) / (used - before)).clamp(0.0, 1.0) } else { 0.0 };
                return Some(Span { hours: slot.after + part * slot.length, working: slot.worked_before + part * slot.works });
            }
            before = used;
        }
        None
    }

    /// The expected spend at which, `z` standard deviations off, `left` is used up.
    fn expected_at(&self, left: f64, z: f64) -> f64 {
        if left <= 0.0 {
            return 0.0;
        }
        // The spread shrinks as the sum grows: a few steps settle it.
        let mut calls = left;
        for _ in 0..8 {
            let step = f64::midpoint(calls, left * (-z * self.spread(calls)).exp()) - calls;
            calls += step;
            if step.abs() < calls * SETTLED {
                break;
            }
        }
        calls
    }
}
