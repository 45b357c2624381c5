//! Nights that were broken off: killed, cut from the network, or stopped by a signal.
//!
//! What such a night had begun is in its plan's journal. It is finished first, exactly as `apply` on that plan would, so that
//! no contact stays half-way; only then the new night looks at the workspace.

use std::collections::BTreeSet;

use super::folder::PLAN;
use super::night::{Done, Job, Site, done, run_plan};
use super::record::{Ended, Night, Recovered, SCHEMA};
use crate::store::{self, PlanFile};

/// Gives every kept night a line in the history: one that was killed could not write its own.
pub(super) fn note_broken_nights(site: &Site<'_>) -> anyhow::Result<()> {
    let kept = site.nights.kept();
    if kept.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<String> = site.nights.history()?.into_iter().map(|night| night.run).collect();
    for run in kept.into_iter().filter(|run| !known.contains(run)) {
        let path = site.nights.night(&run).join(PLAN);
        let Done { merged, archived, .. } =
            PlanFile::open(&path).and_then(|plan_file| done(&plan_file)).unwrap_or_default();
        let night = Night {
            schema: SCHEMA.to_owned(),
            started_at: started_at(&run),
            workspace: site.me.workspace_id.clone(),
            workspace_name: site.me.workspace_name.clone(),
            ended: Ended::Failed,
            exit_code: 1,
            reasons: vec!["it was broken off".to_owned()],
            folder: site.nights.night(&run).display().to_string(),
            merged,
            archived,
            run,
            ..Night::default()
        };
        site.nights.note(&night)?;
    }
    Ok(())
}

/// The time in a night's name: `2026-11-22T03-00-00Z` is `2026-11-22T03:00:00Z`.
fn started_at(run: &str) -> String {
    match run.get(..20).and_then(|time| time.split_once('T')) {
        Some((day, time)) => format!("{day}T{}", time.replace('-', ":")),
        None => String::new(),
    }
}

/// Finishes what earlier nights had begun.
pub(super) fn finish(job: &Job<'_>, site: &Site<'_>, night: &mut Night) -> anyhow::Result<()> {
    for run in site.nights.kept().into_iter().rev().filter(|run| *run != night.run) {
        let path = site.nights.night(&run).join(PLAN);
        if !path.is_file() || !is_begun(&path).unwrap_or(false) {
            continue;
        }
        if job.settings.clean.apply.is_empty() {
            night.reasons.push(format!(
                "the night {run} was broken off while it was applied, and is not finished because [clean] apply is empty now"
            ));
            night.advice.push(format!("leadfold apply {}   finishes it", path.display()));
            continue;
        }
        tracing::info!("finishing the night {run}, which was broken off");
        let mut plan_file = match PlanFile::open_for_journal(&path) {
            Ok(plan_file) => plan_file,
            Err(error @ store::Error::Locked { .. }) => return Err(error.into()),
            Err(error) => {
                night.reasons.push(format!("the night {run} was broken off and cannot be finished: {error}"));
                continue;
            }
        };
        let summary = run_plan(job, site, &mut plan_file)?;
        let Done { merged, archived, .. } = done(&plan_file)?;
        night.recovered = Some(Recovered { run, merged, archived });
        if summary.interrupted {
            anyhow::bail!("stopped while an earlier night was finished; run leadfold clean again to go on");
        }
    }
    Ok(())
}

/// Whether requests of the plan were sent and some of its actions have no end recorded.
fn is_begun(path: &std::path::Path) -> Result<bool, store::Error> {
    let plan_file = PlanFile::open(path)?;
    Ok(plan_file.has_journal()? && done(&plan_file)?.pending > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_night_is_in_its_name() {
        assert_eq!(started_at("2026-11-22T03-00-00Z"), "2026-11-22T03:00:00Z");
        assert_eq!(started_at("2026-11-22T03-00-00Z-2"), "2026-11-22T03:00:00Z");
        assert_eq!(started_at("x"), "");
    }
}
