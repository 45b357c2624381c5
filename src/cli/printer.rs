//! Where output goes: data to stdout, everything else to stderr, colours and widths only for people.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::args::{ColorChoice, OutputArgs};
use crate::report::{Style, TextOptions};

/// Owns the terminal.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    quiet: bool,
    color: ColorChoice,
}

impl Printer {
    /// A printer for the given choices.
    pub(super) fn new(output: &OutputArgs) -> Self {
        Self { quiet: output.quiet, color: output.color }
    }

    /// Standard output, buffered. A closed pipe shows as an error on the next write or flush.
    #[expect(clippy::unused_self, reason = "all output goes through the printer, so that none can bypass it")]
    pub(super) fn data(&self) -> impl Write {
        io::BufWriter::new(io::stdout())
    }

    /// Where questions are asked: standard error, so that data stays apart from them.
    #[expect(clippy::unused_self, reason = "all output goes through the printer, so that none can bypass it")]
    pub(super) fn questions(&self) -> impl Write {
        io::stderr()
    }

    /// One line for people, on standard error.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            self.write_line(line);
        }
    }

    /// One line that was asked for and does not belong to the data: on standard error, whatever `--quiet` says.
    pub(super) fn aside(&self, line: &str) {
        self.write_line(line);
    }

    /// One line that `--quiet` does not silence.
    pub(super) fn error(&self, message: &str) {
        let label = if self.error_style() == Style::Colour { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
        self.write_line(&format!("{label} {message}"));
    }

    #[expect(clippy::unused_self, reason = "all output goes through the printer, so that none can bypass it")]
    fn write_line(&self, line: &str) {
        // Nothing better can be done when even standard error is closed.
        drop(writeln!(io::stderr(), "{line}"));
    }

    /// Whether messages are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    fn data_style(&self) -> Style {
        self.style(io::stdout().is_terminal())
    }

    /// How text reports are to be written to standard output.
    pub(super) fn text_options(&self) -> TextOptions {
        TextOptions { style: self.data_style(), width: self.width(), ..TextOptions::default() }
    }

    /// The same for text about the plan in this file.
    pub(super) fn text_options_of(&self, plan: &Path) -> TextOptions {
        TextOptions { plan: typed(plan), ..self.text_options() }
    }

    fn error_style(&self) -> Style {
        self.style(io::stderr().is_terminal())
    }

    fn style(&self, terminal: bool) -> Style {
        let plain_terminal = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let colour = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !plain_terminal,
        };
        if colour { Style::Colour } else { Style::Plain }
    }

    #[expect(clippy::unused_self, reason = "all output goes through the printer, so that none can bypass it")]
    fn width(&self) -> u16 {
        let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let seen = || terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| columns);
        told.or_else(seen).unwrap_or(100).clamp(40, 240)
    }

    /// Asks a yes-or-no question; `None` when nobody is there to answer.
    pub(super) fn ask(&self, question: &str) -> Option<bool> {
        let answer = self.ask_for(&format!("{question} [y/N]"))?;
        Some(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a line of text, trimmed; `None` when nobody is there to type it.
    #[expect(clippy::unused_self, reason = "all output goes through the printer, so that none can bypass it")]
    pub(super) fn ask_for(&self, question: &str) -> Option<String> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        drop(write!(io::stderr(), "{question} "));
        drop(io::stderr().flush());
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned())
    }
}

/// A file's name as it is typed: with spaces or signs the shell knows it is put in quotes.
fn typed(path: &Path) -> String {
    let name = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+:,@%=\\".contains(letter);
    if name.chars().all(plain) { name } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_space_is_quoted_as_the_shell_wants_it() {
        assert_eq!(typed(Path::new("/tmp/web-1.plan")), "/tmp/web-1.plan");
        assert_eq!(typed(Path::new("Ann's list.plan")), r"'Ann'\''s list.plan'");
    }
}
