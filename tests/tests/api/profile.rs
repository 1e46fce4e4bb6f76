//! `GET /me`

use vobiz_core::profile::Profile;
use vobiz_core::{DateRange, ErrorKind};
use vobiz_sandbox::{Fault, Options, Permissions};

use crate::stand::{Stand, decimal, recorded, started, world};
use crate::witness::Witness;

#[tokio::test]
async fn an_object_that_is_no_profile_is_not_understood() {
    let stand = world(1).await;
    stand.answer(200, r#"{"something":"else"}"#);
    assert_eq!(stand.client.me().await.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn the_profile_is_read_from_the_world_and_from_a_recorded_body() {
    let stand = world(3).await;
    let me = stand.client.me().await.unwrap();
    assert_eq!((me.auth_id.as_deref(), me.account_count), (Some(stand.sandbox.auth_id()), Some(3)));
    assert!(me.balance.is_some() && me.id.is_some());
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let me = client.me().await.unwrap();
    assert_eq!((me.account_id, me.max_accounts, me.balance), (Some(500_000), Some(1_000), Some(decimal("23906.83"))));
}

#[tokio::test]
async fn the_flags_are_those_of_the_partner_and_can_change() {
    let permissions = Permissions { can_view_cdrs: false, ..Permissions::default() };
    let stand = started(Options { customers: 1, permissions, ..Options::default() }).await;
    let me = stand.client.me().await.unwrap();
    assert_eq!((me.can_view_cdrs, me.can_transfer_balance), (Some(false), Some(true)));
    stand.sandbox.permit(Permissions { max_accounts: Some(9), ..Permissions::default() });
    let me = stand.client.me().await.unwrap();
    assert_eq!((me.can_view_cdrs, me.max_accounts), (Some(true), Some(9)));
}

#[tokio::test]
async fn a_program_changes_the_flags_one_by_one() {
    let stand = world(1).await;
    let url = format!("{}/control/permissions", stand.sandbox.url());
    let post = async |change: &'static str| {
        let request = reqwest::Client::new().post(&url).header("content-type", "application/json").body(change);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(r#"{"can_fly":true}"#).await, 422);
    assert_eq!(post(r#"{"can_view_cdrs":false}"#).await, 200);
    assert_eq!(post(r#"{"max_accounts":7}"#).await, 200);
    let me = stand.client.me().await.unwrap();
    assert_eq!((me.can_view_cdrs, me.can_create_accounts, me.max_accounts), (Some(false), Some(true), Some(7)));
}

#[tokio::test]
async fn clocks_that_differ_change_instants_alone() {
    let stand = world(1).await;
    let right = stand.client.me().await.unwrap();
    stand.fault(Fault { skew_seconds: 3_600, ..Fault::default() });
    let skewed = stand.client.me().await.unwrap();
    assert_eq!(skewed.balance, right.balance);
    assert_eq!((skewed.created_at.unwrap() - right.created_at.unwrap()).num_seconds(), 3_600);
}

#[tokio::test]
async fn profiles_of_every_generation_are_read() {
    type Holds = fn(&Profile) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 7] = [
        ("C22", r#"{"auth_id":"PA_X","balance":"5.00000"}"#, |me| me.currency.is_none()),
        ("C22", r#"{"auth_id":"PA_X","currency":"INR"}"#, |me| me.currency.as_deref() == Some("INR")),
        ("C23", r#"{"auth_id":"PA_X"}"#, |me| me.gstin.is_none() && me.gst_status.is_none() && me.tds_applicable.is_none()),
        ("C23", r#"{"auth_id":"PA_X","gst_status":"active","tds_percentage":"2"}"#, |me| {
            me.gst_status.as_deref() == Some("active") && me.tds_percentage == Some(2.into())
        }),
        ("C25", r#"{"auth_id":"PA_X","balance":"23906.83000"}"#, |me| me.balance == Some(decimal("23906.83"))),
        ("C25", r#"{"auth_id":"PA_X","balance":50000}"#, |me| me.balance == Some(decimal("50000"))),
        ("C15", r#"{"auth_id":"PA_X","balance":null}"#, |me| me.balance.is_none()),
    ];
    for (number, body, holds) in cases {
        stand.answer(200, body);
        let me = stand.client.me().await.unwrap();
        assert!(holds(&me), "{number} {body}: {me:?}");
    }
}

#[tokio::test]
async fn the_partners_uuid_is_no_filter_of_any_list() {
    // C24
    let witness = Witness::answering(r#"{"data":[],"total":0,"pages":0}"#).await;
    let client = witness.client();
    let days = DateRange::between("2026-05-01".parse().unwrap(), "2026-05-02".parse().unwrap());
    client.transactions("MA_X").between(days).page(1).await.unwrap();
    client.cdrs("MA_X").between(days).page(1).await.unwrap();
    let lines = witness.lines();
    assert!(
        lines.iter().all(|line| !line.contains("?id=") && !line.contains("&id=") && !line.contains("partner_id")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_flag_that_says_no_is_a_403_with_the_services_words() {
    let stand = world(2).await;
    let customer = stand.customer(0);
    let permissions = Permissions { can_view_cdrs: false, can_move_capacity: false, ..Permissions::default() };
    stand.sandbox.permit(permissions);
    let resource = vobiz_core::capacity::Resource::Cps;
    for (number, error, words) in [
        ("C26", stand.client.cdrs(&customer).page(1).await.unwrap_err(), "can_view_cdrs"),
        ("C26", stand.client.all_cdrs().page(1).await.unwrap_err(), "can_view_cdrs"),
        ("C26", stand.client.cdr(&customer, "x").await.unwrap_err(), "can_view_cdrs"),
        ("C27", stand.client.give_capacity(&customer, resource, 1, None).await.unwrap_err(), "Limit transfers are not enabled"),
    ] {
        assert_eq!((error.kind(), error.status()), (ErrorKind::Forbidden, Some(403)), "{number} {error}");
        assert!(error.to_string().contains(words), "{number} {error}");
    }
}
