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

#[tokio::test]
async fn a_rule_is_kept_where_one_of_several_customers_is_chosen() {
    let mut talk = Talk::new().await;
    for id in talk.watched().await {
        talk.sandbox.set_wallet(&id, Decimal::from(40)).unwrap();
    }
    talk.poll().await;
    let end = " low balance 2h";
    for (command, end) in [("/mute", end), ("/mute", " low balance"), ("/take", " low balance"), ("/why", " low balance")] {
        talk.say("Asha", &format!("{command} pvt ltd{end}")).await;
        let chosen = talk.buttons.last().unwrap().command.clone();
        assert!(chosen.starts_with(&format!("{command} MA_")) && chosen.ends_with(end), "{chosen}");
    }
    let command = format!("/mute pvt ltd{end}");
    let chosen = talk.say("Asha", &command).await.buttons.last().cloned().unwrap();
    talk.take();
    talk.press_command("Asha", &chosen.text, &chosen.command).await;
    assert!(talk.take().contains("snoozed by Asha until 11:00"));
}

#[tokio::test]
async fn an_alert_of_what_is_no_customer_is_snoozed_whatever_its_rule_is_called_and_says_when_it_ended() {
    let rule = "no money for an hour";
    let file = format!("[[rules]]\nname = \"{rule}\"\nmetric = \"partner.balance\"\nbelow.critical = \"10000\"\n");
    let mut talk = Talk::with(&file).await;
    let partner = talk.sandbox.auth_id().to_owned();
    talk.sandbox.set_wallet(&partner, Decimal::from(40)).unwrap();
    talk.poll().await;
    talk.say("Asha", &format!("/why partner {rule}")).await.press("Asha", "Snooze").await.press("Asha", "1 h").await;
    talk.wait(7).sandbox.set_wallet(&partner, Decimal::from(900_000)).unwrap();
    talk.poll().await;
    talk.head("It was topped up").press_command("Asha", "Take", &format!("/take partner {rule}")).await;
    talk.say("Asha", "/why partner").await;
    assert_snapshot!(talk.take());
}
