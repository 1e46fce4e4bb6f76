//! A sandbox and a client of it.

use std::time::Duration;

use rust_decimal::Decimal;
use vobiz_core::{ClientBuilder, PartnerClient, RetryPolicy, money};
use vobiz_sandbox::{Fault, Options, Sandbox};

/// A sandbox, and a client that may change things and waits hardly at all between attempts.
pub(crate) struct Stand {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: PartnerClient,
}

/// A world of so many customers.
pub(crate) async fn world(customers: usize) -> Stand {
    started(Options { customers, seed: 5, ..Options::default() }).await
}

/// Recorded bodies, some in the place of others.
pub(crate) async fn recorded(replace: &[(&str, &str)]) -> Stand {
    let replace = replace.iter().map(|(name, file)| ((*name).to_owned(), (*file).to_owned())).collect();
    let payloads = concat!(env!("CARGO_MANIFEST_DIR"), "/payloads").into();
    started(Options { payloads: Some(payloads), replace, ..Options::default() }).await
}

pub(crate) async fn started(options: Options) -> Stand {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = hasty(PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url()));
    Stand { client: client.allow_changes().build().unwrap(), sandbox }
}

/// A client without a rate that hardly waits.
pub(crate) fn hasty(builder: ClientBuilder) -> ClientBuilder {
    let mut retry = RetryPolicy::default();
    retry.backoff = Duration::from_millis(1);
    builder.rate(0, 0).retry(retry).timeout(Duration::from_secs(5))
}

impl Stand {
    /// Answers every call with `body` from now on, which is JSON; with an error when `status` says so.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        self.fault(Fault { status: Some(status), answer: Some(serde_json::from_str(body).unwrap()), ..Fault::default() });
    }

    /// Answers calls of `operation` with `body`, and others as before.
    pub(crate) fn answer_to(&self, operation: &str, status: u16, body: &str) {
        let answer = Some(serde_json::from_str(body).unwrap());
        let operation = Some(operation.to_owned());
        self.sandbox.faults().add(Fault { operation, status: Some(status), answer, ..Fault::default() });
    }

    /// Puts one fault in force, in the place of others.
    pub(crate) fn fault(&self, fault: Fault) {
        self.sandbox.faults().clear();
        self.sandbox.faults().add(fault);
    }

    /// How many calls the only fault struck.
    pub(crate) fn struck(&self) -> u32 {
        self.sandbox.faults().list().first().unwrap().struck
    }

    /// The id of customer `place` of the list.
    pub(crate) fn customer(&self, place: usize) -> String {
        self.sandbox.wallets()[place].auth_id.clone()
    }

    pub(crate) fn wallet(&self, auth_id: &str) -> Decimal {
        self.sandbox.wallets().into_iter().find(|wallet| wallet.auth_id == auth_id).unwrap().balance
    }
}

pub(crate) fn decimal(text: &str) -> Decimal {
    money::parse(text).unwrap()
}
