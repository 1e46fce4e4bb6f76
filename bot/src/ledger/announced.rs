//! Fees that are known in advance: numbers announce their price of a month and when they renew.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use vobiz_core::numbers::Number;
use vobiz_core::{Error, PartnerClient};

/// How often numbers are read.
const EVERY: TimeDelta = TimeDelta::days(1);
/// How soon they are read again where they could not be.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// How long one read may take.
const DEADLINE: Duration = Duration::from_mins(1);
/// Fees of one wallet that are due within so long are expected as one.
const TOGETHER: TimeDelta = TimeDelta::days(2);
/// Fees of one wallet that are expected, the next ones first.
const EXPECTED: usize = 3;

/// A fee that a wallet will be charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnnouncedFee {
    pub(crate) auth_id: String,
    pub(crate) due: DateTime<Utc>,
    pub(crate) amount: Decimal,
}

/// Reads the fees that numbers announce once they are due again, a day after they were read or an hour after that failed; else
/// none.
pub(crate) async fn announced(
    api: &PartnerClient,
    next_at: &mut Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Vec<AnnouncedFee>, Error> {
    // A clock that was once far ahead delays a read by no more than a day.
    if next_at.is_some_and(|next_at| now < next_at && next_at - now <= EVERY) {
        return Ok(Vec::new());
    }
    *next_at = now.checked_add_signed(AGAIN);
    let numbers = api.all_numbers().sweep(DEADLINE).await?.rows;
    *next_at = now.checked_add_signed(EVERY);
    Ok(fees(&numbers, now))
}

/// The fees of each wallet, those of a few days together.
fn fees(numbers: &[Number], now: DateTime<Utc>) -> Vec<AnnouncedFee> {
    let mut by_wallet: BTreeMap<&str, Vec<(DateTime<Utc>, Decimal)>> = BTreeMap::new();
    for number in numbers {
        let (Some(auth_id), Some(fee), Some(due)) = (&number.account_id, number.monthly_fee, number.next_billing_date) else {
            continue;
        };
        if fee > Decimal::ZERO && due > now {
            by_wallet.entry(auth_id).or_default().push((due, fee));
        }
    }
    let mut fees = Vec::new();
    for (auth_id, mut each) in by_wallet {
        each.sort_unstable();
        let mut together: Vec<(DateTime<Utc>, Decimal)> = Vec::new();
        for (due, fee) in each {
            match together.last_mut() {
                Some((first, sum)) if due - *first <= TOGETHER => *sum = sum.saturating_add(fee),
                _ => together.push((due, fee)),
            }
        }
        let fee = |(due, amount)| AnnouncedFee { auth_id: auth_id.to_owned(), due, amount };
        fees.extend(together.into_iter().take(EXPECTED).map(fee));
    }
    fees
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_of_a_few_days_are_one_and_those_without_a_date_or_price_are_none() {
        let number = |fee: &str, due: &str| -> Number {
            let row = format!(r#"{{"e164":"+9180","account_id":"MA_X","monthly_fee":{fee},"next_billing_date":{due}}}"#);
            serde_json::from_str(&row).unwrap()
        };
        let now: DateTime<Utc> = "2026-05-01T00:00:00Z".parse().unwrap();
        let numbers = [
            number("300", r#""2026-05-20T06:00:00Z""#),
            number("200", r#""2026-05-02T06:00:00Z""#),
            number("300", r#""2026-05-02T05:00:00Z""#),
            number("300", r#""2026-04-30T05:00:00Z""#),
            number("null", r#""2026-05-02T05:00:00Z""#),
            number("300", "null"),
            number("0", r#""2026-05-02T05:00:00Z""#),
        ];
        let found: Vec<_> = fees(&numbers, now).into_iter().map(|fee| (fee.due.to_rfc3339(), fee.amount.to_string())).collect();
        let expected = [("2026-05-02T05:00:00+00:00", "500"), ("2026-05-20T06:00:00+00:00", "300")];
        assert_eq!(found, expected.map(|(due, fee)| (due.to_owned(), fee.to_owned())));
    }
}
