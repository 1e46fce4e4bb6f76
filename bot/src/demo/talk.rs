//! A person at the terminal: the clock runs, and what is typed is sent.

use anyhow::{Context as _, Result};

use super::{CHAT, Demo};
use crate::terminal::typed;

impl Demo {
    /// Goes on until the end of what is typed; with a page, which may be all there is, without end.
    pub(super) async fn talk(&mut self, has_page: bool) -> Result<()> {
        let mut lines = typed();
        let mut is_typing = true;
        loop {
            tokio::select! {
                line = lines.recv(), if is_typing => match line.transpose().context("cannot read what is typed")? {
                    Some(line) if line.trim().is_empty() => {}
                    Some(line) => drop(self.sandbox.chat().say(CHAT, &self.person, &line)),
                    None if has_page => is_typing = false,
                    None => return Ok(()),
                },
                sent = self.sent.recv() => self.show(&sent?, "bot")?,
                failed = self.parts.failed() => return failed,
            }
        }
    }
}
