//! `leadfold undo`: puts back what can be put back, says what cannot.

use std::cmp::Reverse;
use std::collections::BTreeMap;
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
use super::{Outcome, aftermath, apply as apply_verb, connect, file};
use crate::apply::{self, Failure, SystemClock, UndoForecast};
use crate::intercom::ReadWorkspace;
use crate::plan::ActionKind;
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
        for line in alike(&undone.kept) {
            writeln!(out, "  {line}")?;
        }
    }
    out.flush()?;
    if !undone.kept.is_empty() {
        let list = file::beside(&arguments.plan, "kept.csv");
        file::write_whole(&list, |out| write_kept(&undone.kept, out))?;
        printer.say(&format!("all that was left as it is, action by action: {}", list.display()));
    }
    if undone.interrupted {
        printer.say(&format!("stopped; leadfold undo {} goes on", arguments.plan.display()));
        return Ok(Exit::Stopped);
    }
    Ok(Exit::Done)
}

/// Actions named of those that were left for the same reason.
const NAMED: usize = 3;

/// What was left as it is, reason by reason, the most frequent first.
fn alike(kept: &[Failure]) -> Vec<String> {
    let mut reasons: BTreeMap<(ActionKind, &str), Vec<u32>> = BTreeMap::new();
    for one in kept {
        reasons.entry((one.kind, &one.message)).or_default().push(one.action.0);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, actions)| Reverse(actions.len()));
    let line = |((kind, message), actions): ((ActionKind, &str), Vec<u32>)| {
        let named: Vec<String> = actions.iter().take(NAMED).map(u32::to_string).collect();
        let (plural, more) =
            (if actions.len() == 1 { "" } else { "s" }, if actions.len() > NAMED { ", …" } else { "" });
        format!("{} {kind}: {message} (action{plural} {}{more})", actions.len(), named.join(", "))
    };
    reasons.into_iter().map(line).collect()
}

/// One row for each action that was left as it is.
fn write_kept(kept: &[Failure], out: &mut dyn Write) -> Result<(), csv::Error> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(["action", "kind", "reason"])?;
    for one in kept {
        rows.write_record([one.action.0.to_string().as_str(), one.kind.name(), &one.message])?;
    }
    Ok(rows.flush()?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ActionId;

    #[test]
    fn what_was_left_for_one_reason_is_one_line_and_the_list_names_every_action() {
        let kept = |action, kind, message: &str| Failure {
            action: ActionId(action),
            kind,
            state: "kept",
            message: message.to_owned(),
        };
        let all = [
            kept(2, ActionKind::Archive, "somebody used it since"),
            kept(3, ActionKind::Merge, "a merge cannot be undone"),
            kept(5, ActionKind::Merge, "a merge cannot be undone"),
            kept(7, ActionKind::Merge, "a merge cannot be undone"),
            kept(9, ActionKind::Merge, "a merge cannot be undone"),
        ];
        assert_eq!(
            alike(&all),
            ["4 merge: a merge cannot be undone (actions 3, 5, 7, …)", "1 archive: somebody used it since (action 2)"]
        );
        let mut list = Vec::new();
        write_kept(&all, &mut list).unwrap();
        assert_eq!(String::from_utf8(list).unwrap().lines().count(), 6);
    }
}
