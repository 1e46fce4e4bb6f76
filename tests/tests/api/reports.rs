//! `GET /dashboard` and `GET /analytics`, and who spends the most.

use rust_decimal::Decimal;
use vobiz_core::dashboard::{CallFigures, Report};
use vobiz_core::top::Source;
use vobiz_core::{DateRange, ErrorKind, PartnerClient, money};
use vobiz_sandbox::{Fault, Options};

use crate::stand::{Stand, decimal, recorded, started, world};

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
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
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
    assert_eq!(report.partner.as_ref().unwrap().balance, None, "absent in reports, which is not zero");
    assert_eq!(report.top_customers, None);
    assert_eq!(client.me().await.unwrap().balance, Some(decimal("23906.83000")));
}

#[tokio::test]
async fn the_flat_dashboard_has_its_own_figures_and_no_zeros_for_the_others() {
    let Stand { client, sandbox: _sandbox } = recorded(&[("dashboard", "dashboard_flat")]).await;
    let report = client.dashboard().await.unwrap();
    let accounts = report.accounts.as_ref().unwrap();
    assert_eq!((accounts.total, accounts.active, report.pending_kyc), (Some(42), Some(38), Some(4)));
    assert_eq!((report.total_balance, report.mtd_revenue), (Some(decimal("250000")), Some(decimal("18450.5"))));
    assert_eq!((report.calls.as_ref(), report.failed_calls(), report.answer_rate()), (None, None, None));
    assert!(report.by_direction().is_empty() && report.time_series.is_empty() && report.period.is_none());
}

#[tokio::test]
async fn figures_of_the_world_agree_with_each_other() {
    let Stand { sandbox, client } = started(Options { customers: 60, seed: 11, ..Options::default() }).await;
    let days = DateRange::between("2026-04-12".parse().unwrap(), "2026-05-11".parse().unwrap());
    let report: Report = client.analytics(days).await.unwrap().into_inner();
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

#[tokio::test]
async fn the_recorded_analytics_are_the_same_report() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let report = client.analytics(DateRange::default()).await.unwrap();
    let period = report.period.as_ref().unwrap();
    assert!(period.from_date < period.to_date);
    assert!(report.calls.is_some() && report.total_balance.is_some());
}

#[tokio::test]
async fn a_stale_report_is_read_as_sent() {
    let stand = world(3).await;
    stand.fault(Fault { operation: Some("GET /dashboard".into()), stale: true, ..Fault::default() });
    let before = stand.client.dashboard().await.unwrap();
    stand.sandbox.top_up(&stand.customer(0), Decimal::from(5_000)).unwrap();
    assert_eq!(stand.client.dashboard().await.unwrap(), before);
    stand.sandbox.faults().clear();
    assert_eq!(
        stand.client.dashboard().await.unwrap().total_balance,
        before.total_balance.map(|total| total + Decimal::from(5_000))
    );
}

#[tokio::test]
async fn spenders_are_ranked_from_call_records_where_the_report_names_none() {
    // C13
    let stand = world(5).await;
    let days = ("2026-05-01".parse().unwrap(), "2026-05-11".parse().unwrap());
    let mut progress = Vec::new();
    let top = stand.client.top_customers(days.0, days.1, |done, of| progress.push((done, of))).await.unwrap();
    let report = stand.client.analytics(DateRange::between(days.0, days.1)).await.unwrap();
    assert_eq!((top.source, top.failures.len(), progress.last()), (Source::CallRecords, 0, Some(&(5, 5))));
    assert!(top.customers.windows(2).all(|pair| pair[0].cost >= pair[1].cost));
    let sum: Decimal = top.customers.iter().filter_map(|spender| spender.cost).sum();
    assert_eq!(Some(sum), report.calls.as_ref().unwrap().total_cost);
}

