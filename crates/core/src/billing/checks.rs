//! Reports, sums, fees and rows of a month against each other.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::coverage::Source;
use super::difference::{Check, Difference, Reason};
use super::exact::{TooLarge, add, less, sum};
use super::period::Period;
use super::sources::{Call, Entry, EntryKind, Sources};
use super::words::{Word, Words};
use crate::api::dashboard::Report;
use crate::history::MovementKind;

/// Zones in which the service may cut its days, where it does not in that of the period.
const OTHERS: [Tz; 2] = [Tz::UTC, Tz::Asia__Kolkata];

/// A number and an amount.
type Sum = (u64, Decimal);
/// A day, or all days; what the report has for it; what the rows come to.
type Compared = (Option<NaiveDate>, Option<u64>, Option<Decimal>, Sum);

/// A difference about all customers; its reason is not known yet.
pub(super) fn plain(check: Check, first: (Source, Decimal), second: (Source, Decimal)) -> Difference {
    Difference {
        check,
        auth_id: None,
        day: None,
        currency: None,
        subject: None,
        first_source: first.0,
        first: first.1,
        second_source: second.0,
        second: second.1,
        reason: Reason::Unknown,
        detail: String::new(),
    }
}

fn other_zones(period: &Period) -> impl Iterator<Item = Period> {
    let own = *period;
    OTHERS.into_iter().filter(move |zone| *zone != own.zone).map(move |zone| Period { zone, ..own })
}

/// The parts of a report against its own total.
pub(super) fn report_itself(report: &Report) -> Vec<Difference> {
    let Some(whole) = &report.calls else { return Vec::new() };
    let directions = report.by_direction();
    let sums = [
        ("days", report.time_series.iter().map(|day| (day.total_calls, day.total_cost)).collect::<Vec<_>>()),
        ("directions", directions.values().map(|part| (part.total_calls, part.total_cost)).collect()),
        ("products", report.by_product.values().map(|part| (part.total_calls, part.total_cost)).collect()),
    ];
    let mut found = Vec::new();
    for (name, parts) in sums.into_iter().filter(|(_, parts)| !parts.is_empty()) {
        let calls = parts.iter().try_fold(0_u64, |sum, (calls, _)| sum.checked_add((*calls)?));
        let cost = parts.iter().map(|(_, cost)| *cost).try_fold(Decimal::ZERO, |sum, cost| sum.checked_add(cost?));
        let pairs = [
            (Check::Calls, whole.total_calls.map(Decimal::from), calls.map(Decimal::from), None),
            (Check::Cost, whole.total_cost, cost, report.currency.clone()),
        ];
        for (check, total, sum, currency) in pairs {
            let Some((total, sum)) = total.zip(sum).filter(|(total, sum)| total != sum) else { continue };
            let reason = if name == "days" && sum < total { Reason::RowsNotVisible } else { Reason::Unknown };
            let difference = plain(check, (Source::Analytics, total), (Source::Analytics, sum));
            found.push(Difference { currency, reason, detail: format!("the second is the sum of its {name}"), ..difference });
        }
    }
    found
}

