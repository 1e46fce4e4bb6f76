//! `vobiz-bot export`: the recorded history as files that `vobiz-bot backtest` reads.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use vobiz_core::history::History;

use crate::store::Store;
use crate::terminal;

/// Writes the history in a database to the files of a directory that is empty or not there yet.
pub(crate) async fn run(database: &str, directory: &Path) -> Result<()> {
    let is_free = match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    ensure!(is_free, "{} is not an empty directory; give --history another one", directory.display());
    let history = Store::recorded_history(database).await?;
    write(&history, directory).with_context(|| format!("cannot write the history to {}", directory.display()))?;
    let (wallets, polls, samples) = (history.wallets.len(), history.polls.len(), history.samples.len());
    terminal::eprint_line(&format!("{}: {wallets} wallets, {polls} polls, {samples} samples", directory.display()));
    Ok(())
}

/// Writes all files or none: the directory has its name only once they are complete. Names and balances are for its owner alone.
fn write(history: &History, directory: &Path) -> Result<()> {
    let mut unfinished = directory.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    // What an interrupted export left behind.
    drop(fs::remove_dir_all(&unfinished));
    DirBuilder::new().recursive(true).mode(0o700).create(&unfinished)?;
    let written = history.write(&mut |name| {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(unfinished.join(name))?;
        Ok(Box::new(BufWriter::new(file)) as Box<dyn Write>)
    });
    let written = written.and_then(|()| fs::rename(&unfinished, directory));
    if written.is_err() {
        drop(fs::remove_dir_all(&unfinished));
    }
    Ok(written?)
}
