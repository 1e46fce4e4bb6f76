//! Credentials go to the configured host alone.

use vobiz_core::capacity::Resource;
use vobiz_core::{Error, ErrorKind, PartnerClient};

use crate::stand::hasty;
use crate::witness::{Witness, json};

/// A read and a change by `client`.
async fn errors(client: &PartnerClient) -> [Error; 2] {
    [client.dashboard().await.unwrap_err(), client.give_capacity("MA_X", Resource::Cps, 1, None).await.unwrap_err()]
}

#[tokio::test]
async fn a_redirect_to_another_host_is_refused_and_that_host_sees_nothing() {
    // Reachable on loopback by every spelling of its address.
    let other = Witness::start("0.0.0.0:0", |_| json("{}")).await;
    let port = other.address.port();
    for status in [301, 302, 303, 307, 308] {
        for target in [
            format!("http://127.0.0.1:{port}/dashboard"),
            format!("http://localhost:{port}/dashboard"),
            format!("http://0.0.0.0:{port}/dashboard"),
            format!("//127.0.0.1:{port}/dashboard"),
            format!("https://127.0.0.1:{port}/dashboard"),
            format!("http://user:pass@127.0.0.1:{port}/"),
        ] {
            let witness = Witness::redirecting(status, target.clone()).await;
            let [read, change] = errors(&witness.client()).await;
            assert_eq!((read.kind(), read.status()), (ErrorKind::Redirect, Some(status)), "{target} {read}");
            // Whether it was done before the redirect is not known.
            assert_eq!((change.kind(), change.status()), (ErrorKind::OutcomeUnknown, Some(status)), "{target} {change}");
            assert_eq!(witness.seen().len(), 2, "each was asked once");
            assert!(witness.seen().iter().all(|seen| seen.headers["x-auth-token"] == "the-token"));
        }
    }
    assert!(other.seen().is_empty(), "no X-Auth-Id and no X-Auth-Token: {:?}", other.seen());
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_followed_by_reads_alone_and_not_for_ever() {
    let circle = Witness::redirecting(307, "/elsewhere".to_owned()).await;
    let [read, change] = errors(&circle.client()).await;
    assert_eq!((read.kind(), change.kind()), (ErrorKind::Redirect, ErrorKind::OutcomeUnknown), "{read} {change}");
    let lines = circle.lines();
    assert_eq!(lines.iter().filter(|line| line.starts_with("GET /elsewhere")).count(), 5, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("POST")).count(), 1, "{lines:?}");
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused_and_that_machine_sees_nothing() {
    let other = Witness::start("0.0.0.0:0", |_| json("{}")).await;
    let port = other.address.port();
    for base in [
        format!("http://0.0.0.0:{port}/"),
        format!("http://[::]:{port}/"),
        format!("http://localhost.:{port}/"),
        format!("http://127.0.0.1.example:{port}/"),
        format!("HTTP://0.0.0.0:{port}/api/v1/partner"),
    ] {
        let refused = hasty(PartnerClient::builder("PA_X", "the-token").base_url(base.clone())).build().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Config, "{base}");
        assert!(refused.to_string().contains("plain http"), "{base}: {refused}");
    }
    assert!(other.seen().is_empty());
}
