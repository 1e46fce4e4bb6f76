//! Recorded bodies, damaged in every way that comes to mind, through the client over HTTP: an answer ends in a value or in
//! an error, never in a panic, and no message repeats a value of the body.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

#[path = "hostile/mutation.rs"]
mod mutation;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use tokio::runtime::Runtime;
use vobiz_core::capacity::Resource;
use vobiz_core::kyc::KycFlow;
use vobiz_core::transfer::TransferAttempt;
use vobiz_core::{DateRange, Error, PartnerClient, RetryPolicy};

use mutation::{Damage, MARK, Spoiling, Tree, damage, spoiling};

/// A service that answers everything with one body, and a client of it.
struct Service {
    runtime: Runtime,
    answer: Arc<Mutex<(StatusCode, Vec<u8>)>>,
    client: PartnerClient,
}

impl Service {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let answer = Arc::new(Mutex::new((StatusCode::OK, Vec::new())));
        let kept = Arc::clone(&answer);
        let router = Router::new().fallback(move || std::future::ready(kept.lock().unwrap().clone()));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, router).await });
        let mut retry = RetryPolicy::default();
        retry.attempts = 1;
        let builder = PartnerClient::builder("PA_X", "token").base_url(base).rate(0, 0).retry(retry).allow_changes();
        Self { runtime, answer, client: builder.build().unwrap() }
    }

    /// The text of the error that each call ends in, if any, where every answer is this one.
    fn errors(&self, status: StatusCode, body: Vec<u8>) -> Vec<String> {
        *self.answer.lock().unwrap() = (status, body);
        let errors = self.runtime.block_on(every_call(&self.client));
        errors.into_iter().map(|error| format!("{error} {error:?}")).collect()
    }
}

/// The errors of all calls of the client, lists both by page and walked.
async fn every_call(client: &PartnerClient) -> Vec<Error> {
    let (from, to) = ("2026-05-11".parse().unwrap(), "2026-05-12".parse().unwrap());
    let days = DateRange::between(from, to);
    let attempt = TransferAttempt {
        customer: "MA_X".to_owned(),
        amount: Decimal::TEN,
        started: "2026-05-12T03:30:00Z".parse().unwrap(),
        partner_balance_before: Some(Decimal::TEN),
    };
    let create = || client.create_account("A", "a@example.com", "secret-1!".to_owned().into(), "+911", "IN");
    let results = [
        client.me().await.err(),
        client.dashboard().await.err(),
        client.analytics(days).await.err(),
        client.accounts().page(1).await.err(),
        client.accounts().all().await.err(),
        client.account("MA_X").await.err(),
        client.balance("MA_X").await.err(),
        create().send().await.err(),
        create().send_for_token().await.err(),
        client.transfer("MA_X", Decimal::TEN, "INR").send().await.err(),
        client.transfer_outcome(&attempt, attempt.started).await.err(),
        client.transactions("MA_X").page(1).await.err(),
        client.transactions("MA_X").between(days).all().await.err(),
        client.transactions("MA_X").summary().await.err(),
        client.all_transactions().all().await.err(),
        client.cdrs("MA_X").page(1).await.err(),
        client.cdrs("MA_X").between(days).all().await.err(),
        client.cdrs("MA_X").summary().await.err(),
        client.all_cdrs().all().await.err(),
        client.cdr("MA_X", "u").await.err(),
        client.numbers("MA_X").all().await.err(),
        client.all_numbers().page(1).await.err(),
        client.kyc_sessions().all().await.err(),
        client.kyc_session("s").await.err(),
        client.create_kyc_session("MA_X", KycFlow::Email("a@example.com".to_owned())).send().await.err(),
        client.resend_kyc_session("s").await.err(),
        client.revoke_kyc_session("s", None).await.err(),
        client.give_capacity("MA_X", Resource::Cps, 5, None).await.err(),
        client.reclaim_capacity("MA_X", Resource::Cps, 5, None).await.err(),
        client.capacity("MA_X").await.err(),
        client.capacity_history(50, 0).await.err(),
        client.top_customers(from, to, |_, _| ()).await.err(),
        client.get("anything", &[]).await.err(),
    ];
    results.into_iter().flatten().collect()
}

fn recorded(folder: &str) -> Vec<Tree> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let bodies = files.iter().filter(|path| path.is_file()).map(|path| fs::read(path).unwrap());
    bodies.map(|body| Tree::of(&serde_json::from_slice(&body).unwrap())).collect()
}

