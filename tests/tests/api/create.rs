//! `POST /accounts`

use rust_decimal::Decimal;
use vobiz_core::create::NewAccount;
use vobiz_core::{ErrorKind, PartnerClient, SecretString};
use vobiz_sandbox::Permissions;

use crate::stand::{Stand, recorded, world};
use crate::witness::Witness;

fn new(client: &PartnerClient, email: &str) -> NewAccount {
    client.create_account("Asha Traders", email, SecretString::from("secret-1!"), "+919876543210", "IN")
}

#[tokio::test]
async fn what_the_service_declines_is_reported_without_the_password() {
    let stand = world(2).await;
    new(&stand.client, "asha@example.com").send().await.unwrap();
    let taken = new(&stand.client, "Asha@Example.com").send().await.unwrap_err();
    assert_eq!((taken.kind(), taken.status(), taken.code()), (ErrorKind::Rejected, Some(409), Some("DUPLICATE_EMAIL")));
    let client = &stand.client;
    let odd = client.create_account("A", "not-an-address", SecretString::from("hunter2-!"), "+919876543210", "IN").send().await;
    let odd = odd.unwrap_err();
    assert_eq!((odd.kind(), odd.status()), (ErrorKind::Rejected, Some(422)));
    let odd = format!("{odd} {odd:?}");
    assert!(odd.contains("email: Invalid email format") && !odd.contains("hunter2") && !odd.contains("not-an-address"), "{odd}");
    assert_eq!(new(client, "b@example.com").gst_status("maybe").send().await.unwrap_err().status(), Some(422));
    assert_eq!(stand.client.accounts().all().await.unwrap().len(), 3, "one of them was created");
}

#[tokio::test]
async fn a_partner_that_may_not_create_or_has_enough_is_refused() {
    let stand = world(2).await;
    for permissions in [
        Permissions { can_create_accounts: false, ..Permissions::default() },
        Permissions { max_accounts: Some(2), ..Permissions::default() },
    ] {
        stand.sandbox.permit(permissions);
        let error = new(&stand.client, "asha@example.com").send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Forbidden, Some(403)), "{error}");
    }
    assert_eq!(stand.client.me().await.unwrap().account_count, Some(2));
}

#[tokio::test]
async fn a_new_customer_is_there_at_once_with_an_empty_wallet() {
    let stand = world(2).await;
    let request = new(&stand.client, "asha@example.com").company("Asha & Co").gst_status("active").account_type("premium");
    let (created, token) = request.city("Pune").send_for_token().await.unwrap();
    assert_eq!(
        (created.balance, created.currency.as_deref(), created.status.as_deref()),
        (Some(Decimal::ZERO), Some("INR"), Some("active"))
    );
    assert!(token.is_some() && created.created_at == Some(stand.sandbox.clock().now()));
    let account = stand.client.account(&created.auth_id).await.unwrap();
    assert_eq!(
        (account.name.as_deref(), account.company.as_deref(), account.city.as_deref()),
        (Some("Asha Traders"), Some("Asha & Co"), Some("Pune"))
    );
    assert_eq!(
        (account.account_type.as_deref(), account.balance, account.kyc_status.as_deref()),
        (Some("premium"), Some(Decimal::ZERO), Some("pending"))
    );
    let found = stand.client.accounts().search("asha@example").all().await.unwrap();
    assert_eq!(found.into_iter().map(|account| account.auth_id).collect::<Vec<_>>(), [&*created.auth_id]);
    assert_eq!(stand.client.transactions(&created.auth_id).all().await.unwrap(), []);
    stand.client.transfer(&created.auth_id, Decimal::from(500), "INR").send().await.unwrap();
    assert_eq!(stand.client.balance(&created.auth_id).await.unwrap().balance, Some(Decimal::from(500)));
}

#[tokio::test]
async fn the_recorded_creation_is_read() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let created = new(&client, "asha@example.com").send().await.unwrap();
    assert_eq!((created.auth_id.as_str(), created.balance), ("MA_XXXXXXXX", Some(Decimal::ZERO)));
}

#[tokio::test]
async fn both_answers_to_a_taken_address_and_to_a_creation_are_understood() {
    let stand = world(1).await;
    for (number, status) in [("C37", 409), ("C37", 422)] {
        stand.answer(status, r#"{"status":"error","error":{"code":"DUPLICATE","message":"Email is taken"}}"#);
        let error = new(&stand.client, "a@example.com").send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(status)), "{number}");
    }
    for (number, status) in [("C37", 200), ("C37", 201)] {
        stand.answer(status, r#"{"auth_id":"MA_X","auth_token":"t"}"#);
        assert_eq!(new(&stand.client, "a@example.com").send().await.unwrap().auth_id, "MA_X", "{number}");
    }
}

#[tokio::test]
async fn the_telephone_number_is_always_sent_and_every_field_under_its_name() {
    // C36
    let witness = Witness::answering(r#"{"auth_id":"MA_X"}"#).await;
    let client = witness.client();
    let request = new(&client, "a@example.com").gstin("G").gst_status("inactive").account_type("standard").description("d");
    request.address("a").state("s").zip_code("z").timezone("Asia/Kolkata").send().await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&witness.seen()[0].body).unwrap();
    for (field, value) in
        [("phone", "+919876543210"), ("gst_status", "inactive"), ("account_type", "standard"), ("zip_code", "z")]
    {
        assert_eq!(body[field], value);
    }
    let unnamed = client.create_account("A", "a@example.com", SecretString::from("secret-1!"), " ", "IN");
    assert_eq!(unnamed.send().await.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(witness.seen().len(), 1);
}
