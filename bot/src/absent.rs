//! Customers that have an alert and that the list leaves out: their own pages tell whether they exist.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use vobiz_core::accounts::Account;
use vobiz_core::alert::{State, SubjectId};
use vobiz_core::{ErrorKind, PartnerClient};

/// Pages asked for in one poll. For further customers the list alone decides.
const MOST_PAGES: usize = 20;
/// How long the pages may take together.
const LONGEST: Duration = Duration::from_secs(10);

/// Whether each customer's own page knows it, by id. A customer whose page did not answer in time is left out.
pub(crate) async fn ask_own_pages(
    api: &PartnerClient,
    before: &State,
    listed: &[Account],
    within: Duration,
) -> BTreeMap<String, bool> {
    let ask = |auth_id: String| async move {
        let exists = exists(api, &auth_id).await?;
        if exists {
            tracing::warn!(customer = auth_id, "the list leaves out a customer that exists by its own page");
        }
        Some((auth_id, exists))
    };
    let asks = stream::iter(missing(before, listed)).map(ask).buffer_unordered(MOST_PAGES);
    asks.take_until(tokio::time::sleep(within.min(LONGEST))).filter_map(std::future::ready).collect().await
}

/// The first customers that have an alert and are not listed.
fn missing(before: &State, listed: &[Account]) -> Vec<String> {
    let alerted: BTreeSet<&String> = before.alerts.keys().filter_map(|key| customer(&key.subject)).collect();
    if alerted.is_empty() {
        return Vec::new();
    }
    let listed: HashSet<&String> = listed.iter().map(|account| &account.auth_id).collect();
    alerted.into_iter().filter(|auth_id| !listed.contains(auth_id)).take(MOST_PAGES).cloned().collect()
}

fn customer(subject: &SubjectId) -> Option<&String> {
    match subject {
        SubjectId::Customer(auth_id) => Some(auth_id),
        SubjectId::Partner | SubjectId::Fleet(_) | SubjectId::Calls | SubjectId::Data => None,
    }
}

/// `None` where the page does not tell.
async fn exists(api: &PartnerClient, auth_id: &str) -> Option<bool> {
    match api.account(auth_id).await {
        Ok(page) => (page.auth_id == auth_id).then_some(true),
        Err(error) => (error.kind() == ErrorKind::NotFound).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;
    use chrono::{DateTime, Utc};
    use vobiz_core::alert::{Observation, Policy, Subject, evaluate};
    use vobiz_core::forecast::Forecasts;
    use vobiz_core::{Decimal, RetryPolicy};

    use super::*;

    fn body(auth_id: &str) -> String {
        format!(r#"{{"auth_id":"{auth_id}"}}"#)
    }

    fn alerted(ids: &[&str]) -> State {
        let low = ids.iter().map(|id| Subject::new(*id, "").with_balance(Decimal::ONE)).collect();
        let seen = Observation::complete(DateTime::<Utc>::UNIX_EPOCH, low);
        evaluate(&Policy::default(), &seen, &Forecasts::none(), &State::default(), seen.at).state
    }

    #[tokio::test]
    async fn only_a_page_that_is_of_the_customer_or_not_found_is_a_proof() {
        let pages = Router::new()
            .route("/accounts/MA_THERE", get(|| async { body("MA_THERE") }))
            .route("/accounts/MA_OTHER", get(|| async { body("MA_ANOTHER") }))
            .route("/accounts/MA_BROKEN", get(|| async { (StatusCode::BAD_GATEWAY, "<html>") }))
            .route("/accounts/MA_SLOW", get(std::future::pending::<String>));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, pages).await });
        let mut retry = RetryPolicy::default();
        retry.attempts = 1;
        let api = PartnerClient::builder("PA_X", "token").base_url(base).retry(retry).build().unwrap();

        let before = alerted(&["MA_BROKEN", "MA_GONE", "MA_LISTED", "MA_OTHER", "MA_SLOW", "MA_THERE"]);
        let listed: Vec<Account> = vec![serde_json::from_str(&body("MA_LISTED")).unwrap()];
        let asked = ask_own_pages(&api, &before, &listed, Duration::from_secs(2)).await;
        assert_eq!(asked, BTreeMap::from([("MA_GONE".to_owned(), false), ("MA_THERE".to_owned(), true)]));
    }

    #[test]
    fn the_pages_of_one_poll_are_limited() {
        let ids: Vec<_> = (0..50).map(|number| format!("MA_{number:02}")).collect();
        let before = alerted(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(missing(&before, &[]), ids[..MOST_PAGES]);
        assert_eq!(missing(&State::default(), &[]), [""; 0]);
    }
}
