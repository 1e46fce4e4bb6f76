//! What makes each customer different.

use fastrand::Rng;

use super::{between, normal};
use vobiz_sandbox::history::Units;

/// What a customer does for a living.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Office,
    Shop,
    NightShift,
    Dialer,
    RoundTheClock,
    NearlyIdle,
    Batch,
}

/// How a customer pays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Habit {
    /// Below so many days of spend, within so many hours, when the office is open.
    Careful { days: f64, hours: f64 },
    /// Below so many days of spend, within so many hours at any time.
    Late { days: f64, hours: f64 },
    /// On its day of the week, and when empty within so many hours.
    Weekly { day: usize, hours: f64 },
    /// In the first days of a month, and when empty within so many hours.
    Payday { hours: f64 },
    /// Only when calls fail, after so many hours.
    Forgetful { hours: f64 },
    /// A card is charged below so many days of spend.
    Card { days: f64 },
    /// Nothing is ever paid in, or an invoice is.
    Nothing,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Shop => "shop",
            Self::NightShift => "night_shift",
            Self::Dialer => "dialer",
            Self::RoundTheClock => "round_the_clock",
            Self::NearlyIdle => "nearly_idle",
            Self::Batch => "batch",
        }
    }
}

impl Habit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Careful { .. } => "careful",
            Self::Late { .. } => "late",
            Self::Weekly { .. } => "weekly",
            Self::Payday { .. } => "payday",
            Self::Forgetful { .. } => "forgetful",
            Self::Card { .. } => "card",
            Self::Nothing => "nothing",
        }
    }
}

/// One customer.
pub(super) struct Traits {
    pub(super) kind: Kind,
    pub(super) habit: Habit,
    pub(super) is_prepaid: bool,
    pub(super) is_active: bool,
    pub(super) auto_recharge: bool,
    /// Mean spend on a usual day, in rupees, and mean cost of a call.
    pub(super) daily: f64,
    pub(super) call: f64,
    /// Part of a usual hour's spend in each half hour of the day, mean 1, and each weekday's part.
    pub(super) hours: [f64; 48],
    pub(super) week: [f64; 7],
    /// How far a day is from the usual, how much of that lasts to the next, and how far an hour is.
    pub(super) mood: f64,
    pub(super) mood_lasts: f64,
    pub(super) jitter: f64,
    /// Growth a day; from these days on everything is so many times as much.
    pub(super) growth: f64,
    pub(super) turns: Vec<(usize, f64)>,
    /// What a festival does to it.
    pub(super) festival: f64,
    /// Step of its first reading.
    pub(super) since: usize,
    /// Money at the beginning, and paid at a time.
    pub(super) opening: Units,
    pub(super) top_up: f64,
    /// Fees: day of the month and amount, weekday and amount; the hour at which they are taken.
    pub(super) monthly: Option<(u32, f64)>,
    pub(super) weekly: Option<(usize, f64)>,
    pub(super) fee_hour: usize,
}

impl Traits {
    pub(super) fn draw(random: &mut Rng, days: usize) -> Self {
        use Kind::{Batch, Dialer, NearlyIdle, NightShift, Office, RoundTheClock, Shop};
        let kinds = [Office, Office, Office, Shop, Shop, NightShift, Dialer, Dialer, RoundTheClock, NearlyIdle, Batch];
        let kind = kinds[random.usize(..kinds.len())];
        let daily = match kind {
            NearlyIdle => 60.0 * (0.8 * normal(random)).exp(),
            _ => 700.0 * (1.1 * normal(random)).exp(),
        }
        .clamp(15.0, 30_000.0);
        let call = match kind {
            NearlyIdle => daily * between(random, 0.1, 0.6),
            _ => (2.0 * (0.6 * normal(random)).exp()).clamp(0.5, daily / 15.0),
        };
        let mut traits = Self {
            kind,
            habit: Habit::Nothing,
            is_prepaid: true,
            is_active: true,
            auto_recharge: false,
            daily,
            call,
            hours: hours(kind, random),
            week: week(kind, random),
            mood: between(random, 0.05, 0.5),
            mood_lasts: between(random, 0.1, 0.85),
            jitter: between(random, 0.05, 0.4),
            growth: if random.u8(..100) < 20 { between(random, -0.008, 0.012) } else { 0.0 },
            turns: turns(random, days),
            festival: if random.bool() { between(random, 0.05, 0.6) } else { between(random, 0.9, 2.5) },
            since: if random.u8(..100) < 8 { random.usize(5..days.max(20) - 12) * 288 + random.usize(100..220) } else { 0 },
            opening: 0,
            top_up: daily * between(random, 2.0, 18.0),
            monthly: (random.u8(..100) < 45)
                .then(|| (random.u32(1..29), f64::from(random.u8(1..4)) * between(random, 2.0, 9.0).floor() * 100.0)),
            weekly: (random.u8(..100) < 10).then(|| (random.usize(0..7), between(random, 2.0, 20.0).floor() * 10.0)),
            fee_hour: random.usize(0..10),
        };
        traits.settle(random);
        traits
    }

