//! Who spends how much, and which way their calls go.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::line::{Item, Line};
use super::month::Month;

/// What one customer was charged, beside all others of the same currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spender {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name.
    pub name: Option<String>,
    /// Currency of the amounts.
    pub currency: Option<String>,
    /// Usage and fees less refunds.
    pub amount: Decimal,
    /// Percent of what all customers of this currency were charged; `None` where that is not above zero.
    pub share: Option<Decimal>,
    /// Percent that this customer and all before it come to.
    pub cumulative: Option<Decimal>,
    /// What the customer was charged in the period before, where that is known.
    pub previous: Option<Decimal>,
    /// Change on the period before in percent; `None` where that is not known or not above zero.
    pub change: Option<Decimal>,
}

/// The calls of one customer by direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name.
    pub name: Option<String>,
    /// Currency of the costs.
    pub currency: Option<String>,
    /// Incoming calls.
    pub inbound: u64,
    /// Outgoing calls.
    pub outbound: u64,
    /// Cost of incoming calls.
    pub inbound_cost: Decimal,
    /// Cost of outgoing calls.
    pub outbound_cost: Decimal,
    /// Outgoing calls in percent of all; `None` without calls.
    pub outbound_share: Option<Decimal>,
    /// Whether more than two thirds of the calls go out.
    pub is_outbound_heavy: bool,
}

type Wallet<'a> = (&'a str, Option<&'a str>);

fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    (whole > Decimal::ZERO).then(|| part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)).flatten()
}

impl Month {
    fn charges(&self) -> BTreeMap<Wallet<'_>, Decimal> {
        let mut sums: BTreeMap<Wallet<'_>, Decimal> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.item != Item::TopUp) {
            let sum = sums.entry((&line.auth_id, line.currency.as_deref())).or_default();
            *sum = sum.saturating_add(line.amount);
        }
        sums
    }

    fn name(&self, auth_id: &str) -> Option<String> {
        self.wallets_of(auth_id).first().and_then(|one| one.name.clone())
    }

    /// Customers by what they were charged, by currency and the most first, beside the month before where that is given.
    pub fn spenders(&self, before: Option<&Self>) -> Vec<Spender> {
        let (charges, before) = (self.charges(), before.map(Self::charges));
        let mut totals: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
        for ((_, currency), amount) in &charges {
            let total = totals.entry(*currency).or_default();
            *total = total.saturating_add(*amount);
        }
        let mut ranked: Vec<(Wallet<'_>, Decimal)> = charges.into_iter().collect();
        ranked.sort_by(|((one, first), a), ((other, second), b)| (first, b, one).cmp(&(second, a, other)));
        let mut sums: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
        let spenders = ranked.into_iter().map(|((auth_id, currency), amount)| {
            let total = totals.get(&currency).copied().unwrap_or_default();
            let sum = sums.entry(currency).or_default();
            *sum = sum.saturating_add(amount);
            let previous = before.as_ref().map(|before| before.get(&(auth_id, currency)).copied().unwrap_or_default());
            Spender {
                auth_id: auth_id.to_owned(),
                name: self.name(auth_id),
                currency: currency.map(str::to_owned),
                amount,
                share: percent(amount, total),
                cumulative: percent(*sum, total),
                previous,
                change: previous.and_then(|previous| percent(amount.saturating_sub(previous), previous)),
            }
        });
        spenders.collect()
    }

    /// The calls of each customer by direction. Empty where call records were not read.
    pub fn splits(&self) -> Vec<Split> {
        let mut splits: BTreeMap<Wallet<'_>, Split> = BTreeMap::new();
        let usage = |line: &&Line| line.item == Item::Usage && line.direction.is_some();
        for line in self.lines.iter().filter(usage) {
            let split = splits.entry((&line.auth_id, line.currency.as_deref())).or_insert_with(|| Split {
                auth_id: line.auth_id.clone(),
                name: self.name(&line.auth_id),
                currency: line.currency.clone(),
                inbound: 0,
                outbound: 0,
                inbound_cost: Decimal::ZERO,
                outbound_cost: Decimal::ZERO,
                outbound_share: None,
                is_outbound_heavy: false,
            });
            let (calls, cost) = match line.direction.as_deref() {
                Some("outbound") => (&mut split.outbound, &mut split.outbound_cost),
                Some("inbound") => (&mut split.inbound, &mut split.inbound_cost),
                _ => continue,
            };
            *calls = calls.saturating_add(line.count);
            *cost = cost.saturating_add(line.amount);
        }
        for split in splits.values_mut() {
            let all = split.inbound.saturating_add(split.outbound);
            split.outbound_share = percent(Decimal::from(split.outbound), Decimal::from(all));
            split.is_outbound_heavy = split.outbound > split.inbound.saturating_mul(2);
        }
        splits.into_values().collect()
    }
}
