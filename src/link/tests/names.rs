//! Names that can and names that cannot be one person's.

use crate::contact::{Record, RecordBuilder};
use crate::link::names::{NameLevel, compare};

fn level(left: &str, right: &str) -> NameLevel {
    let records: Vec<Record> = [left, right].iter().map(|name| RecordBuilder::lead().name(name).build()).collect();
    let features = super::features_of(&records);
    let name = |row: u32| features.name_of(row).expect("a name");
    compare(name(0), name(1), &features.tokens).level
}

#[test]
fn spellings_orders_and_short_forms_of_one_name_never_contradict_each_other() {
    for (left, right) in [
        ("Davis Jim", "James Davis"),
        ("Gibson Kimberley", "Kim Gibson"),
        ("El-Sayed Omar", "Omar El-Sayed"),
        ("da Rosa Fernandes Rhavi", "Rhavi da Rosa"),
        ("佐藤 浩", "佐藤浩"),
        ("de Haan", "Jinthe de Haan"),
        ("El-Sayed", "Omar El-Sayed"),
        ("van Henegouwen", "Evi van Henegouwen"),
    ] {
        let found = compare_both(left, right);
        assert!(found < NameLevel::OtherGiven, "{left} / {right}: {found:?}");
    }
}

fn compare_both(left: &str, right: &str) -> NameLevel {
    let found = level(left, right);
    assert_eq!(found, level(right, left), "{left} / {right}");
    found
}

#[test]
fn other_people_of_one_family_and_other_families_contradict_each_other() {
    for (left, right) in [("Anna Lund", "Peter Lund"), ("J. Moore", "Geoff Moore"), ("Anna Lund", "Peter Moore")] {
        let found = compare_both(left, right);
        assert!(found >= NameLevel::OtherGiven, "{left} / {right}: {found:?}");
    }
}

#[test]
fn one_word_that_both_names_are_says_no_more_than_a_given_name() {
    assert_eq!(compare_both("Victoria", "Victoria"), NameLevel::GivenOnly);
}
