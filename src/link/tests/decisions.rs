//! What people said before is kept to.

use super::{band_of, groups_of};
use crate::contact::{Record, RecordBuilder};
use crate::link::{Band, Decided, Linkage, Options, Placed, RecordIndex, VetoReason, link};

/// Three rows of one person, by all the rows say, and a row of somebody else.
fn rows() -> Vec<Record> {
    vec![
        RecordBuilder::lead().name("Ann Lee").email("ann@hill.example").phone_in("0113 959 5348", "UK").build(),
        RecordBuilder::lead().name("Ann Lee").email("ann@hill.example").build(),
        RecordBuilder::lead().name("Ann Lee").email("ann@hill.example").phone_in("0113 959 5348", "UK").build(),
        RecordBuilder::lead().name("Boris Dale").email("b.dale@mail.example").build(),
    ]
}

fn linked_after(parts: &[(u32, u32)]) -> Linkage {
    let mut decided = Decided::default();
    let place =
        |(record, part): &(u32, u32)| Placed { record: RecordIndex(*record), part: Some(*part), changed: false };
    decided.add(&parts.iter().map(place).collect::<Vec<_>>());
    link(&rows(), &Options { decided, ..Options::default() })
}

#[test]
fn what_a_person_kept_apart_is_never_joined_not_even_by_way_of_a_third() {
    let linkage = linked_after(&[(0, 0), (2, 1)]);
    let groups = groups_of(&linkage, 4);
    assert_ne!(groups[0], groups[2]);
    assert!(groups[1] == groups[0] || groups[1] == groups[2]);
    let veto = linkage.vetoes.iter().find(|veto| veto.reason == VetoReason::RejectedByPerson).expect("it is reported");
    assert_eq!((veto.between.0.0, veto.between.1.0), (0, 2));
}

#[test]
fn what_a_person_joined_is_one_planned_group_though_nothing_speaks_for_it() {
    let linkage = linked_after(&[(1, 0), (3, 0)]);
    let groups = groups_of(&linkage, 4);
    assert_eq!(groups[1], groups[3]);
    assert_eq!(band_of(&linkage, 3), Band::Auto);
    let group = linkage.groups.iter().find(|group| group.id == groups[3]).expect("it is there");
    assert!(group.loose.iter().all(|loose| loose.record.0 != 3), "{group:?}");
}

#[test]
fn a_decision_on_other_records_changes_nothing() {
    let mut decided = Decided::default();
    decided.add(&[Placed { record: RecordIndex(3), part: Some(0), changed: false }]);
    assert_eq!(link(&rows(), &Options { decided, ..Options::default() }), link(&rows(), &Options::default()));
}
