//! KYC sessions: `/kyc-sessions…`

use std::time::Duration;

use serde_json::json;
use vobiz_core::kyc::{KycFlow, KycSession, StartedKycSession};
use vobiz_core::{ErrorKind, PartnerClient};

use crate::stand::{Stand, recorded, world};
use crate::witness::Witness;

fn mail() -> KycFlow {
    KycFlow::Email("asha@example.com".into())
}

fn page() -> KycFlow {
    KycFlow::Redirect("https://partner.example/done".into())
}

async fn start(client: &PartnerClient, customer: &str, flow: KycFlow) -> StartedKycSession {
    client.create_kyc_session(customer, flow).send().await.unwrap().into_inner()
}

/// Lets the customer of a session come so far.
async fn step(stand: &Stand, id: &str, status: &str) {
    let url = format!("{}/control/kyc", stand.sandbox.url());
    let body = json!({"session_id": id, "status": status});
    reqwest::Client::new().post(url).json(&body).send().await.unwrap().error_for_status().unwrap();
}

#[tokio::test]
async fn an_error_of_a_session_names_these_calls() {
    let stand = world(1).await;
    let (client, id) = (&stand.client, stand.customer(0));
    let before = client.kyc_sessions().all().await.unwrap();
    let unknown = client.create_kyc_session("MA_NOBODY", mail()).send().await.unwrap_err();
    assert_eq!((unknown.kind(), unknown.code()), (ErrorKind::NotFound, Some("HTTPError")));
    let odd = client.create_kyc_session(&id, KycFlow::Email("nowhere-SECRET".into())).send().await.unwrap_err();
    assert_eq!((odd.status(), odd.code()), (Some(422), Some("ValidationError")));
    assert!(odd.to_string().contains("body.customer_email: value is not") && !odd.to_string().contains("SECRET"), "{odd}");
    for flow in [KycFlow::Email(String::new()), KycFlow::Redirect(" ".into())] {
        assert_eq!(client.create_kyc_session(&id, flow).send().await.unwrap_err().kind(), ErrorKind::Invalid);
    }
    let long = client.create_kyc_session(&id, mail()).expires_in_days(366).send().await.unwrap_err();
    assert_eq!(long.kind(), ErrorKind::Invalid);
    assert_eq!(client.kyc_session("nothing").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(client.kyc_sessions().all().await.unwrap(), before, "nothing was started");
}

#[tokio::test]
async fn a_mail_is_sent_again_after_half_an_hour_and_not_before() {
    let stand = world(1).await;
    let id = start(&stand.client, &stand.customer(0), mail()).await.session.id;
    let wait = Duration::from_mins(30);
    stand.sandbox.clock().advance(Duration::from_secs(1));
    let early = stand.client.resend_kyc_session(&id).await.unwrap_err();
    assert_eq!((early.kind(), early.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(1_799))));
    stand.sandbox.clock().advance(wait);
    stand.client.resend_kyc_session(&id).await.unwrap();
    let again = stand.client.resend_kyc_session(&id).await.unwrap_err();
    assert_eq!(again.retry_after(), Some(wait), "the half hour begins again");
}

#[tokio::test]
async fn a_session_without_a_mail_or_at_its_end_is_not_sent_again() {
    let stand = world(2).await;
    let client = &stand.client;
    let redirected = start(client, &stand.customer(0), page()).await.session.id;
    let error = client.resend_kyc_session(&redirected).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(400)));
    let mailed = start(client, &stand.customer(1), mail()).await.session.id;
    step(&stand, &mailed, "kyc_completed").await;
    for error in
        [client.resend_kyc_session(&mailed).await.unwrap_err(), client.revoke_kyc_session(&mailed, None).await.unwrap_err()]
    {
        assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(409)), "{error}");
    }
    assert_eq!(client.account(&stand.customer(1)).await.unwrap().kyc_status.as_deref(), Some("completed"));
}

