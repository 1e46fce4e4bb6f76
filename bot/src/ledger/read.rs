//! The new rows of ledgers: from the ledger of all customers, else from those of wallets that moved.

use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use rust_decimal::Decimal;
use vobiz_core::alert::Observation;
use vobiz_core::transactions::Transactions;
use vobiz_core::{DateRange, Error, PartnerClient};

use super::{Cursor, Entry, Limit};

/// How far back the first read goes.
const FIRST: TimeDelta = TimeDelta::days(1);
/// How far back a read goes after an absence.
const LONGEST: TimeDelta = TimeDelta::days(40);
/// Rows may be listed this long after the instant that they are of.
const LISTED_LATE: TimeDelta = TimeDelta::minutes(15);
/// Pages of one read: after an absence the rest is left to the balances.
const MOST_PAGES: u64 = 20;
/// Customers whose own ledger is read in one poll.
const MOST_WALLETS: usize = 20;
/// Polls in which the ledger of a wallet that moved is read until it shows why.
const TRIES: u8 = 3;

/// Reads what is new in ledgers since `cursor`, which moves on. `before` is the observation before `observation`.
///
/// Where the ledger of all customers is refused (403, 404, 501), or longer than [`MOST_PAGES`], the ledgers of wallets are read
/// that rose, or fell by more than calls explain (`is_beyond_calls`). An error is one that may pass: the next poll goes on
/// from where the last one ended.
pub(crate) async fn read(
    api: &PartnerClient,
    cursor: &mut Cursor,
    before: Option<&Observation>,
    observation: &Observation,
    is_beyond_calls: impl Fn(&str, Decimal) -> bool,
) -> Result<Vec<Entry>, Error> {
    let now = observation.at;
    // What a database holds may be any instant.
    let since = cursor.read_at.map_or(now - FIRST, |read_at| read_at.clamp(now - LONGEST, now) - LISTED_LATE);
    let mut entries = Vec::new();
    let is_whole = match pages(api.all_transactions(), since, now, None, &mut entries).await {
        Ok(is_whole) => {
            cursor.limit = None;
            is_whole
        }
        Err(error) if is_unavailable(&error) => {
            cursor.limit = cursor.limit.or(Some(Limit::NoGlobal));
            false
        }
        Err(error) => return Err(error),
    };
    if is_whole {
        cursor.unexplained.clear();
    } else {
        note_moved(cursor, before, observation, is_beyond_calls);
        of_wallets(api, cursor, since, now, &mut entries).await?;
    }
    cursor.read_at = Some(now);
    Ok(entries)
}

