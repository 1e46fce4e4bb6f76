//! Lists whose rows come and go while their pages are read.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use vobiz_core::ErrorKind;

use crate::witness::{LOOPBACK, Seen, Witness, json};

fn parameter(line: &str, name: &str) -> Option<usize> {
    let (_, query) = line.split_once('?')?;
    query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// A list of customers that is cut into pages as asked, and what is done to it before the request of this number (from 1).
async fn list(
    count: usize,
    promises: usize,
    change: impl Fn(usize, &mut Vec<usize>) + Send + Sync + 'static,
) -> (Witness, Arc<Mutex<Vec<usize>>>) {
    let rows = Arc::new(Mutex::new((0..count).collect::<Vec<_>>()));
    let (held, requests) = (Arc::clone(&rows), Mutex::new(0));
    let witness = Witness::start(LOOPBACK, move |seen: &Seen| {
        let mut rows = held.lock().unwrap();
        let mut requests = requests.lock().unwrap();
        *requests += 1;
        change(*requests, &mut rows);
        let (page, size) = (parameter(&seen.line, "page").unwrap(), parameter(&seen.line, "per_page").unwrap());
        let on_page = rows.iter().skip((page - 1) * size).take(size);
        let on_page: Vec<_> = on_page.map(|row| format!(r#"{{"auth_id":"MA_{row}","cash_credits":"{row}.5"}}"#)).collect();
        let total = rows.len() + promises;
        json(format!(r#"{{"accounts":[{}],"total":{total},"page":{page},"size":{size}}}"#, on_page.join(",")))
    })
    .await;
    (witness, rows)
}

fn ids(rows: &[usize]) -> Vec<String> {
    rows.iter().map(|row| format!("MA_{row}")).collect()
}

#[tokio::test]
async fn rows_that_slip_to_a_page_read_before_are_found_again() {
    for (what, change) in [
        (
            "one deleted",
            (|request, rows: &mut Vec<usize>| {
                if request == 2 {
                    rows.remove(5);
                }
            }) as fn(usize, &mut Vec<usize>),
        ),
        ("sixty deleted", |request, rows| {
            if request == 2 {
                drop(rows.drain(..60));
            }
        }),
        ("one deleted, one added", |request, rows| {
            if request == 2 {
                rows.remove(5);
                rows.push(1_000);
            }
        }),
        ("one deleted on the second page, one added", |request, rows| {
            if request == 3 {
                rows.remove(150);
                rows.push(1_000);
            }
        }),
        ("one deleted on each of two walks", |request, rows| {
            if request == 2 || request == 6 {
                rows.remove(5);
            }
        }),
        ("one moved to the end", |request, rows| {
            if request == 2 {
                let row = rows.remove(5);
                rows.push(row);
            }
        }),
    ] {
        let (witness, rows) = list(250, 0, change).await;
        let sweep = witness.client().accounts().sweep(Duration::from_secs(20)).await.unwrap();
        let found: Vec<_> = sweep.rows.iter().map(|row| row.auth_id.clone()).collect();
        let expected = ids(&rows.lock().unwrap());
        assert!(sweep.is_complete, "{what}: {:?}", sweep.error);
        assert!(expected.iter().all(|id| found.contains(id)), "{what}: {} of {}", found.len(), expected.len());
        let (witness, rows) = list(250, 0, change).await;
        let streamed = futures::TryStreamExt::try_collect::<Vec<_>>(witness.client().accounts().stream()).await.unwrap();
        let expected = ids(&rows.lock().unwrap());
        assert!(expected.iter().all(|id| streamed.iter().any(|row| row.auth_id == *id)), "{what}, streamed");
        assert!(witness.lines().len() <= 16, "{what}");
    }
}

#[tokio::test]
async fn a_list_that_never_holds_still_ends_as_incomplete() {
    let (witness, _) = list(250, 0, |_, rows| {
        rows.remove(0);
    })
    .await;
    let sweep = witness.client().accounts().sweep(Duration::from_secs(20)).await.unwrap();
    assert!(!sweep.is_complete && sweep.rows.len() > 200);
    assert_eq!(sweep.error.unwrap().kind(), ErrorKind::Incomplete);
    assert!(witness.lines().len() <= 16, "{}", witness.lines().len());
}

#[tokio::test]
async fn a_list_that_holds_still_costs_no_second_walk() {
    let (witness, rows) = list(250, 0, |_, _| ()).await;
    let all = witness.client().accounts().all().await.unwrap();
    assert_eq!(all.iter().map(|row| row.auth_id.clone()).collect::<Vec<_>>(), ids(&rows.lock().unwrap()));
    assert_eq!(witness.lines().len(), 3);
}

#[tokio::test]
async fn a_total_larger_than_the_list_leaves_what_was_read() {
    for promises in [1, 120, 5_000] {
        let (witness, _) = list(25, promises, |_, _| ()).await;
        let sweep = witness.client().accounts().sweep(Duration::from_secs(20)).await.unwrap();
        assert_eq!((sweep.rows.len(), sweep.listed, sweep.promised), (25, 25, Some(25 + promises as u64)));
        assert_eq!((sweep.is_complete, sweep.error.map(|error| error.kind())), (false, Some(ErrorKind::Incomplete)));
        let error = witness.client().accounts().all().await.unwrap_err();
        assert_eq!(error.rows::<vobiz_core::accounts::Account>().map(<[_]>::len), Some(25));
    }
}

#[tokio::test]
async fn a_customer_that_is_listed_twice_counts_once_with_the_lesser_balance() {
    for (balances, expected, words) in [
        (["\"900\"", "\"40\""], Some("40"), "two balances"),
        (["\"40\"", "\"900\""], Some("40"), "two balances"),
        (["null", "\"40\""], Some("40"), "two balances"),
        (["\"N/A\"", "\"N/A\""], None, "listed twice"),
        (["40", "\"40.0\""], Some("40"), "listed twice"),
    ] {
        let row = |balance| format!(r#"{{"auth_id":"MA_1","cash_credits":{balance}}}"#);
        let body = format!(r#"{{"accounts":[{},{}],"total":2,"page":1,"size":100}}"#, row(balances[0]), row(balances[1]));
        let witness = Witness::start(LOOPBACK, move |_| json(body.clone())).await;
        let sweep = witness.client().accounts().sweep(Duration::from_secs(20)).await.unwrap();
        let found: Vec<_> = sweep.rows.iter().map(|row| row.balance).collect();
        assert_eq!((found, sweep.is_complete), (vec![expected.map(|text| text.parse().unwrap())], true), "{balances:?}");
        let oddity = sweep.oddities.last().unwrap();
        assert!(oddity.reason.contains(words) && oddity.customers == ["MA_1"], "{oddity:?}");
    }
}

#[tokio::test]
async fn at_the_deadline_what_was_read_is_given() {
    // Pages that never end, each with new rows.
    let witness = Witness::start(LOOPBACK, |seen| {
        let page = parameter(&seen.line, "page").unwrap();
        std::thread::sleep(Duration::from_millis(20));
        json(format!(r#"{{"accounts":[{{"auth_id":"MA_{page}"}}],"page":{page},"size":1,"total":{}}}"#, page + 1_000))
    })
    .await;
    let sweep = witness.client().accounts().sweep(Duration::from_millis(700)).await.unwrap();
    assert!(!sweep.rows.is_empty() && !sweep.is_complete);
    let error = sweep.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().starts_with("list accounts: not read to its end within"), "{error}");
}

#[tokio::test]
async fn a_wait_that_the_service_asks_for_is_kept_across_calls() {
    let witness = Witness::start(LOOPBACK, |_| {
        axum::response::IntoResponse::into_response((axum::http::StatusCode::TOO_MANY_REQUESTS, [("retry-after", "300")], "{}"))
    })
    .await;
    let client = witness.client();
    for _ in 0..20 {
        let error = client.clone().accounts().page(1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.retry_after().unwrap() > Duration::from_secs(290));
    }
    assert_eq!(client.me().await.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(witness.lines().len(), 1);
}
