//! `leadfold report`: the dry-run report as one self-contained page.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::OutputArgs;
use super::exit::{self, Exit};
use super::printer::Printer;
use super::{Outcome, file};
use crate::report::{self, Subject};
use crate::store::{PlanFile, Survey, SurveyError};

/// Write the dry-run report as one HTML page
///
/// After an `apply` the same page shows what became of every row.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold report web.plan -o web.html
  leadfold report web.plan -o - | gzip > web.html.gz
  leadfold report web.plan --json                      the same in numbers, see docs/report.md")]
pub(super) struct ReportArgs {
    /// The plan
    plan: PathBuf,
    /// The page to write; `-` is standard output. Can be left out with --json
    #[arg(long, short, value_name = "FILE.html")]
    output_file: Option<PathBuf>,
}

/// Runs the verb.
pub(super) fn run(arguments: &ReportArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let to_stdout = arguments.output_file.as_ref().is_some_and(|file| file.as_os_str() == "-");
    if to_stdout && output.json {
        return Err(exit::usage("-o - and --json both want standard output; name a file for the page"));
    }
    if arguments.output_file.is_none() && !output.json {
        return Err(exit::usage("name the page with -o FILE.html, or ask for --json"));
    }
    let plan = Survey::of(&PlanFile::open(&arguments.plan)?)?;
    if let Some(page) = &arguments.output_file {
        file::write_whole(page, |mut out| report::page(&plan, None, &mut out).map_err(plainly))?;
        if !to_stdout {
            printer.say(&format!("report written to {}", page.display()));
        }
    }
    if output.json {
        let mut summary = Vec::new();
        report::overview_json(plan.figures(), &mut summary)?;
        let mut document: serde_json::Value = serde_json::from_slice(&summary)?;
        if let Some(fields) = document.as_object_mut() {
            fields.insert("schema".to_owned(), "leadfold.report/1".into());
            let page = arguments.output_file.as_ref().map(|page| page.display().to_string());
            fields.insert("file".to_owned(), page.into());
        }
        let mut out = printer.data();
        writeln!(out, "{document:#}")?;
        out.flush()?;
    }
    Ok(Exit::Done)
}

/// The error itself, by which the exit code is chosen.
pub(super) fn plainly(error: SurveyError) -> anyhow::Error {
    match error {
        SurveyError::Plan(error) => error.into(),
        SurveyError::Report(error) => error.into(),
    }
}
