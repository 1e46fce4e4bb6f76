//! `run`, `check`, `/low` and `/summary` agree on the same input, for every metric.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Bot, Home, PRIVATE, ask, fill, texts, until_texts, world};
use chrono::{TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sqlx::Connection as _;
use vobiz_core::alert::{Metric, Observation, Subject};
use vobiz_core::forecast::{Business, Forecaster, Profile};
use vobiz_sandbox::{Fault, Sandbox};

/// What an hour costs the customer whose course is known.
const HOURLY: i64 = 60;

/// How a rule on a metric is brought to each outcome.
struct Case {
    metric: Metric,
    /// The rule's level, where it fires, and where it does not.
    fires: &'static str,
    quiet: &'static str,
    /// The call without which the rule has no data.
    source: &'static str,
    /// How messages name what the alert is on; a customer is named by its id.
    named: Option<&'static str>,
}

/// The case of a metric: a new one does not compile until it has one.
fn case(metric: Metric) -> Case {
    let (fires, quiet, source, named) = match metric {
        Metric::CustomerBalance => ("below = { critical = 500 }", "below = { critical = 100 }", "/accounts", None),
        Metric::CustomerRunway => ("below = { critical = \"24h\" }", "below = { critical = \"1m\" }", "/accounts", None),
        Metric::CustomerBurn => ("above = { critical = \"0.1\" }", "above = { critical = 90 }", "/accounts", None),
        Metric::PartnerBalance => ("below = { critical = 2000 }", "below = { critical = 10 }", "/me", Some("Your own wallet")),
        Metric::PartnerCoverage => {
            ("below = { critical = \"3d\" }", "below = { critical = \"0.01\" }", "/me", Some("Your own wallet"))
        }
        Metric::FleetBalance => {
            ("below = { critical = 9000000 }", "below = { critical = 10 }", "/accounts", Some("All customer wallets"))
        }
        Metric::CallsAnswerRate => {
            ("below = { critical = \"90%\" }", "below = { critical = \"1%\" }", "/analytics", Some("Calls of"))
        }
        Metric::CallsCost => ("above = { critical = 1 }", "above = { critical = 9000000 }", "/analytics", Some("Calls of")),
        Metric::CallsVolume => ("below = { critical = 9000000 }", "below = { critical = 1 }", "/analytics", Some("Calls of")),
        Metric::DataAge => {
            ("above = { critical = \"30m\" }", "above = { critical = \"9d\" }", "/accounts", Some("The customer list"))
        }
        other => panic!("{other} has no case here"),
    };
    Case { metric, fires, quiet, source, named }
}

/// A sandbox and a home of a bot with one rule, the course of one wallet known, and the partner's wallet nearly empty.
struct Scene {
    sandbox: Sandbox,
    home: Home,
    customer: String,
}

impl Scene {
    async fn new(metric: Metric, level: &str) -> Self {
        let sandbox = world(4).await;
        let watched = fill(&sandbox).await;
        let customer = watched.first().expect("a customer that rules watch").id.to_string();
        sandbox.set_wallet(&customer, Decimal::from(412)).expect("a wallet can be set");
        let partner = sandbox.auth_id().to_owned();
        sandbox.set_wallet(&partner, Decimal::from(1_500)).expect("the partner's wallet can be set");
        let rules = ["runway", "low balance", "partner wallet", "unread wallets"]
            .map(|name| format!("[[rules]]\nname = \"{name}\"\nenabled = false\n"))
            .concat();
        let only = if metric.is_of_customer() { format!("customers = [\"{customer}\"]\n") } else { String::new() };
        let rule = format!("[[rules]]\nname = \"the rule\"\nmetric = \"{metric}\"\n{level}\n{only}");
        let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n{rules}{rule}"));
        // The first start creates the database.
        assert!(home.start().terminate().success());
        let scene = Self { sandbox, home, customer };
        scene.remember(metric).await;
        scene
    }

    /// Puts into the database what a bot that ran for nine days would have there, and when it last read the customers.
    async fn remember(&self, metric: Metric) {
        let mut database = self.home.database().await;
        let profile = postcard::to_allocvec(&course(&self.customer)).expect("a profile can be written");
        let insert = "INSERT OR REPLACE INTO profiles (subject, profile, kept_at, version) VALUES ($1, $2, 0, $3)";
        let insert = sqlx::query(insert).bind(&self.customer).bind(profile).bind(i64::from(Profile::VERSION));
        insert.execute(&mut database).await.expect("the database can be written");
        if metric == Metric::DataAge {
            let health = json!({"read_at": Utc::now() - TimeDelta::hours(2)}).to_string();
            let update = sqlx::query("INSERT OR REPLACE INTO facts (name, value) VALUES ('data_health', $1)").bind(health);
            assert_eq!(update.execute(&mut database).await.expect("the database can be written").rows_affected(), 1);
        }
        sqlx::query("DELETE FROM alerts").execute(&mut database).await.expect("the database can be written");
        database.close().await.expect("it can be closed");
    }

    /// From now on a call is refused.
    fn refuse(&self, path: &str) {
        self.sandbox.faults().add(Fault { path: Some(path.into()), status: Some(403), ..Fault::default() });
    }

    fn run(&self) -> Bot {
        self.home.begin()
    }

    /// What `check` prints, with its exit status.
    fn check(&self) -> (i32, Value) {
        let output = self.home.output(&["check", "--json", "--config", "bot.toml"]);
        let printed = String::from_utf8_lossy(&output.stdout);
        let value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
        (output.status.code().expect("an exit status"), value)
    }

    /// What `/low` and `/summary` answer.
    fn answers(&self) -> [String; 2] {
        ["/low", "/summary"].map(|command| ask(&self.sandbox, command).plain)
    }
}

/// The profile of a wallet that spent the same in each hour of the last nine days, and has ₹412 now.
fn course(customer: &str) -> Profile {
    let mut forecaster = Forecaster::new(Business::default());
    let hours = 9 * 24;
    for hour in 0..=hours {
        let left = hours - hour;
        let balance = Decimal::from(412 + HOURLY * left);
        let wallet = Subject::new(customer, "").with_balance(balance).with_currency("INR");
        forecaster.observe(&Observation::complete(Utc::now() - TimeDelta::hours(left) - TimeDelta::minutes(5), vec![wallet]));
    }
    forecaster.profile(customer).expect("it was observed").clone()
}

/// Whether a line says that this fires.
fn line<'a>(text: &'a str, named: &str) -> Option<&'a str> {
    text.lines().find(|line| line.starts_with('🔴') && line.contains(named))
}