#[tokio::test]
async fn a_session_is_started_read_listed_and_revoked() {
    let stand = world(2).await;
    let (client, customer) = (&stand.client, stand.customer(0));
    let before = client.kyc_sessions().all().await.unwrap().len();
    let metadata = json!({"ref": "A-1"}).as_object().unwrap().clone();
    let request = client.create_kyc_session(&customer, mail()).expires_in_days(30).remind_days_before(3).remind_days_before(1);
    let started = request.webhook_url("https://partner.example/hook").metadata(metadata).send().await.unwrap();
    assert_eq!(started.email_dispatched_to.as_deref(), Some("a***@example.com"));
    assert!(started.widget_url.is_none());
    let session = client.kyc_session(&started.session.id).await.unwrap();
    assert_eq!((session.status.as_deref(), session.expires_at), (Some("email_sent"), started.session.expires_at));
    assert_eq!((session.expires_at.unwrap() - session.created_at.unwrap()).num_days(), 30);
    assert_eq!(session.reminder_schedule.iter().map(|reminder| reminder.value).collect::<Vec<_>>(), [Some(3), Some(1)]);
    assert_eq!(
        (session.metadata.clone(), session.webhook_url.as_deref()),
        (Some(json!({"ref": "A-1"})), Some("https://partner.example/hook"))
    );
    start(client, &stand.customer(1), page()).await;
    assert_eq!(client.kyc_sessions().all().await.unwrap().len(), before + 2);
    assert_eq!(client.kyc_sessions().account(&customer).status("email_sent").all().await.unwrap().len(), 1);
    client.revoke_kyc_session(&session.id, Some("moved away")).await.unwrap();
    assert_eq!(client.kyc_session(&session.id).await.unwrap().status.as_deref(), Some("revoked"));
}

#[tokio::test]
async fn a_world_opens_with_the_sessions_of_its_customers() {
    let stand = world(40).await;
    let sessions = stand.client.kyc_sessions().all().await.unwrap();
    let of = |id: &str| sessions.iter().filter(|session| session.account_auth_id.as_deref() == Some(id)).collect::<Vec<_>>();
    for account in stand.client.accounts().all().await.unwrap() {
        let statuses: Vec<_> = of(&account.auth_id).iter().map(|session| session.status.clone().unwrap()).collect();
        match account.kyc_status.as_deref() {
            Some("completed") => assert!(statuses.iter().all(|status| status == "kyc_completed") && statuses.len() <= 1),
            _ => assert!(["email_sent", "opened", "in_progress"].contains(&&*statuses.join(" ")), "{statuses:?}"),
        }
    }
    let created: Vec<_> = sessions.iter().map(|session| session.created_at.unwrap()).collect();
    assert!(created.is_sorted_by(|later, earlier| later >= earlier), "newest first");
    let completed = stand.client.kyc_sessions().status("kyc_completed").all().await.unwrap();
    assert!(completed.iter().all(|session| session.completed_at > session.created_at));
    assert!(!completed.is_empty() && completed.len() < sessions.len());
}

#[tokio::test]
async fn a_customer_has_one_live_session_and_its_page_is_a_secret() {
    let stand = world(1).await;
    let first = start(&stand.client, &stand.customer(0), mail()).await;
    let second = start(&stand.client, &stand.customer(0), page()).await;
    let status = async |id: &str| stand.client.kyc_session(id).await.unwrap().into_inner().status.unwrap();
    assert_eq!((status(&first.session.id).await.as_str(), status(&second.session.id).await.as_str()), ("revoked", "link_ready"));
    assert!(second.widget_url.is_some());
    assert!(!format!("{second:?}").contains("kst_"));
}

