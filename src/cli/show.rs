//! `leadfold show`: any part of a plan.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Outcome;
use super::args::OutputArgs;
use super::exit::{self, Exit};
use super::journal::{Journal, with_applied};
use super::printer::Printer;
use crate::report::{self, Explanation, Format, Part};
use crate::store::PlanFile;

/// Print any part of a plan
///
/// Without a choice of part: the verdict, what is risky, and the tables of the report.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
#[command(before_help = "\
Examples:
  leadfold show web.plan                               the report on the terminal
  leadfold show web.plan --groups --format csv         every row with its group
  leadfold show web.plan --group 12                    why these contacts are one person
  leadfold show web.plan --rows --format csv | head    what becomes of each row")]
pub(super) struct ShowArgs {
    /// The plan
    plan: PathBuf,
    /// Every row with its group
    #[arg(long, group = "part")]
    groups: bool,
    /// Every action
    #[arg(long, group = "part")]
    actions: bool,
    /// Every row and what is planned for it
    #[arg(long, group = "part")]
    rows: bool,
    /// Every row and what became of it
    #[arg(long, group = "part")]
    outcomes: bool,
    /// The match model: prior, thresholds, weights, blocking
    #[arg(long, group = "part")]
    model: bool,
    /// Explain one group, pair by pair
    #[arg(long, group = "part", value_name = "ID")]
    group: Option<u32>,
    /// How to print
    #[arg(long, value_enum, default_value_t = FormatChoice::Table, value_name = "FORMAT")]
    format: FormatChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatChoice {
    /// A table for people
    Table,
    /// CSV for spreadsheets and scripts
    Csv,
    /// One JSON document
    Json,
}

/// Runs the verb.
pub(super) fn run(arguments: &ShowArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let file = PlanFile::open(&arguments.plan)?;
    let plan = file.plan()?;
    let mut out = printer.data();
    let options = printer.text_options();
    let json = output.json || arguments.format == FormatChoice::Json;
    if let Some(id) = arguments.group {
        let explanation = Explanation::of(&plan, id)
            .ok_or_else(|| exit::usage(format!("{}: there is no group {id}", arguments.plan.display())))?;
        if json {
            explanation.json(&mut out)?;
        } else {
            explanation.text(&options, &mut out)?;
        }
        out.flush()?;
        return Ok(Exit::Done);
    }
    let journal = Journal::read(&file)?;
    let format = match (json, arguments.format) {
        (true, _) => Format::Json,
        (false, FormatChoice::Csv) => Format::Csv,
        (false, _) => Format::Table,
    };
    with_applied(&plan, journal.as_ref(), |applied| match arguments.part() {
        Some(part) => report::part(&plan, applied, part, format, &options, &mut out),
        None if json => report::summary_json(&plan, applied, &mut out),
        None => report::summary_text(&plan, applied, &options, &mut out),
    })?;
    out.flush()?;
    Ok(Exit::Done)
}

impl ShowArgs {
    fn part(&self) -> Option<Part> {
        [
            (self.groups, Part::Groups),
            (self.actions, Part::Actions),
            (self.rows, Part::Rows),
            (self.outcomes, Part::Outcomes),
            (self.model, Part::Model),
        ]
        .into_iter()
        .find_map(|(wanted, part)| wanted.then_some(part))
    }
}
