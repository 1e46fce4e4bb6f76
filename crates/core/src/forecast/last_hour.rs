//! What was measured in the last hour, as readings show it: no model has a part in it.

use super::estimate::to_f32;

/// Seconds of a slot, and slots of an hour.
const SLOT: i64 = 600;
const SLOTS: usize = 6;
/// Hours that must have been seen before a rate is given.
const LEAST_SEEN: f32 = 0.25;
/// Hours for which a single step is reported.
const STEP_SHOWN: i64 = 24 * 3600;

/// Spend of the last hour, ten minutes by ten minutes. Not stored: readings after a restart show it again.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct LastHour {
    /// Number of the newest slot since 1970.
    newest: i64,
    /// Spend and hours seen, the newest slot first.
    slots: [(f32, f32); SLOTS],
    step: Option<Step>,
}

/// Money that left a wallet in one step, which is no spend on calls.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// How much, in units of the wallet's currency.
    pub amount: f64,
    /// Hours between the readings before and after it.
    pub within: f64,
    /// Hours since then.
    pub ago: f64,
}

impl LastHour {
    /// What was spent between two readings, at seconds on the wall clock.
    pub(super) fn add(&mut self, from: i64, to: i64, spent: f64) {
        let hours = hours(to - from);
        if hours <= 0.0 {
            return;
        }
        let mut at = from.max(to - 3600);
        while at < to {
            let end = ((at.div_euclid(SLOT) + 1) * SLOT).min(to);
            let part = self::hours(end - at);
            self.move_to(at.div_euclid(SLOT));
            let (sum, seen) = &mut self.slots[0];
            *sum += to_f32(spent * part / hours);
            *seen += to_f32(part);
            at = end;
        }
    }

    /// Money that left in one step between two readings; `ago` of it is the wall clock until it is asked for.
    pub(super) fn step(&mut self, from: i64, to: i64, amount: f64) {
        self.step = Some(Step { amount, within: hours(to - from), ago: hours(to) });
    }

    /// Spend per hour in the hour before `now`; `None` where less than a quarter of it was seen.
    pub(super) fn rate(&self, now: i64) -> Option<f64> {
        let behind = now.div_euclid(SLOT) - self.newest;
        let kept = SLOTS.saturating_sub(usize::try_from(behind).ok()?);
        let (spent, seen) = self.slots[..kept].iter().fold((0.0, 0.0), |(spent, seen), slot| (spent + slot.0, seen + slot.1));
        (seen >= LEAST_SEEN).then(|| f64::from(spent / seen))
    }

    /// The last step, where it is of the last day.
    pub(super) fn last_step(&self, now: i64) -> Option<Step> {
        let step = self.step?;
        let ago = hours(now) - step.ago;
        (0.0..=hours(STEP_SHOWN)).contains(&ago).then_some(Step { ago, ..step })
    }

    fn move_to(&mut self, slot: i64) {
        let ahead = usize::try_from(slot - self.newest).unwrap_or(SLOTS).min(SLOTS);
        self.slots.rotate_right(ahead);
        self.slots[..ahead].fill((0.0, 0.0));
        self.newest = slot;
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds, far fewer than an f64 holds exactly")]
fn hours(seconds: i64) -> f64 {
    seconds as f64 / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_hour_alone() {
        let mut last = LastHour::default();
        assert_eq!(last.rate(0), None);
        for poll in 0..12 {
            last.add(poll * 300, poll * 300 + 300, 10.0);
        }
        assert!((last.rate(3600).unwrap() - 120.0).abs() < 0.01);
        for poll in 12..24 {
            last.add(poll * 300, poll * 300 + 300, 0.0);
        }
        assert_eq!(last.rate(7200), Some(0.0));
        assert_eq!(last.rate(7200 + 3600), None, "nothing was read for an hour");
        last.add(7200, 7200 + 5 * 3600, 500.0);
        assert!((last.rate(7200 + 5 * 3600).unwrap() - 100.0).abs() < 0.01, "a gap's mean");
    }

    #[test]
    fn readings_of_each_minute_and_each_quarter_of_an_hour_show_the_same() {
        for seconds in [60, 900] {
            let mut last = LastHour::default();
            for reading in 0..7200 / seconds {
                last.add(reading * seconds, (reading + 1) * seconds, f64::from(u32::try_from(seconds).unwrap()) / 36.0);
            }
            assert!((last.rate(7200).unwrap() - 100.0).abs() < 0.1, "{seconds}");
        }
    }

    #[test]
    fn a_step_is_reported_for_a_day() {
        let mut last = LastHour::default();
        last.step(0, 300, 4637.0);
        let step = last.last_step(3900).unwrap();
        assert!((step.within - 300.0 / 3600.0).abs() < 1e-9 && (step.ago - 1.0).abs() < 1e-9, "{step:?}");
        assert_eq!(last.last_step(300 + STEP_SHOWN + 1), None);
    }
}
