//! `vobiz-bot health`: a running bot asked whether it is ready.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::terminal;

const READY: u8 = 0;
const NOT_READY: u8 = 2;
/// How long the answer may take.
const DEADLINE: Duration = Duration::from_secs(8);

/// Prints what `/readyz` answers, and gives the exit status.
pub(crate) async fn run(listen: SocketAddr) -> Result<u8> {
    let http = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build()?;
    let answer = http.get(format!("http://{listen}/readyz")).send().await;
    let answer = answer.with_context(|| format!("no bot answers at {listen}; is it running, and is that its http.listen?"))?;
    let is_ready = answer.status().is_success();
    terminal::print_line(terminal::strip_control_chars(&answer.text().await?).trim_end())?;
    Ok(if is_ready { READY } else { NOT_READY })
}
