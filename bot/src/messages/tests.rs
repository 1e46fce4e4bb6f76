//! What the bot says, word for word.

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use vobiz_core::alert::{
    ChatSettings, DataHealthChange, Deferred, Observation, Policy, State, Subject, Unread, evaluate, notify,
};
use vobiz_core::billing::{Coverage, Extent, Month, Period, Source, Sources};
use vobiz_core::dashboard::Report;
use vobiz_core::forecast::Forecasts;
use vobiz_core::{DateRange, Decimal};

use super::*;
use crate::observe::Answers;
use crate::snapshot::{Memory, Snapshot};
use std::sync::Arc;
use vobiz_core::accounts::Account;
use vobiz_core::forecast::Business;

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn reader() -> Reader {
    Reader { zone: chrono_tz::Asia::Kolkata, now: at("2026-05-12T03:40:00Z") }
}

fn report(name: &str) -> Report {
    let path = format!("{}/../tests/payloads/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn customer(number: usize, balance: Option<&str>) -> Subject {
    let subject = Subject::new(format!("MA_{number}"), format!("Sharma & Sons {number}")).with_currency("INR");
    Subject { balance: balance.map(|balance| balance.parse().unwrap()), ..subject }
}

/// What is sent about customers whose wallets read so, poll after poll.
fn sent(polls: &[&[&str]]) -> String {
    let (policy, mut state, mut texts) = (Policy::default(), State::default(), Vec::new());
    let mut deferred = Deferred::default();
    for (poll, balances) in (0..).zip(polls) {
        let now = reader().now + TimeDelta::minutes(5 * (poll - 2));
        let customers = (1..).zip(*balances).map(|(number, balance)| customer(number, Some(balance))).collect();
        let evaluation = evaluate(&policy, &Observation::complete(now, customers), &Forecasts::none(), &state, now);
        let (notifications, waits) = notify(&ChatSettings::default(), &evaluation, &deferred, now);
        deferred = waits;
        let sent = notifications
            .iter()
            .flat_map(|notification| notice(notification, &crate::ledger::TopUps::new(), "", &Reader { now, ..reader() }));
        texts.extend(sent.map(|notice| format!("{}{}", if notice.silent { "(silent) " } else { "" }, notice.html)));
        state = evaluation.state;
    }
    texts.join("\n---\n")
}

#[test]
fn an_alert_and_its_recovery_name_customer_id_balance_and_level() {
    assert_snapshot!(sent(&[&["1300.00000"], &["1300.00000"], &["412"], &["411.5"], &["700"], &["10412"]]));
}

#[test]
fn many_at_once_come_as_one_message() {
    assert_snapshot!(sent(&[&["1", "400", "1999.99", "-3", "5000"], &["1", "400", "1999.99", "-3", "5000"]]));
}

#[test]
fn a_service_that_cannot_be_read_is_reported_with_operation_and_cause() {
    let why = Unread {
        kind: "server",
        message: "list accounts: 127.0.0.1 failed: it sent a web page instead of a reason (HTTP 502)".into(),
    };
    let lost =
        |read_at| DataHealthChange::Lost { since: at("2026-05-11T19:50:00Z"), read_at, polls: 2, read: 0, why: why.clone() };
    let changes =
        [lost(Some(at("2026-05-11T19:45:00Z"))), lost(None), DataHealthChange::Back { since: at("2026-05-12T03:20:00Z") }];
    assert_snapshot!(changes.map(|change| alert::data_health(&change, &reader())).join("\n---\n"));
}

#[test]
fn every_generation_of_a_report_is_shown_without_inventing_zeros() {
    let asked = DateRange::between("2026-01-01".parse().unwrap(), "2026-03-31".parse().unwrap());
    let other = DateRange::between("2026-01-01".parse().unwrap(), "2026-03-30".parse().unwrap());
    let first: Report = serde_json::from_str(
        r#"{"period":{"from":"2026-01-01","to":"2026-03-31"},
            "totals":{"total_calls":10,"answered_calls":7,"failed_calls":3,"total_cost":12.5,"currency":"INR"},
            "by_direction":{"inbound":{"calls":4,"cost":5},"outbound":{"calls":6,"cost":7.5}},
            "top_customers":[{"auth_id":"MA_X","name":"A <b>","calls":6,"cost":7.5}]}"#,
    )
    .unwrap();
    let summary = r#"{"active_accounts":38,"calls_today":12,"calls_this_month":3400,"total_balance":250000.5,"total_spend_this_month":18450.5,"currency":"INR"}"#;
    let texts = [
        dashboard(&report("dashboard")),
        dashboard(&report("dashboard_flat")),
        dashboard(&serde_json::from_str(summary).unwrap()),
        analytics(&report("analytics"), asked, chrono_tz::Asia::Kolkata),
        analytics(&report("analytics"), other, chrono_tz::Asia::Kolkata),
        analytics(&first, asked, chrono_tz::Asia::Kolkata),
    ];
    assert_snapshot!(texts.join("\n---\n"));
}

