//! A plan and people's decisions → the plan decided anew.
//!
//! A decision says how the members it names are to be divided. It is carried out when those members still are whole
//! groups; otherwise it is out of date and passed over. So carrying the same decisions out twice changes nothing, and a
//! later decision on the same members replaces an earlier one. Records, evidence and model stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::forecast::forecast;
use super::regroup::part;
use super::{Decision, Options, Plan, Verdict, decide};
use crate::contact::Record;
use crate::link::{Band, Group, Linkage, MatchWeight, RecordIndex, ScoredPair, Veto, VetoReason};

/// Divides groups as people decided, then decides all groups anew.
#[must_use]
pub fn replan(plan: Plan, decisions: &[Decision], options: &Options) -> Plan {
    let Plan { header, sources, records, rejects, mut linkage, .. } = plan;
    for decision in decisions {
        carry_out(&mut linkage, &records, decision);
    }
    linkage.groups.sort_by_key(|group| group.members.first().copied());
    for (number, group) in (1..).zip(&mut linkage.groups) {
        group.id = number;
    }
    linkage.vetoes.sort_by_key(|veto| (veto.left, veto.right));
    let (actions, rows, attributes) = decide(&records, &linkage, options);
    let forecast = forecast(&actions, &attributes, &records, options.window_limit);
    Plan { header, sources, records, rejects, linkage, actions, rows, attributes, forecast }
}

fn carry_out(linkage: &mut Linkage, records: &[Record], decision: &Decision) {
    let members: BTreeSet<RecordIndex> = decision.members.iter().copied().collect();
    let concerned = |group: &Group| group.members.iter().any(|member| members.contains(member));
    let covered: usize = linkage.groups.iter().filter(|group| concerned(group)).map(|group| group.members.len()).sum();
    let inside = linkage.groups.iter().filter(|group| concerned(group)).flat_map(|group| &group.members);
    if members.len() < 2 || covered != members.len() || !inside.clone().all(|member| members.contains(member)) {
        return;
    }
    let (former, mut groups): (Vec<Group>, Vec<Group>) = linkage.groups.drain(..).partition(concerned);
    let pairs: Vec<&ScoredPair> =
        linkage.pairs.iter().filter(|pair| members.contains(&pair.left) && members.contains(&pair.right)).collect();

    let parts = parts(&members, &decision.verdict);
    let chosen = match decision.verdict {
        Verdict::Survivor { record } => Some(record),
        _ => None,
    };
    for part_members in &parts {
        let mut group = part(records, &former, part_members, chosen.filter(|record| part_members.contains(record)));
        group.weight = weakest_join(part_members, &pairs);
        group.band = match (part_members.len(), &decision.verdict) {
            (1, _) => Band::Single,
            (_, Verdict::Reopen) => Band::Review,
            _ => Band::Auto,
        };
        group.review_reason = (group.band == Band::Review).then(|| "a person put it back for another look".to_owned());
        groups.push(group);
    }
    linkage.groups = groups;

    let home: BTreeMap<RecordIndex, usize> =
        (0..).zip(&parts).flat_map(|(number, part)| part.iter().map(move |member| (*member, number))).collect();
    let rejected: Vec<Veto> = pairs
        .into_iter()
        .filter(|pair| home.get(&pair.left) != home.get(&pair.right))
        .map(|pair| Veto {
            left: pair.left,
            right: pair.right,
            weight: pair.weight,
            reason: VetoReason::RejectedByPerson,
            between: (pair.left, pair.right),
        })
        .collect();
    linkage.vetoes.retain(|veto| {
        veto.reason != VetoReason::RejectedByPerson || !members.contains(&veto.left) || !members.contains(&veto.right)
    });
    linkage.vetoes.extend(rejected);
}

/// The members divided: the parts the verdict names, then everybody else alone; in order of their first member.
fn parts(members: &BTreeSet<RecordIndex>, verdict: &Verdict) -> Vec<Vec<RecordIndex>> {
    let named: Vec<Vec<RecordIndex>> = match verdict {
        Verdict::Accept | Verdict::Survivor { .. } | Verdict::Reopen => vec![members.iter().copied().collect()],
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
