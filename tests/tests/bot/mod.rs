//! The bot as a program: started, spoken to, stopped, and read.

#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use vobiz_core::PartnerClient;
use vobiz_core::alert::Subject;
use vobiz_sandbox::{Options, Person, Sandbox, Sent};

/// A private chat that the bot serves.
pub(crate) const PRIVATE: i64 = 4001;
/// A group that it serves.
pub(crate) const GROUP: i64 = -100_400_200_300;

/// Longest wait for anything; it ends as soon as it can.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The bot's executable: `VOBIZ_BOT_BIN`, else the one built beside this test.
pub(crate) fn executable() -> PathBuf {
    let path = std::env::var_os("VOBIZ_BOT_BIN").map_or_else(
        || {
            let test = std::env::current_exe().expect("the test knows where it is");
            test.ancestors().nth(2).expect("a test is two folders deep").join("vobiz-bot")
        },
        PathBuf::from,
    );
    assert!(path.is_file(), "there is no bot at {}; build it with: cargo build -p vobiz-bot", path.display());
    path
}

/// Recorded bodies of the Partner API.
pub(crate) fn payloads() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("payloads")
}

/// The recorded bodies, copied to be altered.
pub(crate) fn copied() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for entry in std::fs::read_dir(payloads()).expect("the payloads are there").flatten() {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a payload can be copied");
        }
    }
    folder
}

/// Changes one body of a folder.
pub(crate) fn alter(folder: &TempDir, name: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.path().join(format!("{name}.json"));
    let mut body = serde_json::from_str(&std::fs::read_to_string(&path).expect("the payload is there")).expect("JSON");
    change(&mut body);
    std::fs::write(&path, body.to_string()).expect("a payload can be written");
}

/// The recorded bodies with one of them changed.
pub(crate) fn altered(name: &str, change: impl FnOnce(&mut Value)) -> TempDir {
    let folder = copied();
    alter(&folder, name, change);
    folder
}

/// A sandbox of made-up customers, at the present.
pub(crate) async fn world(customers: usize) -> Sandbox {
    let options = Options { customers, start: Some(chrono::Utc::now()), ..Options::default() };
    Sandbox::start(options).await.expect("the sandbox starts")
}

/// A sandbox that serves recorded bodies, some in the place of others.
pub(crate) async fn recorded(folder: PathBuf, replace: &[(&str, &str)]) -> Sandbox {
    let replace = replace.iter().map(|(name, file)| ((*name).to_owned(), (*file).to_owned())).collect();
    let options = Options { payloads: Some(folder), replace, ..Options::default() };
    Sandbox::start(options).await.expect("the sandbox starts")
}

/// Every wallet far above every level; gives the customers that rules watch.
pub(crate) async fn fill(sandbox: &Sandbox) -> Vec<Subject> {
    for wallet in sandbox.wallets() {
        sandbox.set_wallet(&wallet.auth_id, Decimal::from(50_000)).expect("a wallet can be set");
    }
    let client = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token().to_owned());
    let client = client.base_url(sandbox.base_url()).build().expect("a client of the sandbox");
    let accounts = client.accounts().all().await.expect("the sandbox lists its customers");
    let subjects = accounts.iter().map(|account| Subject::of(account, None));
    subjects.filter(|subject| subject.is_prepaid && subject.is_active && !subject.auto_recharge).collect()
}

/// Waits for something, looking again and again; `what` is in the failure when it does not come.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "did not come: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What the bot sent to one chat.
pub(crate) fn sent_to(sandbox: &Sandbox, chat: i64) -> Vec<Sent> {
    sandbox.chat().sent().into_iter().filter(|sent| sent.chat_id == chat).collect()
}

/// The texts that the bot sent to one chat, as they are shown.
pub(crate) fn texts(sandbox: &Sandbox, chat: i64) -> Vec<String> {
    sent_to(sandbox, chat).into_iter().map(|sent| sent.plain).collect()
}

/// Waits until the bot sent so many messages to a chat; gives all of them.
pub(crate) fn until_sent(sandbox: &Sandbox, chat: i64, many: usize) -> Vec<String> {
    until_texts(&format!("{many} messages in chat {chat}"), sandbox, chat, |texts| texts.len() >= many)
}

/// Waits until what the bot sent to a chat satisfies `is_enough`; gives all of it.
pub(crate) fn until_texts(what: &str, sandbox: &Sandbox, chat: i64, is_enough: impl Fn(&[String]) -> bool) -> Vec<String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let texts = texts(sandbox, chat);
        if is_enough(&texts) {
            return texts;
        }
        assert!(Instant::now() < end, "did not come: {what}; there was {texts:#?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Says something in the private chat and gives the answer.
pub(crate) fn ask(sandbox: &Sandbox, text: &str) -> Sent {
    let before = sent_to(sandbox, PRIVATE).len();
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), text);
    until_sent(sandbox, PRIVATE, before + 1);
    sent_to(sandbox, PRIVATE).remove(before)
}

/// Says something whose answer takes long and has a file: all texts that come, and what the file is with.
pub(crate) fn ask_for_file(sandbox: &Sandbox, text: &str) -> (String, Sent) {
    let before = sent_to(sandbox, PRIVATE).len();
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), text);
    until("a file", || {
        let sent = sent_to(sandbox, PRIVATE).split_off(before);
        let file = sent.iter().find(|sent| sent.file.is_some())?.clone();
        Some((sent.into_iter().map(|sent| sent.plain).collect::<Vec<_>>().join("\n"), file))
    })
}

