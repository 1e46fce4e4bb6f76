//! `/help`: what can be asked.

use std::fmt::Write as _;

use futures::FutureExt as _;

use super::command::{COMMANDS, Command};
use super::request::{Answer, Reply, Request};
use crate::messages::escape;
use crate::people::Role;

pub(super) const COMMAND: Command =
    Command { name: "help", about: "what can be asked here", example: "/help", role: Role::Viewer, answer };

fn answer<'a>(request: &'a Request<'a>) -> Reply<'a> {
    futures::future::ready(Ok(Answer::text(text(request.person.role)))).boxed()
}

/// The commands that somebody of this role may use.
fn text(role: Role) -> String {
    let mut text = "Reports and alerts for your Vobiz customers.".to_owned();
    for command in COMMANDS.iter().filter(|command| command.role <= role) {
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
    fn everybody_sees_the_commands_that_they_may_use() {
        assert_snapshot!(text(Role::Admin));
        assert!(text(Role::Viewer).lines().count() <= text(Role::Admin).lines().count());
    }
}
