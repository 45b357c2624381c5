//! What people find after an apply: the count of every outcome, the page brought up to date, and the files to go on
//! with beside the plan: `NAME.errors.csv`, `NAME.idmap.csv` and `NAME.outcomes.csv`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::OutputArgs;
use super::file;
use super::journal::{Journal, with_applied};
use super::printer::Printer;
use crate::plan::Plan;
use crate::report::{self, ExportFile, Tallied};
use crate::store::PlanFile;

/// Rows beyond which a plan is not read whole for its files: an apply needs the same memory for any plan, and a plan of
/// a million rows would take gigabytes at its very end.
const MOST_ROWS: u64 = 100_000;

/// The files that are written after every apply.
const FILES: [ExportFile; 3] = [ExportFile::Errors, ExportFile::IdMap, ExportFile::Outcomes];

/// Where a file stands: `web.plan` → `web.errors.csv`.
fn place(plan: &Path, export: ExportFile) -> PathBuf {
    file::beside(plan, export.name())
}

/// Brings the page, if there is one, and the files up to date, and tells what became of every row.
pub(super) fn settle(plan_file: &PlanFile, path: &Path, output: &OutputArgs, printer: &Printer) -> anyhow::Result<()> {
    if plan_file.size()?.rows > MOST_ROWS && !output.json {
        counts(plan_file, printer)?;
        printer.say(&format!(
            "the plan is large: leadfold export {0} --dir DIR writes its files, leadfold report {0} -o PAGE its page",
            path.display()
        ));
        return Ok(());
    }
    let (plan, journal) = (plan_file.plan()?, Journal::read(plan_file)?);
    write(&plan, journal.as_ref(), path, printer)?;
    rows(&plan, journal.as_ref(), output, printer)
}

/// The same without telling, after an undo.
pub(super) fn refresh(plan_file: &PlanFile, path: &Path, printer: &Printer) -> anyhow::Result<()> {
    if plan_file.size()?.rows > MOST_ROWS {
        return Ok(());
    }
    write(&plan_file.plan()?, Journal::read(plan_file)?.as_ref(), path, printer)
}

fn write(plan: &Plan, journal: Option<&Journal>, path: &Path, printer: &Printer) -> anyhow::Result<()> {
    let page = file::beside(path, "html");
    if page.exists() {
        file::write_whole(&page, |mut out| {
            with_applied(plan, journal, |applied| report::html(plan, applied, &mut out))
        })?;
    }
    let mut written = Vec::new();
    for export in FILES {
        let path = place(path, export);
        file::write_whole(&path, |mut out| {
            with_applied(plan, journal, |applied| report::export(plan, applied, export, &mut out))
        })?;
        written.push(path.display().to_string());
    }
    printer.say(&format!("written: {}", written.join(", ")));
    Ok(())
}

/// Prints what became of every row, or the whole summary as JSON.
pub(super) fn tell(plan_file: &PlanFile, output: &OutputArgs, printer: &Printer) -> anyhow::Result<()> {
    rows(&plan_file.plan()?, Journal::read(plan_file)?.as_ref(), output, printer)
}

fn rows(plan: &Plan, journal: Option<&Journal>, output: &OutputArgs, printer: &Printer) -> anyhow::Result<()> {
    if printer.is_quiet() && !output.json {
        return Ok(());
    }
    let mut out = printer.data();
    with_applied(plan, journal, |applied| {
        if output.json {
            report::summary_json(plan, applied, &mut out)
        } else {
            report::reconciliation(plan, applied, &printer.text_options(), &mut out)
        }
    })?;
    Ok(out.flush()?)
}

/// The same from counts alone.
fn counts(plan_file: &PlanFile, printer: &Printer) -> anyhow::Result<()> {
    if printer.is_quiet() {
        return Ok(());
    }
    let size = plan_file.size()?;
    let mut outcomes = plan_file.outcome_counts()?;
    *outcomes.entry(crate::plan::Outcome::Rejected).or_default() += size.rejected;
    let tallied = Tallied { outcomes, to_review: plan_file.skipped_for_review()?, given: size.rows };
    let mut out = printer.data();
    report::counts(&tallied, &printer.text_options(), &mut out)?;
    Ok(out.flush()?)
}
