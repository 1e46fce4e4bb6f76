//! `--fast`: days in seconds, with what the bot says by itself.

use anyhow::Result;
use chrono::Days;

use super::{Demo, ZONE};
use crate::terminal::print_line;

impl Demo {
    /// Goes from poll to poll; none is left out, and each waits until what it owes was delivered.
    pub(super) async fn live(&mut self, days: u32) -> Result<()> {
        let clock = self.sandbox.clock();
        let begun = clock.now();
        let end = begun.checked_add_days(Days::new(days.into())).unwrap_or(begun);
        let (mut polls, mut messages, mut pictures) = (0_u32, 0_u32, 0_u32);
        while clock.now() < end {
            self.next_poll().await?;
            polls += 1;
            for sent in self.delivered().await? {
                let at = sent.at.with_timezone(&ZONE).format("%a %-d %b %H:%M");
                self.show(&sent, &format!("{at} bot"))?;
                messages += 1;
                pictures += u32::from(sent.file.is_some());
            }
        }
        print_line(&format!("{days} days: {polls} polls, {messages} messages, {pictures} of them with a picture."))?;
        Ok(())
    }
}
