//! `leadfold show`: any part of a plan.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Outcome;
use super::args::OutputArgs;
use super::exit::{self, Exit};
use super::journal::{Journal, with_applied};
use super::printer::Printer;
use super::report::plainly;
use crate::report::{self, Depth, Explanation, Format, Part, Subject, TextOptions};
use crate::store::{PlanFile, Survey};

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
    let mut out = printer.data();
    let options = printer.text_options_of(&arguments.plan);
    let json = output.json || arguments.format == FormatChoice::Json;
    match (arguments.group, arguments.part()) {
        (Some(id), _) => {
            if !explained(&file, id, json, &options, &mut out)? {
                return Err(exit::usage(format!("{}: there is no group {id}", arguments.plan.display())));
            }
        }
        (None, Some(part)) => {
            let format = match (json, arguments.format) {
                (true, _) => Format::Json,
                (false, FormatChoice::Csv) => Format::Csv,
                (false, _) => Format::Table,
            };
            let (plan, journal) = (file.plan()?, Journal::read(&file)?);
            with_applied(&plan, journal.as_ref(), |applied| {
                report::part(&plan, applied, part, format, &options, &mut out)
            })?;
        }
        (None, None) => {
            let survey = Survey::of(&file)?;
            if json {
                report::overview_json(survey.figures(), &mut out)?;
            } else {
                report::overview(&survey, &options, &mut out).map_err(plainly)?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Explains one group; false when the plan has none of that number. JSON names records by their number in the plan, so it
/// is made from the whole plan; for a person only the group is read, unless it is of one contact.
fn explained(
    file: &PlanFile,
    id: u32,
    json: bool,
    options: &TextOptions,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    if !json {
        let told = Survey::of(file)?.excerpt(&[id], Depth::Everything, |excerpt| {
            Explanation::in_excerpt(excerpt, id).map(|explanation| explanation.text(options, out))
        });
        if let Some(told) = told.map_err(plainly)? {
            told?;
            return Ok(true);
        }
    }
    let plan = file.plan()?;
    let Some(explanation) = Explanation::of(&plan, id) else { return Ok(false) };
    if json {
        explanation.json(out)?;
    } else {
        explanation.text(options, out)?;
    }
    Ok(true)
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
