//! How often a request is made: a read again as designed, a change exactly once.

use std::time::{Duration, Instant};

use vobiz_core::capacity::Resource;
use vobiz_core::kyc::KycFlow;
use vobiz_core::{Error, ErrorKind, PartnerClient};
use vobiz_sandbox::{Fault, Hint, Spoilt};

use crate::stand::{Stand, decimal, hasty, world};

/// Every way in which an answer fails to come; `times` strikes each.
fn failures(times: Option<u32>) -> [(&'static str, Fault); 9] {
    let fault = Fault { times, ..Fault::default() };
    let waiting = |hint| Fault { retry_after: Some(1), hint, ..fault.clone() };
    [
        ("503", Fault { status: Some(503), ..fault.clone() }),
        ("502 with a web page", Fault { status: Some(502), body: Some(Spoilt::Html), ..fault.clone() }),
        ("429 with seconds", waiting(Hint::Header)),
        ("429 with a date", waiting(Hint::Date)),
        ("429 with a wait in the body", waiting(Hint::Body)),
        ("429 with seconds and a web page", Fault { body: Some(Spoilt::Html), ..waiting(Hint::Header) }),
        ("a dropped connection", Fault { drop: true, ..fault.clone() }),
        ("a connection dropped after the work", Fault { drop: true, after: true, ..fault.clone() }),
        ("no answer in time", Fault { latency_ms: 60_000, ..fault.clone() }),
    ]
}

async fn impatient() -> Stand {
    let Stand { sandbox, .. } = world(2).await;
    let builder = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url());
    let client = hasty(builder).timeout(Duration::from_millis(400)).allow_changes().build().unwrap();
    Stand { sandbox, client }
}

#[tokio::test]
async fn a_read_is_made_again_after_every_failure_that_can_pass() {
    // C97: a 429 is waited for, by reads alone.
    let stand = impatient().await;
    for (what, fault) in failures(Some(1)) {
        let is_waited_for = fault.retry_after.is_some();
        let operation = Some("GET /dashboard".to_owned());
        stand.fault(Fault { operation: operation.clone(), ..fault });
        // Does nothing, and counts what comes after the failure.
        stand.sandbox.faults().add(Fault { operation, ..Fault::default() });
        let begun = Instant::now();
        stand.client.dashboard().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let requests: Vec<_> = stand.sandbox.faults().list().iter().map(|fault| fault.struck).collect();
        assert_eq!(requests, [1, 1], "{what}: one that failed and one that did not");
        // A date has whole seconds, so up to one of them may be gone already.
        let least = if is_waited_for && !what.contains("date") { Duration::from_secs(1) } else { Duration::ZERO };
        assert!(begun.elapsed() >= least, "{what}: the wait was kept");
    }
}

#[tokio::test]
async fn a_read_is_given_up_after_four_attempts() {
    let stand = impatient().await;
    for (what, fault) in failures(None) {
        let retry_after = fault.retry_after.map(|_| 0);
        stand.fault(Fault { operation: Some("GET /dashboard".into()), retry_after, ..fault });
        assert!(stand.client.dashboard().await.is_err(), "{what}");
        assert_eq!(stand.struck(), 4, "{what}");
    }
}

/// A change by its name and operation.
const CHANGES: [(&str, &str); 7] = [
    ("transfer", "POST /accounts/{id}/transfer-balance"),
    ("create", "POST /accounts"),
    ("start KYC", "POST /kyc-sessions"),
    ("mail KYC again", "POST /kyc-sessions/{id}/resend"),
    ("revoke KYC", "DELETE /kyc-sessions/{id}"),
    ("give capacity", "POST /accounts/{id}/concurrency/transfer"),
    ("reclaim capacity", "POST /accounts/{id}/concurrency/reclaim"),
];

async fn change(stand: &Stand, name: &str) -> Result<(), Error> {
    let (client, id) = (&stand.client, stand.customer(0));
    match name {
        "transfer" => client.transfer(id, decimal("10"), "INR").send().await.map(drop),
        "create" => {
            let password = "secret-1!".to_owned().into();
            client.create_account("A", "a@example.com", password, "+919876543210", "IN").send().await.map(drop)
        }
        "start KYC" => client.create_kyc_session(id, KycFlow::Email("a@example.com".into())).send().await.map(drop),
        "mail KYC again" => client.resend_kyc_session("s").await,
        "revoke KYC" => client.revoke_kyc_session("s", None).await,
        "give capacity" => client.give_capacity(&id, Resource::Cps, 1, None).await.map(drop),
        _ => client.reclaim_capacity(&id, Resource::Cps, 1, None).await.map(drop),
    }
}

#[tokio::test]
async fn a_change_is_made_exactly_once_whatever_happens() {
    // C43: what the vendor's own clients repeat.
    for (name, operation) in CHANGES {
        let stand = impatient().await;
        for (what, fault) in failures(None) {
            let limited = fault.retry_after.is_some();
            stand.fault(Fault { operation: Some(operation.into()), ..fault });
            let error = change(&stand, name).await.unwrap_err();
            assert_eq!(stand.struck(), 1, "{name}, {what}");
            let expected = if limited { ErrorKind::RateLimited } else { ErrorKind::OutcomeUnknown };
            assert_eq!(error.kind(), expected, "{name}, {what}: {error}");
        }
    }
}

#[tokio::test]
async fn a_change_is_not_sent_at_all_by_a_client_that_only_reads() {
    let stand = impatient().await;
    let builder = PartnerClient::builder(stand.sandbox.auth_id(), stand.sandbox.auth_token());
    let client = hasty(builder.base_url(stand.sandbox.base_url())).build().unwrap();
    let stand = Stand { client, ..stand };
    for (name, _) in CHANGES {
        stand.fault(Fault { status: Some(500), ..Fault::default() });
        assert_eq!(change(&stand, name).await.unwrap_err().kind(), ErrorKind::ReadOnly, "{name}");
        assert_eq!(stand.struck(), 0, "{name}");
    }
}
