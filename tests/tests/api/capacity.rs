//! Calls a second and calls at once: `…/concurrency…`

use serde_json::json;
use vobiz_core::ErrorKind;
use vobiz_core::capacity::Resource;

use crate::stand::{Stand, recorded, world};

#[tokio::test]
async fn more_than_there_is_cannot_be_moved() {
    let stand = world(2).await;
    let id = stand.customer(0);
    for error in [
        stand.client.give_capacity(&id, Resource::Cps, 10_000, None).await.unwrap_err(),
        stand.client.reclaim_capacity(&id, Resource::ConcurrentCalls, 1, None).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("INSUFFICIENT_CAPACITY")), "{error}");
    }
    let error = stand.client.give_capacity("MA_NOBODY", Resource::Cps, 1, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    for slots in [0, 10_001] {
        let error = stand.client.give_capacity(&id, Resource::Cps, slots, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "nothing is sent");
    }
    assert_eq!(stand.client.capacity_history(50, 0).await.unwrap()["transfers"], json!([]));
}

#[tokio::test]
async fn capacity_moves_to_a_customer_and_back() {
    let stand = world(2).await;
    let (client, id) = (&stand.client, stand.customer(0));
    let before = client.capacity(&id).await.unwrap();
    let given = client.give_capacity(&id, Resource::ConcurrentCalls, 100, Some("For May")).await.unwrap();
    assert_eq!(
        (given.success, given.slots, given.from_account.as_deref()),
        (Some(true), Some(100), Some(stand.sandbox.auth_id()))
    );
    let taken = client.reclaim_capacity(&id, Resource::ConcurrentCalls, 40, None).await.unwrap();
    assert_eq!(taken.customer_effective, before.customer_concurrent_calls_limit.map(|limit| limit + 60));
    assert_eq!(taken.partner_remaining, before.partner_concurrent_calls_limit.map(|limit| limit - 60));
    let after = client.capacity(&id).await.unwrap();
    assert_eq!((after.net_concurrent_calls_allocated, after.net_cps_allocated), (Some(60), Some(0)));
    let account = client.account(&id).await.unwrap();
    assert_eq!(account.concurrent_calls_limit, after.customer_concurrent_calls_limit);
}

#[tokio::test]
async fn the_history_is_cut_by_limit_and_offset_and_begins_with_the_newest() {
    let stand = world(1).await;
    let id = stand.customer(0);
    for slots in 1..=5 {
        stand.client.give_capacity(&id, Resource::Cps, slots, None).await.unwrap();
    }
    let slots = async |limit, offset| {
        let history = stand.client.capacity_history(limit, offset).await.unwrap();
        let rows = history["transfers"].as_array().unwrap().clone();
        rows.iter().map(|row| row["slots"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(slots(50, 0).await, [5, 4, 3, 2, 1]);
    assert_eq!(slots(2, 1).await, [4, 3]);
    assert!(slots(2, 9).await.is_empty());
}

#[tokio::test]
async fn the_recorded_bodies_of_capacity_are_read() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let given = client.give_capacity("MA_X", Resource::ConcurrentCalls, 100, None).await.unwrap();
    assert_eq!((given.partner_remaining, given.customer_effective), (Some(400), Some(104)));
    let taken = client.reclaim_capacity("MA_X", Resource::Cps, 5, None).await.unwrap();
    assert_eq!((taken.resource.as_deref(), taken.to_account.as_deref()), (Some("cps"), Some("PA_XXXXXXXX")));
    assert_eq!(client.capacity("MA_X").await.unwrap().net_cps_allocated, Some(10));
    let history = client.capacity_history(50, 0).await.unwrap();
    assert_eq!(history["transfers"][0]["slots"], json!(10));
}

#[tokio::test]
async fn bodies_that_nobody_printed_are_passed_on_as_they_are() {
    let stand = world(1).await;
    for (number, body) in [("C90", r#"[{"anything":1.10}]"#), ("C90", r#"{"data":[],"total":0}"#), ("C90", "null")] {
        stand.answer(200, body);
        let history = stand.client.capacity_history(50, 0).await.unwrap();
        assert_eq!(history.to_string(), body, "{number}");
    }
    stand.answer(200, r#"{"success":true,"slots":"5","from_account":"MA_X"}"#);
    let moved = stand.client.reclaim_capacity("MA_X", Resource::Cps, 5, None).await.unwrap();
    assert_eq!((moved.slots, moved.from_account.as_deref(), moved.to_account.as_deref()), (Some(5), Some("MA_X"), None), "C90");
}
