//! What makes each customer different, drawn once from the seed.

use super::habit::{Calling, Episode, Payment};
use super::life::Life;
use super::names;
use super::role::Role;
use super::tier::{CURRENCY, NUMBER_FEES, TIERS, Tier, pulses};
use super::trade::Trade;
use crate::calendar::{Day, Hour};
use crate::money::Amount;
use crate::random::{Dice, mix};

/// How far the proof of identity has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kyc {
    Pending,
    Completed,
}

/// What does not change about a customer.
#[derive(Debug)]
pub(crate) struct Traits {
    /// Root of everything random about it.
    pub(crate) key: u64,
    pub(crate) trade: &'static Trade,
    pub(crate) tier: &'static Tier,
    pub(crate) usual: Calling,
    pub(crate) episode: Option<Episode>,
    pub(crate) life: Option<Box<Life>>,
    /// Per mille.
    pub(crate) inbound: u32,
    /// Per mille.
    pub(crate) voice_api: u32,
    pub(crate) payment: Payment,
    /// What it pays at a time.
    pub(crate) top_up: Amount,
    pub(crate) is_active: bool,
    pub(crate) is_trial: bool,
    pub(crate) kyc: Kyc,
    /// The currency of its wallet.
    pub(crate) currency: &'static str,
    /// Some of its calls are priced the next day.
    pub(crate) late_prices: bool,
    /// Phone numbers held.
    pub(crate) numbers: u8,
    /// Day of the month on which those are paid for.
    pub(crate) rent_day: u32,
    /// Microseconds since 1970 of its creation.
    pub(crate) since: i64,
    /// Second of its leaving, if it ever leaves.
    pub(crate) until: Option<i64>,
}

/// Below this a wallet is commonly called low.
pub(crate) const LOW: Amount = Amount::rupees(2_000);

impl Traits {
    /// Draws customer `index` of a world that opens on `opening`.
    pub(crate) fn draw(seed: u64, index: usize, role: Role, opening: Day) -> Self {
        let key = key(seed, index);
        let mut dice = Dice::new(&[key, 0x7472_6169]);
        let (_, trade) = names::business(seed, index);
        let (fewest, most) = trade.calls;
        // The smaller of two draws: many small customers, few large ones.
        let calls = dice.between(fewest, most).min(dice.between(fewest, most));
        let around = |dice: &mut Dice, middle: u32| (middle * dice.between(900, 1_100) / 1_000).min(985);
        let usual = Calling {
            calls,
            answered: around(&mut dice, trade.answered),
            talk: trade.talk * dice.between(800, 1_250) / 1_000,
            all_day: false,
        };
        let inbound = around(&mut dice, trade.inbound);
        let voice_api = around(&mut dice, trade.voice_api);
        let tier = match calls {
            400.. => &TIERS[3],
            220.. => &TIERS[2],
            _ if dice.chance(250) => &TIERS[1],
            _ => &TIERS[0],
        };
        let mut traits = Self {
            key,
            trade,
            tier,
            usual,
            episode: None,
            life: None,
            inbound,
            voice_api,
            payment: Payment::OnTime,
            top_up: Amount::ZERO,
            is_active: true,
            is_trial: false,
            kyc: if dice.chance(780) { Kyc::Completed } else { Kyc::Pending },
            currency: CURRENCY,
            late_prices: false,
            numbers: u8::try_from(dice.between(1, 4)).unwrap_or(1),
            rent_day: dice.between(1, 28),
            since: i64::from(dice.below(1_000_000))
                + 1_000_000 * (opening.start() - i64::from(dice.between(3 * 86_400, 400 * 86_400))),
            until: None,
        };
        traits.settle_payment(seed, index, role, &mut dice);
        traits.top_up = traits.usual_top_up(&mut dice);
        traits
    }

