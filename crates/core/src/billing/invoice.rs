//! Invoices of a month, one for each customer and currency.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::exact::{TooLarge, add, count, less, percent_of, sum, times};
use super::line::{Item, Line};
use super::month::Month;
use super::terms::{RoundAt, Terms};

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// What it is for.
    pub item: Item,
    /// Product of calls.
    pub product: Option<String>,
    /// Direction of calls.
    pub direction: Option<String>,
    /// Calls, or ledger rows.
    pub count: u64,
    /// Minutes of talk, not rounded; zero of what is no call.
    pub minutes: Decimal,
    /// What the month has for it.
    pub cost: Decimal,
    /// What is charged.
    pub amount: Decimal,
    /// What it cost the partner, where a buy rate is given for it.
    pub bought: Option<Decimal>,
}

/// How tax is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// Seller and customer are in one state: CGST and SGST, half each.
    IntraState,
    /// They are in two: IGST.
    InterState,
    /// A state is not known: the tax is not split.
    NotKnown,
}

impl Supply {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::IntraState => "intra-state",
            Self::InterState => "inter-state",
            Self::NotKnown => "not known",
        }
    }
}

/// An invoice: `Σ lines + rounding = net`, `net + tax = total`, `total − tds = payable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Its number.
    pub number: String,
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name of the customer.
    pub name: Option<String>,
    /// Their goods and services tax number.
    pub gstin: Option<String>,
    /// Currency of every amount.
    pub currency: Option<String>,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// What rounding the net amount added; zero where lines are rounded.
    pub rounding: Decimal,
    /// The amount before tax.
    pub net: Decimal,
    /// How tax is split.
    pub supply: Supply,
    /// Central tax.
    pub cgst: Decimal,
    /// State tax.
    pub sgst: Decimal,
    /// Integrated tax.
    pub igst: Decimal,
    /// All tax; more than the three parts where the split is not known.
    pub tax: Decimal,
    /// Net and tax.
    pub total: Decimal,
    /// Tax that the customer deducts at source, of the net amount. Zero where their profile does not say so.
    pub tds: Decimal,
    /// What is left to pay.
    pub payable: Decimal,
}

type Item3<'a> = (Item, Option<&'a str>, Option<&'a str>);

impl Month {
    /// The invoices of the month, in the order of customer ids. Customers without charges get none; top-ups are no charges.
    ///
    /// # Errors
    ///
    /// Where an amount has more digits than a number holds: nothing is rounded before it is asked for.
    pub fn invoices(&self, terms: &Terms) -> Result<Vec<Invoice>, TooLarge> {
        let mut wallets: BTreeMap<(&str, Option<&str>), BTreeMap<Item3<'_>, InvoiceLine>> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.item != Item::TopUp) {
            let items = wallets.entry((&line.auth_id, line.currency.as_deref())).or_default();
            let key = (line.item, line.product.as_deref(), line.direction.as_deref());
            let sums = items.entry(key).or_insert_with(|| empty(line));
            sums.take(line).map_err(|error| error.of(&line.auth_id))?;
        }
        let charged = wallets.into_iter().filter(|(_, items)| items.values().any(|line| !line.cost.is_zero()));
        let period = self.period.name();
        let numbered = (terms.first..).zip(charged);
        numbered
            .map(|(sequence, ((auth_id, currency), items))| {
                let number = terms.number.write(&period, auth_id, sequence);
                let lines: Result<Vec<InvoiceLine>, _> = items.into_values().map(|line| priced(line, terms)).collect();
                lines.and_then(|lines| self.invoice(number, auth_id, currency, lines, terms)).map_err(|error| error.of(auth_id))
            })
            .collect()
    }

    fn invoice(
        &self,
        number: String,
        auth_id: &str,
        currency: Option<&str>,
        lines: Vec<InvoiceLine>,
        terms: &Terms,
    ) -> Result<Invoice, TooLarge> {
        let own = self.wallets_of(auth_id);
        let statement = own.iter().find(|statement| statement.currency.as_deref() == currency).or_else(|| own.first());
        let gstin = statement.and_then(|statement| statement.gstin.clone());
        let added = lines.iter().try_fold(Decimal::ZERO, |added, line| sum(added, line.amount))?;
        let net = terms.rounding.apply(added);
        let supply = supply(terms, auth_id, gstin.as_deref());
        let share = |percent: Decimal| percent_of(net, percent).map(|share| terms.rounding.apply(share));
        let rate = terms.tax.unwrap_or_default();
        let (cgst, igst, tax) = match supply {
            Supply::IntraState => {
                let half = share(times(rate, Decimal::new(5, 1))?)?;
                (half, Decimal::ZERO, sum(half, half)?)
            }
            Supply::InterState => (Decimal::ZERO, share(rate)?, share(rate)?),
            Supply::NotKnown => (Decimal::ZERO, Decimal::ZERO, share(rate)?),
        };
        let tds = statement.and_then(|statement| statement.tds).map_or(Ok(Decimal::ZERO), share)?;
        let total = sum(net, tax)?;
        Ok(Invoice {
            number,
            auth_id: auth_id.to_owned(),
            name: statement.and_then(|statement| statement.name.clone()),
            gstin,
            currency: currency.map(str::to_owned),
            rounding: less(net, added)?,
            lines,
            net,
            supply,
            cgst,
            sgst: cgst,
            igst,
            tax,
            total,
            tds,
            payable: less(total, tds)?,
        })
    }
}

