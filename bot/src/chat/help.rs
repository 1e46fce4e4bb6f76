//! `/help`: what can be asked.

use std::fmt::Write as _;

use futures::FutureExt as _;

use super::request::{Answer, Command, Reply};
use crate::messages::escape;

pub(super) fn answer(commands: &[&Command]) -> Reply<'static> {
    futures::future::ready(Ok(Answer::text(text(commands)))).boxed()
}

/// Every command, with an example where it takes something.
pub(super) fn text(commands: &[&Command]) -> String {
    let mut text = "Reports and alerts for your Vobiz customers.".to_owned();
    for command in commands {
        let example = if command.example == format!("/{}", command.name) {
            String::new()
        } else {
            format!(" ({})", escape(command.example))
        };
        let _ = write!(text, "\n/{}: {}{example}", command.name, escape(command.about));
    }
    text + "\n\nAlerts about low wallets come here by themselves."
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::chat::command::COMMANDS;

    #[test]
    fn the_help_names_every_command() {
        assert_snapshot!(text(COMMANDS));
    }
}
