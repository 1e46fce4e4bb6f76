//! Reports, as the client reads them over HTTP from recorded bodies and from the sandbox's world.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

use rust_decimal::Decimal;
use vobiz_core::dashboard::{CallFigures, Report};
use vobiz_core::{DateRange, ErrorKind, PartnerClient, money};
use vobiz_sandbox::{Options, Sandbox};

async fn recorded(replace: &[(&str, &str)]) -> (Sandbox, PartnerClient) {
    let replace = replace.iter().map(|(name, file)| ((*name).to_owned(), (*file).to_owned())).collect();
    let payloads = concat!(env!("CARGO_MANIFEST_DIR"), "/payloads").into();
    started(Options { payloads: Some(payloads), replace, ..Options::default() }).await
}

async fn started(options: Options) -> (Sandbox, PartnerClient) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url()).rate(0, 0);
    (sandbox, client.build().unwrap())
}

fn decimal(text: &str) -> Decimal {
    money::parse(text).unwrap()
}

fn figures(figures: &CallFigures) -> (u64, u64, Decimal, Decimal) {
    (figures.total_calls.unwrap(), figures.answered_calls.unwrap(), figures.total_minutes.unwrap(), figures.total_cost.unwrap())
}

#[tokio::test]
async fn a_window_that_ends_before_it_begins_is_refused_before_anything_is_sent() {
    let client = PartnerClient::builder("PA_X", "token").base_url("http://127.0.0.1:9/").build().unwrap();
    let days = DateRange::between("2026-04-30".parse().unwrap(), "2026-04-01".parse().unwrap());
    let error = client.analytics(days).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "a request would have been a connection error");
    assert_eq!(error.to_string(), "read analytics: the first day (2026-04-30) is after the last (2026-04-01); swap them");
}

#[tokio::test]
async fn the_recorded_dashboard_reads_to_the_last_paisa() {
    let (_sandbox, client) = recorded(&[]).await;
    let report = client.dashboard().await.unwrap();
    let total = report.total_balance.unwrap();
    assert_eq!(total.to_string(), "1003058.82000");
    assert_eq!(money::show(total, report.currency.as_deref()), "₹10,03,058.82");
    assert_eq!(figures(report.calls.as_ref().unwrap()), (210, 178, decimal("157.2"), decimal("108.24")));
    assert_eq!(report.failed_calls(), Some(32));
    assert_eq!(report.answer_rate().unwrap().round_dp(2), decimal("84.76"));
    let directions = report.by_direction();
    assert_eq!(figures(&directions["inbound"]), (28, 20, decimal("25.5"), decimal("17.26")));
    assert_eq!(figures(&directions["outbound"]), (182, 158, decimal("131.7"), decimal("90.98")));
    assert_eq!(report.by_product["sip_trunking"].total_minutes, Some(Decimal::ZERO), "an exact zero comes without a fraction");
    assert_eq!(report.partner.unwrap().balance, None, "absent in reports, which is not zero");
    assert_eq!(report.top_customers, None);
    assert_eq!(client.me().await.unwrap().balance, Some(decimal("23906.83000")));
}

#[tokio::test]
async fn the_flat_dashboard_has_its_own_figures_and_no_zeros_for_the_others() {
    let (_sandbox, client) = recorded(&[("dashboard", "dashboard_flat")]).await;
    let report = client.dashboard().await.unwrap();
    let accounts = report.accounts.as_ref().unwrap();
    assert_eq!((accounts.total, accounts.active, report.pending_kyc), (Some(42), Some(38), Some(4)));
    assert_eq!((report.total_balance, report.mtd_revenue), (Some(decimal("250000")), Some(decimal("18450.5"))));
    assert_eq!((report.calls.as_ref(), report.failed_calls(), report.answer_rate()), (None, None, None));
    assert!(report.by_direction().is_empty() && report.time_series.is_empty() && report.period.is_none());
}

#[tokio::test]
async fn figures_of_the_world_agree_with_each_other() {
    let (sandbox, client) = started(Options { customers: 60, seed: 11, ..Options::default() }).await;
    let days = DateRange::between("2026-04-12".parse().unwrap(), "2026-05-11".parse().unwrap());
    let report: Report = client.analytics(days).await.unwrap();
    let calls = report.calls.as_ref().unwrap();
    let sum = |parts: Vec<&CallFigures>| {
        let calls = parts.iter().filter_map(|part| part.total_calls).sum::<u64>();
        (calls, parts.iter().filter_map(|part| part.total_cost).sum::<Decimal>())
    };
    let whole = (calls.total_calls.unwrap(), calls.total_cost.unwrap());
    assert_eq!(sum(report.by_direction().values().collect()), whole);
    assert_eq!(sum(report.by_product.values().collect()), whole);
    let by_day = report.time_series.iter().filter_map(|day| day.total_calls).sum::<u64>();
    assert_eq!(by_day, whole.0);
    let wallets: Decimal = sandbox.wallets().iter().map(|wallet| wallet.balance).sum();
    assert_eq!(report.total_balance, Some(wallets));
}