    fn settle_payment(&mut self, seed: u64, index: usize, role: Role, dice: &mut Dice) {
        if role != Role::Ordinary {
            return;
        }
        let offset = Dice::new(&[seed, 0x6d6f_6465]).below(20) as usize;
        match (index + offset) % 20 {
            3 => self.payment = Payment::Postpaid,
            7 => {
                self.is_active = false;
                self.usual.calls = 0;
                self.numbers = 0;
                self.payment = Payment::Never;
            }
            11 => self.payment = Payment::AutoRecharge { below: Amount::rupees(500 * i64::from(dice.between(2, 5))) },
            15 => {
                self.is_trial = true;
                self.numbers = 1;
                self.usual.calls = self.usual.calls.min(40);
                self.payment = Payment::Never;
            }
            _ => {
                self.payment = match dice.below(100) {
                    0..78 => Payment::OnTime,
                    78..92 => Payment::Late {
                        below: Amount::rupees(100 * i64::from(dice.between(3, 18))),
                        hours: i64::from(dice.between(2, 30)),
                    },
                    _ => Payment::Never,
                }
            }
        }
    }

    fn usual_top_up(&self, dice: &mut Dice) -> Amount {
        let days = i64::from(dice.between(12, 25));
        (self.burn().share(days, 1)).max(Amount::rupees(4_500)).rounded_up(500)
    }

    /// What it spends on calls on a normal day, about.
    pub(crate) fn burn(&self) -> Amount {
        let streaming = if self.trade.streaming { self.tier.streaming * self.voice_api / 1_000 } else { 0 };
        let talk = u16::try_from(self.usual.talk).unwrap_or(u16::MAX);
        let answered = self.usual.calls * self.usual.answered / 1_000;
        Amount::paise(i64::from(answered * pulses(talk) * (self.tier.rate + streaming) / 10))
    }

    /// The wallet below which a customer that pays on time does so.
    pub(crate) fn reserve(&self) -> Amount {
        self.life.as_ref().map_or_else(|| LOW + Amount::rupees(600) + self.burn().share(3, 1), |life| life.reserve)
    }

    /// How it calls in `hour`.
    pub(crate) fn habit_in(&self, hour: Hour) -> Calling {
        match self.episode {
            Some(episode) if episode.from <= hour && hour < episode.until => episode.calling,
            _ => self.life.as_ref().map_or(self.usual, |life| life.calling_in(self.usual, self.trade, hour)),
        }
    }

    /// Whether the wallet is spent to the last paisa: a call is cut when the money ends, a fee takes what is there.
    pub(crate) fn spends_all(&self) -> bool {
        self.life.is_some() && !self.is_postpaid()
    }

    /// Whether its wallet is in the partner's currency.
    pub(crate) fn is_domestic(&self) -> bool {
        self.currency == CURRENCY
    }

    pub(crate) fn is_postpaid(&self) -> bool {
        self.payment == Payment::Postpaid
    }

    /// The wallet below which a card is charged, where one is.
    pub(crate) fn auto_recharge_below(&self) -> Option<Amount> {
        match self.payment {
            Payment::AutoRecharge { below } => Some(below),
            _ => None,
        }
    }

    /// Calls it may begin in a second.
    pub(crate) fn cps(&self) -> u32 {
        1 + self.usual.calls / 200
    }

    /// Calls it may have at a time.
    pub(crate) fn concurrent_calls(&self) -> u32 {
        3 + self.usual.calls / 40
    }

    /// Monthly rent of its `number`th phone number.
    pub(crate) fn rent(&self, number: u8) -> Amount {
        NUMBER_FEES[usize::from((mix(self.key) >> number) & 1 == 1)]
    }

    /// Whether anyone can see it at `second`.
    pub(crate) fn is_present(&self, second: i64) -> bool {
        self.since.div_euclid(1_000_000) <= second && self.until.is_none_or(|until| second < until)
    }
}

/// Root of everything random about customer `index`.
pub(crate) fn key(seed: u64, index: usize) -> u64 {
    Dice::new(&[seed, 0x6375_7374, index as u64]).roll()
}
