//! Chats side by side: slow answers, topics, and one judgement that everybody reads.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{GROUP, Home, PRIVATE, ask, fill, sent_to, texts, until, until_sent, until_texts, world};
use vobiz_sandbox::{Fault, Person, Sandbox};

/// The dashboard answers after so many seconds.
fn slow_dashboard(sandbox: &Sandbox) {
    sandbox.faults().add(Fault { path: Some("/dashboard".into()), latency_ms: 6_000, ..Fault::default() });
}

#[tokio::test]
async fn a_slow_answer_says_so_takes_its_place_later_and_holds_up_no_other_chat() {
    let sandbox = world(3).await;
    fill(&sandbox).await;
    let home = Home::of_two_chats(&sandbox);
    let _bot = home.start();
    slow_dashboard(&sandbox);
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/dashboard");
    sandbox.chat().say(GROUP, &Person::new(PRIVATE, "Asha"), "/help");
    until_sent(&sandbox, GROUP, 1);
    until_sent(&sandbox, PRIVATE, 1);
    assert!(texts(&sandbox, PRIVATE)[0].contains("Still reading"), "{:?}", texts(&sandbox, PRIVATE));
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    until_texts("the help, before the slow answer", &sandbox, PRIVATE, |texts| texts.len() == 2);
    let sent = until_texts("the answer", &sandbox, PRIVATE, |texts| texts.len() == 3).remove(2);
    assert!(sent.contains("in all customer wallets"), "{sent}");
    let all = sent_to(&sandbox, PRIVATE);
    assert_eq!((all[2].method.as_str(), all[2].message_id), ("editMessageText", all[0].message_id));
    assert!(sent_to(&sandbox, GROUP)[0].number < all[2].number, "the other chat did not wait for it");
}

#[tokio::test]
async fn a_hundred_presses_of_one_button_read_the_api_at_most_twice() {
    let sandbox = world(3).await;
    fill(&sandbox).await;
    let home = Home::of_two_chats(&sandbox);
    let bot = home.start();
    let report = ask(&sandbox, "/dashboard");
    slow_dashboard(&sandbox);
    let data = report.buttons.concat()[0].data.clone().expect("a button that carries something");
    for _ in 0..100 {
        sandbox.chat().press(PRIVATE, report.message_id, &data).expect("the button is there");
    }
    until("an answer to each press", || {
        let answered = sandbox.chat().sent().into_iter().filter(|sent| sent.method == "answerCallbackQuery").count();
        (answered == 100).then_some(())
    });
    until_texts("the report", &sandbox, PRIVATE, |texts| texts.last().is_some_and(|text| text.contains("As of")));
    let reads = sandbox.faults().list().iter().map(|fault| u64::from(fault.struck)).sum::<u64>();
    assert!((1..=2).contains(&reads), "{reads} reads; {}", bot.log().lines().count());
}

#[tokio::test]
async fn an_answer_goes_to_the_topic_that_it_was_asked_in() {
    let sandbox = world(3).await;
    fill(&sandbox).await;
    let (chat, asha) = (sandbox.chat(), Person::new(PRIVATE, "Asha"));
    chat.join(GROUP, &asha);
    let forum = chat.migrate(GROUP, &asha).expect("the group is there");
    chat.make_forum(forum).expect("it is a supergroup now");
    let topic = chat.open_topic(forum, &asha, "Questions").expect("it is a forum");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {forum}\n"));
    let _bot = home.start();
    chat.say_in(forum, topic, &asha, "/help");
    until_sent(&sandbox, forum, 1);
    assert_eq!(sent_to(&sandbox, forum)[0].topic, Some(i64::from(topic)));
}
