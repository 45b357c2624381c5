//! `leadfold review`: a local page, or plain questions, to decide on doubtful groups.

use std::collections::HashMap;
use std::io::{Write, stdin};
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::ConfigFileArgs;
use super::evaluate::labels::Labels;
use super::exit::{self, Exit};
use super::printer::Printer;
use super::signal::Cancel;
use super::{Outcome, clean, inputs, plan as plan_verb};
use crate::contact::Timestamp;
use crate::link::RecordIndex;
use crate::link::evaluation::Answer;
use crate::plan::{Decision, Plan};
use crate::review::{self, DecisionSink, DecisionsFile, Finished, Session};
use crate::store::PlanFile;

/// Decide on doubtful groups in a local page
///
/// Every answer is saved into the plan at once; finishing plans the actions anew. Nothing is sent to Intercom.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold review web.plan               prints an address to open in a browser on this machine
  leadfold review web.plan --terminal    plain questions, for a server
  leadfold review web.plan --decisions team.decisions
                                         and remember the answers for `plan --decisions team.decisions`
  leadfold review                        what the last night of `leadfold clean` left open")]
pub(super) struct ReviewArgs {
    /// The plan; that of the newest night of `clean` when missing
    plan: Option<PathBuf>,
    /// Ask here instead of on a page
    #[arg(long)]
    terminal: bool,
    /// Keep the answers in this file too, so that the next plan of the same contacts does not ask again; the file the plan
    /// was made with when missing
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Write the answers as labels for `evaluate --labels FILE` too: a CSV of source,row,source,row,match
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Port of the page; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
}

/// Runs the verb.
pub(super) fn run(arguments: &ReviewArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let path = match &arguments.plan {
        Some(path) => path.clone(),
        None => newest_night(printer)?,
    };
    let file = PlanFile::open(&path)?;
    let (header, applied) = (file.header()?, file.has_journal()?);
    drop(file);
    let decisions = arguments.decisions.clone().or_else(|| plan_verb::decisions_of(&header));
    decisions.as_deref().map_or(Ok(()), super::file::check_folder_of)?;
    if let (true, Some(decisions)) = (applied, &decisions) {
        printer.say("this plan was applied: the answers are for the next one");
        let session = Session::open_applied(&path, DecisionsFile::at(decisions), now)?;
        if ask(session, arguments, printer, cancel)?.is_some() {
            printer
                .say(&format!("the answers are in {}; the next plan that uses it follows them", decisions.display()));
        } else {
            printer.say("the answers so far are saved; run review again to go on");
        }
        let said = |plan: &Plan, _: &PlanFile| Ok(review::remembered_about(plan, &DecisionsFile::at(decisions))?);
        return label(arguments.labels.as_deref(), &path, said, printer);
    }
    let mut session = Session::open(&path, plan_verb::options_of(&header)?, now)?;
    if let Some(decisions) = decisions {
        session = session.remembering(DecisionsFile::at(&decisions));
    }
    let groups = session.progress().groups;
    match ask(session, arguments, printer, cancel)? {
        None if groups == 0 => {}
        None => printer.say("not finished: the answers are saved, the plan is as it was; run review again to go on"),
        Some(finished) => printer.say(&finished.to_string()),
    }
    label(arguments.labels.as_deref(), &path, |_, file| Ok(file.decisions()?), printer)
}

/// Asks on the terminal or on a page; what finishing changed, or `None` when the person left before.
fn ask<S: DecisionSink + Send + 'static>(
    mut session: Session<S>,
    arguments: &ReviewArgs,
    printer: &Printer,
    cancel: &Cancel,
) -> anyhow::Result<Option<Finished>> {
    if arguments.terminal {
        let mut out = printer.data();
        let finished = review::terminal(&mut session, &printer.text_options(), &mut stdin().lock(), &mut out)?;
        out.flush()?;
        return Ok(finished);
    }
    if session.progress().groups == 0 {
        printer.say("no group waits for a person");
        return Ok(None);
    }
    let mut stop = cancel.draining();
    cancel.block_on(async {
        let mut running = review::serve(session, arguments.port).await?;
        let mut out = printer.data();
        writeln!(out, "{}", running.url())?;
        out.flush()?;
        drop(out);
        printer.say("open this address in a browser on this machine and press Finish there when you are done; Ctrl-C leaves it for later, every answer \
             is saved");
        let finished = tokio::select! {
            finished = running.finished() => finished,
            _ = stop.wait_for(|stopped| *stopped) => None,
        };
        running.stop().await;
        anyhow::Ok(finished)
    })
}

/// Writes what was decided about the pairs that were compared, as far as it is not in the file yet.
fn label(
    path: Option<&Path>,
    plan: &Path,
    decisions: impl FnOnce(&Plan, &PlanFile) -> anyhow::Result<Vec<Decision>>,
    printer: &Printer,
) -> Outcome {
    let Some(path) = path else { return Ok(Exit::Done) };
    let file = PlanFile::open(plan)?;
    let plan = file.plan()?;
    let decisions = decisions(&plan, &file)?;
    let mut labels = Labels::read_or_begin(path, &plan)?;
    let in_order = |left: RecordIndex, right: RecordIndex| (left.min(right), left.max(right));
    let known: HashMap<_, _> =
        labels.answers().iter().map(|answer| (in_order(answer.left, answer.right), answer.is_match)).collect();
    let mut last: HashMap<RecordIndex, &Decision> = HashMap::new();
    for decision in &decisions {
        last.extend(decision.members.iter().map(|member| (*member, decision)));
    }
    let mut added = 0_u64;
    for pair in &plan.linkage.pairs {
        let Some(said) = last.get(&pair.left).and_then(|decision| decision.says(pair.left, pair.right)) else {
            continue;
        };
        if known.get(&in_order(pair.left, pair.right)) != Some(&said) {
            labels.add(&plan, Answer { left: pair.left, right: pair.right, is_match: said })?;
            added += 1;
        }
    }
    printer.say(&format!("{added} answers added to {}", path.display()));
    Ok(Exit::Done)
}

/// The plan of the newest night of `clean`, when there is only one workspace it can be of.
fn newest_night(printer: &Printer) -> anyhow::Result<PathBuf> {
    let nights = clean::nights(None, None, &ConfigFileArgs::default())?;
    let path = nights.newest_plan().ok_or_else(|| {
        exit::usage(format!("{}: no night has a plan; name the plan to review", nights.root().display()))
    })?;
    printer.say(&format!("the newest night: {}", path.display()));
    Ok(path)
}

/// The time of a decision; a clock before 1970 counts as 1970, since an answer must not be lost for it.
fn now() -> Timestamp {
    inputs::now().unwrap_or(Timestamp(0))
}
