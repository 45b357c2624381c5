//! What a report asks of a plan, so that a plan in memory and a plan file on disk give the same page.
//!
//! Figures first; then only the groups, actions and rejected rows that find room in what is written, a few at a time, so
//! that a report of a million rows needs no more memory than one of a thousand.

use std::io;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::ingest::Reject;
use crate::link::{Band, Group, RecordIndex, Veto};
use crate::plan::{Action, ActionId, ActionKind, Plan};

use super::applied::{Applied, AppliedAction};
use super::figures::Figures;
use super::lookup::{ActionsByGroup, AppliedActions};

/// A group in as few bytes as it takes to put it in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupHead {
    /// Its number.
    pub id: u32,
    /// Whether it waits for a person.
    pub open: bool,
    /// The weight in doubt: of its loosest member that waits, or its own; lowest of all when it has none.
    pub loosest: f64,
    /// The kinds of its actions.
    pub kinds: Kinds,
}

impl GroupHead {
    fn of(group: &Group) -> Self {
        let loose = group.loose.iter().map(|loose| loose.weight.0).min_by(f64::total_cmp);
        Self {
            id: group.id,
            open: group.is_open(),
            loosest: loose.or(group.weight.map(|weight| weight.0)).unwrap_or(f64::NEG_INFINITY),
            kinds: Kinds::default(),
        }
    }
}

/// Groups worth showing one by one: those with something to decide first, loosest first; then the others, likewise.
pub fn by_interest(heads: &mut [GroupHead]) {
    heads.sort_by(|one, other| {
        (!one.open).cmp(&!other.open).then(one.loosest.total_cmp(&other.loosest)).then(one.id.cmp(&other.id))
    });
}

/// A set of kinds of action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Adds a kind.
    pub fn add(&mut self, kind: ActionKind) {
        self.0 |= ActionKind::ALL.iter().position(|known| *known == kind).map_or(0, |at| 1 << at);
    }

    /// The kinds in the order they are reported.
    pub(super) fn iter(self) -> impl Iterator<Item = ActionKind> {
        ActionKind::ALL.into_iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, kind)| kind)
    }
}

/// How much of a group is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Its members and their merged record.
    Members,
    /// The evidence, refused joins and actions too.
    Everything,
}

/// Some groups of a plan with what was asked for about them, as a plan in which perhaps only they are. Records may be
/// numbered anew there, in the same order.
#[derive(Debug)]
pub struct Excerpt<'a> {
    pub(super) plan: &'a Plan,
    pub(super) actions: ActionsByGroup<'a>,
    pub(super) states: AppliedActions<'a>,
    /// Refused joins by the records they were asked for.
    pub(super) vetoes: FxHashMap<RecordIndex, Vec<&'a Veto>>,
    groups: FxHashMap<u32, &'a Group>,
}

impl<'a> Excerpt<'a> {
    /// `applied` says where actions stand; one that is not named is pending.
    #[must_use]
    pub fn new(plan: &'a Plan, applied: Vec<AppliedAction<'a>>) -> Self {
        let mut vetoes: FxHashMap<RecordIndex, Vec<&Veto>> = FxHashMap::default();
        for veto in &plan.linkage.vetoes {
            vetoes.entry(veto.left).or_default().push(veto);
            if veto.right != veto.left {
                vetoes.entry(veto.right).or_default().push(veto);
            }
        }
        let groups = plan.linkage.groups.iter().map(|group| (group.id, group)).collect();
        Self { plan, actions: ActionsByGroup::new(plan), states: AppliedActions::new(applied), vetoes, groups }
    }

    /// The group with that number.
    pub(super) fn group(&self, id: u32) -> Option<&'a Group> {
        self.groups.get(&id).copied()
    }
}

/// What a report is about: a plan, before or after an apply.
pub trait Subject: Sync {
    /// Why it cannot be read.
    type Error: From<io::Error> + Send;

    /// Its figures.
    fn figures(&self) -> &Figures;

    /// Its groups of several rows, the most interesting first: as [`by_interest`] puts them.
    fn groups(&self) -> &[GroupHead];

    /// Tells about groups.
    fn excerpt<T>(&self, groups: &[u32], depth: Depth, tell: impl FnOnce(&Excerpt<'_>) -> T) -> Result<T, Self::Error>;

    /// Tells the actions after that one, in order, at most so many; none at the end.
    fn actions<T>(
        &self,
        after: Option<ActionId>,
        limit: usize,
        tell: impl FnOnce(&[Action], &AppliedActions<'_>) -> T,
    ) -> Result<T, Self::Error>;

    /// Tells the rejected rows after so many, at most `limit`; none at the end.
    fn rejects<T>(&self, after: usize, limit: usize, tell: impl FnOnce(&[Reject]) -> T) -> Result<T, Self::Error>;
}

/// A plan in memory.
#[derive(Debug)]
pub struct Whole<'a> {
    plan: &'a Plan,
    applied: Option<&'a Applied<'a>>,
    figures: Figures,
    heads: OnceLock<Vec<GroupHead>>,
    excerpt: OnceLock<Excerpt<'a>>,
}

impl<'a> Whole<'a> {
    /// A plan, and what an apply left behind.
    #[must_use]
    pub fn new(plan: &'a Plan, applied: Option<&'a Applied<'a>>) -> Self {
        let figures = Figures::of(plan, applied);
        Self { plan, applied, figures, heads: OnceLock::new(), excerpt: OnceLock::new() }
    }

    fn all(&self) -> &Excerpt<'a> {
        let states = || self.applied.map(|applied| applied.actions.to_vec()).unwrap_or_default();
        self.excerpt.get_or_init(|| Excerpt::new(self.plan, states()))
    }
}

impl Subject for Whole<'_> {
    type Error = io::Error;

    fn figures(&self) -> &Figures {
        &self.figures
    }

    fn groups(&self) -> &[GroupHead] {
        self.heads.get_or_init(|| {
            let several = self.plan.linkage.groups.iter().filter(|group| group.band != Band::Single);
            let mut heads: Vec<GroupHead> = several.map(GroupHead::of).collect();
            for head in &mut heads {
                self.all().actions.of(head.id).iter().for_each(|action| head.kinds.add(action.kind()));
            }
            by_interest(&mut heads);
            heads
        })
    }

    fn excerpt<T>(&self, _: &[u32], _: Depth, tell: impl FnOnce(&Excerpt<'_>) -> T) -> io::Result<T> {
        Ok(tell(self.all()))
    }

    fn actions<T>(
        &self,
        after: Option<ActionId>,
        limit: usize,
        tell: impl FnOnce(&[Action], &AppliedActions<'_>) -> T,
    ) -> io::Result<T> {
        let actions = &self.plan.actions;
        let start = after.map_or(0, |last| actions.partition_point(|action| action.id <= last));
        let end = start.saturating_add(limit).min(actions.len());
        Ok(tell(actions.get(start..end).unwrap_or_default(), &self.all().states))
    }

    fn rejects<T>(&self, after: usize, limit: usize, tell: impl FnOnce(&[Reject]) -> T) -> io::Result<T> {
        let rejects = &self.plan.rejects;
        let (start, end) = (after.min(rejects.len()), after.saturating_add(limit).min(rejects.len()));
        Ok(tell(rejects.get(start..end).unwrap_or_default()))
    }
}
