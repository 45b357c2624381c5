//! `leadfold undo`: puts back what can be put back, says what cannot.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::{self, Exit};
use super::lock::WorkspaceLock;
use super::printer::Printer;
use super::setting_args::{self, IntercomArgs};
use super::signal::Cancel;
use super::watch::Watch;
use super::{Outcome, aftermath, apply as apply_verb, connect};
use crate::apply::{self, SystemClock, UndoForecast};
use crate::intercom::ReadWorkspace;
use crate::store::PlanFile;

/// Put back what can be put back
///
/// Restores values, tags and companies, unarchives, and deletes what was created when nobody has touched it since, in
/// the reverse order. A native merge can never be undone.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold undo web.plan -n      what could be put back and what not
  leadfold undo web.plan         asks before the first write")]
pub(super) struct UndoArgs {
    /// The plan that was applied
    plan: PathBuf,
    /// Only say what could be put back
    #[arg(long, short = 'n', alias = "dry-run")]
    no_write: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Runs the verb.
pub(super) fn run(arguments: &UndoArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let settings = setting_args::layers(&arguments.config, [arguments.intercom.layer()])?.settings()?;
    let mut plan_file = PlanFile::open_for_journal(&arguments.plan)?;
    let forecast = apply::forecast_undo(&plan_file)?;
    if arguments.no_write {
        let mut out = printer.data();
        if output.json {
            let document = serde_json::json!({ "schema": "leadfold.undo-forecast/1", "forecast": forecast });
            writeln!(out, "{document:#}")?;
        } else {
            for line in lines(&forecast) {
                writeln!(out, "{line}")?;
            }
        }
        out.flush()?;
        return Ok(Exit::Done);
    }
    let client = connect::client(&settings)?;
    let me = cancel.block_on(client.me())?;
    let _lock = WorkspaceLock::take(&me.workspace_id)?;
    for line in lines(&forecast) {
        printer.say(&line);
    }
    if !arguments.yes {
        match printer.ask(&format!("Put this back in {} ({})?", me.workspace_name, me.workspace_id)) {
            Some(true) => {}
            Some(false) => return Ok(Exit::Done),
            None => {
                return Err(exit::usage("nobody is here to confirm: read the lines above, then run again with --yes"));
            }
        }
    }
    let watch = Watch::new(printer, &client);
    let surroundings = apply::Surroundings { clock: &SystemClock, observer: &watch, me: Some(&me) };
    let options = apply_verb::options(&settings);
    let stop = cancel.draining();
    let undone = cancel.block_on(apply::undo(&mut plan_file, &client, &options, surroundings, stop));
    watch.finish();
    let undone = undone?;
    aftermath::refresh(&plan_file, &arguments.plan, printer)?;
    let mut out = printer.data();
    if output.json {
        let document = serde_json::json!({ "schema": "leadfold.undo/1", "undone": undone });
        writeln!(out, "{document:#}")?;
    } else if !printer.is_quiet() {
        writeln!(out, "{} writes, {} left as they are", undone.writes, undone.kept.len())?;
        for kept in undone.kept.iter().take(50) {
            writeln!(out, "  action {} ({}): {}", kept.action.0, kept.kind, kept.message)?;
        }
    }
    out.flush()?;
    if undone.interrupted {
        printer.say(&format!("stopped; leadfold undo {} goes on", arguments.plan.display()));
        return Ok(Exit::Stopped);
    }
    Ok(Exit::Done)
}

/// What an undo will be able to do about a plan that is yet to be applied.
pub(super) fn prospects(forecast: &UndoForecast) -> Vec<String> {
    let restorable = forecast.restorable.iter().map(|(what, count)| format!("undo could put back: {count} {what}"));
    let irreversible = forecast.irreversible.iter().map(|(what, count)| format!("undo could not: {count} {what}"));
    restorable.chain(irreversible).collect()
}

fn lines(forecast: &UndoForecast) -> Vec<String> {
    let restorable = forecast.restorable.iter().map(|(what, count)| format!("can be put back: {count} {what}"));
    let irreversible = forecast.irreversible.iter().map(|(what, count)| format!("cannot be put back: {count} {what}"));
    let lines: Vec<String> = restorable.chain(irreversible).collect();
    if lines.is_empty() { vec!["nothing was applied, so there is nothing to put back".to_owned()] } else { lines }
}
