//! `vobiz-bot pair`: prints a one-time code that makes a chat one that the bot serves.

use anyhow::Result;
use chrono::Utc;

use crate::config::Config;
use crate::people::Role;
use crate::store::Store;
use crate::terminal::print_line;

/// Options of `vobiz-bot pair`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The role of the person who uses the code: viewer, operator or admin.
    #[arg(long, default_value = "viewer", value_parser = role)]
    role: Role,
}

fn role(text: &str) -> Result<Role, String> {
    text.parse()
}

pub(crate) async fn run(config: &Config, options: &Options) -> Result<()> {
    let store = Store::open_beside(&config.database_url).await?;
    let code = store.new_code(options.role, Utc::now()).await?;
    store.close().await;
    print_line(&format!("/start {code}"))?;
    print_line(&format!(
        "Write that line to the bot within 10 minutes, once. The chat is then served, and who wrote it is {}.",
        options.role.with_article()
    ))?;
    Ok(())
}
