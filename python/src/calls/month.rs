//! A closed month and its tables.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use pyo3::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::ErrorKind;
use vobiz_core::billing::{
    Booking, Coverage, Difference, Extent, Finding, Invoice, InvoiceLine, Item, Line, Month, NumberFormat, On, RoundAt, Rounding,
    Source, Spender, Split, Statement, Terms, TooLarge, quality, wilson,
};

use crate::arguments::amount;
use crate::columns::{Columns, columns};
use crate::error::{raise, refuse, worded};

pub(super) const CLOSE: &str = "close month";
const INVOICE: &str = "make invoices";
/// Decimal places of a column.
const PLACES: u32 = 10;

columns!(Line, row => row.auth_id, {
    word auth_id = |row| Some(&row.auth_id),
    day day = |row| Some(row.day),
    word item = |row| Some(row.item.name()),
    word product,
    word direction,
    word currency,
    count count = |row| Some(row.count),
    count answered = |row| Some(row.answered).filter(|_| row.item == Item::Usage && row.direction.is_some()),
    number seconds = |row| Some(row.seconds),
    amount amount = |row| Some(row.amount),
});

/// A statement, and whether its ledger was read: without it the movements are unknown, and not zero.
pub(crate) struct Wallet {
    of: Statement,
    has_ledger: bool,
}

impl Wallet {
    fn moved(&self, amount: Decimal) -> Option<Decimal> {
        self.has_ledger.then_some(amount)
    }
}

columns!(Wallet, row => row.of.auth_id, {
    text auth_id = |row| Some(&row.of.auth_id),
    text name = |row| row.of.name.as_deref(),
    word currency = |row| row.of.currency.as_deref(),
    amount opening = |row| row.of.opening,
    amount top_ups = |row| row.moved(row.of.top_ups),
    amount refunds = |row| row.moved(row.of.refunds),
    amount usage = |row| row.moved(row.of.usage),
    amount rentals = |row| row.moved(row.of.rentals),
    amount fixed = |row| row.moved(row.of.fixed),
    amount other = |row| row.moved(row.of.other),
    amount closing = |row| row.of.closing,
    text gstin = |row| row.of.gstin.as_deref(),
    number tds_percentage = |row| row.of.tds,
});

columns!(Difference, row => row.check.name(), {
    word check = |row| Some(row.check.name()),
    text auth_id,
    day day,
    word currency,
    text subject,
    word first_source = |row| Some(row.first_source.name()),
    number first = |row| Some(row.first),
    word second_source = |row| Some(row.second_source.name()),
    number second = |row| Some(row.second),
    number difference = Difference::amount,
    word reason = |row| Some(row.reason.name()),
    text detail = |row| Some(&row.detail),
});

columns!(Coverage, row => row.source.name(), {
    text source = |row| Some(row.source.name()),
    word extent = |row| Some(row.extent.name()),
    count rows = |row| Some(row.rows),
    day from_date = |row| row.from,
    day to_date = |row| row.to,
    text detail = |row| Some(&row.detail),
});

columns!(Spender, row => row.auth_id, {
    text auth_id = |row| Some(&row.auth_id),
    text name,
    word currency,
    amount amount = |row| Some(row.amount),
    number share = |row| row.share.map(short),
    number cumulative = |row| row.cumulative.map(short),
    amount previous,
    number change = |row| row.change.map(short),
});

columns!(Split, row => row.auth_id, {
    text auth_id = |row| Some(&row.auth_id),
    text name,
    word currency,
    count inbound = |row| Some(row.inbound),
    count outbound = |row| Some(row.outbound),
    amount inbound_cost = |row| Some(row.inbound_cost),
    amount outbound_cost = |row| Some(row.outbound_cost),
    number outbound_share = |row| row.outbound_share.map(short),
    flag is_outbound_heavy = |row| Some(row.is_outbound_heavy),
});

columns!(Finding, row => row.key, {
    word group = |row| Some(row.group.name()),
    text key = |row| Some(&row.key),
    day day,
    count total = |row| Some(row.total),
    count answered = |row| Some(row.answered),
    number rate = |row| rate(row.rate),
    number low = |row| rate(row.interval.low),
    number high = |row| rate(row.interval.high),
    number usual_low = |row| rate(row.usual.low),
    number usual_high = |row| rate(row.usual.high),
});