/// A recorded body, another whose members stand beside its own (two generations), what is done to them, and to the text.
type Case = (Index, Option<Index>, Vec<(Index, Index, Damage)>, Spoiling);

fn cases() -> impl Strategy<Value = Case> {
    let strikes = proptest::collection::vec((any::<Index>(), any::<Index>(), damage()), 0..4);
    (any::<Index>(), proptest::option::weighted(0.3, any::<Index>()), strikes, spoiling())
}

fn body((which, other, strikes, spoiling): &Case, bodies: &[Tree]) -> Vec<u8> {
    let mut tree = which.get(bodies).clone();
    if let Some(other) = other {
        tree = other.get(bodies).clone().beside(tree);
    }
    for (at, which, damage) in strikes {
        tree = tree.damaged(*at, *which, damage);
    }
    spoiling.applied(tree.text().into_bytes())
}

fn check(cases_run: u32, bodies: &[Tree], status: StatusCode, judge: fn(&str) -> bool) {
    let service = Service::start();
    let mut runner = TestRunner::new(Config { cases: cases_run, failure_persistence: None, ..Config::default() });
    let result = runner.run(&cases(), |case| {
        for error in service.errors(status, body(&case, bodies)) {
            prop_assert!(judge(&error), "{error}");
        }
        Ok(())
    });
    result.unwrap();
}

/// One line of a length that a person reads.
fn is_short(error: &str) -> bool {
    error.len() < 4000 && !error.contains(char::is_control)
}

#[test]
fn a_damaged_answer_ends_in_a_value_or_an_error_that_repeats_nothing_of_it() {
    check(250, &recorded("payloads"), StatusCode::OK, |error| is_short(error) && !error.contains(MARK));
}

#[test]
fn a_damaged_refusal_is_an_error_of_one_line() {
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::SERVICE_UNAVAILABLE] {
        check(40, &recorded("payloads/errors"), status, is_short);
    }
}

#[test]
fn bytes_at_random_end_in_an_error() {
    let service = Service::start();
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let result = runner.run(&proptest::collection::vec(any::<u8>(), 0..200), |body| {
        prop_assert!(service.errors(StatusCode::OK, body).iter().all(|error| is_short(error)));
        Ok(())
    });
    result.unwrap();
}

/// The balances and the rest of every row that a page has, as they are printed, by the list that is asked.
fn rows_of(service: &Service, list: usize) -> Vec<String> {
    let client = &service.client;
    let shown = |rows: Result<Vec<String>, Error>| rows.unwrap_or_default();
    service.runtime.block_on(async {
        match list {
            0 => shown(client.accounts().page(1).await.map(|page| page.items.iter().map(|row| format!("{row:?}")).collect())),
            1 => shown(
                client.all_transactions().page(1).await.map(|page| page.items.iter().map(|row| format!("{row:?}")).collect()),
            ),
            2 => shown(client.all_cdrs().page(1).await.map(|page| page.items.iter().map(|row| format!("{row:?}")).collect())),
            _ => shown(client.all_numbers().page(1).await.map(|page| page.items.iter().map(|row| format!("{row:?}")).collect())),
        }
    })
}

#[test]
fn one_damaged_field_of_one_row_changes_nothing_of_any_other_row() {
    let service = Service::start();
    let bodies: Vec<Tree> = ["accounts_page", "transactions_global", "cdrs_global", "numbers_global"]
        .map(|name| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("payloads/{name}.json"))).unwrap())
        .iter()
        .map(|body| Tree::of(&serde_json::from_slice(body).unwrap()))
        .collect();
    let strategy = (0..bodies.len(), any::<Index>(), any::<Index>(), any::<Index>(), damage());
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let result = runner.run(&strategy, |(list, row, at, which, damage)| {
        let answer = |tree: &Tree| {
            *service.answer.lock().unwrap() = (StatusCode::OK, tree.text().into_bytes());
            rows_of(&service, list)
        };
        let before = answer(&bodies[list]);
        prop_assert!(before.len() > 1, "a list of more than one row");
        let row = row.index(before.len());
        let after = answer(&bodies[list].clone().with_row_damaged(row, at, which, &damage));
        for (index, other) in before.iter().enumerate().filter(|(index, _)| *index != row) {
            prop_assert!(after.contains(other), "row {index} changed when row {row} was damaged by {damage:?}");
        }
        Ok(())
    });
    result.unwrap();
}
