//! What the chats received, against what was true. It reads the sandbox alone, and of the bot's database only its own count of
//! repeats.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::TimeDelta;
use sqlx::Connection as _;
use vobiz_sandbox::Sent;

use super::{Chaos, Period, STEP};
use crate::bot::Home;

/// What is wrong with what the chats received.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Messages in all chats.
    pub(crate) delivered: usize,
    /// Changes left out, for the world moved the wallet before every chat was notified.
    pub(crate) moved: usize,
    /// Changes of wallets that a chat had to be notified of.
    pub(crate) owed: usize,
    /// Of these, those that a chat was not notified of.
    pub(crate) lost: Vec<String>,
    /// Messages that a chat got again, by chat.
    pub(crate) repeated: BTreeMap<usize, usize>,
    /// The longest that a chat waited to be notified of a change, on the sandbox's clock.
    pub(crate) longest: TimeDelta,
    /// Changes of one wallet that a chat was notified of in another order than they happened.
    pub(crate) disordered: Vec<String>,
    /// What the bot recorded as possibly repeated.
    pub(crate) recorded: i64,
    /// Faults and kills, by kind.
    pub(crate) faults: BTreeMap<&'static str, u32>,
}

impl Verdict {
    /// Compares what was received with what was true.
    pub(crate) async fn of(chaos: &Chaos) -> Self {
        let all = chaos.sandbox.chat().sent();
        let mut verdict = Self { faults: chaos.faults().counts().clone(), ..Self::default() };
        verdict.recorded = scalar(&chaos.home, "SELECT coalesce(sum(repeats), 0) FROM outbox").await;
        let notified = notified(&all, &chaos.chats, &chaos.periods);
        for (number, (ids, notified)) in chaos.chats.iter().zip(&notified).enumerate() {
            let got: Vec<&Sent> = all.iter().filter(|sent| is_received(sent, ids)).collect();
            verdict.delivered += got.len();
            verdict.repeated.insert(number, repeats(&got, &chaos.periods));
            let mut last: BTreeMap<&str, (u64, u32)> = BTreeMap::new();
            for (place, period) in chaos.periods.iter().enumerate().skip(chaos.wallets()) {
                if period.is_moved {
                    verdict.moved += 1;
                    continue;
                }
                verdict.owed += 1;
                let what = || format!("{} of {} since {} in chat {number}", period.amount, period.auth_id, period.from);
                let Some(sent) = notified.get(&place) else {
                    verdict.lost.push(what());
                    continue;
                };
                verdict.longest = verdict.longest.max(sent.at - period.from);
                if let Some((before, amount)) = last.insert(&period.auth_id, (sent.number, period.amount))
                    && before > sent.number
                {
                    verdict.disordered.push(format!("{} before {amount}", what()));
                }
            }
        }
        verdict
    }

    /// At most one repeat for each kill and each lost answer, in each chat.
    pub(crate) fn repeats_allowed(&self) -> usize {
        let excuses = ["killed", "answer of a send lost"];
        excuses.iter().map(|kind| self.faults.get(kind).copied().unwrap_or_default() as usize).sum()
    }

    /// The run as a table.
    pub(crate) fn table(&self) -> String {
        let mut table = "| | |\n| --- | --: |\n".to_owned();
        for (kind, count) in &self.faults {
            let _ = writeln!(table, "| {kind} | {count} |");
        }
        let repeated: usize = self.repeated.values().sum();
        for (what, count) in [
            ("messages delivered", self.delivered),
            ("changes owed to chats", self.owed),
            ("changes left out", self.moved),
            ("lost", self.lost.len()),
            ("in another order", self.disordered.len()),
            ("messages repeated", repeated),
        ] {
            let _ = writeln!(table, "| {what} | {count} |");
        }
        let _ = writeln!(table, "| repeats recorded | {} |", self.recorded);
        let _ =
            writeln!(table, "| longest wait for a notification, in minutes of the sandbox | {} |", self.longest.num_minutes());
        table
    }
}

/// The first message about each period in each chat, by the place of the period.
pub(crate) fn notified<'a>(all: &'a [Sent], chats: &[Vec<i64>], periods: &[Period]) -> Vec<BTreeMap<usize, &'a Sent>> {
    let of_chat = |ids: &Vec<i64>| {
        let mut notified = BTreeMap::new();
        for sent in all.iter().filter(|sent| is_received(sent, ids)) {
            let numbers = Numbers::of(sent);
            for (place, period) in periods.iter().enumerate() {
                if sent.at >= period.from && numbers.tell(period) {
                    notified.entry(place).or_insert(sent);
                }
            }
        }
        notified
    };
    chats.iter().map(of_chat).collect()
}

fn is_received(sent: &Sent, ids: &[i64]) -> bool {
    ids.contains(&sent.chat_id) && sent.method.starts_with("send")
}

/// What a message says: whole numbers, without what calls cost meanwhile, and its words.
struct Numbers {
    amounts: BTreeSet<u32>,
    words: String,
}

impl Numbers {
    fn of(sent: &Sent) -> Self {
        let file = sent.file.as_ref().filter(|file| !file.is_photo).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        // In a text, commas stand between digits; in a file, between columns.
        let words = format!("{}\n{}", sent.plain.replace(',', ""), file.unwrap_or_default());
        let numbers = words.split(|sign: char| !sign.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok());
        Self { amounts: numbers.map(|number| number / STEP).collect(), words }
    }

    /// Whether it is about this period: it names the amount, which no other period has, and the customer.
    fn tell(&self, period: &Period) -> bool {
        self.amounts.contains(&(period.amount / STEP)) && self.words.contains(&period.auth_id)
    }
}

/// How many messages repeat only what the chat got before.
fn repeats(got: &[&Sent], periods: &[Period]) -> usize {
    let mut known = BTreeSet::new();
    let mut repeats = 0;
    for numbers in got.iter().map(|sent| Numbers::of(sent)) {
        let notified: Vec<usize> = (0..periods.len()).filter(|&place| numbers.tell(&periods[place])).collect();
        let is_new = notified.iter().filter(|place| known.insert(**place)).count() > 0;
        repeats += usize::from(!notified.is_empty() && !is_new);
    }
    repeats
}

/// A number of the bot's database.
pub(crate) async fn scalar(home: &Home, query: &'static str) -> i64 {
    let mut database = home.database().await;
    let found = sqlx::query_scalar(query).fetch_one(&mut database).await.expect("the database can be read");
    database.close().await.expect("it can be closed");
    found
}