#[tokio::test]
async fn the_recorded_sessions_are_read() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    assert_eq!(start(&client, "MA_X", mail()).await.session.status.as_deref(), Some("email_sent"));
    assert!(start(&client, "MA_X", page()).await.widget_url.is_some());
    let sessions = client.kyc_sessions().all().await.unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(client.kyc_sessions().status("revoked").page(1).await.unwrap().items.len(), 1, "a page is filtered here too");
    assert_eq!(client.kyc_session("s").await.unwrap().kyc_type.as_deref(), Some("individual"));
    client.resend_kyc_session("s").await.unwrap();
    client.revoke_kyc_session("s", None).await.unwrap();
    let text = format!("{sessions:?}{}", serde_json::to_string(&sessions).unwrap());
    assert!(!text.contains("ABCPEXXXXX") && !text.contains("9942"), "verified data stay behind");
    let company = recorded(&[("kyc_session", "kyc_session_completed_company")]).await;
    let session = company.client.kyc_session("s").await.unwrap();
    assert_eq!((session.kyc_type.as_deref(), session.completed_at.is_some()), (Some("company"), true));
}

#[tokio::test]
async fn sessions_of_every_document_are_read() {
    type Holds = fn(&KycSession) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 7] = [
        ("C83", r#"{"id":"55667788-1234-5678-90ab-cdef12345678"}"#, |session| session.id.len() == 36),
        ("C83", r#"{"session_id":"kycs_1"}"#, |session| session.id == "kycs_1"),
        ("C83", r#"{"id":"KYC_1","session_id":"other"}"#, |session| session.id == "KYC_1"),
        ("C84", r#"{"id":"1","status":"link_lost","expires_at":"2026-05-01T00:00:00Z"}"#, |session| {
            session.status.as_deref() == Some("link_lost")
                && session.is_expired("2026-05-02T00:00:00Z".parse().unwrap()) == Some(true)
        }),
        ("C84", r#"{"id":"1","status":"kyc_completed","expires_at":"2026-05-01T00:00:00Z"}"#, |session| {
            session.is_expired("2026-05-02T00:00:00Z".parse().unwrap()) == Some(false)
        }),
        ("C84", r#"{"id":"1","status":"opened"}"#, |session| {
            session.is_expired("2026-05-02T00:00:00Z".parse().unwrap()).is_none()
        }),
        ("C89", r#"{"id":"1","account_auth_id":"MA_X","status":"opened"}"#, |session| {
            session.account_auth_id.as_deref() == Some("MA_X") && session.status.as_deref() == Some("opened")
        }),
    ];
    for (number, body, holds) in cases {
        stand.answer(200, body);
        let session = stand.client.kyc_session("1").await.unwrap();
        assert!(holds(&session), "{number} {body}: {session:?}");
    }
}

#[tokio::test]
async fn the_wait_before_another_mail_is_read_from_words_or_is_half_an_hour() {
    let stand = world(1).await;
    for (number, body, seconds) in [
        ("C88", r#"{"error":"HTTPError","message":"Please wait 1799 seconds before resending.","status_code":429}"#, 1_799),
        ("C88", r#"{"error":"HTTPError","message":"Too soon.","status_code":429}"#, 1_800),
    ] {
        stand.answer(429, body);
        let error = stand.client.resend_kyc_session("s").await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(seconds))), "{number}");
    }
}

#[tokio::test]
async fn sessions_are_asked_for_by_size_and_started_with_their_days() {
    // C82, C86
    let witness = Witness::answering(r#"{"sessions":[],"id":"1"}"#).await;
    let client = witness.client();
    client.kyc_sessions().status("opened").account("MA_X").page(2).await.unwrap();
    assert_eq!(witness.lines(), ["GET /kyc-sessions?page=2&size=100&status=opened&account_auth_id=MA_X"]);
    client.create_kyc_session("MA_X", mail()).send().await.unwrap();
    let sent: serde_json::Value = serde_json::from_str(&witness.seen()[1].body).unwrap();
    let expected =
        json!({"account_auth_id": "MA_X", "flow_type": "email", "customer_email": "asha@example.com", "expires_in_days": 7});
    assert_eq!(sent, expected);
}
