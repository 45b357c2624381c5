//! Decisions in a form that outlives their plan.
//!
//! A plan's decisions name its records by position. To hold for the next plan of the same contacts they name each by
//! Intercom's id, where it has one, and by a digest of what is compared (e-mail, name, phone, company, address, ids). A
//! contact with the same id is the same contact; rows without an id are the same when their digest is. What was kept
//! apart stays apart as long as the contacts are known again; what was joined is joined again only while both still say
//! what they said to the person, since a join cannot be undone.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Choice, Decision, Verdict};
use crate::contact::{Field, IntercomId, Record, Records, Side, Timestamp};
use crate::link::{Decided, Placed, RecordIndex};

/// By what a contact is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// Intercom's id, of contacts that are in the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<IntercomId>,
    /// The first 128 bits of a SHA-256 over what is compared, in hexadecimal. `None` when there is nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// A decision that holds for other plans too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// When it was made.
    pub at: Timestamp,
    /// The members of the group when the person saw it.
    pub members: Vec<Handle>,
    /// The members, by their place in `members` (from 0), divided into people; those in no part are alone. `None` takes
    /// back what was said about these members.
    pub parts: Option<Vec<Vec<usize>>>,
    /// The place of the member that stays, where a person chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survivor: Option<usize>,
    /// The fields whose winner a person chose, each with the place of the member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(Field, usize)>,
}

/// What remembered decisions say about the records of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recalled {
    /// Pairs that linking joins, and pairs it keeps apart.
    pub decided: Decided,
    /// Choices of who stays, to be carried out by [`super::replan()`] once the groups are made.
    pub survivors: Vec<Decision>,
    /// Groups a person said to be one person, whole and unchanged since.
    pub accepted: Vec<Decision>,
    /// Decisions that were about two records of this run at least.
    pub applied: usize,
}

impl Handle {
    fn of(record: &Record) -> Self {
        let id = record.id.clone().filter(|_| record.side == Side::Existing);
        Self { id, content: content(record) }
    }
}