/// The rows of one ledger from the newest back to `since`; whether all of them were read.
async fn pages(
    ledger: Transactions,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    customer: Option<&str>,
    entries: &mut Vec<Entry>,
) -> Result<bool, Error> {
    // The zone of a ledger's days is not documented: a day more at either end.
    let (first, last) = (since.date_naive(), now.date_naive());
    let range = DateRange::between(first - Days::new(1), last + Days::new(1));
    let ledger = ledger.between(range);
    for number in 1..=MOST_PAGES {
        let page = ledger.page(number).await?;
        let (listed, pages) = (page.listed, page.pages);
        let oldest = page.items.iter().filter_map(|row| row.processed_at.or(row.created_at)).min();
        entries.extend(page.items.into_iter().filter_map(|row| Entry::of(row, customer)).filter(|entry| entry.at >= since));
        let is_last = pages.is_some_and(|pages| number >= pages) || listed == 0;
        if is_last || oldest.is_some_and(|oldest| oldest < since) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Remembers the wallets that moved by something other than calls, those that moved furthest first.
fn note_moved(
    cursor: &mut Cursor,
    before: Option<&Observation>,
    observation: &Observation,
    is_beyond_calls: impl Fn(&str, Decimal) -> bool,
) {
    let balances: HashMap<&str, Decimal> = before
        .iter()
        .flat_map(|before| &before.customers)
        .filter_map(|subject| Some((subject.customer()?, subject.balance?)))
        .collect();
    let mut moved: Vec<(&str, Decimal)> = observation
        .customers
        .iter()
        .filter_map(|subject| {
            let auth_id = subject.customer()?;
            let fall = balances.get(auth_id)?.checked_sub(subject.balance?)?;
            (fall < Decimal::ZERO || is_beyond_calls(auth_id, fall)).then_some((auth_id, fall.abs()))
        })
        .collect();
    moved.sort_by_key(|(_, by)| std::cmp::Reverse(*by));
    for (auth_id, _) in moved {
        cursor.unexplained.retain(|(known, _)| known != auth_id);
        cursor.unexplained.push((auth_id.to_owned(), TRIES));
    }
}

/// Reads the ledgers of wallets that moved.
async fn of_wallets(
    api: &PartnerClient,
    cursor: &mut Cursor,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    entries: &mut Vec<Entry>,
) -> Result<(), Error> {
    let mut left = std::mem::take(&mut cursor.unexplained).into_iter();
    let mut again = Vec::new();
    for (auth_id, tries) in left.by_ref().take(MOST_WALLETS) {
        let known = entries.len();
        // A movement that is looked for in a later poll is older than that.
        let since = since.min(now - FIRST);
        match pages(api.transactions(auth_id.as_str()), since, now, Some(&auth_id), entries).await {
            Ok(_) => cursor.limit = cursor.limit.map(|_| Limit::NoGlobal),
            Err(error) if is_unavailable(&error) => cursor.limit = cursor.limit.map(|_| Limit::None),
            Err(error) => {
                again.push((auth_id, tries));
                cursor.unexplained = again.into_iter().chain(left).collect();
                return Err(error);
            }
        }
        let is_explained = entries[known..].iter().any(|entry| entry.at >= now - LISTED_LATE * i32::from(TRIES));
        if !is_explained && tries > 1 {
            again.push((auth_id, tries - 1));
        }
    }
    cursor.unexplained = left.chain(again).take(10 * MOST_WALLETS).collect();
    Ok(())
}

fn is_unavailable(error: &Error) -> bool {
    matches!(error.status(), Some(403 | 404 | 501))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use vobiz_core::alert::Subject;
    use vobiz_core::history::MovementKind;
    use vobiz_sandbox::{Fault, Options, Sandbox};

    use super::*;

    struct World {
        sandbox: Sandbox,
        api: PartnerClient,
        last: Option<Observation>,
        cursor: Cursor,
    }

    impl World {
        async fn start() -> Self {
            let sandbox = Sandbox::start(Options { customers: 5, seed: 3, ..Options::default() }).await.unwrap();
            let api = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token().to_owned());
            let api = api.base_url(sandbox.base_url()).rate(0, 1).build().unwrap();
            Self { sandbox, api, last: None, cursor: Cursor::default() }
        }

        /// What a poll finds in ledgers after so many minutes.
        async fn poll(&mut self, minutes: u64) -> Vec<Entry> {
            self.sandbox.clock().advance(Duration::from_secs(60 * minutes));
            let customers = self.api.accounts().all().await.unwrap();
            let customers = customers.iter().map(|account| Subject::of(account, None)).collect();
            let seen = Observation::complete(self.sandbox.clock().now(), customers);
            let entries = read(&self.api, &mut self.cursor, self.last.as_ref(), &seen, |_, _| false).await.unwrap();
            self.last = Some(seen);
            entries
        }

        fn top_up(&self) -> String {
            let auth_id = self.sandbox.wallets()[0].auth_id.clone();
            self.sandbox.top_up(&auth_id, Decimal::from(5000)).unwrap();
            auth_id
        }
    }

    fn top_ups(entries: &[Entry], auth_id: &str) -> usize {
        let is_it = |entry: &&Entry| entry.auth_id == auth_id && entry.kind == MovementKind::Recharge;
        entries.iter().filter(is_it).filter(|entry| entry.amount == Decimal::from(5000)).count()
    }

    #[tokio::test]
    async fn a_stored_instant_of_any_year_is_read_on_from() {
        let mut world = World::start().await;
        for read_at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            world.cursor.read_at = Some(read_at);
            world.poll(5).await;
            assert_eq!(world.cursor.read_at, Some(world.sandbox.clock().now()));
        }
    }

    #[tokio::test]
    async fn a_top_up_is_read_with_the_poll_after_it_and_again_after_an_absence() {
        let mut world = World::start().await;
        world.poll(5).await;
        let auth_id = world.top_up();
        assert_eq!(top_ups(&world.poll(5).await, &auth_id), 1);
        assert_eq!(
            top_ups(&world.poll(60).await, &auth_id),
            1,
            "rows that are listed late are read, those known are dropped by id"
        );
        assert_eq!(top_ups(&world.poll(60).await, &auth_id), 0);
        world.top_up();
        assert_eq!(top_ups(&world.poll(30 * 60).await, &auth_id), 1, "a day and more away");
        assert_eq!(world.cursor.limit, None);
    }

    #[tokio::test]
    async fn without_the_ledger_of_all_customers_those_of_wallets_that_moved_are_read() {
        let mut world = World::start().await;
        let operation = Some("GET /transactions".to_owned());
        world.sandbox.faults().add(Fault { operation, status: Some(403), ..Fault::default() });
        world.poll(5).await;
        assert_eq!(world.cursor.limit, Some(Limit::NoGlobal));
        let auth_id = world.top_up();
        assert_eq!(top_ups(&world.poll(5).await, &auth_id), 1);
        let known = serde_json::to_string(&world.cursor).unwrap();
        assert_eq!(serde_json::from_str::<Cursor>(&known).unwrap(), world.cursor, "kept over restarts");
    }
}
