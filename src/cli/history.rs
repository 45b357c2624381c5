//! `leadfold history`: what every night came to, as a table.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::args::{ConfigFileArgs, OutputArgs};
use super::clean::record::{Ended, Night};
use super::exit::Exit;
use super::printer::Printer;
use super::{Outcome, clean};

/// Show what the nights of `clean` came to
///
/// One line a night, the newest last. Asks nobody: it reads what was written down on this machine.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold history                    the last 30 nights
  leadfold history --last 365 --json  a year, for a chart")]
pub(super) struct HistoryArgs {
    /// Nights to show
    #[arg(long, value_name = "N", default_value_t = 30)]
    last: usize,
    /// The workspace's id, when nights of several are kept
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// The folder nights are kept in, as given to `clean --folder`
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Runs the verb.
pub(super) fn run(arguments: &HistoryArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let nights = clean::nights(arguments.folder.as_deref(), arguments.workspace.as_deref(), &arguments.config)?;
    let history = nights.history()?;
    let first = history.len().saturating_sub(arguments.last);
    let shown = history.get(first..).unwrap_or_default();
    let mut out = printer.data();
    if output.json {
        let document = serde_json::json!({
            "schema": "leadfold.history/1", "folder": nights.root().display().to_string(), "nights": shown,
        });
        writeln!(out, "{document:#}")?;
    } else if shown.is_empty() {
        printer.say("no night yet; leadfold clean makes the first one");
    } else {
        writeln!(out, "{}", table(shown))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// No lines but one under the header.
const LINES: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

fn table(nights: &[Night]) -> Table {
    let mut table = Table::new();
    table.load_style(LINES);
    table.force_no_tty();
    let columns =
        ["night", "ended", "contacts", "changed", "duplicates", "merged", "archived", "to review", "calls", "minutes"];
    table.set_header(columns);
    for night in nights {
        let numbers = [
            night.contacts,
            night.changed,
            night.duplicates,
            night.merged,
            night.archived,
            night.to_review,
            night.calls,
        ];
        let mut row =
            vec![night.started_at.chars().take(16).collect::<String>().replace('T', " "), ended(night).to_owned()];
        row.extend(numbers.iter().map(ToString::to_string));
        row.push(format!("{:.1}", night.minutes()));
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn ended(night: &Night) -> &'static str {
    match night.ended {
        Ended::Nothing => "nothing to do",
        Ended::Reported => "reported",
        Ended::Applied => "applied",
        Ended::Incomplete => "incomplete",
        Ended::Guardrail => "guardrail",
        Ended::Failed => "failed",
    }
}