columns!(Invoice, row => row.number, {
    text number = |row| Some(&row.number),
    text auth_id = |row| Some(&row.auth_id),
    text name,
    text gstin,
    word currency,
    amount rounding = |row| Some(row.rounding),
    amount net = |row| Some(row.net),
    word supply = |row| Some(row.supply.name()),
    amount cgst = |row| Some(row.cgst),
    amount sgst = |row| Some(row.sgst),
    amount igst = |row| Some(row.igst),
    amount tax = |row| Some(row.tax),
    amount total = |row| Some(row.total),
    amount tds = |row| Some(row.tds),
    amount payable = |row| Some(row.payable),
});

/// A line of an invoice, and which that is.
pub(crate) struct Charge {
    number: String,
    auth_id: String,
    currency: Option<String>,
    line: InvoiceLine,
}

columns!(Charge, row => row.number, {
    text number = |row| Some(&row.number),
    text auth_id = |row| Some(&row.auth_id),
    word currency,
    word item = |row| Some(row.line.item.name()),
    word product = |row| row.line.product.as_deref(),
    word direction = |row| row.line.direction.as_deref(),
    count count = |row| Some(row.line.count),
    minutes minutes = |row| Some(short(row.line.minutes)),
    amount cost = |row| Some(row.line.cost),
    amount amount = |row| Some(short(row.line.amount)),
    amount bought = |row| row.line.bought,
});

/// As many places as a column holds.
fn short(number: Decimal) -> Decimal {
    number.round_dp(PLACES)
}

/// A rate of a finding, to the second place.
fn rate(percent: f64) -> Option<Decimal> {
    Decimal::try_from(percent).ok().map(|percent| percent.round_dp(2))
}

/// A closed month of the core.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct ClosedMonth(pub(super) Month);

/// The terms of invoices, as Python gives them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    markup: Option<Py<PyAny>>,
    buy_rates: BTreeMap<String, Py<PyAny>>,
    tax: Option<Py<PyAny>>,
    seller_state: Option<String>,
    states: BTreeMap<String, String>,
    rounding: String,
    round_at: String,
    number_format: String,
    first: u64,
}

impl Asked {
    fn terms(self, py: Python<'_>) -> PyResult<Terms> {
        let invalid = |detail: &str| refuse(py, ErrorKind::Invalid, INVOICE, detail);
        let exact = |name: &str, given: Option<Py<PyAny>>| given.map(|given| amount(INVOICE, name, given.bind(py))).transpose();
        let mut buy_rates = BTreeMap::new();
        for (key, rate) in self.buy_rates {
            buy_rates.insert(key, amount(INVOICE, "buy_rates", rate.bind(py))?);
        }
        Ok(Terms {
            markup: exact("markup", self.markup)?,
            buy_rates,
            tax: exact("tax", self.tax)?,
            seller_state: self.seller_state,
            states: self.states,
            rounding: Rounding::named(&self.rounding).ok_or_else(|| invalid("rounding is \"half_even\" or \"half_up\""))?,
            round_at: RoundAt::named(&self.round_at).ok_or_else(|| invalid("round_at is \"line\" or \"invoice\""))?,
            number: NumberFormat::parse(&self.number_format).map_err(|error| invalid(&format!("number_format: {error}")))?,
            first: self.first,
        })
    }
}

#[pymethods]
impl ClosedMonth {
    /// A month that was written by `json`.
    #[new]
    fn new(py: Python<'_>, json: &str) -> PyResult<Self> {
        let month = serde_json::from_str(json);
        month.map(Self).map_err(|_| worded(py, "VobizError", "read month", "it was not written by this version of the package"))
    }

    /// The month as text.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| worded(py, "VobizError", "write month", &error.to_string()))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().into_any(), (self.json(py)?,)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// First day, last day, the zone in which they are cut, and the name of the period.
    #[getter]
    fn period(&self) -> (NaiveDate, NaiveDate, &'static str, String) {
        (self.0.period.from, self.0.period.to, self.0.period.zone.name(), self.0.period.name())
    }

    #[getter]
    fn read_at(&self) -> DateTime<Utc> {
        self.0.read_at
    }

