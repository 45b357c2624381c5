//! The figures of a plan: everything a report says that is a number.
//!
//! Counted from a plan in memory here, or by whoever reads a plan file in its own way: both tell the same counters what
//! they find, and the reports are written from the figures alone. Small, however large the plan is.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::contact::{IntercomId, Records as _, Role, Side};
use crate::ingest::{RejectReason, Source};
use crate::link::{Band, BlockingReport, Comparison, Group, Model, Term};
use crate::plan::{
    Action, ActionBody, ActionKind, Forecast, Header, NeededAttribute, Outcome, Plan, Reversibility, Target,
};

use super::applied::{Applied, AppliedFigures};
use super::lookup::Lookup;
use super::tally::{KindCount, Tally};

/// Larger groups are pointed out: they are mostly chained by a shared inbox or switchboard.
pub(super) const LARGE_GROUP: usize = 10;

/// Match weights below and above share the outermost columns of their chart.
const LOWEST: i32 = -20;
const HIGHEST: i32 = 30;

/// Contacts of each role, now and after the plan.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Roles {
    pub(super) now: [i64; 2],
    pub(super) then: [i64; 2],
}

/// Whether a group waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// It does not.
    ForNobody,
    /// It is in doubt, or some of its members are.
    InDoubt,
    /// It is certain and held back all the same.
    Held,
}

impl Waits {
    fn of(group: &Group) -> Self {
        match (group.is_held(), group.is_open()) {
            (true, _) => Self::Held,
            (false, true) => Self::InDoubt,
            (false, false) => Self::ForNobody,
        }
    }
}

/// Groups, counted.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupCounts {
    /// Groups of several rows.
    pub(super) several: u64,
    /// Groups that wait for a person.
    pub(super) open: u64,
    /// Of these, certain ones that are held back for a person.
    pub(super) held: u64,
    /// Groups of more than [`LARGE_GROUP`] members.
    pub(super) large: u64,
    /// Groups by their number of members.
    pub(super) sizes: BTreeMap<usize, u64>,
}

/// The figures of a plan.
#[derive(Clone, Debug)]
pub struct Figures {
    pub(super) header: Header,
    pub(super) sources: Vec<Source>,
    pub(super) forecast: Forecast,
    pub(super) attributes: Vec<NeededAttribute>,
    pub(super) review_weight: f64,
    pub(super) auto_weight: f64,
    /// Pairs that a limit of blocking left out.
    pub(super) left_out: u64,
    pub(super) tally: Tally,
    /// Rejected rows by reason, in the order in which the reasons first appear.
    pub(super) rejects: Vec<(RejectReason, u64)>,
    pub(super) kinds: Vec<KindCount>,
    pub(super) roles: Roles,
    /// Pairs by their weight in whole bits.
    pub(super) weights: BTreeMap<i32, u64>,
    /// Joined pairs by the comparison that weighs most in them.
    pub(super) carriers: BTreeMap<Comparison, u64>,
    pub(super) groups: GroupCounts,
    /// Joins that were refused.
    pub(super) vetoes: u64,
    pub(super) applied: Option<AppliedFigures>,
}

