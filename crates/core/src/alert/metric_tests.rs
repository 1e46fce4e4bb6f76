//! Figures other than what is in a wallet: a case for each branch of reading them, and of rules from above.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::*;
use crate::forecast::{Business, Forecaster, Forecasts};

fn at(polls: i64) -> DateTime<Utc> {
    crate::time::parse_instant("2026-05-12T03:30:00Z").unwrap() + TimeDelta::minutes(5 * polls)
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn levels(warning: &str, critical: &str) -> Levels {
    let level = |text: &str| (!text.is_empty()).then(|| decimal(text));
    Levels { warning: level(warning), critical: level(critical) }
}

fn draft(metric: Metric, warning: &str, critical: &str) -> RuleDraft {
    RuleDraft { hold: Hold::Polls(1), ..RuleDraft::new("rule", metric, levels(warning, critical)) }
}

fn policy(draft: RuleDraft) -> Policy {
    Policy::new(vec![draft.build().unwrap()]).unwrap()
}

fn customer(id: &str, balance: &str, currency: &str) -> Subject {
    Subject { balance: balance.parse().ok(), ..Subject::new(id, id).with_currency(currency) }
}

fn partner(balance: &str) -> Wallet {
    Wallet { balance: decimal(balance), currency: Some("INR".to_owned()) }
}

fn unread() -> Unread {
    Unread { kind: "server", message: "list accounts: failed (HTTP 502)".to_owned() }
}

/// Every poll, five minutes after the one before, and what is changes in it: change, severity, whom, reason.
fn life(policy: &Policy, polls: Vec<Observation>) -> Vec<Vec<String>> {
    let (mut state, mut changes) = (State::default(), Vec::new());
    for (poll, seen) in (0..).zip(polls) {
        let seen = Observation { at: at(poll), ..seen };
        let evaluation = evaluate(policy, &seen, &Forecasts::none(), &state, at(poll));
        let words = |changes: &Transition| {
            format!("{:?} {} {}: {}", changes.change, changes.severity, changes.subject.id, changes.reason())
        };
        changes.push(evaluation.transitions.iter().map(words).collect());
        state = evaluation.state;
    }
    changes
}

fn nothing() -> Observation {
    Observation::complete(at(0), Vec::new())
}

#[test]
fn the_partners_wallet_is_judged_and_what_is_not_read_decides_nothing() {
    let poll = |partner| Observation { partner, ..nothing() };
    let read = |balance| Some(Ok(partner(balance)));
    let changes = life(
        &policy(draft(Metric::PartnerBalance, "5000", "1000")),
        vec![poll(read("4999.5")), poll(None), poll(Some(Err(unread()))), poll(read("999")), poll(read("6000"))],
    );
    let seen = Observation { partner: read("1"), ..nothing() };
    let first = evaluate(&policy(draft(Metric::PartnerBalance, "5", "")), &seen, &Forecasts::none(), &State::default(), at(0));
    let whom = &first.transitions[0].subject;
    assert_eq!((whom.name.as_deref(), whom.currency.as_deref(), whom.balance), (None, Some("INR"), Some(Decimal::ONE)));
    assert_eq!(
        changes,
        [
            vec!["Fire warning partner: 4999.5 is under the warning level of 5000, seen in 1 poll"],
            vec![],
            vec![],
            vec!["Escalate critical partner: 999 is under the critical level of 1000, seen in 1 poll"],
            vec!["Resolve critical partner: 6000 is above 5500, where the alert ends"],
        ]
    );
}

#[test]
fn a_failed_list_of_customers_does_not_keep_the_partners_wallet_from_being_judged() {
    let seen = Observation { partner: Some(Ok(partner("1"))), ..Observation::failed(at(0), unread()) };
    let changes = life(&policy(draft(Metric::PartnerBalance, "", "1000")), vec![seen]);
    assert_eq!(changes, [["Fire critical partner: 1 is under the critical level of 1000, seen in 1 poll"]]);
}

#[test]
fn the_fleet_is_summed_for_each_currency_over_those_watched_and_unknown_where_one_is() {
    let fleet = |third: &str| {
        let postpaid = Subject { is_prepaid: false, ..customer("MA_P", "-90000", "INR") };
        Observation::complete(
            at(0),
            vec![customer("MA_1", "600", "INR"), customer("MA_2", "300.50", "INR"), customer("MA_3", third, "USD"), postpaid],
        )
    };
    let changes = life(&policy(draft(Metric::FleetBalance, "1000", "")), vec![fleet("50"), fleet("unread"), fleet("5000")]);
    assert_eq!(
        changes,
        [
            vec![
                "Fire warning fleet:INR: 900.50 is under the warning level of 1000, seen in 1 poll".replace(".50", ".5"),
                "Fire warning fleet:USD: 50 is under the warning level of 1000, seen in 1 poll".to_owned(),
            ],
            vec![],
            vec!["Resolve warning fleet:USD: 5000 is above 1100, where the alert ends".to_owned()],
        ]
    );
}

#[test]
fn the_calls_of_a_day_are_judged_where_there_are_enough() {
    let day = NaiveDate::from_ymd_opt(2026, 5, 11).unwrap();
    let of = |calls, answered, cost: &str| Observation {
        calls: Some(Ok(CallDay { day, calls, answered, cost: cost.parse().ok(), currency: Some("INR".into()) })),
        ..nothing()
    };
    let polls = || {
        vec![
            of(Some(49), Some(0), "10"),
            of(Some(50), Some(29), "90000.5"),
            of(None, Some(29), ""),
            of(Some(1000), Some(660), "10"),
            Observation { calls: Some(Err(unread())), ..nothing() },
        ]
    };
    assert_eq!(
        life(&policy(draft(Metric::CallsAnswerRate, "60", "")), polls()),
        [
            vec![],
            vec!["Fire warning calls: 58 % is under the warning level of 60 %, seen in 1 poll; on 2026-05-11"],
            vec![],
            vec!["Resolve warning calls: 66 % has reached 66 %, where the alert ends; on 2026-05-11"],
            vec![],
        ]
    );
    let few = RuleDraft { min_calls: 10, ..draft(Metric::CallsAnswerRate, "60", "") };
    assert_eq!(life(&policy(few), polls())[0].len(), 1, "a rule may ask for fewer calls");
    assert_eq!(
        life(&policy(draft(Metric::CallsCost, "50000", "")), polls())[1],
        ["Fire warning calls: 90000.5 is above the warning level of 50000, seen in 1 poll; on 2026-05-11"]
    );
    assert_eq!(
        life(&policy(draft(Metric::CallsVolume, "", "50")), polls()).concat(),
        [
            "Fire critical calls: 49 calls is under the critical level of 50 calls, seen in 1 poll; on 2026-05-11",
            "Resolve critical calls: 1000 calls is above 55 calls, where the alert ends; on 2026-05-11",
        ]
    );
}

#[test]
fn data_ages_while_the_service_fails_and_is_fresh_when_it_answers() {
    let policy = policy(draft(Metric::DataAge, "0.25", "0.5"));
    let failed = || Observation::failed(at(0), unread());
    let mut polls = vec![nothing()];
    polls.extend((0..8).map(|_| failed()));
    polls.push(nothing());
    let changes = life(&policy, polls);
    let sent: Vec<_> = (0..).zip(&changes).filter(|(_, changes)| !changes.is_empty()).collect();
    assert_eq!(
        sent,
        [
            (4, &vec!["Fire warning data: 20 min is above the warning level of 15 min, seen in 1 poll; list accounts: failed (HTTP 502)".to_owned()]),
            (7, &vec!["Escalate critical data: 35 min is above the critical level of 30 min, seen in 1 poll; list accounts: failed (HTTP 502)".to_owned()]),
            (9, &vec!["Resolve critical data: 0 s is under 14 min, where the alert ends".to_owned()]),
        ]
    );
    let lost = evaluate(&policy, &failed(), &Forecasts::none(), &State::default(), at(0)).state;
    assert_eq!(evaluate(&policy, &failed(), &Forecasts::none(), &lost, at(1)).data_health, None, "the rule reports it, once");
}

#[test]
fn what_cannot_be_judged_is_reported_by_rule_and_subject() {
    let rules = [
        ("own", Metric::PartnerBalance),
        ("calls", Metric::CallsVolume),
        ("runway", Metric::CustomerRunway),
        ("balance", Metric::CustomerBalance),
        ("fleet", Metric::FleetBalance),
    ];
    let rules = rules.map(|(name, metric)| RuleDraft { name: name.into(), ..draft(metric, "5", "") }.build().unwrap());
    let policy = Policy::new(rules.into()).unwrap();
    let seen = Observation::complete(at(0), vec![customer("MA_1", "9", "INR"), customer("MA_2", "unread", "USD")]);
    let no_data = evaluate(&policy, &seen, &Forecasts::none(), &State::default(), at(0)).no_data;
    let sent: Vec<_> = no_data.iter().map(|one| format!("{} {}: {}", one.rule, one.subject, one.reason)).collect();
    assert_eq!(
        sent,
        [
            "own partner: the figure is not reported",
            "calls calls: the figure is not reported",
            "fleet fleet:USD: the balance was not sent",
            "runway MA_1: there is no forecast: the wallet's history is too short, or nothing was spent in it",
            "runway MA_2: the balance was not sent",
            "balance MA_2: the balance was not sent",
        ]
    );
}

#[test]
fn one_wallet_that_is_not_read_ages_while_others_are_read() {
    let policy = policy(draft(Metric::DataAge, "0.25", ""));
    let poll = |balance: &str| Observation::complete(at(0), vec![customer("MA_1", balance, "INR"), customer("MA_2", "5", "INR")]);
    let mut polls: Vec<_> = (0..5).map(|_| poll("unread")).collect();
    polls.push(Observation::failed(at(0), unread()));
    polls.push(poll("7"));
    assert_eq!(
        life(&policy, polls),
        [
            vec![],
            vec![],
            vec![],
            vec![],
            vec!["Fire warning MA_1: 20 min is above the warning level of 15 min, seen in 1 poll"],
            vec![],
            vec!["Resolve warning MA_1: 0 s is under 14 min, where the alert ends; 7 left"],
        ]
    );
}

#[test]
fn single_customers_have_levels_of_their_own_and_editing_one_leaves_the_others_alone() {
    let with = |own: Option<&str>| {
        let overrides = own.map(|level| ("MA_2".to_owned(), levels(level, ""))).into_iter().collect();
        policy(RuleDraft { overrides, ..draft(Metric::CustomerBalance, "2000", "500") })
    };
    let seen = || Observation::complete(at(0), vec![customer("MA_1", "1500", "INR"), customer("MA_2", "1500", "INR")]);
    let first = evaluate(&with(Some("1000")), &seen(), &Forecasts::none(), &State::default(), at(0));
    assert_eq!(
        first.transitions.iter().map(|changes| changes.subject.customer().unwrap_or_default()).collect::<Vec<_>>(),
        ["MA_1"]
    );
    let then = evaluate(&with(Some("1600")), &seen(), &Forecasts::none(), &first.state, at(1));
    let changes: Vec<_> =
        then.transitions.iter().map(|changes| (changes.subject.customer().unwrap_or_default(), changes.level)).collect();
    assert_eq!(changes, [("MA_2", decimal("1600"))]);
}

#[test]
fn a_wallet_whose_currency_changed_starts_fresh() {
    let policy = policy(RuleDraft { hold: Hold::Polls(2), ..draft(Metric::CustomerBalance, "2000", "") });
    let poll = |currency: &str| Observation::complete(at(0), vec![customer("MA_1", "1500", currency)]);
    let changes = life(&policy, vec![poll("INR"), poll("INR"), poll("USD"), poll("USD")]);
    assert_eq!(changes.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0, 1]);
}

