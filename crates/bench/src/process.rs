//! The two programs that ship, each in a process of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::Client;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(5);

/// A sandbox, for as long as this value lives.
pub(crate) struct Sandbox {
    process: Child,
    pub(crate) url: String,
    pub(crate) auth_id: String,
    pub(crate) auth_token: String,
    pub(crate) telegram_token: String,
    /// Calls it with its credentials.
    pub(crate) http: Client,
}

impl Sandbox {
    /// Starts the program at `path`.
    pub(crate) fn start(path: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(path);
        command.args(arguments).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("{path} did not start"))?;
        let mut lines = BufReader::new(process.stdout.take().context("the sandbox is mute")?).lines();
        let mut line = |word: &str| -> Result<String> {
            let line = lines.next().context("the sandbox ended")??;
            Ok(line.strip_prefix(word).context("the sandbox says something else")?.trim().to_owned())
        };
        let (url, credentials, telegram_token) = (line("listening")?, line("credentials")?, line("telegram")?);
        let (id, token) = credentials.split_once(' ').context("the sandbox has no credentials")?;
        let mut headers = HeaderMap::new();
        headers.insert("X-Auth-ID", id.parse()?);
        headers.insert("X-Auth-Token", token.parse()?);
        let http = Client::builder().default_headers(headers).no_gzip().no_proxy().build()?;
        Ok(Self { process, url, auth_id: id.to_owned(), auth_token: token.to_owned(), telegram_token, http })
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Asks its control for something.
    pub(crate) async fn control(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.http.post(format!("{}/control/{path}", self.url)).json(body).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// What its control shows.
    pub(crate) async fn shown(&self, path: &str) -> Result<Value> {
        Ok(self.http.get(format!("{}/control/{path}", self.url)).send().await?.error_for_status()?.json().await?)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A bot, for as long as this value lives.
pub(crate) struct Bot {
    process: Child,
    log: PathBuf,
}

impl Bot {
    /// Writes a configuration for a bot of this sandbox into a folder. It asks as fast as it can; `more` is the end of the file.
    pub(crate) fn configure(folder: &Path, sandbox: &Sandbox, more: &str) -> Result<()> {
        let Sandbox { url, auth_id, auth_token, telegram_token, .. } = sandbox;
        let text = format!(
            "[vobiz]\nauth_id = \"{auth_id}\"\nauth_token = \"{auth_token}\"\nbase_url = \"{url}/api/v1/partner\"\n\
             requests_per_second = 1000\nconcurrency = 8\n\
             [telegram]\ntoken = \"{telegram_token}\"\napi_url = \"{url}\"\n\
             [database]\nurl = \"sqlite://bot.db\"\n[log]\nformat = \"json\"\n{more}"
        );
        std::fs::write(folder.join("bot.toml"), text).context("the configuration cannot be written")
    }

    /// Starts the program at `path` in a folder that was configured.
    pub(crate) fn start(path: &str, folder: &Path, arguments: &[&str]) -> Result<Self> {
        let log = folder.join("log");
        let file = File::create(&log)?;
        let mut command = Command::new(path);
        command.args(["run", "--config", "bot.toml"]).args(arguments).current_dir(folder);
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        Ok(Self { process: command.spawn().with_context(|| format!("{path} did not start"))?, log })
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// The events of its log that say this.
    pub(crate) fn events(&self, message: &str) -> Result<Vec<Value>> {
        let text = std::fs::read_to_string(&self.log)?;
        let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(events.filter(|event| event["message"] == message).collect())
    }

    /// Waits until it logged this so often.
    pub(crate) async fn until_logged(&mut self, message: &str, times: usize) -> Result<Vec<Value>> {
        let end = Instant::now() + PATIENCE;
        loop {
            let events = self.events(message)?;
            if events.len() >= times {
                return Ok(events);
            }
            let log = || std::fs::read_to_string(&self.log).unwrap_or_default();
            ensure!(self.process.try_wait()?.is_none(), "the bot ended: {}", log());
            if Instant::now() > end {
                bail!("the bot did not log {times} times {message:?}: {}", log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // It may have ended by itself.
    let _ = process.kill();
    let _ = process.wait();
}
