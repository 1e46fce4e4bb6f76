//! The alert benchmark: who is warned in time, and how often for nothing.

mod clock;
mod fans;
mod files;
mod habits;
mod notes;
mod ours;
mod replay;
mod score;
mod truth;
mod usual;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use rust_decimal::Decimal;
use vobiz_core::alert::Policy;
use vobiz_core::history::History;
use vobiz_sandbox::history::{Plan, live};

use notes::Note;
use score::Score;
use truth::Truth;
use usual::Way;

/// Worlds whose outcome was looked at while the policy was still being changed; the table is of others.
const SEEN: [u64; 3] = [101, 102, 103];
const JUDGED: [u64; 3] = [201, 202, 203];
const CUSTOMERS: usize = 500;
const DAYS: u32 = 90;

/// Writes the tables, of the worlds in these folders or else of the judged seeds, which are made in `scratch`.
pub(crate) fn run(scratch: &str, folders: &[&str]) -> Result<()> {
    let folders: Vec<PathBuf> = if folders.is_empty() {
        JUDGED.iter().map(|seed| world(Path::new(scratch), *seed)).collect::<Result<_>>()?
    } else {
        folders.iter().map(PathBuf::from).collect()
    };
    let mut scored: Vec<(Row, Vec<Score>)> = rows()?.into_iter().map(|row| (row, Vec::new())).collect();
    for (number, folder) in folders.iter().enumerate() {
        let started = Instant::now();
        let history = truth::history(folder)?;
        let truth = Truth::read(folder, &history)?;
        // What the margin does is seen in one world.
        let wanted = |row: &Row| number == 0 || !row.is_curve;
        let said: Vec<Option<Vec<Note>>> = thread::scope(|scope| {
            let watching: Vec<_> =
                scored.iter().map(|(row, _)| wanted(row).then(|| scope.spawn(|| row.watch(&history)))).collect();
            watching.into_iter().map(|watch| watch.and_then(|watch| watch.join().ok())).collect()
        });
        for (place, ((row, scores), notes)) in scored.iter_mut().zip(said).enumerate() {
            if let Some(notes) = notes {
                notes::write(&notes, &ids(&history), &folder.join(format!("notifications-{place}.csv")))?;
                scores.push(score::score(&truth, &by_truth(&history, &truth, notes)?));
            } else if wanted(row) {
                bail!("{} broke off", row.name);
            }
        }
        tell(&format!("{}: watched in {:.0} s", folder.display(), started.elapsed().as_secs_f64()));
    }
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} worlds of {CUSTOMERS} wallets and {DAYS} days, seeds {JUDGED:?}; the policy was changed after looking at seeds {SEEN:?}, which are not among them. Means over the worlds; the curve is of the first.\n",
        folders.len()
    )?;
    table(&mut out, &scored)
}

pub(crate) use fans::run as fans;

/// Judges a file of notifications and prints every figure.
pub(crate) fn judge(folder: &str, file: &str) -> Result<()> {
    let folder = Path::new(folder);
    let history = truth::history(folder)?;
    let truth = Truth::read(folder, &history)?;
    let notes = notes::read(Path::new(file), &truth.ids)?;
    let figures: serde_json::Map<String, serde_json::Value> = score::score(&truth, &notes)
        .into_iter()
        .map(|(name, figure)| (name.to_owned(), figure.map_or(serde_json::Value::Null, Into::into)))
        .collect();
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&figures)?)?;
    Ok(())
}

/// The files of a world, made once.
fn world(scratch: &Path, seed: u64) -> Result<PathBuf> {
    let folder = scratch.join(format!("seed-{seed}"));
    files::write(&live(&Plan { seed, customers: CUSTOMERS, days: DAYS }), &folder).context("the world is not written")?;
    Ok(folder)
}

/// Makes one world: `maker` is `sandbox` or `habits`.
pub(crate) fn make(maker: &str, seed: &str, folder: &str) -> Result<()> {
    let seed = seed.parse().context("a seed is a number")?;
    let world = match maker {
        "sandbox" => live(&Plan { seed, customers: CUSTOMERS, days: DAYS }),
        "habits" => habits::world(seed, CUSTOMERS, DAYS as usize),
        _ => bail!("{maker} makes no worlds; write sandbox or habits"),
    };
    files::write(&world, Path::new(folder))
}

