//! What messages about alerts show below them: who took one, and when it ended.

use insta::assert_snapshot;
use vobiz_core::Decimal;

use super::Talk;
use crate::store::{Draft, Ended};

impl Talk {
    /// A wallet has so much, and a poll sees it.
    async fn seen(&mut self, id: &str, balance: i64) -> &mut Self {
        self.wait(5).sandbox.set_wallet(id, Decimal::from(balance)).unwrap();
        self.poll().await;
        self.notify().await;
        self
    }
}

#[tokio::test]
async fn an_alert_that_is_over_says_so_on_its_own_message_and_has_no_buttons_any_more() {
    let mut talk = Talk::new().await;
    let [first, second, third, ..] = &talk.watched().await[..] else { panic!("three are watched") };
    talk.notify().await;
    talk.head("Two wallets are low").deliver().await;
    talk.head("One is taken").say("Asha", &format!("/take {first}")).await;
    talk.head("It is topped up").seen(first, 9_000).await.deliver().await;
    talk.head("A third one runs low alone").seen(third, 1_500).await.deliver().await;
    talk.head("The second one is snoozed").say("Meera", &format!("/mute {second} 2h")).await;
    talk.head("The third one is topped up").seen(third, 9_000).await.deliver().await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn an_alert_of_a_list_that_came_late_is_marked_on_that_list() {
    let mut talk = Talk::new().await;
    let [first, ..] = &talk.watched().await[..] else { panic!("one is watched") };
    let (service, chat) = (talk.desk.service.clone(), talk.chat);
    let snapshot = service.published.last().unwrap();
    let reader = crate::messages::Reader { zone: chrono_tz::Asia::Kolkata, now: snapshot.at };
    let lines: Vec<_> =
        snapshot.evaluation.firing.iter().map(|alert| crate::messages::alert_line(alert, snapshot.top_ups(), &reader)).collect();
    let each = lines.iter().map(|line| Draft { chat, html: "late".into(), alerts: Some(vec![line.clone()]), ..Draft::default() });
    service.store.owe(&each.collect::<Vec<_>>(), snapshot.at).await.unwrap();
    let ids: Vec<i64> = service.store.owed().await.unwrap().iter().map(|head| head.id).collect();
    let html = crate::messages::catch_up(&lines, snapshot.at, &reader).html;
    let list = Draft { chat, html, alerts: Some(lines), ..Draft::default() };
    service.store.end(&ids, Ended::DeliveredAs(Some(77), &list), snapshot.at).await.unwrap();
    talk.head("One of it is taken").say("Asha", &format!("/take {first}")).await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn only_customers_for_which_the_named_rule_fires_are_offered() {
    let mut talk = Talk::with("[[rules]]\nname = \"nearly empty\"\nmetric = \"customer.balance\"\nbelow.critical = 100\n").await;
    for (id, balance) in talk.watched().await.into_iter().zip([40, 1_500, 50, 1_400, 1_300]) {
        talk.sandbox.set_wallet(&id, Decimal::from(balance)).unwrap();
    }
    talk.poll().await;
    talk.say("Asha", "/take pvt ltd low balance").await.say("Asha", "/take pvt ltd nearly empty").await;
    talk.say("Asha", "/take pvt ltd runway").await;
    assert_snapshot!(talk.take());
}