/// A customer's row as the API sends it.
pub(super) fn row(number: usize, balance: Option<&str>, more: &serde_json::Value) -> Account {
    let mut row = serde_json::json!({"auth_id": format!("MA_{number}"), "name": format!("Sharma & Sons {number}"), "cash_credits": balance, "currency": "INR"});
    for (key, value) in more.as_object().into_iter().flatten() {
        row[key] = value.clone();
    }
    serde_json::from_str(&row.to_string()).unwrap()
}

fn rows(balances: &[Option<&str>]) -> Vec<Account> {
    (1..).zip(balances).map(|(number, balance)| row(number, *balance, &serde_json::json!({}))).collect()
}

/// What one look at these customers finds, with `for` taken as met; or two looks, and the second is given.
fn looks(sweeps: Vec<Vec<Account>>) -> Snapshot {
    let mut memory = Memory::new(Business::default(), Vec::new(), State::default());
    let mut last = None;
    for (customers, minutes) in sweeps.into_iter().rev().zip((0..).map(|sweep| 5 * sweep)).collect::<Vec<_>>().into_iter().rev() {
        let at = reader().now - TimeDelta::minutes(minutes);
        let snapshot = memory.judge_once(&Policy::default(), answers(at, customers));
        memory.state = snapshot.evaluation.state.clone();
        last = Some(snapshot);
    }
    last.unwrap()
}

pub(super) fn answers(at: DateTime<Utc>, customers: Vec<Account>) -> Answers {
    Answers {
        at,
        customers,
        cut: None,
        promised: None,
        oddities: Vec::new(),
        asked: std::collections::BTreeMap::new(),
        counted: None,
        fallback: None,
        partner: None,
        calls: None,
    }
}

fn low_page(snapshot: &Snapshot, under: Option<i64>, page: usize) -> (String, crate::store::Buttons) {
    let (under, list) = (under.map(Decimal::from), under.map_or_else(|| "/low".to_owned(), |under| format!("/low {under}")));
    let level = under.unwrap_or_else(|| Decimal::from(2000));
    let low = Low::new(snapshot, under, level);
    low.page(&list, page, &reader())
}

