//! The man page and completions for shells, from the command line as it is read.

use anyhow::Result;
use clap::Command;
use clap_complete::Shell;

/// The completions for a shell.
pub(crate) fn completions(command: &mut Command, shell: Shell) -> String {
    let (name, mut text) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(shell, command, name, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The man page: the program's own, and each command's as a section of it.
pub(crate) fn page(command: Command) -> Result<String> {
    let mut text = Vec::new();
    let mut command = command.flatten_help(true);
    command.build();
    clap_mangen::Man::new(command).render(&mut text)?;
    Ok(String::from_utf8(text)?)
}
