//! Levels of single customers.

use insta::assert_snapshot;
use vobiz_core::Decimal;

use super::Talk;

#[tokio::test]
async fn levels_are_shown_asked_about_set_and_taken_back() {
    let mut talk = Talk::new().await;
    let [low, ..] = &talk.watched().await[..] else { panic!("somebody is watched") };
    talk.say("Asha", "/thresholds").await;
    talk.say("Asha", &format!("/thresholds {low}")).await;
    talk.say("Asha", &format!("/thresholds {} warning 250 critical ₹1,00", low.to_lowercase())).await;
    talk.say("Asha", &format!("/thresholds {} warning 250 critical 100", low.to_lowercase())).await;
    talk.press("Asha", "Apply").await;
    talk.poll().await;
    talk.wait(3).say("Asha", &format!("/thresholds {low}")).await.press("Meera", "Reset").await.press("Meera", "Cancel").await;
    talk.say("Asha", "/thresholds").await;
    talk.say("Asha", &format!("/audit {low}")).await;
    talk.press("Meera", "Reset").await.press("Meera", "Apply").await;
    talk.say("Asha", &format!("/thresholds {low} reset")).await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn levels_that_cannot_be_are_refused_with_what_to_write() {
    let mut talk =
        Talk::with("[[rules]]\nname = \"runway\"\nmetric = \"customer.runway\"\nbelow = { warning = \"36h\" }\n").await;
    let id = talk.watched().await.remove(0);
    for line in [
        "critical 6000 warning 5000",
        "warning 400",
        "critical 5000",
        "warning 12,50",
        "warning lots",
        "warning -5",
        "warning 999999999999L",
        "runway 6h working",
        "runway 400h",
        "runway soon",
        "reset",
    ] {
        talk.say("Asha", &format!("/thresholds {id} {line}")).await;
    }
    talk.set_levels("MA_GONE", 5000).await;
    for line in ["MA_GONE warning 6000", "ma_gone", "MA_GONE reset", "nobody warning 5000"] {
        talk.say("Asha", &format!("/thresholds {line}")).await;
    }
    talk.say("Asha", "/thresholds a warning 5000").await;
    talk.say("Ravi", &format!("/thresholds {id} warning 5000")).await;
    talk.say("an anonymous admin", "/thresholds").await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn a_change_is_of_who_presses_and_does_not_replace_what_was_set_meanwhile() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(1);
    talk.head("A viewer presses the operator's button")
        .say("Asha", &format!("/thresholds {id} warning 5000 critical 1000"))
        .await
        .press("Ravi", "Apply")
        .await;
    talk.head("Two operators at once").wait(1).press("Meera", "Apply").await.press("Asha", "Apply").await;
    talk.head("One of two questions was overtaken");
    talk.say("Asha", &format!("/thresholds {id} warning 7000"))
        .await
        .say("Meera", &format!("/thresholds {id} warning 9000"))
        .await;
    talk.wait(1).press("Meera", "Apply").await;
    let first = format!("/thresholds {id} warning 7000 apply 1");
    talk.press_command("Asha", "Apply", &first).await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn levels_apply_with_the_next_poll_beside_forecasts_and_in_why() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(2);
    talk.sandbox.set_wallet(&id, Decimal::from(8_000)).unwrap();
    talk.poll().await;
    let fires = |talk: &Talk| talk.desk.service.published.last().unwrap().alerts_of(&id).count();
    assert_eq!(fires(&talk), 0);
    let line = format!("/thresholds {id} warning 9000");
    talk.say("Asha", &line).await.press("Asha", "Apply").await;
    assert_eq!(fires(&talk), 0, "the last poll is as it was");
    talk.poll().await;
    assert_eq!(fires(&talk), 1);
    let why = talk.say("Ravi", &format!("/why {id}")).await.take();
    assert!(why.contains("₹9,000"), "{why}");
}
