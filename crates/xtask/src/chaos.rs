//! `cargo xtask chaos`: the bot under faults and kills for as long as asked, and what its chats received.

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;

/// How long, and which faults.
#[derive(Args)]
pub(crate) struct Choice {
    /// Minutes that faults go on.
    #[arg(long, default_value_t = 20)]
    minutes: u32,
    /// What everything random comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the suite of that name with this length.
pub(crate) fn run(workspace: &Workspace, choice: &Choice) -> Result<()> {
    workspace.build_binaries()?;
    workspace
        .cargo("chaos")
        .args(["test", "--package", "vobiz-tests", "--test", "bot_chaos", "--", "--nocapture"])
        .envs(workspace.binaries())
        .envs([("VOBIZ_CHAOS_MINUTES", choice.minutes.to_string()), ("VOBIZ_CHAOS_SEED", choice.seed.to_string())])
        .run()
}
