//! Reviewing a plan that was applied already: what was done stays done, and the answers are for the next plan.
//!
//! An unattended night applies what is certain and leaves the rest open. Its plan cannot be decided anew, since its actions
//! are history; but its doubtful groups are there to look at, and a file of decisions keeps what is said about them.

use std::path::Path;

use super::session::{DecisionSink, Finished, Session};
use super::{DecisionsFile, Error};
use crate::contact::Timestamp;
use crate::link::{Group, RecordIndex};
use crate::plan::{Decision, Plan, Recalled, Summary, Verdict, recall};
use crate::store::{self, PlanFile};

/// Keeps the plan as it is.
#[derive(Debug)]
pub struct AppliedSink {
    summary: Summary,
}

impl DecisionSink for AppliedSink {
    fn decide(&mut self, _decision: &Decision) -> Result<(), store::Error> {
        Ok(())
    }

    fn finish(&mut self) -> Result<Finished, store::Error> {
        Ok(Finished { before: self.summary.clone(), after: self.summary.clone() })
    }
}

impl Session<AppliedSink> {
    /// Begins or takes up the review of an applied plan; answers go into `decisions` alone, and those already there are shown.
    pub fn open_applied(path: &Path, decisions: DecisionsFile, now: fn() -> Timestamp) -> Result<Self, Error> {
        let plan = PlanFile::open(path)?.plan()?;
        let said = remembered_about(&plan, &decisions)?;
        let summary = Summary::of(&plan);
        Ok(Self::new(plan, &said, AppliedSink { summary }, now).remembering(decisions))
    }
}

/// What a file of decisions says about the groups of a plan that wait for a person, as far as it says all about one.
pub fn remembered_about(plan: &Plan, decisions: &DecisionsFile) -> Result<Vec<Decision>, Error> {
    let remembered = decisions.read()?.unwrap_or_default();
    let recalled = recall(&plan.records, &remembered);
    let open = plan.linkage.groups.iter().filter(|group| group.is_open());
    Ok(open.filter_map(|group| said(group, &recalled)).collect())
}

/// What was said about a group, when something was said about every two of its members.
fn said(group: &Group, recalled: &Recalled) -> Option<Decision> {
    let mut parts: Vec<Vec<RecordIndex>> = Vec::new();
    for member in &group.members {
        let mut home = None;
        for (at, part) in parts.iter().enumerate() {
            for other in part {
                if recalled.decided.says(*member, *other)? {
                    home = Some(at);
                }
            }
        }
        match home.and_then(|at| parts.get_mut(at)) {
            Some(part) => part.push(*member),
            None => parts.push(vec![*member]),
        }
    }
    let verdict = match parts.iter().filter(|part| part.len() > 1).count() {
        0 => Verdict::Reject,
        1 if parts.len() == 1 => Verdict::Accept,
        _ => Verdict::Split { parts: parts.into_iter().filter(|part| part.len() > 1).collect() },
    };
    let members = group.members.clone();
    Some(Decision { group: group.id, members, verdict, at: Timestamp(0), remark: None })
}
