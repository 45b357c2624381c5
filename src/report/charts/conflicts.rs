//! Which fields the members of planned groups disagree on, and whose value is kept.

use std::collections::BTreeMap;

use crate::contact::Field;
use crate::link::{Band, GoldenField, Group};

use super::super::sanitize::shorten;
use super::svg::Stack;

/// What the two parts of a bar are called, with the class that colours them.
pub(super) const LEGEND: [(&str, &str); 2] =
    [("auto", "the survivor's own value stays"), ("review", "another member's value is taken")];

/// Fields in the chart; the others are those with the fewest conflicts.
const FIELDS: usize = 12;
/// Characters of a column's name.
const NAME: usize = 22;

/// For each field, the planned groups whose members differ: those in which the survivor's value stays, and the others.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Conflicts(BTreeMap<Field, [u64; 2]>);

impl Conflicts {
    /// Counts those of one group.
    pub(in crate::report) fn add(&mut self, group: &Group) {
        if group.band != Band::Auto {
            return;
        }
        for field in group.golden.fields.unpacked().into_iter().filter(is_conflict) {
            let own = is_own(group, &field);
            let [kept, taken] = self.0.entry(field.field).or_default();
            *(if own { kept } else { taken }) += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub(in crate::report) fn add_all(&mut self, other: Self) {
        for (field, [kept, taken]) in other.0 {
            let count = self.0.entry(field).or_default();
            count[0] += kept;
            count[1] += taken;
        }
    }

    /// The bars, most conflicts first.
    pub(super) fn stacks(&self) -> Vec<Stack> {
        let mut stacks: Vec<Stack> = self
            .0
            .iter()
            .map(|(field, parts)| Stack {
                label: shorten(&field.to_string(), NAME).into_owned(),
                parts: parts.to_vec(),
            })
            .collect();
        stacks.sort_by_key(|stack| std::cmp::Reverse(stack.parts.iter().sum::<u64>()));
        stacks.truncate(FIELDS);
        stacks
    }
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