/// A row of the table.
struct Row {
    name: String,
    watcher: Watcher,
    /// Whether it only shows what the margin does.
    is_curve: bool,
}

enum Watcher {
    Ours(Box<Policy>),
    Usual(Way),
}

impl Row {
    fn watch(&self, history: &History) -> Vec<Note> {
        match &self.watcher {
            Watcher::Ours(policy) => ours::watch(history, policy),
            Watcher::Usual(way) => way.watch(history),
        }
    }
}

fn rows() -> Result<Vec<Row>> {
    let usual = |way: Way, is_curve| Row { name: way.name(), watcher: Watcher::Usual(way), is_curve };
    let mut rows = vec![Row {
        name: format!("**default policy**, runway below {} working hours", Policy::DEFAULT_RUNWAY),
        watcher: Watcher::Ours(Box::default()),
        is_curve: false,
    }];
    rows.extend([Way::Amount(2_000.0), Way::DaysLeft(2.0), Way::Line(24.0), Way::SevenDays(1.0)].map(|way| usual(way, false)));
    for tenths in [30, 60, 90] {
        let hours = Decimal::new(tenths, 1);
        let policy = Box::new(ours::policy(hours)?);
        rows.push(Row { name: format!("runway below {hours} working hours"), watcher: Watcher::Ours(policy), is_curve: true });
    }
    rows.extend([1.0, 3.0, 5.0].map(|days| usual(Way::DaysLeft(days), true)));
    Ok(rows)
}

fn ids(history: &History) -> Vec<String> {
    history.wallets.iter().map(|wallet| wallet.auth_id.clone()).collect()
}

/// The same notifications, their wallets counted as the truth does.
fn by_truth(history: &History, truth: &Truth, notes: Vec<Note>) -> Result<Vec<Note>> {
    let place = |note: &Note| truth.ids.get(&history.wallets.get(note.wallet)?.auth_id).copied();
    notes
        .into_iter()
        .map(|note| Ok(Note { wallet: place(&note).context("a wallet of which there is no truth")?, ..note }))
        .collect()
}

/// Columns of the table: name, figure, decimals.
const COLUMNS: [(&str, &str, usize); 11] = [
    ("in time %", "in_time_pct", 1),
    ("late %", "late_pct", 1),
    ("too early %", "too_early_pct", 1),
    ("missed %", "missed_pct", 1),
    ("lead h", "median_lead_h", 1),
    ("vain", "vain_per_100", 2),
    ("saved", "saved_per_100", 2),
    ("sudden, min", "sudden_median_min", 0),
    ("90th", "sudden_p90_min", 0),
    ("rings an event", "rings_per_event", 2),
    ("flaps", "flaps", 0),
];

fn table(out: &mut impl std::io::Write, scored: &[(Row, Vec<Score>)]) -> Result<()> {
    for (title, is_curve) in [("what watches", false), ("as the margin varies", true)] {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
        writeln!(out, "| {title} | {} |\n| --- |{}", names.join(" | "), " --: |".repeat(COLUMNS.len()))?;
        for (row, scores) in scored.iter().filter(|(row, _)| row.is_curve == is_curve) {
            let figures: Vec<String> = COLUMNS.iter().map(|(_, figure, places)| mean(scores, figure, *places)).collect();
            writeln!(out, "| {} | {} |", row.name, figures.join(" | "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn mean(scores: &[Score], figure: &str, places: usize) -> String {
    let known: Vec<f64> = scores.iter().filter_map(|score| score.get(figure).copied().flatten()).collect();
    let mean = known.iter().sum::<f64>() / clock::float(known.len());
    match mean {
        _ if mean.is_finite() => format!("{mean:.places$}"),
        _ if mean.is_infinite() => "never".to_owned(),
        _ => "–".to_owned(),
    }
}

/// Tells a person what is under way. Nobody may be reading.
fn tell(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
