use proptest::prelude::*;

use super::{features_of, groups_of, linked};
use crate::contact::{Record, RecordBuilder};
use crate::link::cluster::Contradictions;
use crate::link::compare::{Comparer, Findings};
use crate::link::weights::{Bits, Weights};
use crate::link::{Linkage, MatchWeight, RecordIndex};

fn any_record() -> impl Strategy<Value = Record> {
    let pick = |values: &'static [&'static str]| prop::sample::select(values);
    let names = pick(&[
        "",
        "Ann Lee",
        "Anne Lee",
        "A. Lee",
        "Bob Lee",
        "Robert Lee",
        "Ann",
        "Lee",
        "John Smith Jr",
        "John Smith Sr",
        "Guest",
    ]);
    let emails = pick(&[
        "",
        "ann.lee@hillside.example",
        "ann.lee@gmail.com",
        "annlee@gmail.com",
        "info@hillside.example",
        "bob@hillside.example",
        "ann.lee@hilside.example",
    ]);
    let phones = pick(&["", "+44 20 7946 0018", "020 7946 0018", "+44 20 7946 0991"]);
    let companies = pick(&["", "Hillside Ltd", "Hill Side", "Brook GmbH"]);
    let cities = pick(&["", "London", "Leeds"]);
    let birthdays = prop::option::of((1980u16..1982, 1u8..4, 1u8..4));
    let external = pick(&["", "", "u1", "u2"]);
    (names, emails, phones, companies, cities, birthdays, external).prop_map(
        |(name, email, phone, company, city, birthday, external)| {
            let mut builder = RecordBuilder::lead();
            let set = |builder: RecordBuilder, text: &str, with: fn(RecordBuilder, &str) -> RecordBuilder| {
                if text.is_empty() { builder } else { with(builder, text) }
            };
            builder = set(builder, name, RecordBuilder::name);
            builder = set(builder, email, RecordBuilder::email);
            builder = set(builder, phone, |builder, text| builder.phone_in(text, "GB"));
            builder = set(builder, company, RecordBuilder::company);
            builder = set(builder, city, RecordBuilder::city);
            builder = set(builder, external, RecordBuilder::external_id);
            if let Some((year, month, day)) = birthday {
                builder = builder.birthday(year, month, day);
            }
            builder.build()
        },
    )
}

/// Records with distinct ids and rows.
pub(super) fn any_list() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(any_record(), 0..40).prop_map(|records| {
        let number = |(at, mut record): (usize, Record)| {
            record.id = RecordBuilder::new().id(&format!("{at:03}")).build().id;
            record.origin.row = u32::try_from(at + 1).expect("few records");
            record
        };
        records.into_iter().enumerate().map(number).collect()
    })
}

/// Groups as sorted sets of ids, so that two linkages of differently ordered rows can be compared.
pub(super) fn partition(records: &[Record], linkage: &Linkage) -> Vec<Vec<String>> {
    let id = |row: u32| records[row as usize].id.as_ref().expect("every record has an id").0.to_string();
    let mut groups: Vec<Vec<String>> = linkage
        .groups
        .iter()
        .map(|group| {
            let mut ids: Vec<String> = group.members.iter().map(|member| id(member.0)).collect();
            ids.sort_unstable();
            ids
        })
        .collect();
    groups.sort_unstable();
    groups
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_record_is_in_exactly_one_group(records in any_list()) {
        let linkage = linked(&records);
        let mut members: Vec<u32> = linkage.groups.iter().flat_map(|group| &group.members).map(|member| member.0).collect();
        members.sort_unstable();
        prop_assert_eq!(members, (0..u32::try_from(records.len()).unwrap()).collect::<Vec<u32>>());
        let firsts: Vec<u32> = linkage.groups.iter().map(|group| group.members[0].0).collect();
        prop_assert!(firsts.is_sorted(), "groups come in the order of their first member");
        let numbered = linkage.groups.iter().zip(1u32..).all(|(group, id)| group.id == id);
        prop_assert!(numbered, "groups are numbered from 1");
    }

    #[test]
    fn the_order_of_the_rows_changes_no_group((records, shuffled) in any_list().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle()))) {
        prop_assert_eq!(partition(&records, &linked(&records)), partition(&shuffled, &linked(&shuffled)));
    }

    #[test]
    fn the_number_of_threads_changes_nothing(records in any_list()) {
        let with_threads = |threads| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| linked(&records))
        };
        prop_assert_eq!(with_threads(1), with_threads(4));
    }

    #[test]
    fn prior_and_terms_sum_to_the_weight_exactly(records in any_list()) {
        for pair in linked(&records).pairs {
            let sum = pair.terms.iter().rev().map(|term| term.weight.0).sum::<f64>() + pair.prior.0;
            prop_assert_eq!(MatchWeight(sum), pair.weight);
        }
    }

    #[test]
    fn a_pair_weighs_the_same_from_both_sides(records in any_list()) {
        let features = features_of(&records);
        let mut comparer = Comparer::new(&features);
        comparer.weights = Weights::of(&linked(&records).model);
        for left in 0..u32::try_from(records.len()).unwrap() {
            for right in 0..left {
                prop_assert_eq!(comparer.weight(left, right), comparer.weight(right, left));
            }
        }
    }

    #[test]
    fn no_group_holds_two_members_that_contradict_each_other(records in any_list()) {
        let linkage = linked(&records);
        let groups = groups_of(&linkage, records.len());
        let features = features_of(&records);
        let mut comparer = Comparer::new(&features);
        comparer.weights = Weights::of(&linkage.model);
        // Birthdays and names give way to a strong pair; generations never do.
        let strongest = Bits::new(100.0);
        let weak = Bits(0);
        let is_strong = |group: u32| {
            let inside = |row: RecordIndex| groups[row.0 as usize] == group;
            linkage.pairs.iter().any(|pair| inside(pair.left) && inside(pair.right) && pair.weight.0 >= 8.0)
        };
        for left in 0..u32::try_from(records.len()).unwrap() {
            for right in 0..left {
                if groups[left as usize] == groups[right as usize] {
                    prop_assert!(comparer.between(left, right, strongest, &mut Findings::new()).is_ok());
                    let agree = comparer.between(left, right, weak, &mut Findings::new()).is_ok();
                    prop_assert!(agree || is_strong(groups[left as usize]));
                }
            }
        }
    }

    #[test]
    fn ids_of_rows_are_no_evidence(records in any_list()) {
        let mut renamed = records.clone();
        for record in &mut renamed {
            record.id = RecordBuilder::new().id("the same for all").build().id;
        }
        // Rows of equal content may trade places, so only the sizes of the groups are compared.
        let sizes = |linkage: &Linkage| {
            let mut sizes: Vec<usize> = linkage.groups.iter().map(|group| group.members.len()).collect();
            sizes.sort_unstable();
            sizes
        };
        prop_assert_eq!(sizes(&linked(&records)), sizes(&linked(&renamed)));
    }

    #[test]
    fn the_survivor_is_a_member_and_every_value_comes_from_one(records in any_list()) {
        for group in linked(&records).groups {
            prop_assert!(group.members.contains(&group.golden.survivor));
            prop_assert!(!group.golden.reason.is_empty());
            let from = |field: &crate::link::GoldenField| group.members.contains(&field.from);
            prop_assert!(group.golden.fields.iter().all(from));
        }
    }
}
