//! `leadfold completions` and `leadfold man`: made from the same definitions as the help.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Outcome;
use super::args::Arguments;
use super::exit::Exit;
use super::printer::Printer;

/// Print shell completions
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold completions bash > ~/.local/share/bash-completion/completions/leadfold
  leadfold completions zsh > ~/.zfunc/_leadfold
  leadfold completions fish > ~/.config/fish/completions/leadfold.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Print or write the manual pages
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold man | man -l -
  leadfold man --dir ~/.local/share/man/man1     one page a command")]
pub(super) struct ManArgs {
    /// Write one page a command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs `completions`.
pub(super) fn completions(arguments: &CompletionsArgs, printer: &Printer) -> Outcome {
    // Into memory first: the generator panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "leadfold", &mut script);
    let mut out = printer.data();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Exit::Done)
}

/// Runs `man`.
pub(super) fn man(arguments: &ManArgs, printer: &Printer) -> Outcome {
    let command = Arguments::command();
    if let Some(folder) = &arguments.dir {
        std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(command, folder))
            .with_context(|| format!("{}: the manual pages cannot be written", folder.display()))?;
        printer.say(&format!("manual pages written to {}", folder.display()));
        return Ok(Exit::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    let mut out = printer.data();
    out.write_all(&page)?;
    out.flush()?;
    Ok(Exit::Done)
}
