//! On which terms a month is invoiced.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// How amounts are rounded to the smallest unit of money, two decimal places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rounding {
    /// A half goes to the even neighbour: 0.125 is 0.12.
    #[default]
    HalfEven,
    /// A half goes away from zero: 0.125 is 0.13.
    HalfUp,
}

impl Rounding {
    /// By its name, `half_even` or `half_up`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "half_even" => Self::HalfEven,
            "half_up" => Self::HalfUp,
            _ => return None,
        })
    }

    pub(super) fn apply(self, amount: Decimal) -> Decimal {
        let strategy = match self {
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        };
        amount.round_dp_with_strategy(2, strategy)
    }
}

/// What is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RoundAt {
    /// Every line; the net amount is their sum.
    #[default]
    Line,
    /// The net amount alone; what that changes is stated.
    Invoice,
}

impl RoundAt {
    /// By its name, `line` or `invoice`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "line" => Self::Line,
            "invoice" => Self::Invoice,
            _ => return None,
        })
    }
}

/// The terms of invoices. Nothing is charged that is not given here or in the month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Percent that are added to usage. Fees and refunds are passed on as they are.
    pub markup: Option<Decimal>,
    /// What a minute costs the partner, by `product/direction`, `product` or `direction`. It is not charged: it shows what is
    /// left of a line.
    pub buy_rates: BTreeMap<String, Decimal>,
    /// Tax in percent.
    pub tax: Option<Decimal>,
    /// State code of the seller, or a GSTIN, which begins with it.
    pub seller_state: Option<String>,
    /// State codes of customers by id; else their GSTIN says it.
    pub states: BTreeMap<String, String>,
    /// How amounts are rounded.
    pub rounding: Rounding,
    /// What is rounded.
    pub round_at: RoundAt,
    /// How invoices are numbered.
    pub number: NumberFormat,
    /// The first number.
    pub first: u64,
}

/// A text with `{period}`, `{auth_id}` and `{seq}`, or `{seq:04}` for a number of four digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Period,
    Customer,
    Sequence(usize),
}

/// Why a text does not number invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError(String);

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; write for example INV-{{period}}-{{seq:04}}", self.0)
    }
}

impl std::error::Error for FormatError {}

impl Default for NumberFormat {
    fn default() -> Self {
        Self(vec![Part::Text("INV-".to_owned()), Part::Period, Part::Text("-".to_owned()), Part::Sequence(4)])
    }
}

impl NumberFormat {
    /// Reads a format.
    ///
    /// # Errors
    ///
    /// For a brace without its other half, a name that is unknown, and a text in which neither the number nor the customer
    /// is: all invoices would have one number.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| FormatError("a { has no }".to_owned()))?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(match name.split_once(':').unwrap_or((name, "")) {
                ("period", "") => Part::Period,
                ("auth_id", "") => Part::Customer,
                ("seq", "") => Part::Sequence(1),
                ("seq", width) => match width.strip_prefix('0').and_then(|width| width.parse().ok()) {
                    Some(width @ 1..=12) => Part::Sequence(width),
                    _ => return Err(FormatError(format!("{{seq:{width}}} is no width"))),
                },
                _ => return Err(FormatError(format!("{{{name}}} is unknown"))),
            });
            rest = after;
        }
        if rest.contains('}') {
            return Err(FormatError("a } has no {".to_owned()));
        }
        parts.push(Part::Text(rest.to_owned()));
        if !parts.iter().any(|part| matches!(part, Part::Customer | Part::Sequence(_))) {
            return Err(FormatError("all invoices would have one number".to_owned()));
        }
        Ok(Self(parts))
    }

    pub(super) fn write(&self, period: &str, auth_id: &str, sequence: u64) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Period => period.to_owned(),
            Part::Customer => auth_id.to_owned(),
            Part::Sequence(width) => format!("{sequence:0width$}"),
        });
        parts.collect()
    }
}
