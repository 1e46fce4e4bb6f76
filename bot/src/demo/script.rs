//! Lines from a file or a pipe: each is answered before the next, then the clock is turned until there was an alert.

use anyhow::{Context as _, Result};
use tokio::time::{Instant, timeout};

use super::{CHAT, Demo, PATIENCE};
use crate::terminal::{print_line, strip_control_chars, typed};

impl Demo {
    pub(super) async fn play_script(&mut self) -> Result<()> {
        let mut lines = typed();
        while let Some(line) = lines.recv().await.transpose().context("standard input is not text")? {
            if line.trim().is_empty() {
                continue;
            }
            print_line(&format!("you> {}", strip_control_chars(&line)))?;
            self.parts.handled.borrow_and_update();
            self.sandbox.chat().say(CHAT, &self.person, &line);
            timeout(PATIENCE, self.parts.handled.changed()).await.context("no answer came")??;
            self.show_delivered().await?;
        }
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            self.next_poll().await?;
            if self.show_delivered().await? {
                break;
            }
        }
        Ok(())
    }

    /// Shows what came. Whether an alert was among it.
    async fn show_delivered(&mut self) -> Result<bool> {
        let mut is_alert = false;
        for sent in self.delivered().await? {
            is_alert |= sent.file.is_none() && (sent.plain.starts_with('🔴') || sent.plain.starts_with('🟠'));
            self.show(&sent, "bot")?;
        }
        Ok(is_alert)
    }
}
