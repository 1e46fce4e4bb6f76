//! What a call leaves behind for operators of the program: a span, and ids in errors.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use vobiz_core::{ErrorKind, PartnerClient, RetryPolicy};
use vobiz_sandbox::{Fault, Options, Sandbox};

/// The fields of one span, in text.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// Keeps every span that was closed, and everything that was written at all.
#[derive(Clone, Default)]
struct Kept {
    spans: Arc<Mutex<Vec<BTreeMap<&'static str, String>>>>,
    all: Arc<Mutex<Vec<String>>>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Kept {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if attributes.metadata().target().starts_with("vobiz_core") {
            context.span(id).unwrap().extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(fields) = context.span(id).unwrap().extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.all.lock().unwrap().push(format!("{:?}", fields.0));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(fields) = context.span(&id).unwrap().extensions_mut().remove::<Fields>() {
            self.all.lock().unwrap().push(format!("{:?}", fields.0));
            self.spans.lock().unwrap().push(fields.0);
        }
    }
}

async fn sandbox() -> (Sandbox, PartnerClient) {
    let sandbox = Sandbox::start(Options { customers: 3, ..Options::default() }).await.unwrap();
    let mut retry = RetryPolicy::default();
    retry.backoff = Duration::from_millis(1);
    let builder = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token().to_owned());
    let client = builder.base_url(sandbox.base_url()).rate(0, 0).retry(retry).build().unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn a_call_is_one_span_with_operation_attempts_status_duration_and_bytes() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(kept.clone()));
    let (sandbox, client) = sandbox().await;
    sandbox.faults().add(Fault { status: Some(503), ..Fault::default() });
    client.dashboard().await.unwrap_err();
    sandbox.faults().clear();
    sandbox.faults().add(Fault { status: Some(503), times: Some(2), ..Fault::default() });
    client.me().await.unwrap();

    let spans = kept.spans.lock().unwrap();
    let [failed, done] = &spans[..] else { panic!("two calls are two spans: {spans:?}") };
    let field = |span: &BTreeMap<&'static str, String>, name| span.get(name).cloned().unwrap_or_default();
    assert_eq!(["operation", "attempts", "status"].map(|name| field(failed, name)), ["\"read dashboard\"", "4", "503"]);
    assert_eq!(["operation", "attempts", "status"].map(|name| field(done, name)), ["\"read profile\"", "3", "200"]);
    assert!(field(done, "bytes").parse::<u64>().unwrap() > 100, "{done:?}");
    for span in [failed, done] {
        assert!(field(span, "duration_ms").parse::<u64>().unwrap() < 60_000, "{span:?}");
    }
    let all = kept.all.lock().unwrap().join("\n");
    assert!(all.contains("tried again") && !all.contains(sandbox.auth_token()), "{all}");
}

#[tokio::test]
async fn a_call_that_found_nobody_has_a_span_without_a_status() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(kept.clone()));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut retry = RetryPolicy::default();
    retry.attempts = 1;
    let client = PartnerClient::builder("PA_X", "token").base_url(format!("http://{free}/")).retry(retry).build().unwrap();
    assert_eq!(client.me().await.unwrap_err().kind(), ErrorKind::Connect);
    let spans = kept.spans.lock().unwrap();
    assert_eq!((spans[0].get("attempts").map(String::as_str), spans[0].get("status")), (Some("1"), None));
}
