//! What a customer would spend on calls every five minutes, money or no money.

use fastrand::Rng;

use super::traits::{Kind, Traits};
use super::{Calendar, STEPS, between, normal, weekday};

/// A stretch in which a customer spends far more than it does by itself; steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burst {
    pub(super) from: usize,
    pub(super) until: usize,
    /// Rupees a step.
    rate: f64,
    call: f64,
    /// Nobody wants it: a stuck dialer or fraud, not a campaign.
    pub(super) is_drain: bool,
}

/// Rupees for each step.
pub(super) struct Demand {
    pub(super) ordinary: Vec<f64>,
    pub(super) extra: Vec<f64>,
    pub(super) bursts: Vec<Burst>,
}

impl Demand {
    pub(super) fn draw(traits: &Traits, calendar: &Calendar, random: &mut Rng) -> Self {
        let mut ordinary = Vec::with_capacity(calendar.days * STEPS);
        let mut mood = normal(random);
        let mut jitter = 1.0;
        let plan = Campaigns::draw(traits.kind, random);
        for day in 0..calendar.days {
            mood = traits.mood_lasts * mood + (1.0 - traits.mood_lasts.powi(2)).sqrt() * normal(random);
            let factor = day_factor(traits, calendar, day) * (traits.mood * mood - traits.mood.powi(2) / 2.0).exp();
            let campaign = plan.on(day, random);
            for step in 0..STEPS {
                if step % 12 == 0 {
                    jitter = (traits.jitter * normal(random) - traits.jitter.powi(2) / 2.0).exp();
                }
                let times = traits.hours[step / 6] * campaign.map_or(1.0, |campaign| campaign.times(step));
                let mean = traits.daily / 288.0 * times * factor * jitter;
                ordinary.push(calls(random, mean, traits.call));
            }
        }
        let bursts = if traits.is_active { bursts(traits, calendar, random) } else { Vec::new() };
        let mut extra = vec![0.0; ordinary.len()];
        for burst in &bursts {
            for spent in extra.iter_mut().take(burst.until).skip(burst.from) {
                *spent += calls(random, burst.rate, burst.call);
            }
        }
        if !traits.is_active {
            ordinary.fill(0.0);
        }
        Self { ordinary, extra, bursts }
    }
}

/// What a day is against a usual one, luck aside.
fn day_factor(traits: &Traits, calendar: &Calendar, day: usize) -> f64 {
    let turned: f64 = traits.turns.iter().filter(|(from, _)| *from <= day).map(|(_, times)| times).product();
    #[expect(clippy::cast_precision_loss, reason = "days")]
    let grown = (1.0 + traits.growth * day as f64).clamp(0.3, 3.0);
    let festival = if (calendar.festival.0..=calendar.festival.1).contains(&day) { traits.festival } else { 1.0 };
    traits.week[weekday(day)] * turned * grown * festival
}

/// When a dialer runs: most days it hardly does.
#[derive(Clone, Copy)]
struct Campaigns {
    is_dialer: bool,
    /// Chance of a campaign on a day, or the days on which there always is one.
    chance: f64,
    days: Option<[bool; 7]>,
    start: f64,
    hours: f64,
}

/// One day of it: steps, and how much more and less is spent inside and outside.
#[derive(Clone, Copy)]
struct Campaign {
    from: usize,
    until: usize,
    inside: f64,
    outside: f64,
}

impl Campaigns {
    fn draw(kind: Kind, random: &mut Rng) -> Self {
        let fixed = random.bool();
        Self {
            is_dialer: kind == Kind::Dialer,
            chance: between(random, 0.5, 0.95),
            days: fixed.then(|| std::array::from_fn(|_| random.u8(..10) < 5)),
            start: between(random, 9.0, 14.0),
            hours: between(random, 2.0, 6.0),
        }
    }

    fn on(self, day: usize, random: &mut Rng) -> Option<Campaign> {
        if !self.is_dialer {
            return None;
        }
        let runs = self.days.map_or_else(|| random.f64() < self.chance, |days| days[weekday(day)]);
        let start = self.start + between(random, -0.7, 0.7);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step of the day")]
        let step = |hour: f64| (hour * 12.0).clamp(0.0, 287.0) as usize;
        let inside = if runs { between(random, 1.0, 2.0) } else { 0.06 };
        Some(Campaign { from: step(start), until: step(start + self.hours), inside, outside: 0.05 })
    }
}

impl Campaign {
    fn times(self, step: usize) -> f64 {
        if (self.from..self.until).contains(&step) { self.inside } else { self.outside }
    }
}

/// Campaigns that nobody can forecast, stuck dialers and fraud.
fn bursts(traits: &Traits, calendar: &Calendar, random: &mut Rng) -> Vec<Burst> {
    let mut bursts: Vec<Burst> = Vec::new();
    let campaigns = if random.u8(..100) < 13 { random.usize(1..3) } else { 0 };
    let drains = if random.u8(..100) < 16 { random.usize(1..3) } else { 0 };
    let hourly = traits.daily / 12.0;
    for number in 0..campaigns + drains {
        let is_drain = number >= campaigns;
        let day = random.usize(14..calendar.days.max(16) - 1);
        let hour = if is_drain { random.usize(0..24) } else { random.usize(10..18) };
        let from = day * STEPS + hour * 12 + random.usize(0..12);
        let steps = random.usize(12..if is_drain { 100 } else { 60 });
        // A stuck dialer makes many short calls, fraud few dear ones.
        let (times, call) = match (is_drain, random.bool()) {
            (false, _) => (between(random, 2.5, 6.0), traits.call),
            (true, true) => (between(random, 8.0, 60.0), 0.5),
            (true, false) => (between(random, 4.0, 20.0), traits.call.max(8.0)),
        };
        let burst = Burst { from, until: from + steps, rate: hourly * times / 12.0, call, is_drain };
        if bursts.iter().all(|other| other.until + 12 < burst.from || burst.until + 12 < other.from) {
            bursts.push(burst);
        }
    }
    bursts
}

/// What calls cost in a step whose mean is `mean`: they come by chance and cost by chance.
fn calls(random: &mut Rng, mean: f64, call: f64) -> f64 {
    let expected = mean / call;
    if expected > 60.0 {
        return (mean + (2.0 * mean * call).sqrt() * normal(random)).max(0.0);
    }
    let (mut spent, mut waited) = (0.0, -random.f64().max(1e-300).ln());
    while waited < expected {
        spent += -call * random.f64().max(1e-300).ln();
        waited += -random.f64().max(1e-300).ln();
    }
    spent
}