/// A report against the calls, or the ledger rows of calls, that were read: by day, and in all. `rows` gives the instant, the
/// currency and the amount of each.
pub(super) fn report_against<'a>(
    period: &Period,
    report: &Report,
    source: Source,
    rows: &(impl Iterator<Item = (DateTime<Utc>, Option<&'a str>, Decimal)> + Clone),
    is_whole: bool,
) -> Result<Vec<Difference>, TooLarge> {
    let by_day = |period: &Period| -> Result<BTreeMap<NaiveDate, Sum>, TooLarge> {
        let mut days: BTreeMap<NaiveDate, Sum> = BTreeMap::new();
        for (at, currency, cost) in rows.clone() {
            let day = period.day_of(at);
            if period.has(day) {
                let (calls, sum) = days.entry(day).or_default();
                *calls += 1;
                if report.currency.is_none() || currency.is_none() || currency == report.currency.as_deref() {
                    add(sum, cost)?;
                }
            }
        }
        Ok(days)
    };
    let has_counts = source == Source::CallRecords;
    let mut ours = by_day(period)?;
    let mut total: Sum = (0, Decimal::ZERO);
    for (calls, cost) in ours.values() {
        total.0 += calls;
        add(&mut total.1, *cost)?;
    }
    let theirs: Vec<(NaiveDate, Option<u64>, Option<Decimal>)> =
        report.time_series.iter().map(|day| (day.date, day.total_calls, day.total_cost)).collect();
    let agrees = |days: &BTreeMap<NaiveDate, Sum>| {
        theirs.iter().all(|(day, calls, cost)| {
            let own = days.get(day).copied().unwrap_or_default();
            (!has_counts || calls.is_none_or(|calls| calls == own.0)) && cost.is_none_or(|cost| cost == own.1)
        })
    };
    let mut zone = None;
    if !theirs.is_empty() && !agrees(&ours) {
        for other in other_zones(period) {
            if zone.is_none() && agrees(&by_day(&other)?) {
                zone = Some(other.zone);
            }
        }
    }
    let mut compared: Vec<Compared> = Vec::new();
    for (day, calls, cost) in theirs {
        compared.push((Some(day), calls, cost, ours.remove(&day).unwrap_or_default()));
    }
    if !compared.is_empty() {
        compared.extend(ours.into_iter().map(|(day, own)| (Some(day), Some(0), Some(Decimal::ZERO), own)));
    }
    let calls = report.calls.as_ref();
    compared.push((None, calls.and_then(|all| all.total_calls), calls.and_then(|all| all.total_cost), total));
    let mut found = Vec::new();
    for (day, calls, cost, own) in compared {
        let differs = calls.filter(|calls| has_counts && *calls != own.0);
        if let Some(calls) = differs {
            let reason = match zone {
                Some(_) => Reason::OtherZone,
                None if calls > own.0 || !is_whole => Reason::RowsNotVisible,
                None => Reason::Unknown,
            };
            let difference = plain(Check::Calls, (Source::Analytics, calls.into()), (source, own.0.into()));
            found.push(Difference { day, reason, detail: in_zone(zone), ..difference });
        }
        if let Some(cost) = cost.filter(|cost| *cost != own.1) {
            let half_paisa = Decimal::new(5, 3);
            let reason = match zone {
                Some(_) => Reason::OtherZone,
                None if differs.is_some_and(|calls| calls > own.0) || !is_whole => Reason::RowsNotVisible,
                None if less(cost, own.1).is_ok_and(|rest| rest.abs() <= half_paisa) => Reason::Rounding,
                None if !has_counts => Reason::PricedLater,
                None => Reason::AmountDiffers,
            };
            let difference = plain(Check::Cost, (Source::Analytics, cost), (source, own.1));
            found.push(Difference { day, currency: report.currency.clone(), reason, detail: in_zone(zone), ..difference });
        }
    }
    Ok(found)
}

fn in_zone(zone: Option<Tz>) -> String {
    zone.map(|zone| format!("every day agrees where days are cut in {zone}")).unwrap_or_default()
}

/// Calls with their cost, for a report.
pub(super) fn of_calls<'a>(
    calls: &'a [&'a Call],
    words: &'a Words,
) -> impl Iterator<Item = (DateTime<Utc>, Option<&'a str>, Decimal)> + Clone {
    calls.iter().filter_map(|call| Some((call.at?, words.maybe(call.currency), call.cost.unwrap_or_default())))
}

/// Ledger rows of calls, for a report.
pub(super) fn of_rows<'a>(
    entries: &'a [&'a Entry],
    words: &'a Words,
) -> impl Iterator<Item = (DateTime<Utc>, Option<&'a str>, Decimal)> + Clone {
    let calls = entries.iter().filter(|entry| matches!(entry.kind, EntryKind::Call(_)));
    calls.filter_map(|entry| Some((entry.at?, words.maybe(entry.currency), entry.amount?)))
}

