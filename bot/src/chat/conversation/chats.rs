//! What is set for a chat.

use insta::assert_snapshot;
use vobiz_core::alert::Wants;

use super::Talk;

#[tokio::test]
async fn what_a_chat_wants_is_shown_changed_and_taken_back() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(0);
    for line in ["/settings", "/subscribe", "/subscribe add Pai*", "/subscribe critical", "/subscribe daily off"] {
        talk.say("Asha", line).await;
    }
    talk.say("Meera", &format!("/subscribe add {}", id.to_lowercase())).await;
    talk.wait(5).say("Ravi", "/settings").await.press("Meera", "Warnings too").await;
    for line in ["/subscribe remove pai*", "/subscribe remove sen academy", "/subscribe all", "/subscribe reset", "/audit -1001"]
    {
        talk.say("Asha", line).await;
    }
    assert_snapshot!(talk.take());
    let chat = talk.desk.service.chats().remove(0);
    assert_eq!((&chat.settings.wants, chat.daily_summary.is_some()), (&Wants::default(), true), "as in the file");
}

#[tokio::test]
async fn what_no_chat_can_want_is_refused_with_what_to_write() {
    let mut talk = Talk::with("").await;
    let lines = [
        "/subscribe pai",
        "/subscribe add",
        "/subscribe add nobody",
        "/subscribe add a",
        "/subscribe add **",
        "/subscribe add <b>☎*",
        "/subscribe add <b>☎*",
        "/subscribe remove Verma*",
        "/subscribe critical now",
        "/subscribe daily 9",
        "/subscribe daily 09:00",
        "/subscribe warning",
        "/settings now",
    ];
    for line in lines {
        talk.say("Asha", line).await;
    }
    talk.say("Asha", &format!("/subscribe add {}*", "x".repeat(60))).await;
    talk.say("Ravi", "/subscribe all").await.say("an anonymous admin", "/subscribe all").await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn quiet_hours_are_set_for_each_day_and_for_now() {
    let mut talk = Talk::with("").await;
    for line in
        ["/quiet", "/quiet 22:00-07:00", "/quiet 2h", "/settings", "/quiet off", "/quiet reset", "/quiet 25h", "/quiet 7-9"]
    {
        talk.say("Asha", line).await;
    }
    talk.say("Ravi", "/quiet 2h").await.press("Ravi", "8 h").await.press("Asha", "8 h").await;
    talk.say("Asha", "/quiet now please").await.wait(9 * 60).say("Ravi", "/settings").await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn what_was_set_holds_after_a_restart_and_is_of_its_own_chat() {
    let mut talk = Talk::with("[[chats]]\nid = -1002\n").await;
    talk.say("Asha", "/quiet 22:00-07:00").await.say("Asha", "/subscribe critical").await;
    let set = talk.desk.service.chats();
    talk.desk.service.chats.send_replace(talk.desk.service.file_chats.iter().cloned().map(std::sync::Arc::new).collect());
    talk.desk.service.load_chats().await.unwrap();
    assert_eq!(talk.desk.service.chats(), set);
    assert!(set[0].settings.quiet.is_some() && set[1].settings.quiet.is_none());
    assert_eq!(set[1].settings.wants, Wants::default());
}
