//! A plan and people's decisions → the plan decided anew.
//!
//! A decision says how the members it names are to be divided. It is carried out when those members still are whole
//! groups; otherwise it is out of date and passed over. So carrying the same decisions out twice changes nothing, and a
//! later decision on the same members replaces an earlier one. Records, evidence and model stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::hold_back::{costed, keep_held};
use super::mark::decide_and_mark;
use super::regroup::part;
use super::rules::Rules;
use super::{Choice, Decision, Forecast, Options, Plan, Verdict};
use crate::contact::Records;
use crate::link::{Alternative, Band, GoldenField, Group, MatchWeight, RecordIndex, ScoredPair, Veto, VetoReason};

/// Divides groups as people decided, then decides all groups anew. A group that is held back stays so until a person decides
/// on it.
#[must_use]
pub fn replan(plan: Plan, decisions: &[Decision], options: &Options) -> Plan {
    let Plan { header, sources, records, rejects, mut linkage, .. } = plan;
    let rules = options.rules.by_attribute();
    let mut division = Division::new(linkage.groups, &linkage.pairs, decisions, rules);
    for decision in decisions {
        division.carry_out(&mut linkage.vetoes, &records, decision);
    }
    linkage.groups = division.groups.into_iter().flatten().collect();
    linkage.groups.sort_by_key(|group| group.members.first().copied());
    for (number, group) in (1..).zip(&mut linkage.groups) {
        group.id = number;
    }
    linkage.vetoes.sort_by_key(|veto| (veto.left, veto.right));
    let (actions, rows) = decide_and_mark(&records, &sources, &linkage, options);
    let (attributes, forecast) = (Vec::new(), Forecast::default());
    let plan = Plan { header, sources, records, rejects, linkage, actions, rows, attributes, forecast };
    costed(keep_held(plan), options.window_limit)
}

/// The groups that decisions were about, put together again for another look, in the order of the decisions. Those whose
/// members are no whole groups any more are left out. `decisions` are about different members each.
#[must_use]
pub fn reopened(plan: &Plan, decisions: &[Decision]) -> Vec<Group> {
    let named: FxHashSet<RecordIndex> =
        decisions.iter().flat_map(|decision| decision.members.iter().copied()).collect();
    let concerned = plan.linkage.groups.iter().filter(|group| group.members.iter().any(|one| named.contains(one)));
    let rules = Rules::behind(&plan.linkage.groups);
    let mut division = Division::new(concerned.cloned().collect(), &plan.linkage.pairs, decisions, rules);
    let mut found = Vec::new();
    for decision in decisions {
        let again = Decision { verdict: Verdict::Reopen, ..decision.clone() };
        let before = division.groups.len();
        division.carry_out(&mut Vec::new(), &plan.records, &again);
        if let Some(Some(group)) = division.groups.get(before) {
            found.push(Group { id: decision.group, ..group.clone() });
        }
    }
    found
}

/// Groups that are being divided anew.
struct Division<'p> {
    /// `None` where a group was taken apart; new groups stand at the end.
    groups: Vec<Option<Group>>,
    /// The place of the group of each record that a decision names.
    home: FxHashMap<RecordIndex, usize>,
    /// Pairs between records that decisions name, by their left one.
    pairs: FxHashMap<RecordIndex, Vec<&'p ScoredPair>>,
    rules: Rules,
}

impl<'p> Division<'p> {
    fn new(groups: Vec<Group>, pairs: &'p [ScoredPair], decisions: &[Decision], rules: Rules) -> Self {
        let named: FxHashSet<RecordIndex> =
            decisions.iter().flat_map(|decision| decision.members.iter().copied()).collect();
        let mut home = FxHashMap::default();
        for (place, group) in groups.iter().enumerate() {
            home.extend(group.members.iter().filter(|member| named.contains(member)).map(|member| (*member, place)));
        }
        let mut by_left: FxHashMap<RecordIndex, Vec<&ScoredPair>> = FxHashMap::default();
        for pair in pairs.iter().filter(|pair| named.contains(&pair.left) && named.contains(&pair.right)) {
            by_left.entry(pair.left).or_default().push(pair);
        }
        Self { groups: groups.into_iter().map(Some).collect(), home, pairs: by_left, rules }
    }

