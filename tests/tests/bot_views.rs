//! Pictures and files that people ask a running bot for.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, GROUP, Home, PRIVATE, ask, sent_to, until, world};
use vobiz_sandbox::{Fault, Half, Person, Sandbox, Sent};

/// An operator in the private chat; a group whose members are viewers. Two polls were recorded.
async fn running() -> (Sandbox, Home, Bot, String) {
    let sandbox = world(3).await;
    let id = bot::fill(&sandbox).await.first().expect("a watched customer").id.to_string();
    let people = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n[[chats]]\nid = {GROUP}\n{people}"));
    let bot = home.start();
    until("two polls", || (ask(&sandbox, "/chart fleet").file.is_some()).then_some(()));
    (sandbox, home, bot, id)
}

/// The file of an answer as text.
fn text(sent: &Sent) -> String {
    let file = sent.file.as_ref().unwrap_or_else(|| panic!("no file: {}", sent.plain));
    String::from_utf8(file.bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn every_picture_comes_with_words_that_name_its_span() {
    let (sandbox, _home, _bot, id) = running().await;
    for (command, words) in [
        (format!("/chart {} 30d", id.to_lowercase()), "all that is recorded"),
        ("/chart".to_owned(), "3 wallets: "),
        ("/chart answers 7D".to_owned(), "days as the API counts them"),
        ("/chart top 30d".to_owned(), "spends the most"),
    ] {
        let sent = ask(&sandbox, &command);
        let file = sent.file.as_ref().unwrap_or_else(|| panic!("{command}: {}", sent.plain));
        assert!(file.bytes.starts_with(b"\x89PNG") && sent.plain.contains(words), "{command}: {}", sent.plain);
        assert!(sent.buttons.concat().iter().any(|button| button.text.contains("30 days")), "{:?}", sent.buttons);
    }
    assert!(ask(&sandbox, "/chart fleet 8d").plain.starts_with("“8d” is not 7d or 30d. Write /chart"));
    assert!(ask(&sandbox, "/chart <b>nobody</b>").plain.contains("<b>nobody</b>"), "shown as it was typed");
}

#[tokio::test]
async fn a_picture_of_what_cannot_be_read_is_words() {
    let (sandbox, _home, _bot, _) = running().await;
    let refuse =
        |operation: &str| Fault { half: Half::Partner, operation: Some(operation.into()), status: Some(403), ..Fault::default() };
    sandbox.faults().add(refuse("GET /analytics"));
    for command in ["/chart answers", "/chart top"] {
        let sent = ask(&sandbox, command);
        assert!(sent.file.is_none() && sent.plain.starts_with("⚪ Unknown: could not"), "{}", sent.plain);
    }
}

#[tokio::test]
async fn before_two_polls_there_are_words_in_the_place_of_a_picture() {
    let sandbox = world(3).await;
    bot::fill(&sandbox).await;
    let home = Home::of_two_chats(&sandbox);
    let config = std::fs::read_to_string(home.path().join("bot.toml")).expect("the configuration");
    home.write("bot.toml", &config.replace("every = \"1s\"", "every = \"1h\""));
    let _bot = home.start();
    for command in ["/chart fleet", "/chart MA_"] {
        let sent = ask(&sandbox, command);
        assert!(sent.file.is_none(), "{}", sent.plain);
    }
    assert!(ask(&sandbox, "/chart").plain.starts_with("No picture of all wallets together yet: "));
}

#[tokio::test]
async fn a_viewer_gets_no_file_and_an_operator_does_which_the_audit_log_shows() {
    let (sandbox, _home, _bot, id) = running().await;
    sandbox.chat().say(GROUP, &Person::new(4_004, "Ravi"), "/export customers");
    let refusal = until("the refusal", || sent_to(&sandbox, GROUP).pop());
    assert!(
        refusal.file.is_none() && refusal.plain.starts_with("You are a viewer here, and this needs an operator."),
        "{}",
        refusal.plain
    );

    let customers = text(&ask(&sandbox, "/export customers"));
    assert!(customers.starts_with("\u{feff}customer,name,active,billing,") && customers.lines().count() == 4, "{customers}");
    let workbook = ask(&sandbox, "/export customers xlsx");
    let file = workbook.file.expect("a file");
    assert!(file.name == "customers.xlsx" && file.bytes.starts_with(b"PK"));
    sandbox.top_up(&id, 70_000.into()).expect("a top-up");
    let ledger = ask(&sandbox, &format!("/export ledger {id} 7d"));
    assert!(text(&ledger).lines().any(|line| line.contains(",in,70000")), "{}", text(&ledger));
    assert!(ledger.plain.starts_with("Ledger of ") && ledger.plain.contains("times in Asia/Kolkata"), "{}", ledger.plain);
    assert!(text(&ask(&sandbox, "/export alerts")).starts_with("\u{feff}at,rule,subject,"));

    let audit = ask(&sandbox, "/audit 1d").plain;
    for subject in ["export customers", &format!(" {id}, nothing → ledger-{id}"), "export alerts"] {
        assert!(audit.contains(subject), "{subject}: {audit}");
    }
}

#[tokio::test]
async fn a_ledger_that_is_refused_is_named() {
    let (sandbox, _home, _bot, id) = running().await;
    let refuse =
        |operation: &str| Fault { half: Half::Partner, operation: Some(operation.into()), status: Some(403), ..Fault::default() };
    sandbox.faults().add(refuse("GET /accounts/{id}/transactions"));
    let sent = ask(&sandbox, &format!("/export ledger {id}"));
    assert!(sent.file.is_none() && sent.plain.starts_with("⚪ Unknown: could not list transactions"), "{}", sent.plain);
}

#[tokio::test]
async fn a_card_leads_to_chart_alert_and_contact_and_a_viewer_sees_no_contact() {
    let (sandbox, _home, _bot, id) = running().await;
    let card = ask(&sandbox, &format!("/customer {}", id.to_lowercase()));
    for part in ["prepaid", "telephone number", "As of "] {
        assert!(card.plain.contains(part), "{part}: {}", card.plain);
    }
    let buttons: Vec<_> = card.buttons.concat().into_iter().map(|button| button.text).collect();
    assert_eq!(buttons, ["Chart", "Levels", "Contact", "↻ Refresh"], "no alert fires: there is nothing to explain or to snooze");

    let contact = ask(&sandbox, &format!("/contact {id}"));
    assert!(contact.plain.contains("E-mail: ") && contact.plain.contains("Phone: "), "{}", contact.plain);
    let audit = ask(&sandbox, "/audit 1d").plain;
    assert!(audit.contains("look at contact ") && audit.contains(&id), "{audit}");
    for person in [Person::new(4_004, "Ravi"), Person::new(PRIVATE, "Asha")] {
        let before = sent_to(&sandbox, GROUP).len();
        sandbox.chat().say(GROUP, &person, &format!("/contact {id}"));
        let answer = until("the refusal", || sent_to(&sandbox, GROUP).get(before).cloned());
        assert!(!answer.plain.contains("E-mail"), "a group holds others than operators: {}", answer.plain);
    }
    sandbox.set_wallet(&id, 0.into()).expect("a wallet can be set");
    // The alert itself comes between the answers.
    let answer = |command: &str, words: &str| {
        until(words, || {
            ask(&sandbox, &format!("{command} {id}"));
            sent_to(&sandbox, PRIVATE).into_iter().find(|sent| sent.plain.contains(words))
        })
    };
    let card = answer("/customer", "critical: has ₹0 left, low balance, since ");
    let buttons: Vec<_> = card.buttons.concat().into_iter().map(|button| button.text).collect();
    assert_eq!(buttons, ["Take", "Snooze", "Chart", "Why", "Levels", "Contact", "↻ Refresh"]);
    answer("/why", "The wallet cannot pay for a call.");
}

#[tokio::test]
async fn a_card_without_the_numbers_that_the_api_refuses_says_so() {
    let (sandbox, _home, _bot, id) = running().await;
    let operation = Some("GET /accounts/{id}/numbers".into());
    sandbox.faults().add(Fault { half: Half::Partner, operation, status: Some(403), ..Fault::default() });
    let card = ask(&sandbox, &format!("/customer {id}"));
    assert!(card.plain.contains("⚪ Telephone numbers unknown: list numbers"), "{}", card.plain);
}
