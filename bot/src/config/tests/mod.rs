//! Whole files, as a person writes them, and the errors of those that are wrong.

mod broken;
mod sample;

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveTime;
use secrecy::ExposeSecret as _;
use vobiz_core::alert::{ChatSettings, Hold, Levels, Metric, Recover, Repeat, RuleDraft, Scope, Severity, Wants};

use super::*;

/// Credentials and nothing else.
const BARE: &str = "[vobiz]\nauth_id = \"PA_X\"\nauth_token = \"T0K3N\"\n";

const FULL: &str = r#"[vobiz]
auth_id = "PA_X"
auth_token = "T0K3N"
base_url = "http://127.0.0.1:9/api/v1/partner"
requests_per_second = 20
concurrency = 6
ca_file = "company.pem"
[telegram]
token = "123:T0K3N"
api_url = "http://localhost:9"
ca_file = "/etc/telegram.pem"
[database]
url = "sqlite://data/bot.db"
[poll]
every = "1m30s"
[report]
zone = "UTC"
[[chats]]
id = -1001234567890
name = "Support"
thread = 17
zone = "Europe/Berlin"
daily_summary = "09:00"
customers = ["MA_X"]
names = ["Sharma*"]
severity = "critical"
[[chats]]
id = 7
[[rules]]
name = "low balance"
metric = "customer.balance"
below = { warning = "2000.50", critical = -500 }
for = "10m"
recover = "50"
repeat = { critical = "1h" }
include_postpaid = true
[[rules]]
name = "second"
metric = "customer.balance"
below = { warning = 10 }
for = 1
recover = "5 %"
"#;

fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, SettingsError> {
    let env: HashMap<_, _> = env.iter().copied().collect();
    let source = Source::new(Path::new("etc/vobiz-bot.toml"), text.as_bytes().to_vec())?;
    Config::read(Some(&source), &|name| env.get(name).map(|text| (*text).to_owned()))
}