#[tokio::test]
async fn all_name_what_fires_for_every_metric() {
    for case in Metric::ALL.map(case) {
        let scene = Scene::new(case.metric, case.fires).await;
        if case.metric == Metric::DataAge {
            scene.refuse(case.source);
        }
        let _bot = scene.run();
        let (metric, named) = (case.metric, case.named.unwrap_or(&scene.customer));
        until_texts(&format!("the alert on {metric}"), &scene.sandbox, PRIVATE, |texts| {
            texts.iter().any(|text| text.starts_with('🔴') && text.contains(named))
        });
        let (status, found) = scene.check();
        let firing: Vec<_> = found["alerts"].as_array().into_iter().flatten().collect();
        assert!(status == 2, "{metric}: {found:#}");
        if metric != Metric::DataAge {
            assert_eq!((firing.len(), &firing[0]["rule"], &firing[0]["level"]), (1, &json!("the rule"), &json!("critical")));
        }
        for text in scene.answers() {
            assert!(line(&text, named).is_some() && !text.contains('🟢'), "{metric}: {text}");
        }
    }
}

#[tokio::test]
async fn all_call_it_fine_where_nothing_fires_for_every_metric() {
    for case in Metric::ALL.map(case) {
        let scene = Scene::new(case.metric, case.quiet).await;
        // No wallet is under the amount that `/low` lists by.
        scene.sandbox.set_wallet(&scene.customer, Decimal::from(40_000)).expect("a wallet can be set");
        let before = texts(&scene.sandbox, PRIVATE).len();
        let _bot = scene.run();
        let (status, found) = scene.check();
        assert_eq!((status, &found["alerts"]), (0, &json!([])), "{}: {found:#}", case.metric);
        for text in scene.answers() {
            assert!(text.starts_with("🟢 Fine"), "{}: {text}", case.metric);
        }
        assert_eq!(texts(&scene.sandbox, PRIVATE).len(), before + 2, "{}: nothing but the answers", case.metric);
    }
}

#[tokio::test]
async fn none_calls_it_fine_where_a_metric_cannot_be_read() {
    for case in Metric::ALL.map(case) {
        let scene = Scene::new(case.metric, case.quiet).await;
        scene.refuse(case.source);
        let _bot = scene.run();
        let (status, found) = scene.check();
        assert_eq!(status, 3, "{}: {found:#}", case.metric);
        for text in scene.answers() {
            assert!(!text.contains('🟢') && !text.contains("Fine"), "{}: {text}", case.metric);
        }
    }
}

#[tokio::test]
async fn a_balance_between_its_level_and_recovery_still_fires_everywhere() {
    let scene = Scene::new(Metric::CustomerBalance, "below = { critical = 500 }\nrecover = 50").await;
    let _bot = scene.run();
    until_texts("the alert", &scene.sandbox, PRIVATE, |texts| texts.iter().any(|text| text.starts_with('🔴')));
    scene.sandbox.set_wallet(&scene.customer, Decimal::from(530)).expect("a wallet can be set");
    until_texts("the new balance", &scene.sandbox, PRIVATE, |_| {
        line(&ask(&scene.sandbox, "/low").plain, &scene.customer).is_some_and(|line| line.contains("530"))
    });
    let (status, found) = scene.check();
    assert_eq!((status, &found["alerts"][0]["subject"]), (2, &json!(scene.customer)), "{found:#}");
    assert!(line(&ask(&scene.sandbox, "/summary").plain, &scene.customer).is_some());
}
