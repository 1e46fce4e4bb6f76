//! Mails a customer a KYC session, and lists the sessions there are.
//!
//! `cargo run -p vobiz-core --example kyc -- MA_XXXXXXXX someone@example.com`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::ClientBuilder;
use vobiz_core::kyc::KycFlow;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let client = ClientBuilder::from_env()?.allow_changes().build()?;
    if let [customer, email] = &arguments[..] {
        let started = client.create_kyc_session(customer, KycFlow::Email(email.clone())).expires_in_days(14).send().await?;
        println!("started {}", started.session.id);
    }
    for session in client.kyc_sessions().all().await? {
        println!("{} {:?} {:?} until {:?}", session.id, session.account_auth_id, session.status, session.expires_at);
    }
    Ok(())
}
