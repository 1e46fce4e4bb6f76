//! `answers`: how fast the bot answers from what it has stored, while a poll runs and the API hangs.
//!
//! The program that ships is asked over HTTP, as Telegram would: the time from the line in a chat to the message that answers.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::sync::broadcast::Receiver;
use tokio::time::{sleep, timeout};
use vobiz_sandbox::{Fault, Half, Options, Person, Sandbox, Sent};

const CUSTOMERS: usize = 10_000;
/// Private chats, so that no chat is written to more often than Telegram lets it be.
const CHATS: i64 = 60;
/// How often each command is asked.
const ROUNDS: usize = 21;
/// Time between two questions: all chats together get fewer messages a second than Telegram lets pass.
const PAUSE: Duration = Duration::from_millis(50);
/// The first sweep may take so long, and an answer so long.
const START: Duration = Duration::from_mins(5);
const LONGEST: Duration = Duration::from_secs(30);
/// How long a call of the API hangs.
const HANGS_MS: u64 = 600_000;

/// Runs the bot at `path` and prints the table.
#[tokio::main]
pub(crate) async fn run(path: &str) -> Result<()> {
    let options = Options { customers: CUSTOMERS, start: Some(chrono::Utc::now()), ..Options::default() };
    let sandbox = Sandbox::start(options).await?;
    let folder = std::env::temp_dir().join(format!("vobiz-bench-answers-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&sandbox, path, &folder).await;
    std::fs::remove_dir_all(&folder)?;
    std::io::stdout().write_all(measured?.as_bytes())?;
    Ok(())
}

async fn measure(sandbox: &Sandbox, path: &str, folder: &Path) -> Result<String> {
    let file = folder.join("bot.toml");
    std::fs::write(&file, configuration(sandbox))?;
    let mut sent = sandbox.chat().subscribe();
    let _bot = Bot::start(path, &file)?;
    // The first answer from figures shows that a whole sweep was read.
    let started = Instant::now();
    loop {
        let (answer, _) = ask(sandbox, &mut sent, 1, "/low").await?;
        if answer.plain.contains("customers") && !answer.plain.contains("have not been read yet") {
            break;
        }
        ensure!(started.elapsed() < START, "no sweep ended: {}", answer.plain);
        sleep(Duration::from_secs(1)).await;
    }
    sandbox.faults().add(Fault { half: Half::Partner, latency_ms: HANGS_MS, ..Fault::default() });
    // The next sweep begins, and hangs.
    sleep(Duration::from_secs(12)).await;
    let id = sandbox.wallets().first().map(|wallet| wallet.auth_id.clone()).context("there are customers")?;
    let commands = [
        "/alerts".to_owned(),
        "/low".to_owned(),
        "/low 5000".to_owned(),
        "/customers".to_owned(),
        "/customers sharma".to_owned(),
        format!("/thresholds {id}"),
        "/status".to_owned(),
        "/settings".to_owned(),
        "/help".to_owned(),
    ];
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); commands.len()];
    let mut chats = (1..=CHATS).cycle();
    for _ in 0..ROUNDS {
        for (command, times) in commands.iter().zip(&mut times) {
            let chat = chats.next().context("a cycle does not end")?;
            let (answer, time) = ask(sandbox, &mut sent, chat, command).await?;
            ensure!(!answer.plain.contains("Unknown"), "{command}: {}", answer.plain);
            times.push(time);
            sleep(PAUSE).await;
        }
    }
    let mut all: Vec<f64> = times.concat();
    let mut table = "| answer | median | slowest |\n| --- | --: | --: |\n".to_owned();
    for (command, times) in commands.iter().zip(&mut times) {
        let name = command.replace(&id, "ID");
        let _ = writeln!(table, "| `{name}` | {:.1} ms | {:.1} ms |", median(times), slowest(times));
    }
    let _ = writeln!(table, "| all, asked for: ≤ 20 ms at the median | {:.1} ms | {:.1} ms |", median(&mut all), slowest(&all));
    Ok(table)
}

fn configuration(sandbox: &Sandbox) -> String {
    let mut text = format!(
        "[vobiz]\nauth_id = \"{}\"\nauth_token = \"{}\"\nbase_url = \"{}\"\n[telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n\
         [database]\nurl = \"sqlite://bot.db\"\n[poll]\nevery = \"5s\"\n",
        sandbox.auth_id(),
        sandbox.auth_token(),
        sandbox.base_url(),
        sandbox.telegram_token(),
        sandbox.url()
    );
    for chat in 1..=CHATS {
        // What fires is none of this: a chat that is sent alerts is asked less often.
        let _ = writeln!(text, "[[chats]]\nid = {chat}\ncustomers = [\"MA_NOBODY\"]");
    }
    text
}

/// Asks in a chat; gives the answer and the milliseconds until it came.
async fn ask(sandbox: &Sandbox, sent: &mut Receiver<Sent>, chat: i64, line: &str) -> Result<(Sent, f64)> {
    while sent.try_recv().is_ok() {}
    let asked = Instant::now();
    sandbox.chat().say(chat, &Person::new(chat, "Asha"), line);
    let answer = async {
        loop {
            let sent = sent.recv().await?;
            if sent.chat_id == chat && ["sendMessage", "editMessageText"].contains(&sent.method.as_str()) {
                return anyhow::Ok(sent);
            }
        }
    };
    let answer = timeout(LONGEST, answer).await.with_context(|| format!("{line} was not answered"))??;
    Ok((answer, asked.elapsed().as_secs_f64() * 1000.0))
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn slowest(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::NAN, f64::max)
}

/// A running bot, for as long as this value lives.
struct Bot(Child);

impl Bot {
    fn start(path: &str, file: &Path) -> Result<Self> {
        let mut command = Command::new(path);
        command.args(["run", "--config"]).arg(file).env("RUST_LOG", "error");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        Ok(Self(child.with_context(|| format!("{path} did not start"))?))
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
