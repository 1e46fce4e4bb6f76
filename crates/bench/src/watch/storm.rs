//! A storm: half of ten thousand wallets fall in one poll, and one more a few seconds later.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, SecondsFormat, Utc};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use vobiz_core::PartnerClient;
use vobiz_core::alert::Subject;

use super::{POLL, WALLETS};
use crate::process::{Bot, Sandbox};

/// How many wallets fall together.
const FALLING: usize = 5_000;
/// Private chats, and as many groups.
const CHATS: i64 = 10;
/// How long after the storm another wallet falls.
const LATER: Duration = Duration::from_secs(5);
/// Control calls under way at once.
const TOGETHER: usize = 16;
/// Longest wait for a message.
const PATIENCE: Duration = Duration::from_mins(2);

/// Runs the bot at `bot` beside the sandbox at `sandbox` and prints the table.
#[tokio::main]
pub(crate) async fn run(bot: &str, sandbox: &str) -> Result<()> {
    let (customers, start) = (WALLETS.to_string(), Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true));
    let sandbox = Sandbox::start(sandbox, &["--customers", &customers, "--start", &start])?;
    let chats: Vec<i64> = (1..=CHATS).flat_map(|number| [7_000 + number, -7_000 - number]).collect();
    let mut more = "[poll]\nevery = \"1s\"\n[http]\nlisten = \"127.0.0.1:19465\"\n".to_owned();
    for chat in &chats {
        sandbox.control("chats", &json!({"chat": chat, "change": "join", "title": "Operations"})).await?;
        write!(more, "[[chats]]\nid = {chat}\n")?;
    }
    let watched = watched(&sandbox).await?;
    ensure!(watched.len() > FALLING, "only {} wallets are watched", watched.len());
    let (storm, last) = watched.split_at(FALLING);
    let last = last.first().context("one more wallet")?;
    set_all(&sandbox, &all(&sandbox).await?, 50_000).await?;

    let folder = tempfile::tempdir()?;
    Bot::configure(folder.path(), &sandbox, &more)?;
    let clock = sandbox.url.clone();
    let mut bot = Bot::start(bot, folder.path(), &["--clock", &clock])?;
    bot.until_logged(POLL, 3).await?;
    // With the clock stopped no poll begins: the wallets fall between two polls.
    sandbox.control("clock", &json!({"speed": 0.0})).await?;
    until_idle(&bot).await?;
    let before = sent(&sandbox).await?.len();
    set_all(&sandbox, storm, 300).await?;
    let began = now(&sandbox).await?;
    sandbox.control("clock", &json!({"speed": 1.0})).await?;
    until_every(&sandbox, before, &chats, |message| message["file"].is_object()).await?;
    let listed = instants(&sandbox, before, &chats, |message| message["file"].is_object()).await?;
    tokio::time::sleep(LATER).await;
    let fell = now(&sandbox).await?;
    set_all(&sandbox, std::slice::from_ref(last), 40).await?;
    let names = |message: &Value| message["plain"].as_str().is_some_and(|text| text.contains(last.as_str()));
    until_every(&sandbox, before, &chats, names).await?;
    let alerted = instants(&sandbox, before, &chats, names).await?;
    // Whatever else is owed would have left by now.
    tokio::time::sleep(LATER).await;

    let messages = sent(&sandbox).await?.split_off(before);
    let of = |chat: &i64| messages.iter().filter(|message| message["chat_id"] == *chat).count();
    let most = chats.iter().map(of).max().unwrap_or_default();
    let mut complete = 0;
    for message in messages.iter().filter(|message| message["file"].is_object()) {
        let rows = file(&sandbox, message).await?;
        complete += usize::from(storm.iter().all(|id| rows.contains(id.as_str())));
    }
    let refused = refused(&sandbox.http).await?;
    let seconds = |from: DateTime<Utc>, instants: &BTreeMap<i64, DateTime<Utc>>| {
        let longest = instants.values().map(|at| *at - from).max().unwrap_or_default();
        longest.as_seconds_f64()
    };
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| {FALLING} of {WALLETS} wallets fall in one poll, {} chats | measured | asked for |\n| --- | --: | --: |",
        chats.len()
    )?;
    writeln!(out, "| messages in a chat, at most | {most} | ≤ 3 |")?;
    writeln!(out, "| refused by Telegram's limits | {refused} | 0 |")?;
    writeln!(out, "| chats whose list names every wallet | {complete} | {} |", chats.len())?;
    writeln!(out, "| from the fall to the list in the last chat | {:.1} s | – |", seconds(began, &listed))?;
    writeln!(
        out,
        "| from a fall {} s later to its alert in the last chat | {:.1} s | ≤ 10 s |",
        LATER.as_secs(),
        seconds(fell, &alerted)
    )?;
    Ok(())
}

