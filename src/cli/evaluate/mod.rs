//! `leadfold evaluate`: how right the groups of a plan are, by a column that tells or by a person's answers.

pub(super) mod labels;
mod questions;
mod truth;

use std::io::{Write, stdin};
use std::path::PathBuf;

use clap::Args;

use super::args::OutputArgs;
use super::exit::Exit;
use super::printer::Printer;
use super::{Outcome, file};
use crate::link::evaluation::{Evaluation, Frame, Sampled};
use crate::plan::Plan;
use crate::report;
use crate::store::PlanFile;
use labels::Labels;

/// Say how right the groups of a plan are
///
/// By a column that tells who each row is, which the matcher never sees; or by the answers of a person to pairs drawn
/// around the thresholds. Precision is the share of joined pairs that are one person, recall the share of one person's
/// pairs that were joined.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold evaluate list.plan --truth cluster                 a labelled list: precision, recall, the threshold curve
  leadfold evaluate list.plan --sample 100                    asks about 100 pairs; answers go to list.labels.csv
  leadfold evaluate new.plan --labels list.labels.csv         another plan by the same answers
  leadfold evaluate list.plan --truth cluster --min-precision 0.99 --json
                                                              for CI: ends with 3 when `auto` is less precise")]
#[command(group = clap::ArgGroup::new("by").required(true).multiple(true).args(["truth", "labels", "sample"]))]
pub(super) struct EvaluateArgs {
    /// The plan
    plan: PathBuf,
    /// The column that tells who a row is: equal values are one person, empty ones are left out
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["labels", "sample"])]
    truth: Option<String>,
    /// Answers to use and, with --sample, to add to: a CSV of source,row,source,row,match
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Ask about this many pairs; those answered before are not asked again
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Draws other pairs
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sample")]
    seed: u64,
    /// End with exit code 3 when the precision of the `auto` groups, pair by pair, is below this (0 to 1)
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_precision: Option<f64>,
    /// Wrong merges to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "write a number from 0 to 1, for instance 0.99".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("is not from 0 to 1".to_owned()) }
}

/// Runs the verb.
pub(super) fn run(arguments: &EvaluateArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let plan = PlanFile::open(&arguments.plan)?.plan()?;
    let precision = match &arguments.truth {
        Some(column) => by_truth(&plan, column, arguments, output, printer)?,
        None => by_answers(&plan, arguments, output, printer)?,
    };
    let Some(wanted) = arguments.min_precision else { return Ok(Exit::Done) };
    match precision {
        Some(reached) if reached >= wanted => Ok(Exit::Done),
        Some(reached) => {
            printer.error(&format!("the precision of the auto groups, {reached:.4}, is below {wanted}"));
            Ok(Exit::BelowMinimum)
        }
        None => {
            printer.error("the precision of the auto groups is not known yet; answer more pairs with --sample");
            Ok(Exit::BelowMinimum)
        }
    }
}

/// Prints the evaluation and gives the precision of the `auto` band.
fn by_truth(
    plan: &Plan,
    column: &str,
    arguments: &EvaluateArgs,
    output: &OutputArgs,
    printer: &Printer,
) -> anyhow::Result<Option<f64>> {
    let truth = truth::of(plan, column)?;
    let evaluation = Evaluation::new(&plan.linkage, &truth, arguments.top);
    let mut out = printer.data();
    if output.json {
        report::evaluation_json(plan, &evaluation, column, &mut out)?;
    } else {
        report::evaluation_text(plan, &evaluation, column, &printer.text_options(), &mut out)?;
    }
    out.flush()?;
    Ok(Some(evaluation.auto.pairwise.precision))
}

/// Asks, if wanted, prints the estimate and gives that of the `auto` band's precision.
fn by_answers(
    plan: &Plan,
    arguments: &EvaluateArgs,
    output: &OutputArgs,
    printer: &Printer,
) -> anyhow::Result<Option<f64>> {
    let frame = Frame::new(&plan.linkage, plan.records.len());
    let path = arguments.labels.clone().unwrap_or_else(|| file::beside(&arguments.plan, "labels.csv"));
    let mut labels = match arguments.sample {
        Some(_) => Labels::read_or_begin(&path, plan)?,
        None => Labels::read(&path, plan)?,
    };
    if labels.unknown() > 0 {
        printer.say(&format!("{}: {} about rows this plan does not have", path.display(), labels.unknown()));
    }
    if let Some(count) = arguments.sample {
        let drawn = frame.draw(count, arguments.seed);
        let options = printer.text_options();
        let given = questions::ask(plan, &drawn, &mut labels, &options, &mut stdin().lock(), &mut printer.questions())?;
        printer.say(&format!("{given} answers added to {}", path.display()));
    }
    let sampled = Sampled::new(&frame, labels.answers());
    let mut out = printer.data();
    if output.json {
        report::sampled_json(&sampled, &mut out)?;
    } else {
        report::sampled_text(&sampled, &printer.text_options(), &mut out)?;
    }
    out.flush()?;
    Ok(sampled.auto.precision.map(|precision| precision.value))
}
