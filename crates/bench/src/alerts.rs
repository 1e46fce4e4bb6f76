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
use vobiz_core::forecast::Business;
use vobiz_core::history::History;
use vobiz_core::history::calibration::{calibrate, table as table_of_ranges};
use vobiz_sandbox::history::{Plan, live};

use notes::Note;
use score::Score;
use truth::Truth;
use usual::Way;

/// Seeds of worlds whose outcome was looked at while the policy was still being changed; the tables are of others.
const SEEN: &str = "sandbox 101 to 103, 501, 2101 and 2102, habits 1, 2, 2101 and 2102";
const JUDGED: [u64; 3] = [901, 902, 903];
/// Generators of worlds.
const MAKERS: [&str; 2] = ["sandbox", "habits"];
const CUSTOMERS: usize = 500;
const DAYS: u32 = 90;

/// Writes the tables: of the worlds in these folders, or else of the judged seeds of each generator, which are made in
/// `scratch`.
pub(crate) fn run(scratch: &str, folders: &[&str]) -> Result<()> {
    let mut out = std::io::stdout();
    if !folders.is_empty() {
        return tables(&mut out, &folders.iter().map(PathBuf::from).collect::<Vec<_>>(), rows()?);
    }
    writeln!(out, "Looked at while the policy was being changed, and not among these worlds: {SEEN}.\n")?;
    for maker in MAKERS {
        let made = JUDGED.iter().map(|seed| {
            let folder = Path::new(scratch).join(format!("{maker}-{seed}"));
            make(maker, &seed.to_string(), &folder.to_string_lossy()).context("the world is not written")?;
            Ok(folder)
        });
        let folders: Vec<PathBuf> = made.collect::<Result<_>>()?;
        writeln!(out, "Worlds of the generator `{maker}`, seeds {JUDGED:?}, {CUSTOMERS} wallets and {DAYS} days each:\n")?;
        tables(&mut out, &folders, rows()?)?;
    }
    Ok(())
}

/// The figures of the default policy alone, in the worlds of these folders.
pub(crate) fn shipped(folders: &[&str]) -> Result<()> {
    let ours = rows()?.into_iter().filter(|row| !row.is_curve && matches!(row.watcher, Watcher::Ours { .. })).collect();
    tables(&mut std::io::stdout(), &folders.iter().map(PathBuf::from).collect::<Vec<_>>(), ours)
}

/// Scores every row in every world, and writes means and, for the default policy, each world.
fn tables(out: &mut impl std::io::Write, folders: &[PathBuf], rows: Vec<Row>) -> Result<()> {
    let mut scored: Vec<(Row, Vec<Score>)> = rows.into_iter().map(|row| (row, Vec::new())).collect();
    for (number, folder) in folders.iter().enumerate() {
        let started = Instant::now();
        let history = truth::history(folder)?;
        let truth = Truth::read(folder, &history)?;
        // What the margin does is seen in one world.
        let wanted = |row: &Row| number == 0 || !row.is_curve;
        let watched: Vec<Option<Vec<Note>>> = thread::scope(|scope| {
            let watching: Vec<_> =
                scored.iter().map(|(row, _)| wanted(row).then(|| scope.spawn(|| row.watch(&history)))).collect();
            watching.into_iter().map(|watch| watch.and_then(|watch| watch.join().ok())).collect()
        });
        for (place, ((row, scores), notes)) in scored.iter_mut().zip(watched).enumerate() {
            if let Some(notes) = notes {
                notes::write(&notes, &ids(&history), &folder.join(format!("notifications-{place}.csv")))?;
                scores.push(score::score(&truth, &by_truth(&history, &truth, notes)?));
            } else if wanted(row) {
                bail!("{} broke off", row.name);
            }
        }
        tell(&format!("{}: watched in {:.0} s", folder.display(), started.elapsed().as_secs_f64()));
    }
    table(out, &scored)
}

/// How often the ranges of forecasts held in the worlds of these folders.
pub(crate) fn calibration(folders: &[&str]) -> Result<()> {
    for folder in folders {
        let history = truth::history(Path::new(folder))?;
        let outcomes = calibrate(&history, &Business::default());
        writeln!(std::io::stdout(), "`{folder}`:\n\n{}", table_of_ranges(&outcomes))?;
    }
    Ok(())
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
    Ours { policy: Box<Policy>, has_ledger: bool },
    Usual(Way),
}

impl Row {
    fn watch(&self, history: &History) -> Vec<Note> {
        match &self.watcher {
            Watcher::Ours { policy, has_ledger: true } => ours::watch(history, policy),
            Watcher::Ours { policy, has_ledger: false } => {
                ours::watch(&History { ledger: Vec::new(), ..history.clone() }, policy)
            }
            Watcher::Usual(way) => way.watch(history),
        }
    }
}

fn rows() -> Result<Vec<Row>> {
    let usual = |way: Way, is_curve| Row { name: way.name(), watcher: Watcher::Usual(way), is_curve };
    let ours = |ledger: &str, has_ledger| Row {
        name: format!("**default policy**, runway below {} working hours, {ledger} ledger", Policy::DEFAULT_RUNWAY),
        watcher: Watcher::Ours { policy: Box::default(), has_ledger },
        is_curve: false,
    };
    let mut rows = vec![ours("with", true), ours("without", false)];
    rows.extend([Way::Amount(2_000.0), Way::DaysLeft(2.0), Way::Line(24.0), Way::SevenDays(1.0)].map(|way| usual(way, false)));
    for tenths in [30, 45, 75, 90] {
        let hours = Decimal::new(tenths, 1);
        let policy = Box::new(ours::policy(hours)?);
        let watcher = Watcher::Ours { policy, has_ledger: true };
        rows.push(Row { name: format!("runway below {hours} working hours"), watcher, is_curve: true });
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
const COLUMNS: [(&str, &str, usize); 13] = [
    ("in time %", "in_time_pct", 1),
    ("late %", "late_pct", 1),
    ("too early %", "too_early_pct", 1),
    ("missed %", "missed_pct", 1),
    ("lead h", "median_lead_h", 1),
    ("false alarms", "false_per_100", 2),
    ("saved", "saved_per_100", 2),
    ("sudden, min", "sudden_median_min", 0),
    ("90th", "sudden_p90_min", 0),
    ("rings an event", "rings_per_event", 2),
    ("rings an event and severity", "rings_per_event_and_severity", 2),
    ("messages an event", "messages_per_event", 2),
    ("flaps", "flaps", 0),
];

fn table(out: &mut impl std::io::Write, scored: &[(Row, Vec<Score>)]) -> Result<()> {
    for (title, is_curve) in [("what watches", false), ("as the margin varies", true)] {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
        if !scored.iter().any(|(row, _)| row.is_curve == is_curve) {
            continue;
        }
        writeln!(out, "| {title} | {} |\n| --- |{}", names.join(" | "), " --: |".repeat(COLUMNS.len()))?;
        for (row, scores) in scored.iter().filter(|(row, _)| row.is_curve == is_curve) {
            let figures: Vec<String> = COLUMNS.iter().map(|(_, figure, places)| mean(scores, figure, *places)).collect();
            writeln!(out, "| {} | {} |", row.name, figures.join(" | "))?;
            for (world, score) in scores.iter().enumerate().filter(|_| row.name.starts_with("**") && scores.len() > 1) {
                let one = std::slice::from_ref(score);
                let figures: Vec<String> = COLUMNS.iter().map(|(_, figure, places)| mean(one, figure, *places)).collect();
                writeln!(out, "| – world {} | {} |", world + 1, figures.join(" | "))?;
            }
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
