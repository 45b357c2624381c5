//! One night, step by step: lock, finish what was broken off, pull, match, decide, guardrails, apply, write everything down.
//!
//! Fills the night's record as it goes, so that a night that fails still says how far it came. Everything that writes to
//! Intercom goes through a plan file and its journal, exactly as `plan` and `apply` do it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::folder::{Nights, PLAN};
use super::record::{Ended, Night};
use super::standing::{self, Standing};
use super::terms::Terms;
use super::{compare, make, recover};
use crate::apply::{self, SystemClock};
use crate::cli::apply::options as apply_options;
use crate::cli::exit::{self, Exit};
use crate::cli::journal::{Journal, with_applied};
use crate::cli::lock::WorkspaceLock;
use crate::cli::mirror::{self, Refreshed};
use crate::cli::printer::Printer;
use crate::cli::signal::Cancel;
use crate::cli::timings::Timings;
use crate::cli::watch::Watch;
use crate::cli::{connect, file};
use crate::config::{CleanAction, Layers, Settings};
use crate::contact::{IntercomId, Record, Records as _, Side, Timestamp};
use crate::intercom::{Client, Me, ReadWorkspace};
use crate::link::Model;
use crate::plan::{self, ActionKind, Outcome, Plan, Summary, Target};
use crate::report::{self, ExportFile, SinceLast};
use crate::store::{Fate, Mirror, PlanFile};

/// What a night is given.
pub(super) struct Job<'a> {
    pub(super) settings: &'a Settings,
    pub(super) layers: &'a Layers,
    pub(super) model: Option<&'a Model>,
    pub(super) mirror: Option<&'a Path>,
    /// Whether guardrails were set, rather than those of an unattended run.
    pub(super) guardrails_set: bool,
    /// When it is.
    pub(super) now: Timestamp,
    pub(super) printer: &'a Printer,
    pub(super) cancel: &'a Cancel,
}

/// A workspace under its lock.
pub(super) struct Site<'a> {
    pub(super) client: &'a Client,
    pub(super) me: &'a Me,
    pub(super) nights: &'a Nights,
}

impl Job<'_> {
    /// Kinds of removal the owner allows without looking.
    pub(super) fn allowed(&self) -> BTreeSet<ActionKind> {
        let kind = |action: &CleanAction| match action {
            CleanAction::Merge => ActionKind::Merge,
            CleanAction::Archive => ActionKind::Archive,
        };
        self.settings.clean.apply.iter().map(kind).collect()
    }
}

/// Works through the night. `nights` is set as soon as the workspace is known.
pub(super) fn work(
    job: &Job<'_>,
    night: &mut Night,
    nights: &mut Option<Nights>,
    timings: &mut Timings,
) -> anyhow::Result<Exit> {
    let client = connect::client(job.settings)?;
    let done = at_work(job, &client, night, nights, timings);
    night.calls = client.stats().sent;
    done
}

