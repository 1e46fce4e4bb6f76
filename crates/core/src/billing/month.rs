//! A month, closed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::checks;
use super::coverage::{Coverage, Extent, Source};
use super::difference::{Difference, Reason};
use super::exact::{TooLarge, add};
use super::line::{self, Item, Line, Lines};
use super::matching::{self, Whole};
use super::period::Period;
use super::sources::{Call, Entry, Sources};
use super::statement::{Statement, statements};
use super::tally::{Tally, tallies};

/// A month closed from all that was read: what each customer used, paid and has, and where the sources disagree.
///
/// ```
/// use vobiz_core::billing::{Month, Period, Sources};
/// let april = Period::month("2026-04", chrono_tz::Asia::Kolkata).unwrap();
/// let month = Month::close(&Sources::new(april, "2026-05-02T00:00:00Z".parse()?))?;
/// assert!(month.lines.is_empty() && month.is_reconciled(Default::default()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// The days and their zone.
    pub period: Period,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// Whether the period is over and all that was asked for was read whole.
    pub complete: bool,
    /// What was read of each source.
    pub coverage: Vec<Coverage>,
    /// Usage from call records where all were read, else from ledgers; fees, refunds and top-ups from ledgers.
    pub lines: Vec<Line>,
    /// The wallet of each customer.
    pub statements: Vec<Statement>,
    /// Where the sources disagree.
    pub differences: Vec<Difference>,
    /// Answered calls by day, customer, direction, hour and cause.
    pub tallies: Vec<Tally>,
    /// The partner's own wallet when it was read; `None` where it is not known.
    pub partner_balance: Option<Decimal>,
    /// What the partner transferred to customers in the period, by currency.
    pub transferred: BTreeMap<String, Decimal>,
}

impl Month {
    /// Whether a source was read, at least in part. What was not read is unknown, and not zero.
    pub fn was_read(&self, source: Source) -> bool {
        let is_read = |extent: Extent| matches!(extent, Extent::Whole | Extent::Part);
        self.coverage.iter().any(|part| part.source == source && is_read(part.extent))
    }

    /// Closes a month.
    ///
    /// # Errors
    ///
    /// Where a sum has more digits than a number holds.
    pub fn close(sources: &Sources) -> Result<Self, TooLarge> {
        let (period, words) = (sources.period, &sources.words);
        let calls = once(&sources.calls, |call: &Call| &call.uuid);
        let entries = once(&sources.entries, |entry: &Entry| &entry.id);
        let extent = |source: Source| sources.coverage.iter().find(|part| part.source == source).map(|part| part.extent);
        let is_whole = |source: Source| extent(source) == Some(Extent::Whole);
        let has = |source: Source| matches!(extent(source), Some(Extent::Whole | Extent::Part));
        let whole = Whole { calls: is_whole(Source::CallRecords), ledger: is_whole(Source::Ledger) };
        let is_inside = |day: Option<NaiveDate>| day.is_some_and(|day| period.has(day));

        let mut lines = Lines::default();
        for entry in entries.iter().filter(|entry| is_inside(entry.day)) {
            if !(whole.calls && Item::of(entry) == Some(Item::Usage)) {
                lines.add_entry(entry)?;
            }
        }
        let inside: Vec<&Call> = calls.iter().copied().filter(|call| is_inside(call.day)).collect();
        if whole.calls || !has(Source::Ledger) {
            for call in &inside {
                lines.add_call(call)?;
            }
        }

        let mut differences = Vec::new();
        let statements = statements(sources, &entries, whole.ledger && sources.has_balances, &mut differences)?;
        if let Some(report) = &sources.report {
            differences.extend(checks::report_itself(report));
            if has(Source::CallRecords) {
                let rows = &checks::of_calls(&calls, words);
                differences.extend(checks::report_against(&period, report, Source::CallRecords, rows, whole.calls)?);
            } else if has(Source::Ledger) {
                let rows = &checks::of_rows(&entries, words);
                differences.extend(checks::report_against(&period, report, Source::Ledger, rows, whole.ledger)?);
            }
        }
        differences.extend(checks::calls(sources, &calls));
        if has(Source::CallRecords) && has(Source::Ledger) {
            differences.extend(matching::differences(&period, words, &calls, &entries, whole)?);
        }
        if has(Source::Ledger) {
            differences.extend(checks::summary(sources, &entries)?);
            differences.extend(checks::fees(sources, &entries, whole.ledger)?);
            differences.extend(checks::rows(sources, &entries)?);
        }
        sort(&mut differences);
        Ok(Self {
            period,
            read_at: sources.read_at,
            complete: period.is_over(sources.read_at)
                && !sources.coverage.is_empty()
                && sources.coverage.iter().all(|part| matches!(part.extent, Extent::Whole | Extent::NotAsked)),
            coverage: sources.coverage.clone(),
            lines: lines.finish(words),
            statements,
            differences,
            tallies: tallies(&period, &inside, words),
            partner_balance: sources.partner.as_ref().and_then(|partner| partner.balance),
            transferred: transferred(sources, &entries)?,
        })
    }

