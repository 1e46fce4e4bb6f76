//! What is looked at: customers, reports, pictures, files, and the bot itself.

use insta::assert_snapshot;

use super::Talk;

#[tokio::test]
async fn customers_are_listed_found_and_shown() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(0);
    let lines = [
        "/customers",
        "/customers #2",
        "/customers #0",
        "/customers acadmey",
        "/customers nobody",
        "/customer",
        "/customer pvt",
        "/customer nobody",
        "/customer sen academy",
        "/low",
        "/low 5k",
        "/low 1.5L",
        "/low ₹1,00,000",
        "/low 12,50",
        "/low lots",
        "/low 500 now",
    ];
    for line in lines {
        talk.say("Ravi", line).await;
    }
    talk.head("Personal data").say("Ravi", &format!("/contact {id}")).await;
    talk.say("Asha", &format!("/contact {id}")).await.say("Asha", "/contact").await;
    talk.press_command("Ravi", "Contact", &format!("/contact {id}")).await;
    talk.press_command("Asha", "Contact", &format!("/contact {id}")).await;
    talk.say("Kiran", &format!("/audit {id}")).await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn reports_are_of_the_days_that_were_asked_for_or_refused() {
    let mut talk = Talk::new().await;
    let lines = [
        "/dashboard",
        "/dashboard now",
        "/analytics",
        "/analytics today",
        "/analytics 7d",
        "/analytics 30-04-2026",
        "/analytics 2026-04-30 2026-04-01",
        "/analytics 29-02-2026",
        "/analytics 2024-02-29 2024-03-01",
        "/analytics 2026-06-01",
        "/analytics soon",
        "/top",
        "/top month",
        "/top 3d",
        "/summary",
        "/summary now",
    ];
    for line in lines {
        talk.say("Ravi", line).await;
    }
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn pictures_and_files_are_named_for_what_they_show() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(0);
    for _ in 0..12 {
        talk.wait(5).poll().await;
    }
    for what in ["", "fleet 30d", "answers", "top 30d", &id, "pvt 7d", "nobody", "fleet 3d"] {
        talk.say("Ravi", &format!("/chart {what}")).await;
    }
    talk.say("Ravi", "/export customers").await.say("an anonymous admin", "/export customers").await;
    let ledger = format!("ledger {id} 7d");
    for what in ["", "customers", "alerts 7d xlsx", &ledger, "ledger", "month", "month 2027-01", "everything"] {
        talk.say("Asha", &format!("/export {what}")).await;
    }
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn the_bot_says_how_it_is_and_what_it_can() {
    let mut talk = Talk::new().await;
    for line in ["/help", "/START", "/status", "/status now", "/helpme", "/dashboard@other_bot", "hello"] {
        talk.say("Ravi", line).await;
    }
    talk.wait(7).say("Asha", "/status").await;
    assert_snapshot!(talk.take().replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}
