//! `leadfold report`: the dry-run report as one self-contained page.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::OutputArgs;
use super::exit::{self, Exit};
use super::journal::{Journal, with_applied};
use super::printer::Printer;
use super::{Outcome, file};
use crate::report;
use crate::store::PlanFile;

/// Write the dry-run report as one HTML page
///
/// After an `apply` the same page shows what became of every row.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold report web.plan -o web.html
  leadfold report web.plan -o - | gzip > web.html.gz")]
pub(super) struct ReportArgs {
    /// The plan
    plan: PathBuf,
    /// The page to write; `-` is standard output
    #[arg(long, short, value_name = "FILE.html")]
    output_file: PathBuf,
}

/// Runs the verb.
pub(super) fn run(arguments: &ReportArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let to_stdout = arguments.output_file.as_os_str() == "-";
    if to_stdout && output.json {
        return Err(exit::usage("-o - and --json both want standard output; name a file for the page"));
    }
    let plan_file = PlanFile::open(&arguments.plan)?;
    write(&plan_file, &arguments.output_file)?;
    let shown = arguments.output_file.display();
    if !to_stdout {
        printer.say(&format!("report written to {shown}"));
    }
    if output.json {
        let document = serde_json::json!({ "schema": "leadfold.report/1", "file": shown.to_string() });
        let mut out = printer.data();
        writeln!(out, "{document:#}")?;
        out.flush()?;
    }
    Ok(Exit::Done)
}

/// Writes the page of a plan, with what was applied so far.
pub(super) fn write(plan_file: &PlanFile, page: &std::path::Path) -> anyhow::Result<()> {
    let plan = plan_file.plan()?;
    let journal = Journal::read(plan_file)?;
    file::write_whole(page, |mut out| {
        with_applied(&plan, journal.as_ref(), |applied| report::html(&plan, applied, &mut out))
    })
}