#[test]
fn a_customer_listed_twice_counts_once_with_the_lesser_balance() {
    let policy = policy(RuleDraft { hold: Hold::Polls(2), ..draft(Metric::CustomerBalance, "2000", "") });
    let twice = |first: &str, second: &str| {
        Observation::complete(at(0), vec![customer("MA_1", first, "INR"), customer("MA_1", second, "INR")])
    };
    for (first, second) in [("1500", "9000"), ("9000", "1500"), ("1500", "unread"), ("unread", "1500")] {
        let changes = life(&policy, vec![twice(first, second), twice(first, second)]);
        assert_eq!(changes.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1], "{first} {second}");
    }
}

#[test]
fn a_clock_that_was_set_back_counts_polls_and_begins_spans_anew() {
    let held = |hold| policy(RuleDraft { hold, ..draft(Metric::CustomerBalance, "2000", "") });
    let low = |poll| Observation::complete(at(poll), vec![customer("MA_1", "1500", "INR")]);
    for (hold, polls, expected) in [
        (Hold::Polls(2), vec![0, -100], vec![0, 1]),
        (Hold::For(std::time::Duration::from_mins(10)), vec![0, -100, -99, -98], vec![0, 0, 0, 1]),
        (Hold::For(std::time::Duration::from_mins(10)), vec![0, 1000], vec![0, 1]),
    ] {
        let (policy, mut state) = (held(hold), State::default());
        let changes = polls.iter().map(|poll| {
            let evaluation = evaluate(&policy, &low(*poll), &Forecasts::none(), &state, at(*poll));
            state = evaluation.state;
            evaluation.transitions.len()
        });
        assert_eq!(changes.collect::<Vec<_>>(), expected, "{hold:?} {polls:?}");
    }
}

