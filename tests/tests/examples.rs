//! The examples of the core, each run as a person runs it, against the sandbox.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::{Command, Output};

use rust_decimal::Decimal;
use vobiz_sandbox::{Options, Sandbox};

/// An example's executable, which cargo builds together with the tests.
fn executable(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join(format!("{name}{EXE_SUFFIX}"));
    assert!(path.is_file(), "there is no {}; build it with: cargo build -p vobiz-core --examples", path.display());
    path
}

async fn sandbox() -> Sandbox {
    Sandbox::start(Options { customers: 5, seed: 5, ..Options::default() }).await.unwrap()
}

/// Runs an example to its end. Whatever it prints holds no token.
fn run(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> Output {
    let output = Command::new(executable(name))
        .args(arguments)
        .env_remove("VOBIZ_AUTH_TOKEN_FILE")
        .env("VOBIZ_AUTH_ID", sandbox.auth_id())
        .env("VOBIZ_AUTH_TOKEN", sandbox.auth_token())
        .env("VOBIZ_BASE_URL", sandbox.base_url())
        .env("NEW_PASSWORD", "a-Secret-1!")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    for secret in [sandbox.auth_token(), "a-Secret-1!"] {
        assert!(!printed.contains(secret), "{name} prints a secret");
    }
    output
}

/// What a successful example printed.
fn printed(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> String {
    let output = run(sandbox, name, arguments);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn without_arguments_an_example_that_needs_some_sends_nothing() {
    let sandbox = sandbox().await;
    for name in ["analytics", "cdrs", "transfer", "create", "capacity", "top_customers"] {
        let output = run(&sandbox, name, &[]);
        assert!(!output.status.success() && output.stdout.is_empty(), "{name}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("give "), "{name}");
    }
}

#[tokio::test]
async fn every_reading_example_prints_what_the_sandbox_has() {
    let sandbox = sandbox().await;
    let days = ["2026-05-10", "2026-05-12"];
    for (name, arguments, expected) in [
        ("profile", &[][..], sandbox.auth_id()),
        ("dashboard", &[], "all wallets: ₹"),
        ("analytics", &days, "outbound: Some("),
        ("accounts", &[], "of 5 are below 2000"),
        ("transactions", &[], "Some(Debit)"),
        ("cdrs", &days, "answered"),
        ("numbers", &[], "+91"),
        ("kyc", &[], ""),
        ("top_customers", &days, "from CallRecords; 0 could not be read"),
    ] {
        let text = printed(&sandbox, name, arguments);
        assert!(text.contains(expected), "{name}: {text}");
    }
}

#[tokio::test]
async fn every_changing_example_changes_the_sandbox() {
    let sandbox = sandbox().await;
    let before = sandbox.wallets().remove(0);
    let customer = before.auth_id.as_str();

    assert!(printed(&sandbox, "transfer", &[customer, "100.50", "INR"]).contains("the customer has Some("));
    assert_eq!(sandbox.wallets()[0].balance - before.balance, Decimal::new(10050, 2));

    let created = printed(&sandbox, "create", &["New", "new@example.com", "+919876543210", "IN"]);
    assert!(created.contains("created MA_") && created.contains("token received: true"), "{created}");
    assert_eq!(sandbox.wallets().len(), 6);

    assert!(printed(&sandbox, "kyc", &[customer, "someone@example.com"]).contains(customer));
    assert!(printed(&sandbox, "capacity", &[customer, "5"]).contains("moved Some(5)"));
}
