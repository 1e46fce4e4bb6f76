//! What chats of a running bot want: their own customers in their own topic, and quiet when they say so.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{GROUP, Home, PRIVATE, ask, sent_to, texts, until_texts, world};
use rust_decimal::Decimal;
use vobiz_sandbox::Person;

#[tokio::test]
async fn each_chat_gets_its_own_customers_in_its_own_topic_also_after_the_topic_was_deleted() {
    let sandbox = world(6).await;
    let watched = bot::fill(&sandbox).await;
    let ids: Vec<String> = watched.iter().map(|subject| subject.id.to_string()).collect();
    let (asha, chat) = (Person::new(PRIVATE, "Asha"), sandbox.chat());
    chat.join(GROUP, &asha);
    let forum = chat.migrate(GROUP, &asha).expect("the group is there");
    chat.make_forum(forum).expect("it is a supergroup now");
    let topic = chat.open_topic(forum, &asha, "Alerts").expect("it is a forum");
    let person = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let group = format!("[[chats]]\nid = {forum}\nthread = {topic}\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n{group}{person}"));
    let bot = home.start();
    let answer = ask(&sandbox, &format!("/subscribe add {}", ids[0])).plain;
    assert!(answer.contains(&ids[0]), "{answer}");
    home.until_marked().await;
    bot.kill();

    let _bot = home.start();
    for id in &ids[..2] {
        sandbox.set_wallet(id, Decimal::ZERO).expect("a wallet can be set");
    }
    let has = |texts: &[String], id: &String| texts.iter().any(|text| text.contains(id.as_str()) && text.contains("EMPTY"));
    until_texts("alerts on both", &sandbox, forum, |texts| has(texts, &ids[0]) && has(texts, &ids[1]));
    until_texts("its own alert", &sandbox, PRIVATE, |texts| has(texts, &ids[0]));
    assert!(!has(&texts(&sandbox, PRIVATE), &ids[1]), "{:#?}", texts(&sandbox, PRIVATE));
    assert!(sent_to(&sandbox, forum).iter().all(|sent| sent.topic == Some(i64::from(topic))));

    chat.delete_topic(forum, topic).expect("it is there");
    sandbox.set_wallet(&ids[2], Decimal::ZERO).expect("a wallet can be set");
    until_texts("an alert in the chat", &sandbox, forum, |texts| has(texts, &ids[2]));
    let last = sent_to(&sandbox, forum).pop().expect("it was sent");
    assert_eq!(last.topic, None, "{last:?}");
}
