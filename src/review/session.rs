//! One review: the plan, its queue, and where decisions go. Every decision is saved before it is shown as made.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use crate::contact::Timestamp;
use crate::link::RecordIndex;
use crate::plan::{Decision, Options, Plan, Remembered, Summary, Verdict, replan};
use crate::store::{self, PlanFile};

use super::Error;
use super::queue::{Item, Progress, Queue, check, meant};
use super::remembered::DecisionsFile;

/// Where decisions go, and what carries them out at the end.
pub trait DecisionSink {
    /// Saves one decision; durable when this returns.
    fn decide(&mut self, decision: &Decision) -> Result<(), store::Error>;

    /// Carries out all decisions that were saved.
    fn finish(&mut self) -> Result<Finished, store::Error>;
}

/// What a review changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finished {
    /// The plan in numbers before.
    pub before: Summary,
    /// The plan in numbers after.
    pub after: Summary,
}

impl fmt::Display for Finished {
    /// One line: `create 2 → 4, merge 3 → 2; 1 group still waits for a person`. Kinds that stay as they are are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed: Vec<String> = self
            .after
            .actions
            .iter()
            .map(|(kind, after)| (kind, self.before.actions_of(*kind), *after))
            .filter(|(_, before, after)| before != after)
            .map(|(kind, before, after)| format!("{kind} {before} → {after}"))
            .collect();
        let changed = if changed.is_empty() { "the actions stay as they were".to_owned() } else { changed.join(", ") };
        match self.after.review_groups {
            0 => write!(f, "{changed}; no group waits for a person"),
            1 => write!(f, "{changed}; 1 group still waits for a person"),
            groups => write!(f, "{changed}; {groups} groups still wait for a person"),
        }
    }
}

/// Decisions kept in the plan itself, and the plan decided anew from them.
#[derive(Debug)]
pub struct PlanSink {
    file: PlanFile,
    options: Options,
}

impl PlanSink {
    /// `file` is open for the journal; `options` are those the plan was decided with.
    #[must_use]
    pub fn new(file: PlanFile, options: Options) -> Self {
        Self { file, options }
    }
}

impl DecisionSink for PlanSink {
    fn decide(&mut self, decision: &Decision) -> Result<(), store::Error> {
        self.file.decide(decision)
    }

    fn finish(&mut self) -> Result<Finished, store::Error> {
        let plan = self.file.plan()?;
        let decisions = in_force(&plan, &self.file.decisions()?);
        let before = Summary::of(&plan);
        if decisions.is_empty() {
            return Ok(Finished { after: before.clone(), before });
        }
        let plan = replan(plan, &decisions, &self.options);
        self.file.replace_actions(&plan)?;
        Ok(Finished { before, after: Summary::of(&plan) })
    }
}

/// Whether answers were saved that the plan does not follow yet, because the review was left before its end.
pub fn is_unfinished(file: &PlanFile, options: &Options) -> Result<bool, store::Error> {
    let decisions = file.decisions()?;
    if decisions.is_empty() || file.has_journal()? {
        return Ok(false);
    }
    let plan = file.plan()?;
    let decisions = in_force(&plan, &decisions);
    let decided = replan(plan.clone(), &decisions, options);
    Ok(decided.actions != plan.actions || decided.rows != plan.rows)
}

/// The last decision on each set of members, in the order they were made. A decision that was taken back before the plan
/// followed it leaves nothing to carry out: the group waits as it did. One that the plan follows already has to be
/// undone in the plan too.
fn in_force(plan: &Plan, decisions: &[Decision]) -> Vec<Decision> {
    let waiting: HashSet<&[RecordIndex]> =
        plan.linkage.groups.iter().filter(|group| group.is_open()).map(|group| group.members.as_slice()).collect();
    let mut last: HashMap<&[RecordIndex], usize> = HashMap::new();
    for (at, decision) in decisions.iter().enumerate() {
        last.insert(&decision.members, at);
    }
    let is_last = |at: &usize, decision: &Decision| last.get(decision.members.as_slice()) == Some(at);
    let in_force = decisions.iter().enumerate().filter(|(at, decision)| is_last(at, decision));
    let something_to_do =
        |decision: &&Decision| decision.verdict != Verdict::Reopen || !waiting.contains(decision.members.as_slice());
    in_force.map(|(_, decision)| decision).filter(something_to_do).cloned().collect()
}

/// One review.
#[derive(Debug)]
pub struct Session<S> {
    plan: Plan,
    queue: Queue,
    sink: S,
    /// Where answers are kept for other plans.
    remembered: Option<DecisionsFile>,
    now: fn() -> Timestamp,
}

impl Session<PlanSink> {
    /// Begins or takes up the review of a plan file. `options` are those the plan was decided with. A plan that was
    /// applied cannot be reviewed any more: [`store::Error::Applied`].
    pub fn open(path: &Path, options: Options, now: fn() -> Timestamp) -> Result<Self, Error> {
        let file = PlanFile::open_for_journal(path)?;
        if file.has_journal()? {
            return Err(store::Error::Applied { path: path.to_owned() }.into());
        }
        file.verify_seal()?;
        let (plan, decisions) = (file.plan()?, file.decisions()?);
        Ok(Self::new(plan, &decisions, PlanSink::new(file, options), now))
    }
}

impl<S: DecisionSink> Session<S> {
    /// Begins or takes up a review. `decisions` are those saved before; `now` is asked for the time of each decision.
    #[must_use]
    pub fn new(plan: Plan, decisions: &[Decision], sink: S, now: fn() -> Timestamp) -> Self {
        let queue = Queue::new(&plan, decisions);
        Self { plan, queue, sink, remembered: None, now }
    }

    /// Keeps every answer in this file too, for other plans of the same contacts.
    #[must_use]
    pub fn remembering(mut self, file: DecisionsFile) -> Self {
        self.remembered = Some(file);
        self
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.queue.progress()
    }

    /// Gives back where decisions went.
    pub fn into_sink(self) -> S {
        self.sink
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn items(&self) -> &[Item] {
        self.queue.items()
    }

    pub(super) fn item(&self, position: usize) -> Result<&Item, Error> {
        self.queue.get(position).ok_or(Error::NoSuchGroup)
    }

    /// Saves what was said about the group at a place of the queue. `revision` is the one the person saw.
    pub(super) fn decide(&mut self, position: usize, revision: u32, verdict: Verdict) -> Result<&Item, Error> {
        let item = self.queue.get(position).ok_or(Error::NoSuchGroup)?;
        if item.revision != revision {
            return Err(Error::Moved);
        }
        check(&item.group, &verdict).map_err(Error::Verdict)?;
        let (group, members, at) = (item.group.id, item.group.members.clone(), (self.now)());
        let verdict = meant(&item.group, verdict);
        let decision = Decision { group, members, verdict, at, remark: None };
        if let Some(file) = &self.remembered
            && let Some(remembered) = Remembered::new(&self.plan.records, &decision)
        {
            file.add(&remembered)?;
        }
        self.sink.decide(&decision)?;
        self.queue.note(position, &decision.verdict);
        self.item(position)
    }

    /// Carries out all decisions and says what that changed. The plan of this session is the old one still.
    pub fn finish(&mut self) -> Result<Finished, Error> {
        Ok(self.sink.finish()?)
    }
}
