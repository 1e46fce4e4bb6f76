//! The errors of files that are wrong: every line, exactly.

use proptest::prelude::*;

use super::*;

/// What is put below the credentials (three lines) or, where it has no section, above them; and its whole error.
const BROKEN: &[(&str, &str)] = &[
    ("[poll]\nevery = \"0s\"", ":5: poll.every \"0s\" is out of range; write a duration from \"1s\" to \"1d\""),
    ("[poll]\nevery = \"5 minutes\"", ":5: poll.every \"5 minutes\" is not a duration; write one such as \"5m\""),
    ("[poll]\nevery = 300", ":5: poll.every must be text in quotes, such as \"5m\""),
    ("poll = 5", ":1: poll must be a table; write [poll]"),
    ("[report]\nzone = \"asia/kolkata\"", ":5: report.zone \"asia/kolkata\" is not a time zone; write \"Asia/Kolkata\""),
    ("[report]\nzone = \"IST\"", ":5: report.zone \"IST\" is not a time zone; write one such as \"Asia/Kolkata\""),
    ("[telegram]\ntoken = 5", ":5: telegram.token must be text in quotes, such as \"…\""),
    (
        "[telegram]\ntoken = \"a\"\ntoken_file = \"b\"",
        ":6: telegram.token_file and telegram.token are both set; keep one of them",
    ),
    (
        "[telegram]\ntoken_file = \"T0K3N\"",
        ":5: telegram.token_file names a file that cannot be read (no such file); write the path, from this file's folder, of one that holds the token and nothing else",
    ),
    (
        "[telegram]\napi_url = \"http://bot:T0K3N@api.test\"",
        ":5: telegram.api_url holds more than scheme, host and path; write it as \"https://api.telegram.org\"",
    ),
    (
        "[telegram]\napi_url = \"http://api.test\"",
        ":5: telegram.api_url is plain http, over which credentials are not sent to another machine; write it as \"https://api.telegram.org\"",
    ),
    (
        "[telegram]\nwebhook_url = \"https://bot.test/\"",
        ":5: telegram.webhook_url needs a path of its own of letters, digits, \"-\", \"_\" and \".\"; write it as \"https://bot.example.com/telegram\"",
    ),
    (
        "[telegram]\ntoken = \"123:T0K3N\"\nwebhook_url = \"https://bot.test/hook\"",
        "telegram.webhook_url needs http.listen, where the updates arrive; write listen = \"127.0.0.1:9464\" under [http]",
    ),
    ("[telegram]\napi_url = \"api.test\"", ":5: telegram.api_url is not an address; write it as \"https://api.telegram.org\""),
    (
        "[database]\nurl = \"postgres://bot:T0K3N@db\"",
        ":5: database.url is not the address of an SQLite file; write it as \"sqlite://vobiz-bot.db\"",
    ),
    (
        "[telegram]\ntoken = \"T0K3N\"",
        ":5: telegram.token is not a bot's token, which is a number, a colon and a key; write the one that @BotFather gave (the partner's token belongs under [vobiz])",
    ),
    ("[telegram]\ntoken = \"TELEGRAM_TOKEN=7:T0K3N\"", ":5: telegram.token is written as NAME=value; write the value alone"),
    ("[telegram]\ntoken = \"'7:T0K3N'\"", ":5: telegram.token is written in quotes; write the value alone, without them"),
    (
        "chat = 1",
        ":1: chat is not known here; write one of vobiz, telegram, database, poll, report, chats, people, rules, business, http, heartbeat, log",
    ),
    ("[chats]\nid = 1", ":4: chats must be a list of tables; write [[chats]] above each"),
    ("[[chats]]\nzone = \"UTC\"", ":4: chats[0].id is missing; write id = -1001234567890"),
    ("[[chats]]\nid = \"-100\"", ":5: chats[0].id must be a chat's number without quotes, such as -1001234567890"),
    ("[[people]]\nname = \"A\"\nrole = \"admin\"", ":4: people[0].id is missing; write id = 123456789"),
    (
        "[[people]]\nid = -7\nname = \"A\"\nrole = \"admin\"",
        ":5: people[0].id must be a person's number in Telegram without quotes, such as 123456789",
    ),
    (
        "[[people]]\nid = 7\nname = \" \"\nrole = \"root\"",
        ":6: people[0].name must be 1 to 100 characters on one line\n:7: people[0].role \"root\" is not a role; write viewer, operator or admin",
    ),
    ("[[people]]\nid = 7\nname = \" \"\nrole = \"admin\"", ":6: people[0].name must be 1 to 100 characters on one line"),
    ("[[people]]\nid = 7\nname = \"A\"", ":4: people[0].role is missing; write role = \"operator\""),
    (
        "[[people]]\nid = 7\nname = \"A\"\nrole = \"admin\"\nroles = 1",
        ":8: people[0].roles is not known here; write one of id, name, role",
    ),
    (
        "[[people]]\nid = 7\nname = \"A\"\nrole = \"admin\"\n[[people]]\nid = 7\nname = \"B\"\nrole = \"viewer\"",
        ":9: people[1].id (7) is that of people[0] too; list each person once",
    ),
    ("[[chats]]\nid = 0", ":5: chats[0].id must be a chat's number without quotes, such as -1001234567890"),
    ("[[chats]]\nid = 7\n[[chats]]\nid = 7", ":7: chats[1].id (7) is that of chats[0] too; list each chat once"),
    (
        "[[chats]]\nid = 7\ndaily_summary = \"9:00\"",
        ":6: chats[0].daily_summary \"9:00\" is not a time of day; write it from \"00:00\" to \"23:59\"",
    ),
    (
        "[[chats]]\nid = 7\ndaily_summary = \"24:00\"",
        ":6: chats[0].daily_summary \"24:00\" is not a time of day; write it from \"00:00\" to \"23:59\"",
    ),
    (
        "[[chats]]\nid = 7\nweekly_summary = \"monday\"",
        ":6: chats[0].weekly_summary \"monday\" is not a day and a time; write it as \"mon 09:00\"",
    ),
    (
        "[[chats]]\nid = 7\nmonthly_summary = \"1 09:00\"",
        ":6: chats[0].monthly_summary \"1 09:00\" is not a time of day; write it from \"00:00\" to \"23:59\"",
    ),
    (
        "[[chats]]\nid = 7\nquiet = \"22:00\"",
        ":6: chats[0].quiet \"22:00\" is not a part of the day; write it as \"22:00-07:00\"",
    ),
    (
        "[[chats]]\nid = 7\nquiet = \"22:00-22:00\"",
        ":6: chats[0].quiet \"22:00-22:00\" is not a part of the day; write it as \"22:00-07:00\"",
    ),
    (
        "[[chats]]\nid = 7\nthread = 0",
        ":6: chats[0].thread must be a topic's number without quotes, such as 17; it is in the topic's link",
    ),
    ("[[chats]]\nid = 7\nname = \" \"", ":6: chats[0].name must be 1 to 100 characters on one line"),
    (
        "[[chats]]\nid = 7\ncustomers = []",
        ":6: chats[0].customers must be a list of short texts in quotes, such as [\"MA_XXXXXXXX\"]",
    ),
    ("[[chats]]\nid = 7\nnames = [3]", ":6: chats[0].names must be a list of short texts in quotes, such as [\"Sharma*\"]"),
    ("[[chats]]\nid = 7\nseverity = \"bad\"", ":6: chats[0].severity \"bad\" is no severity; write \"warning\" or \"critical\""),
    (
        "[[chats]]\nid = 7\nfold_from = 1",
        ":6: chats[0].fold_from must be a number of alerts from 2 on, without quotes, such as 4",
    ),
    ("[[chats]]\nid = 7\ndaily_summary = 09:00:00", ":6: chats[0].daily_summary must be text in quotes, such as \"09:00\""),
    (
        "[telegram]\ntokn = \"T0K3N\"",
        ":5: telegram.tokn is not known here; write one of token, token_file, api_url, webhook_url, ca_file",
    ),
    (
        "[telegram]\nT0K3N = \"token\"",
        ":5: a key in telegram is not known here; write one of token, token_file, api_url, webhook_url, ca_file",
    ),
    (
        "[[rules]]",
        ":4: rules[0].name is missing; write name = \"low balance\"\n:4: rules[0].metric is missing; write metric = \"customer.balance\"\n:4: rules[0].below is missing; write below = { warning = \"2000\", critical = \"500\" }",
    ),
    (
        "RULE\nbelow.warning = 2000.5",
        ":7: rules[0].below.warning is a float, which money is not; write below.warning = \"2000.5\"",
    ),
    (
        "RULE\nbelow = { warning = nan }",
        ":7: rules[0].below.warning is a float, which money is not; write below.warning = \"2000.50\"",
    ),
    ("RULE\nbelow = { warning = \"2,000\" }", ":7: rules[0].below.warning \"2,000\" is not an amount; write it as 1234.50"),
    ("RULE\nbelow = { warning = true }", ":7: rules[0].below.warning must be an amount, such as \"2000\""),
    ("[http]\nlisten = \"9464\"", ":5: http.listen \"9464\" is not an address and port; write it as \"127.0.0.1:9464\""),
    (
        "[heartbeat]\nurl = \"T0K3N\"",
        ":5: heartbeat.url is not an address; write the one that your monitoring service gave you, https://…",
    ),
    ("[log]\nformat = \"xml\"", ":5: log.format \"xml\" is not a format of the log; write \"text\" or \"json\""),
    ("[business]\nopens = \"9\"", ":5: business.opens \"9\" is not a time of day; write it from \"00:00\" to \"23:59\""),
    ("[business]\ncloses = \"08:00\"", ":5: business.closes must be later than business.opens, on the same day"),
    ("[business]\ndays = \"sat-mon\"", ":5: business.days is not a list of weekdays; write it as \"mon-sat\" or \"mon,tue,fri\""),
    (
        "[business]\nholidays = \"2026-02-30\"",
        ":5: business.holidays is not a list of days; write it as \"2026-10-02, 2026-11-08\"",
    ),
    (
        "[[rules]]\nname = \"r\"\nmetric = \"customer.runway\"\nbelow = { warning = \"soon\" }",
        ":7: rules[0].below.warning is not a span of time; write one such as \"36h\", or of working hours such as \"4h30m working\"",
    ),
    (
        "[[rules]]\nname = \"r\"\nmetric = \"customer.runway\"\nbelow = { warning = \"9h working\", critical = \"2h\" }",
        ":7: rules[0].below.critical must be working hours where warning is, and not where it is not",
    ),
    ("RULE\nbelow.critical = 1\nescalate_after = \"2d\"", ":8: rules[0].escalate_after needs a warning level to escalate from"),
    ("RULE\nbelow = 2000", ":7: rules[0].below must be a table; write below = { warning = \"2000\", critical = \"500\" }"),
    ("RULE\nbelow = {}", ":7: rules[0].below needs a level: warning, critical or both"),
    ("RULE\nbelow = { warning = 1, urgent = 2 }", ":7: rules[0].below.urgent is not known here; write one of warning, critical"),
    (
        "RULE\nbelow.warning = \"2000\"\nbelow.critical = \"2500\"",
        ":8: rules[0].below.critical (2500) must be under warning (2000)",
    ),
    ("RULE\n[rules.below]\nwarning = 5\ncritical = 5", ":9: rules[0].below.critical (5) must be under warning (5)"),
    (
        "[[rules]]\nname = \"\"\nmetric = \"customer.balance\"\nbelow.warning = 1",
        ":5: rules[0].name must be 1 to 100 characters on one line",
    ),
    (
        "[[rules]]\nname = \"a\"\nmetric = \"balance\"\nbelow.warning = 1",
        ":6: rules[0].metric \"balance\" is not a metric; known: customer.balance, customer.runway, customer.burn, partner.balance, partner.coverage, fleet.balance, calls.answer_rate, calls.cost, calls.volume, data.age",
    ),
    ("RULE\nbelow.warning = 1\nRULE\nbelow.warning = 2", ":9: rules[1].name is that of rules[0] too; give each rule its own"),
    ("RULE\nbelow.warning = 1\nfor = 0", ":8: rules[0].for must be at least one poll"),
    (
        "RULE\nbelow.warning = 1\nfor = -1",
        ":8: rules[0].for is not a number of polls; write one such as 2, or a duration such as \"10m\"",
    ),
    (
        "RULE\nbelow.warning = 1\nfor = \"2\"",
        ":8: rules[0].for is a number in quotes; write a number of polls without them, or a duration such as \"10m\"",
    ),
    ("RULE\nbelow.warning = 1\nfor = \"2 polls\"", ":8: rules[0].for \"2 polls\" is not a duration; write one such as \"10m\""),
    ("RULE\nbelow.warning = 1\nfor = 1.5", ":8: rules[0].for must be a number of polls such as 2, or a duration such as \"10m\""),
    (
        "RULE\nbelow.warning = 1\nrecover = \"ten%\"",
        ":8: rules[0].recover is not a percentage; write one such as \"10%\", or an amount such as \"50\"",
    ),
    ("RULE\nbelow.warning = 1\nrecover = -1", ":8: rules[0].recover must not be negative"),
    (
        "RULE\nbelow.warning = 0",
        ":4: rules[0].recover must be an amount where a level is 0, such as \"50\": a percentage of 0 is nothing",
    ),
    ("RULE\nbelow.warning = 1\nrecover = 1.5", ":8: rules[0].recover is a float, which money is not; write recover = \"1.5\""),
    ("RULE\nbelow.warning = 1\nrepeat = { critical = \"0s\" }", ":8: rules[0].repeat.critical must be at least 1s"),
    ("RULE\nbelow.warning = 1\nrepeat.warning = 24", ":8: rules[0].repeat.warning must be text in quotes, such as \"24h\""),
    (
        "RULE\nbelow.warning = 1\ninclude_postpaid = \"yes\"",
        ":8: rules[0].include_postpaid must be true or false, without quotes",
    ),
    ("rules = []", ":1: rules is an empty list; leave it out, or write [[rules]] tables"),
    ("rules = [1]", ":1: rules[0] must be a table; write [[rules]]"),
    (
        "[telegram]\ntoken = T0K3N",
        ":5:9: this is not TOML: invalid boolean, expected `true`; see that text is in quotes and no key is there twice",
    ),
    (
        "[telegram]\ntoken = \"T0K3N",
        ":5:15: this is not TOML: invalid basic string, expected `\"`; see that text is in quotes and no key is there twice",
    ),
    (
        "[poll]\nevery = \"5m\"\nevery = \"6m\"",
        ":6:1: this is not TOML: duplicate key; see that text is in quotes and no key is there twice",
    ),
    ("[vobiz]", ":4:2: this is not TOML: duplicate key; see that text is in quotes and no key is there twice"),
    (
        "[poll]\nevery = 5\n[report]\nzone = \"X\"\nzones = 1",
        ":5: poll.every must be text in quotes, such as \"5m\"\n:7: report.zone \"X\" is not a time zone; write one such as \"Asia/Kolkata\"\n:8: report.zones is not known here; write one of zone",
    ),
];

