//! The figures that rules can watch, and their units.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::error::RuleError;
use super::level::Direction;
use crate::settings::values::quoted;

/// A figure that rules can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// `customer.balance`: a customer's wallet, in whole units of its currency.
    CustomerBalance,
    /// `customer.runway`: the conservative estimate of the time until a customer's wallet is empty, in hours on the clock or in
    /// working hours.
    CustomerRunway,
    /// `customer.burn`: what a wallet spends now, as a multiple of its normal spend at this hour.
    CustomerBurn,
    /// `partner.balance`: the partner's own wallet, in whole units of its currency.
    PartnerBalance,
    /// `partner.coverage`: for how many days the partner's wallet covers what its customers are expected to spend.
    PartnerCoverage,
    /// `fleet.balance`: all customers' wallets together, a sum for each currency.
    FleetBalance,
    /// `calls.answer_rate`: answered calls of the last complete report day, in percent.
    CallsAnswerRate,
    /// `calls.cost`: what the calls of that day cost, in whole units of the report's currency.
    CallsCost,
    /// `calls.volume`: how many calls that day had.
    CallsVolume,
    /// `data.age`: the time since the customers, or one customer's wallet, could last be read, in hours.
    DataAge,
}

/// What a metric is a figure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubjectKind {
    Customer,
    Partner,
    Fleet,
    Calls,
    Data,
}

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole units of a currency.
    Money,
    /// Hours, on the clock or of work.
    Hours,
    /// Days.
    Days,
    /// A multiple of what is normal.
    Times,
    /// Percent.
    Percent,
    /// Calls.
    Calls,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 10] = [
        Self::CustomerBalance,
        Self::CustomerRunway,
        Self::CustomerBurn,
        Self::PartnerBalance,
        Self::PartnerCoverage,
        Self::FleetBalance,
        Self::CallsAnswerRate,
        Self::CallsCost,
        Self::CallsVolume,
        Self::DataAge,
    ];

    /// The name in rules and in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerBalance => "customer.balance",
            Self::CustomerRunway => "customer.runway",
            Self::CustomerBurn => "customer.burn",
            Self::PartnerBalance => "partner.balance",
            Self::PartnerCoverage => "partner.coverage",
            Self::FleetBalance => "fleet.balance",
            Self::CallsAnswerRate => "calls.answer_rate",
            Self::CallsCost => "calls.cost",
            Self::CallsVolume => "calls.volume",
            Self::DataAge => "data.age",
        }
    }

    /// What it is counted in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::CustomerBalance | Self::PartnerBalance | Self::FleetBalance | Self::CallsCost => Unit::Money,
            Self::CustomerRunway | Self::DataAge => Unit::Hours,
            Self::PartnerCoverage => Unit::Days,
            Self::CustomerBurn => Unit::Times,
            Self::CallsAnswerRate => Unit::Percent,
            Self::CallsVolume => Unit::Calls,
        }
    }

    /// On which side of its levels a value is usually a problem.
    pub const fn direction(self) -> Direction {
        match self {
            Self::CustomerBurn | Self::CallsCost | Self::DataAge => Direction::Above,
            _ => Direction::Below,
        }
    }

    /// The only side of its levels on which a value can be a problem, where there is just one.
    pub(crate) const fn only_direction(self) -> Option<Direction> {
        match self {
            Self::CustomerRunway | Self::PartnerCoverage => Some(Direction::Below),
            Self::DataAge => Some(Direction::Above),
            _ => None,
        }
    }

    /// A value in the unit of the metric, as people say it: `500`, `4 h 30 min`, `4.5 working hours`, `84.8 %`.
    ///
    /// Money is a plain number here: its currency is the subject's.
    pub fn format(self, value: Decimal, in_working_hours: bool) -> String {
        let value = value.normalize();
        match self.unit() {
            Unit::Money => value.to_string(),
            Unit::Hours if in_working_hours => counted(value, "working hour", "working hours"),
            Unit::Hours => hours(value),
            Unit::Days => counted(value, "day", "days"),
            Unit::Times => format!("{value} times the normal burn"),
            Unit::Percent => format!("{value} %"),
            Unit::Calls => counted(value, "call", "calls"),
        }
    }

    /// What it is a figure of.
    pub(crate) const fn subject_kind(self) -> SubjectKind {
        match self {
            Self::CustomerBalance | Self::CustomerRunway | Self::CustomerBurn => SubjectKind::Customer,
            Self::PartnerBalance | Self::PartnerCoverage => SubjectKind::Partner,
            Self::FleetBalance => SubjectKind::Fleet,
            Self::CallsAnswerRate | Self::CallsCost | Self::CallsVolume => SubjectKind::Calls,
            Self::DataAge => SubjectKind::Data,
        }
    }

    /// Whether it is a figure of each customer's wallet.
    pub const fn is_of_customer(self) -> bool {
        matches!(self.subject_kind(), SubjectKind::Customer)
    }

    /// Whether it is computed from customers, so that a rule can choose among them.
    pub(crate) const fn is_over_customers(self) -> bool {
        !matches!(self, Self::PartnerBalance) && !matches!(self.subject_kind(), SubjectKind::Calls)
    }

    /// Whether a [history](crate::history) of balances has it: in a backtest, a rule on another one never fires.
    pub const fn is_in_history(self) -> bool {
        !matches!(self.subject_kind(), SubjectKind::Partner | SubjectKind::Calls)
    }

    /// Whether it needs forecasts of wallets.
    pub(crate) const fn needs_forecast(self) -> bool {
        matches!(self, Self::CustomerRunway | Self::CustomerBurn | Self::PartnerCoverage)
    }
}

fn counted(value: Decimal, one: &str, many: &str) -> String {
    format!("{value} {}", if value == Decimal::ONE { one } else { many })
}

fn hours(value: Decimal) -> String {
    let seconds = value.checked_mul(Decimal::from(3600)).and_then(|seconds| seconds.round().to_i64());
    seconds.and_then(TimeDelta::try_seconds).map_or_else(|| format!("{value} h"), span)
}

/// A length of time as people say it: `45 s`, `10 min`, `4 h 30 min`, `36 h`, `3 days 4 h`.
pub(crate) fn span(time: TimeDelta) -> String {
    let sign = if time < TimeDelta::zero() { "−" } else { "" };
    let seconds = time.num_seconds().unsigned_abs();
    let minutes = (seconds + 30) / 60;
    let parts = |large: u64, unit: &str, small: u64, part: &str| match small {
        0 => format!("{sign}{large} {unit}"),
        _ => format!("{sign}{large} {unit} {small} {part}"),
    };
    match minutes {
        0..2 if seconds < 90 => format!("{sign}{seconds} s"),
        0..60 => format!("{sign}{minutes} min"),
        60..2880 => parts(minutes / 60, "h", minutes % 60, "min"),
        _ => parts(minutes / 1440, "days", (minutes % 1440 + 30) / 60 % 24, "h"),
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        Self::ALL.into_iter().find(|metric| metric.name() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            RuleError::new("metric", format!("{} is not a metric; known: {known}", quoted(text)))
        })
    }
}