#[test]
fn a_clock_that_was_years_ahead_does_not_silence_what_fires() {
    let policy = policy(RuleDraft { repeat: Some(Repeat::default()), ..draft(Metric::CustomerBalance, "", "2000") });
    let low = |poll| Observation::complete(at(poll), vec![customer("MA_1", "1500", "INR")]);
    let ahead = evaluate(&policy, &low(1_000_000), &Forecasts::none(), &State::default(), at(1_000_000));
    let (mut state, mut repeats) = (ahead.state, Vec::new());
    for poll in 0..100 {
        let evaluation = evaluate(&policy, &low(poll), &Forecasts::none(), &state, at(poll));
        repeats.extend(evaluation.transitions.iter().map(|changes| (poll, changes.change)));
        state = evaluation.state;
    }
    assert_eq!(repeats, [(48, Change::Repeat), (96, Change::Repeat)]);
}

/// Three customers who spend ₹60 an hour each, known for ten days.
fn three() -> (Forecaster, Vec<Subject>, i64) {
    let (mut forecaster, polls) = (Forecaster::new(Business::default()), 10 * 288);
    let customers = |poll: i64| -> Vec<Subject> {
        (1..=3).map(|number| customer(&format!("MA_{number}"), &(20_000 - 5 * poll).to_string(), "INR")).collect()
    };
    for poll in 0..polls {
        forecaster.observe(&Observation::complete(at(poll), customers(poll)));
    }
    (forecaster, customers(polls - 1), polls)
}

