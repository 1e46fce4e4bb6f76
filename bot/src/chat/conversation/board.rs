//! The board.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use vobiz_core::Decimal;

use super::Talk;
use crate::store::{Draft, Ended};

#[tokio::test]
async fn the_board_ranks_who_needs_someone_and_turns_its_pages() {
    let mut talk = Talk::new().await;
    talk.say("Ravi", "/board now").await.say("Ravi", "/board").await.deliver().await;
    for (id, balance) in talk.watched().await.into_iter().zip([0, 40, 60, 1_900, 200, 300, 400, 450, 480, 490, 499, 100]) {
        talk.sandbox.set_wallet(&id, Decimal::from(balance)).unwrap();
    }
    let id = talk.watched().await.remove(1);
    talk.wait(5).poll().await;
    talk.head("The next poll").keep_boards().await.deliver().await;
    talk.head("The same again: nothing is changed").wait(5).keep_boards().await.deliver().await;
    talk.head("An alert is taken").say("Asha", &format!("/take {id}")).await;
    talk.keep_boards().await.deliver().await;
    talk.press("Ravi", "Next ›").await;
    talk.head("A typed one while one is there").wait(1).say("Asha", "/board").await.deliver().await;
    assert_snapshot!(talk.take());
}

/// What Telegram takes: characters of a message, buttons under it, bytes in a button, and messages a minute in a group, changes
/// included.
const TELEGRAM: (usize, usize, usize, usize) = (4096, 100, 64, 20);

#[tokio::test]
async fn a_board_stays_within_what_telegram_takes_over_a_month_of_changes() {
    let mut talk = Talk::new().await;
    let watched = talk.watched().await;
    talk.say("Ravi", "/board").await.deliver().await;
    let (store, mut changed) = (talk.desk.service.store.clone(), Vec::new());
    // Four polls a day for a month, and a day's end with a poll every five seconds.
    let steps = std::iter::repeat_n(6 * 3600, 4 * 30).chain(std::iter::repeat_n(5, 36));
    for (step, seconds) in steps.enumerate() {
        talk.sandbox.clock().advance(Duration::from_secs(seconds));
        for (place, id) in watched.iter().enumerate() {
            let balance = [0, 40, 450, 1_900, 60_000][(step + place * 7) % 5] + i64::try_from(step).unwrap();
            // Some customers leave in a month.
            let _ = talk.sandbox.set_wallet(id, Decimal::from(balance));
        }
        talk.poll().await;
        talk.keep_boards().await;
        for head in store.owed().await.unwrap() {
            let owed = store.owed_with(head.id).await.unwrap().remove(0);
            let Draft { html, buttons, is_board, edits, .. } = &owed.draft;
            assert!(*is_board && edits.is_some(), "{html}");
            let length = crate::messages::plain(html).encode_utf16().count();
            assert!((1..=TELEGRAM.0).contains(&length), "{length}");
            assert!(buttons.iter().flatten().count() <= TELEGRAM.1);
            for button in buttons.iter().flatten() {
                assert!((1..=TELEGRAM.2).contains(&button.data.as_ref().unwrap().len()) && !button.text.is_empty(), "{button:?}");
            }
            let now = talk.desk.service.clock.now();
            store.end(&[head.id], Ended::Delivered(*edits), now).await.unwrap();
            changed.push(now);
        }
    }
    let in_a_minute = |begin: &DateTime<Utc>| {
        changed.iter().filter(|at| (TimeDelta::zero()..TimeDelta::minutes(1)).contains(&(**at - *begin))).count()
    };
    let most = changed.iter().map(in_a_minute).max().unwrap();
    assert!(changed.len() > 4 * 30 && most > 1 && most <= TELEGRAM.3 / 2, "{} changes, {most} in a minute", changed.len());
}
