//! `leadfold apply`: carries out a plan, and resumes it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::{self, Exit};
use super::lock::WorkspaceLock;
use super::printer::Printer;
use super::setting_args::{self, IntercomArgs, set};
use super::signal::Cancel;
use super::watch::Watch;
use super::{Outcome, aftermath, connect, plan as plan_verb, rehearse, undo};
use crate::apply::{self, SystemClock};
use crate::config::{Layer, Settings};
use crate::intercom::{Client, Me, ReadWorkspace};
use crate::plan::ActionKind;
use crate::store::PlanFile;
use crate::{report, review};

/// Carry out a plan; again to resume
///
/// Does exactly what the plan says, on the workspace it was made for. Stopped or killed at any moment, `apply` again
/// goes on where it stopped. Run on a finished plan it does nothing.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold apply web.plan                          asks before the first write
  leadfold apply web.plan -n                       re-checks the workspace and forecasts; writes nothing
  leadfold apply web.plan --yes --max-archive 2%   for scripts")]
pub(super) struct ApplyArgs {
    /// The plan
    plan: PathBuf,
    /// Re-check and forecast only
    #[arg(long, short = 'n', alias = "dry-run")]
    no_write: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// The workspace's name: needed without a terminal when the plan deletes contacts for good
    #[arg(long = "confirm-delete-in", value_name = "NAME")]
    confirm: Option<String>,
    /// Stop when this many actions have failed
    #[arg(long, value_name = "N")]
    max_failures: Option<u32>,
    /// Create custom attributes the workspace lacks
    #[arg(long)]
    create_attributes: bool,
    /// Requests in flight
    #[arg(long, value_name = "N")]
    workers: Option<u32>,
    /// Seconds to look for a contact that may have been created before creating it again
    #[arg(long, value_name = "SECONDS")]
    search_patience: Option<u32>,
    #[command(flatten)]
    guardrails: GuardrailArgs,
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// How much a plan may change.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Guardrails")]
#[expect(clippy::struct_field_names, reason = "the fields are the flags' names")]
pub(super) struct GuardrailArgs {
    /// Stop before more contacts than this are archived (number, or share as 5%)
    #[arg(long, value_name = "N")]
    max_archive: Option<String>,
    /// Stop before more contacts than this are deleted
    #[arg(long, value_name = "N")]
    max_delete: Option<String>,
    /// Stop before more leads than this are merged
    #[arg(long, value_name = "N")]
    max_merge: Option<String>,
    /// Stop before more actions than this are carried out
    #[arg(long, value_name = "N")]
    max_changes: Option<String>,
}

impl GuardrailArgs {
    /// The flags as a layer.
    pub(super) fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        set(&mut layer, "guardrails.max_archive", self.max_archive.clone(), "--max-archive");
        set(&mut layer, "guardrails.max_delete", self.max_delete.clone(), "--max-delete");
        set(&mut layer, "guardrails.max_merge", self.max_merge.clone(), "--max-merge");
        set(&mut layer, "guardrails.max_changes", self.max_changes.clone(), "--max-changes");
        layer
    }
}

impl ApplyArgs {
    fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        set(&mut layer, "apply.create_attributes", self.create_attributes.then_some(true), "--create-attributes");
        set(&mut layer, "apply.workers", self.workers.map(i64::from), "--workers");
        set(&mut layer, "apply.search_patience_seconds", self.search_patience.map(i64::from), "--search-patience");
        set(&mut layer, "apply.max_failures", self.max_failures.map(i64::from), "--max-failures");
        layer
    }
}

/// The options of phase 4.
pub(super) fn options(settings: &Settings) -> apply::Options {
    let default = apply::Options::default();
    let guardrails = &settings.guardrails;
    apply::Options {
        lanes: settings.apply.workers.unwrap_or(default.lanes).max(1),
        // Whoever says how many means it
        most_lanes: settings.apply.workers.unwrap_or(default.most_lanes),
        most_failed: settings.apply.max_failures,
        create_attributes: settings.apply.create_attributes,
        search_patience: Duration::from_secs(settings.apply.search_patience_seconds),
        limits: apply::Limits {
            archive: guardrails.max_archive,
            delete: guardrails.max_delete,
            merge: guardrails.max_merge,
            changes: guardrails.max_changes,
        },
        ..default
    }
}