#[test]
fn a_list_of_low_wallets_starts_from_what_fires_and_names_those_not_read_as_unknown() {
    let mut mixed = rows(&[Some("499.995"), None, Some("1500"), Some("9000"), Some("412")]);
    mixed.push(row(6, Some("-20.5"), &serde_json::json!({"postpaid": true})));
    let mut unreadable = mixed.clone();
    unreadable[4].balance = None;
    let mixed = looks(vec![mixed]);
    let later = looks(vec![mixed.answers.customers.clone(), unreadable]);
    let texts = [
        low_page(&mixed, None, 1).0,
        low_page(&later, None, 1).0,
        low_page(&mixed, Some(500), 1).0,
        low_page(&looks(vec![rows(&[Some("9000"), None])]), Some(500), 1).0,
        low_page(&looks(vec![rows(&[Some("9000")])]), None, 1).0,
        low_page(&looks(vec![Vec::new()]), None, 1).0,
    ];
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn a_long_list_of_low_wallets_has_pages_with_every_wallet_on_one() {
    let balances: Vec<_> = (1..=45).map(|number| number.to_string()).collect();
    let many = looks(vec![rows(&balances.iter().map(|balance| Some(balance.as_str())).collect::<Vec<_>>())]);
    let shown = |page| low_page(&many, Some(500), page);
    let pages = (0..=4).map(|page| {
        let (text, buttons) = shown(page);
        let lines: Vec<_> = text.lines().collect();
        let buttons = buttons.concat().into_iter().map(|button| format!("[{} → {}]", button.text, button.command));
        format!("{}\n{}\n…\n{}\n{}", lines[0], lines[1], lines[lines.len() - 1], buttons.collect::<Vec<_>>().join(" "))
    });
    assert_snapshot!(pages.collect::<Vec<_>>().join("\n---\n"));
    let all = (1..=3).map(|page| shown(page).0).collect::<String>();
    assert!((1..=45).all(|number| all.contains(&format!("<code>MA_{number}</code>"))), "{all}");
}

#[test]
fn a_customer_is_shown_with_wallet_alerts_and_what_the_account_says() {
    let full = serde_json::json!({"kyc_status": "completed", "created_at": "2026-02-06T06:50:07Z", "auto_recharge": true,
        "pricing_tier": {"name": "Gold <1>", "currency": "INR", "rate_per_minute": "0.65"}});
    let accounts = vec![row(1, Some("412"), &serde_json::json!({})), row(2, Some("9000"), &full), row(3, None, &full)];
    let snapshot = looks(vec![accounts]);
    let cards = snapshot.answers.customers.iter().map(|account| {
        let (subject, alerts) = (snapshot.subject(&account.auth_id), snapshot.alerts_of(&account.auth_id).collect());
        let (spent_today, own_levels, numbers) = match account.auth_id.as_str() {
            "MA_1" => (
                Some(crate::spend::Spent { now: 420.into(), usual: Some((380.into(), 6)) }),
                vec!["low balance, warning under ₹5,000, critical under ₹1,000".to_owned()],
                Some(Numbers::Known { count: 4, blocked: 1 }),
            ),
            "MA_2" => (None, Vec::new(), Some(Numbers::Known { count: 0, blocked: 0 })),
            _ => (None, Vec::new(), Some(Numbers::Unknown("list numbers: refused <403>".to_owned()))),
        };
        let top_up =
            (account.auth_id == "MA_1").then(|| crate::ledger::TopUp { at: at("2026-05-11T05:00:00Z"), amount: 5000.into() });
        Card { account, subject, runway: None, top_up, alerts, spent_today, own_levels, numbers }.text(&reader())
    });
    let contacts = [
        contact(&snapshot.answers.customers[0], Some("asha@example.com"), Some("+91 98765 43210")),
        contact(&snapshot.answers.customers[0], Some(" "), None),
    ];
    let texts =
        cards.chain(contacts).chain([several(12, "sharma"), several(2, "<b>"), no_customer("MA_<X>")]).collect::<Vec<_>>();
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn customers_are_listed_by_time_to_empty_each_with_a_button() {
    let full = serde_json::json!({"name": "A very long name & Sons of Mumbai and Pune", "billing_mode": "postpaid"});
    let accounts = vec![row(1, Some("412"), &serde_json::json!({})), row(2, Some("-9"), &full), row(3, None, &full)];
    let snapshot = looks(vec![accounts]);
    let page = |wallets: &[crate::snapshot::WalletAhead], page| {
        let (text, buttons) = customers(&snapshot, wallets, "/customers sharma", page, &reader());
        let buttons = buttons.concat().into_iter().map(|button| format!("[{} → {}]", button.text, button.command));
        format!("{text}\n{}", buttons.collect::<Vec<_>>().join("\n"))
    };
    let wallets = snapshot.by_time_to_empty();
    let many: Vec<_> = wallets.iter().cycle().take(20).cloned().collect();
    assert_snapshot!([page(wallets, 1), page(&many, 3), page(&[], 1)].join("\n---\n"));
}

#[test]
fn buttons_show_what_they_lead_to_and_a_text_says_when_its_figures_were_read() {
    let buttons = [
        reports(Some("/analytics 7d")),
        reports(None),
        summary_buttons(),
        pages("/low", 1, 1),
        again("/low #2"),
        choices([("Sharma".to_owned(), "/customer MA_1".to_owned())].into_iter()),
    ]
    .map(|rows| {
        rows.concat().into_iter().map(|button| format!("[{} → {}]", button.text, button.command)).collect::<Vec<_>>().join(" ")
    });
    assert_snapshot!(format!("{}\n{}", dated("<b>All well</b>", reader().now, &reader()), buttons.join("\n")));
}

fn data(snapshot: Snapshot) -> SummaryData {
    SummaryData {
        last_day: "2026-04-16".parse().unwrap(),
        report: Ok(Arc::new(report("dashboard"))),
        snapshot: Arc::new(snapshot),
        own_balance: Ok(Some("23906.83000".parse().unwrap())),
        morning: at("2026-05-13T03:30:00Z"),
        books: None,
        spenders: None,
        night: None,
        acts: Vec::new(),
    }
}

#[test]
fn a_summary_says_what_is_low_how_yesterday_was_and_where_the_money_is() {
    let low = looks(vec![rows(&[Some("90"), Some("90"), Some("1500"), Some("1500"), Some("1500"), Some("1500"), Some("1500")])]);
    let lost = looks(vec![rows(&[Some("90"), Some("1500")]), rows(&[None, Some("1500")])]);
    let fine = looks(vec![rows(&[Some("9000")])]);
    let unread = looks(vec![rows(&[Some("9000"), None])]);
    let texts = [
        summary(&data(low), None, &reader()),
        summary(&data(lost), None, &reader()),
        summary(&data(fine), Some(at("2026-05-12T01:30:00Z")), &reader()),
        summary(&SummaryData { own_balance: Ok(None), last_day: "2026-04-17".parse().unwrap(), ..data(unread) }, None, &reader()),
    ];
    assert_snapshot!(texts.join("\n---\n"));
}

/// All that a summary can hold.
fn full(snapshot: Snapshot) -> SummaryData {
    let by = |name: &str| crate::people::Person { id: 7, name: name.to_owned() };
    let act = |action: &str, subject: &str, name: &str| crate::store::Entry {
        at: at("2026-05-11T21:25:00Z"),
        by: by(name),
        action: action.to_owned(),
        subject: subject.to_owned(),
        before: None,
        after: None,
    };
    let spender = |number: usize, cost: &str| Spender {
        auth_id: format!("MA_{number}"),
        name: Some(format!("Sharma & Sons {number}")),
        cost: cost.parse().unwrap(),
        currency: Some("INR".into()),
    };
    let now = vec![spender(1, "900.50"), spender(2, "400"), spender(3, "90"), spender(4, "0")];
    let before = vec![spender(1, "1000"), spender(2, "100"), spender(3, "20")];
    SummaryData {
        books: Some(Books {
            currency: Some("INR".into()),
            opening: 250_000.into(),
            closing: 253_500.into(),
            top_ups: Some(5000.into()),
            others: Some((-200).into()),
            spend: Some("1390.50".parse().unwrap()),
        }),
        spenders: Some(Spenders { now, before: Some(before) }),
        night: Some(Night { since: at("2026-05-11T13:30:00Z"), critical: 2, warning: 0, resolved: 1 }),
        acts: vec![act("take", "MA_1", "Asha <b>"), act("snooze", "MA_9", "Meera")],
        ..data(snapshot)
    }
}

#[test]
fn a_full_summary_names_the_night_the_spenders_and_what_does_not_add_up() {
    let texts = [
        summary(&full(looks(vec![rows(&[Some("90"), Some("9000")])])), None, &reader()),
        summary(
            &SummaryData {
                books: Some(Books {
                    currency: None,
                    opening: 100.into(),
                    closing: 40.into(),
                    top_ups: Some(Decimal::ZERO),
                    others: Some(Decimal::ZERO),
                    spend: None,
                }),
                spenders: Some(Spenders { now: Vec::new(), before: None }),
                night: Some(Night { since: at("2026-05-11T13:30:00Z"), critical: 0, warning: 0, resolved: 0 }),
                last_day: "2026-04-17".parse().unwrap(),
                ..data(looks(vec![rows(&[Some("9000")])]))
            },
            None,
            &reader(),
        ),
    ];
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn a_summary_of_a_week_or_a_month_says_what_is_missing() {
    let week = Period { from: "2026-04-13".parse().unwrap(), to: "2026-04-19".parse().unwrap(), zone: chrono_tz::Asia::Kolkata };
    let night = Night { since: at("2026-04-12T18:30:00Z"), critical: 1, warning: 2, resolved: 3 };
    let closed = |ledger: Extent, extent: Extent, rows: &str| {
        let mut sources = Sources::new(week, at("2026-04-20T03:30:00Z"));
        let detail = if extent == Extent::Whole { "" } else { "list call records: 403, not allowed" }.to_owned();
        for (source, extent, detail) in [(Source::Ledger, ledger, String::new()), (Source::CallRecords, extent, detail)] {
            sources.coverage.push(Coverage { source, extent, rows: 1, from: None, to: None, detail });
        }
        sources.add_ledger(&serde_json::from_str::<Vec<_>>(rows).unwrap());
        Arc::new(Month::close(&sources).unwrap())
    };
    let rent = r#"{"id":"1","account_id":"MA_X","type":"debit","amount":"400","currency":"INR","reference":"did:+9180",
        "processed_at":"2026-04-14T00:00:00Z"}"#;
    let call = r#"{"id":"2","account_id":"MA_X","type":"debit","amount":"1100.50","currency":"INR","reference":"cdr:7",
        "processed_at":"2026-04-14T00:00:00Z"}"#;
    let data = || PeriodData {
        period: week,
        closed: Ok(closed(Extent::Whole, Extent::Whole, &format!("[{rent}]"))),
        report: Ok(Arc::new(report("analytics"))),
        before: Ok(Arc::new(report("analytics"))),
        spenders: full(looks(vec![rows(&[Some("9000")])])).spenders.unwrap().now,
        night,
    };
    let refused = || vobiz_core::PartnerClient::builder("", String::new()).build().unwrap_err();
    let april = Period::month("2026-04", chrono_tz::Asia::Kolkata).unwrap();
    let texts = [
        data(),
        PeriodData { closed: Ok(closed(Extent::Whole, Extent::Whole, &format!("[{rent},{call}]"))), ..data() },
        PeriodData { closed: Ok(closed(Extent::Whole, Extent::Nothing, &format!("[{rent},{call}]"))), period: april, ..data() },
        PeriodData { closed: Ok(closed(Extent::Nothing, Extent::Whole, "[]")), ..data() },
        PeriodData { closed: Err(NotClosed::TooLong(std::time::Duration::from_mins(30))), ..data() },
        PeriodData { period: april, closed: Err(NotClosed::Failed(refused())), report: Err(refused()), ..data() },
    ];
    let late = |place: usize| (place == 5).then_some(reader().now);
    let texts: Vec<_> = texts.iter().enumerate().map(|(place, data)| period(data, late(place), &reader())).collect();
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn a_summary_of_pending_alerts_or_of_old_readings_does_not_say_fine() {
    let first_poll = |at, balance| {
        let mut memory = Memory::new(Business::default(), Vec::new(), State::default());
        memory.judge(&Policy::default(), answers(at, rows(&[Some(balance), Some("9000")])))
    };
    let now = reader().now;
    let pending = summary(&data(first_poll(now, "40")), None, &reader());
    assert!(pending.starts_with("🟠 <b>1 wallet is past a level</b>, an alert is pending"), "{pending}");
    let old = summary(&data(first_poll(now - TimeDelta::hours(3), "9000")), None, &reader());
    assert!(old.starts_with("⚪ <b>Wallets not read since "), "{old}");
    for text in [pending, old] {
        assert!(!text.contains("Fine"), "{text}");
    }
}

#[test]
fn a_summary_fits_under_its_picture_even_with_the_longest_names() {
    let long = serde_json::json!({"name": "&".repeat(200)});
    let low = || looks(vec![(1..=50).map(|number| row(number, Some("1"), &long)).collect()]);
    for data in [data(low()), full(low())] {
        let text = summary(&data, Some(reader().now), &reader());
        assert!(plain(&text).encode_utf16().count() <= 1024, "{}", plain(&text).len());
        assert!(text.contains("Your own wallet") && text.contains("Late: "), "what matters stays: {text}");
    }
}

#[test]
fn a_text_of_any_length_is_cut_into_messages_that_hold_all_of_it() {
    let short: Vec<_> = (0..400).map(|number| "a😀<&".repeat(number % 9)).collect();
    let long = |length: usize| "😀&b".repeat(length);
    for lines in
        [short.clone(), vec![long(1)], vec![long(2000)], vec![long(300), long(1400), long(1)], [short, vec![long(900)]].concat()]
    {
        let shown = lines.join("\n");
        let html = lines.iter().map(|line| format!("<b>{}</b>", escape(line))).collect::<Vec<_>>().join("\n");
        for (parts, first) in [(split(&html), LONGEST_MESSAGE), (split_caption(&html), LONGEST_CAPTION)] {
            for (place, part) in parts.iter().enumerate() {
                let longest = if place == 0 { first } else { LONGEST_MESSAGE };
                assert!(plain(part).encode_utf16().count() <= longest, "part {place} of {}", parts.len());
                assert_eq!(part.matches("<b>").count(), part.matches("</b>").count());
            }
            let whole: String = parts.iter().map(|part| plain(part)).collect();
            assert_eq!(whole.replace('\n', ""), shown.replace('\n', ""));
        }
    }
}

#[test]
fn any_instant_is_shown() {
    for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        for zone in [chrono_tz::Asia::Kolkata, chrono_tz::Pacific::Apia, chrono_tz::America::St_Johns] {
            assert!(!Reader { zone, ..reader() }.at(instant).is_empty());
        }
    }
}

#[test]
fn a_board_fits_a_message_however_many_customers_with_whatever_names_need_someone() {
    let name = |letter: &str| letter.repeat(200);
    let names = [name("<b>&"), name("شركة"), name("🚚"), "\u{202e}\n🟢 fine".to_owned(), String::new()];
    let customers =
        (0..10_000).map(|number| row(number, Some("12.34"), &serde_json::json!({"name": names[number % names.len()]})));
    let snapshot = looks(vec![customers.collect()]);
    let done = |_: &vobiz_core::alert::Transition| Some(format!("taken by {} at 02:55", name("<i>")));
    for page in [1, 500, 999_999] {
        let (text, buttons, page) = board(&snapshot, &vobiz_core::alert::Wants::default(), &done, page, &reader());
        let shown = plain(&dated(&text, snapshot.at, &reader()));
        assert!(shown.encode_utf16().count() <= LONGEST_MESSAGE && text.len() < 16_000, "{page}: {}", shown.len());
        assert!(shown.lines().count() <= 15, "no name adds a line: {shown}");
        assert!(page <= 1_000 && buttons.concat().iter().any(|button| button.text.contains("of 1000")), "{page}: {buttons:?}");
    }
}
