//! What is done about alerts.

use insta::assert_snapshot;
use vobiz_core::Decimal;

use super::Talk;

#[tokio::test]
async fn an_alert_is_looked_at_taken_snoozed_and_given_back() {
    let mut talk = Talk::new().await;
    let [first, second, ..] = &talk.watched().await[..] else { panic!("two are watched") };
    talk.say("Ravi", "/alerts").await.say("Ravi", &format!("/why {first}")).await;
    talk.press("Ravi", "Take").await.press("Ravi", "Snooze").await;
    talk.head("Two operators").press("Asha", "Take").await.press("Meera", "Take").await;
    talk.wait(5).press("Meera", "Snooze").await.press("Meera", "Until topped up").await.press("Asha", "Until topped up").await;
    talk.say("Ravi", "/alerts").await.press("Ravi", "Unsnooze").await.press("Asha", "Unsnooze").await;
    talk.head("The same by text").say("Asha", &format!("/mute {} till 11:00", second.to_lowercase())).await;
    talk.say("Asha", &format!("/unmute {second}")).await.say("Asha", &format!("/unmute {second}")).await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn what_names_no_alert_is_refused_with_what_to_write() {
    let mut talk = Talk::new().await;
    let watched = talk.watched().await;
    let (low, fine) = (&watched[0], &watched[3]);
    for command in ["/take", "/mute", "/unmute", "/why"] {
        talk.say("Asha", command).await.say("Asha", &format!("{command} nobody")).await;
        talk.say("Asha", &format!("{command} {fine}")).await;
    }
    for line in ["31d", "0h", "till 25:00", "for ever", "no such rule 2h", "low balance", "runway"] {
        talk.say("Asha", &format!("/mute {low} {line}")).await;
    }
    for command in ["/take", "/mute", "/unmute"] {
        talk.say("Ravi", &format!("{command} {low}")).await.say("an anonymous admin", &format!("{command} {low}")).await;
    }
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn a_customer_is_named_the_same_way_for_alerts_as_everywhere() {
    let mut talk = Talk::new().await;
    talk.say("Asha", "/customers academy").await.say("Asha", "/why sen acadmey").await;
    talk.say("Asha", "/take sen academy low balance").await;
    for id in talk.watched().await {
        talk.sandbox.set_wallet(&id, Decimal::from(40)).unwrap();
    }
    talk.poll().await;
    talk.head("Every wallet is low: several match").say("Asha", "/mute pvt ltd 2h").await;
    let first = talk.buttons.last().cloned().unwrap();
    talk.press_command("Asha", &first.text, &first.command).await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn a_button_of_an_alert_that_ended_says_when() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(0);
    talk.say("Asha", &format!("/why {id}")).await;
    let of = |command: &str| format!("{command} {id} low balance");
    talk.wait(7).sandbox.set_wallet(&id, Decimal::from(9_000)).unwrap();
    talk.poll().await;
    talk.head("It was topped up").wait(30);
    talk.press_command("Asha", "Take", &of("/take")).await.press_command("Asha", "Snooze", &of("/mute")).await;
    talk.press_command("Ravi", "Why", &of("/why")).await.press_command("Asha", "Unsnooze", &of("/unmute")).await;
    talk.say("Asha", &format!("/take {id}")).await.say("Asha", &of("/mute")).await;
    assert_snapshot!(talk.take());
}
