//! Writes the history of a world: `cargo run --release -p vobiz-sandbox --example history -- FOLDER SEED CUSTOMERS DAYS`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use vobiz_sandbox::history::{Plan, write};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().with_context(|| format!("{what} is missing: FOLDER SEED CUSTOMERS DAYS"));
    let folder = PathBuf::from(next("FOLDER")?);
    let plan = Plan { seed: next("SEED")?.parse()?, customers: next("CUSTOMERS")?.parse()?, days: next("DAYS")?.parse()? };
    std::fs::create_dir_all(&folder)?;
    write(&plan, &folder)?;
    Ok(())
}