    fn carry_out(&mut self, vetoes: &mut Vec<Veto>, records: &dyn Records, decision: &Decision) {
        let members: BTreeSet<RecordIndex> = decision.members.iter().copied().collect();
        let places: BTreeSet<usize> = members.iter().filter_map(|member| self.home.get(member).copied()).collect();
        let of = |place: &usize| self.groups.get(*place).and_then(Option::as_ref);
        let inside: Vec<RecordIndex> = places.iter().filter_map(of).flat_map(|group| group.members.clone()).collect();
        if members.len() < 2 || inside.len() != members.len() || !inside.iter().all(|member| members.contains(member)) {
            return;
        }
        let former: Vec<Group> =
            places.iter().filter_map(|place| self.groups.get_mut(*place).and_then(Option::take)).collect();
        let pairs: Vec<&ScoredPair> = members
            .iter()
            .filter_map(|left| self.pairs.get(left))
            .flatten()
            .filter(|pair| members.contains(&pair.right))
            .copied()
            .collect();

        let parts = parts(&members, &decision.verdict);
        let chosen = match decision.verdict {
            Verdict::Survivor { record } | Verdict::Merge { survivor: record, .. } => Some(record),
            _ => None,
        };
        for part_members in &parts {
            let chosen = chosen.filter(|record| part_members.contains(record));
            let mut group = part(records, &former, part_members, chosen);
            if part_members.len() > 1 {
                self.rules.settle(records, &mut group);
            }
            if let Verdict::Merge { values, .. } = &decision.verdict {
                for choice in values {
                    group.golden.fields.change(|fields| choose(fields, choice));
                }
            }
            group.weight = weakest_join(part_members, &pairs);
            group.band = match (part_members.len(), &decision.verdict) {
                (1, _) => Band::Single,
                (_, Verdict::Reopen) => Band::Review,
                _ => Band::Auto,
            };
            group.review_reason =
                (group.band == Band::Review).then(|| "a person put it back for another look".to_owned());
            self.home.extend(part_members.iter().map(|member| (*member, self.groups.len())));
            self.groups.push(Some(group));
        }

        let home: BTreeMap<RecordIndex, usize> =
            (0..).zip(&parts).flat_map(|(number, part)| part.iter().map(move |member| (*member, number))).collect();
        vetoes.retain(|veto| {
            veto.reason != VetoReason::RejectedByPerson
                || !members.contains(&veto.left)
                || !members.contains(&veto.right)
        });
        vetoes.extend(pairs.into_iter().filter(|pair| home.get(&pair.left) != home.get(&pair.right)).map(|pair| {
            Veto {
                left: pair.left,
                right: pair.right,
                weight: pair.weight,
                reason: VetoReason::RejectedByPerson,
                between: (pair.left, pair.right),
            }
        }));
    }
}

/// Makes the value of one member win. Of a list (addresses, numbers) the value that wins is the main one.
fn choose(fields: &mut Vec<GoldenField>, choice: &Choice) {
    let of_field = |field: &GoldenField| field.field == choice.field;
    let Some(first) = fields.iter().position(of_field) else { return };
    if let Some(place) = fields.iter().position(|field| of_field(field) && field.from == choice.from) {
        let mut entry = fields.remove(place);
        (entry.chosen, entry.rule) = (true, None);
        fields.insert(first, entry);
        return;
    }
    let Some(field) = fields.get_mut(first) else { return };
    if let Some(place) = field.alternatives.iter().position(|other| other.from == choice.from) {
        let winner = field.alternatives.remove(place);
        let former = Alternative { from: field.from, value: std::mem::replace(&mut field.value, winner.value) };
        field.from = winner.from;
        field.alternatives.insert(0, former);
        (field.chosen, field.rule) = (true, None);
    }
}

/// The members divided: the parts the verdict names, then everybody else alone; in order of their first member.
fn parts(members: &BTreeSet<RecordIndex>, verdict: &Verdict) -> Vec<Vec<RecordIndex>> {
    let named: Vec<Vec<RecordIndex>> = match verdict {
        Verdict::Accept | Verdict::Survivor { .. } | Verdict::Merge { .. } | Verdict::Reopen => {
            vec![members.iter().copied().collect()]
        }
        Verdict::Reject => Vec::new(),
        Verdict::Split { parts } => parts.clone(),
    };
    let mut left = members.clone();
    let mut found: Vec<Vec<RecordIndex>> = named
        .iter()
        .map(|part| {
            let part: BTreeSet<RecordIndex> = part.iter().copied().collect();
            part.into_iter().filter(|member| left.remove(member)).collect()
        })
        .collect();
    found.extend(left.into_iter().map(|member| vec![member]));
    found.retain(|part| !part.is_empty());
    found.sort();
    found
}

/// The weight of the weakest join needed to hold the members together, strongest pairs first; `None` when the pairs that
/// were scored do not hold them together, because a person said so.
fn weakest_join(members: &[RecordIndex], pairs: &[&ScoredPair]) -> Option<MatchWeight> {
    let mut inside: Vec<&&ScoredPair> =
        pairs.iter().filter(|pair| members.contains(&pair.left) && members.contains(&pair.right)).collect();
    inside.sort_by(|one, other| other.weight.0.total_cmp(&one.weight.0).then(one.left.cmp(&other.left)));
    let mut islands: BTreeMap<RecordIndex, RecordIndex> = members.iter().map(|member| (*member, *member)).collect();
    let mut joins = 0;
    for pair in inside {
        let (Some(&left), Some(&right)) = (islands.get(&pair.left), islands.get(&pair.right)) else { continue };
        if left == right {
            continue;
        }
        for island in islands.values_mut().filter(|island| **island == right) {
            *island = left;
        }
        joins += 1;
        if joins + 1 == members.len() {
            return Some(pair.weight);
        }
    }
    None
}