fn at_work(
    job: &Job<'_>,
    client: &Client,
    night: &mut Night,
    nights: &mut Option<Nights>,
    timings: &mut Timings,
) -> anyhow::Result<Exit> {
    let me = job.cancel.block_on(client.me())?;
    (night.workspace, night.workspace_name) = (me.workspace_id.clone(), me.workspace_name.clone());
    let _lock = WorkspaceLock::take(&me.workspace_id)?;
    let folder = &*nights.insert(Nights::of(job.settings.clean.folder.as_deref(), &me.workspace_id));
    refuse_foreign(folder, &me)?;
    let site = Site { client, me: &me, nights: folder };
    recover::note_broken_nights(&site)?;
    night.run = folder.begin(jiff::Timestamp::from_second(job.now.0)?)?;
    night.folder = folder.night(&night.run).display().to_string();
    recover::finish(job, &site, night)?;
    let mut mirror = open_mirror(job, &site)?;
    let refreshed = refresh(job, &site, &mut mirror)?;
    (night.contacts, night.changed) = (refreshed.contacts, refreshed.changed);
    night.departed = refreshed.departed.len() as u64;

    timings.end("pull");
    let last = compare::last(folder)?;
    let terms = Terms::of(job, &site)?;
    if let (Some(standing), Some(last)) =
        (standing::still(job, &site, &mirror, &refreshed, &terms, last.as_ref())?, last.as_ref())
    {
        timings.end("compare");
        standing::take_over(&site, night, last)?;
        standing.keep(&site, night)?;
        folder.point_at(&night.run);
        timings.end("write");
        return Ok(Exit::Done);
    }

    let began = last.as_ref().map(|last| Timestamp(compare::began(last)));
    let made = make::plan(job, &site, &mirror, &terms, began, timings)?;
    let standing = Standing::of(&made, terms.fingerprint(made.contents)?)?;
    let (plan, new) = (made.plan, made.new);
    let summary = Summary::of(&plan);
    let removals = [ActionKind::Merge, ActionKind::Archive, ActionKind::Delete];
    night.duplicates = removals.iter().map(|kind| summary.actions_of(*kind)).sum();
    night.to_review = summary.review_groups;
    night.since = last.as_ref().map(|last| compare::since(folder, last, &plan, night.contacts, new));

    let allowed = job.allowed();
    let stopped = stop(job, &plan, night);
    let plan = if allowed.is_empty() || stopped {
        plan
    } else {
        let (plan, held_back) = plan::hold_back(plan, &allowed, job.settings.plan.window_limit);
        night.held_back = held_back;
        plan
    };
    if !allowed.is_empty() && !stopped {
        let planned = Summary::of(&plan);
        night.planned = planned.actions.into_iter().filter(|(_, count)| *count > 0).collect();
    }
    timings.end("decide");
    let path = folder.night(&night.run).join(PLAN);
    PlanFile::create(&path, &plan)?;
    timings.end("write");
    let exit = if stopped {
        night.ended = Ended::Guardrail;
        Exit::Guardrail
    } else if night.actions() == 0 {
        night.ended = if night.duplicates == 0 { Ended::Nothing } else { Ended::Reported };
        Exit::Done
    } else {
        let applied = carry_out(job, &site, &path, night);
        forget_departed(&path, &plan, &mut mirror, job.now)?;
        timings.end("apply");
        applied?
    };
    compare::keep(folder, &plan)?;
    standing.keep(&site, night)?;
    write_down(&path, &plan, &compare::beside(night, last.as_ref()))?;
    folder.point_at(&night.run);
    timings.end("report");
    Ok(exit)
}

/// A folder with another workspace's nights in it must not be mixed with this one's.
fn refuse_foreign(nights: &Nights, me: &Me) -> anyhow::Result<()> {
    let foreign = nights.history()?.into_iter().rev().find(|night| !night.workspace.is_empty());
    match foreign {
        Some(night) if night.workspace != me.workspace_id => Err(exit::usage(format!(
            "{}: the nights there are of workspace {} ({}), the token is for {} ({}); name another folder with --folder",
            nights.root().display(),
            night.workspace,
            night.workspace_name,
            me.workspace_id,
            me.workspace_name
        ))),
        _ => Ok(()),
    }
}

fn open_mirror(job: &Job<'_>, site: &Site<'_>) -> anyhow::Result<Mirror> {
    mirror::open(job.mirror, site.client, site.me)
}

/// Brings the mirror up to date. A contact that is gone must not be planned with, so when the count says that some are, and
/// not which, everything is read.
fn refresh(job: &Job<'_>, site: &Site<'_>, mirror: &mut Mirror) -> anyhow::Result<Refreshed> {
    let pull = |mirror: &mut Mirror, full: bool| {
        let refreshing = mirror::refresh(mirror, site.client, site.me, full, job.now.0, job.printer);
        job.cancel.block_on(refreshing)
    };
    let done = pull(mirror, false)?;
    if done.full || done.drift <= 0 {
        return Ok(done);
    }
    tracing::info!("{} contacts went away: the workspace is read again to see which", done.drift);
    let again = pull(mirror, true)?;
    Ok(Refreshed { changed: done.changed, ..again })
}

fn existing_id(record: &Record) -> Option<&IntercomId> {
    record.id.as_ref().filter(|_| record.side == Side::Existing)
}

