//! `vobiz-bot migrate`: brings a database to the layout of this version without starting the bot.

use anyhow::Result;

use crate::store::Store;
use crate::terminal;

/// Brings a database that no bot uses to the present layout, creating it where there is none.
pub(crate) async fn run(database: &str) -> Result<()> {
    let store = Store::open(database).await?;
    let layout = store.layout().await;
    store.close().await;
    terminal::eprint_line(&format!("{database}: layout {}", layout?));
    Ok(())
}
