//! `/help`: what can be asked.

use std::fmt::Write as _;

use futures::FutureExt as _;

use super::command::{COMMANDS, Command};
use super::request::{Answer, Reply, Request};
use crate::messages::escape;
use crate::people::Role;

pub(super) const COMMAND: Command =
    Command { name: "help", about: "what can be asked here", example: "/help", role: Role::Viewer, answer };

fn answer<'a>(_: &'a Request<'a>) -> Reply<'a> {
    futures::future::ready(Ok(Answer::text(text()))).boxed()
}

/// Every command, with an example where it takes something.
fn text() -> String {
    let mut text = "Reports and alerts for your Vobiz customers.".to_owned();
    for command in COMMANDS {
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

    #[test]
    fn the_help_names_every_command() {
        assert_snapshot!(text());
    }
}
