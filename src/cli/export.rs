//! `leadfold export`: what people and scripts go on working with, as CSV files.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::args::OutputArgs;
use super::exit::Exit;
use super::journal::{Journal, with_applied};
use super::printer::Printer;
use super::{Outcome, file};
use crate::report::{self, ExportFile};
use crate::store::PlanFile;

/// Write actions, errors, skipped rows, the id map and outcomes as CSV files
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold export web.plan --dir web      writes web/actions.csv, errors.csv, skipped.csv, idmap.csv, outcomes.csv")]
pub(super) struct ExportArgs {
    /// The plan
    plan: PathBuf,
    /// The folder to write into; made when missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// Runs the verb.
pub(super) fn run(arguments: &ExportArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let plan_file = PlanFile::open(&arguments.plan)?;
    let plan = plan_file.plan()?;
    let journal = Journal::read(&plan_file)?;
    std::fs::create_dir_all(&arguments.dir)
        .with_context(|| format!("{}: the folder cannot be made", arguments.dir.display()))?;
    let mut written = Vec::new();
    for export in ExportFile::ALL {
        let path = arguments.dir.join(export.name());
        file::write_whole(&path, |mut out| {
            with_applied(&plan, journal.as_ref(), |applied| report::export(&plan, applied, export, &mut out))
        })?;
        printer.say(&format!("written: {}", path.display()));
        written.push(path.display().to_string());
    }
    if output.json {
        let document = serde_json::json!({ "schema": "leadfold.export/1", "files": written });
        let mut out = printer.data();
        writeln!(out, "{document:#}")?;
        out.flush()?;
    }
    Ok(Exit::Done)
}