/// Runs the verb.
pub(super) fn run(arguments: &ApplyArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let flags = [arguments.intercom.layer(), arguments.layer(), arguments.guardrails.layer()];
    let settings = setting_args::layers(&arguments.config, flags)?.settings()?;
    let options = options(&settings);
    let mut plan_file = PlanFile::open_for_journal(&arguments.plan)?;
    plan_file.verify_seal()?;
    if review::is_unfinished(&plan_file, &plan_verb::options_of(&plan_file.header()?)?)? {
        printer.error(&format!(
            "{0}: a review was left before its end: its answers are saved, but the plan does not follow them yet; nothing \
             was applied: finish it with leadfold review {0}",
            arguments.plan.display()
        ));
        return Ok(Exit::Guardrail);
    }
    let client = connect::client(&settings)?;
    let me = cancel.block_on(client.me())?;
    let _lock = WorkspaceLock::take(&me.workspace_id)?;
    if arguments.no_write {
        return rehearse::run(&plan_file, &client, &options, output, printer, cancel);
    }
    let undone = apply::was_undone(&plan_file)?;
    if undone {
        printer.say("this plan was applied and undone; applying it now carries it out again");
    }
    if !deletions_confirmed(&plan_file, &me, arguments.confirm.as_deref(), printer)? {
        return Ok(Exit::Done);
    }
    for line in undo::prospects(&apply::prospective_undo(&plan_file)?) {
        printer.say(&line);
    }
    if !arguments.yes {
        let plan = plan_file.plan()?;
        printer.say(&report::verdict(&plan, None));
        drop(plan);
        let again = if undone { " again" } else { "" };
        match printer.ask(&format!("Carry this out{again} in {} ({})?", me.workspace_name, me.workspace_id)) {
            Some(true) => {}
            Some(false) => return Ok(Exit::Done),
            None => return Err(exit::usage("nobody is here to confirm: read the plan, then run again with --yes")),
        }
    }
    carry_out(&mut plan_file, (&client, &me), &options, &arguments.plan, output, printer, cancel)
}

/// Whether contacts may be deleted for good: only who types the workspace's name may. `--yes` is not enough.
fn deletions_confirmed(
    plan_file: &PlanFile,
    me: &Me,
    confirmed: Option<&str>,
    printer: &Printer,
) -> anyhow::Result<bool> {
    let tally = plan_file.tally()?;
    let count: u64 = tally.iter().filter(|tally| tally.kind == ActionKind::Delete).map(|tally| tally.open).sum();
    if count == 0 {
        return Ok(true);
    }
    let name = me.workspace_name.as_str();
    let question =
        format!("{count} contacts will be deleted for good. Type the workspace's name ({name}) to allow it:");
    let typed = match confirmed {
        Some(typed) => Some(typed.to_owned()),
        None => printer.ask_for(&question),
    };
    match typed {
        Some(typed) if typed.trim() == name => Ok(true),
        Some(_) if confirmed.is_none() => Ok(false),
        Some(typed) => Err(exit::usage(format!("--confirm-delete-in '{typed}': the workspace is called '{name}'"))),
        None => Err(exit::usage(format!(
            "the plan deletes {count} contacts for good: run again with --confirm-delete-in '{name}' if that is wanted"
        ))),
    }
}

/// Applies and tells what became of everything.
fn carry_out(
    plan_file: &mut PlanFile,
    (client, me): (&Client, &Me),
    options: &apply::Options,
    path: &Path,
    output: &OutputArgs,
    printer: &Printer,
    cancel: &Cancel,
) -> Outcome {
    let watch = Watch::new(printer, client);
    let surroundings = apply::Surroundings { clock: &SystemClock, observer: &watch, me: Some(me) };
    let stop = cancel.draining();
    let applied = cancel.block_on(apply::run(plan_file, client, options, surroundings, stop));
    watch.finish();
    let summary = match applied {
        Ok(summary) => summary,
        Err(error) => {
            // Whatever stopped it, what was done until then is there to go on with
            if !matches!(error, apply::Error::Store(_)) && plan_file.has_journal()? {
                aftermath::refresh(plan_file, path, printer)?;
            }
            return Err(error.into());
        }
    };
    aftermath::settle(plan_file, path, output, printer)?;
    if summary.interrupted {
        printer.say(&format!("stopped; nothing is lost: leadfold apply {} goes on", path.display()));
        return Ok(Exit::Stopped);
    }
    Ok(if summary.needs_attention() { Exit::RowsFailed } else { Exit::Done })
}