#[test]
fn burn_far_from_normal_is_reported_and_what_it_empties_soonest_comes_first() {
    let (mut forecaster, mut customers, polls) = three();
    let policy = policy(draft(Metric::CustomerBurn, "3", "10"));
    let mut sent = Vec::new();
    let mut state = State::default();
    for poll in polls..polls + 4 {
        for (subject, spent) in customers.iter_mut().zip([100, 5, 40]) {
            subject.balance = subject.balance.map(|balance| balance - Decimal::from(spent));
        }
        let seen = Observation::complete(at(poll), customers.clone());
        forecaster.observe(&seen);
        let evaluation = evaluate(&policy, &seen, &forecaster.at(at(poll)), &state, at(poll));
        state = evaluation.state;
        sent.extend(evaluation.transitions);
    }
    let whom: Vec<_> =
        sent.iter().map(|changes| (changes.change, changes.severity, changes.subject.customer().unwrap_or_default())).collect();
    assert_eq!(whom, [(Change::Fire, Severity::Critical, "MA_1"), (Change::Fire, Severity::Warning, "MA_3")]);
    assert!(sent[0].hours_left() < sent[1].hours_left());
    assert!(sent[0].basis.burn.is_some_and(|burn| burn.ratio > 10.0));
    let now = at(polls + 4);
    let runway = Policy::default();
    let seen = Observation::complete(now, vec![Subject { balance: Some(1.into()), ..customers[0].clone() }]);
    let first = evaluate(&runway, &seen, &forecaster.at(now), &State::default(), now).state;
    let changes = evaluate(&runway, &seen, &forecaster.at(now), &first, now).transitions;
    assert!(changes[0].basis.burn.is_none() && changes[0].runway().is_some(), "only a rule on burn is about burn");
    let reason = sent[0].reason();
    assert!(
        reason.contains("times the normal burn is above the critical level of 10 times") && reason.contains("left, burning"),
        "{reason}"
    );
}

