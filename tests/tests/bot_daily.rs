//! The daily summary: at its time, with its picture, once; late when the bot was down, and not at all when it was for long.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{GROUP, Home, PRIVATE, ask, fill, sent_to, texts, until_sent, world};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Connection as _;
use vobiz_sandbox::{Fault, Half, Sandbox, Sent};

/// A bot that has run, with a summary due tomorrow in the private chat and none in the group.
async fn stopped() -> (Sandbox, Home) {
    let sandbox = world(5).await;
    fill(&sandbox).await;
    let half_an_hour_ago = (Utc::now() - TimeDelta::minutes(30)).format("%H:%M");
    let chats =
        format!("[[chats]]\nid = {PRIVATE}\nzone = \"UTC\"\ndaily_summary = \"{half_an_hour_ago}\"\n[[chats]]\nid = {GROUP}\n");
    let home = Home::of(&sandbox, &chats);
    let bot = home.start();
    ask(&sandbox, "/help");
    assert!(bot.terminate().success());
    let due = due(&home).await;
    assert!(due > Utc::now() + TimeDelta::hours(23) && due < Utc::now() + TimeDelta::hours(24), "{due}");
    (sandbox, home)
}

/// When the next summary is due.
async fn due(home: &Home) -> DateTime<Utc> {
    let mut database = home.database().await;
    let due = sqlx::query_scalar("SELECT due_at FROM schedule WHERE chat = $1").bind(PRIVATE).fetch_one(&mut database).await;
    database.close().await.expect("it can be closed");
    DateTime::from_timestamp_micros(due.expect("the summary is planned")).expect("an instant")
}

/// Lets so much time pass as if the bot had been down: the summary that was due tomorrow is due then.
async fn make_due(home: &Home, at: DateTime<Utc>) {
    let mut database = home.database().await;
    let change = sqlx::query("UPDATE schedule SET due_at = $1").bind(at.timestamp_micros()).execute(&mut database).await;
    assert_eq!(change.expect("the database can be written").rows_affected(), 1);
    database.close().await.expect("it can be closed");
}

#[tokio::test]
async fn a_summary_comes_at_its_time_with_its_picture_and_once() {
    let (sandbox, home) = stopped().await;
    let at = Utc::now() + TimeDelta::seconds(3);
    make_due(&home, at).await;
    let bot = home.start();
    let before = sent_to(&sandbox, PRIVATE).len();
    let sent = until_sent(&sandbox, PRIVATE, before + 1).remove(before);
    assert!(Utc::now() >= at, "it came early");
    assert!(sent.starts_with("🟢 Fine: no wallet is low") && sent.contains("₹2,50,000.00 in 5"), "{sent}");
    assert!(!sent.contains("Late"), "{sent}");
    let picture = sent_to(&sandbox, PRIVATE).remove(before).file.expect("it has a picture");
    assert!(picture.is_photo && picture.bytes.starts_with(b"\x89PNG"), "{}", picture.name);
    assert!(bot.terminate().success());
    assert!(due(&home).await > Utc::now() + TimeDelta::hours(23));

    let bot = home.start();
    ask(&sandbox, "/help");
    assert!(bot.terminate().success());
    assert_eq!(texts(&sandbox, PRIVATE).len(), before + 2, "nothing but the help came after the restart");
    assert_eq!(texts(&sandbox, GROUP).len(), 0, "a chat without a summary gets none");
}

/// The summary of a chat where calls of these kinds fail, each so often.
async fn after_failures(failures: &[(&str, Option<u32>)]) -> Sent {
    let (sandbox, home) = stopped().await;
    make_due(&home, Utc::now() - TimeDelta::minutes(5)).await;
    let before = sent_to(&sandbox, PRIVATE).len();
    for (operation, times) in failures {
        let operation = Some((*operation).to_owned());
        sandbox.faults().add(Fault { half: Half::Telegram, operation, status: Some(502), times: *times, ..Fault::default() });
    }
    let _bot = home.begin();
    until_sent(&sandbox, PRIVATE, before + 1);
    sent_to(&sandbox, PRIVATE).remove(before)
}

#[tokio::test]
async fn a_summary_keeps_its_picture_when_telegram_was_away_for_several_attempts() {
    let sent = after_failures(&[("sendPhoto", Some(4)), ("sendMessage", Some(1))]).await;
    assert!(sent.file.is_some(), "{}", sent.plain);
}

#[tokio::test]
async fn a_summary_comes_without_its_picture_where_only_pictures_are_not_taken() {
    let sent = after_failures(&[("sendPhoto", None)]).await;
    assert!(sent.file.is_none() && sent.plain.contains("no wallet is low"), "{}", sent.plain);
}