fn refused(text: &str, env: &[(&str, &str)]) -> String {
    load(text, env).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn credentials_are_enough() {
    let config = load(BARE, &[]).unwrap();
    assert_eq!(config.vobiz.auth_id, "PA_X");
    assert_eq!(config.vobiz.auth_token.expose_secret(), "T0K3N");
    assert_eq!(config.vobiz.base_url, DEFAULT_BASE_URL);
    assert_eq!(config.database_url, "sqlite://etc/vobiz-bot.db");
    assert_eq!((config.poll_every, config.report_zone), (Duration::from_mins(5), Tz::Asia__Kolkata));
    assert_eq!((config.chats.len(), &config.policy), (0, &Policy::default()));
    assert!(config.telegram().unwrap_err().to_string().contains("TELEGRAM_TOKEN"));
}

#[test]
fn the_environment_alone_is_enough() {
    let env = |name: &str| match name {
        "VOBIZ_AUTH_ID" => Some("PA_X".to_owned()),
        "VOBIZ_AUTH_TOKEN" => Some("T0K3N".to_owned()),
        "TELEGRAM_TOKEN" => Some("7:T0K3N".to_owned()),
        _ => None,
    };
    let config = Config::load(None, &env).unwrap();
    assert_eq!(config.database_url, "sqlite://vobiz-bot.db");
    assert_eq!(config.telegram().unwrap().api_url.as_str(), "https://api.telegram.org/");
}

#[test]
fn every_setting_is_read() {
    let config = load(FULL, &[]).unwrap();
    let telegram = config.telegram().unwrap();
    assert_eq!((telegram.token.expose_secret(), telegram.api_url.as_str()), ("123:T0K3N", "http://localhost:9/"));
    assert_eq!(config.vobiz.base_url, "http://127.0.0.1:9/api/v1/partner");
    assert_eq!((config.vobiz.requests_per_second, config.vobiz.concurrency), (Some(20), Some(6)));
    assert_eq!(config.vobiz.ca_file.as_deref(), Some(Path::new("etc/company.pem")));
    assert_eq!(telegram.ca_file.as_deref(), Some(Path::new("/etc/telegram.pem")));
    assert_eq!(config.database_url, "sqlite://etc/data/bot.db");
    assert_eq!((config.poll_every, config.report_zone), (Duration::from_secs(90), Tz::UTC));
    let nine = NaiveTime::from_hms_opt(9, 0, 0);
    let plain = |id, zone| Chat::new(id, zone, Business::default());
    let wants = Wants { customers: ["MA_X".to_owned()].into(), names: ["Sharma*".to_owned()].into(), least: Severity::Critical };
    let group = plain(-1_001_234_567_890, Tz::Europe__Berlin);
    let settings = ChatSettings { wants, ..group.settings };
    let group = Chat { name: Some("Support".into()), thread: Some(17), daily_summary: nine, settings, ..group };
    assert_eq!(config.chats, [group, plain(7, Tz::Asia__Kolkata)]);
    let levels = Levels { warning: Some("2000.50".parse().unwrap()), critical: Some((-500).into()) };
    let first = RuleDraft {
        hold: Hold::For(Duration::from_mins(10)),
        recover: Recover::Amount(50.into()),
        repeat: Some(Repeat { critical: Some(Duration::from_hours(1)), ..Repeat::default() }),
        scope: Scope { postpaid: true, ..Scope::default() },
        ..RuleDraft::new("low balance", Metric::CustomerBalance, levels)
    };
    assert_eq!(config.policy.rules()[0], first.build().unwrap());
    assert_eq!(config.policy.rules()[1].recovers_at("10".parse().unwrap()), Some("10.5".parse().unwrap()));
    assert!(!format!("{config:?}").contains("T0K3N"));
}

#[test]
fn the_environment_comes_before_the_file() {
    let env = [
        ("VOBIZ_AUTH_ID", "PA_ENV"),
        ("VOBIZ_BASE_URL", "https://other.test/x"),
        ("TELEGRAM_TOKEN", "7:env-token"),
        ("TELEGRAM_API_URL", "https://tg.test"),
        ("DATABASE_URL", "sqlite://here.db"),
        ("POLL_EVERY", "10s"),
        ("REPORT_ZONE", "Asia/Tokyo"),
    ];
    let config = load(FULL, &env).unwrap();
    assert_eq!((config.vobiz.auth_id.as_str(), config.vobiz.base_url.as_str()), ("PA_ENV", "https://other.test/x"));
    assert_eq!(config.vobiz.auth_token.expose_secret(), "T0K3N");
    let telegram = config.telegram().unwrap();
    assert_eq!((telegram.token.expose_secret(), telegram.api_url.as_str()), ("7:env-token", "https://tg.test/"));
    assert_eq!(config.database_url, "sqlite://here.db");
    assert_eq!((config.poll_every, config.report_zone), (Duration::from_secs(10), Tz::Asia__Tokyo));
    assert_eq!(load(FULL, &[("POLL_EVERY", " ")]).unwrap().poll_every, Duration::from_secs(90));
    // In either form, the environment's secret also stands for a file that is not there.
    let file = "[vobiz]\nauth_id = \"PA_X\"\nauth_token_file = \"nowhere\"";
    assert_eq!(load(file, &[("VOBIZ_AUTH_TOKEN", "env-token")]).unwrap().vobiz.auth_token.expose_secret(), "env-token");
}

#[test]
fn a_secret_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let file = folder.path().join("vobiz-bot.toml");
    write("vobiz-bot.toml", "[vobiz]\r\nauth_id = \"PA_X\"\r\nauth_token_file = \"token\"\r\n");
    let token = |env: &[(&str, &str)]| {
        let env: HashMap<_, _> = env.iter().copied().collect();
        let config = Config::load(Some(&file), &|name| env.get(name).map(|text| (*text).to_owned()));
        config.map(|config| config.vobiz.auth_token.expose_secret().to_owned()).map_err(|error| error.to_string())
    };
    for text in ["T0K3N", "T0K3N\n", "T0K3N\r\n", "\u{feff}T0K3N\n\n", " T0K3N "] {
        write("token", text);
        assert_eq!(token(&[]).as_deref(), Ok("T0K3N"), "{text:?}");
    }
    for (text, why) in [
        ("", "is empty"),
        ("\n", "is empty"),
        ("'T0K3N'", "is written in quotes"),
        ("A=T0K3N", "is written as NAME"),
        ("T0 K3N", "has a blank"),
    ] {
        write("token", text);
        let error = token(&[]).unwrap_err();
        assert!(error.contains(&format!("vobiz-bot.toml:3: vobiz.auth_token_file names a file whose text {why}")), "{error}");
        assert!(!error.contains("T0"), "{error}");
    }
    write("other", "0TH3R\n");
    let other = folder.path().join("other");
    assert_eq!(token(&[("VOBIZ_AUTH_TOKEN_FILE", other.to_str().unwrap())]).as_deref(), Ok("0TH3R"));
    // A path in the environment starts at the working directory, not at the file's folder.
    assert_eq!(
        token(&[("VOBIZ_AUTH_TOKEN_FILE", "other")]).unwrap_err(),
        "VOBIZ_AUTH_TOKEN_FILE names a file that cannot be read (no such file); write the path, from the working directory, \
         of one that holds the token and nothing else"
    );
    let given = Config::load(Some(&folder.path().join("none.toml")), &|_| None).unwrap_err().to_string();
    assert!(given.ends_with("none.toml: the configuration cannot be read (no such file); give an existing file with --config"));
}

#[test]
fn the_database_is_beside_the_file() {
    let url = |text: &str| values::database(text, Some(Path::new("/srv/50%?")));
    for (text, expected) in [
        ("sqlite://bot.db", "sqlite:///srv/50%25%3F/bot.db"),
        ("sqlite:bot.db?mode=ro", "sqlite:///srv/50%25%3F/bot.db?mode=ro"),
        ("sqlite:///var/bot.db", "sqlite:///var/bot.db"),
        ("sqlite::memory:", "sqlite::memory:"),
        ("sqlite://?mode=memory", "sqlite://?mode=memory"),
    ] {
        assert_eq!(url(text).as_deref(), Ok(expected), "{text}");
    }
    for text in ["sqlite://", "postgres://bot:T0K3N@db/bot", "bot.db"] {
        assert!(!url(text).unwrap_err().contains("T0K3N"), "{text}");
    }
}
