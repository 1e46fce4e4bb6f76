//! The board.

use insta::assert_snapshot;
use vobiz_core::Decimal;

use super::Talk;

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
