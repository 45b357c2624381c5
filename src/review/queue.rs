//! The doubtful groups in the order they are asked about, and what was said about each. Pure.

use std::collections::{HashMap, HashSet};

use crate::contact::Field;
use crate::link::{Group, MatchWeight, RecordIndex};
use crate::plan::{Choice, Decision, Plan, Verdict, reopened};

/// One group to decide on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The group, as the plan has it.
    pub(super) group: Group,
    /// What was said last; `None` while it is open.
    pub(super) verdict: Option<Verdict>,
    /// How many decisions were made on it; tells whether somebody else decided meanwhile.
    pub(super) revision: u32,
}

impl Item {
    /// The verdict that this field takes the value of that member: one person, with the choices made before. `None` when
    /// nothing can be chosen there.
    pub(super) fn with_value(&self, label: &str, from: RecordIndex) -> Option<Verdict> {
        let fields = &self.group.golden.fields;
        let field = fields.iter().map(|field| &field.field).find(|field| label_of(field) == label)?.clone();
        let (survivor, mut values) = match &self.verdict {
            Some(Verdict::Merge { survivor, values }) => (*survivor, values.clone()),
            Some(Verdict::Survivor { record }) => (*record, Vec::new()),
            _ => (self.group.golden.survivor, Vec::new()),
        };
        values.retain(|choice| choice.field != field);
        values.push(Choice { field, from });
        Some(Verdict::Merge { survivor, values })
    }

    fn note(&mut self, verdict: &Verdict) {
        self.verdict = if *verdict == Verdict::Reopen { None } else { Some(verdict.clone()) };
        self.revision += 1;
    }
}

/// What a field is called side by side.
pub(super) fn label_of(field: &Field) -> String {
    match field {
        Field::FullName => "name".to_owned(),
        Field::Custom(name) | Field::Text(name) | Field::Identifier(name) => name.to_string(),
        other => other.to_string(),
    }
}

/// How far a review is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// Groups to decide on.
    pub groups: usize,
    /// Groups decided.
    pub decided: usize,
}

/// The doubtful groups of a plan, the loosest first: they are the most likely to be wrong.
#[derive(Clone, Debug)]
pub(super) struct Queue(Vec<Item>);

impl Queue {
    /// Groups with something to decide, with what earlier decisions said about exactly these members; and the groups
    /// decided before that the plan follows already, so that one can think better of it.
    pub(super) fn new(plan: &Plan, decisions: &[Decision]) -> Self {
        let open = plan.linkage.groups.iter().filter(|group| group.is_open());
        let mut items: Vec<Item> =
            open.map(|group| Item { group: group.clone(), verdict: None, revision: 0 }).collect();
        let mut known: HashSet<Vec<RecordIndex>> = items.iter().map(|item| item.group.members.clone()).collect();
        let past: Vec<Decision> =
            decisions.iter().filter(|decision| known.insert(decision.members.clone())).cloned().collect();
        let past = reopened(plan, &past).into_iter();
        items.extend(past.map(|group| Item { group, verdict: None, revision: 0 }));
        items.sort_by(|one, other| {
            let weight = |item: &Item| loosest(&item.group).map_or(f64::NEG_INFINITY, |weight| weight.0);
            weight(one).total_cmp(&weight(other)).then(one.group.id.cmp(&other.group.id))
        });
        let mut places: HashMap<Vec<RecordIndex>, &mut Item> =
            items.iter_mut().map(|item| (item.group.members.clone(), item)).collect();
        for decision in decisions {
            if let Some(item) = places.get_mut(&decision.members) {
                item.note(&decision.verdict);
            }
        }
        Self(items)
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.0
    }

    pub(super) fn get(&self, position: usize) -> Option<&Item> {
        self.0.get(position)
    }

    /// Notes what was said.
    pub(super) fn note(&mut self, position: usize, verdict: &Verdict) {
        if let Some(item) = self.0.get_mut(position) {
            item.note(verdict);
        }
    }

    pub(super) fn progress(&self) -> Progress {
        let decided = self.0.iter().filter(|item| item.verdict.is_some()).count();
        Progress { groups: self.0.len(), decided }
    }
}

/// The weight that is in doubt: of the loosest member, or of the group.
pub(super) fn loosest(group: &Group) -> Option<MatchWeight> {
    let loose = group.loose.iter().map(|loose| loose.weight).min_by(|one, other| one.0.total_cmp(&other.0));
    loose.or(group.weight)
}

/// What a verdict means for a group: to reject one that has a core is to say that its loose members are other people, unless
/// the core itself is in question.
pub(super) fn meant(group: &Group, verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Reject if !group.loose.is_empty() && !group.is_held() => {
            Verdict::Split { parts: vec![group.core().collect()] }
        }
        verdict => verdict,
    }
}

/// Whether a verdict makes sense for a group.
pub(super) fn check(group: &Group, verdict: &Verdict) -> Result<(), &'static str> {
    match verdict {
        Verdict::Accept | Verdict::Reject | Verdict::Reopen => Ok(()),
        Verdict::Merge { survivor, values } => {
            let named = std::iter::once(survivor).chain(values.iter().map(|choice| &choice.from));
            if !named.into_iter().all(|record| group.members.contains(record)) {
                Err("only a member of the group can stay, or give a value")
            } else if values.iter().all(|choice| Choice::is_possible(&choice.field)) {
                Ok(())
            } else {
                Err("whose value that field takes cannot be chosen")
            }
        }
        Verdict::Survivor { record } if group.members.contains(record) => Ok(()),
        Verdict::Survivor { .. } => Err("the contact that stays must be a member of the group"),
        Verdict::Split { parts } => {
            let mut named: Vec<_> = parts.iter().flatten().collect();
            let all = named.len();
            named.sort();
            named.dedup();
            if parts.is_empty() || parts.iter().any(Vec::is_empty) {
                Err("a split needs at least one part with members")
            } else if named.len() < all {
                Err("a member can be in one part only")
            } else if !named.iter().all(|member| group.members.contains(member)) {
                Err("only members of the group can be split off")
            } else {
                Ok(())
            }
        }
    }
}