#[tokio::test]
async fn every_printed_report_is_read_and_says_nothing_that_it_does_not_hold() {
    type Holds = fn(&Report) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 13] = [
        ("C10", r#"{"total_customers":42,"active_customers":38,"currency":"INR"}"#, |report| {
            report.accounts.as_ref().is_some_and(|accounts| accounts.total == Some(42)) && report.total_balance.is_none()
        }),
        ("C10", r#"{"active_accounts":3,"calls_today":7,"total_balance":5.5,"currency":"INR"}"#, |report| {
            report.reported.calls_today == Some(7) && report.total_balance == Some(Decimal::new(55, 1)) && report.calls.is_none()
        }),
        ("C11", r#"{"period":{"from":"2026-04-12","to":"2026-05-11"},"calls":{"total_calls":210}}"#, |report| {
            let period = report.period.as_ref();
            period.is_some_and(|period| period.from_date.is_some() && period.to_date.is_some())
                && report.reported.calls_today.is_none()
        }),
        ("C12", r#"{"total_balance":"1.00000","accounts_low_balance":4}"#, |report| {
            report.reported.accounts_low_balance == Some(4)
        }),
        ("C13", r#"{"calls":{"total_calls":210,"answered_calls":178}}"#, |report| {
            report.failed_calls() == Some(32) && report.top_customers.is_none() && report.by_direction().is_empty()
        }),
        ("C14", r#"{"calls":{"total_calls":1},"total_balance":"1.00000"}"#, |report| {
            report.mtd_revenue.is_none() && report.pending_kyc.is_none()
        }),
        ("C15", r#"{"partner":{"balance":null},"total_balance":"1.00000"}"#, own_wallet_is_unknown),
        ("C15", r#"{"partner":{"balance":{"amount":1}},"total_balance":"1.00000"}"#, own_wallet_is_unknown),
        ("C17", r#"{"accounts":{"total":23,"active":20,"customers":[{"auth_id":"MA_1"}]}}"#, |report| {
            report.accounts.as_ref().is_some_and(|accounts| accounts.total == Some(23) && accounts.customers.len() == 1)
        }),
        (
            "C18",
            r#"{"calls":{"total_calls":210},"time_series":[{"date":"2026-05-01","total_calls":107,"inbound":{"total_calls":7}}]}"#,
            |report| {
                let inbound = report.time_series.first().and_then(|day| day.inbound.as_ref());
                report.calls.as_ref().is_some_and(|calls| calls.total_calls == Some(210))
                    && inbound.is_some_and(|inbound| inbound.total_cost.is_none())
            },
        ),
        (
            "C19",
            r#"{"total_balance":"1.00000","by_product":{"sip_trunking":{"total_minutes":0},"voice_api":{"total_minutes":157.2}}}"#,
            |report| {
                report.by_product["sip_trunking"].total_minutes == Some(Decimal::ZERO)
                    && report.by_product["voice_api"].total_minutes == Some(Decimal::new(1572, 1))
            },
        ),
        ("C20", r#"{"calls":{"total_cost":108.24},"traffic":{"inbound":{"total_cost":"17.26"}}}"#, |report| {
            report.calls.as_ref().is_some_and(|calls| calls.total_cost == Some(Decimal::new(10_824, 2)))
                && report.by_direction()["inbound"].total_cost == Some(Decimal::new(1_726, 2))
        }),
        (
            "C21",
            r#"{"period":{"from_date":"2026-04-01","to_date":"2026-04-30"},"totals":{"total_calls":9,"answered_calls":6,"failed_calls":3,"total_cost":4.5,"currency":"INR"},"by_direction":{"inbound":{"calls":2,"cost":1.5}},"top_customers":[{"auth_id":"MA_1","calls":9,"cost":4.5}]}"#,
            |report| {
                report.failed_calls() == Some(3)
                    && report.by_direction()["inbound"].total_calls == Some(2)
                    && report.top_customers.as_ref().is_some_and(|top| top[0].total_cost == Some(Decimal::new(45, 1)))
            },
        ),
    ];
    for (number, body, holds) in cases {
        stand.answer(200, body);
        for report in [stand.client.dashboard().await.unwrap(), stand.client.analytics(DateRange::default()).await.unwrap()] {
            assert!(holds(&report), "{number} {body}: {report:?}");
        }
    }
}

fn own_wallet_is_unknown(report: &Report) -> bool {
    report.partner.as_ref().is_some_and(|partner| partner.balance.is_none())
}

#[tokio::test]
async fn the_sum_of_the_customers_wallets_is_not_the_partners_own() {
    // C16
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let (report, me) = (client.dashboard().await.unwrap(), client.me().await.unwrap());
    assert_eq!((report.total_balance, me.balance), (Some(decimal("1003058.82")), Some(decimal("23906.83"))));
}