/// A digest of what linking compares, apart from case and spaces.
fn content(record: &Record) -> Option<String> {
    use std::fmt::Write;

    let mut values: Vec<(&str, String)> = Vec::new();
    let mut put = |field, value: &str| {
        let value = super::values::folded(value);
        if !value.is_empty() {
            values.push((field, value));
        }
    };
    record.emails.iter().for_each(|email| put("email", email.address()));
    record.phones.iter().for_each(|phone| put("phone", phone.digits()));
    record.companies.iter().for_each(|company| put("company", company.original()));
    put("name", record.name.as_ref().map_or("", |name| name.display()));
    put("external_id", record.external_id.as_ref().map_or("", |id| &id.0));
    for (field, text) in record.plain_texts() {
        put(field, text.unwrap_or_default());
    }
    if let Some(day) = record.birthday {
        put("birthday", &day.to_string());
    }
    record.identifiers.iter().chain(&record.texts).for_each(|(name, value)| put(name, value));
    if values.is_empty() {
        return None;
    }
    // The order in which an export lists several addresses says nothing
    values.sort();
    let mut hash = Sha256::new();
    for (field, value) in &values {
        for text in [*field, value] {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(text);
        }
    }
    let mut text = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

impl Remembered {
    /// A decision on records of a plan, to be remembered. `None` when it names a record the plan does not have.
    #[must_use]
    pub fn new(records: &(impl Records + ?Sized), decision: &Decision) -> Option<Self> {
        let record = |index: &RecordIndex| records.look(usize::try_from(index.0).ok()?);
        let members: Option<Vec<Handle>> =
            decision.members.iter().map(|index| record(index).map(|record| Handle::of(&record))).collect();
        let place = |index: &RecordIndex| decision.members.iter().position(|member| member == index);
        let all = || Some(vec![(0..decision.members.len()).collect()]);
        let (parts, survivor) = match &decision.verdict {
            Verdict::Accept => (all(), None),
            Verdict::Survivor { record } | Verdict::Merge { survivor: record, .. } => (all(), place(record)),
            Verdict::Reject => (Some(Vec::new()), None),
            Verdict::Split { parts } => {
                (Some(parts.iter().map(|part| part.iter().filter_map(place).collect()).collect()), None)
            }
            Verdict::Reopen => (None, None),
        };
        let values = match &decision.verdict {
            Verdict::Merge { values, .. } => {
                values.iter().filter_map(|choice| Some((choice.field.clone(), place(&choice.from)?))).collect()
            }
            _ => Vec::new(),
        };
        Some(Self { at: decision.at, members: members?, parts, survivor, values })
    }

    /// The part of each member; members in no part have one of their own.
    fn part_of(&self) -> Vec<Option<u32>> {
        let Some(parts) = &self.parts else { return vec![None; self.members.len()] };
        let mut places: Vec<Option<u32>> = vec![None; self.members.len()];
        for (number, part) in (0..).zip(parts) {
            for place in part {
                if let Some(slot) = places.get_mut(*place) {
                    *slot = Some(number);
                }
            }
        }
        let alone = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        for (number, slot) in (alone..).zip(&mut places) {
            slot.get_or_insert(number);
        }
        places
    }
}

/// Finds the records of a run that remembered decisions, the oldest first, are about.
#[must_use]
pub fn recall(records: &(impl Records + ?Sized), remembered: &[Remembered]) -> Recalled {
    if remembered.is_empty() {
        return Recalled::default();
    }
    let known = Known::new(records, remembered);
    let mut recalled = Recalled::default();
    let mut survivors: BTreeMap<Vec<RecordIndex>, Option<Decision>> = BTreeMap::new();
    for decision in remembered {
        let found = known.find(decision);
        let placed: Vec<Placed> = found.iter().flatten().copied().collect();
        if placed.len() < 2 {
            continue;
        }
        recalled.applied += 1;
        let whole = found.iter().all(|found| matches!(found.as_slice(), [one] if !one.changed));
        if whole {
            let mut members: Vec<RecordIndex> = placed.iter().map(|place| place.record).collect();
            members.sort();
            let record = |place: usize| found.get(place)?.first().map(|placed| placed.record);
            let values = decision.values.iter();
            let values = values.filter_map(|(field, at)| Some(Choice { field: field.clone(), from: record(*at)? }));
            let chosen = decision.survivor.and_then(record).map(|survivor| {
                let values: Vec<Choice> = values.collect();
                if values.is_empty() {
                    Verdict::Survivor { record: survivor }
                } else {
                    Verdict::Merge { survivor, values }
                }
            });
            let is_one =
                decision.parts.as_ref().is_some_and(|parts| matches!(&parts[..], [all] if all.len() == members.len()));
            let verdict = chosen.or_else(|| is_one.then_some(Verdict::Accept));
            let choice = verdict.map(|verdict| Decision {
                group: 0,
                members: members.clone(),
                verdict,
                at: decision.at,
                remark: None,
            });
            survivors.insert(members, choice);
        }
        recalled.decided.add(&placed);
    }
    let choices = survivors.into_values().flatten();
    (recalled.accepted, recalled.survivors) = choices.partition(|choice| choice.verdict == Verdict::Accept);
    recalled
}

/// The records that remembered decisions name.
struct Known {
    by_id: FxHashMap<IntercomId, (RecordIndex, Option<String>)>,
    /// In input order; rows that say the same are several. With an id, such a record is another contact to whoever
    /// remembers one by another id.
    by_content: FxHashMap<String, Vec<(RecordIndex, Option<IntercomId>)>>,
}

impl Known {
    fn new(records: &(impl Records + ?Sized), remembered: &[Remembered]) -> Self {
        let handles = || remembered.iter().flat_map(|decision| &decision.members);
        let ids: FxHashSet<&IntercomId> = handles().filter_map(|handle| handle.id.as_ref()).collect();
        let contents: FxHashSet<&str> = handles().filter_map(|handle| handle.content.as_deref()).collect();
        let wanted: Vec<(RecordIndex, Handle)> = (0..records.count())
            .into_par_iter()
            .filter_map(|index| {
                let handle = Handle::of(&*records.look(index)?);
                let known = handle.id.as_ref().is_some_and(|id| ids.contains(id))
                    || handle.content.as_deref().is_some_and(|content| contents.contains(content));
                known.then_some((RecordIndex(u32::try_from(index).ok()?), handle))
            })
            .collect();
        let mut known = Self { by_id: FxHashMap::default(), by_content: FxHashMap::default() };
        for (index, handle) in wanted {
            if let Some(id) = &handle.id {
                known.by_id.entry(id.clone()).or_insert((index, handle.content.clone()));
            }
            if let Some(content) = handle.content {
                known.by_content.entry(content).or_default().push((index, handle.id));
            }
        }
        known
    }

    /// For each member of a decision the records it is now.
    fn find(&self, decision: &Remembered) -> Vec<Vec<Placed>> {
        let parts = decision.part_of();
        let mut found: Vec<Vec<Placed>> = vec![Vec::new(); parts.len()];
        let mut taken: FxHashSet<RecordIndex> = FxHashSet::default();
        // Ids first: they tell apart what says the same
        for ((handle, part), found) in decision.members.iter().zip(&parts).zip(&mut found) {
            let by_id = handle.id.as_ref().and_then(|id| self.by_id.get(id));
            if let Some((record, content)) = by_id
                && taken.insert(*record)
            {
                found.push(Placed { record: *record, part: *part, changed: *content != handle.content });
            }
        }
        for ((handle, part), found) in decision.members.iter().zip(&parts).zip(&mut found) {
            let alike = handle.content.as_ref().and_then(|content| self.by_content.get(content));
            let (Some(alike), true) = (alike, found.is_empty()) else { continue };
            let could_be = |id: &Option<IntercomId>| handle.id.is_none() || id.is_none();
            let free = alike.iter().find(|(record, id)| could_be(id) && !taken.contains(record));
            if let Some((record, _)) = free {
                taken.insert(*record);
                found.push(Placed { record: *record, part: *part, changed: false });
            }
        }
        self.repeated(decision, &parts, &mut found, &mut taken);
        found
    }

    /// Rows that say the same as one member, and as no member of another part, are that person too.
    fn repeated(
        &self,
        decision: &Remembered,
        parts: &[Option<u32>],
        found: &mut [Vec<Placed>],
        taken: &mut FxHashSet<RecordIndex>,
    ) {
        for ((handle, part), found) in decision.members.iter().zip(parts).zip(found) {
            let Some(content) = &handle.content else { continue };
            let same = decision.members.iter().zip(parts).filter(|(other, _)| other.content.as_ref() == Some(content));
            if same.into_iter().any(|(_, other)| other != part) {
                continue;
            }
            for (record, id) in self.by_content.get(content).into_iter().flatten() {
                if id.is_none() && taken.insert(*record) {
                    found.push(Placed { record: *record, part: *part, changed: false });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::RecordBuilder;

    fn lead(id: &str, email: &str) -> Record {
        RecordBuilder::lead().existing(id).email(email).name("Ann Lee").build()
    }

    fn row(email: &str) -> Record {
        RecordBuilder::new().email(email).name("Ann Lee").build()
    }

    fn remembered(records: &[Record], verdict: Verdict) -> Remembered {
        let members = (0..u32::try_from(records.len()).unwrap()).map(RecordIndex).collect();
        let decision = Decision { group: 1, members, verdict, at: Timestamp(5), remark: None };
        Remembered::new(records, &decision).unwrap()
    }

    fn says(recalled: &Recalled, left: u32, right: u32) -> Option<bool> {
        recalled.decided.says(RecordIndex(left), RecordIndex(right))
    }

    #[test]
    fn a_rejection_holds_for_the_same_ids_even_when_their_values_change() {
        let then = [lead("a", "ann@hill.example"), lead("b", "ann@dale.example")];
        let said = remembered(&then, Verdict::Reject);
        let now = [lead("c", "x@y.example"), lead("b", "new@dale.example"), lead("a", "ann@hill.example")];
        let recalled = recall(&now, &[said]);
        assert_eq!((says(&recalled, 1, 2), says(&recalled, 0, 1), recalled.applied), (Some(false), None, 1));
    }

    #[test]
    fn an_acceptance_holds_only_while_nothing_that_is_compared_changed() {
        let then = [lead("a", "ann@hill.example"), lead("b", "ann@dale.example")];
        let said = [remembered(&then, Verdict::Accept)];
        assert_eq!(says(&recall(&then, &said), 0, 1), Some(true));
        let mut seen_again = then.clone();
        seen_again[1].last_seen_at = Some(Timestamp(9));
        assert_eq!(says(&recall(&seen_again, &said), 0, 1), Some(true));
        let now = [lead("a", "ann@hill.example"), lead("b", "somebody@else.example")];
        assert_eq!(says(&recall(&now, &said), 0, 1), None);
    }

    #[test]
    fn rows_without_an_id_are_known_by_what_they_say_and_other_ids_are_other_contacts() {
        let then = [row("ann@hill.example"), row("ann@dale.example")];
        let said = [remembered(&then, Verdict::Reject)];
        let shuffled = [row("ANN@dale.example"), row("else@dale.example"), row("ann@hill.example")];
        assert_eq!(says(&recall(&shuffled, &said), 0, 2), Some(false));
        let imported = [lead("a", "ann@hill.example"), lead("b", "ann@dale.example")];
        assert_eq!(says(&recall(&imported, &said), 0, 1), Some(false), "the rows were created meanwhile");
        let ids = [remembered(&imported, Verdict::Accept)];
        let others = [lead("x", "ann@hill.example"), lead("y", "ann@dale.example")];
        assert!(recall(&others, &ids).decided.is_empty());
    }

    #[test]
    fn two_rows_that_say_the_same_and_were_kept_apart_stay_two() {
        let then = [row("office@hill.example"), row("office@hill.example")];
        let said = [remembered(&then, Verdict::Reject)];
        assert_eq!(says(&recall(&then, &said), 0, 1), Some(false));
        let three = [then[0].clone(), then[0].clone(), then[0].clone()];
        let recalled = recall(&three, &said);
        assert_eq!((says(&recalled, 0, 1), says(&recalled, 1, 2)), (Some(false), None), "a third one is unknown");
    }

    #[test]
    fn a_row_given_twice_is_the_same_person_twice() {
        let then = [row("ann@hill.example"), row("ann@dale.example")];
        let said = [remembered(&then, Verdict::Reject)];
        let now = [row("ann@hill.example"), row("ann@dale.example"), row("ann@hill.example")];
        assert_eq!(says(&recall(&now, &said), 1, 2), Some(false));
    }

    #[test]
    fn what_was_taken_back_is_forgotten() {
        let then = [lead("a", "ann@hill.example"), lead("b", "ann@dale.example")];
        let said = [remembered(&then, Verdict::Reject), remembered(&then, Verdict::Reopen)];
        assert_eq!(says(&recall(&then, &said), 0, 1), None);
    }

    #[test]
    fn the_choice_of_who_stays_is_found_again_until_it_is_taken_back() {
        let then = [lead("a", "ann@hill.example"), lead("b", "ann@dale.example")];
        let said = remembered(&then, Verdict::Survivor { record: RecordIndex(1) });
        let now = [then[1].clone(), then[0].clone()];
        let recalled = recall(&now, std::slice::from_ref(&said));
        assert_eq!(recalled.survivors.len(), 1);
        assert_eq!(recalled.survivors[0].verdict, Verdict::Survivor { record: RecordIndex(0) });
        assert!(recall(&now, &[said, remembered(&then, Verdict::Reopen)]).survivors.is_empty());
    }

    #[test]
    fn a_split_remembers_who_is_with_whom() {
        let then = [lead("a", "a@hill.example"), lead("b", "b@hill.example"), lead("c", "c@hill.example")];
        let parts = vec![vec![RecordIndex(0), RecordIndex(2)]];
        let recalled = recall(&then, &[remembered(&then, Verdict::Split { parts })]);
        assert_eq!(
            (says(&recalled, 0, 2), says(&recalled, 0, 1), says(&recalled, 1, 2)),
            (Some(true), Some(false), Some(false))
        );
    }
}