/// The sums that the service sends beside its ledger against its rows.
pub(super) fn summary(sources: &Sources, entries: &[&Entry]) -> Result<Vec<Difference>, TooLarge> {
    let Some(sums) = &sources.summary else { return Ok(Vec::new()) };
    let words = &sources.words;
    let mut codes: Vec<&str> = entries.iter().filter_map(|entry| words.maybe(entry.currency)).collect();
    codes.sort_unstable();
    codes.dedup();
    // A sum over all customers counts one currency.
    let reported = sources.report.as_ref().and_then(|report| report.currency.as_deref());
    let currency = reported.or(if let [code] = codes[..] { Some(code) } else { None });
    if currency.is_none() && codes.len() > 1 {
        return Ok(Vec::new());
    }
    let added = |period: &Period| -> Result<[Decimal; 3], TooLarge> {
        let (mut rows, mut debit, mut credit) = (0_u64, Decimal::ZERO, Decimal::ZERO);
        for entry in entries.iter().filter(|entry| entry.at.is_some_and(|at| period.contains(at))) {
            rows += 1;
            let signed = entry.signed().unwrap_or_default();
            if entry.currency.is_none() || words.maybe(entry.currency) == currency {
                add(if signed.is_sign_negative() { &mut debit } else { &mut credit }, signed.abs())?;
            }
        }
        Ok([Decimal::from(rows), debit, credit])
    };
    let theirs =
        [sums.total_transactions.filter(|_| sources.unbooked == 0).map(Decimal::from), sums.total_debit, sums.total_credit];
    let agrees = |ours: &[Decimal; 3]| theirs.iter().zip(ours).all(|(theirs, ours)| theirs.is_none_or(|theirs| theirs == *ours));
    let ours = added(&sources.period)?;
    if agrees(&ours) {
        return Ok(Vec::new());
    }
    let mut zone = None;
    for other in other_zones(&sources.period) {
        if zone.is_none() && agrees(&added(&other)?) {
            zone = Some(other.zone);
        }
    }
    let checks = [(Check::Rows, None), (Check::Debit, currency), (Check::Credit, currency)];
    let pairs = checks.into_iter().zip(theirs).zip(ours).filter_map(|((check, theirs), ours)| Some((check, theirs?, ours)));
    let differ = pairs.filter(|(_, theirs, ours)| theirs != ours).map(|((check, code), theirs, ours)| Difference {
        currency: code.map(str::to_owned),
        reason: match zone {
            Some(_) => Reason::OtherZone,
            None if theirs > ours => Reason::RowsNotVisible,
            None => Reason::ListChanged,
        },
        detail: in_zone(zone),
        ..plain(check, (Source::LedgerSummary, theirs), (Source::Ledger, ours))
    });
    Ok(differ.collect())
}

/// Fees of numbers against the rows of the period about them.
pub(super) fn fees(sources: &Sources, entries: &[&Entry], is_whole: bool) -> Result<Vec<Difference>, TooLarge> {
    let mut charged: BTreeMap<&str, (u64, Decimal)> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.day.is_some_and(|day| sources.period.has(day))) {
        if let (EntryKind::Movement(MovementKind::Rental, Some(number)), Some(amount)) = (&entry.kind, entry.amount) {
            let (rows, sum) = charged.entry(number).or_default();
            *rows += 1;
            add(sum, amount)?;
        }
    }
    let mut found = Vec::new();
    for number in &sources.numbers {
        let Some(fee) = number.monthly_fee.filter(|fee| !fee.is_zero()) else { continue };
        let (rows, sum) = charged.get(number.e164.as_str()).copied().unwrap_or_default();
        let was_held = number.purchased_at.is_some_and(|at| sources.period.day_of(at) < sources.period.from);
        let is_charged = number.is_trial_number != Some(true)
            && number.status.as_deref().is_none_or(|status| status.eq_ignore_ascii_case("active"));
        let reason = match rows {
            0 if was_held && is_charged && is_whole => Reason::FeeWithoutRow,
            0 => continue,
            _ if sum == fee => continue,
            1 => Reason::FeeChanged,
            _ if Some(sum) == fee.checked_mul(Decimal::from(rows)) => Reason::BookedTwice,
            _ => Reason::AmountDiffers,
        };
        found.push(Difference {
            auth_id: number.account_id.clone(),
            currency: number.currency.clone(),
            subject: Some(number.e164.clone()),
            reason,
            ..plain(Check::Fee, (Source::Numbers, fee), (Source::Ledger, sum))
        });
    }
    Ok(found)
}

