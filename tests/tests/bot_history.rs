//! What wallets read, recorded by `vobiz-bot run`, written to files by `export`, and read by `backtest`.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::os::unix::fs::PermissionsExt as _;

use bot::Home;

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_history_is_exported_and_rehearsed_while_the_bot_runs() {
    let sandbox = bot::world(20).await;
    let home = Home::of(&sandbox, "");
    let _bot = home.start();
    let database = format!("sqlite://{}", home.path().join("bot.db").display());
    let polls = || {
        let output = home.output(&["backtest", "--database", &database, "--json"]);
        let outcome: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
        (outcome["polls"].as_u64()? >= 2 && outcome["wallets"] == 20).then_some(())
    };
    bot::until("two polls in the history", polls);

    let output = home.output(&["export", "--database", &database, "--history", "out"]);
    assert!(output.status.success(), "{output:?}");
    let mode = |path: &str| std::fs::metadata(home.path().join(path)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode("out"), mode("out/samples.csv")), (0o700, 0o600));
    let output = home.output(&["backtest", "--history", "out"]);
    assert!(output.status.success(), "{output:?}");

    let output = home.output(&["export", "--database", &database, "--history", "out"]);
    let refusal = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && refusal.contains("is not an empty directory"), "{refusal}");
}