#[test]
fn a_partners_wallet_that_does_not_cover_its_customers_inhibits_their_alerts() {
    let (forecaster, customers, polls) = three();
    let coverage = RuleDraft { name: "coverage".into(), ..draft(Metric::PartnerCoverage, "2", "1") };
    let low = RuleDraft { name: "low".into(), ..draft(Metric::CustomerBalance, "50000", "") };
    let policy = Policy::new(vec![low.build().unwrap(), coverage.build().unwrap()]).unwrap();
    // Three times ₹60 an hour are ₹4,320 a day.
    for (money, expected) in [("10000", None), ("6000", Some(Severity::Warning)), ("2000", Some(Severity::Critical))] {
        let seen = Observation { partner: Some(Ok(partner(money))), ..Observation::complete(at(polls), customers.clone()) };
        let evaluation = evaluate(&policy, &seen, &forecaster.at(at(polls)), &State::default(), at(polls));
        let of_partner = evaluation.transitions.iter().find(|changes| changes.metric == Metric::PartnerCoverage);
        assert_eq!(of_partner.map(|changes| changes.severity), expected, "{money}");
        let explained =
            evaluation.transitions.iter().filter(|changes| changes.inhibited_by.as_deref() == Some("coverage")).count();
        assert_eq!(explained, if expected == Some(Severity::Critical) { 3 } else { 0 }, "{money}");
        if let Some(changes) = of_partner {
            let reason = changes.reason();
            assert!(reason.contains("days is under") && reason.contains(" a day and will lack 0.00 when"), "{reason}");
        }
        let (sent, _) =
            notify(&ChatSettings::default(), &Evaluation { is_first: false, ..evaluation }, &Deferred::known(at(0)), at(polls));
        let dry = sent.iter().filter_map(|sent| match &sent.content {
            Content::Alerts { occasion: Occasion::DryPartner, transitions } => Some(transitions),
            _ => None,
        });
        let dry: Vec<_> = dry.collect();
        assert_eq!(dry.len(), usize::from(expected == Some(Severity::Critical)), "{money}");
        assert!(dry.iter().all(|sent| sent.len() == 4 && sent[0].subject.id == SubjectId::Partner));
    }
}

#[test]
fn customers_of_another_currency_are_not_the_partners_to_pay() {
    let (forecaster, mut customers, polls) = three();
    for subject in &mut customers[..2] {
        subject.currency = Some("USD".to_owned());
    }
    let seen = Observation { partner: Some(Ok(partner("2000"))), ..Observation::complete(at(polls), customers) };
    let policy = policy(draft(Metric::PartnerCoverage, "", "1"));
    assert_eq!(evaluate(&policy, &seen, &forecaster.at(at(polls)), &State::default(), at(polls)).transitions, []);
}

#[test]
fn rules_that_no_figure_can_meet_are_refused() {
    let from = |direction, draft| RuleDraft { direction, ..draft };
    for (draft, expected) in [
        (from(Direction::Below, draft(Metric::DataAge, "1", "")), "below cannot be for data.age; write above"),
        (from(Direction::Above, draft(Metric::CustomerRunway, "1", "")), "above cannot be for customer.runway; write below"),
        (from(Direction::Above, draft(Metric::CallsCost, "5", "3")), "above.critical (3) must be above warning (5)"),
        (
            RuleDraft { only_without_forecast: true, ..draft(Metric::FleetBalance, "5", "") },
            "only_without_forecast is for customer.balance alone, which can stand in for forecasts",
        ),
        (
            RuleDraft { overrides: [("MA_1".into(), levels("1", ""))].into(), ..draft(Metric::FleetBalance, "5", "") },
            "overrides are of customers, which fleet.balance is not",
        ),
        (
            RuleDraft { overrides: [("MA_1".into(), levels("1", ""))].into(), ..draft(Metric::CustomerBalance, "5", "3") },
            "overrides of MA_1 contradict the rule: below.critical (3) must be under warning (1)",
        ),
    ] {
        assert_eq!(draft.build().unwrap_err().to_string(), expected);
    }
}
