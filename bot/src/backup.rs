//! `vobiz-bot backup`: a copy of the database, while the bot runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;

use crate::store::Store;
use crate::terminal;

/// Copies the database to a file that is not there yet: the whole copy or none.
pub(crate) async fn run(database: &str, file: &Path) -> Result<()> {
    ensure!(!file.exists(), "{} is there already; give another name", file.display());
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    // What an interrupted copy left behind.
    drop(fs::remove_file(&unfinished));
    let copied = Store::copy(database, &unfinished, Utc::now()).await;
    let copied = copied.and_then(|()| Ok(fs::rename(&unfinished, file)?));
    if copied.is_err() {
        drop(fs::remove_file(&unfinished));
    }
    copied.with_context(|| format!("cannot copy the database to {}", file.display()))?;
    terminal::eprint_line(&format!("{}: {} bytes", file.display(), fs::metadata(file)?.len()));
    Ok(())
}