/// Rows of the period that cannot be understood, are in another currency than their wallet, or are there twice under two ids.
pub(super) fn rows(sources: &Sources, entries: &[&Entry]) -> Result<Vec<Difference>, TooLarge> {
    let words = &sources.words;
    let currencies: HashMap<Word, Word> =
        sources.customers.iter().filter_map(|customer| Some((customer.auth_id, customer.currency?))).collect();
    let mut seen: HashMap<(Word, DateTime<Utc>, Decimal), &Entry> = HashMap::new();
    let mut found = Vec::new();
    for entry in entries {
        let about = |first: Decimal, second: Decimal, reason: Reason, detail: &str| Difference {
            auth_id: Some(words.text(entry.auth_id).to_owned()),
            day: entry.day,
            currency: words.owned(entry.currency),
            subject: Some(entry.id.to_string()),
            reason,
            detail: detail.to_owned(),
            ..plain(Check::Row, (Source::Accounts, first), (Source::Ledger, second))
        };
        let Some((at, day)) = entry.at.zip(entry.day) else {
            found.push(about(Decimal::ZERO, entry.amount.unwrap_or_default(), Reason::UnclearRow, "it has no date"));
            continue;
        };
        if !sources.period.has(day) {
            continue;
        }
        let Some(signed) = entry.signed() else {
            let detail = "it does not say how much, or which way the money went";
            found.push(about(Decimal::ZERO, entry.amount.unwrap_or_default(), Reason::UnclearRow, detail));
            continue;
        };
        if matches!(entry.kind, EntryKind::Call(_)) {
            continue;
        }
        let own = currencies.get(&entry.auth_id).copied();
        if let Some((own, code)) = own.zip(entry.currency).filter(|(own, code)| own != code) {
            let detail = format!("the wallet is in {}, the row in {}", words.text(own), words.text(code));
            found.push(about(Decimal::ZERO, signed, Reason::OtherCurrency, &detail));
        }
        if let Some(other) = seen.insert((entry.auth_id, at, signed), entry)
            && other.kind == entry.kind
        {
            found.push(about(signed, sum(signed, signed)?, Reason::BookedTwice, &format!("the same as row {}", other.id)));
        }
    }
    Ok(found)
}

/// Call records that have no date, or a cost or a length that cannot be added. What they cost is not in any sum.
pub(super) fn calls(sources: &Sources, calls: &[&Call]) -> Vec<Difference> {
    let words = &sources.words;
    let unclear = calls.iter().filter(|call| match call.day {
        Some(day) => !call.is_clear && sources.period.has(day),
        None => true,
    });
    let differences = unclear.map(|call| Difference {
        auth_id: Some(words.text(call.auth_id).to_owned()),
        day: call.day,
        currency: words.owned(call.currency),
        subject: Some(call.uuid.to_string()),
        reason: Reason::UnclearRow,
        detail: if call.day.is_none() { "it has no date" } else { "its cost or its length has too many digits" }.to_owned(),
        ..plain(Check::Call, (Source::CallRecords, Decimal::ZERO), (Source::Ledger, Decimal::ZERO))
    });
    differences.collect()
}