    #[getter]
    fn complete(&self) -> bool {
        self.0.complete
    }

    #[getter]
    fn partner_balance(&self) -> Option<Decimal> {
        self.0.partner_balance
    }

    #[getter]
    fn transferred(&self) -> BTreeMap<String, Decimal> {
        self.0.transferred.clone()
    }

    fn lines(&self) -> PyResult<Columns> {
        Columns::of(&self.0.lines)
    }

    fn statements(&self) -> PyResult<Columns> {
        // Of two months in one, the ledger of both.
        let mut ledgers = self.0.coverage.iter().filter(|part| part.source == Source::Ledger).peekable();
        let has_ledger = ledgers.peek().is_some() && ledgers.all(|part| matches!(part.extent, Extent::Whole | Extent::Part));
        let wallets = self.0.statements.iter().map(|of| Wallet { of: of.clone(), has_ledger });
        Columns::of(&wallets.collect::<Vec<_>>())
    }

    fn coverage(&self) -> PyResult<Columns> {
        Columns::of(&self.0.coverage)
    }

    /// The differences larger than `tolerance`; all of them without one.
    #[pyo3(signature = (tolerance = None))]
    fn differences(&self, tolerance: Option<&Bound<'_, PyAny>>) -> PyResult<Columns> {
        match tolerance {
            None => Columns::of(&self.0.differences),
            Some(given) => {
                let tolerance = amount(CLOSE, "tolerance", given)?;
                Columns::of(&self.0.beyond(tolerance).cloned().collect::<Vec<_>>())
            }
        }
    }

    /// Groups whose answer rate is out of its usual range.
    fn quality(&self) -> PyResult<Columns> {
        Columns::of(&quality(&self.0.tallies))
    }

    #[pyo3(signature = (before = None))]
    fn spenders(&self, py: Python<'_>, before: Option<&Self>) -> PyResult<Columns> {
        Columns::of(&exact(py, self.0.spenders(before.map(|before| &before.0)))?)
    }

    fn splits(&self, py: Python<'_>) -> PyResult<Columns> {
        Columns::of(&exact(py, self.0.splits())?)
    }

    /// Where own books disagree: keys, currencies and amounts of their rows, and by what they are compared.
    fn reconcile(
        &self,
        py: Python<'_>,
        keys: Vec<String>,
        currencies: Vec<Option<String>>,
        amounts: Vec<Decimal>,
        on: &str,
    ) -> PyResult<Columns> {
        let by = On::named(on).ok_or_else(|| {
            let detail = format!("on is auth_id, day, item, product or direction, not {on:?}");
            refuse(py, ErrorKind::Invalid, "reconcile", &detail)
        })?;
        let rows = keys.into_iter().zip(currencies).zip(amounts);
        let books = rows.map(|((key, currency), amount)| Booking { key, currency, amount });
        Columns::of(&exact(py, self.0.reconcile(&books.collect::<Vec<_>>(), by))?)
    }

    /// Invoices, and their lines.
    fn invoices(&self, py: Python<'_>, terms: Asked) -> PyResult<(Columns, Columns)> {
        let invoices = exact(py, self.0.invoices(&terms.terms(py)?))?;
        let lines = invoices.iter().flat_map(|invoice| {
            invoice.lines.iter().map(|line| Charge {
                number: invoice.number.clone(),
                auth_id: invoice.auth_id.clone(),
                currency: invoice.currency.clone(),
                line: line.clone(),
            })
        });
        Ok((Columns::of(&invoices)?, Columns::of(&lines.collect::<Vec<_>>())?))
    }

    /// This period and the next as one; `None` where that is not the next.
    fn then(&self, py: Python<'_>, following: &Self) -> PyResult<Option<Self>> {
        Ok(exact(py, self.0.then(&following.0))?.map(Self))
    }
}

/// What was calculated exactly, or the exception of what could not be.
fn exact<T>(py: Python<'_>, calculated: Result<T, TooLarge>) -> PyResult<T> {
    calculated.map_err(|error| raise(py, &error.into()))
}

/// Wilson's interval of an answer rate, in percent.
#[pyfunction]
pub(crate) fn answer_interval(answered: u64, total: u64) -> Option<(f64, f64)> {
    wilson(answered, total).map(|interval| (interval.low, interval.high))
}
