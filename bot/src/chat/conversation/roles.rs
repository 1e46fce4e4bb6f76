//! People: what each role may do, and how it is given.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::Talk;
use crate::chat::command::COMMANDS;
use crate::people::Role;

#[tokio::test]
async fn roles_are_shown_given_and_taken_back_by_admins() {
    let mut talk = Talk::new().await;
    for who in ["Ravi", "an anonymous admin", "Kiran"] {
        talk.say(who, "/people").await;
    }
    talk.say("Ravi", "/people grant 4 admin").await.say("Asha", "/people grant 4 operator").await;
    for line in [
        "/people grant",
        "/people grant ravi operator",
        "/people grant 4 root",
        "/people promote 4",
        "/people grant 4 operator Ravi",
        "/people grant 4 operator",
        "/people revoke 1",
        "/people revoke",
    ] {
        talk.say("Kiran", line).await;
    }
    talk.say("Ravi", "/quiet 2h").await.say("Kiran", "/people revoke 4").await.say("Ravi", "/quiet off").await;
    talk.say("Ravi", "/audit").await.say("Asha", "/audit").await.say("Asha", "/audit ravi 1d").await;
    talk.say("Asha", "/audit nobody").await.say("Asha", "/audit 0d").await;
    assert_snapshot!(talk.take());
}

#[tokio::test]
async fn who_may_do_less_than_a_command_needs_is_refused() {
    let mut talk = Talk::new().await;
    let mut table = String::new();
    for command in COMMANDS {
        for line in [format!("/{}", command.name), command.example.to_owned()] {
            let words: Vec<&str> = line.split(' ').skip(1).collect();
            let needed = (command.role)(&words);
            let _ = writeln!(table, "{line}: {needed}");
            if needed == Role::Viewer {
                continue;
            }
            for who in ["Ravi", "an anonymous admin"] {
                let answer = talk.say(who, &line).await.take();
                assert!(answer.contains("needs a"), "{who} may not write {line}: {answer}");
            }
            if needed == Role::Admin {
                let answer = talk.say("Asha", &line).await.take();
                assert!(answer.contains("You are an operator here, and this needs an admin."), "{line}: {answer}");
            }
        }
    }
    assert_snapshot!(table);
}

#[tokio::test]
async fn everybody_who_reads_may_look_at_what_is_set() {
    let mut talk = Talk::new().await;
    let id = talk.watched().await.remove(0);
    for line in ["/thresholds", &format!("/thresholds {id}"), "/subscribe", "/quiet", "/settings"] {
        talk.say("Ravi", line).await;
    }
    talk.press("Ravi", "Quiet hours").await.press("Ravi", "2 h").await;
    talk.press("Ravi", "Subscriptions").await.press("Ravi", "Weekly on").await.press("Asha", "Weekly on").await;
    for line in ["/subscribe weekly fri 18:00", "/subscribe monthly 08:30", "/subscribe weekly someday", "/subscribe monthly 1 9"]
    {
        talk.say("Asha", line).await;
    }
    talk.say("Ravi", "/subscribe monthly off").await.say("Asha", "/subscribe reset").await.say("Asha", "/subscribe reset").await;
    assert_snapshot!(talk.take());
}