/// Whether a guardrail stops the night; says why, and what to do.
fn stop(job: &Job<'_>, plan: &Plan, night: &mut Night) -> bool {
    // Without leave to apply nothing can go wrong, so only guardrails that somebody set are looked at then
    if job.settings.clean.apply.is_empty() && !job.guardrails_set {
        return false;
    }
    let violations = plan::check_guardrails(plan, &job.settings.guardrails);
    for violation in &violations {
        job.printer.error(&violation.to_string());
        night.reasons.push(format!("{violation}; nothing was applied"));
    }
    !violations.is_empty()
}

/// Carries the night's plan out.
fn carry_out(job: &Job<'_>, site: &Site<'_>, path: &Path, night: &mut Night) -> anyhow::Result<Exit> {
    let mut plan_file = PlanFile::open_for_journal(path)?;
    let applied = run_plan(job, site, &mut plan_file);
    let done = done(&plan_file)?;
    (night.merged, night.archived) = (done.merged, done.archived);
    let summary = applied?;
    night.failed = summary.failed_actions;
    night.ended = if summary.interrupted || summary.needs_attention() { Ended::Incomplete } else { Ended::Applied };
    if summary.interrupted {
        night.reasons.push("it was stopped before its end; the next night goes on where it stopped".to_owned());
        return Ok(Exit::Stopped);
    }
    Ok(if summary.needs_attention() { Exit::RowsFailed } else { Exit::Done })
}

/// Applies a plan file, or what is left of it, with the settings' limits.
pub(super) fn run_plan(
    job: &Job<'_>,
    site: &Site<'_>,
    plan_file: &mut PlanFile,
) -> Result<apply::Summary, apply::Error> {
    let watch = Watch::new(job.printer, site.client);
    let surroundings = apply::Surroundings { clock: &SystemClock, observer: &watch, me: Some(site.me) };
    let stop = job.cancel.draining();
    let options = apply_options(job.settings);
    let applied = job.cancel.block_on(apply::run(plan_file, site.client, &options, surroundings, stop));
    watch.finish();
    applied
}

/// Contacts a plan took away so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) merged: u64,
    pub(super) archived: u64,
    /// Actions nothing is recorded about.
    pub(super) pending: u64,
}

/// What a plan file's journal says was done.
pub(super) fn done(plan_file: &PlanFile) -> Result<Done, crate::store::Error> {
    let mut done = Done::default();
    for tally in plan_file.tally()? {
        let carried_out = tally.all - tally.open;
        match tally.kind {
            ActionKind::Merge => done.merged += carried_out,
            ActionKind::Archive => done.archived += carried_out,
            _ => {}
        }
        done.pending += tally.pending;
    }
    Ok(done)
}

/// Takes what was just merged and archived out of the mirror, so that the next night need not look for it.
fn forget_departed(path: &Path, plan: &Plan, mirror: &mut Mirror, now: Timestamp) -> anyhow::Result<()> {
    let mut fates: BTreeMap<IntercomId, Fate> = BTreeMap::new();
    for row in PlanFile::open(path)?.outcomes()? {
        let fate = match row.outcome {
            Outcome::Merged => Fate::Merged { into: row.contact.clone() },
            Outcome::Archived => Fate::Archived,
            _ => continue,
        };
        let record = usize::try_from(row.record.0).ok().and_then(|at| plan.records.head(at));
        if let Some(id) = record.as_deref().and_then(existing_id) {
            fates.insert(id.clone(), fate);
        }
    }
    // A row can end as merged although it stands for the contact that stays
    for action in &plan.actions {
        if let (Target::Existing(id), plan::ActionBody::Merge { .. }) = (&action.target, &action.body) {
            fates.remove(id);
        }
    }
    for (id, fate) in &fates {
        mirror.remove(id, fate, now.0)?;
    }
    Ok(())
}

/// The report and the exports beside the plan.
fn write_down(path: &Path, plan: &Plan, since: &SinceLast) -> anyhow::Result<()> {
    let journal = Journal::read(&PlanFile::open(path)?)?;
    file::write_whole(&file::beside(path, "html"), |mut out| {
        with_applied(plan, journal.as_ref(), |applied| report::html_of_night(plan, applied, since, &mut out))
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for export in ExportFile::ALL {
        file::write_whole(&folder.join(export.name()), |mut out| {
            with_applied(plan, journal.as_ref(), |applied| report::export(plan, applied, export, &mut out))
        })?;
    }
    Ok(())
}