fn many(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn place(role: Role) -> usize {
    match role {
        Role::Lead => 0,
        Role::User => 1,
    }
}

/// The contact that is gone after an action, if any.
fn gone(action: &Action) -> Option<&IntercomId> {
    match (&action.body, &action.target) {
        (ActionBody::Merge { from }, _) => Some(from),
        (ActionBody::Archive { .. } | ActionBody::Delete { .. }, Target::Existing(id)) => Some(id),
        _ => None,
    }
}

/// The comparison that weighs most among these; of equals the last.
fn loudest(terms: &[Term]) -> Option<Comparison> {
    terms.iter().max_by(|one, other| one.weight.0.total_cmp(&other.weight.0)).map(|term| term.comparison)
}

impl Figures {
    /// What a plan says before anything is counted.
    #[must_use]
    pub fn new(
        header: Header,
        sources: Vec<Source>,
        model: &Model,
        blocking: &BlockingReport,
        forecast: Forecast,
        attributes: Vec<NeededAttribute>,
    ) -> Self {
        Self {
            header,
            sources,
            forecast,
            attributes,
            review_weight: model.review_weight.0,
            auto_weight: model.auto_weight.0,
            left_out: blocking.left_out,
            tally: Tally::default(),
            rejects: Vec::new(),
            kinds: Vec::new(),
            roles: Roles::default(),
            weights: BTreeMap::new(),
            carriers: BTreeMap::new(),
            groups: GroupCounts::default(),
            vetoes: 0,
            applied: None,
        }
    }

    /// Accepted rows that were given an outcome, or none yet. `waits`: their group waits for a person.
    pub fn count_rows(&mut self, outcome: Option<Outcome>, waits: bool, rows: u64) {
        match outcome {
            None => self.tally.pending += rows,
            Some(outcome) => {
                self.tally.to_review += if waits && outcome == Outcome::Skipped { rows } else { 0 };
                self.tally.add(outcome, rows);
            }
        }
        self.tally.rows += rows;
    }

    /// Rejected rows. To be called in the order in which the reasons first appear.
    pub fn count_rejects(&mut self, reason: RejectReason, rows: u64) {
        self.tally.add(Outcome::Rejected, rows);
        self.tally.rows += rows;
        match self.rejects.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, known)) => *known += rows,
            None => self.rejects.push((reason, rows)),
        }
    }

    /// Actions of one kind; whether the first of them can be undone stands for all.
    pub fn count_actions(&mut self, kind: ActionKind, reversibility: Reversibility, actions: u64) {
        match self.kinds.iter_mut().find(|count| count.kind == kind) {
            Some(count) => count.actions += actions,
            None => self.kinds.push(KindCount { kind, actions, reversibility }),
        }
        self.kinds.sort_by_key(|count| ActionKind::ALL.iter().position(|kind| *kind == count.kind));
    }

    /// Contacts of the workspace.
    pub fn count_existing(&mut self, role: Role, contacts: u64) {
        let contacts = i64::try_from(contacts).unwrap_or(i64::MAX);
        self.roles.now[place(role)] += contacts;
        self.roles.then[place(role)] += contacts;
    }

    /// Contacts that actions make.
    pub fn count_made(&mut self, role: Role, contacts: u64) {
        self.roles.then[place(role)] += i64::try_from(contacts).unwrap_or(i64::MAX);
    }

    /// Contacts that actions take away.
    pub fn count_gone(&mut self, role: Role, contacts: u64) {
        self.roles.then[place(role)] -= i64::try_from(contacts).unwrap_or(i64::MAX);
    }

    /// One pair, by its weight in bits.
    pub fn count_pair(&mut self, weight: f64) {
        if weight.is_finite() {
            #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of the chart before")]
            let bits = weight.floor().clamp(f64::from(LOWEST), f64::from(HIGHEST)) as i32;
            *self.weights.entry(bits).or_default() += 1;
        }
    }

    /// A pair that was joined, by the comparison that weighs most in it.
    pub fn count_joined(&mut self, comparison: Comparison) {
        *self.carriers.entry(comparison).or_default() += 1;
    }

    /// A group. Groups of one contact of whom there is nothing to say need not be counted.
    pub fn count_group(&mut self, band: Band, members: usize, waits: Waits) {
        self.groups.several += u64::from(band != Band::Single);
        self.groups.open += u64::from(waits != Waits::ForNobody);
        self.groups.held += u64::from(waits == Waits::Held);
        self.groups.large += u64::from(members > LARGE_GROUP);
        *self.groups.sizes.entry(members).or_default() += 1;
    }

    /// Joins that were refused.
    pub fn count_vetoes(&mut self, vetoes: u64) {
        self.vetoes += vetoes;
    }

    /// How an apply went.
    pub fn count_applied(&mut self, applied: AppliedFigures) {
        self.applied = Some(applied);
    }

    /// Rejected rows.
    pub(super) fn rejected(&self) -> u64 {
        self.rejects.iter().map(|(_, rows)| rows).sum()
    }

    /// Actions of all kinds.
    pub(super) fn actions(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.actions).sum()
    }

    /// The figures of a plan in memory.
    #[must_use]
    pub fn of(plan: &Plan, applied: Option<&Applied<'_>>) -> Self {
        let Plan { header, sources, linkage, forecast, attributes, .. } = plan;
        let (header, sources) = (header.clone(), sources.clone());
        let mut figures =
            Self::new(header, sources, &linkage.model, &linkage.blocking, forecast.clone(), attributes.clone());
        let lookup = Lookup::new(plan);
        figures.tally = applied.map_or_else(|| Tally::planned(plan), |applied| Tally::applied(plan, applied));
        for reject in &plan.rejects {
            match figures.rejects.iter_mut().find(|(reason, _)| *reason == reject.reason) {
                Some((_, rows)) => *rows += 1,
                None => figures.rejects.push((reject.reason, 1)),
            }
        }
        figures.count_plan_actions(plan);
        for group in &linkage.groups {
            figures.count_group(group.band, group.members.len(), Waits::of(group));
        }
        for pair in &linkage.pairs {
            figures.count_pair(pair.weight.0);
            let joined = match (lookup.group(pair.left), lookup.group(pair.right)) {
                (Some(left), Some(right)) => {
                    left.id == right.id && [pair.left, pair.right].map(|end| left.band_of(end)) == [Band::Auto; 2]
                }
                _ => false,
            };
            if let (true, Some(comparison)) = (joined, loudest(&pair.terms)) {
                figures.count_joined(comparison);
            }
        }
        figures.count_vetoes(many(linkage.vetoes.len()));
        figures.applied = applied.map(AppliedFigures::of);
        figures
    }

    fn count_plan_actions(&mut self, plan: &Plan) {
        let mut kinds = [(0_u64, Reversibility::Reversible); ActionKind::ALL.len()];
        for action in &plan.actions {
            if let Some(at) = ActionKind::ALL.iter().position(|kind| *kind == action.kind()) {
                let (count, reversibility) = &mut kinds[at];
                if *count == 0 {
                    *reversibility = action.reversibility();
                }
                *count += 1;
            }
        }
        for (kind, (actions, reversibility)) in ActionKind::ALL.into_iter().zip(kinds) {
            if actions > 0 {
                self.count_actions(kind, reversibility, actions);
            }
        }
        let mut role_of: FxHashMap<IntercomId, Role> = FxHashMap::default();
        // Heads keep nothing unpacked, so that counting takes no room
        let heads = (0..plan.records.len()).filter_map(|at| plan.records.head(at));
        for record in heads.filter(|record| record.side == Side::Existing) {
            let Some(role) = record.role else { continue };
            self.count_existing(role, 1);
            if let Some(id) = &record.id {
                role_of.insert(id.clone(), role);
            }
        }
        for action in &plan.actions {
            if let ActionBody::Create { role, .. } = action.body {
                self.count_made(role, 1);
            } else if let Some(role) = gone(action).and_then(|id| role_of.get(id)) {
                self.count_gone(*role, 1);
            }
        }
    }
}