    /// Chooses how it pays.
    fn settle(&mut self, random: &mut Rng) {
        let (days, hours) = (between(random, 0.05, 0.6), between(random, 0.5, 14.0));
        self.habit = match random.u8(..100) {
            0..28 => Habit::Careful { days: between(random, 0.7, 3.5), hours: between(random, 0.3, 6.0) },
            28..48 => Habit::Late { days, hours },
            48..58 => {
                self.top_up = self.daily * between(random, 0.8, 2.5);
                Habit::Late { days, hours: hours / 2.0 }
            }
            58..68 => {
                self.top_up = self.daily * between(random, 5.0, 8.0);
                Habit::Weekly { day: random.usize(0..6), hours: hours * 1.5 }
            }
            68..74 => {
                self.top_up = self.daily * between(random, 8.0, 24.0);
                Habit::Payday { hours: hours * 1.5 }
            }
            74..88 => Habit::Forgetful { hours: hours * 2.0 },
            88..94 => {
                self.auto_recharge = true;
                Habit::Card { days: between(random, 0.2, 0.7) }
            }
            94..97 => {
                self.is_prepaid = false;
                Habit::Nothing
            }
            97..99 => {
                self.is_active = false;
                Habit::Nothing
            }
            _ => Habit::Nothing,
        };
        self.top_up = (self.top_up / 100.0).ceil() * 100.0;
        #[expect(clippy::cast_possible_truncation, reason = "rupees of one wallet")]
        let opening = (self.top_up * between(random, 0.3, 1.2)) as i64 * 100_000;
        self.opening = opening;
    }
}

/// The course of a day as bumps, each where it happens to be.
fn hours(kind: Kind, random: &mut Rng) -> [f64; 48] {
    let mut bumps: Vec<(f64, f64, f64)> = Vec::new();
    let mut bump = |hour: f64, shift: f64, width: (f64, f64), height: f64, random: &mut Rng| {
        bumps.push((
            hour + between(random, -shift, shift),
            between(random, width.0, width.1),
            height * between(random, 0.6, 1.4),
        ));
    };
    let floor = match kind {
        Kind::Office => {
            bump(11.0, 1.2, (0.8, 1.8), 1.0, random);
            bump(15.8, 1.3, (0.8, 2.2), 0.9, random);
            0.004
        }
        Kind::Shop => {
            bump(13.0, 1.0, (0.8, 1.5), 0.6, random);
            bump(19.0, 1.5, (1.0, 2.2), 1.0, random);
            0.01
        }
        Kind::NightShift => {
            bump(22.0, 1.5, (1.0, 2.5), 1.0, random);
            bump(26.5, 1.5, (1.0, 2.5), 0.8, random);
            0.01
        }
        Kind::Dialer => {
            bump(12.5, 2.5, (1.2, 2.5), 1.0, random);
            0.01
        }
        Kind::RoundTheClock => {
            bump(14.0, 6.0, (4.0, 7.0), 0.5, random);
            0.4
        }
        Kind::NearlyIdle => {
            bump(13.0, 3.0, (2.0, 4.0), 1.0, random);
            0.1
        }
        Kind::Batch => {
            bump(between(random, 7.0, 12.0).floor(), 0.0, (0.15, 0.5), 1.0, random);
            bump(between(random, 14.0, 20.0).floor(), 0.0, (0.15, 0.5), 0.7, random);
            0.03
        }
    };
    let at = |half: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a half hour of the day")]
        let hour = half as f64 / 2.0 + 0.25;
        let near = |middle: f64, width: f64| {
            let away = (hour - middle).rem_euclid(24.0);
            (-0.5 * (away.min(24.0 - away) / width).powi(2)).exp()
        };
        floor + bumps.iter().map(|(middle, width, height)| height * near(*middle, *width)).sum::<f64>()
    };
    let curve: [f64; 48] = std::array::from_fn(at);
    let mean = curve.iter().sum::<f64>() / 48.0;
    curve.map(|half| half / mean)
}

/// What each weekday is against a usual day, from Monday.
fn week(kind: Kind, random: &mut Rng) -> [f64; 7] {
    let mut week: [f64; 7] = std::array::from_fn(|_| between(random, 0.85, 1.15));
    match (kind, random.u8(..100)) {
        (Kind::Shop, chance) => {
            // Shops close on a day of their own, or never.
            week[5] *= between(random, 1.0, 1.7);
            week[6] *= between(random, 0.8, 1.8);
            if chance < 50 {
                week[random.usize(0..5)] = between(random, 0.0, 0.15);
            }
        }
        (Kind::RoundTheClock, _) => {}
        (Kind::NightShift, _) | (_, 0..45) => {
            week[5] *= between(random, 0.02, 0.3);
            week[6] *= between(random, 0.0, 0.1);
        }
        (_, 45..85) => {
            week[5] *= between(random, 0.5, 1.0);
            week[6] *= between(random, 0.0, 0.2);
        }
        _ => {}
    }
    week
}

/// Days from which on everything is so many times as much.
fn turns(random: &mut Rng, days: usize) -> Vec<(usize, f64)> {
    let day = |random: &mut Rng, before_end: usize| random.usize(13..(days.saturating_sub(before_end)).max(14));
    match random.u8(..100) {
        0..12 => vec![(day(random, 4), (between(random, -1.1, 1.2)).exp())],
        12..18 => {
            let from = day(random, 9);
            vec![(from, 0.02), (from + random.usize(2..7), 50.0)]
        }
        18..22 => vec![(day(random, 30), 1.8), (day(random, 5), 0.6)],
        _ => Vec::new(),
    }
}