/// A folder of its own for one bot: its configuration, its database, its log.
pub(crate) struct Home(TempDir);

impl Home {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for temporary files"))
    }

    /// One with the configuration of a bot of this sandbox, `more` at its end.
    pub(crate) fn of(sandbox: &Sandbox, more: &str) -> Self {
        let home = Self::new();
        let vobiz = vobiz(sandbox);
        let telegram = format!("[telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n", sandbox.telegram_token(), sandbox.url());
        home.write(
            "bot.toml",
            &format!("{vobiz}{telegram}[database]\nurl = \"sqlite://bot.db\"\n[poll]\nevery = \"1s\"\n{more}"),
        );
        home
    }

    /// One whose bot serves the private chat and the group.
    pub(crate) fn of_two_chats(sandbox: &Sandbox) -> Self {
        Self::of(sandbox, &format!("[[chats]]\nid = {PRIVATE}\n[[chats]]\nid = {GROUP}\n"))
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a file there.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file can be written");
    }

    /// The bot, with nothing of this process's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.program(executable(), arguments)
    }

    /// A program in this folder, with nothing of this process's environment.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env_clear().env("TMPDIR", self.path()).stdin(Stdio::null());
        command
    }

    /// Runs the bot to its end.
    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the bot can be started")
    }

    /// Runs the bot to its end with this typed.
    pub(crate) fn typed(&self, arguments: &[&str], input: &str) -> Output {
        typed(&mut self.command(arguments), input)
    }

    /// Its database.
    pub(crate) async fn database(&self) -> SqliteConnection {
        let path = self.path().join("bot.db");
        SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.expect("the bot's database")
    }

    /// Waits until the bot wrote down that everything was delivered: what it cannot know of it sends again after a crash.
    pub(crate) async fn until_marked(&self) {
        let mut database = self.database().await;
        let end = Instant::now() + PATIENCE;
        let owed = "SELECT count(*) FROM outbox WHERE ended_at IS NULL";
        while sqlx::query_scalar::<_, i64>(owed).fetch_one(&mut database).await.expect("the outbox can be read") > 0 {
            assert!(Instant::now() < end, "something is owed for too long");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        database.close().await.expect("it can be closed");
    }

    /// Starts `run` and waits until it is ready.
    pub(crate) fn start(&self) -> Bot {
        let bot = self.begin();
        until("ready", || bot.log().lines().any(|line| line == "ready").then_some(()));
        bot
    }

    /// Starts `run`.
    pub(crate) fn begin(&self) -> Bot {
        self.begin_as(&["run", "--config", "bot.toml"])
    }

    /// Starts the bot with these arguments.
    pub(crate) fn begin_as(&self, arguments: &[&str]) -> Bot {
        self.begin_with(arguments, None)
    }

    /// Starts the bot with these arguments and this variable.
    pub(crate) fn begin_with(&self, arguments: &[&str], variable: Option<(&str, &String)>) -> Bot {
        self.begin_program(self.command(arguments), variable)
    }

    /// Starts a command that becomes the bot.
    pub(crate) fn begin_program(&self, mut command: Command, variable: Option<(&str, &String)>) -> Bot {
        let log = self.path().join(format!("log-{}", std::fs::read_dir(self.path()).map_or(0, Iterator::count)));
        let file = File::create(&log).expect("a log can be written");
        command.env("RUST_LOG", "trace").envs(variable).stdout(file.try_clone().expect("a file has handles")).stderr(file);
        Bot { child: command.spawn().expect("the bot can be started"), log }
    }
}

/// The section of a configuration that leads to this sandbox's Partner API, which is asked as fast as it can answer: what a
/// test waits for comes at once, without a word that it takes long.
pub(crate) fn vobiz(sandbox: &Sandbox) -> String {
    let (id, token, url) = (sandbox.auth_id(), sandbox.auth_token(), sandbox.base_url());
    format!("[vobiz]\nauth_id = \"{id}\"\nauth_token = \"{token}\"\nbase_url = \"{url}\"\nrequests_per_second = 1000\n")
}

/// Runs a command to its end with this typed.
pub(crate) fn typed(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the bot can be started");
    let written = child.stdin.take().expect("it reads").write_all(input.as_bytes());
    written.expect("it reads what is typed");
    child.wait_with_output().expect("it ends")
}

/// A running bot; killed when dropped.
pub(crate) struct Bot {
    child: Child,
    log: PathBuf,
}

impl Bot {
    /// All it printed.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("its state is known").is_none()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Lets no file of its grow beyond so many bytes, as a disk that is full does.
    pub(crate) fn limit_files(&self, bytes: &str) {
        let limit = format!("--fsize={bytes}:unlimited");
        let limited = Command::new("prlimit").args(["--pid", &self.child.id().to_string(), &limit]).status();
        assert!(limited.expect("prlimit is a program").success(), "the bot had ended by itself: {}", self.log());
    }

    /// Asks it to read its configuration again.
    pub(crate) fn hang_up(&self) {
        let asked = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill is a program").success(), "the bot had ended by itself: {}", self.log());
    }

    /// Asks it to stop, and waits until it did.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill is a program").success(), "the bot had ended by itself: {}", self.log());
        until("the end of the bot", || self.child.try_wait().expect("its state is known"))
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().filter(|line| !line.contains("TRACE")).collect();
            let _ = writeln!(std::io::stderr(), "the bot's log:\n{}", lines.join("\n"));
        }
    }
}
