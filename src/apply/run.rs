//! One run, from preflight to summary.

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::executor::{self, Direction};
use super::preflight::{self, Ready};
use super::scribe::Scribe;
use super::session::{Session, Setting};
use super::summary::{Failures, Summary};
use super::{Clock, Error, Observer, Options, outcome};
use crate::contact::Timestamp;
use crate::intercom::{Me, WriteWorkspace};
use crate::store::{Choice, JournalEntry, PlanFile, Run};

/// What a run is given besides the plan and the workspace.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Who is told how the run gets on.
    pub observer: &'a dyn Observer,
    /// The workspace, when it was asked for a moment ago.
    pub me: Option<&'a Me>,
}

/// Carries out a plan, or what is left of it.
///
/// `plan_file` is open for its journal. When `cancel` becomes true no further action is begun, what is under way is
/// finished and recorded, and the summary says `interrupted`. Must be polled on a runtime with time enabled; the commits
/// of the journal block the thread that polls it, for a disk flush each.
pub async fn run<W: WriteWorkspace>(
    plan_file: &mut PlanFile,
    workspace: &W,
    options: &Options,
    surroundings: Surroundings<'_>,
    cancel: watch::Receiver<bool>,
) -> Result<Summary, Error> {
    let Surroundings { clock, observer, me } = surroundings;
    let (began, started_at, rate_limited) = (Instant::now(), clock.now(), observer.rate_limited());
    let found = preflight::check(plan_file, workspace, options, me).await?;
    plan_file.bind_workspace(&found.workspace)?;
    let number = plan_file.runs()?.last().map_or(1, |run| run.number + 1);
    let tally = plan_file.tally()?;
    let (all, open) = tally.iter().fold((0, 0), |(all, open), tally| (all + tally.all, open + tally.open));
    observer.begin(all, all - open);
    let mut summary = Summary::new(found.workspace.clone());
    if open == 0 {
        finish(plan_file, &mut summary)?;
        summary.seconds = began.elapsed().as_secs_f64();
        return Ok(summary);
    }
    record_run(plan_file, number, started_at, None, &summary)?;
    let (done, reads, writes) = carry_out(plan_file, workspace, options, surroundings, (found, cancel)).await;
    (summary.reads, summary.writes) = (reads, writes);
    if let Err(error @ Error::Store(_)) = done {
        return Err(error);
    }
    summary.interrupted = plan_file.tally()?.iter().any(|tally| tally.pending > 0);
    finish(plan_file, &mut summary)?;
    summary.seconds = began.elapsed().as_secs_f64();
    summary.rate_limited = observer.rate_limited().map(|now| now.saturating_sub(rate_limited.unwrap_or(0)));
    summary.window_limit = observer.window_limit();
    record_run(plan_file, number, started_at, Some(clock.now()), &summary)?;
    done.map(|()| summary)
}

/// Makes missing attributes, then works through the groups. Also gives the requests that read and that wrote.
async fn carry_out<W: WriteWorkspace>(
    plan_file: &mut PlanFile,
    workspace: &W,
    options: &Options,
    Surroundings { clock, observer, .. }: Surroundings<'_>,
    (mut found, cancel): (Ready, watch::Receiver<bool>),
) -> (Result<(), Error>, u64, u64) {
    let attributes = match preflight::make_attributes(plan_file, workspace, &mut found, clock).await {
        Ok(made) => made,
        Err(error) => return (Err(error), 0, 0),
    };
    let last = match plan_file.arrange_work(Choice::Open).and_then(|()| plan_file.last_attempt()) {
        Ok(last) => last,
        Err(error) => return (Err(error.into()), 0, attributes),
    };
    let (sender, messages) = mpsc::unbounded_channel();
    let scribe = Scribe::new(sender, last);
    let (types, keeping, mark, me) = (found.types(), found.keeping.clone(), found.mark.as_deref(), &found.me);
    let setting = Setting { workspace, options, clock, observer, types, keeping, mark, me };
    let session = Session::new(setting, scribe);
    let worked = executor::work(plan_file, &session, messages, cancel, Direction::Apply).await.map(|_| ());
    let (reads, writes) = session.requests();
    let stopped = session.into_reason();
    (worked.and(stopped.map_or(Ok(()), Err)), reads, writes + attributes)
}

/// Rows whose outcomes are written at a time.
const PAGE: usize = 1_000;

/// Works out and records what became of every row, and counts it.
pub(super) fn finish(plan_file: &mut PlanFile, summary: &mut Summary) -> Result<(), Error> {
    plan_file.arrange_attempts()?;
    let mut failures = Failures::default();
    let mut after = None;
    loop {
        let page = plan_file.rows(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.plan.record.0);
        let outcomes: Vec<_> = page.iter().map(outcome::of).collect();
        for (row, outcome) in page.iter().zip(&outcomes) {
            failures.add(row);
            *summary.outcomes.entry(outcome.outcome).or_default() += 1;
        }
        plan_file.record(&[JournalEntry::Outcomes(outcomes)])?;
    }
    (summary.failures, summary.failed_actions) = failures.into_parts();
    Ok(())
}

pub(super) fn record_run(
    plan_file: &mut PlanFile,
    number: u32,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    summary: &impl serde::Serialize,
) -> Result<(), Error> {
    let summary = serde_json::to_value(summary).unwrap_or_default();
    Ok(plan_file.record_run(&Run { number, started_at, ended_at, summary })?)
}
