//! Call records: of one customer, of all, and one by its id.

use rust_decimal::Decimal;
use vobiz_core::cdrs::{CallStatus, Cdr, CdrSummary};
use vobiz_core::{DateRange, ErrorKind};

use crate::stand::{Stand, decimal, recorded, world};
use crate::witness::Witness;

fn day() -> DateRange {
    DateRange::between("2026-05-11".parse().unwrap(), "2026-05-11".parse().unwrap())
}

#[tokio::test]
async fn a_call_that_nobody_made_is_not_found() {
    let stand = world(2).await;
    let (client, id) = (&stand.client, stand.customer(0));
    assert_eq!(client.cdr(&id, "aabbccdd-1234-5678-90ab-cdef12345678").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(client.cdr(&id, "").await.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(client.cdrs("MA_NOBODY").all().await.unwrap_err().kind(), ErrorKind::NotFound);
    let backwards = DateRange::between("2026-05-02".parse().unwrap(), "2026-05-01".parse().unwrap());
    assert_eq!(client.cdrs(&id).between(backwards).all().await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn calls_of_a_customer_agree_with_their_summary() {
    let stand = world(2).await;
    let list = stand.client.cdrs(stand.customer(0)).between(day());
    let (calls, summary) = (list.clone().all().await.unwrap(), list.summary().await.unwrap().unwrap());
    let answered = calls.iter().filter(|call| call.status() == CallStatus::Answered).count() as u64;
    assert_eq!((summary.total_calls, summary.answered_calls), (Some(calls.len() as u64), Some(answered)));
    assert_eq!(summary.total_cost, Some(calls.iter().filter_map(|call| call.total_cost).sum()));
    let busy = list.clone().status(CallStatus::Busy).all().await.unwrap();
    assert!(!busy.is_empty() && busy.iter().all(|call| call.status() == CallStatus::Busy));
    let inbound = list.direction("inbound").min_duration(30).all().await.unwrap();
    assert!(
        inbound.iter().all(|call| call.call_direction.as_deref() == Some("inbound") && call.duration >= Some(Decimal::from(30)))
    );
}

#[tokio::test]
async fn one_call_is_the_row_of_the_list() {
    let stand = world(2).await;
    let id = stand.customer(0);
    let row = stand.client.cdrs(&id).between(day()).page(1).await.unwrap().items.remove(0);
    assert_eq!(stand.client.cdr(&id, &row.uuid).await.unwrap().into_inner(), row);
}

#[tokio::test]
async fn the_calls_of_all_customers_are_those_of_each() {
    let stand = world(2).await;
    let all = stand.client.all_cdrs().between(day()).all().await.unwrap().len();
    let mut each = 0;
    for place in 0..2 {
        each += stand.client.cdrs(stand.customer(place)).between(day()).all().await.unwrap().len();
    }
    assert_eq!(all, each);
}

#[tokio::test]
async fn the_recorded_calls_are_read_in_every_field() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let calls = client.cdrs("MA_XXXXXXXX").page(1).await.unwrap();
    // C70: the count beside the rows is the page's.
    assert_eq!((calls.items.len(), calls.total, calls.pages), (2, Some(1_284), Some(65)));
    let call = client.cdr("MA_XXXXXXXX", "aabbccdd-1234-5678-90ab-cdef12345678").await.unwrap();
    assert_eq!(
        (call.status(), call.total_cost, call.id.as_deref()),
        (CallStatus::Answered, Some(decimal("0.45")), Some("18000000"))
    );
    assert_eq!((call.carrier_ip.as_deref(), call.sip_user_agent.as_deref()), (Some("10.0.0.1"), Some("Vobiz")));
    assert_eq!((call.hangup_disposition.as_deref(), call.failure_code.as_deref()), (Some("send_bye"), None));
    assert!(call.created_at.is_some() && call.network_addr.is_some() && call.origination_region.is_some());
    let global = client.all_cdrs().all().await.unwrap();
    assert_eq!(global.iter().map(Cdr::status).collect::<Vec<_>>(), [CallStatus::Answered, CallStatus::NoAnswer]);
}

#[tokio::test]
async fn rows_of_every_generation_are_read() {
    type Holds = fn(&Cdr) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 13] = [
        ("C60", r#"{"uuid":"1","hangup_cause":"USER_BUSY"}"#, |call| call.status() == CallStatus::Busy),
        ("C60", r#"{"uuid":"1","hangup_cause_code":6010}"#, |call| call.status() == CallStatus::NoAnswer),
        ("C60", r#"{"uuid":"1","status":"no-answer"}"#, |call| call.status() == CallStatus::NoAnswer),
        ("C60", r#"{"uuid":"1","status":"cancelled"}"#, |call| call.status() == CallStatus::Other("cancelled".into())),
        ("C64", r#"{"uuid":"1","total_cost":0.45}"#, |call| call.total_cost == Some(decimal("0.45"))),
        ("C67", r#"{"uuid":"1","billsec":177,"total_cost":0.45}"#, |call| call.total_cost == Some(decimal("0.45"))),
        ("C68", r#"{"uuid":"1","duration":185,"billsec":177,"ring_time":8}"#, |call| call.billsec == Some(177.into())),
        ("C68", r#"{"call_uuid":"1","duration_seconds":0,"ring_duration_seconds":8}"#, |call| {
            call.billsec == Some(Decimal::ZERO) && call.ring_time == Some(8.into())
        }),
        ("C69", r#"{"call_uuid":"1","from_number":"+911","to_number":"+912","direction":"inbound"}"#, |call| {
            let numbers = (call.caller_id_number.as_deref(), call.destination_number.as_deref());
            call.uuid == "1" && numbers == (Some("+911"), Some("+912")) && call.call_direction.as_deref() == Some("inbound")
        }),
        ("C71", r#"{"uuid":"1","answer_time":"2026-03-25T10:00:08Z","billsec":0}"#, |call| call.status() == CallStatus::Failed),
        ("C71", r#"{"uuid":"1","answer_time":null,"billsec":7}"#, |call| call.status() == CallStatus::Failed),
        ("C73", r#"{"uuid":"1","account_auth_id":"MA_X"}"#, |call| call.account_id.as_deref() == Some("MA_X")),
        ("C74", r#"{"uuid":"1","hangup_source":"Answer XML"}"#, |call| call.hangup_source.as_deref() == Some("Answer XML")),
    ];
    for (number, row, holds) in cases {
        for body in [row.to_owned(), format!(r#"{{"data":{row},"success":true}}"#)] {
            stand.answer(200, &body);
            let call = stand.client.cdr("MA_X", "1").await.unwrap();
            assert!(holds(&call), "{number} {body}: {call:?}");
        }
    }
}

#[tokio::test]
async fn lists_of_every_generation_are_read() {
    let stand = world(1).await;
    for (number, body) in [
        ("C63", r#"{"data":[{"uuid":"1"}],"pagination":{"page":1,"per_page":100,"total":1,"pages":1,"has_next":false}}"#),
        ("C63", r#"{"data":[{"call_uuid":"1"}],"meta":{"page":1,"per_page":100,"total":1}}"#),
        ("C63", r#"{"data":[{"uuid":"1"}],"current_page":1,"total_records":1}"#),
        ("C70", r#"{"count":7,"data":[{"uuid":"1"}],"pagination":{"page":1,"per_page":20,"total":1,"pages":1}}"#),
        ("C73", r#"{"data":[{"uuid":"1"}],"account_id":"MA_X","account_auth_id":"MA_X"}"#),
    ] {
        stand.answer(200, body);
        let calls = stand.client.cdrs("MA_X").all().await.unwrap();
        assert_eq!(calls.iter().map(|call| call.uuid.as_str()).collect::<Vec<_>>(), ["1"], "{number} {body}");
    }
}

#[tokio::test]
async fn summaries_are_read_under_both_styles_of_names_and_not_checked_against_rows() {
    type Holds = fn(&CdrSummary) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 4] = [
        ("C65", r#"{"totalCalls":2,"answerRate":48.2,"total_cost":312.85}"#, |sums| {
            sums.answer_rate == Some(decimal("48.2")) && sums.total_cost == Some(decimal("312.85"))
        }),
        ("C66", r#"{"total_cost":1,"total_billable_seconds":15}"#, |sums| {
            sums.total_cost == Some(Decimal::ONE) && sums.total_billable_seconds == Some(15.into())
        }),
        ("C72", r#"{"totalCalls":2,"answeredCalls":1,"avgCallDuration":"28s"}"#, two_calls),
        ("C72", r#"{"total_calls":2,"answered_calls":1,"avg_call_duration":"28s"}"#, two_calls),
    ];
    for (number, sums, holds) in cases {
        let rows = r#"[{"uuid":"1","billsec":1,"total_cost":0.3},{"uuid":"2","billsec":4,"total_cost":0.45}]"#;
        stand.answer(200, &format!(r#"{{"data":{rows},"summary":{sums}}}"#));
        let summary = stand.client.cdrs("MA_X").summary().await.unwrap().unwrap();
        assert!(holds(&summary), "{number} {sums}: {summary:?}");
    }
}

fn two_calls(sums: &CdrSummary) -> bool {
    (sums.total_calls, sums.answered_calls, sums.avg_call_duration.as_deref()) == (Some(2), Some(1), Some("28s"))
}

#[tokio::test]
async fn calls_are_asked_for_by_their_own_names_with_both_dates_or_none() {
    // C57, C58, C59, C61, C62
    let witness = Witness::answering(r#"{"data":[]}"#).await;
    let client = witness.client();
    client.cdrs("MA_X").between(day()).status("no-answer").direction("outbound").page(3).await.unwrap();
    client.all_cdrs().hangup_cause("USER_BUSY").min_duration(5).page(1).await.unwrap();
    assert_eq!(
        witness.lines(),
        [
            "GET /accounts/MA_X/cdrs?page=3&per_page=100&start_date=2026-05-11&end_date=2026-05-11&call_direction=outbound&status=no_answer",
            "GET /cdrs?page=1&per_page=100&hangup_cause=USER_BUSY&min_duration=5",
        ]
    );
    let from = DateRange { from: day().from, to: None };
    client.cdrs("MA_X").between(from).page(1).await.unwrap();
    assert!(witness.lines()[2].contains("start_date=2026-05-11&end_date="), "C58 {:?}", witness.lines());
    let to = DateRange { from: None, to: day().to };
    assert_eq!(client.cdrs("MA_X").between(to).page(1).await.unwrap_err().kind(), ErrorKind::Invalid, "C58");
}
