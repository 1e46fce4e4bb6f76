//! Creates a customer, and keeps its secret. The password is read from `NEW_PASSWORD`.
//!
//! `cargo run -p vobiz-core --example create -- NAME EMAIL PHONE COUNTRY`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::{ClientBuilder, SecretString};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, email, phone, country] = &arguments[..] else { return Err("give name, e-mail, phone and country".into()) };
    let password = SecretString::from(std::env::var("NEW_PASSWORD")?);
    let client = ClientBuilder::from_env()?.allow_changes().build()?;
    let (account, token) = client.create_account(name, email, password, phone, country).send_for_token().await?;
    // The token is a secret: put it where secrets are, and print that it is there at most.
    println!("created {} ({:?}), token received: {}", account.auth_id, account.currency, token.is_some());
    Ok(())
}
