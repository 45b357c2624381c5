//! `leadfold review`: a local page, or plain questions, to decide on doubtful groups.

use std::io::{Write, stdin};
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::printer::Printer;
use super::signal::Cancel;
use super::{Outcome, inputs, plan as plan_verb};
use crate::contact::Timestamp;
use crate::review::{self, DecisionsFile, Finished, Session};
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
                                         and remember the answers for `plan --decisions team.decisions`")]
pub(super) struct ReviewArgs {
    /// The plan
    plan: PathBuf,
    /// Ask here instead of on a page
    #[arg(long)]
    terminal: bool,
    /// Keep the answers in this file too, so that the next plan of the same contacts does not ask again; the file the plan
    /// was made with when missing
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Port of the page; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
}

/// Runs the verb.
pub(super) fn run(arguments: &ReviewArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let header = PlanFile::open(&arguments.plan)?.header()?;
    let options = plan_verb::options_of(&header)?;
    let mut session = Session::open(&arguments.plan, options, now)?;
    if let Some(path) = arguments.decisions.clone().or_else(|| plan_verb::decisions_of(&header)) {
        super::file::check_folder_of(&path)?;
        session = session.remembering(DecisionsFile::at(&path));
    }
    if arguments.terminal {
        let mut out = printer.data();
        let finished = review::terminal(&mut session, &printer.text_options(), &mut stdin().lock(), &mut out)?;
        out.flush()?;
        tell(finished.as_ref(), printer);
        return Ok(Exit::Done);
    }
    if session.progress().groups == 0 {
        printer.say("no group waits for a person");
        return Ok(Exit::Done);
    }
    let mut stop = cancel.draining();
    let finished = cancel.block_on(async {
        let mut running = review::serve(session, arguments.port).await?;
        let mut out = printer.data();
        writeln!(out, "{}", running.url())?;
        out.flush()?;
        drop(out);
        printer.say("open this address in a browser on this machine; Ctrl-C ends the review, every answer is saved");
        let finished = tokio::select! {
            finished = running.finished() => finished,
            _ = stop.wait_for(|stopped| *stopped) => None,
        };
        running.stop().await;
        anyhow::Ok(finished)
    })?;
    tell(finished.as_ref(), printer);
    Ok(Exit::Done)
}

fn tell(finished: Option<&Finished>, printer: &Printer) {
    match finished {
        None => printer.say("not finished: the answers are saved, the plan is as it was; run review again to go on"),
        Some(finished) => printer.say(&finished.to_string()),
    }
}

/// The time of a decision; a clock before 1970 counts as 1970, since an answer must not be lost for it.
fn now() -> Timestamp {
    inputs::now().unwrap_or(Timestamp(0))
}