/// Every customer's id.
async fn all(sandbox: &Sandbox) -> Result<Vec<String>> {
    let wallets = sandbox.shown("wallets").await?;
    let ids = wallets.as_array().context("a list of wallets")?.iter().filter_map(|wallet| wallet["auth_id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

/// The customers that rules watch.
async fn watched(sandbox: &Sandbox) -> Result<Vec<String>> {
    let client = PartnerClient::builder(&sandbox.auth_id, sandbox.auth_token.clone());
    let client = client.base_url(format!("{}/api/v1/partner", sandbox.url)).requests_per_second(1_000).build()?;
    let accounts = client.accounts().all().await?;
    let subjects = accounts.iter().map(|account| Subject::of(account, None));
    let watched = subjects.filter(|subject| subject.is_prepaid && subject.is_active && !subject.auto_recharge);
    Ok(watched.map(|subject| subject.id.to_string()).collect())
}

/// Puts the same amount into each of these wallets.
async fn set_all(sandbox: &Sandbox, ids: &[String], balance: u32) -> Result<()> {
    let sets = stream::iter(ids).map(async |id| sandbox.control("wallet", &json!({"auth_id": id, "balance": balance})).await);
    sets.buffer_unordered(TOGETHER).try_for_each(|_| std::future::ready(Ok(()))).await
}

/// Waits until no poll is under way.
async fn until_idle(bot: &Bot) -> Result<()> {
    let mut before = 0;
    loop {
        let polls = bot.events(POLL)?.len();
        if polls == before {
            return Ok(());
        }
        before = polls;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}

async fn now(sandbox: &Sandbox) -> Result<DateTime<Utc>> {
    Ok(sandbox.shown("clock").await?["now"].as_str().context("the clock shows a time")?.parse()?)
}

/// Everything that the bot sent; not what it changed or pinned.
async fn sent(sandbox: &Sandbox) -> Result<Vec<Value>> {
    let Value::Array(all) = sandbox.shown("sent").await? else { bail!("a list of what was sent") };
    Ok(all.into_iter().filter(|message| message["method"].as_str().is_some_and(|method| method.starts_with("send"))).collect())
}

/// When each chat got the first message of this kind.
async fn instants(
    sandbox: &Sandbox,
    before: usize,
    chats: &[i64],
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<BTreeMap<i64, DateTime<Utc>>> {
    let mut instants = BTreeMap::new();
    for message in sent(sandbox).await?.iter().skip(before).filter(|message| is_wanted(message)) {
        let (chat, at) = (message["chat_id"].as_i64().unwrap_or_default(), message["at"].as_str().context("an instant")?);
        if chats.contains(&chat) {
            instants.entry(chat).or_insert(at.parse()?);
        }
    }
    Ok(instants)
}

/// Waits until each chat has a message of this kind.
async fn until_every(sandbox: &Sandbox, before: usize, chats: &[i64], is_wanted: impl Fn(&Value) -> bool) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while instants(sandbox, before, chats, &is_wanted).await?.len() < chats.len() {
        ensure!(Instant::now() < end, "a chat was not notified");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// The file of a message.
async fn file(sandbox: &Sandbox, message: &Value) -> Result<String> {
    let path = message["file"]["path"].as_str().context("a file has a path")?;
    let url = format!("{}/file/bot{}/{path}", sandbox.url, sandbox.telegram_token);
    Ok(sandbox.http.get(url).send().await?.error_for_status()?.text().await?)
}

/// How many requests were refused for being too many, by the bot's own metrics.
async fn refused(http: &reqwest::Client) -> Result<u64> {
    let metrics = http.get("http://127.0.0.1:19465/metrics").send().await?.error_for_status()?.text().await?;
    let counts = metrics.lines().filter(|line| line.contains("code=\"429\"")).filter_map(|line| line.rsplit(' ').next());
    Ok(counts.filter_map(|count| count.parse::<u64>().ok()).sum())
}
