//! The hours to come, worked out once for all wallets of an evaluation.

use chrono::{DateTime, Utc};

use super::business::{Business, DAY, HOUR, as_hours, hour_of_week};
use super::estimate::Span;

/// Hours over which today's course fades into the usual one.
const TODAY_FADES: f64 = 20.0;
/// Hours over which a burst fades.
const BURST_FADES: f64 = 5.0;

/// The hours to come.
#[derive(Debug)]
pub(crate) struct Ahead {
    pub(crate) slots: Vec<Slot>,
    /// How many of them lie before the close of the next working day.
    pub(crate) next_close: usize,
}

/// One hour to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// Hour of the week, Monday midnight being 0.
    pub(crate) hour: usize,
    /// Hours from now to its begin.
    pub(crate) after: f64,
    /// Hours of it that are still to come: 1 but for the first.
    pub(crate) length: f64,
    /// Working hours from now to its begin.
    pub(crate) worked_before: f64,
    /// Working hours in it.
    pub(crate) works: f64,
    /// What part of today's course, and of a burst, is left by then.
    pub(crate) today_holds: f64,
    pub(crate) burst_holds: f64,
    /// Its begin on the wall clock.
    pub(crate) wall: i64,
}

/// What part of today's course is left in each of the hours to come, the present one first.
pub(crate) fn today_holds() -> impl Iterator<Item = f64> {
    (0_u8..=u8::MAX).map(|hour| (-(f64::from(hour) + 0.5) / TODAY_FADES).exp())
}

impl Ahead {
    /// So many hours from `now` on, the first one only what is left of it.
    pub(crate) fn new(business: &Business, now: DateTime<Utc>, hours: usize) -> Self {
        let from = business.wall(now);
        let first = from - from.rem_euclid(HOUR);
        let (mut worked, mut slots) = (0, Vec::with_capacity(hours));
        for start in (0..).map(|number| first + number * HOUR).take(hours) {
            let begins = start.max(from);
            let works = business.worked(start - start.rem_euclid(DAY), begins, start + HOUR);
            let (after, length) = (as_hours(begins - from), as_hours(start + HOUR - begins));
            let middle = after + length / 2.0;
            slots.push(Slot {
                hour: hour_of_week(start),
                after,
                length,
                worked_before: as_hours(worked),
                works: as_hours(works),
                today_holds: (-middle / TODAY_FADES).exp(),
                burst_holds: (-middle / BURST_FADES).exp(),
                wall: begins,
            });
            worked += works;
        }
        let close = business.next_close(now);
        let next_close = slots.iter().take_while(|slot| slot.after < close).count();
        Self { slots, next_close }
    }

    /// The end of what is looked at.
    pub(crate) fn end(&self) -> Span {
        let working = self.slots.last().map_or(0.0, |slot| slot.worked_before + slot.works);
        Span { hours: self.hours(), working }
    }

    /// The first hours of it: up to so many hours on the clock or, where `in_working_hours`, of work; the next close at least.
    pub(crate) fn up_to(&self, hours: f64, in_working_hours: bool) -> Self {
        let passed = |slot: &Slot| if in_working_hours { slot.worked_before } else { slot.after };
        let slots: Vec<Slot> = self.slots.iter().take_while(|slot| passed(slot) <= hours).copied().collect();
        let least = self.next_close.max(slots.len());
        Self { slots: self.slots.iter().take(least).copied().collect(), next_close: self.next_close }
    }

    /// Hours looked ahead.
    pub(crate) fn hours(&self) -> f64 {
        self.slots.last().map_or(0.0, |slot| slot.after + slot.length)
    }
}