/// The credentials, with lines that need no section of their own above them.
fn with_credentials(text: &str) -> String {
    let text = text.replace("RULE", "[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"");
    if text.starts_with('[') { format!("{BARE}{text}") } else { format!("{text}\n{BARE}") }
}

#[test]
fn an_error_comes_with_its_line() {
    for (text, expected) in BROKEN {
        assert_eq!(refused(&with_credentials(text), &[]).replace("etc/vobiz-bot.toml", ""), *expected, "{text}");
    }
}

#[test]
fn missing_credentials_are_reported_with_both_places() {
    insta::assert_snapshot!(refused("", &[]), @r"
    etc/vobiz-bot.toml: vobiz.auth_id is not set; write auth_id under [vobiz], or put the partner's id (PA_…) into VOBIZ_AUTH_ID
    etc/vobiz-bot.toml: vobiz.auth_token is not set; write auth_token or auth_token_file under [vobiz], or put the partner's token into VOBIZ_AUTH_TOKEN (or the path of a file that holds it into VOBIZ_AUTH_TOKEN_FILE)
    ");
    insta::assert_snapshot!(refused("[poll]\n[vobiz]\nauth_id = \"\"\n", &[]), @r"
    etc/vobiz-bot.toml:2: vobiz.auth_token is not set; write auth_token or auth_token_file under [vobiz], or put the partner's token into VOBIZ_AUTH_TOKEN (or the path of a file that holds it into VOBIZ_AUTH_TOKEN_FILE)
    etc/vobiz-bot.toml:3: vobiz.auth_id must be an id without spaces; write the partner's, PA_…
    ");
    insta::assert_snapshot!(Config::load(None, &|_| None).unwrap_err(), @r"
    VOBIZ_AUTH_ID is not set; put the partner's id (PA_…) there, or auth_id under [vobiz] into a file given with --config
    VOBIZ_AUTH_TOKEN is not set; put the partner's token there (or the path of a file that holds it into VOBIZ_AUTH_TOKEN_FILE), or auth_token or auth_token_file under [vobiz] into a file given with --config
    ");
}

#[test]
fn a_wrong_variable_is_named() {
    let env =
        [("POLL_EVERY", "5"), ("VOBIZ_AUTH_TOKEN", "T0K3N"), ("VOBIZ_AUTH_TOKEN_FILE", "T0K3N"), ("TELEGRAM_TOKEN", "T0 K3N")];
    insta::assert_snapshot!(refused(FULL, &env), @r#"
    VOBIZ_AUTH_TOKEN_FILE and VOBIZ_AUTH_TOKEN are both set; keep one of them
    TELEGRAM_TOKEN has a blank, a line break or a control character inside; write the value alone, on one line
    POLL_EVERY "5" is not a duration; write one such as "5m"
    "#);
}

#[test]
fn a_file_of_another_encoding_is_refused_as_such() {
    let source = |bytes: &[u8]| Source::new(Path::new("a.toml"), bytes.to_vec()).map_err(|error| error.to_string());
    assert_eq!(source(b"[poll]\n\xff").err().unwrap(), "a.toml:2: the file is not UTF-8 from here on; save it as UTF-8");
    let file = source("\u{feff}[poll]\r\n# \u{20b9}\r\nevery = \"\u{20b9}\" x".as_bytes()).unwrap();
    assert_eq!(
        file.parse().unwrap_err().to_string(),
        "a.toml:3:13: this is not TOML: unexpected key or value, expected newline, `#`; see that text is in quotes and no key is there twice"
    );
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}=\"'a-z0-9.#\n ]{0,80}") {
        for bytes in [bytes, text.into_bytes()] {
            if let Ok(source) = Source::new(Path::new("a.toml"), bytes) {
                Config::read(Some(&source), &|_| None).map(|_| ()).unwrap_err();
            }
        }
    }

    /// A slip of the finger anywhere: refused or not, no token is in the error.
    #[test]
    fn a_slip_tells_no_token(at in 0..FULL.len(), drop in 0..3_usize, put in "[\\[\\]{}=\"'a-z0-9.#\n \u{20b9}]{0,3}") {
        let slip = format!("{}{put}{}", &FULL[..at], &FULL[(at + drop).min(FULL.len())..]);
        if let Err(error) = load(&slip, &[]) {
            let text = error.to_string();
            prop_assert!(text.starts_with("etc/vobiz-bot.toml:"), "{}", text);
            prop_assert!(!text.contains("0K3"), "{}", text);
        }
    }
}