#[tokio::test]
async fn a_summary_missed_while_down_comes_once_and_says_that_it_is_late() {
    let (sandbox, home) = stopped().await;
    let at = Utc::now() - TimeDelta::hours(2);
    make_due(&home, at).await;
    let before = sent_to(&sandbox, PRIVATE).len();
    let bot = home.start();
    let sent = until_sent(&sandbox, PRIVATE, before + 1).remove(before);
    assert!(sent.contains(&format!("Late: this was due at {}", at.format("%H:%M"))), "{sent}");
    bot.kill();
    assert!(due(&home).await > Utc::now());
}

#[tokio::test]
async fn a_summary_missed_for_long_is_left_out_and_the_next_one_planned() {
    let (sandbox, home) = stopped().await;
    make_due(&home, Utc::now() - TimeDelta::days(3)).await;
    let before = sent_to(&sandbox, PRIVATE).len();
    let bot = home.start();
    ask(&sandbox, "/low");
    assert!(bot.log().contains("missed for too long"), "{}", bot.log());
    bot.kill();
    assert_eq!(texts(&sandbox, PRIVATE).len(), before + 1);
    assert!(due(&home).await > Utc::now() + TimeDelta::hours(23));
}

#[tokio::test]
async fn the_summaries_of_a_week_and_a_month_come_with_the_wallet_of_each_customer() {
    let sandbox = world(2).await;
    fill(&sandbox).await;
    let chats = format!("[[chats]]\nid = {PRIVATE}\nweekly_summary = \"mon 09:00\"\nmonthly_summary = \"09:00\"\n");
    let home = Home::of(&sandbox, &chats);
    let bot = home.start();
    ask(&sandbox, "/help");
    assert!(bot.terminate().success());
    let mut database = home.database().await;
    let now = Utc::now().timestamp_micros();
    let kinds: Vec<String> = sqlx::query_scalar("SELECT kind FROM schedule WHERE due_at > $1 ORDER BY kind")
        .bind(now)
        .fetch_all(&mut database)
        .await
        .expect("two rows");
    assert_eq!(kinds, ["monthly", "weekly"]);
    sqlx::query("UPDATE schedule SET due_at = $1").bind(now).execute(&mut database).await.expect("the database can be written");
    database.close().await.expect("it can be closed");

    let before = sent_to(&sandbox, PRIVATE).len();
    let _bot = home.start();
    until_sent(&sandbox, PRIVATE, before + 2);
    let sent = sent_to(&sandbox, PRIVATE).split_off(before);
    let files: Vec<_> = sent.iter().map(|sent| sent.file.as_ref().expect("it has a file")).collect();
    let names: Vec<usize> = files.iter().map(|file| file.name.len()).collect();
    for length in ["month-2026-04.csv".len(), "month-2026-05-04_2026-05-10.csv".len()] {
        assert!(names.contains(&length), "{names:?}");
    }
    for file in files {
        let text = String::from_utf8(file.bytes.to_vec()).expect("text");
        assert!(file.name.starts_with("month-") && text.lines().count() == 3, "{}: {text}", file.name);
    }
}

#[tokio::test]
async fn what_is_printed_says_what_the_summary_in_the_chat_says_of_the_night_and_of_people() {
    let sandbox = world(3).await;
    let id = fill(&sandbox).await.first().expect("a watched customer").id.to_string();
    let operator = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n{operator}"));
    let _bot = home.start();
    sandbox.set_wallet(&id, 40.into()).expect("a wallet can be set");
    bot::until_texts("the alert", &sandbox, PRIVATE, |texts| texts.iter().any(|text| text.starts_with('🔴')));
    assert!(ask(&sandbox, &format!("/take {id}")).plain.contains("taken by Asha"));
    home.until_marked().await;
    let printed = home.output(&["summary", "--config", "bot.toml"]);
    let printed = String::from_utf8(printed.stdout).expect("text");
    let line = |begin: &str| printed.lines().find(|line| line.contains(begin)).unwrap_or_else(|| panic!("{begin}: {printed}"));
    assert!(line("Alerts since ").contains("1 critical"), "{printed}");
    assert!(line(" taken by Asha at ").contains("taken by Asha"), "{printed}");
    // A terminal shows no direction marks.
    let shown = ask(&sandbox, "/summary").plain.replace(['\u{2068}', '\u{2069}'], "");
    for part in ["Alerts since ", " taken by Asha at "] {
        assert!(shown.contains(line(part)), "{part}: {shown}");
    }
}
