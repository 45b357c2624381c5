use crate::contact::{Field, Record, RecordBuilder};
use crate::link::golden::merge;
use crate::link::{Golden, SurvivorOrder};

fn merged(records: &[Record]) -> Golden {
    let members: Vec<u32> = (0..u32::try_from(records.len()).unwrap()).collect();
    merge(&records, &members, &SurvivorOrder::default())
}

fn value<'g>(golden: &'g Golden, field: &Field) -> Option<&'g str> {
    golden.fields.iter().find(|known| known.field == *field).map(|known| known.value.as_str())
}

#[test]
fn the_only_user_survives_and_the_reason_says_so() {
    let golden = merged(&[RecordBuilder::lead().created_at(1).build(), RecordBuilder::user().created_at(9).build()]);
    assert_eq!((golden.survivor.0, golden.reason.as_ref()), (1, "the only user"));
}

#[test]
fn the_oldest_lead_survives_and_the_reason_counts_them() {
    let lead = |at| RecordBuilder::lead().created_at(at).build();
    let golden = merged(&[lead(30), lead(10), lead(20)]);
    assert_eq!((golden.survivor.0, golden.reason.as_ref()), (1, "the oldest of 3 leads"));
}

#[test]
fn the_survivor_keeps_its_values_and_others_fill_the_gaps() {
    let golden = merged(&[
        RecordBuilder::lead().created_at(1).name("Ann Lee").build(),
        RecordBuilder::lead().created_at(2).name("Anne Lee").city("Leeds").build(),
    ]);
    assert_eq!(value(&golden, &Field::FullName), Some("Ann Lee"));
    assert_eq!(value(&golden, &Field::City), Some("Leeds"));
    let name = golden.fields.iter().find(|field| field.field == Field::FullName).unwrap();
    assert_eq!(name.alternatives.iter().map(|other| other.value.as_str()).collect::<Vec<_>>(), ["Anne Lee"]);
}

#[test]
fn opting_out_wins() {
    let golden = merged(&[
        RecordBuilder::lead().created_at(1).unsubscribed(false).build(),
        RecordBuilder::lead().created_at(2).unsubscribed(true).build(),
    ]);
    assert_eq!(value(&golden, &Field::Unsubscribed), Some("true"));
}
