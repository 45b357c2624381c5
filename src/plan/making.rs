//! A plan in the making: group after group as somebody asks for it, so that the actions of a million contacts never have to
//! be in memory together.
//!
//! Is what [`super::assemble()`] does to all groups at once, done to one: its members are unpacked, merged, settled by the
//! saved rules, decided and counted, and whoever asked takes it from there. Groups do not depend on each other, but for the
//! order of actions: those of groups that remove a contact come after all others.

use std::borrow::Cow;
use std::fmt;

use super::cost::Cost;
use super::decide::{Deciding, UNTOUCHED};
use super::guard::violations;
use super::hold_back::{hold, is_too_large};
use super::mark::mark_created;
use super::order::Numbered;
use super::party::{Rows, spread};
use super::rules::Rules;
use super::{
    Action, Forecast, Guardrails, Header, Inputs, NeededAttribute, Options, Outcome, Plan, RowPlan, Violation,
};
use crate::contact::Records;
use crate::link::{Group, Linked, RecordIndex};

/// A plan in the making.
pub struct Making<'a> {
    /// Who makes it, when, for which workspace.
    pub header: Header,
    /// What was read.
    pub inputs: &'a Inputs,
    /// What was found.
    pub linked: &'a Linked,
    rules: Rules,
    deciding: Deciding<'a>,
}

impl fmt::Debug for Making<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Making").field("header", &self.header).finish_non_exhaustive()
    }
}

/// One group, decided.
#[derive(Clone, Debug)]
pub enum Decided {
    /// A contact alone that nothing is done to.
    Untouched {
        /// The number of its group.
        group: u32,
        /// The contact.
        record: RecordIndex,
    },
    /// Any other.
    Group(Box<DecidedGroup>),
}

/// One group with what happens to it.
#[derive(Clone, Debug)]
pub struct DecidedGroup {
    /// The group.
    pub group: Group,
    /// Whether a rule chose values of its merged record, so that it is not what its members give.
    pub ruled: bool,
    /// Its actions, numbered from 1 within the group.
    pub actions: Vec<Action>,
    /// What becomes of its members, in any order. Actions are named by their numbers within the group.
    pub rows: Vec<RowPlan>,
    /// Whether it removes a contact: its actions then come after those of all groups that do not.
    pub removes: bool,
    /// What they come to.
    pub totals: Totals,
}

impl<'a> Making<'a> {
    /// `linked` was made from exactly `inputs.records`.
    #[must_use]
    pub fn new(header: Header, inputs: &'a Inputs, linked: &'a Linked, options: &'a Options) -> Self {
        let (records, groups): (&dyn Records, _) = (&inputs.records, &linked.groups);
        let members = |at: usize| {
            let loose: Vec<RecordIndex> = groups.loose(at).collect();
            groups.members(at).map(move |member| (member, loose.contains(&member)))
        };
        let deciding = Deciding::new(records, spread(groups.len(), members, records), options);
        Self { header, inputs, linked, rules: options.rules.by_attribute(), deciding }
    }

    /// What is wanted.
    #[must_use]
    pub fn options(&self) -> &'a Options {
        self.deciding.options
    }

    /// Why nothing happens to a contact that is [`Decided::Untouched`], and what becomes of it.
    #[must_use]
    pub fn untouched() -> (Outcome, &'static str) {
        (Outcome::Unchanged, UNTOUCHED)
    }

    /// Decides the group at a place. Any number of threads may ask.
    #[must_use]
    pub fn decided(&self, at: usize) -> Option<Decided> {
        let number = u32::try_from(at).ok()?.checked_add(1)?;
        if let Some(record) = self.linked.groups.alone(at).filter(|record| self.deciding.is_untouched(*record)) {
            return Some(Decided::Untouched { group: number, record });
        }
        let (records, options): (&dyn Records, _) = (&self.inputs.records, self.deciding.options);
        let rows = Rows::of(self.linked.groups.members(at), records);
        let mut group = self.linked.groups.group(at, &rows)?;
        let ruled = !self.rules.is_empty() && group.members.len() > 1 && {
            let before = group.golden.fields.clone();
            self.rules.settle(&rows, &mut group);
            before != group.golden.fields
        };
        let mut numbered = Numbered::of(self.deciding.group(&group, &rows), &options.only);
        if !numbered.actions.is_empty() && is_too_large(&group, options) {
            hold(&mut group, options);
            numbered.hold(group.review_reason.as_deref().unwrap_or_default());
        }
        mark_created(&mut numbered.actions, records, &self.inputs.sources, options);
        let removes = numbered.removes();
        let Numbered { actions, rows: row_plans } = numbered;
        let cost = Cost::of_group(&actions, &|id| rows.contact(id).map(Cow::Borrowed));
        Some(Decided::Group(Box::new(DecidedGroup {
            group,
            ruled,
            actions,
            rows: row_plans,
            removes,
            totals: Totals { cost },
        })))
    }

    /// What becomes of a record that is in no group.
    #[must_use]
    pub fn in_no_group(record: RecordIndex) -> RowPlan {
        super::order::in_no_group(record.0)
    }
}

/// What the actions of some groups, or of all, come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    cost: Cost,
}

impl Totals {
    /// The actions of a whole plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self { cost: Cost::of_plan(&plan.actions, &plan.records) }
    }

    /// Adds what other groups come to.
    pub fn add(&mut self, others: Self) {
        self.cost.add(others.cost);
    }

    /// How many actions there are.
    #[must_use]
    pub fn actions(&self) -> u64 {
        self.cost.actions()
    }

    /// The custom attributes they write, by name.
    #[must_use]
    pub fn attributes(&self) -> Vec<NeededAttribute> {
        self.cost.needed()
    }

    /// What carrying them out will cost and cause.
    #[must_use]
    pub fn forecast(&self, options: &Options) -> Forecast {
        self.cost.forecast(options.window_limit)
    }

    /// The guardrails they run into, `records` being those of the plan; none when the plan may be applied.
    #[must_use]
    pub fn violations(&self, records: &(impl Records + ?Sized), guardrails: &Guardrails) -> Vec<Violation> {
        violations(guardrails, &records, |kind| self.cost.of_kind(kind), self.cost.contacts)
    }
}
