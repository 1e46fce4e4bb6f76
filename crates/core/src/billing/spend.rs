//! Who spends how much, and which way their calls go.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::exact::{TooLarge, add, count, less, sum};
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

/// The calls of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name.
    pub name: Option<String>,
    /// Currency of the cost.
    pub currency: Option<String>,
    /// Calls; where call records were not read, ledger rows of calls.
    pub calls: u64,
    /// Calls that were answered; `None` where call records were not read.
    pub answered: Option<u64>,
    /// Seconds of talk; `None` likewise.
    pub seconds: Option<Decimal>,
    /// What they cost.
    pub cost: Decimal,
}

type Wallet<'a> = (&'a str, Option<&'a str>);

fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    (whole > Decimal::ZERO).then(|| part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)).flatten()
}

impl Month {
    fn charges(&self) -> Result<BTreeMap<Wallet<'_>, Decimal>, TooLarge> {
        let mut sums: BTreeMap<Wallet<'_>, Decimal> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.item != Item::TopUp) {
            let sum = sums.entry((&line.auth_id, line.currency.as_deref())).or_default();
            add(sum, line.amount).map_err(|error| error.of(&line.auth_id))?;
        }
        Ok(sums)
    }

    fn name(&self, auth_id: &str) -> Option<String> {
        self.wallets_of(auth_id).first().and_then(|one| one.name.clone())
    }

    /// Customers by what they were charged, by currency and the most first, beside the month before where that is given.
    ///
    /// # Errors
    ///
    /// Where a sum has more digits than a number holds.
    pub fn spenders(&self, before: Option<&Self>) -> Result<Vec<Spender>, TooLarge> {
        let (charges, before) = (self.charges()?, before.map(Self::charges).transpose()?);
        let mut totals: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
        for ((_, currency), amount) in &charges {
            add(totals.entry(*currency).or_default(), *amount)?;
        }
        let mut ranked: Vec<(Wallet<'_>, Decimal)> = charges.into_iter().collect();
        ranked.sort_by(|((one, first), a), ((other, second), b)| (first, b, one).cmp(&(second, a, other)));
        let mut sums: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
        let spenders = ranked.into_iter().map(|((auth_id, currency), amount)| {
            let total = totals.get(&currency).copied().unwrap_or_default();
            let so_far = sums.entry(currency).or_default();
            add(so_far, amount)?;
            let previous = before.as_ref().map(|before| before.get(&(auth_id, currency)).copied().unwrap_or_default());
            Ok(Spender {
                auth_id: auth_id.to_owned(),
                name: self.name(auth_id),
                currency: currency.map(str::to_owned),
                amount,
                share: percent(amount, total),
                cumulative: percent(*so_far, total),
                previous,
                change: previous.and_then(|previous| percent(less(amount, previous).ok()?, previous)),
            })
        });
        spenders.collect()
    }

    /// The calls of each customer by direction. Empty where call records were not read.
    ///
    /// # Errors
    ///
    /// Where a sum has more digits than a number holds.
    pub fn splits(&self) -> Result<Vec<Split>, TooLarge> {
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
            let added = count(calls, line.count).and_then(|()| add(cost, line.amount));
            added.map_err(|error| error.of(&line.auth_id))?;
        }
        for split in splits.values_mut() {
            let (inbound, outbound) = (Decimal::from(split.inbound), Decimal::from(split.outbound));
            let share = percent(outbound, sum(inbound, outbound)?);
            (split.outbound_share, split.is_outbound_heavy) = (share, outbound > sum(inbound, inbound)?);
        }
        Ok(splits.into_values().collect())
    }

    /// What the wallets used, charges apart: calls, how many were answered, and seconds of talk, in the order of statements.
    /// Calls are ledger rows, and the other two unknown, where call records were not read.
    ///
    /// # Errors
    ///
    /// Where a sum has more digits than a number holds.
    pub fn usages(&self) -> Result<Vec<Usage>, TooLarge> {
        let mut usages: BTreeMap<Wallet<'_>, Usage> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.item == Item::Usage) {
            let usage = usages.entry((&line.auth_id, line.currency.as_deref())).or_insert_with(|| Usage {
                auth_id: line.auth_id.clone(),
                name: self.name(&line.auth_id),
                currency: line.currency.clone(),
                calls: 0,
                answered: Some(0),
                seconds: Some(Decimal::ZERO),
                cost: Decimal::ZERO,
            });
            usage.add(line).map_err(|error| error.of(&line.auth_id))?;
        }
        Ok(usages.into_values().collect())
    }
}

impl Usage {
    fn add(&mut self, line: &Line) -> Result<(), TooLarge> {
        count(&mut self.calls, line.count)?;
        add(&mut self.cost, line.amount)?;
        if line.direction.is_none() && line.product.is_none() {
            (self.answered, self.seconds) = (None, None);
        }
        if let (Some(answered), Some(seconds)) = (&mut self.answered, &mut self.seconds) {
            count(answered, line.answered)?;
            add(seconds, line.seconds)?;
        }
        Ok(())
    }
}