impl InvoiceLine {
    /// Adds a line of the month. Seconds stand for minutes until all are added.
    fn take(&mut self, line: &Line) -> Result<(), TooLarge> {
        count(&mut self.count, line.count)?;
        add(&mut self.minutes, line.seconds)?;
        add(&mut self.cost, line.amount)
    }
}

fn empty(line: &Line) -> InvoiceLine {
    InvoiceLine {
        item: line.item,
        product: line.product.clone(),
        direction: line.direction.clone(),
        count: 0,
        minutes: Decimal::ZERO,
        cost: Decimal::ZERO,
        amount: Decimal::ZERO,
        bought: None,
    }
}

fn priced(mut line: InvoiceLine, terms: &Terms) -> Result<InvoiceLine, TooLarge> {
    let is_usage = line.item == Item::Usage;
    let minutes = |seconds: Decimal| seconds.checked_div(Decimal::from(60)).unwrap_or_default();
    let (product, direction) = (line.product.as_deref().unwrap_or_default(), line.direction.as_deref().unwrap_or_default());
    let rate = [&format!("{product}/{direction}"), product, direction].into_iter().find_map(|key| terms.buy_rates.get(key));
    line.bought = match rate.filter(|_| is_usage) {
        Some(rate) => Some(terms.rounding.apply(minutes(times(line.minutes, *rate)?))),
        None => None,
    };
    line.minutes = minutes(line.minutes);
    line.amount = match terms.markup.filter(|_| is_usage) {
        Some(markup) => sum(line.cost, percent_of(line.cost, markup)?)?,
        None => line.cost,
    };
    if terms.round_at == RoundAt::Line {
        line.amount = terms.rounding.apply(line.amount);
    }
    Ok(line)
}

fn supply(terms: &Terms, auth_id: &str, gstin: Option<&str>) -> Supply {
    let seller = terms.seller_state.as_deref().and_then(state);
    let buyer = terms.states.get(auth_id).map(String::as_str).or(gstin).and_then(state);
    match (seller, buyer) {
        (Some(seller), Some(buyer)) if seller == buyer => Supply::IntraState,
        (Some(_), Some(_)) => Supply::InterState,
        _ => Supply::NotKnown,
    }
}

/// The state code with which a GSTIN begins, or which is alone.
fn state(text: &str) -> Option<&str> {
    let code = text.trim().get(..2)?;
    code.bytes().all(|digit| digit.is_ascii_digit()).then_some(code)
}
