//! Which fields the members of planned groups disagree on, and whose value is kept.

use std::collections::BTreeMap;

use crate::contact::Field;
use crate::link::{Band, GoldenField, Group};
use crate::plan::Plan;

use super::super::sanitize::shorten;
use super::svg::Stack;

/// What the two parts of a bar are called, with the class that colours them.
pub(super) const LEGEND: [(&str, &str); 2] =
    [("auto", "the survivor's own value stays"), ("review", "another member's value is taken")];

/// Fields in the chart; the others are those with the fewest conflicts.
const FIELDS: usize = 12;
/// Characters of a column's name.
const NAME: usize = 22;

/// For each field, the groups whose members differ: those in which the survivor's value stays, and the others.
pub(super) fn of(plan: &Plan) -> Vec<Stack> {
    let mut counts: BTreeMap<Field, [u64; 2]> = BTreeMap::new();
    let planned = plan.linkage.groups.iter().filter(|group| group.band == Band::Auto);
    let all = planned.flat_map(|group| group.golden.fields.unpacked().into_iter().map(move |field| (group, field)));
    for (group, field) in all {
        if is_conflict(&field) {
            let own = is_own(group, &field);
            let [kept, taken] = counts.entry(field.field).or_default();
            *(if own { kept } else { taken }) += 1;
        }
    }
    let mut stacks: Vec<Stack> = counts
        .into_iter()
        .map(|(field, [kept, taken])| Stack {
            label: shorten(&field.to_string(), NAME).into_owned(),
            parts: vec![kept, taken],
        })
        .collect();
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.parts.iter().sum::<u64>()));
    stacks.truncate(FIELDS);
    stacks
}

fn is_own(group: &Group, field: &GoldenField) -> bool {
    field.from == group.golden.survivor
}

/// Values that differ in more than case and spaces. Times differ always and say nothing.
fn is_conflict(field: &GoldenField) -> bool {
    if matches!(field.field, Field::CreatedAt | Field::UpdatedAt | Field::LastSeenAt | Field::SignedUpAt) {
        return false;
    }
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let own = plain(&field.value);
    field.alternatives.iter().any(|other| plain(&other.value) != own)
}
