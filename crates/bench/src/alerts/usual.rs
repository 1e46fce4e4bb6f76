//! The usual ways to watch a wallet, to compare with.
//!
//! Amounts are numbers here, as they are in the monitoring systems that work this way.

use std::collections::VecDeque;

use rust_decimal::prelude::ToPrimitive as _;
use vobiz_core::history::{History, Wallet};

use super::clock::{self, DAY, HOUR, float};
use super::notes::{Kind, Note};
use super::replay::{Shown, replay};

/// A way to watch, with its margin.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// Below this amount is a warning, below a quarter of it critical.
    Amount(f64),
    /// Balance over the mean fall of seven days, top-ups in, below so many days.
    DaysLeft(f64),
    /// A straight line through the last six hours reaches zero within so many hours.
    Line(f64),
    /// Below so many times what the wallet spent in its first seven full days: an amount of its own for each.
    SevenDays(f64),
}

impl Way {
    pub(super) fn name(self) -> String {
        match self {
            Self::Amount(level) => format!("fixed amount, {level:.0} and {:.0}", level / 4.0),
            Self::DaysLeft(days) => format!("days left below {days}: balance ÷ mean of 7 days, top-ups in"),
            Self::Line(hours) => format!("predict_linear over 6 h, empty within {hours:.0} h"),
            Self::SevenDays(times) => format!("{times}× seven days' consumption as amount"),
        }
    }

    /// What this way says of a history: after two polls in a row, and no longer at a tenth above.
    pub(super) fn watch(self, history: &History) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut watches: Vec<Watch> = history.wallets.iter().map(Watch::new).collect();
        replay(history, |poll| {
            let minute = clock::minute(poll.at);
            for (wallet, (watch, shown)) in watches.iter_mut().zip(poll.wallets).enumerate() {
                let Shown::Balance(balance) = *shown else { continue };
                if !watch.is_watched {
                    continue;
                }
                let balance = balance.to_f64().unwrap_or_default();
                let reach = self.reach(&mut watch.past, minute, balance);
                let mut say = |kind, severity| notes.push(Note { at: poll.at, wallet, kind, severity, rule: "usual".to_owned() });
                match watch.decide(reach) {
                    Some(Kind::Resolve) => say(Kind::Resolve, "warning"),
                    Some(Kind::Fire) => say(Kind::Fire, if watch.level > 1 { "critical" } else { "warning" }),
                    Some(Kind::Escalate) => say(Kind::Escalate, "critical"),
                    None => {}
                }
            }
        });
        notes
    }

    /// How far the wallet is from the level: below 1 is a warning. `None`: unknown.
    fn reach(self, past: &mut Past, minute: f64, balance: f64) -> Option<f64> {
        match self {
            Self::Amount(level) => Some(balance / level),
            Self::DaysLeft(days) => {
                let fallen = past.fallen(minute, balance, 7.0 * DAY)?;
                // A wallet that did not fall lasts for ever.
                Some(if fallen > 0.0 { balance / (fallen / 7.0) / days } else { f64::INFINITY })
            }
            Self::Line(hours) => {
                past.remember(minute, balance, 6.0 * HOUR);
                let (level, slope) = past.line(minute)?;
                Some(if level + slope * hours * HOUR < 0.0 { 0.0 } else { f64::INFINITY })
            }
            Self::SevenDays(times) => {
                let spent = past.first_week(minute, balance)?;
                (spent > 0.0).then(|| balance / (spent * times))
            }
        }
    }
}

/// A wallet under watch: what it was, and how far the alert is.
struct Watch {
    is_watched: bool,
    past: Past,
    level: u8,
    polls: [u8; 2],
}

impl Watch {
    fn new(wallet: &Wallet) -> Self {
        let is_watched = wallet.is_prepaid && wallet.is_active && !wallet.auto_recharge;
        Self { is_watched, past: Past::default(), level: 0, polls: [0; 2] }
    }

    fn decide(&mut self, reach: Option<f64>) -> Option<Kind> {
        let reach = reach?;
        for (polls, under) in self.polls.iter_mut().zip([reach < 1.0, reach < 0.25]) {
            *polls = if under { polls.saturating_add(1) } else { 0 };
        }
        let held = if self.polls[1] >= 2 { 2 } else { u8::from(self.polls[0] >= 2) };
        if self.level > 0 && reach >= 1.1 {
            self.level = 0;
            return Some(Kind::Resolve);
        }
        if held <= self.level {
            return None;
        }
        let kind = if self.level == 0 { Kind::Fire } else { Kind::Escalate };
        self.level = held;
        Some(kind)
    }
}

/// What a wallet read before.
#[derive(Default)]
struct Past {
    read: VecDeque<(f64, f64)>,
    last: Option<f64>,
    began: Option<f64>,
    spent: f64,
    week: Option<f64>,
}

impl Past {
    fn remember(&mut self, minute: f64, balance: f64, span: f64) {
        self.read.push_back((minute, balance));
        while self.read.front().is_some_and(|(then, _)| *then < minute - span) {
            self.read.pop_front();
        }
    }

    /// How much less there is than a span before, once that much was seen.
    fn fallen(&mut self, minute: f64, balance: f64, span: f64) -> Option<f64> {
        self.remember(minute, balance, span);
        let began = *self.began.get_or_insert(minute);
        let (_, before) = self.read.front()?;
        (minute - began >= span).then_some(before - balance)
    }

    /// The line of least squares: its value now, and its slope a minute.
    fn line(&self, now: f64) -> Option<(f64, f64)> {
        let count = float(self.read.len());
        if self.read.len() < 12 {
            return None;
        }
        let (mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0);
        for (minute, balance) in &self.read {
            let back = minute - now;
            x += back;
            y += balance;
            xx += back * back;
            xy += back * balance;
        }
        let slope = (count * xy - x * y) / (count * xx - x * x);
        Some(((y - slope * x) / count, slope))
    }

    /// What was spent in the first seven days, top-ups out.
    fn first_week(&mut self, minute: f64, balance: f64) -> Option<f64> {
        let began = *self.began.get_or_insert(minute);
        self.spent += self.last.map_or(0.0, |last| (last - balance).max(0.0));
        self.last = Some(balance);
        if self.week.is_none() && minute - began >= 7.0 * DAY {
            self.week = Some(self.spent);
        }
        self.week
    }
}