    /// The statements of a customer: one for each currency.
    pub(super) fn wallets_of(&self, auth_id: &str) -> &[Statement] {
        // They are in the order of ids.
        let first = self.statements.partition_point(|one| one.auth_id.as_str() < auth_id);
        let rest = self.statements.get(first..).unwrap_or_default();
        rest.split(|one| one.auth_id != auth_id).next().unwrap_or_default()
    }

    /// Whether no difference is larger than `tolerance`, in money. Differences of numbers of calls or rows have no tolerance.
    pub fn is_reconciled(&self, tolerance: Decimal) -> bool {
        self.beyond(tolerance).next().is_none()
    }

    /// The differences larger than `tolerance`.
    pub fn beyond(&self, tolerance: Decimal) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(move |found| {
            let is_unmeasured = matches!(found.reason, Reason::UnclearRow | Reason::OtherCurrency | Reason::ListChanged);
            is_unmeasured || found.check.is_count() || found.amount().is_none_or(|amount| amount.abs() > tolerance)
        })
    }

    /// This period and the one that begins the day after it, as one. `None` where `next` is not that.
    ///
    /// What was booked in one period for a call of the other is a difference of each and none of both.
    ///
    /// # Errors
    ///
    /// Where a sum has more digits than a number holds.
    pub fn then(&self, next: &Self) -> Result<Option<Self>, TooLarge> {
        if self.period.to.succ_opt() != Some(next.period.from) || self.period.zone != next.period.zone {
            return Ok(None);
        }
        let mut wallets: BTreeMap<(String, Option<String>), Statement> = BTreeMap::new();
        for one in &self.statements {
            wallets.insert((one.auth_id.clone(), one.currency.clone()), one.clone());
        }
        for one in &next.statements {
            let key = (one.auth_id.clone(), one.currency.clone());
            let both = wallets.get(&key).map_or_else(|| Ok(one.clone()), |before| before.then(one))?;
            wallets.insert(key, both);
        }
        let mut transferred = self.transferred.clone();
        for (currency, amount) in &next.transferred {
            add(transferred.entry(currency.clone()).or_default(), *amount)?;
        }
        let mut lines: Vec<Line> = self.lines.iter().chain(&next.lines).cloned().collect();
        line::sort(&mut lines);
        Ok(Some(Self {
            period: Period { to: next.period.to, ..self.period },
            read_at: self.read_at.max(next.read_at),
            complete: self.complete && next.complete,
            coverage: self.coverage.iter().chain(&next.coverage).cloned().collect(),
            lines,
            statements: wallets.into_values().collect(),
            differences: merged(&self.differences, &next.differences)?,
            tallies: Tally::merged(&self.tallies, &next.tallies)?,
            partner_balance: next.partner_balance,
            transferred,
        }))
    }
}

/// Rows with different ids; of two with one id the first counts.
fn once<T>(rows: &[T], id: fn(&T) -> &str) -> Vec<&T> {
    let mut seen = HashSet::with_capacity(rows.len());
    rows.iter().filter(|row| seen.insert(id(row))).collect()
}

fn sort(differences: &mut [Difference]) {
    differences.sort_by(|one, other| {
        let key =
            |found: &Difference| (found.check, found.auth_id.clone(), found.day, found.subject.clone(), found.currency.clone());
        key(one)
            .cmp(&key(other))
            .then_with(|| (one.first, one.second, one.reason).cmp(&(other.first, other.second, other.reason)))
    });
}

/// Differences of two periods: those about one call of both are one, or none where its figures agree then.
fn merged(first: &[Difference], second: &[Difference]) -> Result<Vec<Difference>, TooLarge> {
    let key = |found: &Difference| {
        let is_timing = found.reason == Reason::PricedLater;
        found.subject.clone().filter(|_| is_timing).map(|subject| (found.check, found.currency.clone(), subject))
    };
    let shared: BTreeSet<_> = first.iter().filter_map(key).collect();
    let mut all: Vec<Difference> = first.to_vec();
    for found in second {
        let same = key(found).filter(|key| shared.contains(key));
        match same.and_then(|same| all.iter_mut().find(|known| key(known).as_ref() == Some(&same))) {
            Some(known) => {
                add(&mut known.first, found.first)?;
                add(&mut known.second, found.second)?;
            }
            None => all.push(found.clone()),
        }
    }
    all.retain(|found| found.reason != Reason::PricedLater || found.first != found.second);
    sort(&mut all);
    Ok(all)
}

fn transferred(sources: &Sources, entries: &[&Entry]) -> Result<BTreeMap<String, Decimal>, TooLarge> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    let is_inside = |entry: &&&Entry| entry.is_transfer && entry.day.is_some_and(|day| sources.period.has(day));
    for entry in entries.iter().filter(is_inside) {
        let currency = sources.words.owned(entry.currency).unwrap_or_default();
        add(sums.entry(currency).or_default(), entry.signed().unwrap_or_default())?;
    }
    Ok(sums)
}
