//! Lists over many pages, whatever the pages do (C28, C29, C48, C61).

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use futures::StreamExt as _;
use vobiz_core::ErrorKind;
use vobiz_sandbox::Fault;

use crate::stand::world;
use crate::witness::{LOOPBACK, Witness, json};

#[tokio::test]
async fn a_server_that_ignores_the_page_is_found_out() {
    // C61
    let witness =
        Witness::answering(r#"{"data":[{"uuid":"1"}],"pagination":{"page":1,"per_page":1,"total":5,"pages":5,"has_next":true}}"#)
            .await;
    let error = witness.client().cdrs("MA_X").all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("page 2 repeats page 1"), "{error}");
    assert!(witness.lines()[0].contains("page=1&per_page=100"), "{:?}", witness.lines());
}

#[tokio::test]
async fn a_list_that_stays_short_is_incomplete_and_keeps_what_was_read() {
    let witness = Witness::answering(r#"{"accounts":[{"auth_id":"MA_1"}],"total":2,"page":1,"size":100}"#).await;
    let error = witness.client().accounts().all().await.unwrap_err();
    let rows = error.rows::<vobiz_core::accounts::Account>().map(<[_]>::len);
    assert_eq!((error.kind(), rows, witness.lines().len()), (ErrorKind::Incomplete, Some(1), 2), "a second walk was made");
}

#[tokio::test]
async fn rows_that_move_between_pages_are_neither_doubled_nor_lost() {
    let stand = world(250).await;
    for shift_rows in [3, -3] {
        stand.fault(Fault {
            operation: Some("GET /accounts".into()),
            path: None,
            shift_rows,
            times: Some(2),
            ..Fault::default()
        });
        let mut ids: Vec<_> = stand.client.accounts().all().await.unwrap().into_iter().map(|account| account.auth_id).collect();
        ids.sort();
        let mut expected: Vec<_> = stand.sandbox.wallets().into_iter().map(|wallet| wallet.auth_id).collect();
        expected.sort();
        assert_eq!(ids, expected, "moved by {shift_rows}");
        assert!(stand.sandbox.faults().are_over());
    }
}

#[tokio::test]
async fn a_page_in_the_middle_that_fails_is_read_again() {
    let stand = world(250).await;
    stand.fault(Fault { status: Some(503), percent: Some(50), times: Some(3), ..Fault::default() });
    assert_eq!(stand.client.accounts().all().await.unwrap().len(), 250);
}

#[tokio::test]
async fn the_size_is_asked_for_under_each_lists_own_name_and_the_echo_is_believed() {
    let row = |number: usize| format!(r#"{{"auth_id":"MA_{number}"}}"#);
    for (number, echo) in [("C28", "size"), ("C28", "per_page"), ("C48", "per_page")] {
        // A hundred are asked for, and two are on a page.
        let witness = Witness::start(LOOPBACK, move |seen| {
            let page: usize = seen.line.split("page=").nth(1).and_then(|rest| rest.split('&').next()?.parse().ok()).unwrap();
            let rows: Vec<String> = (2 * page - 2..(2 * page).min(5)).map(row).collect();
            let body = format!(r#"{{"accounts":[{}],"total":5,"page":{page},"{echo}":2}}"#, rows.join(","));
            json(body)
        })
        .await;
        assert_eq!(witness.client().accounts().all().await.unwrap().len(), 5, "{number}");
        let lines = witness.lines();
        assert!(lines.iter().all(|line| line.contains("per_page=100") && !line.contains("&size=")), "{number} {lines:?}");
        // C29: three pages follow from the total alone.
        assert_eq!(lines.len(), 3, "{number}");
    }
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_list_comes_after_the_rows_before_it() {
    // The second page is refused for good.
    let witness = Witness::start(LOOPBACK, |seen| {
        let body = r#"{"accounts":[{"auth_id":"MA_1"}],"total":200,"page":1,"size":100}"#;
        if seen.line.contains("page=1&") { json(body) } else { StatusCode::FORBIDDEN.into_response() }
    })
    .await;
    let mut rows = std::pin::pin!(witness.client().accounts().stream());
    let first = rows.next().await.unwrap();
    assert_eq!(first.unwrap().auth_id, "MA_1");
    let second = rows.next().await.unwrap().unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Forbidden);
}
